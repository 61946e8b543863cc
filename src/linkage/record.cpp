#include "linkage/record.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>

namespace rowan::linkage {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool alpha(char c) { return c >= 'a' && c <= 'z'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool ascii(std::string_view s) {
    unsigned char all = 0;
    for (const char c : s) all |= static_cast<unsigned char>(c);
    return all < 128;
}

// base::fold knows every script but costs microseconds; plain ASCII, nearly every field, is done here in place.
// What becomes of a byte: itself, lower case; 1: dropped; 2: a space.
constexpr std::array<char, 256> kFolded = [] {
    std::array<char, 256> out{};
    for (auto& c : out) c = 2;
    for (int c = 'a'; c <= 'z'; ++c)
        out[static_cast<std::size_t>(c)] = static_cast<char>(c),
        out[static_cast<std::size_t>(c - 32)] = static_cast<char>(c);
    for (int c = '0'; c <= '9'; ++c) out[static_cast<std::size_t>(c)] = static_cast<char>(c);
    for (std::size_t c = 128; c < 256; ++c) out[c] = static_cast<char>(c);
    out['\''] = out['`'] = 1;
    return out;
}();

void fold_words(std::string_view in, std::string& out) {
    std::string wide;
    if (!ascii(in)) in = wide = base::fold(in);
    out.resize(in.size());
    char *const begin = out.data(), *to = begin;
    for (const char raw : in) {
        const char c = kFolded[static_cast<unsigned char>(raw)];
        if (c == 1) continue;
        if (c != 2)
            *to++ = c;
        else if (to != begin && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to != begin && to[-1] == ' ') --to;
    out.resize(static_cast<std::size_t>(to - begin));
}

bool says_nothing(std::string_view folded) {
    static constexpr std::array<std::string_view, 14> kNothing{
        "nfa",  "unknown", "not known", "not provided", "not recorded", "not stated", "none",
        "null", "n a",     "nk",        "tbc",          "xxx",          "missing",    "no fixed abode"};
    if (folded.empty()) return true;
    if (folded.size() > 14 || std::string_view("untxm").find(folded[0]) == std::string_view::npos) return false;
    return std::find(kNothing.begin(), kNothing.end(), folded) != kNothing.end();
}

// Words for who somebody is, where a name should stand.
constexpr std::array<std::string_view, 37> kAnybody{
    "adult",    "baby",     "boy",    "brother", "child",   "dad",    "daughter", "father", "female", "gentleman",
    "girl",     "husband",  "infant", "lady",    "male",    "man",    "mom",      "mother", "mum",    "newborn",
    "occupant", "occupier", "owner",  "parent",  "partner", "person", "resident", "sister", "son",    "spouse",
    "tenant",   "triplet",  "twin",   "unborn",  "unnamed", "wife",   "woman"};
bool stands_for_anybody(std::string_view word) {
    // By first letter: a bit for each length, which tells nearly all names apart from them.
    static constexpr std::array<std::uint32_t, 26> kLengths = [] {
        std::array<std::uint32_t, 26> out{};
        for (const std::string_view w : kAnybody) out[static_cast<std::size_t>(w[0] - 'a')] |= 1U << w.size();
        return out;
    }();
    if (!alpha(word[0]) || word.size() > 31) return false;
    if ((kLengths[static_cast<std::size_t>(word[0] - 'a')] >> word.size() & 1) == 0) return false;
    return std::find(kAnybody.begin(), kAnybody.end(), word) != kAnybody.end();
}
bool joins_words(std::string_view word) {
    static constexpr std::array<std::string_view, 10> kWords{"a",  "b",   "in",  "name",  "no",
                                                             "of", "one", "the", "three", "two"};
    return (word.size() == 1 && digit(word[0])) || std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// "baby", "unborn child", "twin 2", "son of": says that there is somebody, and not what they are called. Some of
// the words, by themselves, are names that people bear.
bool names_nobody(std::string_view folded) {
    static constexpr std::array<std::string_view, 6> kNames{"dad", "lady", "man", "mom", "mum", "son"};
    if (std::find(kNames.begin(), kNames.end(), folded) != kNames.end()) return false;
    bool somebody = false;
    for (std::string_view rest = folded; !rest.empty();) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::string_view word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (stands_for_anybody(word))
            somebody = true;
        else if (!joins_words(word))
            return false;
    }
    return somebody;
}

int number(std::string_view s) {
    int n = 0;
    for (char c : s) n = n * 10 + (c - '0');
    return n;
}

int month_of(std::string_view word) {
    static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (word.size() < 3) return 0;
    for (std::size_t i = 0; i < 12; ++i)
        if (lower(word[0]) == kMonths[3 * i] && lower(word[1]) == kMonths[3 * i + 1] &&
            lower(word[2]) == kMonths[3 * i + 2])
            return static_cast<int>(i) + 1;
    return 0;
}

// What programs write where no date is known: their first day, or the day before it.
bool stands_for_no_date(int year, int month, int day) {
    const bool first_day = month <= 1 && day <= 1;
    return (first_day && (year == 1753 || year == 1900)) || (year == 1899 && month == 12 && day >= 30);
}

PartialDate from_parts(int year, int month, int day) {
    if (year < 1000 || year > 2199 || month > 99 || day > 99) return {};
    if (stands_for_no_date(year, month, day)) return {};
    return {static_cast<std::uint16_t>(year), static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
}

int whole_year(std::string_view digits) {
    const int n = number(digits);
    if (digits.size() != 2) return n;
    return n <= 29 ? 2000 + n : 1900 + n;
}

}  // namespace

bool PartialDate::real() const {
    using namespace std::chrono;
    return complete() &&
           year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}.ok();
}

std::int32_t PartialDate::days() const {
    using namespace std::chrono;
    return static_cast<std::int32_t>(
        sys_days{year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}}
            .time_since_epoch()
            .count());
}

std::string PartialDate::text() const {
    if (empty()) return {};
    char out[32];
    const int n = month == 0 ? std::snprintf(out, sizeof out, "%04u", year)
                  : day == 0 ? std::snprintf(out, sizeof out, "%04u-%02u", year, month)
                             : std::snprintf(out, sizeof out, "%04u-%02u-%02u", year, month, day);
    return {out, static_cast<std::size_t>(n)};
}

PartialDate parse_partial_date(std::string_view s, DateOrder order) {
    std::array<std::string_view, 3> part;
    std::size_t parts = 0;
    for (std::size_t i = 0; i < s.size() && parts < 3;) {
        const bool number_here = digit(s[i]), word_here = alpha(lower(s[i]));
        if (!number_here && !word_here) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < s.size() && (number_here ? digit(s[end]) : alpha(lower(s[end])))) ++end;
        const std::string_view token = s.substr(i, end - i);
        i = end;
        if (word_here && month_of(token) == 0) {
            if (parts == 0 || token.size() > 2) return {};
            continue;  // "th", "T"
        }
        part[parts++] = token;
        if (parts == 1 && token.size() >= 8) break;  // 20140309 or 20140309T…
    }
    const auto numbers = [order](std::string_view one, std::string_view two, std::string_view year) {
        if (order == DateOrder::month_first) std::swap(one, two);
        return from_parts(whole_year(year), number(two), number(one));
    };
    if (parts == 0) return {};
    if (std::any_of(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(parts),
                    [](std::string_view t) { return t.size() > 9; }))
        return {};
    if (parts == 1) {
        const std::string_view t = part[0];
        if (!digit(t[0])) return {};
        if (t.size() == 8) {
            const PartialDate year_first =
                from_parts(number(t.substr(0, 4)), number(t.substr(4, 2)), number(t.substr(6, 2)));
            const PartialDate year_last = numbers(t.substr(0, 2), t.substr(2, 2), t.substr(4));
            return year_first.empty() || (year_last.real() && !year_first.real()) ? year_last : year_first;
        }
        return t.size() == 4 ? from_parts(number(t), 0, 0) : PartialDate{};
    }
    if (parts == 2) {
        if (digit(part[0][0]) && part[0].size() == 4)
            return from_parts(number(part[0]), digit(part[1][0]) ? number(part[1]) : month_of(part[1]), 0);
        if (part[1].size() == 4 && digit(part[1][0]))
            return from_parts(number(part[1]), digit(part[0][0]) ? number(part[0]) : month_of(part[0]), 0);
        return {};
    }
    const auto month = [&](std::string_view t) { return digit(t[0]) ? number(t) : month_of(t); };
    if (!digit(part[0][0])) {  // March 9 2014
        if (!digit(part[1][0]) || !digit(part[2][0])) return {};
        return from_parts(whole_year(part[2]), month(part[0]), number(part[1]));
    }
    if (part[0].size() == 4)
        return digit(part[2][0]) ? from_parts(number(part[0]), month(part[1]), number(part[2])) : PartialDate{};
    if (!digit(part[2][0])) return {};
    return digit(part[1][0]) ? numbers(part[0], part[1], part[2])
                             : from_parts(whole_year(part[2]), month(part[1]), number(part[0]));
}

