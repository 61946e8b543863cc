// Records looks: those of many visits that wait at the same moment are appended together and share a commit.
// Thread-safety: record() from any thread.
#pragma once
#include "partnership/office.h"

#include <memory>
#include <mutex>
#include <vector>

namespace rowan::partnership {

class LookBook {
public:
    explicit LookBook(const Office& office) : office_(office) {}

    // `then` is told once: null when the looks are durable, in the log or in the office's look file, else
    // DatabaseError or AuditDamaged. It runs on a database's writer thread and must not wait.
    void record(std::vector<AuditEntry> looks, database::Database::Then then) const;

private:
    struct Visitor {
        std::vector<AuditEntry> looks;
        database::Database::Then then;
    };
    // Who is written together: once the writer has begun with it, it takes in no more.
    using Sheet = std::vector<Visitor>;
    std::shared_ptr<Sheet> enter(Visitor) const;
    void close(const std::shared_ptr<Sheet>&) const;
    database::Database& place() const;
    void write(database::Session&, const Sheet&) const;
    void tell(const std::shared_ptr<Sheet>&, const std::exception_ptr& failure) const;

    const Office& office_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<Sheet> open_;
};

}  // namespace rowan::partnership
