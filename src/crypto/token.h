// Random tokens, digests and the tokens that keep forms from being forged.
// Thread-safety: pure functions.
#pragma once
#include "crypto/secret.h"

#include <string>
#include <string_view>

namespace rowan::crypto {

// 256 random bits as 43 characters of base64url: sessions, invitations, recovery codes.
std::string new_token();
// What is stored in place of a token: SHA-256 in hex. A token is random, so it needs no salt and no slow hash.
std::string token_digest(std::string_view token);

std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha256_hex(std::string_view bytes);  // 64 characters

// Constant time for texts of equal length.
bool equal(std::string_view a, std::string_view b);

// HMAC-SHA-256 in hex, for pseudonyms in logs and the audit ("which search terms were the same").
std::string keyed_digest(const SecretKey&, std::string_view bytes);

// A form's token is bound to the session it was made for, and dies with it. Masked with fresh random bytes each
// time, so that compressed pages do not leak it (BREACH).
std::string csrf_token(const SecretKey& session_key, std::string_view session);
bool csrf_token_valid(const SecretKey& session_key, std::string_view session, std::string_view token);

}  // namespace rowan::crypto
