#include "linkage/keys.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <numeric>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rowan::linkage {
namespace {

constexpr std::size_t kWide = 2 * kKeyWords * 64;  // bits before folding
constexpr int kBitsForPair = 10;                   // set by each pair of letters: five from each of two hashes

struct Sip {
    std::uint64_t v0, v1, v2, v3;
    explicit Sip(const SipKey& key) {
        std::uint64_t k0, k1;
        std::memcpy(&k0, key.data(), 8);
        std::memcpy(&k1, key.data() + 8, 8);
        v0 = k0 ^ 0x736f6d6570736575ULL, v1 = k1 ^ 0x646f72616e646f6dULL;
        v2 = k0 ^ 0x6c7967656e657261ULL, v3 = k1 ^ 0x7465646279746573ULL;
    }
    void round() {
        v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
        v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
        v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) { v3 ^= word, round(), round(), v0 ^= word; }
};

// One loop built three times; which runs is chosen by the machine when the program starts. All give the same numbers.
[[gnu::always_inline]] inline void count_common(const std::uint64_t* one, const Key* many, std::size_t count, std::uint32_t* out) {
    for (std::size_t j = 0; j < count; ++j) {
        const std::uint64_t* other = many[j].data();
        std::uint64_t sum = 0;
        for (std::size_t w = 0; w < kKeyWords; ++w) sum += static_cast<std::uint64_t>(__builtin_popcountll(one[w] & other[w]));
        out[j] = static_cast<std::uint32_t>(sum);
    }
}
using CountCommon = void (*)(const std::uint64_t*, const Key*, std::size_t, std::uint32_t*);
void common_plain(const std::uint64_t* one, const Key* many, std::size_t count, std::uint32_t* out) { count_common(one, many, count, out); }
#if defined(__x86_64__)
[[gnu::target("popcnt")]] void common_popcnt(const std::uint64_t* one, const Key* many, std::size_t count, std::uint32_t* out) {
    count_common(one, many, count, out);
}
[[gnu::target("avx512f,avx512vl,avx512vpopcntdq,popcnt")]] void common_wide(const std::uint64_t* one, const Key* many, std::size_t count, std::uint32_t* out) {
    const __m512i low = _mm512_loadu_si512(one), high = _mm512_loadu_si512(one + 8);
    for (std::size_t j = 0; j < count; ++j) {
        const std::uint64_t* other = many[j].data();
        const __m512i a = _mm512_popcnt_epi64(_mm512_and_si512(low, _mm512_loadu_si512(other)));
        const __m512i b = _mm512_popcnt_epi64(_mm512_and_si512(high, _mm512_loadu_si512(other + 8)));
        alignas(64) std::uint64_t sums[8];
        _mm512_store_si512(sums, _mm512_add_epi64(a, b));
        out[j] = static_cast<std::uint32_t>(sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7]);
    }
}
CountCommon choose() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512vl")) return common_wide;
    return __builtin_cpu_supports("popcnt") ? common_popcnt : common_plain;
}
const CountCommon common_bits = choose();
#else
const CountCommon common_bits = common_plain;
#endif

struct EncodedField { char tag; const std::string& text; };

std::string salt_of(const Normal& n) { return n.date_of_birth.year == 0 ? std::string{} : std::to_string(n.date_of_birth.year); }

}  // namespace

std::uint64_t siphash(const SipKey& key, std::string_view text) {
    Sip s(key);
    const std::uint64_t length = text.size();
    while (text.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), 8);
        s.take(word);
        text.remove_prefix(8);
    }
    std::uint64_t last = length << 56;
    for (std::size_t i = 0; i < text.size(); ++i) last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    s.take(last);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) s.round();
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

SipKey project_key(const SipKey& secret, std::string_view project) {
    SipKey out;
    for (char half : {'0', '1'}) {
        const std::uint64_t h = siphash(secret, "project" + std::string(1, half) + std::string(project));
        std::memcpy(out.data() + (half == '0' ? 0 : 8), &h, 8);
    }
    return out;
}

Encoder::Encoder(const SipKey& secret) : secret_(secret) {}

std::string Encoder::token(std::string_view source, std::string_view id) const {
    char out[24];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(siphash(secret_, "token|" + std::string(source) + "|" + std::string(id))));
    return out;
}

std::string Encoder::check() const { return token("check", ""); }

// What is hashed for a pair of letters: field, salt, the pair. Two 64-bit answers give all its bits: ten times 11 bits.
Key Encoder::encode(const Normal& n) const {
    std::array<std::uint64_t, 2 * kKeyWords> wide{};
    const std::string date = n.date_of_birth.text(), salt = salt_of(n);
    const std::string sex(n.sex == 0 ? 0 : 1, n.sex);
    std::string grams, message;
    for (const EncodedField f : {EncodedField{'g', n.given}, EncodedField{'f', n.family}, EncodedField{'b', date},
                                 EncodedField{'p', n.postcode}, EncodedField{'s', sex}}) {
        if (f.text.empty()) continue;
        grams.assign(1, '_').append(f.text).push_back('_');
        for (std::size_t i = 0; i + 1 < grams.size(); ++i) {
            message.assign(1, f.tag);
            // A date carries its own year; salting it again would only hide a mistyped one.
            if (f.tag != 'b') message += salt;
            message.append(1, '|').append(grams, i, 2);
            message += '\0';
            std::uint64_t bits = siphash(secret_, message);
            message.back() = '\1';
            std::uint64_t more = siphash(secret_, message);
            for (int k = 0; k < kBitsForPair; ++k) {
                if (k == kBitsForPair / 2) bits = more;
                const std::uint64_t at = bits % kWide;
                wide[at / 64] |= std::uint64_t{1} << (at % 64);
                bits >>= 11;
            }
        }
    }
    Key key;
    for (std::size_t i = 0; i < kKeyWords; ++i) key[i] = wide[i] ^ wide[i + kKeyWords];
    return key;
}

