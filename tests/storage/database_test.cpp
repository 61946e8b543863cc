// What every room may rely on, whichever engine is below.
#include "database/migrations.h"
#include "storage/fixture.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <sys/stat.h>

#include <atomic>
#include <barrier>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>
#include <thread>

namespace rowan::storage {
namespace {

using base::Result;
using database::Blob;
using database::Database;
using database::DatabaseError;
using database::Dialect;
using database::Migration;
using database::OpenOptions;
using database::Session;
using database::Statement;
using database::Value;
using Kind = DatabaseError::Kind;

const std::vector<Migration> kTables = {
    {1, "thing",
     "-- INTEGER, TEXT and BLOB in a comment\n"
     "CREATE TABLE thing (\n"
     "    id INTEGER PRIMARY KEY,\n"
     "    name TEXT NOT NULL UNIQUE,\n"
     "    size INTEGER,\n"
     "    seal BLOB\n"
     ") STRICT;\n"
     "CREATE INDEX thing_by_size ON thing (size);\n"},
    {2, "part",
     "CREATE TABLE part (thing INTEGER NOT NULL REFERENCES thing (id), n INTEGER NOT NULL CHECK (n > 0),\n"
     "                   PRIMARY KEY (thing, n)) STRICT, WITHOUT ROWID;\n"
     "INSERT INTO thing (name, size) VALUES ('a INTEGER; or TEXT', 7);\n"},
};

void add(Session& s, std::string_view name, std::int64_t size = 0) {
    s.execute("INSERT INTO thing (name, size) VALUES ($1, $2)", name, size);
}

class Store : public StorageTest {
protected:
    void SetUp() override {
        StorageTest::SetUp();
        const auto migrated = database::migrate(db(), kTables);
        ASSERT_TRUE(migrated.ok()) << migrated.error().message;
    }
    std::int64_t count() {
        return db().read(
            [](Session& s) { return s.one("SELECT count(*) FROM thing WHERE size <> 7")->integer(0); });
    }
    Result<> write(std::string_view name, std::int64_t size = 0) {
        return db().write([&](Session& s) -> Result<> {
            add(s, name, size);
            return base::done();
        });
    }
};

// --- values ----------------------------------------------------------------------------------------------------

TEST_P(Store, gives_back_what_it_was_given) {
    const std::string seal("\0\x01\xff'\"\\", 6);
    ASSERT_TRUE(db().write([&](Session& s) -> Result<> {
                        s.execute("INSERT INTO thing (name, size, seal) VALUES ($1, $2, $3)",
                                  "Łukasz 李小龙 محمد 🙂 ' \\ \"", std::numeric_limits<std::int64_t>::min(),
                                  Blob{seal});
                        s.execute("INSERT INTO thing (name, size, seal) VALUES ($1, $2, $3)", "", nullptr, Blob{});
                        return base::done();
                    })
                    .ok());
    const auto rows = db().read([](Session& s) {
        return s.query("SELECT name, size, seal FROM thing WHERE size IS NULL OR size <> 7 ORDER BY name DESC");
    });
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].text(0), "Łukasz 李小龙 محمد 🙂 ' \\ \"");
    EXPECT_EQ(rows[0].integer(1), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(rows[0].blob(2), seal);
    EXPECT_FALSE(rows[1].null(0)) << "an empty text is not null";
    EXPECT_TRUE(rows[1].null(1));
    EXPECT_FALSE(rows[1].null(2)) << "an empty blob is not null";
}

TEST_P(Store, gives_back_any_value) {
    const bool held = rc::check([&] {
        const auto n = *rc::gen::arbitrary<std::int64_t>();
        const auto bytes = *rc::gen::arbitrary<std::string>();
        const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
        const auto row = db().read([&](Session& s) { return *s.one("SELECT $1, $2, $3", n, Blob{bytes}, text); });
        RC_ASSERT(row.integer(0) == n);
        RC_ASSERT(row.blob(1) == bytes);
        RC_ASSERT(row.text(2) == text);
    });
    EXPECT_TRUE(held);
}

TEST_P(Store, keeps_a_big_blob) {
    std::string big(24 << 20, '\0');
    for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 31 >> 3);
    ASSERT_TRUE(db().write([&](Session& s) -> Result<> {
                        s.execute("INSERT INTO thing (name, seal) VALUES ($1, $2)", "big", Blob{big});
                        return base::done();
                    })
                    .ok());
    const auto row = db().read([](Session& s) { return *s.one("SELECT seal FROM thing WHERE name = 'big'"); });
    EXPECT_TRUE(row.blob(0) == big);
}

