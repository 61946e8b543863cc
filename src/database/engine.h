// What the two engines have in common, inside the room: a connection, and a database made of connections: a pool
// of readers and one writer thread with group commit. Thread-safety: a Connection belongs to one thread at a time;
// PooledDatabase from any thread.
#pragma once
#include "database/database.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace rowan::database {

base::Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, const OpenOptions&);
base::Result<std::unique_ptr<Database>> open_postgres(const std::string& url, const OpenOptions&);

// Makes the future ready when it is told.
Database::Then then_ready(std::future<void>&);

// A Session that also knows transactions. Engines implement do_*, which throw DatabaseError.
class Connection : public Session {
public:
    Rows query_values(Sql, std::vector<Value>) final;
    void stream_values(Sql, std::vector<Value>, const std::function<void(const Row&)>&) final;
    std::int64_t execute_values(Sql, std::vector<Value>) final;

    virtual void begin_read() = 0;   // and takes the snapshot
    virtual void begin_write() = 0;  // and takes the write lock
    virtual void savepoint() = 0;
    virtual void release() = 0;
    virtual void rollback_to_savepoint() = 0;
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;  // leaves no transaction behind, or an unusable connection
    virtual bool in_transaction() const = 0;
    virtual bool usable() const = 0;
    virtual void purge() = 0;  // outside a transaction

    // SQL that tables.cpp put together from names of the catalogue.
    void stream_catalogue(std::string_view sql, const std::function<void(const Row&)>&);
    std::int64_t execute_catalogue(std::string_view sql, const std::vector<Value>&);

    // One use ends and the next begins: forgets an earlier failure.
    void start_afresh() { failure_ = nullptr; }
    // Throws the failure that the function swallowed, if any.
    void check_not_failed() const;

protected:
    virtual void do_stream(std::string_view sql, const std::vector<Value>&, const std::function<void(Row&&)>&) = 0;
    virtual void do_stream_slowly(std::string_view sql, const std::vector<Value>& values,
                                  const std::function<void(Row&&)>& each) {
        do_stream(sql, values, each);
    }
    virtual std::int64_t do_execute(std::string_view sql, const std::vector<Value>&) = 0;
    virtual void do_script(std::string_view sql) = 0;

private:
    void run_script(std::string_view sql) final;
    template <class F>
    auto guarded(const std::vector<Value>&, F&&);
    std::exception_ptr failure_;
};

// How long the server has been away. Whoever has asked nothing of it yet waits while another server takes over its
// duty, which takes seconds; when that time has passed everybody is told at once. Thread-safety: any.
class Absence {
public:
    explicit Absence(std::chrono::milliseconds bearable) : bearable_(bearable) {}
    // Calls `f` until it does not fail with DatabaseError::Kind::lost, or the bearable time has passed.
    template <class F>
    void outlast(F&& f) {
        for (;;) {
            try {
                f();
                began_ = 0;
                return;
            } catch (const DatabaseError& e) {
                if (e.kind() != DatabaseError::Kind::lost || !wait()) throw;
            }
        }
    }

private:
    bool wait();  // false when it is over
    const std::chrono::milliseconds bearable_;
    std::atomic<std::int64_t> began_ = 0;  // steady milliseconds; 0: it is there
};

class PooledDatabase : public Database {
public:
    using Connect = std::function<std::unique_ptr<Connection>()>;  // throws DatabaseError
    // `absence`: how long a server may be away before who asks is told so.
    PooledDatabase(Connect reader, Connect writer, const OpenOptions&, std::chrono::milliseconds absence);
    ~PooledDatabase() override;

    void read_session(const std::function<void(Session&)>&) override;
    void queue_write(std::function<void(Session&)>, Then) override;
    void on_before_commit(std::function<void(Session&)>) override;
    void on_commit(std::function<void()>) override;
    bool healthy() const override { return !broken_; }
    base::Result<> purge_deleted() override;

protected:
    // To be called by the destructor of every engine: the connections may need what the engine owns.
    void stop() noexcept;

private:
    struct Job {
        std::function<void(Session&)> run;
        Then then;
        bool purge = false;  // not a write: Connection::purge()
        std::exception_ptr failure = nullptr;
    };
    using Group = std::vector<Job>;
    class Lease;

    void enqueue(Job);
    std::unique_ptr<Connection> take_reader();
    void give_back(std::unique_ptr<Connection>) noexcept;

    void writer_loop();
    Group next_group();
    void run_group(Group&);
    void run_purge(Job&);
    void run_writes(Group&);
    static void tell(Group&);
    void have_writer();
    void begin_group();
    std::exception_ptr run_one(Job&, bool alone);
    void commit_group(Group&, const std::vector<std::size_t>& good);
    void note_failure(const std::exception_ptr&);
    void requeue(Group&, std::size_t from);

    const OpenOptions options_;
    Absence absence_;
    const Connect connect_reader_, connect_writer_;

    std::mutex readers_mutex_;
    std::condition_variable reader_free_;
    std::vector<std::unique_ptr<Connection>> readers_;
    unsigned readers_out_ = 0;

    std::mutex queue_mutex_;
    std::condition_variable work_;
    std::deque<Job> queue_;
    bool stopping_ = false;
    std::vector<std::function<void(Session&)>> before_commit_;
    std::vector<std::function<void()>> after_commit_;

    std::atomic<bool> broken_ = false;
    std::unique_ptr<Connection> writer_;
    std::thread thread_;
};

}  // namespace rowan::database
