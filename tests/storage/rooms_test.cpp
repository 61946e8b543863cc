// The stores of partnership, people and insight: the same on SQLite and on PostgreSQL.
#include "base/text.h"
#include "crypto/token.h"
#include "insight/problem_profile.h"
#include "partnership/agency_access.h"
#include "partnership/identity.h"
#include "partnership/interests.h"
#include "partnership/recovery.h"
#include "partnership/security_keys.h"
#include "people/protection_desk.h"
#include "people/protection_store.h"
#include "people/vehicle_store.h"
#include "storage/fixture.h"
#include "support/people.h"
#include "support/security_key.h"

namespace rowan::storage {
namespace {

using namespace support;
using database::Session;
using people::PeopleDesk;
using people::Verdict;

class Rooms : public SchemaTest {
protected:
    void SetUp() override {
        SchemaTest::SetUp();
        house = std::make_unique<TestPeople>(db(), "somerset");
    }
    void TearDown() override {
        house.reset();
        SchemaTest::TearDown();
    }
    PeopleDesk::Stored put(const std::string& agency, const char* given = "Amina") {
        return house->put(agency, somebody(given, "Rahman", "2004-05-06"));
    }
    bool log_is_whole() {
        return db().read([&](Session& s) {
            return partnership::verify_audit(s, house->office.keyring(), house->office.audit().log_id())
                .problems.empty();
        });
    }
    std::unique_ptr<TestPeople> house;
};

TEST_P(Rooms, the_audit_log_is_whole_and_a_change_is_seen) {
    put(house->council);
    EXPECT_GT(house->office.number("SELECT COUNT(*) FROM audit_entry"), 0);
    EXPECT_TRUE(log_is_whole());
    house->office.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE audit_entry SET detail = 'x' WHERE seq = 1");
        return base::done();
    });
    EXPECT_FALSE(log_is_whole());
}

TEST_P(Rooms, H_111_sessions_and_signatures_take_effect_at_once) {
    auto& office = house->office.office();
    office.demonstration = true;
    const auto id = house->officer.user_id;
    std::vector<std::string> tokens;
    for (int i = 0; i < 3; ++i) {
        tokens.push_back(must_value(partnership::sign_in_demonstration(office, id)).token);
        house->office.clock().advance(std::chrono::seconds(1));
    }
    EXPECT_FALSE(partnership::session_for(office, tokens[0])) << "a third session ends the oldest";
    ASSERT_TRUE(partnership::session_for(office, tokens[2]));
    EXPECT_TRUE(partnership::session_for(office, tokens[2])->viewer.protocol_in_force);
    house->office.write(
        [&](Session& s) { return partnership::withdraw_protocol(office, s, house->police, "ig"); });
    EXPECT_FALSE(partnership::session_for(office, tokens[2])->viewer.protocol_in_force);
    house->office.write([&](Session& s) { return partnership::disable_account(office, s, id, "admin"); });
    EXPECT_FALSE(partnership::session_for(office, tokens[2]));
    EXPECT_TRUE(log_is_whole());
}

TEST_P(Rooms, references_and_idempotency_keys) {
    house->office.write([&](Session& s) -> base::Result<> {
        EXPECT_EQ("R-2018-0001", partnership::next_reference(s, "R", day("2018-05-01"), 4));
        EXPECT_EQ("R-2018-0002", partnership::next_reference(s, "R", day("2018-05-01"), 4));
        partnership::remember_done(s, "k", "u", house->office.clock().now(), "/there");
        EXPECT_EQ("/there", partnership::done_before(s, "k", "u"));
        return base::done();
    });
}