TEST_P(Store, refuses_text_that_one_engine_could_not_keep) {
    for (const auto& text : {std::string("a\0b", 3), std::string("\xff\xfe"), std::string("caf\xe9")}) {
        const auto done = write(text);
        ASSERT_FALSE(done.ok());
        EXPECT_EQ(done.error().kind, base::ErrorKind::invalid);
    }
    EXPECT_EQ(count(), 0);
}

TEST_P(Store, takes_a_parameter_several_times_and_in_any_order) {
    const auto row = db().read([](Session& s) {
        return *s.one("SELECT name FROM thing WHERE size = $2 AND size > $1 AND $2 > $1", 1, 7);
    });
    EXPECT_EQ(row.text(0), "a INTEGER; or TEXT");
    EXPECT_THROW(db().read([](Session& s) { s.query("SELECT size FROM thing WHERE size = $1 AND size < $2", 1); }),
                 std::logic_error);
}

TEST_P(Store, takes_a_filter_that_may_be_null) {
    const auto matching = [&](std::optional<std::string> name) {
        return db().read([&](Session& s) {
            return s.query("SELECT id FROM thing WHERE ($1 IS NULL OR name = $1)", name).size();
        });
    };
    EXPECT_EQ(matching(std::nullopt), 1u);
    EXPECT_EQ(matching("nobody"), 0u);
}

TEST_P(Store, runs_statements_put_together_from_constant_pieces) {
    for (const auto* name : {"a", "b", "c"}) ASSERT_TRUE(write(name, 3).ok());
    Statement s("SELECT name FROM thing WHERE size = ?", 3);
    s.add(" AND name IN (").list(std::vector<std::string>{"a", "c", "x"}).add(") ORDER BY name");
    const auto rows = db().read([&](Session& session) { return session.query(s); });
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].text(0), "c");
}

TEST_P(Store, counts_and_sums_are_whole_numbers) {
    for (const auto* name : {"a", "b"}) ASSERT_TRUE(write(name, 3'000'000'000'000).ok());
    const auto row = db().read([](Session& s) {
        return *s.one(
            "SELECT sum(size), count(*), count(*) > 2, sum(-size), sum(size - size) FROM thing WHERE size > 7");
    });
    EXPECT_EQ(row.integer(0), 6'000'000'000'000);
    EXPECT_EQ(row.integer(1), 2);
    EXPECT_FALSE(row.boolean(2));
    EXPECT_EQ(row.integer(3), -6'000'000'000'000);
    EXPECT_EQ(row.integer(4), 0);
}

TEST_P(Store, sorts_and_compares_text_by_bytes) {
    for (const auto* name : {"b", "B", "ä", "_", "a"}) ASSERT_TRUE(write(name).ok());
    std::vector<std::string> names;
    db().read([&](Session& s) {
        s.stream("SELECT name FROM thing WHERE size = 0 ORDER BY name",
                 [&](const auto& row) { names.push_back(row.text(0)); });
    });
    EXPECT_THAT(names, ::testing::ElementsAre("B", "_", "a", "b", "ä"));
    EXPECT_FALSE(db().read([](Session& s) { return s.one("SELECT 1 FROM thing WHERE name LIKE 'A INT%'"); }))
        << "LIKE minds the case";
}

