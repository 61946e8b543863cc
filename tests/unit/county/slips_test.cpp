// Names and slips: what makes the county hard for linkage.
#include "county/names.h"
#include "county/numbers.h"
#include "county/slips.h"

#include "base/identifiers.h"
#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

namespace rowan::county {
namespace {

TEST(Random, spreads_evenly_and_by_weight) {
    Random r(1, 2);
    int low = 0;
    std::array<int, 3> chosen{};
    for (int i = 0; i < 10'000; ++i) {
        low += r.unit() < 0.25;
        ++chosen[r.weighted(std::array{1.0, 0.0, 3.0})];
    }
    EXPECT_NEAR(low, 2500, 150);
    EXPECT_NEAR(chosen[0], 2500, 150);
    EXPECT_EQ(chosen[1], 0);
}

TEST(Random, differs_by_seed_and_stream) {
    EXPECT_EQ(Random(1, 2).next(), Random(1, 2).next());
    EXPECT_NE(Random(1, 2).next(), Random(2, 2).next());
    EXPECT_NE(Random(1, 2).next(), Random(1, 3).next());
}

TEST(Names, nicknames_are_British_and_spellings_go_both_ways) {
    const auto& will = nicknames_of("William");
    EXPECT_NE(std::find(will.begin(), will.end(), "Bill"), will.end());
    EXPECT_TRUE(nicknames_of("Nobody").empty());
    const auto& others = spellings_of("Mohamed");
    EXPECT_NE(std::find(others.begin(), others.end(), "Muhammad"), others.end());
}

TEST(Names, accents_are_dropped_and_nothing_else) {
    EXPECT_EQ(without_accents("Łukasz Wójcik"), "Lukasz Wojcik");
    EXPECT_EQ(without_accents("Ștefan"), "Stefan");
    EXPECT_EQ(without_accents("O'Neill-Smith"), "O'Neill-Smith");
}

TEST(Names, every_community_names_its_children_in_letters) {
    for (const Community& c : communities()) {
        Lineage l;
        l.community = &c;
        Random r(7, 1);
        for (int i = 0; i < 200; ++i) {
            l.father_given = c.boys[r.below(c.boys.size())];
            l.father_family = make_surname(r, c);
            l.mother_family = make_surname(r, c);
            const Name n = make_name(r, l, i % 2 ? Sex::male : Sex::female, {}, {});
            EXPECT_GT(n.given.size(), 0u) << c.code;
            EXPECT_GT(n.family.size(), 1u) << c.code;
            EXPECT_TRUE(base::is_utf8(n.given + n.middle + n.family)) << c.code;
            EXPECT_FALSE(base::fold(n.given + n.family).empty()) << c.code;
        }
    }
}

TEST(Names, polish_daughters_of_Kowalski_are_Kowalska) {
    for (const Community& c : communities()) {
        if (c.code != "polish") continue;
        Random r(1, 1);
        const Lineage l{&c, "Jan", "Kowalski", "Nowak"};
        EXPECT_EQ(make_name(r, l, Sex::female, {}, {}).family, "Kowalska");
        EXPECT_EQ(make_name(r, l, Sex::male, {}, {}).family, "Kowalski");
    }
}

TEST(Names, brothers_and_sisters_have_different_given_names) {
    Random r(3, 3);
    for (int i = 0; i < 500; ++i) {
        const Lineage l = make_lineage(r);
        std::vector<std::string> used;
        for (int k = 0; k < 4; ++k) {
            const Name n = make_name(r, l, Sex::male, used, {});
            EXPECT_TRUE(n.given == "Muhammad" || std::count(used.begin(), used.end(), n.given) == 0) << n.given;
            used.push_back(n.given);
        }
    }
}

TEST(Names, stay_in_utf8_however_offices_rewrite_them) {
    rc::check("rewriting and slips keep UTF-8", [](std::uint64_t seed) {
        Random r(seed, 1);
        const Lineage l = make_lineage(r);
        Name n = make_name(r, l, r.chance(0.5) ? Sex::male : Sex::female, {}, {});
        rewrite_for_office(r, l.community->style, n, l);
        RC_ASSERT(base::is_utf8(n.given) && base::is_utf8(n.family));
        RC_ASSERT(base::is_utf8(mistyped(r, n.given)) && base::is_utf8(misread(r, n.family)));
    });
}

TEST(Slips, change_a_word_a_little) {
    Random r(5, 5);
    int changed = 0;
    for (int i = 0; i < 500; ++i) {
        const std::string word = mistyped(r, "Katherine");
        changed += word != "Katherine";
        EXPECT_GE(word.size(), 8u);
        EXPECT_LE(word.size(), 10u);
    }
    EXPECT_GT(changed, 450);
}

TEST(Slips, of_the_pen_in_dates_are_real_dates_and_rare) {
    const Date born = std::chrono::year{2005} / 3 / 11, today = std::chrono::year{2018} / 1 / 9;
    Random r(6, 6);
    int wrong = 0, none = 0;
    std::set<std::string> kinds;
    for (int i = 0; i < 20'000; ++i) {
        const auto date = office_date(r, office_of(AgencyKind::police), born, today);
        if (!date) {
            ++none;
            continue;
        }
        EXPECT_TRUE(date->ok());
        if (*date != born) {
            ++wrong;
            kinds.insert(base::to_iso(*date));
        }
    }
    EXPECT_NEAR(none / 20'000.0, 0.029, 0.008);
    EXPECT_NEAR(wrong / 20'000.0, 0.045, 0.012);
    EXPECT_TRUE(kinds.count("2005-11-03")) << "day and month exchanged";
    EXPECT_TRUE(kinds.count("2005-01-01")) << "1 January";
    EXPECT_TRUE(kinds.count("2005-03-21")) << "one digit";
}

TEST(Slips, S_079_postcodes_go_missing) {
    Random r(8, 8);
    std::map<std::string, int> seen;
    for (int i = 0; i < 10'000; ++i)
        ++seen[office_postcode(r, office_of(AgencyKind::education), "TA1 1AA", "BA5 2BB", 0.1)];
    EXPECT_NEAR(seen[""], 720, 120);
    EXPECT_NEAR(seen["ZZ99 9ZZ"], 220, 70);
    EXPECT_NEAR(seen["BA5 2BB"], 4000, 300) << "the old address stays in the file";
}

TEST(Numbers, are_valid_and_unique_whatever_the_seed) {
    rc::check("NHS numbers and UPNs", [](std::uint64_t seed) {
        std::set<std::string> nhs, upn;
        std::size_t given = 0;
        for (std::uint64_t child = 0; child < 300; ++child) {
            const std::string n = nhs_number(seed, child), u = make_upn(seed, child, "334", 2011);
            if (!n.empty()) {
                ++given;
                nhs.insert(n);
                RC_ASSERT(base::parse_nhs_number(n).ok() && n.substr(0, 3) == "999");
            }
            upn.insert(u);
            RC_ASSERT(base::parse_upn(u).ok());
        }
        RC_ASSERT(nhs.size() == given);
        RC_ASSERT(upn.size() == 300u);
    });
}

TEST(Numbers, end_where_the_ranges_end) {
    EXPECT_EQ(nhs_number(1, 1'000'000), "");
    EXPECT_EQ(make_upn(1, 10'000'000, "933", 2011), "");
}

}  // namespace
}  // namespace rowan::county
