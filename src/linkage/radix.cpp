#include "linkage/radix.h"

#include <array>
#include <cstddef>

namespace rowan::linkage {

void radix_sort(std::vector<Keyed>& items, std::vector<Keyed>& spare) {
    constexpr unsigned kBits = 11;
    constexpr std::size_t kBuckets = std::size_t{1} << kBits, kPasses = 3;
    std::array<std::vector<std::uint32_t>, kPasses> count;
    for (auto& c : count) c.assign(kBuckets, 0);
    const auto digit = [](std::uint32_t key, std::size_t pass) { return key >> (kBits * pass) & (kBuckets - 1); };
    for (const Keyed& k : items)
        for (std::size_t pass = 0; pass < kPasses; ++pass) ++count[pass][digit(k.key, pass)];
    spare.resize(items.size());
    for (std::size_t pass = 0; pass < kPasses; ++pass) {
        std::uint32_t sum = 0;
        for (std::uint32_t& c : count[pass]) {
            const std::uint32_t here = c;
            c = sum;
            sum += here;
        }
        for (const Keyed& k : items) spare[count[pass][digit(k.key, pass)]++] = k;
        items.swap(spare);
    }
}

}  // namespace rowan::linkage
