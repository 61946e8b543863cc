#include "protect/screening.h"

#include "sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace rowan::protect {
namespace {

using partnership::ToolItem;
using partnership::Window;
using sample::complains;
using sample::date;

// SERAF as DOMAIN.md 2.4 (b) describes it: 11 vulnerabilities, 12 moderate and 8 significant indicators.
Tool seraf() {
    Tool tool;
    tool.code = "SERAF";
    tool.age_from = 0;
    const auto add = [&](const std::string& prefix, int count, std::vector<partnership::WindowWeight> windows) {
        for (int i = 1; i <= count; ++i)
            tool.items.push_back({prefix + std::to_string(i), prefix + std::to_string(i), "", "", windows, true});
    };
    add("V", 11, {{Window::lifetime, 1}});
    add("M", 12, {{Window::current_6m, 1}});
    add("S", 8, {{Window::current_6m, 5}, {Window::months_6_12, 1}});
    tool.bands = {{0, 5, "1", "Category 1", "", "none"},
                  {6, 10, "2", "Category 2", "", "1"},
                  {11, 15, "3", "Category 3", "", "2"},
                  {16, std::nullopt, "4", "Category 4", "", "3"}};
    return tool;
}

ItemAnswer yes(std::string item, std::vector<std::string> windows, std::string evidence = "fact") {
    return {std::move(item), "yes", std::move(windows), std::move(evidence), ""};
}

std::vector<ItemAnswer> vulnerabilities(int count) {
    std::vector<ItemAnswer> out;
    for (int i = 1; i <= count; ++i) out.push_back(yes("V" + std::to_string(i), {"lifetime"}));
    return out;
}

TEST(Score, SERAF_4_vulnerabilities_2_moderate_and_1_significant_in_both_columns_are_12_category_3) {
    auto answers = vulnerabilities(4);
    answers.push_back(yes("M1", {"current_6m"}));
    answers.push_back(yes("M2", {"current_6m"}));
    answers.push_back(yes("S1", {"current_6m", "6_12m"}));
    const auto scored = score(seraf(), answers);
    EXPECT_EQ(scored.total, 12);
    EXPECT_EQ(scored.band, "3");
    EXPECT_EQ(scored.suggested_level, "2");
    EXPECT_EQ(scored.lines.size(), 7u);
}

TEST(Score, SERAF_bands_at_their_edges) {
    const std::pair<int, const char*> edges[] = {{0, "1"},  {5, "1"},  {6, "2"}, {10, "2"},
                                                 {11, "3"}, {15, "3"}, {16, "4"}};
    for (const auto& [points, band] : edges) {
        auto answers = vulnerabilities(std::min(points, 11));
        for (int i = 12; i <= points; ++i) answers.push_back(yes("M" + std::to_string(i - 11), {"current_6m"}));
        const auto scored = score(seraf(), answers);
        EXPECT_EQ(scored.total, points);
        EXPECT_EQ(scored.band, band) << points;
    }
}

TEST(Score, one_significant_indicator_gives_5_now_1_before_and_6_for_both) {
    EXPECT_EQ(score(seraf(), {yes("S1", {"current_6m"})}).total, 5);
    EXPECT_EQ(score(seraf(), {yes("S1", {"6_12m"})}).total, 1);
    EXPECT_EQ(score(seraf(), {yes("S1", {"6_12m", "current_6m"})}).total, 6);
    EXPECT_EQ(score(seraf(), {yes("S1", {"lifetime"})}).total, 0);
}

TEST(Score, evidence_and_gut_feeling_are_counted_apart) {
    const auto scored = score(seraf(), {yes("S1", {"current_6m"}, "gut_feeling"),
                                        yes("V1", {"lifetime"}, "report"),
                                        {"V2", "possible", {}, "fact", ""},
                                        {"V3", "no", {}, "fact", ""}});
    EXPECT_EQ(scored.facts, 1);
    EXPECT_EQ(scored.reports, 1);
    EXPECT_EQ(scored.gut_feelings, 1);
    EXPECT_EQ(scored.points_from_gut_feeling, 5);
    EXPECT_EQ(scored.possible, 1);
    EXPECT_EQ(scored.unknown, 31 - 4);
}

// --- properties over answers of any shape -----------------------------------------------------------------------

std::vector<ItemAnswer> any_answers(const Tool& tool) {
    static const std::vector<std::string> presences = {"yes", "no", "possible", "unknown"};
    static const std::vector<std::string> evidences = {"fact", "report", "gut_feeling", ""};
    static const std::vector<std::string> windows = {"current_6m", "6_12m", "prior_6m", "lifetime"};
    std::vector<ItemAnswer> out;
    for (const auto& item : tool.items) {
        if (*rc::gen::inRange(0, 3) == 0) continue;
        out.push_back({item.code, *rc::gen::elementOf(presences),
                       *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(windows)),
                       *rc::gen::elementOf(evidences), ""});
    }
    return out;
}

