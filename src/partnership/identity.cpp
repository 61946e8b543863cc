#include "partnership/identity.h"

#include "base/id.h"
#include "base/text.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "crypto/totp.h"
#include "partnership/accounts.h"
#include "partnership/audit_entry.h"
#include "partnership/security_keys.h"

namespace rowan::partnership {

namespace {

using database::Session;

constexpr std::size_t kCodeBytes = 15;  // 120 bits, 24 letters

crypto::SealedPlace secret_place(const std::string& agency) {
    return {"agency_provider", agency, "client_secret"};
}

constexpr database::Sql kProviders =
    "SELECT agency, issuer, client, client_secret, authorisation_endpoint, token_endpoint, keys_endpoint, acr, "
    "keys, "
    "keys_read_at, bound_at FROM agency_provider";

AgencyProvider provider_from(const Office& office, const database::Row& row) {
    AgencyProvider out;
    out.agency = row.text(0);
    out.provider = {row.text(1), row.text(2), "", row.text(4), row.text(5), row.text(6), row.text(7)};
    auto secret =
        crypto::open(office.keyring.purpose_key("provider-secret"), secret_place(out.agency), row.blob(3));
    if (!secret.ok()) throw std::runtime_error("a provider's secret does not open");
    out.provider.secret = std::move(*secret);
    out.keys = row.text(8);
    out.keys_read_at = row.instant(9);
    out.bound_at = row.instant(10);
    return out;
}

void end_all_of_agency(const Office& office, Session& s, const std::string& agency) {
    s.execute(
        "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL AND user_id IN (SELECT id FROM user_account "
        "WHERE agency = $2)",
        office.clock.now(), agency);
}

std::string grouped(std::string_view letters) {
    std::string out;
    for (std::size_t i = 0; i < letters.size(); i += 4) (out += i ? "-" : "") += letters.substr(i, 4);
    return out;
}

// What the invitation's id is worth with this keyring.
std::string letters_of(const Office& office, const std::string& invitation) {
    const auto digest = base::from_hex(crypto::keyed_digest(office.keyring.purpose_key("invitation"), invitation));
    return crypto::to_base32(digest.value().substr(0, kCodeBytes));
}
// "ABCD-EFGH-…"
std::string code_of(const Office& office, const std::string& invitation) {
    return grouped(letters_of(office, invitation));
}

// Capital letters and digits only, so that spaces, dashes and small letters do not matter.
std::string plain_code(std::string_view typed) {
    std::string out;
    for (const char c : typed) {
        if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 32);
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out += c;
    }
    return out;
}

std::string digest_of(const Office& office, std::string_view kind, const std::string& issuer,
                      const std::string& name) {
    return crypto::keyed_digest(office.keyring.purpose_key("provider-identity"),
                                std::string(kind) + "\n" + issuer + "\n" + name);
}

// An account that lay idle or was closed is in use again.
void reopen(const Office& office, Session& s, const std::string& user) {
    s.execute("UPDATE user_account SET status = 'active', active_since = $1, version = version + 1 WHERE id = $2",
              office.clock.now(), user);
}

}  // namespace

std::vector<AgencyProvider> agency_providers(const Office& office, Session& s) {
    std::vector<AgencyProvider> out;
    for (const auto& row : s.query(database::Statement(kProviders).add(" ORDER BY agency")))
        out.push_back(provider_from(office, row));
    return out;
}

std::optional<AgencyProvider> provider_of(const Office& office, Session& s, const std::string& agency) {
    const auto row = s.one(database::Statement(kProviders).add(" WHERE agency = ?", agency));
    if (!row) return std::nullopt;
    return provider_from(office, *row);
}

bool signs_in_elsewhere(Session& s, const std::string& agency) {
    return s.one("SELECT 1 FROM agency_provider WHERE agency = $1", agency).has_value();
}

