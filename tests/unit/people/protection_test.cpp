// What protects a person's record: who may say so, who is named, and what links, imports and undoing do to it.
#include "people/protection_desk.h"

#include "base/id.h"
#include "people/protection_store.h"
#include "support/people.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace rowan::people {
namespace {

using namespace support;
using partnership::Sensitivity;
using Stored = PeopleDesk::Stored;

class Protect : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestPeople house{temporary.db()};
    ProtectionDesk desk{house.desk};
    partnership::Viewer manager = house.office.worker("manager", house.council, "team_manager");
    partnership::Viewer sergeant = house.office.worker("sergeant", house.police, "team_manager");
    partnership::Viewer governance = house.office.worker("governance", house.council, "information_governance");
    partnership::Viewer administrator = house.office.worker("administrator", house.council, "administrator");

    Stored put(const std::string& agency, const char* given = "Amina") {
        return house.put(agency, somebody(given, "Rahman", "2004-05-06"));
    }
    base::Result<> protect(const partnership::Viewer& viewer, const Stored& who, Sensitivity level,
                           std::vector<std::string> names = {}) {
        const auto seen = desk.protection(viewer, who.person);
        return desk.protect(viewer, who.person, level, names, "A relative works at the front door",
                            seen ? seen->version : 0);
    }
    bool sees(const partnership::Viewer& viewer, const Stored& who) {
        return house.desk.sight(viewer, who.person).sight == Sight::full;
    }
    std::vector<std::string> named(const std::string& root) {
        return house.office.db().read([&](Session& s) { return store::users_named(s, root); });
    }
    Sensitivity stored(const std::string& person) {
        return house.office.db().read([&](Session& s) {
            return *partnership::sensitivity(
                s.one("SELECT sensitivity FROM person WHERE id = $1", person)->text(0));
        });
    }
    std::int64_t entries(database::Sql sql) { return house.office.number(sql); }
};

TEST_F(Protect, a_restricted_record_is_there_for_those_named_and_for_nobody_else) {
    const auto who = put(house.police);
    ASSERT_TRUE(sees(manager, who) && sees(house.coordinator, who) && sees(house.officer, who));
    must(protect(house.coordinator, who, Sensitivity::restricted, {house.officer.user_id}));
    EXPECT_TRUE(sees(house.coordinator, who)) << "who protects a record is named on it";
    EXPECT_TRUE(sees(house.officer, who));
    EXPECT_FALSE(sees(manager, who));
    EXPECT_TRUE(house.desk.find(manager, "Amina Rahman", 5).empty());
    EXPECT_FALSE(desk.protection(manager, who.person)) << "and its page is not there for them";
    const auto view = house.desk.view(house.officer, who.person);
    ASSERT_TRUE(view);
    EXPECT_EQ("named", view->sight.rule);
    EXPECT_EQ(Sensitivity::restricted, view->sensitivity);
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'protect' AND detail = 'was=ordinary "
                         "becomes=restricted named=2'"));
}

TEST_F(Protect, only_who_may_and_sees_the_person_protects) {
    const auto who = put(house.council);
    EXPECT_FALSE(desk.protection(house.officer, who.person));
    for (const auto* viewer : {&house.officer, &house.teacher, &governance, &administrator})
        EXPECT_EQ(base::ErrorKind::not_found, protect(*viewer, who, Sensitivity::restricted).error().kind);
    auto lapsed = house.coordinator;
    lapsed.protocol_in_force = false;
    EXPECT_EQ(base::ErrorKind::not_found, protect(lapsed, who, Sensitivity::restricted).error().kind);
    EXPECT_EQ(base::ErrorKind::invalid,
              desk.protect(house.coordinator, who.person, Sensitivity::restricted, {}, " ", 1).error().kind)
        << "a reason";
    EXPECT_EQ(base::ErrorKind::invalid, protect(house.coordinator, who, Sensitivity::ordinary).error().kind);
    EXPECT_EQ(Sensitivity::ordinary, stored(who.person));
}

