#include "linkage/distance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace rowan::linkage {
namespace {

double from_counts(std::size_t common, std::size_t half_swaps, std::size_t a, std::size_t b) {
    if (common == 0) return 0;
    const double m = static_cast<double>(common);
    return (m / static_cast<double>(a) + m / static_cast<double>(b) +
            (m - static_cast<double>(half_swaps / 2)) / m) /
           3.0;
}

// Plain loops for long texts; short ones (nearly all names) take the word-at-a-time path below.
double jaro_long(std::string_view a, std::string_view b) {
    const std::size_t longest = std::max(a.size(), b.size());
    const std::size_t reach = longest / 2 > 0 ? longest / 2 - 1 : 0;
    std::vector<bool> used_a(a.size()), used_b(b.size());
    std::size_t common = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t from = i > reach ? i - reach : 0;
        const std::size_t to = std::min(b.size(), i + reach + 1);
        for (std::size_t j = from; j < to; ++j) {
            if (used_b[j] || a[i] != b[j]) continue;
            used_a[i] = used_b[j] = true;
            ++common;
            break;
        }
    }
    std::size_t half_swaps = 0, j = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!used_a[i]) continue;
        while (!used_b[j]) ++j;
        half_swaps += a[i] != b[j++];
    }
    return from_counts(common, half_swaps, a.size(), b.size());
}

// Both at most 64 bytes: for every letter of `a`, the free equal letters of `b` within reach are one word, and the
// first of them is its lowest bit.
double jaro_word(std::string_view a, std::string_view b) {
    const std::size_t longest = std::max(a.size(), b.size());
    const std::size_t reach = longest / 2 > 0 ? longest / 2 - 1 : 0;
    std::array<std::uint64_t, 256> where;
    for (unsigned char c : a) where[c] = 0;
    for (unsigned char c : b) where[c] = 0;
    for (std::size_t j = 0; j < b.size(); ++j) where[static_cast<unsigned char>(b[j])] |= std::uint64_t{1} << j;
    std::uint64_t used_a = 0, used_b = 0;
    std::size_t common = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t from = i > reach ? i - reach : 0;
        const std::size_t width = i + reach + 1 - from;
        if (from >= b.size()) break;
        const std::uint64_t window = (width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1) << from;
        const std::uint64_t free = where[static_cast<unsigned char>(a[i])] & window & ~used_b;
        used_b |= free & (~free + 1);
        used_a |= static_cast<std::uint64_t>(free != 0) << i;
        common += free != 0;
    }
    std::size_t half_swaps = 0;
    for (std::uint64_t x = used_a, y = used_b; x != 0; x &= x - 1, y &= y - 1)
        half_swaps +=
            a[static_cast<std::size_t>(std::countr_zero(x))] != b[static_cast<std::size_t>(std::countr_zero(y))];
    return from_counts(common, half_swaps, a.size(), b.size());
}

bool letter(char c) { return c >= 'a' && c <= 'z'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }

}  // namespace

double jaro(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.empty() && b.empty() ? 1 : 0;
    return a.size() <= 64 && b.size() <= 64 ? jaro_word(a, b) : jaro_long(a, b);
}

double jaro_winkler(std::string_view a, std::string_view b) {
    const double plain = jaro(a, b);
    if (plain <= 0.7) return plain;
    std::size_t prefix = 0;
    while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
    return plain + static_cast<double>(prefix) * 0.1 * (1 - plain);
}

namespace {

// At most one edit: what is left between the common beginning and the common end decides.
int osa_one(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
    while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
    if (a.size() <= 1 && b.size() <= 1) return a.empty() && b.empty() ? 0 : 1;
    return a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0] ? 1 : 2;
}

// Hyyrö 2003: one column of the table in two words; a column costs a dozen instructions. Precondition: 1 … 64
// letters.
int osa_word(std::string_view a, std::string_view b, int limit) {
    std::array<std::uint64_t, 256> where;
    for (unsigned char c : b) where[c] = 0;
    for (unsigned char c : a) where[c] = 0;
    for (std::size_t i = 0; i < a.size(); ++i) where[static_cast<unsigned char>(a[i])] |= std::uint64_t{1} << i;
    const std::uint64_t last = std::uint64_t{1} << (a.size() - 1);
    std::uint64_t up = ~std::uint64_t{0}, down = 0, zero = 0, before = 0;
    int distance = static_cast<int>(a.size()), left = static_cast<int>(b.size());
    for (unsigned char c : b) {
        const std::uint64_t here = where[c];
        const std::uint64_t swap = (~zero & here) << 1 & before;
        zero = ((((here & up) + up) ^ up) | here | down) | swap;
        const std::uint64_t plus = down | ~(zero | up), minus = zero & up;
        distance += (plus & last) != 0;
        distance -= (minus & last) != 0;
        if (distance - --left > limit) return limit + 1;  // each further letter takes one off at the most
        const std::uint64_t x = plus << 1 | 1;
        up = minus << 1 | ~(zero | x);
        down = x & zero;
        before = here;
    }
    return std::min(distance, limit + 1);
}

