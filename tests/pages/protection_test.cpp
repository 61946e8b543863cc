// What people do so that a record is seen by those named only, and to undo a decision that two are different
// people.
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient;
using testing::HasSubstr, testing::Not;

class Protection : public testing::Test {
protected:
    Town town;
    CheckedClient imogen = town.client("imogen"), martha = town.client("martha"), dev = town.client("dev"),
                  petra = town.client("petra");

    // An ordinary person about whom a referral waits.
    std::string person = town.ids(
                                 "SELECT p.root FROM referral r JOIN person p ON p.id = r.person WHERE r.state = "
                                 "'RECEIVED' AND p.root NOT IN ($1, $2, $3, $4, $5) ORDER BY r.id",
                                 Town::restricted_person(), Town::named_person(), Town::safe_person(),
                                 Town::sealed_person(), Town::alike_person())
                             .at(0);
    std::string referral = town.ids(
                                   "SELECT r.id FROM referral r JOIN person p ON p.id = r.person WHERE r.state = "
                                   "'RECEIVED' AND p.root = $1 ORDER BY r.id",
                                   person)
                               .at(0);
    std::string at = "/people/" + person + "/protection";
};

TEST_F(Protection, a_record_is_restricted_others_are_named_and_it_is_lifted_again) {
    EXPECT_THAT(imogen.get("/people/" + person).body(), HasSubstr(at));
    const auto page = imogen.get(at);
    EXPECT_THAT(page.body(), HasSubstr("Who may see this record"));
    EXPECT_THAT(imogen.submit(page, at, {{"sensitivity", "restricted"}}).body(), HasSubstr("Enter why"));
    EXPECT_EQ(
        imogen.submit(page, at, {{"sensitivity", "restricted"}, {"reason", "A relative of somebody on the team"}})
            .location(),
        at);
    EXPECT_EQ(martha.get("/people/" + person).status(), 404);
    EXPECT_EQ(martha.get(at).status(), 404);
    EXPECT_EQ(martha.get("/referrals/" + referral).status(), 404);
    EXPECT_EQ(imogen.get("/referrals/" + referral).status(), 200) << "those who are named work on";
    EXPECT_THAT(imogen.get("/people/" + person).body(),
                HasSubstr("because you are named on this protected record"));

    const auto named = imogen.get(at);
    EXPECT_THAT(named.body(), HasSubstr("A relative of somebody on the team"));
    EXPECT_EQ(imogen.submit(named, at + "/name", {{"user", town.id_of("martha")}, {"reason", "Manages the case"}})
                  .location(),
              at);
    EXPECT_EQ(martha.get("/referrals/" + referral).status(), 200);
    EXPECT_EQ(martha.get("/people/" + person).status(), 200);
    EXPECT_EQ(imogen.post(at + "/name", {{"user", town.id_of("alan")}, {"reason", "Curious"}}).status(), 400)
        << "an administrator reads no case";
    EXPECT_EQ(martha.post(at + "/remove", {{"user", town.id_of("imogen")}, {"reason", "Moved team"}}).location(),
              at);
    EXPECT_EQ(imogen.get("/people/" + person).status(), 404) << "with the next request";
    EXPECT_EQ(martha.post(at + "/remove", {{"user", town.id_of("martha")}, {"reason", "Leaving"}}).status(), 403)
        << "the last who could open it";

    const auto lift = martha.get(at);
    EXPECT_EQ(
        martha.submit(lift, at, {{"sensitivity", "ordinary"}, {"reason", "The relative has left"}}).location(),
        at);
    EXPECT_EQ(imogen.get("/people/" + person).status(), 200);
    EXPECT_THAT(imogen.get(at).body(), HasSubstr("The relative has left"));
    EXPECT_EQ(imogen.submit(page, at, {{"sensitivity", "sealed"}, {"reason", "From an old page"}}).status(), 409);
}

TEST_F(Protection, information_governance_names_without_opening) {
    const auto page = petra.get("/protected");
    EXPECT_THAT(page.body(), HasSubstr("Nobody is named on this record"));
    const auto open = "/protected/" + Town::restricted_person();
    EXPECT_EQ(
        petra.submit(page, open + "/name", {{"user", town.id_of("dev")}, {"reason", "Somebody must"}}).location(),
        "/protected");
    EXPECT_EQ(dev.get("/people/" + Town::restricted_person()).status(), 200);
    EXPECT_EQ(petra.get("/people/" + Town::restricted_person()).status(), 404);
    EXPECT_EQ(imogen.get("/protected").status(), 404);
    EXPECT_EQ(
        petra.post("/protected/" + person + "/name", {{"user", town.id_of("dev")}, {"reason", "x"}}).status(), 404)
        << "an ordinary record is not among them";
}

