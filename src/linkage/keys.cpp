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

// Keys of the right side stand eight by eight: word w of eight keys, then word w + 1. Eight keys of the left are
// held against them at once. hits[q * groups + g] gets one bit for each of the eight keys that shares at least
// need[own[q] + least[g]] bits with q. Built three times; which one runs is chosen when the program starts.
constexpr std::size_t kTogether = 8, kQueries = 8;
constexpr std::size_t kLooked = 12;  // words, until it is asked whether the rest could still be enough
struct Tile {
    const Key* query[kQueries];
    const std::uint32_t* need[kQueries];  // by the fewest bits in the group
    std::uint32_t rest[kQueries];         // bits set after the first kLooked words
    const std::uint64_t* words;           // groups x 16 x 8
    const std::uint32_t* least;           // fewest bits set among the eight
    std::size_t groups;
    std::uint8_t* hits;
};
[[gnu::always_inline]] inline void count_tile(const Tile& t) {
    for (std::size_t g = 0; g < t.groups; ++g)
        for (std::size_t q = 0; q < kQueries; ++q) {
            std::array<std::uint32_t, kTogether> sum{};
            const std::uint64_t *word = t.words + g * kKeyWords * kTogether, *own = t.query[q]->data();
            for (std::size_t w = 0; w < kKeyWords; ++w)
                for (std::size_t k = 0; k < kTogether; ++k)
                    sum[k] += static_cast<std::uint32_t>(__builtin_popcountll(own[w] & word[w * kTogether + k]));
            unsigned mask = 0;
            for (std::size_t k = 0; k < kTogether; ++k)
                mask |= static_cast<unsigned>(sum[k] >= t.need[q][t.least[g]]) << k;
            t.hits[q * t.groups + g] = static_cast<std::uint8_t>(mask);
        }
}
using CountTile = void (*)(const Tile&);
void tile_plain(const Tile& t) { count_tile(t); }
#if defined(__x86_64__)
[[gnu::target("popcnt")]] void tile_popcnt(const Tile& t) { count_tile(t); }
#define ROWAN_WIDE [[gnu::target("avx512f,avx512vl,avx512vpopcntdq")]]
ROWAN_WIDE inline __m512i with_common(__m512i sum, __m512i eight, std::uint64_t one) {
    return _mm512_add_epi64(
        sum, _mm512_popcnt_epi64(_mm512_and_si512(eight, _mm512_set1_epi64(static_cast<long long>(one)))));
}
ROWAN_WIDE inline std::uint8_t enough(__m512i sum, std::uint32_t need) {
    return _mm512_cmpge_epu64_mask(sum, _mm512_set1_epi64(static_cast<long long>(need)));
}
ROWAN_WIDE inline std::uint8_t hopeful(__m512i sum, const Tile& t, std::size_t q, std::uint32_t least) {
    const std::uint32_t need = t.need[q][least];
    return enough(sum, need - std::min(need, t.rest[q]));
}
ROWAN_WIDE void tile_wide(const Tile& t) {
    const std::uint64_t* own[kQueries];
    for (std::size_t q = 0; q < kQueries; ++q) own[q] = t.query[q]->data();
    for (std::size_t g = 0; g < t.groups; ++g) {
        const std::uint64_t* word = t.words + g * kKeyWords * kTogether;
        const std::uint32_t least = t.least[g];
        __m512i sum[kQueries];
#pragma GCC unroll 8
        for (auto& s : sum) s = _mm512_setzero_si512();
#pragma GCC unroll 4
        for (std::size_t w = 0; w < kLooked; ++w) {
            const __m512i eight = _mm512_loadu_si512(word + w * kTogether);
#pragma GCC unroll 8
            for (std::size_t q = 0; q < kQueries; ++q) sum[q] = with_common(sum[q], eight, own[q][w]);
        }
        // Most are seen to share too little before the end: even if all bits that the query has left were shared.
        std::uint32_t hope = 0;
#pragma GCC unroll 8
        for (std::size_t q = 0; q < kQueries; ++q) hope |= hopeful(sum[q], t, q, least);
        if (hope == 0) {
            for (std::size_t q = 0; q < kQueries; ++q) t.hits[q * t.groups + g] = 0;
            continue;
        }
#pragma GCC unroll 4
        for (std::size_t w = kLooked; w < kKeyWords; ++w) {
            const __m512i eight = _mm512_loadu_si512(word + w * kTogether);
#pragma GCC unroll 8
            for (std::size_t q = 0; q < kQueries; ++q) sum[q] = with_common(sum[q], eight, own[q][w]);
        }
#pragma GCC unroll 8
        for (std::size_t q = 0; q < kQueries; ++q) t.hits[q * t.groups + g] = enough(sum[q], t.need[q][least]);
    }
}
#undef ROWAN_WIDE
CountTile choose() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512vl")) return tile_wide;
    return __builtin_cpu_supports("popcnt") ? tile_popcnt : tile_plain;
}
const CountTile chosen_tile = choose();
#else
const CountTile chosen_tile = tile_plain;
#endif

