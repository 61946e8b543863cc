// SQLite behind the Session: the only file that includes sqlite3.h.
#include "database/engine.h"
#include "database/statement_cache.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

namespace rowan::database {
namespace {

using Kind = DatabaseError::Kind;

Kind kind_of(int code) {
    if (code == SQLITE_IOERR_SHMSIZE) return Kind::full;  // no room for the WAL index
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return Kind::constraint;
        case SQLITE_FULL:
            return Kind::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:  // passes by itself, as PostgreSQL's 53200
            return Kind::busy;
        case SQLITE_CANTOPEN:
            return Kind::lost;
        case SQLITE_IOERR:
            return Kind::io;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Kind::corrupt;
        default:
            return Kind::other;
    }
}

[[noreturn]] void fail(sqlite3* db, int code, std::string_view doing) {
    const auto extended = db ? sqlite3_extended_errcode(db) : code;
    const std::string what =
        std::string(db ? sqlite3_errmsg(db) : sqlite3_errstr(code)) + " in: " + std::string(doing);
    switch (code & 0xff) {
        case SQLITE_ERROR:  // wrong SQL
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_AUTH:
        case SQLITE_READONLY:  // a write in a read
            throw std::logic_error(what);
        default:
            throw DatabaseError(kind_of((extended & 0xff) == (code & 0xff) ? extended : code), what);
    }
}

class Handle {
public:
    Handle() = default;
    ~Handle() { sqlite3_close_v2(db_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    void open(const std::string& path, int flags) {
        const int rc =
            sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
        if (rc != SQLITE_OK) fail(db_, rc, "open");
    }
    void run(const char* sql) {
        const int rc = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
        if (rc != SQLITE_OK) fail(db_, rc, sql);
    }
    void configure(int option, int value) {
        const int rc = sqlite3_db_config(db_, option, value, nullptr);
        if (rc != SQLITE_OK) fail(db_, rc, "configure");
    }
    sqlite3* get() const { return db_; }

private:
    sqlite3* db_ = nullptr;
};

int checkpoint_passively(sqlite3* db) {
    return sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};

struct Prepared {
    std::unique_ptr<sqlite3_stmt, Finalize> statement;
    std::vector<std::size_t> values;  // parameter i takes values[i]: $n may occur several times
};

// SQLite takes "$7" for a name; it is the seventh value.
std::vector<std::size_t> parameters(sqlite3_stmt* statement, std::string_view sql) {
    std::vector<std::size_t> out;
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
        const char* name = sqlite3_bind_parameter_name(statement, i);
        const std::string_view text = name ? name : "";
        std::size_t n = 0;
        const auto end = text.data() + text.size();
        if (text.size() < 2 || text[0] != '$' || std::from_chars(text.data() + 1, end, n).ptr != end || n == 0)
            throw std::logic_error("parameters are $1, $2, …: " + std::string(sql));
        out.push_back(n - 1);
    }
    return out;
}

// Null only when memory ran out.
template <class Bytes>
std::string_view bytes_of(const Bytes* bytes, sqlite3_value* column) {
    if (!bytes) throw std::bad_alloc();
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_value_bytes(column))};
}

// The memory of the text that the value held before is used again. The column is looked up once: its value is safe
// to ask as long as one thread at a time uses the connection, and a session is used by one.
void read_column(sqlite3_stmt* s, int i, Value& value) {
    auto* column = sqlite3_column_value(s, i);
    switch (sqlite3_value_type(column)) {
        case SQLITE_INTEGER:
            value = static_cast<std::int64_t>(sqlite3_value_int64(column));
            return;
        case SQLITE_TEXT: {
            const auto text = bytes_of(sqlite3_value_text(column), column);
            if (auto* before = std::get_if<std::string>(&value))
                before->assign(text);
            else
                value.emplace<std::string>(text);
            return;
        }
        case SQLITE_BLOB: {
            const bool empty = sqlite3_value_bytes(column) == 0;
            value = Blob{empty ? std::string{} : std::string(bytes_of(sqlite3_value_blob(column), column))};
            return;
        }
        case SQLITE_NULL:
            value = {};
            return;
        default:
            throw std::logic_error("a column holds a real number; both engines give whole numbers only");
    }
}

