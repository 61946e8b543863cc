#include "crypto/aead.h"

#include "crypto/sodium.h"

#include <sodium.h>

#include <stdexcept>

namespace rowan::crypto {

namespace {
const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* raw(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
}  // namespace

static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

std::string encrypt(const SecretKey& key, std::string_view nonce, std::string_view aad,
                    std::string_view plaintext) {
    start_sodium();
    if (nonce.size() != kNonceBytes) throw std::invalid_argument("a nonce has 24 bytes");
    std::string out(plaintext.size() + kTagBytes, '\0');
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out), nullptr, raw(plaintext), plaintext.size(), raw(aad),
                                               aad.size(), nullptr, raw(nonce), key.data());
    return out;
}

std::optional<std::string> decrypt(const SecretKey& key, std::string_view nonce, std::string_view aad,
                                   std::string_view ciphertext_and_tag) {
    start_sodium();
    if (nonce.size() != kNonceBytes || ciphertext_and_tag.size() < kTagBytes) return std::nullopt;
    std::string out(ciphertext_and_tag.size() - kTagBytes, '\0');
    int result = crypto_aead_xchacha20poly1305_ietf_decrypt(raw(out), nullptr, nullptr, raw(ciphertext_and_tag),
                                                            ciphertext_and_tag.size(), raw(aad), aad.size(),
                                                            raw(nonce), key.data());
    if (result != 0) return std::nullopt;
    return out;
}

}  // namespace rowan::crypto