TEST_P(Store, says_how_many_rows_changed_and_returns_new_ids) {
    ASSERT_TRUE(
        db().write([](Session& s) -> Result<> {
                const auto first =
                    s.one("INSERT INTO thing (name, size) VALUES ($1, 1) RETURNING id", "x")->integer(0);
                const auto second =
                    s.one("INSERT INTO thing (name, size) VALUES ($1, 1) RETURNING id", "y")->integer(0);
                EXPECT_GT(second, first);
                EXPECT_EQ(s.execute("UPDATE thing SET size = size + 1 WHERE size = 1"), 2);
                EXPECT_EQ(s.execute("UPDATE thing SET size = 0 WHERE size = 99"), 0);
                EXPECT_EQ(s.execute("INSERT INTO thing (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "x"), 0);
                EXPECT_EQ(s.execute("DELETE FROM thing WHERE size = 2"), 2);
                return base::done();
            })
            .ok());
}

TEST_P(Store, streams_many_rows_and_may_ask_more_while_streaming) {
    ASSERT_TRUE(db().write([](Session& s) -> Result<> {
                        for (int i = 0; i < 1700; ++i) add(s, "n" + std::to_string(i), 100 + i);
                        return base::done();
                    })
                    .ok());
    std::int64_t sum = 0, inner = 0;
    db().read([&](Session& s) {
        s.stream(
            "SELECT size FROM thing WHERE size >= $1 ORDER BY size",
            [&](const auto& row) {
                sum += row.integer(0);
                if (row.integer(0) % 100 == 0)
                    s.stream(
                        "SELECT size FROM thing WHERE size >= $1 ORDER BY size", [&](const auto&) { ++inner; },
                        1790);
            },
            100);
    });
    EXPECT_EQ(sum, 1700 * 100 + 1700 * 1699 / 2);
    EXPECT_EQ(inner, 17 * 10);
}

TEST_P(Store, a_stream_may_be_left_early) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(write("n" + std::to_string(i)).ok());
    struct Enough {};
    db().read([&](Session& s) {
        EXPECT_THROW(s.stream("SELECT id FROM thing", [](const auto&) { throw Enough{}; }), Enough);
        EXPECT_EQ(s.query("SELECT id FROM thing").size(), 6u);
    });
}

TEST_P(Store, keeps_working_with_more_statements_than_it_remembers) {
    db().read([](Session& s) {
        for (int n = 1; n <= 600; ++n) {
            Statement list("SELECT count(*) FROM thing WHERE size IN (");
            list.list(std::vector<int>(static_cast<std::size_t>(n), 7)).add(")");
            ASSERT_EQ(s.one(list)->integer(0), 1);
        }
    });
}

// --- reading ---------------------------------------------------------------------------------------------------

TEST_P(Store, a_read_sees_one_moment) {
    ASSERT_TRUE(write("before").ok());
    db().read([&](Session& s) {
        const auto seen = [&] { return s.one("SELECT count(*) FROM thing")->integer(0); };
        std::thread([&] { ASSERT_TRUE(write("meanwhile").ok()); }).join();
        const auto first = seen();
        EXPECT_EQ(first, 2) << "the snapshot is taken when the read begins";
        std::thread([&] { ASSERT_TRUE(write("again").ok()); }).join();
        EXPECT_EQ(seen(), first);
    });
    EXPECT_EQ(count(), 3);
}

TEST_P(Store, a_read_inside_a_read_joins_it) {
    db().read([&](Session& outer) {
        std::thread([&] { ASSERT_TRUE(write("meanwhile").ok()); }).join();
        db().read([&](Session& inner) {
            EXPECT_EQ(&inner, &outer);
            EXPECT_EQ(inner.one("SELECT count(*) FROM thing WHERE size <> 7")->integer(0), 0);
        });
    });
}

TEST_P(Store, a_read_inside_a_write_sees_what_was_written) {
    ASSERT_TRUE(db().write([&](Session& s) -> Result<> {
                        add(s, "new");
                        EXPECT_EQ(count(), 1);
                        return base::done();
                    })
                    .ok());
}

TEST_P(Store, a_read_cannot_write) {
    EXPECT_THROW(db().read([](Session& s) { add(s, "sneaked"); }), std::logic_error);
    EXPECT_EQ(count(), 0);
    ASSERT_TRUE(write("proper").ok());
}

TEST_P(Store, a_read_of_a_result_returns_its_error) {
    const auto r = db().read([](Session&) -> Result<int> { return base::not_found("There is no such thing."); });
    ASSERT_FALSE(r.ok());
    EXPECT_EQ(r.error().message, "There is no such thing.");
    EXPECT_EQ(*db().read([](Session&) -> Result<int> { return 5; }), 5);
}

class FewReaders : public Store {
protected:
    OpenOptions options() const override {
        auto out = Store::options();
        out.readers = 1;
        out.patience = std::chrono::milliseconds(300);
        return out;
    }
};

TEST_P(FewReaders, says_it_is_busy_instead_of_waiting_for_ever) {
    db().read([&](Session&) {
        std::thread([&] {
            const auto r = db().read([](Session&) -> Result<int> { return 1; });
            ASSERT_FALSE(r.ok());
            EXPECT_EQ(r.error().kind, base::ErrorKind::unavailable);
        }).join();
    });
    EXPECT_EQ(*db().read([](Session&) -> Result<int> { return 1; }), 1);
}

// --- writing ---------------------------------------------------------------------------------------------------

TEST_P(Store, a_write_that_returns_an_error_leaves_no_trace) {
    const auto done = db().write([](Session& s) -> Result<int> {
        add(s, "half");
        return base::refused("Not allowed.");
    });
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().message, "Not allowed.");
    EXPECT_EQ(count(), 0);
}

