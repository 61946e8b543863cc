// Who works with a person: what each relation opens and for how long, who may give and end it, what links and
// their undoing do to it, and what a partnership is like in which working for an agency is not enough.
#include "people/relations_desk.h"

#include "base/id.h"
#include "people/conflict_store.h"
#include "people/protection_desk.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace rowan::people {
namespace {

using namespace support;
using partnership::OwnAgency, partnership::Sensitivity, partnership::Work;
using Stored = PeopleDesk::Stored;

class Relations : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestPeople house{temporary.db()};
    RelationsDesk desk{house.desk};
    partnership::Viewer manager = house.office.worker("manager", house.council, "team_manager");
    partnership::Viewer chair = house.office.worker("chair", house.council, "panel_chair");
    partnership::Viewer social = house.office.worker("social", house.council, "practitioner");
    partnership::Viewer nurse = house.office.worker(
        "nurse", house.office.agency_of(partnership::AgencyType::health_trust), "practitioner");

    partnership::Viewer again(const partnership::Viewer& viewer) {
        return house.office.viewer(viewer.user_id).value();
    }
    PersonView seen(const partnership::Viewer& viewer, const Stored& who) {
        return house.desk.view(again(viewer), who.person).value_or(PersonView{});
    }
    std::string rule(const partnership::Viewer& viewer, const Stored& who) {
        const auto sight = house.desk.sight(again(viewer), who.person);
        return sight.sight == Sight::full ? std::string(sight.rule) : "";
    }
    Stored amina() { return house.put(house.police, somebody("Amina", "Rahman", "2004-05-06")); }
    std::string work_id(const Stored& who) {
        const auto works = desk.works(manager, who.person);
        return works && !works->now.empty() ? works->now.front().row.id : "";
    }
    void team(const partnership::Viewer& viewer, const char* name) {
        house.office.write([&](Session& s) {
            return partnership::set_team(house.office.office(), s, viewer.user_id, name, "test");
        });
    }
    std::int64_t entries(database::Sql sql) { return house.office.number(sql); }
};

TEST_F(Relations, a_meeting_opens_the_record_from_the_asking_until_the_days_after_it_and_no_longer) {
    const auto who = amina();
    ASSERT_EQ("", rule(nurse, who));
    must(desk.ask(manager, who.person, nurse.user_id, day("2018-03-28"), "Strategy discussion"));
    EXPECT_EQ("meeting", rule(nurse, who));
    const auto view = seen(nurse, who);
    EXPECT_EQ("Strategy discussion", view.purpose);
    EXPECT_EQ(work_id(who), view.work);
    EXPECT_EQ("Rahman", view.identity.family_name) << "of whom another agency alone has words";
    ASSERT_EQ(1u, desk.asked(again(nurse)).size());
    EXPECT_EQ("Amina Rahman", desk.asked(again(nurse)).front().name);
    EXPECT_EQ("", rule(house.teacher, who)) << "to nobody else";
    // 28 March and ten days: over with the end of 7 April, in summer time.
    house.office.clock().set(*base::parse_instant("2018-04-07T22:59:59.999Z"));
    EXPECT_EQ("meeting", rule(nurse, who));
    house.office.clock().set(*base::parse_instant("2018-04-07T23:00:00.000Z"));
    EXPECT_EQ("", rule(nurse, who));
    EXPECT_TRUE(desk.asked(again(nurse)).empty());
    EXPECT_TRUE(desk.works(manager, who.person)->now.empty());
    EXPECT_EQ(1u, desk.works(manager, who.person)->before.size()) << "and it stays to be read";
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'ask-to-meeting' AND rule = 'front-door'"));
}

TEST_F(Relations, what_was_given_for_one_person_names_them_on_no_list_behind_a_number) {
    const auto who = amina();
    must(desk.ask(manager, who.person, nurse.user_id, day("2018-03-28"), "Strategy discussion"));
    const auto asked = again(nurse);
    EXPECT_EQ(1u, house.desk.lines(asked, {who.person}).size());
    EXPECT_TRUE(house.desk.lines(asked, {who.person}, partnership::Purpose::figures).empty());
    EXPECT_EQ(1u, house.desk.lines(manager, {who.person}, partnership::Purpose::figures).size());
}

