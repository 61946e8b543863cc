// One SQL face over SQLite and PostgreSQL.
//
// SQL text is constant: Sql can only be made from a string literal (checked at compile time) and Statement only
// from such pieces, so no value ever becomes SQL. Parameters are $1, $2, … on both. Columns hold integers (64
// bit), text, blobs or null; instants are stored as milliseconds, dates as ISO text. Text is UTF-8 without NUL
// bytes (PostgreSQL cannot hold them, so neither engine takes them: DatabaseError::Kind::invalid). What both
// engines speak, and what to avoid, is in docs/formats/sql.md.
//
// Reads see a snapshot. Writes go to one writer thread that runs them one after the other and commits them in
// groups: write() returns when the group is durable (SQLite: WAL with synchronous=FULL; PostgreSQL:
// synchronous_commit on). A write whose function throws or returns an Error is rolled back alone; the others of
// its group stand. If a commit itself fails, every write of the group fails and nothing is acknowledged.
// After a statement has failed with a DatabaseError its session is over: later statements fail with the same error
// and the write is rolled back even if its function swallows the error (PostgreSQL does so; SQLite is made to).
// Thread-safety: Database from any thread. A Session belongs to the function it was given to.
#pragma once
#include "base/result.h"
#include "base/time.h"
#include "base/turn.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace rowan::database {

// Constant SQL.
class Sql {
public:
    template <std::size_t N>
    consteval Sql(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT: implicit on purpose
    constexpr std::string_view text() const { return text_; }

private:
    friend class Statement;
    constexpr explicit Sql(std::string_view composed) : text_(composed) {}
    std::string_view text_;
};

struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::monostate, std::int64_t, std::string, Blob>;

// Value from C++: integers, bool, enums, strings, Blob, instants (milliseconds), dates (ISO), nullptr,
// optional<T>.
inline Value to_value(std::nullptr_t) { return {}; }
inline Value to_value(base::Instant t) { return base::to_millis(t); }
inline Value to_value(base::Date d) { return base::to_iso(d); }
inline Value to_value(Value v) { return v; }
template <class T>
Value to_value(const T& v) {
    if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T> || std::is_enum_v<T>)
        return static_cast<std::int64_t>(v);
    else if constexpr (std::is_same_v<T, Blob>)
        return v;
    else
        return std::string{v};
}
template <class T>
Value to_value(const std::optional<T>& v) {
    return v ? to_value(*v) : Value{};
}

template <class... A>
std::vector<Value> to_values(const A&... a) {
    std::vector<Value> out;
    out.reserve(sizeof...(a));
    (out.push_back(to_value(a)), ...);
    return out;
}

// SQL put together at run time from constant pieces, for filters and lists. In a piece each `?` stands for the
// next value:  Statement s("SELECT id FROM child WHERE area = ?", area);
//         if (open) s.add(" AND status = ?", 1);
//         s.add(" AND id IN (").list(ids).add(")");       an empty list becomes NULL, which matches nothing
class Statement {
public:
    template <class... A>
    explicit Statement(Sql piece, const A&... a) {
        append(piece, to_values(a...));
    }
    template <class... A>
    Statement& add(Sql piece, const A&... a) {
        append(piece, to_values(a...));
        return *this;
    }
    template <class Range>
    Statement& list(const Range& range) {
        std::vector<Value> values;
        for (const auto& v : range) values.push_back(to_value(v));
        append_list(std::move(values));
        return *this;
    }
    Sql sql() const { return Sql{std::string_view{text_}}; }  // valid while this Statement lives
    const std::vector<Value>& values() const { return values_; }

private:
    void append(Sql piece, std::vector<Value> values);
    void append_list(std::vector<Value> values);
    std::string text_;
    std::vector<Value> values_;
};

