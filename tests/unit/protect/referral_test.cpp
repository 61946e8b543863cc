#include "protect/referral.h"

#include "protect/choices.h"
#include "sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace rowan::protect {
namespace {

using sample::at;
using sample::complains;
using sample::date;

const base::WorkingDays kDays;
const Date kToday = sample::date("2018-03-26");

std::vector<FieldProblem> problems(const Referral& r) { return check(r, sample::scheme(), kToday); }

TEST(Referral, S_107_H_118_a_worry_needs_no_least_level_and_no_proof) {
    EXPECT_THAT(problems(sample::referral()), testing::IsEmpty());
}

TEST(Referral, H_121_three_subjects_and_no_fourth) {
    auto r = sample::referral();
    r.subject_kind = "vehicle";
    EXPECT_TRUE(complains(problems(r), "subject_kind"));
    r.subject_kind = "location";
    r.child_aware = r.parent_aware = "";
    r.words.subject_name = "";
    EXPECT_TRUE(complains(problems(r), "place_name"));
    r.words.subject_name = "The car park behind the station";
    EXPECT_THAT(problems(r), testing::IsEmpty());
}

TEST(Referral, H_120_a_person_posing_risk_may_do_one_of_the_five_and_not_known_is_an_answer) {
    auto r = sample::referral();
    r.subject_kind = "individual";
    r.child_aware = r.parent_aware = "";
    EXPECT_TRUE(complains(problems(r), "individual_roles"));
    for (const char* role : {"arranging", "facilitating", "organising", "encouraging", "allowing", "not_known"}) {
        r.words.individual_roles = {role};
        EXPECT_THAT(problems(r), testing::IsEmpty()) << role;
    }
    r.words.individual_roles = {"liking"};
    EXPECT_TRUE(complains(problems(r), "individual_roles"));
}

TEST(Referral, H_239_exploitation_missing_or_both_and_kinds_are_asked_unless_only_missing) {
    auto r = sample::referral();
    for (const char* reason : {"SE", "both"}) {
        r.reason = reason;
        r.exploitation = {};
        EXPECT_TRUE(complains(problems(r), "exploitation")) << reason;
        r.exploitation = {"not_known"};
        EXPECT_THAT(problems(r), testing::IsEmpty()) << reason;
    }
    r.reason = "missing";
    r.exploitation = {};
    EXPECT_THAT(problems(r), testing::IsEmpty());
    r.reason = "other";
    EXPECT_TRUE(complains(problems(r), "reason"));
    r.reason = "SE";
    r.exploitation = {"CSE", "invented"};
    EXPECT_TRUE(complains(problems(r), "exploitation"));
}

TEST(Referral, H_122_the_question_about_childrens_social_care_cannot_be_skipped) {
    auto r = sample::referral();
    r.csc_question = "";
    EXPECT_TRUE(complains(problems(r), "csc_question"));
    for (const char* answer : {"referred_now", "already_open"}) {
        r.csc_question = answer;
        r.words.csc_ref = "";
        EXPECT_TRUE(complains(problems(r), "csc_ref")) << answer;
        r.words.csc_ref = "CSC-77";
        EXPECT_THAT(problems(r), testing::IsEmpty()) << answer;
    }
    r.csc_question = "not_needed";
    r.words.csc_reason = "";
    EXPECT_TRUE(complains(problems(r), "csc_reason"));
    r.words.csc_reason = "She has an early help worker, and her parents protect her.";
    EXPECT_THAT(problems(r), testing::IsEmpty());
}

TEST(Referral, H_122_danger_without_childrens_social_care_is_an_alarm_and_not_a_block) {
    auto r = sample::referral();
    r.immediate_danger = true;
    r.csc_question = "not_needed";
    r.words.csc_reason = "I do not know";
    EXPECT_THAT(problems(r), testing::IsEmpty());
    EXPECT_THAT(alarms(r), testing::Contains(testing::HasSubstr("Tell Children’s Social Care now")));
    r.immediate_danger = false;
    EXPECT_THAT(alarms(r), testing::Not(testing::Contains(testing::HasSubstr("Tell Children"))));
}

TEST(Referral, S_030_S_031_being_aware_is_asked_and_agreeing_never_is) {
    auto r = sample::referral();
    for (const auto& choice : awareness()) {
        r.child_aware = r.parent_aware = std::string(choice.code);
        EXPECT_THAT(problems(r), testing::IsEmpty()) << choice.code;
    }
    r.child_aware = "refused";
    EXPECT_TRUE(complains(problems(r), "child_aware"));
}

TEST(Referral, the_narrative_has_twenty_characters_counted_as_people_count) {
    auto r = sample::referral();
    r.words.narrative = "                    ";
    EXPECT_TRUE(complains(problems(r), "narrative"));
    r.words.narrative = "1234567890123456789";
    EXPECT_TRUE(complains(problems(r), "narrative"));
    r.words.narrative = "éééééééééééééééééééé";
    EXPECT_FALSE(complains(problems(r), "narrative"));
}

TEST(Referral, a_referrer_can_be_reached_unless_anonymous) {
    auto r = sample::referral();
    r.words.referrer_phone = r.words.referrer_email = "";
    EXPECT_TRUE(complains(problems(r), "referrer_phone"));
    r.words.referrer_email = "jo@example.org";
    EXPECT_THAT(problems(r), testing::IsEmpty());
    r.words.referrer_email = "jo at example";
    EXPECT_TRUE(complains(problems(r), "referrer_email"));
    r.words = {.narrative = r.words.narrative, .subject_name = "Amina", .csc_ref = "1"};
    r.source_code = "9";
    EXPECT_THAT(problems(r), testing::IsEmpty());
}

TEST(Referral, S_036_who_does_it_may_be_one_or_many_adults_or_children_once_or_often) {
    auto r = sample::referral();
    for (const auto& who : who_kinds()) r.words.who.emplace_back(who.code);
    EXPECT_THAT(problems(r), testing::IsEmpty());
    for (const char* code : {"one_person", "group", "adults", "children", "one_off", "series"})
        EXPECT_TRUE(find_choice(who_kinds(), code)) << code;
}

TEST(Referral, S_029_S_032_S_033_S_034_what_is_known_is_optional_and_only_from_the_lists) {
    auto r = sample::referral();
    r.words.exchange = {"victim_receives", "others_gain"};
    r.words.contact = "no_contact";
    r.words.technology = "both";
    r.words.methods = {"enticement", "threats"};
    r.words.something_received = {"gifts", "money"};
    EXPECT_THAT(problems(r), testing::IsEmpty());
    r.words.methods = {"charm"};
    EXPECT_TRUE(complains(problems(r), "methods"));
    r.words.contact = "x";
    EXPECT_TRUE(complains(problems(r), "contact"));
}

TEST(Referral, S_041_guidance_follows_the_age_and_16_and_17_are_never_left_out) {
    EXPECT_THAT(age_guidance(12, "SE"), testing::HasSubstr("under 13"));
    EXPECT_THAT(age_guidance(13, "SE"), testing::HasSubstr("under 16"));
    EXPECT_THAT(age_guidance(15, "both"), testing::HasSubstr("under 16"));
    EXPECT_THAT(age_guidance(16, "SE"), testing::HasSubstr("can still be exploited"));
    EXPECT_THAT(age_guidance(17, "SE"), testing::HasSubstr("can still be exploited"));
    EXPECT_EQ(age_guidance(18, "SE"), "");
    EXPECT_EQ(age_guidance(std::nullopt, "SE"), "");
    EXPECT_EQ(age_guidance(12, "missing"), "");
}

TEST(ReferralStates, the_table_of_4_1_allows_these_and_refuses_all_else_with_a_sentence) {
    const std::map<std::pair<State, Event>, State> allowed = {
        {{State::new_, Event::submit}, State::received},
        {{State::received, Event::urgent_danger}, State::received},
        {{State::received, Event::start_screening}, State::screening},
        {{State::received, Event::decide}, State::decision_made},
        {{State::received, Event::link_duplicate}, State::linked},
        {{State::screening, Event::urgent_danger}, State::screening},
        {{State::screening, Event::start_screening}, State::screening},
        {{State::screening, Event::decide}, State::decision_made},
        {{State::screening, Event::link_duplicate}, State::linked},
        {{State::decision_made, Event::start_screening}, State::decision_made},
        {{State::decision_made, Event::revise_decision}, State::decision_made},
        {{State::decision_made, Event::acknowledge}, State::decision_made},
        {{State::linked, Event::unlink}, State::received},
    };
    for (const auto state : kStates)
        for (const auto event : kEvents) {
            const auto next = after(state, event);
            const auto wanted = allowed.find({state, event});
            ASSERT_EQ(next.ok(), wanted != allowed.end()) << name_of(state) << static_cast<int>(event);
            if (next.ok())
                EXPECT_EQ(*next, wanted->second);
            else
                EXPECT_THAT(next.error().message, testing::EndsWith("."));
        }
}

TEST(ReferralStates, names_are_read_back_and_only_two_states_wait) {
    std::set<std::string_view> names;
    for (const auto state : kStates) {
        EXPECT_EQ(state_named(name_of(state)), state);
        EXPECT_FALSE(words_for(state).empty());
        names.insert(name_of(state));
        EXPECT_EQ(is_open(state), state == State::received || state == State::screening);
    }
    EXPECT_EQ(names.size(), std::size(kStates));
    EXPECT_EQ(state_named("received"), std::nullopt);
}

Instant due(const char* received) { return decision_clock(at(received), std::nullopt, 1, kDays).due; }

TEST(DecisionClock, REF_1wd_one_working_day_after_the_day_it_came) {
    EXPECT_EQ(due("2018-03-26T09:00:00.000Z"), at("2018-03-27T16:00:00.000Z"));  // Monday -> Tuesday 5pm BST
    EXPECT_EQ(due("2018-01-08T09:00:00.000Z"), at("2018-01-09T17:00:00.000Z"));  // the same in winter, GMT
    EXPECT_EQ(due("2018-01-12T11:00:00.000Z"), at("2018-01-15T17:00:00.000Z"));  // Friday -> Monday
}

TEST(DecisionClock, REF_1wd_out_of_hours_counts_from_the_next_working_day) {
    EXPECT_EQ(due("2018-01-08T17:00:00.000Z"), at("2018-01-10T17:00:00.000Z"));  // Monday 5pm counts as Tuesday
    EXPECT_EQ(due("2018-01-13T11:00:00.000Z"), at("2018-01-16T17:00:00.000Z"));  // Saturday counts as Monday
    EXPECT_EQ(due("2018-01-08T02:00:00.000Z"), at("2018-01-09T17:00:00.000Z"));  // before opening: the same day
    EXPECT_EQ(due("2017-12-22T10:00:00.000Z"), at("2017-12-27T17:00:00.000Z"));  // over Christmas (DOMAIN.md 7)
    EXPECT_EQ(due("2018-03-29T18:00:00.000Z"), at("2018-04-04T16:00:00.000Z"));  // Thursday evening before Easter
}

TEST(DecisionClock, met_missed_and_running_are_told_apart_and_said_in_words) {
    const auto received = at("2018-01-08T09:00:00.000Z");
    const auto running = decision_clock(received, std::nullopt, 1, kDays);
    EXPECT_EQ(sentence(running, at("2018-01-08T12:00:00.000Z")), "Decision due tomorrow at 5pm");
    EXPECT_EQ(sentence(running, at("2018-01-09T12:00:00.000Z")), "Decision due today at 5pm");
    EXPECT_EQ(sentence(running, at("2018-01-09T17:10:00.000Z")), "Decision overdue by 10 minutes");
    EXPECT_EQ(sentence(running, at("2018-01-09T23:30:00.000Z")), "Decision overdue by 6 hours");
    EXPECT_EQ(sentence(running, at("2018-01-12T17:30:00.000Z")), "Decision overdue by 3 days");
    EXPECT_EQ(sentence(decision_clock(received, std::nullopt, 5, kDays), received),
              "Decision due on Monday 15 January 2018 at 5pm");
    const auto in_time = decision_clock(received, at("2018-01-09T17:00:00.000Z"), 1, kDays);
    EXPECT_EQ(sentence(in_time, at("2019-01-01T00:00:00.000Z")), "Decided in time");
    const auto late = decision_clock(received, at("2018-01-09T18:00:00.000Z"), 1, kDays);
    EXPECT_EQ(sentence(late, at("2019-01-01T00:00:00.000Z")), "Decided 1 hour late");
    EXPECT_EQ(urgency(running, at("2018-01-08T12:00:00.000Z")), Urgency::calm);
    EXPECT_EQ(urgency(running, at("2018-01-09T12:00:00.000Z")), Urgency::soon);
    EXPECT_EQ(urgency(running, at("2018-01-09T17:00:01.000Z")), Urgency::overdue);
    EXPECT_EQ(urgency(late, at("2019-01-01T00:00:00.000Z")), Urgency::done);
}

RC_GTEST_PROP(DecisionClock, due_at_five_on_a_working_day_after_it_came_and_later_never_means_sooner, ()) {
    const auto start = base::to_millis(at("2016-01-01T00:00:00.000Z"));
    const auto minutes = *rc::gen::inRange<std::int64_t>(0, 60 * 24 * 365 * 10);
    const auto more = *rc::gen::inRange<std::int64_t>(0, 60 * 24 * 14);
    const int days = *rc::gen::inRange(1, 10);
    const auto received = base::from_millis(start + minutes * 60'000);
    const auto clock = decision_clock(received, std::nullopt, days, kDays);
    RC_ASSERT(clock.due > received);
    RC_ASSERT(kDays.is_working_day(base::london_date(clock.due)));
    RC_ASSERT(base::london(clock.due).hour == kOfficeCloses);
    const auto later = decision_clock(received + std::chrono::minutes{more}, std::nullopt, days, kDays);
    RC_ASSERT(later.due >= clock.due);
}

TEST(Choices, the_referral_sources_are_the_22_of_the_CIN_census) {
    EXPECT_EQ(source_codes().size(), 22u);
    for (int i = 0; i < partnership::kAgencyTypes; ++i) {
        const auto usual = usual_source(static_cast<partnership::AgencyType>(i));
        EXPECT_TRUE(usual.empty() || find_choice(source_codes(), usual)) << i;
    }
    EXPECT_EQ(text_of(source_codes(), "6"), "Police");
    EXPECT_EQ(text_of(source_codes(), "gone"), "gone");
}

TEST(Choices, H_241_subjects_carry_the_words_of_the_scheme) {
    EXPECT_EQ(subject_label(sample::scheme(), "individual"), "risky individual");
    EXPECT_EQ(subject_label(sample::scheme(), "child"), "young person");
}

}  // namespace
}  // namespace rowan::protect
