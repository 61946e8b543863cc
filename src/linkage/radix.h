// A stable sort of numbered records by a 32-bit key, in three passes over the digits. Thread-safety: pure.
#pragma once
#include <cstdint>
#include <vector>

namespace rowan::linkage {

struct Keyed { std::uint32_t key, record; };

// `spare` is overwritten; both keep their memory, so that several sorts share it.
void radix_sort(std::vector<Keyed>& items, std::vector<Keyed>& spare);

}  // namespace rowan::linkage