void fold_text(std::string_view in, std::string& out) {
    fold_words(in, out);
    if (says_nothing(out)) out.clear();
}

void fold_name(std::string_view in, std::string& out) {
    fold_text(in, out);
    static constexpr std::array<std::string_view, 6> kTitles{"mr ", "mrs ", "miss ", "ms ", "dr ", "master "};
    if (out.empty() || (out[0] != 'm' && out[0] != 'd')) return;
    for (std::string_view title : kTitles)
        if (out.starts_with(title)) {
            out.erase(0, title.size());
            break;
        }
}

void fold_given_name(std::string_view in, std::string& out) {
    fold_name(in, out);
    if (names_nobody(out)) out.clear();
}

void fold_code(std::string_view in, std::string& out) {
    fold_text(in, out);
    std::erase(out, ' ');
    if (std::all_of(out.begin(), out.end(), [](char c) { return c == '0'; })) out.clear();
}

void fold_phone(std::string_view in, std::string& out) {
    out.clear();
    for (char c : in)
        if (digit(c)) out += c;
    if (out.starts_with("0044"))
        out.erase(0, 4);
    else if (out.starts_with("44") && out.size() >= 11)
        out.erase(0, 2);
    while (out.starts_with("0")) out.erase(0, 1);
    if (out.size() < 6) out.clear();
}

