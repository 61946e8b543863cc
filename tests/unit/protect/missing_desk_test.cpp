// What people can do about missing episodes and return interviews: access, audit, once only, conflicts.
#include "house.h"
#include "partnership/accounts.h"
#include "partnership/interests.h"
#include "people/person_store.h"
#include "protect/missing/board_news.h"
#include "protect/missing/holding_list.h"
#include "protect/missing/mention_store.h"
#include "protect/missing/missing_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace rowan::protect::missing {
namespace {

using sample::House;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Missing : public ::testing::Test {
protected:
    sample::TemporaryDatabase temporary;
    House house{temporary.db()};
    MissingDesk desk{house.desk()};
    Viewer police = like(partnership::AgencyType::police, "practitioner"),
           interviewer = like(partnership::AgencyType::voluntary, "return_interviewer");

    void SetUp() override {
        House::must(house.db().write([&](database::Session& s) -> base::Result<> {
            for (const auto& agency : house.office().scheme.agencies)
                House::must(partnership::sign_protocol(house.office(), s, agency.code, "Director", "system"));
            return base::done();
        }));
    }

    Viewer like(partnership::AgencyType type, const std::string& role) {
        Viewer v = house.teacher;
        v.agency.clear();
        for (const auto& agency : house.office().scheme.agencies)
            if (agency.type == type && v.agency.empty()) {
                v.agency = agency.code;
                v.agency_name = agency.name;
            }
        v.agency_type = type;
        v.user_id = v.user_name = std::string(name_of(type));
        v.name = "Name of " + v.user_id;
        v.roles = {role};
        return v;
    }
    Instant now() { return house.clock().now(); }

    NewReport amina() {
        NewReport r;
        people::Identity who;
        who.given_names = "Amina";
        who.family_name = "Rahman";
        who.born = sample::date("2004-03-01");
        who.postcode = "B91 3QB";
        r.identity = who;
        r.episode.context = "home";
        r.episode.kind = "missing";
        r.episode.risk = "high";
        r.episode.missing_from = now() - hours{5};
        r.episode.reported_at = now() - hours{1};
        return r;
    }
    std::string reported(const std::string& key = "k") {
        return House::value(desk.report(house.teacher, amina(), key));
    }
    Episode stored(const std::string& id) { return desk.episode(house.front_door, id)->episode; }
    std::string back(const std::string& key = "k") {
        const auto id = reported(key);
        auto e = stored(id);
        e.found_at = e.returned_at = e.confirmed_at = now();
        House::must(desk.change(house.front_door, e, "confirmed", "c" + id));
        return id;
    }
    MissingDesk::Offer asked(const std::string& episode, const char* result) {
        MissingDesk::Offer o;
        o.episodes = {episode};
        o.attempt = {now(), "child", "phone", result, "", ""};
        if (std::string(result) == "declined") o.declined_reason = "“Nobody listens anyway”";
        return o;
    }
    // Two people were found to be one.
    void link(const std::string& kept, const std::string& gone) {
        std::vector<std::string> records;
        for (const auto& person : {kept, gone})
            for (const auto& record : house.people().index().records_of(person)) records.push_back(record.id);
        House::must(house.db().write([&](database::Session& s) -> base::Result<> {
            people::store::merge(house.office(), s, kept, gone, "frontdoor");
            house.people().note_change(s, records);
            return base::done();
        }));
        house.people().refresh(records);
    }
};

TEST_F(Missing, A_report_is_on_the_board_of_the_police_at_once_and_of_nobody_unrelated) {
    const auto before = desk.stamp();
    const auto id = reported();
    EXPECT_GT(desk.stamp(), before);
    ASSERT_THAT(desk.board(police).lines, SizeIs(1));
    EXPECT_EQ(desk.board(police).lines[0].episode.words.child_name, "Amina Rahman");
    EXPECT_EQ(desk.board(police).lines[0].sight.rule, "police");
    EXPECT_THAT(desk.board(house.teacher).lines, SizeIs(1));
    EXPECT_THAT(desk.board(house.nurse).lines, IsEmpty());
    EXPECT_EQ(desk.board(house.nurse).hidden, 1u);
    EXPECT_FALSE(desk.episode(house.nurse, id));
    EXPECT_FALSE(desk.episode(house.analyst, id));
    EXPECT_THAT(desk.work_for(police), SizeIs(1));
    EXPECT_TRUE(desk.work_for(police)[0].danger);
    const auto e = stored(id);
    EXPECT_EQ(e.age_at, 14);
    EXPECT_EQ(e.home_area, house.office().scheme.area_of(base::parse_postcode("B91 3QB")).code);
    EXPECT_EQ(e.ref, "M-2018-0001");
}

TEST_F(Missing, H_111_without_the_protocol_there_is_nothing) {
    const auto id = reported();
    auto lapsed = police;
    lapsed.protocol_in_force = false;
    EXPECT_FALSE(desk.report(lapsed, amina(), "x").ok());
    EXPECT_THAT(desk.board(lapsed).lines, IsEmpty());
    EXPECT_FALSE(desk.episode(lapsed, id));
    EXPECT_THAT(desk.queue(lapsed).lines, IsEmpty());
    EXPECT_THAT(desk.work_for(lapsed), IsEmpty());
}

TEST_F(Missing, Sent_twice_it_is_reported_once_and_somebody_elses_change_is_not_overwritten) {
    const auto id = reported("same");
    EXPECT_EQ(reported("same"), id);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM missing_episode"), 1);
    auto mine = stored(id), theirs = mine;
    mine.found_at = now();
    House::must(desk.change(police, mine, "found", "a"));
    House::must(desk.change(police, mine, "found", "a"));
    EXPECT_EQ(stored(id).version, 2);
    theirs.words.last_seen = "By the canal";
    const auto refused = desk.change(house.teacher, theirs, "correct", "b");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, base::ErrorKind::conflict);
    EXPECT_TRUE(stored(id).found_at);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM history WHERE kind = 'missing_episode'"), 2);
    EXPECT_EQ(
        house.count("SELECT COUNT(*) FROM audit_entry WHERE act = 'found' AND subject_kind = 'missing_episode'"),
        1);
}

