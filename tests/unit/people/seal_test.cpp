// Conflict seals and emergencies at work: what a member of staff who may have to do with somebody is shown, who is
// told, who lifts it; and a record opened because somebody is in danger.
#include "crypto/totp.h"
#include "partnership/interests.h"
#include "people/conflict_desk.h"
#include "people/emergency_desk.h"
#include "people/protection_store.h"
#include "people/vehicle_store.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace rowan::people {
namespace {

using namespace support;
using namespace std::chrono_literals;
using partnership::InterestKind, partnership::Sensitivity;

class Seals : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestPeople house{temporary.db()};
    ConflictDesk conflicts{house.desk};
    EmergencyDesk emergencies{house.desk};
    std::string secret = crypto::new_totp_secret();
    partnership::Viewer ada = house.office.worker("ada", house.council, "information_governance");
    partnership::Viewer ben = house.office.worker("ben", house.council, "information_governance");

    std::int64_t number(database::Sql sql) { return house.office.number(sql); }
    partnership::Viewer again(const partnership::Viewer& viewer) {
        return house.office.viewer(viewer.user_id).value();
    }
    base::Result<> declare(const partnership::Viewer& who, InterestKind kind, const std::string& first,
                           const std::string& second = "") {
        return house.office.db().write([&](Session& s) {
            return partnership::declare_interest(house.office.office(), s, who.user_id, kind, first, second);
        });
    }
    bool sees(const partnership::Viewer& viewer, const PeopleDesk::Stored& who) {
        return house.desk.sight(again(viewer), who.person).sight == Sight::full;
    }
    std::string code() { return crypto::totp_code(secret, crypto::totp_step(house.office.clock().now())); }
    // Somebody with a second factor, whose agency knows nobody.
    partnership::Viewer nurse() {
        return house.office
            .viewer(house.office.account("nurse", house.office.agency_of(partnership::AgencyType::health_trust),
                                         {"practitioner"}, "", secret))
            .value();
    }
};

// SECURITY.md A2, Islington and the rogue worker: a declared telephone is enough, and it is gone with the next
// request.
TEST_F(Seals, whoever_may_have_to_do_with_somebody_finds_nobody) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.nhs_number = "9990000018";
    who.phone = "+447700900123";
    const auto amina = house.put(house.police, who),
               other = house.put(house.police, somebody("Amina", "Rahman", "2005-06-07"));
    ASSERT_TRUE(sees(house.officer, amina) && sees(house.coordinator, amina));
    must(declare(house.officer, InterestKind::phone, "07700 900123"));
    const auto officer = again(house.officer);
    EXPECT_EQ("conflict-seal", house.desk.sight(officer, amina.person).rule);
    EXPECT_FALSE(house.desk.view(officer, amina.person));
    EXPECT_TRUE(house.desk.find(officer, "9990000018", 5).empty());
    EXPECT_EQ(1u, house.desk.find(officer, "Amina Rahman", 5).size()) << "the other of the same name is found";
    EXPECT_EQ(std::set<std::string>{amina.person}, house.desk.sealed_out(officer));
    EXPECT_TRUE(sees(house.officer, other) && sees(house.coordinator, amina)) << "and nobody else is touched";
    // No name on the record opens it either.
    house.office.write([&](Session& s) -> base::Result<> {
        store::set_sensitivity(house.office.office(), s, amina.person, Sensitivity::restricted,
                               house.coordinator.user_id, "x");
        store::put_name(house.office.office(), s, amina.person, house.officer.user_id, house.coordinator.user_id,
                        "x");
        return base::done();
    });
    house.desk.refresh({amina.record});
    EXPECT_FALSE(sees(house.officer, amina));
}

TEST_F(Seals, a_seal_follows_the_person_through_links_and_what_agencies_say_later) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    const auto a = house.put(house.police, who),
               b = house.put(house.council, somebody("Ami", "Rahman", "2004-05-06"));
    must(declare(house.officer, InterestKind::home, "12 Mill Lane", "B90 1AA"));
    EXPECT_TRUE(sees(house.officer, a));
    auto lives = somebody("Ami", "Rahman", "2004-05-06", "C-1");
    lives.address = "12 Mill Lane";
    lives.postcode = "B90 1AA";
    const auto c = house.put(house.council, lives);  // told of later
    house.link(a, c);
    EXPECT_FALSE(sees(house.officer, a)) << "what one agency's record says counts for the person";
    must(house.desk.undo_link(
        house.coordinator,
        house.decision_over(c.person).empty() ? house.decision_over(a.person) : house.decision_over(c.person),
        false, "wrong"));
    EXPECT_TRUE(sees(house.officer, a)) << "and no longer when they are two people again";
    EXPECT_TRUE(sees(house.coordinator, b));
}