class Row {
public:
    Row() = default;
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    // A column of another type than the one asked for, or one that is not there, is a bug: throws logic_error.
    bool null(int column) const { return values_.at(column).index() == 0; }
    std::int64_t integer(int column) const;  // 0 when null
    bool boolean(int column) const { return integer(column) != 0; }
    const std::string& text(int column) const;  // empty when null
    const std::string& blob(int column) const;  // empty when null
    std::optional<std::int64_t> maybe_integer(int column) const;
    std::optional<std::string> maybe_text(int column) const;
    base::Instant instant(int column) const { return base::from_millis(integer(column)); }
    std::optional<base::Instant> maybe_instant(int column) const;
    std::optional<base::Date> maybe_date(int column) const;  // from ISO text
    std::size_t size() const { return values_.size(); }
    const Value& value(int column) const { return values_.at(column); }
    std::vector<Value> take() && { return std::move(values_); }

private:
    std::vector<Value> values_;
};
using Rows = std::vector<Row>;

// A violated constraint, a lost connection, a full disk…: thrown by Session, turned into an Error by Database.
// Wrong SQL, a write in a read, a value of the wrong type: bugs, thrown as std::logic_error.
// what() never holds a stored value.
class DatabaseError : public std::runtime_error {
public:
    enum class Kind {
        constraint,
        full,     // disk
        busy,     // somebody else held the database for too long, or it had no memory: it may pass by itself
        lost,     // no connection; nothing was saved
        unknown,  // the connection was lost during COMMIT: saved or not, nobody knows
        io,       // the disk reported an error; writing stops until the program is restarted
        corrupt,
        invalid,  // text that cannot be stored: a NUL byte or broken UTF-8
        other
    };
    DatabaseError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

enum class Dialect { sqlite, postgres };

// A connection inside a transaction.
class Session {
public:
    virtual ~Session() = default;
    virtual Dialect dialect() const = 0;
    virtual Rows query_values(Sql, std::vector<Value>) = 0;
    // Calls `each` for every row of a SELECT without holding them all; each row is valid during the call. `each`
    // may use this session.
    virtual void stream_values(Sql, std::vector<Value>, const std::function<void(const Row&)>& each) = 0;
    virtual std::int64_t execute_values(Sql, std::vector<Value>) = 0;  // rows changed

    template <class... A>
    Rows query(Sql sql, const A&... a) {
        return query_values(sql, to_values(a...));
    }
    template <class... A>
    std::optional<Row> one(Sql sql, const A&... a) {
        return first(query(sql, a...));
    }
    template <class... A>
    std::int64_t execute(Sql sql, const A&... a) {
        return execute_values(sql, to_values(a...));
    }
    template <class... A>
    void stream(Sql sql, const std::function<void(const Row&)>& each, const A&... a) {
        stream_values(sql, to_values(a...), each);
    }

    Rows query(const Statement& s) { return query_values(s.sql(), s.values()); }
    std::optional<Row> one(const Statement& s) { return first(query(s)); }
    std::int64_t execute(const Statement& s) { return execute_values(s.sql(), s.values()); }
    void stream(const Statement& s, const std::function<void(const Row&)>& each) {
        stream_values(s.sql(), s.values(), each);
    }

private:
    friend class MigrationRunner;
    virtual void run_script(std::string_view sql) = 0;  // several statements; migrations only
    static std::optional<Row> first(Rows rows) {
        if (rows.empty()) return std::nullopt;
        return std::move(rows.front());
    }
};

struct OpenOptions {
    unsigned readers = 4;
    std::size_t largest_group = 64;  // writes in one commit
    bool create = false;             // SQLite: make the file if it is not there
    bool lock = true;                // SQLite: be the one program on this file; false for tools that run beside it
    std::chrono::milliseconds patience{10'000};  // for a lock, a free reader, an answer from PostgreSQL
};

template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<base::Result<T>> : std::true_type {};

class Database {
public:
    // "sqlite:/path/rowan.db" or "postgres://…" (any libpq URL). Refuses (conflict) a SQLite file that another
    // process serves, and (not_found) one that is not there unless `create`. migrate() (migrations.h) brings the
    // schema.
    static base::Result<std::unique_ptr<Database>> open(const std::string& url, const OpenOptions& = {});
    virtual ~Database() = default;  // finishes the queued writes first

