// The keys of one partnership, in one file kept apart from the data (docs/formats/keyring.md).
//
// Epoch keys wrap record keys; the newest wraps, the older ones still open. Destroying an old epoch makes every
// record key that was only ever wrapped by it unreadable, in any backup too. The file is worth as much as the
// data: it is not encrypted here, but handed over by the system (systemd LoadCredentialEncrypted, mode 0400).
// Thread-safety: const functions from any thread; add_epoch and destroy_epoch need the caller's lock.
#pragma once
#include "base/result.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "crypto/sign.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::crypto {

class Keyring {
public:
    struct Epoch {
        base::Instant created;
        SecretKey key;
    };

    // Fresh keys and epoch 1.
    static Keyring create(base::Instant now);
    // Errors in one sentence: missing, not a file, open to others, belonging to somebody else, damaged.
    static base::Result<Keyring> load(const std::filesystem::path&);
    static base::Result<Keyring> parse(std::string_view text);

    enum class Existing { keep, replace };
    // Atomic and durable: a new file (mode 0600), fsync, rename, fsync of the directory. Existing::keep refuses to
    // touch a file that is there: keys that are overwritten are gone.
    base::Result<> save(const std::filesystem::path&, Existing) const;
    std::string text() const;  // the file's content; the caller wipes it

    std::uint32_t newest_epoch() const { return epochs_.rbegin()->first; }
    const SecretKey* epoch_key(std::uint32_t epoch) const;  // null when destroyed or never made
    const std::map<std::uint32_t, Epoch>& epochs() const { return epochs_; }
    std::uint32_t add_epoch(base::Instant now);
    // The newest cannot be destroyed: add one and rewrap first.
    base::Result<> destroy_epoch(std::uint32_t epoch);

    const SigningKey& audit_key() const { return audit_; }
    // Names the log that audit_key() signs: SHA-256 of the public key in hex.
    std::string log_id() const;
    SecretKey index_key(std::string_view column) const;  // one per column: equal values in two columns look unlike
    SecretKey session_key() const { return sessions_.derive("session"); }
    // Any other purpose ("search-terms", "cursor"); a constant name.
    SecretKey purpose_key(std::string_view purpose) const;

private:
    Keyring(std::map<std::uint32_t, Epoch> epochs, SigningKey audit, SecretKey index, SecretKey sessions);

    std::map<std::uint32_t, Epoch> epochs_;  // never empty
    SigningKey audit_;
    SecretKey index_, sessions_;
};

}  // namespace rowan::crypto
