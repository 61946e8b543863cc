// A new way into an account takes two people, and an agency is shut out in one step.
#include "partnership/recovery.h"

#include "base/text.h"
#include "crypto/totp.h"
#include "oidc/provider.h"
#include "partnership/agency_access.h"
#include "partnership/identity.h"
#include "support/office.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::partnership {
namespace {

using namespace std::chrono_literals;
using database::Session;
using support::must;
using support::must_value;
using ::testing::HasSubstr;

constexpr const char* kPhrase = "tumbling marble quartz lantern";

class Recoveries : public ::testing::Test {
protected:
    support::TemporaryDatabase temporary;
    support::TestOffice house{temporary.db()};
    std::string council = house.agency_of(AgencyType::la_children), force = house.agency_of(AgencyType::police);
    std::string secret = crypto::new_totp_secret();
    Viewer alan, petra, piers, anna;

    void SetUp() override {
        house.all_sign();
        alan = house.worker("alan", council, "administrator");
        petra = house.worker("petra", council, "information_governance");
        piers = house.worker("piers", force, "information_governance");
        anna = house.viewer(house.account("anna", council, {"front_door"}, kPhrase, secret)).value();
    }
    base::Result<> ask(const Viewer& by, const std::string& user) {
        return house.db().write([&](Session& s) { return ask_for_recovery(house.office(), s, by, user); });
    }
    base::Result<> answer(const Viewer& by, bool agreed = true) {
        const auto id = all(by).at(0).id;
        return house.db().write([&](Session& s) { return answer_recovery(house.office(), s, by, id, agreed); });
    }
    std::vector<Recovery> all(const Viewer& viewer) {
        return house.db().read([&](Session& s) { return recoveries(house.office(), s, viewer); });
    }
    std::optional<Invitation> found(const std::string& code) {
        return house.db().read([&](Session& s) { return invitation_for(house.office(), s, "anna", code); });
    }
    base::Result<> choose(const Invitation& invitation, const std::string& password, const std::string& code) {
        return house.db().write(
            [&](Session& s) { return choose_password(house.office(), s, invitation, password, code); });
    }
    std::string app_code(const std::string& of) {
        return crypto::totp_code(of, crypto::totp_step(house.clock().now()));
    }
    base::Result<SignedIn> come_in(const std::string& password, const std::string& of) {
        return sign_in(house.office(), "anna", password, app_code(of));
    }
};

TEST_F(Recoveries, two_people_give_half_of_the_code_each_and_the_owner_chooses) {
    const auto old = must_value(come_in(kPhrase, secret)).token;
    must(ask(alan, anna.user_id));
    EXPECT_EQ("", all(alan).at(0).half) << "asking gives nothing";
    must(answer(petra));
    const auto first = all(alan).at(0).half, second = all(petra).at(0).half;
    EXPECT_EQ(14u, first.size());
    EXPECT_EQ(14u, second.size());
    EXPECT_NE(first, second);
    EXPECT_EQ("", all(piers).at(0).half) << "nobody else sees a half";
    EXPECT_EQ("", all(anna).at(0).half);
    // Neither half is enough, nor is one half twice.
    for (const auto& wrong : {first, second, first + first, second + first, second + second, std::string{}})
        EXPECT_FALSE(found(wrong)) << wrong;
    const auto invitation = found(first + " " + second);
    ASSERT_TRUE(invitation);
    EXPECT_TRUE(session_for(house.office(), old)) << "nothing has changed yet";
    const auto given = invitation_secret(house.office(), invitation->id);
    EXPECT_FALSE(choose(*invitation, "another marble quartz lantern", "000000").ok());
    EXPECT_FALSE(choose(*invitation, "short", app_code(given)).ok());
    must(choose(*invitation, "another marble quartz lantern", app_code(given)));
    EXPECT_FALSE(session_for(house.office(), old));
    house.clock().advance(31s);
    EXPECT_FALSE(come_in(kPhrase, secret).ok());
    house.clock().advance(10min);
    EXPECT_TRUE(come_in("another marble quartz lantern", given).ok());
    EXPECT_FALSE(found(first + second)) << "once";
    EXPECT_TRUE(all(alan).empty());
    EXPECT_FALSE(choose(*invitation, "a third marble quartz lantern", app_code(given)).ok());
}

TEST_F(Recoveries, nobody_does_both_and_nobody_does_it_for_themselves) {
    EXPECT_EQ(base::ErrorKind::not_found, ask(petra, anna.user_id).error().kind);
    EXPECT_EQ(base::ErrorKind::not_found, ask(anna, anna.user_id).error().kind);
    EXPECT_EQ(base::ErrorKind::refused, ask(alan, alan.user_id).error().kind);
    EXPECT_EQ(base::ErrorKind::not_found, ask(alan, "nobody").error().kind);
    const auto both =
        house.viewer(house.account("both", council, {"administrator", "information_governance"})).value();
    must(ask(both, anna.user_id));
    EXPECT_EQ(base::ErrorKind::conflict, ask(alan, anna.user_id).error().kind) << "asked already";
    EXPECT_EQ(base::ErrorKind::refused, answer(both).error().kind) << "one person in two roles is one person";
    EXPECT_EQ(base::ErrorKind::not_found, answer(alan).error().kind);
    must(answer(petra, false));
    EXPECT_TRUE(all(both).empty());
    must(ask(both, petra.user_id));
    EXPECT_EQ(base::ErrorKind::refused, answer(petra).error().kind) << "one's own account";
    must(answer(piers));
}

TEST_F(Recoveries, an_account_that_lay_idle_is_opened_again_by_two) {
    house.clock().advance(std::chrono::days{31});
    EXPECT_FALSE(come_in(kPhrase, secret).ok());
    EXPECT_FALSE(house.viewer(anna.user_id)) << "closed";
    must(ask(alan, anna.user_id));
    must(answer(petra));
    const auto invitation = found(all(alan).at(0).half + all(petra).at(0).half);
    ASSERT_TRUE(invitation);
    must(choose(*invitation, "another marble quartz lantern",
                app_code(invitation_secret(house.office(), invitation->id))));
    EXPECT_TRUE(house.viewer(anna.user_id));
}

TEST_F(Recoveries, what_waits_dies_with_the_account_and_after_seven_days) {
    must(ask(alan, anna.user_id));
    must(answer(petra));
    const auto code = all(alan).at(0).half + all(petra).at(0).half;
    house.write([&](Session& s) { return disable_account(house.office(), s, anna.user_id, alan.user_id); });
    EXPECT_FALSE(found(code));
    must(ask(alan, anna.user_id));
    must(answer(petra));
    const auto again = all(alan).at(0).half + all(petra).at(0).half;
    EXPECT_TRUE(found(again));
    house.clock().advance(std::chrono::days{7} + 1s);
    EXPECT_FALSE(found(again));
    EXPECT_TRUE(all(alan).empty());
}

TEST_F(Recoveries, the_owner_is_told_and_stops_what_they_did_not_ask_for) {
    const auto told = [&] {
        return house.db().read([&](Session& s) { return recovery_of(house.office(), s, anna.user_id); });
    };
    const auto stop = [&](const Viewer& by) {
        return house.db().write([&](Session& s) { return stop_recovery(house.office(), s, by); });
    };
    EXPECT_FALSE(told());
    EXPECT_EQ(base::ErrorKind::conflict, stop(anna).error().kind);
    must(ask(alan, anna.user_id));
    ASSERT_TRUE(told());
    EXPECT_EQ(alan.user_id, told()->asked_by);
    EXPECT_EQ(base::ErrorKind::conflict, stop(petra).error().kind) << "nobody stops somebody else's";
    must(stop(anna));
    EXPECT_FALSE(told());
    EXPECT_TRUE(all(petra).empty()) << "nothing is left to agree to";
    // Also when it was agreed to: the code is worth nothing then.
    must(ask(alan, anna.user_id));
    must(answer(petra));
    const auto code = all(alan).at(0).half + all(petra).at(0).half;
    EXPECT_TRUE(told() && found(code));
    EXPECT_EQ("", told()->half) << "the owner is told, and gets the code from the two";
    must(stop(anna));
    EXPECT_FALSE(told() || found(code));
    EXPECT_TRUE(come_in(kPhrase, secret).ok()) << "what they had goes on";
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'stop-recovery'"));
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'ask-for-recovery'"));
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'agree-recovery'"));
}

// --- a whole agency ---------------------------------------------------------------------------------------------

TEST_F(Recoveries, an_agency_that_is_shut_out_is_out_everywhere_at_once_and_stays_out) {
    house.office().demonstration = true;
    const auto in = [&](const Viewer& who) {
        return must_value(sign_in_demonstration(house.office(), who.user_id)).token;
    };
    const auto of_anna = in(anna), of_petra = in(petra), of_piers = in(piers);
    house.office().demonstration = false;
    must(ask(alan, anna.user_id));
    must(answer(piers));
    const auto code = all(alan).at(0).half + all(piers).at(0).half;
    ASSERT_TRUE(found(code));
    house.write([&](Session& s) { return shut_agency(house.office(), s, council, piers.user_id); });
    EXPECT_FALSE(session_for(house.office(), of_anna));
    EXPECT_FALSE(session_for(house.office(), of_petra));
    EXPECT_TRUE(session_for(house.office(), of_piers)) << "nobody else is";
    EXPECT_FALSE(found(code)) << "a way in that was given there may be in wrong hands too";
    house.office().demonstration = true;
    EXPECT_FALSE(sign_in_demonstration(house.office(), anna.user_id).ok());
    house.office().demonstration = false;
    const auto refused = come_in(kPhrase, secret);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().message, sign_in(house.office(), "nobody", "x", "0").error().message);
    const auto twice = house.db().write([&](Session& s) { return shut_agency(house.office(), s, council, "x"); });
    EXPECT_EQ(base::ErrorKind::conflict, twice.error().kind);
    house.db().read([&](Session& s) {
        for (const auto& line : agency_access(house.office(), s)) {
            EXPECT_EQ(line.agency == council, line.shut_at.has_value()) << line.agency;
            if (line.agency == council) {
                EXPECT_EQ(piers.user_id, line.shut_by);
                EXPECT_EQ(3, line.accounts);
                EXPECT_EQ(0, line.signed_in);
            }
            if (line.agency == force) {
                EXPECT_EQ(1, line.signed_in);
            }
        }
        EXPECT_TRUE(s.one(
            "SELECT 1 FROM audit_entry WHERE act = 'shut-agency' AND subject_id = $1 AND detail = 'sessions=2'",
            council));
    });
    house.write([&](Session& s) { return open_agency(house.office(), s, council, piers.user_id); });
    EXPECT_FALSE(session_for(house.office(), of_anna)) << "what was ended stays ended";
    house.clock().advance(10min);
    EXPECT_TRUE(come_in(kPhrase, secret).ok());
    const auto open = house.db().write([&](Session& s) { return open_agency(house.office(), s, council, "x"); });
    EXPECT_EQ(base::ErrorKind::not_found, open.error().kind);
    const auto none = house.db().write([&](Session& s) { return shut_agency(house.office(), s, "nowhere", "x"); });
    EXPECT_EQ(base::ErrorKind::not_found, none.error().kind);
}

}  // namespace
}  // namespace rowan::partnership
