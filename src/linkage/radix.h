// A stable sort of numbered records by the upper half of a 64-bit key, digit by digit. Records whose upper halves
// are equal come out in the order they went in; their lower halves stand beside. Thread-safety: pure.
#pragma once
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace rowan::linkage {

struct Keyed {
    std::uint32_t key, low, record;
};

using KeyedList = std::pmr::vector<Keyed>;

// `spare` is overwritten; both keep their memory, so that several sorts share it.
void radix_sort(KeyedList& items, KeyedList& spare);

}  // namespace rowan::linkage
