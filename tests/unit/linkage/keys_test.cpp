#include "linkage/keys.h"
#include "people.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace rowan::linkage {
namespace {

SipKey counting() {
    SipKey key;
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    return key;
}

Normal person(std::string given, std::string family, PartialDate born, std::string postcode) {
    Normal n;
    n.given = std::move(given), n.family = std::move(family), n.date_of_birth = born,
    n.postcode = std::move(postcode), n.sex = 'f';
    return n;
}

TEST(Keys, Siphash_gives_the_published_vectors) {
    // Appendix A of the SipHash paper: key 00…0f, message 00…0e; and the first of its table, the empty message.
    std::string message(15, '\0');
    std::iota(message.begin(), message.end(), '\0');
    EXPECT_EQ(siphash(counting(), message), 0xa129ca6149be45e5ULL);
    EXPECT_EQ(siphash(counting(), ""), 0x726fdb47dd0e0e31ULL);
}

RC_GTEST_PROP(Keys, The_fast_encoder_equals_the_slow_reference,
              (const std::string& given, const std::string& family, const std::string& postcode)) {
    const Encoder encoder(counting());
    const auto year = static_cast<std::uint16_t>(*rc::gen::inRange(0, 2030));
    Normal n = person(given, family, {year, 5, 17}, postcode);
    RC_ASSERT(encoder.encode(n) == encoder.encode_plainly(n));
}

TEST(Keys, What_is_remembered_from_one_record_to_the_next_changes_no_key) {
    const Encoder encoder(counting());
    KeyMaker maker(encoder);
    for (int i = 0; i < 500; ++i) {
        const std::string name = "na" + std::string(1, static_cast<char>('a' + i % 26)) +
                                 (i % 7 == 0 ? "-\xC3\xA9" : " o") + std::to_string(i % 11);
        Normal n = person(name, "fam" + std::to_string(i),
                          {static_cast<std::uint16_t>(i % 5 == 0 ? 0 : 1895 + i),
                           static_cast<std::uint8_t>(i % 13), static_cast<std::uint8_t>(i % 32)},
                          "ta1" + std::to_string(i));
        n.sex = i % 3 == 0 ? 'f' : 0;
        ASSERT_EQ(maker.encode(n), encoder.encode_plainly(n)) << i;
    }
}

TEST(Keys, A_middle_name_belongs_to_the_given_name) {
    Population p;
    Record r;
    r.given_names = "Anna", r.middle_names = "Rose", r.family_name = "Price";
    const std::uint32_t apart = p.add(p.pack(normalise(r)));
    r.given_names = "Anna Rose", r.middle_names = "";
    const std::uint32_t together = p.add(p.pack(normalise(r)));
    const Encoder encoder(counting());
    EXPECT_EQ(encoder.encode(normal_of(p, apart)), encoder.encode(normal_of(p, together)));
}

TEST(Keys, A_decoy_is_of_nobody_and_yet_as_alike_to_people_as_people_are) {
    std::vector<Normal> people;
    for (int i = 0; i < 50; ++i)
        people.push_back(
            person("given" + std::to_string(i), "family" + std::to_string(i),
                   {static_cast<std::uint16_t>(2000 + i % 20), 5, static_cast<std::uint8_t>(1 + i % 28)},
                   "ta" + std::to_string(i)));
    const auto of = [&](std::uint32_t i) { return people[i]; };
    const Encoder encoder(counting());
    double nearest = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Normal decoy = nobody(seed, 50, of), again = nobody(seed, 50, of);
        EXPECT_EQ(encoder.encode(decoy), encoder.encode(again));
        const auto has = [&](auto field) { return std::any_of(people.begin(), people.end(), field); };
        EXPECT_TRUE(has([&](const Normal& p) { return p.given == decoy.given; }));
        EXPECT_TRUE(has([&](const Normal& p) { return p.family == decoy.family; }));
        EXPECT_TRUE(has([&](const Normal& p) { return p.date_of_birth == decoy.date_of_birth; }));
        for (const Normal& p : people) nearest = std::max(nearest, dice(encoder.encode(p), encoder.encode(decoy)));
    }
    EXPECT_GT(nearest, 0.5);  // noise never comes so near
}

