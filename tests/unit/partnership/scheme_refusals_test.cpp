// A wrong scheme is refused at start with file, line, what is wrong and what to write (DESIGN.md 6).
// Each case changes one thing in a scheme that ships.
#include "partnership/scheme.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>

namespace rowan::partnership {
namespace {

struct Case {
    const char* name;
    const char* find;     // in solihull.toml, the first occurrence
    const char* replace;  // with
    const char* says;     // in the message
    int line_offset = 0;  // of the refusal, from the line where the change begins
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const Case kCases[] = {
    {"unknown_key", "strategy = ", "strategie = ", "unknown key \"strategie\" in the scheme; the keys are"},
    {"not_toml", "la_code = \"334\"", "la_code = 334\"", "line"},
    {"wrong_type", "la_code = \"334\"", "la_code = 334", "\"la_code\" in the scheme must be a text"},
    {"wrong_la_code", "la_code = \"334\"", "la_code = \"34\"", "la_code must be the three digits"},
    {"date_in_quotes", "valid_from = 2017-04-01", "valid_from = \"2017-04-01\"", "without quotation marks"},
    {"unknown_link_rule", "certain_links = \"propose\"", "certain_links = \"merge\"",
     "must be one of link, propose"},
    {"unknown_key_role", "[marking]", "[sign_in]\nsecurity_key_roles = [\"boss\"]\n[marking]",
     "there is no role \"boss\"", 1},
    {"dormant_for_ever", "[marking]", "[sign_in]\ndormant_days = 365\n[marking]", "dormant_days must be from 7",
     1},
    {"own_agency_unclear", "own_agency = \"full\"", "own_agency = \"perhaps\"", "must be one of full, signpost"},
    {"meeting_for_ever", "meeting_days_after = 10", "meeting_days_after = 61",
     "meeting_days_after must be from 0 to 60"},
    {"disclosed_for_ever", "disclosure_days = 28", "disclosure_days = 93", "disclosure_days must be from 1 to 92"},
    {"missing_marking", "[marking]\ntext = \"OFFICIAL-SENSITIVE\"", "[marking]", "marking needs \"text\""},
    {"missing_label", "rhi = \"WRI\"\n", "", "the label \"rhi\" is missing"},
    {"empty_label", "rhi = \"WRI\"", "rhi = \"\"", "the label \"rhi\" is empty"},
    {"unknown_label", "rhi = \"WRI\"", "rhi = \"WRI\"\nrih = \"WRI\"", "there is no label \"rih\"", 1},
    {"unknown_agency_type", "type = \"police\"", "type = \"constabulary\"",
     "the agency type \"constabulary\" is unknown; write one of", -3},
    {"agency_twice", "code = \"WMP\"", "code = \"SMBC\"", "the code \"SMBC\" is used twice in agencies"},
    {"code_with_blank", "code = \"WMP\"", "code = \"W M P\"", "cannot be stored; use 1 to 32 letters"},
    {"procedures_without_https", "procedures_url = \"https://", "procedures_url = \"http://",
     "procedures_url must be where"},
    {"procedures_without_host", "https://westmidlands.procedures.org.uk/", "https:///policies",
     "procedures_url must be where"},
    {"procedures_with_a_space", "https://westmidlands.procedures.org.uk/", "https://procedures.example/a b",
     "procedures_url must be where"},
    {"bad_phone", "phone = \"07700 900211\"", "phone = \"ring us\"", "is not a telephone number"},
    {"bad_email", "email = \"ppu@police.example\"", "email = \"ppu at police\"", "is not an e-mail address"},
    {"contact_without_way", "phone = \"07700 900211\", email = \"ppu@police.example\"", "hours = \"always\"",
     "needs a phone or an email"},
    {"bad_postcode", "\"B36\", \"B37\"", "\"B36\", \"North\"", "is not an outward code"},
    {"postcode_in_two_areas", "\"B36\", \"B37\"", "\"B36\", \"B90\"", "stands in two areas"},
    {"area_without_postcodes", "postcodes = [\"B36\", \"B37\"]", "", "has no postcodes"},
    {"no_blank_area", "kind = \"blank\"", "kind = \"inside\"\npostcodes = [\"B1\"]",
     "exactly one area must have kind = \"blank\""},
    {"unknown_area_kind", "kind = \"blank\"", "kind = \"empty\"", "must be one of blank, inside, outside"},
    {"postcodes_of_outside", "kind = \"outside\"", "kind = \"outside\"\npostcodes = [\"B1\"]",
     "remove its postcodes"},
    {"list_code_twice", "code = \"V02\", ", "code = \"V01\", ", "used twice in lists.vulnerabilities"},
    {"lost_parent", "parent = \"V02\"", "parent = \"V99\"", "the parent \"V99\" of \"V02a\" is not in this list"},
    {"missing_list", "linked_crimes = [", "crimes = [", "the list \"linked_crimes\" is missing"},
    {"unknown_list", "linked_crimes = [", "crimes = [", "and 1 more"},
    {"version_twice", "version = \"2008\"", "version = \"2017\"", "the version \"2017\" is used twice"},
    {"missing_flag", "code = \"CSE_risk\"", "code = \"CE_risk\"", "the flag \"CSE_risk\" is missing"},
    {"offender_in_table_1", "offender = true", "offender = true, table1 = true",
     "cannot count children in Table 1"},
    {"bands_overlap", "from = 5, to = 9", "from = 4, to = 9",
     "the band 0 to 4 and the band 4 to 9 overlap; let the second begin at 5"},
    {"bands_gap", "from = 5, to = 9", "from = 6, to = 9",
     "there is a gap between the band 0 to 4 and the band 6 to 9; let the second begin at 5"},
    {"bands_start", "from = 0, to = 4", "from = 1, to = 4", "the first band must begin at 0"},
    {"band_backwards", "from = 5, to = 9", "from = 5, to = 3", "runs backwards"},
    {"band_without_end", "from = 5, to = 9", "from = 5", "only the last band may be without \"to\""},
    {"last_band_with_end", "from = 15, code", "from = 15, to = 30, code", "the last band must have no upper end"},
    {"band_level", "level = \"2\"", "level = \"two\"", "the level \"two\" is unknown"},
    {"item_section", "section = \"moderate\", windows = { current_6m = 1 }, text = \"Involvement in offending\"",
     "section = \"middling\", windows = { current_6m = 1 }, text = \"Involvement in offending\"",
     "stands in section \"middling\", which this tool does not have"},
    {"item_window", "windows = { lifetime = 1 }", "windows = { ever = 1 }", "unknown key \"ever\" in windows"},
    {"item_without_window", "windows = { lifetime = 1 }", "windows = { }", "can never be ticked"},
    {"item_weight", "windows = { lifetime = 1 }", "windows = { lifetime = 21 }", "a weight is from 0 to 20"},
    {"item_negative", "windows = { lifetime = 1 }", "windows = { lifetime = -1 }", "weighs -1"},
    {"tool_family", "family = \"regional_12plus\"", "family = \"regional\"", "the family \"regional\" is unknown"},
    {"tool_age_gap", "age_to = 11", "age_to = 10", "there is no screening tool at age 11"},
    {"tool_age_overlap", "age_to = 11", "age_to = 12", "two screening tools serve at age 12"},
    {"tool_ages_backwards", "age_from = 0\nage_to = 11", "age_from = 12\nage_to = 11", "run backwards"},
    {"u12_age", "u12_age = 12", "u12_age = 11", "the tool of family U12 does not end one year below it"},
    {"tool_ended", "age_to = 11\nvalid_from = 2017-04-01",
     "age_to = 11\nvalid_from = 2017-04-01\nvalid_to = 2020-01-01",
     "there is no screening tool at age 0 on 2020-01-02"},
    {"risk_level_unknown", "    { code = \"pending\", label",
     "    { code = \"4\", label = \"Level 4\" },\n    { code = \"pending\", label",
     "there is no risk level \"4\""},
    {"risk_level_missing", "code = \"pending\", label", "code = \"1\", label",
     "the risk level \"pending\" is missing"},
    {"decision_unknown", "code = \"advice\", label", "code = \"consensual\", label",
     "there is no decision \"consensual\""},
    {"decision_needed", "code = \"strategy_s47\"", "code = \"cmog\"", "may not be left out"},
    {"parameter_range", "mase_review_months = 3 ", "mase_review_months = 4 ",
     "mase_review_months is 4; write a number from 1 to 3"},
    {"child_age_is_the_laws", "child_age = 18", "child_age = 16", "child_age is 16"},
    {"parameter_word", "cmog_weekday = \"wednesday\"", "cmog_weekday = \"sunday\"",
     "must be one of friday, monday"},
    {"parameters_order", "valid_from = 2022-12-13", "valid_from = 2016-12-13", "in the order of valid_from"},
    {"escalated_to_nobody", "rhi_escalate_to = [\"team_manager\"", "rhi_escalate_to = [\"analyst\"",
     "\"analyst\" is no role that sees return interviews"},
    {"parameter_unknown", "intel_review_days = 28", "intel_days = 28", "unknown key \"intel_days\" in parameters"},
    {"sharing_level", "signpost = \"read\"", "signpost = \"write\"", "must be one of none, read, signpost"},
    {"aggregate_signpost", "aggregate = \"read\"", "aggregate = \"signpost\"", "write none or read"},
    {"screening_without_identity", "identity = \"read\"", "identity = \"none\"", "people it may not identify"},
    {"no_purpose", "purpose = \"Prevent and detect crime against children, and protect them\"", "purpose = \"\"",
     "the rule for police shares without a purpose"},
    {"rule_twice", "agency_type = \"la_adults\"", "agency_type = \"police\"", "two rules for \"police\""},
    {"type_without_rule", "agency_type = \"yos\"", "agency_type = \"district\"", "two rules for \"district\""},
    {"retention_basis", "basis = \"birth\"", "basis = \"conception\"", "the basis \"conception\" is unknown"},
    {"retention_years", "years = 35", "years = 0", "years must be from 1 to 150"},
    {"body_unknown", "reports_to = \"steering\"", "reports_to = \"nobody\"", "which is no body here"},
    {"body_circle", "chair = \"Independent chair\"\nreports_to = \"\"",
     "chair = \"Independent chair\"\nreports_to = \"mase\"", "reports to itself in the end"},
    {"objective_unknown", "objective = \"4\"", "objective = \"5\"", "which is not in [[objectives]]"},
    {"measure_without_owner", "owner_role = \"Chair of CMOG\"", "owner_role = \"\"", "needs \"owner_role\""},
};

class Refusal : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Scheme, Refusal, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Refusal, names_the_file_and_says_what_is_wrong) {
    const Case& c = GetParam();
    std::string text(*shipped_scheme_text("solihull"));
    const auto at = text.find(c.find);
    ASSERT_NE(at, std::string::npos) << "the scheme no longer holds what this case changes";
    text.replace(at, std::string(c.find).size(), c.replace);
    const auto scheme = read_scheme(text, "solihull.toml");
    ASSERT_FALSE(scheme);
    EXPECT_EQ(scheme.error().kind, base::ErrorKind::invalid);
    EXPECT_EQ(scheme.error().message.rfind("solihull.toml line ", 0), 0u) << scheme.error().message;
    EXPECT_NE(scheme.error().message.find(c.says), std::string::npos) << scheme.error().message;
}

int line_in(const std::string& message) { return std::stoi(message.substr(message.find(" line ") + 6)); }

// The line is exact wherever something wrong stands in the file.
TEST(RefusalLine, is_the_line_of_the_fault) {
    const std::string good(*shipped_scheme_text("solihull"));
    for (const char* name : {"bands_overlap", "band_level", "item_weight", "lost_parent", "parameter_range",
                             "unknown_label", "wrong_type", "sharing_level", "list_code_twice"}) {
        const auto c = std::find_if(std::begin(kCases), std::end(kCases),
                                    [&](const Case& one) { return one.name == std::string(name); });
        std::string text = good;
        const auto at = text.find(c->find);
        text.replace(at, std::string(c->find).size(), c->replace);
        const auto expected =
            1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n') + c->line_offset;
        const auto scheme = read_scheme(text, "solihull.toml");
        ASSERT_FALSE(scheme) << name;
        EXPECT_EQ(line_in(scheme.error().message), expected) << name << ": " << scheme.error().message;
    }
}

TEST(LoadScheme, reads_a_file_and_says_when_it_cannot) {
    const auto path = std::filesystem::path(testing::TempDir()) / "scheme_refusals.toml";
    std::ofstream(path, std::ios::binary) << *shipped_scheme_text("somerset");
    const auto scheme = load_scheme(path);
    ASSERT_TRUE(scheme) << scheme.error().message;
    EXPECT_EQ(scheme->code, "somerset");
    std::filesystem::remove(path);
    EXPECT_EQ(load_scheme(path).error().kind, base::ErrorKind::not_found);
}

TEST(ReadScheme, refuses_an_empty_file_and_a_huge_one) {
    EXPECT_FALSE(read_scheme("", "empty.toml"));
    EXPECT_EQ(read_scheme(std::string(5 * 1024 * 1024, '#'), "huge.toml").error().kind,
              base::ErrorKind::too_large);
}

TEST(ReadScheme, refuses_headers_that_break_the_toml_library) {
    for (const char* text :
         {"[[[1]]]", "a = 1\n[[[", "[[=", "[(", "[[ \"", "[", "[[", "[[\n", "a = ,", "a = [,]", "a = {,}"}) {
        const auto scheme = read_scheme(text, "bad.toml");
        ASSERT_FALSE(scheme) << text;
        EXPECT_EQ(scheme.error().message.rfind("bad.toml line ", 0), 0u) << scheme.error().message;
    }
}

TEST(ReadScheme, survives_any_damage_to_a_scheme) {
    rc::check("reads or refuses, with a line", [] {
        std::string text(*shipped_scheme_text("somerset"));
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size() - 1);
        const auto length = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(60, text.size() - at));
        text.replace(at, length, *rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
        const auto scheme = read_scheme(text, "damaged.toml");
        const bool fine = scheme.ok() || scheme.error().message.rfind("damaged.toml line ", 0) == 0;
        RC_ASSERT(fine);
    });
}

}  // namespace
}  // namespace rowan::partnership
