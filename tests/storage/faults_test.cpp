// What happens when the machine below fails: a full disk, a failing fsync, a lost server, a silent standby.
#include "database/migrations.h"
#include "storage/cluster.h"
#include "storage/fixture.h"
#include "support/no_memory.h"

#include <gmock/gmock.h>

#include <sqlite3.h>
#include <arpa/inet.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

namespace rowan::storage {
namespace {

using base::Result;
using database::Blob;
using database::Database;
using database::OpenOptions;
using database::Session;

Result<> make_table(Database& db) {
    return db.write([](Session& s) -> Result<> {
        if (s.dialect() == database::Dialect::sqlite)
            s.execute("CREATE TABLE thing (n INTEGER PRIMARY KEY, seal BLOB) STRICT");
        else
            s.execute("CREATE TABLE thing (n BIGINT PRIMARY KEY, seal BYTEA)");
        return base::done();
    });
}

Result<> put(Database& db, int n, std::size_t bytes = 10) {
    return db.write([&](Session& s) -> Result<> {
        s.execute("INSERT INTO thing (n, seal) VALUES ($1, $2)", n, Blob{std::string(bytes, 'x')});
        return base::done();
    });
}

std::int64_t rows(Database& db) {
    return db.read([](Session& s) { return s.one("SELECT count(*) FROM thing")->integer(0); });
}

std::unique_ptr<Database> open_new(const std::string& file) {
    OpenOptions options;
    options.create = true;
    auto db = Database::open("sqlite:" + file, options);
    if (!db) throw std::runtime_error(db.error().message);
    return std::move(db).value();
}

std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Folder {
public:
    Folder() : path_((std::filesystem::temp_directory_path() / "rowan-fault-XXXXXX").string()) {
        if (!::mkdtemp(path_.data())) throw std::runtime_error("cannot make a temporary folder");
    }
    ~Folder() {
        if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    // A disk of 3 MB; false when this user may not mount.
    bool make_small() { return mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=3m") == 0; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
    bool mounted_ = false;
};

// --- SQLite ----------------------------------------------------------------------------------------------------

void fill_and_recover(Database& db, const std::function<void()>& make_room) {
    ASSERT_TRUE(make_table(db).ok());
    int n = 0;
    auto last = base::done();
    while (n < 1000 && (last = put(db, n, 50'000)).ok()) ++n;
    ASSERT_FALSE(last.ok()) << "the disk was never full";
    EXPECT_EQ(last.error().message, "We could not save: the disk is full. Nothing was changed.");
    EXPECT_EQ(last.error().kind, base::ErrorKind::unavailable);
    EXPECT_EQ(rows(db), n) << "reads go on, and see what was acknowledged";
    EXPECT_TRUE(db.healthy());
    make_room();
    EXPECT_TRUE(put(db, n).ok()) << "no restart is needed once there is room";
    EXPECT_EQ(rows(db), n + 1);
    EXPECT_THAT(db.integrity_problems(), ::testing::IsEmpty());
}

TEST(FullDisk, is_one_clear_error_and_passes_when_there_is_room) {
    Folder folder;
    if (!folder.make_small()) GTEST_SKIP() << "skipped: mounting needs root; the next test fills the file instead";
    std::ofstream(folder / "ballast") << std::string(1 << 20, 'x');
    const auto db = open_new(folder / "rowan.db");
    fill_and_recover(*db, [&] { std::filesystem::remove(folder / "ballast"); });
}

TEST(FullDisk, of_the_file_itself_is_the_same_error) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    const auto limit = [&](database::Sql sql) {
        ASSERT_TRUE(db->write([&](Session& s) -> Result<> {
                          s.query(sql);
                          return base::done();
                      }).ok());
    };
    limit("PRAGMA max_page_count = 200");
    fill_and_recover(*db, [&] { limit("PRAGMA max_page_count = 100000"); });
}

TEST(FullDisk, takes_no_neighbour_with_it_that_was_acknowledged) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    ASSERT_TRUE(make_table(*db).ok());
    (void)db->write([](Session& s) -> Result<> {
        s.query("PRAGMA max_page_count = 100");
        return base::done();
    });
    std::vector<std::future<void>> group;
    for (int i = 0; i < 40; ++i)
        group.push_back(db->queue_write([i](Session& s) {
            s.execute("INSERT INTO thing (n, seal) VALUES ($1, $2)", i,
                      Blob{std::string(i % 3 ? 100 : 40'000, 'x')});
        }));
    int acknowledged = 0, refused = 0;
    for (auto& one : group) {
        try {
            one.get();
            ++acknowledged;
        } catch (const database::DatabaseError& e) {
            EXPECT_EQ(e.kind(), database::DatabaseError::Kind::full);
            ++refused;
        }
    }
    EXPECT_GT(refused, 0);
    EXPECT_EQ(rows(*db), acknowledged);
}

TEST(NoMemory, is_one_clear_error_and_passes) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    ASSERT_TRUE(make_table(*db).ok());
    const auto refused = [&] {
        const support::NoMemory now;
        return put(*db, 1);
    }();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().message, "The database is busy. Nothing was changed; please try again in a moment.");
    EXPECT_EQ(refused.error().kind, base::ErrorKind::unavailable);
    EXPECT_TRUE(db->healthy());
    EXPECT_TRUE(put(*db, 1).ok()) << "no restart is needed once there is memory";
    EXPECT_EQ(rows(*db), 1);
}

TEST(NoMemory, to_roll_back_either_holds_up_no_later_write) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    ASSERT_TRUE(make_table(*db).ok());
    std::optional<support::NoMemory> now;
    const auto refused = db->write([&](Session& s) -> Result<> {
        s.execute("INSERT INTO thing (n) VALUES (1)");
        now.emplace();
        return base::refused("no");
    });
    now.reset();
    EXPECT_FALSE(refused.ok());
    const auto next = put(*db, 1);
    EXPECT_TRUE(next.ok()) << next.error().message;
    EXPECT_EQ(rows(*db), 1);
}

// A file system below SQLite whose fsync fails on demand.
namespace shim {
std::atomic<bool> failing = false, failing_checkpoints = false, holding_checkpoints = false, held = false;
sqlite3_vfs below, vfs;
sqlite3_io_methods database_methods, log_methods;  // they lock differently
int (*real_sync)(sqlite3_file*, int) = nullptr;

int sync(sqlite3_file* file, int flags) {
    const bool checkpoint = file->pMethods == &database_methods;
    for (int i = 0; checkpoint && holding_checkpoints && i < 1000; ++i) {  // ten seconds at most
        held = true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    if (checkpoint) held = false;
    const bool fails = failing || (failing_checkpoints && checkpoint);
    return fails ? SQLITE_IOERR_FSYNC : real_sync(file, flags);
}
int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    const int rc = below.xOpen(&below, name, file, flags, out);
    if (rc == SQLITE_OK && file->pMethods && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB))) {
        static std::mutex one_at_a_time;
        const std::lock_guard lock(one_at_a_time);
        auto& methods = flags & SQLITE_OPEN_WAL ? log_methods : database_methods;
        if (methods.xSync != sync) {
            methods = *file->pMethods;
            real_sync = methods.xSync;
            methods.xSync = sync;
        }
        file->pMethods = &methods;
    }
    return rc;
}
}  // namespace shim

struct FailingDisk : ::testing::Test {
    FailingDisk() {
        const auto* original = sqlite3_vfs_find(nullptr);
        shim::below = *original;
        shim::vfs = *original;
        shim::vfs.zName = "failing";
        shim::vfs.xOpen = shim::open;
        sqlite3_vfs_register(&shim::vfs, 1);
    }
    ~FailingDisk() override { sqlite3_vfs_unregister(&shim::vfs); }
};

TEST_F(FailingDisk, in_a_checkpoint_stops_all_writing_and_loses_nothing) {
    const Folder folder;
    int acknowledged = 0;
    {
        const auto db = open_new(folder / "rowan.db");
        ASSERT_TRUE(make_table(*db).ok());
        shim::failing_checkpoints = true;
        while (acknowledged < 1000 && put(*db, acknowledged, 50'000).ok()) ++acknowledged;
        EXPECT_FALSE(db->healthy());
        shim::failing_checkpoints = false;
        EXPECT_FALSE(put(*db, 5000).ok()) << "the next checkpoint would succeed without the pages";
    }
    EXPECT_GT(acknowledged, 100);
    EXPECT_LT(acknowledged, 1000) << "the checkpoint that failed was passed over";
    const auto restarted = open_new(folder / "rowan.db");
    EXPECT_GE(rows(*restarted), acknowledged);
    EXPECT_LE(rows(*restarted), acknowledged + 1);
    EXPECT_THAT(restarted->integrity_problems(), ::testing::IsEmpty());
}

TEST_F(FailingDisk, keeps_no_commit_waiting_with_a_slow_checkpoint) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    ASSERT_TRUE(make_table(*db).ok());
    int written = 0;
    shim::held = false;
    shim::holding_checkpoints = true;
    while (written < 300 && !shim::held) ASSERT_TRUE(put(*db, written++, 200'000).ok());
    ASSERT_LT(written, 300) << "no checkpoint began";
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(put(*db, written++, 200'000).ok());
    EXPECT_TRUE(shim::held) << "they are acknowledged while it is under way";
    shim::holding_checkpoints = false;
    for (int i = 0; i < 400; ++i) ASSERT_TRUE(put(*db, written++, 200'000).ok());
    EXPECT_EQ(rows(*db), written);
    EXPECT_LT(std::filesystem::file_size(folder / "rowan.db-wal"), 50'000'000u)
        << "the log begins anew in between";
    EXPECT_GT(std::filesystem::file_size(folder / "rowan.db"), 50'000'000u);
}

TEST_F(FailingDisk, stops_all_writing_until_a_restart) {
    const Folder folder;
    {
        const auto db = open_new(folder / "rowan.db");
        ASSERT_TRUE(make_table(*db).ok());
        ASSERT_TRUE(put(*db, 1).ok());
        shim::failing = true;
        const auto failed = put(*db, 2);
        shim::failing = false;
        ASSERT_FALSE(failed.ok());
        EXPECT_THAT(failed.error().message, ::testing::HasSubstr("the disk reported an error"));
        EXPECT_FALSE(db->healthy());
        EXPECT_FALSE(put(*db, 3).ok()) << "never again as if the fsync had worked";
        EXPECT_GE(rows(*db), 1);
    }
    const auto restarted = open_new(folder / "rowan.db");
    EXPECT_TRUE(restarted->healthy());
    EXPECT_TRUE(put(*restarted, 4).ok());
    EXPECT_EQ(
        restarted->read([](Session& s) { return s.one("SELECT count(*) FROM thing WHERE n = 3")->integer(0); }),
        0);
}

TEST(Sqlite, is_set_up_as_measured) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    struct stat status{};
    ASSERT_EQ(::stat((folder / "rowan.db").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << "nobody else may read it";
    const auto settings = [](Session& s) -> Result<std::vector<std::int64_t>> {
        EXPECT_EQ(s.one("PRAGMA journal_mode")->text(0), "wal");
        return std::vector{s.one("PRAGMA synchronous")->integer(0), s.one("PRAGMA foreign_keys")->integer(0),
                           s.one("PRAGMA secure_delete")->integer(0), s.one("PRAGMA trusted_schema")->integer(0),
                           s.one("PRAGMA query_only")->integer(0)};
    };
    EXPECT_THAT(*db->write(settings), ::testing::ElementsAre(2, 1, 1, 0, 0));
    EXPECT_THAT(*db->read(settings), ::testing::ElementsAre(2, 1, 1, 0, 1));
    EXPECT_THROW(db->read([](Session& s) { s.query("SELECT \"no such column\""); }), std::logic_error)
        << "a doubly quoted word is no text";
}

TEST(Sqlite, is_not_made_by_accident) {
    const Folder folder;
    const auto db = Database::open("sqlite:" + (folder / "rowan.db"));
    ASSERT_FALSE(db.ok());
    EXPECT_EQ(db.error().kind, base::ErrorKind::not_found);
    EXPECT_FALSE(std::filesystem::exists(folder / "rowan.db"));
    EXPECT_FALSE(std::filesystem::exists(folder / "rowan.db.lock"));
    EXPECT_FALSE(Database::open("sqlite:/nowhere/at/all/rowan.db", {.create = true}).ok());
}

TEST(Sqlite, copies_itself_while_it_is_written_to) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    ASSERT_TRUE(make_table(*db).ok());
    std::atomic<int> acknowledged = 0;
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        while (!stop)
            if (put(*db, acknowledged + 1, 500).ok()) ++acknowledged;
    });
    while (acknowledged < 50) std::this_thread::yield();
    const int before = acknowledged;
    const auto copied = db->snapshot_to(folder / "copy.db");
    const int after = acknowledged;
    stop = true;
    writer.join();
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_FALSE(std::filesystem::exists(folder / "copy.db.part"));
    EXPECT_FALSE(std::filesystem::exists(folder / "copy.db-wal")) << "the copy is one file";
    EXPECT_FALSE(db->snapshot_to(folder / "copy.db").ok()) << "it overwrites nothing";
    const auto copy = open_new(folder / "copy.db");
    EXPECT_THAT(copy->integrity_problems(), ::testing::IsEmpty());
    EXPECT_GE(rows(*copy), before);
    EXPECT_LE(rows(*copy), after + 1);
    EXPECT_EQ(copy->read([](Session& s) { return s.one("SELECT max(n) FROM thing")->integer(0); }), rows(*copy));
}

TEST(Sqlite, forgets_deleted_bytes_for_good) {
    const Folder folder;
    const auto db = open_new(folder / "rowan.db");
    ASSERT_TRUE(make_table(*db).ok());
    const std::string secret = "a-key-that-must-not-survive-its-own-deletion";
    ASSERT_TRUE(db->write([&](Session& s) -> Result<> {
                      s.execute("INSERT INTO thing (n, seal) VALUES (1, $1)", Blob{secret});
                      return base::done();
                  }).ok());
    EXPECT_NE(slurp(folder / "rowan.db-wal").find(secret), std::string::npos) << "it was on the disk";
    ASSERT_TRUE(db->write([](Session& s) -> Result<> {
                      s.execute("DELETE FROM thing");
                      return base::done();
                  }).ok());
    ASSERT_TRUE(db->purge_deleted().ok());
    EXPECT_EQ(slurp(folder / "rowan.db").find(secret), std::string::npos);
    EXPECT_EQ(slurp(folder / "rowan.db-wal").find(secret), std::string::npos);
    EXPECT_TRUE(put(*db, 2).ok());
}

TEST(Sqlite, notices_a_damaged_file) {
    const Folder folder;
    {
        const auto db = open_new(folder / "rowan.db");
        ASSERT_TRUE(make_table(*db).ok());
        for (int i = 0; i < 200; ++i) ASSERT_TRUE(put(*db, i, 900).ok());
    }
    {
        std::fstream file(folder / "rowan.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(3 * 4096);
        file << std::string(4096, '\x5a');
    }
    const auto db = open_new(folder / "rowan.db");
    EXPECT_THAT(db->integrity_problems(), ::testing::Not(::testing::IsEmpty()));
    const auto read =
        db->read([](Session& s) -> Result<std::size_t> { return s.query("SELECT n, seal FROM thing").size(); });
    ASSERT_FALSE(read.ok()) << "never wrong data";
    EXPECT_EQ(read.error().kind, base::ErrorKind::internal);
}

// --- PostgreSQL ------------------------------------------------------------------------------------------------

class Postgres : public ::testing::Test {
protected:
    void SetUp() override {
        Cluster::get().create_database("faults");
        db_ = open(std::chrono::seconds(10));
        ASSERT_TRUE(make_table(*db_).ok());
    }
    void TearDown() override {
        db_.reset();
        Cluster::get().drop_database("faults");
    }
    std::unique_ptr<Database> open(std::chrono::milliseconds patience) {
        OpenOptions options;
        options.patience = patience;
        auto db = Database::open(Cluster::get().url("faults"), options);
        if (!db) throw std::runtime_error(db.error().message);
        return std::move(db).value();
    }
    static void cut_all_connections() {
        Cluster::get().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'faults'");
    }
    static void standby(const std::string& name) {
        Cluster::get().run("ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
        Cluster::get().run("SELECT pg_reload_conf()");
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    std::unique_ptr<Database> db_;
};

TEST_F(Postgres, a_connection_lost_between_two_uses_is_made_again) {
    ASSERT_TRUE(put(*db_, 1).ok());
    EXPECT_EQ(rows(*db_), 1);
    cut_all_connections();
    EXPECT_EQ(rows(*db_), 1);
    EXPECT_TRUE(put(*db_, 2).ok());
    EXPECT_EQ(rows(*db_), 2);
}

TEST_F(Postgres, who_asks_while_the_duty_is_handed_over_waits_for_it) {  // SECURITY.md goal 14
    ASSERT_TRUE(put(*db_, 1).ok());
    EXPECT_EQ(rows(*db_), 1);
    Cluster::get().run("ALTER DATABASE faults ALLOW_CONNECTIONS false");
    cut_all_connections();
    auto saved = std::async(std::launch::async, [&] { return put(*db_, 2); });
    auto read = std::async(std::launch::async, [&] { return rows(*db_); });
    EXPECT_EQ(saved.wait_for(std::chrono::milliseconds(1500)), std::future_status::timeout);
    Cluster::get().run("ALTER DATABASE faults ALLOW_CONNECTIONS true");
    EXPECT_TRUE(saved.get().ok());
    EXPECT_GE(read.get(), 1);
    EXPECT_EQ(rows(*db_), 2);
}

// A program that takes no connection any more looks like a machine that is gone: it answers nothing.
class Mute {
public:
    Mute() {
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        auto* address = reinterpret_cast<sockaddr*>(&here);
        if (bind(listener_, address, size) != 0 || listen(listener_, 0) != 0 ||
            getsockname(listener_, address, &size) != 0 || connect(waiting_, address, size) != 0)
            throw std::runtime_error("no mute port");
        port_ = ntohs(here.sin_port);
    }
    ~Mute() { close(waiting_), close(listener_); }
    Mute(const Mute&) = delete;
    Mute& operator=(const Mute&) = delete;
    int port() const { return port_; }

private:
    int listener_ = socket(AF_INET, SOCK_STREAM, 0), waiting_ = socket(AF_INET, SOCK_STREAM, 0);
    int port_ = 0;
};

TEST_F(Postgres, a_machine_that_answers_nothing_is_passed_over_for_the_next) {  // SECURITY.md goal 13
    const Mute mute;
    auto url = Cluster::get().url("faults");
    url.insert(url.find('@') + 1, "127.0.0.1:" + std::to_string(mute.port()) + ",");
    OpenOptions options;
    options.patience = std::chrono::seconds(20);
    const auto began = std::chrono::steady_clock::now();
    const auto db = Database::open(url, options);
    ASSERT_TRUE(db.ok()) << db.error().message;
    EXPECT_EQ(rows(**db), 0);
    EXPECT_TRUE(put(**db, 1).ok());
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_GT(took, std::chrono::milliseconds(1900)) << "it was not asked";
    EXPECT_LT(took, std::chrono::seconds(9)) << "three connections, each past it";
}

TEST_F(Postgres, who_asks_when_nobody_took_it_over_is_told_at_once) {
    const auto hasty = open(std::chrono::seconds(2));
    ASSERT_TRUE(put(*hasty, 1).ok());
    Cluster::get().run("ALTER DATABASE faults ALLOW_CONNECTIONS false");
    cut_all_connections();
    const auto first = put(*hasty, 2);
    ASSERT_FALSE(first.ok());
    EXPECT_EQ(first.error().kind, base::ErrorKind::unavailable);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(put(*hasty, 3).ok());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(900))
        << "it has been away too long";
    Cluster::get().run("ALTER DATABASE faults ALLOW_CONNECTIONS true");
    EXPECT_TRUE(put(*hasty, 4).ok());
    EXPECT_EQ(rows(*hasty), 2);
}

TEST_F(Postgres, a_connection_lost_inside_a_write_fails_that_write_and_is_not_tried_again) {
    int runs = 0;
    const auto done = db_->write([&](Session& s) -> Result<> {
        ++runs;
        s.execute("INSERT INTO thing (n) VALUES (1)");
        cut_all_connections();
        s.execute("INSERT INTO thing (n) VALUES (2)");
        return base::done();
    });
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().kind, base::ErrorKind::unavailable);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(rows(*db_), 0);
    EXPECT_TRUE(put(*db_, 3).ok()) << "the next write finds a new connection";
}

TEST_F(Postgres, a_connection_lost_at_the_commit_leaves_the_outcome_unknown) {
    const auto done = db_->write([&](Session& s) -> Result<> {
        s.execute("INSERT INTO thing (n) VALUES (1)");
        cut_all_connections();
        return base::done();
    });
    ASSERT_FALSE(done.ok());
    EXPECT_THAT(done.error().message, ::testing::HasSubstr("look whether your change is there"));
    EXPECT_TRUE(put(*db_, 2).ok());
}

TEST_F(Postgres, a_commit_that_no_standby_confirms_is_never_acknowledged) {
    const auto hasty = open(std::chrono::seconds(3));
    standby("nobody");
    const auto began = std::chrono::steady_clock::now();
    const auto done = put(*hasty, 1);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(15))
        << "it has a deadline of its own";
    ASSERT_FALSE(done.ok());
    EXPECT_THAT(done.error().message, ::testing::HasSubstr("look whether your change is there"));
    standby("");
}

TEST_F(Postgres, a_cancelled_wait_for_the_standby_is_not_taken_for_a_commit) {  // SECURITY.md 6.11 (ii)
    standby("nobody");
    auto done = std::async(std::launch::async, [&] { return put(*db_, 1); });
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    Cluster::get().run(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = 'faults' "
        "AND wait_event = 'SyncRep'");
    const auto outcome = done.get();
    standby("");
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.error().message, ::testing::HasSubstr("look whether your change is there"));
}

TEST_F(Postgres, cannot_be_reached_is_one_sentence) {
    const auto db = Database::open("postgres://nobody@%2Fnowhere/none");
    ASSERT_FALSE(db.ok());
    EXPECT_EQ(db.error().kind, base::ErrorKind::unavailable);
}

TEST_F(Postgres, of_another_encoding_is_refused) {
    Cluster::get().run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
    const auto db = Database::open(Cluster::get().url("latin"));
    ASSERT_FALSE(db.ok());
    EXPECT_EQ(db.error().message, "The PostgreSQL database must be made with the encoding UTF8.");
    Cluster::get().drop_database("latin");
}

TEST_F(Postgres, writes_with_synchronous_commit_even_where_it_was_turned_off) {
    Cluster::get().run("ALTER DATABASE faults SET synchronous_commit = off");
    const auto db = open(std::chrono::seconds(10));
    EXPECT_EQ(*db->write([](Session& s) -> Result<std::string> {
        return s.one("SELECT current_setting('synchronous_commit')")->text(0);
    }),
              "on");
}

TEST_F(Postgres, leaves_copying_to_its_own_tools_and_can_be_purged) {
    EXPECT_FALSE(db_->snapshot_to("/tmp/never").ok());
    EXPECT_TRUE(db_->purge_deleted().ok());
    EXPECT_TRUE(put(*db_, 1).ok());
}

TEST_F(Postgres, gives_up_a_write_that_waits_too_long_for_another_program) {
    const auto hasty = open(std::chrono::seconds(1));
    const auto done = db_->write([&](Session&) -> Result<> { return put(*hasty, 1); });
    ASSERT_FALSE(done.ok());
    EXPECT_THAT(done.error().message, ::testing::HasSubstr("busy"));
    EXPECT_TRUE(put(*hasty, 1).ok());
}

}  // namespace
}  // namespace rowan::storage