TEST_F(Missing, Who_is_already_missing_is_not_reported_again) {
    const auto id = reported();
    NewReport again;
    again.episode = amina().episode;
    again.episode.person = stored(id).person;
    const auto refused = desk.report(house.teacher, again, "k2");
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, testing::HasSubstr("already reported missing"));
    auto e = stored(id);
    e.withdrawn_at = now();
    e.words.withdrawn_reason = "She was at choir.";
    House::must(desk.change(house.teacher, e, "withdraw", "w"));
    EXPECT_TRUE(desk.report(house.teacher, again, "k3").ok());
    EXPECT_THAT(desk.board(police).lines, SizeIs(1));
}

TEST_F(Missing, S_070_every_return_waits_for_an_offer_until_somebody_has_made_it) {
    const auto id = back();
    ASSERT_THAT(desk.queue(interviewer).lines, SizeIs(1));
    EXPECT_EQ(desk.queue(interviewer).lines[0].interview.offer.state(now()), ClockState::running);
    EXPECT_THAT(desk.queue(house.teacher).lines, IsEmpty()) << "not their work";
    ASSERT_THAT(desk.work_for(interviewer), SizeIs(1));
    EXPECT_THAT(desk.work_for(house.manager), IsEmpty()) << "there is time";
    house.clock().advance(hours{61});
    const auto escalated = desk.work_for(house.manager);
    ASSERT_THAT(escalated, SizeIs(1)) << "amber goes to their manager";
    EXPECT_THAT(escalated[0].why, testing::HasSubstr("Escalated to you"));
    EXPECT_THAT(desk.work_for(interviewer)[0].why, testing::Not(testing::HasSubstr("Escalated")));
    const auto interview = House::value(desk.offer(interviewer, asked(id, "declined"), "o1"));
    EXPECT_EQ(House::value(desk.offer(interviewer, asked(id, "declined"), "o1")), interview);
    ASSERT_THAT(desk.queue(interviewer).lines, SizeIs(1)) << "the parents are still to be asked";
    EXPECT_EQ(desk.queue(interviewer).lines[0].interview.offer.state(now()), ClockState::met);
    auto parents = asked(id, "accepted");
    parents.interview = interview;
    parents.attempt.with = "parent";
    House::must(desk.offer(interviewer, parents, "o2").ok() ? base::done() : base::invalid("x"));
    EXPECT_THAT(desk.queue(interviewer).lines, IsEmpty());
    house.clock().advance(hours{3});
    auto later = asked(id, "accepted");
    later.interview = interview;
    ASSERT_TRUE(desk.offer(interviewer, later, "o3").ok());
    EXPECT_THAT(desk.queue(interviewer).lines, SizeIs(1)) << "now it is to be held";
    EXPECT_EQ(desk.interview(interviewer, interview)->interview.words.attempts.size(), 3u);
    EXPECT_FALSE(desk.offer(house.teacher, later, "o4").ok());
}

