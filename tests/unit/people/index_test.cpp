// Finding people: names in any order and spelling, dates as people write them, numbers, postcodes, phones.
#include "support/people.h"

#include <gtest/gtest.h>

namespace rowan::people {
namespace {

using namespace support;

class Search : public ::testing::Test {
protected:
    PeopleIndex index;
    Identity robert;

    void SetUp() override {
        robert = somebody("Robert James", "O'Sullivan", "2004-05-09");
        robert.nhs_number = "9990000018";
        robert.upn = "A950000178301";
        robert.phone = "+447700900123";
        robert.postcode = "B91 3QB";
        put("robert", robert);
        put("amina", somebody("Amina", "Rahman", "2003-02-11"));
        put("zoe", somebody("Zoë", "Çelik", "2005-12-01"));
        put("noor", somebody("نور", "حسن", "2006-07-07"));
        put("li", somebody("Wei", "Li", "2004-01-02"));
        for (int i = 0; i < 40; ++i) put("other" + std::to_string(i), somebody("Casey", "Marsh", "2001-01-01"));
    }
    void put(const std::string& id, const Identity& who) {
        IndexedRecord record;
        record.id = record.person = id;
        record.agency = "SMBC";
        record.ref = "P-" + id;
        record.identity = who;
        index.put(record);
    }
    std::string first(std::string_view words) {
        const auto found = index.search(words, 5);
        return found.empty() ? "" : found.front().person;
    }
    bool specific(std::string_view words) {
        const auto found = index.search(words, 1);
        return !found.empty() && found.front().specific;
    }
};

TEST_F(Search, S_053_names_in_any_order_case_and_spelling) {
    for (const auto* words : {"Robert O'Sullivan", "osullivan robert", "O’SULLIVAN", "Robert James O Sullivan",
                              "Robrt Osullivan", "Robert Osulivan", "  robert   o'sullivan  "})
        EXPECT_EQ("robert", first(words)) << words;
    for (const auto* words : {"Amina Rahman", "Rahman Amina", "amina rehman", "Aminah Rahman", "Amin Rahman"})
        EXPECT_EQ("amina", first(words)) << words;
}

TEST_F(Search, nicknames_find_the_name) {
    EXPECT_EQ("robert", first("Bob O'Sullivan"));
    EXPECT_EQ("robert", first("Bobby Osullivan"));
    EXPECT_EQ("robert", first("Rob Osullivan"));
}

TEST_F(Search, letters_with_and_without_marks_are_alike) {
    for (const auto* words : {"Zoë Çelik", "zoe celik", "ZOE CELIK", "Zoe\xCC\x88 Celik"})
        EXPECT_EQ("zoe", first(words)) << words;
}

TEST_F(Search, other_scripts_are_names_too) {
    EXPECT_EQ("noor", first("نور حسن"));
    EXPECT_EQ("noor", first("حسن"));
}

TEST_F(Search, dates_of_birth_as_people_write_them) {
    for (const auto* words :
         {"09/05/2004", "9.5.2004", "9-5-2004", "2004-05-09", "9 May 2004", "Robert 09/05/2004"})
        EXPECT_EQ("robert", first(words)) << words;
    EXPECT_EQ("", first("31/02/2004"));
}

TEST_F(Search, numbers_with_and_without_spaces) {
    for (const auto* words : {"9990000018", "999 000 0018", "999-000-0018"})
        EXPECT_EQ("robert", first(words)) << words;
    EXPECT_EQ("robert", first("A950000178301"));
    EXPECT_EQ("robert", first("a950000178301"));
    for (const auto* words : {"07700 900123", "+44 7700 900123", "07700900123"})
        EXPECT_EQ("robert", first(words)) << words;
    for (const auto* words : {"B91 3QB", "b913qb"}) EXPECT_EQ("robert", first(words)) << words;
    EXPECT_EQ("robert", first("P-robert"));
}

TEST_F(Search, nothing_is_found_for_nothing_and_for_noise) {
    for (const auto* words :
         {"", " ", "'", "😀", "😀😀😀", "\xE2\x80\xAE", "zzzzqqqq", "9990000026", "x", "--", "%", "P-"})
        EXPECT_EQ("", first(words)) << words;
    EXPECT_EQ("", first(std::string(300, 'q')));
    std::string long_words;
    for (int i = 0; i < 300; ++i) long_words += "qx ";
    EXPECT_EQ("", first(long_words));
    EXPECT_EQ("amina", first("Amina 😀 Rahman"));
    EXPECT_TRUE(index.search("Amina Rahman", 0).empty());
}

TEST_F(Search, S_053_only_words_that_name_one_person_are_specific) {
    EXPECT_TRUE(specific("999 000 0018"));
    EXPECT_TRUE(specific("A950000178301"));
    EXPECT_TRUE(specific("Robert 09/05/2004"));
    EXPECT_TRUE(specific("Robert 09/05/2004 B91 3QB")) << "saying more is not less specific";
    EXPECT_TRUE(specific("Li 02/01/2004")) << "short names are names";
    EXPECT_FALSE(specific("09/05/2004"));
    EXPECT_FALSE(specific("Ro 09/05/2004")) << "two letters and a birthday are a way to fish";
    EXPECT_FALSE(specific("Robert O'Sullivan"));
    EXPECT_FALSE(specific("B91 3QB"));
    EXPECT_FALSE(specific("07700 900123"));
}

TEST_F(Search, the_best_comes_first_and_the_limit_holds) {
    EXPECT_EQ(3u, index.search("Casey Marsh", 3).size());
    put("casey", somebody("Casey", "Marshe", "2002-02-02"));
    EXPECT_EQ("casey", first("Casey Marshe"));
}

TEST_F(Search, a_record_that_changes_is_found_by_the_new_words_only) {
    put("amina", somebody("Amina", "Begum", "2003-02-11"));
    EXPECT_EQ("", first("Rahman"));
    EXPECT_EQ("amina", first("Begum"));
    EXPECT_EQ(45u, index.records());
}

TEST_F(Search, linked_records_are_one_person_found_once) {
    index.set_root("zoe", "amina");
    EXPECT_EQ("amina", first("Zoe Celik"));
    EXPECT_EQ(2u, index.records_of("amina").size());
    EXPECT_TRUE(index.records_of("zoe").empty());
    index.set_root("zoe", "zoe");
    EXPECT_EQ("zoe", first("Zoe Celik"));
    EXPECT_EQ(1u, index.records_of("amina").size());
    EXPECT_EQ(45u, index.people());
}

TEST_F(Search, matches_leave_out_the_record_itself_and_its_own_cluster) {
    put("twin", robert);
    auto matched = [&] {
        for (const auto& match : index.matches(robert, "robert", kLeastWeight, kMostProposals))
            if (match.record == "twin") return true;
        return false;
    };
    EXPECT_TRUE(matched());
    for (const auto& match : index.matches(robert, "robert", kLeastWeight, 50)) EXPECT_NE("robert", match.record);
    index.set_root("twin", "robert");
    EXPECT_FALSE(matched());
}

TEST_F(Search, the_same_valid_nhs_number_is_certain_unless_something_contradicts) {
    auto certain = [&](const Identity& who) {
        for (const auto& match : index.matches(who, "", kLeastWeight, kMostProposals))
            if (match.record == "robert") return match.certain;
        return false;
    };
    EXPECT_TRUE(certain(robert));
    auto other_day = robert;
    other_day.born = day("1991-11-30");
    other_day.upn.clear();
    other_day.given_names = "Grace";
    EXPECT_FALSE(certain(other_day));
    auto other_number = robert;
    other_number.nhs_number = "9990000026";
    EXPECT_FALSE(certain(other_number)) << "two valid numbers that differ contradict a shared UPN";
}

}  // namespace
}  // namespace rowan::people
