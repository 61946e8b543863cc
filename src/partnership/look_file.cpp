#include "partnership/look_file.h"

#include "base/id.h"
#include "base/log.h"
#include "base/turn.h"
#include "database/migrations.h"

#include <algorithm>
#include <chrono>

namespace rowan::partnership {
namespace {

using database::Session;

// How long looks wait for company, and how many need no more of it. So many share a transaction: with more,
// whoever saves something would wait long behind it.
constexpr std::chrono::seconds kTogether{1};
constexpr std::int64_t kMany = 2048;

const std::vector<database::Migration>& schema() {
    static const std::vector<database::Migration> steps{
        {1, "looks that wait",
         "CREATE TABLE look ("
         "id INTEGER PRIMARY KEY, at INTEGER NOT NULL, user_id TEXT NOT NULL, agency TEXT NOT NULL, "
         "act TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, outcome TEXT NOT NULL, "
         "rule TEXT NOT NULL, detail TEXT NOT NULL) STRICT;"
         "CREATE INDEX look_signpost ON look (user_id, at) WHERE detail = 'signpost';"
         "CREATE TABLE look_file (id TEXT NOT NULL, log_id TEXT NOT NULL) STRICT;"}};
    return steps;
}

struct Held {
    std::string id, log_id;
    std::int64_t newest = 0;
};
// A new file gets its name, and belongs to this log.
Held held_in(Session& file, const std::string& log_id) {
    if (const auto row = file.one("SELECT id, log_id, (SELECT COALESCE(MAX(id), 0) FROM look) FROM look_file"))
        return {row->text(0), row->text(1), row->integer(2)};
    Held made{base::new_id(), log_id};
    file.execute("INSERT INTO look_file (id, log_id) VALUES ($1, $2)", made.id, made.log_id);
    return made;
}

std::int64_t brought_of(Session& log, const std::string& id) {
    const auto row = log.one("SELECT brought FROM look_file WHERE id = $1", id);
    return row ? row->integer(0) : 0;
}

// What may be better the next time without anybody's doing. `lost` is what neighbours of a failed write are told.
bool passes(const std::exception_ptr& failure) {
    using Kind = database::DatabaseError::Kind;
    if (!failure) return false;
    try {
        std::rethrow_exception(failure);
    } catch (const database::DatabaseError& e) {
        return e.kind() == Kind::full || e.kind() == Kind::busy || e.kind() == Kind::lost;
    } catch (const std::bad_alloc&) {
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace

base::Result<std::unique_ptr<LookFile>> LookFile::open(const std::string& path, database::Database& log,
                                                       const AuditLog& audit) {
    const auto damaged = [&](const base::Error& error) -> base::Error {
        if (error.kind == base::ErrorKind::internal)
            return {error.kind, path + ", which keeps looks until they stand in the log, is damaged. Put it " +
                                    "elsewhere and start again: a new one is made, and the looks in it are lost."};
        return {error.kind, path + ", which keeps looks until they stand in the log: " + error.message};
    };
    auto opened = database::Database::open("sqlite:" + path, {.create = true, .lock = false});
    if (!opened.ok()) return damaged(opened.error());
    auto file = std::move(*opened);
    if (auto made = database::migrate(*file, schema()); !made.ok()) return damaged(made.error());
    const auto held = file->write([&](Session& s) -> base::Result<Held> { return held_in(s, audit.log_id()); });
    if (!held.ok()) return damaged(held.error());
    if (held->log_id != audit.log_id())
        return base::refused(path + " holds looks of another partnership. Put it back where it belongs.");
    const auto brought =
        log.read([&](Session& s) -> base::Result<std::int64_t> { return brought_of(s, held->id); });
    if (!brought.ok()) return brought.error();

    std::unique_ptr<LookFile> out(new LookFile(std::move(file), held->id, log, audit));
    out->start(held->newest, *brought);
    return out;
}

LookFile::LookFile(std::unique_ptr<database::Database> file, std::string id, database::Database& log,
                   const AuditLog& audit)
    : id_(std::move(id)), log_(log), audit_(audit), file_(std::move(file)) {}

void LookFile::start(std::int64_t newest, std::int64_t brought) {
    given_ = std::max(newest, brought);
    durable_ = newest;
    brought_ = brought;
    file_->on_commit([this] { committed(); });
    carrier_ = std::thread([this] { carry(); });
    try {
        bring_in();
    } catch (const std::exception&) {
        // write() and sound() know of it. Whoever checks such a log must be able to open it.
    }
}

LookFile::~LookFile() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (carrier_.joinable()) carrier_.join();
}

void LookFile::write(Session& s, const std::vector<AuditEntry>& looks) {
    {
        const std::lock_guard lock(mutex_);
        if (failure_ && !passes_) std::rethrow_exception(failure_);
    }
    for (const auto& look : looks)
        s.execute(
            "INSERT INTO look (id, at, user_id, agency, act, subject_kind, subject_id, outcome, rule, detail) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            ++given_, audit_.clock().now(), look.user_id, look.agency, look.act, look.subject_kind,
            look.subject_id, look.outcome, look.rule, look.detail);
}

// On the file's writer thread, after each durable group.
void LookFile::committed() {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        const bool first = durable_ <= brought_;
        durable_ = given_;
        wake = durable_ > brought_ && (first || durable_ - brought_ >= kMany);
    }
    if (wake) changed_.notify_all();
}

void LookFile::bring_in() {
    std::unique_lock lock(mutex_);
    const auto wanted = durable_;
    if (brought_ >= wanted) return;
    base::give_up_turn();
    asked_ = std::max(asked_, wanted);
    changed_.notify_all();
    changed_.wait(lock, [&, before = tries_] { return brought_ >= wanted || (failure_ && tries_ > before); });
    if (brought_ < wanted) std::rethrow_exception(failure_);
}

std::vector<std::int64_t> LookFile::signposts(const std::string& user, base::Instant since) const {
    std::vector<std::int64_t> out;
    file_->read([&](Session& s) {
        for (const auto& row :
             s.query("SELECT id FROM look WHERE user_id = $1 AND detail = 'signpost' AND at > $2", user, since))
            out.push_back(row.integer(0));
    });
    return out;
}

std::int64_t LookFile::not_in(Session& log, const std::vector<std::int64_t>& numbers) const {
    if (numbers.empty()) return 0;
    const auto brought = brought_of(log, id_);
    return std::count_if(numbers.begin(), numbers.end(), [&](std::int64_t number) { return number > brought; });
}

std::int64_t LookFile::waiting() const {
    const std::lock_guard lock(mutex_);
    return std::max<std::int64_t>(durable_ - brought_, 0);
}

bool LookFile::sound() const {
    const std::lock_guard lock(mutex_);
    return !failure_ && file_->healthy();
}

// The carrier's thread. Moves queue from here and never from a request's thread, whose next write is its form's
// (database/companion.h).
void LookFile::carry() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopping_ || durable_ > brought_; });
        changed_.wait_for(lock, kTogether, [&] {
            return stopping_ || asked_ > brought_ || (!failure_ && durable_ - brought_ >= kMany);
        });
        if (durable_ <= brought_) {
            if (stopping_) return;
            continue;
        }
        const auto durable = durable_;
        const bool failed_before = failure_ != nullptr;
        lock.unlock();
        auto moved = move_some(failed_before);
        lock.lock();
        // Numbers of looks that were given back, because their write failed, are in no file.
        brought_ = std::max(brought_, moved.all ? durable : moved.last);
        passes_ = passes(moved.failure);
        failure_ = std::move(moved.failure);
        if (failure_) asked_ = 0;  // who asked is told, and the next try is in a second
        ++tries_;
        changed_.notify_all();
        if (failure_ && stopping_) return;
    }
}

