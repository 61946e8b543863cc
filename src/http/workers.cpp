#include "http/workers.h"

#include <algorithm>
#include <utility>

namespace rowan::http {

Workers::Workers(unsigned threads, std::size_t queue) : capacity_(queue) {
    for (unsigned i = 0; i < std::max(threads, 1u); ++i) threads_.emplace_back(&Workers::work, this);
}

Workers::~Workers() { stop(); }

bool Workers::push(Job job) {
    {
        const std::lock_guard lock(mutex_);
        // A job that an idle worker is about to take does not wait, so it takes no place in the queue.
        if (stopped_ || jobs_.size() >= capacity_ + idle_) return false;
        jobs_.push_back(std::move(job));
    }
    ready_.notify_one();
    return true;
}

void Workers::stop() {
    std::deque<Job> dropped;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        dropped.swap(jobs_);
    }
    ready_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Workers::work() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        if (jobs_.empty()) {
            ++idle_;
            ready_.wait(lock);
            --idle_;
            continue;
        }
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
    }
}

}  // namespace rowan::http