base::Result<> bind_provider(const Office& office, Session& s, const std::string& agency,
                             const oidc::Provider& provider, const std::string& keys, const std::string& by) {
    if (!office.scheme.find_agency(agency))
        return base::not_found("There is no agency \"" + agency +
                               "\" in the scheme; use one of the codes listed there.");
    if (provider.client.empty()) return base::invalid("Give the client id under which the provider knows Rowan.");
    const auto now = office.clock.now();
    s.execute("DELETE FROM agency_provider WHERE agency = $1", agency);
    s.execute(
        "INSERT INTO agency_provider (agency, issuer, client, client_secret, authorisation_endpoint, "
        "token_endpoint, keys_endpoint, acr, keys, keys_read_at, bound_at, bound_by) VALUES ($1, $2, $3, $4, "
        "$5, $6, $7, $8, $9, $10, $10, $11)",
        agency, provider.issuer, provider.client,
        database::Blob{crypto::seal(office.keyring.purpose_key("provider-secret"), "provider",
                                    secret_place(agency), provider.secret)},
        provider.authorisation_endpoint, provider.token_endpoint, provider.keys_endpoint, provider.acr, keys, now,
        by);
    end_all_of_agency(office, s, agency);
    office.audit.append(s, entry("bind-provider", by, agency, "agency", agency));
    return base::done();
}

base::Result<> unbind_provider(const Office& office, Session& s, const std::string& agency,
                               const std::string& by) {
    if (s.execute("DELETE FROM agency_provider WHERE agency = $1", agency) == 0)
        return base::not_found("The agency \"" + agency +
                               "\" has no identity provider; rowan agency list shows them.");
    end_all_of_agency(office, s, agency);
    office.audit.append(s, entry("unbind-provider", by, agency, "agency", agency));
    return base::done();
}

void keep_keys(const Office& office, Session& s, const std::string& agency, const std::string& keys) {
    s.execute("UPDATE agency_provider SET keys = $1, keys_read_at = $2 WHERE agency = $3", keys,
              office.clock.now(), agency);
}

std::pair<std::string, std::string> halves_of(const Office& office, const std::string& invitation) {
    const auto letters = letters_of(office, invitation);
    return {grouped(letters.substr(0, letters.size() / 2)), grouped(letters.substr(letters.size() / 2))};
}

base::Result<Invitation> invite(const Office& office, Session& s, const std::string& user, const std::string& by) {
    const auto row = s.one("SELECT agency FROM user_account WHERE id = $1", user);
    if (!row) return base::not_found("There is no such account.");
    const auto now = office.clock.now();
    const Invitation out{base::new_id(), user, "", now + kInvitationLasts};
    s.execute("UPDATE invitation SET ends_at = $1 WHERE user_id = $2 AND used_at IS NULL AND ends_at > $1", now,
              user);
    s.execute("INSERT INTO invitation (id, user_id, made_at, made_by, ends_at) VALUES ($1, $2, $3, $4, $5)",
              out.id, user, now, by, out.ends_at);
    office.audit.append(s, entry("invite", by, row->text(0), "account", user));
    return Invitation{out.id, user, code_of(office, out.id), out.ends_at};
}

std::optional<Invitation> invitation_for(const Office& office, Session& s, const std::string& user_name,
                                         const std::string& code) {
    const auto row = s.one(
        "SELECT i.id, i.user_id, i.ends_at FROM invitation i JOIN user_account u ON u.id = i.user_id WHERE "
        "u.user_name = $1 AND i.used_at IS NULL AND i.ends_at > $2 ORDER BY i.made_at "
        "DESC, i.id LIMIT 1",
        base::tidy_line(user_name), office.clock.now());
    // The same work whether there is one or not.
    const auto right = code_of(office, row ? row->text(0) : "");
    if (!crypto::equal(plain_code(right), plain_code(code)) || !row) return std::nullopt;
    return Invitation{row->text(0), row->text(1), right, row->instant(2)};
}

