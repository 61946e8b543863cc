// Looks that are durable and wait for their place in the log: looks.db beside rowan.db (ADR 0046).
//
// Each commit to rowan.db makes what every reader holds of its pages stale, so the looks of many pages are brought
// into the log together: after a second, when there are many, or when somebody asks for the log. Each look stands
// in the log once, whatever interrupts this. SQLite only.
// Thread-safety: any thread; open() and the destructor by one.
#pragma once
#include "partnership/audit.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace rowan::partnership {

class LookFile {
public:
    // Makes the file where there is none; brings in what waits in it, if the log can be written. `log` and `audit`
    // must outlive it. Refused: the file of another log.
    static base::Result<std::unique_ptr<LookFile>> open(const std::string& path, database::Database& log,
                                                        const AuditLog& audit);
    ~LookFile();  // brings in what waits, if the log can be written
    LookFile(const LookFile&) = delete;
    LookFile& operator=(const LookFile&) = delete;

    // Where looks are written: by one queued write, which calls write(), and are durable when that is.
    database::Database& database() { return *file_; }
    // Throws what is wrong with the log when looks could last not be brought in: better no answer than an answer
    // without audit. For what passes, as a full disk, they wait.
    void write(database::Session&, const std::vector<AuditEntry>&);

    // Waits until all that were durable before stand in the log; DatabaseError or AuditDamaged when they cannot.
    // Not inside a session of the log, which would not see them.
    void bring_in();

    // Numbers of somebody's signposts (S-053) since then that are in the file; and how many of such do not stand
    // in the log that a session sees which began later. Together with those in the log each is counted once, and
    // nobody waits for a commit.
    std::vector<std::int64_t> signposts(const std::string& user, base::Instant since) const;
    std::int64_t not_in(database::Session& log, const std::vector<std::int64_t>& numbers) const;

    std::int64_t waiting() const;
    // False when the last ones could not be brought in, or the disk has failed.
    bool sound() const;

private:
    LookFile(std::unique_ptr<database::Database>, std::string id, database::Database& log, const AuditLog&);
    void start(std::int64_t newest, std::int64_t brought);
    void committed();
    void carry();
    struct Moved {
        std::int64_t last = 0;  // number of the last look that stands in the log
        bool all = false;       // nothing waited behind it
        std::exception_ptr failure = nullptr;
    };
    Moved move_some(bool failed_before);
    Moved append_waiting(database::Session& log) const;

    const std::string id_;
    database::Database& log_;
    const AuditLog& audit_;
    std::int64_t given_ = 0;  // the last number; the file's writer thread only

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::int64_t durable_ = 0, brought_ = 0, asked_ = 0;  // numbers of looks
    std::uint64_t tries_ = 0;
    std::exception_ptr failure_;  // of the last try
    bool passes_ = false;         // it may be better without anybody's doing
    bool stopping_ = false;

    const std::unique_ptr<database::Database> file_;
    std::thread carrier_;
};

}  // namespace rowan::partnership