Answers notes(Instant at) {
    Answers a;
    const auto local = base::london(at);
    a.set("completed_at-day", std::to_string(static_cast<unsigned>(local.date.day())));
    a.set("completed_at-month", std::to_string(static_cast<unsigned>(local.date.month())));
    a.set("completed_at-year", std::to_string(static_cast<int>(local.date.year())));
    a.set("completed_at-time", std::to_string(local.hour) + ":" + std::to_string(local.minute));
    a.set("place", "neutral");
    a.set("seen_alone", "yes");
    a.set("independent", "yes");
    a.set("own_words", "I wanted to see my brother.");
    a.set("parent_view", "They want help.");
    a.set("themes", std::vector<std::string>{"miss_family", "school"});
    a.set("action-miss_family", "Contact with his brother every week");
    a.set("who-miss_family", "Social worker");
    a.set("none-school", "The school has changed it already");
    a.set("vehicles", "A red van\n\nA white scooter");
    return a;
}

TEST_F(Missing, H_219_an_interview_is_written_as_typed_completed_once_and_shared_by_name) {
    const auto id = back();
    const auto interview = House::value(desk.offer(interviewer, asked(id, "accepted"), "o"));
    house.clock().advance(hours{20});
    const auto draft_id = House::value(desk.start_notes(interviewer, interview));
    EXPECT_EQ(House::value(desk.start_notes(interviewer, interview)), draft_id) << "one draft";
    EXPECT_FALSE(desk.complete(interviewer, draft_id).ok()) << "nothing is written yet";
    auto draft = *house.desk().draft(interviewer, draft_id);
    draft.answers = notes(now());
    House::must(house.desk().save_draft(interviewer, draft));
    EXPECT_EQ(House::value(desk.complete(interviewer, draft_id)), interview);
    EXPECT_EQ(House::value(desk.complete(interviewer, draft_id)), interview) << "sent twice";
    const auto view = desk.interview(interviewer, interview);
    EXPECT_EQ(view->interview.words.own_words, "I wanted to see my brother.");
    EXPECT_THAT(view->interview.words.mentions, SizeIs(2));
    EXPECT_EQ(view->states[0].completion.state(now()), ClockState::met);
    EXPECT_THAT(desk.queue(interviewer).lines, IsEmpty());
    EXPECT_FALSE(desk.interview(police, interview)) << "not shared with them";
    ASSERT_TRUE(desk.share(interviewer, interview, view->interview.version, police.agency, "s").ok());
    ASSERT_TRUE(desk.interview(police, interview));
    EXPECT_EQ(desk.interview(police, interview)->sight.rule, "shared");
    EXPECT_FALSE(desk.interview(house.teacher, interview));
    EXPECT_EQ(
        house.count("SELECT COUNT(*) FROM audit_entry WHERE act = 'share' AND subject_kind = 'return_interview'"),
        1);
}

