// From weighed pairs to persons.
//
// Pairs are taken from the strongest down. Two groups become one only if the evidence between all their records,
// agreement and disagreement together, speaks for it: one strong pair does not chain two families into one child.
// What people decided always wins. Thread-safety: pure functions.
#pragma once
#include "linkage/link.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace rowan::linkage {

struct Decision {
    std::uint32_t left = 0, right = 0;
    bool same = false;  // else: never the same
};

struct Clusters {
    std::vector<std::uint32_t> of;  // by record: the first record of its cluster
    std::vector<Pair> refused;      // pairs over the threshold that the evidence around them kept apart
    std::vector<Decision> unkept;   // decisions that other decisions contradict
    std::size_t count() const;
};

struct ClusterOptions {
    double least_weight = 0;  // pairs below are no reason to join
    bool guards = true;       // false: plain connected components
};
// Pairs may come in any order; those over the threshold are put in order in as much memory as the list may use, or
// on disk. Memory: 24 bytes a record, and 8 where the records wait on disk. Fails when the disk does not hold the
// pairs.
base::Result<Clusters> cluster(const Dataset&, const Scorer&, const PairList&, const std::vector<Decision>& = {},
                               const ClusterOptions& = {});

// How well clusters agree with the truth. Pairwise: over all pairs of records; B-cubed: over records.
struct Quality {
    std::uint64_t found = 0, right = 0, there = 0;  // pairs: in our clusters; also in the truth; in the truth
    double bcubed_precision = 0, bcubed_recall = 0;
    double blocking_recall = 0;  // of the true pairs, those that were compared at all
    // Children who stand in one cluster with a brother, sister or twin: another true person of the same surname
    // who shares postcode or date of birth.
    std::uint64_t persons = 0, with_sibling = 0;
    std::uint64_t of_one_home = 0;  // those of them who share the postcode; the others are mostly namesakes
    double precision() const { return found == 0 ? 1 : static_cast<double>(right) / static_cast<double>(found); }
    double recall() const { return there == 0 ? 1 : static_cast<double>(right) / static_cast<double>(there); }
    static double f1(double p, double r) { return p + r == 0 ? 0 : 2 * p * r / (p + r); }
};
Quality judge(const std::vector<std::uint32_t>& clusters, const std::vector<std::uint32_t>& truth, const Blocks&,
              const Population&);

// Do pairs said to be 30 % likely turn out right three times in ten? By tenths of the probability, over all pairs
// given.
struct Tenth {
    std::uint64_t pairs = 0, right = 0;
    double expected = 0;  // sum of the probabilities
};
std::array<Tenth, 10> calibration(const PairList&, const std::vector<std::uint32_t>& truth);

}  // namespace rowan::linkage
