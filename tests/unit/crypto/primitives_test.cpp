// Keys, signatures, digests, tokens and one-time codes against published vectors.
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "crypto/token.h"
#include "crypto/totp.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

using namespace rowan;
using namespace rowan::crypto;

namespace {
std::string hex(std::string_view text) { return base::from_hex(text).value(); }
std::string counted(std::size_t n) {
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) bytes += static_cast<char>(i);
    return bytes;
}
}  // namespace

TEST(SecretKey, is_wiped_when_it_goes) {
    const unsigned char* place;
    {
        SecretKey key = SecretKey::from_bytes(std::string(32, 'k'));
        place = key.data();
        EXPECT_EQ(place[31], 'k');
    }
    // The slot stays mapped: it belongs to the vault, and is zero until it is used again.
    for (int i = 0; i < 32; ++i) EXPECT_EQ(place[i], 0);
}

TEST(SecretKey, copies_and_moves_like_a_value) {
    SecretKey a = SecretKey::random(), b = a;
    EXPECT_TRUE(a == b);
    EXPECT_NE(a.data(), b.data());
    SecretKey c = std::move(b);
    EXPECT_TRUE(a == c);
    c = SecretKey::random();
    EXPECT_FALSE(a == c);
    EXPECT_THROW(SecretKey::from_bytes("short"), std::invalid_argument);
}

TEST(SecretKey, many_keys_do_not_share_memory) {
    std::vector<SecretKey> keys;
    std::set<const unsigned char*> places;
    for (int i = 0; i < 5000; ++i) places.insert(keys.emplace_back(SecretKey::random()).data());
    EXPECT_EQ(places.size(), 5000u);
    std::set<std::string> values;
    for (const SecretKey& key : keys) values.insert(std::string{key.bytes()});
    EXPECT_EQ(values.size(), 5000u);
}

TEST(SecretKey, derivation_is_keyed_blake2b) {
    // Computed with Python's hashlib.blake2b(b"audit", key=bytes(range(32)), digest_size=32).
    EXPECT_EQ(base::to_hex(SecretKey::from_bytes(counted(32)).derive("audit").bytes()),
              "35ea6c66d30c57cb4b417dee63253cb8c14ea30770ca9c1bc6075c47e3641c71");
}