TEST_F(Seals, a_vehicle_that_came_up_seals_out_who_declared_it_through_links_and_a_restart) {
    const auto amina = house.put(house.police, somebody("Amina", "Rahman", "2004-05-06")),
               ami = house.put(house.council, somebody("Ami", "Rahman", "2004-05-06"));
    const auto came_up = [&](const std::vector<std::string>& registrations) {
        std::vector<std::string> digests;
        for (const auto& each : registrations)
            digests.push_back(partnership::vehicle_likeness(house.office.office(), each));
        house.office.write([&](Session& s) -> base::Result<> {
            store::set_vehicles(s, "an-episode", amina.person, digests);
            return base::done();
        });
        house.desk.refresh({amina.record});
    };
    came_up({"AB12CDE", "X123ABC"});
    EXPECT_TRUE(sees(house.officer, amina));
    must(declare(house.officer, InterestKind::vehicle, "ab12 cde"));
    EXPECT_FALSE(sees(house.officer, amina)) << "with the next request";
    EXPECT_TRUE(sees(house.coordinator, amina)) << "and nobody else";
    const auto seal = conflicts.seals(ada).at(0);
    EXPECT_EQ("vehicle", ties_in_words(seal.ties));
    EXPECT_EQ(house.officer.user_id, seal.user);

    EXPECT_EQ(std::set<std::string>{amina.person}, house.desk.sealed_out(again(house.officer)));
    house.link(ami, amina);
    EXPECT_EQ(std::set<std::string>{house.root_of(ami)}, house.desk.sealed_out(again(house.officer)))
        << "the one person whom both are";
    EXPECT_FALSE(sees(house.officer, ami));
    PeopleIndex index;
    const PeopleDesk restarted(house.office.office(), index);
    EXPECT_EQ(2u, restarted.open_index().value());
    EXPECT_EQ("conflict-seal", restarted.sight(again(house.officer), ami.person).rule);
    must(house.desk.undo_link(house.coordinator,
                              house.decision_over(amina.person).empty() ? house.decision_over(ami.person)
                                                                        : house.decision_over(amina.person),
                              false, "wrong"));
    EXPECT_FALSE(sees(house.officer, amina));
    EXPECT_EQ(std::set<std::string>{amina.person}, house.desk.sealed_out(again(house.officer)));
    came_up({"X123ABC"});
    EXPECT_TRUE(sees(house.officer, amina)) << "what was written down wrongly and corrected seals nobody out";
}

TEST_F(Seals, one_s_own_name_counts_without_being_declared) {
    const auto viewer = house.office.worker("quillby", house.police, "practitioner");  // "Name of quillby"
    const auto who = house.put(house.police, somebody("Name Of", "Quillby"));
    EXPECT_FALSE(sees(viewer, who));
    EXPECT_EQ(1u, house.desk.sealed_out(viewer).size());
}

