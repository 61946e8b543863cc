// Looks in a file of their own: durable when they are acknowledged, in the log once, whatever comes between.
#include "partnership/look_file.h"

#include "database/companion.h"
#include "partnership/looks.h"
#include "support/looks.h"
#include "support/no_memory.h"
#include "support/office.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <thread>

namespace rowan::partnership {
namespace {

using database::Session;
using support::look;
using support::must;
using support::must_value;
using support::TemporaryDatabase;
using support::TestOffice;

class LookFileTest : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db()};
    const std::string path = temporary.folder() + "/looks.db";

    std::unique_ptr<LookFile> open() { return must_value(LookFile::open(path, house.db(), house.audit())); }
    // As a page does. False: refused.
    bool record(LookFile& file, std::vector<AuditEntry> looks) {
        house.office().look_file = &file;
        return support::recorded(LookBook(house.office()), std::move(looks));
    }
    bool record(LookFile& file, const std::string& subject) { return record(file, {look(subject)}); }
    std::map<std::string, int> in_log() { return support::subjects_in_log(house.db()); }
    std::vector<std::string> problems() { return problems(house.db()); }
    std::vector<std::string> problems(database::Database& log) {
        return log.read(
            [&](Session& s) { return verify_audit(s, house.keyring(), house.audit().log_id()).problems; });
    }
    void break_log() {
        house.write([](Session& s) -> base::Result<> {
            s.execute("ALTER TABLE audit_state RENAME TO elsewhere");
            return base::done();
        });
    }
    void mend_log() {
        house.write([](Session& s) -> base::Result<> {
            s.execute("ALTER TABLE elsewhere RENAME TO audit_state");
            return base::done();
        });
    }
};

TEST_F(LookFileTest, brings_looks_into_the_log_when_somebody_asks_for_it) {
    const auto file = open();
    house.clock().set(*base::parse_instant("2018-05-01T09:00:00.000Z"));
    ASSERT_TRUE(record(*file, "amina"));
    house.clock().set(*base::parse_instant("2018-05-01T09:00:30.000Z"));
    const auto seen = house.office().read_log([](Session& s) { return looks(s, {"amina"}, 10, INT64_MAX); });
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(base::to_iso(seen[0].at), "2018-05-01T09:00:00.000Z") << "when it was, not when it was brought in";
    EXPECT_EQ(seen[0].user_id, "user");
    EXPECT_EQ(seen[0].agency, "SMBC");
    EXPECT_EQ(seen[0].act, "look");
    EXPECT_EQ(seen[0].subject_kind, "person");
    EXPECT_EQ(seen[0].outcome, "allowed");
    EXPECT_EQ(seen[0].rule, "role");
    EXPECT_EQ(file->waiting(), 0);
    EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(LookFileTest, brings_looks_in_by_itself) {
    const auto file = open();
    ASSERT_TRUE(record(*file, "amina"));
    for (int i = 0; i < 500 && file->waiting() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"amina", 1}}));
}

TEST_F(LookFileTest, brings_looks_in_when_it_is_closed) {
    auto file = open();
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(record(*file, std::to_string(i)));
    file.reset();
    EXPECT_EQ(in_log().size(), 50u);
}

// SECURITY.md 6.10: what a kill leaves at each place, as copies of both files.
class LookFileKilled : public LookFileTest {
protected:
    const std::string folder = temporary.folder();