// One side of a comparison, by how many bits are set: Dice cannot exceed 2 min / (own + other), so each key meets
// one run of the others only.
struct Sorted {
    std::vector<std::uint32_t> place;       // in the caller's order
    std::vector<std::uint32_t> bits, rest;  // set in all, set after the first kLooked words
    std::vector<Key> keys;
    explicit Sorted(std::span<const Key> given)
        : place(given.size()), bits(given.size()), rest(given.size()), keys(given.size()) {
        std::vector<std::uint32_t> own(given.size());
        for (std::size_t i = 0; i < given.size(); ++i) own[i] = static_cast<std::uint32_t>(bits_of(given[i]));
        std::iota(place.begin(), place.end(), 0U);
        std::sort(place.begin(), place.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return own[a] != own[b] ? own[a] < own[b] : a < b; });
        for (std::size_t i = 0; i < given.size(); ++i) {
            keys[i] = given[place[i]], bits[i] = own[place[i]];
            for (std::size_t w = kLooked; w < kKeyWords; ++w)
                rest[i] += static_cast<std::uint32_t>(std::popcount(keys[i][w]));
        }
    }
};

std::string salt_of(const Normal& n) {
    return n.date_of_birth.year == 0 ? std::string{} : std::to_string(n.date_of_birth.year);
}

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
    for (std::size_t i = 0; i < text.size(); ++i)
        last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    s.take(last);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) s.round();
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

Normal normal_of(const Population& population, std::uint32_t record) {
    const Packed& p = population[record];
    Normal n;
    if (p[Column::given] != 0) n.given = population.names().text(p[Column::given]);
    // One name in the keys: who knows no middle name must still come near.
    if (p[Column::middle] != 0)
        n.given += (n.given.empty() ? "" : " ") + std::string(population.names().text(p[Column::middle]));
    if (p[Column::family] != 0) n.family = population.names().text(p[Column::family]);
    if (p[Column::postcode] != 0) n.postcode = population.texts(Column::postcode).text(p[Column::postcode]);
    n.date_of_birth = PartialDate::unpack(p.birth);
    n.sex = p.sex;
    return n;
}

Normal nobody(std::uint64_t seed, std::uint32_t people, const std::function<Normal(std::uint32_t)>& person) {
    SipKey key{};
    std::memcpy(key.data(), &seed, sizeof seed);
    const auto another = [&](std::string_view field) {
        return person(static_cast<std::uint32_t>(siphash(key, field) % people));
    };
    Normal n;
    const Normal named = another("given");
    n.given = named.given, n.sex = named.sex;
    n.family = another("family").family;
    n.date_of_birth = another("birth").date_of_birth;
    n.postcode = another("postcode").postcode;
    return n;
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
    std::snprintf(
        out, sizeof out, "%016llx",
        static_cast<unsigned long long>(siphash(secret_, "token|" + std::string(source) + "|" + std::string(id))));
    return out;
}

std::string Encoder::check() const { return token("check", ""); }

// What is hashed for a pair of letters: field, salt, the pair. Two 64-bit answers give all its bits: ten times 11
// bits.
std::array<std::uint16_t, kBitsForPair> Encoder::places(char field, std::string_view salt,
                                                        std::string_view pair) const {
    std::string message(1, field);
    message.append(salt).append(1, '|').append(pair) += '\0';
    std::array<std::uint16_t, kBitsForPair> out;
    std::uint64_t bits = siphash(secret_, message);
    message.back() = '\1';
    const std::uint64_t more = siphash(secret_, message);
    for (int k = 0; k < kBitsForPair; ++k, bits >>= 11) {
        if (k == kBitsForPair / 2) bits = more;
        out[static_cast<std::size_t>(k)] = static_cast<std::uint16_t>(bits % kWide);
    }
    return out;
}

