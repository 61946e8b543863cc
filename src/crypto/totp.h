// Time-based one-time codes: RFC 6238 with SHA-1, 30 seconds, 6 digits: what every authenticator app reads.
// Thread-safety: pure functions.
#pragma once
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowan::crypto {

constexpr std::int64_t kTotpStep = 30;  // seconds

std::string new_totp_secret();  // 20 random bytes
std::int64_t totp_step(base::Instant);
std::string totp_code(std::string_view secret, std::int64_t step);  // "082345"

// The step whose code this is: the present one, the one before or the one after; spaces in `code` do not matter.
// Steps up to `last_used` no longer count, so a code works once: store the answer and pass it the next time.
std::optional<std::int64_t> verify_totp(std::string_view secret, std::string_view code, base::Instant now,
                                        std::int64_t last_used = -1);

std::string to_base32(std::string_view bytes);  // RFC 4648, upper case, without padding
// What the picture for the app holds. `issuer` and `account` are shown in the app.
std::string otpauth_uri(std::string_view secret, std::string_view issuer, std::string_view account);

}  // namespace rowan::crypto
