// Security keys and passkeys: what a browser sends back when one was made or used, verified, or refused with the
// reason (W3C Web Authentication Level 2, §7.1 and §7.2).
//
// Stricter than it must be: the person is verified by the key itself (PIN, finger, face), so that one key is two
// factors; no answer that was made inside another site's frame; ES256, EdDSA and RS256 only. The make of a key is
// not asked for (attestation "none"): a partnership does not keep lists of models. Thread-safety: pure functions
// and values; any thread.
#pragma once
#include "base/checked.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowan::webauthn {

using base::Checked;

// Where Rowan is open, as the browser names it: "https://rowan.example:8443" and "rowan.example". Nothing when the
// host is an address and not a name: browsers make no keys there.
struct Site {
    std::string origin, host;
};
std::optional<Site> site_of(bool tls, std::string_view host_header);

// Numbers as COSE has them (RFC 9053); what browsers are offered, the best first.
enum class Algorithm : std::int32_t { es256 = -7, eddsa = -8, rs256 = -257 };
inline constexpr Algorithm kAlgorithms[] = {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256};

struct PublicKey {
    Algorithm algorithm = Algorithm::es256;
    std::string bytes;  // x and y; the point; modulus (256 bytes) and exponent (3)
    bool operator==(const PublicKey&) const = default;
};
struct Credential {
    std::string id;  // the key's own name for it: 1 to 1023 bytes
    PublicKey key;
    std::uint32_t count = 0;  // how often it has signed; 0 for ever when it does not count
};

// All as bytes.
struct Made {
    std::string client_data, authenticator_data;
};
struct Used {
    std::string client_data, authenticator_data, signature;
};

// What the browser says that it answered: base64url, to be compared with what was asked. "" when it says nothing.
std::string challenge_of(std::string_view client_data);

Checked<Credential> verify_made(const Made&, const Site&, std::string_view challenge);
// The new count. One that does not grow, unless it has always been 0, is a copy of the key: fault "count".
Checked<std::uint32_t> verify_used(const Used&, const Site&, std::string_view challenge, const PublicKey&,
                                   std::uint32_t count);

}  // namespace rowan::webauthn