TEST_F(Missing, One_interview_for_two_times_missing_and_each_keeps_its_clock) {
    const auto first = back("k1");
    const auto interview = House::value(desk.offer(interviewer, asked(first, "accepted"), "o1"));
    house.clock().advance(hours{24});
    NewReport again;
    again.episode = amina().episode;
    again.episode.person = stored(first).person;
    const auto second = House::value(desk.report(house.front_door, again, "k2"));
    EXPECT_TRUE(desk.queue(interviewer).lines[0].missing_again) << "a new episode before the interview";
    auto e = stored(second);
    e.returned_at = e.confirmed_at = now();
    House::must(desk.change(police, e, "confirmed", "c2"));
    EXPECT_THAT(desk.queue(interviewer).lines, SizeIs(2));
    EXPECT_THAT(desk.interview(interviewer, interview)->also, SizeIs(1));
    auto both = asked(second, "accepted");
    both.interview = interview;
    ASSERT_TRUE(desk.offer(interviewer, both, "o2").ok());
    const auto view = *desk.interview(interviewer, interview);
    ASSERT_THAT(view.episodes, SizeIs(2));
    EXPECT_EQ(*view.states[0].offered, now() - hours{24});
    EXPECT_EQ(*view.states[1].offered, now());
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM return_interview"), 1);
}

TEST_F(Missing, A_restricted_record_shows_nothing_to_anybody_whom_it_does_not_name) {
    const auto id = back();
    const auto interview = House::value(desk.offer(interviewer, asked(id, "accepted"), "o"));
    const auto person = stored(id).person;
    House::must(house.db().write([&](database::Session& s) -> base::Result<> {
        s.execute("UPDATE person SET sensitivity = 'restricted' WHERE id = $1", person);
        return base::done();
    }));
    std::vector<std::string> records;
    for (const auto& record : house.people().index().records_of(person)) records.push_back(record.id);
    house.people().refresh(records);
    for (const auto& viewer : {police, interviewer, house.front_door, house.teacher}) {
        EXPECT_FALSE(desk.episode(viewer, id)) << viewer.name;
        EXPECT_FALSE(desk.interview(viewer, interview)) << viewer.name;
        EXPECT_FALSE(desk.pattern(viewer, person)) << viewer.name;
        EXPECT_THAT(desk.queue(viewer).lines, IsEmpty()) << viewer.name;
        EXPECT_THAT(desk.work_for(viewer), IsEmpty()) << viewer.name;
        EXPECT_FALSE(desk.offer(viewer, asked(id, "accepted"), "again").ok()) << viewer.name;
    }
}

TEST_F(Missing, Linking_two_people_keeps_every_episode_and_counts_one_child) {
    const auto a = back("k1");
    house.clock().advance(hours{24});
    auto other = amina();
    other.identity->given_names = "Mina";
    const auto b = House::value(desk.report(house.nurse, other, "k2"));
    EXPECT_EQ(house.count("SELECT COUNT(DISTINCT p.root) FROM missing_episode e JOIN person p ON p.id = e.person"),
              2);
    const auto kept = stored(a).person, gone = stored(b).person;
    const auto before = desk.stamp();
    link(kept, gone);
    EXPECT_GT(desk.stamp(), before) << "open boards show them as one at once";
    EXPECT_EQ(house.count("SELECT COUNT(DISTINCT p.root) FROM missing_episode e JOIN person p ON p.id = e.person"),
              1);
    ASSERT_TRUE(desk.pattern(police, gone));
    EXPECT_THAT(desk.pattern(police, gone)->episodes, SizeIs(2));
    EXPECT_EQ(desk.pattern(police, kept)->repeat.episodes, 2);
}

TEST_F(Missing, Two_people_found_to_be_one_may_overlap_and_news_of_either_is_still_taken) {
    const auto a = reported("k1");
    auto other = amina();
    other.identity->given_names = "Mina";
    const auto b = House::value(desk.report(house.nurse, other, "k2"));
    const auto kept = stored(a).person, gone = stored(b).person;
    link(kept, gone);
    auto e = stored(a);
    e.found_at = now();
    House::must(desk.change(police, e, "found", "f"));
    NewReport third;
    third.episode = amina().episode;
    third.episode.person = kept;
    EXPECT_FALSE(desk.report(house.front_door, third, "k3").ok()) << "and a third time at once is still refused";
}

