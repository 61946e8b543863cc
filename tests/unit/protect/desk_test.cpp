#include "people/protection_store.h"
#include "house.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::protect {
namespace {

using sample::House;
using testing::HasSubstr;

class Desk : public testing::Test {
protected:
    sample::TemporaryDatabase database_;
    House house{database_.db()};
    ProtectDesk& desk = house.desk();
};

base::ErrorKind kind_of(const auto& result) { return result.error().kind; }

// --- referring --------------------------------------------------------------------------------------------------

TEST_F(Desk, S_107_any_professional_refers_and_gets_a_reference) {
    const auto id = house.refer(house.teacher);
    const auto view = desk.referral(house.teacher, id);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->referral.ref, "R-2018-0001");
    EXPECT_EQ(view->referral.state, "RECEIVED");
    EXPECT_EQ(view->referral.words.narrative, "An older man waits for her after school in a car.");
    EXPECT_EQ(view->subject, "Amina Rahman");
    EXPECT_EQ(view->referral.age_at, 14);
    const auto second = house.refer(house.nurse, House::answers("Okafor"));
    EXPECT_EQ(desk.referral(house.nurse, second)->referral.ref, "R-2018-0002");
}

TEST_F(Desk, S_029_H_119_the_definition_that_was_shown_is_stored) {
    const auto view = desk.referral(house.teacher, house.refer(house.teacher));
    EXPECT_EQ(view->referral.definition_version,
              sample::scheme().definition_on(sample::date("2018-03-26")).version);
}

TEST_F(Desk, a_form_sent_twice_makes_one_referral) {
    const auto draft = house.draft(house.teacher, House::answers());
    const auto first = House::value(desk.send(house.teacher, draft));
    const auto second = House::value(desk.send(house.teacher, draft));
    EXPECT_EQ(first, second);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM referral"), 1);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM person"), 1);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM draft"), 0);
}

TEST_F(Desk, H_122_a_referral_without_the_answer_about_social_care_does_not_go) {
    auto answers = House::answers();
    answers.forget("csc_question");
    const auto sent = desk.send(house.teacher, house.draft(house.teacher, answers));
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(kind_of(sent), base::ErrorKind::invalid);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM referral"), 0);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM draft"), 1) << "what was typed is still there";
}

TEST_F(Desk, a_new_person_is_stored_under_the_referrers_agency_and_found_at_once) {
    house.refer(house.teacher);
    const auto found = house.people().find(house.teacher, "rahman amina", 5);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].sight.sight, partnership::Sight::full);
    EXPECT_TRUE(found[0].at_risk);
}

TEST_F(Desk, an_existing_person_is_referred_again_without_a_second_record) {
    const auto first = desk.referral(house.front_door, house.refer(house.teacher));
    auto answers = House::answers();
    answers.set("person", first->person);
    for (const char* name : {"given_names", "family_name", "born-day", "born-month", "born-year"})
        answers.forget(name);
    const auto second = desk.referral(house.front_door, house.refer(house.teacher, answers));
    EXPECT_EQ(second->person, first->person);
    EXPECT_EQ(second->subject, "Amina Rahman");
    EXPECT_EQ(second->referral.age_at, 14);
    EXPECT_EQ(second->others.size(), 1u);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM person"), 1);
}

TEST_F(Desk, a_person_whom_the_referrer_may_not_see_cannot_be_chosen) {
    const auto first = desk.referral(house.front_door, house.refer(house.teacher));
    auto answers = House::answers();
    answers.set("person", first->person);
    const auto sent = desk.send(house.nurse, house.draft(house.nurse, answers));
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(kind_of(sent), base::ErrorKind::refused);
    EXPECT_EQ(kind_of(desk.start_referral(house.nurse, first->person)), base::ErrorKind::not_found);
}

TEST_F(Desk, two_agencies_that_refer_the_same_young_person_give_a_match_for_a_human) {
    house.refer(house.teacher);
    house.refer(house.nurse);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM person WHERE merged_into IS NOT NULL"), 0);
    EXPECT_GE(house.count("SELECT COUNT(*) FROM link_proposal"), 1);
}