constexpr const char* kSettings =
    "PRAGMA busy_timeout=5000;"
    "PRAGMA synchronous=FULL;"  // NORMAL loses acknowledged commits on a power cut (SECURITY.md 0.2)
    "PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON;"  // what is deleted leaves the page
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA temp_store=MEMORY;"  // no personal data in temporary files
    "PRAGMA mmap_size=0;"
    "PRAGMA case_sensitive_like=ON;"  // as PostgreSQL
    "PRAGMA cache_size=-8000;";       // 8 MB a connection

constexpr int kPagesAtOnce = 250;  // of a connection's cache, taken in one piece: 1 MB

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    bool open() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

// Made here and not by SQLite, so that nobody else may read it from its first moment. Never opens a file that is
// there: closing it would drop the locks that this process holds on it through SQLite.
void make_file(const std::string& path) {
    const File made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

bool sync_path(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file.open() && ::fsync(file.get()) == 0;
}

std::string folder_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Before the first connection of the process. Counting every byte that SQLite holds takes a lock that all threads
// share, and a connection whose pages another one's commit made stale gives them back one by one: without both, a
// child's page is a fifth cheaper (docs/performance.md). In a process that uses SQLite already nothing changes.
void prepare_library() {
    [[maybe_unused]] static const bool prepared =
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
        sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, kPagesAtOnce) == SQLITE_OK;
}

// Copies the log (WAL) into the database on a thread of its own, so that no commit waits while thousands of pages
// reach the disk. In place of SQLite's own automatic checkpoint, which passes over an fsync that failed: the next
// one would succeed without the pages, and the log that still had them would be overwritten. Here the log stays as
// it was, and the writer is told. Thread-safety: any.
class Checkpointer {
public:
    explicit Checkpointer(std::string path) : path_(std::move(path)) {}
    ~Checkpointer() { stop(); }
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    enum class State { idle, working, done, failed };
    // Begins when idle. Once done it is idle again: what was committed meanwhile is then for the writer to copy, a
    // few pages, so that the log begins anew.
    State begin_or_end() {
        const std::lock_guard lock(mutex_);
        const auto state = state_;
        if (state == State::idle) {
            if (!start()) return State::done;
            state_ = State::working;
            changed_.notify_all();
        } else if (state == State::done) {
            state_ = State::idle;
        }
        return state;
    }
    bool failed() const {
        const std::lock_guard lock(mutex_);
        return state_ == State::failed;
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return state_ != State::working; });
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        if (thread_.joinable()) thread_.join();
    }

private:
    // False when there is no room for a thread: then the writer copies everything.
    bool start() {
        try {
            if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }
    void work() {
        Handle db;
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return stopping_ || state_ == State::working; });
            if (state_ != State::working) return;
            lock.unlock();
            const bool sound = checkpoint(db);
            lock.lock();
            state_ = sound ? State::done : State::failed;
            changed_.notify_all();
        }
    }
    // SQLite leaves this to the checkpoint that reaches the end of the log, which is the writer's: it then has few
    // pages to wait for.
    static bool sync(sqlite3* db) {
        sqlite3_file* file = nullptr;
        const int rc = sqlite3_file_control(db, nullptr, SQLITE_FCNTL_FILE_POINTER, &file);
        return rc == SQLITE_OK && file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
    }
    // False when the disk reported an error.
    bool checkpoint(Handle& db) const {
        try {
            if (!db.get()) {
                db.open(path_, SQLITE_OPEN_READWRITE);
                db.run(kSettings);
                db.run("SELECT 1 FROM sqlite_schema");  // opens the log
            }
            return (checkpoint_passively(db.get()) & 0xff) != SQLITE_IOERR && sync(db.get());
        } catch (const DatabaseError& e) {
            return e.kind() != Kind::io;
        } catch (const std::exception&) {
            return true;  // the writer meets it as well
        }
    }

    const std::string path_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::idle;
    bool stopping_ = false;
    std::thread thread_;
};