TEST_F(Protect, names_are_given_and_taken_and_every_step_is_kept) {
    const auto who = put(house.council);
    must(protect(house.coordinator, who, Sensitivity::restricted));
    EXPECT_EQ(base::ErrorKind::refused,
              desk.remove(house.coordinator, who.person, house.coordinator.user_id, "leaves").error().kind)
        << "nobody else could open it";
    EXPECT_EQ(base::ErrorKind::invalid,
              desk.name(house.coordinator, who.person, administrator.user_id, "why").error().kind)
        << "works with nobody";
    EXPECT_EQ(base::ErrorKind::invalid, desk.name(house.coordinator, who.person, "none", "why").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid,
              desk.name(house.coordinator, who.person, manager.user_id, "").error().kind);
    must(desk.name(house.coordinator, who.person, manager.user_id, "Holds the case now"));
    EXPECT_TRUE(sees(manager, who));
    EXPECT_EQ(base::ErrorKind::conflict,
              desk.name(house.coordinator, who.person, manager.user_id, "again").error().kind);
    must(desk.remove(manager, who.person, house.coordinator.user_id, "Moved team"));
    EXPECT_FALSE(sees(house.coordinator, who)) << "with the next request";
    EXPECT_EQ(base::ErrorKind::not_found,
              desk.name(house.coordinator, who.person, house.officer.user_id, "why").error().kind);
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'name' AND rule = 'named'"));
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'unname' AND rule = 'named'"));
    EXPECT_EQ(
        1,
        entries(
            "SELECT COUNT(*) FROM restricted_access WHERE removed_at IS NOT NULL AND removal_reason IS NOT NULL"));
    house.office.db().read([&](Session& s) {
        for (const auto& row : s.query("SELECT reason FROM restricted_access"))
            EXPECT_EQ(std::string::npos, row.blob(0).find("relative")) << "reasons are sealed";
    });
}

TEST_F(Protect, protection_is_lowered_only_by_who_is_named) {
    const auto who = put(house.council);
    must(protect(house.coordinator, who, Sensitivity::safe_address));
    EXPECT_TRUE(sees(manager, who));
    EXPECT_EQ(base::ErrorKind::refused, protect(manager, who, Sensitivity::ordinary).error().kind)
        << "sees the person, and is not named";
    EXPECT_EQ(base::ErrorKind::not_found,
              desk.name(manager, who.person, house.officer.user_id, "why").error().kind);
    must(protect(manager, who, Sensitivity::restricted));
    EXPECT_FALSE(sees(manager, who)) << "protecting it further puts nobody on the list";
    must(protect(house.coordinator, who, Sensitivity::ordinary));
    EXPECT_TRUE(named(who.person).empty());
    EXPECT_TRUE(sees(manager, who));
    const auto seen = desk.protection(manager, who.person);
    ASSERT_EQ(3u, seen->history.size());
    EXPECT_EQ("A relative works at the front door", seen->history[0].reason);
    EXPECT_EQ(base::ErrorKind::conflict,
              desk.protect(manager, who.person, Sensitivity::sealed, {}, "why", seen->version - 1).error().kind)
        << "somebody was quicker";
}

TEST_F(Protect, nobody_names_themselves_on_a_protected_record) {
    const auto who = put(house.council);
    must(protect(house.coordinator, who, Sensitivity::restricted));
    auto both =
        house.office.viewer(house.office.account("both", house.council, {"information_governance", "coordinator"}))
            .value();
    EXPECT_EQ(base::ErrorKind::refused, desk.name(both, who.person, both.user_id, "curious").error().kind);
    EXPECT_FALSE(sees(both, who));
}

TEST_F(Protect, a_record_for_the_police_only_names_only_police) {
    const auto who = put(house.police);
    EXPECT_EQ(base::ErrorKind::invalid,
              protect(house.coordinator, who, Sensitivity::police_sensitive).error().kind)
        << "nobody could open it";
    EXPECT_EQ(base::ErrorKind::invalid,
              protect(house.coordinator, who, Sensitivity::police_sensitive, {manager.user_id}).error().kind);
    must(protect(house.coordinator, who, Sensitivity::restricted, {house.officer.user_id}));
    must(protect(house.coordinator, who, Sensitivity::police_sensitive));
    EXPECT_FALSE(sees(house.coordinator, who));
    EXPECT_TRUE(sees(house.officer, who));
    EXPECT_EQ(std::vector{house.officer.user_id}, named(who.person));
    EXPECT_EQ(base::ErrorKind::invalid, desk.name(governance, who.person, manager.user_id, "why").error().kind);
    must(desk.name(governance, who.person, sergeant.user_id, "Leads the operation"));
    EXPECT_TRUE(sees(sergeant, who));
}

