// Security keys of accounts: what they open, what they must not, and which roles wait for one.
#include "partnership/security_keys.h"

#include "base/text.h"
#include "crypto/totp.h"
#include "oidc/provider.h"
#include "partnership/agency_access.h"
#include "partnership/identity.h"
#include "partnership/recovery.h"
#include "support/office.h"
#include "support/security_key.h"

#include <gtest/gtest.h>

namespace rowan::partnership {
namespace {

using namespace std::chrono_literals;
using database::Session;
using support::must;
using support::must_value;
using support::SecurityKey;

constexpr const char* kPhrase = "tumbling marble quartz lantern";
const webauthn::Site kSite{"https://rowan.example", "rowan.example"};

class SecurityKeys : public ::testing::Test {
protected:
    support::TemporaryDatabase temporary;
    support::TestOffice house{temporary.db()};
    std::string council = house.agency_of(AgencyType::la_children);
    std::string secret = crypto::new_totp_secret(), other_secret = crypto::new_totp_secret();
    std::string alan = house.account("alan", council, {"administrator", "practitioner"}, kPhrase, secret);
    std::string anna = house.account("anna", council, {"front_door"}, kPhrase, other_secret);
    SecurityKey blue{support::Signer::Kind::p256, "blue"}, grey{support::Signer::Kind::ed25519, "grey"};

    void SetUp() override { house.all_sign(); }

