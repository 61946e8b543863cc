// News that many browsers wait for: server-sent events (HTML Living Standard, 9.2).
//
// A handler answers with a feed; the server then holds the connection open without a worker and sends each piece
// of news as it is published. Only the newest counts: a slow reader misses older ones and nothing piles up for it.
// Ownership: shared by the handlers and the connections. Thread-safety: every function from any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace rowan::http {

class Feed {
public:
    struct News {
        std::uint64_t number = 0;  // counts up from 1
        std::string data;
    };
    // What everybody gets now, and who comes later at once. Wakes the listeners; waits for none of them.
    void publish(std::string data);
    // The newest, when it is newer than `seen`.
    std::optional<News> newer_than(std::uint64_t seen) const;
    std::size_t listeners() const;

    // Called after each publish, on the publisher's thread, until the listener is destroyed; must not wait and
    // must not touch the feed.
    using Wake = std::function<void()>;
    class Listener {
    public:
        Listener(Feed&, Wake);
        ~Listener();
        Listener(const Listener&) = delete;
        Listener& operator=(const Listener&) = delete;

    private:
        Feed& feed_;
        std::uint64_t place_;
    };

private:
    mutable std::mutex mutex_;
    News newest_;
    std::uint64_t next_place_ = 0;
    std::map<std::uint64_t, Wake> listeners_;
};

// One event as bytes. Line breaks in `data` become lines of the same event, so that it cannot begin another.
std::string event_bytes(std::string_view data);

}  // namespace rowan::http
