// Opaque identifiers: 128 random bits, written as 26 lower-case base-32 characters (Crockford).
// Sequential numbers never appear in a URL; human references ("R-2018-0042") are separate.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rowan::base {

// From the operating system's random source. Never fails (throws if the source is gone).
std::string new_id();
bool is_id(std::string_view);
// Deterministic ids for the synthetic county and tests: a function of seed and counter only.
std::string seeded_id(std::uint64_t seed, std::uint64_t counter);

}  // namespace rowan::base