TEST(Keys, Every_way_of_counting_finds_the_same_pairs) {
    const Encoder encoder(counting());
    std::vector<Key> left, right;
    for (std::uint64_t i = 0; i < 150; ++i)
        left.push_back(encoder.noise(i % 90, 100 + i)), right.push_back(encoder.noise(i, 120 + i / 2));
    for (const double threshold : {0.0, 0.3, 0.6, 1.0}) {
        const auto pairs = alike_keys(left, right, threshold);
        EXPECT_EQ(pairs, alike_keys(left, right, threshold, Counting::plain));
        std::size_t by_hand = 0;
        for (const Key& a : left)
            for (const Key& b : right) by_hand += dice(a, b) >= threshold;
        EXPECT_EQ(pairs.size(), by_hand) << threshold;
    }
    EXPECT_TRUE(alike_keys(left, {}, 0.5).empty());
    EXPECT_TRUE(alike_keys({}, right, 0.5).empty());
}

TEST(Keys, Alike_records_have_alike_keys_and_others_have_not) {
    const Encoder encoder(counting());
    const Key a = encoder.encode(person("saoirse", "okonkwo price", {2012, 5, 17}, "ta11aa"));
    EXPECT_EQ(dice(a, a), 1);
    EXPECT_GT(dice(a, encoder.encode(person("saoirse", "okonkwo prise", {2012, 5, 17}, "ta11aa"))), 0.8);
    EXPECT_LT(dice(a, encoder.encode(person("leonard", "gutteridge", {2009, 11, 2}, "ba27qq"))), 0.5);
    EXPECT_EQ(dice(Key{}, Key{}), 0);
}

RC_GTEST_PROP(Keys, Matching_finds_what_comparing_all_by_hand_finds, ()) {
    // Random keys of 60 to 600 bits, a low bar: every likeness the fast loop gives is the plain function's.
    const Encoder encoder(counting());
    std::vector<Key> left, right;
    for (std::uint64_t i = 0; i < 12; ++i) {
        left.push_back(encoder.noise(*rc::gen::inRange<std::uint64_t>(0, 20),
                                     static_cast<std::size_t>(*rc::gen::inRange(60, 600))));
        right.push_back(encoder.noise(*rc::gen::inRange<std::uint64_t>(0, 20),
                                      static_cast<std::size_t>(*rc::gen::inRange(60, 600))));
    }
    std::vector<KeyPair> all, expected;
    for (std::uint32_t i = 0; i < 12; ++i)
        for (std::uint32_t j = 0; j < 12; ++j)
            if (dice(left[i], right[j]) >= 0.4) all.push_back({i, j, dice(left[i], right[j])});
    std::sort(all.begin(), all.end(), [](const KeyPair& a, const KeyPair& b) {
        return a.likeness != b.likeness ? a.likeness > b.likeness
                                        : std::pair(a.left, a.right) < std::pair(b.left, b.right);
    });
    std::vector<bool> l(12), r(12);
    for (const KeyPair& p : all)
        if (!l[p.left] && !r[p.right]) l[p.left] = r[p.right] = true, expected.push_back(p);
    RC_ASSERT(match_keys(left, right, 0.4) == expected);
}

TEST(Keys, Another_secret_gives_keys_that_do_not_meet) {
    const Normal n = person("saoirse", "okonkwo", {2012, 5, 17}, "ta11aa");
    SipKey other = counting();
    other[3] ^= 1;
    EXPECT_LT(dice(Encoder(counting()).encode(n), Encoder(other).encode(n)), 0.5);
    EXPECT_EQ(bits_of(Encoder(other).noise(7, 300)), 300);
}

TEST(Keys, Matching_is_one_to_one_and_takes_the_most_alike_first) {
    const Encoder encoder(counting());
    std::vector<Key> left, right;
    for (int i = 0; i < 40; ++i) {
        const std::string name = "given" + std::to_string(i * 7919),
                          family = "family" + std::to_string(i * 104729);
        const PartialDate born{static_cast<std::uint16_t>(2005 + i % 12), static_cast<std::uint8_t>(1 + i % 12),
                               3};
        left.push_back(encoder.encode(person(name, family, born, "ta11aa")));
        right.push_back(encoder.encode(person(name + (i % 3 == 0 ? "x" : ""), family, born, "ta11aa")));
    }
    const auto pairs = match_keys(left, right, 0.7);
    EXPECT_EQ(pairs.size(), 40U);
    for (const KeyPair& p : pairs) EXPECT_EQ(p.left, p.right);
    for (std::size_t i = 1; i < pairs.size(); ++i) EXPECT_LE(pairs[i].likeness, pairs[i - 1].likeness);
    EXPECT_TRUE(match_keys({}, right, 0.7).empty());
}

}  // namespace
}  // namespace rowan::linkage
