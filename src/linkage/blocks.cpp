#include "linkage/blocks.h"

#include "linkage/draw.h"
#include "linkage/radix.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace rowan::linkage {
namespace {

constexpr std::uint32_t kRowsOfATask = 256;

// Is there anything in all the columns that the rule looks at?
bool holds_parts(const Population& p, const Rule& rule) {
    return std::ranges::all_of(rule.parts, [&](Part part) {
        return std::ranges::all_of(fields_of(part), [&](Field field) { return p.holds(field); });
    });
}

// Of a record whose keys are soon worked out.
void prefetch_values(const Population& p, const Packed& record) {
    for (const Column c : {Column::given, Column::family}) __builtin_prefetch(&p.names().name(record[c]));
    p.texts(Column::postcode).prefetch(record[Column::postcode]);
}

}  // namespace

// A rule's records in order: members of its blocks one after the other, its tasks, and the block of each record, 0
// for none.
struct Blocks::Arranged {
    explicit Arranged(std::pmr::memory_resource* memory) : members(memory), block_of(memory), tasks(memory) {}
    Numbers members, block_of;
    std::pmr::vector<Task> tasks;
};

Blocks::Blocks(const Population& p, std::span<const Rule> rules, const BlockingLimits& limits)
    : disk_(p.disk()), records_(static_cast<std::uint32_t>(p.slots())), keys_(p.memory()), tasks_(p.memory()) {
    if (records_ > 1 && pairs_of(records_) <= limits.every_pair_up_to) {
        every_pair_ = in_order_ = true;
        counts_.push_back({"every pair", pairs_of(records_), 0, records_});
        for (std::uint32_t from = 0; from < records_; from += 16)
            tasks_.push_back({0, 0, records_, from, std::min(from + 16, records_)});
        share_out();
        return;
    }
    std::vector<const Rule*> used;  // rules over columns that hold nothing cost nothing
    for (const Rule& rule : rules)
        if (holds_parts(p, rule)) used.push_back(&rule);
    const std::uint64_t bar = bar_for(limits.share);
    width_ = used.size();
    keys_.assign(std::size_t{records_} * width_, 0);
    for (const Rule* rule : used) counts_.push_back({rule->name});
    // A few rules at a time, so that their keys take little room.
    constexpr std::size_t kTogether = 5;
    for (std::size_t from = 0; from < width_; from += kTogether) {
        const std::size_t some = std::min(kTogether, width_ - from);
        std::vector<std::pmr::vector<std::uint64_t>> keys;
        for (std::size_t k = 0; k < some; ++k) keys.emplace_back(records_, p.memory());
        tbb::parallel_for(tbb::blocked_range<std::uint32_t>(0, records_, 4096), [&](const auto& range) {
            for (std::uint32_t i = range.begin(); i < range.end(); ++i) {
                prefetch_values(p, p[std::min(i + 12, range.end() - 1)]);
                const View view = p.view(i);
                RecordKeys record(view);
                for (std::size_t k = 0; k < some; ++k) {
                    const std::uint64_t key = record.key(*used[from + k]);
                    if (mixed(key) <= bar) keys[k][i] = key;
                }
            }
        });
        std::vector<Arranged> arranged;
        for (std::size_t k = 0; k < some; ++k) arranged.emplace_back(p.memory());
        tbb::parallel_for(
            std::size_t{0}, some,
            [&](std::size_t k) {
                const auto number = static_cast<std::uint32_t>(from + k);
                arranged[k] = arrange(p, *used[number], std::move(keys[k]), number, limits);
            },
            tbb::simple_partitioner{});
        tbb::parallel_for(tbb::blocked_range<std::uint32_t>(0, records_, 4096), [&](const auto& range) {
            for (std::uint32_t i = range.begin(); i < range.end(); ++i)
                for (std::size_t k = 0; k < some; ++k)
                    keys_[std::size_t{i} * width_ + from + k] = arranged[k].block_of[i];
        });
        for (Arranged& a : arranged) order_.push_back(std::move(a.members));
        // Most small blocks bring together whom an earlier rule has brought together.
        if (disk_ == nullptr)
            tbb::parallel_for(
                std::size_t{0}, some,
                [&](std::size_t k) {
                    std::erase_if(arranged[k].tasks, [&](const Task& t) { return nothing_new(t); });
                },
                tbb::simple_partitioner{});
        for (const Arranged& a : arranged) tasks_.insert(tasks_.end(), a.tasks.begin(), a.tasks.end());
    }
    share_out();
}