TEST_F(Relations, H_115_the_chair_alone_discloses_for_a_purpose_and_for_a_time) {
    const auto who = amina();
    const auto until = day("2018-04-23");
    EXPECT_EQ(base::ErrorKind::not_found,
              desk.disclose(manager, who.person, nurse.user_id, until, "Court").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, desk.disclose(chair, who.person, nurse.user_id, until, " ").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid,
              desk.disclose(chair, who.person, nurse.user_id, day("2018-04-24"), "Court").error().kind)
        << "longer than 28 days";
    EXPECT_EQ(base::ErrorKind::invalid,
              desk.disclose(chair, who.person, nurse.user_id, day("2018-03-25"), "Court").error().kind);
    must(desk.disclose(chair, who.person, nurse.user_id, until, "A report for the court"));
    EXPECT_EQ("disclosure", rule(nurse, who));
    EXPECT_EQ("A report for the court", seen(nurse, who).purpose);
    EXPECT_EQ(base::ErrorKind::conflict,
              desk.disclose(chair, who.person, nurse.user_id, until, "Again").error().kind);
    EXPECT_EQ("", desk.works(house.officer, who.person)->now.at(0).row.purpose) << "not for everybody who looks";
    EXPECT_EQ("A report for the court", desk.works(chair, who.person)->now.at(0).row.purpose);
    EXPECT_EQ("A report for the court", desk.works(again(nurse), who.person)->now.at(0).row.purpose);
    EXPECT_EQ(base::ErrorKind::conflict, desk.end(manager, who.person, work_id(who)).error().kind)
        << "whoever could not give it does not end it";
    must(desk.end(chair, who.person, work_id(who)));
    EXPECT_EQ("", rule(nurse, who)) << "with the next request";
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'disclose'"));
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'end-work'"));
    house.office.db().read([&](Session& s) {
        for (const auto& row : s.query("SELECT purpose FROM works_with"))
            EXPECT_EQ(std::string::npos, row.blob(0).find("court")) << "purposes are sealed";
    });
}

TEST_F(Relations, people_are_allocated_to_colleagues_of_the_own_agency_until_it_is_ended) {
    const auto who = amina();
    ASSERT_EQ("", rule(social, who));
    EXPECT_EQ(base::ErrorKind::invalid, desk.allocate(manager, who.person, nurse.user_id, "why").error().kind)
        << "of another agency";
    EXPECT_EQ(base::ErrorKind::invalid, desk.allocate(manager, who.person, manager.user_id, "why").error().kind)
        << "nobody gives themselves anything";
    EXPECT_EQ(base::ErrorKind::invalid, desk.allocate(manager, who.person, social.user_id, " ").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, desk.allocate(manager, who.person, "nobody", "why").error().kind);
    EXPECT_EQ(base::ErrorKind::not_found,
              desk.allocate(house.officer, who.person, social.user_id, "why").error().kind);
    EXPECT_EQ(base::ErrorKind::not_found, desk.allocate(social, who.person, social.user_id, "why").error().kind);
    must(desk.allocate(manager, who.person, social.user_id, "Holds the case"));
    EXPECT_EQ("allocated", rule(social, who));
    EXPECT_EQ(base::ErrorKind::conflict, desk.allocate(manager, who.person, social.user_id, "again").error().kind);
    house.office.clock().advance(std::chrono::hours{24 * 400});
    EXPECT_EQ("allocated", rule(social, who));
    EXPECT_EQ(base::ErrorKind::not_found, desk.end(again(social), who.person, work_id(who)).error().kind);
    must(desk.end(manager, who.person, work_id(who)));
    EXPECT_EQ("", rule(social, who));
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM works_with WHERE ended_at IS NOT NULL AND ended_by <> ''"));
}

