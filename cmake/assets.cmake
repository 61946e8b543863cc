# The style sheet, scripts and drawings, built from assets/ and embedded in rowan_html (src/html/assets.h).
#
# `npm ci --ignore-scripts` runs once for each content of package-lock.json, into the build folder; build.mjs then
# writes hashed files, an assembler file that holds them (.incbin) and a table. Without a way to npm, configure with
# -DROWAN_ASSETS_PREBUILT=DIR, where DIR is the `assets/out` folder of another build of the same sources.
set(ROWAN_ASSETS_PREBUILT "" CACHE PATH "Folder of ready-built assets, instead of running npm")
set(ROWAN_ASSETS_SOURCE ${CMAKE_SOURCE_DIR}/assets)
set(ROWAN_ASSETS_BUILD ${CMAKE_BINARY_DIR}/assets)

if(ROWAN_ASSETS_PREBUILT)
  set(ROWAN_ASSETS_OUT ${ROWAN_ASSETS_PREBUILT})
  if(NOT EXISTS ${ROWAN_ASSETS_OUT}/rowan_assets.cpp)
    message(FATAL_ERROR "ROWAN_ASSETS_PREBUILT is ${ROWAN_ASSETS_OUT}, but there is no rowan_assets.cpp in it.")
  endif()
else()
  find_program(NODE node)
  find_program(NPM npm)
  if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "Rowan's pages need node and npm to build their styles: install nodejs and npm, or configure "
                        "with -DROWAN_ASSETS_PREBUILT=DIR.")
  endif()
  set(ROWAN_ASSETS_OUT ${ROWAN_ASSETS_BUILD}/out)
  file(SHA256 ${ROWAN_ASSETS_SOURCE}/package-lock.json lock_hash)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ROWAN_ASSETS_SOURCE}/package-lock.json)
  set(npm_stamp ${ROWAN_ASSETS_BUILD}/npm-${lock_hash}.stamp)
  add_custom_command(
    OUTPUT ${npm_stamp}
    COMMAND ${CMAKE_COMMAND} -DNPM=${NPM} -DSOURCE=${ROWAN_ASSETS_SOURCE} -DBUILD=${ROWAN_ASSETS_BUILD}
            -DSTAMP=${npm_stamp} -P ${CMAKE_SOURCE_DIR}/cmake/npm_ci.cmake
    COMMENT "Fetching the front-end packages (npm ci)" VERBATIM)
  file(GLOB assets_sources CONFIGURE_DEPENDS ${ROWAN_ASSETS_SOURCE}/scss/*.scss ${ROWAN_ASSETS_SOURCE}/js/*.js
       ${ROWAN_ASSETS_SOURCE}/images/*)
  add_custom_command(
    OUTPUT ${ROWAN_ASSETS_OUT}/rowan_assets.S ${ROWAN_ASSETS_OUT}/rowan_assets.cpp
    COMMAND ${NODE} ${ROWAN_ASSETS_SOURCE}/build.mjs --modules ${ROWAN_ASSETS_BUILD} --out ${ROWAN_ASSETS_OUT}
    DEPENDS ${npm_stamp} ${ROWAN_ASSETS_SOURCE}/build.mjs ${assets_sources}
    COMMENT "Building styles and scripts" VERBATIM)
endif()
# The file names inside rowan_assets.S carry the hash of their content, so it changes whenever any of them does.
set_source_files_properties(${ROWAN_ASSETS_OUT}/rowan_assets.S PROPERTIES COMPILE_OPTIONS "-Wa,-I${ROWAN_ASSETS_OUT}")
set(ROWAN_ASSETS_OBJECT ${ROWAN_ASSETS_OUT}/rowan_assets.S ${ROWAN_ASSETS_OUT}/rowan_assets.cpp)
