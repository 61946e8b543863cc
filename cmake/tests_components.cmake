# The components of src/html against the fixtures that govuk-frontend ships (fetched with the assets).
if(ROWAN_ASSETS_PREBUILT)
  message(STATUS "Component fixtures: not at hand with ROWAN_ASSETS_PREBUILT, so test_components is not built")
else()
  find_package(Boost 1.81 REQUIRED COMPONENTS json)
  file(GLOB component_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/components/*.cpp)
  add_executable(test_components ${component_tests})
  target_include_directories(test_components PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(test_components PRIVATE
    ROWAN_GOVUK_COMPONENTS="${CMAKE_BINARY_DIR}/assets/node_modules/govuk-frontend/dist/govuk/components")
  target_link_libraries(test_components PRIVATE rowan_html Boost::json GTest::gtest GTest::gtest_main)
  add_test(NAME components COMMAND test_components)
endif()
