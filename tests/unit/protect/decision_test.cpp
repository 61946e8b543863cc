#include "protect/decision.h"

#include "sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::protect {
namespace {

using sample::complains;

const Instant kReceived = sample::at("2018-03-26T10:00:00.000Z");

std::vector<FieldProblem> problems(const Decision& d, std::string_view kind = "child") {
    return check(d, kind, kReceived, sample::scheme());
}

TEST(Decision, H_031_no_disclosure_and_no_evidence_are_asked_for) {
    EXPECT_THAT(problems(sample::decision()), testing::IsEmpty());
}

TEST(Decision, H_021_the_best_interests_are_written_down) {
    auto d = sample::decision();
    d.words.best_interests = " \n ";
    EXPECT_TRUE(complains(problems(d), "best_interests"));
}

TEST(Decision, a_rationale_is_needed) {
    auto d = sample::decision();
    d.words.rationale = "NFA";
    EXPECT_TRUE(complains(problems(d), "rationale"));
}

TEST(Decision, S_031_consensual_is_no_outcome_of_any_scheme) {
    for (const char* code : {"solihull", "somerset"})
        for (const auto& option : sample::scheme(code).decisions) {
            EXPECT_THAT(option.code, testing::Not(testing::HasSubstr("consen")));
            EXPECT_THAT(option.label, testing::Not(testing::HasSubstr("onsen")));
        }
    auto d = sample::decision();
    d.decision = "consensual";
    EXPECT_TRUE(complains(problems(d), "decision"));
}

TEST(Decision, H_201_a_pending_level_has_a_next_date_and_no_other_level_has_one) {
    auto d = sample::decision();
    d.risk_level = "pending";
    EXPECT_TRUE(complains(problems(d), "decide_by"));
    d.decide_by = sample::date("2018-03-26");
    EXPECT_TRUE(complains(problems(d), "decide_by"));
    d.decide_by = sample::date("2018-03-27");
    EXPECT_THAT(problems(d), testing::IsEmpty());
    d.risk_level = "1";
    EXPECT_TRUE(complains(problems(d), "decide_by"));
}

TEST(Decision, a_level_of_risk_belongs_to_a_young_person) {
    auto d = sample::decision();
    EXPECT_TRUE(complains(problems(d, "location"), "risk_level"));
    d.risk_level = "";
    EXPECT_THAT(problems(d, "location"), testing::IsEmpty());
    EXPECT_TRUE(complains(problems(d, "child"), "risk_level"));
}

TEST(Decision, it_is_not_earlier_than_its_referral) {
    auto d = sample::decision();
    d.decided_at = kReceived - std::chrono::milliseconds{1};
    EXPECT_TRUE(complains(problems(d), "decision"));
    d.decided_at = kReceived;
    EXPECT_THAT(problems(d), testing::IsEmpty());
}

TEST(Decision, level_3_says_strategy_discussion_immediately) {
    auto d = sample::decision();
    d.risk_level = "3";
    EXPECT_THAT(what_follows(d, sample::scheme()),
                testing::Contains(testing::HasSubstr("strategy discussion immediately")));
    d.risk_level = "1";
    EXPECT_THAT(what_follows(d, sample::scheme()),
                testing::Not(testing::Contains(testing::HasSubstr("strategy discussion"))));
}

TEST(Decision, every_decision_of_the_scheme_has_plain_words_of_its_own) {
    std::set<std::string> said;
    for (const auto& option : sample::scheme().decisions) {
        const auto words = plain_words(option.code, sample::scheme());
        EXPECT_NE(words, plain_words("unheard of", sample::scheme())) << option.code;
        EXPECT_TRUE(said.insert(words).second) << option.code;
    }
}

TEST(Decision, the_acknowledgement_holds_the_reference_and_nothing_of_the_rationale) {
    const auto text = acknowledgement(sample::decision(), "R-2018-0042", " Ring us any time. ", sample::scheme());
    EXPECT_THAT(text, testing::HasSubstr("R-2018-0042"));
    EXPECT_THAT(text, testing::HasSubstr("27 March 2018"));
    EXPECT_THAT(text, testing::HasSubstr("Ring us any time."));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("Grooming is likely")));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("judge her")));
}

}  // namespace
}  // namespace rowan::protect
