// Invented identifiers that are well formed: NHS numbers of the 999 range, UPNs, postcodes, telephones.
// Thread-safety: pure functions.
#pragma once
#include "county/random.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace rowan::county {

// Unique for the first million children; about one in eleven stems has no valid check digit: that child has none.
std::string nhs_number(std::uint64_t seed, std::uint64_t child);
// Unique for the first ten million children.
std::string make_upn(std::uint64_t seed, std::uint64_t child, std::string_view la_code, int year);
// `prefix`: "TA1" or "BA3 4".
std::string make_postcode(Random&, std::string_view prefix);
std::string make_phone(Random&);  // "07700900123"

}  // namespace rowan::county
