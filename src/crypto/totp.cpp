#include "crypto/totp.h"

#include "crypto/secret.h"
#include "crypto/token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace rowan::crypto {

namespace {

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (unsigned char c : text) {
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        if (plain) {
            out += static_cast<char>(c);
        } else {
            constexpr std::string_view kHex = "0123456789ABCDEF";
            out += {'%', kHex[c >> 4], kHex[c & 15]};
        }
    }
    return out;
}

}  // namespace

std::string new_totp_secret() { return random_bytes(20); }

std::int64_t totp_step(base::Instant t) { return base::to_millis(t) / 1000 / kTotpStep; }

std::string totp_code(std::string_view secret, std::int64_t step) {
    std::array<unsigned char, 8> counter;
    for (std::size_t i = 0; i < 8; ++i) counter[i] = static_cast<unsigned char>(step >> (56 - 8 * i));
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned int size = 0;
    if (!HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
              mac.data(), &size)) {
        throw std::runtime_error("HMAC-SHA-1 is not available");
    }
    std::size_t at = mac[size - 1] & 15;
    std::uint32_t value = (mac[at] & 127u) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3];
    std::array<char, 8> digits;
    std::snprintf(digits.data(), digits.size(), "%06u", value % 1'000'000);
    return digits.data();
}

std::optional<std::int64_t> verify_totp(std::string_view secret, std::string_view code, base::Instant now,
                                        std::int64_t last_used) {
    std::string typed;
    for (char c : code) {
        if (c != ' ') typed += c;
    }
    std::optional<std::int64_t> matched;
    for (std::int64_t step = totp_step(now) - 1; step <= totp_step(now) + 1; ++step) {
        if (equal(totp_code(secret, step), typed) && step > last_used && !matched) matched = step;
    }
    return matched;
}

std::string to_base32(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (unsigned char c : bytes) {
        bits = bits << 8 | c;
        for (count += 8; count >= 5;) {
            count -= 5;
            out += kAlphabet[bits >> count & 31];
        }
    }
    if (count > 0) out += kAlphabet[bits << (5 - count) & 31];
    return out;
}

std::string otpauth_uri(std::string_view secret, std::string_view issuer, std::string_view account) {
    return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(account) +
           "?secret=" + to_base32(secret) + "&issuer=" + percent_encoded(issuer) +
           "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace rowan::crypto
