// Tokens of an identity provider: one that is right, and everything that is not.
#include "oidc/token.h"

#include "support/tokens.h"

#include <gtest/gtest.h>

#include <openssl/hmac.h>

namespace rowan::oidc {
namespace {

using formats::Json;
using Signer = support::TokenSigner;
using namespace std::chrono_literals;

const Signer& rsa() {
    static const Signer signer(Signer::Kind::rsa, "rsa-1");
    return signer;
}
const Signer& curve() {
    static const Signer signer(Signer::Kind::p256, "ec-1");
    return signer;
}
const std::vector<Key>& keys() {
    static const auto all = parse_keys(support::key_set({&rsa(), &curve()})).value();
    return all;
}

const base::Instant kNow = *base::parse_instant("2018-03-26T10:00:00.000Z");
std::int64_t seconds(base::Instant t) { return base::to_millis(t) / 1000; }

Json claims() {
    return Json::object({{"iss", "https://login.example"},
                         {"sub", "24400320"},
                         {"aud", "rowan"},
                         {"nonce", "n-0S6"},
                         {"iat", seconds(kNow)},
                         {"exp", seconds(kNow) + 300},
                         {"auth_time", seconds(kNow) - 20},
                         {"sid", "there-7"},
                         {"amr", Json::strings({"pwd", "mfa"})}});
}
Expected expected() { return {"https://login.example", "rowan", "n-0S6", kNow, "", std::nullopt}; }
Json changed(std::string_view name, Json value) {
    auto out = claims();
    out.set(std::string(name), std::move(value));
    return out;
}
Json without(std::string_view name) {
    Json out = Json::Object{};
    const auto all = claims();
    for (const auto& [key, value] : all.members())
        if (key != name) out.set(key, value);
    return out;
}
Json header_of(std::string_view algorithm, std::string_view key) {
    return Json::object({{"alg", algorithm}, {"kid", key}});
}
std::string fault(const std::string& token, const Expected& e = expected()) {
    const auto checked = verify_id_token(token, keys(), e);
    EXPECT_NE(checked.value.has_value(), !checked.fault.empty());
    return std::string(checked.fault);
}
std::string fault_of(const Json& json, const Expected& e = expected()) { return fault(rsa().token(json), e); }

TEST(IdToken, a_right_one_names_subject_session_and_when_it_was_proved) {
    for (const auto* signer : {&rsa(), &curve()}) {
        const auto checked = verify_id_token(signer->token(claims()), keys(), expected());
        ASSERT_TRUE(checked.value) << checked.fault;
        EXPECT_EQ("24400320", checked.value->subject);
        EXPECT_EQ("there-7", checked.value->session);
        EXPECT_EQ(kNow - 20s, checked.value->proven_at);
    }
    EXPECT_EQ("", fault_of(without("sid")));
    EXPECT_EQ("", fault_of(without("auth_time")));
    EXPECT_EQ("", fault_of(changed("exp", double(seconds(kNow)) + 1.5))) << "a time may have a fraction";
}

TEST(IdToken, without_a_signature_it_says_nothing) {
    const auto good = rsa().token(claims());
    for (const auto* none : {"none", "None", "NONE", "nOnE"}) {
        const auto head = base::to_base64url(Json::object({{"alg", none}}).write());
        const auto body = good.substr(good.find('.'), good.rfind('.') - good.find('.'));
        EXPECT_EQ("malformed", fault(head + body + "."));
        EXPECT_EQ("malformed", fault(head + body));
        EXPECT_EQ("algorithm", fault(head + body + good.substr(good.rfind('.'))));
    }
    EXPECT_EQ("malformed", fault(good.substr(0, good.rfind('.') + 1)));
}

TEST(IdToken, another_algorithm_is_refused_also_with_the_public_key_as_its_secret) {
    const auto n = rsa().first();
    for (const auto& secret : {n, base::to_base64url(n), rsa().jwk().write(), std::string{}}) {
        for (const auto* kid : {"rsa-1", "ec-1"}) {
            const auto text =
                base::to_base64url(header_of("HS256", kid).write()) + "." + base::to_base64url(claims().write());
            std::string mac(32, '\0');
            unsigned size = 0;
            HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                 reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                 reinterpret_cast<unsigned char*>(mac.data()), &size);
            EXPECT_EQ("algorithm", fault(text + "." + base::to_base64url(mac)));
        }
    }
    for (const auto* alg : {"PS256", "RS384", "RS1", "ES512", "EdDSA", "rs256", ""})
        EXPECT_EQ("algorithm", fault(rsa().token(header_of(alg, "rsa-1"), claims()))) << alg;
    EXPECT_EQ("algorithm", fault(rsa().token(Json::object({{"kid", "rsa-1"}}), claims())));
    // The other kind's name over this kind's signature.
    EXPECT_EQ("key", fault(rsa().token(header_of("ES256", "rsa-1"), claims())));
    EXPECT_EQ("signature", fault(rsa().token(header_of("ES256", "ec-1"), claims())));
    EXPECT_EQ("signature", fault(curve().token(header_of("RS256", "rsa-1"), claims())));
}

TEST(IdToken, the_key_is_one_that_the_provider_published_and_nothing_in_the_header_changes_that) {
    const Signer forger(Signer::Kind::rsa, "rsa-1");
    EXPECT_EQ("signature", fault(forger.token(claims()))) << "the same name, another key";
    const Signer stranger(Signer::Kind::rsa, "rsa-2");
    EXPECT_EQ("key", fault(stranger.token(claims())));
    const auto inviting = Json::object({{"alg", "RS256"},
                                        {"jwk", stranger.jwk()},
                                        {"jku", "https://evil.example/keys"},
                                        {"x5u", "https://evil.example"}});
    EXPECT_EQ("signature", fault(stranger.token(inviting, claims())));
    const auto unnamed = Json::object({{"alg", "RS256"}});
    EXPECT_EQ("", fault(rsa().token(unnamed, claims()))) << "the only one of its kind needs no name";
    const auto two = parse_keys(support::key_set({&rsa(), &stranger})).value();
    EXPECT_EQ("key", verify_id_token(rsa().token(unnamed, claims()), two, expected()).fault);
    EXPECT_EQ("key", fault(rsa().token(header_of("RS256", ""), claims())));
    EXPECT_EQ("key", fault(rsa().token(Json::object({{"alg", "RS256"}, {"kid", 1}}), claims())));
    EXPECT_EQ("critical-header",
              fault(rsa().token(header_of("RS256", "rsa-1").set("crit", Json::strings({"b64"})), claims())));
}

TEST(IdToken, one_changed_character_anywhere_is_seen) {
    const auto good = curve().token(claims());
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto other = good;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        EXPECT_NE("", fault(other)) << "character " << i;
    }
    EXPECT_EQ("malformed", fault(good + "="));
    EXPECT_EQ("malformed", fault(good + "." + good));
    EXPECT_EQ("malformed", fault(""));
    EXPECT_EQ("malformed", fault(std::string(20'000, 'a') + good));
    EXPECT_EQ("malformed", fault(rsa().token(Json(Json::Array{}), claims())));
    EXPECT_EQ("malformed", fault(rsa().token(Json("text"))));
}

TEST(IdToken, it_must_be_of_this_issuer_and_for_this_client) {
    EXPECT_EQ("issuer", fault_of(changed("iss", "https://login.example/")));
    EXPECT_EQ("issuer", fault_of(changed("iss", "https://other.example")));
    EXPECT_EQ("issuer", fault_of(without("iss")));
    EXPECT_EQ("audience", fault_of(changed("aud", "rowan2")));
    EXPECT_EQ("audience", fault_of(changed("aud", "")));
    EXPECT_EQ("audience", fault_of(without("aud")));
    EXPECT_EQ("audience", fault_of(changed("aud", Json::strings({"other"}))));
    EXPECT_EQ("", fault_of(changed("aud", Json::strings({"rowan"}))));
    EXPECT_EQ("audience", fault_of(changed("aud", Json::strings({"rowan", "other"})))) << "for whom was it made?";
    auto both = changed("aud", Json::strings({"other", "rowan"}));
    EXPECT_EQ("", fault_of(both.set("azp", "rowan")));
    EXPECT_EQ("audience", fault_of(both.set("azp", "other")));
    EXPECT_EQ("audience", fault_of(changed("azp", "other")));
    EXPECT_EQ("audience", fault_of(changed("azp", 7)));
    EXPECT_EQ("audience", fault_of(changed("aud", Json::Array{"rowan", 7})));
}

TEST(IdToken, it_is_used_at_once_and_for_this_sign_in_only) {
    EXPECT_EQ("expired", fault_of(changed("exp", seconds(kNow) - 60)));
    EXPECT_EQ("", fault_of(changed("exp", seconds(kNow) - 59))) << "a minute between two clocks";
    EXPECT_EQ("expired", fault_of(without("exp")));
    EXPECT_EQ("expired", fault_of(changed("exp", "2099-01-01")));
    EXPECT_EQ("expired", fault_of(changed("exp", -1)));
    EXPECT_EQ("issued-at", fault_of(changed("iat", seconds(kNow) + 61)));
    EXPECT_EQ("issued-at", fault_of(changed("iat", seconds(kNow) - 361)));
    EXPECT_EQ("issued-at", fault_of(without("iat")));
    EXPECT_EQ("issued-at", fault_of(changed("iat", 1e300)));
    EXPECT_EQ("not-before", fault_of(changed("nbf", seconds(kNow) + 61)));
    EXPECT_EQ("nonce", fault_of(changed("nonce", "another")));
    EXPECT_EQ("nonce", fault_of(without("nonce")));
    auto no_nonce = expected();
    no_nonce.nonce.clear();
    EXPECT_EQ("nonce", fault_of(changed("nonce", ""), no_nonce));
    for (const auto* type : {"logout+jwt", "at+jwt", ""})
        EXPECT_EQ("type", fault(rsa().token(header_of("RS256", "rsa-1").set("typ", type), claims()))) << type;
}

TEST(IdToken, it_must_name_somebody) {
    EXPECT_EQ("subject", fault_of(without("sub")));
    EXPECT_EQ("subject", fault_of(changed("sub", "")));
    EXPECT_EQ("subject", fault_of(changed("sub", 24400320)));
    EXPECT_EQ("subject", fault_of(changed("sub", std::string(256, 's'))));
    EXPECT_EQ("subject", fault_of(changed("sid", std::string(256, 's'))));
}

TEST(IdToken, without_a_second_factor_nobody_comes_in) {
    EXPECT_EQ("second-factor", fault_of(without("amr")));
    EXPECT_EQ("second-factor", fault_of(changed("amr", Json::strings({"pwd"}))));
    EXPECT_EQ("second-factor", fault_of(changed("amr", "mfa")));
    auto strict = expected();
    strict.acr = "urn:strong";
    EXPECT_EQ("second-factor", fault_of(claims(), strict)) << "the agreed name is asked for, not amr";
    EXPECT_EQ("second-factor", fault_of(changed("acr", "urn:weak"), strict));
    EXPECT_EQ("", fault_of(changed("acr", "urn:strong"), strict));
}

TEST(IdToken, who_must_prove_it_again_has_done_so_since) {
    auto fresh = expected();
    fresh.proven_since = kNow - 30s;
    EXPECT_EQ("", fault_of(claims(), fresh));
    EXPECT_EQ("proven-at", fault_of(changed("auth_time", seconds(kNow) - 91), fresh));
    EXPECT_EQ("proven-at", fault_of(without("auth_time"), fresh));
    EXPECT_EQ("proven-at", fault_of(changed("auth_time", seconds(kNow) + 61)));
}

// --- logging out ------------------------------------------------------------------------------------------------

Json logout() {
    const auto event = Json::object({{"http://schemas.openid.net/event/backchannel-logout", Json::Object{}}});
    return Json::object({{"iss", "https://login.example"},
                         {"sub", "24400320"},
                         {"sid", "there-7"},
                         {"aud", "rowan"},
                         {"iat", seconds(kNow)},
                         {"exp", seconds(kNow) + 120},
                         {"jti", "bWJq"},
                         {"events", event}});
}
std::string logout_token(const Json& json, const Signer& signer = rsa()) {
    return signer.token(header_of(signer.algorithm(), signer.id()).set("typ", "logout+jwt"), json);
}
Checked<SignedOutThere> checked_logout(const std::string& token) {
    return verify_logout_token(token, keys(), "https://login.example", "rowan", kNow);
}
std::string logout_fault(const Json& json, const Signer& signer = rsa()) {
    const auto checked = checked_logout(logout_token(json, signer));
    EXPECT_NE(checked.value.has_value(), !checked.fault.empty());
    return std::string(checked.fault);
}
Json logout_with(std::string_view name, Json value) {
    auto out = logout();
    out.set(std::string(name), std::move(value));
    return out;
}

TEST(LogoutToken, a_right_one_names_whom_or_which_session) {
    const auto checked = checked_logout(logout_token(logout(), curve()));
    ASSERT_TRUE(checked.value) << checked.fault;
    EXPECT_EQ("24400320", checked.value->subject);
    EXPECT_EQ("there-7", checked.value->session);
    EXPECT_EQ("", logout_fault(logout_with("sid", nullptr)));
    EXPECT_EQ("", logout_fault(logout_with("sub", nullptr)));
    EXPECT_EQ("subject", logout_fault(logout_with("sub", nullptr).set("sid", nullptr)));
}

TEST(LogoutToken, one_that_is_forged_old_or_for_somebody_else_is_refused) {
    EXPECT_EQ("signature", logout_fault(logout(), Signer(Signer::Kind::rsa, "rsa-1")));
    EXPECT_EQ("issuer", logout_fault(logout_with("iss", "https://other.example")));
    EXPECT_EQ("audience", logout_fault(logout_with("aud", "other")));
    EXPECT_EQ("expired", logout_fault(logout_with("exp", seconds(kNow) - 61)));
    EXPECT_EQ("issued-at", logout_fault(logout_with("iat", seconds(kNow) - 361)));
}

TEST(LogoutToken, an_id_token_ends_nothing_and_a_logout_token_lets_nobody_in) {
    EXPECT_EQ("event", logout_fault(claims()));
    EXPECT_EQ("event", logout_fault(logout_with("nonce", "n-0S6")));
    EXPECT_EQ("event", logout_fault(logout_with("events", Json::Object{})));
    EXPECT_EQ("event", logout_fault(logout_with("events", "http://schemas.openid.net/event/backchannel-logout")));
    EXPECT_EQ("nonce", fault_of(logout()));
    EXPECT_EQ("type", fault(logout_token(claims())));
    for (const auto* type : {"JWT", "at+jwt", ""})
        EXPECT_EQ("type",
                  checked_logout(rsa().token(header_of("RS256", "rsa-1").set("typ", type), logout())).fault);
    EXPECT_EQ("type", checked_logout(rsa().token(header_of("RS256", "rsa-1"), logout())).fault);
}

// --- keys -------------------------------------------------------------------------------------------------------

TEST(Keys, only_keys_for_these_two_signatures_are_taken) {
    Json all = Json::Array{};
    all.push(rsa().jwk().set("use", "enc"));
    all.push(rsa().jwk().set("alg", "PS256"));
    all.push(rsa().jwk().set("key_ops", Json::strings({"encrypt"})));
    all.push(rsa().jwk().set("kty", "oct"));
    all.push(curve().jwk().set("crv", "P-384"));
    all.push(curve().jwk().set("x", "AA"));
    all.push(rsa().jwk().set("n", "***"));
    all.push(Signer(Signer::Kind::rsa, "short", 1024).jwk());
    all.push("not a key");
    EXPECT_FALSE(parse_keys(Json::object({{"keys", all}}).write()).ok());
    all.push(rsa().jwk());
    const auto one = parse_keys(Json::object({{"keys", all}}).write());
    ASSERT_TRUE(one.ok());
    ASSERT_EQ(1u, one->size());
    EXPECT_EQ("rsa-1", one->front().id);
    for (const auto* nothing : {"", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[]}", "<html>"})
        EXPECT_FALSE(parse_keys(nothing).ok());
}

TEST(Keys, whether_a_token_names_a_known_key_is_told_without_believing_it) {
    EXPECT_TRUE(knows_key_of(keys(), rsa().token(claims())));
    const auto strange = Signer(Signer::Kind::rsa, "rsa-2").token(claims());
    EXPECT_FALSE(knows_key_of(keys(), strange));
    EXPECT_TRUE(is_signed_token(strange));
    EXPECT_FALSE(is_signed_token("a.b.c"));
    EXPECT_FALSE(is_signed_token(""));
}

}  // namespace
}  // namespace rowan::oidc
