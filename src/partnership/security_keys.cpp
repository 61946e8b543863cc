#include "partnership/security_keys.h"

#include "base/id.h"
#include "base/text.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "formats/json.h"
#include "partnership/agency_access.h"
#include "partnership/audit_entry.h"
#include "partnership/identity.h"

#include <algorithm>

namespace rowan::partnership {

namespace {

using database::Session;
using formats::Json;

constexpr std::size_t kTimeBytes = 8, kRandomBytes = 16, kMacBytes = 16, kMostName = 60;

// --- challenges -------------------------------------------------------------------------------------------------

std::string_view name_of(KeyPurpose purpose) {
    return purpose == KeyPurpose::add ? "add" : purpose == KeyPurpose::prove ? "prove" : "sign-in";
}

std::string mac_of(const Office& office, KeyPurpose purpose, const std::string& session, std::string_view head) {
    const auto digest =
        crypto::keyed_digest(office.keyring.purpose_key("key-challenge"),
                             std::string(name_of(purpose)) + "\n" + session + "\n" + base::to_base64url(head));
    return base::from_hex(digest).value().substr(0, kMacBytes);
}

// Whether it is one of ours, for this, and young; and it is used up by the asking. Part of a write.
bool take_challenge(const Office& office, Session& s, KeyPurpose purpose, const std::string& session,
                    const std::string& challenge) {
    const auto bytes = base::from_base64url(challenge);
    if (!bytes || bytes->size() != kTimeBytes + kRandomBytes + kMacBytes) return false;
    const auto head = std::string_view(*bytes).substr(0, kTimeBytes + kRandomBytes);
    if (!crypto::equal(std::string_view(*bytes).substr(head.size()), mac_of(office, purpose, session, head)))
        return false;
    std::int64_t made = 0;
    for (const char c : head.substr(0, kTimeBytes)) made = made << 8 | static_cast<unsigned char>(c);
    const auto now = office.clock.now();
    if (now < base::from_millis(made) || now - base::from_millis(made) > kChallengeLasts) return false;
    s.execute("DELETE FROM answered_challenge WHERE answered_at < $1", now - 2 * kChallengeLasts);
    return s.execute(
               "INSERT INTO answered_challenge (digest, answered_at) VALUES ($1, $2) ON CONFLICT (digest) DO "
               "NOTHING",
               crypto::sha256_hex(*bytes), now) == 1;
}

// --- keys at rest -----------------------------------------------------------------------------------------------

crypto::SealedPlace place_of(const std::string& id) { return {"security_key", id, "public_key"}; }

// Whose it is and for which site is sealed with it: a row that was changed by SQL opens nothing.
database::Blob sealed(const Office& office, const std::string& id, const std::string& user,
                      const std::string& host, const webauthn::Credential& credential) {
    const auto text = Json::object({{"user", user},
                                    {"host", host},
                                    {"credential", base::to_base64url(credential.id)},
                                    {"algorithm", static_cast<int>(credential.key.algorithm)},
                                    {"key", base::to_base64url(credential.key.bytes)}});
    return {crypto::seal(office.keyring.purpose_key("security-key"), "security-key", place_of(id), text.write())};
}

struct Known {
    std::string id, user, agency;
    std::int64_t count = 0;
    webauthn::PublicKey key;
};
// The key of this name for this site, of an account in use.
std::optional<Known> known(const Office& office, Session& s, const std::string& credential,
                           const std::string& host) {
    const auto row = s.one(
        "SELECT k.id, k.user_id, u.agency, k.sign_count, k.public_key FROM security_key k JOIN user_account u ON "
        "u.id = k.user_id WHERE k.credential = $1 AND k.removed_at IS NULL AND u.status = 'active'",
        credential);
    if (!row) return std::nullopt;
    Known out{row->text(0), row->text(1), row->text(2), row->integer(3), {}};
    const auto text = crypto::open(office.keyring.purpose_key("security-key"), place_of(out.id), row->blob(4));
    const auto json = text.ok() ? formats::parse_json(*text) : base::Result<Json>(base::invalid("not opened"));
    if (!json.ok() || (*json)["user"].text() != out.user || (*json)["host"].text() != host ||
        (*json)["credential"].text() != credential)
        return std::nullopt;
    out.key.algorithm = static_cast<webauthn::Algorithm>((*json)["algorithm"].integer());
    out.key.bytes = base::from_base64url((*json)["key"].text()).value_or("");
    return out;
}

std::string bytes_in(const std::string& text) { return base::from_base64url(text).value_or(""); }

// Whose key answered, or the word of what was wrong. Part of a write: what was answered is used up either way.
struct Answered {
    std::optional<Known> by;
    std::string fault;
};
Answered answered(const Office& office, Session& s, KeyPurpose purpose, const std::string& session,
                  const webauthn::Site& site, const KeyAnswer& answer) {
    const webauthn::Used used{bytes_in(answer.client_data), bytes_in(answer.authenticator_data),
                              bytes_in(answer.signature)};
    const auto challenge = webauthn::challenge_of(used.client_data);
    if (!take_challenge(office, s, purpose, session, challenge)) return {std::nullopt, "challenge"};
    auto found = known(office, s, answer.credential, site.host);
    if (!found) return {std::nullopt, "unknown"};
    const auto checked =
        webauthn::verify_used(used, site, challenge, found->key, static_cast<std::uint32_t>(found->count));
    if (!checked.value) return {std::move(found), std::string(checked.fault)};
    // Two servers with one database: the count that was judged is the one that stands.
    if (s.execute("UPDATE security_key SET sign_count = $1, last_used_at = $2 WHERE id = $3 AND sign_count = $4",
                  static_cast<std::int64_t>(*checked.value), office.clock.now(), found->id, found->count) != 1)
        return {std::move(found), "count"};
    return {std::move(found), ""};
}

void mark_session(const Office& office, Session& s, const std::string& session) {
    s.execute("UPDATE session SET key_at = $1, proven_at = $1 WHERE token_hash = $2 AND ended_at IS NULL",
              office.clock.now(), crypto::token_digest(session));
}

}  // namespace

std::string new_challenge(const Office& office, KeyPurpose purpose, const std::string& session) {
    const auto now = base::to_millis(office.clock.now());
    std::string head;
    for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(now >> shift & 255);
    head += base::from_base64url(crypto::new_token()).value().substr(0, kRandomBytes);
    return base::to_base64url(head + mac_of(office, purpose, session, head));
}

std::vector<SecurityKeyLine> security_keys_of(Session& s, const std::string& user) {
    std::vector<SecurityKeyLine> out;
    for (const auto& row : s.query("SELECT id, name, credential, added_at, last_used_at FROM security_key WHERE "
                                   "user_id = $1 AND removed_at IS NULL ORDER BY added_at, id",
                                   user))
        out.push_back({row.text(0), row.text(1), row.text(2), row.instant(3), row.maybe_instant(4)});
    return out;
}

bool has_security_key(Session& s, const std::string& user) {
    return s.one("SELECT 1 FROM security_key WHERE user_id = $1 AND removed_at IS NULL", user).has_value();
}

bool role_needs_key(const Office& office, const Viewer& viewer) {
    if (office.demonstration) return false;
    const auto& those = office.scheme.sign_in.key_roles;
    return !viewer.withheld.empty() ||
           std::any_of(viewer.roles.begin(), viewer.roles.end(), [&](const std::string& role) {
               return std::find(those.begin(), those.end(), role) != those.end();
           });
}

bool proves_with_key(const Office& office, const Viewer& viewer) {
    return role_needs_key(office, viewer) &&
           office.database.read([&](Session& s) { return has_security_key(s, viewer.user_id); });
}

bool wants_key_for_lists(const Office& office, const Viewer& viewer) {
    return office.scheme.sign_in.key_for_lists && !office.demonstration && !viewer.keyed;
}

base::Result<> add_security_key(const Office& office, const Viewer& viewer, const std::string& session,
                                const webauthn::Site& site, const KeyAnswer& answer, const std::string& typed) {
    const auto name = base::tidy_line(typed);
    if (name.empty()) return base::invalid("Give the key a name by which you know it, such as Blue key.");
    if (base::length(name) > kMostName) return base::invalid("Use at most 60 characters for the key's name.");
    std::string fault;
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        const webauthn::Made made{bytes_in(answer.client_data), bytes_in(answer.authenticator_data)};
        const auto challenge = webauthn::challenge_of(made.client_data);
        const bool ours = take_challenge(office, s, KeyPurpose::add, session, challenge);
        const auto checked = ours ? webauthn::verify_made(made, site, challenge)
                                  : webauthn::Checked<webauthn::Credential>{std::nullopt, "challenge"};
        fault = std::string(checked.fault);
        if (checked.value &&
            s.one("SELECT 1 FROM security_key WHERE credential = $1", base::to_base64url(checked.value->id)))
            fault = "known";
        if (fault.empty() && security_keys_of(s, viewer.user_id).size() >= kMostKeys) fault = "many";
        told(office, s, viewer.user_id, viewer.agency, "add-key", fault.empty(),
             fault.empty() ? "" : "key=" + fault);
        if (!fault.empty()) return base::done();
        const auto id = base::new_id();
        s.execute(
            "INSERT INTO security_key (id, user_id, credential, public_key, name, sign_count, added_at) VALUES "
            "($1, $2, $3, $4, $5, $6, $7)",
            id, viewer.user_id, base::to_base64url(checked.value->id),
            sealed(office, id, viewer.user_id, site.host, *checked.value), name,
            static_cast<std::int64_t>(checked.value->count), office.clock.now());
        mark_session(office, s, session);
        return base::done();
    });
    if (!done.ok() || fault.empty()) return done;
    if (fault == "known") return base::refused("This key is in use already.");
    if (fault == "many") return base::refused("You have ten keys. Remove one first.");
    return base::refused("The key did not answer as it should. Try again, or use another key.");
}

