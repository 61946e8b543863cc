// The pair of keys for what leaves the server: backups, copies of the keyring, the emergency bundle
// (docs/formats/sealed-file.md). The server has the public key only; the secret one is kept offline.
// Thread-safety: functions without state. Errors: one sentence each.
#pragma once
#include "base/result.h"
#include "crypto/box.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rowan::app {

// Writes `secret` (mode 0600) and `secret`.pub, both new.
base::Result<> write_offline_keys(const crypto::BoxKey&, const std::filesystem::path& secret);

base::Result<crypto::BoxKey> read_secret_key(const std::filesystem::path&);
// The public keys of all these files (32 bytes each), none twice; at least one.
base::Result<std::vector<std::string>> read_public_keys(const std::vector<std::string>& files);

// How people tell keys apart: 16 hex digits of SHA-256 over the public key.
std::string name_of_key(std::string_view public_key);

}  // namespace rowan::app