TEST_F(Desk, H_121_a_location_is_referred_without_a_person) {
    Answers answers = House::answers();
    answers.set("subject_kind", "location");
    answers.set("place_name", "The car park behind the station");
    answers.set("place_postcode", "b913qb");
    const auto view = desk.referral(house.front_door, house.refer(house.teacher, answers));
    EXPECT_EQ(view->subject, "The car park behind the station");
    EXPECT_EQ(view->person, "");
    EXPECT_EQ(view->referral.child_aware, "");
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM person"), 0);
}

TEST_F(Desk, H_111_an_agency_that_has_not_signed_refers_nothing_and_sees_nothing) {
    const auto id = house.refer(house.teacher);
    auto lapsed = house.teacher;
    lapsed.protocol_in_force = false;
    EXPECT_EQ(kind_of(desk.start_referral(lapsed)), base::ErrorKind::refused);
    EXPECT_FALSE(desk.referral(lapsed, id));
    EXPECT_EQ(desk.listing(lapsed, {}).total, 0u);
    EXPECT_TRUE(desk.work_for(lapsed).empty());
}

// --- drafts -----------------------------------------------------------------------------------------------------

TEST_F(Desk, a_draft_is_its_authors_alone_is_resumed_and_goes_with_its_key) {
    const auto id = house.draft(house.teacher, House::answers());
    EXPECT_FALSE(desk.draft(house.colleague, id));
    EXPECT_EQ(kind_of(desk.delete_draft(house.colleague, id)), base::ErrorKind::not_found);
    ASSERT_TRUE(desk.draft(house.teacher, id));
    EXPECT_EQ(desk.draft(house.teacher, id)->answers, House::answers());
    EXPECT_EQ(desk.drafts(house.teacher).size(), 1u);
    House::must(desk.delete_draft(house.teacher, id));
    EXPECT_FALSE(desk.draft(house.teacher, id));
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM record_key"), 0);
}

TEST_F(Desk, a_draft_saved_in_another_window_is_not_overwritten) {
    const auto id = house.draft(house.teacher, House::answers());
    auto here = *desk.draft(house.teacher, id), there = here;
    there.answers.set("narrative", "There: a worry of more than twenty letters");
    House::must(desk.save_draft(house.teacher, there));
    here.answers.set("narrative", "Here: another worry of more than twenty letters");
    const auto saved = desk.save_draft(house.teacher, here);
    ASSERT_FALSE(saved.ok());
    EXPECT_EQ(kind_of(saved), base::ErrorKind::conflict);
    EXPECT_THAT(desk.draft(house.teacher, id)->answers.get("narrative"), HasSubstr("There"));
}

// --- who sees what ----------------------------------------------------------------------------------------------

TEST_F(Desk, the_referrer_sees_their_own_referral_and_others_see_nothing) {
    const auto id = house.refer(house.teacher);
    EXPECT_EQ(desk.referral(house.teacher, id)->sight.rule, "referrer");
    EXPECT_EQ(desk.referral(house.front_door, id)->sight.rule, "front-door");
    for (const auto* other : {&house.nurse, &house.colleague, &house.analyst})
        EXPECT_FALSE(desk.referral(*other, id)) << other->name;
    EXPECT_EQ(desk.listing(house.teacher, {}).total, 1u);
    EXPECT_EQ(desk.listing(house.nurse, {}).total, 0u);
    EXPECT_EQ(desk.listing(house.front_door, {}).total, 1u);
}

TEST_F(Desk, the_referrer_never_sees_the_rationale_nor_the_level) {
    const auto id = house.refer(house.teacher);
    House::must(house.decide(id));
    EXPECT_FALSE(desk.referral(house.teacher, id)->decision) << "not told yet";
    House::must(
        desk.acknowledge(house.front_door, id, desk.referral(house.front_door, id)->decision->version, ""));
    const auto told = desk.referral(house.teacher, id)->decision;
    ASSERT_TRUE(told);
    EXPECT_EQ(told->words.rationale, "");
    EXPECT_EQ(told->words.best_interests, "");
    EXPECT_EQ(told->risk_level, "");
    EXPECT_THAT(told->words.told, HasSubstr("A social worker will make an assessment."));
}

// --- deciding ---------------------------------------------------------------------------------------------------

