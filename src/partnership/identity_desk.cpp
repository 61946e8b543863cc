#include "partnership/identity_desk.h"

#include "base/log.h"
#include "crypto/token.h"
#include "oidc/token.h"
#include "partnership/agency_access.h"
#include "partnership/audit_entry.h"

#include <algorithm>

namespace rowan::partnership {

namespace {

using database::Session;
using namespace std::chrono_literals;

constexpr auto kWayLasts = 10min;  // for a person who looks for their telephone
constexpr auto kExchangeLasts = 30s;
constexpr auto kKeysAtMostEvery = 60s;  // however many tokens name keys that nobody knows
constexpr unsigned kErrands = 4;
constexpr std::size_t kErrandsWaiting = 64;

constexpr const char* kStartAgain = "That sign-in took too long, or began in another browser. Start again.";
constexpr const char* kNotProved =
    "Your agency's sign-in did not prove who you are. Start again; if it happens again, tell your administrator.";
constexpr const char* kNoAccount =
    "Your agency knows you, but you have no account here. Ask your agency's Rowan administrator for an "
    "invitation.";

base::Error start_again() { return base::refused(kStartAgain); }

// What the person reads when a way has failed; `fault` is the word that the log has.
base::Error in_words(const std::string& fault) {
    if (fault == "shut")
        return base::refused("Nobody of your agency can come into Rowan at present. Ask your agency's lead.");
    if (fault == "no-account") return base::refused(kNoAccount);
    if (fault == "unavailable")
        return base::unavailable("Your agency's sign-in did not answer. Wait a minute and start again.");
    if (fault == "another-person")
        return base::refused("You proved to be somebody else than who is signed in here. Start again.");
    return base::refused(kNotProved);
}

}  // namespace

// A code that waits for its exchange.
struct IdentityDesk::Asked {
    AgencyProvider agency;
    oidc::Way way;
    std::string token, code;
    std::optional<base::Instant> proven_since;
};

IdentityDesk::IdentityDesk(const Office& office) : office_(office), errands_(kErrands, kErrandsWaiting) {}

oidc::Way IdentityDesk::way_of(const std::string& agency, const std::string& origin,
                               const std::string& token) const {
    const auto key = office_.keyring.purpose_key("sign-in-way");
    const auto part = [&](std::string_view name) {
        return crypto::keyed_digest(key, std::string(name) + "\n" + token);
    };
    return {origin + "/sign-in/agency/" + http::url_encode(agency) + "/back", part("state"), part("nonce"),
            part("verifier")};
}

base::Result<IdentityDesk::Begun> IdentityDesk::begin(const std::string& agency, const std::string& origin,
                                                      const Purpose& purpose) const {
    const auto token = crypto::new_token();
    const auto now = office_.clock.now();
    const bool known_next =
        std::find(std::begin(kAfterProof), std::end(kAfterProof), purpose.next) != std::end(kAfterProof);
    return office_.database.write([&](Session& s) -> base::Result<Begun> {
        const auto bound = provider_of(office_, s, agency);
        if (!bound) return base::not_found("That agency has no sign-in of its own.");
        s.execute("DELETE FROM sign_in_way WHERE began_at < $1", now - kWayLasts);
        s.execute(
            "INSERT INTO sign_in_way (handle, agency, began_at, stage, invitation, session, next) VALUES ($1, "
            "$2, $3, 'sent', $4, $5, $6)",
            crypto::token_digest(token), agency, now, purpose.invitation,
            purpose.session.empty() ? "" : crypto::token_digest(purpose.session), known_next ? purpose.next : "/");
        auto way = way_of(agency, origin, token);
        way.prove_again = !purpose.session.empty();
        return Begun{oidc::authorisation_url(bound->provider, way), token};
    });
}

base::Result<> IdentityDesk::came_back(const std::string& agency, const std::string& origin,
                                       const std::string& token, const http::Fields& query) {
    const auto now = office_.clock.now();
    Asked asked{{}, way_of(agency, origin, token), token, query.get("code"), std::nullopt};
    // The state is this browser's, and works once.
    const auto taken = office_.database.write([&](Session& s) -> base::Result<std::string> {
        const auto bound = provider_of(office_, s, agency);
        const bool ours = bound && !token.empty() && crypto::equal(query.get("state"), asked.way.state);
        const auto row =
            ours ? s.one(
                       "SELECT session, began_at FROM sign_in_way WHERE handle = $1 AND agency = $2 AND stage = "
                       "'sent' AND began_at >= $3",
                       crypto::token_digest(token), agency, now - kWayLasts)
                 : std::nullopt;
        std::string fault;
        if (!row) fault = "state";
        // RFC 9207: who answers is who was asked.
        else if (query.has("iss") && query.get("iss") != bound->provider.issuer)
            fault = "issuer";
        else if (query.get("code").empty() || query.has("error"))
            fault = "refused-there";
        if (!fault.empty()) told(office_, s, "", agency, "sign-in", false, "provider=" + fault);
        if (row)
            s.execute("UPDATE sign_in_way SET stage = $1, fault = $2, asked_at = $3 WHERE handle = $4",
                      std::string(fault.empty() ? "asked" : "failed"), fault, now, crypto::token_digest(token));
        if (!fault.empty()) return fault;
        asked.agency = *bound;
        if (!row->text(0).empty()) asked.proven_since = row->instant(1);
        return fault;
    });
    if (!taken.ok()) return taken.error();
    if (*taken == "state") return start_again();
    if (!taken->empty()) return in_words(*taken);
    if (!errands_.push([this, asked] { exchange(asked); }))
        return base::unavailable("Too many people are signing in at this moment. Wait a minute and start again.");
    return base::done();
}

// On a thread of the desk: nothing may be thrown out of it.
void IdentityDesk::exchange(const Asked& asked) const {
    try {
        oidc::Checked<oidc::SignedInThere> found{std::nullopt, "unavailable"};
        const auto token = oidc::redeem(asked.agency.provider, asked.way, asked.code);
        if (token.ok())
            found =
                oidc::verify_id_token(*token, keys_for(asked.agency.agency, *token),
                                      {asked.agency.provider.issuer, asked.agency.provider.client, asked.way.nonce,
                                       office_.clock.now(), asked.agency.provider.acr, asked.proven_since});
        else if (token.error().kind == base::ErrorKind::refused)
            found.fault = "code";
        const auto handle = crypto::token_digest(asked.token);
        const auto& issuer = asked.agency.provider.issuer;
        const auto kept = office_.database.write([&](Session& s) -> base::Result<> {
            if (!found.value) {
                told(office_, s, "", asked.agency.agency, "sign-in", false,
                     "provider=" + std::string(found.fault));
                s.execute(
                    "UPDATE sign_in_way SET stage = 'failed', fault = $1 WHERE handle = $2 AND stage = 'asked'",
                    std::string(found.fault), handle);
                return base::done();
            }
            s.execute(
                "UPDATE sign_in_way SET stage = 'proved', subject = $1, provider_session = $2, proven_at = $3 "
                "WHERE handle = $4 AND stage = 'asked'",
                subject_digest(office_, issuer, found.value->subject),
                found.value->session.empty() ? "" : session_digest(office_, issuer, found.value->session),
                found.value->proven_at, handle);
            return base::done();
        });
        if (!kept.ok()) base::log(base::LogLevel::error, "provider.not-kept", {});
    } catch (const std::exception& problem) {
        base::log(base::LogLevel::error, "provider.failed", {{"reason", std::string_view(problem.what())}});
    }
}

std::vector<oidc::Key> IdentityDesk::keys_for(const std::string& agency, std::string_view token) const {
    const auto bound = office_.database.read([&](Session& s) { return provider_of(office_, s, agency); });
    if (!bound) return {};
    auto keys = oidc::parse_keys(bound->keys);
    if (keys.ok() && oidc::knows_key_of(*keys, token)) return *keys;
    // The provider may have new keys; it is not asked more than once a minute.
    if (office_.clock.now() - bound->keys_read_at < kKeysAtMostEvery) return {};
    const auto text = oidc::read_keys(bound->provider);
    if (!text.ok()) return {};
    (void)office_.database.write([&](Session& s) -> base::Result<> {
        keep_keys(office_, s, agency, *text);
        return base::done();
    });
    keys = oidc::parse_keys(*text);
    return keys.ok() ? *keys : std::vector<oidc::Key>{};
}

base::Result<IdentityDesk::Arrival> IdentityDesk::arrive(const std::string& token) const {
    if (token.empty()) return start_again();
    const auto handle = crypto::token_digest(token);
    const auto now = office_.clock.now();
    struct Stand {
        std::string stage, fault;
        base::Instant began, asked;
    };
    const auto stand = office_.database.read([&](Session& s) -> std::optional<Stand> {
        const auto row =
            s.one("SELECT stage, fault, began_at, asked_at FROM sign_in_way WHERE handle = $1", handle);
        return row ? std::optional(Stand{row->text(0), row->text(1), row->instant(2), row->instant(3)})
                   : std::nullopt;
    });
    if (!stand || stand->stage == "sent" || now - stand->began > kWayLasts + kExchangeLasts) return start_again();
    if (stand->stage == "failed") return in_words(stand->fault);
    if (stand->stage == "asked") {
        if (now - stand->asked > kExchangeLasts) return in_words("unavailable");
        return Arrival{.waiting = true};
    }
    std::optional<base::Error> refusal;  // kept in the log, so the write itself stands
    auto done = office_.database.write([&](Session& s) -> base::Result<Arrival> {
        const auto row = s.one(
            "DELETE FROM sign_in_way WHERE handle = $1 AND stage = 'proved' RETURNING agency, invitation, "
            "session, next, subject, provider_session, proven_at",
            handle);
        if (!row) return start_again();
        const auto agency = row->text(0), subject = row->text(4);
        if (!row->text(2).empty()) {
            const auto user = account_of(s, agency, subject);
            const bool same = s.execute(
                                  "UPDATE session SET proven_at = $1 WHERE token_hash = $2 AND subject = $3 AND "
                                  "ended_at IS NULL AND user_id = $4",
                                  row->maybe_instant(6), row->text(2), subject, user) == 1;
            told(office_, s, user, agency, "step-up", same, same ? "provider" : "provider=another-person");
            if (!same) refusal = in_words("another-person");
            return Arrival{.next = row->text(3)};
        }
        const auto refused = [&](base::Error error, std::string_view fault) {
            told(office_, s, "", agency, "sign-in", false, fault);
            refusal = std::move(error);
            return Arrival{};
        };
        if (is_shut(s, agency)) return refused(in_words("shut"), "provider=shut");
        if (!row->text(1).empty())
            if (const auto bound = bind_account(office_, s, agency, row->text(1), subject); !bound.ok())
                return refused(bound.error(), "provider=invitation");
        const auto user = account_of(s, agency, subject);
        if (user.empty() || close_if_dormant(office_, s, user))
            return refused(in_words("no-account"), "provider=no-account");
        const auto in = begin_session(office_, s, user);
        s.execute("UPDATE session SET subject = $1, provider_session = $2, proven_at = $3 WHERE token_hash = $4",
                  subject, row->text(5), row->maybe_instant(6), crypto::token_digest(in.token));
        told(office_, s, user, agency, "sign-in", true, "provider");
        return Arrival{.session = in.token, .next = row->text(3)};
    });
    if (done.ok() && refusal) return *refusal;
    return done;
}

base::Result<bool> IdentityDesk::end_for(const AgencyProvider& agency, const std::vector<oidc::Key>& keys,
                                         const std::string& token) const {
    const auto& issuer = agency.provider.issuer;
    const auto out = oidc::verify_logout_token(token, keys, issuer, agency.provider.client, office_.clock.now());
    return office_.database.write([&](Session& s) -> base::Result<bool> {
        if (!out.value) {
            told(office_, s, "", agency.agency, "sign-out", false, "provider=" + std::string(out.fault));
            return false;
        }
        const auto& [subject, session] = *out.value;
        end_sessions_of(office_, s, agency.agency, subject.empty() ? "" : subject_digest(office_, issuer, subject),
                        session.empty() ? "" : session_digest(office_, issuer, session));
        return true;
    });
}

base::Result<> IdentityDesk::logged_out(const std::string& agency, const std::string& token) {
    const auto bound = office_.database.read([&](Session& s) { return provider_of(office_, s, agency); });
    if (!bound) return base::invalid("That agency has no sign-in of its own.");
    const auto no_token = base::invalid("That is no logout token of this agency's provider.");
    if (!oidc::is_signed_token(token)) return no_token;
    const auto keys = oidc::parse_keys(bound->keys);
    if (keys.ok() && oidc::knows_key_of(*keys, token)) {
        const auto ended = end_for(*bound, *keys, token);
        if (!ended.ok()) return ended.error();
        return *ended ? base::done() : base::Result<>(no_token);
    }
    // Signed with a key that is new, or with none of theirs: who asks the provider is not who serves pages.
    if (!errands_.push([this, bound = *bound, token] {
            try {
                (void)end_for(bound, keys_for(bound.agency, token), token);
            } catch (const std::exception& problem) {
                base::log(base::LogLevel::error, "provider.failed",
                          {{"reason", std::string_view(problem.what())}});
            }
        }))
        return base::unavailable("Too much is going on at this moment. Send it again.");
    return base::done();
}

}  // namespace rowan::partnership
