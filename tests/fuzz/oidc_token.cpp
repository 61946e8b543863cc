// Any bytes as a token, as a set of keys and as what a provider publishes: never crashes, and nothing is believed
// that was not signed with the one key there is, whose other half nobody has.
#include "oidc/provider.h"
#include "oidc/token.h"

#include <cstdint>
#include <cstdlib>

using namespace rowan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // The point of RFC 6979, A.2.5.
    static const auto keys = oidc::parse_keys(
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}]})");
    const base::Instant now{};
    const bool believed =
        oidc::verify_id_token(text, *keys, {"https://a.example", "c", "n", now, "", std::nullopt})
            .value.has_value() ||
        oidc::verify_logout_token(text, *keys, "https://a.example", "c", now).value.has_value();
    if (believed) std::abort();
    (void)oidc::knows_key_of(*keys, text);
    (void)oidc::parse_keys(text);
    (void)oidc::read_discovery("https://a.example", text);
    return 0;
}
