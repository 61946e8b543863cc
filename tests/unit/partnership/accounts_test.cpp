// Signing in, sessions, the protocol's signatures, references and idempotency keys.
#include "crypto/password.h"
#include "crypto/totp.h"
#include "support/office.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

namespace rowan::partnership {
namespace {

using namespace std::chrono_literals;
using database::Session;
using support::must;
using support::TemporaryDatabase;
using support::TestOffice;

constexpr const char* kPhrase = "tumbling marble quartz lantern";
constexpr const char* kStolenDigest = "00365A1D204B704B5111AD2B40C590E969E65198";

class Accounts : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db()};
    std::string secret = crypto::new_totp_secret();
    std::string id;

    void SetUp() override { id = person("anna"); }

    // With a hash of the least cost, so that many sign-ins take no time; the real cost is tested with the
    // passwords.
    std::string person(const std::string& name) {
        const auto made = house.account(name, "SMBC", {"front_door"}, "", secret);
        house.write([&](Session& s) -> base::Result<> {
            s.execute("UPDATE user_account SET password_hash = $1 WHERE id = $2",
                      crypto::hash_password(kPhrase, {8u << 10, 1}), made);
            return base::done();
        });
        return made;
    }
    std::string code() { return crypto::totp_code(secret, crypto::totp_step(house.clock().now())); }
    base::Result<SignedIn> come_in(const std::string& name = "anna") {
        return sign_in(house.office(), name, kPhrase, code());
    }
    bool alive(const std::string& token) { return session_for(house.office(), token).has_value(); }
    void settle() {
        house.write([](Session&) -> base::Result<> { return base::done(); });
    }  // what was queued is written
};

TEST_F(Accounts, a_right_name_phrase_and_code_sign_in) {
    const auto in = come_in();
    ASSERT_TRUE(in.ok()) << in.error().message;
    EXPECT_EQ(id, in->user_id);
    const auto session = session_for(house.office(), in->token);
    ASSERT_TRUE(session);
    EXPECT_EQ("anna", session->viewer.user_name);
    EXPECT_EQ("SMBC", session->viewer.agency);
    EXPECT_EQ(AgencyType::la_children, session->viewer.agency_type);
    EXPECT_EQ(0, house.number("SELECT COUNT(*) FROM session WHERE token_hash = ''"));
    house.db().read([&](Session& s) {
        EXPECT_FALSE(s.one("SELECT 1 FROM session WHERE token_hash = $1", in->token))
            << "the token itself is not stored";
    });
    EXPECT_FALSE(session_for(house.office(), in->token + "x"));
    EXPECT_FALSE(session_for(house.office(), ""));
}

TEST_F(Accounts, a_code_works_once) {
    ASSERT_TRUE(come_in().ok());
    EXPECT_FALSE(come_in().ok());
    house.clock().advance(31s);
    EXPECT_TRUE(come_in().ok());
}

TEST_F(Accounts, of_two_sign_ins_at_once_with_one_code_one_wins) {
    for (int round = 0; round < 5; ++round) {
        house.clock().advance(10min);
        const auto now = code();
        int won = 0;
        std::mutex mutex;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                if (sign_in(house.office(), "anna", kPhrase, now).ok()) {
                    const std::lock_guard lock(mutex);
                    ++won;
                }
            });
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(1, won);
    }
}

TEST_F(Accounts, wrong_unknown_disabled_and_waiting_look_alike) {
    const auto disabled = person("della");
    house.write([&](Session& s) { return disable_account(house.office(), s, disabled, "admin"); });
    std::set<std::string> sentences;
    const auto right = code();
    auto said = [&](const base::Result<SignedIn>& result) {
        ASSERT_FALSE(result.ok());
        sentences.insert(result.error().message);
        EXPECT_EQ(base::ErrorKind::refused, result.error().kind);
    };
    said(sign_in(house.office(), "nobody", kPhrase, right));
    said(sign_in(house.office(), "della", kPhrase, right));
    said(sign_in(house.office(), "anna", "wrong wrong wrong wrong", right));
    said(sign_in(house.office(), "anna", kPhrase, "000000"));
    said(sign_in(house.office(), "", "", ""));
    for (int i = 0; i < 6; ++i) said(sign_in(house.office(), "anna", "wrong wrong wrong wrong", "1"));
    said(sign_in(house.office(), "anna", kPhrase, right));  // has to wait now
    EXPECT_EQ(1u, sentences.size());
}