TEST_F(Desk, a_decision_stops_the_clock_and_is_stored_once) {
    const auto id = house.refer(house.teacher);
    house.clock().advance(std::chrono::hours{25});
    House::must(house.decide(id, "key-1"));
    const auto view = desk.referral(house.front_door, id);
    EXPECT_EQ(view->referral.state, "DECISION_MADE");
    EXPECT_FALSE(view->clock.running());
    EXPECT_TRUE(view->clock.met_by(house.clock().now()));
    auto again = house.proposal(id);
    again.version = 0;
    EXPECT_TRUE(desk.decide(house.front_door, again, 1, "key-1").ok()) << "the same form sent again";
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM front_door_decision"), 1);
    EXPECT_EQ(desk.referral(house.front_door, id)->decision->version, 1);
}

TEST_F(Desk, of_two_who_decide_at_once_the_second_overwrites_nothing) {
    const auto id = house.refer(house.teacher);
    const auto mine = house.proposal(id, "early_help", "1"), theirs = house.proposal(id, "strategy_s47", "3");
    const auto version = house.version(id);
    House::must(desk.decide(house.front_door, theirs, version, "a"));
    const auto late = desk.decide(house.manager, mine, version, "b");
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(kind_of(late), base::ErrorKind::conflict);
    EXPECT_EQ(desk.referral(house.front_door, id)->decision->decision, "strategy_s47");
}

TEST_F(Desk, a_stale_revision_is_refused_and_a_fresh_one_keeps_the_former_in_history) {
    const auto id = house.refer(house.teacher);
    House::must(house.decide(id));
    auto stale = house.proposal(id, "mase");
    House::must(desk.decide(house.manager, house.proposal(id, "early_help", "1"), house.version(id), ""));
    EXPECT_EQ(kind_of(desk.decide(house.front_door, stale, house.version(id), "")), base::ErrorKind::conflict);
    const auto view = desk.referral(house.front_door, id);
    EXPECT_EQ(view->decision->decision, "early_help");
    EXPECT_EQ(view->decision_versions.size(), 2u);
    EXPECT_EQ(view->decided_by, "Mo Archer");
}

TEST_F(Desk, a_change_of_mind_does_not_turn_the_clock_back_and_the_referrer_is_told_again) {
    const auto id = house.refer(house.teacher);
    House::must(house.decide(id));
    const auto first = desk.referral(house.front_door, id)->decision;
    House::must(desk.acknowledge(house.front_door, id, first->version, ""));
    house.clock().advance(std::chrono::hours{24 * 7});
    House::must(desk.decide(house.front_door, house.proposal(id, "mase"), house.version(id), ""));
    const auto second = desk.referral(house.front_door, id)->decision;
    EXPECT_EQ(second->decided_at, first->decided_at);
    EXPECT_FALSE(second->acknowledged_at);
    EXPECT_EQ(second->words.told, "");
}

TEST_F(Desk, H_021_H_031_a_decision_asks_for_best_interests_and_for_no_evidence) {
    const auto id = house.refer(house.teacher);
    auto d = house.proposal(id);
    d.words.best_interests = "";
    EXPECT_EQ(kind_of(desk.decide(house.front_door, d, house.version(id), "")), base::ErrorKind::invalid);
    EXPECT_TRUE(house.decide(id).ok());
}

TEST_F(Desk, only_who_may_decide_decides) {
    const auto id = house.refer(house.teacher);
    EXPECT_EQ(kind_of(desk.decide(house.teacher, house.proposal(id), house.version(id), "")),
              base::ErrorKind::not_found);
    auto chair = house.manager;
    chair.roles = {"panel_chair"};
    EXPECT_EQ(kind_of(desk.decide(chair, house.proposal(id), house.version(id), "")), base::ErrorKind::refused);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM front_door_decision"), 0);
}

TEST_F(Desk, the_answer_waits_on_the_referrers_my_work_until_it_is_read) {
    const auto id = house.refer(house.teacher);
    House::must(house.decide(id));
    EXPECT_EQ(kind_of(desk.mark_read(house.teacher, id)), base::ErrorKind::conflict);
    House::must(
        desk.acknowledge(house.front_door, id, desk.referral(house.front_door, id)->decision->version, "Thanks."));
    const auto work = desk.work_for(house.teacher);
    ASSERT_EQ(work.size(), 1u);
    EXPECT_THAT(work[0].text, HasSubstr("Read the answer"));
    EXPECT_EQ(kind_of(desk.mark_read(house.nurse, id)), base::ErrorKind::not_found);
    House::must(desk.mark_read(house.teacher, id));
    EXPECT_TRUE(desk.work_for(house.teacher).empty());
}

