// Identity providers: which agency's people sign in where, who somebody is there, and how the two come together.
//
// An identity is issuer and subject, never an e-mail address (SECURITY.md A26); what is kept of it is a keyed
// digest. A provider counts for the agency that it is bound to and for nobody else. An account comes to its
// identity by an invitation: a code, given out of band, that works once and for seven days. The database's part of
// it; the way through the provider is in identity_desk.h. Thread-safety: functions on a Session are for the thread
// that holds it.
#pragma once
#include "base/result.h"
#include "oidc/provider.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rowan::partnership {

struct AgencyProvider {
    std::string agency;
    oidc::Provider provider;
    std::string keys;  // JSON, as last read
    base::Instant keys_read_at, bound_at;
};
std::vector<AgencyProvider> agency_providers(const Office&, database::Session&);  // by the agency's code
std::optional<AgencyProvider> provider_of(const Office&, database::Session&, const std::string& agency);
bool signs_in_elsewhere(database::Session&, const std::string& agency);

// From now on the agency's people come in there and by no password; their sessions end. Binding again renews.
base::Result<> bind_provider(const Office&, database::Session&, const std::string& agency, const oidc::Provider&,
                             const std::string& keys, const std::string& by);
// Back to passwords; the sessions of the agency's people end. Who is who there stays known.
base::Result<> unbind_provider(const Office&, database::Session&, const std::string& agency,
                               const std::string& by);
void keep_keys(const Office&, database::Session&, const std::string& agency, const std::string& keys);

inline constexpr std::chrono::days kInvitationLasts{7};
struct Invitation {
    std::string id, user, code;
    base::Instant ends_at;
};
// For an account, also a closed one, which using it opens again; an earlier invitation of the account ends. Where
// the agency has no provider, whoever uses it chooses a password.
base::Result<Invitation> invite(const Office&, database::Session&, const std::string& user, const std::string& by);
// The code in the two parts that two people give, each for itself (recovery.h).
std::pair<std::string, std::string> halves_of(const Office&, const std::string& invitation);
// The second factor that comes with the invitation, where a password is chosen; raw bytes.
std::string invitation_secret(const Office&, const std::string& invitation);
// Uses it up: a new password, the second factor above, proved by one of its codes. Every session of the account
// ends.
base::Result<> choose_password(const Office&, database::Session&, const Invitation&, const std::string& password,
                               const std::string& totp_code);
// The invitation that waits for this user name, if this is its code. How the code is written does not matter.
std::optional<Invitation> invitation_for(const Office&, database::Session&, const std::string& user_name,
                                         const std::string& code);

// Somebody at a provider, and a session there, as they are kept: keyed digests.
std::string subject_digest(const Office&, const std::string& issuer, const std::string& subject);
std::string session_digest(const Office&, const std::string& issuer, const std::string& session);

// The account that this person of that agency's provider is; "" for none in use.
std::string account_of(database::Session&, const std::string& agency, const std::string& subject);
// Uses the invitation up. Refused when the person is somebody else here already; not_found when it does not wait.
base::Result<> bind_account(const Office&, database::Session&, const std::string& agency,
                            const std::string& invitation, const std::string& subject);

// Back-channel logout: ends the sessions that began as this person there (`session` empty), or with that session
// there. How many.
std::int64_t end_sessions_of(const Office&, database::Session&, const std::string& agency,
                             const std::string& subject, const std::string& session);

}  // namespace rowan::partnership