TEST_F(Accounts, the_delay_grows_and_never_locks_out) {
    auto wrong = [&] { EXPECT_FALSE(sign_in(house.office(), "anna", "wrong wrong wrong wrong", "1").ok()); };
    std::int64_t before = 0;
    for (int failures = 1; failures <= 14; ++failures) {
        wrong();
        const auto wait = house.number("SELECT not_before FROM user_account WHERE user_name = 'anna'") -
                          base::to_millis(house.clock().now());
        if (failures < 3) {
            EXPECT_LE(wait, 0);
        } else {
            EXPECT_GE(wait, 1000);
            EXPECT_GE(wait, before) << "after " << failures;
            EXPECT_LE(wait, 300'000);
            // Trying too early does not count.
            for (int i = 0; i < 3; ++i) wrong();
            EXPECT_EQ(failures, house.number("SELECT failures FROM user_account WHERE user_name = 'anna'"));
            EXPECT_FALSE(come_in().ok()) << "the right phrase has to wait too";
            before = wait;
        }
        house.clock().advance(301s);
    }
    EXPECT_EQ(300'000, before);
    ASSERT_TRUE(come_in().ok()) << "after five minutes the right phrase comes in";
    EXPECT_EQ(0, house.number("SELECT failures FROM user_account WHERE user_name = 'anna'"));
}

TEST_F(Accounts, guesses_at_the_same_moment_do_not_outrun_the_delay) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] { (void)sign_in(house.office(), "anna", "wrong wrong wrong wrong", "1"); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(3, house.number("SELECT failures FROM user_account WHERE user_name = 'anna'"))
        << "the third makes the others wait";
    EXPECT_GT(house.number("SELECT not_before FROM user_account WHERE user_name = 'anna'"),
              base::to_millis(house.clock().now()));
}

TEST_F(Accounts, every_sign_in_is_audited_either_way) {
    (void)come_in();
    (void)sign_in(house.office(), "anna", "wrong wrong wrong wrong", "1");
    (void)sign_in(house.office(), "nobody", "wrong wrong wrong wrong", "1");
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'sign-in' AND outcome = 'allowed'"));
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'sign-in' AND outcome = 'denied'"));
}

TEST_F(Accounts, without_a_second_factor_nobody_comes_in) {
    house.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE user_account SET totp_secret = NULL");
        return base::done();
    });
    EXPECT_FALSE(come_in().ok());
    EXPECT_FALSE(sign_in(house.office(), "anna", kPhrase, "").ok());
}

TEST_F(Accounts, a_session_ends_after_15_idle_minutes) {
    const auto token = come_in()->token;
    house.clock().advance(15min);
    EXPECT_TRUE(alive(token));
    settle();
    house.clock().advance(15min);
    EXPECT_TRUE(alive(token)) << "being used keeps it";
    settle();
    house.clock().advance(15min + 1ms);
    EXPECT_FALSE(alive(token));
}

TEST_F(Accounts, a_session_ends_after_10_hours_however_much_it_is_used) {
    const auto token = come_in()->token;
    for (int minutes = 0; minutes < 600; minutes += 10) {
        house.clock().advance(10min);
        EXPECT_TRUE(alive(token)) << minutes;
        settle();
    }
    house.clock().advance(1ms);
    EXPECT_FALSE(alive(token));
}

