// Records looks: those of many visits that wait at the same moment are appended together and share a commit.
// Thread-safety: record() from any thread but the database's writer.
#pragma once
#include "partnership/office.h"

#include <future>
#include <memory>
#include <mutex>
#include <vector>

namespace rowan::partnership {

class LookBook {
public:
    explicit LookBook(const Office& office) : office_(office) {}

    // Durable in the log when it returns. Throws AuditDamaged, as the log does.
    base::Result<> record(const std::vector<AuditEntry>& looks) const;

private:
    // What is written together: once the writer has begun with it, it takes in no more.
    struct Sheet {
        std::vector<AuditEntry> looks;
        std::shared_future<void> written;
    };
    std::shared_ptr<Sheet> sheet_with(const std::vector<AuditEntry>& looks) const;
    std::vector<AuditEntry> close(const std::shared_ptr<Sheet>&) const;

    const Office& office_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<Sheet> open_;
};

}  // namespace rowan::partnership