LookFile::Moved LookFile::move_some(bool failed_before) {
    Moved moved;
    try {
        log_.queue_write([&](Session& s) { moved = append_waiting(s); }).get();
    } catch (const std::exception& e) {
        if (!failed_before)
            base::log(base::LogLevel::error, "looks.not_brought_in", {{"reason", std::string_view(e.what())}});
        return {.failure = std::current_exception()};
    }
    try {
        file_->queue_write([&](Session& s) { s.execute("DELETE FROM look WHERE id <= $1", moved.last); }).wait();
    } catch (const std::exception&) {
        // They stand in the log, and are passed over the next time.
    }
    return moved;
}

LookFile::Moved LookFile::append_waiting(Session& log) const {
    Moved moved{.last = brought_of(log, id_)};
    std::vector<AuditEntry> looks;
    file_->read([&](Session& s) {
        s.stream_values(
            "SELECT id, at, user_id, agency, act, subject_kind, subject_id, outcome, rule, detail FROM look "
            "WHERE id > $1 ORDER BY id LIMIT $2",
            {moved.last, kMany}, [&](const database::Row& row) {
                moved.last = row.integer(0);
                looks.push_back({.at = row.instant(1),
                                 .user_id = row.text(2),
                                 .agency = row.text(3),
                                 .act = row.text(4),
                                 .subject_kind = row.text(5),
                                 .subject_id = row.text(6),
                                 .outcome = row.text(7),
                                 .rule = row.text(8),
                                 .detail = row.text(9)});
            });
    });
    moved.all = static_cast<std::int64_t>(looks.size()) < kMany;
    if (looks.empty()) return moved;
    audit_.append(log, looks);
    log.execute(
        "INSERT INTO look_file (id, brought) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET brought = "
        "excluded.brought",
        id_, moved.last);
    return moved;
}

}  // namespace rowan::partnership