Key Encoder::encode(const Normal& n) const { return KeyMaker(*this).encode(n); }

namespace {

constexpr std::string_view kFieldsOfKey = "gfbps";
// One of forty letters, or forty for any other byte.
constexpr std::array<std::uint8_t, 256> kLetterNumber = [] {
    std::array<std::uint8_t, 256> out{};
    for (auto& n : out) n = 40;
    for (int c = 'a'; c <= 'z'; ++c) out[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(c - 'a');
    for (int c = '0'; c <= '9'; ++c) out[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(26 + c - '0');
    out['_'] = 36, out['-'] = 37, out[' '] = 38;
    return out;
}();

void set_bits(const std::array<std::uint16_t, kBitsForPair>& places, std::uint64_t* wide) {
    for (const std::uint16_t at : places) wide[at / 64] |= std::uint64_t{1} << (at % 64);
}

}  // namespace

KeyMaker::Known& KeyMaker::known(char field, std::uint16_t year) {
    const bool near = year >= 1900 && year < 2156;
    Known** quick = near || year == 0 ? &of_year_[kFieldsOfKey.find(field)][near ? year - 1900U : 0U] : nullptr;
    if (quick != nullptr && *quick != nullptr && (*quick)->year == year) return **quick;
    for (auto& k : known_)
        if (k->field == field && k->year == year) {
            if (quick != nullptr) *quick = k.get();
            return *k;
        }
    known_.push_back(std::make_unique<Known>());
    known_.back()->field = field, known_.back()->year = year;
    if (quick != nullptr) *quick = known_.back().get();
    return *known_.back();
}

void KeyMaker::add(char field, std::uint16_t year, std::string_view text, std::uint64_t* wide) {
    if (text.empty()) return;
    Known& known = this->known(field, year);
    char pair[2] = {'_', 0};
    for (std::size_t i = 0; i <= text.size(); ++i, pair[0] = pair[1]) {
        pair[1] = i < text.size() ? text[i] : '_';
        const std::size_t a = kLetterNumber[static_cast<unsigned char>(pair[0])],
                          b = kLetterNumber[static_cast<unsigned char>(pair[1])];
        const bool usual = a < kLetters && b < kLetters;
        if (usual && known.number[a * kLetters + b] != 0) {
            set_bits(known.places[known.number[a * kLetters + b] - 1U], wide);
            continue;
        }
        const Places places = encoder_->places(field, year == 0 ? std::string{} : std::to_string(year), {pair, 2});
        set_bits(places, wide);
        if (!usual) continue;
        known.places.push_back(places);
        known.number[a * kLetters + b] = static_cast<std::uint16_t>(known.places.size());
    }
}

// A register holds few dates, each of them many times: all their bits at once are remembered. A date carries its
// own year; salting it again would only hide a mistyped one.
const KeyMaker::Wide& KeyMaker::date(PartialDate d) {
    if (dates_.size() >= kDates) dates_.clear();
    const auto [at, is_new] = dates_.try_emplace(d.packed());
    if (is_new) add('b', 0, d.text(), at->second.data());
    return at->second;
}

Key KeyMaker::encode(const Normal& n) {
    Wide wide = date(n.date_of_birth);
    const std::uint16_t year = n.date_of_birth.year;
    add('g', year, n.given, wide.data());
    add('f', year, n.family, wide.data());
    add('p', year, n.postcode, wide.data());
    if (n.sex != 0) add('s', year, {&n.sex, 1}, wide.data());
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
                const std::string message =
                    field + salt + "|" + padded.substr(i, 2) + std::string(1, static_cast<char>(half));
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

Key Encoder::noise(std::uint64_t seed, std::size_t bits) const {
    Key key{};
    std::size_t set = 0;
    for (std::uint64_t i = 0; set < std::min<std::size_t>(bits, kKeyWords * 64); ++i) {
        std::string message = "noise" + std::to_string(seed) + "|" + std::to_string(i);
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

namespace {

// Are eight bytes all zero?
bool none(const std::uint8_t* bytes) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes, sizeof eight);
    return eight == 0;
}

}  // namespace

std::vector<KeyPair> alike_keys(std::span<const Key> left, std::span<const Key> right, double threshold,
                                Counting counting) {
    const Sorted rows(left), columns(right);
    const CountTile count = counting == Counting::plain ? tile_plain : chosen_tile;
    constexpr std::uint32_t kMost = 2 * kKeyWords * 64, kNever = ~0U;
    // How many bits two keys must share, by the sum of their bits.
    std::vector<std::uint32_t> need(kMost + 1, kNever);
    for (std::uint32_t sum = 1, least = 0; sum <= kMost; ++sum) {
        while (least <= sum && 2.0 * least / sum < threshold) ++least;
        need[sum] = least;
    }
    const std::size_t groups = (right.size() + kTogether - 1) / kTogether;
    std::vector<std::uint64_t> words(groups * kKeyWords * kTogether, 0);
    std::vector<std::uint32_t> fewest(groups), most(groups);
    for (std::size_t j = 0; j < right.size(); ++j)
        for (std::size_t w = 0; w < kKeyWords; ++w)
            words[(j / kTogether * kKeyWords + w) * kTogether + j % kTogether] = columns.keys[j][w];
    for (std::size_t g = 0; g < groups; ++g)
        fewest[g] = columns.bits[g * kTogether],
        most[g] = columns.bits[std::min(right.size(), (g + 1) * kTogether) - 1];

    constexpr std::size_t kRows = 64,
                          kGroups = 24;  // so many keys stay in the nearest cache while 64 rows meet them
    std::vector<std::vector<KeyPair>> found((left.size() + kRows - 1) / kRows);
    tbb::parallel_for(std::size_t{0}, found.size(), [&](std::size_t block) {
        std::vector<std::uint8_t> hits(kQueries * kGroups);
        const std::size_t end = std::min(left.size(), (block + 1) * kRows);
        const auto can = [&](std::uint32_t own, std::uint32_t other) {
            return own + other > 0 && std::min(own, other) >= need[own + other];
        };
        std::size_t from = 0, to = groups;  // of the block's rows, from the fewest bits to the most
        while (from < to && !can(rows.bits[block * kRows], most[from]) && most[from] < rows.bits[block * kRows])
            ++from;
        while (to > from && !can(rows.bits[end - 1], fewest[to - 1]) && fewest[to - 1] > rows.bits[end - 1]) --to;
        for (std::size_t begin = from; begin < to; begin += kGroups) {
            const std::size_t here = std::min(kGroups, to - begin);
            for (std::size_t row = block * kRows; row < end; row += kQueries) {
                Tile tile{
                    {},   {},         {}, words.data() + begin * kKeyWords * kTogether, fewest.data() + begin,
                    here, hits.data()};
                for (std::size_t q = 0; q < kQueries; ++q) {
                    const std::size_t r = std::min(row + q, end - 1);  // the last tile asks its last row again
                    tile.query[q] = &rows.keys[r], tile.need[q] = need.data() + rows.bits[r];
                    tile.rest[q] = rows.rest[r];
                }
                count(tile);
                for (std::size_t q = 0; q < std::min(kQueries, end - row); ++q)
                    for (std::size_t g = 0; g < here; ++g) {
                        if (g % kTogether == 0 && g + kTogether <= here && none(&hits[q * here + g])) {
                            g += kTogether - 1;
                            continue;
                        }
                        for (unsigned mask = hits[q * here + g]; mask != 0; mask &= mask - 1) {
                            const std::size_t j =
                                (begin + g) * kTogether + static_cast<std::size_t>(std::countr_zero(mask));
                            if (j >= right.size()) break;
                            const double likeness = dice(rows.keys[row + q], columns.keys[j]);
                            if (likeness >= threshold)
                                found[block].push_back({rows.place[row + q], columns.place[j], likeness});
                        }
                    }
            }
        }
    });
    std::vector<KeyPair> all;
    for (const auto& f : found) all.insert(all.end(), f.begin(), f.end());
    std::sort(all.begin(), all.end(), [](const KeyPair& a, const KeyPair& b) {
        return a.left != b.left ? a.left < b.left : a.right < b.right;
    });
    return all;
}

std::vector<KeyPair> match_keys(std::span<const Key> left, std::span<const Key> right, double threshold,
                                Counting counting) {
    std::vector<KeyPair> all = alike_keys(left, right, threshold, counting);
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
