#include "linkage/link.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <numeric>

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
    : records_(static_cast<std::uint32_t>(p.slots())), width_(rules.size()) {
    if (records_ > 1 && pairs_of(records_) <= limits.every_pair_up_to) {
        every_pair_ = true;
        counts_.push_back({"every pair", pairs_of(records_), 0, records_});
        for (std::uint32_t from = 0; from < records_; from += 16)
            tasks_.push_back({0, 0, records_, from, std::min(from + 16, records_)});
        return;
    }
    fill(p, rules);
    order_.resize(rules.size());
    for (std::uint32_t r = 0; r < rules.size(); ++r) {
        counts_.push_back({rules[r].name});
        arrange(r, limits);
    }
}

void Blocks::fill(const Population& p, std::span<const Rule> rules) {
    keys_.assign(std::size_t{records_} * width_, 0);
    tbb::parallel_for(tbb::blocked_range<std::uint32_t>(0, records_, 4096), [&](const auto& range) {
        std::array<std::uint64_t, kMaxRules> keys;
        for (std::uint32_t i = range.begin(); i < range.end(); ++i) {
            block_keys(rules, p.view(i), keys.data());
            for (std::size_t r = 0; r < width_; ++r) keys_[std::size_t{i} * width_ + r] = static_cast<std::uint32_t>(keys[r] >> 16);
        }
    });
}

void Blocks::prefetch(const Task& task, const Population& p) const {
    if (every_pair_) return;
    for (std::uint32_t i = task.from; i < std::min(task.end, task.from + 8); ++i) {
        const std::uint32_t record = order_[task.rule][i];
        __builtin_prefetch(&p[record]);
        __builtin_prefetch(&keys_[std::size_t{record} * width_]);
    }
}

