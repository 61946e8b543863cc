#include "partnership/accounts.h"

#include "base/id.h"
#include "base/identifiers.h"
#include "base/text.h"
#include "crypto/breached.h"
#include "crypto/password.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "crypto/totp.h"
#include "partnership/agency_access.h"
#include "partnership/audit_entry.h"
#include "partnership/identity.h"
#include "partnership/role_requests.h"
#include "partnership/security_keys.h"
#include "partnership/viewer.h"

#include <cstdio>
#include <unordered_map>

namespace rowan::partnership {

namespace {

using database::Session;
using namespace std::chrono_literals;

// A second factor belongs to an account, not to a person of the index: it is sealed under the keyring itself.
database::Blob seal_totp(const Office& office, const std::string& account, std::string_view secret) {
    return {crypto::seal(office.keyring.purpose_key("totp"), "totp", {"user_account", account, "totp_secret"},
                         secret)};
}
base::Result<std::string> open_totp(const Office& office, const std::string& account, std::string_view sealed) {
    return crypto::open(office.keyring.purpose_key("totp"), {"user_account", account, "totp_secret"}, sealed);
}

constexpr int kFreeFailures = 3;  // then each wrong try costs a growing delay, never a lock-out (A15)

std::vector<std::string> roles_of(Session& s, const std::string& user_id) {
    std::vector<std::string> out;
    for (const auto& row :
         s.query("SELECT role FROM role_grant WHERE user_id = $1 AND ended_at IS NULL ORDER BY role", user_id))
        out.push_back(row.text(0));
    return out;
}

Account account_from(Session& s, const database::Row& row) {
    Account out;
    out.id = row.text(0);
    out.user_name = row.text(1);
    out.display_name = row.text(2);
    out.post = row.text(3);
    out.agency = row.text(4);
    out.email = row.text(5);
    out.status = row.text(6);
    out.has_password = !row.null(7);
    out.has_totp = !row.null(8);
    out.version = row.integer(9);
    out.active_since = base::from_millis(std::max(row.integer(10), row.integer(11)));
    out.team = row.text(12);
    out.last_used = row.maybe_instant(13);
    out.roles = roles_of(s, out.id);
    return out;
}

void end_sessions(Session& s, const std::string& user_id, base::Instant now) {
    s.execute("UPDATE session SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL", base::to_millis(now),
              user_id);
}

// 1, 2, 4 … seconds after the third failure, at most five minutes.
std::chrono::milliseconds delay_after(std::int64_t failures) {
    if (failures < kFreeFailures) return 0ms;
    const auto steps = std::min<std::int64_t>(failures - kFreeFailures, 9);
    return std::min<std::chrono::milliseconds>(1s * (1LL << steps), 300s);
}

// SECURITY.md 9.3: long, not made of one's own name or common words, and in no list of breached passwords.
base::Result<> check_password(const Office& office, const std::string& password,
                              const std::vector<std::string>& personal) {
    if (auto rule = crypto::check_passphrase(password, personal); !rule.ok()) return rule;
    if (office.breached_passwords.empty()) return base::done();
    const auto found = crypto::is_breached(office.breached_passwords, password);
    if (!found.ok()) return found.error();
    if (*found)
        return base::invalid("This password has been stolen somewhere before, so it can be guessed: use another.");
    return base::done();
}

// Twelve bytes of the digest of the digest: names a session on a page and opens none.
std::string session_id(const std::string& token_hash) { return crypto::token_digest(token_hash).substr(0, 16); }

constexpr std::size_t kLongestTeam = 60;  // characters

base::Result<std::string> team_name(const std::string& typed) {
    auto out = base::tidy_line(typed);
    if (base::length(out) > kLongestTeam)
        return base::invalid("Give the team a name of at most 60 characters, or none.");
    return out;
}

base::Result<std::string> insert_account(const Office& office, Session& s, const NewAccount& wanted,
                                         const std::string& by, bool asking) {
    const auto name = base::fold(wanted.user_name).empty() ? std::string{} : base::tidy_line(wanted.user_name);
    if (name.empty() || name.size() > 64 || name.find(' ') != std::string::npos)
        return base::invalid("Give a user name of 1 to 64 characters without spaces.");
    if (!office.scheme.find_agency(wanted.agency))
        return base::invalid("There is no agency \"" + wanted.agency +
                             "\" in the scheme; use one of the codes listed there.");
    if (wanted.roles.empty()) return base::invalid("Give at least one role.");
    for (const auto& role : wanted.roles)
        if (!find_role(role))
            return base::invalid("There is no role \"" + role + "\"; see rowan user --help for the list.");
    if (base::tidy_line(wanted.display_name).empty()) return base::invalid("Give the person's name.");
    if (s.one("SELECT 1 FROM user_account WHERE user_name = $1", name))
        return base::conflict("There is already an account called " + name + "; choose another name.");
    std::optional<std::string> hash;
    if (!wanted.password.empty()) {
        if (auto problem = check_password(office, wanted.password, {name, wanted.display_name}); !problem.ok())
            return problem.error();
        hash = crypto::hash_password(wanted.password);
    }
    const auto id = base::new_id();
    const auto now = office.clock.now();
    const auto team = team_name(wanted.team);
    if (!team.ok()) return team.error();
    std::optional<database::Blob> secret;
    if (!wanted.totp_secret.empty()) secret = seal_totp(office, id, wanted.totp_secret);
    s.execute(
        "INSERT INTO user_account (id, user_name, display_name, post, agency, email, team, status, "
        "password_hash, totp_secret, totp_last_step, failures, not_before, created_at, active_since, version) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8, $9, 0, 0, 0, $10, $10, 1)",
        id, name, base::tidy_line(wanted.display_name), base::tidy_line(wanted.post), wanted.agency, wanted.email,
        *team, hash, secret, base::to_millis(now));
    office.audit.append(s, entry("create", by, "", "account", id, "allowed",
                                 "roles=" + (asking ? std::string{} : base::join(wanted.roles, ","))));
    if (!team->empty()) office.audit.append(s, entry("team", by, "", "account", id, "allowed", "team=" + *team));
    for (const auto& role : wanted.roles)
        if (asking)
            ask_for_role_by(office, s, by, id, role);
        else
            s.execute("INSERT INTO role_grant (user_id, role, granted_at, granted_by) VALUES ($1, $2, $3, $4)", id,
                      role, base::to_millis(now), by);
    return id;
}

}  // namespace

base::Result<std::string> add_account(const Office& office, Session& s, const NewAccount& wanted,
                                      const std::string& by) {
    return insert_account(office, s, wanted, by, false);
}

base::Result<std::string> add_account_asking(const Office& office, Session& s, const NewAccount& wanted,
                                             const std::string& by) {
    return insert_account(office, s, wanted, by, true);
}

std::vector<Account> all_accounts(Session& s) {
    std::vector<Account> out;
    for (const auto& row :
         s.query("SELECT u.id, u.user_name, u.display_name, u.post, u.agency, u.email, u.status, u.password_hash, "
                 "u.totp_secret, u.version, u.created_at, u.active_since, u.team, "
                 "(SELECT MAX(last_used_at) FROM session WHERE user_id = u.id) FROM user_account u ORDER BY "
                 "u.display_name, u.user_name"))
        out.push_back(account_from(s, row));
    return out;
}

std::optional<Account> account_by_name(Session& s, const std::string& user_name) {
    const auto row = s.one(
        "SELECT u.id, u.user_name, u.display_name, u.post, u.agency, u.email, u.status, u.password_hash, "
        "u.totp_secret, u.version, u.created_at, u.active_since, u.team, "
        "(SELECT MAX(last_used_at) FROM session WHERE user_id = u.id) FROM user_account u WHERE u.user_name = $1",
        user_name);
    if (!row) return std::nullopt;
    return account_from(s, *row);
}

bool is_dormant(const Office& office, const Account& account) {
    return office.clock.now() - std::max(account.active_since, account.last_used.value_or(account.active_since)) >
           std::chrono::days{office.scheme.sign_in.dormant_days};
}

base::Result<> set_team(const Office& office, Session& s, const std::string& user_id, const std::string& wanted,
                        const std::string& by) {
    const auto team = team_name(wanted);
    if (!team.ok()) return team.error();
    if (s.execute("UPDATE user_account SET team = $1, version = version + 1 WHERE id = $2", *team, user_id) == 0)
        return base::not_found("There is no such account.");
    office.audit.append(s, entry("team", by, "", "account", user_id, "allowed", "team=" + *team));
    return base::done();
}

base::Result<> disable_account(const Office& office, Session& s, const std::string& user_id,
                               const std::string& by) {
    if (s.execute("UPDATE user_account SET status = 'disabled', version = version + 1 WHERE id = $1", user_id) ==
        0)
        return base::not_found("There is no such account.");
    end_sessions(s, user_id, office.clock.now());
    s.execute("UPDATE invitation SET ends_at = $1 WHERE user_id = $2 AND ends_at > $1", office.clock.now(),
              user_id);
    office.audit.append(s, entry("disable", by, "", "account", user_id, "allowed"));
    return base::done();
}

base::Result<> reset_account(const Office& office, Session& s, const std::string& user_id,
                             const std::string& password, const std::string& totp_secret, const std::string& by) {
    const auto row = s.one("SELECT user_name, display_name FROM user_account WHERE id = $1", user_id);
    if (!row) return base::not_found("There is no such account.");
    if (auto problem = check_password(office, password, {row->text(0), row->text(1)}); !problem.ok())
        return problem.error();
    s.execute(
        "UPDATE user_account SET status = 'active', password_hash = $1, totp_secret = $2, totp_last_step = 0, "
        "failures = 0, "
        "not_before = 0, active_since = $3, version = version + 1 WHERE id = $4",
        crypto::hash_password(password), seal_totp(office, user_id, totp_secret), office.clock.now(), user_id);
    end_sessions(s, user_id, office.clock.now());
    remove_all_security_keys(office, s, user_id, by);
    office.audit.append(s, entry("reset", by, "", "account", user_id, "allowed"));
    return base::done();
}

SignedIn begin_session(const Office& office, Session& s, const std::string& user_id) {
    const auto token = crypto::new_token();
    const auto now = base::to_millis(office.clock.now());
    s.execute("INSERT INTO session (token_hash, user_id, created_at, last_used_at) VALUES ($1, $2, $3, $3)",
              crypto::token_digest(token), user_id, now);
    // At most two at a time: the oldest others end (SECURITY.md 9.3).
    s.execute(
        "UPDATE session SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL AND token_hash NOT IN "
        "(SELECT token_hash FROM session WHERE user_id = $2 AND ended_at IS NULL "
        "ORDER BY CASE WHEN token_hash = $3 THEN 0 ELSE 1 END, created_at DESC, token_hash LIMIT 2)",
        now, user_id, crypto::token_digest(token));
    return {token, user_id};
}

bool close_if_dormant(const Office& office, Session& s, const std::string& user_id) {
    const auto name = s.one("SELECT user_name FROM user_account WHERE id = $1 AND status = 'active'", user_id);
    const auto account = name ? account_by_name(s, name->text(0)) : std::nullopt;
    if (!account || !is_dormant(office, *account)) return false;
    s.execute("UPDATE user_account SET status = 'disabled', version = version + 1 WHERE id = $1", user_id);
    end_sessions(s, user_id, office.clock.now());
    office.audit.append(s, entry("disable", "system", account->agency, "account", user_id, "allowed", "dormant"));
    return true;
}

std::int64_t close_dormant_accounts(const Office& office) {
    if (office.demonstration) return 0;
    const auto all = office.database.read([](Session& s) { return all_accounts(s); });
    std::int64_t closed = 0;
    for (const auto& account : all) {
        if (account.status != "active" || !is_dormant(office, account)) continue;
        const auto done = office.database.write(
            [&](Session& s) -> base::Result<bool> { return close_if_dormant(office, s, account.id); });
        if (done.ok() && *done) ++closed;
    }
    return closed;
}

ShownUser shown_user(Session& s, const std::string& user_id) {
    const auto row = s.one("SELECT display_name, post, agency FROM user_account WHERE id = $1", user_id);
    if (row) return {row->text(0), row->text(1), row->text(2)};
    if (user_id == "command line") return {"Whoever runs the server", "", ""};
    return {user_id == "system" || user_id == "demonstration" ? "Rowan itself" : "Somebody whose account is gone",
            "", ""};
}

base::Result<SignedIn> sign_in(const Office& office, const std::string& user_name, const std::string& password,
                               const std::string& totp_code) {
    // One sentence for all: who is told to wait would learn that the name exists.
    const auto wrong = base::refused(
        "The name, password or code is not right. Check them and try again; after several wrong tries, wait five "
        "minutes first.");
    const auto now = office.clock.now();
    struct Stored {
        std::string id, agency, hash, secret;
        std::int64_t last_step = 0;
    };
    const auto stored = office.database.read([&](Session& s) -> std::optional<Stored> {
        const auto row = s.one(
            "SELECT id, agency, password_hash, totp_secret, totp_last_step FROM user_account "
            "WHERE user_name = $1 AND status = 'active'",
            base::tidy_line(user_name));
        if (!row) return std::nullopt;
        return Stored{row->text(0), row->text(1), row->text(2), row->blob(3), row->integer(4)};
    });
    // The same work whether the name exists or not, and whether it has to wait, so that time tells nothing (ASVS
    // 6.3.8).
    const bool password_right = crypto::verify_password(stored ? stored->hash : "", password);
    std::optional<std::int64_t> step;
    if (stored && !stored->secret.empty())
        if (const auto secret = open_totp(office, stored->id, stored->secret); secret.ok())
            step = crypto::verify_totp(*secret, totp_code, now, stored->last_step);
    const bool right = stored && password_right && step;
    // The writer runs one after the other: a code is used once, two at the same moment, only one wins; and many
    // tries at the same moment do not outrun the delay.
    auto done = office.database.write([&](Session& s) -> base::Result<SignedIn> {
        if (!stored) {
            office.audit.append(s, entry("sign-in", "", "", "account", "", "denied"));
            return SignedIn{};
        }
        const auto tries = s.one("SELECT failures, not_before FROM user_account WHERE id = $1", stored->id);
        const bool must_wait = base::to_millis(now) < tries->integer(1);
        if (close_if_dormant(office, s, stored->id)) return SignedIn{};
        // A26: who has a provider of their own comes in there, whatever passphrase is still kept here.
        const bool elsewhere = signs_in_elsewhere(s, stored->agency), shut = is_shut(s, stored->agency);
        if (right && !must_wait && !elsewhere && !shut &&
            s.execute("UPDATE user_account SET totp_last_step = $1, failures = 0, not_before = 0 WHERE id = $2 "
                      "AND totp_last_step < $1 AND status = 'active'",
                      *step, stored->id) == 1) {
            office.audit.append(s, entry("sign-in", stored->id, stored->agency, "account", stored->id, "allowed"));
            return begin_session(office, s, stored->id);
        }
        // A try that comes too early costs nothing more, so that nobody can keep somebody else out for ever (A15).
        if (!must_wait)
            s.execute("UPDATE user_account SET failures = failures + 1, not_before = $1 WHERE id = $2",
                      base::to_millis(now + delay_after(tries->integer(0) + 1)), stored->id);
        office.audit.append(s, entry("sign-in", stored->id, stored->agency, "account", stored->id, "denied",
                                     shut        ? "shut"
                                     : elsewhere ? "provider"
                                     : must_wait ? "too-early"
                                                 : ""));
        return SignedIn{};
    });
    if (!done.ok()) return done.error();
    if (done->token.empty()) return wrong;
    return done;
}

void end_other_sessions(const Office& office, Session& s, const std::string& user_id, const std::string& session) {
    s.execute("UPDATE session SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL AND token_hash <> $3",
              office.clock.now(), user_id, crypto::token_digest(session));
}

base::Result<> change_password(const Office& office, const Viewer& viewer, const std::string& session,
                               const std::string& old, const std::string& wanted) {
    const auto row = office.database.read([&](Session& s) {
        return s.one("SELECT password_hash FROM user_account WHERE id = $1 AND status = 'active'", viewer.user_id);
    });
    if (!row || row->null(0) || viewer.elsewhere)
        return base::refused("You do not sign in with a password, so there is none to change.");
    // Judged before the old one: what is said about the new one tells nothing about the old.
    if (old == wanted) return base::invalid("The new password is the old one: choose another.");
    if (auto rule = check_password(office, wanted, {viewer.user_name, viewer.name}); !rule.ok()) return rule;
    const auto stored = row->text(0);
    const bool right = crypto::verify_password(stored, old);
    const auto hash = right ? crypto::hash_password(wanted) : "";
    const auto now = office.clock.now();
    const auto done = office.database.write([&](Session& s) -> base::Result<bool> {
        const auto tries = s.one("SELECT failures, not_before FROM user_account WHERE id = $1", viewer.user_id);
        const bool must_wait = base::to_millis(now) < tries->integer(1);
        // Only in place of the one that was checked.
        const bool changed =
            right && !must_wait &&
            s.execute(
                "UPDATE user_account SET password_hash = $1, failures = 0, not_before = 0, version = version "
                "+ 1 WHERE id = $2 AND password_hash = $3",
                hash, viewer.user_id, stored) == 1;
        if (changed)
            end_other_sessions(office, s, viewer.user_id, session);
        else if (!must_wait)
            s.execute("UPDATE user_account SET failures = failures + 1, not_before = $1 WHERE id = $2",
                      base::to_millis(now + delay_after(tries->integer(0) + 1)), viewer.user_id);
        office.audit.append(s, entry("change-password", viewer.user_id, viewer.agency, "account", viewer.user_id,
                                     changed ? "allowed" : "denied", must_wait ? "too-early" : ""));
        return changed;
    });
    if (!done.ok()) return done.error();
    if (!*done)
        return base::refused(
            "The old password is not right. Check it and try again; after several wrong tries, wait five minutes "
            "first.");
    return base::done();
}

base::Result<> step_up(const Office& office, const Viewer& viewer, const std::string& code) {
    if (office.demonstration) return base::done();
    const auto now = office.clock.now();
    if (viewer.proven)
        return office.database.write([&](Session& s) -> base::Result<> {
            office.audit.append(s, entry("step-up", viewer.user_id, viewer.agency, "account", viewer.user_id,
                                         "allowed", viewer.keyed ? "security-key" : "provider"));
            return base::done();
        });
    if (proves_with_key(office, viewer))
        return base::refused("First prove with your security key that it is you, then send this form again.");
    const auto right = office.database.write([&](Session& s) -> base::Result<bool> {
        const auto row = s.one(
            "SELECT totp_secret, totp_last_step, failures, not_before FROM user_account WHERE id = $1 AND status "
            "= 'active'",
            viewer.user_id);
        if (!row) return false;
        const auto secret = row->null(0) ? base::Result<std::string>(base::not_found("none"))
                                         : open_totp(office, viewer.user_id, row->blob(0));
        const bool must_wait = base::to_millis(now) < row->integer(3);
        const auto step =
            secret.ok() && !must_wait ? crypto::verify_totp(*secret, code, now, row->integer(1)) : std::nullopt;
        if (step)
            s.execute("UPDATE user_account SET totp_last_step = $1, failures = 0, not_before = 0 WHERE id = $2",
                      *step, viewer.user_id);
        else if (!must_wait)
            s.execute("UPDATE user_account SET failures = failures + 1, not_before = $1 WHERE id = $2",
                      base::to_millis(now + delay_after(row->integer(2) + 1)), viewer.user_id);
        office.audit.append(s, entry("step-up", viewer.user_id, viewer.agency, "account", viewer.user_id,
                                     step ? "allowed" : "denied", must_wait ? "too-early" : ""));
        return step.has_value();
    });
    if (!right.ok()) return right.error();
    if (!*right && viewer.elsewhere)
        return base::refused("Prove again at your agency that it is you, then send this form again.");
    if (!*right)
        return base::refused(
            "The code is not right, or has been used already. Wait for the next one and try again.");
    return base::done();
}

base::Result<SignedIn> sign_in_demonstration(const Office& office, const std::string& user_id) {
    if (!office.demonstration)
        return base::refused("This is not a demonstration. Sign in with your name, password and code.");
    return office.database.write([&](Session& s) -> base::Result<SignedIn> {
        const auto row = s.one("SELECT agency FROM user_account WHERE id = $1 AND status = 'active'", user_id);
        if (!row) return base::not_found("There is no such person in the demonstration.");
        if (is_shut(s, row->text(0))) return base::refused("This person's agency is shut out.");
        office.audit.append(
            s, entry("sign-in", user_id, row->text(0), "account", user_id, "allowed", "demonstration"));
        return begin_session(office, s, user_id);
    });
}

void sign_out(const Office& office, const std::string& token) {
    (void)office.database.write([&](Session& s) -> base::Result<> {
        const auto hash = crypto::token_digest(token);
        const auto row = s.one("SELECT user_id FROM session WHERE token_hash = $1 AND ended_at IS NULL", hash);
        if (!row) return base::done();
        s.execute("UPDATE session SET ended_at = $1 WHERE token_hash = $2", base::to_millis(office.clock.now()),
                  hash);
        office.audit.append(s, entry("sign-out", row->text(0), "", "account", row->text(0), "allowed"));
        return base::done();
    });
}

std::vector<SessionLine> sessions_of(const Office& office, Session& s, const std::string& user_id,
                                     const std::string& current_token) {
    const auto now = base::to_millis(office.clock.now());
    const auto current = current_token.empty() ? std::string{} : crypto::token_digest(current_token);
    std::vector<SessionLine> out;
    for (const auto& row : s.query("SELECT token_hash, created_at, last_used_at FROM session WHERE user_id = $1 "
                                   "AND ended_at IS NULL AND created_at >= $2 AND "
                                   "last_used_at >= $3 ORDER BY created_at DESC, token_hash",
                                   user_id, now - std::chrono::milliseconds{kAbsolute}.count(),
                                   now - std::chrono::milliseconds{kIdle}.count()))
        out.push_back({session_id(row.text(0)), row.instant(1), row.instant(2), row.text(0) == current});
    return out;
}

base::Result<> end_session(const Office& office, Session& s, const std::string& user_id,
                           const std::string& session, const std::string& by) {
    for (const auto& row :
         s.query("SELECT token_hash FROM session WHERE user_id = $1 AND ended_at IS NULL", user_id)) {
        if (session_id(row.text(0)) != session) continue;
        s.execute("UPDATE session SET ended_at = $1 WHERE token_hash = $2", office.clock.now(), row.text(0));
        office.audit.append(s, entry("end-session", by, "", "account", user_id, "allowed"));
        return base::done();
    }
    return base::not_found("There is no such session.");
}

base::Result<> sign_protocol(const Office& office, Session& s, const std::string& agency, const std::string& post,
                             const std::string& by) {
    const auto* protocol = office.scheme.protocol_on(base::london_date(office.clock.now()));
    if (!protocol)
        return base::refused("No Information Sharing Protocol is in force; add one to the scheme first.");
    if (!office.scheme.find_agency(agency))
        return base::not_found("There is no agency \"" + agency + "\" in the scheme.");
    if (base::tidy_line(post).empty())
        return base::invalid("Enter the post of the person who signs, such as Director of Children's Services.");
    if (protocol_in_force(office, s, agency)) return base::conflict("This agency has already signed.");
    const auto id = base::new_id();
    s.execute(
        "INSERT INTO protocol_signature (id, agency, protocol_version, signatory_post, signed_at, recorded_by) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        id, agency, protocol->version, base::tidy_line(post), base::to_millis(office.clock.now()), by);
    office.audit.append(
        s, entry("sign-protocol", by, agency, "protocol", id, "allowed", "version=" + protocol->version));
    return base::done();
}

base::Result<> withdraw_protocol(const Office& office, Session& s, const std::string& agency,
                                 const std::string& by) {
    if (s.execute("UPDATE protocol_signature SET withdrawn_at = $1, withdrawn_by = $2 WHERE agency = $3 AND "
                  "withdrawn_at IS NULL",
                  base::to_millis(office.clock.now()), by, agency) == 0)
        return base::not_found("This agency has no signature in force.");
    office.audit.append(s, entry("withdraw-protocol", by, agency, "protocol", agency, "allowed"));
    return base::done();
}

bool protocol_in_force(const Office& office, Session& s, const std::string& agency) {
    const auto* protocol = office.scheme.protocol_on(base::london_date(office.clock.now()));
    return protocol && s.one(
                            "SELECT 1 FROM protocol_signature WHERE agency = $1 AND protocol_version = $2 AND "
                            "withdrawn_at IS NULL "
                            "AND signed_at <= $3",
                            agency, protocol->version, base::to_millis(office.clock.now()))
                           .has_value();
}

std::vector<SignatureState> signature_states(const Office& office, Session& s) {
    std::unordered_map<std::string, SignatureState> latest;
    for (const auto& row : s.query("SELECT agency, signatory_post, signed_at, withdrawn_at FROM "
                                   "protocol_signature ORDER BY signed_at, id")) {
        auto& state = latest[row.text(0)];
        state.signatory_post = row.text(1);
        state.signed_at = base::from_millis(row.integer(2));
        state.withdrawn_at = row.null(3) ? std::nullopt : std::optional{base::from_millis(row.integer(3))};
    }
    std::vector<SignatureState> out;
    for (const auto& agency : office.scheme.agencies) {
        auto state = latest[agency.code];
        state.agency = agency.code;
        state.agency_name = agency.name;
        out.push_back(std::move(state));
    }
    return out;
}

std::string next_reference(Session& s, std::string_view letter, base::Date today, int digits) {
    const auto year = std::to_string(int(today.year()));
    const auto series = std::string(letter) + "-" + year;
    const auto row = s.one(
        "INSERT INTO reference_counter (series, last) VALUES ($1, 1) "
        "ON CONFLICT (series) DO UPDATE SET last = reference_counter.last + 1 RETURNING last",
        series);
    auto number = std::to_string(row->integer(0));
    if (number.size() < static_cast<std::size_t>(digits))
        number.insert(0, static_cast<std::size_t>(digits) - number.size(), '0');
    return series + "-" + number;
}

std::optional<std::string> done_before(Session& s, const std::string& key, const std::string& user_id) {
    if (key.empty()) return std::nullopt;
    const auto row = s.one("SELECT outcome FROM idempotency WHERE key = $1 AND user_id = $2", key, user_id);
    if (!row) return std::nullopt;
    return row->text(0);
}

void remember_done(Session& s, const std::string& key, const std::string& user_id, base::Instant at,
                   const std::string& outcome) {
    if (!key.empty())
        s.execute("INSERT INTO idempotency (key, user_id, at, outcome) VALUES ($1, $2, $3, $4)", key, user_id,
                  base::to_millis(at), outcome);
}

}  // namespace rowan::partnership
