// The audit trail: what is appended verifies, and no change to it goes unseen.
#include "support/office.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <random>

namespace rowan::partnership {
namespace {

using database::Blob;
using database::Session;
using support::TemporaryDatabase;
using support::TestOffice;

AuditEntry entry(int n) {
    AuditEntry e;
    e.user_id = "user" + std::to_string(n % 3);
    e.agency = n % 2 ? "SMBC" : "WMP";
    e.act = "look";
    e.subject_kind = "person";
    e.subject_id = "subject" + std::to_string(n);
    e.outcome = "allowed";
    e.rule = "front-door";
    e.detail = "results=" + std::to_string(n);
    return e;
}

class Audit : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db()};

    void fill(int entries, int head_every = 0) {
        for (int i = 0; i < entries; ++i)
            house.write([&](Session& s) -> base::Result<> {
                house.audit().append(s, entry(i));
                if (head_every && (i + 1) % head_every == 0) house.audit().sign_head(s);
                return base::done();
            });
    }
    AuditReport verify(std::vector<std::pair<std::int64_t, std::string>> witness = {}) {
        return house.db().read(
            [&](Session& s) { return verify_audit(s, house.keyring(), house.audit().log_id(), witness); });
    }
    bool whole() { return verify().problems.empty(); }
    void change(database::Sql sql) {
        house.write([&](Session& s) -> base::Result<> {
            EXPECT_GT(s.execute(sql), 0);
            return base::done();
        });
    }
};

TEST_F(Audit, an_empty_and_an_untouched_log_verify) {
    EXPECT_TRUE(whole());
    fill(20, 7);
    const auto report = verify();
    EXPECT_TRUE(report.problems.empty());
    EXPECT_EQ(20, report.entries);
    EXPECT_EQ(2, report.heads);
}

TEST_F(Audit, every_column_is_guarded) {
    fill(6, 6);
    const database::Sql changes[] = {"UPDATE audit_entry SET at = at + 1 WHERE seq = 3",
                                     "UPDATE audit_entry SET user_id = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET agency = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET act = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET subject_kind = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET subject_id = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET outcome = 'denied' WHERE seq = 3",
                                     "UPDATE audit_entry SET rule = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET detail = 'x' WHERE seq = 3",
                                     "UPDATE audit_entry SET canonical = zeroblob(9) WHERE seq = 3",
                                     "UPDATE audit_entry SET leaf = zeroblob(32) WHERE seq = 3",
                                     "UPDATE audit_entry SET seq = 99 WHERE seq = 3",
                                     "UPDATE audit_state SET size = size + 1",
                                     "UPDATE audit_state SET frontier = zeroblob(3)",
                                     "DELETE FROM audit_state",
                                     "UPDATE audit_head SET root = zeroblob(32)",
                                     "UPDATE audit_head SET at = at + 1",
                                     "UPDATE audit_head SET signature = zeroblob(64)",
                                     "UPDATE audit_head SET size = 5"};
    for (const auto& change : changes) {
        struct Undo {};
        bool found = false;
        try {
            (void)house.db().write([&](Session& s) -> base::Result<> {
                EXPECT_EQ(1, s.execute(change)) << change.text();
                found = !verify_audit(s, house.keyring(), house.audit().log_id()).problems.empty();
                throw Undo{};
            });
        } catch (const Undo&) {
        }
        EXPECT_TRUE(found) << change.text();
    }
    EXPECT_TRUE(whole()) << "the changes were taken back";
}

TEST_F(Audit, a_deletion_at_any_place_is_seen) {
    fill(9);
    for (const int at : {0, 4, 8}) {
        struct Undo {};
        bool found = false;
        try {
            (void)house.db().write([&](Session& s) -> base::Result<> {
                s.execute("DELETE FROM audit_entry WHERE seq = $1", at);
                found = !verify_audit(s, house.keyring(), house.audit().log_id()).problems.empty();
                throw Undo{};
            });
        } catch (const Undo&) {
        }
        EXPECT_TRUE(found) << at;
    }
}

TEST_F(Audit, a_swap_is_seen) {
    fill(5);
    change("UPDATE audit_entry SET seq = CASE seq WHEN 1 THEN -1 ELSE -2 END WHERE seq IN (1, 2)");
    change("UPDATE audit_entry SET seq = CASE seq WHEN -1 THEN 2 ELSE 1 END WHERE seq < 0");
    EXPECT_FALSE(whole());
}

// Somebody who can write the database and knows the format, but has no keys.
TEST_F(Audit, a_cut_that_mends_the_state_is_seen_by_a_signed_head) {
    fill(12, 12);
    house.write([&](Session& s) -> base::Result<> {
        s.execute("DELETE FROM audit_entry WHERE seq >= 8");
        crypto::Frontier frontier;
        for (const auto& row : s.query("SELECT canonical FROM audit_entry ORDER BY seq"))
            frontier.append(crypto::leaf_hash(row.blob(0)));
        s.execute("UPDATE audit_state SET size = 8, frontier = $1", Blob{frontier.serialise()});
        return base::done();
    });
    EXPECT_FALSE(whole());
}

