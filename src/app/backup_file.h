// A backup: a snapshot of the database, or what has changed since another backup, in a sealed file
// (docs/formats/backup.md).
//
// The server can write one and continue one, but not read it: that takes an offline key. What has changed is
// found by keyed fingerprints of 16 KiB blocks, which every backup carries in the open. A full backup and those
// that continue it are a chain; each names the one before it.
// Thread-safety: functions without state. Errors: one sentence each; a file that could not be finished is removed.
#pragma once
#include "app/sealed_file.h"

#include <optional>

namespace rowan::app {

struct BackupFacts {
    std::int64_t schema_version = 0;
    std::uint64_t snapshot_bytes = 0;
    std::string snapshot_sha256;  // in hex
    std::int64_t number = 0;      // 0: full; else how many came before it in its chain
    std::string full, since;      // ids of the chain's first and of the one before this; empty in a full one
    std::string since_made_at;
};
// Nothing when the header is not a backup's.
std::optional<BackupFacts> backup_facts(const SealedHeader&);

struct WrittenBackup {
    std::int64_t number = 0;
    std::uint64_t blocks = 0, changed = 0;
};
// Seals `snapshot` into the new file `out`. `header`: all but bytes and about. `since`: the backup that it
// continues.
base::Result<WrittenBackup> write_backup(const crypto::Keyring&, SealedHeader header, std::int64_t schema_version,
                                         const std::filesystem::path& snapshot,
                                         const std::optional<std::filesystem::path>& since,
                                         const std::filesystem::path& out);

struct BackupLink {
    std::filesystem::path path;
    std::string id;
    SealedHeader header;
    BackupFacts facts;
};
// The chain that ends with `last`, the full one first. What came before is looked for in the same folder.
base::Result<std::vector<BackupLink>> backup_chain(const std::filesystem::path& last);

// Opens the chain and puts the database that it ends with into the new file `plain`; every byte is checked.
base::Result<> read_backup(const std::vector<BackupLink>& chain, const crypto::BoxKey&,
                           const std::filesystem::path& plain);

}  // namespace rowan::app
