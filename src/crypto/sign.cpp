#include "crypto/sign.h"

#include "crypto/sodium.h"

#include <sodium.h>

#include <array>

namespace rowan::crypto {

namespace {

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* raw(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// libsodium's secret key is the seed and the public key; made when needed and wiped.
struct Expanded {
    explicit Expanded(const SecretKey& seed) {
        start_sodium();
        crypto_sign_ed25519_seed_keypair(raw(public_key), secret.data(), seed.data());
    }
    ~Expanded() { sodium_memzero(secret.data(), secret.size()); }
    std::string public_key = std::string(crypto_sign_ed25519_PUBLICKEYBYTES, '\0');
    std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> secret;
};

}  // namespace

SigningKey SigningKey::random() { return SigningKey(SecretKey::random()); }

SigningKey::SigningKey(SecretKey seed) : seed_(std::move(seed)), public_(Expanded(seed_).public_key) {}

std::string SigningKey::sign(std::string_view message) const {
    Expanded key(seed_);
    std::string signature(crypto_sign_ed25519_BYTES, '\0');
    crypto_sign_ed25519_detached(raw(signature), nullptr, raw(message), message.size(), key.secret.data());
    return signature;
}

bool verify_signature(std::string_view public_key, std::string_view message, std::string_view signature) {
    start_sodium();
    if (public_key.size() != crypto_sign_ed25519_PUBLICKEYBYTES || signature.size() != crypto_sign_ed25519_BYTES) {
        return false;
    }
    return crypto_sign_ed25519_verify_detached(raw(signature), raw(message), message.size(), raw(public_key)) == 0;
}

}  // namespace rowan::crypto
