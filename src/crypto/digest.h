// Digests of what is too long to hold at once, and short keyed ones that say nothing without the key.
// Thread-safety: a Sha256 belongs to one thread; fingerprint() is pure.
#pragma once
#include "crypto/secret.h"

#include <memory>
#include <string>
#include <string_view>

namespace rowan::crypto {

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    Sha256& add(std::string_view bytes);
    std::string finish();  // 32 bytes; once

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Keyed BLAKE2b, 16 bytes: which blocks are equal, for who has the key.
constexpr std::size_t kFingerprintBytes = 16;
std::string fingerprint(const SecretKey&, std::string_view bytes);

}  // namespace rowan::crypto
