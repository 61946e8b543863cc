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

class Workers::JobsTurn final : public base::Turn {
public:
    explicit JobsTurn(Workers& of) : of_(of) { base::this_turn = this; }
    ~JobsTurn() { give_up(); }
    void give_up() noexcept override {
        if (!std::exchange(base::this_turn, nullptr)) return;
        {
            const std::lock_guard lock(of_.mutex_);
            ++of_.turns_;
        }
        of_.ready_.notify_one();
    }

private:
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
