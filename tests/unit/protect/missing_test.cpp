// Missing episodes and return interviews: what cannot be, the two clocks, and that the order in which news arrives
// does not matter.
#include "protect/missing/choices.h"
#include "protect/missing/return_interview.h"
#include "sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace rowan::protect::missing {
namespace {

using sample::at;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

const partnership::Parameters kRules;

Episode episode(const char* from = "2018-03-20T21:00:00.000Z") {
    Episode e;
    e.id = "e";
    e.ref = "M-2018-0001";
    e.person = "p";
    e.context = "home";
    e.kind = "missing";
    e.missing_from = at(from);
    e.reported_at = e.missing_from + hours{2};
    e.age_at = 14;
    return e;
}
const Instant kNow = at("2018-03-26T10:00:00.000Z");

std::vector<std::string> fields(const std::vector<FieldProblem>& problems) {
    std::vector<std::string> out;
    for (const auto& p : problems) out.push_back(p.field);
    return out;
}
std::vector<std::string> wrong(const Episode& e) { return fields(check(e, kRules, kNow)); }

TEST(MissingEpisode, S_166_home_care_and_school_are_all_taken) {
    EXPECT_THAT(wrong(episode()), IsEmpty());
    auto care = episode();
    care.context = "care";
    EXPECT_THAT(wrong(care), ElementsAre("context")) << "from care means looked after";
    care.looked_after = true;
    EXPECT_THAT(wrong(care), IsEmpty());
    care.kind = "away";
    EXPECT_THAT(wrong(care), IsEmpty());
    care.looked_after = false;
    care.context = "home";
    EXPECT_THAT(wrong(care), ElementsAre("kind")) << "away without authorisation too";
    auto school = episode();
    school.context = "education";
    school.kind = "absent";
    EXPECT_THAT(wrong(school), IsEmpty()) << "the former category can still be recorded";
}

TEST(MissingEpisode, Times_that_cannot_be_are_asked_again_with_a_sentence) {
    auto e = episode();
    e.found_at = e.missing_from - minutes{1};
    EXPECT_THAT(wrong(e), ElementsAre("found_at"));
    EXPECT_EQ(check(e, kRules, kNow).front().message,
              "They were found before they went missing. Check both times");
    e = episode();
    e.found_at = e.missing_from + hours{5};
    e.returned_at = e.missing_from + hours{4};
    EXPECT_THAT(wrong(e), ElementsAre("returned_at"));
    e.returned_at = e.found_at;
    EXPECT_THAT(wrong(e), IsEmpty()) << "found at home";
    e.confirmed_at = *e.found_at - minutes{1};
    EXPECT_THAT(wrong(e), ElementsAre("confirmed_at"));
    e = episode();
    e.missing_from = kNow + minutes{1};
    e.reported_at = kNow;
    EXPECT_THAT(wrong(e), ElementsAre("missing_from", "reported_at"));
    e = episode("2008-03-20T21:00:00.000Z");
    EXPECT_THAT(wrong(e), ElementsAre("missing_from")) << "ten years ago is a slip of the pen";
    for (auto member :
         {&Episode::found_at, &Episode::returned_at, &Episode::confirmed_at, &Episode::safe_and_well_at}) {
        e = episode();
        e.*member = kNow + minutes{1};
        EXPECT_EQ(wrong(e).size(), 1u);
    }
    e = episode();
    e.withdrawn_at = kNow;
    EXPECT_THAT(wrong(e), ElementsAre("withdrawn_reason"));
}

TEST(MissingEpisode, Somebody_who_was_18_is_reported_elsewhere_and_a_child_who_is_18_by_now_stays) {
    auto e = episode();
    e.age_at = 18;
    EXPECT_THAT(wrong(e), ElementsAre("missing_from"));
    e.age_at = 17;
    EXPECT_THAT(wrong(e), IsEmpty());
    e.age_at.reset();
    EXPECT_THAT(wrong(e), IsEmpty()) << "an age that is not known is no reason to wait";
}

TEST(MissingEpisode, S_079_a_postcode_may_be_blank_but_not_unreadable) {
    EXPECT_FALSE(check_postcode("home_postcode", ""));
    EXPECT_FALSE(check_postcode("home_postcode", "ta1 1aa"));
    EXPECT_FALSE(check_postcode("home_postcode", "ZZ99 3VZ"));
    ASSERT_TRUE(check_postcode("home_postcode", "somewhere"));
    EXPECT_EQ(check_postcode("home_postcode", "somewhere")->field, "home_postcode");
}

TEST(MissingEpisode, S_069_the_newest_grade_counts_and_none_is_lost) {
    auto e = episode();
    regrade(e, {kNow - hours{5}, "medium", "Sergeant", "first"});
    regrade(e, {kNow - hours{1}, "high", "Inspector", "cold night"});
    regrade(e, {kNow - hours{3}, "low", "Sergeant", "late news"});
    EXPECT_EQ(e.risk, "high");
    ASSERT_EQ(e.words.grades.size(), 3u);
    EXPECT_EQ(e.words.grades[1].risk, "low");
}

// --- overlap ----------------------------------------------------------------------------------------------------

Episode span(int from, std::optional<int> to, std::string id) {
    auto e = episode();
    e.id = std::move(id);
    e.missing_from = kNow - hours{1000} + hours{from};
    e.reported_at = e.missing_from;
    if (to) e.returned_at = kNow - hours{1000} + hours{*to};
    return e;
}

TEST(MissingEpisode, Nobody_is_missing_twice_at_once_but_may_leave_as_they_return) {
    EXPECT_TRUE(overlapping(span(5, 9, "b"), {span(0, 6, "a")}));
    EXPECT_FALSE(overlapping(span(6, 9, "b"), {span(0, 6, "a")})) << "an end may be the next start";
    EXPECT_TRUE(overlapping(span(6, std::nullopt, "b"), {span(0, std::nullopt, "a")})) << "two open";
    EXPECT_FALSE(overlapping(span(0, 6, "a"), {span(0, 6, "a")})) << "with itself";
    EXPECT_TRUE(overlapping(span(0, 6, "b"), {span(0, 6, "a")}));
    auto withdrawn = span(0, 6, "a");
    withdrawn.withdrawn_at = kNow;
    EXPECT_FALSE(overlapping(span(0, 6, "b"), {withdrawn}));
    EXPECT_THAT(overlap_sentence(span(0, std::nullopt, "a")), testing::HasSubstr("already reported missing"));
}

RC_GTEST_PROP(MissingEpisodeRules, Whatever_is_taken_in_leaves_no_hour_counted_twice, ()) {
    const auto wanted = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 120), rc::gen::inRange(1, 24)));
    std::vector<Episode> taken;
    std::map<int, int> missing_in_hour;
    for (const auto& [from, length] : wanted) {
        auto e = span(from, from + length, "e" + std::to_string(taken.size()));
        bool free = true;
        for (int h = from; h < from + length; ++h) free = free && !missing_in_hour.contains(h);
        RC_ASSERT((overlapping(e, taken) == nullptr) == free);
        if (!free) continue;
        for (int h = from; h < from + length; ++h) ++missing_in_hour[h];
        taken.push_back(e);
    }
}