// Takes the blocks of one rule, from the task `from` on, whose records are at most so many; returns the first task
// that was not looked at.
std::size_t Blocks::take_part(std::size_t from, std::size_t most, const std::function<bool(std::uint32_t)>& wanted,
                              Numbers& members, Blocks& part) const {
    members.clear();
    const std::uint32_t rule = tasks_[from].rule;
    const auto of_block = [&](std::size_t at, std::uint32_t begin) {
        return at < tasks_.size() && tasks_[at].rule == rule && tasks_[at].begin == begin;
    };
    std::size_t at = from;
    while (at < tasks_.size() && tasks_[at].rule == rule) {
        const std::uint32_t begin = tasks_[at].begin, size = tasks_[at].end - begin;
        if (!members.empty() && members.size() + size > most) break;
        const auto first = static_cast<std::uint32_t>(members.size());
        bool taken = false;
        for (; of_block(at, begin); ++at) {
            if (!asked(tasks_[at], wanted)) continue;
            taken = true;
            part.tasks_.push_back(
                {rule, first, first + size, tasks_[at].from - begin + first, tasks_[at].to - begin + first});
        }
        if (taken) members.insert(members.end(), &order_[rule][begin], &order_[rule][begin] + size);
    }
    part.keys_.resize(members.size() * width_);
    Pick(members, *disk_).rows(keys_.data(), width_, part.keys_.data());
    part.width_ = width_;
    part.in_order_ = true;
    return at;
}

// Without the blocks, and their members, that an earlier rule has brought together.
void Blocks::leave_out_old(Numbers& members) {
    std::erase_if(tasks_, [&](const Task& t) { return nothing_new(t); });
    std::uint32_t kept = 0, block = ~0U, moved = 0;
    for (Task& t : tasks_) {
        if (t.begin != block) {
            block = t.begin, moved = t.begin - kept;
            for (std::uint32_t i = t.begin; i < t.end; ++i, ++kept) {
                members[kept] = members[i];
                std::copy_n(&keys_[std::size_t{i} * width_], width_, &keys_[std::size_t{kept} * width_]);
            }
        }
        t.begin -= moved, t.end -= moved, t.from -= moved, t.to -= moved;
    }
    members.resize(kept);
}

void Blocks::each_part(const Population& p, const std::function<bool(std::uint32_t)>& wanted,
                       const std::function<void(const Part&)>& f) const {
    if (disk_ == nullptr || every_pair_) return f({*this, p.records(), {}});
    constexpr std::size_t kRow = 128;  // of a sheet, and of a pick; bytes
    const std::size_t most = disk_->at_once(sizeof(Packed) + kRow + sizeof(std::uint32_t) * width_);
    Numbers members;
    for (std::size_t from = 0; from < tasks_.size();) {
        Blocks part;
        from = take_part(from, most, wanted, members, part);
        part.leave_out_old(members);
        if (members.empty()) continue;
        part.share_out();
        const std::vector<Packed> records = p.copy_of(members);
        f({part, records, members});
    }
}

void Blocks::share_out() {
    constexpr std::uint64_t kPairsOfARun = 1 << 14;
    std::uint64_t pairs = 0;
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
        pairs += 1 + std::uint64_t{tasks_[t].to - tasks_[t].from} * (tasks_[t].end - tasks_[t].from);
        if (pairs >= kPairsOfARun || t + 1 == tasks_.size()) runs_.push_back(t + 1), pairs = 0;
    }
}

void Blocks::prefetch(const Task& task, const Sheet& sheet) const {
    if (in_order_) return;
    for (std::uint32_t i = task.from; i < std::min(task.end, task.from + 8); ++i) {
        const std::uint32_t record = order_[task.rule][i];
        __builtin_prefetch(sheet.row(record));
        __builtin_prefetch(sheet.row(record) + 8);
        __builtin_prefetch(&keys_[std::size_t{record} * width_]);
    }
}