// Somebody who has even the server's keys rewrites everything, heads included: only a head kept elsewhere tells.
TEST_F(Audit, a_whole_rewrite_and_a_rollback_are_caught_by_a_witness) {
    fill(10, 5);
    const auto before = verify();
    const std::vector<std::pair<std::int64_t, std::string>> witness{{10, before.root_hex}};
    EXPECT_TRUE(verify(witness).problems.empty());
    change("DELETE FROM audit_entry");
    change("DELETE FROM audit_head");
    change("DELETE FROM audit_state");
    EXPECT_TRUE(whole()) << "an empty log is whole in itself";
    EXPECT_FALSE(verify(witness).problems.empty()) << "rolled back";
    fill(12, 4);
    house.clock().advance(std::chrono::hours(1));
    EXPECT_TRUE(whole()) << "at the same instant the same entries give the same log";
    EXPECT_TRUE(verify(witness).problems.empty());
    change("DELETE FROM audit_entry");
    change("DELETE FROM audit_head");
    change("DELETE FROM audit_state");
    fill(12, 4);
    EXPECT_TRUE(whole()) << "a perfect forgery";
    EXPECT_FALSE(verify(witness).problems.empty()) << "another history";
}

TEST_F(Audit, another_partnerships_keyring_does_not_verify_it) {
    fill(3, 3);
    const auto other = crypto::Keyring::create(house.clock().now());
    EXPECT_FALSE(house.db()
                     .read([&](Session& s) { return verify_audit(s, other, house.audit().log_id()); })
                     .problems.empty());
}