RC_GTEST_PROP(Score, the_order_of_the_answers_does_not_matter, ()) {
    const auto tool = seraf();
    auto answers = any_answers(tool);
    const auto before = score(tool, answers);
    std::reverse(answers.begin(), answers.end());
    std::rotate(answers.begin(), answers.begin() + static_cast<long>(answers.size() / 3), answers.end());
    const auto after = score(tool, answers);
    RC_ASSERT(before.total == after.total);
    RC_ASSERT(before.band == after.band);
    RC_ASSERT(before.gut_feelings == after.gut_feelings);
}

RC_GTEST_PROP(Score, saying_yes_to_more_never_lowers_the_sum, ()) {
    const auto tool = seraf();
    auto answers = any_answers(tool);
    if (answers.empty()) answers.push_back({.item = "S1"});
    const auto before = score(tool, answers).total;
    auto& one = answers[*rc::gen::inRange<std::size_t>(0, answers.size())];
    one.present = "yes";
    one.windows.push_back("current_6m");
    RC_ASSERT(score(tool, answers).total >= before);
}

RC_GTEST_PROP(Score, H_171_possible_and_unknown_never_score, ()) {
    const auto tool = seraf();
    auto answers = any_answers(tool);
    for (auto& answer : answers)
        if (answer.present == "yes") answer.present = *rc::gen::element<std::string>("possible", "unknown", "no");
    RC_ASSERT(score(tool, answers).total == 0);
}

RC_GTEST_PROP(Score, saying_the_same_twice_counts_once, ()) {
    const auto tool = seraf();
    auto answers = any_answers(tool);
    const auto once = score(tool, answers).total;
    const auto copy = answers;
    answers.insert(answers.end(), copy.begin(), copy.end());
    RC_ASSERT(score(tool, answers).total == once);
}

RC_GTEST_PROP(Score, the_sum_is_that_of_its_lines_and_within_the_tool, ()) {
    const auto tool = seraf();
    const auto scored = score(tool, any_answers(tool));
    int sum = 0;
    for (const auto& line : scored.lines) sum += line.points;
    RC_ASSERT(sum == scored.total);
    RC_ASSERT(scored.total >= 0 && scored.total <= tool.highest_score());
    RC_ASSERT(scored.points_from_gut_feeling <= scored.total);
}

TEST(Bands, every_sum_of_every_shipped_tool_falls_into_exactly_one_band) {
    for (const char* code : {"solihull", "somerset"})
        for (const auto& tool : sample::scheme(code).tools)
            for (int points = 0; points <= tool.highest_score(); ++points) {
                const auto in = std::count_if(tool.bands.begin(), tool.bands.end(), [&](const auto& band) {
                    return band.from <= points && (!band.to || points <= *band.to);
                });
                ASSERT_EQ(in, 1) << tool.code << " " << points;
            }
}

// --- which tool -------------------------------------------------------------------------------------------------

const Tool* tool_of(const char* born, const char* screened) {
    return tool_for(sample::scheme(), base::age_on(date(born), date(screened)), date(screened));
}

TEST(ToolByAge, H_209_under_12_on_the_day_of_the_screening_has_a_tool_of_its_own) {
    ASSERT_NE(tool_of("2005-03-01", "2017-02-28"), nullptr);
    EXPECT_EQ(tool_of("2005-03-01", "2017-02-28")->family, "U12");
    ASSERT_NE(tool_of("2005-03-01", "2017-03-01"), nullptr);
    EXPECT_EQ(tool_of("2005-03-01", "2017-03-01")->family, "regional_12plus");
    EXPECT_EQ(tool_of("2006-06-15", "2018-06-14")->family, "U12");
    EXPECT_EQ(tool_of("2006-06-15", "2018-06-15")->family, "regional_12plus");
}

TEST(ToolByAge, without_an_age_there_is_no_tool_to_guess) {
    EXPECT_EQ(tool_for(sample::scheme(), std::nullopt, date("2018-01-01")), nullptr);
    EXPECT_EQ(tool_for(sample::scheme(), -1, date("2018-01-01")), nullptr);
}

