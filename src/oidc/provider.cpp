#include "oidc/provider.h"

#include "base/text.h"
#include "crypto/token.h"
#include "formats/json.h"
#include "http/fetch.h"
#include "http/message.h"
#include "oidc/token.h"

#include <algorithm>

namespace rowan::oidc {

namespace {

using formats::Json;

constexpr std::size_t kMostAnswer = 256 * 1024;

base::Result<std::string> get(const std::string& url) {
    const auto answer = http::fetch({.url = url, .bytes = kMostAnswer});
    if (!answer.ok()) return answer.error();
    if (answer->status != 200) return base::unavailable(url + " answered " + std::to_string(answer->status) + ".");
    return answer->body;
}

bool offers(const Json& list, std::string_view wanted) {
    const auto all = list.strings();
    return std::find(all.begin(), all.end(), wanted) != all.end();
}

base::Error cannot(const std::string& issuer, std::string_view what) {
    return base::refused(issuer + " " + std::string(what) + ", so Rowan cannot use it.");
}

}  // namespace

base::Result<Provider> read_discovery(const std::string& issuer, std::string_view text) {
    const auto json = formats::parse_json(text, {kMostAnswer, 16});
    if (!json.ok()) return cannot(issuer, "does not publish its settings as JSON");
    if ((*json)["issuer"].text() != issuer) return cannot(issuer, "calls itself by another name");
    Provider out;
    out.issuer = issuer;
    out.authorisation_endpoint = (*json)["authorization_endpoint"].text();
    out.token_endpoint = (*json)["token_endpoint"].text();
    out.keys_endpoint = (*json)["jwks_uri"].text();
    for (const auto* address : {&out.authorisation_endpoint, &out.token_endpoint, &out.keys_endpoint})
        if (!http::may_be_fetched(*address))
            return cannot(issuer, "has an address that does not begin with https://");
    if (!offers((*json)["response_types_supported"], "code"))
        return cannot(issuer, "does not offer the authorisation code");
    if (!offers((*json)["code_challenge_methods_supported"], "S256"))
        return cannot(issuer, "does not offer PKCE with S256");
    const auto& algorithms = (*json)["id_token_signing_alg_values_supported"];
    if (!offers(algorithms, "RS256") && !offers(algorithms, "ES256"))
        return cannot(issuer, "signs with neither RS256 nor ES256");
    return out;
}

base::Result<Provider> discover(const std::string& issuer) {
    if (!http::may_be_fetched(issuer) || issuer.find('?') != std::string::npos)
        return base::invalid("An issuer is an address that begins with https:// and has no question mark.");
    const auto text = get(issuer + (issuer.ends_with('/') ? "" : "/") + ".well-known/openid-configuration");
    if (!text.ok()) return text.error();
    return read_discovery(issuer, *text);
}

base::Result<std::string> read_keys(const Provider& provider) {
    auto text = get(provider.keys_endpoint);
    if (!text.ok()) return text.error();
    if (const auto keys = parse_keys(*text); !keys.ok()) return keys.error();
    return text;
}

std::string authorisation_url(const Provider& provider, const Way& way) {
    std::vector<std::pair<std::string, std::string>> query = {
        {"response_type", "code"},
        {"client_id", provider.client},
        {"redirect_uri", way.redirect},
        {"scope", "openid"},
        {"state", way.state},
        {"nonce", way.nonce},
        {"code_challenge", base::to_base64url(crypto::sha256(way.verifier))},
        {"code_challenge_method", "S256"},
    };
    if (!provider.acr.empty()) query.emplace_back("acr_values", provider.acr);
    if (way.prove_again) {
        query.emplace_back("prompt", "login");
        query.emplace_back("max_age", "0");
    }
    const bool begun = provider.authorisation_endpoint.find('?') != std::string::npos;
    return provider.authorisation_endpoint + (begun ? "&" : "?") + http::query_string(query);
}

base::Result<std::string> redeem(const Provider& provider, const Way& way, const std::string& code) {
    std::vector<std::pair<std::string, std::string>> form = {{"grant_type", "authorization_code"},
                                                             {"code", code},
                                                             {"redirect_uri", way.redirect},
                                                             {"code_verifier", way.verifier}};
    http::Fetch request{.url = provider.token_endpoint, .bytes = kMostAnswer};
    if (provider.secret.empty()) {
        form.emplace_back("client_id", provider.client);
    } else {  // RFC 6749 2.3.1: encoded before they are put together
        request.user = http::url_encode(provider.client);
        request.password = http::url_encode(provider.secret);
    }
    request.form = http::query_string(form);
    const auto answer = http::fetch(request);
    if (!answer.ok()) return answer.error();
    if (answer->status != 200) return base::refused("The provider did not accept the code.");
    const auto json = formats::parse_json(answer->body, {kMostAnswer, 16});
    if (!json.ok() || (*json)["id_token"].text().empty()) return base::refused("The provider sent no id_token.");
    return (*json)["id_token"].text();
}

}  // namespace rowan::oidc
