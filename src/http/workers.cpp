#include "http/workers.h"

#include "base/turn.h"

#include <algorithm>
#include <utility>

namespace rowan::http {

Workers::Workers(unsigned threads, std::size_t queue, unsigned turns)
    : capacity_(queue), turns_(std::max(turns, 1u)) {
    for (unsigned i = 0; i < std::max(threads, 1u); ++i) threads_.emplace_back(&Workers::work, this);
}

Workers::~Workers() { stop(); }

bool Workers::push(Job job) {
    bool turn_free;
    {
        const std::lock_guard lock(mutex_);
        // A job that an idle worker is about to take does not wait, so it takes no place in the queue.
        if (stopped_ || jobs_.size() >= capacity_ + idle_) return false;
        jobs_.push_back(std::move(job));
        turn_free = turns_ > 0;  // else whoever gives one back sees to it
    }
    if (turn_free) ready_.notify_one();
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

class Workers::JobsTurn final : public base::Turn {
public:
    explicit JobsTurn(Workers& of) : of_(of) { base::this_turn = this; }
    // The worker that had it looks for the next job itself: nobody needs to be woken.
    ~JobsTurn() { give_back(); }
    void give_up() noexcept override {
        if (give_back()) of_.ready_.notify_one();
    }

private:
    // True when a job waits for it.
    bool give_back() noexcept {
        if (!std::exchange(base::this_turn, nullptr)) return false;
        const std::lock_guard lock(of_.mutex_);
        ++of_.turns_;
        return !of_.jobs_.empty();
    }
    Workers& of_;
};

void Workers::work() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        if (jobs_.empty() || turns_ == 0) {
            ++idle_;
            ready_.wait(lock);
            --idle_;
            continue;
        }
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        --turns_;
        lock.unlock();
        {
            JobsTurn turn(*this);
            job();
            job = nullptr;
        }
        lock.lock();
    }
}

}  // namespace rowan::http
