// The two schemes that ship, and the look-ups that other rooms build on.
#include "partnership/scheme.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace rowan::partnership {
namespace {

using base::Date;
using namespace std::chrono_literals;

constexpr Date kInForce = 2017y / 10 / 2;

const Scheme& shipped(const std::string& code) {
    static std::map<std::string, Scheme> all;
    if (!all.count(code)) {
        auto scheme = shipped_scheme(code);
        if (!scheme) throw std::runtime_error(scheme.error().message);
        all.emplace(code, std::move(scheme).value());
    }
    return all.at(code);
}

std::string area(const Scheme& scheme, const std::string& postcode) {
    return scheme.area_of(base::parse_postcode(postcode)).code;
}

class EachScheme : public testing::TestWithParam<std::string> {
protected:
    const Scheme& scheme() const { return shipped(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Shipped, EachScheme, testing::Values("somerset", "solihull"),
                         [](const auto& info) { return info.param; });

TEST_P(EachScheme, is_without_fault) {
    for (const SchemeProblem& p : check_scheme(scheme())) ADD_FAILURE() << p.where << ": " << p.message;
}

TEST_P(EachScheme, inside_the_program_is_the_file_in_schemes) {
    std::ifstream file(std::string(ROWAN_SOURCE_DIR) + "/schemes/" + GetParam() + ".toml", std::ios::binary);
    ASSERT_TRUE(file);
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), shipped_scheme_text(GetParam()));
}

TEST_P(EachScheme, H_153_to_H_170_has_the_sixteen_vulnerabilities_with_their_parts) {
    std::map<std::string, int> parts;
    for (const Code& code : scheme().list("vulnerabilities"))
        if (code.code[0] == 'V') ++parts[code.parent.empty() ? code.code : code.parent];
    EXPECT_EQ(parts.size(), 16u);
    EXPECT_EQ(parts["V01"], 1 + 4);
    EXPECT_EQ(parts["V02"], 1 + 5);
    EXPECT_EQ(parts["V04"], 1 + 3);
}

TEST_P(EachScheme, H_172_to_H_185_has_the_fourteen_indicators) {
    EXPECT_EQ(scheme().list("indicators").size(), 14u);
    EXPECT_EQ(scheme().text_of("indicators", "I10"), "Receipt of gifts from unknown sources");
}

TEST_P(EachScheme, S_044_has_the_ten_linked_crimes) { EXPECT_EQ(scheme().list("linked_crimes").size(), 10u); }
TEST_P(EachScheme, S_143_has_the_eleven_points_of_interest) {
    EXPECT_EQ(scheme().list("points_of_interest").size(), 11u);
}
TEST_P(EachScheme, H_119_has_the_eight_things_received) {
    EXPECT_EQ(scheme().list("something_received").size(), 8u);
}
TEST_P(EachScheme, S_037_has_the_seven_imbalances_of_power) {
    EXPECT_EQ(scheme().list("power_imbalances").size(), 7u);
}
TEST_P(EachScheme, H_239_refers_for_exploitation_missing_or_both) {
    std::vector<std::string> codes;
    for (const Code& code : scheme().list("referral_reasons")) codes.push_back(code.code);
    EXPECT_EQ(codes, (std::vector<std::string>{"SE", "missing", "both"}));
}

TEST_P(EachScheme, S_029_and_H_119_hold_both_definitions_and_the_one_of_the_day) {
    EXPECT_EQ(scheme().definition_on(2016y / 5 / 1).version, "2008");
    EXPECT_EQ(scheme().definition_on(2017y / 2 / 16).version, "2017");
    EXPECT_NE(scheme().definition_on(kInForce).text.find("imbalance of power"), std::string::npos);
    EXPECT_NE(scheme().definition_on(2010y / 1 / 1).text.find("receive 'something'"), std::string::npos);
}

TEST_P(EachScheme, H_209_chooses_the_tool_by_age_on_the_day_of_screening) {
    const Date born = 2006y / 3 / 1;
    const auto tool = [&](Date day) { return scheme().tool_for(base::age_on(born, day), day); };
    EXPECT_EQ(tool(2018y / 2 / 28)->family, "U12");
    EXPECT_NE(tool(2018y / 3 / 1)->family, "U12");
    EXPECT_NE(scheme().tool_for(12, kInForce)->family, "U12");
    EXPECT_EQ(scheme().tool_for(11, kInForce)->family, "U12");
    EXPECT_NE(scheme().tool_for(25, kInForce), nullptr) << "H-049: young adults are screened too";
    EXPECT_EQ(scheme().tool_for(11, 2016y / 1 / 1), nullptr) << "before the tool was in use";
}

TEST_P(EachScheme, older_children_are_screened_for_all_vulnerabilities_and_indicators) {
    const Tool& tool = *scheme().tool_for(14, kInForce);
    EXPECT_EQ(tool.items.size(), 16u + 14u);
    for (const Code& code : scheme().list("indicators"))
        EXPECT_NE(tool.find_item(code.code), nullptr) << code.code;
}

TEST_P(EachScheme, bands_begin_where_SERAF_says) {
    const Tool& tool = *scheme().tool_for(14, kInForce);
    const auto band = [&](int score) { return &tool.band_of(score) - tool.bands.data() + 1; };
    EXPECT_EQ(band(0), 1);
    EXPECT_EQ(band(5), 1);
    EXPECT_EQ(band(6), 2);
    EXPECT_EQ(band(10), 2);
    EXPECT_EQ(band(11), 3);
    EXPECT_EQ(band(15), 3);
    EXPECT_EQ(band(16), 4);
    EXPECT_EQ(band(tool.highest_score()), 4);
}

TEST_P(EachScheme, a_significant_indicator_weighs_five_now_and_one_earlier) {
    for (const ToolItem& item : scheme().tool_for(14, kInForce)->items) {
        if (item.section != "significant") continue;
        ASSERT_EQ(item.windows.size(), 2u) << item.code;
        EXPECT_EQ(item.windows[0].window, Window::current_6m);
        EXPECT_EQ(item.windows[0].weight, 5);
        EXPECT_EQ(item.windows[1].window, Window::months_6_12);
        EXPECT_EQ(item.windows[1].weight, 1);
    }
}

TEST_P(EachScheme, for_a_child_under_12_one_significant_finding_is_never_the_lowest_band) {
    const Tool& tool = *scheme().tool_for(8, kInForce);
    EXPECT_LT(*tool.bands.front().to, 5);
}

TEST_P(EachScheme, S_070_and_DOMAIN_3_9_defaults) {
    const Parameters& p = scheme().parameters_on(kInForce);
    EXPECT_EQ(p.rhi_offer_hours, 72);
    EXPECT_EQ(p.rhi_offer_clock, RhiClock::police_confirmed);
    EXPECT_EQ(p.rhi_complete_clock, RhiClock::returned);
    EXPECT_EQ(p.rhi_soon_hours, 12);
    EXPECT_EQ(p.rhi_escalate_to, (std::vector<std::string>{"team_manager", "coordinator"}));
    EXPECT_EQ(p.mase_review_months, 3);
    EXPECT_EQ(p.pre_cmog_working_days, 5);
    EXPECT_EQ(p.small_number_threshold, 5);
    EXPECT_EQ(p.referral_decision_working_days, 1);
    EXPECT_EQ(p.transition_age_months, 17 * 12 + 6);
}

TEST_P(EachScheme, a_parameter_counts_from_its_date_and_keeps_the_others) {
    EXPECT_EQ(scheme().parameters_on(2022y / 12 / 12).nrm_recovery_days, 45);
    EXPECT_EQ(scheme().parameters_on(2022y / 12 / 13).nrm_recovery_days, 30);
    EXPECT_EQ(scheme().parameters_on(2022y / 12 / 13).assessment_working_days, 45);
    EXPECT_EQ(scheme().parameters_on(2001y / 1 / 1).nrm_recovery_days, 45) << "before the first, the first";
}

TEST_P(EachScheme, H_025_shares_by_the_protocol_of_the_day_and_not_without_one) {
    EXPECT_EQ(scheme().sharing_level(AgencyType::la_children, DataClass::screening, kInForce), SharingLevel::read);
    EXPECT_EQ(scheme().sharing_level(AgencyType::police, DataClass::screening, kInForce), SharingLevel::signpost);
    EXPECT_EQ(scheme().sharing_level(AgencyType::licensing, DataClass::identity, kInForce), SharingLevel::none);
    EXPECT_EQ(scheme().sharing_level(AgencyType::other, DataClass::signpost, kInForce), SharingLevel::none);
    EXPECT_EQ(scheme().sharing_level(AgencyType::la_children, DataClass::screening, 2016y / 1 / 1),
              SharingLevel::none);
    EXPECT_FALSE(scheme().protocol_on(kInForce)->purpose(AgencyType::police).empty());
}

TEST_P(EachScheme, blank_is_a_category_for_every_postcode_that_is_no_address) {
    EXPECT_EQ(area(scheme(), "ZZ99 9ZZ"), "BLANK");
    EXPECT_EQ(area(scheme(), ""), "BLANK");
    EXPECT_EQ(area(scheme(), "somewhere"), "BLANK");
    EXPECT_EQ(area(scheme(), "SW1A 1AA"), "OUT");
}

TEST_P(EachScheme, S_052_names_the_groups_of_table_1_and_no_flag_of_an_offender_counts) {
    std::set<std::string> groups;
    for (const Agency& agency : scheme().agencies)
        if (!agency.table1_group.empty()) groups.insert(agency.table1_group);
    EXPECT_EQ(groups.size(), 4u);
    EXPECT_TRUE(scheme().find_flag("CSE_victim")->table1);
    EXPECT_FALSE(scheme().find_flag("CSE_perpetrator")->table1);
}

TEST_P(EachScheme, every_label_and_list_that_pages_use_is_there) {
    for (std::string_view key : kLabelKeys) EXPECT_FALSE(scheme().label(key).empty()) << key;
    for (std::string_view name : kListNames) EXPECT_FALSE(scheme().list(name).empty()) << name;
    EXPECT_THROW(scheme().label("no such label"), std::logic_error);
    EXPECT_THROW(scheme().list("no such list"), std::logic_error);
}

TEST_P(EachScheme, a_code_that_is_gone_stays_readable) {
    EXPECT_EQ(scheme().text_of("linked_crimes", "an_old_code"), "an_old_code");
}

TEST_P(EachScheme, names_of_measures_owners_are_roles_and_each_serves_an_objective) {
    EXPECT_GE(scheme().measures.size(), 11u);
    for (const Measure& m : scheme().measures) EXPECT_FALSE(m.owner_role.empty()) << m.code;
}

TEST(Solihull, H_233_reports_from_mase_to_the_board) {
    const Scheme& s = shipped("solihull");
    std::vector<std::string> chain;
    for (const Body* b = s.find_body("mase"); b; b = s.find_body(b->reports_to)) chain.push_back(b->code);
    EXPECT_EQ(chain, (std::vector<std::string>{"mase", "cmog", "steering", "executive", "board"}));
}

TEST(Solihull, H_051_to_H_072_has_every_measure_of_the_framework) {
    const Scheme& s = shipped("solihull");
    EXPECT_EQ(s.measures.size(), 22u);
    EXPECT_EQ(s.find_measure("K-PROT-2")->owner_role, "Chair of CMOG");
}

TEST(Solihull, H_219_and_H_241_use_the_local_words) {
    EXPECT_EQ(shipped("solihull").label("rhi"), "WRI");
    EXPECT_EQ(shipped("solihull").label("people_posing_risk"), "risky individuals");
    EXPECT_EQ(shipped("somerset").label("rhi"), "RHI");
}

TEST(Solihull, a_sector_belongs_to_the_county_where_its_outward_code_does_not) {
    const Scheme& s = shipped("solihull");
    EXPECT_EQ(area(s, "CV7 7AB"), "SOUTH");
    EXPECT_EQ(area(s, "CV7 8AB"), "OUT");
    EXPECT_EQ(area(s, "B37 1AA"), "NORTH");
    EXPECT_EQ(area(s, "B3 7AA"), "OUT") << "B3 is Birmingham, not the beginning of B37";
}

TEST(Somerset, S_141_finds_the_four_areas) {
    const Scheme& s = shipped("somerset");
    EXPECT_EQ(area(s, "TA1 1AA"), "TWS");
    EXPECT_EQ(area(s, "ta6 3bb"), "SEDG");
    EXPECT_EQ(area(s, "BA11 1AA"), "MEND");
    EXPECT_EQ(area(s, "TA18 8AA"), "SSOM");
    EXPECT_EQ(area(s, "BA3 4AA"), "MEND");
    EXPECT_EQ(area(s, "BA3 2AA"), "OUT") << "the sector next door is another county's";
}

TEST(Somerset, DOMAIN_5_3_names_the_merged_district_by_date) {
    const Area& area = *shipped("somerset").find_area("TWS");
    EXPECT_EQ(area.name_on(2017y / 12 / 1), "Taunton and West Somerset");
    EXPECT_EQ(area.name_on(2019y / 4 / 1), "Somerset West and Taunton");
    EXPECT_EQ(area.name(), "Somerset West and Taunton");
}

TEST(Somerset, S_142_has_the_ten_learning_partnerships_with_their_rolls) {
    const Scheme& s = shipped("somerset");
    int sum = 0;
    for (const auto& p : s.learning_partnerships) sum += p.pupils(2017).value_or(0);
    EXPECT_EQ(s.learning_partnerships.size(), 10u);
    EXPECT_EQ(sum, 69'222);
    EXPECT_EQ(s.find_learning_partnership("TLP")->pupils(2018), std::nullopt);
}

TEST(Somerset, S_048_adds_its_own_thirteen_vulnerabilities) {
    int own = 0;
    for (const Code& code : shipped("somerset").list("vulnerabilities")) own += code.code[0] == 'S';
    EXPECT_EQ(own, 13);
}

TEST(Somerset, S_052_counts_the_council_police_health_and_Barnardos) {
    const Scheme& s = shipped("somerset");
    EXPECT_EQ(s.find_agency("SCC")->table1_group, "Somerset County Council");
    EXPECT_EQ(s.find_agency("BASE")->table1_group, "Barnardo's");
    EXPECT_EQ(s.find_agency("EDU")->table1_group, "");
    EXPECT_EQ(s.find_agency("nobody"), nullptr);
}

TEST(ShippedSchemes, are_two_and_an_unknown_one_is_refused_with_their_names) {
    EXPECT_EQ(shipped_schemes(), (std::vector<std::string>{"solihull", "somerset"}));
    const auto none = shipped_scheme("rutland");
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().message.find("write solihull or somerset"), std::string::npos) << none.error().message;
}

TEST(AgencyTypes, have_eighteen_names_that_read_back) {
    std::set<std::string_view> names;
    for (int i = 0; i < kAgencyTypes; ++i) {
        const auto type = static_cast<AgencyType>(i);
        names.insert(name_of(type));
        EXPECT_EQ(agency_type(name_of(type)), type);
    }
    EXPECT_EQ(names.size(), 18u);
    EXPECT_EQ(agency_type("wizard"), std::nullopt);
}

}  // namespace
}  // namespace rowan::partnership
