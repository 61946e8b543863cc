#include "crypto/seal.h"

#include "base/text.h"
#include "crypto/aead.h"

#include <stdexcept>

namespace rowan::crypto {

namespace {

constexpr char kVersion = 1;
constexpr char kXChaCha20Poly1305 = 1;  // suite; another number may mean another cipher one day

base::Error unreadable() {
    return {base::ErrorKind::internal,
            "This value cannot be opened: it was changed, or belongs to another place."};
}

void append_number(std::string& out, std::uint32_t n) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 255);
}

void append_part(std::string& out, std::string_view part) {
    append_number(out, static_cast<std::uint32_t>(part.size()));
    out += part;
}

// version | suite | length of the key id | key id
std::string header(std::string_view key_id) {
    if (key_id.empty() || key_id.size() > 255) throw std::invalid_argument("a key id has 1 to 255 bytes");
    std::string out{kVersion, kXChaCha20Poly1305, static_cast<char>(key_id.size())};
    return out += key_id;
}

// The header is authenticated with the place, so that it cannot be exchanged.
std::string bound(std::string_view head, std::string_view aad) {
    std::string out;
    append_part(out, head);
    append_part(out, aad);
    return out;
}

// Length of the header; 0 when the bytes are no sealed value of this version.
std::size_t header_length(std::string_view sealed) {
    if (sealed.size() < 3 || sealed[0] != kVersion || sealed[1] != kXChaCha20Poly1305) return 0;
    std::size_t id = static_cast<unsigned char>(sealed[2]), length = 3 + id;
    return id > 0 && sealed.size() >= length + kNonceBytes + kTagBytes ? length : 0;
}

std::string wrapping_aad(std::uint32_t epoch, std::string_view key_id) {
    std::string aad;
    append_part(aad, "rowan record key");
    append_number(aad, epoch);
    append_part(aad, key_id);
    return aad;
}

}  // namespace

std::string additional_data(const SealedPlace& place) {
    std::string aad;
    append_part(aad, "rowan field");
    append_part(aad, place.table);
    append_part(aad, place.row);
    append_part(aad, place.column);
    append_number(aad, place.schema_version);
    aad += static_cast<char>(place.sensitivity);
    return aad;
}

std::string seal(const SecretKey& key, std::string_view key_id, std::string_view aad, std::string_view plaintext) {
    std::string head = header(key_id), nonce = random_bytes(kNonceBytes);
    return head + nonce + encrypt(key, nonce, bound(head, aad), plaintext);
}

base::Result<std::string> open(const SecretKey& key, std::string_view aad, std::string_view sealed) {
    std::size_t length = header_length(sealed);
    if (length == 0) return unreadable();
    std::string_view head = sealed.substr(0, length), nonce = sealed.substr(length, kNonceBytes);
    auto text = decrypt(key, nonce, bound(head, aad), sealed.substr(length + kNonceBytes));
    if (!text) return unreadable();
    return std::move(*text);
}

base::Result<std::string> sealed_key_id(std::string_view sealed) {
    std::size_t length = header_length(sealed);
    if (length == 0) return unreadable();
    return std::string{sealed.substr(3, length - 3)};
}

WrappedKey wrap(const Keyring& keyring, const SecretKey& key, std::string_view key_id) {
    std::uint32_t epoch = keyring.newest_epoch();
    return {epoch, seal(*keyring.epoch_key(epoch), "epoch " + std::to_string(epoch), wrapping_aad(epoch, key_id),
                        key.bytes())};
}

base::Result<SecretKey> unwrap(const Keyring& keyring, const WrappedKey& wrapped, std::string_view key_id) {
    const SecretKey* epoch_key = keyring.epoch_key(wrapped.epoch);
    if (!epoch_key) return base::not_found("The key of this record has been destroyed: the record is erased.");
    auto bytes = open(*epoch_key, wrapping_aad(wrapped.epoch, key_id), wrapped.bytes);
    if (!bytes) return bytes.error();
    if (bytes->size() != SecretKey::kBytes) return unreadable();
    SecretKey key = SecretKey::from_bytes(*bytes);
    wipe(*bytes);
    return key;
}

std::string blind_index(const Keyring& keyring, std::string_view column, std::string_view value) {
    // derive() is keyed BLAKE2b, which is exactly what an index of a value is.
    return base::to_base64url(keyring.index_key(column).derive(value).bytes());
}

}  // namespace rowan::crypto
