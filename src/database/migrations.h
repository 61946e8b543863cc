// The schema as one numbered sequence of steps, for both engines.
//
// A step is written once, in SQLite's STRICT form: columns are INTEGER, TEXT or BLOB and a table ends in `)
// STRICT;` (or `) STRICT, WITHOUT ROWID;`). for_dialect() turns it into PostgreSQL: INTEGER → BIGINT, INTEGER
// PRIMARY KEY → an identity column, TEXT → TEXT COLLATE "C" (so that both sort and compare by bytes), BLOB →
// BYTEA, without STRICT and WITHOUT ROWID. Text in quotes and comments stay as they are. Each step is applied in
// its own transaction and its checksum recorded, so a step that was changed after it was applied is noticed. A
// kill between two steps leaves the steps before it; starting again goes on from there.
#pragma once
#include "database/database.h"

namespace rowan::database {

struct Migration {
    int number = 0;  // 1, 2, 3, … without gaps
    std::string_view name, sql;
};

// Applies what is missing. Refused: a database newer than `migrations`, or one whose steps differ from them.
base::Result<> migrate(Database&, const std::vector<Migration>& migrations);

// Pure.
std::string for_dialect(Dialect, std::string_view sql);
// 64-bit FNV-1a in hex: finds accidents; it is no protection against somebody who can write the database.
std::string checksum(std::string_view sql);

}  // namespace rowan::database