TEST_P(Store, a_write_that_throws_leaves_no_trace_and_hands_the_exception_on) {
    struct Bug {};
    EXPECT_THROW((void)db().write([](Session& s) -> Result<> {
        add(s, "half");
        throw Bug{};
    }),
                 Bug);
    EXPECT_EQ(count(), 0);
    EXPECT_TRUE(write("after").ok());
}

TEST_P(Store, a_violated_constraint_is_a_conflict) {
    ASSERT_TRUE(write("twice").ok());
    const auto unique = write("twice");
    ASSERT_FALSE(unique.ok());
    EXPECT_EQ(unique.error().kind, base::ErrorKind::conflict);
    const auto missing = db().write([](Session& s) -> Result<> {
        s.execute("INSERT INTO part (thing, n) VALUES (999, 1)");
        return base::done();
    });
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().kind, base::ErrorKind::conflict) << "foreign keys are on";
    const auto check = db().write([](Session& s) -> Result<> {
        s.execute("INSERT INTO part (thing, n) VALUES (1, 0)");
        return base::done();
    });
    EXPECT_FALSE(check.ok());
}

TEST_P(Store, after_a_failed_statement_the_write_is_over) {
    const auto done = db().write([](Session& s) -> Result<> {
        add(s, "one");
        try {
            add(s, "one");
        } catch (const DatabaseError& e) {
            EXPECT_EQ(e.kind(), Kind::constraint);
        }
        EXPECT_THROW(add(s, "two"), DatabaseError);
        return base::done();  // swallowing it changes nothing
    });
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().kind, base::ErrorKind::conflict);
    EXPECT_EQ(count(), 0);
}

TEST_P(Store, wrong_sql_and_wrong_types_are_bugs) {
    EXPECT_THROW(db().read([](Session& s) { s.query("SELEKT 1"); }), std::logic_error);
    EXPECT_THROW(db().read([](Session& s) { s.query("SELECT nothing FROM thing"); }), std::logic_error);
    EXPECT_THROW(db().read([](Session& s) { s.query("SELECT 1; SELECT 2"); }), std::logic_error);
    EXPECT_THROW(db().read([](Session& s) { s.query("SELECT 1.5"); }), std::logic_error);
}

TEST_P(Store, a_write_inside_a_write_is_a_bug_and_not_a_deadlock) {
    EXPECT_THROW((void)db().write([&](Session&) { return write("inner"); }), std::logic_error);
    EXPECT_EQ(count(), 0);
}