TEST_P(Rooms, a_link_and_its_undoing_leave_everything_as_it_was) {
    const auto a = put(house->council), b = put(house->police), c = put(house->school);
    house->flag(a, house->council, {}, "CSE_risk", "2018-01-01");
    house->flag(c, house->school, {}, "missing", "2018-01-02");
    const auto before = house->tree();
    house->link(a, b);
    house->link(b, c);
    EXPECT_EQ(house->root_of(a), house->root_of(c));
    EXPECT_EQ(1, house->office.number("SELECT COUNT(DISTINCT root) FROM agency_flag"))
        << "Table 1 counts one child";
    EXPECT_TRUE(house->index_agrees());
    must(house->desk.undo_link(house->coordinator, house->decision_over(b.person), false, ""));
    EXPECT_EQ(house->root_of(b), house->root_of(c)) << "what was linked because of b goes along";
    EXPECT_NE(house->root_of(a), house->root_of(c));
    must(house->desk.undo_link(house->coordinator, house->decision_over(c.person), false, ""));
    EXPECT_EQ(before, house->tree());
    EXPECT_EQ(2, house->office.number("SELECT COUNT(DISTINCT root) FROM agency_flag"));
    EXPECT_TRUE(house->index_agrees());
    EXPECT_TRUE(log_is_whole());
}

TEST_P(Rooms, different_stays_and_what_waits_comes_back) {
    const auto a = put(house->council), b = put(house->police), c = put(house->school);
    house->propose(a.record, b.record);
    house->propose(b.record, c.record);
    house->propose(a.record, c.record);
    must(house->decide(b, c, Verdict::different));
    EXPECT_EQ(2, house->desk.pairs_waiting());
    db().read_session([&](Session& session) {
        EXPECT_EQ((std::set{c.person}), people::store::roots_apart(session, b.person));
        EXPECT_EQ((std::set{b.person}), people::store::roots_apart(session, c.person));
        EXPECT_TRUE(people::store::roots_apart(session, a.person).empty());
    });
    house->link(a, b);
    EXPECT_EQ(1, house->desk.pairs_waiting());
    EXPECT_EQ(base::ErrorKind::conflict, house->decide(a, c, Verdict::same).error().kind);
    must(house->desk.undo_link(house->coordinator, house->decision_over(b.person), true, "two cousins"));
    EXPECT_EQ(1, house->desk.pairs_waiting()) << "a and c; the others are different";
    EXPECT_TRUE(house->desk.next_pair(house->coordinator, "", ""));
}

TEST_P(Rooms, different_that_was_wrong_is_undone) {
    const auto a = put(house->council), b = put(house->police);
    must(house->decide(a, b, Verdict::different));
    const auto decision = house->desk.apart_between(house->coordinator, a.record, b.record);
    ASSERT_TRUE(decision);
    EXPECT_EQ(1u, house->desk.view(house->coordinator, a.person)->apart.size());
    must(house->desk.undo_apart(house->coordinator, *decision, "One number was mistyped"));
    EXPECT_EQ(1, house->desk.pairs_waiting());
    must(house->decide(a, b, Verdict::same));
    EXPECT_TRUE(log_is_whole());
}

TEST_P(Rooms, protection_and_names_are_kept_joined_and_parted) {
    using partnership::Sensitivity;
    people::ProtectionDesk desk(house->desk);
    const auto manager = house->office.worker("manager", house->council, "team_manager");
    const auto governance = house->office.worker("governance", house->council, "information_governance");
    const auto a = put(house->council), b = put(house->police);
    must(desk.protect(house->coordinator, a.person, Sensitivity::restricted, {manager.user_id}, "A relative", 1));
    EXPECT_EQ(2u, desk.protection(manager, a.person)->named.size());
    must(desk.remove(house->coordinator, a.person, manager.user_id, "Moved"));
    EXPECT_FALSE(desk.protection(manager, a.person));
    ASSERT_EQ(1u, desk.all(governance).size());
    must(desk.name(governance, a.person, manager.user_id, "Back again"));
    house->link(b, a);
    EXPECT_EQ(Sensitivity::restricted, house->desk.sensitivity(b.person));
    EXPECT_EQ(2u, db().read([&](Session& s) { return people::store::users_named(s, house->root_of(b)); }).size());
    must(house->desk.undo_link(house->coordinator, house->decision_over(a.person), false, "wrong"));
    for (const auto& who : {a, b}) {
        EXPECT_EQ(Sensitivity::restricted, house->desk.sensitivity(who.person));
        EXPECT_EQ(2u, db().read([&](Session& s) { return people::store::users_named(s, who.person); }).size());
        must(desk.protect(manager, who.person, Sensitivity::ordinary, {}, "No longer",
                          desk.protection(manager, who.person)->version));
    }
    EXPECT_TRUE(desk.all(governance).empty());
    EXPECT_EQ(4, house->office.number("SELECT COUNT(*) FROM sensitivity_change"))
        << "a by hand, b by the link, and both lifted";
    EXPECT_TRUE(log_is_whole());
}

