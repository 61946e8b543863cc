#include "linkage/link.h"

#include "linkage/exchange.h"
#include "linkage/radix.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/parallel_sort.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <utility>

namespace rowan::linkage {
namespace {

constexpr std::uint32_t kRowsOfATask = 256;

std::uint64_t pairs_of(std::uint64_t n) { return n * (n - 1) / 2; }

// A stream of numbers that is the same on every machine (SplitMix64).
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return x ^ x >> 31;
}

// Of evenly spread numbers such a share is not above it.
std::uint64_t bar_for(double share) {
    return share >= 1 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(std::ldexp(share, 63)) * 2;
}

// Is there anything in all the columns that the rule looks at?
bool holds_parts(const Population& p, const Rule& rule) {
    return std::all_of(rule.parts.begin(), rule.parts.end(), [&](Part part) {
        switch (part) {
            case Part::birth:
            case Part::birth_year:
            case Part::birth_month:
            case Part::exact_birth:
                return p.with_birth() != 0;
            case Part::given:
            case Part::given_sound:
            case Part::given_initial:
            case Part::given_two:
                return p.with(Column::given) != 0;
            case Part::family:
            case Part::family_sound:
            case Part::family_four:
                return p.with(Column::family) != 0;
            case Part::both_names:
                return p.with(Column::given) != 0 && p.with(Column::family) != 0;
            case Part::postcode:
            case Part::outward:
                return p.with(Column::postcode) != 0;
            case Part::address:
                return p.with(Column::address) != 0;
            case Part::town:
                return p.with(Column::town) != 0;
            case Part::nhs_number:
                return p.with(Column::nhs) != 0;
            case Part::upn:
                return p.with(Column::upn) != 0;
            case Part::other_id:
                return p.with(Column::other_id) != 0;
            case Part::phone:
                return p.with(Column::phone) != 0;
            case Part::email:
                return p.with(Column::email) != 0;
        }
        return true;
    });
}

// Of a record whose keys are soon worked out.
void prefetch_values(const Population& p, const Packed& record) {
    for (const Column c : {Column::given, Column::family}) __builtin_prefetch(&p.names().name(record[c]));
    p.texts(Column::postcode).prefetch(record[Column::postcode]);
}

}  // namespace

Model fitting(const Model& model, const Population& p) {
    Model out = model;
    std::erase_if(out.fields, [&](const FieldModel& f) {
        if (f.field == Field::date_of_birth) return p.with_birth() == 0;
        if (f.field == Field::sex) {
            for (std::uint32_t i = 0; i < p.slots(); ++i)
                if (p[i].sex != 0) return false;
            return true;
        }
        return p.with(column_of(f.field)) == 0;
    });
    return out;
}

