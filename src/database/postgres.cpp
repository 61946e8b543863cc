// PostgreSQL behind the Session: the only file that includes libpq.
#include "database/engine.h"
#include "database/statement_cache.h"

#include "base/log.h"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <charconv>
#include <cstring>
#include <tuple>

namespace rowan::database {
namespace {

using Kind = DatabaseError::Kind;
using Milliseconds = std::chrono::milliseconds;

// Groups of all programs that write to this database run one after the other: the key of the advisory lock.
constexpr const char* kBeginWrite = "BEGIN; SELECT pg_advisory_xact_lock(8228719204116308846)";
constexpr Milliseconds kNoHurry = std::chrono::hours{24};  // migrations and VACUUM may take their time

// Type numbers of the protocol (pg_type.dat); they never change.
enum Oid_ : Oid {
    kBool = 16,
    kBytea = 17,
    kName = 19,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kOid = 26,
    kUnknown = 705,
    kVarchar = 1043,
    kNumeric = 1700
};

struct Clear {
    void operator()(PGresult* r) const { PQclear(r); }
};
using ResultPtr = std::unique_ptr<PGresult, Clear>;

template <class T>
T big_endian(const char* bytes) {
    std::make_unsigned_t<T> out = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        out = static_cast<std::make_unsigned_t<T>>((static_cast<std::uint64_t>(out) << 8) |
                                                   static_cast<unsigned char>(bytes[i]));
    return static_cast<T>(out);
}

// numeric (the type of sum(bigint)): base-10000 digits. Whole numbers that fit 64 bits only.
std::int64_t whole_number(std::string_view bytes) {
    const auto digits = big_endian<std::int16_t>(bytes.data());
    const auto weight = big_endian<std::int16_t>(bytes.data() + 2);
    const auto sign = big_endian<std::uint16_t>(bytes.data() + 4);
    if (sign != 0 && sign != 0x4000) throw std::logic_error("a column holds no number");
    std::int64_t out = 0;
    for (int i = 0; i <= weight || i < digits; ++i) {
        const auto digit = i < digits ? big_endian<std::int16_t>(bytes.data() + 8 + 2 * i) : std::int16_t{0};
        if (i > weight && digit != 0)
            throw std::logic_error("a column holds a real number; both engines give whole numbers only");
        if (i > weight) continue;
        const auto signed_digit = sign ? -digit : digit;
        if (__builtin_mul_overflow(out, std::int64_t{10000}, &out) ||
            __builtin_add_overflow(out, std::int64_t{signed_digit}, &out))
            throw std::logic_error("a sum does not fit 64 bits");
    }
    return out;
}

Value decode(const PGresult* result, int row, int column) {
    if (PQgetisnull(result, row, column)) return {};
    const std::string_view bytes(PQgetvalue(result, row, column),
                                 static_cast<std::size_t>(PQgetlength(result, row, column)));
    switch (PQftype(result, column)) {
        case kBool:
            return std::int64_t{bytes[0] != 0};
        case kInt2:
            return std::int64_t{big_endian<std::int16_t>(bytes.data())};
        case kInt4:
            return std::int64_t{big_endian<std::int32_t>(bytes.data())};
        case kOid:
            return std::int64_t{big_endian<std::uint32_t>(bytes.data())};
        case kInt8:
            return big_endian<std::int64_t>(bytes.data());
        case kNumeric:
            return whole_number(bytes);
        case kBytea:
            return Blob{std::string(bytes)};
        case kText:
        case kName:
        case kVarchar:
        case kUnknown:
            return std::string(bytes);
        default:
            throw std::logic_error("a column has a type that both engines do not share");
    }
}

Row decode_row(const PGresult* result, int row) {
    const int columns = PQnfields(result);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(decode(result, row, i));
    return Row(std::move(values));
}

// Parameters as libpq wants them; points into the values it was made from.
class Parameters {
public:
    explicit Parameters(const std::vector<Value>& values) : integers_(values.size()) {
        for (std::size_t i = 0; i < values.size(); ++i) add(i, values[i]);
    }
    int count() const { return static_cast<int>(pointers_.size()); }
    const Oid* types() const { return types_.data(); }
    const char* const* pointers() const { return pointers_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }
    // The same SQL with other types is another prepared statement.
    std::string signature() const {
        std::string out;
        for (std::size_t i = 0; i < types_.size(); ++i)
            out += !pointers_[i] ? 'n' : types_[i] == kInt8 ? 'i' : types_[i] == kText ? 't' : 'b';
        return out;
    }

private:
    void add(std::size_t i, const Value& value) {
        if (const auto* n = std::get_if<std::int64_t>(&value)) {
            for (int b = 0; b < 8; ++b)
                integers_[i][b] = static_cast<char>(static_cast<std::uint64_t>(*n) >> (56 - 8 * b));
            push(kInt8, integers_[i].data(), 8);
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            push(kText, text->data(), text->size());
        } else if (const auto* blob = std::get_if<Blob>(&value)) {
            push(kBytea, blob->bytes.data(), blob->bytes.size());
        } else {
            push(kText, nullptr, 0);  // not used: see with_nulls
        }
    }
    void push(Oid type, const char* bytes, std::size_t size) {
        types_.push_back(type);
        pointers_.push_back(bytes);
        lengths_.push_back(static_cast<int>(size));
        formats_.push_back(1);
    }
    std::vector<std::array<char, 8>> integers_;
    std::vector<Oid> types_;
    std::vector<const char*> pointers_;
    std::vector<int> lengths_, formats_;
};

// A parameter that is null becomes the word NULL: the server cannot tell the type of a parameter from
// `$1 IS NULL OR name = $1`, but NULL fits everywhere.
std::string with_nulls(std::string_view sql, const std::vector<Value>& values) {
    std::string out;
    char quote = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        const char c = sql[i];
        if (quote)
            quote = c == quote ? char{0} : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        std::size_t n = 0;
        const auto end = std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), n).ptr;
        if (quote || c != '$' || n == 0 || n > values.size() || values[n - 1].index() != 0) {
            out += c;
            continue;
        }
        out += "NULL";
        i = static_cast<std::size_t>(end - sql.data()) - 1;
    }
    return out;
}