// Two programs over one database, as a server and an import are on PostgreSQL: each has its own index in memory.
TEST_P(Rooms, what_another_program_changes_is_followed) {
    people::PeopleIndex index;
    PeopleDesk server(house->office.office(), index);
    put(house->council, "Zephyrine");
    must_value(server.open_index());
    EXPECT_EQ(1u, server.find(house->coordinator, "Zephyrine", 5).size());

    auto stored_elsewhere = [&](const Identity& who) {  // as an import does
        PeopleDesk::Stored stored;
        house->office.write([&](Session& s) -> base::Result<> {
            stored = house->desk.store_record(s, house->police, who, "", "import");
            house->desk.note_change(s, {stored.record});
            return base::done();
        });
        house->desk.refresh({stored.record});
        return stored;
    };
    const auto a = stored_elsewhere(somebody("Quintus", "Oxley", "2003-01-01", "Q-1"));
    EXPECT_TRUE(server.find(house->coordinator, "Quintus", 5).empty()) << "not yet";
    server.follow();
    EXPECT_EQ(1u, server.find(house->coordinator, "Quintus", 5).size());
    const auto b = stored_elsewhere(somebody("Quintus", "Oxley", "2003-01-01"));
    house->link(a, b);
    server.follow();
    EXPECT_EQ(index.root_of(a.person), index.root_of(b.person));
    EXPECT_EQ(2u, index.records_of(index.root_of(a.person)).size());
    must(house->desk.undo_link(house->coordinator, house->decision_over(b.person), false, "wrong"));
    server.follow();
    EXPECT_NE(index.root_of(a.person), index.root_of(b.person));
    people::ProtectionDesk protection(house->desk);
    must(protection.protect(house->coordinator, a.person, partnership::Sensitivity::restricted, {}, "A relative",
                            protection.protection(house->coordinator, a.person)->version));
    server.follow();
    EXPECT_EQ(partnership::Sight::none, server.sight(house->officer, a.person).sight) << "their own agency's";

    // Who slept while the list of changes was cut reads everything again.
    stored_elsewhere(somebody("Sabra", "Oxley", "2003-01-01"));
    house->office.clock().advance(std::chrono::hours(25));
    stored_elsewhere(somebody("Tibor", "Oxley", "2003-01-01"));
    EXPECT_EQ(1, house->office.number("SELECT COUNT(*) FROM people_change"));
    server.follow();
    EXPECT_EQ(1u, server.find(house->coordinator, "Sabra", 5).size());
    EXPECT_EQ(1u, server.find(house->coordinator, "Tibor", 5).size());
    const auto before = index.records();
    server.follow();
    EXPECT_EQ(before, index.records());
}