TEST_F(Relations, a_team_and_who_supervises_see_whom_a_colleague_of_their_agency_works_with) {
    const auto who = amina();
    const auto colleague = house.office.worker("colleague", house.council, "practitioner");
    const auto lead = house.office.worker("lead", house.council, "safeguarding_lead");
    const auto elsewhere = house.office.worker("elsewhere", house.school, "safeguarding_lead");
    for (const auto& each : {social, colleague, house.teacher}) team(each, "North");
    EXPECT_EQ("", rule(colleague, who));
    must(desk.allocate(manager, who.person, social.user_id, "Holds the case"));
    EXPECT_EQ("team", rule(colleague, who));
    EXPECT_EQ("supervisor", rule(lead, who));
    EXPECT_EQ("", rule(house.teacher, who)) << "a team of the same name in another agency is another team";
    EXPECT_EQ("", rule(elsewhere, who));
    team(colleague, "South");
    EXPECT_EQ("", rule(colleague, who)) << "with the next request";
    team(colleague, "");
    team(social, "");
    EXPECT_EQ("", rule(colleague, who)) << "no team is not a team";
    must(desk.end(manager, who.person, work_id(who)));
    EXPECT_EQ("", rule(lead, who));
}

TEST_F(Relations, where_working_for_an_agency_is_not_enough_its_people_learn_whom_to_ask) {
    house.office.scheme().access.own_agency = OwnAgency::signpost;
    const auto who = amina();
    const auto view = house.desk.view(house.officer, who.person);
    ASSERT_TRUE(view);
    EXPECT_EQ(Sight::signpost, view->sight.sight);
    EXPECT_EQ("own-agency", view->sight.rule);
    EXPECT_TRUE(view->identity.family_name.empty() && view->records.empty());
    ASSERT_EQ(1u, view->contacts.size());
    EXPECT_EQ(house.police, view->contacts.front().agency);
    EXPECT_TRUE(house.desk.find(house.officer, "Rahman", 5).empty()) << "nor is there a list to be had by name";
    const auto sergeant = house.office.worker("sergeant", house.police, "team_manager");
    must(desk.allocate(sergeant, who.person, house.officer.user_id, "Investigates"));
    EXPECT_EQ("allocated", rule(house.officer, who));
    EXPECT_EQ("front-door", rule(sergeant, who));
}

TEST_F(Relations, nothing_given_opens_a_record_that_is_shut_or_sealed) {
    const auto who = amina();
    const ProtectionDesk protection{house.desk};
    must(desk.ask(manager, who.person, nurse.user_id, day("2018-03-28"), "Strategy discussion"));
    must(desk.disclose(chair, who.person, nurse.user_id, day("2018-04-01"), "Court"));
    must(desk.allocate(manager, who.person, social.user_id, "Holds the case"));
    must(protection.protect(house.coordinator, who.person, Sensitivity::safe_address, {}, "Hides",
                            protection.protection(house.coordinator, who.person)->version));
    EXPECT_EQ("disclosure", rule(nurse, who));
    EXPECT_FALSE(house.desk.sight(again(nurse), who.person).address);
    must(protection.protect(house.coordinator, who.person, Sensitivity::restricted, {}, "A relative",
                            protection.protection(house.coordinator, who.person)->version));
    EXPECT_EQ("", rule(nurse, who));
    EXPECT_EQ("", rule(social, who));
    EXPECT_TRUE(desk.asked(again(nurse)).empty());
    EXPECT_FALSE(desk.works(manager, who.person)) << "there is no such record";
    EXPECT_EQ(
        base::ErrorKind::refused,
        desk.ask(house.coordinator, who.person, house.teacher.user_id, day("2018-03-28"), "why").error().kind)
        << "who is named is told to name somebody";
}

TEST_F(Relations, whoever_is_sealed_out_can_be_given_nothing_and_the_refusal_does_not_say_why) {
    const auto namesake = house.office.account("amina", house.council, {"practitioner"});
    house.office.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE user_account SET display_name = 'Amina Rahman' WHERE id = $1", namesake);
        return base::done();
    });
    const auto who = amina();
    const auto refused = desk.allocate(manager, who.person, namesake, "Holds the case"),
               nobody = desk.allocate(manager, who.person, "nobody", "Holds the case");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(nobody.error().message, refused.error().message);
    EXPECT_EQ(nobody.error().message,
              desk.ask(manager, who.person, namesake, day("2018-03-28"), "why").error().message);
    for (const auto& each : desk.colleagues(manager, *desk.works(manager, who.person)))
        EXPECT_NE(namesake, each.user);
}