Kind kind_of(std::string_view state) {
    if (state.starts_with("23")) return Kind::constraint;
    if (state == "53100") return Kind::full;
    if (state.starts_with("53") || state.starts_with("40") || state == "55P03" || state == "57014")
        return Kind::busy;
    if (state.starts_with("08") || state.starts_with("57P")) return Kind::lost;
    if (state.starts_with("XX0")) return Kind::corrupt;
    return Kind::other;
}

// Wrong SQL (42), wrong values for the types (22), a broken order of transactions (25), another number of
// parameters than values (08P01): bugs.
bool is_bug(std::string_view state) {
    return state.starts_with("42") || state.starts_with("22") || state.starts_with("25") || state == "08P01";
}

class PgConnection final : public Connection {
public:
    PgConnection(const std::string& url, bool writer, Milliseconds patience)
        : writer_(writer), patience_(patience) {
        // What stands before dbname can be overruled by the URL, what stands after cannot. A machine that answers
        // nothing for four seconds is gone: while it is waited for, nobody looks for the one that took over.
        const std::array<std::pair<const char*, const char*>, 9> settings{{
            {"connect_timeout", "2"},  // for each machine of the URL
            {"tcp_user_timeout", "4000"},
            {"keepalives_idle", "2"},
            {"keepalives_interval", "1"},
            {"keepalives_count", "2"},
            {"target_session_attrs", writer ? "read-write" : "any"},
            {"fallback_application_name", "rowan"},
            {"dbname", url.c_str()},
            {"client_encoding", "UTF8"},
        }};
        std::array<const char*, settings.size() + 1> keys{}, values{};
        for (std::size_t i = 0; i < settings.size(); ++i) std::tie(keys[i], values[i]) = settings[i];
        connection_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
        if (!connection_ || PQstatus(pg()) != CONNECTION_OK) {
            base::log(base::LogLevel::error, "database.unreachable", {{"reason", PQerrorMessage(pg())}});
            throw DatabaseError(Kind::lost, "cannot connect");
        }
        PQsetNoticeReceiver(pg(), &PgConnection::on_notice, this);
        PQsetnonblocking(pg(), 1);
        settle();
    }

    Dialect dialect() const override { return Dialect::postgres; }