Key Encoder::encode_plainly(const Normal& n) const {
    std::vector<bool> wide(kWide, false);
    const auto set = [&](const std::string& field, const std::string& salt, const std::string& text) {
        if (text.empty()) return;
        const std::string padded = "_" + text + "_";
        for (std::size_t i = 0; i + 1 < padded.size(); ++i)
            for (int k = 0; k < kBitsForPair; ++k) {
                const int half = k / (kBitsForPair / 2), turn = k % (kBitsForPair / 2);
                const std::string message = field + salt + "|" + padded.substr(i, 2) + std::string(1, static_cast<char>(half));
                wide[(siphash(secret_, message) >> (11 * turn)) % kWide] = true;
            }
    };
    const std::string salt = salt_of(n);
    set("g", salt, n.given);
    set("f", salt, n.family);
    set("b", "", n.date_of_birth.text());
    set("p", salt, n.postcode);
    set("s", salt, n.sex == 0 ? "" : std::string(1, n.sex));
    Key key{};
    for (std::size_t i = 0; i < kWide / 2; ++i)
        if (wide[i] != wide[i + kWide / 2]) key[i / 64] |= std::uint64_t{1} << (i % 64);
    return key;
}

Key Encoder::decoy(std::uint64_t seed, std::size_t bits) const {
    Key key{};
    std::size_t set = 0;
    for (std::uint64_t i = 0; set < std::min<std::size_t>(bits, kKeyWords * 64); ++i) {
        std::string message = "decoy" + std::to_string(seed) + "|" + std::to_string(i);
        const std::uint64_t at = siphash(secret_, message) % (kKeyWords * 64);
        std::uint64_t& word = key[at / 64];
        const std::uint64_t bit = std::uint64_t{1} << (at % 64);
        set += (word & bit) == 0;
        word |= bit;
    }
    return key;
}

int bits_of(const Key& k) {
    return std::accumulate(k.begin(), k.end(), 0, [](int sum, std::uint64_t w) { return sum + std::popcount(w); });
}

double dice(const Key& a, const Key& b) {
    int both = 0;
    for (std::size_t i = 0; i < kKeyWords; ++i) both += std::popcount(a[i] & b[i]);
    const int sum = bits_of(a) + bits_of(b);
    return sum == 0 ? 0 : 2.0 * both / sum;
}

std::vector<KeyPair> match_keys(std::span<const Key> left, std::span<const Key> right, double threshold) {
    // By how many bits are set: Dice cannot exceed 2 min / (own + other), so each key meets one run of the others only.
    std::vector<std::uint32_t> order(right.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<int> bits(right.size());
    for (std::size_t j = 0; j < right.size(); ++j) bits[j] = bits_of(right[j]);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return bits[a] != bits[b] ? bits[a] < bits[b] : a < b; });
    std::vector<Key> sorted(right.size());
    std::vector<int> sorted_bits(right.size());
    for (std::size_t j = 0; j < order.size(); ++j) sorted[j] = right[order[j]], sorted_bits[j] = bits[order[j]];
    constexpr std::size_t kRows = 64;
    std::vector<std::vector<KeyPair>> found((left.size() + kRows - 1) / kRows);
    tbb::parallel_for(std::size_t{0}, found.size(), [&](std::size_t block) {
        std::vector<std::uint32_t> both(right.size());
        for (std::size_t i = block * kRows; i < std::min(left.size(), (block + 1) * kRows); ++i) {
            const int own = bits_of(left[i]);
            const auto can = [&](int other) { return own + other > 0 && 2.0 * std::min(own, other) >= threshold * (own + other); };
            std::size_t from = 0, to = sorted.size();
            while (from < to && !can(sorted_bits[from])) ++from;
            while (to > from && !can(sorted_bits[to - 1])) --to;
            common_bits(left[i].data(), sorted.data() + from, to - from, both.data());
            for (std::size_t j = from; j < to; ++j) {
                const double likeness = 2.0 * both[j - from] / (own + sorted_bits[j]);
                if (likeness >= threshold) found[block].push_back({static_cast<std::uint32_t>(i), order[j], likeness});
            }
        }
    });
    std::vector<KeyPair> all;
    for (const auto& f : found) all.insert(all.end(), f.begin(), f.end());
    std::sort(all.begin(), all.end(), [](const KeyPair& a, const KeyPair& b) {
        if (a.likeness != b.likeness) return a.likeness > b.likeness;
        return a.left != b.left ? a.left < b.left : a.right < b.right;
    });
    std::vector<bool> left_used(left.size()), right_used(right.size());
    std::vector<KeyPair> out;
    for (const KeyPair& p : all) {
        if (left_used[p.left] || right_used[p.right]) continue;
        left_used[p.left] = right_used[p.right] = true;
        out.push_back(p);
    }
    return out;
}

}  // namespace rowan::linkage