std::string subject_digest(const Office& office, const std::string& issuer, const std::string& subject) {
    return digest_of(office, "subject", issuer, subject);
}
std::string session_digest(const Office& office, const std::string& issuer, const std::string& session) {
    return digest_of(office, "session", issuer, session);
}

std::string account_of(Session& s, const std::string& agency, const std::string& subject) {
    const auto row = s.one(
        "SELECT u.id FROM account_identity i JOIN user_account u ON u.id = i.user_id WHERE i.subject = $1 AND "
        "u.agency = $2 AND u.status = 'active'",
        subject, agency);
    return row ? row->text(0) : "";
}

std::string invitation_secret(const Office& office, const std::string& invitation) {
    const auto digest =
        base::from_hex(crypto::keyed_digest(office.keyring.purpose_key("invitation-totp"), invitation));
    return digest.value().substr(0, 20);
}

base::Result<> choose_password(const Office& office, Session& s, const Invitation& invitation,
                               const std::string& password, const std::string& code) {
    const auto secret = invitation_secret(office, invitation.id);
    if (!crypto::verify_totp(secret, code, office.clock.now()))
        return base::refused(
            "The code is not the one that your authenticator app shows now. Wait for the next and try again.");
    if (s.execute("UPDATE invitation SET used_at = $1 WHERE id = $2 AND used_at IS NULL", office.clock.now(),
                  invitation.id) == 0)
        return base::not_found("That invitation does not wait any more.");
    return reset_account(office, s, invitation.user, password, secret, invitation.user);
}

base::Result<> bind_account(const Office& office, Session& s, const std::string& agency,
                            const std::string& invitation, const std::string& subject) {
    const auto now = office.clock.now();
    const auto row = s.one(
        "SELECT u.id FROM invitation i JOIN user_account u ON u.id = i.user_id WHERE i.id = $1 AND i.used_at IS "
        "NULL AND i.ends_at > $2 AND u.agency = $3",
        invitation, now, agency);
    if (!row) return base::not_found("That invitation does not wait any more.");
    const auto user = row->text(0);
    if (s.one("SELECT 1 FROM account_identity i JOIN user_account u ON u.id = i.user_id WHERE i.subject = $1 AND "
              "i.user_id <> $2 AND u.status = 'active'",
              subject, user))
        return base::refused(
            "You have another account already. Ask your agency's Rowan administrator which one to use.");
    s.execute("DELETE FROM account_identity WHERE user_id = $1 OR subject = $2", user, subject);
    s.execute("INSERT INTO account_identity (subject, user_id, bound_at, invitation) VALUES ($1, $2, $3, $4)",
              subject, user, now, invitation);
    s.execute("UPDATE invitation SET used_at = $1 WHERE id = $2", now, invitation);
    // Whoever was in until now may be the reason for the invitation.
    s.execute("UPDATE session SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL", now, user);
    remove_all_security_keys(office, s, user, user);
    reopen(office, s, user);
    office.audit.append(s, entry("bind-identity", user, agency, "account", user));
    return base::done();
}

std::int64_t end_sessions_of(const Office& office, Session& s, const std::string& agency,
                             const std::string& subject, const std::string& session) {
    if (subject.empty() && session.empty()) return 0;
    // Each column is compared only where the token named it.
    const auto rows = s.query(
        "SELECT token_hash, user_id FROM session WHERE ended_at IS NULL AND subject IS NOT NULL AND ($1 = '' OR "
        "subject = $1) AND ($2 = '' OR provider_session = $2)",
        subject, session);
    for (const auto& row : rows) {
        s.execute("UPDATE session SET ended_at = $1 WHERE token_hash = $2", office.clock.now(), row.text(0));
        told(office, s, row.text(1), agency, "sign-out", true, "provider");
    }
    return static_cast<std::int64_t>(rows.size());
}

}  // namespace rowan::partnership