// --- clocks -----------------------------------------------------------------------------------------------------

TEST(ReturnClocks, S_070_72_hours_run_over_the_clock_change) {
    auto e = episode();
    e.returned_at = at("2018-03-23T16:30:00.000Z");
    e.confirmed_at = at("2018-03-23T18:00:00.000Z");
    const auto offer = offer_clock(e, std::nullopt, kRules);
    EXPECT_EQ(*offer.due, at("2018-03-26T18:00:00.000Z"));
    EXPECT_EQ(base::display(*offer.due), "26 March 2018 at 7:00pm") << "an hour later on the wall";
    EXPECT_EQ(*completion_clock(e, std::nullopt, kRules).due, at("2018-03-26T16:30:00.000Z"))
        << "trap 3: the interview itself counts from the return";
}

TEST(ReturnClocks, Both_clocks_turn_amber_and_red_and_stop) {
    auto e = episode();
    EXPECT_EQ(offer_clock(e, std::nullopt, kRules).state(kNow), ClockState::not_started);
    e.confirmed_at = kNow;
    const auto clock = offer_clock(e, std::nullopt, kRules);
    EXPECT_EQ(clock.state(kNow), ClockState::running);
    EXPECT_EQ(clock.state(kNow + hours{60} - minutes{1}), ClockState::running);
    EXPECT_EQ(clock.state(kNow + hours{60}), ClockState::due_soon);
    EXPECT_EQ(clock.state(kNow + hours{72}), ClockState::due_soon);
    EXPECT_EQ(clock.state(kNow + hours{72} + std::chrono::milliseconds{1}), ClockState::overdue);
    EXPECT_EQ(offer_clock(e, kNow + hours{72}, kRules).state(kNow + hours{100}), ClockState::met);
    EXPECT_EQ(offer_clock(e, kNow + hours{73}, kRules).state(kNow + hours{100}), ClockState::missed);
    e.withdrawn_at = kNow;
    EXPECT_EQ(offer_clock(e, std::nullopt, kRules).state(kNow), ClockState::not_started);
}