TEST_F(Seals, two_officers_are_told_and_lifting_takes_two) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.phone = "+447700900123";
    const auto amina = house.put(house.police, who);
    EXPECT_EQ(0u, conflicts.waiting(ada));
    must(declare(house.officer, InterestKind::phone, "07700900123"));
    ASSERT_EQ(1u, conflicts.waiting(ada));
    auto seal = conflicts.seals(ada).at(0);
    EXPECT_EQ(house.officer.user_id, seal.user);
    EXPECT_EQ("phone", ties_in_words(seal.ties));
    EXPECT_TRUE(seal.ref.starts_with("P-"));
    must(conflicts.read(ada, seal.user, seal.person));
    EXPECT_EQ(0u, conflicts.waiting(ada));
    EXPECT_EQ(1u, conflicts.waiting(ben)) << "two must know";
    must(conflicts.read(ben, seal.user, seal.person));
    EXPECT_EQ(2u, conflicts.seals(ada).at(0).readers.size());

    EXPECT_EQ(base::ErrorKind::invalid, conflicts.ask(ada, seal.user, seal.person, " ").error().kind);
    must(conflicts.ask(ada, seal.user, seal.person, "A number he had years ago"));
    EXPECT_EQ(base::ErrorKind::conflict, conflicts.ask(ben, seal.user, seal.person, "x").error().kind);
    const auto lift = conflicts.seals(ada).at(0).lifts.at(0).id;
    EXPECT_EQ(base::ErrorKind::refused, conflicts.answer(ada, seal.user, seal.person, lift, true).error().kind)
        << "not by who asked";
    EXPECT_EQ(0u, conflicts.waiting(ada));
    EXPECT_EQ(1u, conflicts.waiting(ben));
    EXPECT_FALSE(sees(house.officer, amina));
    must(conflicts.answer(ben, seal.user, seal.person, lift, true));
    EXPECT_TRUE(sees(house.officer, amina)) << "with the next request";
    EXPECT_TRUE(conflicts.seals(ada).at(0).lifted);
    EXPECT_EQ(base::ErrorKind::conflict, conflicts.answer(ben, seal.user, seal.person, lift, true).error().kind);
    EXPECT_EQ(1, number("SELECT COUNT(*) FROM audit_entry WHERE act = 'lift-seal' AND outcome = 'allowed'"));
    // Another reason to keep them apart is another seal.
    must(declare(house.officer, InterestKind::name, "Amina Rahman"));
    EXPECT_FALSE(sees(house.officer, amina));
    EXPECT_EQ(1u, conflicts.waiting(ada));
    // Nobody but information governance knows of any of it.
    EXPECT_TRUE(conflicts.seals(house.coordinator).empty());
    EXPECT_EQ(base::ErrorKind::not_found, conflicts.read(house.officer, seal.user, seal.person).error().kind);
}

TEST_F(Seals, an_officer_is_not_told_of_their_own) {
    auto who = somebody("Amina", "Rahman");
    who.phone = "+447700900123";
    house.put(house.police, who);
    must(declare(ada, InterestKind::phone, "07700900123"));
    EXPECT_TRUE(conflicts.seals(again(ada)).empty());
    ASSERT_EQ(1u, conflicts.seals(ben).size());
    must(declare(house.officer, InterestKind::phone, "07700900123"));
    EXPECT_TRUE(conflicts.seals(again(ada)).empty())
        << "nor of another's seal on a record that is not there for them";
    EXPECT_EQ(2u, conflicts.seals(ben).size());
    const auto seal = conflicts.seals(ben).at(0);
    must(conflicts.ask(ben, ada.user_id, seal.person, "Her old number"));
    const auto lift = conflicts.seals(ben).at(0).user == ada.user_id ? conflicts.seals(ben).at(0).lifts.at(0).id
                                                                     : conflicts.seals(ben).at(1).lifts.at(0).id;
    EXPECT_EQ(base::ErrorKind::not_found,
              conflicts.answer(again(ada), ada.user_id, seal.person, lift, true).error().kind);
}

TEST_F(Seals, what_is_declared_is_checked_sealed_at_rest_and_stays) {
    EXPECT_EQ(base::ErrorKind::invalid, declare(ada, InterestKind::name, "Amina").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, declare(ada, InterestKind::phone, "twelve").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, declare(ada, InterestKind::home, "12 Mill Lane", "here").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, declare(ada, InterestKind::home, "", "B90 1AA").error().kind);
    for (const auto* not_whole : {"AB1? CDE", "a dark hatchback", "", "?"})
        EXPECT_EQ(base::ErrorKind::invalid, declare(ada, InterestKind::vehicle, not_whole).error().kind);
    must(declare(ada, InterestKind::vehicle, "ab12-cde"));
    EXPECT_EQ(base::ErrorKind::conflict, declare(ada, InterestKind::vehicle, "AB12 CDE").error().kind);
    house.office.write([&](Session& s) -> base::Result<> {
        EXPECT_EQ("AB12CDE", partnership::interests_of(house.office.office(), s, ada.user_id).at(0).first);
        EXPECT_EQ(std::string::npos, s.one("SELECT content FROM declared_interest")->blob(0).find("AB12"));
        s.execute("DELETE FROM declared_interest");
        return base::done();
    });
    must(declare(ada, InterestKind::home, "12 Mill Lane", "b901aa"));
    EXPECT_EQ(base::ErrorKind::conflict, declare(ada, InterestKind::home, "12 MILL lane", "B90 1AA").error().kind);
    house.office.db().read([&](Session& s) {
        const auto all = partnership::interests_of(house.office.office(), s, ada.user_id);
        ASSERT_EQ(1u, all.size());
        EXPECT_EQ("12 Mill Lane", all[0].first);
        EXPECT_EQ("B90 1AA", all[0].second);
        EXPECT_EQ(std::string::npos, s.one("SELECT content FROM declared_interest")->blob(0).find("Mill"));
    });
    EXPECT_EQ(1,
              number("SELECT COUNT(*) FROM audit_entry WHERE act = 'declare-interest' AND detail = 'kind=home'"));
}

