// Sixteen pairs at a time: one record against sixteen others that stand side by side.
//
// Plain loops over whole numbers and sums in a fixed order, compiled for each instruction set and chosen when the
// program starts (lanes_kernel.cpp): every one gives the same bits. Thread-safety: pure functions; a Kernel lives
// as long as the program.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rowan::linkage {

inline constexpr std::size_t kLanes = 16;
inline constexpr std::uint32_t kOpen = 16;  // instead of a level: still to be compared
template <class T>
using Lane = std::array<T, kLanes>;
using Worth = std::array<double, kOpen + 1>;  // by level; the last is for kOpen

// One level of a date of birth: holds when one of these tests passes, or (days >= 0) so few days lie between.
struct BirthLevel {
    std::uint32_t bits = 0;
    std::int32_t days = -1;
};
// Further tests beside those of Test, each a bit above the last of them.
inline constexpr unsigned kBirthEqual = 24, kBirthOneEdit = 25;

enum class PostcodeTest : std::uint8_t { same, one_edit, sector, outward, area, different };

struct Kernel {
    std::string_view name;  // "avx512", "avx2", "plain"
    // Bit i: keys[r][at + i] is mine[r] for no r. `mine` holds no zero.
    std::uint32_t (*strangers)(const std::uint32_t* const* keys, const std::uint32_t* mine, std::size_t rules,
                               std::size_t at);
    // 0 where either value is missing, 1 where they are equal, else `other`.
    void (*equal)(const std::uint32_t* values, std::uint32_t mine, std::uint32_t other, std::uint32_t* level);
    // Levels of whole dates against one whole date; bit i of the answer: lane i holds a part of a date, not
    // compared.
    std::uint32_t (*births)(const std::uint32_t* packed, const std::uint32_t* digits, const std::int32_t* days,
                            std::uint32_t my_packed, std::uint32_t my_digits, std::int32_t my_days,
                            std::span<const BirthLevel>, std::uint32_t* level);
    // Levels of valid postcodes (postcode_word) against one; lanes of 0 are left as they are.
    void (*postcodes)(const std::uint64_t* codes, std::uint64_t mine, std::span<const PostcodeTest>,
                      std::uint32_t* level);
    // sum[i] += worth[level[i]]
    void (*add)(const std::uint32_t* level, const double* worth, double* sum);
    std::uint32_t (*at_least)(const double* sum, double least);  // bit i: sum[i] >= least
};

std::span<const Kernel* const> kernels();  // those this machine can run, the best first; never empty

}  // namespace rowan::linkage
