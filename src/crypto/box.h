// Sealed boxes (libsodium's crypto_box_seal: X25519, XSalsa20-Poly1305): whoever has the public key can put
// something in, and only who has the secret key can take it out; not even who put it in.
// Thread-safety: const functions from any thread.
#pragma once
#include "crypto/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace rowan::crypto {

constexpr std::size_t kBoxPublicBytes = 32, kBoxOverheadBytes = 48;

class BoxKey {
public:
    static BoxKey random() { return BoxKey(SecretKey::random()); }
    explicit BoxKey(SecretKey secret);

    const std::string& public_key() const { return public_; }  // 32 bytes
    const SecretKey& secret() const { return secret_; }
    // Nothing when it was put in for another key, or changed at all.
    std::optional<std::string> open(std::string_view box) const;

private:
    SecretKey secret_;
    std::string public_;
};

// 48 bytes longer than `plain`. Precondition: 32 bytes of public key; throws otherwise.
std::string put_in_box(std::string_view public_key, std::string_view plain);

}  // namespace rowan::crypto