class SqliteConnection final : public Connection {
public:
    // `checkpointer`: for the writer, which copies the log with it; null for a reader.
    SqliteConnection(const std::string& path, Checkpointer* checkpointer) : checkpointer_(checkpointer) {
        const bool writer = checkpointer != nullptr;
        prepare_library();
        db_.open(path, writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
        db_.configure(SQLITE_DBCONFIG_DEFENSIVE, 1);
        db_.configure(SQLITE_DBCONFIG_DQS_DML, 0);
        db_.configure(SQLITE_DBCONFIG_DQS_DDL, 0);
        db_.configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
        db_.configure(SQLITE_DBCONFIG_ENABLE_FKEY, 1);
        db_.configure(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
        db_.run(kSettings);
        if (!writer) {
            db_.run("PRAGMA query_only=ON");
            return;
        }
        // A damaged page is told before it is written to. Readers do without: after each commit they read their
        // pages anew, and looking at every cell of them was a tenth of a child's page.
        db_.run("PRAGMA cell_size_check=ON");
        db_.run("PRAGMA journal_mode=WAL");
        // The WAL is kept at its size between checkpoints (commits are 2-10 times faster in one that does not
        // grow), and cut back only after a long reader has let it grow beyond 64 MB.
        db_.run("PRAGMA journal_size_limit=67108864");
        sqlite3_wal_hook(db_.get(), after_commit, this);
        // Nobody else writes, so what the writer has read stays true; a large import would otherwise write its own
        // pages out and read them back many times over. Taken only as far as the database is large.
        db_.run("PRAGMA cache_size=-64000");
        // The first transaction makes the WAL's file. SQLite syncs its folder, but passes over an error of that;
        // the name, and all that is acknowledged in it, would be gone after a power cut.
        db_.run("BEGIN IMMEDIATE; COMMIT");
        if (!sync_path(folder_of(path)))
            throw DatabaseError(Kind::io, "the folder of the database could not be synced");
    }

    Dialect dialect() const override { return Dialect::sqlite; }

    // Every page begins and ends several transactions: these statements are prepared once like all others.
    void begin_read() override {
        do_execute("BEGIN DEFERRED", {});
        do_execute("SELECT 1 FROM sqlite_schema LIMIT 1", {});  // the first read takes the snapshot
    }
    void begin_write() override { do_execute("BEGIN IMMEDIATE", {}); }
    void savepoint() override { do_execute("SAVEPOINT one_write", {}); }
    void release() override { do_execute("RELEASE one_write", {}); }
    void rollback_to_savepoint() override { db_.run("ROLLBACK TO one_write; RELEASE one_write"); }
    void commit() override {
        do_execute("COMMIT", {});
        if (checkpointer_ && (checkpoint_failed_ || checkpointer_->failed()))
            throw DatabaseError(Kind::io, "disk I/O error in: checkpoint");
    }
    void rollback() noexcept override {
        if (!in_transaction()) return;
        try {
            do_execute("ROLLBACK", {});
        } catch (...) {
            usable_ = false;
        }
    }
    bool in_transaction() const override { return sqlite3_get_autocommit(db_.get()) == 0; }
    bool usable() const override { return usable_; }
    void purge() override {
        checkpointer_->wait();  // while it works, another checkpoint is refused
        int left = 0;
        const int rc = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &left, nullptr);
        if (rc != SQLITE_OK) fail(db_.get(), rc, "checkpoint");
    }
    sqlite3* raw() const { return db_.get(); }

protected:
    void do_stream(std::string_view sql, const std::vector<Value>& values,
                   const std::function<void(Row&&)>& each) override {
        Use use(*this, sql, values);
        Row row;
        while (use.step()) {
            auto values = std::move(row).take();  // empty when `each` kept the row before
            values.resize(static_cast<std::size_t>(sqlite3_data_count(use.get())));
            for (std::size_t i = 0; i < values.size(); ++i) read_column(use.get(), static_cast<int>(i), values[i]);
            row = Row(std::move(values));
            each(std::move(row));
        }
    }

    std::int64_t do_execute(std::string_view sql, const std::vector<Value>& values) override {
        Use use(*this, sql, values);
        const auto before = sqlite3_total_changes64(db_.get());
        while (use.step()) {
        }
        return sqlite3_total_changes64(db_.get()) == before ? 0 : sqlite3_changes64(db_.get());
    }

    void do_script(std::string_view sql) override { db_.run(std::string(sql).c_str()); }

private:
    // A statement taken from the cache, bound; reset and put back at the end.
    class Use {
    public:
        Use(SqliteConnection& c, std::string_view sql, const std::vector<Value>& values)
            : connection_(c), sql_(sql), prepared_(c.prepare(sql_)) {
            bind(values);
        }
        ~Use() {
            sqlite3_reset(get());
            sqlite3_clear_bindings(get());
            connection_.cache_.put(sql_, std::move(prepared_));
        }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

        sqlite3_stmt* get() const { return prepared_.statement.get(); }
        bool step() {
            const int rc = sqlite3_step(get());
            if (rc == SQLITE_ROW) return true;
            if (rc != SQLITE_DONE) fail(connection_.db_.get(), rc, sql_);
            return false;
        }

    private:
        void bind(const std::vector<Value>& values) {
            int highest = 0;
            for (std::size_t i = 0; i < prepared_.values.size(); ++i) {
                const auto n = prepared_.values[i];
                highest = std::max(highest, static_cast<int>(n) + 1);
                if (n < values.size()) bind_one(static_cast<int>(i) + 1, values[n]);
            }
            if (static_cast<std::size_t>(highest) != values.size())
                throw std::logic_error("another number of parameters than values: " + sql_);
        }
        void bind_one(int at, const Value& value) {
            int rc = SQLITE_OK;
            if (const auto* i = std::get_if<std::int64_t>(&value)) {
                rc = sqlite3_bind_int64(get(), at, *i);
            } else if (const auto* t = std::get_if<std::string>(&value)) {
                rc = sqlite3_bind_text64(get(), at, t->data(), t->size(), SQLITE_STATIC, SQLITE_UTF8);
            } else if (const auto* b = std::get_if<Blob>(&value)) {
                rc = b->bytes.empty()
                         ? sqlite3_bind_zeroblob(get(), at, 0)
                         : sqlite3_bind_blob64(get(), at, b->bytes.data(), b->bytes.size(), SQLITE_STATIC);
            } else {
                rc = sqlite3_bind_null(get(), at);
            }
            if (rc != SQLITE_OK) fail(connection_.db_.get(), rc, sql_);
        }
        SqliteConnection& connection_;
        std::string sql_;
        Prepared prepared_;
    };

    Prepared prepare(const std::string& sql) {
        if (auto cached = cache_.take(sql)) return std::move(*cached);
        sqlite3_stmt* statement = nullptr;
        const char* rest = nullptr;
        const int rc = sqlite3_prepare_v3(db_.get(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                                          SQLITE_PREPARE_PERSISTENT, &statement, &rest);
        if (rc != SQLITE_OK) fail(db_.get(), rc, sql);
        Prepared out{std::unique_ptr<sqlite3_stmt, Finalize>(statement), {}};
        if (!statement || std::string_view(rest).find_first_not_of("; \t\n") != std::string_view::npos)
            throw std::logic_error("one statement at a time: " + sql);
        out.values = parameters(statement, sql);
        return out;
    }

    static int after_commit(void* connection, sqlite3* db, const char*, int pages) {
        auto& self = *static_cast<SqliteConnection*>(connection);
        if (pages >= kCheckpointPages && self.checkpointer_->begin_or_end() == Checkpointer::State::done)
            self.checkpoint_failed_ = (checkpoint_passively(db) & 0xff) == SQLITE_IOERR;
        return SQLITE_OK;
    }

    static constexpr int kCheckpointPages = 4000;
    Checkpointer* const checkpointer_;
    Handle db_;  // closes after the statements are gone
    StatementCache<Prepared> cache_;
    bool usable_ = true, checkpoint_failed_ = false;
};

class SqliteDatabase final : public PooledDatabase {
public:
    SqliteDatabase(const std::string& path, File lock, const OpenOptions& options)
        : SqliteDatabase(path, std::move(lock), options, std::make_shared<Checkpointer>(path)) {}
    ~SqliteDatabase() override {
        stop();
        checkpointer_->stop();
    }

    Dialect dialect() const override { return Dialect::sqlite; }

    int schema_version() override {
        return read([](Session& s) -> int {
            if (!s.one("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'")) return 0;
            return static_cast<int>(s.one("SELECT max(number) FROM schema_migration")->integer(0));
        });
    }

    base::Result<> snapshot_to(const std::string& path) override {
        if (::access(path.c_str(), F_OK) == 0)
            return base::conflict("There is already a file where the copy should go. Choose another name.");
        const auto part = path + ".part";
        ::unlink(part.c_str());
        try {
            copy_to(part);
        } catch (const DatabaseError& e) {
            ::unlink(part.c_str());
            return to_error(e);
        }
        if (!sync_path(part) || std::rename(part.c_str(), path.c_str()) != 0 || !sync_path(folder_of(path))) {
            ::unlink(part.c_str());
            return base::unavailable("The copy could not be written. Check the folder it should go to.");
        }
        return base::done();
    }

    std::vector<std::string> integrity_problems() override {
        std::vector<std::string> problems;
        try {
            read_session([&](Session& s) {
                for (const auto& row : s.query("PRAGMA integrity_check"))
                    if (row.text(0) != "ok") problems.push_back(row.text(0));
                for (const auto& row : s.query("PRAGMA foreign_key_check"))
                    problems.push_back("a row of " + row.text(0) + " refers to a row of " + row.text(2) +
                                       " that is not there");
            });
        } catch (const DatabaseError& e) {
            if (e.kind() != Kind::corrupt) throw;
            problems.emplace_back(e.what());
        }
        return problems;
    }

private:
    SqliteDatabase(const std::string& path, File lock, const OpenOptions& options,
                   const std::shared_ptr<Checkpointer>& checkpointer)
        : PooledDatabase(
              [path] { return std::make_unique<SqliteConnection>(path, nullptr); },
              [path, checkpointer] { return std::make_unique<SqliteConnection>(path, checkpointer.get()); },
              options, std::chrono::milliseconds{0}),
          path_(path),
          lock_(std::move(lock)),
          checkpointer_(checkpointer) {}

    void copy_to(const std::string& path) {
        make_file(path);
        Handle to;
        to.open(path, SQLITE_OPEN_READWRITE);
        const SqliteConnection from(path_, nullptr);
        auto* backup = sqlite3_backup_init(to.get(), "main", from.raw(), "main");
        if (!backup) fail(to.get(), sqlite3_errcode(to.get()), "backup");
        sqlite3_backup_step(backup, -1);
        const int rc = sqlite3_backup_finish(backup);
        if (rc != SQLITE_OK) fail(to.get(), rc, "backup");
        to.run("PRAGMA journal_mode=DELETE");  // one file, nothing beside it
    }

    std::string path_;
    File lock_;
    std::shared_ptr<Checkpointer> checkpointer_;
};

}  // namespace

base::Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, const OpenOptions& options) {
    File lock(-1);
    if (options.lock) {
        if (!options.create && ::access(path.c_str(), F_OK) != 0)
            return base::not_found("There is no Rowan data here. Make it with: rowan init");
        lock = File(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!lock.open())
            return base::refused("The data folder cannot be written to. Check that it exists and who owns it.");
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
            return base::conflict("Another Rowan is already using this data folder; stop it first.");
    }
    if (options.create) make_file(path);
    if (::access(path.c_str(), F_OK) != 0)
        return base::not_found("There is no Rowan data here. Make it with: rowan init");
    if (::access(path.c_str(), R_OK | W_OK) != 0)
        return base::refused("The database file cannot be opened. Check who owns it.");
    return std::unique_ptr<Database>(std::make_unique<SqliteDatabase>(path, std::move(lock), options));
}

}  // namespace rowan::database
