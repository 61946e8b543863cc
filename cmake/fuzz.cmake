# Fuzz targets (tests/fuzz/run configures this with clang-19): each tests/fuzz/<target>.cpp is a libFuzzer program with
# AddressSanitizer and UndefinedBehaviorSanitizer. It is linked with the rooms that it includes, and only those rooms
# are built. Included before src/, so that the rooms are built with the sanitizers too.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "Fuzzing needs clang: run tests/fuzz/run")
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
add_compile_options(-w -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
add_link_options(-fsanitize=address,undefined)

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*.cpp ${CMAKE_SOURCE_DIR}/tests/fuzz/control/*.cpp)
add_custom_target(fuzz)
foreach(source ${fuzz_sources})
  get_filename_component(target ${source} NAME_WE)
  add_executable(fuzz_${target} EXCLUDE_FROM_ALL ${source})
  target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
  rowan_link_included_rooms(fuzz_${target} ${source})
  add_dependencies(fuzz fuzz_${target})
endforeach()
