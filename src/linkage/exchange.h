// Given and family name of one record stand exactly the other way round in another: how much does that say?
//
// A clerk puts names into the wrong boxes whoever is written down, so it befalls two people's records as often as
// one person's, and says neither for nor against; what remains is that both names agree, as rare as they are.
// Unless both ways round are names that people bear: "James Thomas" and "Thomas James" are rather two.
// Thread-safety: pure functions.
#pragma once
#include "linkage/model.h"

namespace rowan::linkage {

inline constexpr std::uint8_t kExchanged = 2;  // where Model::parse wants the level to stand; as in Pattern
inline bool is_exchange(const FieldModel& f, std::uint8_t level) {
    return level == kExchanged && f.field == Field::given_name && f.levels[1].test == Test::exchanged;
}
// Does one go by the other's middle name?
inline bool is_middle(const FieldModel& f, std::uint8_t level) {
    return level != 0 && f.levels[level - 1U].test == Test::middle;
}
// How often two people's names are exactly exchanged, where records are at random; `both`: how often the given
// name of one is the family name of another.
double chance_of_exchange(const FieldModel& given, const FieldModel& family, double both);
// What to add to the level's weight for names as rare as these, each side's being log2(u of equal names / the
// name's frequency) of its given name and of its family name together. 0 without term frequency of both.
double exchange(const FieldModel& given, const FieldModel& family, double rarity_a, double rarity_b);

}  // namespace rowan::linkage