TEST_F(Missing, A_postcode_that_the_file_does_not_have_is_asked_about_once_and_hinders_no_news) {
    House::must(house.db().write([&](database::Session& s) -> base::Result<> {
        s.execute(
            "INSERT INTO postcode_place (postcode, easting, northing, area) VALUES ('TA1 1AA', 1, 1, 'north')");
        return base::done();
    }));
    auto report = amina();
    report.episode.words.home_postcode = "ta1 9zz";
    const auto refused = desk.report(house.teacher, report, "k1");
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message,
                HasSubstr("The postcode file does not have TA1 9ZZ. Correct it, or tick that it is right"));
    report.episode.words.home_postcode = "BS1 9ZZ";
    EXPECT_THAT(desk.problems_of(report.episode, {}), IsEmpty()) << "the file has nothing of that district";
    report.episode.words.home_postcode = "ta1 9zz";
    report.episode.words.right_postcodes = {"TA1 9ZZ"};
    const auto id = House::value(desk.report(house.teacher, report, "k2"));
    auto e = stored(id);
    e.words.right_postcodes.clear();  // a form that does not ask about the postcode
    e.found_at = now();
    House::must(desk.change(police, e, "found", "f"));
    e = stored(id);
    e.words.home_postcode = "TA1 8ZZ";
    EXPECT_FALSE(desk.change(police, e, "correct", "g").ok()) << "another one is asked about again";
}

TEST_F(Missing, A_new_report_is_marked_until_somebody_takes_it) {
    const auto first = reported("k1");
    auto other = amina();
    other.identity->given_names = "Bea";
    other.episode.risk = "low";
    other.episode.missing_from += hours{1};
    const auto second = House::value(desk.report(house.teacher, other, "k2"));
    EXPECT_EQ(desk.board(police).lines[0].episode.id, first) << "the graver risk first";
    auto e = stored(first);
    e.taken_at = now();
    e.taken_by = police.user_id;
    House::must(desk.change(police, e, "take", "t"));
    EXPECT_EQ(desk.board(police).lines[0].episode.id, second) << "whom nobody has taken stands above";
    EXPECT_TRUE(stored(first).taken_at);
}

TEST_F(Missing, What_came_up_is_held_across_episodes_with_who_said_it) {
    const HoldingList list(desk);
    const auto a = reported("k1");
    auto other = amina();
    other.identity->given_names = "Bea";
    other.identity->born = sample::date("2003-07-07");
    const auto b = House::value(desk.report(house.teacher, other, "k2"));
    const auto mention = [&](const std::string& id, const char* text, const char* by) {
        auto e = stored(id);
        e.words.mentions.push_back({"vehicle", text, by, now()});
        House::must(desk.change(police, e, "found", text + id));
    };
    mention(a, "A dark hatchback, AB12 CDE", "PC Lowe, Police");
    mention(b, "black car ab12cde", "Night staff, Alder House");
    mention(b, "a white van", "Night staff, Alder House");
    const auto held = list.list(police, Held::held, "");
    ASSERT_THAT(held, SizeIs(2));
    const auto car = held[0].times == 2 ? held[0] : held[1];
    EXPECT_EQ(car.children, 2);
    EXPECT_THAT(list.list(police, Held::held, "name"), IsEmpty());
    EXPECT_THAT(list.list(house.teacher, Held::held, ""), IsEmpty()) << "neither the front door nor the police";
    EXPECT_FALSE(list.thing(house.teacher, car.id));
    const auto view = list.thing(police, car.id);
    ASSERT_TRUE(view);
    ASSERT_THAT(view->mentions, SizeIs(2));
    std::vector<std::string> said;
    for (const auto& m : view->mentions) said.push_back(m.words.said_by);
    EXPECT_THAT(said, testing::UnorderedElementsAre("PC Lowe, Police", "Night staff, Alder House"));
    House::must(list.decide(police, car.id, Held::passed_on, "d"));
    House::must(list.decide(police, car.id, Held::passed_on, "d"));
    EXPECT_THAT(list.list(police, Held::held, ""), SizeIs(1));
    EXPECT_THAT(list.list(police, Held::passed_on, ""), SizeIs(1));
    EXPECT_EQ(list.thing(police, car.id)->state, Held::passed_on);
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM audit_entry WHERE act = 'passed_on' AND subject_kind = 'mention'"),
              1);
    EXPECT_FALSE(list.decide(house.teacher, car.id, Held::held, "x").ok());
    auto e = stored(b);
    e.words.mentions.clear();
    House::must(desk.change(police, e, "correct", "c"));
    EXPECT_THAT(list.list(police, Held::held, ""), IsEmpty()) << "what was corrected away is not held";
    EXPECT_THAT(list.list(police, Held::passed_on, ""), SizeIs(1)) << "what was dealt with stays";
}

