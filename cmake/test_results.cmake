# Included after the last test: each test leaves its cases in build/test-results/<name>.xml ("-" for "/"), where
# script/test counts them and script/coverage reads which requirement they prove.
get_property(tests DIRECTORY PROPERTY TESTS)
foreach(test ${tests})
  string(REPLACE "/" "-" file ${test})
  set(file ${CMAKE_BINARY_DIR}/test-results/${file}.xml)
  set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT "GTEST_OUTPUT=xml:${file}" "ROWAN_RESULTS=${file}")
endforeach()
