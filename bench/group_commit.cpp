// What does "durable before the answer" cost? Audit entries a second with 1, 16 and 64 writers, each waiting until
// its own entry is on the disk; beside it one bare SQLite connection that commits one small row at a time with the
// same settings, which is what a program without a common writer can do at best.
#include "app/house.h"
#include "measuring/program.h"

#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

using namespace rowan;
using namespace rowan::bench;

namespace {

struct Rate {
    Times latency;
    double seconds = 0, processor = 0;
    double per_second() const { return static_cast<double>(latency.count()) / seconds; }
};

void must(int code, sqlite3* db) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        throw std::runtime_error(sqlite3_errmsg(db));
}

Rate bare_commits(const std::filesystem::path& file, double seconds) {
    sqlite3* db = nullptr;
    must(sqlite3_open(file.c_str(), &db), db);
    must(sqlite3_exec(db,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA "
                      "wal_autocheckpoint=4000;"
                      "CREATE TABLE t (id INTEGER PRIMARY KEY, words TEXT NOT NULL)",
                      nullptr, nullptr, nullptr),
         db);
    sqlite3_stmt* insert = nullptr;
    must(sqlite3_prepare_v2(db, "INSERT INTO t (words) VALUES (?)", -1, &insert, nullptr), db);
    const std::string words(200, 'x');
    Rate out;
    const double processor = processor_seconds();
    const Stopwatch watch;
    while (watch.seconds() < seconds) {
        const Stopwatch one;
        must(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), db);
        sqlite3_bind_text(insert, 1, words.data(), static_cast<int>(words.size()), SQLITE_STATIC);
        must(sqlite3_step(insert), db);
        sqlite3_reset(insert);
        must(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr), db);
        out.latency.add(one.millis());
    }
    out.seconds = watch.seconds();
    out.processor = processor_seconds() - processor;
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return out;
}

Rate audited(const partnership::Office& office, unsigned writers, double seconds) {
    Rate out;
    std::mutex mutex;
    std::atomic<bool> failed = false;
    const double processor = processor_seconds();
    const Stopwatch watch;
    std::vector<std::thread> threads;
    for (unsigned w = 0; w < writers; ++w)
        threads.emplace_back([&, w] {
            Times own;
            partnership::AuditEntry entry;
            entry.user_id = "0123456789abcdef0123456789abcde" + std::to_string(w % 10);
            entry.agency = "LA";
            entry.act = "look";
            entry.subject_kind = "person";
            entry.outcome = "allowed";
            entry.rule = "role";
            for (std::size_t n = 0; watch.seconds() < seconds; ++n) {
                entry.subject_id = std::to_string(w) + "-" + std::to_string(n % 500);
                const Stopwatch one;
                const auto done = office.database.write([&](database::Session& s) -> base::Result<> {
                    office.audit.append(s, entry);
                    return base::done();
                });
                if (!done.ok()) failed = true;
                own.add(one.millis());
            }
            const std::lock_guard lock(mutex);
            out.latency.add(own);
        });
    for (auto& thread : threads) thread.join();
    if (failed) throw std::runtime_error("a write failed");
    out.seconds = watch.seconds();
    out.processor = processor_seconds() - processor;
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    return benchmark([&] {
        const Folder folder;
        app::HouseOptions options;
        options.data = folder.path() / "data";
        auto house = app::House::create(options, "somerset", true);
        if (!house.ok()) throw std::runtime_error(house.error().message);
        Table table({"What", "Writers", "Durable writes/s", "p50", "p99", "Processor time a write",
                     "Against bare commits", "Load"});
        const auto bare = bare_commits(folder.path() / "bare.db", seconds);
        auto tell = [&](const std::string& what, unsigned writers, const Rate& rate) {
            table.row({what, std::to_string(writers), number(rate.per_second()),
                       millis(rate.latency.percentile(50)), millis(rate.latency.percentile(99)),
                       number(rate.processor * 1e6 / static_cast<double>(rate.latency.count())) + " us",
                       times(rate.per_second() / bare.per_second()), load()});
        };
        tell("bare SQLite commits of one row", 1, bare);
        for (const unsigned writers : {1u, 16u, 64u})
            tell("audit entries through the common writer", writers,
                 audited((*house)->office(), writers, seconds));
        table.print();
    });
}