// --- danger, duplicates -----------------------------------------------------------------------------------------

TEST_F(Desk, immediate_danger_is_marked_and_the_referral_goes_on_waiting) {
    const auto id = house.refer(house.teacher);
    House::must(desk.mark_danger(house.front_door, id, house.version(id), "He is outside the school now."));
    const auto view = desk.referral(house.front_door, id);
    EXPECT_TRUE(view->referral.immediate_danger);
    EXPECT_EQ(view->referral.state, "RECEIVED");
    EXPECT_EQ(view->referral.words.danger_note, "He is outside the school now.");
    EXPECT_EQ(kind_of(desk.mark_danger(house.front_door, id, 1, "")), base::ErrorKind::conflict);
}

TEST_F(Desk, a_repeat_is_joined_to_the_earlier_referral_and_can_be_parted_again) {
    const auto first = house.refer(house.teacher), second = house.refer(house.teacher);
    EXPECT_EQ(kind_of(desk.link_duplicate(house.front_door, second, house.version(second), "R-1999-0001")),
              base::ErrorKind::invalid);
    EXPECT_EQ(kind_of(desk.link_duplicate(house.front_door, second, house.version(second), "R-2018-0002")),
              base::ErrorKind::invalid)
        << "not to itself";
    House::must(desk.link_duplicate(house.front_door, second, house.version(second), " R-2018-0001 "));
    EXPECT_EQ(desk.referral(house.front_door, second)->duplicate_of_ref, "R-2018-0001");
    EXPECT_EQ(desk.listing(house.front_door, {}).total, 1u);
    EXPECT_EQ(kind_of(desk.decide(house.front_door, house.proposal(second), house.version(second), "")),
              base::ErrorKind::conflict);
    EXPECT_EQ(kind_of(desk.link_duplicate(house.front_door, first, house.version(first), "R-2018-0002")),
              base::ErrorKind::invalid)
        << "not to one that is joined";
    House::must(desk.unlink(house.front_door, second, house.version(second)));
    EXPECT_EQ(desk.listing(house.front_door, {}).total, 2u);
}

// --- the list ---------------------------------------------------------------------------------------------------

TEST_F(Desk, the_list_filters_counts_and_sorts) {
    house.refer(house.teacher);  // Monday 10:00 UTC
    house.clock().set(sample::at("2018-03-27T09:00:00.000Z"));
    auto urgent = House::answers("Okafor");
    urgent.set("immediate_danger", "yes");
    const auto second = house.refer(house.nurse, urgent);
    house.clock().set(sample::at("2018-03-27T16:30:00.000Z"));  // half an hour after the first was due
    auto all = desk.listing(house.front_door, {});
    EXPECT_EQ(all.counts.open, 2u);
    EXPECT_EQ(all.counts.overdue, 1u);
    EXPECT_EQ(all.counts.danger, 1u);
    EXPECT_EQ(all.rows[0].line.referral.id, second) << "immediate danger first, though it came later";
    EXPECT_EQ(all.rows[1].subject, "Amina Rahman");
    ListFilter filter;
    filter.sort = "received";
    EXPECT_EQ(desk.listing(house.front_door, filter).rows[0].subject, "Amina Rahman");
    filter = {};
    filter.overdue = true;
    EXPECT_EQ(desk.listing(house.front_door, filter).total, 1u);
    filter = {};
    filter.sort = "-received";
    EXPECT_EQ(desk.listing(house.front_door, filter).rows[0].line.referral.id, second);
    filter = {};
    filter.state = "decided";
    EXPECT_EQ(desk.listing(house.front_door, filter).total, 0u);
    House::must(house.decide(second));
    EXPECT_EQ(desk.listing(house.front_door, filter).total, 1u);
    filter = {};
    filter.state = "all";
    EXPECT_EQ(desk.listing(house.front_door, filter).rows[1].line.referral.id, second)
        << "decided: no longer first";
    filter = {};
    filter.mine = true;
    EXPECT_EQ(desk.listing(house.front_door, filter).total, 0u);
    filter = {};
    filter.area = all.rows[1].line.referral.area;
    EXPECT_EQ(desk.listing(house.front_door, filter).total, 1u);
    filter.area = "nowhere";
    EXPECT_EQ(desk.listing(house.front_door, filter).total, 0u);
}

