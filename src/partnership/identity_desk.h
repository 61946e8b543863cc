// The way through an agency's identity provider: away, back with a code, the code exchanged, in.
//
//   begin() ──> the provider ──> came_back() ──> [exchange, on a thread of the desk] ──> arrive() ──> a session
//
// The browser keeps a random token in a cookie; state, nonce and the PKCE verifier follow from it and from the
// keyring, so that only the browser that began can end, and the database holds no secret of it. Pages never wait
// for a provider: they ask arrive() until the answer is there. Thread-safety: every function from any thread.
#pragma once
#include "http/message.h"
#include "http/workers.h"
#include "oidc/token.h"
#include "partnership/accounts.h"
#include "partnership/identity.h"

namespace rowan::partnership {

class IdentityDesk {
public:
    // The office must outlive the desk.
    explicit IdentityDesk(const Office&);

    struct Begun {
        std::string url;    // where the browser goes
        std::string token;  // for its cookie
    };
    struct Purpose {
        std::string invitation = {};  // to bind the account that it is for
        std::string session = {};     // to prove again who this session's person is (its token)
        std::string next = "/";       // one of kAfterProof: where they go then
    };
    // `origin`: how the browser names Rowan, "https://rowan.example". not_found when the agency has no provider.
    base::Result<Begun> begin(const std::string& agency, const std::string& origin, const Purpose&) const;

    // `query`: code, state, iss, error, as the provider sent them. The error's sentence is for the person.
    base::Result<> came_back(const std::string& agency, const std::string& origin, const std::string& token,
                             const http::Fields& query);

    struct Arrival {
        bool waiting = false;
        std::string session;  // a new session's token; "" when an old one goes on
        std::string next = "/";
    };
    base::Result<Arrival> arrive(const std::string& token) const;

    // A logout_token, as the provider posts it. invalid when it is not one of this agency's provider. One that is
    // signed with a key not seen before is taken in, and judged when the provider has told its keys.
    base::Result<> logged_out(const std::string& agency, const std::string& logout_token);

private:
    struct Asked;
    void exchange(const Asked&) const;
    std::vector<oidc::Key> keys_for(const std::string& agency, std::string_view token) const;
    // Whether it was a token to believe.
    base::Result<bool> end_for(const AgencyProvider&, const std::vector<oidc::Key>&,
                               const std::string& logout_token) const;
    oidc::Way way_of(const std::string& agency, const std::string& origin, const std::string& token) const;

    const Office& office_;
    http::Workers errands_;  // wait for providers, so that nobody else does; the last member: it stops first
};

class Routes;
void add_identity_routes(Routes&, IdentityDesk&);

}  // namespace rowan::partnership
