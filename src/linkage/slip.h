// Are two given names that are spelt alike one name with a slip of the pen, or the names of two children?
//
// Between brothers and sisters, who share everything else, that is no matter of how often names are alike by
// chance: a slip seldom makes another name that people bear, so the commoner the rarer of the two names, the
// likelier are two children. Names that sound alike are written both ways by anybody, and are let off.
// Thread-safety: pure functions.
#pragma once
#include "linkage/population.h"

namespace rowan::linkage {

// Is it a level of the given name that says how alike names are spelt? `level` as in Pattern.
bool may_be_slip(const FieldModel&, std::uint8_t level);
// log2 of how much likelier the rarer name is as a slip for the other than as somebody's name, where rarity is
// log2(u of equal names / the name's frequency), against that u; infinite where the names sound alike.
double slip(const Name& a, const Name& b, double rarity_a, double rarity_b);
// What the level is worth between brothers and sisters: never more than `weight`, which it is between strangers.
double weight_with_slip(const FieldModel&, std::uint8_t level, double weight, double slip);

}  // namespace rowan::linkage