TEST_F(Protection, a_safe_address_shows_to_those_named) {
    const auto address = "/people/" + Town::safe_person();
    EXPECT_THAT(dev.get(address).body(), HasSubstr("Lane"));
    const auto others = imogen.get(address);
    EXPECT_EQ(others.status(), 200);
    EXPECT_THAT(others.body(), Not(HasSubstr("Lane")));
    EXPECT_THAT(others.body(), HasSubstr("Safe address: shown only to those who are named"));
    EXPECT_THAT(imogen.get("/search?q=07700+900002").body(), HasSubstr("Nobody that you may see"));
}

// S-053, A21: signposts are for the children one meets; both sides read of each, and there is an end to them.
TEST_F(Protection, S_053_signposts_are_recorded_for_both_sides_and_run_out) {
    auto june = town.client("june");
    const auto is_signpost = [](const Answer& answer) {
        return answer.body().find("Known to another agency") != std::string::npos;
    };
    std::string number;
    for (const auto& canary : Town::canaries())
        if (canary.field == "nhs_number" && canary.text.size() == 10 &&
            is_signpost(june.get("/search?q=" + canary.text))) {
            number = canary.text;
            person = canary.person;
            break;
        }
    ASSERT_FALSE(number.empty()) << "nobody to point to";
    EXPECT_THAT(imogen.get("/people/" + person + "/looks").body(), HasSubstr("June Okonjo-Hale"))
        << "those who hold the record read who was pointed to them";
    const auto before = june.get("/search?q=" + number);
    EXPECT_THAT(before.body(), Not(HasSubstr("You have asked about many people")));
    const auto shown = town.number("SELECT COUNT(*) FROM audit_entry WHERE detail = 'signpost'");
    for (auto i = shown; i < 30; ++i) june.get("/search?q=" + number);
    const auto after = june.get("/search?q=" + number), nobody = june.get("/search?q=Nobody+Whatsoever");
    EXPECT_FALSE(is_signpost(after));
    EXPECT_THAT(after.body(), HasSubstr("You have asked about many people"));
    EXPECT_THAT(nobody.body(), HasSubstr("You have asked about many people")) << "or the sentence would tell";
    EXPECT_EQ(june.get("/people/" + person).status(), 404);
    // Nor do thousands of looks at other records begin it anew.
    ASSERT_TRUE(town.office()
                    .database
                    .write([&](database::Session& s) -> base::Result<> {
                        town.office().audit.append(
                            s, std::vector<partnership::AuditEntry>(4'000, {.user_id = town.id_of("june"),
                                                                            .act = "look",
                                                                            .subject_kind = "person",
                                                                            .subject_id = person}));
                        return base::done();
                    })
                    .ok());
    EXPECT_THAT(june.get("/search?q=" + number).body(), HasSubstr("You have asked about many people"));
    auto safiya = town.client("safiya");
    EXPECT_THAT(safiya.get("/search?q=Nobody+Whatsoever").body(),
                Not(HasSubstr("You have asked about many people")))
        << "each their own";
}

TEST_F(Protection, different_people_decided_by_mistake_are_put_before_somebody_again) {
    const auto pair =
        town.ids(
                "SELECT l.record_a || '/' || l.record_b FROM link_proposal l JOIN agency_record a ON a.id = "
                "l.record_a JOIN person p ON p.id = a.person "
                "JOIN agency_record b ON b.id = l.record_b JOIN person q ON q.id = b.person WHERE l.decided_at IS "
                "NULL AND p.root <> q.root AND p.root NOT IN ($1, $2) AND q.root NOT IN ($1, $2) "
                "ORDER BY l.record_a, l.record_b",
                Town::restricted_person(), Town::alike_person())
            .at(0);
    const auto waiting = town.number("SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL");
    EXPECT_EQ(imogen.post("/matches/" + pair, {{"verdict", "different"}, {"reason", "Twins, I thought"}}).status(),
              303);
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL"), waiting - 1);
    const auto refused = imogen.post("/matches/" + pair, {{"verdict", "same"}});
    EXPECT_THAT(refused.body(), HasSubstr("are different people"));
    const auto address =
        "/kept-apart/" +
        town.ids(
                "SELECT d.id FROM link_decision d WHERE d.verdict = 'different' AND d.undone_at IS NULL AND "
                "(d.record_a || '/' || d.record_b = $1)",
                pair)
            .at(0);
    EXPECT_THAT(refused.body(), HasSubstr("href=\"" + address + "\""))
        << "the sentence leads to where it can be undone";
    const auto page = imogen.get(address);
    EXPECT_THAT(page.body(), HasSubstr("Twins, I thought"));
    EXPECT_THAT(imogen.submit(page, address, {{"reason", " "}}).body(),
                HasSubstr("Enter why they may be the same person"));
    const auto done = imogen.submit(page, address, {{"reason", "One person after all"}});
    EXPECT_THAT(done.location(), testing::StartsWith("/people/"));
    EXPECT_EQ(imogen.get(address).status(), 404) << "no longer in force";
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL"), waiting);
    EXPECT_EQ(imogen.post("/matches/" + pair, {{"verdict", "same"}}).status(), 303);
}

}  // namespace
}  // namespace rowan::pages