    void SetUp() override {
        auto file = open();
        ASSERT_TRUE(record(*file, "earlier"));
        file->bring_in();
        std::promise<void> go;
        auto held = house.db().queue_write([&](Session&) { go.get_future().wait(); });
        for (const auto* subject : {"amina", "brook", "cleo"}) ASSERT_TRUE(record(*file, subject));
        ASSERT_EQ(file->waiting(), 3);
        must(house.db().snapshot_to(folder + "/log-before.db"));
        must(file->database().snapshot_to(path + ".full"));
        go.set_value();
        held.get();
        file->bring_in();
        must(house.db().snapshot_to(folder + "/log-after.db"));
        file.reset();
        std::filesystem::rename(path + ".full", path);
    }
    // The next two starts on this log and the file that still holds the looks.
    std::map<std::string, int> after_starts(const std::string& log, database::Sql before = "SELECT 1") {
        const auto db = must_value(database::Database::open("sqlite:" + folder + log));
        must(db->write([&](Session& s) -> base::Result<> {
            s.query(before);
            return base::done();
        }));
        for (int start = 0; start < 2; ++start) {
            const auto file = must_value(LookFile::open(path, *db, house.audit()));
            EXPECT_EQ(file->waiting(), 0);
            EXPECT_TRUE(file->sound());
        }
        EXPECT_EQ(problems(*db), std::vector<std::string>{});
        return support::subjects_in_log(*db);
    }
};
const std::map<std::string, int> kEachOnce{{"earlier", 1}, {"amina", 1}, {"brook", 1}, {"cleo", 1}};

TEST_F(LookFileKilled, before_looks_were_brought_in) { EXPECT_EQ(after_starts("/log-before.db"), kEachOnce); }

TEST_F(LookFileKilled, when_they_were_and_the_file_still_holds_them) {
    EXPECT_EQ(after_starts("/log-after.db"), kEachOnce);
}

TEST_F(LookFileKilled, only_the_number_in_the_log_keeps_them_from_being_there_twice) {
    const auto doubled = after_starts("/log-after.db", "DELETE FROM look_file");
    EXPECT_EQ(doubled.at("amina"), 2) << "the test before this one would not notice";
}

TEST_F(LookFileTest, nobody_is_answered_while_looks_cannot_be_brought_in) {
    const auto file = open();
    break_log();
    ASSERT_TRUE(record(*file, "before it was known"));
    EXPECT_THROW(file->bring_in(), std::exception);
    EXPECT_FALSE(file->sound());
    EXPECT_FALSE(record(*file, "refused"));
    mend_log();
    for (int i = 0; i < 500 && !file->sound(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_TRUE(record(*file, "after"));
    file->bring_in();
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"before it was known", 1}, {"after", 1}}));
    EXPECT_EQ(problems(), std::vector<std::string>{});
}

// What passes by itself: each look is durable, and it is answered.
TEST_F(LookFileTest, looks_wait_while_there_is_no_room_for_the_log) {
    const auto file = open();
    const auto room = [&](database::Sql pages) {
        house.write([&](Session& s) -> base::Result<> {
            s.query(pages);
            return base::done();
        });
    };
    room("PRAGMA max_page_count = 1");  // as many as there are
    ASSERT_TRUE(record(*file, std::vector(2000, look("amina"))));
    EXPECT_THROW(file->bring_in(), database::DatabaseError);
    EXPECT_FALSE(file->sound()) << "whoever watches over it is told";
    EXPECT_TRUE(record(*file, "brook"));
    EXPECT_EQ(in_log().size(), 0u);
    room("PRAGMA max_page_count = 1000000");
    file->bring_in();
    EXPECT_TRUE(file->sound());
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"amina", 2000}, {"brook", 1}}));
}

TEST_F(LookFileTest, looks_wait_while_there_is_no_memory) {
    const auto file = open();
    ASSERT_TRUE(record(*file, std::vector(2000, look("amina"))));
    {
        const support::NoMemory now;
        EXPECT_THROW(file->bring_in(), database::DatabaseError);
    }
    EXPECT_FALSE(file->sound());
    EXPECT_TRUE(record(*file, "brook")) << "whoever comes next is answered";
    file->bring_in();
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"amina", 2000}, {"brook", 1}}));
}

// Who checks a log that cannot be gone on with must be able to open it.
TEST_F(LookFileTest, opens_beside_a_log_that_cannot_be_written) {
    {
        const auto file = open();
        break_log();
        ASSERT_TRUE(record(*file, "waits"));
    }
    {
        const auto file = open();
        EXPECT_FALSE(file->sound());
        EXPECT_EQ(file->waiting(), 1);
    }
    mend_log();
    const auto file = open();
    EXPECT_TRUE(file->sound());
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"waits", 1}}));
}

