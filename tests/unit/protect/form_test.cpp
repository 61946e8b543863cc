#include "protect/referral_form.h"

#include "house.h"
#include "protect/choices.h"
#include "protect/codec.h"
#include "protect/screening_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace rowan::protect {
namespace {

using sample::complains;
const Instant kNow = sample::at("2018-03-26T10:00:00.000Z");

Filled filled(const Answers& answers) { return fill(answers, sample::scheme(), kNow); }

TEST(ReferralForm, complete_answers_make_a_referral_without_problems) {
    const auto f = filled(sample::House::answers());
    EXPECT_THAT(f.problems, testing::IsEmpty());
    EXPECT_EQ(f.identity.display_name(), "Amina Rahman");
    EXPECT_EQ(f.identity.postcode, "B91 3QB");
    EXPECT_EQ(f.referral.words.referrer_phone, "+447700900123");
    EXPECT_EQ(f.referral.age_at, 14);
}

TEST(ReferralForm, nothing_answered_is_complained_of_on_pages_that_are_on_the_way) {
    const Answers nothing;
    const auto f = filled(nothing);
    const auto steps = steps_for(nothing);
    for (const auto& problem : f.problems) {
        const bool shown = std::any_of(steps.begin(), steps.end(), [&](FormStep step) {
            const auto& fields = fields_of(step);
            return std::find(fields.begin(), fields.end(), problem.field) != fields.end();
        });
        EXPECT_TRUE(shown) << problem.field;
    }
    EXPECT_EQ(first_with_problems(nothing, f), FormStep::about);
}

TEST(ReferralForm, H_121_each_subject_has_its_own_way_through_and_ends_with_check) {
    using S = FormStep;
    auto answers = sample::House::answers();
    const auto way = [&] { return steps_for(answers); };
    EXPECT_THAT(way(), testing::ElementsAre(S::about, S::search, S::details, S::why, S::known, S::worry, S::aware,
                                            S::danger, S::social_care, S::you, S::check));
    answers.set("person", "0123456789abcdefghjkmnpqrs");
    EXPECT_THAT(way(), testing::Not(testing::Contains(S::details)));
    answers.set("subject_kind", "individual");
    EXPECT_THAT(way(), testing::Contains(S::details)) << "what they do is still asked";
    EXPECT_THAT(way(), testing::Not(testing::Contains(S::aware)));
    answers.set("subject_kind", "location");
    EXPECT_THAT(way(), testing::ElementsAre(S::about, S::place, S::why, S::known, S::worry, S::danger,
                                            S::social_care, S::you, S::check));
    for (const auto step : way()) EXPECT_EQ(step_named(path_of(step)), step);
    EXPECT_EQ(next_step(S::check, answers), S::check);
    EXPECT_EQ(previous_step(S::about, answers), std::nullopt);
    EXPECT_EQ(previous_step(S::why, answers), S::place);
}

TEST(ReferralForm, search_comes_before_create) {
    auto answers = sample::House::answers();
    answers.forget("person");
    EXPECT_TRUE(complains(filled(answers).problems, "person"));
    answers.forget("q");
    EXPECT_TRUE(complains(filled(answers).problems, "q"));
}

TEST(ReferralForm, dates_that_do_not_exist_and_identifiers_that_do_not_check_are_named) {
    auto answers = sample::House::answers();
    answers.set("born-day", "31");
    answers.set("born-month", "2");
    answers.set("nhs_number", "999 000 0019");
    const auto f = filled(answers);
    EXPECT_TRUE(complains(problems_of(FormStep::details, f), "born-day"));
    EXPECT_TRUE(complains(problems_of(FormStep::details, f), "nhs_number"));
    EXPECT_EQ(first_with_problems(answers, f), FormStep::details);
}

TEST(ReferralForm, an_age_may_be_estimated_when_no_birthday_is_known) {
    auto answers = sample::House::answers();
    for (const char* name : {"born-day", "born-month", "born-year"}) answers.forget(name);
    EXPECT_EQ(filled(answers).referral.age_at, std::nullopt);
    answers.set("age_estimate", "15");
    EXPECT_EQ(filled(answers).referral.age_at, 15);
    answers.set("age_estimate", "about 15");
    EXPECT_TRUE(complains(filled(answers).problems, "age_estimate"));
}

TEST(ReferralForm, answers_to_questions_that_are_no_longer_asked_are_not_sent) {
    auto answers = sample::House::answers();
    answers.set("reason", "missing");
    EXPECT_THAT(filled(answers).referral.exploitation, testing::IsEmpty());
    answers.set("csc_question", "not_needed");
    answers.set("csc_reason", "Her social worker knows");
    EXPECT_EQ(filled(answers).referral.words.csc_ref, "");
    answers.set("danger_note", "typed before the answer was changed to no");
    EXPECT_EQ(filled(answers).referral.words.danger_note, "");
    answers.set("subject_kind", "location");
    EXPECT_EQ(filled(answers).referral.child_aware, "");
}

TEST(ReferralForm, immediate_danger_is_asked_of_everybody) {
    auto answers = sample::House::answers();
    answers.forget("immediate_danger");
    EXPECT_TRUE(complains(filled(answers).problems, "immediate_danger"));
    answers.set("immediate_danger", "yes");
    EXPECT_TRUE(filled(answers).referral.immediate_danger);
}

RC_GTEST_PROP(ReferralForm, whatever_is_typed_is_read_and_kept_as_it_was,
              (const std::map<std::string, std::string>& odd)) {
    auto answers = sample::House::answers();
    http::Fields form;
    const auto& fields = fields_of(FormStep::details);
    std::size_t i = 0;
    for (const auto& [name, value] : odd) form.add(std::string(fields[i++ % fields.size()]), name + value);
    answers.take(form, fields);
    (void)filled(answers);
    RC_ASSERT(answers_from(content_of(answers)) == answers);
    DraftContent back;
    codec::read(codec::write(content_of(answers)), back);
    RC_ASSERT(answers_from(back) == answers);
}

TEST(Codec, a_referral_a_decision_and_a_screening_come_back_as_they_were) {
    auto r = sample::referral();
    r.words.narrative = "Quotes \" and \\ and\nlines, emoji 🙂, مرحبا";
    r.words.who = {"group", "adults"};
    ReferralWords words;
    codec::read(codec::write(r.words), words);
    EXPECT_EQ(codec::write(words), codec::write(r.words));
    EXPECT_EQ(words.narrative, r.words.narrative);
    EXPECT_EQ(words.who, r.words.who);
    DecisionWords decision;
    codec::read(codec::write(sample::decision().words), decision);
    EXPECT_EQ(decision.best_interests, sample::decision().words.best_interests);
    ScreeningWords screening, back;
    screening.answers = {{"I01", "yes", {"current_6m", "6_12m"}, "report", "a note"}};
    codec::read(codec::write(screening), back);
    ASSERT_EQ(back.answers.size(), 1u);
    EXPECT_EQ(back.answers[0].windows, screening.answers[0].windows);
    EXPECT_EQ(back.answers[0].note, "a note");
    EXPECT_THROW(codec::read("not json", back), std::runtime_error);
}

TEST(ScreeningForm, answers_go_into_the_record_and_come_out_again) {
    const auto& tool = *tool_for(sample::scheme(), 14, sample::date("2018-03-26"));
    Answers answers;
    answers.set("age", "14");
    answers.set("V01", "yes");
    answers.set("V01-evidence", "report");
    answers.set("I01", "possible");
    answers.set("I01-when", std::vector<std::string>{"6_12m"});
    answers.set("mash_referral", "no");
    const auto c = screening_from(answers, tool);
    EXPECT_EQ(c.score, 1) << "one window is not asked for; possible gives nothing";
    EXPECT_EQ(c.age_at, 14);
    const auto again = screening_from(answers_from(c), tool);
    EXPECT_EQ(codec::write(again.words), codec::write(c.words));
    EXPECT_TRUE(complains(problems_of(Answers{}, c, tool, sample::scheme(), true), "mash_referral"));
    EXPECT_FALSE(complains(problems_of(Answers{}, c, tool, sample::scheme(), false), "mash_referral"));
}

}  // namespace
}  // namespace rowan::protect