TEST_F(Desk, a_restricted_referral_opens_for_those_who_are_named) {
    const auto id = house.refer(house.teacher);
    const auto person = desk.referral(house.front_door, id)->person;
    const auto record = house.people().index().records_of(person).front().id;
    ASSERT_EQ(desk.referral(house.front_door, id)->sight.rule, "front-door");
    House::must(house.office().database.write([&](database::Session& s) -> base::Result<> {
        people::store::set_sensitivity(house.office(), s, person, partnership::Sensitivity::restricted, "test",
                                       "A colleague's child");
        return base::done();
    }));
    house.people().refresh({record});
    EXPECT_FALSE(desk.referral(house.front_door, id));
    House::must(house.office().database.write([&](database::Session& s) -> base::Result<> {
        people::store::put_name(house.office(), s, person, house.front_door.user_id, "test", "They decide");
        people::store::put_name(house.office(), s, person, house.nurse.user_id, "test", "They help");
        return base::done();
    }));
    const auto view = desk.referral(house.front_door, id);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->sight.sight, ReferralSight::full);
    EXPECT_EQ(desk.listing(house.front_door, {}).rows.at(0).subject, "Amina Rahman");
    EXPECT_TRUE(desk.listing(house.front_door, {}).rows.at(0).openable);
    House::must(house.decide(id));
    EXPECT_FALSE(desk.referral(house.nurse, id)) << "named, and the referral is still another's";
    EXPECT_TRUE(desk.subject(house.nurse, person));
}

TEST_F(Desk, a_restricted_record_is_on_the_clock_but_has_no_name) {
    const auto id = house.refer(house.teacher);
    const auto person = desk.referral(house.front_door, id)->person;
    house.people().index().set_sensitivity(person, partnership::Sensitivity::restricted);
    const auto list = desk.listing(house.front_door, {});
    ASSERT_EQ(list.rows.size(), 1u);
    EXPECT_EQ(list.rows[0].subject, "Restricted record");
    EXPECT_FALSE(list.rows[0].openable);
    EXPECT_FALSE(desk.referral(house.front_door, id));
    EXPECT_EQ(desk.referral(house.teacher, id)->sight.rule, "referrer");
}

TEST_F(Desk, my_work_puts_danger_first_then_what_is_overdue_then_by_the_clock) {
    house.refer(house.teacher, House::answers("Early"));
    house.clock().set(sample::at("2018-03-27T09:00:00.000Z"));
    house.refer(house.teacher, House::answers("Later"));
    auto urgent = House::answers("Urgent");
    urgent.set("immediate_danger", "yes");
    house.refer(house.teacher, urgent);
    house.clock().set(sample::at("2018-03-27T17:00:00.000Z"));
    house.draft(house.front_door, House::answers());
    const auto work = desk.work_for(house.front_door);
    ASSERT_EQ(work.size(), 4u);
    EXPECT_THAT(work[0].text, HasSubstr("Urgent"));
    EXPECT_THAT(work[1].text, HasSubstr("Early"));
    EXPECT_THAT(work[1].why, HasSubstr("overdue by 1 hour"));
    EXPECT_THAT(work[2].text, HasSubstr("Later"));
    EXPECT_THAT(work[3].text, HasSubstr("Finish your referral"));
}

// --- screening --------------------------------------------------------------------------------------------------

class ScreeningDesk : public Desk {
protected:
    std::string referral = house.refer(house.teacher);
    std::string person = desk.referral(house.front_door, referral)->person;

    std::string start(const Viewer& viewer) {
        return House::value(desk.start_screening(viewer, person, "", std::nullopt));
    }
    std::string complete(const Viewer& viewer) {
        const auto id = start(viewer);
        auto draft = *desk.draft(viewer, id);
        for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
                 {"I01", "yes"},
                 {"I01-evidence", "fact"},
                 {"professional_outcome", "1"},
                 {"override_reason", "More than the sum shows"},
                 {"mash_referral", "yes"}})
            draft.answers.set(name, value);
        draft.answers.set("I01-when", std::vector<std::string>{"current_6m"});
        House::must(desk.save_draft(viewer, draft));
        return House::value(desk.complete_screening(viewer, id));
    }
};