TEST_F(Accounts, a_third_session_ends_the_oldest) {
    std::vector<std::string> tokens;
    for (int i = 0; i < 3; ++i) {
        tokens.push_back(come_in()->token);
        house.clock().advance(31s);
    }
    EXPECT_FALSE(alive(tokens[0]));
    EXPECT_TRUE(alive(tokens[1]));
    EXPECT_TRUE(alive(tokens[2]));
}

TEST_F(Accounts, the_newest_session_lives_even_when_all_begin_in_one_millisecond) {
    house.office().demonstration = true;
    for (int i = 0; i < 12; ++i) EXPECT_TRUE(alive(sign_in_demonstration(house.office(), id)->token)) << i;
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL"));
}

TEST_F(Accounts, signing_out_and_disabling_end_sessions_at_once) {
    const auto first = come_in()->token;
    house.clock().advance(31s);
    const auto second = come_in()->token;
    sign_out(house.office(), first);
    EXPECT_FALSE(alive(first));
    EXPECT_TRUE(alive(second));
    house.write([&](Session& s) { return disable_account(house.office(), s, id, "admin"); });
    EXPECT_FALSE(alive(second));
    EXPECT_FALSE(house.viewer(id));
    house.clock().advance(31s);
    EXPECT_FALSE(come_in().ok());
}

TEST_F(Accounts, a_reset_ends_sessions_and_the_old_phrase) {
    const auto token = come_in()->token;
    const auto fresh = crypto::new_totp_secret();
    house.write([&](Session& s) {
        return reset_account(house.office(), s, id, "another quiet harbour evening", fresh, "admin");
    });
    EXPECT_FALSE(alive(token));
    house.clock().advance(31s);
    EXPECT_FALSE(come_in().ok());
    EXPECT_TRUE(sign_in(house.office(), "anna", "another quiet harbour evening",
                        crypto::totp_code(fresh, crypto::totp_step(house.clock().now())))
                    .ok());
}

TEST_F(Accounts, a_role_that_was_ended_is_gone_on_the_next_request) {
    const auto token = come_in()->token;
    EXPECT_TRUE(session_for(house.office(), token)->viewer.has(Permission::decide));
    house.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE role_grant SET ended_at = $1", house.clock().now());
        return base::done();
    });
    EXPECT_FALSE(session_for(house.office(), token)->viewer.has(Permission::decide));
}

TEST_F(Accounts, what_is_refused_says_why_and_makes_nothing) {
    const NewAccount good{"bert", "Bert Miller", "Officer", "WMP", "", {"practitioner"}, "", ""};
    auto refused = [&](auto change) {
        auto wanted = good;
        change(wanted);
        const auto made =
            house.db().write([&](Session& s) { return add_account(house.office(), s, wanted, "admin"); });
        EXPECT_FALSE(made.ok());
        EXPECT_TRUE(made.ok() || made.error().message.size() > 20);
    };
    refused([](NewAccount& a) { a.user_name = ""; });
    refused([](NewAccount& a) { a.user_name = "two words"; });
    refused([](NewAccount& a) { a.user_name = std::string(65, 'x'); });
    refused([](NewAccount& a) { a.user_name = "anna"; });
    refused([](NewAccount& a) { a.agency = "NONE"; });
    refused([](NewAccount& a) { a.roles = {}; });
    refused([](NewAccount& a) { a.roles = {"king"}; });
    refused([](NewAccount& a) { a.display_name = " "; });
    refused([](NewAccount& a) { a.password = "short"; });
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM user_account"));
    EXPECT_TRUE(house.db().write([&](Session& s) { return add_account(house.office(), s, good, "admin"); }).ok());
}

TEST_F(Accounts, the_one_click_sign_in_is_for_demonstrations_only) {
    EXPECT_FALSE(sign_in_demonstration(house.office(), id).ok());
    house.office().demonstration = true;
    EXPECT_TRUE(sign_in_demonstration(house.office(), id).ok());
    EXPECT_FALSE(sign_in_demonstration(house.office(), "nobody").ok());
}

