# The rules of the house, and what is said about the tests themselves: script/test unit runs them.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(ROWAN_RUN_PYTHON ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/run_python.py)
file(GLOB parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.py)
foreach(file ${parts})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE "_test" "" name ${name})
  add_test(NAME house/${name} COMMAND ${ROWAN_RUN_PYTHON} ${file})
endforeach()
if(TARGET rowan)  # docs_test asks the program for its commands
  set_tests_properties(house/docs PROPERTIES ENVIRONMENT ROWAN_BINARY=$<TARGET_FILE:rowan>)
endif()

# tests/compile_fail/*.cpp must not compile; the first line says why: "// EXPECT: <regex of the error>".
# Those named control*.cpp must compile: they show that it is the fault, and nothing else, that stops the others.
file(GLOB faulty CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/compile_fail/*.cpp)
foreach(file ${faulty})
  get_filename_component(name ${file} NAME_WE)
  add_test(NAME compile_fail/${name} COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -fdiagnostics-color=never
                                             -I${CMAKE_SOURCE_DIR}/src -I${ROWAN_GENERATED} ${file})
  if(NOT name MATCHES "^control")
    file(STRINGS ${file} expected LIMIT_COUNT 1 REGEX "^// EXPECT: ")
    string(REPLACE "// EXPECT: " "" expected "${expected}")
    if(NOT expected)
      message(FATAL_ERROR "${file} must begin with a line \"// EXPECT: <regex of the error>\"")
    endif()
    set_tests_properties(compile_fail/${name} PROPERTIES PASS_REGULAR_EXPRESSION "error: [^\n]*${expected}")
  endif()
endforeach()

# Each tests/fuzz/*.cpp replays its corpus and runs for FUZZ_SECONDS; tests/fuzz/run builds them with clang-19.
add_test(NAME fuzz COMMAND ${CMAKE_SOURCE_DIR}/tests/fuzz/run)
set_tests_properties(fuzz PROPERTIES TIMEOUT 3600 ENVIRONMENT ROWAN_FUZZ_BUILD=${CMAKE_BINARY_DIR}/fuzz)