// SECURITY.md A2: a vehicle that came up seals its owner out on every server, and after each starts again.
TEST_P(Rooms, a_vehicle_that_another_program_stores_seals_out_at_once) {
    people::PeopleIndex index;
    PeopleDesk server(house->office.office(), index);
    const auto amina = put(house->council), bea = put(house->council, "Beatrice");
    must_value(server.open_index());
    const auto& office = house->office.office();
    house->office.write([&](Session& s) -> base::Result<> {
        must(partnership::declare_interest(office, s, house->coordinator.user_id,
                                           partnership::InterestKind::vehicle, "AB12 CDE", ""));
        return base::done();
    });
    const auto viewer = house->office.viewer(house->coordinator.user_id).value();
    EXPECT_EQ(partnership::Sight::full, server.sight(viewer, amina.person).sight);
    const auto came_up = [&](const std::string& source, const std::string& person, const char* registration) {
        house->office.write([&](Session& s) -> base::Result<> {
            people::store::set_vehicles(s, source, person, {partnership::vehicle_likeness(office, registration)});
            house->desk.note_change(s, people::store::own_records(s, person));
            return base::done();
        });
    };
    came_up("one", amina.person, "AB12CDE");
    came_up("two", bea.person, "AB12CDF");
    server.follow();
    EXPECT_EQ("conflict-seal", server.sight(viewer, amina.person).rule);
    EXPECT_EQ(std::set<std::string>{amina.person}, server.sealed_out(viewer));
    people::PeopleIndex fresh;
    const PeopleDesk restarted(office, fresh);
    must_value(restarted.open_index());
    EXPECT_EQ(std::set<std::string>{amina.person}, restarted.sealed_out(viewer));
    came_up("one", amina.person, "AB12CDF");
    server.follow();
    EXPECT_EQ(std::set<std::string>{}, server.sealed_out(viewer)) << "corrected";
    EXPECT_EQ(2, house->office.number("SELECT COUNT(*) FROM person_vehicle"));
}

TEST_P(Rooms, what_was_said_is_updated_sealed_and_read_again_at_start) {
    auto who = somebody("Zephyrine", "Quillfeather", "2004-05-06", "C-1");
    const auto stored = house->put(house->council, who);
    who.family_name = "Begum";
    EXPECT_EQ(stored.record, house->put(house->council, who).record);
    db().read([&](Session& s) {
        for (const auto& row : s.query("SELECT identity FROM agency_record"))
            EXPECT_EQ(std::string::npos, row.blob(0).find("Zephyrine"));
    });
    people::PeopleIndex fresh;
    PeopleDesk again(house->office.office(), fresh);
    EXPECT_EQ(1u, *again.open_index());
    EXPECT_EQ("Zephyrine Begum", fresh.record(stored.record)->identity.display_name());
}

TEST_P(Rooms, S_052_S_053_table_1_counts_people_and_lists_whom_it_counted) {
    const auto a = put(house->council), b = put(house->police), c = put(house->police, "Carl");
    const auto who = somebody("Amina", "Rahman", "2004-05-06");
    house->flag(a, house->council, who, "CSE_risk", "2017-05-01", nullptr, "TWS");
    house->flag(b, house->police, who, "CSE_victim", "2017-06-01", nullptr, "SEDG");
    house->flag(c, house->police, who, "CSE_risk", "2017-06-01", "2017-06-01", "SEDG");
    auto count = [&] {
        return db().read([&](Session& s) {
            return insight::known_to_agencies(s, house->office.scheme(), insight::financial_year(2017));
        });
    };
    EXPECT_EQ(2, count().children);
    EXPECT_EQ(2, count().one_agency);
    house->link(a, b);
    const auto table = count();
    EXPECT_EQ(1, table.children);
    EXPECT_EQ(0, table.one_agency);
    for (const auto& area : table.areas)
        EXPECT_EQ(area.code == "SEDG" ? 1 : 0, area.children) << "the newest flag's";
    const auto behind = db().read([&](Session& s) {
        return insight::people_behind(s, house->office.scheme(), insight::financial_year(2017), {});
    });
    EXPECT_EQ(std::vector<std::string>{house->root_of(a)}, behind);
}