TEST_F(Accounts, H_111_H_223_a_withdrawn_protocol_shows_on_the_next_request) {
    const auto token = come_in()->token;
    EXPECT_FALSE(session_for(house.office(), token)->viewer.protocol_in_force) << "nobody has signed yet";
    house.write([&](Session& s) {
        return sign_protocol(house.office(), s, "SMBC", "Director of Children's Services", id);
    });
    EXPECT_TRUE(session_for(house.office(), token)->viewer.protocol_in_force);
    EXPECT_TRUE(may(session_for(house.office(), token)->viewer, Permission::search_people).allowed);
    EXPECT_FALSE(
        house.db().write([&](Session& s) { return sign_protocol(house.office(), s, "SMBC", "Again", id); }).ok());
    house.write([&](Session& s) { return withdraw_protocol(house.office(), s, "SMBC", id); });
    EXPECT_FALSE(session_for(house.office(), token)->viewer.protocol_in_force);
    EXPECT_FALSE(may(session_for(house.office(), token)->viewer, Permission::search_people).allowed);
    EXPECT_FALSE(
        house.db().write([&](Session& s) { return withdraw_protocol(house.office(), s, "SMBC", id); }).ok());
    const auto states = house.db().read([&](Session& s) { return signature_states(house.office(), s); });
    ASSERT_EQ(house.scheme().agencies.size(), states.size());
    for (const auto& state : states)
        EXPECT_EQ(state.agency == "SMBC", state.withdrawn_at.has_value()) << state.agency;
}

TEST_F(Accounts, H_111_another_agencys_signature_helps_nobody) {
    house.write([&](Session& s) { return sign_protocol(house.office(), s, "WMP", "Chief Superintendent", id); });
    EXPECT_FALSE(house.viewer(id)->protocol_in_force);
    EXPECT_TRUE(house.worker("pat", "WMP", "practitioner").protocol_in_force);
}

TEST_F(Accounts, H_223_a_new_version_of_the_protocol_must_be_signed_anew) {
    house.write([&](Session& s) { return sign_protocol(house.office(), s, "SMBC", "Director", id); });
    EXPECT_TRUE(house.viewer(id)->protocol_in_force);
    house.scheme().protocols.front().version = "2018.1";
    EXPECT_FALSE(house.viewer(id)->protocol_in_force);
    house.scheme().protocols.clear();
    EXPECT_FALSE(house.viewer(id)->protocol_in_force);
    EXPECT_FALSE(
        house.db().write([&](Session& s) { return sign_protocol(house.office(), s, "WMP", "Chief", id); }).ok());
}

TEST_F(Accounts, references_run_within_series_and_year) {
    auto next = [&](const char* letter, int year) {
        return house.db()
            .write([&](Session& s) -> base::Result<std::string> {
                return next_reference(
                    s, letter, base::Date{std::chrono::year{year}, std::chrono::May, std::chrono::day{1}}, 4);
            })
            .value();
    };
    EXPECT_EQ("R-2018-0001", next("R", 2018));
    EXPECT_EQ("R-2018-0002", next("R", 2018));
    EXPECT_EQ("R-2019-0001", next("R", 2019));
    EXPECT_EQ("S-2018-0001", next("S", 2018));
    EXPECT_EQ("R-2018-0003", next("R", 2018));
}

TEST_F(Accounts, what_was_done_under_a_key_is_not_done_again) {
    house.write([&](Session& s) -> base::Result<> {
        EXPECT_FALSE(done_before(s, "k", id));
        remember_done(s, "k", id, house.clock().now(), "/referrals/1");
        EXPECT_EQ("/referrals/1", done_before(s, "k", id));
        EXPECT_FALSE(done_before(s, "k", "somebody else")) << "a key is its user's own";
        remember_done(s, "", id, house.clock().now(), "x");
        EXPECT_FALSE(done_before(s, "", id)) << "no key, no memory";
        return base::done();
    });
}