    const Office& office() { return house.office(); }
    Viewer viewer(const std::string& token) { return session_for(office(), token).value().viewer; }
    std::string code(const std::string& of) {
        return crypto::totp_code(of, crypto::totp_step(house.clock().now()));
    }
    std::string come_in(const std::string& name, const std::string& of) {
        house.clock().advance(31s);
        return must_value(sign_in(office(), name, kPhrase, code(of))).token;
    }
    static KeyAnswer form(const std::string& id, const webauthn::Made& made) {
        return {base::to_base64url(id), base::to_base64url(made.client_data),
                base::to_base64url(made.authenticator_data), ""};
    }
    static KeyAnswer form(const std::string& id, const webauthn::Used& used) {
        return {base::to_base64url(id), base::to_base64url(used.client_data),
                base::to_base64url(used.authenticator_data), base::to_base64url(used.signature)};
    }
    base::Result<> add(const std::string& token, SecurityKey& key, const std::string& name = "Blue key") {
        const auto challenge = new_challenge(office(), KeyPurpose::add, token);
        return add_security_key(office(), viewer(token), token, kSite,
                                form(key.id(), key.make(SecurityKey::to(kSite, challenge))), name);
    }
    KeyAnswer answer(SecurityKey& key, KeyPurpose purpose, const std::string& token = "") {
        return form(key.id(), key.use(SecurityKey::to(kSite, new_challenge(office(), purpose, token))));
    }
    base::Result<SignedIn> with(SecurityKey& key) {
        return sign_in_with_key(office(), kSite, answer(key, KeyPurpose::sign_in));
    }
    base::Result<> prove(const std::string& token, SecurityKey& key) {
        return prove_with_key(office(), viewer(token), token, kSite, answer(key, KeyPurpose::prove, token));
    }
    std::string last_fault() {
        return house.db().read([](Session& s) {
            return s.one("SELECT detail FROM audit_entry WHERE outcome = 'denied' ORDER BY seq DESC LIMIT 1")
                ->text(0);
        });
    }
};

TEST_F(SecurityKeys, a_role_that_needs_a_key_works_only_where_one_was_used) {
    const auto token = come_in("alan", secret);
    EXPECT_EQ(viewer(token).roles, std::vector<std::string>{"practitioner"});
    EXPECT_EQ(viewer(token).withheld, std::vector<std::string>{"administrator"});
    EXPECT_FALSE(may(viewer(token), Permission::manage_users).allowed);
    EXPECT_TRUE(may(viewer(token), Permission::refer).allowed) << "his other work goes on";
    must(add(token, blue));
    EXPECT_TRUE(viewer(token).keyed && viewer(token).withheld.empty());
    EXPECT_TRUE(may(viewer(token), Permission::manage_users).allowed);
    // Another session of his without the key is without the role; using the key there gives it.
    const auto later = come_in("alan", secret);
    EXPECT_FALSE(may(viewer(later), Permission::manage_users).allowed);
    must(prove(later, blue));
    EXPECT_TRUE(may(viewer(later), Permission::manage_users).allowed);
    // The key alone is a way in, with the role.
    const auto direct = must_value(with(blue));
    EXPECT_EQ(direct.user_id, alan);
    EXPECT_TRUE(may(viewer(direct.token), Permission::manage_users).allowed);
}

TEST_F(SecurityKeys, the_scheme_says_which_roles_and_a_demonstration_asks_nobody) {
    const auto token = come_in("alan", secret);
    house.scheme().sign_in.key_roles = {"practitioner"};
    EXPECT_EQ(viewer(token).withheld, std::vector<std::string>{"practitioner"});
    EXPECT_TRUE(wants_key_for_lists(office(), viewer(token)));
    house.scheme().sign_in.key_for_lists = false;
    EXPECT_FALSE(wants_key_for_lists(office(), viewer(token)));
    house.scheme().sign_in.key_for_lists = true;
    house.office().demonstration = true;
    EXPECT_TRUE(viewer(token).withheld.empty());
    EXPECT_FALSE(wants_key_for_lists(office(), viewer(token)) || role_needs_key(office(), viewer(token)));
}

TEST_F(SecurityKeys, a_challenge_is_answered_once_within_five_minutes_for_what_it_was_made_and_where) {
    const auto token = come_in("alan", secret);
    must(add(token, blue));
    blue.counts = false;
    blue.count = 0;
    SecurityKey still{support::Signer::Kind::p256,
                      "still"};  // does not count, so that only the challenge can stop it
    still.counts = false;
    must(add(token, still, "Passkey"));
    const auto once = answer(still, KeyPurpose::sign_in);
    EXPECT_TRUE(sign_in_with_key(office(), kSite, once).ok());
    EXPECT_FALSE(sign_in_with_key(office(), kSite, once).ok()) << "replayed";
    EXPECT_EQ("key=challenge", last_fault());
    const auto late = answer(still, KeyPurpose::sign_in);
    house.clock().advance(kChallengeLasts + 1ms);
    EXPECT_FALSE(sign_in_with_key(office(), kSite, late).ok());
    EXPECT_EQ("key=challenge", last_fault());
    const auto fresh = come_in("alan", secret), another = come_in("alan", secret);
    // Made to prove, or for another session, or by somebody else.
    EXPECT_FALSE(sign_in_with_key(office(), kSite, answer(still, KeyPurpose::prove, fresh)).ok());
    EXPECT_FALSE(
        prove_with_key(office(), viewer(fresh), fresh, kSite, answer(still, KeyPurpose::prove, another)).ok());
    EXPECT_FALSE(
        prove_with_key(office(), viewer(fresh), fresh, kSite, answer(still, KeyPurpose::add, fresh)).ok());
    const auto own = form(still.id(), still.use(SecurityKey::to(kSite, base::to_base64url(std::string(40, 'x')))));
    EXPECT_FALSE(prove_with_key(office(), viewer(fresh), fresh, kSite, own).ok());
    EXPECT_EQ("key=challenge", last_fault());
    // One that failed for another reason is used up too.
    auto wrong = answer(still, KeyPurpose::prove, fresh);
    const auto right = wrong;
    wrong.signature = base::to_base64url("x");
    EXPECT_FALSE(prove_with_key(office(), viewer(fresh), fresh, kSite, wrong).ok());
    EXPECT_FALSE(prove_with_key(office(), viewer(fresh), fresh, kSite, right).ok());
    EXPECT_FALSE(viewer(fresh).keyed);
    EXPECT_TRUE(
        prove_with_key(office(), viewer(fresh), fresh, kSite, answer(still, KeyPurpose::prove, fresh)).ok());
    EXPECT_TRUE(viewer(fresh).keyed);
    EXPECT_LE(house.number("SELECT COUNT(*) FROM answered_challenge"), 20);
    house.clock().advance(1h);
    (void)sign_in_with_key(office(), kSite, answer(still, KeyPurpose::sign_in));
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM answered_challenge")) << "old ones are cleared away";
}

TEST_F(SecurityKeys, of_another_site_another_person_or_a_copy_open_nothing) {
    const auto token = come_in("alan", secret), annas = come_in("anna", other_secret);
    must(add(token, blue));
    must(add(annas, grey, "Grey key"));
    const webauthn::Site other{"https://rowan.evil.example", "rowan.evil.example"};
    const auto there =
        form(blue.id(), blue.use(SecurityKey::to(other, new_challenge(office(), KeyPurpose::sign_in, ""))));
    EXPECT_FALSE(sign_in_with_key(office(), kSite, there).ok()) << "phished";
    EXPECT_EQ("key=origin", last_fault());
    EXPECT_FALSE(sign_in_with_key(office(), other, there).ok());
    const auto relayed =
        form(blue.id(), blue.use(SecurityKey::to(other, new_challenge(office(), KeyPurpose::sign_in, ""))));
    EXPECT_FALSE(sign_in_with_key(office(), other, relayed).ok()) << "the name in the request does not help";
    EXPECT_EQ("key=unknown", last_fault());
    EXPECT_FALSE(prove(token, grey).ok()) << "somebody else's key";
    EXPECT_EQ("key=another-person", last_fault());
    auto copy = blue;
    EXPECT_TRUE(with(blue).ok());
    const auto behind = with(copy);
    EXPECT_FALSE(behind.ok()) << "it counts behind the key itself";
    EXPECT_EQ("key=count", last_fault());
    auto unverified = SecurityKey::to(kSite, new_challenge(office(), KeyPurpose::sign_in, ""));
    unverified.flags = 0x01;
    EXPECT_FALSE(sign_in_with_key(office(), kSite, form(blue.id(), blue.use(unverified))).ok());
    EXPECT_EQ("key=not-verified", last_fault());
    // One answer for all of them.
    SecurityKey unknown{support::Signer::Kind::p256, "nobody's"};
    EXPECT_EQ(with(unknown).error().message, behind.error().message);
}

TEST_F(SecurityKeys, a_key_that_was_brought_in_by_sql_opens_nothing) {
    const auto token = come_in("alan", secret), annas = come_in("anna", other_secret);
    must(add(token, blue));
    must(add(annas, grey, "Grey key"));
    house.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE security_key SET user_id = $1 WHERE user_id = $2", alan, anna);
        return base::done();
    });
    EXPECT_FALSE(with(grey).ok()) << "moved to another account";
    house.write([&](Session& s) -> base::Result<> {
        const auto sealed = s.one("SELECT public_key FROM security_key WHERE name = 'Grey key'")->blob(0);
        s.execute("UPDATE security_key SET public_key = $1 WHERE name = 'Blue key'", database::Blob{sealed});
        return base::done();
    });
    EXPECT_FALSE(with(blue).ok()) << "another key in its place";
    EXPECT_EQ("key=unknown", last_fault());
}

