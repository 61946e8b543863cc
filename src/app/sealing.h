// What every file that Rowan seals for outside says of the partnership, and the options that several commands
// share.
#pragma once
#include "app/sealed_file.h"
#include "app/witness.h"
#include "database/database.h"
#include "partnership/office.h"

namespace rowan::app {

// Of the log as this session sees it, signed whole and not only up to its newest stored head. `recipients`: public
// keys.
base::Result<SealedHeader> sealed_header(const partnership::Office&, database::Session&, std::string_view kind,
                                         std::vector<std::string> recipients);

// Writes that something was sealed, and for whom, before it is done: no entry, no file.
base::Result<> record_sealing(const partnership::Office&, std::string_view act, std::string_view kind,
                              const std::vector<std::string>& recipients, const std::string& detail = "");

// "ab12…, cd34…"
std::string names_of_keys(const std::vector<std::string>& public_keys);

// What a file's signed head must fit: refused when a newer head was kept, or another of the same size.
base::Result<> fits_witness(const SealedHeader&, const KeptHeads&);

}  // namespace rowan::app
