#include "people/index_filler.h"

namespace rowan::people {

namespace {

constexpr std::size_t kBatch = 256;   // records handed over at a time
constexpr std::size_t kWaiting = 16;  // batches; more would only hold memory

}  // namespace

IndexFiller::IndexFiller(PeopleIndex& index) : index_(index), thread_([this] { fill(); }) {}

IndexFiller::~IndexFiller() { stop(true); }

void IndexFiller::add(IndexedRecord record, std::string root) {
    next_.push_back({std::move(record), std::move(root)});
    if (next_.size() == kBatch) hand_over();
}

void IndexFiller::finish() {
    if (!next_.empty()) hand_over();
    stop(false);
    if (failure_) std::rethrow_exception(failure_);
}

void IndexFiller::hand_over() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < kWaiting || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    waiting_.push_back(std::exchange(next_, {}));
    lock.unlock();
    changed_.notify_all();
}

void IndexFiller::stop(bool give_up) {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        if (give_up) waiting_.clear();
        ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void IndexFiller::fill() {
    try {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            const auto batch = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            changed_.notify_all();
            for (const auto& [record, root] : batch) {
                index_.put(record);
                index_.set_root(record.person, root);
            }
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

}  // namespace rowan::people