// SECURITY.md section 4, Hackney 2020: an account that nobody used for years was the way in.
TEST_F(Accounts, an_account_that_lies_idle_is_closed) {
    ASSERT_TRUE(come_in().ok());
    house.clock().advance(24h * 29);
    ASSERT_TRUE(come_in().ok()) << "29 days are not yet too many";
    house.clock().advance(24h * 30 + 1min);
    EXPECT_FALSE(come_in().ok());
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM user_account WHERE status = 'disabled'"));
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'disable' AND user_id = 'system' AND "
                              "detail = 'dormant'"));
    house.clock().advance(1min);
    EXPECT_FALSE(come_in().ok());
    // A new password opens it again, from that day on.
    house.write([&](Session& s) {
        return reset_account(house.office(), s, id, "another tumbling marble quartz", secret, "system");
    });
    house.clock().advance(1min);
    EXPECT_TRUE(sign_in(house.office(), "anna", "another tumbling marble quartz", code()).ok());
}

TEST_F(Accounts, what_lies_idle_is_closed_by_the_server_itself_and_nothing_else_is) {
    const auto boris = person("boris");
    house.clock().advance(24h * 20);
    const auto token = come_in("boris").value().token;
    EXPECT_EQ(0, close_dormant_accounts(house.office()));
    house.clock().advance(24h * 10 + 1min);
    house.office().demonstration = true;
    EXPECT_EQ(0, close_dormant_accounts(house.office())) << "nobody is invented away";
    house.office().demonstration = false;
    EXPECT_EQ(1, close_dormant_accounts(house.office()));
    EXPECT_FALSE(house.viewer(id));
    EXPECT_TRUE(house.viewer(boris)) << "used ten days ago";
    EXPECT_EQ(0, close_dormant_accounts(house.office())) << "once";
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'disable' AND user_id = 'system' AND "
                              "detail = 'dormant'"));
    // The scheme says how long.
    house.scheme().sign_in.dormant_days = 7;
    EXPECT_EQ(1, close_dormant_accounts(house.office()));
    EXPECT_FALSE(house.viewer(boris) || alive(token));
}

TEST_F(Accounts, one_s_own_password_is_changed_by_who_knows_the_old_one) {
    constexpr const char* kNew = "another tumbling marble quartz";
    const auto here = come_in().value().token;
    house.clock().advance(31s);
    const auto elsewhere = come_in().value().token;
    auto me = house.viewer(id).value();
    const auto change = [&](const std::string& old, const std::string& wanted) {
        return change_password(house.office(), me, here, old, wanted);
    };
    EXPECT_EQ(base::ErrorKind::refused, change("not the old one at all", kNew).error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, change(kPhrase, "short").error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, change(kPhrase, kPhrase).error().kind);
    EXPECT_EQ(base::ErrorKind::invalid, change(kPhrase, "password12345678").error().kind);
    EXPECT_TRUE(alive(elsewhere)) << "nothing has changed yet";
    must(change(kPhrase, kNew));
    EXPECT_TRUE(alive(here));
    EXPECT_FALSE(alive(elsewhere)) << "every other session ends";
    house.clock().advance(31s);
    EXPECT_FALSE(come_in().ok());
    house.clock().advance(10min);
    EXPECT_TRUE(sign_in(house.office(), "anna", kNew, code()).ok());
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'change-password' AND outcome = "
                              "'allowed'"));
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'change-password' AND outcome = "
                              "'denied'"));
    // Who comes in at their agency has none here.
    me.elsewhere = true;
    EXPECT_FALSE(change(kNew, kPhrase).ok());
}

