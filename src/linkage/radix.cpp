#include "linkage/radix.h"

#include <array>
#include <cstddef>
#include <utility>

namespace rowan::linkage {
namespace {

constexpr unsigned kBits = 8, kTop = 24;
constexpr std::size_t kBuckets = std::size_t{1} << kBits;
using Counts = std::array<std::uint32_t, kBuckets>;

std::size_t digit(const Keyed& k, unsigned shift) { return k.key >> shift & (kBuckets - 1); }

// From how many there are of each to where each begins.
void begin_each(Counts& counts) {
    std::uint32_t sum = 0;
    for (std::uint32_t& c : counts) sum += std::exchange(c, sum);
}

// By the lower digits, from the last on. The result is in `there`.
void sort_bucket(Keyed* here, Keyed* there, std::size_t size) {
    std::array<Counts, kTop / kBits> counts{};
    for (std::size_t i = 0; i < size; ++i)
        for (unsigned p = 0; p < counts.size(); ++p) ++counts[p][digit(here[i], kBits * p)];
    static_assert(kTop / kBits % 2 == 1);
    for (unsigned p = 0; p < counts.size(); ++p, std::swap(here, there)) {
        begin_each(counts[p]);
        for (std::size_t i = 0; i < size; ++i) there[counts[p][digit(here[i], kBits * p)]++] = here[i];
    }
}

}  // namespace

// The first digit first: what is left of many records is then sorted where it lies in the cache.
void radix_sort(KeyedList& items, KeyedList& spare) {
    Counts at{};
    for (const Keyed& k : items) ++at[digit(k, kTop)];
    begin_each(at);
    spare.resize(items.size());
    for (const Keyed& k : items) spare[at[digit(k, kTop)]++] = k;
    std::size_t from = 0;
    for (const std::size_t end : at) {  // where each began, and now ends
        sort_bucket(spare.data() + from, items.data() + from, end - from);
        from = end;
    }
}

}  // namespace rowan::linkage
