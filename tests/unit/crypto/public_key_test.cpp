// Signatures by others' keys.
#include "crypto/public_key.h"
#include "support/signer.h"

#include <gtest/gtest.h>

namespace rowan::crypto {
namespace {

using support::Signer;

const Signer& rsa() {
    static const Signer signer(Signer::Kind::rsa, "r");
    return signer;
}
const Signer& curve() {
    static const Signer signer(Signer::Kind::p256, "e");
    return signer;
}

template <class Verify>
void only_the_very_bytes(const Signer& signer, Verify verify) {
    const std::string message = "what was said";
    const auto signature = signer.sign(message);
    EXPECT_TRUE(verify(signer.first(), signer.second(), message, signature));
    EXPECT_FALSE(verify(signer.first(), signer.second(), "what was Said", signature));
    for (std::size_t i = 0; i < signature.size(); i += 7) {
        auto other = signature;
        other[i] = static_cast<char>(other[i] ^ 1);
        EXPECT_FALSE(verify(signer.first(), signer.second(), message, other)) << "byte " << i;
    }
    for (const auto& wrong :
         {std::string{}, signature.substr(1), signature + "x", std::string(signature.size(), '\0')})
        EXPECT_FALSE(verify(signer.first(), signer.second(), message, wrong));
    for (const auto& wrong : {std::string{}, std::string("\1", 1), signer.first().substr(1), std::string(32, '\0'),
                              std::string(256, '\xff'), std::string(5000, 'n')}) {
        EXPECT_FALSE(verify(wrong, signer.second(), message, signature));
        EXPECT_FALSE(verify(signer.first(), wrong, message, signature));
    }
}

TEST(PublicKey, rs256_verifies_only_the_very_bytes_by_the_very_key) {
    only_the_very_bytes(rsa(), verify_rs256);
    const Signer another(Signer::Kind::rsa, "r");
    EXPECT_FALSE(verify_rs256(another.first(), another.second(), "m", rsa().sign("m")));
}

TEST(PublicKey, rs256_refuses_short_keys_and_an_exponent_of_one) {
    const Signer short_key(Signer::Kind::rsa, "s", 1024);
    EXPECT_FALSE(verify_rs256(short_key.first(), short_key.second(), "m", short_key.sign("m")));
    EXPECT_FALSE(verify_rs256(rsa().first(), std::string("\1", 1), "m", rsa().sign("m")));
    EXPECT_TRUE(verify_rs256(std::string(1, '\0') + rsa().first(), rsa().second(), "m", rsa().sign("m")))
        << "a leading zero is no other number";
}

TEST(PublicKey, es256_verifies_only_the_very_bytes_by_the_very_key) {
    only_the_very_bytes(curve(), verify_es256);
    const Signer another(Signer::Kind::p256, "e");
    EXPECT_FALSE(verify_es256(another.first(), another.second(), "m", curve().sign("m")));
    EXPECT_FALSE(verify_es256(curve().second(), curve().first(), "m", curve().sign("m"))) << "not on the curve";
}

}  // namespace
}  // namespace rowan::crypto
