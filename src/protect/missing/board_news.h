// Tells open boards that something has changed: publishes MissingDesk::stamp(), a number that says nothing about
// anybody, as soon as it is another. It reads the number from the database, so that what another process or
// another server writes is news too.
//
// Ownership: refers to the desk, which must outlive it; owns one thread until it is destroyed.
// Thread-safety: feed() from any thread.
#pragma once
#include "http/feed.h"
#include "protect/missing/missing_desk.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace rowan::protect::missing {

class BoardNews {
public:
    explicit BoardNews(const MissingDesk&);
    ~BoardNews();
    BoardNews(const BoardNews&) = delete;
    BoardNews& operator=(const BoardNews&) = delete;

    std::shared_ptr<http::Feed> feed() const { return feed_; }

private:
    void watch();

    const MissingDesk& desk_;
    const std::shared_ptr<http::Feed> feed_ = std::make_shared<http::Feed>();
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace rowan::protect::missing