TEST_F(Protect, only_information_governance_names_on_a_sealed_record) {
    const auto who = put(house.council);
    must(protect(house.coordinator, who, Sensitivity::sealed));
    EXPECT_EQ(base::ErrorKind::not_found,
              desk.name(house.coordinator, who.person, manager.user_id, "why").error().kind);
    must(desk.name(governance, who.person, manager.user_id, "Adoption team"));
    EXPECT_TRUE(sees(manager, who));
    EXPECT_FALSE(sees(governance, who));
}

TEST_F(Protect, oversight_sees_references_and_names_and_no_record) {
    const auto who = put(house.council);
    EXPECT_TRUE(desk.all(governance).empty());
    must(protect(house.coordinator, who, Sensitivity::restricted));
    const auto all = desk.all(governance);
    ASSERT_EQ(1u, all.size());
    EXPECT_EQ(who.person, all[0].person);
    ASSERT_EQ(1u, all[0].named.size());
    EXPECT_TRUE(all[0].named[0].reason.empty() && all[0].history.empty())
        << "what somebody wrote may tell who it is";
    EXPECT_TRUE(desk.all(house.coordinator).empty());
    house.office.write([&](Session& s) {
        return partnership::disable_account(house.office.office(), s, house.coordinator.user_id, "test");
    });
    EXPECT_FALSE(desk.all(governance)[0].named[0].active) << "nobody can open it now";
    must(desk.name(governance, who.person, manager.user_id, "The coordinator has left"));
    EXPECT_TRUE(sees(manager, who));
    EXPECT_EQ(1, entries("SELECT COUNT(*) FROM audit_entry WHERE act = 'name' AND rule = 'oversight'"));
}

TEST_F(Protect, a_safe_address_is_shown_and_found_only_by_name) {
    auto living = somebody("Amina", "Rahman", "2004-05-06");
    living.address = "The Lighthouse";
    living.postcode = "B91 3QB";
    living.phone = "+447700900123";
    const auto who = house.put(house.police, living), twin = house.put(house.council, living);
    EXPECT_EQ(2u, house.desk.find(manager, "B91 3QB", 5).size());
    must(protect(house.coordinator, who, Sensitivity::safe_address));
    EXPECT_EQ("The Lighthouse", house.desk.view(house.coordinator, who.person)->identity.address) << "named";
    for (const auto* viewer : {&manager, &house.officer}) {
        const auto view = house.desk.view(*viewer, who.person);
        ASSERT_TRUE(view);
        EXPECT_EQ("Amina Rahman", view->identity.display_name());
        EXPECT_EQ("", view->identity.address + view->identity.postcode + view->identity.phone);
        for (const auto& record : view->records)
            EXPECT_EQ("", record.identity.address + record.identity.postcode + record.identity.phone);
        EXPECT_EQ("", house.desk.lines(*viewer, {who.person}).at(0).area);
    }
    EXPECT_EQ(1u, house.desk.find(manager, "B91 3QB", 5).size()) << "the twin's";
    EXPECT_EQ(1u, house.desk.find(manager, "07700 900123", 5).size());
    auto reviewer = house.office.worker("reviewer", house.council, "front_door");
    const auto pair = house.desk.pair(reviewer, who.record, twin.record);
    ASSERT_TRUE(pair);
    EXPECT_EQ("", pair->a.identity.address + pair->b.identity.address + pair->a.identity.postcode +
                      pair->b.identity.postcode);
    for (const auto& step : pair->waterfall.steps) EXPECT_FALSE(tells_address(step)) << step.field;
    EXPECT_EQ(std::string::npos, house.index.why_alike(living, who.record).find("postcode"));
}

// --- links ------------------------------------------------------------------------------------------------------

