// The Wycheproof vectors for what this room uses (C2SP/wycheproof), when they are at hand.
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/public_key.h"
#include "crypto/sign.h"

#include <boost/json/src.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace rowan;

namespace {

std::string read(const std::string& name) {
    const char* data = std::getenv("ROWAN_TEST_DATA");
    std::ifstream file(std::string(data ? data : ROWAN_SOURCE_DIR "/../shared/data") + "/security/wycheproof/" +
                       name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string hex(const boost::json::object& o, const char* name) {
    return base::from_hex(std::string_view(o.at(name).as_string())).value();
}

// Calls f(group, test, expected to be valid) and returns {valid, invalid}.
template <class F>
std::pair<int, int> each_vector(const std::string& text, F f) {
    std::pair<int, int> seen{0, 0};
    boost::json::value document = boost::json::parse(text);
    for (const auto& group : document.at("testGroups").as_array()) {
        for (const auto& test : group.at("tests").as_array()) {
            bool valid = test.at("result").as_string() == "valid";
            SCOPED_TRACE("tcId " + std::to_string(test.at("tcId").as_int64()));
            f(group.as_object(), test.as_object(), valid);
            ++(valid ? seen.first : seen.second);
        }
    }
    return seen;
}

}  // namespace

TEST(Wycheproof, xchacha20_poly1305) {
    std::string text = read("xchacha20_poly1305_test.json");
    if (text.empty()) GTEST_SKIP() << "skipped: not at hand";
    auto [valid, invalid] = each_vector(text, [](const auto&, const auto& test, bool good) {
        std::string nonce = hex(test, "iv"), sealed = hex(test, "ct") + hex(test, "tag");
        auto key = crypto::SecretKey::from_bytes(hex(test, "key"));
        auto opened = crypto::decrypt(key, nonce, hex(test, "aad"), sealed);
        EXPECT_EQ(opened.has_value(), good);
        if (good) {
            EXPECT_EQ(opened, hex(test, "msg"));
            EXPECT_EQ(crypto::encrypt(key, nonce, hex(test, "aad"), hex(test, "msg")), sealed);
        }
    });
    EXPECT_GT(valid, 200);
    EXPECT_GT(invalid, 50);
}

TEST(Wycheproof, ed25519) {
    std::string text = read("ed25519_test.json");
    if (text.empty()) GTEST_SKIP() << "skipped: not at hand";
    auto [valid, invalid] = each_vector(text, [](const auto& group, const auto& test, bool good) {
        std::string key = hex(group.at("publicKey").as_object(), "pk");
        EXPECT_EQ(crypto::verify_signature(key, hex(test, "msg"), hex(test, "sig")), good);
    });
    EXPECT_GT(valid, 50);
    EXPECT_GT(invalid, 50);
}

TEST(Wycheproof, rs256) {
    std::string text = read("rsa_signature_2048_sha256_test.json");
    if (text.empty()) GTEST_SKIP() << "skipped: not at hand";
    auto [valid, invalid] = each_vector(text, [](const auto& group, const auto& test, bool good) {
        const auto& key = group.at("publicKey").as_object();
        EXPECT_EQ(crypto::verify_rs256(hex(key, "modulus"), hex(key, "publicExponent"), hex(test, "msg"),
                                       hex(test, "sig")),
                  good);
    });
    EXPECT_GT(valid, 5);
    EXPECT_GT(invalid, 200);
}