// SECURITY.md A2: the driver's own registration, in an episode or in what a young person says, seals them out.
TEST_F(Missing, Whoever_declared_a_vehicle_that_comes_up_finds_no_such_person_from_then_on) {
    const auto id = reported("k1");
    const auto person = stored(id).person;
    auto owner = police;
    owner.user_id = "owner";
    owner.interests.vehicles = {partnership::vehicle_likeness(house.office(), "AB12CDE")};
    const auto sees = [&](const Viewer& viewer) { return desk.episode(viewer, id).has_value(); };
    const auto write_down = [&](const char* text, const char* key) {
        auto e = stored(id);
        e.words.mentions = {{"vehicle", text, "Night staff, Alder House", now()}};
        House::must(desk.change(owner, e, "found", key));
    };
    write_down("A dark hatchback, AB12 CDF", "m1");
    EXPECT_TRUE(sees(owner));
    write_down("a dark hatchback AB12 CDE outside, twice", "m2");
    EXPECT_FALSE(sees(owner)) << "although they wrote it down themselves";
    EXPECT_TRUE(sees(police));
    EXPECT_EQ(house.people().sight(owner, person).rule, "conflict-seal");
    EXPECT_THAT(house.people().sealed_out(owner), ElementsAre(house.people().index().root_of(person)));
    EXPECT_THAT(desk.board(owner).lines, IsEmpty());
    EXPECT_THAT(HoldingList(desk).list(owner, Held::held, ""), IsEmpty()) << "not counted either";
    auto corrected = stored(id);
    corrected.words.mentions = {{"vehicle", "a van", "Night staff, Alder House", now()}};
    House::must(desk.change(police, corrected, "correct", "m3"));
    EXPECT_TRUE(sees(owner));
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM people_change"), 4) << "told to other servers, reports included";
}

TEST_F(Missing, What_a_young_person_says_of_a_vehicle_in_their_interview_counts_too) {
    const auto id = back();
    auto owner = police;
    owner.interests.vehicles = {partnership::vehicle_likeness(house.office(), "AB12CDE")};
    const auto interview = House::value(desk.offer(interviewer, asked(id, "accepted"), "o"));
    house.clock().advance(hours{20});
    auto draft = *house.desk().draft(interviewer, House::value(desk.start_notes(interviewer, interview)));
    draft.answers = notes(now());
    draft.answers.set("vehicles", "His uncle’s car, ab12cde");
    House::must(house.desk().save_draft(interviewer, draft));
    EXPECT_TRUE(desk.episode(owner, id));
    EXPECT_EQ(House::value(desk.complete(interviewer, draft.id)), interview);
    EXPECT_FALSE(desk.episode(owner, id));
    EXPECT_TRUE(desk.episode(police, id));
}

TEST_F(Missing, A_short_registration_is_read_where_nothing_else_is_written) {
    EXPECT_EQ(store::like_words("vehicle", "x 1"), "X1");
    EXPECT_EQ(store::like_words("vehicle", "a 4 wheel drive"), "a 4 wheel drive");
    EXPECT_EQ(store::like_words("vehicle", "AB1? CDE"), "ab1 cde") << "not a whole one";
    EXPECT_EQ(store::like_words("vehicle", "van, X123 abc"), "X123ABC");
}

