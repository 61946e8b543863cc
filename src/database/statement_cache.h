// Prepared statements of one connection by their key; the one used longest ago goes when there are too many.
// A statement is taken out while it is in use, so that a nested use of the same text gets one of its own.
// Not thread-safe: it belongs to its connection.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace rowan::database {

template <class Prepared>
class StatementCache {
public:
    static constexpr std::size_t kMost = 256;

    std::optional<Prepared> take(const std::string& key) {
        const auto at = held_.find(key);
        if (at == held_.end() || !at->second.prepared) return std::nullopt;
        return std::exchange(at->second.prepared, std::nullopt);
    }

    // Returns the statement that had to make room (or was there already), for the caller to dispose of.
    std::optional<Prepared> put(const std::string& key, Prepared prepared) {
        const auto at = held_.find(key);
        if (at != held_.end()) {
            if (at->second.prepared) return prepared;
            at->second = {std::move(prepared), ++uses_};
            return std::nullopt;
        }
        std::optional<Prepared> dropped;
        if (held_.size() >= kMost) {
            const auto oldest = std::min_element(held_.begin(), held_.end(), [](const auto& a, const auto& b) {
                return a.second.last_used < b.second.last_used;
            });
            dropped = std::move(oldest->second.prepared);
            held_.erase(oldest);
        }
        held_.emplace(key, Held{std::move(prepared), ++uses_});
        return dropped;
    }

    void clear() { held_.clear(); }

private:
    struct Held {
        std::optional<Prepared>
            prepared;  // nothing while it is in use: the place stays, so that a use allocates nothing
        std::uint64_t last_used;
    };
    std::unordered_map<std::string, Held> held_;
    std::uint64_t uses_ = 0;
};

}  // namespace rowan::database
