// The store of who works with a person: the same on SQLite and on PostgreSQL.
#include "base/id.h"
#include "people/relations_store.h"
#include "storage/house.h"

#include <gmock/gmock.h>

namespace rowan::storage {
namespace {

using partnership::Work;
using people::store::WorkRow;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RelationsStore : public HouseTest {
protected:
    void SetUp() override {
        HouseTest::SetUp();
        make_people({"p1", "p2"});
        write([&](auto& s) {
            for (const char* id : {"p1", "p2"}) (void)people::new_owner_key(house->office(), s, id);
            s.execute("UPDATE user_account SET team = 'North' WHERE id = $1", house->manager.user_id);
        });
    }
    WorkRow given(const partnership::Viewer& to, Work work, std::optional<hours> lasts = {}) {
        WorkRow w;
        w.id = base::new_id();
        w.person = "p1";
        w.user = to.user_id;
        w.by = house->manager.user_id;
        w.purpose = "To plan with the family";
        w.work = work;
        w.from = w.given_at = now();
        if (lasts) w.until = now() + *lasts;
        if (work == Work::meeting) w.meeting_on = base::london_date(now());
        write([&](auto& s) { people::store::give_work(house->office(), s, w); });
        return w;
    }
    std::vector<WorkRow> with(const std::string& root) {
        return db().read(
            [&](database::Session& s) { return people::store::works_with(house->office(), s, root); });
    }
    std::vector<WorkRow> of(const partnership::Viewer& who) {
        return db().read(
            [&](database::Session& s) { return people::store::work_of(house->office(), s, who.user_id); });
    }
    bool end(const WorkRow& w) {
        bool ended = false;
        write([&](auto& s) { ended = people::store::end_work(house->office(), s, w.id, house->manager.user_id); });
        return ended;
    }
    std::vector<std::string> teams(const partnership::Viewer& of) {
        return db().read([&](database::Session& s) { return people::store::teams_allocated(s, "p1", of.agency); });
    }
    base::Instant now() const { return house->office().clock.now(); }
};

TEST_P(RelationsStore, what_was_given_comes_back_as_it_was_and_its_purpose_is_sealed) {
    const auto w = given(house->nurse, Work::meeting, hours{48});
    const auto found = with("p1");
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].work, Work::meeting);
    EXPECT_EQ(found[0].user, house->nurse.user_id);
    EXPECT_EQ(found[0].purpose, w.purpose);
    EXPECT_EQ(found[0].meeting_on, w.meeting_on);
    EXPECT_EQ(found[0].until, w.until);
    EXPECT_EQ(found[0].by, house->manager.user_id);
    EXPECT_THAT(with("p2"), IsEmpty());
    const auto bytes =
        db().read([](database::Session& s) { return s.one("SELECT purpose FROM works_with")->blob(0); });
    EXPECT_EQ(bytes.find("family"), std::string::npos);
}

TEST_P(RelationsStore, what_is_for_a_time_is_over_when_its_time_is_and_stays_told) {
    given(house->nurse, Work::disclosure, hours{48});
    EXPECT_THAT(of(house->nurse), SizeIs(1));
    EXPECT_THAT(of(house->teacher), IsEmpty());
    house->clock().advance(hours{48});
    EXPECT_THAT(of(house->nurse), IsEmpty());
    EXPECT_THAT(with("p1"), SizeIs(1));
}

TEST_P(RelationsStore, what_is_ended_is_ended_once_and_what_is_over_cannot_be) {
    const auto allocated = given(house->front_door, Work::allocated);
    const auto meeting = given(house->nurse, Work::meeting, hours{1});
    EXPECT_TRUE(end(allocated));
    EXPECT_FALSE(end(allocated));
    EXPECT_THAT(of(house->front_door), IsEmpty());
    house->clock().advance(hours{1});
    EXPECT_FALSE(end(meeting));
}

TEST_P(RelationsStore, the_teams_of_an_agency_are_of_those_to_whom_a_child_is_allocated_now) {
    given(house->nurse, Work::meeting, hours{1});
    EXPECT_THAT(teams(house->nurse), IsEmpty());
    const auto allocated = given(house->manager, Work::allocated);
    EXPECT_THAT(teams(house->manager), ElementsAre("North"));
    EXPECT_THAT(teams(house->teacher), IsEmpty());
    end(allocated);
    EXPECT_THAT(teams(house->manager), IsEmpty());
}

TEST_P(RelationsStore, who_was_linked_to_another_is_found_under_them_and_the_key_stays_their_own) {
    given(house->nurse, Work::allocated);
    write([](auto& s) { s.execute("UPDATE person SET merged_into = 'p2', root = 'p2' WHERE id = 'p1'"); });
    ASSERT_THAT(with("p2"), SizeIs(1));
    EXPECT_EQ(with("p2")[0].purpose, "To plan with the family");
    EXPECT_THAT(with("p1"), IsEmpty());
}

TEST_P(RelationsStore, the_database_refuses_a_time_that_a_kind_of_work_does_not_have) {
    const auto insert = [&](const char* kind, const char* until) {
        return db()
            .write([&](database::Session& s) -> base::Result<> {
                s.execute(
                    "INSERT INTO works_with (id, person, user_id, kind, from_at, until_at, given_at, given_by, "
                    "purpose) VALUES ($1, 'p1', $2, $3, 0, $4, 0, 'x', $5)",
                    base::new_id(), house->nurse.user_id, kind,
                    until ? std::optional<std::int64_t>(9) : std::nullopt, database::Blob{"x"});
                return base::done();
            })
            .ok();
    };
    EXPECT_TRUE(insert("allocated", nullptr));
    EXPECT_FALSE(insert("allocated", "until"));
    EXPECT_TRUE(insert("disclosure", "until"));
    EXPECT_FALSE(insert("disclosure", nullptr));
    EXPECT_FALSE(insert("meeting", "until")) << "a meeting is on a day";
}

ROWAN_ON_BOTH(RelationsStore);

}  // namespace
}  // namespace rowan::storage