TEST_F(Protect, a_link_takes_the_stricter_and_names_those_on_both) {
    const auto a = put(house.council), b = put(house.police), c = put(house.school);
    must(protect(house.coordinator, a, Sensitivity::safe_address, {manager.user_id}));
    must(protect(house.coordinator, b, Sensitivity::restricted, {house.officer.user_id}));
    house.link(a, b);
    EXPECT_EQ(Sensitivity::restricted, stored(a.person));
    EXPECT_EQ(Sensitivity::restricted, stored(b.person));
    EXPECT_EQ(std::vector{house.coordinator.user_id}, named(house.root_of(a)))
        << "manager and officer are on one list each";
    EXPECT_FALSE(sees(manager, a) || sees(house.officer, b));
    house.link(a, c);
    EXPECT_EQ(Sensitivity::restricted, stored(c.person)) << "an ordinary record becomes what it is linked to";
    EXPECT_FALSE(sees(house.teacher, c));
    must(house.desk.undo_link(house.coordinator, house.decision_over(c.person), false, "wrong"));
    EXPECT_EQ(Sensitivity::restricted, stored(c.person)) << "undoing keeps both restricted";
    EXPECT_EQ(std::vector{house.coordinator.user_id}, named(c.person));
    EXPECT_TRUE(sees(house.coordinator, c));
    EXPECT_FALSE(sees(house.teacher, c));
    EXPECT_TRUE(house.index_agrees());
}

TEST_F(Protect, two_records_that_nobody_may_see_both_of_are_not_linked) {
    house.office.scheme().certain_links = partnership::CertainLinks::link;
    const auto a = put(house.council), b = put(house.police);
    must(protect(house.coordinator, a, Sensitivity::restricted));
    must(protect(manager, b, Sensitivity::restricted));
    EXPECT_EQ(base::ErrorKind::not_found, house.decide(a, b, Verdict::same).error().kind);
    std::vector<partnership::AuditEntry> made;
    house.office.write([&](Session& s) -> base::Result<> {
        const auto proposed =
            house.desk.propose_links(s, b.record, {{a.record, 20, 0.999, true}}, "test", house.police, made);
        EXPECT_EQ(0, proposed.links);
        EXPECT_EQ(1, proposed.proposals) << "somebody on both lists will be asked";
        return base::done();
    });
    must(desk.name(manager, b.person, house.coordinator.user_id, "To match it"));
    must(house.decide(a, b, Verdict::same));
    EXPECT_EQ(std::vector{house.coordinator.user_id}, named(house.root_of(a)));
}

TEST_F(Protect, a_certain_match_with_a_restricted_record_inherits_its_protection) {
    house.office.scheme().certain_links = partnership::CertainLinks::link;
    const auto a = put(house.council);
    must(protect(house.coordinator, a, Sensitivity::restricted));
    const auto b = put(house.police);
    std::vector<partnership::AuditEntry> made;
    house.office.write([&](Session& s) -> base::Result<> {
        EXPECT_EQ(1,
                  house.desk.propose_links(s, b.record, {{a.record, 20, 0.999, true}}, "test", house.police, made)
                      .links);
        return base::done();
    });
    house.desk.refresh({b.record});
    EXPECT_FALSE(sees(house.officer, b));
    EXPECT_TRUE(sees(house.coordinator, b));
}

// SECURITY.md goal 34: whatever imports, links and undoing do, no record is ever protected less than it was, and
// nobody sees one who was not named when it was protected or by somebody since.
TEST_F(Protect, sensitivity_never_falls_by_imports_links_and_undoing) {
    house.office.scheme().certain_links = partnership::CertainLinks::link;
    EXPECT_TRUE(rc::check([&] {
        std::vector<Stored> all;
        for (int i = 0; i < 5; ++i)
            all.push_back(house.put(i % 2 ? house.council : house.police,
                                    somebody("Amina", "Rahman", "2004-05-06", base::new_id())));
        std::map<std::string, Sensitivity> was;
        auto check = [&] {
            for (const auto& who : all) {
                const auto now = stored(who.person);
                RC_ASSERT(now >= was[who.person]);
                was[who.person] = now;
                RC_ASSERT(house.desk.sensitivity(who.person) == now);
                if (now != Sensitivity::ordinary) RC_ASSERT(!named(house.root_of(who)).empty());
                if (is_shut(now)) RC_ASSERT(!sees(manager, who) && !sees(house.officer, who));
            }
            RC_ASSERT(house.index_agrees());
        };
        for (int step = 0; step < 12; ++step) {
            const auto i = *rc::gen::inRange<std::size_t>(0, 5), j = *rc::gen::inRange<std::size_t>(0, 5);
            switch (*rc::gen::inRange(0, 5)) {
                case 0: {  // protect further
                    const auto level =
                        *rc::gen::element(Sensitivity::safe_address, Sensitivity::restricted, Sensitivity::sealed);
                    if (level > stored(all[i].person))
                        must(protect(house.coordinator, {all[i].record, house.root_of(all[i]), false}, level));
                    break;
                }
                case 1:  // told of again
                    house.office.write([&](Session& s) -> base::Result<> {
                        const auto row = store::find_record(house.office.office(), s, all[i].record);
                        auto who = row->record.identity;
                        who.family_name = step % 2 ? "Begum" : "Rahman";
                        house.desk.store_record(s, row->record.agency, who, "import", "test");
                        return base::done();
                    });
                    house.desk.refresh({all[i].record});
                    break;
                case 2:  // by the scheme's rule
                    house.office.write([&](Session& s) -> base::Result<> {
                        std::vector<partnership::AuditEntry> made;
                        if (i != j)
                            house.desk.propose_links(s, all[i].record, {{all[j].record, 20, 0.999, true}}, "test",
                                                     house.police, made);
                        return base::done();
                    });
                    house.desk.refresh({all[i].record, all[j].record});
                    break;
                case 3:
                    if (i != j) (void)house.decide(all[i], all[j], Verdict::same);
                    break;
                default:
                    if (const auto link = house.decision_over(all[i].person); !link.empty())
                        must(house.desk.undo_link(house.coordinator, link, false, "wrong"));
            }
            check();
        }
    }));
}