// Holds the writer until `others` writes wait behind it, so that they form one group.
class Group {
public:
    explicit Group(Database& db) : db_(db) {
        first_ = db.queue_write([this](Session&) {
            running_.set_value();
            go_.get_future().wait();
        });
        running_.get_future().wait();
    }
    template <class F>
    void add(F f) {
        rest_.push_back(db_.queue_write(std::move(f)));
    }
    // True for each of the added writes that was acknowledged.
    std::vector<bool> finish() {
        go_.set_value();
        first_.get();
        std::vector<bool> out;
        for (auto& one : rest_) {
            try {
                one.get();
                out.push_back(true);
            } catch (...) {
                out.push_back(false);
            }
        }
        return out;
    }

private:
    Database& db_;
    std::promise<void> running_, go_;
    std::future<void> first_;
    std::vector<std::future<void>> rest_;
};

TEST_P(Store, writes_that_wait_together_are_committed_together) {
    std::atomic<int> commits = 0, signatures = 0;
    db().on_before_commit([&](Session& s) {
        s.execute("UPDATE thing SET size = size WHERE size = 7");
        ++signatures;
    });
    db().on_commit([&] { ++commits; });
    Group group(db());
    for (int i = 0; i < 50; ++i) group.add([i](Session& s) { add(s, "g" + std::to_string(i)); });
    EXPECT_THAT(group.finish(), ::testing::Each(true));
    EXPECT_EQ(commits, 2) << "the first alone, the 50 that waited in one";
    EXPECT_EQ(signatures, 2);
    EXPECT_EQ(count(), 50);
}

TEST_P(Store, one_failure_in_a_group_does_not_touch_the_others) {
    Group group(db());
    for (int i = 0; i < 20; ++i)
        group.add([i](Session& s) {
            add(s, "g" + std::to_string(i));
            if (i % 4 == 1) add(s, "g0");  // constraint
            if (i % 4 == 2) throw std::runtime_error("bug");
            if (i % 4 == 3) throw database::RolledBack{};
        });
    const auto done = group.finish();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(done[static_cast<std::size_t>(i)], i % 4 == 0) << i;
    EXPECT_EQ(count(), 5);
}

TEST_P(Store, a_group_in_which_everything_failed_is_not_signed) {
    int signatures = 0;
    db().on_before_commit([&](Session&) { ++signatures; });
    EXPECT_FALSE(db().write([](Session&) -> Result<> { return base::refused("No."); }).ok());
    EXPECT_EQ(signatures, 0);
}

TEST_P(Store, when_the_group_cannot_be_signed_nothing_of_it_is_kept) {
    bool fail = true;
    int commits = 0;
    db().on_before_commit([&](Session& s) {
        if (fail) s.execute("INSERT INTO thing (name) VALUES ('a INTEGER; or TEXT')");  // taken
    });
    db().on_commit([&] { ++commits; });
    Group group(db());
    group.add([](Session& s) { add(s, "a"); });
    group.add([](Session& s) { add(s, "b"); });
    EXPECT_ANY_THROW((void)group.finish());  // the first write, alone in its group, failed too
    // finish() stops at the first that failed; this one waits behind all the others.
    EXPECT_FALSE(write("last of them").ok());
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(commits, 0);
    fail = false;
    EXPECT_TRUE(write("c").ok());
    EXPECT_EQ(commits, 1);
}

TEST_P(Store, a_commit_hook_runs_before_the_writer_is_told) {
    std::atomic<int> seen = 0;
    db().on_commit([&] { seen = static_cast<int>(count()); });
    ASSERT_TRUE(write("x").ok());
    EXPECT_EQ(seen, 1) << "it sees the durable state";
}

class SmallGroups : public Store {
protected:
    OpenOptions options() const override {
        auto out = Store::options();
        out.largest_group = 8;
        return out;
    }
};

TEST_P(SmallGroups, are_no_larger_than_asked) {
    int commits = 0;
    db().on_commit([&] { ++commits; });
    Group group(db());
    for (int i = 0; i < 24; ++i) group.add([i](Session& s) { add(s, "g" + std::to_string(i)); });
    EXPECT_THAT(group.finish(), ::testing::Each(true));
    EXPECT_EQ(commits, 1 + 3);
}

