# Turns src/schema/NNNN_name.sql into one generated .cpp that defines rowan::partnership::migrations(), in order.
# Sets ROWAN_SCHEMA_SOURCE. At build time the same file runs as a script (cmake -P).
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(GLOB files ${SCHEMA_DIR}/[0-9][0-9][0-9][0-9]_*.sql)
  list(SORT files)
  set(rows "")
  foreach(path IN LISTS files)
    get_filename_component(stem ${path} NAME_WE)
    string(REGEX MATCH "^0*([0-9]+)_(.+)$" unused ${stem})
    set(number ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    file(READ ${path} sql)
    string(APPEND rows "        {${number}, \"${name}\", R\"schema(${sql})schema\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[// Generated from src/schema.
#include "partnership/migrations.h"

namespace rowan::partnership {

const std::vector<database::Migration>& migrations() {
    static const std::vector<database::Migration> kAll = {
@rows@    };
    return kAll;
}

}  // namespace rowan::partnership
]] @ONLY)
  return()
endif()

file(GLOB schema_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/schema/*.sql)
set(ROWAN_SCHEMA_SOURCE ${ROWAN_GENERATED}/schema.cpp)
add_custom_command(
  OUTPUT ${ROWAN_SCHEMA_SOURCE}
  COMMAND ${CMAKE_COMMAND} -DSCHEMA_DIR=${CMAKE_SOURCE_DIR}/src/schema -DOUTPUT=${ROWAN_SCHEMA_SOURCE}
          -P ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake
  DEPENDS ${schema_files} ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake
  COMMENT "Embedding the schema" VERBATIM)