int osa_long(std::string_view a, std::string_view b, int limit) {
    const std::size_t width = b.size() + 1;
    std::vector<int> rows(3 * width);
    int *before = rows.data(), *above = before + width, *row = above + width;
    for (std::size_t j = 0; j < width; ++j) above[j] = before[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        int least = row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j < width; ++j) {
            int best = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = std::min(best, before[j - 2] + 1);
            row[j] = best;
            least = std::min(least, best);
        }
        if (least > limit + 1)
            return limit + 1;  // a swap reaches back one row, so one more than the limit is sure
        std::swap(before, above);
        std::swap(above, row);
    }
    return std::min(above[b.size()], limit + 1);
}

}  // namespace

int osa(std::string_view a, std::string_view b, int limit) {
    if (a.size() < b.size()) std::swap(a, b);
    if (static_cast<int>(a.size() - b.size()) > limit) return limit + 1;
    if (limit == 1) return osa_one(a, b);
    if (b.empty()) return static_cast<int>(a.size());
    return a.size() <= 64 ? osa_word(a, b, limit) : osa_long(a, b, limit);
}

int damerau(std::string_view a, std::string_view b) {
    const std::size_t n = a.size(), m = b.size(), w = m + 2;
    const int far = static_cast<int>(n + m);
    std::vector<int> d((n + 2) * w, 0);
    std::array<std::size_t, 256> last_row{};
    d[0] = far;
    for (std::size_t i = 0; i <= n; ++i) d[(i + 1) * w] = far, d[(i + 1) * w + 1] = static_cast<int>(i);
    for (std::size_t j = 0; j <= m; ++j) d[j + 1] = far, d[w + j + 1] = static_cast<int>(j);
    for (std::size_t i = 1; i <= n; ++i) {
        std::size_t last_column = 0;
        for (std::size_t j = 1; j <= m; ++j) {
            const std::size_t k = last_row[static_cast<unsigned char>(b[j - 1])], l = last_column;
            const bool equal = a[i - 1] == b[j - 1];
            if (equal) last_column = j;
            d[(i + 1) * w + j + 1] = std::min({d[i * w + j] + !equal, d[(i + 1) * w + j] + 1, d[i * w + j + 1] + 1,
                                               d[k * w + l] + static_cast<int>(i - k - 1 + 1 + (j - l - 1))});
        }
        last_row[static_cast<unsigned char>(a[i - 1])] = i;
    }
    return d[(n + 1) * w + m + 1];
}

std::string soundex(std::string_view text) {
    static constexpr std::string_view kCodes = "01230120022455012623010202";  // a … z
    std::string key;
    char previous = '0';
    for (char raw : text) {
        const char c = lower(raw);
        if (!letter(c)) continue;
        const char code = kCodes[static_cast<std::size_t>(c - 'a')];
        if (key.empty())
            key += c;
        else if (code != '0' && code != previous)
            key += code;
        if (c != 'h' && c != 'w') previous = code;
        if (key.size() == 4) return key;
    }
    if (!key.empty()) key.resize(4, '0');
    return key;
}

std::string sounds_like_key(std::string_view text) {
    std::string s;
    for (char raw : text)
        if (letter(lower(raw))) s += lower(raw);
    std::string key;
    const auto put = [&](char c) {
        if (key.empty() || key.back() != c) key += c;
    };
    const auto at = [&](std::size_t i) { return i < s.size() ? s[i] : '\0'; };
    const auto starts = [&](std::size_t i, std::string_view part) { return s.compare(i, part.size(), part) == 0; };
    for (std::size_t i = 0; i < s.size() && key.size() < 8; ++i) {
        const char c = s[i];
        if (i == 0 && (starts(0, "kn") || starts(0, "gn") || starts(0, "wr") || starts(0, "pn"))) continue;
        if (vowel(c)) {
            if (i == 0) put('a');
            continue;
        }
        switch (c) {
            case 'b':
                if (!(i + 1 == s.size() && i > 0 && s[i - 1] == 'm')) put('p');
                break;
            case 'c':
                if (at(i + 1) == 'h') {
                    put(at(i + 2) == 'r' ? 'k' : 'j');
                    ++i;
                } else if (at(i + 1) == 'k') {
                    put('k');
                    ++i;
                } else
                    put(at(i + 1) == 'e' || at(i + 1) == 'i' || at(i + 1) == 'y' ? 's' : 'k');
                break;
            case 'd':
                if (at(i + 1) == 'g' && (at(i + 2) == 'e' || at(i + 2) == 'i')) {
                    put('j');
                    ++i;
                } else
                    put('t');
                break;
            case 'g':
                if (at(i + 1) == 'h') {
                    if (i == 0) put('k');
                    ++i;
                } else if (at(i + 1) == 'n' && i + 2 >= s.size())
                    break;
                else
                    put(at(i + 1) == 'e' || at(i + 1) == 'i' || at(i + 1) == 'y' ? 'j' : 'k');
                break;
            case 'h':
            case 'w':
                if (i == 0) put(c);
                break;
            case 'j':
                put('j');
                break;
            case 'k':
            case 'q':
                put('k');
                break;
            case 'p':
                if (at(i + 1) == 'h') {
                    put('f');
                    ++i;
                } else
                    put('p');
                break;
            case 's':
                if (at(i + 1) == 'h') {
                    put('x');
                    ++i;
                } else
                    put('s');
                break;
            case 't':
                put('t');
                if (at(i + 1) == 'h') ++i;
                break;
            case 'v':
                put('f');
                break;
            case 'x':
                put('k');
                put('s');
                break;
            case 'z':
                put('s');
                break;
            default:
                put(c);  // f l m n r
        }
    }
    return key;
}

}  // namespace rowan::linkage
