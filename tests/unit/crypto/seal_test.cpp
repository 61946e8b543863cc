#include "crypto/seal.h"

#include "base/id.h"
#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

using namespace rowan;
using namespace rowan::crypto;

namespace {

const base::Instant kNow = *base::parse_instant("2018-03-26T18:00Z");
const SealedPlace kPlace{"child", "0123456789abcdefghjkmnpqrs", "given_names", 1, 2};

const Keyring& keyring() {
    static const Keyring instance = Keyring::create(kNow);
    return instance;
}
const SecretKey& key() {
    static const SecretKey instance = SecretKey::random();
    return instance;
}

}  // namespace

RC_GTEST_PROP(Seal, what_is_sealed_opens_where_it_was_sealed, (const std::string& text)) {
    std::string sealed = seal(key(), "k1", kPlace, text);
    RC_ASSERT(open(key(), kPlace, sealed).value() == text);
    RC_ASSERT(sealed_key_id(sealed).value() == "k1");
    RC_ASSERT(sealed.size() == text.size() + 3 + 2 + 24 + 16);
}

TEST(Seal, the_same_text_never_looks_the_same) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(seal(key(), "k1", kPlace, "Sam")).second);
    EXPECT_EQ(seal(key(), "k1", kPlace, "a canary").find("canary"), std::string::npos);
}

TEST(Seal, a_value_moved_or_lowered_does_not_open) {
    std::string sealed = seal(key(), "k1", kPlace, "12 Orchard Close");
    ASSERT_TRUE(open(key(), kPlace, sealed).ok());
    SealedPlace moved[] = {kPlace, kPlace, kPlace, kPlace, kPlace, kPlace};
    moved[0].table = "adult";
    moved[1].row = "0123456789abcdefghjkmnpqrt";
    moved[2].column = "family_name";
    moved[3].schema_version = 2;
    moved[4].sensitivity = 1;
    moved[5].sensitivity = 3;
    for (const SealedPlace& place : moved) EXPECT_FALSE(open(key(), place, sealed).ok());
    EXPECT_FALSE(open(SecretKey::random(), kPlace, sealed).ok());
}

TEST(Seal, any_changed_byte_is_noticed) {
    std::string sealed = seal(key(), "k1", kPlace, "12 Orchard Close");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string wrong = sealed;
            wrong[i] = static_cast<char>(wrong[i] ^ (1 << bit));
            EXPECT_FALSE(open(key(), kPlace, wrong).ok()) << i;
        }
        EXPECT_FALSE(open(key(), kPlace, sealed.substr(0, i)).ok()) << i;
    }
    EXPECT_FALSE(open(key(), kPlace, sealed + "x").ok());
    EXPECT_EQ(open(key(), kPlace, "").error().message.find("Orchard"), std::string::npos);
}

RC_GTEST_PROP(Seal, two_places_never_share_their_bytes, (const std::string& text)) {
    // One text cut into table, row and column in two ways is two places.
    auto cut = [&] { return *rc::gen::inRange<std::size_t>(0, text.size() + 1); };
    std::size_t a = cut(), b = cut(), c = cut(), d = cut();
    if (a > b) std::swap(a, b);
    if (c > d) std::swap(c, d);
    std::string_view all = text;
    SealedPlace one{all.substr(0, a), all.substr(a, b - a), all.substr(b)};
    SealedPlace two{all.substr(0, c), all.substr(c, d - c), all.substr(d)};
    RC_ASSERT((additional_data(one) == additional_data(two)) == (a == c && b == d));
}

TEST(Seal, places_have_the_bytes_of_the_format) {
    using namespace std::string_literals;
    EXPECT_EQ(additional_data({"child", "r1", "born", 258, 3}),
              "\0\0\0\x0browan field\0\0\0\x05"
              "child\0\0\0\x02r1\0\0\0\x04"
              "born\0\0\x01\x02\x03"s);
    // A record key wrapped by hand as docs/formats/sealed-field.md says.
    std::string place = "\0\0\0\x10rowan record key\0\0\0\x01\0\0\0\x02r1"s;
    std::string wrapped = seal(*keyring().epoch_key(1), "epoch 1", place, key().bytes());
    EXPECT_TRUE(unwrap(keyring(), {1, wrapped}, "r1").value() == key());
}