void Blocks::arrange(std::uint32_t rule, const BlockingLimits& limits) {
    std::vector<std::uint64_t> sorted;
    for (std::uint32_t i = 0; i < records_; ++i)
        if (const std::uint32_t key = keys_[std::size_t{i} * width_ + rule]) sorted.push_back(std::uint64_t{key} << 32 | i);
    tbb::parallel_sort(sorted.begin(), sorted.end());

    // A block of n records costs n² / 2 comparisons: the largest are left to the other rules until the rest fits.
    std::vector<std::uint32_t> sizes;
    RuleCount& count = counts_[rule];
    for (std::size_t i = 0, end; i < sorted.size(); i = end) {
        for (end = i + 1; end < sorted.size() && sorted[end] >> 32 == sorted[i] >> 32; ++end) {}
        if (end - i < 2) continue;
        sizes.push_back(static_cast<std::uint32_t>(end - i));
        count.pairs += pairs_of(end - i);
        count.largest = std::max<std::uint64_t>(count.largest, end - i);
    }
    const std::uint64_t budget = std::max<std::uint64_t>(limits.pairs_a_rule * std::max<std::uint64_t>(records_, 100'000) / 1'000'000, 1'000'000);
    std::uint64_t most = count.largest;
    if (count.pairs > budget) {
        std::sort(sizes.begin(), sizes.end());
        std::uint64_t sum = 0;
        most = 1;
        for (std::uint32_t size : sizes) {
            sum += pairs_of(size);
            if (sum > budget) {  // all blocks of this size go, so that the choice does not depend on their order
                most = std::min<std::uint64_t>(most, size - 1);
                break;
            }
            most = size;
        }
    }

    auto& order = order_[rule];
    for (std::size_t i = 0, end; i < sorted.size(); i = end) {
        for (end = i + 1; end < sorted.size() && sorted[end] >> 32 == sorted[i] >> 32; ++end) {}
        if (end - i > most) {
            count.left_out += pairs_of(end - i);
            for (std::size_t k = i; k < end; ++k) keys_[std::size_t{static_cast<std::uint32_t>(sorted[k])} * width_ + rule] = 0;
            continue;
        }
        if (end - i < 2) continue;
        const auto begin = static_cast<std::uint32_t>(order.size());
        for (std::size_t k = i; k < end; ++k) order.push_back(static_cast<std::uint32_t>(sorted[k]));
        const auto stop = static_cast<std::uint32_t>(order.size());
        for (std::uint32_t from = begin; from + 1 < stop; from += kRowsOfATask)
            tasks_.push_back({rule, begin, stop, from, std::min(from + kRowsOfATask, stop)});
    }
    order.shrink_to_fit();
}

std::uint64_t Blocks::pairs() const {
    std::uint64_t sum = 0;
    for (const RuleCount& c : counts_) sum += c.pairs - c.left_out;
    return sum;
}

bool Blocks::share(std::uint32_t a, std::uint32_t b) const {
    return every_pair_ || earlier(static_cast<std::uint32_t>(width_), a, b);
}

namespace {

// Tasks are many and small: handed out in runs, the runs' results kept apart and read back in order.
constexpr std::size_t kTasksOfARun = 512;
std::size_t runs_of(const Blocks& b) { return (b.tasks().size() + kTasksOfARun - 1) / kTasksOfARun; }
std::span<const Blocks::Task> run(const Blocks& b, std::size_t k) {
    return b.tasks().subspan(k * kTasksOfARun, std::min(kTasksOfARun, b.tasks().size() - k * kTasksOfARun));
}

// How often each pattern of agreement occurred. Bit 63: both records come from one source.
using Patterns = boost::unordered_flat_map<std::uint64_t, double>;
constexpr std::uint64_t kSameSource = std::uint64_t{1} << 63;

struct Counted { std::uint64_t pattern; double count; bool sibling = false; };
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

class Trainer {
public:
    Trainer(const Dataset& data, const Blocks& blocks, const Model& start, const TrainOptions& options)
        : data_(data), blocks_(blocks), start_(start), options_(options), model_(start), comparator_(start_) {}

    Training run() {
        count_totals();
        count_siblings();
        count_random();
        count_blocked();
        const auto rounds = 3;
        for (int round = 0; round < rounds; ++round) {
            learn_u();
            likelihood_.emplace_back();
            for (int pass = 0; pass < options_.passes; ++pass)
                if (step()) break;
        }
        Training t;
        t.model = model_;
        t.likelihood = likelihood_;
        t.expected_matches = expected_[0] + expected_[1];
        t.random_pairs = static_cast<std::uint64_t>(random_seen_);
        t.blocked_pairs = blocked_seen_;
        return t;
    }

private:
    std::uint64_t pattern(std::uint32_t a, std::uint32_t b, LevelCache* cache) const {
        const Population& p = data_.population;
        return comparator_.compare(p.view(a), p.view(b), cache).packed() | (p[a].source != 0 && p[a].source == p[b].source ? kSameSource : 0);
    }

    void count_totals() {
        std::vector<std::uint64_t> by_source(data_.sources.size(), 0);
        for (std::uint32_t i = 0; i < data_.size(); ++i) ++by_source[data_.population[i].source];
        double same = 0;
        for (std::size_t s = 1; s < by_source.size(); ++s) same += by_source[s] > 1 ? static_cast<double>(pairs_of(by_source[s])) : 0;
        total_[1] = same;
        total_[0] = static_cast<double>(pairs_of(data_.size())) - same;
    }

    template <class Each>
    std::vector<Counted> gather(std::size_t jobs, Each each) const {
        tbb::enumerable_thread_specific<std::pair<Patterns, LevelCache>> local;
        tbb::parallel_for(std::size_t{0}, jobs, [&](std::size_t k) {
            auto& [patterns, cache] = local.local();
            each(k, [&](std::uint32_t a, std::uint32_t b) { patterns[pattern(a, b, &cache)] += 1; });
        });
        Patterns all;
        for (const auto& [patterns, cache] : local)
            for (const auto& [p, n] : patterns) all[p] += n;  // whole numbers: any order gives the same sum
        return in_order(all);
    }

    void count_random() {
        const std::uint64_t n = data_.size();
        if (pairs_of(n) <= 2 * options_.random_pairs) {
            random_ = gather(n, [&](std::size_t a, auto count) {
                for (std::size_t b = a + 1; b < n; ++b) count(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b));
            });
            random_seen_ = static_cast<double>(pairs_of(n));
            return;
        }
        constexpr std::uint64_t kJob = 4096;
        const std::uint64_t jobs = options_.random_pairs / kJob;
        random_ = gather(jobs, [&](std::size_t k, auto count) {
            for (std::uint64_t i = k * kJob; i < (k + 1) * kJob; ++i) {
                __builtin_prefetch(&data_.population[static_cast<std::uint32_t>(mixed(2 * i + 16) % n)]);
                __builtin_prefetch(&data_.population[static_cast<std::uint32_t>(mixed(2 * i + 17) % n)]);
                const auto a = static_cast<std::uint32_t>(mixed(2 * i) % n), b = static_cast<std::uint32_t>(mixed(2 * i + 1) % n);
                if (a != b) count(std::min(a, b), std::max(a, b));
            }
        });
        for (const Counted& c : random_) random_seen_ += c.count;
    }

    // How many siblings for each match among records of one surname and home, and how many of those are twins. In a
    // register of children there are many; in a list of adults none, and then nothing is held against a shared home.
    void count_siblings() {
        static const std::vector<Rule> kHomes{{"postcode", {Part::postcode, Part::family_sound}},
                                              {"address", {Part::address, Part::family_sound}},
                                              {"phone", {Part::phone, Part::family_sound}}};
        const Blocks homes(data_.population, kHomes, {0});
        const std::uint64_t share = std::max<std::uint64_t>(1, homes.pairs() / 500'000);
        double siblings = 0, twins = 0, others = 0;
        const std::vector<Counted> patterns = gather(runs_of(homes), [&](std::size_t k, auto count) {
            for (const auto& task : linkage::run(homes, k))
                homes.each(task, [&](std::uint32_t a, std::uint32_t b) {
                    if (mixed(std::uint64_t{a} << 32 | b) % share == 0) count(a, b);
                });
        });
        for (const Counted& c : patterns) {
            const Family f = family_pattern(start_, unpacked(c.pattern));
            if (!f.one_home) continue;
            (f.sibling ? siblings : others) += c.count;
            if (f.sibling && f.born_together) twins += c.count;
        }
        constexpr double kBelief = 5;  // pairs' worth of belief in the start model
        model_.sibling_pairs = (siblings + kBelief * start_.sibling_pairs) / (others + kBelief);
        model_.twin_share = (twins + 20 * start_.twin_share) / (siblings + 20);
    }

    // Pairs for m come from the blocks: all, or those whose hash falls under a bar.
    void count_blocked() {
        blocked_share_ = std::min(1.0, static_cast<double>(options_.blocked_pairs) / std::max(1.0, static_cast<double>(blocks_.pairs())));
        const auto bar = blocked_share_ >= 1 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(std::ldexp(blocked_share_, 63)) * 2;
        blocked_ = gather(runs_of(blocks_), [&](std::size_t k, auto count) {
            const auto tasks = linkage::run(blocks_, k);
            for (std::size_t t = 0; t < tasks.size(); ++t) {
                if (t + 8 < tasks.size()) blocks_.prefetch(tasks[t + 8], data_.population);
                blocks_.each(tasks[t], [&](std::uint32_t a, std::uint32_t b) {
                    if (mixed(std::uint64_t{a} << 32 | b) <= bar) count(a, b);
                });
            }
        });
        // Siblings agree in what families share, as no two strangers do. Learning from them would teach that one child
        // often bears two names, so they are taken for what they almost always are: two children.
        for (Counted& c : blocked_) {
            c.sibling = family_pattern(start_, unpacked(c.pattern)).sibling;
        }
        for (const Counted& c : blocked_) blocked_seen_ += static_cast<std::uint64_t>(c.count);
    }

    void tabulate() {
        for (std::size_t f = 0; f < model_.fields.size(); ++f)
            for (std::size_t l = 0; l < model_.fields[f].levels.size(); ++l) weight_[f][l + 1] = model_.fields[f].levels[l].weight();
    }
    double weight(std::uint64_t pattern) const {
        double w = 0;
        for (std::size_t f = 0; f < model_.fields.size(); ++f) w += weight_[f][level_in(pattern, f)];
        return w;
    }
    double prior(bool same) const { return same ? model_.prior_same_source : model_.prior; }
    double chance(std::uint64_t pattern) const {
        const double p = prior((pattern & kSameSource) != 0);
        return linkage::probability(weight(pattern) + std::log2(p / (1 - p)));
    }

    // How often two different people agree: from random pairs, each counted as far as it is not one person.
    // What was never seen there keeps a share of the start model's belief.
    void learn_u() {
        tabulate();
        std::vector<std::array<double, 16>> seen(model_.fields.size());
        for (const Counted& c : random_) {
            const double other = c.count * (1 - chance(c.pattern));
            for (std::size_t f = 0; f < seen.size(); ++f) seen[f][level_in(c.pattern, f)] += other;
        }
        for (std::size_t f = 0; f < seen.size(); ++f) {
            const auto& levels = start_.fields[f].levels;
            double sum = 0;
            for (std::size_t l = 0; l < levels.size(); ++l) sum += seen[f][l + 1];
            const double belief = std::max(20.0, 0.02 * sum);
            for (std::size_t l = 0; l < levels.size(); ++l)
                model_.fields[f].levels[l].u = (seen[f][l + 1] + belief * levels[l].u) / (sum + belief);
        }
    }

    // One pass of expectation maximisation with u held fast; true when nothing moves any more.
    bool step() {
        tabulate();
        std::vector<std::array<double, 16>> match(model_.fields.size());
        std::array<double, 2> matches{};
        double likelihood = 0;
        for (const Counted& c : blocked_) {
            const bool same = (c.pattern & kSameSource) != 0;
            const double n = c.count / blocked_share_;
            const double p = prior(same);
            const double odds = c.sibling ? 0 : p * std::exp2(weight(c.pattern));
            const double chance_here = odds / ((1 - p) + odds);
            likelihood += n * std::log((1 - p) + odds);
            matches[same] += n * chance_here;
            for (std::size_t f = 0; f < match.size(); ++f) match[f][level_in(c.pattern, f)] += n * chance_here;
        }
        // Pairs no rule brought together count as two people each: log(1) in the likelihood above, 1 - p below.
        for (int same : {0, 1}) {
            double blocked = 0;
            for (const Counted& c : blocked_)
                if (((c.pattern & kSameSource) != 0) == (same == 1)) blocked += c.count / blocked_share_;
            likelihood += std::max(0.0, total_[static_cast<std::size_t>(same)] - blocked) * std::log1p(-prior(same == 1));
        }
        const double belief = options_.model_counts_for;
        for (std::size_t f = 0; f < match.size(); ++f)
            for (std::size_t l = 0; l < start_.fields[f].levels.size(); ++l)
                likelihood += belief * start_.fields[f].levels[l].m * std::log(model_.fields[f].levels[l].m);
        for (int same : {0, 1})
            likelihood += std::log(prior(same == 1)) + 1e4 * std::log1p(-prior(same == 1));

        auto& history = likelihood_.back();
        const bool still = !history.empty() && likelihood - history.back() < 1e-10 * std::abs(likelihood);
        history.push_back(likelihood);
        for (std::size_t f = 0; f < match.size(); ++f) {
            auto& levels = model_.fields[f].levels;
            double sum = 0;
            for (std::size_t l = 0; l < levels.size(); ++l) sum += match[f][l + 1];
            for (std::size_t l = 0; l < levels.size(); ++l)
                levels[l].m = (match[f][l + 1] + belief * start_.fields[f].levels[l].m) / (sum + belief);
        }
        // One match among ten thousand pairs is what is believed before anything is seen.
        model_.prior = (matches[0] + 1) / (total_[0] + 1e4 + 1);
        model_.prior_same_source = (matches[1] + 1) / (total_[1] + 1e4 + 1);
        expected_ = matches;
        return still;
    }

    const Dataset& data_;
    const Blocks& blocks_;
    const Model start_;
    const TrainOptions& options_;
    Model model_;
    Comparator comparator_;
    std::vector<Counted> random_, blocked_;
    double random_seen_ = 0, blocked_share_ = 1;
    std::uint64_t blocked_seen_ = 0;
    std::array<double, 2> total_{}, expected_{};  // by: from one source
    std::vector<std::vector<double>> likelihood_;
    std::array<std::array<double, 16>, kFields> weight_{};
};

}  // namespace

Training train(const Dataset& data, const Blocks& blocks, const Model& start, const TrainOptions& options) {
    // A pair taken at random from all is hardly ever a match; the rules' pairs teach more for less.
    if (blocks.every_pair() && blocks.pairs() > options.random_pairs)
        return Trainer(data, Blocks(data.population, default_rules(), {0}), start, options).run();
    return Trainer(data, blocks, start, options).run();
}

std::vector<Pair> predict(const Dataset& data, const Blocks& blocks, const Scorer& scorer, double least, std::uint64_t* compared) {
    struct Run { std::vector<Pair> pairs; std::uint64_t compared = 0; };
    std::vector<Run> runs(runs_of(blocks));
    tbb::enumerable_thread_specific<LevelCache> caches;
    const Population& p = data.population;
    tbb::parallel_for(std::size_t{0}, runs.size(), [&](std::size_t k) {
        LevelCache& cache = caches.local();
        Run& out = runs[k];
        const auto tasks = run(blocks, k);
        for (std::size_t t = 0; t < tasks.size(); ++t) {
            if (t + 8 < tasks.size()) blocks.prefetch(tasks[t + 8], p);
            blocks.each(tasks[t], [&](std::uint32_t a, std::uint32_t b) {
                ++out.compared;
                const double w = scorer.weight(p.view(a), p.view(b), &cache, least);
                if (w >= least) out.pairs.push_back({a, b, w});
            });
        }
    });
    std::vector<Pair> all;
    std::uint64_t sum = 0;
    for (Run& r : runs) {
        all.insert(all.end(), r.pairs.begin(), r.pairs.end());
        r.pairs = {};
        sum += r.compared;
    }
    tbb::parallel_sort(all.begin(), all.end(), [](const Pair& a, const Pair& b) { return a.left != b.left ? a.left < b.left : a.right < b.right; });
    if (compared != nullptr) *compared = sum;
    return all;
}

}  // namespace rowan::linkage
