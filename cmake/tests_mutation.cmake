# The access rules broken in every small way, each of which the matrix must notice: `script/test mutation`.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(access_mutants ${ROWAN_GENERATED}/access_mutants.cpp)
add_custom_command(
  OUTPUT ${access_mutants}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/mutation/make_mutants.py
          ${CMAKE_SOURCE_DIR}/src/partnership/access.cpp ${access_mutants}
  DEPENDS ${CMAKE_SOURCE_DIR}/src/partnership/access.cpp ${CMAKE_SOURCE_DIR}/tests/mutation/make_mutants.py
  COMMENT "Breaking the access rules" VERBATIM)
# Its own access rules come before those of the library, so that the library's are not linked.
add_executable(access_mutants ${access_mutants} unit/partnership/access_test.cpp unit/partnership/matrix_test.cpp)
target_include_directories(access_mutants PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(access_mutants PRIVATE ROWAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(access_mutants PRIVATE rowan_partnership rapidcheck GTest::gmock GTest::gtest GTest::gtest_main)
add_test(NAME mutation COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/mutation/kill.py
                               $<TARGET_FILE:access_mutants> ${access_mutants})
set_tests_properties(mutation PROPERTIES TIMEOUT 1800)
