// Any bytes as a keyring: refused, or written back exactly as they were read. The check line is put right first,
// or nothing would ever get past it. Needs src/crypto/{keyring,secret,sign,token}.cpp, src/base/{text,time}.cpp,
// libsodium, ICU and date-tz.
#include "crypto/keyring.h"
#include "crypto/token.h"

#include <cstdint>
#include <cstdlib>

using namespace rowan::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (void)Keyring::parse(bytes);
    std::string body{bytes.substr(0, bytes.rfind("check "))};
    std::string checked = body + "check " + sha256_hex(body) + "\n";
    auto keyring = Keyring::parse(checked);
    if (keyring) {
        std::string again = keyring->text();
        auto twice = Keyring::parse(again);
        if (!twice || twice->text() != again || twice->newest_epoch() != keyring->newest_epoch()) std::abort();
    }
    return 0;
}
