// The schema of Rowan: the steps of src/schema/NNNN_name.sql, embedded at build time (cmake/embed_schema.cmake).
// Apply with database::migrate(db, partnership::migrations()). Thread-safety: read-only.
#pragma once
#include "database/migrations.h"

namespace rowan::partnership {

const std::vector<database::Migration>& migrations();

}  // namespace rowan::partnership
