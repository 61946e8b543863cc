// A bounded pool of threads for handlers.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rowan::http {

// Thread-safety: push from any thread; stop from one.
class Workers {
public:
    using Job = std::function<void()>;  // must not throw

    Workers(unsigned threads, std::size_t queue);
    ~Workers();  // stop()
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // False, and nothing kept, when the queue is full or the pool has stopped.
    bool push(Job);
    // Waits for the jobs that run, drops those that wait.
    void stop();

private:
    void work();

    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<Job> jobs_;
    std::size_t capacity_;
    std::size_t idle_ = 0;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rowan::http