std::span<const std::uint32_t> Blocks::take(const Task& task, Bench& bench) const {
    bench.record.resize(task.end - task.from);
    if (in_order_)
        std::iota(bench.record.begin(), bench.record.end(), task.from);
    else
        std::copy_n(order_[task.rule].begin() + task.from, bench.record.size(), bench.record.begin());
    bench.lanes.take(bench.record, task.to - task.from, keys_.data(), width_, task.rule);
    return bench.record;
}

bool Blocks::nothing_new(const Task& task) const {
    if (wide(task)) return false;
    for (std::uint32_t i = task.from; i < task.to; ++i)
        for (std::uint32_t j = i + 1; j < task.end; ++j)
            if (!meet(member(task, i), member(task, j), task.rule)) return false;
    return true;
}

namespace {

// Records that agree: so many of them, from here on in the order of keys.
struct Block {
    std::uint32_t begin, size;
};

bool by_low(const Keyed& x, const Keyed& y) { return x.low < y.low; }

// Takes the largest blocks out, and returns them, until the rest make at most so many pairs. All blocks of a size
// go together, so that the choice does not depend on their order.
std::vector<Block> without_largest(std::vector<Block>& blocks, std::uint64_t pairs) {
    std::vector<std::uint32_t> sizes;
    for (const Block& b : blocks) sizes.push_back(b.size);
    std::sort(sizes.begin(), sizes.end());
    std::uint64_t sum = 0;
    const auto over =
        std::find_if(sizes.begin(), sizes.end(), [&](std::uint32_t n) { return (sum += pairs_of(n)) > pairs; });
    const std::uint32_t too_large = over == sizes.end() ? ~0U : *over;
    const auto large =
        std::stable_partition(blocks.begin(), blocks.end(), [&](const Block& b) { return b.size < too_large; });
    std::vector<Block> out(large, blocks.end());
    blocks.erase(large, blocks.end());
    return out;
}

// The records of these blocks that share this part, too, in the order that they had.
std::vector<Block> split(const std::vector<Block>& blocks, KeyedList& sorted, const Population& p, Part closer) {
    std::pmr::vector<std::uint32_t> part(p.slots(), p.memory());
    tbb::parallel_for(tbb::blocked_range<std::uint32_t>(0, static_cast<std::uint32_t>(p.slots()), 4096),
                      [&](const auto& range) {
                          for (std::uint32_t i = range.begin(); i < range.end(); ++i) {
                              prefetch_values(p, p[std::min(i + 12, range.end() - 1)]);
                              part[i] = static_cast<std::uint32_t>(part_hash(closer, p.view(i)));
                          }
                      });
    std::vector<Block> out;
    for (const Block& block : blocks) {
        const std::span<Keyed> members = std::span(sorted).subspan(block.begin, block.size);
        for (Keyed& k : members) k.low = part[k.record];
        std::stable_sort(members.begin(), members.end(), by_low);
        for (std::uint32_t from = 0, to; from < block.size; from = to) {
            for (to = from + 1; to < block.size && members[to].low == members[from].low;) ++to;
            const bool known = members[from].low != 0;
            if (known && to - from >= 2) out.push_back({block.begin + from, to - from});
        }
    }
    return out;
}

}  // namespace

