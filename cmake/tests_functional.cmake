# Tests of the real binary: from outside with Python, and in Chromium.
if(TARGET rowan)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME functional COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/run_python.py
                                   ${CMAKE_SOURCE_DIR}/tests/functional)
  set_tests_properties(functional PROPERTIES ENVIRONMENT ROWAN_BINARY=$<TARGET_FILE:rowan> TIMEOUT 1200)
endif()

# The harness is tried on faulty pages even before there is a binary.
add_test(NAME e2e COMMAND ${CMAKE_SOURCE_DIR}/tests/e2e/run)
set_tests_properties(e2e PROPERTIES TIMEOUT 3600 RUN_SERIAL ON)
if(TARGET rowan)
  set_property(TEST e2e APPEND PROPERTY ENVIRONMENT ROWAN_BINARY=$<TARGET_FILE:rowan>
                                                    ROWAN_SCREENSHOTS=${CMAKE_BINARY_DIR}/screenshots)
endif()
