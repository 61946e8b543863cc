#include "base/identifiers.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace rowan::base {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// Upper case, without white space (any kind: people paste no-break spaces) and without `separators`.
std::string compact(std::string_view text, std::string_view separators = "") {
    std::string out;
    for (char c : tidy_line(text)) {
        if (c != ' ' && !one_of(c, separators)) out += upper(c);
    }
    return out;
}

// --- postcodes and registrations are matched against patterns: one character class a letter -----------------

// '9' a digit, 'A' any letter, other letters as `classes` say; every other character stands for itself.
struct Class {
    char name;
    std::string_view members;
};

template <std::size_t N>
bool fits(std::string_view text, std::string_view pattern, const std::array<Class, N>& classes, char wild = '\0') {
    if (text.size() != pattern.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto found = std::find_if(classes.begin(), classes.end(), [&](auto& c) { return c.name == pattern[i]; });
        bool match = (wild != '\0' && text[i] == wild) ||
                     (found == classes.end() ? text[i] == pattern[i] : one_of(text[i], found->members));
        if (!match) return false;
    }
    return true;
}

constexpr std::string_view kDigits = "0123456789", kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// BS 7666: which letters may stand where (DOMAIN.md 2.11).
constexpr std::array<Class, 6> kPostcodeClasses = {{{'9', kDigits},
                                                    {'1', "ABCDEFGHIJKLMNOPRSTUWYZ"},  // first: not Q V X
                                                    {'2', "ABCDEFGHKLMNOPQRSTUVWXY"},  // second: not I J Z
                                                    {'3', "ABCDEFGHJKPSTUW"},          // third of A9A
                                                    {'4', "ABEHMNPRVWXY"},             // fourth of AA9A
                                                    {'5', "ABDEFGHJLNPQRSTUWXYZ"}}};   // inward: not C I K M O V
constexpr std::array<std::string_view, 6> kOutward = {"19", "199", "129", "1299", "193", "1294"};

bool is_postcode(std::string_view outward, std::string_view inward) {
    if (outward == "GIR") return inward == "0AA";
    return fits(inward, "955", kPostcodeClasses) &&
           std::any_of(kOutward.begin(), kOutward.end(),
                       [&](auto pattern) { return fits(outward, pattern, kPostcodeClasses); });
}

constexpr std::array<Class, 6> kVrmClasses = {{{'9', kDigits},
                                               {'A', kLetters},
                                               {'1', "ABCDEFGHJKLMNOPRSTUVWXY"},    // area mark: not I Q Z
                                               {'2', "ABCDEFGHJKLMNOPRSTUVWXYZ"},   // random letters: not I Q
                                               {'3', "ABCDEFGHJKLMNPQRSTVWXY"},     // year prefix, and Q
                                               {'4', "ABCDEFGHJKLMNOPRSTUVWXY"}}};  // after a prefix

// Letters then digits, or digits then letters, with '?' standing for either.
bool fits_run(std::string_view text, std::string_view head, std::size_t heads, std::string_view tail,
              std::size_t tails) {
    for (std::size_t cut = 1; cut <= heads && cut < text.size(); ++cut) {
        if (text.size() - cut > tails) continue;
        auto in = [](std::string_view part, std::string_view set) {
            return std::all_of(part.begin(), part.end(), [&](char c) { return c == '?' || one_of(c, set); });
        };
        if (in(text.substr(0, cut), head) && in(text.substr(cut), tail)) return true;
    }
    return false;
}

bool is_vrm(std::string_view text) {
    static constexpr std::array<std::string_view, 7> kFixed = {
        "1199222",                        // current, since September 2001
        "39444",   "399444", "3999444",   // prefix, 1983 to 2001
        "AAA9A",   "AAA99A", "AAA999A"};  // suffix, 1963 to 1983
    bool fixed = std::any_of(kFixed.begin(), kFixed.end(),
                             [&](auto pattern) { return fits(text, pattern, kVrmClasses, '?'); });
    // Dateless, and Northern Ireland (which is letters then digits too).
    return fixed || fits_run(text, kLetters, 3, kDigits, 4) || fits_run(text, kDigits, 4, kLetters, 3);
}

// --- telephone numbers ---------------------------------------------------------------------------------------

constexpr std::string_view kPhoneHelp =
    "Enter a telephone number, like 07700 900123, 01632 960001 or +44 7700 900123.";

// The national significant number after 0 or +44: 10 digits, or 9 for some 01 and 0800 numbers.
bool is_uk_number(std::string_view national) {
    if (national.empty() || !one_of(national[0], "1235789")) return false;
    return national.size() == 10 || (national.size() == 9 && one_of(national[0], "18"));
}

}  // namespace

Result<std::string> parse_nhs_number(std::string_view text) {
    std::string number = compact(text, "-");
    if (number.size() != 10 || !all_digits(number))
        return invalid("An NHS number has 10 digits, like 999 012 3454.");
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (number[i] - '0') * (10 - i);
    // 11 is written 0; a remainder of 1 would need the check digit 10, which does not exist.
    int check = (11 - sum % 11) % 11;
    if (check != number[9] - '0') return invalid("This NHS number has a mistake in it: check each digit.");
    return number;
}

