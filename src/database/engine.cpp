#include "database/engine.h"

#include "base/log.h"
#include "base/text.h"
#include "base/turn.h"
#include "database/companion.h"

#include <algorithm>

namespace rowan::database {
namespace {

using Kind = DatabaseError::Kind;

// How long the writer lets a group grow when writes come faster than it commits: less than a commit takes.
constexpr std::chrono::microseconds kGathering{300};

// The sessions that are open on this thread, so that a read inside a session joins it.
struct Entry {
    const void* database;
    Session* session;
};
thread_local std::vector<Entry> entered;

class Entered {
public:
    Entered(const void* database, Session& session) { entered.push_back({database, &session}); }
    ~Entered() { entered.pop_back(); }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
};

Session* current(const void* database) {
    const auto at =
        std::find_if(entered.rbegin(), entered.rend(), [&](const Entry& e) { return e.database == database; });
    return at == entered.rend() ? nullptr : at->session;
}

// PostgreSQL refuses a NUL byte and broken UTF-8; SQLite would keep them and give back something else.
void check_storable(const std::vector<Value>& values) {
    for (const auto& v : values) {
        const auto* text = std::get_if<std::string>(&v);
        if (!text) continue;
        if (text->find('\0') != std::string::npos) throw DatabaseError(Kind::invalid, "text holds a NUL byte");
        if (!base::is_utf8(*text)) throw DatabaseError(Kind::invalid, "text is not UTF-8");
    }
}

// What a neighbour of a failed write is told: never the neighbour's own exception.
std::exception_ptr as_database_error(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const DatabaseError&) {
        return failure;
    } catch (...) {
        return std::make_exception_ptr(DatabaseError(Kind::lost, "the transaction was given up"));
    }
}

}  // namespace

bool Absence::wait() {
    constexpr std::chrono::milliseconds kBetween{200};
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    std::int64_t began = 0;
    if (began_.compare_exchange_strong(began, now)) return true;  // perhaps only the connection was old
    if (now - began >= bearable_.count()) return false;
    base::give_up_turn();
    std::this_thread::sleep_for(kBetween);
    return true;
}

void Connection::check_not_failed() const {
    if (failure_) std::rethrow_exception(failure_);
}

template <class F>
auto Connection::guarded(const std::vector<Value>& values, F&& f) {
    check_not_failed();
    try {
        check_storable(values);
        return f();
    } catch (const DatabaseError&) {
        failure_ = std::current_exception();
        throw;
    } catch (const std::logic_error&) {
        failure_ = std::current_exception();
        throw;
    }
}

Rows Connection::query_values(Sql sql, std::vector<Value> values) {
    return guarded(values, [&] {
        Rows rows;
        do_stream(sql.text(), values, [&](Row&& row) { rows.push_back(std::move(row)); });
        return rows;
    });
}

void Connection::stream_values(Sql sql, std::vector<Value> values, const std::function<void(const Row&)>& each) {
    guarded(values, [&] { do_stream_slowly(sql.text(), values, [&](Row&& row) { each(row); }); });
}

std::int64_t Connection::execute_values(Sql sql, std::vector<Value> values) {
    return guarded(values, [&] { return do_execute(sql.text(), values); });
}

void Connection::stream_catalogue(std::string_view sql, const std::function<void(const Row&)>& each) {
    guarded({}, [&] { do_stream_slowly(sql, {}, [&](Row&& row) { each(row); }); });
}

std::int64_t Connection::execute_catalogue(std::string_view sql, const std::vector<Value>& values) {
    return guarded(values, [&] { return do_execute(sql, values); });
}

void Connection::run_script(std::string_view sql) {
    guarded({}, [&] { do_script(sql); });
}

PooledDatabase::PooledDatabase(Connect reader, Connect writer, const OpenOptions& options,
                               std::chrono::milliseconds absence)
    : options_(options),
      absence_(absence),
      connect_reader_(std::move(reader)),
      connect_writer_(std::move(writer)) {
    writer_ = connect_writer_();
    thread_ = std::thread([this] { writer_loop(); });
}

PooledDatabase::~PooledDatabase() { stop(); }

void PooledDatabase::stop() noexcept {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    if (thread_.joinable()) thread_.join();
    readers_.clear();
    writer_.reset();
}

