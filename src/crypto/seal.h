// Sealed fields: version | suite | key id | nonce | cipher text | tag (docs/formats/sealed-field.md).
//
// Each record (a person, a referral, a draft) has its own key, wrapped by the keyring's newest epoch key. A sealed
// value opens only in the very place it was written for: another table, row, column, schema version or sensitivity
// fails, so nobody who can write to the database can move a value or lower its class (SECURITY.md 9.1).
// Thread-safety: pure functions.
#pragma once
#include "base/result.h"
#include "crypto/keyring.h"
#include "crypto/secret.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace rowan::crypto {

struct SealedPlace {
    std::string_view table, row, column;
    std::uint32_t schema_version = 1;
    std::uint8_t sensitivity = 0;
};
// Each part after its length: no two places give the same bytes.
std::string additional_data(const SealedPlace&);

// `key_id` names the key, so that a reader can find it: 1 to 255 bytes, kept in the clear and authenticated.
std::string seal(const SecretKey&, std::string_view key_id, std::string_view aad, std::string_view plaintext);
base::Result<std::string> open(const SecretKey&, std::string_view aad, std::string_view sealed);
base::Result<std::string> sealed_key_id(std::string_view sealed);

inline std::string seal(const SecretKey& key, std::string_view key_id, const SealedPlace& place,
                        std::string_view text) {
    return seal(key, key_id, additional_data(place), text);
}
inline base::Result<std::string> open(const SecretKey& key, const SealedPlace& place, std::string_view sealed) {
    return open(key, additional_data(place), sealed);
}

// A record's key, ready to be stored: bound to its key id and to the epoch that wraps it.
struct WrappedKey {
    std::uint32_t epoch = 0;
    std::string bytes;
};
WrappedKey wrap(const Keyring&, const SecretKey&, std::string_view key_id);
// not_found when the epoch has been destroyed: the record has been erased for good.
base::Result<SecretKey> unwrap(const Keyring&, const WrappedKey&, std::string_view key_id);

// For exact look-up of an identifier that is sealed: keyed BLAKE2b, 43 characters of base64url. `value` must be in
// canonical form. Only for NHS number, UPN, police number and telephone: equal values show, and how often.
std::string blind_index(const Keyring&, std::string_view column, std::string_view value);

}  // namespace rowan::crypto
