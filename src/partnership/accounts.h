// Accounts, roles and sessions (SECURITY.md 9.3).
//
// Passwords are argon2id; a second factor (TOTP) is part of every sign-in outside the demonstration. Wrong and
// unknown names look and take the same. A session is 256 random bits in a cookie, kept as its SHA-256; it dies
// after 15 idle minutes, after 10 hours, on sign-out, and with the account or the agency.
// Thread-safety: functions on a Session are for the thread that holds it; the others take the Office.
#pragma once
#include "base/result.h"
#include "partnership/access.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

struct Account {
    std::string id, user_name, display_name, post, agency, email, team, status;
    std::vector<std::string> roles;
    bool has_password = false, has_totp = false;
    base::Instant active_since;              // made, or given a new password
    std::optional<base::Instant> last_used;  // when a session of theirs was last alive
    std::int64_t version = 0;
};

struct NewAccount {
    std::string user_name, display_name, post, agency, email;
    std::vector<std::string> roles;
    std::string password;     // empty: cannot sign in with one (demonstration personas)
    std::string totp_secret;  // raw bytes; empty: none yet
    std::string team = {};
};

// Names and codes are checked against the scheme and the role table; each refusal is a sentence.
base::Result<std::string> add_account(const Office&, database::Session&, const NewAccount&, const std::string& by);
std::vector<Account> all_accounts(database::Session&);
std::optional<Account> account_by_name(database::Session&, const std::string& user_name);
base::Result<> disable_account(const Office&, database::Session&, const std::string& user_id,
                               const std::string& by);
// "" for none. Colleagues of one agency and team see whom each of them is allocated to.
base::Result<> set_team(const Office&, database::Session&, const std::string& user_id, const std::string& team,
                        const std::string& by);
// A new password and a new TOTP secret; ends every session of the account.
base::Result<> reset_account(const Office&, database::Session&, const std::string& user_id,
                             const std::string& password, const std::string& totp_secret, const std::string& by);

// All of theirs but the one of this token.
void end_other_sessions(const Office&, database::Session&, const std::string& user_id, const std::string& session);
// By whoever is signed in and knows the old one. Their other sessions end. A wrong old one delays the next try, as
// at sign-in.
base::Result<> change_password(const Office&, const Viewer&, const std::string& session, const std::string& old,
                               const std::string& wanted);

// How a user is named to others, whether or not the account is still in use: "Rowan itself" for "system".
struct ShownUser {
    std::string name, post, agency;
};
ShownUser shown_user(database::Session&, const std::string& user_id);

struct SignedIn {
    std::string token;  // for the cookie; only its hash is stored
    std::string user_id;
};
// A new session of this account: the two newest live. For whoever has just been recognised.
SignedIn begin_session(const Office&, database::Session&, const std::string& user_id);
// An account that nobody has used for the scheme's `dormant_days` is closed (Hackney 2020): when its owner tries
// to come in, and by the server every hour. True, and how many, when it was.
bool close_if_dormant(const Office&, database::Session&, const std::string& user_id);
std::int64_t close_dormant_accounts(const Office&);
bool is_dormant(const Office&, const Account&);
// Checks password and code; audited either way. The error never says which part was wrong. Whose agency has an
// identity provider of its own comes in there and by no password (identity.h).
base::Result<SignedIn> sign_in(const Office&, const std::string& user_name, const std::string& password,
                               const std::string& totp_code);
// Somebody who is signed in proves again that it is they, before what a stolen session must not do: with a fresh
// code of the second factor, or within the last five minutes at their agency's provider. Audited either way; a
// wrong code delays the next try as at sign-in. Whose role needs a security key and who has one proves with it,
// and by no code (security_keys.h). In a demonstration, where nobody has a second factor, any code will do.
base::Result<> step_up(const Office&, const Viewer&, const std::string& totp_code);
inline constexpr std::chrono::minutes kProofLasts{5};
// Where they go on afterwards.
inline constexpr std::string_view kAfterProof[] = {"/",          "/account", "/account/keys", "/account/password",
                                                   "/emergency", "/agencies"};
// One click in a demonstration; refused outside one.
base::Result<SignedIn> sign_in_demonstration(const Office&, const std::string& user_id);
void sign_out(const Office&, const std::string& token);

// Sessions of an account that are alive, the newest first. `id` names one without being of use to anybody else.
struct SessionLine {
    std::string id;
    base::Instant began, last_used;
    bool current = false;
};
std::vector<SessionLine> sessions_of(const Office&, database::Session&, const std::string& user_id,
                                     const std::string& current_token);
// not_found when it is not alive or is not this account's. It ends with the next request.
base::Result<> end_session(const Office&, database::Session&, const std::string& user_id,
                           const std::string& session, const std::string& by);

// H-111, H-223: an agency signs into the protocol, and may withdraw.
base::Result<> sign_protocol(const Office&, database::Session&, const std::string& agency,
                             const std::string& signatory_post, const std::string& by);
base::Result<> withdraw_protocol(const Office&, database::Session&, const std::string& agency,
                                 const std::string& by);
bool protocol_in_force(const Office&, database::Session&, const std::string& agency);
struct SignatureState {
    std::string agency, agency_name, signatory_post;
    std::optional<base::Instant> signed_at, withdrawn_at;
};
std::vector<SignatureState> signature_states(const Office&, database::Session&);

// "R-2018-0042": the next human reference of a series in the year of `now`.
std::string next_reference(database::Session&, std::string_view letter, base::Date today, int digits);

// A write that was done before gives back its outcome (where to go next) instead of being done again.
std::optional<std::string> done_before(database::Session&, const std::string& key, const std::string& user_id);
void remember_done(database::Session&, const std::string& key, const std::string& user_id, base::Instant,
                   const std::string& outcome);

}  // namespace rowan::partnership
