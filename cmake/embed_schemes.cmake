# Writes OUT, a C++ source that holds each of FILES, so that `rowan init --scheme somerset` needs the binary alone.
# cmake -DOUT=… -DFILES="a.toml|b.toml" -P embed_schemes.cmake
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(source "// Generated from schemes/*.toml by cmake/embed_schemes.cmake.\n#include \"partnership/scheme_embedded.h\"\n\n")
  string(APPEND source "namespace rowan::partnership {\n")
  string(REPLACE "|" ";" FILES "${FILES}")
  foreach(file ${FILES})
    get_filename_component(code ${file} NAME_WE)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(....................................................................................................)" "\\1\n" bytes "${bytes}")
    string(APPEND source "static const unsigned char k_${code}[] = {\n${bytes}\n};\n")
    string(APPEND table "    {\"${code}\", {reinterpret_cast<const char*>(k_${code}), sizeof k_${code}}},\n")
  endforeach()
  string(APPEND source "const std::vector<EmbeddedScheme>& embedded_schemes() {\n")
  string(APPEND source "  static const std::vector<EmbeddedScheme> all = {\n${table}  };\n  return all;\n}\n")
  string(APPEND source "}  // namespace rowan::partnership\n")
  file(WRITE ${OUT} "${source}")
  return()
endif()

set(embed_schemes_script ${CMAKE_CURRENT_LIST_FILE})
file(GLOB scheme_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schemes/*.toml)
set(ROWAN_SCHEMES_SOURCE ${ROWAN_GENERATED}/partnership/schemes.cpp)
string(REPLACE ";" "|" scheme_list "${scheme_files}")
add_custom_command(
  OUTPUT ${ROWAN_SCHEMES_SOURCE}
  COMMAND ${CMAKE_COMMAND} "-DOUT=${ROWAN_SCHEMES_SOURCE}" "-DFILES=${scheme_list}" -P ${embed_schemes_script}
  DEPENDS ${scheme_files} ${embed_schemes_script}
  VERBATIM)