void fold_email(std::string_view in, std::string& out) {
    out.clear();
    for (char c : in)
        if (static_cast<unsigned char>(c) > ' ') out += lower(c);
    if (out.find('@') == std::string::npos || out.size() < 5) out.clear();
}

char fold_sex(std::string_view in) {
    for (char raw : in) {
        const char c = lower(raw);
        if (c == ' ') continue;
        if (c == 'f' || c == 'w' || c == 'g' || c == '2') return 'f';  // female, woman, girl, ISO 5218
        if (c == 'm' || c == 'b' || c == '1') return 'm';
        return 0;
    }
    return 0;
}

bool valid_nhs_number(std::string_view code) {
    if (code.size() != 10 || !std::all_of(code.begin(), code.end(), digit)) return false;
    if (std::all_of(code.begin(), code.end(), [&](char c) { return c == code[0]; })) return false;
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (code[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int check = (11 - sum % 11) % 11;
    return check != 10 && check == code[9] - '0';
}

bool valid_upn(std::string_view code) {
    static constexpr std::string_view kLetters = "abcdefghjklmnpqrtuvwxyz";  // no i, o, s
    if (code.size() != 13 || !alpha(code[0])) return false;
    const auto value = [&](char c) { return digit(c) ? static_cast<std::size_t>(c - '0') : kLetters.find(c); };
    std::size_t sum = 0;
    for (std::size_t i = 1; i < 13; ++i) {
        if (!digit(code[i]) && i < 12) return false;
        if (value(code[i]) == std::string_view::npos) return false;
        sum += value(code[i]) * (i + 1);
    }
    return kLetters[sum % 23] == code[0];
}

bool valid_postcode(std::string_view c) {
    if (c.size() < 5 || c.size() > 7) return false;
    const std::string_view inward = c.substr(c.size() - 3), outward = c.substr(0, c.size() - 3);
    if (!digit(inward[0]) || !alpha(inward[1]) || !alpha(inward[2]) || !alpha(outward[0])) return false;
    return std::any_of(outward.begin(), outward.end(), digit) && !outward.starts_with("zz");
}

std::uint64_t hash_text(std::string_view s) {
    // Eight bytes a step, multiplied and mixed (the finaliser of MurmurHash3); byte order fixed by memcpy on
    // little-endian.
    std::uint64_t h = 0x9E3779B97F4A7C15ULL ^ (s.size() * 0xFF51AFD7ED558CCDULL);
    const auto mix = [&](std::uint64_t word) {
        h = (h ^ word) * 0xFF51AFD7ED558CCDULL;
        h ^= h >> 32;
    };
    while (s.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, s.data(), 8);
        mix(word);
        s.remove_prefix(8);
    }
    std::uint64_t tail = 0;
    std::memcpy(&tail, s.data(), s.size());
    mix(tail);
    h *= 0xC4CEB9FE1A85EC53ULL;
    return h ^ h >> 33;
}

Normal normalise(const Record& r) {
    Normal n;
    fold_given_name(r.given_names, n.given);
    fold_text(r.middle_names, n.middle);
    fold_name(r.family_name, n.family);
    for (const std::string& alias : r.aliases) {
        if (const auto comma = alias.find(','); comma != std::string::npos) {  // "Smith, Annie"
            std::string given, family;
            fold_given_name(std::string_view(alias).substr(comma + 1), given);
            fold_name(std::string_view(alias).substr(0, comma), family);
            if (!family.empty() || !given.empty()) n.aliases.emplace_back(given, family);
            continue;
        }
        std::string whole;
        fold_name(alias, whole);
        if (whole.empty()) continue;
        const std::size_t space = whole.rfind(' ');
        if (space == std::string::npos)
            n.aliases.emplace_back(whole, std::string{});
        else
            n.aliases.emplace_back(whole.substr(0, space), whole.substr(space + 1));
    }
    n.date_of_birth = r.date_of_birth;
    n.sex = fold_sex(r.sex);
    fold_code(r.postcode, n.postcode);
    if (n.postcode.starts_with("zz99"))
        n.postcode.clear();  // "no fixed abode", "not known" and the like: no home to share
    n.postcode_valid = valid_postcode(n.postcode);
    fold_text(r.address, n.address);
    fold_text(r.town, n.town);
    fold_code(r.nhs_number, n.nhs_number);
    n.nhs_valid = valid_nhs_number(n.nhs_number);
    fold_code(r.upn, n.upn);
    n.upn_valid = valid_upn(n.upn);
    fold_code(r.other_id, n.other_id);
    fold_phone(r.phone, n.phone);
    fold_email(r.email, n.email);
    fold_text(r.other, n.other);
    return n;
}

}  // namespace rowan::linkage