TEST(ReturnClocks, With_one_time_known_it_is_used_and_marked) {
    auto e = episode();
    e.returned_at = kNow - hours{2};
    const auto offer = offer_clock(e, std::nullopt, kRules);
    EXPECT_EQ(offer.start, e.returned_at);
    EXPECT_TRUE(offer.other_start);
    EXPECT_FALSE(completion_clock(e, std::nullopt, kRules).other_start);
    e.confirmed_at = kNow - hours{1};
    EXPECT_EQ(offer_clock(e, std::nullopt, kRules).start, e.confirmed_at) << "the police’s time takes over";
    EXPECT_FALSE(offer_clock(e, std::nullopt, kRules).other_start);
}

// The brute-force twin: counts 72 hours minute by minute on a wall clock that it sets itself.
Instant twin_due(Instant start) {
    auto t = start;
    for (int i = 0; i < 72 * 60; ++i) t += minutes{1};
    return t;
}
// 72 hours as somebody would count them who adds three days to the wall clock: wrong across a change.
Instant naive_due(Instant start) {
    const auto local = base::london(start);
    return base::from_london(base::add_days(local.date, 3), local.hour, local.minute, local.second);
}

TEST(ReturnClocks, S_070_every_hour_of_ten_years_agrees_with_a_twin) {
    auto e = episode();
    int changes = 0;
    for (auto start = at("2014-01-01T00:30:00.000Z"); start < at("2024-01-01T00:00:00.000Z"); start += hours{1}) {
        e.confirmed_at = e.returned_at = start;
        const auto due = *offer_clock(e, std::nullopt, kRules).due;
        ASSERT_EQ(due, *completion_clock(e, std::nullopt, kRules).due);
        ASSERT_EQ(due - start, hours{72});
        if (due != naive_due(start)) {
            ++changes;
            ASSERT_EQ(due, twin_due(start)) << base::to_iso(start);
            ASSERT_LE(std::chrono::abs(due - naive_due(start)), hours{1});
        }
    }
    EXPECT_GE(changes, 20 * 71) << "twenty clock changes, three days of starts each";
    EXPECT_LE(changes, 20 * 73);
}

// --- any order of news ------------------------------------------------------------------------------------------

RC_GTEST_PROP(MissingEpisodeRules, Late_and_corrected_news_in_any_order_give_the_same_episode, ()) {
    struct News {
        int field, hour, seq;
    };
    // Each field may be told several times; what was written down last (seq) is the correction that stands.
    const auto count = *rc::gen::inRange(1, 12);
    std::vector<News> news;
    for (int i = 0; i < count; ++i) news.push_back({*rc::gen::inRange(0, 4), *rc::gen::inRange(1, 50), i});
    const auto apply = [&](std::vector<News> order) {
        auto e = episode();
        std::map<int, int> newest;
        for (const auto& n : order) {
            if (const auto known = newest.find(n.field); known != newest.end() && known->second > n.seq) continue;
            newest[n.field] = n.seq;
            const auto when = e.missing_from + hours{n.hour};
            if (n.field == 0) e.found_at = when;
            if (n.field == 1) e.returned_at = when;
            if (n.field == 2) e.confirmed_at = when;
            if (n.field == 3) e.withdrawn_at = n.hour % 2 ? std::optional{when} : std::nullopt;
        }
        return e;
    };
    const auto first = apply(news);
    auto other = news;
    for (std::size_t i = other.size(); i > 1; --i)
        std::swap(other[i - 1], other[*rc::gen::inRange<std::size_t>(0, i)]);
    const auto second = apply(other);
    RC_ASSERT(first.stage() == second.stage());
    RC_ASSERT(first.ended_at() == second.ended_at());
    RC_ASSERT(first.counts() == second.counts());
    RC_ASSERT(check(first, kRules, kNow).size() == check(second, kRules, kNow).size());
    RC_ASSERT(offer_clock(first, std::nullopt, kRules).due == offer_clock(second, std::nullopt, kRules).due);
}

