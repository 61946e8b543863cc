// Security keys and passkeys of accounts: added, used to come in, used to prove again, removed (SECURITY.md 9.3,
// ADR 0035). A key verifies its person itself, so it is a way in alone; where the agency has an identity provider,
// it only proves who has come in there. A challenge is for one purpose and one session, works once and for five
// minutes; nothing is stored before it is answered. Thread-safety: functions on a Session are for the thread that
// holds it; the others take the Office.
#pragma once
#include "base/result.h"
#include "partnership/accounts.h"
#include "webauthn/webauthn.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

inline constexpr std::chrono::minutes kChallengeLasts{5};
inline constexpr std::size_t kMostKeys = 10;  // of one account

enum class KeyPurpose { add, sign_in, prove };
// base64url. `session`: the token of the session that asks; "" to come in.
std::string new_challenge(const Office&, KeyPurpose, const std::string& session);

struct SecurityKeyLine {
    std::string id, name;
    std::string credential;  // the key's own name for it, base64url
    base::Instant added_at;
    std::optional<base::Instant> last_used;
};
std::vector<SecurityKeyLine> security_keys_of(database::Session&, const std::string& user);  // oldest first
bool has_security_key(database::Session&, const std::string& user);

// Whether one of the viewer's roles works only with a security key.
bool role_needs_key(const Office&, const Viewer&);
// Whether the viewer proves with a key before a step that a stolen session must not take: their role needs one,
// and they have one.
bool proves_with_key(const Office&, const Viewer&);
// Whether files with lists of people must wait for one.
bool wants_key_for_lists(const Office&, const Viewer&);

// What the browser sent: base64url, as its form has it.
struct KeyAnswer {
    std::string credential, client_data, authenticator_data, signature;
};

// Whoever calls this has asked for a proof before (step_up()). The session counts as proved with it from then on.
base::Result<> add_security_key(const Office&, const Viewer&, const std::string& session, const webauthn::Site&,
                                const KeyAnswer&, const std::string& name);
// not_found when it is not the viewer's. Other sessions of theirs end.
base::Result<> remove_security_key(const Office&, const Viewer&, const std::string& session,
                                   const std::string& key);
// With a new way in, the old keys are worth nothing.
void remove_all_security_keys(const Office&, database::Session&, const std::string& user, const std::string& by);

// Both are audited either way; the error never says what was wrong.
base::Result<SignedIn> sign_in_with_key(const Office&, const webauthn::Site&, const KeyAnswer&);
base::Result<> prove_with_key(const Office&, const Viewer&, const std::string& session, const webauthn::Site&,
                              const KeyAnswer&);

}  // namespace rowan::partnership