Blocks::Arranged Blocks::arrange(const Population& p, const Rule& rule, std::pmr::vector<std::uint64_t> keys,
                                 std::uint32_t number, const BlockingLimits& limits) {
    KeyedList sorted(p.memory()), spare(p.memory());
    sorted.reserve(records_);
    for (std::uint32_t i = 0; i < records_; ++i)
        if (const std::uint64_t key = keys[i])
            sorted.push_back({static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key), i});
    keys = std::pmr::vector<std::uint64_t>(p.memory());
    radix_sort(sorted, spare);
    spare = KeyedList(p.memory());
    // The sort saw the upper halves; where different keys share one, the lower halves decide.
    std::vector<Block> blocks;
    RuleCount& count = counts_[number];
    const auto at = [&](std::size_t i) { return sorted.begin() + static_cast<std::ptrdiff_t>(i); };
    for (std::size_t i = 0, end; i < sorted.size(); i = end) {
        bool differs = false;
        for (end = i + 1; end < sorted.size() && sorted[end].key == sorted[i].key; ++end)
            differs = differs || sorted[end].low != sorted[i].low;
        if (differs) std::stable_sort(at(i), at(end), by_low);
        for (std::size_t from = i, to; from < end; from = to) {
            to = differs ? from + 1 : end;
            while (to < end && sorted[to].low == sorted[from].low) ++to;
            if (to - from < 2) continue;
            blocks.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from)});
            count.pairs += pairs_of(to - from);
            count.largest = std::max<std::uint64_t>(count.largest, to - from);
        }
    }

    // A block of n records costs n² / 2 comparisons. Of the largest only those who are closer are compared, or
    // they are left to the other rules.
    const std::uint64_t most = std::max<std::uint64_t>(
        limits.pairs_a_rule * std::max<std::uint64_t>(records_, 100'000) / 1'000'000, 1'000'000);
    const std::uint64_t budget =
        rule.closer ? std::max(std::min(most, limits.pairs_before_closer), 3 * std::uint64_t{records_}) : most;
    if (count.pairs > budget) {
        const std::vector<Block> large = without_largest(blocks, budget);
        if (rule.closer) {
            std::vector<Block> closer = split(large, sorted, p, *rule.closer);
            without_largest(closer, budget);
            blocks.insert(blocks.end(), closer.begin(), closer.end());
        }
    }
    count.left_out = count.pairs;
    for (const Block& block : blocks) count.left_out -= pairs_of(block.size);

    Arranged out(p.memory());
    out.block_of.resize(records_, 0);
    std::size_t members = 0;
    for (const Block& block : blocks) members += block.size;
    out.members.reserve(members);
    std::uint32_t block_number = 0;
    const auto put = [&](const Block& block) {
        ++block_number;
        const auto begin = static_cast<std::uint32_t>(out.members.size());
        for (std::size_t k = block.begin; k < block.begin + block.size; ++k) {
            out.members.push_back(sorted[k].record);
            out.block_of[sorted[k].record] = block_number;
        }
        const auto stop = static_cast<std::uint32_t>(out.members.size());
        for (std::uint32_t from = begin; from + 1 < stop; from += kRowsOfATask)
            out.tasks.push_back({number, begin, stop, from, std::min(from + kRowsOfATask, stop)});
    };
    if (disk_ != nullptr) {
        for (const Block& block : blocks) put(block);
        return out;
    }
    // Blocks in the order of their first records, which is that of memory.
    constexpr std::uint32_t kNone = ~0U;
    std::vector<std::uint32_t> by_first(records_, kNone);
    for (std::uint32_t b = 0; b < blocks.size(); ++b) by_first[sorted[blocks[b].begin].record] = b;
    std::erase(by_first, kNone);
    for (std::size_t n = 0; n < by_first.size(); ++n) {
        // Blocks and their records lie anywhere: each is asked for some blocks ahead.
        if (n + 24 < by_first.size()) __builtin_prefetch(&blocks[by_first[n + 24]]);
        if (n + 16 < by_first.size()) __builtin_prefetch(&sorted[blocks[by_first[n + 16]].begin]);
        if (n + 8 < by_first.size()) {
            const Block& soon = blocks[by_first[n + 8]];
            for (std::size_t k = 0; k < std::min(soon.size, 8U); ++k)
                __builtin_prefetch(&out.block_of[sorted[soon.begin + k].record], 1);
        }
        put(blocks[by_first[n]]);
    }
    return out;
}

std::uint64_t Blocks::pairs() const {
    std::uint64_t sum = 0;
    for (const RuleCount& c : counts_) sum += c.pairs - c.left_out;
    return sum;
}

bool Blocks::share(std::uint32_t a, std::uint32_t b) const {
    if (every_pair_) return true;
    const std::uint32_t *x = keys_.data() + std::size_t{a} * width_, *y = keys_.data() + std::size_t{b} * width_;
    for (std::size_t r = 0; r < width_; ++r)
        if (x[r] == y[r] && x[r] != 0) return true;
    return false;
}

}  // namespace rowan::linkage
