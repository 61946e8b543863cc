# Every page × every person, in process: the whole program over a small demonstration, without sockets.
file(GLOB page_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/pages/*.cpp)
add_executable(test_pages ${page_tests} ${CMAKE_SOURCE_DIR}/tests/support/checked_client.cpp)
target_include_directories(test_pages PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(test_pages PRIVATE rowan_app GTest::gmock GTest::gtest GTest::gtest_main)
add_test(NAME pages COMMAND test_pages)
set_tests_properties(pages PROPERTIES LABELS pages TIMEOUT 900)