// SECURITY.md goal 8: what a database administrator could do in one statement, ten thousand times at random.
TEST_F(Audit, ten_thousand_random_changes_are_all_seen) {
    fill(16, 8);
    std::mt19937 random(7);
    auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    int tried = 0;
    for (int round = 0; round < 10'000; ++round) {
        struct Undo {};
        bool changed = false, found = false;
        std::string what;
        try {
            (void)house.db().write([&](Session& s) -> base::Result<> {
                const auto seq = static_cast<std::int64_t>(pick(16));
                auto flip = [&](std::string bytes) {
                    bytes[pick(bytes.size())] ^= static_cast<char>(1 << pick(8));
                    return Blob{bytes};
                };
                const auto row = s.one("SELECT canonical, leaf FROM audit_entry WHERE seq = $1", seq);
                const auto other = static_cast<std::int64_t>((static_cast<std::size_t>(seq) + 1 + pick(15)) % 16);
                switch (pick(13)) {
                    case 0:
                        s.execute("UPDATE audit_entry SET canonical = $1 WHERE seq = $2", flip(row->blob(0)), seq);
                        what = "canonical";
                        break;
                    case 1:
                        s.execute("UPDATE audit_entry SET leaf = $1 WHERE seq = $2", flip(row->blob(1)), seq);
                        what = "leaf";
                        break;
                    case 2: {  // a careful forger mends the leaf too
                        const auto bytes = flip(row->blob(0));
                        s.execute("UPDATE audit_entry SET canonical = $1, leaf = $2 WHERE seq = $3", bytes,
                                  Blob{std::string(crypto::bytes_of(crypto::leaf_hash(bytes.bytes)))}, seq);
                        what = "canonical and leaf";
                        break;
                    }
                    case 3: {
                        const auto head = s.one("SELECT signature FROM audit_head WHERE size = 8");
                        s.execute("UPDATE audit_head SET signature = $1 WHERE size = 8", flip(head->blob(0)));
                        what = "signature";
                        break;
                    }
                    case 4:
                        s.execute("DELETE FROM audit_entry WHERE seq = $1", seq);
                        what = "deleted";
                        break;
                    case 5:
                        s.execute("DELETE FROM audit_entry WHERE seq >= $1", seq);
                        what = "cut";
                        break;
                    case 6:
                        s.execute("UPDATE audit_entry SET seq = -1 WHERE seq = $1", seq);
                        s.execute("UPDATE audit_entry SET seq = $1 WHERE seq = $2", seq, other);
                        s.execute("UPDATE audit_entry SET seq = $1 WHERE seq = -1", other);
                        what = "swapped";
                        break;
                    case 7:
                        s.execute(
                            "INSERT INTO audit_entry (seq, at, user_id, agency, act, subject_kind, subject_id, "
                            "outcome, rule, detail, canonical, leaf) SELECT 16, at, user_id, agency, act, "
                            "subject_kind, subject_id, outcome, rule, detail, canonical, leaf FROM audit_entry "
                            "WHERE seq = $1",
                            seq);
                        what = "doubled";
                        break;
                    case 8:
                        s.execute("UPDATE audit_entry SET user_id = user_id || 'x' WHERE seq = $1", seq);
                        what = "who";
                        break;
                    case 9:
                        s.execute("UPDATE audit_entry SET at = at + $1 WHERE seq = $2",
                                  static_cast<std::int64_t>(1 + pick(100'000)), seq);
                        what = "when";
                        break;
                    case 10:
                        s.execute(
                            "UPDATE audit_entry SET outcome = 'denied', subject_id = 'nobody' WHERE seq = $1",
                            seq);
                        what = "about whom";
                        break;
                    case 11:
                        s.execute("UPDATE audit_state SET size = size + $1",
                                  static_cast<std::int64_t>(1 + pick(9)));
                        what = "count";
                        break;
                    default: {
                        const auto head = s.one("SELECT root FROM audit_head WHERE size = 16");
                        s.execute("UPDATE audit_head SET root = $1 WHERE size = 16", flip(head->blob(0)));
                        what = "root";
                    }
                }
                changed = true;
                found = !verify_audit(s, house.keyring(), house.audit().log_id()).problems.empty();
                throw Undo{};
            });
        } catch (const Undo&) {
        }
        ASSERT_TRUE(changed);
        ASSERT_TRUE(found) << "round " << round << ": " << what;
        ++tried;
    }
    EXPECT_EQ(10'000, tried);
    EXPECT_TRUE(whole());
}

TEST_F(Audit, heads_are_signed_when_the_log_has_grown_or_a_minute_has_passed) {
    auto append_and_ask = [&](int n) {
        house.write([&](Session& s) -> base::Result<> {
            house.audit().append(s, entry(n));
            house.audit().sign_head_if_due(s, 4);
            return base::done();
        });
    };
    append_and_ask(0);
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_head")) << "the first entry is signed at once";
    for (int i = 1; i < 4; ++i) append_and_ask(i);
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_head"));
    append_and_ask(4);
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_head"));
    house.clock().advance(std::chrono::seconds(59));
    append_and_ask(5);
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_head"));
    house.clock().advance(std::chrono::seconds(1));
    append_and_ask(6);
    EXPECT_EQ(3, house.number("SELECT COUNT(*) FROM audit_head"));
    EXPECT_TRUE(whole());
}

TEST_F(Audit, nothing_is_appended_to_a_damaged_state) {
    fill(3);
    change("UPDATE audit_state SET frontier = zeroblob(5)");
    EXPECT_THROW(fill(1), std::runtime_error);
    EXPECT_EQ(3, house.number("SELECT COUNT(*) FROM audit_entry"));
}

TEST_F(Audit, a_search_is_kept_as_a_keyed_digest) {
    const auto digest = house.audit().digest("Amina Rahman");
    EXPECT_EQ(16u, digest.size());
    EXPECT_EQ(digest, house.audit().digest("Amina Rahman"));
    EXPECT_NE(digest, house.audit().digest("Amina Rahmann"));
    TemporaryDatabase elsewhere;
    TestOffice other(elsewhere.db());
    EXPECT_NE(digest, other.audit().digest("Amina Rahman")) << "another partnership's key";
}

TEST(AuditCanonical, every_entry_reads_back_as_it_was) {
    EXPECT_TRUE(rc::check([](std::vector<std::string> texts, std::int64_t seq, std::uint32_t ms) {
        texts.resize(8);
        AuditEntry e;
        e.seq = seq;
        e.at = base::from_millis(ms);
        std::string* fields[] = {&e.user_id,    &e.agency,  &e.act,  &e.subject_kind,
                                 &e.subject_id, &e.outcome, &e.rule, &e.detail};
        for (std::size_t i = 0; i < 8; ++i) *fields[i] = texts[i];
        const auto bytes = canonical(e);
        const auto read = parse_canonical(bytes);
        RC_ASSERT(read.has_value());
        RC_ASSERT(canonical(*read) == bytes);
        RC_ASSERT(read->seq == seq && read->user_id == texts[0] && read->detail == texts[7]);
    }));
}

TEST(AuditCanonical, no_two_entries_share_their_bytes_and_nothing_else_is_read) {
    AuditEntry a, b;
    a.user_id = "ab";
    b.user_id = "a";
    b.agency = "b";
    EXPECT_NE(canonical(a), canonical(b));
    const auto bytes = canonical(a);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        EXPECT_FALSE(parse_canonical(std::string_view(bytes).substr(0, cut))) << cut;
    EXPECT_FALSE(parse_canonical(bytes + "x"));
    EXPECT_FALSE(parse_canonical("\2" + bytes.substr(1)));
}

}  // namespace
}  // namespace rowan::partnership
