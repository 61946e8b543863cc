// Fills the index on a thread of its own while its maker reads and opens the next records: with a hundred thousand
// people the server is open in little more than half the time.
// Thread-safety: made, fed and finished by one thread. Errors: what goes wrong while filling is thrown by the next
// add() or by finish().
#pragma once
#include "people/people_index.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rowan::people {

class IndexFiller {
public:
    explicit IndexFiller(PeopleIndex&);  // which must outlive it
    ~IndexFiller();                      // what was not finished is given up
    IndexFiller(const IndexFiller&) = delete;
    IndexFiller& operator=(const IndexFiller&) = delete;

    void add(IndexedRecord, std::string root);  // in this order; waits while too many wait
    void finish();                              // returns when all are in the index

private:
    struct Entry {
        IndexedRecord record;
        std::string root;
    };
    using Batch = std::vector<Entry>;
    void hand_over();
    void fill();
    void stop(bool give_up);

    PeopleIndex& index_;
    Batch next_;
    std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    std::deque<Batch> waiting_;
    bool ended_ = false;
    std::exception_ptr failure_;
    std::thread thread_;  // the last, so that it sees the rest
};

}  // namespace rowan::people
