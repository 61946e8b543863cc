// Ed25519 signatures.
// Thread-safety: const functions from any thread.
#pragma once
#include "crypto/secret.h"

#include <string>
#include <string_view>

namespace rowan::crypto {

class SigningKey {
public:
    static SigningKey random();
    explicit SigningKey(SecretKey seed);

    std::string sign(std::string_view message) const;          // 64 bytes
    const std::string& public_key() const { return public_; }  // 32 bytes
    const SecretKey& seed() const { return seed_; }

private:
    SecretKey seed_;
    std::string public_;
};

// False too for a public key or signature of the wrong length.
bool verify_signature(std::string_view public_key, std::string_view message, std::string_view signature);

}  // namespace rowan::crypto