    void begin_read() override { run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1"); }
    void begin_write() override { run(kBeginWrite); }
    void savepoint() override { run("SAVEPOINT one_write"); }
    void release() override { run("RELEASE one_write"); }
    void rollback_to_savepoint() override { run("ROLLBACK TO one_write; RELEASE one_write"); }
    void commit() override {
        committing_ = true;
        warned_ = false;
        const auto result = run("COMMIT");
        committing_ = false;
        if (warned_) {
            // "canceling wait for synchronous replication": durable here, perhaps not on a standby
            // (SECURITY.md 6.11).
            usable_ = false;
            throw DatabaseError(Kind::unknown, "the standby did not confirm");
        }
        if (std::strcmp(PQcmdStatus(result.get()), "COMMIT") != 0)
            throw DatabaseError(Kind::other, "the server rolled the transaction back");
    }
    void rollback() noexcept override {
        committing_ = false;
        if (!in_transaction()) return;
        try {
            run("ROLLBACK");
        } catch (const std::exception&) {
            usable_ = false;
        }
    }
    bool in_transaction() const override { return usable() && PQtransactionStatus(pg()) != PQTRANS_IDLE; }
    bool usable() const override { return usable_ && PQstatus(pg()) == CONNECTION_OK; }
    void purge() override { run("VACUUM", kNoHurry); }

protected:
    void do_stream(std::string_view sql, const std::vector<Value>& values,
                   const std::function<void(Row&&)>& each) override {
        const auto result = execute_prepared(sql, values);
        for (int i = 0; i < PQntuples(result.get()); ++i) each(decode_row(result.get(), i));
    }

    // A cursor, so that the connection is free for other statements between two portions.
    void do_stream_slowly(std::string_view sql, const std::vector<Value>& values,
                          const std::function<void(Row&&)>& each) override {
        const auto name = "stream_" + std::to_string(++names_);
        const auto declare = "DECLARE " + name + " NO SCROLL CURSOR FOR " + with_nulls(sql, values);
        const Parameters p(values);
        send(PQsendQueryParams(pg(), declare.c_str(), p.count(), p.types(), p.pointers(), p.lengths(), p.formats(),
                               1));
        finish(patience_, sql);
        const CloseCursor close{*this, name};
        const auto fetch = "FETCH 500 FROM " + name;
        for (;;) {
            send(PQsendQueryParams(pg(), fetch.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
            const auto portion = finish(patience_, sql);
            const int rows = PQntuples(portion.get());
            for (int i = 0; i < rows; ++i) each(decode_row(portion.get(), i));
            if (rows < 500) return;
        }
    }

    std::int64_t do_execute(std::string_view sql, const std::vector<Value>& values) override {
        const auto result = execute_prepared(sql, values);
        const char* tuples = PQcmdTuples(result.get());
        return PQresultStatus(result.get()) == PGRES_TUPLES_OK || *tuples == '\0' ? PQntuples(result.get())
                                                                                  : std::atoll(tuples);
    }

    void do_script(std::string_view sql) override { run(std::string(sql).c_str(), kNoHurry); }

private:
    struct Finish {
        void operator()(PGconn* c) const { PQfinish(c); }
    };
    struct CloseCursor {
        PgConnection& connection;
        const std::string& name;
        ~CloseCursor() {
            if (!connection.usable() || PQtransactionStatus(connection.pg()) != PQTRANS_INTRANS) return;
            try {
                connection.run(("CLOSE " + name).c_str());
            } catch (const std::exception&) {
                connection.usable_ = false;
            }
        }
    };

    PGconn* pg() const { return connection_.get(); }

    void settle() {
        const auto wait = std::to_string(patience_.count() * 3 / 4);  // the server gives up before we do
        run("SET standard_conforming_strings = on; SET client_min_messages = warning; SET cursor_tuple_fraction = "
            "1;"
            "SET idle_in_transaction_session_timeout = '60s';"  // a host that died lets go of the write lock
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')");
        run(("SET lock_timeout = " + wait).c_str());
    }

    static void on_notice(void* self, const PGresult* notice) {
        const char* state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
        auto& connection = *static_cast<PgConnection*>(self);
        if (connection.committing_ && state && std::strcmp(state, "01000") == 0) connection.warned_ = true;
    }

    ResultPtr run(const char* sql) { return run(sql, patience_); }
    ResultPtr run(const char* sql, Milliseconds patience) {
        send(PQsendQuery(pg(), sql));
        return finish(patience, sql);
    }

    ResultPtr execute_prepared(std::string_view sql, const std::vector<Value>& values) {
        const Parameters p(values);
        const auto key = p.signature() + ' ' + std::string(sql);
        auto name = prepared_.take(key);
        if (!name) name = prepare(with_nulls(sql, values), p);
        send(PQsendQueryPrepared(pg(), name->c_str(), p.count(), p.pointers(), p.lengths(), p.formats(), 1));
        auto result = finish(patience_, sql);
        if (const auto dropped = prepared_.put(key, *name)) run(("DEALLOCATE " + *dropped).c_str());
        return result;
    }

    std::string prepare(const std::string& sql, const Parameters& p) {
        auto name = "s" + std::to_string(++names_);
        send(PQsendPrepare(pg(), name.c_str(), sql.c_str(), p.count(), p.types()));
        finish(patience_, sql);
        return name;
    }

    [[noreturn]] void lost(const char* why) {
        usable_ = false;
        throw DatabaseError(committing_ ? Kind::unknown : Kind::lost, why);
    }

    void send(int sent) {
        if (!sent) lost("the connection is gone");
    }

    // Waits for the answer, but no longer than `patience`: a commit that waits for a standby may never answer.
    ResultPtr finish(Milliseconds patience, std::string_view doing) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        for (int left = PQflush(pg()); left != 0; left = PQflush(pg())) {
            if (left < 0) lost("the connection broke while sending");
            wait(POLLIN | POLLOUT, deadline);
        }
        ResultPtr out;
        for (;;) {
            while (PQisBusy(pg())) wait(POLLIN, deadline);
            ResultPtr next(PQgetResult(pg()));
            if (!next) break;
            if (!out || !failed(out.get())) out = std::move(next);
        }
        if (!out) lost("the connection gave no answer");
        if (failed(out.get())) refuse(out.get(), doing);
        return out;
    }

    void wait(short events, std::chrono::steady_clock::time_point deadline) {
        const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd on{PQsocket(pg()), events, 0};
        if (left.count() <= 0 || on.fd < 0) lost("no answer in time");
        const int ready = ::poll(&on, 1, static_cast<int>(left.count()));
        if (ready == 0) lost("no answer in time");
        if (ready > 0 && (on.revents & ~POLLOUT) && !PQconsumeInput(pg())) lost("the connection broke");
    }

    static bool failed(const PGresult* r) {
        const auto status = PQresultStatus(r);
        return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
    }

    [[noreturn]] void refuse(const PGresult* result, std::string_view doing) {
        const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const std::string state = field ? field : "08006";
        if (state == "25006" && writer_) lost("the server does not take writes any more");
        if (!is_bug(state) && kind_of(state) == Kind::lost) lost("the server closed the connection");
        if (state == "26000" || state == "0A000") usable_ = false;  // its prepared statements are out of date
        if (is_bug(state)) {
            // The message of a class 22 error may quote a stored value.
            const char* message =
                state.starts_with("22") ? "" : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
            throw std::logic_error(state + " " + (message ? message : "") + " in: " + std::string(doing));
        }
        const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
        throw DatabaseError(kind_of(state),
                            state + " " + (constraint ? constraint : "") + " in: " + std::string(doing));
    }

    std::unique_ptr<PGconn, Finish> connection_;
    const bool writer_;
    const Milliseconds patience_;
    StatementCache<std::string> prepared_;
    std::uint64_t names_ = 0;
    bool usable_ = true, committing_ = false, warned_ = false;
};

class PostgresDatabase final : public PooledDatabase {
public:
    PostgresDatabase(const std::string& url, const OpenOptions& options)
        : PooledDatabase([url, p = options.patience] { return std::make_unique<PgConnection>(url, false, p); },
                         [url, p = options.patience] { return std::make_unique<PgConnection>(url, true, p); },
                         options, options.patience / 2) {}
    ~PostgresDatabase() override { stop(); }

    Dialect dialect() const override { return Dialect::postgres; }

    base::Result<> check_server() {
        const auto row = read([](Session& s) {
            return *s.one("SELECT current_setting('server_encoding'), current_setting('server_version_num')");
        });
        if (row.text(0) != "UTF8")
            return base::refused("The PostgreSQL database must be made with the encoding UTF8.");
        if (std::atoi(row.text(1).c_str()) < 130000) return base::refused("Rowan needs PostgreSQL 13 or newer.");
        return base::done();
    }

    int schema_version() override {
        return read([](Session& s) -> int {
            if (!s.one("SELECT 1 WHERE to_regclass('schema_migration') IS NOT NULL")) return 0;
            return static_cast<int>(s.one("SELECT max(number) FROM schema_migration")->integer(0));
        });
    }

    base::Result<> snapshot_to(const std::string&) override {
        return base::refused("This database is PostgreSQL: copy it with pg_dump or pgBackRest.");
    }

    std::vector<std::string> integrity_problems() override {
        return read([](Session& s) {
            std::vector<std::string> problems;
            for (const auto& row : s.query("SELECT CAST(checksum_failures AS BIGINT) FROM pg_stat_database "
                                           "WHERE datname = current_database() AND checksum_failures > 0"))
                problems.push_back(std::to_string(row.integer(0)) + " pages with a wrong checksum");
            for (const auto& row : s.query("SELECT CAST(CAST(indexrelid AS regclass) AS TEXT) FROM pg_index "
                                           "WHERE NOT indisvalid"))
                problems.push_back("the index " + row.text(0) + " is not valid");
            for (const auto& row :
                 s.query("SELECT CAST(conname AS TEXT) FROM pg_constraint WHERE NOT convalidated"))
                problems.push_back("the constraint " + row.text(0) + " was never checked");
            return problems;
        });
    }
};

}  // namespace

base::Result<std::unique_ptr<Database>> open_postgres(const std::string& url, const OpenOptions& options) {
    auto db = std::make_unique<PostgresDatabase>(url, options);
    if (const auto fit = db->check_server(); !fit) return fit.error();
    return std::unique_ptr<Database>(std::move(db));
}

}  // namespace rowan::database
