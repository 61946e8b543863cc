// What the next write of this thread does besides, in its own transaction: both happen or neither.
//
// For a caller that cannot reach into the write itself, as the front that remembers a form's key. Used up by the
// first write that this thread queues on any database while the Companion lives; a write that is rolled back does
// it not. Thread-safety: belongs to the thread that made it; the function runs on the writer thread. One at a
// time.
#pragma once
#include "database/database.h"

namespace rowan::database {

class Companion {
public:
    explicit Companion(std::function<void(Session&)>);  // an empty function: no companion
    ~Companion();
    Companion(const Companion&) = delete;
    Companion& operator=(const Companion&) = delete;

    // For the database: what this thread has set and not used up.
    static std::function<void(Session&)> take();
};

}  // namespace rowan::database