base::Result<> remove_security_key(const Office& office, const Viewer& viewer, const std::string& session,
                                   const std::string& key) {
    return office.database.write([&](Session& s) -> base::Result<> {
        const auto now = office.clock.now();
        if (s.execute(
                "UPDATE security_key SET removed_at = $1, removed_by = $2 WHERE id = $3 AND user_id = $2 AND "
                "removed_at IS NULL",
                now, viewer.user_id, key) == 0)
            return base::not_found("There is no such key.");
        end_other_sessions(office, s, viewer.user_id, session);
        if (!has_security_key(s, viewer.user_id))
            s.execute("UPDATE session SET key_at = NULL WHERE user_id = $1", viewer.user_id);
        told(office, s, viewer.user_id, viewer.agency, "remove-key", true, "");
        return base::done();
    });
}

void remove_all_security_keys(const Office& office, Session& s, const std::string& user, const std::string& by) {
    s.execute("UPDATE security_key SET removed_at = $1, removed_by = $2 WHERE user_id = $3 AND removed_at IS NULL",
              office.clock.now(), by, user);
}

base::Result<SignedIn> sign_in_with_key(const Office& office, const webauthn::Site& site,
                                        const KeyAnswer& answer) {
    auto done = office.database.write([&](Session& s) -> base::Result<SignedIn> {
        auto found = answered(office, s, KeyPurpose::sign_in, "", site, answer);
        const auto user = found.by ? found.by->user : "", agency = found.by ? found.by->agency : "";
        if (found.fault.empty() && close_if_dormant(office, s, user)) found.fault = "dormant";
        // A26: who has a provider of their own comes in there.
        if (found.fault.empty() && signs_in_elsewhere(s, agency)) found.fault = "provider";
        if (found.fault.empty() && is_shut(s, agency)) found.fault = "shut";
        told(office, s, user, agency, "sign-in", found.fault.empty(),
             found.fault.empty() ? "security-key" : "key=" + found.fault);
        if (!found.fault.empty()) return SignedIn{};
        auto in = begin_session(office, s, user);
        mark_session(office, s, in.token);
        return in;
    });
    if (!done.ok()) return done.error();
    if (done->token.empty())
        return base::refused("Rowan does not know this key, or it took longer than five minutes. Try again.");
    return done;
}

base::Result<> prove_with_key(const Office& office, const Viewer& viewer, const std::string& session,
                              const webauthn::Site& site, const KeyAnswer& answer) {
    bool right = false;
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        auto found = answered(office, s, KeyPurpose::prove, session, site, answer);
        if (found.fault.empty() && found.by->user != viewer.user_id) found.fault = "another-person";
        right = found.fault.empty();
        told(office, s, viewer.user_id, viewer.agency, "step-up", right,
             right ? "security-key" : "key=" + found.fault);
        if (right) mark_session(office, s, session);
        return base::done();
    });
    if (!done.ok() || right) return done;
    return base::refused("This is not a key of yours, or it took longer than five minutes. Try again.");
}

}  // namespace rowan::partnership
