// Blocks of records that share a key, and the comparing of all new pairs in them.
//
// Thread-safety: shared freely once made; a Bench belongs to one thread.
#pragma once
#include "linkage/blocking.h"
#include "linkage/disk.h"
#include "linkage/lanes.h"
#include "linkage/sheet.h"

#include <cstdint>
#include <functional>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

namespace rowan::linkage {

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
    // Of a rule that has a closer part: whole blocks make no more than this either, or than 3 for each record.
    std::uint64_t pairs_before_closer = 40'000'000;
    double share = 1;  // of all blocks, a sample that depends on their keys alone
};

// Which records share which keys. Memory, on the population's disk where it has one: 8 bytes a record and rule
// that holds anything, 20 a block that brings anything new, and 100 a record while it is made.
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
        return std::span<const Task>(tasks_).subspan(runs_[k], runs_[k + 1] - runs_[k]);
    }

    // Some of the blocks, with all that comparing their records looks at: as much as memory may hold at once. Its
    // records are numbered anew.
    struct Part {
        const Blocks& blocks;
        std::span<const Packed> records;
        std::span<const std::uint32_t> numbers;  // in the data set; empty: as here, for they are all
        bool whole() const { return numbers.empty(); }
        std::uint32_t number(std::uint32_t record) const { return whole() ? record : numbers[record]; }
    };
    // All blocks in which anybody is wanted, part by part: where nothing waits on disk, all blocks in one.
    void each_part(const Population&, const std::function<bool(std::uint32_t)>& wanted,
                   const std::function<void(const Part&)>& f) const;

    // What one thread needs to compare the pairs of runs.
    struct Bench {
        explicit Bench(const Sheet& sheet) : sheet(&sheet), lanes(sheet) {}
        const Sheet* sheet;
        LevelCache cache;
        Lanes lanes;
        std::vector<std::uint32_t> record;
        std::vector<Sheet::Glance> waiting;
    };
    // found(a, b, weight) for each new pair of the run of at least `least`, a before b in the data set; returns
    // how many pairs were compared. A pair comes up in exactly one run.
    template <class Found>
    std::uint64_t weigh(std::size_t run, Bench& bench, double least, Found found) const {
        std::uint64_t compared = 0;
        // Pairs of small blocks wait a little, until what their comparison looks up has come from memory.
        constexpr std::size_t kWaiting = 32;
        const auto weigh_waiting = [&] {
            for (const Sheet::Glance& g : bench.waiting) {
                const double w = bench.sheet->weight(g, bench.cache, least);
                if (w >= least) found(g.a.record, g.b.record, w);
            }
            bench.waiting.clear();
        };
        const auto everybody = [](std::uint32_t) { return true; };
        each_task(run, *bench.sheet, everybody, [&](const Task& task) {
            if (!wide(task)) {
                each(task, *bench.sheet, everybody, [&](Sheet::Side a, Sheet::Side b) {
                    ++compared;
                    const Sheet::Glance g = bench.sheet->glance(a, b);
                    if (g.most < least - kRounding) return;
                    bench.sheet->prefetch(g, bench.cache);
                    bench.waiting.push_back(g);
                    if (bench.waiting.size() == kWaiting) weigh_waiting();
                });
                return;
            }
            weigh_waiting();
            const auto members = take(task, bench);
            for (std::uint32_t i = 0; i < task.to - task.from; ++i)
                compared += bench.lanes.weigh(i, bench.cache, least,
                                              [&](std::uint32_t b, double w) { found(members[i], b, w); });
        });
        weigh_waiting();
        return compared;
    }
    // The same pairs where wanted(a): found(pattern, a, b).
    template <class Wanted, class Found>
    void patterns(std::size_t run, Bench& bench, Wanted wanted, Found found) const {
        each_task(run, *bench.sheet, wanted, [&](const Task& task) {
            if (!wide(task)) {
                each(task, *bench.sheet, wanted,
                     [&](Sheet::Side a, Sheet::Side b) { found(bench.sheet->pattern(a, b, bench.cache), a, b); });
                return;
            }
            const auto members = take(task, bench);
            for (std::uint32_t i = 0; i < task.to - task.from; ++i)
                if (wanted(members[i]))
                    bench.lanes.patterns(i, bench.cache, [&](std::uint32_t b, const Pattern& p, bool) {
                        found(p, side(*bench.sheet, members[i]), side(*bench.sheet, b));
                    });
        });
    }

