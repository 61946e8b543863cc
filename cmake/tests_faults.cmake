# What must not hurt (docs/reliability.md): the real binary, killed, cut off and starved, and a client that keeps count.
if(TARGET rowan)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_library(rowan_faults MODULE ${CMAKE_SOURCE_DIR}/tests/faults/faults.c)  # loaded before the C library
  target_link_libraries(rowan_faults PRIVATE ${CMAKE_DL_LIBS})
  set(fault_tools ROWAN_BINARY=$<TARGET_FILE:rowan> ROWAN_FAULTS_LIBRARY=$<TARGET_FILE:rowan_faults>)
  pkg_check_modules(FUSE3 IMPORTED_TARGET fuse3)
  if(FUSE3_FOUND)  # elsewhere the tests of power cuts say that it is not at hand
    add_executable(powercut ${CMAKE_SOURCE_DIR}/tests/faults/powercut.cpp)
    target_link_libraries(powercut PRIVATE PkgConfig::FUSE3 Threads::Threads)
    list(APPEND fault_tools ROWAN_POWERCUT=$<TARGET_FILE:powercut>)
  endif()
  add_executable(load_client ${CMAKE_SOURCE_DIR}/tests/load/client.cpp)  # many people at once, who keep count
  target_link_libraries(load_client PRIVATE rowan_http)
  list(APPEND fault_tools ROWAN_LOAD_CLIENT=$<TARGET_FILE:load_client>)
  file(GLOB fault_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/faults/*_test.py ${CMAKE_SOURCE_DIR}/tests/load/*_test.py)
  foreach(file ${fault_tests})
    get_filename_component(name ${file} NAME_WE)
    string(REPLACE "_test" "" name ${name})
    add_test(NAME faults/${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/run_python.py ${file})
    set_tests_properties(faults/${name} PROPERTIES ENVIRONMENT "${fault_tools}" TIMEOUT 1200)
  endforeach()
endif()
