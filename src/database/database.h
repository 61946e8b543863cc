// One SQL face over SQLite and PostgreSQL.
//
// SQL text is constant: Sql can only be made from a string literal (checked at compile time), so no value ever
// becomes SQL. Parameters are $1, $2, … on both. Columns hold integers (64 bit), text, blobs or null; instants are
// stored as milliseconds, dates as ISO text.
//
// Reads see a snapshot. Writes go to one writer thread that runs them one after the other and commits them in
// groups: write() returns when the group is durable (SQLite: WAL with synchronous=FULL; PostgreSQL:
// synchronous_commit on). A write whose function throws or returns an Error is rolled back alone; the others of
// its group stand. If a commit itself fails, every write of the group fails and nothing is acknowledged.
// Thread-safety: Database from any thread. A Session belongs to the function it was given to.
#pragma once
#include "base/result.h"

#include <cstdint>
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
    std::string_view text_;
};

struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::monostate, std::int64_t, std::string, Blob>;

// Value from C++: integers, bool, strings, Blob, nullptr, optional<T>.
Value to_value(std::nullptr_t);
inline Value to_value(Value v) { return v; }
template <class T>
Value to_value(const T& v) {
    if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T> || std::is_enum_v<T>) return static_cast<std::int64_t>(v);
    else if constexpr (std::is_same_v<T, Blob>) return v;
    else return std::string{v};
}
template <class T>
Value to_value(const std::optional<T>& v) { return v ? to_value(*v) : Value{}; }

class Row {
public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    bool null(int column) const { return values_.at(column).index() == 0; }
    std::int64_t integer(int column) const;              // 0 when null
    bool boolean(int column) const { return integer(column) != 0; }
    const std::string& text(int column) const;           // empty when null
    const std::string& blob(int column) const;           // empty when null
    std::optional<std::int64_t> maybe_integer(int column) const;
    std::optional<std::string> maybe_text(int column) const;
    const Value& value(int column) const { return values_.at(column); }

private:
    std::vector<Value> values_;
};
using Rows = std::vector<Row>;

// A violated constraint, a lost connection, a full disk…: thrown by Session, caught by Database::write/read.
class DatabaseError : public std::runtime_error {
public:
    enum class Kind { constraint, full, busy, lost, corrupt, other };
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
    // Calls `each` for every row without holding them all; each row is valid during the call.
    virtual void stream_values(Sql, std::vector<Value>, const std::function<void(const Row&)>& each) = 0;
    virtual std::int64_t execute_values(Sql, std::vector<Value>) = 0;  // rows changed

    template <class... A> Rows query(Sql sql, const A&... a) { return query_values(sql, {to_value(a)...}); }
    template <class... A> std::optional<Row> one(Sql sql, const A&... a) {
        auto rows = query_values(sql, {to_value(a)...});
        if (rows.empty()) return std::nullopt;
        return std::move(rows.front());
    }
    template <class... A> std::int64_t execute(Sql sql, const A&... a) { return execute_values(sql, {to_value(a)...}); }
};

struct OpenOptions {
    unsigned readers = 4;
    std::size_t largest_group = 64;  // writes in one commit
    bool create = false;             // SQLite: make the file if it is not there
};

class Database {
public:
    // "sqlite:/path/rowan.db" or "postgres://…". Refuses (conflict) a SQLite file that another process serves,
    // and (refused) a schema newer than this program.
    static base::Result<std::unique_ptr<Database>> open(const std::string& url, const OpenOptions& = {});
    virtual ~Database() = default;

    virtual Dialect dialect() const = 0;

    // Runs `f` on the calling thread in a read-only snapshot.
    virtual void read_session(const std::function<void(Session&)>& f) = 0;
    // Queues `f` for the writer; the future is ready when the outcome is durable, or holds the exception.
    virtual std::future<void> queue_write(std::function<void(Session&)> f) = 0;

    // Work that returns a value. DatabaseError becomes Error: full disk, busy, lost and constraint each have
    // their sentence; anything else is rethrown.
    template <class F> auto read(F&& f) -> std::invoke_result_t<F, Session&>;
    // `f` returns Result<T>; an Error rolls back.
    template <class F> auto write(F&& f) -> std::invoke_result_t<F, Session&>;

    // Schema version applied / known to this program.
    virtual int schema_version() = 0;

    // Consistent copy of the whole database into `path` (SQLite: online backup; PostgreSQL: refused here).
    virtual base::Result<> snapshot_to(const std::string& path) = 0;
    // The engine's own integrity check: empty when sound.
    virtual std::vector<std::string> integrity_problems() = 0;
};

base::Error to_error(const DatabaseError&);

template <class F>
auto Database::read(F&& f) -> std::invoke_result_t<F, Session&> {
    std::optional<std::invoke_result_t<F, Session&>> out;
    read_session([&](Session& s) { out.emplace(f(s)); });
    return std::move(*out);
}

// Thrown inside the writer to roll back when `f` returns an Error. Not for callers.
struct RolledBack {};

template <class F>
auto Database::write(F&& f) -> std::invoke_result_t<F, Session&> {
    using R = std::invoke_result_t<F, Session&>;
    std::optional<R> out;
    auto done = queue_write([&](Session& s) {
        out.emplace(f(s));
        if (!out->ok()) throw RolledBack{};
    });
    try {
        done.get();
    } catch (const RolledBack&) {
    } catch (const DatabaseError& e) {
        return to_error(e);
    }
    return std::move(*out);
}

}  // namespace rowan::database