// Random writers on several threads: every acknowledged write is there once, every refused one is not, and the
// running total that each write reads and rewrites is right (no lost update).
TEST_P(Store, concurrent_writers_lose_nothing_and_overwrite_nothing) {
    constexpr int kThreads = 6, kEach = 60;
    ASSERT_TRUE(write("total", 0).ok());
    std::atomic<int> acknowledged = 0;
    std::atomic<bool> stop = false;
    std::thread reader([&] {
        while (!stop) {
            const auto row = db().read([](Session& s) {
                return *s.one(
                    "SELECT (SELECT size FROM thing WHERE name = 'total'), "
                    "(SELECT count(*) FROM thing WHERE size = -1)");
            });
            EXPECT_EQ(row.integer(0), row.integer(1)) << "a half-done write was seen";
        }
    });
    std::vector<std::thread> writers;
    for (int t = 0; t < kThreads; ++t)
        writers.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                const bool give_up = (t * 7 + i * 13) % 5 == 0;
                const auto done = db().write([&](Session& s) -> Result<> {
                    const auto total = s.one("SELECT size FROM thing WHERE name = 'total'")->integer(0);
                    add(s, std::to_string(t) + "/" + std::to_string(i), -1);
                    s.execute("UPDATE thing SET size = $1 WHERE name = 'total'", total + 1);
                    if (give_up) return base::refused("Changed my mind.");
                    return base::done();
                });
                EXPECT_EQ(done.ok(), !give_up);
                if (done) ++acknowledged;
            }
        });
    for (auto& w : writers) w.join();
    stop = true;
    reader.join();
    const auto rows = db().read([](Session& s) {
        return *s.one(
            "SELECT (SELECT size FROM thing WHERE name = 'total'), "
            "(SELECT count(*) FROM thing WHERE size = -1)");
    });
    EXPECT_EQ(rows.integer(0), acknowledged);
    EXPECT_EQ(rows.integer(1), acknowledged);
    EXPECT_GT(acknowledged, kThreads * kEach / 2);
}

TEST_P(Store, two_programs_on_one_database_do_not_overwrite_each_other) {
    ASSERT_TRUE(write("total", 0).ok());
    const auto other = open_again();
    const auto count_up = [](Database& database) {
        for (int i = 0; i < 40; ++i)
            ASSERT_TRUE(database
                            .write([](Session& s) -> Result<> {
                                const auto total =
                                    s.one("SELECT size FROM thing WHERE name = 'total'")->integer(0);
                                s.execute("UPDATE thing SET size = $1 WHERE name = 'total'", total + 1);
                                return base::done();
                            })
                            .ok());
    };
    std::thread second([&] { count_up(*other); });
    count_up(db());
    second.join();
    EXPECT_EQ(
        db().read([](Session& s) { return s.one("SELECT size FROM thing WHERE name = 'total'")->integer(0); }),
        80);
}

TEST_P(Store, closing_finishes_the_writes_that_wait) {
    std::vector<std::future<void>> writes;
    for (int i = 0; i < 30; ++i)
        writes.push_back(db().queue_write([i](Session& s) { add(s, "g" + std::to_string(i)); }));
    close();
    for (auto& w : writes) EXPECT_NO_THROW(w.get());
    const auto again = open_again();
    EXPECT_EQ(
        again->read([](Session& s) { return s.one("SELECT count(*) FROM thing WHERE size = 0")->integer(0); }),
        30);
}

TEST_P(Store, who_is_told_of_a_write_may_queue_more_and_is_told_what_went_wrong) {
    std::promise<std::exception_ptr> second, failed;
    db().queue_write([](Session& s) { add(s, "first"); },
                     [&](const std::exception_ptr& failure) {
                         EXPECT_FALSE(failure);
                         db().queue_write([](Session& s) { add(s, "second"); },
                                          [&](const std::exception_ptr& f) { second.set_value(f); });
                     });
    EXPECT_FALSE(second.get_future().get());
    EXPECT_EQ(count(), 2);
    db().queue_write([](Session& s) { add(s, "first"); },
                     [&](const std::exception_ptr& failure) { failed.set_value(failure); });
    EXPECT_THROW(std::rethrow_exception(failed.get_future().get()), DatabaseError) << "the name is taken";
    EXPECT_TRUE(write("third").ok());
    EXPECT_EQ(count(), 3);
}

