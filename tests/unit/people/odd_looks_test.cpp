// Looking that somebody should ask about: the rules, and a quarter of a year with snoopers in it.
#include "people/odd_looks.h"

#include <gtest/gtest.h>

#include <random>

namespace rowan::people {
namespace {

using namespace std::chrono_literals;

base::Instant noon() { return *base::parse_instant("2018-03-26T12:00:00.000Z"); }
Seen look(const std::string& user, base::Instant at, const std::string& person,
          const std::string& family = "other", const std::string& postcode = "TA9 9ZZ") {
    return {
        .user = user, .at = at, .person = person, .family_names = {family}, .postcodes = {postcode}, .query = ""};
}
std::vector<OddKind> kinds(const Watched& who, const std::vector<Seen>& seen) {
    std::vector<OddKind> out;
    for (const auto& each : odd_looks({who}, seen)) out.push_back(each.kind);
    return out;
}
const Watched kAda{
    .user = "ada", .family_names = {"quillby"}, .postcodes = {"TA1 1AA"}, .own_queries = {"digest of ada"}};
using Kinds = std::vector<OddKind>;

TEST(OddLooks, each_rule_finds_what_it_says_and_nothing_else) {
    EXPECT_EQ(Kinds{}, kinds(kAda, {look("ada", noon(), "1")}));
    EXPECT_EQ(Kinds{OddKind::own_family_name}, kinds(kAda, {look("ada", noon(), "1", "quillby")}));
    EXPECT_EQ(Kinds{}, kinds(kAda, {look("ben", noon(), "1", "quillby")})) << "another's look";
    EXPECT_EQ(Kinds{OddKind::own_street}, kinds(kAda, {look("ada", noon(), "1", "other", "TA1 1AA")}));
    EXPECT_EQ(Kinds{OddKind::themselves}, kinds(kAda, {{.user = "ada",
                                                        .at = noon(),
                                                        .person = "",
                                                        .family_names = {},
                                                        .postcodes = {},
                                                        .query = "digest of ada"}}));
    EXPECT_EQ(Kinds{}, kinds(kAda, {{.user = "ada",
                                     .at = noon(),
                                     .person = "",
                                     .family_names = {},
                                     .postcodes = {},
                                     .query = "digest of ben"}}));
}

TEST(OddLooks, twenty_people_within_ten_minutes) {
    const auto many = [&](int people, std::chrono::seconds apart) {
        std::vector<Seen> seen;
        for (int i = 0; i < people; ++i) seen.push_back(look("ada", noon() + apart * i, std::to_string(i)));
        return kinds(kAda, seen);
    };
    EXPECT_EQ(Kinds{OddKind::in_a_row}, many(20, 30s));
    EXPECT_EQ(Kinds{}, many(19, 1s));
    EXPECT_EQ(Kinds{}, many(100, 32s)) << "a busy day is no race";
    std::vector<Seen> same(50, look("ada", noon(), "1"));
    EXPECT_EQ(Kinds{}, kinds(kAda, same)) << "the same person again and again";
}

TEST(OddLooks, five_people_at_night_by_the_clock_of_london) {
    const auto from = [&](const char* at) {
        std::vector<Seen> seen;
        for (int i = 0; i < 5; ++i) seen.push_back(look("ada", *base::parse_instant(at), std::to_string(i)));
        return kinds(kAda, seen);
    };
    EXPECT_EQ(Kinds{OddKind::at_night}, from("2018-03-26T21:00:00.000Z")) << "ten in the evening in summer time";
    EXPECT_EQ(Kinds{}, from("2018-03-20T21:00:00.000Z")) << "nine in winter time";
    EXPECT_EQ(Kinds{OddKind::at_night}, from("2018-03-26T04:59:00.000Z"));
    EXPECT_EQ(Kinds{}, from("2018-03-26T05:00:00.000Z"));
}

TEST(OddLooks, a_finding_says_how_many_people_and_when) {
    const auto found =
        odd_looks({kAda}, {look("ada", noon(), "1", "quillby"), look("ada", noon() + 1h, "1", "quillby"),
                           look("ada", noon() + 2h, "2", "quillby")});
    ASSERT_EQ(1u, found.size());
    EXPECT_EQ(2u, found[0].count);
    EXPECT_EQ(noon(), found[0].first);
    EXPECT_EQ(noon() + 2h, found[0].last);
    EXPECT_EQ("looked at somebody of their own family name", sentence_of(found[0].kind));
}

// SECURITY.md section 4 (St Helens, Redcar, Stockport) and goal 32: thirteen weeks of a thousand honest people,
// each with twelve people of four hundred families a week, and twenty who look at their own.
TEST(OddLooks, snoopers_are_found_among_a_thousand_who_are_not) {
    std::mt19937 random(11);
    const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    std::size_t found = 0, false_alarms = 0, snooping = 0;
    std::vector<Watched> staff;
    for (int i = 0; i < 1000; ++i)
        staff.push_back({.user = std::to_string(i),
                         .family_names = {"staff" + std::to_string(i)},
                         .postcodes = {},
                         .own_queries = {"q" + std::to_string(i)}});
    // One in a hundred bears a name that is common among those looked at.
    for (int i = 0; i < 10; ++i) staff[static_cast<std::size_t>(i)].family_names = {"family" + std::to_string(i)};
    for (int week = 0; week < 13; ++week) {
        std::vector<Seen> seen;
        const auto monday = noon() + std::chrono::days{7 * week};
        for (const auto& who : staff)
            for (int i = 0; i < 12; ++i)
                seen.push_back(look(who.user,
                                    monday + std::chrono::days{pick(5)} + std::chrono::minutes{pick(240)},
                                    "p" + std::to_string(pick(100'000)), "family" + std::to_string(pick(400))));
        std::set<std::string> guilty;
        for (int i = 0; i < 20; ++i) {
            const auto user = std::to_string(500 + i * 7 + week);
            guilty.insert(user);
            if (i % 4 == 0) seen.push_back(look(user, monday, "own", "staff" + user));
            if (i % 4 == 1)
                seen.push_back({.user = user,
                                .at = monday,
                                .person = "",
                                .family_names = {},
                                .postcodes = {},
                                .query = "q" + user});
            if (i % 4 == 2)
                for (int n = 0; n < 25; ++n)
                    seen.push_back(look(user, monday + std::chrono::seconds{20 * n}, "row" + std::to_string(n)));
            if (i % 4 == 3)
                for (int n = 0; n < 6; ++n)
                    seen.push_back(
                        look(user, monday + 11h + std::chrono::minutes{n}, "night" + std::to_string(n)));
        }
        std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
        std::set<std::string> named;
        for (const auto& each : odd_looks(staff, seen)) named.insert(each.user);
        snooping += guilty.size();
        for (const auto& user : named) (guilty.contains(user) ? found : false_alarms) += 1;
    }
    EXPECT_GE(found * 100, snooping * 95) << found << " of " << snooping;
    EXPECT_LE(false_alarms, 5u * 13) << "at most five a week among a thousand";
}

}  // namespace
}  // namespace rowan::people