// --- reading ---------------------------------------------------------------------------------------------------

std::unique_ptr<Connection> PooledDatabase::take_reader() {
    std::unique_lock lock(readers_mutex_);
    const auto free = [&] { return !readers_.empty() || readers_out_ < options_.readers; };
    if (!reader_free_.wait_for(lock, options_.patience, free))
        throw DatabaseError(Kind::busy, "no reader is free");
    ++readers_out_;
    if (!readers_.empty()) {
        auto reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
    }
    lock.unlock();
    try {
        return connect_reader_();
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void PooledDatabase::give_back(std::unique_ptr<Connection> reader) noexcept {
    if (reader && !reader->usable()) reader.reset();
    {
        const std::lock_guard lock(readers_mutex_);
        --readers_out_;
        if (reader) readers_.push_back(std::move(reader));
    }
    reader_free_.notify_one();
}

// A reader in its snapshot, given back at the end.
class PooledDatabase::Lease {
public:
    explicit Lease(PooledDatabase& of) : of_(of) {
        of_.absence_.outlast([&] { begin(); });
    }
    ~Lease() {
        reader_->rollback();
        of_.give_back(std::move(reader_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection& operator*() { return *reader_; }

private:
    void begin() {
        reader_ = of_.take_reader();
        try {
            reader_->start_afresh();
            reader_->begin_read();
        } catch (const DatabaseError& e) {
            abandon();
            if (e.kind() == Kind::lost) forget_idle();  // the server went away since: they are all dead
            throw;
        } catch (...) {
            abandon();
            throw;
        }
    }
    void abandon() {
        reader_->rollback();
        of_.give_back(std::move(reader_));
    }
    void forget_idle() {
        std::vector<std::unique_ptr<Connection>> dead;
        const std::lock_guard lock(of_.readers_mutex_);
        dead.swap(of_.readers_);
    }
    PooledDatabase& of_;
    std::unique_ptr<Connection> reader_;
};

void PooledDatabase::read_session(const std::function<void(Session&)>& f) {
    if (auto* session = current(this)) return f(*session);
    Lease lease(*this);
    const Entered here(this, *lease);
    f(*lease);
}

// --- writing ---------------------------------------------------------------------------------------------------

void PooledDatabase::enqueue(Job job) {
    if (std::this_thread::get_id() == thread_.get_id() && current(this))
        throw std::logic_error("a write inside a write would wait for itself");
    {
        const std::lock_guard lock(queue_mutex_);
        if (stopping_) throw std::logic_error("a write after the database was closed");
        queue_.push_back(std::move(job));
    }
    work_.notify_one();
}

void PooledDatabase::queue_write(std::function<void(Session&)> f, Then then) {
    if (auto also = Companion::take())
        f = [own = std::move(f), also = std::move(also)](Session& s) {
            own(s);
            also(s);
        };
    enqueue({.run = std::move(f), .then = std::move(then)});
}

base::Result<> PooledDatabase::purge_deleted() {
    try {
        std::future<void> purged;
        enqueue({.run = {}, .then = then_ready(purged), .purge = true});
        purged.get();
        return base::done();
    } catch (const DatabaseError& e) {
        return to_error(e);
    }
}

void PooledDatabase::on_before_commit(std::function<void(Session&)> f) {
    const std::lock_guard lock(queue_mutex_);
    before_commit_.push_back(std::move(f));
}

void PooledDatabase::on_commit(std::function<void()> f) {
    const std::lock_guard lock(queue_mutex_);
    after_commit_.push_back(std::move(f));
}

void PooledDatabase::writer_loop() {
    for (auto group = next_group(); !group.empty(); group = next_group()) run_group(group);
}

// Everything that waits now, up to the largest group; empty when it is time to stop.
PooledDatabase::Group PooledDatabase::next_group() {
    std::unique_lock lock(queue_mutex_);
    // Whoever waits already came while the last group was written, so more are on their way (ADR 0036).
    if (!queue_.empty() && !stopping_) {
        lock.unlock();
        std::this_thread::sleep_for(kGathering);
        lock.lock();
    }
    work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    Group group;
    while (!queue_.empty() && group.size() < options_.largest_group) {
        const bool purge = queue_.front().purge;
        if (purge && !group.empty()) break;
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
        if (purge) break;
    }
    return group;
}

void PooledDatabase::note_failure(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const DatabaseError& e) {
        if (e.kind() != Kind::io) return;
        // After a failed fsync nobody knows what is on the disk, and trying again would claim otherwise.
        broken_ = true;
        base::log(base::LogLevel::error, "database.disk_error", {{"reason", e.what()}});
    } catch (...) {
    }
}

void PooledDatabase::have_writer() {
    if (writer_ && writer_->usable()) return;
    writer_.reset();  // its transaction may be open still, and would lock the next one out
    writer_ = connect_writer_();
}

void PooledDatabase::begin_group() {
    if (broken_) throw DatabaseError(Kind::io, "the disk reported an error earlier");
    absence_.outlast([&] {  // nothing has been asked of it yet: safe to begin again
        have_writer();
        writer_->start_afresh();
        try {
            writer_->begin_write();
        } catch (...) {
            writer_->rollback();
            throw;
        }
    });
}

// Runs one write; afterwards it stands in the transaction, or has left no trace and its failure is returned.
std::exception_ptr PooledDatabase::run_one(Job& job, bool alone) {
    try {
        writer_->start_afresh();
        if (!alone) writer_->savepoint();
        job.run(*writer_);
        writer_->check_not_failed();
        if (!alone) writer_->release();
        return nullptr;
    } catch (...) {
        auto failure = std::current_exception();
        note_failure(failure);
        try {
            if (alone || !writer_->in_transaction())
                writer_->rollback();
            else
                writer_->rollback_to_savepoint();
        } catch (const DatabaseError&) {
            writer_->rollback();
        }
        return failure;
    }
}

void PooledDatabase::run_group(Group& group) {
    if (group.front().purge)
        run_purge(group.front());
    else
        run_writes(group);
    tell(group);
}

// Everybody is told outside the session, so that who is told may queue more.
void PooledDatabase::tell(Group& group) {
    for (auto& job : group) {
        job.run = nullptr;
        try {
            std::exchange(job.then, nullptr)(job.failure);
        } catch (...) {
            base::log(base::LogLevel::error, "database.not_told");
        }
    }
}

void PooledDatabase::run_purge(Job& job) {
    try {
        have_writer();
        writer_->purge();
    } catch (...) {
        job.failure = std::current_exception();
    }
}

void PooledDatabase::run_writes(Group& group) {
    try {
        begin_group();
    } catch (...) {
        for (auto& job : group) job.failure = std::current_exception();
        return;
    }
    const Entered here(this, *writer_);
    std::vector<std::size_t> good;
    for (std::size_t i = 0; i < group.size(); ++i) {
        const auto failure = run_one(group[i], group.size() == 1);
        if (!failure) {
            good.push_back(i);
            continue;
        }
        group[i].failure = failure;
        if (writer_->in_transaction()) continue;
        // The engine gave up the whole transaction (disk full, connection lost): the neighbours fell with it.
        const auto theirs = as_database_error(failure);
        for (const auto g : good) group[g].failure = theirs;
        return requeue(group, i + 1);
    }
    if (good.empty())
        writer_->rollback();
    else
        commit_group(group, good);
}

void PooledDatabase::commit_group(Group& group, const std::vector<std::size_t>& good) {
    std::vector<std::function<void(Session&)>> before;
    std::vector<std::function<void()>> after;
    {
        const std::lock_guard lock(queue_mutex_);
        before = before_commit_;
        after = after_commit_;
    }
    try {
        writer_->start_afresh();
        for (const auto& hook : before) hook(*writer_);
        writer_->check_not_failed();
        writer_->commit();
    } catch (...) {
        note_failure(std::current_exception());
        writer_->rollback();
        for (const auto g : good) group[g].failure = std::current_exception();
        return;
    }
    for (const auto& hook : after) hook();
}

void PooledDatabase::requeue(Group& group, std::size_t from) {
    const std::lock_guard lock(queue_mutex_);
    for (auto i = group.size(); i > from; --i) queue_.push_front(std::move(group[i - 1]));
    group.erase(group.begin() + static_cast<std::ptrdiff_t>(from), group.end());
}

}  // namespace rowan::database
