// The stores of missing episodes and return interviews: the same on SQLite and on PostgreSQL.
#include "database/migrations.h"
#include "partnership/migrations.h"
#include "protect/missing/missing_store.h"
#include "storage/house.h"

#include <gmock/gmock.h>

namespace rowan::storage {
namespace {

using namespace protect::missing;
using protect::sample::at;
using protect::sample::House;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MissingStore : public HouseTest {
protected:
    void SetUp() override {
        HouseTest::SetUp();
        make_people({"p1", "p2"});
    }
    Episode episode(const char* from = "2018-03-20T21:00:00.000Z", const char* person = "p1") {
        Episode e;
        e.person = person;
        e.context = "care";
        e.kind = "missing";
        e.looked_after = true;
        e.missing_from = e.reported_at = at(from);
        e.reported_by = "teacher";
        e.reporting_agency = e.lead_agency = house->teacher.agency;
        e.home_area = "north";
        e.age_at = 14;
        e.words.child_name = "Amina Rahman";
        e.words.last_seen = "By the station";
        regrade(e, {e.missing_from, "high", "Sergeant", "cold"});
        write([&](auto& s) { store::insert_episode(house->office(), s, e, e.reported_at, "teacher"); });
        return e;
    }
};

TEST_P(MissingStore, an_episode_comes_back_as_it_was_and_its_words_are_sealed) {
    const auto e = episode();
    EXPECT_EQ(e.ref, "M-2018-0001");
    const auto found = *read([&](auto& s) { return store::find_episode(house->office(), s, e.id); });
    EXPECT_EQ(found.words.child_name, "Amina Rahman");
    ASSERT_THAT(found.words.grades, SizeIs(1));
    EXPECT_EQ(found.words.grades[0].at, e.missing_from);
    EXPECT_EQ(found.risk, "high");
    EXPECT_EQ(found.age_at, 14);
    EXPECT_TRUE(found.looked_after);
    EXPECT_FALSE(found.found_at);
    const auto bytes = read([&](auto& s) { return s.one("SELECT content FROM missing_episode")->blob(0); });
    EXPECT_EQ(bytes.find("Amina"), std::string::npos);
}

TEST_P(MissingStore, an_update_names_its_version_and_leaves_history) {
    auto e = episode();
    auto stale = e;
    e.found_at = e.missing_from + hours{2};
    write([&](auto& s) { EXPECT_TRUE(store::update_episode(house->office(), s, e, *e.found_at, "teacher")); });
    EXPECT_EQ(e.version, 2);
    stale.words.last_seen = "Elsewhere";
    write(
        [&](auto& s) { EXPECT_FALSE(store::update_episode(house->office(), s, stale, *e.found_at, "teacher")); });
    EXPECT_EQ(read([&](auto& s) { return protect::store::versions_of(s, "missing_episode", e.id); }).size(), 2u);
    EXPECT_EQ(read([&](auto& s) { return store::changes(s); }), 2);
}

TEST_P(MissingStore, the_board_has_whoever_is_not_confirmed_safe) {
    auto a = episode("2018-03-20T21:00:00.000Z"), b = episode("2018-03-21T21:00:00.000Z", "p2");
    a.returned_at = a.missing_from + hours{1};
    write([&](auto& s) { store::update_episode(house->office(), s, a, a.missing_from, "teacher"); });
    EXPECT_THAT(read([&](auto& s) { return store::not_yet_safe(house->office(), s); }), SizeIs(2));
    a.confirmed_at = a.returned_at;
    b.withdrawn_at = b.missing_from;
    b.words.withdrawn_reason = "In error";
    write([&](auto& s) {
        store::update_episode(house->office(), s, a, a.missing_from, "teacher");
        store::update_episode(house->office(), s, b, b.missing_from, "teacher");
    });
    EXPECT_THAT(read([&](auto& s) { return store::not_yet_safe(house->office(), s); }), IsEmpty());
}

TEST_P(MissingStore, the_board_leaves_nobody_out_however_many_were_never_confirmed_safe) {
    constexpr int kForgotten = 600;
    const auto first = episode();
    write([&](auto& s) {
        for (int i = 0; i < kForgotten; ++i) {
            auto e = first;
            e.id.clear();
            e.ref.clear();
            e.missing_from = e.reported_at = first.missing_from + hours{i};
            store::insert_episode(house->office(), s, e, e.reported_at, "teacher");
        }
    });
    const auto now = episode("2018-06-20T21:00:00.000Z", "p2");
    const auto all = read([&](auto& s) { return store::not_yet_safe(house->office(), s); });
    ASSERT_THAT(all, SizeIs(kForgotten + 2));
    EXPECT_EQ(all.back().id, now.id);
}

TEST_P(MissingStore, an_interview_about_two_episodes_keeps_each_ones_times) {
    auto a = episode("2018-03-20T21:00:00.000Z"), b = episode("2018-03-22T21:00:00.000Z");
    a.returned_at = a.missing_from + hours{5};
    b.returned_at = b.missing_from + hours{5};
    ReturnInterview i;
    i.person = "p1";
    i.interviewer = "teacher";
    i.agency = house->teacher.agency;
    i.words.attempts = {{*a.returned_at + hours{1}, "child", "phone", "accepted", "", "Bea"}};
    write([&](auto& s) {
        store::update_episode(house->office(), s, a, *a.returned_at, "teacher");
        store::update_episode(house->office(), s, b, *b.returned_at, "teacher");
        EXPECT_THAT(store::waiting_for_interview(s, 9), SizeIs(2));
        const auto latest = store::waiting_for_interview(s, 1);
        ASSERT_THAT(latest, SizeIs(1));
        EXPECT_EQ(latest[0].id, b.id) << "whose time is not over is never the one that is left out";
        store::insert_interview(house->office(), s, i, {a}, *a.returned_at, "teacher");
        EXPECT_THAT(store::waiting_for_interview(s, 9), SizeIs(2)) << "offered is not held";
        i.words.attempts.push_back({*b.returned_at + hours{2}, "child", "phone", "accepted", "", "Bea"});
        i.completed_at = *b.returned_at + hours{3};
        i.themes = {"school", "drugs"};
        EXPECT_TRUE(store::update_interview(house->office(), s, i, {a, b}, *i.completed_at, "teacher"));
        EXPECT_THAT(store::waiting_for_interview(s, 9), IsEmpty());
    });
    const auto found = *read([&](auto& s) { return store::find_interview(house->office(), s, i.id); });
    EXPECT_THAT(found.episodes, ElementsAre(a.id, b.id));
    EXPECT_THAT(found.themes, ElementsAre("school", "drugs"));
    EXPECT_EQ(found.words.attempts.size(), 2u);
    const auto offered = [&](const std::string& id) {
        return read([&](auto& s) {
            return s.one("SELECT offered_at FROM interview_episode WHERE episode = $1", id)->maybe_instant(0);
        });
    };
    EXPECT_EQ(offered(a.id), *a.returned_at + hours{1});
    EXPECT_EQ(offered(b.id), *b.returned_at + hours{2});
    // A corrected return moves what counts as its offer.
    b.returned_at = *b.returned_at + hours{3};
    write([&](auto& s) { EXPECT_TRUE(store::update_episode(house->office(), s, b, *b.returned_at, "teacher")); });
    EXPECT_EQ(offered(b.id), std::nullopt);
}

// What the figures read beside the pair, as "episode from answer first-offer parents".
std::vector<std::string> copies(database::Session& s) {
    std::vector<std::string> out;
    for (const auto& row :
         s.query("SELECT episode, missing_from, response, first_offered_at, parent_offered_at FROM "
                 "interview_episode ORDER BY missing_from, episode"))
        out.push_back(row.text(0) + " " + std::to_string(row.integer(1)) + " " + row.text(2) + " " +
                      std::to_string(row.integer(3)) + " " + std::to_string(row.integer(4)));
    return out;
}

TEST_P(MissingStore, the_figures_copies_follow_the_episode_and_the_interview) {
    auto e = episode();
    e.returned_at = e.missing_from + hours{5};
    ReturnInterview i;
    i.person = "p1";
    i.interviewer = "teacher";
    i.agency = house->teacher.agency;
    i.words.attempts = {{*e.returned_at + hours{1}, "child", "phone", "declined", "Not now", "Bea"}};
    const auto expected = [&](const char* answer, std::int64_t parents) {
        return e.id + " " + std::to_string(base::to_millis(e.missing_from)) + " " + answer + " " +
               std::to_string(base::to_millis(*e.returned_at + hours{1})) + " " + std::to_string(parents);
    };
    const auto kept = [&] { return read([&](auto& s) { return copies(s); }); };
    write([&](auto& s) {
        store::update_episode(house->office(), s, e, *e.returned_at, "teacher");
        store::insert_interview(house->office(), s, i, {e}, *e.returned_at, "teacher");
    });
    EXPECT_THAT(kept(), ElementsAre(expected("declined", 0)));
    e.missing_from -= hours{2};
    write([&](auto& s) { store::update_episode(house->office(), s, e, *e.returned_at, "teacher"); });
    EXPECT_THAT(kept(), ElementsAre(expected("declined", 0))) << "it began earlier";
    const auto asked = *e.returned_at + hours{9};
    i.words.attempts.push_back({asked, "parent", "phone", "accepted", "", "Bea"});
    write([&](auto& s) { store::update_interview(house->office(), s, i, {e}, asked, "teacher"); });
    EXPECT_THAT(kept(), ElementsAre(expected("declined", base::to_millis(asked))));
}

class MissingUpgrade : public StorageTest {};

TEST_P(MissingUpgrade, what_was_stored_before_gets_its_copies) {
    auto before = partnership::migrations();
    ASSERT_GT(before.size(), 8u);
    before.resize(8);
    House::must(database::migrate(db(), before));
    House::must(db().write([&](database::Session& s) -> base::Result<> {
        s.execute("INSERT INTO agency (code, name, kind) VALUES ('A', 'A', 'police')");
        s.execute(
            "INSERT INTO person (id, ref, root, sensitivity, created_at, version) VALUES ('p', 'p', 'p', "
            "'ordinary', "
            "0, 1)");
        s.execute(
            "INSERT INTO missing_episode (id, ref, person, context, kind, risk, missing_from, reported_at, "
            "taken_by, "
            "reported_by, reporting_agency, lead_agency, harm, looked_after, responsible_la, home_area, "
            "placement_area, placement_home, found_place, content, version) VALUES ('e', 'e', 'p', 'home', "
            "'missing', "
            "'', 100, 100, '', 'u', 'A', 'A', '', 0, '', '', '', '', '', $1, 1)",
            database::Blob{});
        s.execute(
            "INSERT INTO return_interview (id, person, response, offered_at, parent_offered_at, interviewer, "
            "agency, "
            "independent, seen_alone, themes, content, version) VALUES ('i', 'p', 'declined', 200, 300, 'u', 'A', "
            "1, "
            "1, '', $1, 1)",
            database::Blob{});
        s.execute("INSERT INTO interview_episode (interview, episode, offered_at) VALUES ('i', 'e', 200)");
        return base::done();
    }));
    House::must(database::migrate(db(), partnership::migrations()));
    EXPECT_THAT(db().read([](database::Session& s) { return copies(s); }), ElementsAre("e 100 declined 200 300"));
}

TEST_P(MissingStore, a_no_waits_until_the_parents_were_asked) {
    auto a = episode();
    a.returned_at = a.missing_from + hours{5};
    ReturnInterview i;
    i.person = "p1";
    i.interviewer = "teacher";
    i.agency = house->teacher.agency;
    i.words.attempts = {{*a.returned_at, "child", "phone", "declined", "", "Bea"}};
    write([&](auto& s) {
        store::update_episode(house->office(), s, a, *a.returned_at, "teacher");
        store::insert_interview(house->office(), s, i, {a}, *a.returned_at, "teacher");
        EXPECT_THAT(store::waiting_for_interview(s, 9), SizeIs(1));
        i.words.attempts.push_back({*a.returned_at + hours{1}, "parent", "phone", "declined", "", "Bea"});
        store::update_interview(house->office(), s, i, {a}, *a.returned_at, "teacher");
        EXPECT_THAT(store::waiting_for_interview(s, 9), IsEmpty());
    });
}

ROWAN_ON_BOTH(MissingStore);
ROWAN_ON_BOTH(MissingUpgrade);

}  // namespace
}  // namespace rowan::storage
