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

}  // namespace
}  // namespace rowan::partnership