RC_GTEST_PROP(MissingEpisodeRules, What_is_right_in_the_end_is_never_refused_on_the_way, ()) {
    auto whole = episode();
    whole.found_at = whole.missing_from + hours{*rc::gen::inRange(1, 30)};
    whole.returned_at = *whole.found_at + hours{*rc::gen::inRange(0, 10)};
    whole.confirmed_at = *whole.found_at + hours{*rc::gen::inRange(0, 20)};
    whole.safe_and_well_at = *whole.found_at + hours{*rc::gen::inRange(0, 30)};
    RC_ASSERT(check(whole, kRules, kNow).empty());
    auto part = whole;
    if (*rc::gen::arbitrary<bool>()) part.found_at.reset();
    if (*rc::gen::arbitrary<bool>()) part.returned_at.reset();
    if (*rc::gen::arbitrary<bool>()) part.confirmed_at.reset();
    if (*rc::gen::arbitrary<bool>()) part.safe_and_well_at.reset();
    RC_ASSERT(check(part, kRules, kNow).empty());
}

// --- repeat missing ---------------------------------------------------------------------------------------------

TEST(RepeatMissing, Three_in_ninety_days_propose_a_strategy_discussion) {
    std::vector<Episode> all{span(0, 1, "a"), span(10, 11, "b")};
    EXPECT_FALSE(repeat_trigger(all, kNow, kRules).reached());
    all.push_back(span(20, 21, "c"));
    EXPECT_TRUE(repeat_trigger(all, kNow, kRules).reached());
    all.back().withdrawn_at = kNow;
    EXPECT_FALSE(repeat_trigger(all, kNow, kRules).reached()) << "one that was withdrawn does not count";
    all.back() = span(20, 21, "c");
    all.front().missing_from = kNow - hours{24 * 90};
    EXPECT_EQ(repeat_trigger(all, kNow, kRules).episodes, 2) << "exactly ninety days ago is out of the window";
}

// --- the interview ----------------------------------------------------------------------------------------------

Attempt asked(Instant when, const char* result, const char* with = "child") {
    return {when, with, "phone", result, "", "Bea"};
}

TEST(ReturnInterviews, The_last_clear_answer_counts_and_a_no_may_become_a_yes) {
    ReturnInterview i;
    settle(i);
    EXPECT_EQ(i.answer(), Response::none);
    i.words.attempts = {asked(kNow, "thinking")};
    settle(i);
    EXPECT_EQ(i.answer(), Response::waiting);
    i.words.attempts.push_back(asked(kNow + hours{1}, "declined"));
    settle(i);
    EXPECT_EQ(i.answer(), Response::declined);
    EXPECT_TRUE(i.open()) << "the parents are still to be asked";
    i.words.attempts.push_back(asked(kNow + hours{2}, "accepted", "parent"));
    settle(i);
    EXPECT_EQ(i.answer(), Response::declined) << "a parent’s yes is not the child’s";
    EXPECT_FALSE(i.open());
    i.words.attempts.push_back(asked(kNow + hours{3}, "accepted"));
    settle(i);
    EXPECT_EQ(i.answer(), Response::accepted);
    EXPECT_TRUE(i.open());
    EXPECT_EQ(i.offered_at, kNow);
    EXPECT_EQ(i.parent_offered_at, kNow + hours{2});
    i.completed_at = kNow + hours{4};
    EXPECT_FALSE(i.open());
}

TEST(ReturnInterviews, Two_attempts_without_an_answer_are_not_contactable) {
    ReturnInterview i;
    i.words.attempts = {asked(kNow, "no_answer")};
    settle(i);
    EXPECT_EQ(i.answer(), Response::waiting);
    i.words.attempts.push_back(asked(kNow + hours{9}, "no_answer"));
    settle(i);
    EXPECT_EQ(i.answer(), Response::no_response);
    i.words.attempts.push_back(asked(kNow + hours{10}, "accepted"));
    settle(i);
    EXPECT_EQ(i.answer(), Response::accepted);
}

RC_GTEST_PROP(ReturnInterviewsRules, In_whatever_order_the_attempts_are_written_down, ()) {
    const auto n = *rc::gen::inRange(1, 7);
    std::vector<Attempt> attempts;
    const char* kResults[] = {"accepted", "declined", "thinking", "no_answer"};
    for (int k = 0; k < n; ++k)
        attempts.push_back(asked(kNow + hours{k}, kResults[*rc::gen::inRange(0, 4)],
                                 *rc::gen::inRange(0, 3) ? "child" : "parent"));
    ReturnInterview a, b;
    a.words.attempts = attempts;
    std::reverse(attempts.begin(), attempts.end());
    b.words.attempts = attempts;
    settle(a);
    settle(b);
    RC_ASSERT(a.response == b.response);
    RC_ASSERT(a.offered_at == b.offered_at);
    RC_ASSERT(a.parent_offered_at == b.parent_offered_at);
}

