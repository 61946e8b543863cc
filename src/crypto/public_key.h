// Signatures by keys of others: the two kinds that identity providers and security keys use.
// Numbers are big-endian bytes. Anything that is not a whole, sound key of the right kind verifies nothing.
// Thread-safety: pure functions.
#pragma once
#include <string_view>

namespace rowan::crypto {

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017), "RS256" of RFC 7518. False for a modulus under 2048 or over 8192
// bits.
bool verify_rs256(std::string_view modulus, std::string_view exponent, std::string_view message,
                  std::string_view signature);
// ECDSA over P-256 with SHA-256, "ES256": x and y are 32 bytes each, the signature is r and s, 32 bytes each.
// False for a point that is not on the curve.
bool verify_es256(std::string_view x, std::string_view y, std::string_view message, std::string_view signature);

}  // namespace rowan::crypto