Blocks::Blocks(const Population& p, std::span<const Rule> rules, const BlockingLimits& limits)
    : records_(static_cast<std::uint32_t>(p.slots())) {
    if (records_ > 1 && pairs_of(records_) <= limits.every_pair_up_to) {
        every_pair_ = true;
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
    order_.resize(width_);
    found_.resize(width_);
    for (const Rule* rule : used) counts_.push_back({rule->name});
    // A few rules at a time, so that their keys take little room.
    constexpr std::size_t kTogether = 5;
    for (std::size_t from = 0; from < width_; from += kTogether) {
        const std::size_t some = std::min(kTogether, width_ - from);
        std::vector<std::vector<std::uint64_t>> keys(some);
        for (auto& k : keys) k.resize(records_);
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
        tbb::parallel_for(
            std::size_t{0}, some,
            [&](std::size_t k) {
                arrange(p, *used[from + k], std::move(keys[k]), static_cast<std::uint32_t>(from + k), limits);
            },
            tbb::simple_partitioner{});
    }
    // Most small blocks bring together whom an earlier rule has brought together.
    tbb::parallel_for(
        std::size_t{1}, std::max<std::size_t>(width_, 1),
        [&](std::size_t r) { std::erase_if(found_[r], [&](const Task& t) { return nothing_new(t); }); },
        tbb::simple_partitioner{});
    for (auto& tasks : found_) {
        tasks_.insert(tasks_.end(), tasks.begin(), tasks.end());
        tasks = {};
    }
    share_out();
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
    if (every_pair_) return;
    for (std::uint32_t i = task.from; i < std::min(task.end, task.from + 8); ++i) {
        const std::uint32_t record = order_[task.rule][i];
        __builtin_prefetch(sheet.row(record));
        __builtin_prefetch(sheet.row(record) + 8);
        __builtin_prefetch(&keys_[std::size_t{record} * width_]);
    }
}

std::span<const std::uint32_t> Blocks::take(const Task& task, Bench& bench) const {
    bench.record.resize(task.end - task.from);
    if (every_pair_)
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
std::vector<Block> split(const std::vector<Block>& blocks, std::vector<Keyed>& sorted, const Population& p,
                         Part closer) {
    std::vector<Block> out;
    for (const Block& block : blocks) {
        const std::span<Keyed> members = std::span(sorted).subspan(block.begin, block.size);
        const auto soon = [&](std::size_t k) -> const Packed& {
            return p[members[std::min<std::size_t>(k, block.size - 1)].record];
        };
        for (std::size_t k = 0; k < members.size(); ++k) {
            __builtin_prefetch(&soon(k + 16));
            prefetch_values(p, soon(k + 8));
            members[k].low = static_cast<std::uint32_t>(part_hash(closer, p.view(members[k].record)));
        }
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

void Blocks::arrange(const Population& p, const Rule& rule, std::vector<std::uint64_t> keys, std::uint32_t number,
                     const BlockingLimits& limits) {
    std::vector<Keyed> sorted, spare;
    sorted.reserve(records_);
    for (std::uint32_t i = 0; i < records_; ++i)
        if (const std::uint64_t key = keys[i])
            sorted.push_back({static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key), i});
    keys = {};
    radix_sort(sorted, spare);
    spare = {};
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

    // Blocks in the order of their first records, which is that of memory.
    constexpr std::uint32_t kNone = ~0U;
    std::vector<std::uint32_t> by_first(records_, kNone);
    std::size_t members = 0;
    for (std::uint32_t b = 0; b < blocks.size(); ++b) {
        by_first[sorted[blocks[b].begin].record] = b;
        members += blocks[b].size;
    }
    std::erase(by_first, kNone);
    auto& order = order_[number];
    order.reserve(members);
    const auto key_of = [&](const Keyed& k) { return &keys_[std::size_t{k.record} * width_ + number]; };
    std::uint32_t block_number = 0;
    for (std::size_t n = 0; n < by_first.size(); ++n) {
        // Blocks, their records and the records' keys lie anywhere: each is asked for some blocks ahead.
        if (n + 24 < by_first.size()) __builtin_prefetch(&blocks[by_first[n + 24]]);
        if (n + 16 < by_first.size()) __builtin_prefetch(&sorted[blocks[by_first[n + 16]].begin]);
        if (n + 8 < by_first.size()) {
            const Block& soon = blocks[by_first[n + 8]];
            for (std::size_t k = 0; k < std::min(soon.size, 8U); ++k)
                __builtin_prefetch(key_of(sorted[soon.begin + k]), 1);
        }
        const Block& block = blocks[by_first[n]];
        ++block_number;
        const auto begin = static_cast<std::uint32_t>(order.size());
        for (std::size_t k = block.begin; k < block.begin + block.size; ++k) {
            order.push_back(sorted[k].record);
            *key_of(sorted[k]) = block_number;
        }
        const auto stop = static_cast<std::uint32_t>(order.size());
        for (std::uint32_t from = begin; from + 1 < stop; from += kRowsOfATask)
            found_[number].push_back({number, begin, stop, from, std::min(from + kRowsOfATask, stop)});
    }
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

namespace {

// How numbers travel between processes.
template <class T>
void put(std::string& out, const T* values, std::size_t count) {
    out.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}
template <class T>
void get(std::string_view& in, T* values, std::size_t count) {
    std::memcpy(values, in.data(), count * sizeof(T));
    in.remove_prefix(count * sizeof(T));
}

// How often each pattern of agreement occurred. Bit 63: both records come from one source.
using Patterns = boost::unordered_flat_map<std::uint64_t, double>;
constexpr std::uint64_t kSameSource = std::uint64_t{1} << 63;

struct Counted {
    std::uint64_t pattern;
    double count;
    bool sibling = false;
    std::int8_t known = 0;  // by a label: 1 one person, -1 two
    bool both_names = false;
};
std::vector<Counted> in_order(const Patterns& patterns) {
    std::vector<Counted> out;
    for (const auto& [pattern, count] : patterns) out.push_back({pattern, count});
    std::sort(out.begin(), out.end(), [](const Counted& a, const Counted& b) { return a.pattern < b.pattern; });
    return out;
}
std::size_t level_in(std::uint64_t pattern, std::size_t field) { return pattern >> (4 * field) & 15; }

Pattern unpacked(std::uint64_t pattern) {
    Pattern p;
    for (std::size_t f = 0; f < kFields; ++f) p.level[f] = static_cast<std::uint8_t>(level_in(pattern, f));
    return p;
}

// The fields that a rule's part looks at.
std::vector<Field> fields_of(Part part) {
    switch (part) {
        case Part::given:
        case Part::given_sound:
        case Part::given_initial:
        case Part::given_two:
            return {Field::given_name};
        case Part::family:
        case Part::family_sound:
        case Part::family_four:
            return {Field::family_name};
        case Part::both_names:
            return {Field::given_name, Field::family_name};
        case Part::birth:
        case Part::birth_year:
        case Part::birth_month:
        case Part::exact_birth:
            return {Field::date_of_birth};
        case Part::postcode:
        case Part::outward:
            return {Field::postcode};
        case Part::address:
            return {Field::address};
        case Part::town:
            return {Field::town};
        case Part::nhs_number:
            return {Field::nhs_number};
        case Part::upn:
            return {Field::upn};
        case Part::other_id:
            return {Field::other_id};
        case Part::phone:
            return {Field::phone};
        case Part::email:
            return {Field::email};
    }
    return {};
}

// What is believed before anything is learned. Most dates are whole, and few of one person are known in part;
// where many are, they agree as far as they are known.
Model believed_of(const Population& p, Model model) {
    const auto birth = std::find_if(model.fields.begin(), model.fields.end(),
                                    [](const FieldModel& f) { return f.field == Field::date_of_birth; });
    if (birth == model.fields.end() || p.with_birth() == 0) return model;
    auto& levels = birth->levels;
    const auto part =
        std::find_if(levels.begin(), levels.end(), [](const Level& l) { return l.test == Test::part; });
    if (part == levels.end()) return model;
    std::uint32_t whole = 0;
    for (std::uint32_t i = 0; i < p.slots(); ++i) whole += PartialDate::unpack(p[i].birth).complete() ? 1 : 0;
    constexpr double kFits = 0.98, kMost = 0.99;  // no level is ever impossible
    const double share = static_cast<double>(whole) / p.with_birth(), in_part = std::min(kMost, 1 - share * share);
    if (in_part <= part->m) return model;
    const double rest = (1 - in_part) / (1 - part->m);
    for (Level& l : levels) l.m *= rest;
    part->m = kFits * in_part;
    levels.back().m += (1 - kFits) * in_part;
    return model;
}

class Trainer {
public:
    Trainer(const Dataset& data, const Blocks& blocks, const Model& start, const TrainOptions& options,
            Company& company)
        : data_(data),
          blocks_(blocks),
          start_(believed_of(data.population, start)),
          options_(options),
          company_(company),
          model_(start_),
          scorer_(start_),
          sheet_(data.population, scorer_, Sheet::For::patterns) {}

    Training run() {
        count_totals();
        count_siblings();
        count_random();
        count_blocked();
        count_names();
        take_labels();
        tell_siblings();
        for (auto* pairs : {&random_, &blocked_})
            for (Counted& c : *pairs) c.both_names = both_names_agree(start_, unpacked(c.pattern));
        const auto rounds = 3;
        const auto held = passes();
        for (int round = 0; round < rounds; ++round) {
            learn_u();
            Seen seen;
            for (const Held& fields : held) learn_where(fields, seen);
            conclude(seen);
            tell_sexes();
            for (int turn = 0; turn < options_.passes; ++turn) {
                likelihood_.emplace_back();
                for (int i = 0; i < options_.passes; ++i)
                    if (learn_prior()) break;
                if (learn_together()) break;
            }
        }
        constexpr double kLeast = 1.1;  // less is by chance
        if (model_.names_together < kLeast) model_.names_together = 1;
        learn_right();
        Training t;
        t.model = model_;
        t.likelihood = likelihood_;
        t.expected_matches = expected_[0] + expected_[1];
        t.random_pairs = static_cast<std::uint64_t>(random_seen_);
        t.blocked_pairs = blocked_seen_;
        return t;
    }

private:
    struct Local {
        explicit Local(const Sheet& sheet) : bench(sheet) {}
        Patterns patterns;
        Blocks::Bench bench;
        void count(const Pattern& p, bool same_source) {
            patterns[p.packed() | (same_source ? kSameSource : 0)] += 1;
        }
    };

    void count(Sheet::Side a, Sheet::Side b, Local& local) const {
        local.count(sheet_.pattern(a, b, local.bench.cache), sheet_.same_source(a, b));
    }
    Sheet::Side side(std::uint64_t record) const {
        return {sheet_.row(static_cast<std::uint32_t>(record)), static_cast<std::uint32_t>(record)};
    }

    void count_totals() {
        std::vector<std::uint64_t> by_source(data_.sources.size(), 0);
        for (std::uint32_t i = 0; i < data_.size(); ++i) ++by_source[data_.population[i].source];
        double same = 0;
        for (std::size_t s = 1; s < by_source.size(); ++s)
            same += by_source[s] > 1 ? static_cast<double>(pairs_of(by_source[s])) : 0;
        total_[1] = same;
        total_[0] = static_cast<double>(pairs_of(data_.size())) - same;
    }

    // each(job, local) counts the pairs of one job; jobs are shared out among the processes and their threads.
    template <class Each>
    std::vector<Counted> gather(std::size_t jobs, Each each) const {
        tbb::enumerable_thread_specific<Local> locals([&] { return Local(sheet_); });
        tbb::parallel_for(std::size_t{0}, jobs, [&](std::size_t k) {
            if (k % company_.size() == company_.rank()) each(k, locals.local());
        });
        Patterns all;
        for (const Local& local : locals)
            for (const auto& [p, n] : local.patterns) all[p] += n;  // whole numbers: any order gives the same sum
        return in_order(company_.size() == 1 ? all : of_everybody(all));
    }

    Patterns of_everybody(const Patterns& mine) const {
        std::string text;
        for (const auto& [p, n] : mine) {
            put(text, &p, 1);
            put(text, &n, 1);
        }
        Patterns all;
        for (const std::string& from : company_.tell_all(std::move(text)))
            for (std::string_view rest = from; !rest.empty();) {
                std::uint64_t pattern = 0;
                double count = 0;
                get(rest, &pattern, 1);
                get(rest, &count, 1);
                all[pattern] += count;
            }
        return all;
    }

    // The pairs of the blocks whose first record was chosen: whoever was not costs nothing.
    std::vector<Counted> gather_blocks(const Blocks& blocks, std::uint64_t bar) const {
        return gather(blocks.runs(), [&](std::size_t k, Local& local) {
            blocks.patterns(
                k, local.bench, [&](std::uint32_t record) { return chosen(record, bar); },
                [&](const Pattern& p, bool same_source) { local.count(p, same_source); });
        });
    }

    void count_random() {
        const std::uint64_t n = data_.size();
        if (pairs_of(n) <= 2 * options_.random_pairs) {
            random_ = gather(n, [&](std::size_t a, Local& local) {
                for (std::size_t b = a + 1; b < n; ++b) count(side(a), side(b), local);
            });
            random_seen_ = static_cast<double>(pairs_of(n));
            return;
        }
        constexpr std::uint64_t kJob = 4096, kAhead = 16;
        random_ = gather(options_.random_pairs / kJob, [&](std::size_t k, Local& local) {
            for (std::uint64_t i = k * kJob; i < (k + 1) * kJob; ++i) {
                __builtin_prefetch(side(mixed(2 * (i + kAhead)) % n).row);
                __builtin_prefetch(side(mixed(2 * (i + kAhead) + 1) % n).row);
                const std::uint64_t a = mixed(2 * i) % n, b = mixed(2 * i + 1) % n;
                if (a != b) count(side(std::min(a, b)), side(std::max(a, b)), local);
            }
        });
        for (const Counted& c : random_) random_seen_ += c.count;
    }

    // How many siblings for each match among records of one surname and home, and how many of those are twins. In
    // a register of children there are many; in a list of adults none, and then nothing is held against a shared
    // home.
    void count_siblings() {
        static const std::vector<Rule> kHomes{{"postcode", {Part::postcode, Part::family_sound}},
                                              {"address", {Part::address, Part::family_sound}},
                                              {"phone", {Part::phone, Part::family_sound}}};
        constexpr double kEnough = 1'000'000;  // records, of which every home is looked at
        BlockingLimits sample{0};
        sample.share = kEnough / std::max(kEnough, static_cast<double>(data_.size()));
        const Blocks homes(data_.population, kHomes, sample);
        const double share = 500'000 / std::max(1.0, static_cast<double>(homes.pairs()));
        std::array<double, 2> siblings{}, others{};  // by: from one source
        double twins = 0;
        const std::vector<Counted> patterns = gather_blocks(homes, bar_for(share));
        for (const Counted& c : patterns) {
            const Family f = family_pattern(start_, unpacked(c.pattern));
            if (!f.one_home) continue;
            (f.sibling ? siblings : others)[(c.pattern & kSameSource) != 0] += c.count;
            if (f.sibling && f.born_together) twins += c.count;
        }
        if (start_.sibling_pairs == 0) return;
        constexpr double kBelief = 5;  // pairs' worth of belief in the start model
        const auto ratio = [&](int same, double believed) {
            return (siblings[same] + kBelief * believed) / (others[same] + kBelief);
        };
        model_.sibling_pairs = ratio(0, start_.sibling_pairs);
        model_.sibling_pairs_same_source = ratio(1, start_.sibling_pairs_same_source);
        model_.twin_share = (twins + 20 * start_.twin_share) / (siblings[0] + siblings[1] + 20);
    }

    // Pairs for m come from the blocks: all, or those of a share of the records.
    void count_blocked() {
        blocked_share_ = std::min(1.0, static_cast<double>(options_.blocked_pairs) /
                                           std::max(1.0, static_cast<double>(blocks_.pairs())));
        blocked_ = gather_blocks(blocks_, bar_for(blocked_share_));
        // Siblings agree in what families share, as no two strangers do. Learning from them would teach that one
        // child often bears two names, so they are taken for what they almost always are: two children.
        for (Counted& c : blocked_) {
            c.sibling = family_pattern(start_, unpacked(c.pattern)).sibling;
        }
        for (const Counted& c : blocked_) blocked_seen_ += static_cast<std::uint64_t>(c.count);
    }

    // Labelled pairs leave the pairs that are guessed at, if they were among them, and stand beside with their
    // answer.
    void take_labels() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, bool> labels;
        for (const Label& l : options_.labels)
            if (l.left != l.right) labels[std::minmax(l.left, l.right)] = l.same;
        LevelCache cache;
        std::map<std::pair<std::uint64_t, bool>, double> known;
        for (const auto& [pair, same] : labels) {
            const Sheet::Side a = side(pair.first), b = side(pair.second);
            const std::uint64_t pattern =
                sheet_.pattern(a, b, cache).packed() | (sheet_.same_source(a, b) ? kSameSource : 0);
            known[{pattern, same}] += 1;
            if (!blocks_.share(a.record, b.record) || !chosen(a.record, bar_for(blocked_share_))) continue;
            for (Counted& c : blocked_)
                if (c.pattern == pattern) c.count -= 1;
        }
        for (const auto& [what, count] : known)
            blocked_.push_back({what.first, count, false, static_cast<std::int8_t>(what.second ? 1 : -1)});
    }
    // Siblings' given names may be alike by chance, as strangers' are, and such pairs look like one child. How
    // many they are is seen from the siblings whose names are not alike: for each of those, as many as among
    // strangers.
    void tell_siblings() {
        const std::size_t given = place(Field::given_name);
        if (given == kNone || start_.sibling_pairs == 0) return;
        const std::size_t different = model_.fields[given].levels.size();
        std::array<double, 16> strangers{};
        for (const Counted& c : random_) strangers[level_in(c.pattern, given)] += c.count;
        if (strangers[different] == 0) return;
        const auto with_level = [&](std::uint64_t pattern, std::uint64_t level) {
            return (pattern & ~(std::uint64_t{15} << (4 * given))) | level << (4 * given);
        };
        boost::unordered_flat_map<std::uint64_t, double> siblings;
        for (const Counted& c : blocked_)
            if (c.sibling) siblings[c.pattern] += c.count;
        std::vector<Counted> told;
        for (Counted& c : blocked_) {
            const std::size_t level = level_in(c.pattern, given);
            if (c.sibling || c.known != 0 || level < 2) continue;
            const auto others = siblings.find(with_level(c.pattern, different));
            if (others == siblings.end()) continue;
            const double by_chance = std::min(c.count, others->second * strangers[level] / strangers[different]);
            c.count -= by_chance;
            told.push_back({c.pattern, by_chance, true});
        }
        blocked_.insert(blocked_.end(), told.begin(), told.end());
    }
    static bool chosen(std::uint32_t record, std::uint64_t bar) { return mixed(record) <= bar; }

    void tabulate(const Model& model) {
        together_ = std::log2(model.names_together);
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            for (std::size_t l = 0; l < model.fields[f].levels.size(); ++l)
                weight_[f][l + 1] = model.fields[f].levels[l].weight();
    }
    double weight(const Counted& c) const {
        double w = c.both_names ? -together_ : 0;
        for (std::size_t f = 0; f < model_.fields.size(); ++f) w += weight_[f][level_in(c.pattern, f)];
        return w;
    }
    static constexpr std::size_t kNone = kFields;
    std::size_t place(Field field) const {  // in the model; kNone: it has none
        const FieldModel* f = model_.find(field);
        return f == nullptr ? kNone : static_cast<std::size_t>(f - model_.fields.data());
    }
    double prior(bool same) const { return same ? model_.prior_same_source : model_.prior; }
    double chance(const Counted& c) const {
        const double p = prior((c.pattern & kSameSource) != 0);
        return linkage::probability(weight(c) + std::log2(p / (1 - p)));
    }

    // How often two different people agree: from random pairs, each counted as far as it is not one person.
    // What was never seen there keeps a share of the start model's belief, and is never held to be rarer than
    // could be seen.
    void learn_u() {
        constexpr double kHalf = 0.5;  // pairs
        tabulate(model_);
        std::vector<std::array<double, 16>> seen(model_.fields.size());
        // A given name says which sex: it tells only those of one given name apart, and most of them it does not.
        const std::size_t given = place(Field::given_name), sex = place(Field::sex);
        for (const Counted& c : random_) {
            const double other = c.count * (1 - chance(c));
            const bool namesakes = given == kNone || level_in(c.pattern, given) == 1;
            for (std::size_t f = 0; f < seen.size(); ++f)
                if (f != sex || namesakes) seen[f][level_in(c.pattern, f)] += other;
        }
        for (std::size_t f = 0; f < seen.size(); ++f) {
            const auto& levels = start_.fields[f].levels;
            double sum = 0;
            for (std::size_t l = 0; l < levels.size(); ++l) sum += seen[f][l + 1];
            const double belief = std::max(20.0, 0.02 * sum);
            for (std::size_t l = 0; l < levels.size(); ++l)
                model_.fields[f].levels[l].u =
                    (seen[f][l + 1] + std::max(kHalf, belief * levels[l].u)) / (sum + belief);
        }
        learn_exchange();
    }

    // Where names tell every sex, no two of one name show how often it differs; that it does never speaks for one
    // person.
    void tell_sexes() {
        const std::size_t sex = place(Field::sex);
        if (sex == kNone) return;
        auto& levels = model_.fields[sex].levels;
        levels.back().u = std::max(levels.back().u, levels.back().m);
        if (levels.size() == 2) levels.front().u = 1 - levels.back().u;
    }

    // Pairs of records that have both names in common, from as many records as show it. Not from all who bear some
    // of the names: a few names make most of the pairs.
    void count_names() {
        const Population& p = data_.population;
        const double share =
            std::min(1.0, static_cast<double>(options_.name_records) / static_cast<double>(data_.size()));
        std::vector<std::uint64_t> names;
        for (std::uint32_t i = 0; i < p.slots(); ++i) {
            const std::uint64_t given = p[i][Column::given], family = p[i][Column::family];
            if (given != 0 && family != 0 && chosen(i, bar_for(share))) names.push_back(given << 32 | family);
        }
        tbb::parallel_sort(names.begin(), names.end());
        std::uint64_t pairs = 0;
        for (auto from = names.begin(); from != names.end();) {
            const auto to = std::find_if(from, names.end(), [&](std::uint64_t n) { return n != *from; });
            pairs += pairs_of(static_cast<std::uint64_t>(to - from));
            from = to;
        }
        namesakes_ = static_cast<double>(pairs) / (share * share);
    }

    // How much oftener two people share both names than each by itself would have it: of those who do, as many as
    // are not one person. Learned in turns with how many are; true when nothing moves any more.
    bool learn_together() {
        const std::size_t given = place(Field::given_name), family = place(Field::family_name);
        if (given == kNone || family == kNone || namesakes_ == 0) return true;
        tabulate(model_);
        double one_person = 0;
        for (const Counted& c : blocked_) {
            if (level_in(c.pattern, given) != 1 || level_in(c.pattern, family) != 1) continue;
            one_person += c.known != 0 ? c.count * (c.known > 0) : c.count / blocked_share_ * chance(c);
        }
        const Population& p = data_.population;
        const double known = static_cast<double>(p.with(Column::given)) * p.with(Column::family) /
                             (static_cast<double>(data_.size()) * static_cast<double>(data_.size()));
        const double by_chance = (total_[0] + total_[1]) * known * known * model_.fields[given].levels[0].u *
                                 model_.fields[family].levels[0].u;
        constexpr double kBelief = 25;  // pairs' worth of belief that names go together by chance alone
        const double together = std::max(1.0, (namesakes_ - one_person + kBelief) / (by_chance + kBelief));
        const bool still = std::abs(std::log2(together / model_.names_together)) < 0.01;
        model_.names_together = together;
        return still;
    }

    // Two records agree on a name when both have it right. A slip or the wrong box mostly makes a name that nobody
    // bears; another form of it, a new surname, a wrong date or another home is somebody's.
    void learn_right() {
        for (FieldModel& f : model_.fields) {
            const Level& same = f.levels.front();
            if ((f.field != Field::given_name && f.field != Field::family_name) || same.test != Test::same)
                continue;
            double wrong = 0;
            for (const Level& l : f.levels)
                if (l.test == Test::typing_error || l.test == Test::jaro_winkler || l.test == Test::initial ||
                    l.test == Test::exchanged || l.test == Test::swapped)
                    wrong += l.m;
            f.right = std::sqrt(same.m / (same.m + wrong));
        }
    }

    // Exactly exchanged names are too rare for random pairs to show, but how often they are so by chance follows
    // from how often names agree.
    void learn_exchange() {
        const auto given = std::find_if(model_.fields.begin(), model_.fields.end(),
                                        [](const FieldModel& f) { return is_exchange(f, kExchanged); });
        const FieldModel* family = model_.find(Field::family_name);
        if (given == model_.fields.end() || family == nullptr) return;
        const Population& p = data_.population;
        const double records = p.with(Column::given), others = p.with(Column::family);
        double both = 0;
        for (std::uint32_t id = 1; id <= p.names().size(); ++id)
            both += p.count(Column::given, id) / records * p.count(Column::family, id) / others;
        given->levels[1].u = chance_of_exchange(*given, *family, both);
    }

    // --- m, by expectation maximisation with u held fast
    // ------------------------------------------------------------
    //
    // One pass for each set of fields that a rule looks at, over the pairs that agree wholly in them, which the
    // rule brings together to the last. The share of matches is free in each pass, and the fields held are not
    // learned there. All pairs taken at once teach something else: that a community shares given names and
    // surnames, or a year its fashions, is then put down to people who change their date of birth.

    using Held = std::array<bool, kFields>;  // by place in model_.fields
    struct Seen {
        std::array<std::array<double, 16>, kFields> at{};  // matches, by field and level
        double names_open = 0;  // matches where neither name was held: only there can names be seen exchanged
    };

    // Of a rule that left large blocks to the others, those pairs came that agree in what the others look at,
    // whether they are one person or not: such a pass would teach that everybody agrees there. It is left out,
    // unless all are such.
    std::vector<Held> passes() const {
        const auto whole = passes([&](const Rule& rule) {
            return std::none_of(blocks_.counts().begin(), blocks_.counts().end(),
                                [&](const RuleCount& c) { return c.name == rule.name && c.left_out > 0; });
        });
        return whole.empty() ? passes([](const Rule&) { return true; }) : whole;
    }
    template <class Wanted>
    std::vector<Held> passes(Wanted wanted) const {
        std::vector<Held> out;
        for (const Rule& rule : rules_of(start_)) {
            Held held{};
            bool known = wanted(rule);
            for (const Part part : rule.parts)
                for (const Field field : fields_of(part)) {
                    const std::size_t at = place(field);
                    known = known && at != kNone && model_.fields[at].levels.front().test == Test::same;
                    if (known) held[at] = true;
                }
            if (known && std::find(out.begin(), out.end(), held) == out.end()) out.push_back(held);
        }
        return out;
    }

    // How many matches' worth of belief in the start model stand beside so many that were seen. Never under a
    // fiftieth: where little is known of people, a level that few of one person show is hardly told from what
    // strangers show.
    double belief_beside(double matches) const { return std::max(options_.model_counts_for, 0.02 * matches); }

    // m as it is believed after so many matches were seen at each level.
    void believe(Model& model, const Seen& seen, double belief) const {
        for (std::size_t f = 0; f < model.fields.size(); ++f) {
            auto& levels = model.fields[f].levels;
            const auto& at = seen.at[f];
            const double sum = std::accumulate(at.begin() + 1, at.end(), 0.0);
            for (std::size_t l = 0; l < levels.size(); ++l)
                levels[l].m = (at[l + 1] + belief * start_.fields[f].levels[l].m) / (sum + belief);
        }
    }
    double log_belief(const Model& model, double belief) const {
        double out = 0;
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            for (std::size_t l = 0; l < model.fields[f].levels.size(); ++l)
                out += belief * start_.fields[f].levels[l].m * std::log(model.fields[f].levels[l].m);
        return out;
    }

    // The same after all passes.
    void conclude(const Seen& seen) {
        for (std::size_t f = 0; f < model_.fields.size(); ++f) {
            auto& levels = model_.fields[f].levels;
            const auto& believed = start_.fields[f].levels;
            const auto& at = seen.at[f];
            const auto exchange = [&](std::size_t l) {
                return model_.fields[f].field == Field::given_name && says_both_names(levels[l].test);
            };
            double sum = 0, rest = 1, rest_believed = 1;
            const double belief_open = belief_beside(seen.names_open);
            for (std::size_t l = 0; l < levels.size(); ++l) {
                if (!exchange(l)) {
                    sum += at[l + 1];
                    continue;
                }
                levels[l].m = (at[l + 1] + belief_open * believed[l].m) / (seen.names_open + belief_open);
                rest -= levels[l].m, rest_believed -= believed[l].m;
            }
            const double belief = belief_beside(sum);
            for (std::size_t l = 0; l < levels.size(); ++l)
                if (!exchange(l))
                    levels[l].m = rest * (at[l + 1] + belief * believed[l].m / rest_believed) / (sum + belief);
        }
    }
    // True when nothing moves any more.
    bool note(std::vector<double>& history, double likelihood) const {
        const bool still = !history.empty() && likelihood - history.back() < 1e-10 * std::abs(likelihood);
        history.push_back(likelihood);
        return still;
    }

    void learn_where(const Held& held, Seen& seen) {
        std::vector<Counted> pairs;
        std::array<double, 2> all{}, share{0.5, 0.5};
        for (const Counted& c : blocked_) {
            bool agree = true;
            for (std::size_t f = 0; f < model_.fields.size(); ++f)
                agree = agree && (!held[f] || level_in(c.pattern, f) == 1);
            if (!agree) continue;
            pairs.push_back(c);
            all[(c.pattern & kSameSource) != 0] += c.count;
        }
        if (pairs.empty()) return;
        Model model = model_;  // u of this round
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            for (std::size_t l = 0; l < model.fields[f].levels.size(); ++l)
                model.fields[f].levels[l].m = start_.fields[f].levels[l].m;
        Seen matches;
        double belief = 0;
        std::vector<double> history;
        for (int i = 0; i < options_.passes; ++i) {
            tabulate(model);
            matches = {};
            std::array<double, 2> found{};
            double likelihood = 0;
            for (const Counted& c : pairs) {
                const bool same = (c.pattern & kSameSource) != 0;
                double w = 0;
                for (std::size_t f = 0; f < model.fields.size(); ++f)
                    if (!held[f]) w += weight_[f][level_in(c.pattern, f)];
                if (c.both_names) w -= together_;
                const double odds = c.sibling ? 0 : share[same] * std::exp2(w);
                const double two = 1 - share[same];
                const double chance_here = c.known != 0 ? c.known > 0 : odds / (two + odds);
                likelihood += c.count * std::log(c.known > 0 ? odds : c.known < 0 ? two : two + odds);
                found[same] += c.count * chance_here;
                for (std::size_t f = 0; f < matches.at.size(); ++f)
                    if (!held[f]) matches.at[f][level_in(c.pattern, f)] += c.count * chance_here;
            }
            if (i == 0) belief = belief_beside(found[0] + found[1]);  // and no other on the way
            likelihood += log_belief(model, belief);
            for (const int same : {0, 1}) likelihood += std::log(share[same]) + std::log1p(-share[same]);
            const bool still = note(history, likelihood);
            for (const int same : {0, 1}) share[same] = (found[same] + 1) / (all[same] + 2);
            believe(model, matches, belief);
            if (still) break;
        }
        likelihood_.push_back(std::move(history));
        for (std::size_t f = 0; f < seen.at.size(); ++f)
            for (std::size_t l = 0; l < seen.at[f].size(); ++l) seen.at[f][l] += matches.at[f][l];
        const std::size_t given = place(Field::given_name), family = place(Field::family_name);
        if (given == kNone || family == kNone || held[given] || held[family]) return;
        seen.names_open += std::accumulate(matches.at[given].begin() + 1, matches.at[given].end(), 0.0);
    }

    // One step towards the priors, with m and u held fast; true when nothing moves any more.
    bool learn_prior() {
        tabulate(model_);
        std::array<double, 2> matches{};
        double likelihood = 0;
        std::array<double, 2> blocked{};
        for (const Counted& c : blocked_) {
            const bool same = (c.pattern & kSameSource) != 0;
            const double n = c.known != 0 ? c.count : c.count / blocked_share_;
            const double p = prior(same);
            const double odds = c.sibling ? 0 : p * std::exp2(weight(c));
            likelihood += n * std::log(c.known > 0 ? odds : c.known < 0 ? 1 - p : (1 - p) + odds);
            matches[same] += c.known > 0 ? n : c.known < 0 ? 0 : n * odds / ((1 - p) + odds);
            blocked[same] += n;
        }
        // Pairs no rule brought together count as two people each: log(1) in the likelihood above, 1 - p below.
        // One match among ten thousand pairs is what is believed before anything is seen.
        for (const std::size_t same : {0U, 1U}) {
            likelihood += std::max(0.0, total_[same] - blocked[same]) * std::log1p(-prior(same == 1));
            likelihood += std::log(prior(same == 1)) + 1e4 * std::log1p(-prior(same == 1));
        }
        const bool still = note(likelihood_.back(), likelihood);
        model_.prior = (matches[0] + 1) / (total_[0] + 1e4 + 1);
        model_.prior_same_source = (matches[1] + 1) / (total_[1] + 1e4 + 1);
        expected_ = matches;
        return still;
    }

    const Dataset& data_;
    const Blocks& blocks_;
    const Model start_;
    const TrainOptions& options_;
    Company& company_;
    Model model_;
    Scorer scorer_;  // of the start model: patterns depend on its levels alone
    Sheet sheet_;
    std::vector<Counted> random_, blocked_;
    double random_seen_ = 0, blocked_share_ = 1, namesakes_ = 0;
    std::uint64_t blocked_seen_ = 0;
    std::array<double, 2> total_{}, expected_{};  // by: from one source
    std::vector<std::vector<double>> likelihood_;
    std::array<std::array<double, 16>, kFields> weight_{};
    double together_ = 0;
};

}  // namespace

Training train(const Dataset& data, const Blocks& blocks, const Model& start, const TrainOptions& options,
               Company& company) {
    // A pair taken at random from all is hardly ever a match; the rules' pairs teach more for less.
    if (blocks.every_pair() && blocks.pairs() > options.random_pairs)
        return Trainer(data, Blocks(data.population, default_rules(), {0}), start, options, company).run();
    return Trainer(data, blocks, start, options, company).run();
}

namespace {

// What one run of tasks brought up; its room is used again.
class Found {
public:
    // Filled in place: a copy would wait for its three parts.
    void add(std::uint32_t left, std::uint32_t right, double weight) {
        if (count_ == pairs_.size()) make_room(std::max<std::size_t>(1024, 2 * count_));
        Pair& pair = pairs_[count_++];
        pair.left = left, pair.right = right, pair.weight = weight;
    }
    std::span<const Pair> pairs() const { return std::span(pairs_).first(count_); }
    std::span<Pair> renew(std::size_t count) {
        make_room(count);
        return std::span(pairs_).first(count_ = count);
    }
    std::uint64_t compared = 0;

private:
    void make_room(std::size_t count) {
        if (pairs_.size() < count) pairs_.resize(count);
    }
    std::vector<Pair> pairs_;  // the first count_ of them
    std::size_t count_ = 0;
};

// Each process brings its own runs, every size()th; the first puts all in their order.
void bring_together(std::span<Found> runs, Company& company) {
    std::string mine;
    for (std::size_t k = company.first() ? runs.size() : company.rank(); k < runs.size(); k += company.size()) {
        const std::uint64_t count = runs[k].pairs().size();
        put(mine, &runs[k].compared, 1);
        put(mine, &count, 1);
        put(mine, runs[k].pairs().data(), count);
    }
    const std::vector<std::string> all = company.tell_first(std::move(mine));
    for (std::size_t rank = 1; rank < all.size(); ++rank) {
        std::string_view text = all[rank];
        for (std::size_t k = rank; k < runs.size(); k += company.size()) {
            std::uint64_t count = 0;
            get(text, &runs[k].compared, 1);
            get(text, &count, 1);
            get(text, runs[k].renew(count).data(), count);
        }
    }
}

}  // namespace

void predict(const Dataset& data, const Blocks& blocks, const Scorer& scorer, double least,
             const std::function<void(std::span<const Pair>)>& take, std::uint64_t* compared, Company& company) {
    const Sheet sheet(data.population, scorer);
    tbb::enumerable_thread_specific<Blocks::Bench> benches([&] { return Blocks::Bench(sheet); });
    // So few runs are under way at once that their pairs stay near the processor until they are taken.
    std::vector<Found> under_way(2 * static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()));
    // Of the runs [from, to) this process's own, weighed by all threads; done(k, found) in their order.
    const auto weigh = [&](std::size_t from, std::size_t to, const auto& done) {
        const auto place = [&](std::size_t k) -> Found& {
            return under_way[k / company.size() % under_way.size()];
        };
        std::size_t next = from + company.rank();
        const auto deal = [&](tbb::flow_control& control) {
            if (next >= to) control.stop();
            return std::exchange(next, next + company.size());
        };
        const auto compare = [&](std::size_t k) {
            Found& found = place(k);
            found.renew(0);
            found.compared = blocks.weigh(k, benches.local(), least,
                                          [&](std::uint32_t a, std::uint32_t b, double w) { found.add(a, b, w); });
            return k;
        };
        using tbb::filter_mode;
        tbb::parallel_pipeline(under_way.size(),
                               tbb::make_filter<void, std::size_t>(filter_mode::serial_in_order, deal) &
                                   tbb::make_filter<std::size_t, std::size_t>(filter_mode::parallel, compare) &
                                   tbb::make_filter<std::size_t, void>(filter_mode::serial_in_order,
                                                                       [&](std::size_t k) { done(k, place(k)); }));
    };
    std::uint64_t sum = 0;
    const auto hand_over = [&](const Found& found) {
        sum += found.compared;
        if (company.first()) take(found.pairs());
    };
    if (company.size() == 1) {
        weigh(0, blocks.runs(), [&](std::size_t, const Found& found) { hand_over(found); });
    } else {
        const std::size_t wave = 64 * company.size();  // so few that their pairs take little room
        std::vector<Found> runs(std::min(wave, blocks.runs()));
        for (std::size_t from = 0; from < blocks.runs(); from += wave) {
            const std::span<Found> now = std::span(runs).first(std::min(wave, blocks.runs() - from));
            for (Found& run : now) run.renew(0), run.compared = 0;
            weigh(from, from + now.size(), [&](std::size_t k, Found& found) { std::swap(now[k - from], found); });
            bring_together(now, company);
            for (const Found& run : now) hand_over(run);
        }
    }
    if (compared != nullptr) *compared = sum;
}

std::vector<Pair> predict(const Dataset& data, const Blocks& blocks, const Scorer& scorer, double least,
                          std::uint64_t* compared) {
    std::vector<Pair> all;
    predict(
        data, blocks, scorer, least,
        [&](std::span<const Pair> pairs) { all.insert(all.end(), pairs.begin(), pairs.end()); }, compared);
    tbb::parallel_sort(all.begin(), all.end(), [](const Pair& a, const Pair& b) {
        return a.left != b.left ? a.left < b.left : a.right < b.right;
    });
    return all;
}

}  // namespace rowan::linkage
