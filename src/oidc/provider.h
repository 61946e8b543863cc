// Talking to an identity provider: its addresses, its keys, and a code exchanged for a token.
// OpenID Connect Discovery 1.0; authorisation code with PKCE (RFC 7636, S256). These functions wait for the
// provider (http/fetch.h), all but authorisation_url(). Thread-safety: pure but for that.
#pragma once
#include "base/result.h"

#include <string>
#include <string_view>

namespace rowan::oidc {

struct Provider {
    std::string issuer;
    std::string client, secret;  // as registered there for Rowan; an empty secret: a public client
    std::string authorisation_endpoint, token_endpoint, keys_endpoint;
    std::string acr;  // asked for, and expected in the answer; "" for none
};

// The addresses as the issuer publishes them; client, secret and acr stay empty. Refused when the issuer names
// itself otherwise, does not do what Rowan needs, or has an address that Rowan may not ask.
base::Result<Provider> discover(const std::string& issuer);
// The same from the published text, without asking.
base::Result<Provider> read_discovery(const std::string& issuer, std::string_view json);

// The JSON of its keys, checked with parse_keys().
base::Result<std::string> read_keys(const Provider&);

struct Way {
    std::string redirect;  // where the provider sends the browser back to
    std::string state, nonce;
    std::string verifier;      // PKCE: stays here until the code is exchanged
    bool prove_again = false;  // whoever is signed in there must prove again who they are
};
std::string authorisation_url(const Provider&, const Way&);
// The id_token, unverified.
base::Result<std::string> redeem(const Provider&, const Way&, const std::string& code);

}  // namespace rowan::oidc