TEST_F(SecurityKeys, whoever_has_one_and_needs_it_proves_with_it_and_by_no_code) {
    const auto token = come_in("alan", secret), annas = come_in("anna", other_secret);
    house.clock().advance(31s);
    EXPECT_TRUE(step_up(office(), viewer(token), code(secret)).ok()) << "to add the first";
    must(add(token, blue));
    house.clock().advance(kProofLasts + 31s);
    EXPECT_FALSE(viewer(token).proven);
    EXPECT_FALSE(step_up(office(), viewer(token), code(secret)).ok());
    EXPECT_FALSE(step_up(office(), viewer(come_in("alan", secret)), code(secret)).ok());
    must(prove(token, blue));
    EXPECT_TRUE(step_up(office(), viewer(token), "").ok());
    house.clock().advance(kProofLasts + 31s);
    EXPECT_FALSE(step_up(office(), viewer(token), "").ok()) << "five minutes";
    // Where no role needs one, a code does, and a key does too.
    must(add(annas, grey, "Grey key"));
    house.clock().advance(kProofLasts + 31s);
    EXPECT_TRUE(step_up(office(), viewer(annas), code(other_secret)).ok());
}

TEST_F(SecurityKeys, several_are_named_listed_and_removed) {
    const auto token = come_in("alan", secret);
    EXPECT_FALSE(add(token, blue, "  ").ok());
    EXPECT_FALSE(add(token, blue, std::string(61, 'x')).ok());
    must(add(token, blue));
    EXPECT_FALSE(add(token, blue).ok()) << "the same again";
    house.clock().advance(1s);  // they are listed in the order in which they came
    must(add(token, grey, "  Grey   key "));
    const auto keys = [&] { return house.db().read([&](Session& s) { return security_keys_of(s, alan); }); };
    ASSERT_EQ(2u, keys().size());
    EXPECT_EQ("Grey key", keys()[1].name);
    EXPECT_FALSE(keys()[0].last_used);
    const auto elsewhere = must_value(with(blue)).token;
    EXPECT_TRUE(keys()[0].last_used);
    const auto mine = come_in("alan", secret);
    must(prove(mine, grey));
    EXPECT_EQ(base::ErrorKind::not_found,
              remove_security_key(office(), viewer(come_in("anna", other_secret)), "", keys()[0].id).error().kind);
    EXPECT_TRUE(session_for(office(), elsewhere));
    must(remove_security_key(office(), viewer(mine), mine, keys()[0].id));
    EXPECT_FALSE(session_for(office(), elsewhere)) << "every other session ends";
    EXPECT_FALSE(with(blue).ok());
    EXPECT_TRUE(viewer(mine).keyed) << "there is another";
    must(remove_security_key(office(), viewer(mine), mine, keys()[0].id));
    EXPECT_FALSE(viewer(mine).keyed);
    EXPECT_TRUE(keys().empty());
    EXPECT_FALSE(add(mine, blue).ok()) << "nor is a removed one brought back";
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'add-key' AND outcome = 'allowed'"));
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'remove-key'"));
    for (std::size_t i = 0; i < kMostKeys; ++i) {
        SecurityKey another{support::Signer::Kind::p256, "more " + std::to_string(i)};
        must(add(mine, another));
    }
    SecurityKey last{support::Signer::Kind::p256, "one too many"};
    EXPECT_FALSE(add(mine, last).ok());
}

