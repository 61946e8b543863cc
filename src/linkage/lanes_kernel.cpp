#include "linkage/lanes_kernel.h"

#include "linkage/compare.h"

#include <vector>

// Considered and left: intrinsics (faster by perhaps a third, three times the code, and a fourth for ARM), and a
// vertical Jaro-Winkler (most names of a block meet again, so each pair of distinct names is worked out once
// instead).
//
// The loops below have a constant number of turns and no branches, so that the compiler makes vector instructions
// of them: one set for each target they are inlined into.
#define ROWAN_LOOPS [[gnu::always_inline]] static inline

namespace rowan::linkage {
namespace {

ROWAN_LOOPS std::uint32_t bits_of(const std::uint32_t* yes) {  // lanes of 0 and 1
    std::uint32_t bits = 0;
    for (unsigned i = 0; i < kLanes; ++i) bits += yes[i] << i;
    return bits;
}

ROWAN_LOOPS std::uint32_t strangers(const std::uint32_t* const* keys, const std::uint32_t* mine, std::size_t rules,
                                    std::size_t at) {
    Lane<std::uint32_t> apart;
    for (unsigned i = 0; i < kLanes; ++i) apart[i] = 1;
    for (std::size_t r = 0; r < rules; ++r) {
        const std::uint32_t* key = keys[r] + at;
        const std::uint32_t own = mine[r];
        for (unsigned i = 0; i < kLanes; ++i) apart[i] &= static_cast<std::uint32_t>(key[i] != own);
    }
    return bits_of(apart.data());
}

ROWAN_LOOPS void equal(const std::uint32_t* values, std::uint32_t mine, std::uint32_t other,
                       std::uint32_t* level) {
    const std::uint32_t same = mine == 0 ? 0 : 1, apart = mine == 0 ? 0 : other;
    for (unsigned i = 0; i < kLanes; ++i) level[i] = values[i] == 0 ? 0 : values[i] == mine ? same : apart;
}

// `yes` where holds is 1, `no` where it is 0: said so that no compiler makes a branch of it.
template <class T>
ROWAN_LOOPS T select(T holds, T yes, T no) {
    return no ^ ((no ^ yes) & (T{0} - holds));
}

// The tests of compare.cpp's date_tests and date_edits for two whole dates.
ROWAN_LOOPS std::uint32_t births(const std::uint32_t* packed, const std::uint32_t* digits,
                                 const std::int32_t* days, std::uint32_t my_packed, std::uint32_t my_digits,
                                 std::int32_t my_days, std::span<const BirthLevel> levels, std::uint32_t* level) {
    const auto bit = [](Test t) { return std::uint32_t{1} << static_cast<unsigned>(t); };
    const std::uint32_t my_month = my_packed >> 8 & 255, my_day = my_packed & 255;
    const std::uint32_t my_january = (my_packed & 0xffff) == 0x0101 ? 1 : 0;
    Lane<std::uint32_t> passed, part;
    for (unsigned i = 0; i < kLanes; ++i) {
        const std::uint32_t b = packed[i], x = my_packed ^ b;
        const std::uint32_t year = x >> 16 == 0, month = (x >> 8 & 255) == 0, day = (x & 255) == 0;
        const std::uint32_t swapped = year & ((b & 255) == my_month) & ((b >> 8 & 255) == my_day);
        const std::uint32_t january = year & (my_january | ((b & 0xffff) == 0x0101));
        const std::uint32_t d = my_digits ^ digits[i], wrong = (d | d >> 1 | d >> 2 | d >> 3) & 0x1111'1111U;
        const std::uint32_t low = wrong & (0 - wrong), others = wrong ^ low;
        const std::uint32_t mask = low * 15;
        const std::uint32_t single = (wrong != 0) & (others == 0);
        const std::uint32_t crossed = (others != 0) & (others == low << 4) &
                                      (((my_digits ^ digits[i] >> 4) & mask) == 0) &
                                      (((digits[i] ^ my_digits >> 4) & mask) == 0);
        const std::uint32_t inside = (low != 1U << 4) & (low != 1U << 12);
        const std::uint32_t same = x == 0;
        const auto flag = [&](std::uint32_t holds, Test t) { return (0 - holds) & bit(t); };
        passed[i] = bit(Test::different) | flag(year, Test::same_year) | flag(year & month, Test::same_month) |
                    flag(same, Test::same) | flag(swapped, Test::swapped) |
                    flag(single | crossed, Test::one_digit) | flag(month & day, Test::other_year) |
                    flag(january, Test::first_of_january) | same << kBirthEqual |
                    (same | single | (crossed & inside)) << kBirthOneEdit;
        part[i] = (b != 0) & (((b & 255) == 0) | ((b >> 8 & 255) == 0) | (b >> 16 == 0));
    }
    Lane<std::uint32_t> out;
    for (unsigned i = 0; i < kLanes; ++i) out[i] = static_cast<std::uint32_t>(levels.size());
    for (std::size_t l = levels.size() - 1; l-- > 0;) {
        const std::uint32_t bits = levels[l].bits, number = static_cast<std::uint32_t>(l + 1);
        const auto most = static_cast<std::uint32_t>(levels[l].days);
        if (levels[l].days < 0) {
            for (unsigned i = 0; i < kLanes; ++i)
                out[i] = select<std::uint32_t>((passed[i] & bits) != 0, number, out[i]);
        } else if (my_days != Birth::kNoDay) {
            const auto mine = static_cast<std::uint32_t>(my_days),
                       none = static_cast<std::uint32_t>(Birth::kNoDay);
#pragma GCC unroll 1
            for (unsigned i = 0; i < kLanes; ++i) {
                const auto day = static_cast<std::uint32_t>(days[i]);
                const std::uint32_t known = day != none,
                                    near = day - mine + most <= 2 * most;  // at most so far apart
                out[i] = select(known & near, number, out[i]);
            }
        }
    }
    for (unsigned i = 0; i < kLanes; ++i) level[i] = packed[i] == 0 ? 0 : out[i];
    return bits_of(part.data());
}

constexpr std::uint64_t first_bytes(unsigned n) { return (std::uint64_t{1} << (8 * n)) - 1; }  // n < 8

// Comparator::postcode_level. Words hold seven letters and, in the highest byte, how many they are.
ROWAN_LOOPS void postcodes(const std::uint64_t* codes, std::uint64_t mine, std::span<const PostcodeTest> tests,
                           std::uint32_t* level) {
    constexpr std::uint64_t kTops = 0x0080'8080'8080'8080U, kRest = 0x007f'7f7f'7f7f'7f7fU, kAll = first_bytes(7);
    const auto length = static_cast<unsigned>(mine >> 56);
    const std::uint64_t a = mine & kAll;
    const std::uint64_t sector = first_bytes(length - 2) | ~kAll, outward = first_bytes(length - 3) | ~kAll;
    const std::uint64_t my_digit = (mine >> 8 & 255) <= '9';
    const std::uint64_t area = first_bytes(my_digit != 0 ? 1 : 2);
    Lane<std::uint64_t> out;
    for (unsigned i = 0; i < kLanes; ++i) out[i] = tests.size();
    for (std::size_t l = tests.size() - 1; l-- > 0;) {
        const std::uint64_t number = l + 1;
        switch (tests[l]) {
            case PostcodeTest::same:
                for (unsigned i = 0; i < kLanes; ++i)
                    out[i] = select<std::uint64_t>(codes[i] == mine, number, out[i]);
                break;
            case PostcodeTest::one_edit:
                for (unsigned i = 0; i < kLanes; ++i) {
                    const std::uint64_t b = codes[i] & kAll, x = a ^ b;
                    const std::uint64_t theirs = codes[i] >> 56;
                    // One bit, the highest, in each byte that differs; the lowest of them.
                    const std::uint64_t wrong = (((x & kRest) + kRest) | x) & kTops, low = wrong & (0 - wrong);
                    const std::uint64_t first = low >> 7, byte = (first << 8) - first, from = ~(first - 1);
                    const std::uint64_t replaced = wrong == low;
                    const std::uint64_t exchanged = static_cast<std::uint64_t>(wrong == (low | low << 8)) &
                                                    (((a ^ b >> 8) & byte) == 0) & (((b ^ a >> 8) & byte) == 0);
                    const std::uint64_t lost = ((a >> 8 ^ b) & from) == 0, gained = ((b >> 8 ^ a) & from) == 0;
                    const std::uint64_t one = ((theirs == length) & (replaced | exchanged)) |
                                              ((theirs + 1 == length) & lost) |
                                              ((theirs == std::uint64_t{length} + 1) & gained);
                    out[i] = select<std::uint64_t>((codes[i] == mine) | one, number, out[i]);
                }
                break;
            case PostcodeTest::sector:
            case PostcodeTest::outward: {
                const std::uint64_t mask = tests[l] == PostcodeTest::sector ? sector : outward;
                for (unsigned i = 0; i < kLanes; ++i)
                    out[i] = select<std::uint64_t>(((codes[i] ^ mine) & mask) == 0, number, out[i]);
                break;
            }
            case PostcodeTest::area:
                for (unsigned i = 0; i < kLanes; ++i) {
                    const std::uint64_t digit = (codes[i] >> 8 & 255) <= '9';
                    out[i] = select<std::uint64_t>((((codes[i] ^ mine) & area) == 0) & (digit == my_digit), number,
                                                   out[i]);
                }
                break;
            case PostcodeTest::different:
                for (unsigned i = 0; i < kLanes; ++i) out[i] = number;
                break;
        }
    }
    for (unsigned i = 0; i < kLanes; ++i) level[i] = codes[i] == 0 ? level[i] : static_cast<std::uint32_t>(out[i]);
}

ROWAN_LOOPS void add(const std::uint32_t* level, const double* worth, double* sum) {
    for (unsigned i = 0; i < kLanes; ++i) sum[i] += worth[level[i]];
}

ROWAN_LOOPS std::uint32_t at_least(const double* sum, double least) {
    Lane<std::uint32_t> yes;
    for (unsigned i = 0; i < kLanes; ++i) yes[i] = sum[i] >= least;
    return bits_of(yes.data());
}

// The same loops for one target, and the table that names them.
#define ROWAN_KERNEL(NAME, ...)                                                                                   \
    namespace on_##NAME {                                                                                         \
        __VA_ARGS__ std::uint32_t strangers(const std::uint32_t* const* k, const std::uint32_t* m, std::size_t n, \
                                            std::size_t at) {                                                     \
            return linkage::strangers(k, m, n, at);                                                               \
        }                                                                                                         \
        __VA_ARGS__ void equal(const std::uint32_t* v, std::uint32_t m, std::uint32_t o, std::uint32_t* l) {      \
            linkage::equal(v, m, o, l);                                                                           \
        }                                                                                                         \
        __VA_ARGS__ std::uint32_t births(const std::uint32_t* p, const std::uint32_t* g, const std::int32_t* d,   \
                                         std::uint32_t mp, std::uint32_t mg, std::int32_t md,                     \
                                         std::span<const BirthLevel> s, std::uint32_t* l) {                       \
            return linkage::births(p, g, d, mp, mg, md, s, l);                                                    \
        }                                                                                                         \
        __VA_ARGS__ void postcodes(const std::uint64_t* c, std::uint64_t m, std::span<const PostcodeTest> t,      \
                                   std::uint32_t* l) {                                                            \
            linkage::postcodes(c, m, t, l);                                                                       \
        }                                                                                                         \
        __VA_ARGS__ void add(const std::uint32_t* l, const double* w, double* s) { linkage::add(l, w, s); }       \
        __VA_ARGS__ std::uint32_t at_least(const double* s, double w) { return linkage::at_least(s, w); }         \
        const Kernel kKernel{#NAME, strangers, equal, births, postcodes, add, at_least};                          \
    }

ROWAN_KERNEL(plain)
#if defined(__x86_64__)
ROWAN_KERNEL(avx2, [[gnu::target("avx2")]])
ROWAN_KERNEL(avx512, [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")]])
#endif
#undef ROWAN_KERNEL

std::vector<const Kernel*> found() {
    std::vector<const Kernel*> out;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        out.push_back(&on_avx512::kKernel);
    if (__builtin_cpu_supports("avx2")) out.push_back(&on_avx2::kKernel);
#endif
    out.push_back(&on_plain::kKernel);
    return out;
}

}  // namespace

std::span<const Kernel* const> kernels() {
    static const std::vector<const Kernel*> all = found();
    return all;
}

}  // namespace rowan::linkage
