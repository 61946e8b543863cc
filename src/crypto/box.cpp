#include "crypto/box.h"

#include "crypto/sodium.h"

#include <sodium.h>

#include <stdexcept>

namespace rowan::crypto {

namespace {

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* raw(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

std::string public_of(const SecretKey& secret) {
    start_sodium();
    std::string out(crypto_box_PUBLICKEYBYTES, '\0');
    if (crypto_scalarmult_base(raw(out), secret.data()) != 0) throw std::runtime_error("a key without a partner");
    return out;
}

}  // namespace

static_assert(kBoxPublicBytes == crypto_box_PUBLICKEYBYTES);
static_assert(kBoxOverheadBytes == crypto_box_SEALBYTES);
static_assert(SecretKey::kBytes == crypto_box_SECRETKEYBYTES);

BoxKey::BoxKey(SecretKey secret) : secret_(std::move(secret)), public_(public_of(secret_)) {}

std::optional<std::string> BoxKey::open(std::string_view box) const {
    if (box.size() < kBoxOverheadBytes) return std::nullopt;
    std::string out(box.size() - kBoxOverheadBytes, '\0');
    if (crypto_box_seal_open(raw(out), raw(box), box.size(), raw(public_), secret_.data()) != 0)
        return std::nullopt;
    return out;
}

std::string put_in_box(std::string_view public_key, std::string_view plain) {
    start_sodium();
    if (public_key.size() != kBoxPublicBytes) throw std::invalid_argument("a public key has 32 bytes");
    std::string out(plain.size() + kBoxOverheadBytes, '\0');
    if (crypto_box_seal(raw(out), raw(plain), plain.size(), raw(public_key)) != 0)
        throw std::invalid_argument("a public key that no secret key can have");
    return out;
}

}  // namespace rowan::crypto