TEST_P(Rooms, S_061_S_063_tables_2_and_3) {
    const auto a = put(house->council);
    house->office.write([&](Session& s) -> base::Result<> {
        s.execute(
            "INSERT INTO exclusion_count (partnership, academic_year, as_at, fixed_term, permanent, "
            "number_on_roll, import_id) VALUES ('ANSFORD', '2016/17', '2017-08-31', 176, 6, 3887, 'i')");
        s.execute(
            "INSERT INTO education_missing (id, record, person, area, started_on, ended_on, points) VALUES ('e', "
            "$1, $2, 'TWS', '2017-11-01', NULL, 'CIN,CP')",
            a.record, a.person);
        return base::done();
    });
    db().read([&](Session& s) {
        const auto table = insight::exclusions(s, house->office.scheme(), "");
        ASSERT_TRUE(table);
        EXPECT_EQ("4.53", insight::rate_per_100(table->rows.at(0).fixed_term, table->rows.at(0).on_roll));
        EXPECT_EQ(1, insight::education_missing(s, house->office.scheme(), day("2017-12-06")).children);
        EXPECT_EQ(1u, insight::people_missing_education(s, day("2017-12-06"), "TWS", "CP").size());
    });
}

TEST_P(Rooms, new_ways_in_and_agencies_that_are_shut_out) {
    auto& office = house->office.office();
    const auto force = house->office.agency_of(partnership::AgencyType::police);
    const auto anna = house->office.account("anna", force, {"front_door"});
    const auto alan = house->office.worker("alan", force, "administrator"),
               petra = house->office.worker("petra", force, "information_governance");
    const auto waiting = [&](const partnership::Viewer& viewer) {
        return db().read([&](Session& s) { return partnership::recoveries(office, s, viewer); });
    };
    house->office.write([&](Session& s) { return partnership::ask_for_recovery(office, s, alan, anna); });
    house->office.write([&](Session& s) {
        return partnership::answer_recovery(office, s, petra, partnership::recoveries(office, s, petra).at(0).id,
                                            true);
    });
    const auto code = waiting(alan).at(0).half + waiting(petra).at(0).half;
    const auto found = [&] {
        return db().read([&](Session& s) { return partnership::invitation_for(office, s, "anna", code); });
    };
    EXPECT_TRUE(found());
    std::string token;
    house->office.write([&](Session& s) -> base::Result<> {
        token = partnership::begin_session(office, s, anna).token;
        return base::done();
    });
    EXPECT_TRUE(partnership::session_for(office, token));
    house->office.write([&](Session& s) { return partnership::shut_agency(office, s, force, alan.user_id); });
    EXPECT_FALSE(partnership::session_for(office, token) || found() || house->office.viewer(anna));
    db().read([&](Session& s) { EXPECT_TRUE(partnership::is_shut(s, force)); });
    house->office.write([&](Session& s) { return partnership::open_agency(office, s, force, alan.user_id); });
    EXPECT_TRUE(house->office.viewer(anna));
    EXPECT_FALSE(partnership::session_for(office, token) || found());
}

TEST_P(Rooms, security_keys_their_challenges_and_accounts_that_nobody_uses) {
    using partnership::KeyPurpose;
    auto& office = house->office.office();
    const auto user = house->officer.user_id;
    const webauthn::Site site{"https://rowan.example", "rowan.example"};
    support::SecurityKey key;
    const auto begin = [&] {
        house->office.clock().advance(std::chrono::seconds(1));  // of three sessions the oldest ends
        std::string token;
        house->office.write([&](Session& s) -> base::Result<> {
            token = partnership::begin_session(office, s, user).token;
            return base::done();
        });
        return token;
    };
    const auto asked = [&](KeyPurpose purpose, const std::string& session) {
        return support::SecurityKey::to(site, partnership::new_challenge(office, purpose, session));
    };
    const auto used = [&](KeyPurpose purpose, const std::string& session) {
        const auto answer = key.use(asked(purpose, session));
        return partnership::KeyAnswer{base::to_base64url(key.id()), base::to_base64url(answer.client_data),
                                      base::to_base64url(answer.authenticator_data),
                                      base::to_base64url(answer.signature)};
    };
    const auto here = begin();
    const auto made = key.make(asked(KeyPurpose::add, here));
    must(partnership::add_security_key(office, house->officer, here, site,
                                       {base::to_base64url(key.id()), base::to_base64url(made.client_data),
                                        base::to_base64url(made.authenticator_data), ""},
                                       "Blue key"));
    EXPECT_TRUE(partnership::session_for(office, here)->viewer.keyed);
    const auto once = used(KeyPurpose::sign_in, "");
    EXPECT_TRUE(partnership::sign_in_with_key(office, site, once).ok());
    EXPECT_FALSE(partnership::sign_in_with_key(office, site, once).ok());
    const auto there = begin();
    EXPECT_FALSE(partnership::session_for(office, there)->viewer.keyed);
    must(partnership::prove_with_key(office, house->officer, there, site, used(KeyPurpose::prove, there)));
    EXPECT_TRUE(partnership::session_for(office, there)->viewer.proven);
    const auto keys = db().read([&](Session& s) { return partnership::security_keys_of(s, user); });
    ASSERT_EQ(1u, keys.size());
    EXPECT_TRUE(keys[0].last_used);
    must(partnership::remove_security_key(office, house->officer, there, keys[0].id));
    EXPECT_FALSE(partnership::session_for(office, there)->viewer.keyed);
    EXPECT_FALSE(partnership::sign_in_with_key(office, site, used(KeyPurpose::sign_in, "")).ok());
    house->office.clock().advance(std::chrono::days{office.scheme.sign_in.dormant_days + 1});
    EXPECT_GT(partnership::close_dormant_accounts(office), 0);
    EXPECT_EQ(0, partnership::close_dormant_accounts(office));
    EXPECT_FALSE(house->office.viewer(user));
    EXPECT_TRUE(log_is_whole());
}

