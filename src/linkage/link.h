// The batch engine: from records to weighed pairs to clusters.
//
//   block    which pairs are worth comparing, counted before anything is compared
//   train    u from random pairs, m and the prior by expectation maximisation, no labels needed
//   predict  every blocked pair compared and weighed
//   cluster  pairs joined into persons where the whole evidence holds (cluster.h)
//
// Same records, same options: the same result to the last bit, for any number of threads and processes and any
// order of the rows. Where a Company is asked for, each of its processes calls with the same data and does its
// share. Thread-safety: each function may be called from several threads with different data; they use oneTBB
// inside.
#pragma once
#include "linkage/blocks.h"
#include "linkage/company.h"
#include "linkage/dataset.h"
#include "linkage/pair_list.h"
#include "linkage/score.h"
#include "linkage/sheet.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rowan::linkage {

// A pair that a person has looked at.
struct Label {
    std::uint32_t left = 0, right = 0;
    bool same = false;
};

// Thresholds that reports show.
inline constexpr std::array kThresholds{0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999};

struct TrainOptions {
    std::uint64_t random_pairs = 500'000;     // for u
    std::uint64_t blocked_pairs = 2'000'000;  // for m, at most about so many
    std::uint64_t name_records = 500'000;     // for how much names go together, at most about so many
    int passes = 60;                          // steps of a run, at most
    double model_counts_for = 25;             // matches' worth of belief in the model that training starts from
    // Pairs whose answer is known and not guessed at each step. Of two answers for one pair the last holds.
    std::vector<Label> labels;
};

struct Training {
    Model model;  // what was learned; fields without data are left as they were
    // Log likelihood (with the start model's belief) after each step, run by run; within a run it never falls. A
    // run learns m where one rule's fields agree, or the priors; u is learned anew before each round of runs.
    std::vector<std::vector<double>> likelihood;
    double expected_matches = 0;  // pairs of one person, in all
    std::uint64_t random_pairs = 0, blocked_pairs = 0;
};
Training train(const Dataset&, const Blocks&, const Model& start, const TrainOptions& = {}, Company& = alone());

// All blocked pairs of at least `least_weight`, by left, then right.
std::vector<Pair> predict(const Dataset&, const Blocks&, const Scorer&, double least_weight,
                          std::uint64_t* compared = nullptr);
// The same handed over part by part, not in the order of records but, for one memory, always in the same: for more
// pairs than memory should hold. All pairs come to the first of the company; to the others none do, and `compared`
// is their own.
void predict(const Dataset&, const Blocks&, const Scorer&, double least_weight,
             const std::function<void(std::span<const Pair>)>& take, std::uint64_t* compared = nullptr,
             Company& = alone());

// The model without the fields the data set does not have: nothing to compare, nothing to spend time on.
Model fitting(const Model&, const Population&);

}  // namespace rowan::linkage
