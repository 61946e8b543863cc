// What is drawn by lot, on every machine alike. Thread-safety: pure functions.
#pragma once
#include <cmath>
#include <cstdint>

namespace rowan::linkage {

inline std::uint64_t pairs_of(std::uint64_t n) { return n * (n - 1) / 2; }

// A stream of numbers that is the same on every machine (SplitMix64).
inline std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return x ^ x >> 31;
}

// Of evenly spread numbers such a share is not above it.
inline std::uint64_t bar_for(double share) {
    return share >= 1 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(std::ldexp(share, 63)) * 2;
}

}  // namespace rowan::linkage