// DOMAIN.md 2.5: what came up with code C is there for whose it is and for those who work with the holding list.
TEST_F(Missing, What_may_be_shared_only_on_conditions_is_not_there_for_others_and_stays_when_they_write) {
    const auto id = reported();  // by a school, which may open it
    const auto mentions_for = [&](const Viewer& who) { return desk.episode(who, id)->episode.words.mentions; };
    auto e = stored(id);
    e.words.mentions = {{"name", "Uncle Ray", "PC Lowe, Police", now(), "C", "", police.agency}};
    EXPECT_EQ(desk.problems_of(e, {}).at(0).field, "conditions") << "code C is nothing without them";
    e.words.mentions[0].handling = "perhaps";
    EXPECT_EQ(desk.problems_of(e, {}).at(0).field, "handling");
    e.words.mentions = {
        {"name", "Uncle Ray", "PC Lowe, Police", now(), "C", "Ask DI Marsh before it is used", police.agency},
        {"place", "The bus station", "PC Lowe, Police", now(), "P", "", police.agency}};
    House::must(desk.change(police, e, "found", "m1"));
    ASSERT_THAT(mentions_for(house.teacher), SizeIs(1));
    EXPECT_EQ(mentions_for(house.teacher)[0].text, "The bus station");
    ASSERT_THAT(mentions_for(police), SizeIs(2));
    EXPECT_EQ(mentions_for(police)[0].conditions, "Ask DI Marsh before it is used");
    EXPECT_THAT(mentions_for(house.front_door), SizeIs(2));
    const auto person = stored(id).person;
    EXPECT_THAT(desk.pattern(house.teacher, person)->episodes.at(0).words.mentions, SizeIs(1));
    // What a school was not shown stays as it is when the school writes.
    auto theirs = desk.episode(house.teacher, id)->episode;
    theirs.words.mentions.push_back(
        {"name", "Ray", "Tess Marlow, School", now(), "C", "Not to his family", house.teacher.agency});
    House::must(desk.change(house.teacher, theirs, "found", "m2"));
    EXPECT_THAT(mentions_for(police), SizeIs(3));
    EXPECT_THAT(mentions_for(house.teacher), SizeIs(2)) << "their own, whatever its code";
    const HoldingList list(desk);
    EXPECT_THAT(list.list(police, Held::held, ""), SizeIs(3));
    for (const auto& thing : list.list(police, Held::held, ""))
        EXPECT_EQ(thing.conditional, thing.kind == "name") << thing.text;
    // Once more, and now on conditions: the stricter counts on the list.
    e = stored(id);
    e.words.mentions.push_back(
        {"place", "the bus station", "PC Lowe, Police", now(), "C", "A source says so", police.agency});
    House::must(desk.change(police, e, "found", "m3"));
    const auto places = list.list(police, Held::held, "place");
    ASSERT_THAT(places, SizeIs(1));
    EXPECT_TRUE(places[0].conditional);
    EXPECT_EQ(list.thing(police, places[0].id)->mentions.at(0).words.conditions, "A source says so");
    EXPECT_EQ(house.count("SELECT COUNT(*) FROM mention"), 3);
}

