#include "linkage/slip.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rowan::linkage {

bool may_be_slip(const FieldModel& f, std::uint8_t level) {
    if (level == 0 || f.field != Field::given_name || !f.term_frequency) return false;
    const Test test = f.levels[level - 1U].test;
    return test == Test::typing_error || test == Test::jaro_winkler;
}

double slip(const Name& a, const Name& b, double rarity_a, double rarity_b) {
    const bool alike = (a.soundex != 0 && a.soundex == b.soundex) || (a.sounds != 0 && a.sounds == b.sounds);
    if (alike) return std::numeric_limits<double>::infinity();
    // Of n letters: each changed, lost, one put in anywhere, two neighbours exchanged.
    const auto n = static_cast<double>((rarity_a < rarity_b ? a : b).joined.size());
    return std::max(rarity_a, rarity_b) - std::log2(25 * n + n + 26 * (n + 1) + (n - 1));
}

double weight_with_slip(const FieldModel& f, std::uint8_t level, double weight, double slip) {
    return std::min(weight, std::log2(f.levels[level - 1U].m / f.levels[0].u) + slip);
}

}  // namespace rowan::linkage
