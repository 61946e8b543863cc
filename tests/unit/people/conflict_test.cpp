// Who of the staff may have to do with somebody in the index: pure (people/conflict.h).
#include "people/conflict.h"

#include <gtest/gtest.h>

namespace rowan::people {
namespace {

Identity child(std::string given, std::string family) {
    Identity out;
    out.given_names = std::move(given);
    out.family_name = std::move(family);
    return out;
}
Ties ties(const Identity& who, const partnership::Interests& interests) {
    return ties_between(conflict_keys(who, {}), conflict_keys(interests));
}
Ties by_name(const Identity& who, const std::string& staff) {
    return ties(who, {.names = {staff}, .phones = {}, .homes = {}});
}

TEST(Conflict, the_same_name_in_any_order_case_spelling_of_marks_and_with_short_forms) {
    EXPECT_EQ(kTieName, by_name(child("Katherine", "O'Poole"), "katherine OPOOLE"));
    EXPECT_EQ(kTieName, by_name(child("Katherine", "Poole"), "Poole Katherine"));
    EXPECT_EQ(kTieName, by_name(child("Katherine Anne", "Poole"), "Katherine Poole")) << "a middle name left out";
    EXPECT_EQ(kTieName, by_name(child("Katherine", "Poole"), "Katherine Anne Poole"));
    EXPECT_EQ(kTieName, by_name(child("Katherine", "Poole"), "Kate Poole"));
    EXPECT_EQ(kTieName, by_name(child("Bob", "Quillby"), "Robert Quillby"));
    EXPECT_EQ(kTieName, by_name(child("Łukasz", "Wójcik"), "Lukasz Wojcik"));
    EXPECT_EQ(kTieName, by_name(child("Ana", "Okonjo-Hale"), "Ana Okonjo Hale"));
    EXPECT_EQ(0, by_name(child("Katherine", "Poole"), "Katherine Pool")) << "spelling is not forgiven";
    EXPECT_EQ(0, by_name(child("Katherine", "Poole"), "Thomas Poole")) << "a family name alone is no conflict";
    EXPECT_EQ(0, by_name(child("Katherine", ""), "Katherine Poole"));
    EXPECT_EQ(0, by_name(child("", ""), ""));
}

TEST(Conflict, other_names_of_the_person_count) {
    auto who = child("Wilhelmina", "Quennell");
    who.known_as = "Billie";
    who.aliases = {"Ada Brackenbury", "Mina"};
    EXPECT_EQ(kTieName, by_name(who, "Billie Quennell"));
    EXPECT_EQ(kTieName, by_name(who, "Ada Brackenbury"));
    EXPECT_EQ(kTieName, by_name(who, "Mina Quennell"));
    EXPECT_EQ(0, by_name(who, "Ada Quennell"));
}

TEST(Conflict, the_same_home_and_the_same_telephone) {
    auto who = child("Wilhelmina", "Quennell");
    who.address = "Flat 3, 12 Mill Lane";
    who.postcode = "TA1 1AA";
    who.phone = "+447700900123";
    EXPECT_EQ(kTieHome,
              ties(who, {.names = {"Ada Brackenbury"}, .phones = {}, .homes = {{"12 mill ln", "TA1 1AA"}}}));
    EXPECT_EQ(0, ties(who, {.names = {}, .phones = {}, .homes = {{"14 Mill Lane", "TA1 1AA"}}}))
        << "a neighbour is not a conflict";
    EXPECT_EQ(0, ties(who, {.names = {}, .phones = {}, .homes = {{"12 Mill Lane", "TA1 1AB"}}}));
    EXPECT_EQ(kTiePhone, ties(who, {.names = {}, .phones = {"+447700900123"}, .homes = {}}));
    EXPECT_EQ(0, ties(who, {.names = {}, .phones = {"+447700900124"}, .homes = {}}));
    EXPECT_EQ(kTieName | kTieHome | kTiePhone, ties(who, {.names = {"Wilhelmina Quennell"},
                                                          .phones = {"+447700900123"},
                                                          .homes = {{"12 Mill Lane", "TA1 1AA"}}}));
    who.address = "The Old Vicarage";
    EXPECT_EQ(kTieHome, ties(who, {.names = {}, .phones = {}, .homes = {{"the old vicarage", "TA1 1AA"}}}));
    who.address.clear();
    EXPECT_EQ(0, ties(who, {.names = {}, .phones = {}, .homes = {{"12 Mill Lane", "TA1 1AA"}}}))
        << "a postcode alone is a street";
}

TEST(Conflict, a_vehicle_that_came_up_about_the_person) {
    const auto who = child("Wilhelmina", "Quennell");
    const std::vector<std::string> came_up = {"digest-of-one", "digest-of-another"};
    const auto with = [&](const std::vector<std::string>& declared) {
        partnership::Interests own{.names = {"Ada Brackenbury"}, .phones = {}, .homes = {}};
        own.vehicles = declared;
        return ties_between(conflict_keys(who, came_up), conflict_keys(own));
    };
    EXPECT_EQ(kTieVehicle, with({"digest-of-another"}));
    EXPECT_EQ(0, with({"digest-of-a-third"}));
    EXPECT_EQ(0, with({}));
    partnership::Interests digits{.names = {}, .phones = {"digest-of-one"}, .homes = {}};
    EXPECT_EQ(0, ties_between(conflict_keys(who, came_up), conflict_keys(digits))) << "a telephone is no vehicle";
}

// SECURITY.md goal 33: planted pairs, exact, by another name and by the address alone.
TEST(Conflict, two_hundred_planted_pairs_are_all_found_and_nobody_else) {
    std::vector<Identity> subjects;
    std::vector<partnership::Interests> staff;
    for (int i = 0; i < 200; ++i) {
        const auto n =
            std::string(1, static_cast<char>('a' + i % 26)) + std::string(1, static_cast<char>('a' + i / 26));
        auto who = child("Zeb" + n, "Quor" + n);
        partnership::Interests own{.names = {"Vim" + n + " Trell" + n}, .phones = {}, .homes = {}};
        if (i % 3 == 0) own.names = {"Quor" + n + " Zeb" + n};
        if (i % 3 == 1) who.aliases = {"Vim" + n + " Trell" + n};
        if (i % 3 == 2) {
            who.address = std::to_string(i + 1) + " High Street";
            who.postcode = "TA1 1AA";
            own.homes = {{std::to_string(i + 1) + ", High St", "TA1 1AA"}};
        }
        subjects.push_back(who);
        staff.push_back(own);
    }
    for (int i = 0; i < 200; ++i)
        for (int j = 0; j < 200; ++j)
            EXPECT_EQ(i == j, ties(subjects[static_cast<std::size_t>(i)], staff[static_cast<std::size_t>(j)]) != 0)
                << i << " " << j;
}

TEST(Conflict, words_for_the_officer) {
    EXPECT_EQ("name, phone", ties_in_words(kTieName | kTiePhone));
    EXPECT_EQ("home", ties_in_words(kTieHome));
    EXPECT_EQ("home, vehicle", ties_in_words(kTieHome | kTieVehicle));
    for (const auto tie : {kTieName, kTieHome, kTiePhone, kTieVehicle})
        EXPECT_EQ(tie, tie_of(std::uint64_t{160} | tie));
}

}  // namespace
}  // namespace rowan::people
