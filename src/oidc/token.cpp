#include "oidc/token.h"

#include "base/text.h"
#include "crypto/public_key.h"
#include "crypto/token.h"
#include "formats/json.h"

#include <algorithm>

namespace rowan::oidc {

namespace {

using formats::Json;
using namespace std::chrono_literals;

constexpr std::size_t kMostToken = 16 * 1024, kMostKeys = 256 * 1024, kMostText = 255;
constexpr auto kSkew = 60s;     // between the provider's clock and ours
constexpr auto kOldest = 5min;  // a token is used at once
constexpr formats::JsonLimits kLimits{kMostToken, 8};
constexpr std::string_view kLogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

struct Parts {
    std::string_view signed_text;  // header.payload, as it was signed
    Json header, payload;
    std::string signature;
};

std::optional<Json> object_of(std::string_view base64) {
    const auto bytes = base::from_base64url(base64);
    if (!bytes) return std::nullopt;
    auto json = formats::parse_json(*bytes, kLimits);
    if (!json.ok() || json->kind() != Json::Kind::object) return std::nullopt;
    return std::move(*json);
}

std::optional<Parts> split_token(std::string_view token) {
    if (token.size() > kMostToken || std::count(token.begin(), token.end(), '.') != 2) return std::nullopt;
    const auto first = token.find('.'), second = token.rfind('.');
    auto header = object_of(token.substr(0, first)),
         payload = object_of(token.substr(first + 1, second - first - 1));
    auto signature = base::from_base64url(token.substr(second + 1));
    if (!header || !payload || !signature || signature->empty()) return std::nullopt;
    return Parts{token.substr(0, second), std::move(*header), std::move(*payload), std::move(*signature)};
}

std::optional<Key::Kind> kind_for(std::string_view algorithm) {
    if (algorithm == "RS256") return Key::Kind::rsa;
    if (algorithm == "ES256") return Key::Kind::p256;
    return std::nullopt;
}

// The key that the header names; without a name, the only one of its kind.
const Key* key_for(const std::vector<Key>& keys, Key::Kind kind, const std::string& id) {
    const Key* found = nullptr;
    for (const auto& key : keys) {
        if (key.kind != kind || (!id.empty() && key.id != id)) continue;
        if (found) return nullptr;
        found = &key;
    }
    return found;
}

bool signed_by(const Key& key, const Parts& parts) {
    return key.kind == Key::Kind::rsa
               ? crypto::verify_rs256(key.first, key.second, parts.signed_text, parts.signature)
               : crypto::verify_es256(key.first, key.second, parts.signed_text, parts.signature);
}

// Seconds since 1970, whole or not; nothing when it is no number or out of all bounds.
std::optional<base::Instant> time_of(const Json& claim) {
    if (claim.kind() != Json::Kind::integer && claim.kind() != Json::Kind::real) return std::nullopt;
    const double seconds = claim.real();
    if (!(seconds > 0 && seconds < 1e11)) return std::nullopt;
    return base::from_millis(static_cast<std::int64_t>(seconds * 1000));
}

bool is_meant_for(const Json& payload, const std::string& client) {
    const auto& audience = payload["aud"];
    const auto& party = payload["azp"];
    if (!party.is_null() && party.text() != client) return false;
    if (audience.kind() == Json::Kind::text) return audience.text() == client;
    const auto all = audience.strings();
    if (all.size() != audience.array().size() || std::find(all.begin(), all.end(), client) == all.end())
        return false;
    return all.size() == 1 || party.text() == client;
}

// What every token of this provider must be, whatever it says; "" when it is.
std::string_view common_fault(const Parts& parts, const std::vector<Key>& keys, const std::string& issuer,
                              const std::string& client, base::Instant now) {
    const auto kind = kind_for(parts.header["alg"].text());
    if (!kind) return "algorithm";
    if (parts.header.has("crit")) return "critical-header";
    if (parts.header.has("kid") && parts.header["kid"].text().empty()) return "key";
    const auto* key = key_for(keys, *kind, parts.header["kid"].text());
    if (!key) return "key";
    if (!signed_by(*key, parts)) return "signature";
    if (parts.payload["iss"].text() != issuer) return "issuer";
    if (!is_meant_for(parts.payload, client)) return "audience";
    const auto issued = time_of(parts.payload["iat"]);
    if (!issued || *issued > now + kSkew || *issued < now - kOldest - kSkew) return "issued-at";
    if (parts.payload.has("nbf"))
        if (const auto from = time_of(parts.payload["nbf"]); !from || *from > now + kSkew) return "not-before";
    return "";
}

bool holds(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

bool with_two_factors(const Json& payload, const std::string& acr) {
    return acr.empty() ? holds(payload["amr"].strings(), "mfa") : payload["acr"].text() == acr;
}

// An id_token needs no type; another type than a plain token's makes it something else.
bool is_plain(const Json& header) { return !header.has("typ") || base::fold(header["typ"].text()) == "jwt"; }

std::optional<Key> key_from(const Json& jwk) {
    if (jwk.has("use") && jwk["use"].text() != "sig") return std::nullopt;
    if (jwk.has("key_ops") && !holds(jwk["key_ops"].strings(), "verify")) return std::nullopt;
    Key out;
    out.id = jwk["kid"].text();
    if (out.id.size() > kMostText) return std::nullopt;
    const bool rsa = jwk["kty"].text() == "RSA", curve = jwk["kty"].text() == "EC" && jwk["crv"].text() == "P-256";
    if (!rsa && !curve) return std::nullopt;
    if (jwk.has("alg") && jwk["alg"].text() != (rsa ? "RS256" : "ES256")) return std::nullopt;
    out.kind = rsa ? Key::Kind::rsa : Key::Kind::p256;
    const auto first = base::from_base64url(jwk[rsa ? "n" : "x"].text());
    const auto second = base::from_base64url(jwk[rsa ? "e" : "y"].text());
    if (!first || !second || second->empty() || first->size() < (rsa ? 256u : 32u)) return std::nullopt;
    out.first = *first;
    out.second = *second;
    return out;
}

}  // namespace

base::Result<std::vector<Key>> parse_keys(std::string_view json) {
    const auto set = formats::parse_json(json, {kMostKeys, 8});
    if (!set.ok()) return base::invalid("The provider's keys are not a set of keys that Rowan can read.");
    std::vector<Key> out;
    for (const auto& jwk : (*set)["keys"].array())
        if (auto key = key_from(jwk)) out.push_back(std::move(*key));
    if (out.empty())
        return base::refused(
            "The provider publishes no key for RS256 or ES256; ask its administrator for one of them.");
    return out;
}

bool knows_key_of(const std::vector<Key>& keys, std::string_view token) {
    const auto parts = split_token(token);
    const auto kind = parts ? kind_for(parts->header["alg"].text()) : std::nullopt;
    return kind && key_for(keys, *kind, parts->header["kid"].text());
}

bool is_signed_token(std::string_view token) {
    const auto parts = split_token(token);
    return parts && kind_for(parts->header["alg"].text());
}

Checked<SignedInThere> verify_id_token(std::string_view token, const std::vector<Key>& keys,
                                       const Expected& expected) {
    const auto parts = split_token(token);
    if (!parts) return {std::nullopt, "malformed"};
    if (!is_plain(parts->header)) return {std::nullopt, "type"};
    const auto& claims = parts->payload;
    if (const auto fault = common_fault(*parts, keys, expected.issuer, expected.client, expected.now);
        !fault.empty())
        return {std::nullopt, fault};
    const auto expires = time_of(claims["exp"]);
    if (!expires || *expires <= expected.now - kSkew) return {std::nullopt, "expired"};
    if (expected.nonce.empty() || !crypto::equal(claims["nonce"].text(), expected.nonce))
        return {std::nullopt, "nonce"};
    SignedInThere out{claims["sub"].text(), claims["sid"].text(), time_of(claims["auth_time"])};
    if (out.subject.empty() || out.subject.size() > kMostText || out.session.size() > kMostText)
        return {std::nullopt, "subject"};
    if (!with_two_factors(claims, expected.acr)) return {std::nullopt, "second-factor"};
    if (out.proven_at && *out.proven_at > expected.now + kSkew) return {std::nullopt, "proven-at"};
    if (expected.proven_since && (!out.proven_at || *out.proven_at < *expected.proven_since - kSkew))
        return {std::nullopt, "proven-at"};
    return {std::move(out), ""};
}

Checked<SignedOutThere> verify_logout_token(std::string_view token, const std::vector<Key>& keys,
                                            const std::string& issuer, const std::string& client,
                                            base::Instant now) {
    const auto parts = split_token(token);
    if (!parts) return {std::nullopt, "malformed"};
    if (parts->header["typ"].text() != "logout+jwt") return {std::nullopt, "type"};
    const auto& claims = parts->payload;
    if (const auto fault = common_fault(*parts, keys, issuer, client, now); !fault.empty())
        return {std::nullopt, fault};
    // Some providers leave it out; a token older than a few minutes is refused in any case.
    if (claims.has("exp"))
        if (const auto expires = time_of(claims["exp"]); !expires || *expires <= now - kSkew)
            return {std::nullopt, "expired"};
    // An id_token sent here in its place carries a nonce and no event.
    if (claims.has("nonce") || claims["events"][kLogoutEvent].kind() != Json::Kind::object)
        return {std::nullopt, "event"};
    SignedOutThere out{claims["sub"].text(), claims["sid"].text()};
    if ((out.subject.empty() && out.session.empty()) || out.subject.size() > kMostText ||
        out.session.size() > kMostText)
        return {std::nullopt, "subject"};
    return {std::move(out), ""};
}

}  // namespace rowan::oidc
