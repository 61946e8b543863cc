// Signed tokens of an identity provider: read, verified, or refused with the reason.
//
// OpenID Connect Core 1.0 §3.1.3.7 and Back-Channel Logout 1.0 §2.6, as strict as they allow: RS256 and ES256
// only, with a key that the provider itself published for that algorithm. The header of a token never chooses more
// than which of these keys is tried. Thread-safety: pure functions and values.
#pragma once
#include "base/checked.h"
#include "base/result.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::oidc {

// One key of the provider, its numbers as big-endian bytes.
struct Key {
    enum class Kind { rsa, p256 } kind = Kind::rsa;
    std::string id;      // "kid", or empty
    std::string first;   // modulus, or x
    std::string second;  // exponent, or y
};
// A JWK set (RFC 7517). Keys for another use, of another kind or under 2048 bits are passed over; refused when
// none is left.
base::Result<std::vector<Key>> parse_keys(std::string_view json);
// Whether a text has the shape of a token that one of these keys, or any key at all, could have signed.
bool knows_key_of(const std::vector<Key>&, std::string_view token);
bool is_signed_token(std::string_view token);

using base::Checked;

struct Expected {
    std::string issuer, client;
    std::string nonce;  // of this very sign-in
    base::Instant now;
    std::string acr;                            // what the provider calls a sign-in with two factors; "" for none
    std::optional<base::Instant> proven_since;  // the person must have proved who they are since then
};
struct SignedInThere {
    std::string subject;                     // means something only together with the issuer
    std::string session;                     // "sid": names the session for back-channel logout; may be empty
    std::optional<base::Instant> proven_at;  // "auth_time"
};
// A second factor must be told by the token: `acr` is the expected one or, when none is expected, `amr` holds
// "mfa".
Checked<SignedInThere> verify_id_token(std::string_view token, const std::vector<Key>&, const Expected&);

struct SignedOutThere {
    std::string subject, session;  // at least one of them
};
Checked<SignedOutThere> verify_logout_token(std::string_view token, const std::vector<Key>&,
                                            const std::string& issuer, const std::string& client,
                                            base::Instant now);

}  // namespace rowan::oidc
