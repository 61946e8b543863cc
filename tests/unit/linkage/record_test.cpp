#include "linkage/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rowan::linkage {
namespace {

std::string name(std::string_view s) {
    std::string out;
    fold_name(s, out);
    return out;
}

TEST(Record, Dates_are_read_as_people_write_them) {
    const std::vector<std::pair<std::string, std::string>> table{{"2014-03-09", "2014-03-09"},
                                                                 {"20140309", "2014-03-09"},
                                                                 {"09032014", "2014-03-09"},
                                                                 {"20012018", "2018-01-20"},
                                                                 {"19992018", "1999-20-18"},
                                                                 {"9/3/2014", "2014-03-09"},
                                                                 {"09.03.14", "2014-03-09"},
                                                                 {"9 March 2014", "2014-03-09"},
                                                                 {"9th Mar 2014", "2014-03-09"},
                                                                 {"March 9, 2014", "2014-03-09"},
                                                                 {"2014-03-09T00:00:00", "2014-03-09"},
                                                                 {"2014-03-09 00:00", "2014-03-09"},
                                                                 {"2014-03", "2014-03"},
                                                                 {"March 2014", "2014-03"},
                                                                 {"03/2014", "2014-03"},
                                                                 {"2014", "2014"},
                                                                 {"31/02/2014", "2014-02-31"},
                                                                 {"", ""},
                                                                 {"unknown", ""},
                                                                 {"1900-01-01", ""},
                                                                 {"1900", ""},
                                                                 {"1900-05-17", "1900-05-17"},
                                                                 {"01/01/1753", ""},
                                                                 {"1899-12-30", ""},
                                                                 {"1743-04-13", "1743-04-13"},
                                                                 {"0204-05-17", ""},
                                                                 {"12", ""},
                                                                 {"99999999999", ""},
                                                                 {"9/3/99", "1999-03-09"}};
    for (const auto& [written, read] : table) EXPECT_EQ(parse_partial_date(written).text(), read) << written;
    const std::vector<std::pair<std::string, std::string>> american{
        {"3/9/2014", "2014-03-09"},     {"03092014", "2014-03-09"},      {"2014-03-09", "2014-03-09"},
        {"9 March 2014", "2014-03-09"}, {"March 9, 2014", "2014-03-09"}, {"03/2014", "2014-03"}};
    for (const auto& [written, read] : american)
        EXPECT_EQ(parse_partial_date(written, DateOrder::month_first).text(), read) << written;
    EXPECT_FALSE(parse_partial_date("31/02/2014").real());
    EXPECT_EQ(parse_partial_date("1970-01-02").days(), 1);
}

RC_GTEST_PROP(Record, Any_text_may_stand_where_a_date_should, (const std::string& s)) {
    const PartialDate d = parse_partial_date(s);
    RC_ASSERT(PartialDate::unpack(d.packed()) == d);
}

TEST(Record, Names_are_folded) {
    EXPECT_EQ(name("  O'Neill "), "oneill");
    EXPECT_EQ(name("Anne-Marie"), "anne marie");
    EXPECT_EQ(name("Mrs. Smith"), "smith");
    EXPECT_EQ(name("Unknown"), "");
    EXPECT_EQ(name("N/A"), "");
    EXPECT_EQ(name("\xC5\x81ukasz"), "lukasz");
    EXPECT_EQ(name("Zo\xC3\xAB"), "zoe");
}

TEST(Record, Who_has_no_name_yet_has_none) {
    const auto given = [](std::string_view text) {
        std::string out;
        fold_given_name(text, out);
        return out;
    };
    for (const char* nobody :
         {"Baby", "Unborn baby", "Twin 2", "TWIN ONE", "Baby (boy)", "Mother of", "Son of", "Unnamed", "Male"})
        EXPECT_EQ(given(nobody), "") << nobody;
    for (const char* name :
         {"Baby Rose", "Son", "Man", "Boyd", "Sonny", "Twinkle", "Manon", "One", "B", "2", "A", "Owen"})
        EXPECT_NE(given(name), "") << name;
    EXPECT_EQ(name("Child"), "child") << "a surname";
}

TEST(Record, Codes_phones_and_sexes_are_made_canonical) {
    std::string out;
    fold_code("ta1 1aa", out);
    EXPECT_EQ(out, "ta11aa");
    fold_phone("+44 7700 900123", out);
    EXPECT_EQ(out, "7700900123");
    fold_phone("07700 900123", out);
    EXPECT_EQ(out, "7700900123");
    fold_email(" A.B@Example.org ", out);
    EXPECT_EQ(out, "a.b@example.org");
    EXPECT_EQ(fold_sex("Female"), 'f');
    EXPECT_EQ(fold_sex("1"), 'm');
    EXPECT_EQ(fold_sex("9"), 0);
}

TEST(Record, Identifiers_are_checked) {
    EXPECT_TRUE(valid_nhs_number("9997654323"));
    EXPECT_FALSE(valid_nhs_number("9997654324"));
    EXPECT_FALSE(valid_nhs_number("0000000000"));
    EXPECT_FALSE(valid_nhs_number("999123456"));
    EXPECT_TRUE(valid_upn("a950000178301"));
    EXPECT_FALSE(valid_upn("b950000178301"));
    EXPECT_TRUE(valid_postcode("ta11aa"));
    EXPECT_FALSE(valid_postcode("zz993vz"));
    EXPECT_FALSE(valid_postcode("4011"));
}

}  // namespace
}  // namespace rowan::linkage
