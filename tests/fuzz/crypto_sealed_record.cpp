// Any bytes as a sealed value: never opens unless they were sealed here, and then gives the text back.
// Needs src/crypto/{aead,keyring,seal,secret,sign,token}.cpp, src/base/{text,time}.cpp, libsodium, ICU and
// date-tz.
#include "crypto/seal.h"

#include <cstdint>
#include <cstdlib>

using namespace rowan;
using namespace rowan::crypto;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SecretKey key = SecretKey::random();
    static const Keyring keyring = Keyring::create(base::Instant{});
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    SealedPlace place{"child", "row", "name", 1, 2};

    // No input can hold a tag under a key made a moment ago.
    require(!open(key, place, bytes).ok());
    require(!unwrap(keyring, {1, std::string{bytes}}, "row").ok());
    (void)sealed_key_id(bytes);

    std::string sealed = seal(key, "k", place, bytes);
    require(open(key, place, sealed).value() == bytes);
    if (!bytes.empty()) {
        // The input chooses which bit is turned.
        std::size_t at = (static_cast<std::size_t>(data[0]) << 8 | data[size - 1]) % sealed.size();
        sealed[at] = static_cast<char>(sealed[at] ^ (1 << (data[size / 2] & 7)));
        require(!open(key, place, sealed).ok());
    }
    SealedPlace other{bytes, "row", "name", 1, 2};
    require(bytes == place.table || !open(key, other, seal(key, "k", place, "text")).ok());
    return 0;
}