TEST_P(Store, who_throws_when_told_harms_nobody) {
    std::promise<void> go;
    auto held = db().queue_write([&](Session&) { go.get_future().wait(); });
    db().queue_write([](Session& s) { add(s, "told"); },
                     [](const std::exception_ptr&) { throw std::runtime_error("no room to answer"); });
    auto neighbour = db().queue_write([](Session& s) { add(s, "neighbour"); });
    go.set_value();
    EXPECT_NO_THROW(held.get());
    EXPECT_NO_THROW(neighbour.get());
    EXPECT_EQ(count(), 2);
}

// --- migrations ------------------------------------------------------------------------------------------------

class Migrations : public StorageTest {};

TEST_P(Migrations, are_one_sequence_for_both_engines) {
    EXPECT_EQ(db().schema_version(), 0);
    ASSERT_TRUE(database::migrate(db(), {kTables[0]}).ok());
    EXPECT_EQ(db().schema_version(), 1);
    ASSERT_TRUE(database::migrate(db(), kTables).ok());
    ASSERT_TRUE(database::migrate(db(), kTables).ok()) << "a second time changes nothing";
    EXPECT_EQ(db().schema_version(), 2);
    const auto rows = db().read(
        [](Session& s) { return s.query("SELECT number, name, checksum FROM schema_migration ORDER BY number"); });
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].text(1), "part");
    EXPECT_EQ(rows[1].text(2), database::checksum(kTables[1].sql)) << "of the text as written, on both";
    EXPECT_EQ(db().read([](Session& s) { return s.query("SELECT name FROM thing WHERE size = 7").size(); }), 1u);
}

TEST_P(Migrations, refuse_a_step_that_was_changed_afterwards) {
    ASSERT_TRUE(database::migrate(db(), kTables).ok());
    auto changed = kTables;
    changed[1].sql = "CREATE TABLE part (n INTEGER) STRICT;";
    const auto done = database::migrate(db(), changed);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().kind, base::ErrorKind::refused);
}

TEST_P(Migrations, refuse_a_database_newer_than_the_program) {
    ASSERT_TRUE(database::migrate(db(), kTables).ok());
    const auto done = database::migrate(db(), {kTables[0]});
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().message,
              "The database was used by a newer Rowan than this one. Install that version again; "
              "nothing was changed.");
}

TEST_P(Migrations, a_step_that_fails_leaves_the_steps_before_it) {
    auto broken = kTables;
    broken[1].sql = "CREATE TABLE half (n INTEGER) STRICT; CREATE TABLE thing (n INTEGER) STRICT;";
    EXPECT_ANY_THROW((void)database::migrate(db(), broken));
    EXPECT_EQ(db().schema_version(), 1);
    ASSERT_TRUE(database::migrate(db(), kTables).ok()) << "and starting again goes on from there";
    EXPECT_EQ(db().schema_version(), 2);
}

TEST_P(Migrations, two_programs_that_start_together_apply_each_step_once) {
    const auto other = open_again();
    std::barrier together(2);
    std::thread second([&] {
        together.arrive_and_wait();
        EXPECT_TRUE(database::migrate(*other, kTables).ok());
    });
    together.arrive_and_wait();
    EXPECT_TRUE(database::migrate(db(), kTables).ok());
    second.join();
    EXPECT_EQ(db().read([](Session& s) { return s.query("SELECT name FROM thing").size(); }), 1u);
}

class WholeSchema : public SchemaTest {};

TEST_P(WholeSchema, of_rowan_applies_and_is_sound) {
    EXPECT_GT(db().schema_version(), 0);
    EXPECT_THAT(db().integrity_problems(), ::testing::IsEmpty());
}

ROWAN_ON_BOTH(Store);
ROWAN_ON_BOTH(FewReaders);
ROWAN_ON_BOTH(SmallGroups);
ROWAN_ON_BOTH(Migrations);
ROWAN_ON_BOTH(WholeSchema);

}  // namespace
}  // namespace rowan::storage
