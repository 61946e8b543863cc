// Which pairs are worth comparing: records that share a key of at least one rule.
// Thread-safety: values and pure functions.
#pragma once
#include "linkage/population.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

enum class Part : std::uint8_t {
    given, given_sound, given_initial, given_two,  // first given name, its soundex, its first one or two letters
    family, family_sound, family_four,             // whole, soundex of its first part, first four letters
    both_names,                                    // first given and family name, in either order
    birth, birth_year, birth_month,                // date with day and month in either order; year; year and month
    postcode, outward, address, town, nhs_number, upn, other_id, phone, email
};

struct Rule {
    std::string name;         // "date of birth and surname sound"
    std::vector<Part> parts;  // a record without one of them has no key under this rule
};

inline constexpr std::size_t kMaxRules = 32;
std::span<const Rule> default_rules();

// The key of a record under a rule; 0 when a part is missing. Equal parts give equal keys; different parts give
// different keys but for hash collisions (2^-64), which cost one needless comparison.
std::uint64_t block_key(const Rule&, const View&);
// The keys of all rules at once; `keys` has room for them.
void block_keys(std::span<const Rule>, const View&, std::uint64_t* keys);

}  // namespace rowan::linkage