TEST_P(Rooms, identities_invitations_and_their_sessions) {
    auto& office = house->office.office();
    const auto user = house->officer.user_id;
    const oidc::Provider provider{
        "https://login.example",   "rowan",     "secret", "https://login.example/a", "https://login.example/t",
        "https://login.example/k", "urn:strong"};
    const auto subject = partnership::subject_digest(office, provider.issuer, "7"),
               there = partnership::session_digest(office, provider.issuer, "s");
    const auto own = db().read([&](Session& s) { return partnership::shown_user(s, user).agency; });
    house->office.write(
        [&](Session& s) { return partnership::bind_provider(office, s, own, provider, "{}", "test"); });
    db().read([&](Session& s) {
        const auto bound = partnership::provider_of(office, s, own);
        ASSERT_TRUE(bound);
        EXPECT_EQ("secret", bound->provider.secret);
        EXPECT_EQ("urn:strong", bound->provider.acr);
        EXPECT_EQ(1u, partnership::agency_providers(office, s).size());
    });
    house->office.write([&](Session& s) -> base::Result<> {
        const auto invitation = must_value(partnership::invite(office, s, user, "test"));
        must(partnership::bind_account(office, s, own, invitation.id, subject));
        EXPECT_EQ(user, partnership::account_of(s, own, subject));
        EXPECT_FALSE(partnership::bind_account(office, s, own, invitation.id, subject).ok());
        return base::done();
    });
    const auto session = [&](const std::string& at) {
        std::string token;
        house->office.write([&](Session& s) -> base::Result<> {
            token = partnership::begin_session(office, s, user).token;
            s.execute("UPDATE session SET subject = $1, provider_session = $2 WHERE token_hash = $3", subject, at,
                      crypto::token_digest(token));
            return base::done();
        });
        return token;
    };
    const auto ended = [&](const std::string& whose, const std::string& at) {
        return must_value(db().write([&](Session& s) -> base::Result<std::int64_t> {
            return partnership::end_sessions_of(office, s, own, whose, at);
        }));
    };
    const auto one = session(there), two = session("elsewhere");
    EXPECT_EQ(0, ended("", ""));
    EXPECT_EQ(0, ended("somebody else", there));
    EXPECT_EQ(1, ended("", there));
    EXPECT_FALSE(partnership::session_for(office, one));
    EXPECT_TRUE(partnership::session_for(office, two));
    EXPECT_EQ(1, ended(subject, ""));
    EXPECT_FALSE(partnership::session_for(office, two));
    EXPECT_TRUE(log_is_whole());
}

ROWAN_ON_BOTH(Rooms);

}  // namespace
}  // namespace rowan::storage
