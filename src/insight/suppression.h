// Small numbers: whoever sees aggregates only must not be able to single out a child (DOMAIN.md 5, SECURITY.md
// A21). Pure functions.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace rowan::insight {

// A count as it may be shown: nothing when it is kept back.
using Shown = std::optional<int>;

// The cells of one table whose total is shown too. Counts from 1 to threshold - 1 are kept back; when that leaves
// a single cell that the total would give away, or as many children as cells, the next smallest is kept back with
// it. threshold <= 1 shows all. It is no shield against a reader who works back through this very rule. `also`:
// cells that are kept back whatever they count, because another table would give away what they hide.
std::vector<Shown> suppress(const std::vector<int>& cells, int threshold, const std::vector<bool>& also = {});

// What is kept back is shown as "small": whether it is under the threshold or hides another is not said.
std::string shown(const Shown&);

}  // namespace rowan::insight
