// A file that only the holders of an offline secret key can read, and whose maker everybody can check
// (docs/formats/sealed-file.md): backups, copies of the keyring, the emergency bundle.
//
// It begins with one line of JSON in the clear that holds no personal data; a part in the open may follow; then
// come chunks of 1 MiB, each sealed with its number and with the header, under a key made for this file that lies
// in a box for each recipient; a signature by the key of the audit log ends it. So nothing can be altered, left
// out, swapped or cut off, and nobody else can have made it.
// Thread-safety: functions without state; a SealedFile belongs to one thread. Errors: one sentence each.
#pragma once
#include "base/result.h"
#include "crypto/box.h"
#include "crypto/keyring.h"
#include "crypto/merkle.h"
#include "formats/json.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace rowan::app {

inline constexpr std::string_view kBackupKind = "backup", kKeyringKind = "keyring", kEmergencyKind = "emergency";

struct SealedHeader {
    std::string kind;
    base::Instant made_at;
    std::string program;      // the version of Rowan that made it
    std::string log_key;      // the public key that signs the partnership's audit log, and this file
    crypto::SignedHead head;  // of the whole log when it was made; head.log_id names the partnership
    std::uint64_t bytes = 0;  // of what is sealed
    std::uint64_t open_bytes = 0;
    std::vector<std::string> recipients;  // public keys; when read: their names (offline_key.h)
    formats::Json about;                  // what this kind says besides
};

using Put = std::function<void(std::string_view)>;

// Writes the new file `out`; `produce` puts exactly header.bytes. Returns the file's id: SHA-256 of its header, in
// hex. conflict when `out` exists; a file that could not be finished is removed.
base::Result<std::string> write_sealed_file(const std::filesystem::path& out, const crypto::SigningKey&,
                                            const SealedHeader&, std::string_view in_the_open,
                                            const std::function<void(const Put&)>& produce);

class SealedFile {
public:
    // Reads the header and checks the signature; the rest is checked when it is read. Whose log it is, the caller
    // compares.
    static base::Result<SealedFile> open(const std::filesystem::path&);

    const SealedHeader& header() const { return header_; }
    const std::string& id() const { return id_; }
    const std::filesystem::path& path() const { return path_; }

    base::Result<std::string> in_the_open();
    // Every byte, without a key.
    base::Result<> check();
    // Opens it and gives `take` all that is sealed, in order. `take` says whether to go on.
    base::Result<> read(const crypto::BoxKey&, const std::function<bool(std::string_view)>& take);

private:
    SealedFile() = default;
    base::Error damaged() const;
    std::uint64_t body_at() const { return start_ + header_.open_bytes; }
    // The sealed chunks in order, checked against the signature at the end.
    base::Result<> each_chunk(
        const std::function<base::Result<>(std::uint64_t number, bool last, std::string_view sealed)>&);

    std::filesystem::path path_;
    std::ifstream in_;
    SealedHeader header_;
    std::string line_, id_, nonce_, open_digest_, sealed_digest_;
    std::vector<std::string> boxes_;
    std::uint64_t start_ = 0;  // where the header ends
};

}  // namespace rowan::app
