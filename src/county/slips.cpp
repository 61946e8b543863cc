#include "county/slips.h"

#include <cctype>

namespace rowan::county {
namespace {

bool plain_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }  // "C" locale: ASCII alone

char neighbour(Random& r, char c) {
    constexpr std::string_view kRows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (std::string_view row : kRows) {
        const auto at = row.find(low);
        if (at == std::string_view::npos) continue;
        const char other = row[at == 0 ? 1 : at + 1 == row.size() || r.chance(0.5) ? at - 1 : at + 1];
        return low == c ? other : static_cast<char>(std::toupper(static_cast<unsigned char>(other)));
    }
    return c;
}

struct Change {
    std::string_view from, to;
};
constexpr Change kSounds[] = {{"ph", "f"}, {"f", "ph"}, {"ck", "k"}, {"k", "ck"}, {"ie", "ei"},
                              {"ey", "y"}, {"y", "ie"}, {"ll", "l"}, {"l", "ll"}, {"tt", "t"},
                              {"nn", "n"}, {"n", "nn"}, {"s", "z"},  {"c", "s"},  {"ea", "ee"},
                              {"e", "a"},  {"a", "e"},  {"gh", "g"}, {"th", "t"}, {"x", "ks"}};
constexpr Change kScans[] = {{"rn", "m"}, {"m", "rn"}, {"l", "1"}, {"i", "l"},  {"o", "0"},  {"O", "0"},
                             {"e", "c"},  {"S", "5"},  {"B", "8"}, {"cl", "d"}, {"d", "cl"}, {"vv", "w"},
                             {"w", "vv"}, {"h", "b"},  {"t", "f"}, {"Z", "2"}};

template <std::size_t N>
bool apply(Random& r, std::string& word, const Change (&changes)[N]) {
    const std::size_t start = r.below(N);
    for (std::size_t i = 0; i < N; ++i) {
        const Change& change = changes[(start + i) % N];
        const auto at = word.find(change.from);
        if (at == std::string::npos) continue;
        word.replace(at, change.from.size(), change.to);
        return true;
    }
    return false;
}

Date with_fault(Random& r, Date d, Date as_of) {
    using std::chrono::day, std::chrono::month, std::chrono::year;
    const int y = static_cast<int>(d.year());
    const unsigned m = static_cast<unsigned>(d.month()), n = static_cast<unsigned>(d.day());
    Date out = d;
    switch (r.below(6)) {
        case 0:
            out = d.year() / month{n} / day{m};
            break;  // exchanged
        case 1:
            out = d.year() / d.month() / day{n > 9 ? n - 10 + (n < 20 ? 20 : 0) : n + 10};
            break;  // a digit of the day
        case 2:
            out = d.year() / month{m % 12 + 1} / d.day();
            break;
        case 3:
            out = year{y + (r.chance(0.5) ? 1 : -1)} / d.month() / d.day();
            break;
        case 4:
            out = year{y + (r.chance(0.5) ? 10 : -10)} / d.month() / d.day();
            break;  // a decade
        default:
            out = d.year() / std::chrono::January / 1;
            break;  // "some time in"
    }
    return out.ok() && out <= as_of ? out : d;
}

}  // namespace

std::string mistyped(Random& r, std::string word) {
    if (word.size() < 3) return word;
    if (r.chance(0.35) && apply(r, word, kSounds)) return word;
    for (int tries = 0; tries < 4; ++tries) {
        const std::size_t at = r.below(word.size() - 1);
        if (!plain_letter(word[at]) || !plain_letter(word[at + 1])) continue;
        switch (r.below(4)) {
            case 0:
                word[at] = neighbour(r, word[at]);
                break;
            case 1: {
                const char first = word[at];
                word[at] =
                    at == 0 ? static_cast<char>(std::toupper(static_cast<unsigned char>(word[1]))) : word[at + 1];
                word[at + 1] =
                    at == 0 ? static_cast<char>(std::tolower(static_cast<unsigned char>(first))) : first;
                break;
            }
            case 2:
                word.erase(at + 1, 1);
                break;
            default:
                word.insert(at + 1, 1, static_cast<char>(std::tolower(static_cast<unsigned char>(word[at]))));
                break;
        }
        return word;
    }
    return word;
}

std::string misread(Random& r, std::string word) {
    apply(r, word, kScans);
    return word;
}

std::string misdialled(Random& r, std::string digits) {
    if (digits.empty()) return digits;
    char& digit = digits[digits.size() - 1 - r.below(digits.size() < 6 ? digits.size() : 6)];
    if (std::isdigit(static_cast<unsigned char>(digit)))
        digit = static_cast<char>('0' + (digit - '0' + r.between(1, 9)) % 10);
    return digits;
}

Office office_of(AgencyKind kind) {
    switch (kind) {
        case AgencyKind::health:
            return {kind, 0.6};
        case AgencyKind::education:
            return {kind, 0.5};
        case AgencyKind::la_children:
            return {kind, 0.9};
        case AgencyKind::housing:
            return {kind, 1.3};
        case AgencyKind::police:
            return {kind, 1.6};
        case AgencyKind::voluntary:
            return {kind, 1.8};
    }
    return {kind, 1};
}

std::string office_given(Random& r, const Office& office, const Name& name, const std::string& known_as) {
    const double c = office.carelessness;
    if (!known_as.empty() && r.chance(0.35 * c > 0.8 ? 0.8 : 0.35 * c)) return known_as;
    const auto& nicknames = nicknames_of(name.given);
    if (!nicknames.empty() && r.chance(0.05 * c)) return std::string(nicknames[r.below(nicknames.size())]);
    const auto& spellings = spellings_of(name.given);
    if (!spellings.empty() && r.chance(0.09 * c)) return std::string(spellings[r.below(spellings.size())]);
    if (r.chance(0.004 * c)) return {};
    if (r.chance(0.004 * c) && plain_letter(name.given.front())) return name.given.substr(0, 1);
    return office_word(r, office, name.given);
}

std::string office_word(Random& r, const Office& office, std::string word) {
    if (r.chance(0.018 * office.carelessness)) word = mistyped(r, std::move(word));
    if (r.chance(office.kind == AgencyKind::health ? 0.006 : 0.002))
        word = misread(r, std::move(word));  // paper notes
    return word;
}

std::optional<Date> office_date(Random& r, const Office& office, Date born, Date as_of) {
    if (r.chance(0.018 * office.carelessness)) return std::nullopt;
    if (r.chance(0.03 * office.carelessness)) return with_fault(r, born, as_of);
    return born;
}

std::string office_postcode(Random& r, const Office& office, const std::string& now, const std::string& before,
                            double blank) {
    if (r.chance(blank)) {
        const double u = r.unit();
        if (u < 0.72) return {};
        if (u < 0.94) return "ZZ99 9ZZ";
        return u < 0.97 ? "not known" : "NFA";
    }
    std::string code = !before.empty() && r.chance(0.45) ? before : now;
    if (r.chance(0.012 * office.carelessness)) code.back() = neighbour(r, code.back());
    if (r.chance(0.05 * office.carelessness)) std::erase(code, ' ');
    return code;
}

}  // namespace rowan::county
