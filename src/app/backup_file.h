// A backup: a snapshot of the database, encrypted under the keyring (docs/formats/backup.md).
//
// The file begins with one line of JSON in the clear that holds no personal data; then come chunks of 1 MiB, each
// sealed with its number and with the header, so that nothing can be altered, left out, swapped or cut off.
// Thread-safety: functions without state. Errors: one sentence each; a file that could not be finished is removed.
#pragma once
#include "base/result.h"
#include "crypto/keyring.h"
#include "crypto/merkle.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace rowan::app {

struct BackupHeader {
    base::Instant made_at;
    std::string program;  // the version of Rowan that made it
    std::int64_t schema_version = 0;
    crypto::SignedHead head;  // of the whole audit log in the snapshot; head.log_id names the partnership
    std::int64_t bytes = 0;   // of the plain snapshot
    std::string sha256;       // of the plain snapshot, in hex
};

// Encrypts `snapshot` into the new file `out`; fills in bytes and sha256. conflict when `out` exists.
base::Result<> write_backup(const crypto::Keyring&, BackupHeader, const std::filesystem::path& snapshot,
                            const std::filesystem::path& out);

// Decrypts `backup` into the new file `plain` and checks every chunk and the hash of the whole.
base::Result<BackupHeader> read_backup(const crypto::Keyring&, const std::filesystem::path& backup,
                                       const std::filesystem::path& plain);

}  // namespace rowan::app