TEST_F(ScreeningDesk, H_209_the_tool_follows_the_age_on_the_day) {
    EXPECT_EQ(desk.tool_of(*desk.draft(house.teacher, start(house.teacher)))->family, "regional_12plus");
    auto young = House::answers("Young");
    young.set("born-year", "2008");
    const auto other = desk.referral(house.front_door, house.refer(house.teacher, young));
    const auto draft = House::value(desk.start_screening(house.front_door, other->person, "", std::nullopt));
    EXPECT_EQ(desk.tool_of(*desk.draft(house.front_door, draft))->family, "U12");
}

TEST_F(ScreeningDesk, an_unknown_age_is_asked_for_and_never_guessed) {
    auto answers = House::answers("Ageless");
    for (const char* name : {"born-day", "born-month", "born-year"}) answers.forget(name);
    const auto other = desk.referral(house.front_door, house.refer(house.teacher, answers));
    EXPECT_EQ(kind_of(desk.start_screening(house.teacher, other->person, "", std::nullopt)),
              base::ErrorKind::invalid);
    const auto draft = House::value(desk.start_screening(house.teacher, other->person, "", 11));
    EXPECT_EQ(desk.tool_of(*desk.draft(house.teacher, draft))->family, "U12");
    EXPECT_EQ(desk.draft(house.teacher, draft)->answers.get("age_estimated"), "yes");
}

TEST_F(ScreeningDesk, a_completed_screening_holds_sum_band_judgement_and_referral) {
    const auto view = desk.screening(house.teacher, complete(house.teacher));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->screening.score, 5);
    EXPECT_EQ(view->screening.professional_outcome, "1");
    EXPECT_TRUE(view->screening.mash_referral);
    EXPECT_EQ(view->screening.age_at, 14);
    EXPECT_EQ(view->scored.total, 5);
    EXPECT_EQ(view->completed_by, "Tess Marlow");
}

TEST_F(ScreeningDesk, H_171_a_judgement_that_differs_needs_its_reason) {
    const auto id = start(house.teacher);
    auto draft = *desk.draft(house.teacher, id);
    draft.answers.set("professional_outcome", "3");
    draft.answers.set("mash_referral", "yes");
    House::must(desk.save_draft(house.teacher, draft));
    EXPECT_EQ(kind_of(desk.complete_screening(house.teacher, id)), base::ErrorKind::invalid);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM screening"), 0);
}

TEST_F(ScreeningDesk, completing_twice_makes_one_and_amending_makes_a_new_version_of_it) {
    const auto id = complete(house.teacher);
    const auto first = House::value(desk.amend_screening(house.teacher, id));
    const auto second = House::value(desk.amend_screening(house.colleague, id));
    auto draft = *desk.draft(house.teacher, first);
    draft.answers.set("I02", "yes");
    draft.answers.set("I02-when", std::vector<std::string>{"6_12m"});
    draft.answers.set("I02-evidence", "gut_feeling");
    House::must(desk.save_draft(house.teacher, draft));
    EXPECT_EQ(House::value(desk.complete_screening(house.teacher, first)), id);
    EXPECT_EQ(House::value(desk.complete_screening(house.teacher, first)), id);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM screening"), 1);
    const auto view = desk.screening(house.teacher, id);
    EXPECT_EQ(view->screening.version, 2);
    EXPECT_EQ(view->screening.score, 6);
    EXPECT_EQ(view->versions.size(), 2u);
    EXPECT_EQ(kind_of(desk.complete_screening(house.colleague, second)), base::ErrorKind::conflict);
}