TEST(ToolByAge, S_028_S_030_16_and_17_have_a_tool_as_every_age_has) {
    for (int age = 0; age <= 25; ++age)
        EXPECT_NE(tool_for(sample::scheme(), age, date("2018-01-01")), nullptr) << age;
}

// --- completing -------------------------------------------------------------------------------------------------

Screening complete() {
    Screening s;
    s.age_at = 14;
    s.professional_outcome = "none";
    return s;
}
const Tool& tool12() { return *tool_for(sample::scheme(), 14, date("2018-01-01")); }
std::vector<FieldProblem> problems(const Screening& s) { return check(s, tool12(), sample::scheme()); }

TEST(Screening, a_screening_with_nothing_ticked_and_a_judgement_is_complete) {
    EXPECT_THAT(problems(complete()), testing::IsEmpty());
}

TEST(Screening, H_171_the_professional_judges_and_says_why_only_when_it_differs) {
    auto s = complete();
    s.professional_outcome = "";
    EXPECT_TRUE(complains(problems(s), "professional_outcome"));
    for (const char* level : {"1", "2", "3", "pending"}) {
        s = complete();
        s.professional_outcome = level;
        EXPECT_TRUE(complains(problems(s), "override_reason")) << level;
        s.words.override_reason = "What I saw at the door.";
        EXPECT_THAT(problems(s), testing::IsEmpty()) << level;
    }
}

TEST(Screening, a_yes_says_when_and_on_what_it_rests) {
    auto s = complete();
    s.words.answers = {{"I01", "yes", {}, "fact", ""}};
    EXPECT_TRUE(complains(problems(s), "I01-when"));
    s.words.answers = {{"I01", "yes", {"current_6m"}, "", ""}};
    EXPECT_TRUE(complains(problems(s), "I01-evidence"));
    s.words.answers = {{"I01", "yes", {"lifetime"}, "fact", ""}};
    EXPECT_TRUE(complains(problems(s), "I01-when")) << "this item has no such column";
    s.words.answers = {{"I01", "yes", {"6_12m"}, "fact", ""}};
    EXPECT_FALSE(complains(problems(s), "I01-when") || complains(problems(s), "I01-evidence"));
    s.words.answers = {{"I01", "unknown", {}, "", ""}, {"I01", "no", {}, "", ""}};
    EXPECT_TRUE(complains(problems(s), "I01")) << "answered twice";
    s.words.answers = {{"X99", "no", {}, "", ""}};
    EXPECT_TRUE(complains(problems(s), "X99"));
}

TEST(Screening, the_tool_fits_the_age) {
    auto s = complete();
    s.age_at = 9;
    EXPECT_TRUE(complains(problems(s), "age"));
    s.age_at.reset();
    EXPECT_TRUE(complains(problems(s), "age"));
}

TEST(Screening, settling_computes_the_sum_and_makes_unanswered_items_unknown) {
    auto s = complete();
    s.words.answers = {yes("I01", {"current_6m", "6_12m"}), yes("V01", {"lifetime"})};
    settle(s, tool12());
    EXPECT_EQ(s.words.answers.size(), tool12().items.size());
    EXPECT_EQ(s.score, 7);
    EXPECT_EQ(s.tool_outcome, tool12().band_of(7).code);
    EXPECT_EQ(s.tool, tool12().code);
    settle(s, tool12());
    EXPECT_EQ(s.words.answers.size(), tool12().items.size());
}

TEST(Screening, H_171_what_the_sum_says_also_says_what_it_does_not) {
    const auto text = what_the_sum_says(tool12(), score(tool12(), {}));
    EXPECT_THAT(text, testing::HasSubstr("low sum is not a sign of safety"));
    EXPECT_THAT(text, testing::HasSubstr("Your judgement decides"));
}

TEST(ScreeningStates, a_completed_screening_is_locked_and_amended_only_by_a_new_version) {
    using S = ScreeningState;
    using E = ScreeningEvent;
    const std::map<std::pair<S, E>, S> allowed = {{{S::draft, E::complete}, S::completed},
                                                  {{S::completed, E::amend}, S::completed},
                                                  {{S::reviewed, E::amend}, S::completed},
                                                  {{S::completed, E::review}, S::reviewed}};
    for (const auto state : kScreeningStates)
        for (const auto event : kScreeningEvents) {
            const auto next = after(state, event);
            const auto wanted = allowed.find({state, event});
            ASSERT_EQ(next.ok(), wanted != allowed.end());
            if (next.ok())
                EXPECT_EQ(*next, wanted->second);
            else
                EXPECT_THAT(next.error().message, testing::EndsWith("."));
        }
}

}  // namespace
}  // namespace rowan::protect
