// The batch engine: from records to weighed pairs to clusters.
//
//   block    which pairs are worth comparing, counted before anything is compared
//   train    u from random pairs, m and the prior by expectation maximisation, no labels needed
//   predict  every blocked pair compared and weighed
//   cluster  pairs joined into persons where the whole evidence holds (cluster.h)
//
// Same records, same options: the same result to the last bit, for any number of threads and any order of the
// rows. Thread-safety: each function may be called from several threads with different data; they use oneTBB
// inside.
#pragma once
#include "linkage/blocking.h"
#include "linkage/dataset.h"
#include "linkage/score.h"
#include "linkage/sheet.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace rowan::linkage {

struct Pair {
    std::uint32_t left = 0, right = 0;  // left < right
    double weight = 0;
};

// A rule, counted before it runs.
struct RuleCount {
    std::string name;
    std::uint64_t pairs = 0;     // pairs that share its key
    std::uint64_t left_out = 0;  // of them in blocks too large to compare
    std::uint64_t largest = 0;   // records in its largest block
};

struct BlockingLimits {
    std::uint64_t every_pair_up_to = 25'000'000;  // so few pairs in all: compare every one, no rule needed
    std::uint64_t pairs_a_rule = 40'000'000;      // at most, for 1M records; grows with the records
};

// Which records share which keys. Memory: 8 bytes a record and rule that holds anything, and 24 a record while it
// is made.
class Blocks {
public:
    Blocks(const Population&, std::span<const Rule>, const BlockingLimits& = {});
    const std::vector<RuleCount>& counts() const { return counts_; }
    bool every_pair() const { return every_pair_; }
    std::uint64_t pairs() const;                         // in all rules, doubles counted twice
    bool share(std::uint32_t a, std::uint32_t b) const;  // would the pair be compared?

    struct Task {
        std::uint32_t rule, begin, end, from, to;
    };  // members [begin, end) of order; rows [from, to) of them
    // Tasks in runs of about as many pairs, for threads and processes to share out.
    std::size_t runs() const { return runs_.size() - 1; }
    std::span<const Task> run(std::size_t k) const {
        return std::span(tasks_).subspan(runs_[k], runs_[k + 1] - runs_[k]);
    }

    // The records of one task copied side by side, so that its pairs are compared from the nearest cache. One a
    // thread.
    struct Gathered {
        std::vector<std::uint32_t> record, keys;
        std::vector<std::uint64_t> rows;
    };
    // Calls f(a, b) for each new pair of the task, a before b in the data set. A pair comes up in exactly one
    // task.
    template <class F>
    void each(const Task& task, const Sheet& sheet, Gathered& g, F f) const {
        if (every_pair_) {
            for (std::uint32_t a = task.from; a < task.to; ++a)
                for (std::uint32_t b = a + 1; b < records_; ++b)
                    f(Sheet::Side{sheet.row(a), a}, Sheet::Side{sheet.row(b), b});
            return;
        }
        const std::size_t chunks = gather(task, sheet, g), count = task.end - task.from, width = sheet.width();
        const std::uint32_t *keys = g.keys.data(), *record = g.record.data();
        const std::uint64_t* rows = g.rows.data();
        for (std::size_t i = 0; i < task.to - task.from; ++i)
            for (std::size_t j = i + 1; j < count; ++j)
                if (!meet(keys + i * chunks * 4, keys + j * chunks * 4, chunks))
                    f(Sheet::Side{rows + i * width, record[i]}, Sheet::Side{rows + j * width, record[j]});
    }
    void prefetch(const Task&, const Sheet&) const;  // its first records, soon to be read

private:
    // Do two records meet under an earlier rule? Keys stand four by four, and what is missing equals nothing.
    static bool meet(const std::uint32_t* x, const std::uint32_t* y, std::size_t chunks) {
        for (std::size_t c = 0; c < chunks; ++c, x += 4, y += 4)
            if ((x[0] == y[0]) | (x[1] == y[1]) | (x[2] == y[2]) | (x[3] == y[3])) return true;
        return false;
    }
    std::size_t gather(const Task&, const Sheet&, Gathered&) const;
    void arrange(const Population&, const Rule&, std::uint32_t rule, const BlockingLimits&);
    void share_out();
    bool every_pair_ = false;
    std::uint32_t records_ = 0;
    std::size_t width_ = 0;
    std::vector<std::uint32_t> keys_;                // records x rules: number of the block; 0: none, or left out
    std::vector<std::vector<std::uint32_t>> order_;  // by rule: members of blocks, block by block
    std::vector<std::vector<Task>> found_;           // by rule, until they are put together
    std::vector<Task> tasks_;
    std::vector<std::size_t> runs_{0};  // where each run of tasks begins, and the end
    std::vector<RuleCount> counts_;
};

struct TrainOptions {
    std::uint64_t random_pairs = 500'000;     // for u
    std::uint64_t blocked_pairs = 2'000'000;  // for m, at most about so many
    int passes = 60;                          // steps of a run, at most
    double model_counts_for = 25;             // matches' worth of belief in the model that training starts from
};

struct Training {
    Model model;  // what was learned; fields without data are left as they were
    // Log likelihood (with the start model's belief) after each step, run by run; within a run it never falls. A
    // run learns m where one rule's fields agree, or the priors; u is learned anew before each round of runs.
    std::vector<std::vector<double>> likelihood;
    double expected_matches = 0;  // pairs of one person, in all
    std::uint64_t random_pairs = 0, blocked_pairs = 0;
};
Training train(const Dataset&, const Blocks&, const Model& start, const TrainOptions& = {});

// All blocked pairs of at least `least_weight`, by left, then right.
std::vector<Pair> predict(const Dataset&, const Blocks&, const Scorer&, double least_weight,
                          std::uint64_t* compared = nullptr);
// The same handed over part by part, in an order that is always the same but is not by record: for more pairs than
// memory should hold.
void predict(const Dataset&, const Blocks&, const Scorer&, double least_weight,
             const std::function<void(const std::vector<Pair>&)>& take, std::uint64_t* compared = nullptr);

// The model without the fields the data set does not have: nothing to compare, nothing to spend time on.
Model fitting(const Model&, const Population&);

}  // namespace rowan::linkage
