#include "county/numbers.h"

namespace rowan::county {
namespace {

// Digits of n, padded on the left.
std::string digits(std::uint64_t n, int width) {
    std::string out(static_cast<std::size_t>(width), '0');
    for (std::size_t i = out.size(); i-- > 0; n /= 10) out[i] = static_cast<char>('0' + n % 10);
    return out;
}

// A bijection of 0..modulus-1 for moduli that are powers of ten: the factor shares no divisor with them.
std::uint64_t shuffled(std::uint64_t n, std::uint64_t modulus, std::uint64_t seed) {
    return (n * 6'180'339 + Random::mix(seed) % modulus) % modulus;
}

}  // namespace

std::string nhs_number(std::uint64_t seed, std::uint64_t child) {
    constexpr std::uint64_t kStems = 1'000'000;
    if (child >= kStems) return {};
    std::string number = "999" + digits(shuffled(child, kStems, seed), 6);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (number[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int check = (11 - sum % 11) % 11;
    if (check == 10) return {};
    return number + static_cast<char>('0' + check);
}

std::string make_upn(std::uint64_t seed, std::uint64_t child, std::string_view la_code, int year) {
    constexpr std::uint64_t kPlaces = 10'000'000;
    if (child >= kPlaces) return {};
    const std::string place = digits(shuffled(child, kPlaces, ~seed), 7);
    const std::string body = std::string(la_code) + place.substr(0, 4) +
                             digits(static_cast<std::uint64_t>(year % 100), 2) + place.substr(4);
    int sum = 0;
    for (std::size_t i = 0; i < body.size(); ++i) sum += (body[i] - '0') * static_cast<int>(i + 2);
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23] + body;
}

std::string make_postcode(Random& r, std::string_view prefix) {
    constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";  // never C I K M O V
    std::string out(prefix);
    if (out.find(' ') == std::string::npos) out += std::string(" ") + static_cast<char>('0' + r.below(10));
    out += kLetters[r.below(kLetters.size())];
    out += kLetters[r.below(kLetters.size())];
    return out;
}

std::string make_phone(Random& r) { return "07700900" + digits(r.below(1000), 3); }

}  // namespace rowan::county