// --- emergencies ------------------------------------------------------------------------------------------------

TEST_F(Seals, an_emergency_opens_that_record_for_four_hours_to_who_asked) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.nhs_number = "9990000018";
    who.address = "12 Mill Lane";
    who.postcode = "B90 1AA";
    const auto amina = house.put(house.police, who),
               brother = house.put(house.police, somebody("Adam", "Rahman", "2006-05-06"));
    const auto viewer = nurse();
    ASSERT_FALSE(sees(viewer, amina));
    const auto why = "She has taken tablets and cannot be found";
    EXPECT_EQ(base::ErrorKind::invalid,
              emergencies.open(viewer, "9990000018", "curious", why, code()).error().kind);
    EXPECT_EQ(base::ErrorKind::invalid,
              emergencies.open(viewer, "9990000018", "medical", "short", code()).error().kind);
    EXPECT_EQ(base::ErrorKind::refused,
              emergencies.open(viewer, "9990000018", "medical", why, "000000").error().kind);
    ASSERT_FALSE(sees(viewer, amina));
    const auto opened = emergencies.open(viewer, "9990000018", "medical", why, code());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_EQ(amina.person, *opened);
    EXPECT_TRUE(sees(viewer, amina));
    const auto view = house.desk.view(again(viewer), amina.person);
    EXPECT_EQ("break-glass", view->sight.rule);
    EXPECT_EQ("Amina", view->identity.given_names)
        << "what another agency says is shown, or it would be of no use";
    EXPECT_EQ("12 Mill Lane", view->identity.address);
    EXPECT_FALSE(sees(viewer, brother)) << "that record only";
    EXPECT_FALSE(house.desk.sight(house.teacher, amina.person).sight == Sight::full) << "and to nobody else";
    house.office.clock().advance(3h + 59min);
    EXPECT_TRUE(sees(viewer, amina));
    house.office.clock().advance(2min);
    EXPECT_FALSE(sees(viewer, amina));
    EXPECT_EQ(1, number("SELECT COUNT(*) FROM audit_entry WHERE act = 'break-glass' AND outcome = 'allowed'"));
    EXPECT_EQ(1, number("SELECT COUNT(*) FROM audit_entry WHERE act = 'step-up' AND outcome = 'denied'"));
}

TEST_F(Seals, a_code_opens_one_record_once) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.nhs_number = "9990000018";
    house.put(house.police, who);
    const auto viewer = nurse();
    const auto now = code();
    ASSERT_TRUE(
        emergencies.open(viewer, "9990000018", "medical", "She has taken tablets and cannot be found", now).ok());
    EXPECT_EQ(base::ErrorKind::refused,
              emergencies.open(viewer, "9990000018", "medical", "She has taken tablets and cannot be found", now)
                  .error()
                  .kind);
}