TEST_F(Missing, An_interview_that_is_shared_keeps_back_what_is_on_conditions_and_loses_none_of_it) {
    const auto id = back();
    const auto interview = House::value(desk.offer(interviewer, asked(id, "accepted"), "o"));
    house.clock().advance(hours{20});
    auto draft = *house.desk().draft(interviewer, House::value(desk.start_notes(interviewer, interview)));
    draft.answers = notes(now());
    draft.answers.set("handling", "C");
    House::must(house.desk().save_draft(interviewer, draft));
    const auto refused = desk.complete(interviewer, draft.id);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("Enter the conditions"));
    draft = *house.desk().draft(interviewer, draft.id);
    draft.answers.set("conditions", "She asked that her mother is not told");
    House::must(house.desk().save_draft(interviewer, draft));
    EXPECT_EQ(House::value(desk.complete(interviewer, draft.id)), interview);
    const auto mentions = [&](const Viewer& who) {
        return desk.interview(who, interview)->interview.words.mentions;
    };
    ASSERT_THAT(mentions(interviewer), SizeIs(2));
    EXPECT_EQ(mentions(interviewer)[0].conditions, "She asked that her mother is not told");
    auto other = like(partnership::AgencyType::health_trust, "return_interviewer");
    EXPECT_THAT(mentions(other), IsEmpty()) << "another agency's interviewer reads the rest";
    const auto version = desk.interview(other, interview)->interview.version;
    House::must(desk.share(other, interview, version, house.teacher.agency, "s"));
    EXPECT_THAT(mentions(house.teacher), IsEmpty()) << "shared with the school, but not this";
    EXPECT_THAT(mentions(interviewer), SizeIs(2)) << "and nothing is lost by sharing";
    EXPECT_THAT(mentions(house.front_door), SizeIs(2));
}

TEST_F(Missing, Three_times_in_ninety_days_put_a_strategy_discussion_before_the_front_door_until_it_decides) {
    auto id = back("k1");
    const auto person = stored(id).person;
    const auto again = [&](const std::string& key) {
        house.clock().advance(hours{48});
        NewReport r;
        r.episode = amina().episode;
        r.episode.person = person;
        id = House::value(desk.report(house.front_door, r, key));
        auto e = stored(id);
        e.found_at = e.returned_at = e.confirmed_at = now();
        House::must(desk.change(police, e, "confirmed", "c" + key));
    };
    const auto waiting = [&](const Viewer& viewer) {
        int n = 0;
        for (const auto& item : desk.work_for(viewer))
            n += item.text.find("strategy discussion") != std::string::npos;
        return n;
    };
    again("k2");
    EXPECT_EQ(waiting(house.front_door), 0);
    EXPECT_FALSE(desk.decide_strategy(house.front_door, person, true, "", "early").ok());
    again("k3");
    EXPECT_EQ(waiting(house.front_door), 1);
    EXPECT_EQ(waiting(police), 0) << "not theirs to decide";
    EXPECT_TRUE(desk.strategy(police, person)->waits);
    EXPECT_FALSE(desk.decide_strategy(police, person, true, "", "p").ok());
    EXPECT_FALSE(desk.decide_strategy(house.front_door, person, false, " ", "n").ok()) << "why not?";
    House::must(desk.decide_strategy(house.front_door, person, false, "The network meets on Monday", "s"));
    House::must(desk.decide_strategy(house.front_door, person, false, "The network meets on Monday", "s"));
    EXPECT_EQ(waiting(house.front_door), 0);
    const auto decided = *desk.strategy(house.front_door, person);
    EXPECT_FALSE(decided.waits);
    EXPECT_EQ(decided.held, false);
    EXPECT_EQ(decided.reason, "The network meets on Monday");
    again("k4");
    EXPECT_EQ(waiting(house.front_door), 1) << "a later episode proposes it again";
    House::must(desk.decide_strategy(house.front_door, person, true, "", "s2"));
    EXPECT_EQ(desk.strategy(house.front_door, person)->held, true);
}

TEST_F(Missing, Open_boards_hear_of_a_change_of_whoever_made_it) {
    const BoardNews news(desk);
    std::promise<void> woken;
    std::atomic<bool> told{false};
    const auto before = desk.stamp();
    const http::Feed::Listener listener(*news.feed(), [&] {
        if (!told.exchange(true)) woken.set_value();
    });
    // The first news is how things stand.
    ASSERT_EQ(woken.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    const auto seen = *news.feed()->newer_than(0);
    EXPECT_EQ(seen.data, std::to_string(before));
    reported();
    std::optional<http::Feed::News> next;
    for (int i = 0; i < 1'000 && !next; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        next = news.feed()->newer_than(seen.number);
    }
    ASSERT_TRUE(next);
    EXPECT_EQ(next->data, std::to_string(desk.stamp()));
}

}  // namespace
}  // namespace rowan::protect::missing