TEST_F(Relations, only_who_may_open_something_can_be_chosen) {
    const auto who = amina();
    const auto works = desk.works(manager, who.person);
    const auto analyst = house.office.account("analyst", house.council, {"analyst"});
    house.office.write([&](Session& s) {
        return partnership::withdraw_protocol(house.office.office(), s, nurse.agency, "system");
    });
    std::set<std::string> users;
    for (const auto& each : desk.colleagues(manager, *works)) users.insert(each.user);
    EXPECT_TRUE(users.contains(social.user_id) && users.contains(house.teacher.user_id));
    EXPECT_FALSE(users.contains(analyst) || users.contains(nurse.user_id) || users.contains(manager.user_id));
    EXPECT_EQ(base::ErrorKind::invalid,
              desk.ask(manager, who.person, nurse.user_id, day("2018-03-28"), "why").error().kind);
    EXPECT_TRUE(desk.colleagues(house.officer, *desk.works(house.officer, who.person)).empty())
        << "who gives nothing has nobody to choose from";
    for (const auto* meeting : {"2018-03-25", "2018-06-27"})
        EXPECT_EQ(base::ErrorKind::invalid,
                  desk.ask(manager, who.person, social.user_id, day(meeting), "why").error().kind);
    EXPECT_EQ("Unreadable",
              desk.ask(manager, who.person, social.user_id, base::invalid("Unreadable"), "why").error().message);
    EXPECT_EQ(
        base::ErrorKind::not_found,
        desk.ask(house.officer, who.person, social.user_id, base::invalid("Unreadable"), "why").error().kind);
}

TEST_F(Relations, a_link_bears_what_was_given_for_either_and_its_undoing_gives_back_to_each) {
    const auto a = amina(), b = house.put(house.council, somebody("Amina", "Rahmann", "2004-05-06"));
    must(desk.ask(manager, a.person, nurse.user_id, day("2018-03-28"), "About the one"));
    must(desk.allocate(manager, b.person, social.user_id, "Of the other"));
    EXPECT_EQ("", rule(nurse, b));
    house.link(a, b);
    EXPECT_EQ("meeting", rule(nurse, a));
    EXPECT_EQ("meeting", rule(nurse, b)) << "the one person bears both";
    EXPECT_EQ("allocated", rule(social, a));
    EXPECT_EQ(2u, desk.works(manager, a.person)->now.size());
    const auto absorbed = house.root_of(a) == a.person ? b.person : a.person;
    must(house.desk.undo_link(house.coordinator, house.decision_over(absorbed), false, "two people"));
    EXPECT_EQ("meeting", rule(nurse, a));
    EXPECT_EQ("", rule(nurse, b));
    EXPECT_EQ("allocated", rule(social, b));
    EXPECT_EQ(1u, desk.works(manager, a.person)->now.size());
    EXPECT_EQ(1u, desk.works(manager, b.person)->now.size());
}

TEST_F(Relations, an_emergency_shows_who_works_with_somebody_and_gives_nothing) {
    const auto who = amina();
    store::EmergencyRow look;
    look.id = base::new_id();
    look.user = nurse.user_id;
    look.person = who.person;
    look.category = "medical";
    look.reason = "She has taken tablets";
    look.opened_at = house.office.clock().now();
    look.ends_at = look.opened_at + std::chrono::hours{4};
    house.office.write([&](Session& s) -> base::Result<> {
        store::open_emergency(house.office.office(), s, look);
        return base::done();
    });
    ASSERT_EQ("break-glass", rule(nurse, who));
    EXPECT_EQ("", seen(nurse, who).purpose);
    const auto works = desk.works(again(nurse), who.person);
    ASSERT_TRUE(works);
    EXPECT_FALSE(works->gives());
}

}  // namespace
}  // namespace rowan::people