std::string display_nhs_number(std::string_view n) {
    if (n.size() != 10) return std::string{n};
    return std::string{n.substr(0, 3)} + " " + std::string{n.substr(3, 3)} + " " + std::string{n.substr(6)};
}

// DfE rule 1510. The letter of a temporary UPN is valued as in the list of check letters.
Result<std::string> parse_upn(std::string_view text) {
    constexpr std::string_view kCheck = "ABCDEFGHJKLMNPQRTUVWXYZ";
    std::string upn = compact(text, "-");
    bool shaped = upn.size() == 13 && one_of(upn[0], kCheck) && all_digits(std::string_view{upn}.substr(1, 11)) &&
                  (is_digit(upn[12]) || one_of(upn[12], kCheck));
    if (!shaped) return invalid("A unique pupil number is a letter and 12 digits, like A950000178301.");
    std::size_t sum = 0;
    for (std::size_t i = 1; i < 13; ++i) {
        std::size_t value = is_digit(upn[i]) ? static_cast<std::size_t>(upn[i] - '0') : kCheck.find(upn[i]);
        sum += value * (i + 1);
    }
    if (kCheck[sum % kCheck.size()] != upn[0]) {
        return invalid("This unique pupil number has a mistake in it: check the first letter and each digit.");
    }
    return upn;
}

std::string Postcode::outward() const {
    return status == PostcodeStatus::valid ? text.substr(0, text.find(' ')) : std::string{};
}

Postcode parse_postcode(std::string_view written) {
    std::string text = compact(written, "-.");
    if (text.empty()) return {};
    if (text.size() >= 5 && text.size() <= 7) {
        std::string outward = text.substr(0, text.size() - 3), inward = text.substr(text.size() - 3);
        // ZZ99 9ZZ not known, ZZ99 3VZ no fixed abode and the rest of that family.
        if (outward == "ZZ99" && is_digit(inward[0]) && is_letter(inward[1]) && is_letter(inward[2])) {
            return {PostcodeStatus::pseudo, outward + " " + inward};
        }
        if (is_postcode(outward, inward)) return {PostcodeStatus::valid, outward + " " + inward};
    }
    return {PostcodeStatus::invalid, std::string{written}};
}

Result<std::string> parse_phone(std::string_view text) {
    std::string number = compact(text, "-.()/");
    // "+44 (0)7700 900123" is how many people write it.
    bool international = number.starts_with("+") || number.starts_with("00");
    std::string digits = number.substr(number.starts_with("+") ? 1 : number.starts_with("00") ? 2 : 0);
    if (!all_digits(digits)) return invalid(std::string{kPhoneHelp});
    if (!international) {
        if (digits[0] != '0' || !is_uk_number(digits.substr(1))) return invalid(std::string{kPhoneHelp});
        return "+44" + digits.substr(1);
    }
    if (digits.starts_with("44")) {
        std::string national = digits.substr(digits.starts_with("440") ? 3 : 2);
        if (!is_uk_number(national)) return invalid(std::string{kPhoneHelp});
        return "+44" + national;
    }
    // E.164: at most 15 digits, and no country code begins with 0.
    if (digits[0] == '0' || digits.size() < 8 || digits.size() > 15) return invalid(std::string{kPhoneHelp});
    return "+" + digits;
}

std::string display_phone(std::string_view e164) {
    if (!e164.starts_with("+44") || !is_uk_number(e164.substr(3))) return std::string{e164};
    std::string n = "0" + std::string{e164.substr(3)};
    bool three_groups = n[1] == '3' || n[1] == '8' || n[1] == '9' || n[2] == '1' || (n[1] == '1' && n[3] == '1');
    std::size_t area = n[1] == '2' ? 3 : n[1] != '7' && three_groups ? 4 : 5;
    std::string shown = n.substr(0, area) + " ";
    if (area == 5) return shown + n.substr(5);
    std::size_t middle = area == 3 ? 4 : 3;
    return shown + n.substr(area, middle) + " " + n.substr(area + middle);
}

VehicleRegistration parse_vrm(std::string_view written) {
    VehicleRegistration v{std::string{written}, {}, false};
    for (char c : tidy_line(written)) {
        char u = upper(c);
        if (is_letter(u) || is_digit(u))
            v.pattern += u;
        else if (one_of(c, "?*_."))
            v.pattern += '?';  // how people write a character they did not see
    }
    v.well_formed = v.pattern.find_first_not_of('?') != std::string::npos && is_vrm(v.pattern);
    return v;
}

Result<std::string> parse_email(std::string_view text) {
    std::string email = tidy_line(text);
    Error error = invalid("Enter an email address, like name@example.org.");
    std::size_t at = email.rfind('@');
    if (email.size() > 254 || at == std::string::npos || at == 0 || at > 64) return error;
    std::string local = email.substr(0, at), domain = email.substr(at + 1);
    constexpr std::string_view kAtom =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-";
    bool local_ok = local.find_first_not_of(kAtom) == std::string::npos && local.front() != '.' &&
                    local.back() != '.' && local.find("..") == std::string::npos;
    std::transform(domain.begin(), domain.end(), domain.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    std::vector<std::string> labels = split(domain, '.');
    bool domain_ok =
        labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
            return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                   label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
        });
    if (!local_ok || !domain_ok) return error;
    return local + "@" + domain;
}

}  // namespace rowan::base
