// What a key answered is believed only when all of it is right. The keys here are made apart from the verifier
// (tests/support/security_key.h), one of them by a browser.
#include "webauthn/webauthn.h"

#include "support/security_key.h"

#include <gtest/gtest.h>

namespace rowan::webauthn {
namespace {

using support::SecurityKey, support::Signer;

const Site kSite{"https://rowan.example", "rowan.example"};
const std::string kChallenge = "Zm91ciBpbnZlbnRlZCB3b3JkcyBoZXJl";

SecurityKey::Answer right() { return SecurityKey::to(kSite, kChallenge); }

std::string fault_made(const SecurityKey::Answer& answer) {
    SecurityKey key;
    const auto checked = verify_made(key.make(answer), kSite, kChallenge);
    return checked.value ? "" : std::string(checked.fault);
}

class KeyUsed : public ::testing::Test {
protected:
    SecurityKey key;
    PublicKey known;
    std::uint32_t count = 0;

    void SetUp() override {
        const auto made = verify_made(key.make(right()), kSite, kChallenge);
        ASSERT_TRUE(made.value) << made.fault;
        known = made.value->key;
    }
    std::string fault(const Used& used, const std::string& challenge = kChallenge) {
        const auto checked = verify_used(used, kSite, challenge, known, count);
        if (checked.value) count = *checked.value;
        return checked.value ? "" : std::string(checked.fault);
    }
    std::string fault_of(const SecurityKey::Answer& answer) { return fault(key.use(answer)); }
};

TEST(WebAuthn, where_rowan_is_open_is_a_name_and_never_an_address) {
    EXPECT_EQ(site_of(true, "Rowan.example")->origin, "https://rowan.example");
    EXPECT_EQ(site_of(false, "localhost:8080")->origin, "http://localhost:8080");
    EXPECT_EQ(site_of(false, "localhost:8080")->host, "localhost");
    for (const auto* address : {"127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "[::1]", "::1", "", ":8080"})
        EXPECT_FALSE(site_of(true, address)) << address;
}

TEST(WebAuthn, keys_of_all_three_kinds_are_made_and_used) {
    for (const auto kind : {Signer::Kind::p256, Signer::Kind::ed25519, Signer::Kind::rsa}) {
        SecurityKey key(kind, std::string("id\0\xff", 4));
        const auto made = verify_made(key.make(right()), kSite, kChallenge);
        ASSERT_TRUE(made.value) << made.fault;
        EXPECT_EQ(made.value->id, key.id());
        EXPECT_EQ(made.value->count, 0u);
        const auto used = verify_used(key.use(right()), kSite, kChallenge, made.value->key, 0);
        ASSERT_TRUE(used.value) << used.fault;
        EXPECT_EQ(*used.value, 1u);
        // Another key of the same kind is another key.
        SecurityKey other(kind);
        EXPECT_EQ(verify_used(other.use(right()), kSite, kChallenge, made.value->key, 0).fault, "signature");
    }
}

TEST(WebAuthn, a_key_is_made_only_by_who_was_asked_here_and_was_verified) {
    auto answer = right();
    EXPECT_EQ(fault_made(answer), "");
    answer.challenge = "AAAA";
    EXPECT_EQ(fault_made(answer), "challenge");
    answer = right();
    answer.origin = "https://rowan.example.evil.example";
    EXPECT_EQ(fault_made(answer), "origin");
    answer.origin = "http://rowan.example";
    EXPECT_EQ(fault_made(answer), "origin");
    answer = right();
    answer.host = "evil.example";
    EXPECT_EQ(fault_made(answer), "site");
    answer = right();
    answer.more = ",\"crossOrigin\":true";
    EXPECT_EQ(fault_made(answer), "cross-origin");
    answer.more = ",\"topOrigin\":\"https://evil.example\"";
    EXPECT_EQ(fault_made(answer), "cross-origin");
    answer.more = ",\"origin\":\"https://evil.example\"";
    EXPECT_EQ(fault_made(answer), "origin") << "a member twice: the last counts, as in browsers";
    answer = right();
    answer.flags = 0x04;
    EXPECT_EQ(fault_made(answer), "not-present");
    answer.flags = 0x01;
    EXPECT_EQ(fault_made(answer), "not-verified");
}

TEST(WebAuthn, an_answer_to_another_question_makes_no_key) {
    SecurityKey key;
    const auto used = key.use(right());
    EXPECT_EQ(verify_made({used.client_data, used.authenticator_data}, kSite, kChallenge).fault, "type");
    const auto made = key.make(right());
    EXPECT_EQ(verify_made({made.client_data, used.authenticator_data}, kSite, kChallenge).fault, "key");
    EXPECT_EQ(verify_made(made, kSite, "").fault, "challenge") << "nothing was asked";
    // Cut short anywhere, it is none; never read past its end.
    for (std::size_t n = 0; n < made.authenticator_data.size(); ++n)
        EXPECT_FALSE(
            verify_made({made.client_data, made.authenticator_data.substr(0, n)}, kSite, kChallenge).value)
            << n;
    for (std::size_t n = 0; n < made.client_data.size(); ++n)
        EXPECT_FALSE(
            verify_made({made.client_data.substr(0, n), made.authenticator_data}, kSite, kChallenge).value)
            << n;
    // A point that is on no curve.
    auto off = made;
    off.authenticator_data.back() = static_cast<char>(off.authenticator_data.back() ^ 1);
    EXPECT_EQ(verify_made(off, kSite, kChallenge).fault, "key");
}

// Found by tests/fuzz/webauthn_answer.cpp: 36 GB were asked for.
TEST_F(KeyUsed, what_says_that_it_is_longer_than_it_is_is_refused) {
    for (const auto* head :
         {"\xbb\x01\x01\x01\x01\x01\x01\x01\x01", "\x9b\x01\x01\x01\x01\x01\x01\x01\x01",
          "\x5b\x01\x01\x01\x01\x01\x01\x01\x01", "\xbf", "\xa2\x01", "\x81\x81\x81\x81\x81\x81\x01"}) {
        auto made = key.make(right());
        made.authenticator_data.replace(55 + key.id().size(), 1, head);
        EXPECT_EQ(verify_made(made, kSite, kChallenge).fault, "key");
        auto answer = right();
        answer.flags = 0x85;  // something more follows
        auto used = key.use(answer);
        used.authenticator_data += head;
        EXPECT_EQ(fault(used), "authenticator-data");
    }
}

TEST_F(KeyUsed, is_right) { EXPECT_EQ(fault_of(right()), ""); }

TEST_F(KeyUsed, elsewhere_is_refused) {
    auto answer = right();
    answer.origin = "https://rowan.example:8443";
    EXPECT_EQ(fault_of(answer), "origin");
    answer = right();
    answer.host = "evil.example";
    EXPECT_EQ(fault_of(answer), "site");
    answer = right();
    answer.more = ",\"crossOrigin\":true";
    EXPECT_EQ(fault_of(answer), "cross-origin");
}

TEST_F(KeyUsed, without_a_finger_or_a_pin_is_refused) {
    auto answer = right();
    answer.flags = 0x01;
    EXPECT_EQ(fault_of(answer), "not-verified");
    answer.flags = 0x04;
    EXPECT_EQ(fault_of(answer), "not-present");
}

TEST_F(KeyUsed, for_another_challenge_is_refused) {
    const auto used = key.use(right());
    EXPECT_EQ(fault(used, "YW5vdGhlcg"), "challenge");
    EXPECT_EQ(fault(used, ""), "challenge");
    const auto made = key.make(right());
    EXPECT_EQ(fault({made.client_data, made.authenticator_data, "x"}), "type");
}

TEST_F(KeyUsed, with_any_byte_changed_is_refused) {
    const auto used = key.use(right());
    const auto changed = [&](auto member) {
        for (std::size_t i = 0; i < (used.*member).size(); ++i) {
            auto other = used;
            (other.*member)[i] = static_cast<char>((other.*member)[i] ^ 1);
            EXPECT_NE(fault(other), "") << i;
        }
        auto none = used;
        (none.*member).clear();
        EXPECT_NE(fault(none), "");
    };
    changed(&Used::client_data);
    changed(&Used::authenticator_data);
    changed(&Used::signature);
    EXPECT_EQ(fault(used), "") << "itself is right";
}

TEST_F(KeyUsed, twice_or_by_a_copy_is_refused_where_the_key_counts) {
    const auto first = key.use(right()), second = key.use(right());
    EXPECT_EQ(fault(second), "");
    EXPECT_EQ(fault(second), "count");
    EXPECT_EQ(fault(first), "count") << "the count went back";
    key.counts = false;
    key.count = 0;
    EXPECT_EQ(fault(key.use(right())), "count") << "and it does not begin anew";
}

TEST_F(KeyUsed, again_is_right_where_the_key_does_not_count) {
    key.counts = false;
    EXPECT_EQ(fault_of(right()), "");
    EXPECT_EQ(fault_of(right()), "");
}

TEST_F(KeyUsed, with_a_key_of_another_kind_is_refused) {
    for (const auto algorithm : {Algorithm::eddsa, Algorithm::rs256}) {
        const auto used = key.use(right());
        EXPECT_FALSE(verify_used(used, kSite, kChallenge, {algorithm, known.bytes}, 0).value);
    }
    EXPECT_FALSE(verify_used(key.use(right()), kSite, kChallenge, {Algorithm::es256, ""}, 0).value);
}

// Made by Chromium's own virtual authenticator (navigator.credentials.create and get), on 22 November 2026.
TEST(WebAuthn, what_a_browser_made_is_read_as_it_is) {
    const auto bytes = [](std::string_view text) { return base::from_base64url(text).value(); };
    const Site site{"http://localhost:43769", "localhost"};
    const std::string challenge = "d2hhdCBSb3dhbiBhc2tlZCwgMzIgYnl0ZXMgbG9uZy4";
    const Made made{
        bytes(
            "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiZDJoaGRDQlNiM2RoYmlCaGMydGxaQ3dnTXpJZ1lubDBaWE1n"
            "Ykc5dVp5NCIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6NDM3NjkiLCJjcm9zc09yaWdpbiI6ZmFsc2V9"),
        bytes("SZYN5YgOjGh0NBcPZHZgW4_"
              "krrmihjLHmVzzuoMdl2NFAAAAAQAAAAAAAAAAAAAAAAAAAAAAIM7blACcY7ZJitEnlqJoXmzsTO6ReJBR"
              "ia8SmGWwtIYapQECAyYgASFYIHaduEwulCecBEquHxdLKvSzzCsNpqI37D9bw77Nx9QLIlggJTh6ZWBK_"
              "2KPV0mbmdDxLdB9DaoPkpDw"
              "OqPb0lMB6xA")};
    const auto credential = verify_made(made, site, challenge);
    ASSERT_TRUE(credential.value) << credential.fault;
    EXPECT_EQ(base::to_base64url(credential.value->id), "ztuUAJxjtkmK0SeWomhebOxM7pF4kFGJrxKYZbC0hho");
    EXPECT_EQ(credential.value->key.algorithm, Algorithm::es256);
    EXPECT_EQ(credential.value->count, 1u);
    const Used used{
        bytes("eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiZDJoaGRDQlNiM2RoYmlCaGMydGxaQ3dnTXpJZ1lubDBaWE1nYkc"
              "5dVp5"
              "NCIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6NDM3NjkiLCJjcm9zc09yaWdpbiI6ZmFsc2V9"),
        bytes("SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg"),
        bytes("MEUCIQC-y2MYTuxsioDOZ5GQJz_j1JbHlH-3jRqK7BEbD9ijpAIgFQ0s-6iF2rzW4k_chrkbP0zwFHaYIJWwWPxJXI8fYgo")};
    EXPECT_EQ(verify_used(used, site, challenge, credential.value->key, 1).value, 2u);
    EXPECT_EQ(verify_used(used, site, challenge, credential.value->key, 2).fault, "count");
    EXPECT_EQ(
        verify_used(used, {"http://localhost:43770", "localhost"}, challenge, credential.value->key, 1).fault,
        "origin");
}

TEST(WebAuthn, what_was_answered_is_read_and_nothing_else) {
    SecurityKey key;
    EXPECT_EQ(challenge_of(key.use(right()).client_data), kChallenge);
    for (const auto* text : {"", "{", "[]", "{\"challenge\":7}", "\"x\""})
        EXPECT_EQ(challenge_of(text), "") << text;
}

}  // namespace
}  // namespace rowan::webauthn
