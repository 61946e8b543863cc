// XChaCha20-Poly1305 (IETF), bare: nonces and additional data are the caller's. Use seal.h for stored fields.
// Thread-safety: pure functions.
#pragma once
#include "crypto/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace rowan::crypto {

constexpr std::size_t kNonceBytes = 24, kTagBytes = 16;

// Cipher text followed by the tag. Precondition: 24 bytes of nonce; throws otherwise.
std::string encrypt(const SecretKey&, std::string_view nonce, std::string_view aad, std::string_view plaintext);
// Nothing if anything at all was changed.
std::optional<std::string> decrypt(const SecretKey&, std::string_view nonce, std::string_view aad,
                                   std::string_view ciphertext_and_tag);

}  // namespace rowan::crypto