TEST_F(LookFileTest, a_write_that_was_given_back_leaves_nothing_to_wait_for) {
    const auto file = open();
    EXPECT_FALSE(record(*file, "\xff"));
    ASSERT_TRUE(record(*file, "amina"));
    file->bring_in();
    EXPECT_EQ(file->waiting(), 0);
    EXPECT_FALSE(record(*file, "\xff"));
    file->bring_in();
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"amina", 1}}));
}

TEST_F(LookFileTest, more_than_one_transaction_holds_are_brought_in_together) {
    const auto file = open();
    ASSERT_TRUE(record(*file, std::vector(5000, look("amina"))));
    file->bring_in();
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"amina", 5000}}));
    EXPECT_EQ(problems(), std::vector<std::string>{});
}

// Counted while they wait, while they are brought in and after: never less, never twice.
TEST_F(LookFileTest, S_053_signposts_are_counted_once_wherever_they_stand) {
    const auto file = open();
    const auto since = house.clock().now() - std::chrono::hours{1};
    auto signpost = look("amina");
    signpost.detail = "signpost";
    auto theirs = signpost, ordinary = look("amina");
    theirs.user_id = "somebody else";
    const auto spent = [&] { return signposts_since(house.office(), "user", since); };
    std::atomic<bool> enough = false;
    std::thread carrying([&] {
        while (!enough) file->bring_in();
    });
    for (std::int64_t n = 1; n <= 200; ++n) {
        for (const auto& entry : {signpost, theirs, ordinary}) ASSERT_TRUE(record(*file, {entry}));
        for (int again = 0; again < 3; ++again) EXPECT_EQ(spent(), n);
    }
    enough = true;
    carrying.join();
    std::promise<void> go;
    auto held = house.db().queue_write([&](Session&) { go.get_future().wait(); });
    ASSERT_TRUE(record(*file, {signpost}));
    EXPECT_EQ(spent(), 201) << "while the log is being written to, nobody waits";
    go.set_value();
    held.get();
    house.clock().advance(std::chrono::hours{2});
    EXPECT_EQ(signposts_since(house.office(), "user", house.clock().now() - std::chrono::hours{1}), 0);
}

// A tool that is used while the server runs brings in what waits as well.
TEST_F(LookFileTest, two_programs_bring_each_look_in_once) {
    const auto server = open();
    for (int round = 0; round < 20; ++round) {
        ASSERT_TRUE(record(*server, "amina"));
        std::thread tool([&] { open()->bring_in(); });
        server->bring_in();
        tool.join();
    }
    EXPECT_EQ(in_log(), (std::map<std::string, int>{{"amina", 20}}));
    EXPECT_EQ(problems(), std::vector<std::string>{});
}

// A write's companion (database/companion.h) belongs to the form's own write, which comes after.
TEST_F(LookFileTest, asking_for_the_log_in_a_form_leaves_its_companion_alone) {
    const auto file = open();
    ASSERT_TRUE(record(*file, "amina"));
    bool with_own = false, own = false;
    const database::Companion companion([&](Session&) { with_own = own; });
    file->bring_in();
    house.write([&](Session&) -> base::Result<> {
        own = true;
        return base::done();
    });
    EXPECT_TRUE(with_own);
}

TEST_F(LookFileTest, of_another_partnership_is_refused) {
    open();
    const AuditLog other(house.keyring(), house.clock(), "another log");
    const auto refused = LookFile::open(path, house.db(), other);
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("another partnership"), std::string::npos) << refused.error().message;
}

TEST_F(LookFileTest, that_is_damaged_is_named) {
    std::ofstream(path) << std::string(8192, 'x');
    const auto refused = LookFile::open(path, house.db(), house.audit());
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("looks.db, which keeps looks until they stand in the log, is damaged."),
              std::string::npos)
        << refused.error().message;
}

}  // namespace
}  // namespace rowan::partnership
