#include "http/feed.h"

namespace rowan::http {

void Feed::publish(std::string data) {
    const std::lock_guard lock(mutex_);
    ++newest_.number;
    newest_.data = std::move(data);
    for (const auto& [place, wake] : listeners_) wake();
}

std::optional<Feed::News> Feed::newer_than(std::uint64_t seen) const {
    const std::lock_guard lock(mutex_);
    return newest_.number > seen ? std::optional{newest_} : std::nullopt;
}

std::size_t Feed::listeners() const {
    const std::lock_guard lock(mutex_);
    return listeners_.size();
}

Feed::Listener::Listener(Feed& feed, Wake wake) : feed_(feed) {
    const std::lock_guard lock(feed_.mutex_);
    place_ = feed_.next_place_++;
    feed_.listeners_.emplace(place_, std::move(wake));
}

Feed::Listener::~Listener() {
    const std::lock_guard lock(feed_.mutex_);
    feed_.listeners_.erase(place_);
}

std::string event_bytes(std::string_view data) {
    std::string out = "data: ";
    for (std::size_t i = 0; i < data.size(); ++i) {
        const bool both = data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n';
        if (both) ++i;
        if (both || data[i] == '\r' || data[i] == '\n')
            out += "\ndata: ";
        else
            out += data[i];
    }
    return out + "\n\n";
}

}  // namespace rowan::http