private:
    // From so many records on, a block is laid out in lanes; smaller ones are compared pair by pair.
    static constexpr std::uint32_t kWide = 8;
    static bool wide(const Task& task) { return task.end - task.from >= kWide; }
    std::span<const std::uint32_t> take(const Task&, Bench&) const;  // lays the task out; its members
    std::uint32_t member(const Task& task, std::uint32_t i) const { return in_order_ ? i : order_[task.rule][i]; }
    // Do two records meet under one of the first rules?
    bool meet(std::uint32_t a, std::uint32_t b, std::size_t rules) const {
        const std::uint32_t *x = keys_.data() + std::size_t{a} * width_,
                            *y = keys_.data() + std::size_t{b} * width_;
        std::uint32_t met = 0;
        for (std::size_t r = 0; r < rules; ++r) met |= static_cast<std::uint32_t>((x[r] == y[r]) & (x[r] != 0));
        return met != 0;
    }
    void prefetch(const Task&, const Sheet&) const;  // its first records, soon to be read
    static Sheet::Side side(const Sheet& sheet, std::uint32_t record) { return {sheet.row(record), record}; }
    // Is anybody wanted whose row it is?
    template <class Wanted>
    bool asked(const Task& task, Wanted wanted) const {
        for (std::uint32_t i = task.from; i < task.to; ++i)
            if (wanted(member(task, i))) return true;
        return false;
    }
    template <class Wanted, class F>
    void each_task(std::size_t k, const Sheet& sheet, Wanted wanted, F f) const {
        constexpr std::size_t kAhead = 8;
        const auto tasks = run(k);
        for (std::size_t t = 0; t < tasks.size(); ++t) {
            if (t + kAhead < tasks.size() && asked(tasks[t + kAhead], wanted)) prefetch(tasks[t + kAhead], sheet);
            if (asked(tasks[t], wanted)) f(tasks[t]);
        }
    }
    template <class Wanted, class F>
    void each(const Task& task, const Sheet& sheet, Wanted wanted, F f) const {
        for (std::uint32_t i = task.from; i < task.to; ++i) {
            const std::uint32_t a = member(task, i);
            if (!wanted(a)) continue;
            for (std::uint32_t j = i + 1; j < task.end; ++j) {
                const std::uint32_t b = member(task, j);
                if (!meet(a, b, task.rule)) f(side(sheet, a), side(sheet, b));
            }
        }
    }
    bool nothing_new(const Task&) const;  // have all its pairs met before?
    struct Arranged;
    Arranged arrange(const Population&, const Rule&, std::pmr::vector<std::uint64_t> keys, std::uint32_t number,
                     const BlockingLimits&);
    void share_out();
    using Numbers = std::pmr::vector<std::uint32_t>;
    Blocks() = default;
    std::size_t take_part(std::size_t from, std::size_t most, const std::function<bool(std::uint32_t)>& wanted,
                          Numbers& members, Blocks& part) const;
    void leave_out_old(Numbers& members);
    Disk* disk_ = nullptr;  // none: all is in memory
    bool every_pair_ = false;
    bool in_order_ = false;  // a block's members are numbered as they stand
    std::uint32_t records_ = 0;
    std::size_t width_ = 0;
    Numbers keys_;                // records x rules: number of the block; 0: none, or left out
    std::vector<Numbers> order_;  // by rule: members of blocks, block by block
    std::pmr::vector<Task> tasks_;
    std::vector<std::size_t> runs_{0};  // where each run of tasks begins, and the end
    std::vector<RuleCount> counts_;
};

}  // namespace rowan::linkage
