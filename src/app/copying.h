// Everything from one database to another, of the same engine or the other.
// Thread-safety: functions without state. Errors: one sentence each, and then nothing was changed.
#pragma once
#include "app/table_proof.h"
#include "partnership/office.h"

#include <memory>

namespace rowan::app {

// Opens and makes the schema. conflict when there is anything in it but an empty schema, which is what a copy that
// was broken off leaves behind.
base::Result<std::unique_ptr<database::Database>> open_empty(const std::string& url);

struct Copied {
    TableProofs proofs;
    std::int64_t entries = 0;  // of the audit log
    std::string root;          // of its tree, in hex
};
// nobody_writes: a partnership moves, and what is written to the old one meanwhile would be lost, so it is
// refused. anybody_may: a copy of one moment is wanted.
enum class Meanwhile { nobody_writes, anybody_may };
// All or nothing: one transaction, which is committed only when both sides say the same and the audit log is
// whole.
base::Result<Copied> copy_everything(const partnership::Office& from, database::Database& to, Meanwhile);

}  // namespace rowan::app
