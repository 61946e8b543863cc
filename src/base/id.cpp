#include "base/id.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace rowan::base {

namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i, l, o, u
constexpr std::size_t kLength = 26;

// 128 bits, most significant first: 3 bits in the first character, 5 in each of the others.
std::string encode(std::uint64_t high, std::uint64_t low) {
    std::string id(kLength, '0');
    for (std::size_t i = kLength; i-- > 0;) {
        id[i] = kAlphabet[low & 31];
        low = low >> 5 | high << 59;
        high >>= 5;
    }
    return id;
}

// The finaliser of splitmix64: a bijection that spreads every bit.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

}  // namespace

std::string new_id() {
    std::array<std::uint64_t, 2> bits;
    if (getentropy(bits.data(), sizeof bits) != 0) {
        throw std::system_error(errno, std::generic_category(), "the system's random source");
    }
    return encode(bits[0], bits[1]);
}

bool is_id(std::string_view text) {
    return text.size() == kLength && text[0] >= '0' && text[0] <= '7' &&
           text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

std::string seeded_id(std::uint64_t seed, std::uint64_t counter) {
    std::uint64_t stream = mix(seed + 0x9e3779b97f4a7c15u);
    std::uint64_t low = mix(stream + counter);  // a bijection of the counter: no two ids of one seed are equal
    return encode(mix(low ^ mix(stream)), low);
}

}  // namespace rowan::base