// Or a form that failed would have been done by half, and its key remembered: sent again it would not be done.
TEST_F(ScreeningDesk, the_last_answers_and_completing_are_one_write) {
    const auto id = complete(house.teacher);
    const auto mine = House::value(desk.amend_screening(house.teacher, id));
    const auto theirs = House::value(desk.amend_screening(house.colleague, id));
    House::value(desk.complete_screening(house.colleague, theirs));
    auto draft = *desk.draft(house.teacher, mine);
    draft.answers.set("override_reason", "Written last");
    EXPECT_EQ(kind_of(desk.complete_screening(house.teacher, draft)), base::ErrorKind::conflict);
    const auto kept = *desk.draft(house.teacher, mine);
    EXPECT_EQ(kept.version, draft.version) << "nothing was changed";
    EXPECT_NE(kept.answers.get("override_reason"), "Written last");

    const auto again = House::value(desk.amend_screening(house.teacher, id));
    auto stale = *desk.draft(house.teacher, again), last = stale;
    House::must(desk.save_draft(house.teacher, last));
    EXPECT_EQ(kind_of(desk.complete_screening(house.teacher, stale)), base::ErrorKind::conflict);
    last.answers.set("override_reason", "Written last");
    House::value(desk.complete_screening(house.teacher, last));
    EXPECT_EQ(desk.screening(house.teacher, id)->screening.words.override_reason, "Written last");
    EXPECT_FALSE(desk.draft(house.teacher, again));
}

TEST_F(ScreeningDesk, a_safeguarding_lead_who_did_not_complete_it_reviews_it_once) {
    const auto id = complete(house.teacher);
    EXPECT_EQ(kind_of(desk.review_screening(house.teacher, id, 1, "NO_ACTION")), base::ErrorKind::refused);
    EXPECT_EQ(kind_of(desk.review_screening(house.colleague, id, 1, "SHRUG")), base::ErrorKind::invalid);
    EXPECT_EQ(kind_of(desk.review_screening(house.colleague, id, 9, "NO_ACTION")), base::ErrorKind::conflict);
    EXPECT_EQ(desk.work_for(house.colleague).size(), 1u);
    House::must(desk.review_screening(house.colleague, id, 1, "REFERRED_MASH"));
    EXPECT_TRUE(desk.work_for(house.colleague).empty());
    EXPECT_EQ(kind_of(desk.review_screening(house.colleague, id, 2, "NO_ACTION")), base::ErrorKind::conflict);
    EXPECT_EQ(desk.screening(house.teacher, id)->reviewed_by, "Cal Winter");
}

TEST_F(ScreeningDesk, a_screening_is_seen_by_its_agency_and_the_front_door_and_by_nobody_else) {
    const auto id = complete(house.teacher);
    EXPECT_TRUE(desk.screening(house.colleague, id));
    EXPECT_TRUE(desk.screening(house.front_door, id));
    EXPECT_FALSE(desk.screening(house.nurse, id));
    EXPECT_FALSE(desk.screening(house.analyst, id));
    EXPECT_EQ(desk.screenings_of(house.teacher, person).size(), 1u);
    EXPECT_EQ(desk.screenings_of(house.nurse, person).size(), 0u);
    EXPECT_EQ(kind_of(desk.start_screening(house.nurse, person, "", std::nullopt)), base::ErrorKind::not_found);
}

TEST_F(ScreeningDesk, screening_for_a_referral_moves_it_on_and_never_blocks_the_decision) {
    const auto draft = House::value(desk.start_screening(house.front_door, person, referral, std::nullopt));
    EXPECT_EQ(desk.referral(house.front_door, referral)->referral.state, "SCREENING");
    EXPECT_TRUE(house.decide(referral).ok()) << "H-031: without waiting for the screening";
    EXPECT_TRUE(desk.draft(house.front_door, draft));
}

// --- audit ------------------------------------------------------------------------------------------------------

TEST_F(ScreeningDesk, every_change_leaves_one_entry_and_no_personal_data_in_it) {
    complete(house.teacher);
    House::must(house.decide(referral));
    for (const char* act : {"create", "complete", "decide"})
        EXPECT_GE(house.db().read([&](database::Session& s) {
            return s.one("SELECT COUNT(*) FROM audit_entry WHERE act = $1", act)->integer(0);
        }),
                  1)
            << act;
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM audit_entry WHERE act = 'create' AND subject_kind = 'referral'"),
              1);
    EXPECT_EQ(
        house.count("SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%Amina%' OR detail LIKE '%Rahman%'"), 0);
}

}  // namespace
}  // namespace rowan::protect
