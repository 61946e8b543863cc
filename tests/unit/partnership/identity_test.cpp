// Signing in at an agency's identity provider: the way there and back, who is who, and all that must not work.
#include "partnership/identity_desk.h"
#include "support/office.h"
#include "support/provider.h"

#include "crypto/password.h"
#include "crypto/token.h"
#include "crypto/totp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <thread>

namespace rowan::partnership {
namespace {

using namespace std::chrono_literals;
using database::Session;
using formats::Json;
using support::must_value;
using support::TemporaryDatabase;
using support::TestOffice;
using support::TestProvider;
using ::testing::HasSubstr;

constexpr const char* kOrigin = "https://rowan.example";

class Identity : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db()};
    std::string council = house.agency_of(AgencyType::la_children), force = house.agency_of(AgencyType::police);
    TestProvider theirs{"https://council.example"}, police{"https://police.example"};
    std::unique_ptr<IdentityDesk> desk;
    std::string anna;
    int codes = 0;

    void SetUp() override {
        anna = house.account("anna", council, {"front_door"});
        bind(council, theirs);
        bind(force, police);
        desk = std::make_unique<IdentityDesk>(house.office());
    }
    void bind(const std::string& agency, const TestProvider& provider) {
        house.write([&](Session& s) {
            return bind_provider(house.office(), s, agency, provider.as_bound(), provider.keys(), "test");
        });
    }
    std::string invite_to(const std::string& account) {
        return must_value(house.db().write([&](Session& s) { return invite(house.office(), s, account, "test"); }))
            .code;
    }

