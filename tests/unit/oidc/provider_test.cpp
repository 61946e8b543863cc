// What a provider publishes of itself, and where a browser is sent.
#include "oidc/provider.h"

#include "base/text.h"
#include "crypto/token.h"
#include "formats/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::oidc {
namespace {

using formats::Json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kIssuer = "https://login.example/tenant";

Json published() {
    return Json::object({{"issuer", kIssuer},
                         {"authorization_endpoint", "https://login.example/authorise"},
                         {"token_endpoint", "https://login.example/token"},
                         {"jwks_uri", "https://login.example/keys"},
                         {"response_types_supported", Json::strings({"code", "id_token"})},
                         {"code_challenge_methods_supported", Json::strings({"S256"})},
                         {"id_token_signing_alg_values_supported", Json::strings({"RS256"})}});
}
std::string refusal(std::string_view name, Json value) {
    auto json = published();
    json.set(std::string(name), std::move(value));
    const auto read = read_discovery(kIssuer, json.write());
    return read.ok() ? "" : read.error().message;
}

TEST(Discovery, the_addresses_are_read) {
    const auto read = read_discovery(kIssuer, published().write());
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(kIssuer, read->issuer);
    EXPECT_EQ("https://login.example/authorise", read->authorisation_endpoint);
    EXPECT_EQ("https://login.example/token", read->token_endpoint);
    EXPECT_EQ("https://login.example/keys", read->keys_endpoint);
}

TEST(Discovery, a_provider_that_is_another_or_cannot_do_it_safely_is_refused_with_the_reason) {
    EXPECT_THAT(refusal("issuer", "https://login.example/other"), HasSubstr("another name"));
    EXPECT_THAT(refusal("issuer", std::string(kIssuer) + "/"), HasSubstr("another name"));
    EXPECT_THAT(refusal("token_endpoint", "http://login.example/token"), HasSubstr("https://"));
    EXPECT_THAT(refusal("jwks_uri", "file:///etc/passwd"), HasSubstr("https://"));
    EXPECT_THAT(refusal("authorization_endpoint", "javascript:alert(1)"), HasSubstr("https://"));
    EXPECT_THAT(refusal("response_types_supported", Json::strings({"id_token"})), HasSubstr("authorisation code"));
    EXPECT_THAT(refusal("code_challenge_methods_supported", Json::strings({"plain"})), HasSubstr("PKCE"));
    EXPECT_THAT(refusal("id_token_signing_alg_values_supported", Json::strings({"HS256", "none"})),
                HasSubstr("RS256"));
    EXPECT_FALSE(read_discovery(kIssuer, "<html>").ok());
    for (const auto* bad : {"http://login.example", "login.example", "https://login.example?x=1", "file:///x"})
        EXPECT_EQ(base::ErrorKind::invalid, discover(bad).error().kind) << bad;
}

TEST(Way, the_browser_is_sent_with_the_challenge_and_never_with_the_verifier) {
    const Provider provider{kIssuer, "rowan & co", "", "https://login.example/authorise", "", "", ""};
    Way way{"https://rowan.example/back", "the-state", "the-nonce", std::string(64, 'v'), false};
    const auto url = authorisation_url(provider, way);
    EXPECT_THAT(url, HasSubstr("https://login.example/authorise?response_type=code&client_id=rowan%20%26%20co&"));
    EXPECT_THAT(url, HasSubstr("redirect_uri=https%3A%2F%2Frowan.example%2Fback"));
    EXPECT_THAT(url, HasSubstr("scope=openid&state=the-state&nonce=the-nonce"));
    EXPECT_THAT(url, HasSubstr("code_challenge=" + base::to_base64url(crypto::sha256(way.verifier)) +
                               "&code_challenge_method=S256"));
    EXPECT_THAT(url, Not(HasSubstr("vvvv")));
    EXPECT_THAT(url, Not(HasSubstr("prompt")));
    EXPECT_THAT(url, Not(HasSubstr("acr_values")));
    way.prove_again = true;
    auto strict = provider;
    strict.acr = "urn:strong";
    strict.authorisation_endpoint += "?tenant=7";
    const auto again = authorisation_url(strict, way);
    EXPECT_THAT(again, HasSubstr("?tenant=7&response_type=code"));
    EXPECT_THAT(again, HasSubstr("&prompt=login&max_age=0"));
    EXPECT_THAT(again, HasSubstr("&acr_values=urn%3Astrong"));
}

// RFC 7636, appendix B.
TEST(Way, the_challenge_is_that_of_the_standard) {
    EXPECT_EQ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
              base::to_base64url(crypto::sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
}

}  // namespace
}  // namespace rowan::oidc