// SECURITY.md section 4, ContactPoint 2009: a copy that somebody else brings in is not found either.
TEST_F(Protect, a_near_duplicate_is_shielded_until_somebody_decides) {
    const auto who = put(house.police);
    must(protect(house.coordinator, who, Sensitivity::restricted, {sergeant.user_id}));
    const auto copy = put(house.council), other = put(house.council, "Adam");
    house.propose(who.record, copy.record);
    house.desk.refresh({copy.record});
    EXPECT_EQ(Sensitivity::ordinary, stored(copy.person)) << "nothing is stored";
    EXPECT_FALSE(sees(manager, copy));
    EXPECT_EQ("restricted", house.desk.sight(manager, copy.person).rule);
    EXPECT_TRUE(sees(house.coordinator, copy) && sees(sergeant, copy))
        << "those who are named on the record that it resembles decide";
    EXPECT_TRUE(sees(manager, other));
    EXPECT_TRUE(house.desk.pair(house.coordinator, who.record, copy.record));
    EXPECT_FALSE(house.desk.pair(manager, who.record, copy.record));
    EXPECT_EQ(1u, desk.all(governance).at(0).alike);
    EXPECT_EQ(Sensitivity::restricted, desk.protection(house.coordinator, copy.person)->shield);
    // A process that reads everything afresh says the same.
    PeopleIndex fresh;
    PeopleDesk second(house.office.office(), fresh);
    ASSERT_TRUE(second.open_index().ok());
    EXPECT_NE(Sight::full, second.sight(manager, copy.person).sight);
    must(house.decide(who, copy, Verdict::different));
    EXPECT_TRUE(sees(manager, copy)) << "and lifted with the decision";
    // Undone, the pair waits again and shields again.
    const auto apart = house.desk.apart_between(house.coordinator, who.record, copy.record);
    ASSERT_TRUE(apart);
    must(house.desk.undo_apart(house.coordinator, *apart, "perhaps the same"));
    EXPECT_FALSE(sees(manager, copy));
    must(house.decide(who, copy, Verdict::same));
    EXPECT_FALSE(sees(manager, copy)) << "one person bears the stricter protection";
    EXPECT_EQ(Sensitivity::restricted, stored(copy.person));
}

TEST_F(Protect, protecting_a_record_shields_what_already_waits_beside_it) {
    const auto who = put(house.police), copy = put(house.council);
    house.propose(who.record, copy.record);
    ASSERT_TRUE(sees(manager, copy));
    must(protect(house.coordinator, who, Sensitivity::restricted));
    EXPECT_FALSE(sees(manager, copy));
    must(protect(house.coordinator, who, Sensitivity::ordinary));
    EXPECT_TRUE(sees(manager, copy));
}

TEST_F(Protect, an_unlikely_pair_shields_nobody) {
    const auto who = put(house.police), copy = put(house.council);
    house.office.write([&](Session& s) -> base::Result<> {
        store::propose(s, who.record, copy.record, -1, house.office.clock().now());
        return base::done();
    });
    must(protect(house.coordinator, who, Sensitivity::restricted));
    EXPECT_TRUE(sees(manager, copy));
}

}  // namespace
}  // namespace rowan::people
