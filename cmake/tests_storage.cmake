# The storage suite: one program, the same tests on SQLite and on a throw-away PostgreSQL 15.
file(GLOB storage_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/storage/*.cpp)
add_executable(test_storage ${storage_tests})
target_include_directories(test_storage PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(test_storage PRIVATE ROWAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(test_storage PRIVATE rowan_exchange rapidcheck GTest::gmock GTest::gtest)
add_test(NAME storage COMMAND test_storage)
set_tests_properties(storage PROPERTIES LABELS storage TIMEOUT 600)