TEST_F(Seals, no_emergency_lifts_a_conflict_seal_and_absent_looks_the_same) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.nhs_number = "9990000018";
    who.phone = "+447700900123";
    const auto amina = house.put(house.police, who);
    const auto viewer = nurse();
    must(declare(viewer, InterestKind::phone, "07700900123"));
    const auto why = "She has taken tablets and cannot be found";
    const auto sealed = emergencies.open(again(viewer), "9990000018", "medical", why, code());
    house.office.clock().advance(31s);
    const auto absent = emergencies.open(again(viewer), "9990000026", "medical", why, code());
    ASSERT_FALSE(sealed.ok() || absent.ok());
    EXPECT_EQ(sealed.error().message, absent.error().message);
    EXPECT_EQ(sealed.error().kind, absent.error().kind);
    EXPECT_FALSE(sees(viewer, amina));
    // Not even one that was opened before it was known.
    house.office.clock().advance(31s);
    const auto other =
        house.office
            .viewer(house.office.account("other", house.office.agency_of(partnership::AgencyType::health_trust),
                                         {"practitioner"}, "", secret))
            .value();
    ASSERT_TRUE(emergencies.open(other, "9990000018", "medical", why, code()).ok());
    must(declare(other, InterestKind::phone, "07700900123"));
    EXPECT_FALSE(sees(other, amina));
}

TEST_F(Seals, words_that_name_nobody_in_particular_open_nothing) {
    house.put(house.police, somebody("Amina", "Rahman", "2004-05-06"));
    const auto viewer = nurse();
    const auto why = "She has taken tablets and cannot be found";
    EXPECT_EQ(base::ErrorKind::conflict,
              emergencies.open(viewer, "Amina Rahman", "medical", why, code()).error().kind)
        << "a name alone";
    house.office.clock().advance(31s);
    EXPECT_TRUE(emergencies.open(viewer, "Amina Rahman 06/05/2004", "medical", why, code()).ok());
}

// SECURITY.md section 4: what a restricted record must never show is where somebody hides, even then.
TEST_F(Seals, an_emergency_opens_a_restricted_record_but_not_a_safe_address) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.nhs_number = "9990000018";
    who.address = "12 Mill Lane";
    const auto amina = house.put(house.police, who);
    house.office.write([&](Session& s) -> base::Result<> {
        store::set_sensitivity(house.office.office(), s, amina.person, Sensitivity::restricted,
                               house.coordinator.user_id, "x");
        return base::done();
    });
    house.desk.refresh({amina.record});
    const auto viewer = nurse();
    ASSERT_TRUE(
        emergencies.open(viewer, "9990000018", "danger", "A man with a knife is at her door", code()).ok());
    const auto view = house.desk.view(again(viewer), amina.person);
    ASSERT_TRUE(view);
    EXPECT_EQ("Amina", view->identity.given_names);
    EXPECT_EQ("", view->identity.address);
}

TEST_F(Seals, each_emergency_waits_for_a_review_within_two_working_days) {
    auto who = somebody("Amina", "Rahman", "2004-05-06");
    who.nhs_number = "9990000018";
    house.put(house.police, who);
    const auto viewer = nurse();
    ASSERT_TRUE(
        emergencies.open(viewer, "9990000018", "medical", "She has taken tablets and cannot be found", code())
            .ok());
    ASSERT_EQ(1u, emergencies.waiting(ada));
    auto look = emergencies.all(ada).at(0);
    EXPECT_EQ(day("2018-03-28"), look.review_by) << "opened on a Monday";
    EXPECT_FALSE(look.overdue);
    EXPECT_EQ("She has taken tablets and cannot be found", look.row.reason);
    house.office.clock().advance(24h * 3);
    EXPECT_TRUE(emergencies.all(ada).at(0).overdue);
    EXPECT_TRUE(emergencies.all(viewer).empty());
    EXPECT_EQ(base::ErrorKind::not_found, emergencies.review(viewer, look.row.id, "justified", "").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, emergencies.review(ada, look.row.id, "", "").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, emergencies.review(ada, look.row.id, "not_justified", " ").error().kind);
    must(emergencies.review(ada, look.row.id, "justified", "The ambulance had asked"));
    EXPECT_EQ(0u, emergencies.waiting(ada));
    EXPECT_EQ(base::ErrorKind::conflict, emergencies.review(ben, look.row.id, "justified", "").error().kind);
    EXPECT_EQ("The ambulance had asked", emergencies.all(ben).at(0).row.note);
    house.office.db().read([&](Session& s) {
        const auto row = s.one("SELECT reason, note FROM emergency_look");
        EXPECT_EQ(std::string::npos, row->blob(0).find("tablets"));
        EXPECT_EQ(std::string::npos, row->blob(1).find("ambulance"));
    });
}

}  // namespace
}  // namespace rowan::people