TEST(Seal, key_ids_have_1_to_255_bytes) {
    EXPECT_THROW(seal(key(), "", kPlace, "x"), std::invalid_argument);
    EXPECT_THROW(seal(key(), std::string(256, 'k'), kPlace, "x"), std::invalid_argument);
    std::string longest(255, 'k');
    EXPECT_EQ(sealed_key_id(seal(key(), longest, kPlace, "x")).value(), longest);
    EXPECT_FALSE(sealed_key_id("").ok());
    EXPECT_FALSE(sealed_key_id(std::string(100, '\x02')).ok());
}

TEST(WrappedKey, opens_for_its_own_record_only) {
    WrappedKey wrapped = wrap(keyring(), key(), "child-1");
    EXPECT_EQ(wrapped.epoch, 1u);
    EXPECT_TRUE(unwrap(keyring(), wrapped, "child-1").value() == key());
    EXPECT_FALSE(unwrap(keyring(), wrapped, "child-2").ok());
    EXPECT_FALSE(unwrap(Keyring::create(kNow), wrapped, "child-1").ok());
    EXPECT_EQ(wrapped.bytes.find(std::string{key().bytes()}), std::string::npos);
}

TEST(WrappedKey, a_field_cannot_pose_as_a_key) {
    std::string field = seal(*keyring().epoch_key(1), "epoch 1", kPlace, std::string(32, 'k'));
    EXPECT_FALSE(unwrap(keyring(), {1, field}, "child-1").ok());
}

TEST(WrappedKey, survives_a_new_epoch_and_dies_with_its_own) {
    Keyring ring = Keyring::create(kNow);
    WrappedKey old = wrap(ring, key(), "child-1");
    ring.add_epoch(kNow);
    EXPECT_TRUE(unwrap(ring, old, "child-1").value() == key());
    WrappedKey fresh = wrap(ring, key(), "child-1");
    EXPECT_EQ(fresh.epoch, 2u);
    EXPECT_FALSE(unwrap(ring, {2, old.bytes}, "child-1").ok()) << "the epoch is bound";
    ASSERT_TRUE(ring.destroy_epoch(1).ok());
    EXPECT_EQ(unwrap(ring, old, "child-1").error().kind, base::ErrorKind::not_found);
    EXPECT_TRUE(unwrap(ring, fresh, "child-1").value() == key());
}

TEST(BlindIndex, is_equal_for_equal_values_of_one_column) {
    std::string index = blind_index(keyring(), "nhs_number", "9990123454");
    EXPECT_EQ(index.size(), 43u);
    EXPECT_EQ(index, blind_index(keyring(), "nhs_number", "9990123454"));
    EXPECT_NE(index, blind_index(keyring(), "nhs_number", "9990000018"));
    EXPECT_NE(index, blind_index(keyring(), "upn", "9990123454"));
    EXPECT_NE(index, blind_index(Keyring::create(kNow), "nhs_number", "9990123454"));
}

TEST(BlindIndex, is_what_the_format_says) {
    Keyring ring = Keyring::parse(
                       "rowan-keyring 1\n"
                       "epoch 1 2018-03-26T18:00:00.000Z AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"
                       "audit YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8\n"
                       "index QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n"
                       "sessions ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8\n"
                       "check 3ecfe5bcc792e63755ac624b4cf7b3f0ef1d6f29503e9d6bd5952c7b2c65b513\n")
                       .value();
    // Computed with Python's hashlib.blake2b.
    EXPECT_EQ(blind_index(ring, "nhs_number", "9990123454"), "vjPPvnIjq_Ctxez30vqf2mnUWZ1V87NQpkId_WH6hpg");
}