TEST(Aead, the_drafts_vector) {
    auto key = SecretKey::from_bytes(hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
    std::string nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657"),
                aad = hex("50515253c0c1c2c3c4c5c6c7");
    std::string text =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
        "would be it.";
    std::string sealed = encrypt(key, nonce, aad, text);
    EXPECT_EQ(base::to_hex(sealed).substr(0, 32), "bd6d179d3e83d43b9576579493c0e939");
    EXPECT_EQ(base::to_hex(sealed).substr(228), "c0875924c1c7987947deafd8780acf49");
    EXPECT_EQ(decrypt(key, nonce, aad, sealed), text);
    EXPECT_THROW(encrypt(key, "short", aad, text), std::invalid_argument);
    EXPECT_FALSE(decrypt(key, "short", aad, sealed));
    EXPECT_FALSE(decrypt(key, nonce, aad, "short"));
}

TEST(Signing, rfc_8032_vector_and_refusals) {
    SigningKey key(SecretKey::from_bytes(hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")));
    EXPECT_EQ(base::to_hex(key.public_key()), "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    std::string message = hex("af82"), signature = key.sign(message);
    EXPECT_EQ(base::to_hex(signature),
              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7"
              "c15e9716ed28d"
              "c027beceea1ec40a");
    EXPECT_TRUE(verify_signature(key.public_key(), message, signature));
    EXPECT_FALSE(verify_signature(key.public_key(), "other", signature));
    EXPECT_FALSE(verify_signature(SigningKey::random().public_key(), message, signature));
    EXPECT_FALSE(verify_signature("short", message, signature));
    EXPECT_FALSE(verify_signature(key.public_key(), message, "short"));
}

TEST(Token, is_256_random_bits_and_stored_as_its_digest) {
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        std::string token = new_token();
        EXPECT_EQ(token.size(), 43u);
        EXPECT_EQ(base::from_base64url(token)->size(), 32u);
        EXPECT_TRUE(seen.insert(token).second);
    }
    EXPECT_EQ(token_digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("").size(), 32u);
}

TEST(Token, rfc_4231_hmac) {
    // The RFC's 20-byte key; HMAC fills a short key with zeros.
    SecretKey key = SecretKey::from_bytes(std::string(20, '\x0b') + std::string(12, '\0'));
    EXPECT_EQ(keyed_digest(key, "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(Token, equality_is_equality) {
    EXPECT_TRUE(equal("", ""));
    EXPECT_TRUE(equal("abc", "abc"));
    EXPECT_FALSE(equal("abc", "abd"));
    EXPECT_FALSE(equal("abc", "abcd"));
}

TEST(Csrf, a_token_is_good_for_its_session_only) {
    SecretKey key = SecretKey::random();
    std::string token = csrf_token(key, "session-1");
    EXPECT_TRUE(csrf_token_valid(key, "session-1", token));
    EXPECT_TRUE(csrf_token_valid(key, "session-1", csrf_token(key, "session-1")));
    EXPECT_NE(csrf_token(key, "session-1"), token) << "masked afresh each time";
    EXPECT_FALSE(csrf_token_valid(key, "session-2", token));
    EXPECT_FALSE(csrf_token_valid(SecretKey::random(), "session-1", token));
    for (std::string wrong :
         {std::string{}, std::string{"x"}, token + "A", token.substr(1), std::string(86, 'A')}) {
        EXPECT_FALSE(csrf_token_valid(key, "session-1", wrong)) << wrong;
    }
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string wrong = token;
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(csrf_token_valid(key, "session-1", wrong)) << i;
    }
}

namespace {
constexpr std::string_view kTotpSecret = "12345678901234567890";
base::Instant second(std::int64_t s) { return base::from_millis(s * 1000); }
}  // namespace

TEST(Totp, rfc_6238_vectors) {
    // The RFC prints eight digits; these are the last six.
    const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"},         {1111111109, "081804"},
                                                            {1111111111, "050471"}, {1234567890, "005924"},
                                                            {2000000000, "279037"}, {20000000000, "353130"}};
    for (auto [time, code] : vectors) {
        EXPECT_EQ(totp_code(kTotpSecret, totp_step(second(time))), code) << time;
        EXPECT_EQ(verify_totp(kTotpSecret, code, second(time)), totp_step(second(time))) << time;
    }
}

TEST(Totp, the_window_is_one_step_each_way) {
    base::Instant now = second(1234567890);
    std::int64_t step = totp_step(now);
    for (std::int64_t d = -3; d <= 3; ++d) {
        auto matched = verify_totp(kTotpSecret, totp_code(kTotpSecret, step + d), now);
        if (d >= -1 && d <= 1)
            EXPECT_EQ(matched, step + d);
        else
            EXPECT_FALSE(matched) << d;
    }
}

TEST(Totp, a_code_works_once) {
    base::Instant now = second(1234567890);
    auto used = verify_totp(kTotpSecret, "005 924", now);
    ASSERT_TRUE(used);
    EXPECT_FALSE(verify_totp(kTotpSecret, "005924", now, *used));
    EXPECT_FALSE(verify_totp(kTotpSecret, totp_code(kTotpSecret, *used - 1), now, *used)) << "nor an older one";
    EXPECT_TRUE(verify_totp(kTotpSecret, totp_code(kTotpSecret, *used + 1), now, *used));
    for (const char* wrong : {"", "5924", "0059240", "abcdef", "005925"})
        EXPECT_FALSE(verify_totp(kTotpSecret, wrong, now)) << wrong;
}

TEST(Totp, the_app_reads_the_address) {
    EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
    EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
    EXPECT_EQ(to_base32(""), "");
    EXPECT_EQ(otpauth_uri("foobar", "Rowan Somerset", "sam@example.org"),
              "otpauth://totp/"
              "Rowan%20Somerset:sam%40example.org?secret=MZXW6YTBOI&issuer=Rowan%20Somerset&algorithm=SHA1"
              "&digits=6&period=30");
    EXPECT_EQ(new_totp_secret().size(), 20u);
    EXPECT_NE(new_totp_secret(), new_totp_secret());
}
