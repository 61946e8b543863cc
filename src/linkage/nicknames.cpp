#include "linkage/nicknames.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <vector>

namespace rowan::linkage {
namespace {

constexpr std::string_view kGroups =
#include "linkage/nicknames.inc"
    ;

using Table = boost::unordered_flat_map<std::string_view, std::vector<std::uint16_t>>;

Table build() {
    Table table;
    std::uint16_t group = 0;
    for (std::size_t line = 0; line < kGroups.size();) {
        const std::size_t end = std::min(kGroups.find('\n', line), kGroups.size());
        for (std::size_t at = line; at < end;) {
            const std::size_t stop = std::min(kGroups.find(' ', at), end);
            if (stop > at) {
                auto& groups = table[kGroups.substr(at, stop - at)];
                if (groups.empty() || groups.back() != group) groups.push_back(group);
            }
            at = stop + 1;
        }
        ++group;
        line = end + 1;
    }
    return table;
}

const Table& table() {
    static const Table built = build();
    return built;
}

}  // namespace

std::span<const std::uint16_t> name_groups(std::string_view folded) {
    const auto found = table().find(folded);
    if (found == table().end()) return {};
    return found->second;
}

bool share_group(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b) {
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i] == b[j]) return true;
        a[i] < b[j] ? ++i : ++j;
    }
    return false;
}

bool nickname(std::string_view a, std::string_view b) {
    return a != b && share_group(name_groups(a), name_groups(b));
}

}  // namespace rowan::linkage