TEST(ReturnInterviews, One_interview_for_two_episodes_keeps_their_offers_apart) {
    auto first = span(0, 10, "a"), second = span(40, 50, "b");
    ReturnInterview i;
    i.words.attempts = {asked(*first.returned_at + hours{5}, "accepted")};
    EXPECT_EQ(offered_for(i, first), *first.returned_at + hours{5});
    EXPECT_FALSE(offered_for(i, second)) << "made before they even left again";
    i.words.attempts.push_back(asked(*second.returned_at + hours{80}, "accepted"));
    EXPECT_EQ(offer_clock(first, offered_for(i, first), kRules).state(kNow), ClockState::met);
    EXPECT_EQ(offer_clock(second, offered_for(i, second), kRules).state(kNow), ClockState::missed);
    i.completed_at = *second.returned_at + hours{70};
    EXPECT_EQ(completed_for(i, first), i.completed_at);
    EXPECT_EQ(completion_clock(first, completed_for(i, first), kRules).state(kNow), ClockState::missed);
    EXPECT_EQ(completion_clock(second, completed_for(i, second), kRules).state(kNow), ClockState::met);
    i.completed_at = *second.returned_at - hours{1};
    EXPECT_FALSE(completed_for(i, second)) << "what they said before says nothing about it";
}

TEST(ReturnInterviews, An_offer_before_the_return_cannot_be_and_a_no_needs_the_childs_reason) {
    auto e = span(0, 10, "a");
    auto a = asked(*e.returned_at - minutes{1}, "accepted");
    EXPECT_THAT(fields(check_attempt(a, "", {e}, kNow)), ElementsAre("at"));
    a.at = *e.returned_at;
    EXPECT_THAT(check_attempt(a, "", {e}, kNow), IsEmpty());
    a.result = "declined";
    EXPECT_THAT(fields(check_attempt(a, "", {e}, kNow)), ElementsAre("declined_reason"));
    EXPECT_THAT(check_attempt(a, "“Nobody ever does anything”", {e}, kNow), IsEmpty());
    EXPECT_THAT(fields(check_attempt(a, "x", {span(0, std::nullopt, "b")}, kNow)), ElementsAre("episodes"));
    EXPECT_THAT(fields(check_attempt(a, "x", {}, kNow)), ElementsAre("episodes"));
}

ReturnInterview held(const Episode& e) {
    ReturnInterview i;
    i.completed_at = *e.returned_at + hours{20};
    i.words.place = "neutral";
    i.words.own_words = "I went because it was loud.";
    i.words.parent_view = "She had not told us.";
    i.themes = {"home_unsafe"};
    i.words.actions = {{"home_unsafe", "Family worker visits this week", "Social worker", ""}};
    return i;
}

TEST(ReturnInterviews, H_066_a_theme_needs_an_action_or_a_reason_for_none) {
    const auto e = span(0, 10, "a");
    auto i = held(e);
    EXPECT_THAT(check_completed(i, {e}, kNow), IsEmpty());
    i.themes.push_back("school");
    EXPECT_THAT(fields(check_completed(i, {e}, kNow)), ElementsAre("action-school"));
    i.words.actions.push_back({"school", "", "", "The school has changed this already"});
    EXPECT_THAT(check_completed(i, {e}, kNow), IsEmpty());
    i.words.actions.back() = {"school", "A new timetable", "", ""};
    EXPECT_THAT(fields(check_completed(i, {e}, kNow)), ElementsAre("who-school"));
    i = held(e);
    i.themes.clear();
    EXPECT_THAT(fields(check_completed(i, {e}, kNow)), ElementsAre("themes"));
}

TEST(ReturnInterviews, An_interview_before_the_return_or_without_independence_is_asked_again) {
    const auto e = span(0, 10, "a");
    auto i = held(e);
    i.completed_at = *e.returned_at - hours{1};
    EXPECT_THAT(fields(check_completed(i, {e}, kNow)), ElementsAre("completed_at"));
    i = held(e);
    i.independent = false;
    EXPECT_THAT(fields(check_completed(i, {e}, kNow)), ElementsAre("independence_reason"));
    i.words.independence_reason = "She asked for her key worker.";
    EXPECT_THAT(check_completed(i, {e}, kNow), IsEmpty());
    i.words.parent_view.clear();
    EXPECT_THAT(fields(check_completed(i, {e}, kNow)), ElementsAre("parent_view"));
}

}  // namespace
}  // namespace rowan::protect::missing
