// Pairs that a person has looked at: what they teach (TrainOptions::labels), and how the result stands against
// them. Thread-safety: pure functions.
#pragma once
#include "linkage/link.h"

#include <cstdint>
#include <vector>

namespace rowan::linkage {

// Of the labelled pairs, those that a threshold would link.
struct LabelCut {
    double threshold = 0;                // probability
    std::uint64_t right = 0, wrong = 0;  // said to be one person and so; and not so
};

struct AgainstLabels {
    std::uint64_t same = 0, different = 0;  // labels
    std::uint64_t not_compared = 0;  // of `same`, pairs that no rule brings together: missed at every threshold
    std::vector<LabelCut> cuts;      // by threshold, the lowest first
    double best_threshold = 0.5;     // with the best F1 among the labelled pairs; the middle of several
    double precision(const LabelCut& c) const {
        return c.right + c.wrong == 0 ? 1 : static_cast<double>(c.right) / static_cast<double>(c.right + c.wrong);
    }
    double recall(const LabelCut& c) const {
        return same == 0 ? 1 : static_cast<double>(c.right) / static_cast<double>(same);
    }
};

AgainstLabels against_labels(const std::vector<Label>&, const Dataset&, const Blocks&, const Scorer&);

}  // namespace rowan::linkage
