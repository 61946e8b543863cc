// What people do so that somebody of another agency sees a record, for a time and for a purpose.
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient;
using testing::AllOf, testing::HasSubstr, testing::Not;

class Relations : public testing::Test {
protected:
    Town town;
    CheckedClient imogen = town.client("imogen"), owen = town.client("owen"), bea = town.client("bea");
    // Whom the school knows, and nobody else.
    std::string person = Town::safe_person();
    std::string at = "/people/" + person + "/relations";
    std::string work() {
        return town.ids("SELECT id FROM works_with WHERE user_id = $1 AND ended_at IS NULL", town.id_of("bea"))
            .at(0);
    }
};

TEST_F(Relations, somebody_is_asked_to_a_meeting_sees_the_record_and_after_its_end_nothing) {
    ASSERT_EQ(bea.get("/people/" + person).status(), 404);
    EXPECT_EQ(bea.get(at).status(), 404);
    EXPECT_THAT(imogen.get("/people/" + person).body(), HasSubstr(at));
    const auto page = imogen.get(at);
    EXPECT_THAT(page.body(), AllOf(HasSubstr("Allocate a colleague"), HasSubstr("Ask somebody to a meeting"),
                                   Not(HasSubstr("Disclose the record"))));
    const auto wrong = imogen.submit(page, at + "/meeting",
                                     {{"user", town.id_of("bea")},
                                      {"day-day", "31"},
                                      {"day-month", "2"},
                                      {"day-year", "2018"},
                                      {"why", "Return interview planning"}});
    EXPECT_THAT(wrong.body(), AllOf(HasSubstr("Date must be a real date"), HasSubstr("Return interview planning")))
        << "what was typed stays";
    EXPECT_THAT(
        imogen
            .submit(page, at + "/meeting",
                    {{"user", town.id_of("bea")}, {"day-day", "28"}, {"day-month", "3"}, {"day-year", "2018"}})
            .body(),
        HasSubstr("Enter what the meeting is for"));
    EXPECT_EQ(imogen
                  .submit(page, at + "/meeting",
                          {{"user", town.id_of("bea")},
                           {"day-day", "28"},
                           {"day-month", "3"},
                           {"day-year", "2018"},
                           {"why", "Return interview planning"}})
                  .location(),
              at);
    EXPECT_THAT(bea.get("/").body(),
                AllOf(HasSubstr("You were asked to a meeting about"), HasSubstr("/people/" + person)));
    const auto before = town.audit_size();
    EXPECT_THAT(bea.get("/people/" + person).body(),
                HasSubstr("You can see this because you take part in a meeting about this person. Purpose: Return "
                          "interview planning. Rule: meeting."));
    const auto looks = town.audit_since(before);
    ASSERT_FALSE(looks.empty());
    EXPECT_EQ(looks.front().rule, "meeting");
    EXPECT_EQ(looks.front().detail, "work=" + work()) << "the log leads to the purpose";
    EXPECT_THAT(bea.get(at).body(), Not(HasSubstr("Allocate a colleague")));
    EXPECT_EQ(bea.post(at + "/end", {{"work", work()}}).status(), 404);

    EXPECT_EQ(imogen.post(at + "/end", {{"work", work()}}).location(), at);
    EXPECT_EQ(bea.get("/people/" + person).status(), 404) << "with the next request";
    EXPECT_THAT(bea.get("/").body(), Not(HasSubstr("You were asked to a meeting")));
    EXPECT_THAT(imogen.get(at).body(), HasSubstr("What is over"));
    EXPECT_EQ(imogen.post(at + "/end", {{"work", "nothing"}}).status(), 409);
}

TEST_F(Relations, H_115_the_chair_alone_discloses_and_what_for_is_shown) {
    EXPECT_EQ(imogen.post(at + "/disclose", {{"user", town.id_of("bea")}}).status(), 404);
    const auto page = owen.get(at);
    EXPECT_EQ(owen.submit(page, at + "/disclose",
                          {{"user", town.id_of("bea")},
                           {"day-day", "5"},
                           {"day-month", "4"},
                           {"day-year", "2018"},
                           {"why", "A report for the family court"}})
                  .location(),
              at);
    EXPECT_THAT(bea.get("/people/" + person).body(),
                HasSubstr("because this record was disclosed to you. Purpose: A report for the family court."));
    EXPECT_THAT(bea.get("/").body(), HasSubstr("was disclosed to you, until 5 April 2018"));
    EXPECT_THAT(imogen.get(at).body(), Not(HasSubstr("A report for the family court")));
    for (const auto& forged : {town.id_of("owen"), town.id_of("alan"), std::string("nobody"), std::string()})
        EXPECT_THAT(owen.post(at + "/disclose", {{"user", forged},
                                                 {"day-day", "5"},
                                                 {"day-month", "4"},
                                                 {"day-year", "2018"},
                                                 {"why", "Curious"}})
                        .body(),
                    HasSubstr("Choose somebody else than yourself"));
}

// Whoever reads figures, too, and was asked to a meeting about somebody: the list behind the number counts them.
TEST_F(Relations, a_meeting_names_nobody_on_the_list_behind_a_number) {
    ASSERT_TRUE(
        town.office()
            .database
            .write([&](database::Session& s) -> base::Result<> {
                s.execute(
                    "INSERT INTO role_grant (user_id, role, granted_at, granted_by) VALUES ($1, 'analyst', "
                    "0, 'test')",
                    town.id_of("safiya"));
                return base::done();
            })
            .ok());
    auto safiya = town.client("safiya");
    const std::string list = "/profile/known-to-agencies/list";
    std::string someone;
    for (const auto& id : town.ids("SELECT id FROM person WHERE root = id ORDER BY ref")) {
        const auto link = "/people/" + id;
        if (imogen.get(list).body().find(link) != std::string::npos &&
            safiya.get(link).body().find("Rule: signpost") != std::string::npos)
            someone = link;
    }
    ASSERT_FALSE(someone.empty()) << "the police know everybody on the list";
    ASSERT_EQ(imogen
                  .post(someone + "/relations/meeting", {{"user", town.id_of("safiya")},
                                                         {"day-day", "28"},
                                                         {"day-month", "3"},
                                                         {"day-year", "2018"},
                                                         {"why", "Strategy discussion"}})
                  .location(),
              someone + "/relations");
    EXPECT_THAT(safiya.get(someone).body(), HasSubstr("Rule: meeting."));
    EXPECT_THAT(imogen.get(list).body(), HasSubstr(someone));
    EXPECT_THAT(safiya.get(list).body(), AllOf(Not(HasSubstr(someone)), HasSubstr("not shown")));
}

TEST_F(Relations, an_administrator_says_who_is_of_which_team) {
    auto alan = town.client("alan");
    const auto spare = town.id_of("spare");
    EXPECT_EQ(alan.submit(alan.get("/accounts"), "/accounts/" + spare + "/team", {{"team", "  North   two "}})
                  .location(),
              "/accounts");
    EXPECT_THAT(alan.get("/accounts").body(), HasSubstr("Team: North two"));
    EXPECT_EQ(alan.post("/accounts/" + spare + "/team", {{"team", std::string(61, 'x')}}).status(), 400);
    EXPECT_EQ(alan.post("/accounts/" + town.id_of("alan") + "/team", {{"team", "North two"}}).status(), 403);
    EXPECT_EQ(alan.post("/accounts/nobody/team", {{"team", "North two"}}).status(), 404);
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'team' AND detail = 'team=North two'"), 1);
}

}  // namespace
}  // namespace rowan::pages