TEST_F(Accounts, guesses_at_the_old_password_are_delayed_as_at_sign_in) {
    const auto me = house.viewer(id).value();
    const auto here = come_in().value().token;
    for (int i = 0; i < 4; ++i)
        EXPECT_FALSE(
            change_password(house.office(), me, here, "a wrong guess", "another marble quartz bell").ok());
    EXPECT_FALSE(change_password(house.office(), me, here, kPhrase, "another marble quartz bell").ok())
        << "the right one comes too early";
    house.clock().advance(10min);
    EXPECT_TRUE(change_password(house.office(), me, here, kPhrase, "another marble quartz bell").ok());
}

// ASVS 6.2.12.
TEST_F(Accounts, a_password_that_was_stolen_somewhere_is_not_taken) {
    const auto file = temporary.folder() + "/breached";
    const std::string stolen = "purple marble quartz ninepins";
    house.office().breached_passwords = file;
    const auto reset = [&] {
        return house.db().write(
            [&](Session& s) { return reset_account(house.office(), s, id, stolen, secret, "system"); });
    };
    EXPECT_EQ(base::ErrorKind::unavailable, reset().error().kind) << "a list that is gone lets nothing through";
    std::ofstream(file) << "0000000000000000000000000000000000000000:3\n"
                        << kStolenDigest << ":17\nFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:1\n";
    const auto refused = reset();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("stolen"), std::string::npos);
    EXPECT_FALSE(
        change_password(house.office(), house.viewer(id).value(), come_in().value().token, kPhrase, stolen).ok());
    house.office().breached_passwords.clear();
    EXPECT_TRUE(reset().ok());
}

TEST_F(Accounts, one_s_sessions_are_listed_and_each_can_be_ended) {
    const auto first = come_in().value().token;
    house.clock().advance(31s);
    const auto second = come_in().value().token;
    auto lines = house.db().read([&](Session& s) { return sessions_of(house.office(), s, id, second); });
    ASSERT_EQ(2u, lines.size());
    EXPECT_TRUE(lines[0].current);
    EXPECT_FALSE(lines[1].current);
    EXPECT_FALSE(alive(lines[1].id)) << "the name of a session opens none";
    const auto other = person("boris");
    EXPECT_FALSE(house.db()
                     .write([&](Session& s) { return end_session(house.office(), s, other, lines[1].id, other); })
                     .ok())
        << "not somebody else's";
    EXPECT_TRUE(alive(first));
    house.write([&](Session& s) { return end_session(house.office(), s, id, lines[1].id, id); });
    EXPECT_FALSE(alive(first));
    EXPECT_TRUE(alive(second));
    EXPECT_FALSE(
        house.db().write([&](Session& s) { return end_session(house.office(), s, id, lines[1].id, id); }).ok());
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'end-session'"));
    // Sessions that have run out are not among them.
    house.clock().advance(16min);
    EXPECT_TRUE(house.db().read([&](Session& s) { return sessions_of(house.office(), s, id, second); }).empty());
}

TEST_F(Accounts, stepping_up_takes_a_fresh_code_and_is_recorded) {
    const auto now = code();
    ASSERT_TRUE(sign_in(house.office(), "anna", kPhrase, now).ok());
    const auto viewer = house.viewer(id).value();
    EXPECT_FALSE(step_up(house.office(), viewer, now).ok()) << "the code that signed in";
    EXPECT_FALSE(step_up(house.office(), viewer, "").ok());
    house.clock().advance(10min);
    EXPECT_TRUE(step_up(house.office(), viewer, code()).ok());
    EXPECT_FALSE(step_up(house.office(), viewer, code()).ok()) << "once";
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'step-up' AND outcome = 'allowed'"));
    EXPECT_EQ(3, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'step-up' AND outcome = 'denied'"));
    const auto without = house.viewer(house.account("no_factor", "SMBC", {"front_door"})).value();
    EXPECT_FALSE(step_up(house.office(), without, "000000").ok());
}

}  // namespace
}  // namespace rowan::partnership
