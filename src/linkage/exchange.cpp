#include "linkage/exchange.h"

#include <cmath>

namespace rowan::linkage {

// A match of names, one of them in the wrong boxes; or two people of whom each bears the other's names.
double chance_of_exchange(const FieldModel& given, const FieldModel& family, double both) {
    return given.levels[1].m * given.levels[0].u * family.levels[0].u + both * both;
}

// Read as they stand, the names of the one record are as common as x, those of the other as y. A share e of all
// records has them in the wrong boxes. One person, whose true name is the one or the other, is written so with
// e (x + y); two people with (x + e y) (y + e x), each by a true name or by a false one.
double exchange(const FieldModel& given, const FieldModel& family, double rarity_a, double rarity_b) {
    if (!given.term_frequency || !family.term_frequency) return 0;
    const Level& level = given.levels[1];
    const double average = given.levels[0].u * family.levels[0].u, e = level.m / 2;
    const double x = average * std::exp2(-rarity_a), y = average * std::exp2(-rarity_b);
    return std::log2(level.u / 2 * (x + y) / ((x + e * y) * (y + e * x)));
}

}  // namespace rowan::linkage
