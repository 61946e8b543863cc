// Roles take two people (SECURITY.md A7).
#include "partnership/role_requests.h"
#include "support/office.h"

#include <gtest/gtest.h>

namespace rowan::partnership {
namespace {

using database::Session;
using support::must;

class Roles : public ::testing::Test {
protected:
    support::TemporaryDatabase temporary;
    support::TestOffice house{temporary.db()};
    std::string council = house.agency_of(AgencyType::la_children);
    Viewer alan, petra, piers, anna;

    void SetUp() override {
        house.all_sign();
        alan = house.worker("alan", council, "administrator");
        petra = house.worker("petra", council, "information_governance");
        piers = house.worker("piers", council, "information_governance");
        anna = house.worker("anna", council, "practitioner");
    }
    base::Result<> ask(const Viewer& by, const std::string& user, const std::string& role) {
        return house.db().write([&](Session& s) { return ask_for_role(house.office(), s, by, user, role); });
    }
    base::Result<> answer(const Viewer& by, const std::string& request, bool agreed) {
        return house.db().write(
            [&](Session& s) { return answer_role_request(house.office(), s, by, request, agreed); });
    }
    base::Result<> end(const Viewer& by, const std::string& user, const std::string& role) {
        return house.db().write([&](Session& s) { return end_role(house.office(), s, by, user, role); });
    }
    RoleRequest newest() {
        return house.db().read([](Session& s) { return role_requests(s); }).at(0);
    }
    bool decides(const Viewer& who) { return may(house.viewer(who.user_id).value(), Permission::decide).allowed; }
};

TEST_F(Roles, an_administrator_asks_and_information_governance_agrees) {
    must(ask(alan, anna.user_id, "front_door"));
    EXPECT_FALSE(decides(anna)) << "asking gives nothing";
    EXPECT_EQ(base::ErrorKind::conflict, ask(alan, anna.user_id, "front_door").error().kind);
    const auto request = newest().id;
    EXPECT_EQ(base::ErrorKind::not_found, answer(alan, request, true).error().kind)
        << "an administrator alone gives no role";
    EXPECT_EQ(base::ErrorKind::not_found, answer(anna, request, true).error().kind);
    must(answer(petra, request, true));
    EXPECT_TRUE(decides(anna)) << "with the next request";
    EXPECT_EQ(base::ErrorKind::conflict, answer(piers, request, true).error().kind);
    EXPECT_EQ(base::ErrorKind::conflict, ask(alan, anna.user_id, "front_door").error().kind);
    must(end(alan, anna.user_id, "front_door"));
    EXPECT_FALSE(decides(anna)) << "taking away needs one";
    EXPECT_EQ(base::ErrorKind::conflict, end(alan, anna.user_id, "front_door").error().kind);
    for (const auto* act : {"ask-for-role", "grant-role", "end-role"})
        EXPECT_EQ(1, house.db().read([&](Session& s) {
            return s.one("SELECT COUNT(*) FROM audit_entry WHERE act = $1 AND detail = 'role=front_door'", act)
                ->integer(0);
        })) << act;
}

TEST_F(Roles, nobody_gets_a_role_by_themselves) {
    EXPECT_EQ(base::ErrorKind::refused, ask(alan, alan.user_id, "front_door").error().kind);
    EXPECT_EQ(base::ErrorKind::not_found, ask(petra, anna.user_id, "front_door").error().kind)
        << "who agrees does not ask";
    EXPECT_EQ(base::ErrorKind::refused, end(alan, alan.user_id, "administrator").error().kind);
    // Both hats on one head are still one person; and nobody agrees to their own.
    const auto both =
        house.viewer(house.account("both", council, {"administrator", "information_governance"})).value();
    must(ask(both, anna.user_id, "front_door"));
    EXPECT_EQ(base::ErrorKind::refused, answer(both, newest().id, true).error().kind);
    EXPECT_FALSE(decides(anna));
    must(answer(both, newest().id, false));
    must(ask(alan, petra.user_id, "coordinator"));
    EXPECT_EQ(base::ErrorKind::refused, answer(petra, newest().id, true).error().kind);
    must(answer(piers, newest().id, false));
    EXPECT_FALSE(decides(petra)) << "refused";
    EXPECT_EQ(base::ErrorKind::invalid, ask(alan, anna.user_id, "king").error().kind);
    EXPECT_EQ(base::ErrorKind::not_found, ask(alan, "nobody", "front_door").error().kind);
}

// ADR 0033: the server's command line gives no role by itself once the partnership is in use.
TEST_F(Roles, asked_for_on_the_command_line_wait_like_any_other) {
    const auto made = house.db().write([&](Session& s) {
        const NewAccount wanted{"zelda", "Zelda Farthing",           "Officer", council,
                                "",      {"coordinator", "analyst"}, "",        ""};
        return add_account_asking(house.office(), s, wanted, "command line");
    });
    ASSERT_TRUE(made.ok());
    EXPECT_FALSE(house.db()
                     .write([&](Session& s) {
                         return add_account_asking(
                             house.office(), s, {"quick", "Q", "", council, "", {"boss"}, "", ""}, "command line");
                     })
                     .ok());
    const auto zelda = house.viewer(*made).value();
    EXPECT_TRUE(zelda.roles.empty());
    const auto waiting = house.db().read([](Session& s) { return role_requests(s); });
    ASSERT_EQ(2u, waiting.size());
    EXPECT_EQ("command line", waiting[0].asked_by);
    house.db().read([](Session& s) { EXPECT_EQ("Whoever runs the server", shown_user(s, "command line").name); });
    EXPECT_EQ(base::ErrorKind::not_found, answer(alan, waiting[0].id, true).error().kind);
    for (const auto& request : waiting) must(answer(petra, request.id, request.role == "coordinator"));
    EXPECT_EQ(std::vector<std::string>{"coordinator"}, house.viewer(*made).value().roles);
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'grant-role'"));
}

TEST_F(Roles, are_given_at_once_only_before_anybody_has_signed_in_or_when_nobody_is_left) {
    const auto may_now = [&](const std::string& role) {
        return house.db().read([&](Session& s) { return may_give_at_once(s, role); });
    };
    EXPECT_TRUE(may_now("coordinator") && may_now("administrator"));
    house.office().demonstration = true;
    ASSERT_TRUE(sign_in_demonstration(house.office(), anna.user_id).ok());
    house.office().demonstration = false;
    for (const auto& role : roles()) EXPECT_FALSE(may_now(std::string(role.code))) << role.code;
    // One of two is left, then none; only that one role, and nothing else.
    const auto close = [&](const Viewer& who) {
        house.write([&](Session& s) { return disable_account(house.office(), s, who.user_id, "test"); });
    };
    close(petra);
    EXPECT_FALSE(may_now("information_governance"));
    close(piers);
    EXPECT_TRUE(may_now("information_governance"));
    EXPECT_FALSE(may_now("administrator") || may_now("coordinator"));
    close(alan);
    EXPECT_TRUE(may_now("administrator"));
    EXPECT_FALSE(may_now("coordinator"));
}

}  // namespace
}  // namespace rowan::partnership
