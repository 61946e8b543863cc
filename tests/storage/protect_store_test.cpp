// The stores of referrals, screenings, decisions and drafts: the same on SQLite and on PostgreSQL.
#include "protect/codec.h"
#include "storage/house.h"

#include <gmock/gmock.h>

namespace rowan::storage {
namespace {

using namespace protect;
using testing::ElementsAre;

class ProtectStore : public HouseTest {
protected:
    Referral stored(const std::string& received = "2018-03-26T10:00:00.000Z") {
        auto r = sample::referral();
        r.received_at = sample::at(received.c_str());
        r.referrer_user = house->teacher.user_id;
        r.referrer_agency = house->teacher.agency;
        r.area = "north";
        write([&](auto& s) { store::insert_referral(house->office(), s, r, "teacher"); });
        return r;
    }
    std::optional<Referral> find(const std::string& id) {
        return db().read([&](database::Session& s) { return store::find_referral(house->office(), s, id); });
    }
};

TEST_P(ProtectStore, S_107_a_referral_comes_back_as_it_was_with_a_reference_of_its_year) {
    auto r = sample::referral();
    r.referrer_user = "teacher";
    r.referrer_agency = house->teacher.agency;
    r.age_at = 14;
    r.words.narrative = "Ünïcödé 🙂 and \"quotes\"\nand lines";
    write([&](auto& s) { store::insert_referral(house->office(), s, r, "teacher"); });
    const auto back = find(r.id);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->ref, "R-2018-0001");
    EXPECT_EQ(codec::write(*back), codec::write(r));
    EXPECT_EQ(stored("2019-01-01T00:00:00.000Z").ref, "R-2019-0001");
    EXPECT_EQ(stored("2018-12-31T23:59:00.000Z").ref, "R-2018-0002");
}

TEST_P(ProtectStore, what_people_wrote_is_not_readable_in_the_tables) {
    const auto r = stored();
    for (const auto& row : db().read([&](database::Session& s) {
             return s.query("SELECT content FROM referral UNION ALL SELECT content FROM history");
         })) {
        EXPECT_EQ(row.blob(0).find("older man"), std::string::npos);
        EXPECT_EQ(row.blob(0).find("Amina"), std::string::npos);
    }
}

TEST_P(ProtectStore, words_moved_to_another_referral_do_not_open) {
    const auto a = stored(), b = stored();
    write([&](database::Session& s) {
        s.execute("UPDATE referral SET content = (SELECT content FROM referral WHERE id = $1) WHERE id = $2", a.id,
                  b.id);
    });
    EXPECT_TRUE(find(a.id));
    EXPECT_THROW(find(b.id), std::runtime_error);
}

TEST_P(ProtectStore, a_stale_update_changes_nothing_and_a_fresh_one_leaves_history) {
    auto r = stored(), stale = r;
    r.immediate_danger = true;
    bool done = false;
    write([&](auto& s) { done = store::update_referral(house->office(), s, r, r.received_at, "front"); });
    EXPECT_TRUE(done);
    EXPECT_EQ(r.version, 2);
    stale.state = "LINKED";
    write([&](auto& s) { done = store::update_referral(house->office(), s, stale, r.received_at, "front"); });
    EXPECT_FALSE(done);
    EXPECT_EQ(find(r.id)->state, "RECEIVED");
    const auto versions = db().read([&](database::Session& s) { return store::versions_of(s, "referral", r.id); });
    ASSERT_EQ(versions.size(), 2u);
    EXPECT_EQ(versions[0].version, 2);
    EXPECT_EQ(versions[1].by_name, "Tess Marlow");
}

TEST_P(ProtectStore, the_list_filters_sorts_pages_and_counts) {
    const auto first = stored("2018-03-26T10:00:00.000Z"), second = stored("2018-03-27T10:00:00.000Z");
    auto third = stored("2018-03-28T10:00:00.000Z");
    third.state = "LINKED";
    third.duplicate_of = first.id;
    write([&](auto& s) { store::update_referral(house->office(), s, third, third.received_at, "front"); });
    const auto ids = [&](const store::ReferralQuery& q) {
        std::vector<std::string> out;
        for (const auto& line : db().read([&](database::Session& s) { return store::list_referrals(s, q); }))
            out.push_back(line.referral.id);
        return out;
    };
    store::ReferralQuery q;
    EXPECT_THAT(ids(q), ElementsAre(first.id, second.id, third.id));
    q.order = store::ReferralQuery::Order::newest_first;
    q.limit = 1;
    q.offset = 1;
    EXPECT_THAT(ids(q), ElementsAre(second.id));
    EXPECT_EQ(db().read([&](database::Session& s) { return store::count_referrals(s, q); }), 3u);
    q = {.states = {"LINKED"}};
    EXPECT_THAT(ids(q), ElementsAre(third.id));
    q = {.area = "south"};
    EXPECT_THAT(ids(q), ElementsAre());
    q = {.only = std::vector<std::string>{second.id}};
    EXPECT_THAT(ids(q), ElementsAre(second.id));
    q = {.only = std::vector<std::string>{}};
    EXPECT_THAT(ids(q), ElementsAre());
    EXPECT_EQ(db().read([&](database::Session& s) { return store::open_referrals(s).size(); }), 2u);
}

TEST_P(ProtectStore, H_021_a_decision_is_stored_once_revised_by_version_and_found_when_due) {
    const auto r = stored();
    auto d = sample::decision();
    d.referral = r.id;
    d.risk_level = "pending";
    d.decide_by = sample::date("2018-04-01");
    write([&](auto& s) { store::insert_decision(house->office(), s, d, "frontdoor"); });
    const auto read = [&] {
        return db().read([&](database::Session& s) { return store::decision_of(house->office(), s, r.id); });
    };
    EXPECT_EQ(codec::write(*read()), codec::write(d));
    auto twice = d;
    twice.id.clear();
    const auto again = db().write([&](database::Session& s) -> base::Result<> {
        store::insert_decision(house->office(), s, twice, "frontdoor");
        return base::done();
    });
    EXPECT_FALSE(again.ok()) << "one decision a referral";
    const auto pending = [&](const char* day) {
        return db().read([&](database::Session& s) { return store::pending_until(s, sample::date(day)).size(); });
    };
    EXPECT_EQ(pending("2018-03-31"), 0u);
    EXPECT_EQ(pending("2018-04-01"), 1u);
    auto stale = d;
    bool done = false;
    d.risk_level = "1";
    d.decide_by.reset();
    write([&](auto& s) { done = store::update_decision(house->office(), s, d, d.decided_at, "frontdoor"); });
    EXPECT_TRUE(done);
    write([&](auto& s) { done = store::update_decision(house->office(), s, stale, d.decided_at, "frontdoor"); });
    EXPECT_FALSE(done);
    EXPECT_EQ(read()->risk_level, "1");
    EXPECT_EQ(pending("2018-04-01"), 0u);
}

TEST_P(ProtectStore, a_screening_comes_back_as_it_was_and_follows_its_person_through_a_link) {
    Screening c;
    people::PeopleDesk::Stored person;
    people::Identity who;
    who.given_names = "Amina";
    write([&](database::Session& s) {
        person = house->people().store_record(s, house->teacher.agency, who, "", "teacher");
        c.person = person.person;
        c.tool = "R12";
        c.tool_version = "2017-04-01";
        c.completed_at = sample::at("2018-03-26T10:00:00.000Z");
        c.completed_by = "teacher";
        c.agency = house->teacher.agency;
        c.age_at = 14;
        c.score = 7;
        c.tool_outcome = "R1";
        c.professional_outcome = "1";
        c.mash_referral = true;
        c.words.answers = {{"I01", "yes", {"current_6m"}, "fact", "a note"}};
        store::insert_screening(house->office(), s, c, "teacher");
    });
    const auto back =
        db().read([&](database::Session& s) { return store::find_screening(house->office(), s, c.id); });
    ASSERT_TRUE(back);
    EXPECT_EQ(codec::write(*back), codec::write(c));
    write(
        [&](database::Session& s) { s.execute("UPDATE person SET root = 'other' WHERE id = $1", person.person); });
    EXPECT_EQ(db().read([&](database::Session& s) { return store::screenings_about(s, "other").size(); }), 1u);
    EXPECT_EQ(db().read([&](database::Session& s) {
        return store::unreviewed(s, house->teacher.agency, "somebody").size();
    }),
              1u);
    EXPECT_EQ(db().read([&](database::Session& s) {
        return store::unreviewed(s, house->teacher.agency, "teacher").size();
    }),
              0u);
}

TEST_P(ProtectStore, a_draft_is_kept_by_version_for_its_author_and_goes_with_its_key) {
    Draft d;
    d.user_id = "teacher";
    d.kind = kReferralDraft;
    d.answers = House::answers();
    write([&](auto& s) { store::insert_draft(house->office(), s, d); });
    const auto find = [&](const char* user) {
        return db().read([&](database::Session& s) { return store::find_draft(house->office(), s, d.id, user); });
    };
    ASSERT_TRUE(find("teacher"));
    EXPECT_EQ(find("teacher")->answers, d.answers);
    EXPECT_FALSE(find("nurse"));
    auto stale = d;
    bool done = false;
    write([&](auto& s) { done = store::update_draft(house->office(), s, d); });
    EXPECT_TRUE(done);
    write([&](auto& s) { done = store::update_draft(house->office(), s, stale); });
    EXPECT_FALSE(done);
    write([&](auto& s) { done = store::delete_draft(s, d.id, "nurse"); });
    EXPECT_FALSE(done);
    write([&](auto& s) { done = store::delete_draft(s, d.id, "teacher"); });
    EXPECT_TRUE(done);
    EXPECT_EQ(house->count("SELECT COUNT(*) FROM record_key"), 0);
}

TEST_P(ProtectStore, H_239_the_whole_way_from_referral_to_answer) {
    const auto id = house->refer(house->teacher);
    House::must(house->decide(id));
    House::must(house->desk().acknowledge(house->front_door, id,
                                          house->desk().referral(house->front_door, id)->decision->version, ""));
    EXPECT_EQ(house->desk().work_for(house->teacher).size(), 1u);
    const auto view = house->desk().referral(house->front_door, id);
    EXPECT_EQ(view->referral.reason, "both");
    const auto referred = [&](const char* user) {
        return db().read([&](database::Session& s) { return store::referred_by(s, view->person, user); });
    };
    EXPECT_TRUE(referred("teacher"));
    EXPECT_FALSE(referred("nurse"));
    EXPECT_EQ(house->count("SELECT COUNT(*) FROM audit_entry WHERE act = 'decide'"), 1);
}

ROWAN_ON_BOTH(ProtectStore);

}  // namespace
}  // namespace rowan::storage
