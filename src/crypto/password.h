// Passwords: Argon2id, and what a passphrase must be (SECURITY.md 9.3).
//
// At most four hashes run at once in the process, so that sign-ins cannot take all memory; others wait.
// Thread-safety: any thread. Exceptions: out of memory.
#pragma once
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::crypto {

struct PasswordCost {
    std::uint64_t memory = 64u << 20;  // bytes
    std::uint64_t passes = 3;
};

// "$argon2id$v=19$m=65536,t=3,p=1$…": holds its own salt and cost.
std::string hash_password(std::string_view password, PasswordCost = {});
// Gives the same answer after the same work whether the password is wrong, the hash is damaged or there is no such
// user (`stored` empty): false after one hash of cost `usual`.
bool verify_password(std::string_view stored, std::string_view password, PasswordCost usual = {});
bool needs_rehash(std::string_view stored, PasswordCost = {});

// At least 15 characters, not made of the person's own names (`personal`: names, user name, agency), nor of very
// common words, rows of the keyboard or repetition. The message says what to change.
base::Result<> check_passphrase(std::string_view passphrase, const std::vector<std::string>& personal);

}  // namespace rowan::crypto