    virtual Dialect dialect() const = 0;

    // Runs `f` on the calling thread in a read-only snapshot. Inside another read or write of the same database on
    // the same thread it joins that session (and sees what it sees).
    virtual void read_session(const std::function<void(Session&)>& f) = 0;
    // Told what became of a write: null when it is durable, else the exception.
    using Then = std::function<void(std::exception_ptr)>;
    // Queues `f` for the writer. `f` and then `then` run on the writer thread and must not wait for another
    // thread; `then` runs once, must not read, and may queue more. Called inside a write: std::logic_error.
    virtual void queue_write(std::function<void(Session&)> f, Then then) = 0;
    // The same, for who waits: the future is ready when the outcome is durable, or holds the exception.
    std::future<void> queue_write(std::function<void(Session&)> f);

    // Runs `f` in a snapshot and returns what it returns (void too). If that is a Result, a DatabaseError becomes
    // its Error; otherwise the DatabaseError is thrown on.
    template <class F>
    auto read(F&& f) -> std::invoke_result_t<F, Session&>;
    // `f` returns Result<T>; an Error rolls back, and so does a DatabaseError, which becomes an Error with one
    // sentence. Any other exception rolls back and is thrown on.
    template <class F>
    auto write(F&& f) -> std::invoke_result_t<F, Session&>;

    // `f` runs once in every group, in its transaction after its writes (the audit log signs its head here); if it
    // throws, the whole group fails. Register before the first write.
    virtual void on_before_commit(std::function<void(Session&)> f) = 0;
    // `f` runs on the writer thread after every durable group and before its writers are told. Must not throw.
    virtual void on_commit(std::function<void()> f) = 0;

    // Highest migration applied; 0 when none.
    virtual int schema_version() = 0;
    // False once the disk has reported an error: every write is refused until the program is restarted.
    virtual bool healthy() const = 0;

    // After an erasure: makes the deleted bytes leave the disk (SQLite: the WAL is emptied, pages are already
    // overwritten by secure_delete; PostgreSQL: VACUUM). Busy when a reader stays in an old snapshot.
    virtual base::Result<> purge_deleted() = 0;
    // Consistent copy of the whole database into a new file (SQLite: online backup; PostgreSQL: refused, it has
    // its own tools). Writers are not held up.
    virtual base::Result<> snapshot_to(const std::string& path) = 0;
    // The engine's own integrity check: empty when sound. Reads everything (SQLite) and so takes a while.
    virtual std::vector<std::string> integrity_problems() = 0;
};

base::Error to_error(const DatabaseError&);
// For a read, which knows nothing of what was saved before it.
base::Error to_read_error(const DatabaseError&);

template <class F>
auto Database::read(F&& f) -> std::invoke_result_t<F, Session&> {
    using R = std::invoke_result_t<F, Session&>;
    if constexpr (std::is_void_v<R>) {
        read_session([&](Session& s) { f(s); });
    } else {
        std::optional<R> out;
        if constexpr (IsResult<R>::value) {
            try {
                read_session([&](Session& s) { out.emplace(f(s)); });
            } catch (const DatabaseError& e) {
                return to_read_error(e);
            }
        } else {
            read_session([&](Session& s) { out.emplace(f(s)); });
        }
        return std::move(*out);
    }
}

// Thrown inside the writer to roll back when `f` returns an Error. Not for callers.
struct RolledBack {};

template <class F>
auto Database::write(F&& f) -> std::invoke_result_t<F, Session&> {
    using R = std::invoke_result_t<F, Session&>;
    static_assert(IsResult<R>::value, "a write returns Result<T>: base::done() when there is nothing to say");
    std::optional<R> out;
    auto done = queue_write([&](Session& s) {
        out.emplace(f(s));
        if (!out->ok()) throw RolledBack{};
    });
    base::give_up_turn();
    try {
        done.get();
    } catch (const RolledBack&) {
    } catch (const DatabaseError& e) {
        return to_error(e);
    }
    return std::move(out).value();
}

}  // namespace rowan::database
