// A bounded pool of threads for handlers. They take jobs in the order in which these came, and only so many work
// at the same time: one that waits for the disk gives up its turn (base/turn.h) and another thread takes the next
// job.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace rowan::http {

// Thread-safety: push from any thread; stop from one.
class Workers {
public:
    using Job = std::function<void()>;  // must not throw

    // `turns`: jobs that work at the same time, at least one; no limit but the threads by default.
    Workers(unsigned threads, std::size_t queue, unsigned turns = std::numeric_limits<unsigned>::max());
    ~Workers();  // stop()
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // False, and nothing kept, when the queue is full or the pool has stopped.
    bool push(Job);
    // Waits for the jobs that run, drops those that wait.
    void stop();

private:
    class JobsTurn;
    void work();

    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<Job> jobs_;
    std::size_t capacity_;
    std::size_t idle_ = 0;
    unsigned turns_;  // free ones
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rowan::http