TEST_F(SecurityKeys, die_with_the_account_the_agency_and_a_new_way_in) {
    const auto token = come_in("alan", secret);
    must(add(token, blue));
    house.write([&](Session& s) { return shut_agency(office(), s, council, "command line"); });
    EXPECT_FALSE(with(blue).ok());
    EXPECT_EQ("key=shut", last_fault());
    house.write([&](Session& s) { return open_agency(office(), s, council, "command line"); });
    EXPECT_TRUE(with(blue).ok());
    house.write([&](Session& s) { return disable_account(office(), s, alan, "command line"); });
    EXPECT_FALSE(with(blue).ok());
    house.write([&](Session& s) {
        return reset_account(office(), s, alan, "another marble quartz lantern", secret, "command line");
    });
    EXPECT_FALSE(with(blue).ok()) << "who lost the way in may have lost the key";
    EXPECT_EQ("key=unknown", last_fault());
    house.clock().advance(31s);
    const auto again = must_value(sign_in(office(), "alan", "another marble quartz lantern", code(secret))).token;
    must(add(again, grey));
    house.clock().advance(std::chrono::days{31});
    EXPECT_FALSE(with(grey).ok()) << "idle";
    EXPECT_EQ("key=dormant", last_fault());
}

TEST_F(SecurityKeys, whoever_lost_their_only_one_gets_a_new_way_in_by_two_people_and_adds_another) {
    must(add(come_in("alan", secret), blue));
    const auto without = come_in("alan", secret);
    house.clock().advance(31s);
    EXPECT_FALSE(step_up(office(), viewer(without), code(secret)).ok()) << "no other key by a code alone";
    const auto amir = house.worker("amir", council, "administrator");
    const auto petra = house.worker("petra", council, "information_governance");
    const auto waiting = [&](const Viewer& by) {
        return house.db().read([&](Session& s) { return recoveries(office(), s, by); }).at(0);
    };
    house.write([&](Session& s) { return ask_for_recovery(office(), s, amir, alan); });
    house.write([&](Session& s) { return answer_recovery(office(), s, petra, waiting(petra).id, true); });
    const auto both = waiting(amir).half + waiting(petra).half;
    const auto invitation =
        house.db().read([&](Session& s) { return invitation_for(office(), s, "alan", both); }).value();
    const auto given = invitation_secret(office(), invitation.id);
    constexpr const char* kNew = "another marble quartz lantern";
    house.write([&](Session& s) { return choose_password(office(), s, invitation, kNew, code(given)); });
    EXPECT_FALSE(with(blue).ok()) << "whoever found it comes too late";
    EXPECT_FALSE(session_for(office(), without));
    house.clock().advance(31s);
    const auto again = must_value(sign_in(office(), "alan", kNew, code(given))).token;
    EXPECT_FALSE(may(viewer(again), Permission::manage_users).allowed) << "and still needs one";
    house.clock().advance(31s);
    must(step_up(office(), viewer(again), code(given)));
    must(add(again, grey, "Grey key"));
    EXPECT_TRUE(may(viewer(again), Permission::manage_users).allowed);
}

TEST_F(SecurityKeys, are_no_way_round_an_agencys_own_sign_in) {
    const auto token = come_in("alan", secret);
    must(add(token, blue));
    const oidc::Provider provider{
        "https://login.example",   "rowan", "secret", "https://login.example/a", "https://login.example/t",
        "https://login.example/k", ""};
    house.write([&](Session& s) { return bind_provider(office(), s, council, provider, "{}", "test"); });
    EXPECT_FALSE(with(blue).ok());
    EXPECT_EQ("key=provider", last_fault());
    // Whoever came in there proves with it.
    std::string there;
    house.write([&](Session& s) -> base::Result<> {
        there = begin_session(office(), s, alan).token;
        return base::done();
    });
    EXPECT_FALSE(may(viewer(there), Permission::manage_users).allowed);
    must(prove(there, blue));
    EXPECT_TRUE(may(viewer(there), Permission::manage_users).allowed);
}

}  // namespace
}  // namespace rowan::partnership
