# cmake -DNPM=… -DSOURCE=… -DBUILD=… -DSTAMP=… -P npm_ci.cmake
file(GLOB old_stamps ${BUILD}/npm-*.stamp)
if(old_stamps)
  file(REMOVE ${old_stamps})
endif()
file(MAKE_DIRECTORY ${BUILD})
file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${BUILD})
execute_process(COMMAND ${NPM} ci --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
                WORKING_DIRECTORY ${BUILD} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "The front-end packages could not be fetched: npm did not succeed. Check that this machine "
                      "reaches its npm registry (npm config get registry), or configure with "
                      "-DROWAN_ASSETS_PREBUILT=DIR. npm said:\n${said}")
endif()
file(TOUCH ${STAMP})
