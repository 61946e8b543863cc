#include "crypto/token.h"

#include "base/text.h"
#include "crypto/sodium.h"

#include <sodium.h>

namespace rowan::crypto {

namespace {

constexpr std::size_t kTokenBytes = 32;

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* raw(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

std::string hmac(const SecretKey& key, std::string_view bytes) {
    start_sodium();
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256(raw(mac), raw(bytes), bytes.size(), key.data());
    return mac;
}

std::string csrf_mac(const SecretKey& key, std::string_view session) {
    return hmac(key, "csrf:" + std::string{session});
}

std::string exclusive_or(std::string_view a, std::string_view b) {
    std::string out{a};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
    return out;
}

}  // namespace

std::string new_token() { return base::to_base64url(random_bytes(kTokenBytes)); }

std::string token_digest(std::string_view token) { return sha256_hex(token); }

std::string sha256(std::string_view bytes) {
    std::string digest(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(raw(digest), raw(bytes), bytes.size());
    return digest;
}

std::string sha256_hex(std::string_view bytes) { return base::to_hex(sha256(bytes)); }

bool equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string keyed_digest(const SecretKey& key, std::string_view bytes) { return base::to_hex(hmac(key, bytes)); }

std::string csrf_token(const SecretKey& session_key, std::string_view session) {
    std::string mask = random_bytes(kTokenBytes);
    return base::to_base64url(mask + exclusive_or(csrf_mac(session_key, session), mask));
}

bool csrf_token_valid(const SecretKey& session_key, std::string_view session, std::string_view token) {
    auto bytes = base::from_base64url(token);
    if (!bytes || bytes->size() != 2 * kTokenBytes) return false;
    std::string mask = bytes->substr(0, kTokenBytes), masked = bytes->substr(kTokenBytes);
    return equal(exclusive_or(masked, mask), csrf_mac(session_key, session));
}

}  // namespace rowan::crypto