    // One sign-in of a browser, and what the provider says of it.
    struct Walk {
        std::string agency, token, state, nonce, url;
    };
    Walk begin(const std::string& agency, const IdentityDesk::Purpose& purpose = {}) {
        const auto begun = must_value(desk->begin(agency, kOrigin, purpose));
        return {agency, begun.token, in_url(begun.url, "state"), in_url(begun.url, "nonce"), begun.url};
    }
    Walk begin_invited(const std::string& user_name, const std::string& agency, const std::string& code) {
        const auto invitation =
            house.db().read([&](Session& s) { return invitation_for(house.office(), s, user_name, code); });
        EXPECT_TRUE(invitation) << "the code is right";
        return begin(agency, {.invitation = invitation ? invitation->id : ""});
    }
    static std::string in_url(const std::string& url, const std::string& name) {
        std::smatch found;
        return std::regex_search(url, found, std::regex("[?&]" + name + "=([^&]*)")) ? found[1].str() : "";
    }
    Json claims(const Walk& walk, const TestProvider& provider, const std::string& subject) {
        const auto now = base::to_millis(house.clock().now()) / 1000;
        return Json::object({{"iss", provider.issuer()},
                             {"aud", provider.client()},
                             {"sub", subject},
                             {"nonce", walk.nonce},
                             {"iat", now},
                             {"exp", now + 60},
                             {"auth_time", now},
                             {"sid", "there-of-" + subject},
                             {"email", "the.same@everywhere.example"},
                             {"amr", Json::strings({"mfa"})}});
    }
    base::Result<IdentityDesk::Arrival> come_back(const Walk& walk, TestProvider& provider,
                                                  const std::string& id_token, const std::string& token) {
        const auto code = "code-" + std::to_string(++codes);
        provider.answer(code, id_token);
        http::Fields query;
        query.add("code", code);
        query.add("state", walk.state);
        if (const auto back = desk->came_back(walk.agency, kOrigin, token, query); !back.ok()) return back.error();
        return arrival(token);
    }
    base::Result<IdentityDesk::Arrival> arrival(const std::string& token) {
        for (int i = 0; i < 2'000; ++i) {
            auto here = desk->arrive(token);
            if (!here.ok() || !here->waiting) return here;
            std::this_thread::sleep_for(5ms);
        }
        return base::unavailable("the exchange never ended");
    }
    base::Result<IdentityDesk::Arrival> walk_in(const Walk& walk, TestProvider& provider,
                                                const std::string& subject) {
        return come_back(walk, provider, provider.signer().token(claims(walk, provider, subject)), walk.token);
    }
    // Bound by an invitation, and in.
    std::string joined(const std::string& name, const std::string& account, const std::string& agency,
                       TestProvider& provider, const std::string& subject) {
        const auto in = walk_in(begin_invited(name, agency, invite_to(account)), provider, subject);
        EXPECT_TRUE(in.ok()) << in.error().message;
        return in.ok() ? in->session : "";
    }
    void sign_everybody_out() {
        house.write([](Session& s) -> base::Result<> {
            s.execute("UPDATE session SET ended_at = 1");
            return base::done();
        });
    }
    // Where a way that was begun like this would lead.
    std::string begin_next(const std::string& next) {
        const auto handle = crypto::token_digest(begin(council, {.next = next}).token);
        return house.db().read(
            [&](Session& s) { return s.one("SELECT next FROM sign_in_way WHERE handle = $1", handle)->text(0); });
    }
    std::string who(const std::string& session) {
        const auto found = session_for(house.office(), session);
        return found ? found->viewer.user_name : "";
    }
    std::vector<std::string> details(const std::string& act) {
        return house.db().read([&](Session& s) {
            std::vector<std::string> out;
            for (const auto& row :
                 s.query("SELECT outcome, detail FROM audit_entry WHERE act = $1 ORDER BY seq", act))
                out.push_back(row.text(0) + " " + row.text(1));
            return out;
        });
    }
    void refused(const base::Result<IdentityDesk::Arrival>& in, const std::string& fault) {
        EXPECT_FALSE(in.ok()) << fault;
        ASSERT_FALSE(details("sign-in").empty());
        EXPECT_EQ("denied provider=" + fault, details("sign-in").back());
        EXPECT_EQ(0, house.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL")) << fault;
    }
};

TEST_F(Identity, an_invitation_joins_an_account_to_a_person_there_and_they_come_in_ever_after) {
    const auto first = joined("anna", anna, council, theirs, "7");
    EXPECT_EQ("anna", who(first));
    EXPECT_EQ("authorization_code", theirs.last_form().get("grant_type"));
    EXPECT_EQ(std::string(kOrigin) + "/sign-in/agency/" + council + "/back",
              theirs.last_form().get("redirect_uri"));
    EXPECT_FALSE(theirs.last_authorisation().empty());
    const auto again = walk_in(begin(council), theirs, "7");
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ("anna", who(again->session));
    EXPECT_TRUE(session_for(house.office(), again->session)->viewer.elsewhere);
    EXPECT_EQ("/", again->next);
}

TEST_F(Identity, pkce_the_verifier_is_that_of_the_challenge) {
    joined("anna", anna, council, theirs, "7");
    const auto walk = begin(council);
    ASSERT_TRUE(walk_in(walk, theirs, "7").ok());
    const auto verifier = theirs.last_form().get("code_verifier");
    EXPECT_GE(verifier.size(), 43u);
    EXPECT_EQ(in_url(walk.url, "code_challenge"), base::to_base64url(crypto::sha256(verifier)));
    EXPECT_EQ("S256", in_url(walk.url, "code_challenge_method"));
    EXPECT_NE(in_url(begin(council).url, "code_challenge"), in_url(walk.url, "code_challenge"));
}

TEST_F(Identity, who_was_not_invited_is_known_to_their_agency_only) {
    const auto in = walk_in(begin(council), theirs, "9");
    refused(in, "no-account");
    EXPECT_THAT(in.error().message, HasSubstr("invitation"));
}

// SECURITY.md A26.
TEST_F(Identity, two_people_of_two_providers_with_one_subject_and_one_address_are_two_people) {
    const auto paul = house.account("paul", force, {"practitioner"});
    const auto one = joined("anna", anna, council, theirs, "42"), two = joined("paul", paul, force, police, "42");
    EXPECT_EQ("anna", who(one));
    EXPECT_EQ("paul", who(two));
    EXPECT_EQ("paul", who(must_value(walk_in(begin(force), police, "42")).session));
    EXPECT_EQ("anna", who(must_value(walk_in(begin(council), theirs, "42")).session));
}

TEST_F(Identity, a_second_agencys_provider_signs_in_nobody_of_the_first) {
    joined("anna", anna, council, theirs, "7");
    sign_everybody_out();
    // With its own name: there is no such person of the police.
    refused(walk_in(begin(force), police, "7"), "no-account");
    // With the other's name, in its own way and in the other's.
    auto walk = begin(force);
    auto as_council = claims(walk, theirs, "7");
    refused(come_back(walk, police, police.signer().token(as_council), walk.token), "issuer");
    walk = begin(council);
    as_council = claims(walk, theirs, "7");
    refused(come_back(walk, theirs, police.signer().token(as_council), walk.token), "signature");
    // The first's own token, brought along the second's way.
    walk = begin(force);
    as_council = claims(walk, theirs, "7");
    refused(come_back(walk, police, theirs.signer().token(as_council), walk.token), "signature");
}

TEST_F(Identity, an_invitation_is_of_no_use_at_another_agencys_provider) {
    const auto code = invite_to(anna);
    const auto walk = begin_invited("anna", force, code);
    EXPECT_FALSE(walk_in(walk, police, "7").ok());
    EXPECT_EQ(0, house.number("SELECT COUNT(*) FROM account_identity"));
    EXPECT_EQ("anna", who(must_value(walk_in(begin_invited("anna", council, code), theirs, "7")).session));
}

TEST_F(Identity, an_invitation_works_once_for_seven_days_and_the_newest_only) {
    const auto waits = [&](const std::string& code) {
        return house.db().read(
            [&](Session& s) { return invitation_for(house.office(), s, "anna", code).has_value(); });
    };
    const auto old = invite_to(anna);
    EXPECT_TRUE(waits(old));
    house.clock().advance(1s);
    const auto code = invite_to(anna);
    EXPECT_FALSE(waits(old));
    EXPECT_TRUE(waits(code));
    std::string spoken;
    for (const char c : code)
        spoken += c == '-' ? std::string(" ") : std::string(1, static_cast<char>(std::tolower(c)));
    EXPECT_TRUE(waits(spoken)) << "however it is written";
    EXPECT_FALSE(waits(code.substr(1)));
    EXPECT_FALSE(waits(""));
    EXPECT_EQ(24u, std::count_if(code.begin(), code.end(), [](char c) { return c != '-'; }));
    const auto late = begin_invited("anna", council, code);
    EXPECT_EQ("anna", who(must_value(walk_in(begin_invited("anna", council, code), theirs, "7")).session));
    EXPECT_FALSE(waits(code));
    EXPECT_FALSE(walk_in(late, theirs, "8").ok()) << "begun before it was used, too late now";
    const auto last = invite_to(anna);
    house.clock().advance(std::chrono::days{7} + 1s);
    EXPECT_FALSE(waits(last));
}

TEST_F(Identity, one_person_there_is_one_account_here) {
    joined("anna", anna, council, theirs, "7");
    const auto ben = house.account("ben", council, {"practitioner"});
    const auto in = walk_in(begin_invited("ben", council, invite_to(ben)), theirs, "7");
    ASSERT_FALSE(in.ok());
    EXPECT_THAT(in.error().message, HasSubstr("another account"));
    EXPECT_EQ("anna", who(must_value(walk_in(begin(council), theirs, "7")).session));
    // Invited anew, the account goes with the new identity and leaves the old.
    joined("anna", anna, council, theirs, "8");
    EXPECT_FALSE(walk_in(begin(council), theirs, "7").ok());
    joined("ben", ben, council, theirs, "7");
}

TEST_F(Identity, no_name_or_address_of_a_person_there_is_kept) {
    joined("anna", anna, council, theirs, "anna.quillby@council.example");
    house.db().read([&](Session& s) {
        for (const auto& row : s.query("SELECT subject FROM account_identity")) EXPECT_EQ(64u, row.text(0).size());
        EXPECT_FALSE(s.one("SELECT 1 FROM account_identity WHERE subject LIKE '%quillby%'"));
        EXPECT_FALSE(s.one("SELECT 1 FROM audit_entry WHERE detail LIKE '%quillby%' OR detail LIKE '%the.same%'"));
    });
}

TEST_F(Identity, only_the_browser_that_began_can_end_and_only_once) {
    joined("anna", anna, council, theirs, "7");
    sign_everybody_out();
    // Login forgery: somebody else's code and state in this browser, which began nothing or something of its own.
    auto attacker = begin(council);
    const auto victim = begin(council);
    const auto token = theirs.signer().token(claims(attacker, theirs, "7"));
    refused(come_back(attacker, theirs, token, ""), "state");
    refused(come_back(attacker, theirs, token, victim.token), "state");
    refused(come_back(attacker, theirs, token, "made up"), "state");
    auto elsewhere = attacker;
    elsewhere.agency = force;
    refused(come_back(elsewhere, police, token, attacker.token), "state");
    attacker.state += "x";
    refused(come_back(attacker, theirs, token, attacker.token), "state");
    // Once.
    const auto walk = begin(council);
    ASSERT_TRUE(walk_in(walk, theirs, "7").ok());
    sign_everybody_out();
    refused(come_back(walk, theirs, theirs.signer().token(claims(walk, theirs, "7")), walk.token), "state");
    EXPECT_FALSE(desk->arrive(walk.token).ok());
    EXPECT_FALSE(desk->arrive("").ok());
}

TEST_F(Identity, a_way_lasts_ten_minutes) {
    joined("anna", anna, council, theirs, "7");
    sign_everybody_out();
    const auto walk = begin(council);
    house.clock().advance(10min + 1s);
    refused(walk_in(walk, theirs, "7"), "state");
    begin(council);
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM sign_in_way")) << "old ones are cleared away";
}

TEST_F(Identity, a_forged_token_lets_nobody_in) {
    joined("anna", anna, council, theirs, "7");
    sign_everybody_out();
    const auto with = [&](const std::string& name, Json value) {
        const auto walk = begin(council);
        return come_back(walk, theirs,
                         theirs.signer().token(claims(walk, theirs, "7").set(name, std::move(value))), walk.token);
    };
    refused(with("nonce", begin(council).nonce), "nonce");
    refused(with("aud", "another-client"), "audience");
    refused(with("exp", base::to_millis(house.clock().now()) / 1000 - 120), "expired");
    refused(with("amr", Json::strings({"pwd"})), "second-factor");
    const auto walk = begin(council);
    const auto body = base::to_base64url(claims(walk, theirs, "7").write());
    refused(come_back(walk, theirs, base::to_base64url("{\"alg\":\"none\"}") + "." + body + ".", walk.token),
            "malformed");
    const support::TokenSigner forger(support::Signer::Kind::p256, theirs.signer().id());
    const auto next = begin(council);
    refused(come_back(next, theirs, forger.token(claims(next, theirs, "7")), next.token), "signature");
}

TEST_F(Identity, what_the_provider_says_no_to_is_no) {
    joined("anna", anna, council, theirs, "7");
    sign_everybody_out();
    const auto back = [&](std::initializer_list<std::pair<const char*, std::string>> more) {
        const auto walk = begin(council);
        http::Fields query;
        query.add("state", walk.state);
        for (const auto& [name, value] : more) query.add(name, value);
        const auto came = desk->came_back(council, kOrigin, walk.token, query);
        return came.ok() ? arrival(walk.token) : base::Result<IdentityDesk::Arrival>(came.error());
    };
    refused(back({{"error", "access_denied"}}), "refused-there");
    refused(back({}), "refused-there");
    refused(back({{"code", "never given"}}), "code");
    refused(back({{"code", "x"}, {"iss", "https://police.example"}}), "issuer");
}

TEST_F(Identity, a_provider_that_does_not_answer_is_told_in_words_and_holds_up_nobody) {
    joined("anna", anna, council, theirs, "7");
    sign_everybody_out();
    theirs.close();
    const auto in = walk_in(begin(council), theirs, "7");
    refused(in, "unavailable");
    EXPECT_EQ(base::ErrorKind::unavailable, in.error().kind);
}

TEST_F(Identity, new_keys_are_fetched_and_not_more_often_than_once_a_minute) {
    joined("anna", anna, council, theirs, "7");
    theirs.renew_keys("key-2");
    house.clock().advance(61s);
    ASSERT_TRUE(walk_in(begin(council), theirs, "7").ok());
    EXPECT_EQ(1, theirs.keys_asked());
    for (int i = 0; i < 3; ++i) {
        const auto walk = begin(council);
        const support::TokenSigner stranger(support::Signer::Kind::p256, "key-" + std::to_string(100 + i));
        EXPECT_FALSE(come_back(walk, theirs, stranger.token(claims(walk, theirs, "7")), walk.token).ok());
    }
    EXPECT_EQ(1, theirs.keys_asked());
}

TEST_F(Identity, a_password_is_no_way_in_while_the_agency_has_a_provider) {
    const auto secret = crypto::new_totp_secret();
    const auto ruth = house.account("ruth", council, {"front_door"}, "tumbling marble quartz lantern", secret);
    const auto come = [&] {
        house.clock().advance(10min);
        return sign_in(house.office(), "ruth", "tumbling marble quartz lantern",
                       crypto::totp_code(secret, crypto::totp_step(house.clock().now())));
    };
    const auto refused_here = come(),
               unknown = sign_in(house.office(), "nobody", "tumbling marble quartz lantern", "000000");
    ASSERT_FALSE(refused_here.ok());
    EXPECT_EQ(unknown.error().message, refused_here.error().message) << "nobody learns which names exist";
    house.write([&](Session& s) { return unbind_provider(house.office(), s, council, "test"); });
    EXPECT_TRUE(come().ok());
}

TEST_F(Identity, binding_and_unbinding_end_the_agencys_sessions_and_nobody_elses) {
    const auto paul = house.account("paul", force, {"practitioner"});
    const auto one = joined("anna", anna, council, theirs, "7"), two = joined("paul", paul, force, police, "8");
    bind(council, theirs);
    EXPECT_EQ("", who(one));
    EXPECT_EQ("paul", who(two));
    const auto back = must_value(walk_in(begin(council), theirs, "7")).session;
    EXPECT_EQ("anna", who(back)) << "who is who stays known";
    house.write([&](Session& s) { return unbind_provider(house.office(), s, council, "test"); });
    EXPECT_EQ("", who(back));
    EXPECT_FALSE(desk->begin(council, kOrigin, {}).ok());
}

TEST_F(Identity, a_closed_or_idle_account_stays_shut) {
    joined("anna", anna, council, theirs, "7");
    house.clock().advance(std::chrono::days{31});
    EXPECT_FALSE(walk_in(begin(council), theirs, "7").ok());
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM user_account WHERE status = 'disabled'"));
    const auto ben = house.account("ben", council, {"practitioner"});
    const auto in = joined("ben", ben, council, theirs, "8");
    house.write([&](Session& s) { return disable_account(house.office(), s, ben, "test"); });
    EXPECT_EQ("", who(in));
    EXPECT_FALSE(walk_in(begin(council), theirs, "8").ok());
}

// --- logging out there ------------------------------------------------------------------------------------------

class LoggedOut : public Identity {
protected:
    static std::string token(const TestProvider& provider, const Json& claims) {
        const auto& signer = provider.signer();
        return signer.token(
            Json::object({{"alg", signer.algorithm()}, {"kid", signer.id()}, {"typ", "logout+jwt"}}), claims);
    }
    Json logout(const TestProvider& provider, Json who) {
        const auto now = base::to_millis(house.clock().now()) / 1000;
        who.set("iss", provider.issuer());
        who.set("aud", provider.client());
        who.set("iat", now);
        who.set("exp", now + 120);
        who.set("jti", "1");
        return who.set("events",
                       Json::object({{"http://schemas.openid.net/event/backchannel-logout", Json::Object{}}}));
    }
};

TEST_F(LoggedOut, the_session_that_is_named_ends_at_once_and_no_other) {
    const auto ben = house.account("ben", council, {"practitioner"});
    const auto paul = house.account("paul", force, {"practitioner"});
    const auto of_anna = joined("anna", anna, council, theirs, "7"),
               of_ben = joined("ben", ben, council, theirs, "8"),
               of_paul = joined("paul", paul, force, police, "7");
    // As another provider, or with another's key: nobody.
    const auto named = logout(theirs, Json::object({{"sid", "there-of-7"}}));
    EXPECT_FALSE(desk->logged_out(council, token(police, named)).ok());
    EXPECT_FALSE(desk->logged_out(force, token(theirs, named)).ok());
    EXPECT_FALSE(desk->logged_out("nowhere", token(theirs, named)).ok());
    EXPECT_FALSE(desk->logged_out(council, "").ok());
    EXPECT_EQ("anna", who(of_anna));
    ASSERT_TRUE(desk->logged_out(council, token(theirs, named)).ok());
    EXPECT_EQ("", who(of_anna));
    EXPECT_EQ("ben", who(of_ben));
    EXPECT_EQ("paul", who(of_paul)) << "the same session name at another provider is another session";
    EXPECT_EQ("allowed provider", details("sign-out").back());
}

TEST_F(LoggedOut, a_person_who_is_named_loses_every_session) {
    const auto one = joined("anna", anna, council, theirs, "7"),
               two = must_value(walk_in(begin(council), theirs, "7")).session;
    EXPECT_EQ("anna", who(one));
    ASSERT_TRUE(desk->logged_out(council, token(theirs, logout(theirs, Json::object({{"sub", "7"}})))).ok());
    EXPECT_EQ("", who(one));
    EXPECT_EQ("", who(two));
}

TEST_F(LoggedOut, a_token_with_a_key_not_seen_before_is_judged_when_the_keys_are_there) {
    const auto in = joined("anna", anna, council, theirs, "7");
    theirs.renew_keys("key-2");
    house.clock().advance(61s);
    ASSERT_TRUE(desk->logged_out(council, token(theirs, logout(theirs, Json::object({{"sub", "7"}})))).ok());
    for (int i = 0; i < 2'000 && !who(in).empty(); ++i) std::this_thread::sleep_for(5ms);
    EXPECT_EQ("", who(in));
}

// --- proving again ----------------------------------------------------------------------------------------------

TEST_F(Identity, proving_again_counts_for_five_minutes_and_for_this_session_only) {
    const auto in = joined("anna", anna, council, theirs, "7");
    const auto viewer = [&] { return session_for(house.office(), in)->viewer; };
    EXPECT_TRUE(step_up(house.office(), viewer(), "").ok()) << "just signed in";
    house.clock().advance(6min);
    const auto stale = step_up(house.office(), viewer(), "000000");
    ASSERT_FALSE(stale.ok());
    EXPECT_THAT(stale.error().message, HasSubstr("Prove again"));
    const auto other = must_value(walk_in(begin(council), theirs, "7")).session;
    EXPECT_FALSE(viewer().proven) << "another session's proof";
    const auto walk = begin(council, {.session = in, .next = "/emergency"});
    EXPECT_EQ("login", in_url(walk.url, "prompt"));
    const auto back = walk_in(walk, theirs, "7");
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ("", back->session) << "the old session goes on";
    EXPECT_EQ("/emergency", back->next);
    EXPECT_TRUE(viewer().proven);
    EXPECT_TRUE(step_up(house.office(), viewer(), "").ok());
    house.clock().advance(5min + 1s);
    EXPECT_FALSE(viewer().proven);
    EXPECT_EQ("anna", who(other));
}

TEST_F(Identity, an_old_proof_or_somebody_elses_is_none) {
    const auto in = joined("anna", anna, council, theirs, "7");
    const auto ben = house.account("ben", council, {"practitioner"});
    joined("ben", ben, council, theirs, "8");
    house.clock().advance(6min);
    auto walk = begin(council, {.session = in});
    const auto old = base::to_millis(house.clock().now()) / 1000 - 300;
    EXPECT_FALSE(
        come_back(walk, theirs, theirs.signer().token(claims(walk, theirs, "7").set("auth_time", old)), walk.token)
            .ok());
    walk = begin(council, {.session = in});
    const auto other = walk_in(walk, theirs, "8");
    ASSERT_FALSE(other.ok());
    EXPECT_THAT(other.error().message, HasSubstr("somebody else"));
    EXPECT_FALSE(session_for(house.office(), in)->viewer.proven);
    EXPECT_EQ("/", begin_next("https://evil.example"));
    EXPECT_EQ("/", begin_next("//evil.example"));
    EXPECT_EQ("/emergency", begin_next("/emergency"));
}

}  // namespace
}  // namespace rowan::partnership
