// Bits of a word that are set. std::popcount is a call into a library where the compiler may not assume the
// instruction. Thread-safety: a pure function.
#pragma once
#include <cstdint>

namespace rowan::linkage {

inline unsigned ones(std::uint32_t x) {
    x -= x >> 1 & 0x5555'5555U;
    x = (x & 0x3333'3333U) + (x >> 2 & 0x3333'3333U);
    return ((x + (x >> 4)) & 0x0F0F'0F0FU) * 0x0101'0101U >> 24;
}

}  // namespace rowan::linkage
