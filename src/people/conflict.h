// Who of the staff may have to do with somebody in the index (SECURITY.md A2, A3): the same name in any order and
// with its short forms, the same home, the same telephone, the same vehicle. Pure; what follows from it is decided
// in partnership/access.h.
//
// Both sides are turned into keys, numbers that are equal where the two may be one person or live together, so
// that the index answers in a moment. Spelling is not forgiven here: a name that is only alike is a matter for the
// alerts. Thread-safety: pure functions.
#pragma once
#include "partnership/access.h"
#include "people/person.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rowan::people {

// What a seal rests on: a sum of bits.
enum Tie : int { kTieName = 1, kTieHome = 2, kTiePhone = 4, kTieVehicle = 8 };
using Ties = int;
std::string ties_in_words(Ties);  // "name, phone"

// Sorted, each once. The lowest bits of a key say which tie it makes.
// `vehicles`: what was mentioned about the person (vehicle_store.h).
std::vector<std::uint64_t> conflict_keys(const Identity&, const std::vector<std::string>& vehicles);
std::vector<std::uint64_t> conflict_keys(const partnership::Interests&);
Tie tie_of(std::uint64_t key);
// Which ties two sets of keys share; 0 for none.
Ties ties_between(const std::vector<std::uint64_t>&, const std::vector<std::uint64_t>&);

}  // namespace rowan::people
