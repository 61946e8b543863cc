// Any bytes as what a key answered: never crashes, and nobody signs with a key whose other half nobody has.
#include "crypto/token.h"
#include "webauthn/webauthn.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace rowan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const webauthn::Site site{"https://a.example", "a.example"};
    // The client data is right, so that what lies behind it is reached.
    const auto client = [](const char* type) {
        return std::string("{\"type\":\"") + type + "\",\"challenge\":\"Y2g\",\"origin\":\"https://a.example\"}";
    };
    const auto flagged = [&](const char* flags) { return crypto::sha256(site.host) + flags + text; };
    if (const auto made = webauthn::verify_made({client("webauthn.create"), flagged("\x45")}, site, "Y2g");
        made.value)
        if (made.value->id.empty() || made.value->key.bytes.empty()) std::abort();
    (void)webauthn::verify_made({text, flagged("\x45")}, site, "Y2g");
    (void)webauthn::verify_made({client("webauthn.create"), text}, site, "Y2g");
    // The point of RFC 6979, A.2.5; the first half of the input as data, the second as signature.
    static const auto key = [] {
        std::string out;
        for (const char* hex =
                 "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                 "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
             *hex; hex += 2)
            out += static_cast<char>(std::stoi(std::string(hex, 2), nullptr, 16));
        return webauthn::PublicKey{webauthn::Algorithm::es256, out};
    }();
    const auto half = text.size() / 2;
    const webauthn::Used used{client("webauthn.get"),
                              crypto::sha256(site.host) + std::string("\x05\0\0\0\1", 5) + text.substr(0, half),
                              text.substr(half)};
    if (webauthn::verify_used(used, site, "Y2g", key, 0).value) std::abort();
    (void)webauthn::challenge_of(text);
    (void)webauthn::site_of(true, text);
    return 0;
}
