#include "linkage/cluster.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <oneapi/tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rowan::linkage {
namespace {

constexpr std::size_t kMembersAsked = 16;  // of each side, when two large groups meet
constexpr double kLoudest = 12;            // no single pair speaks louder than this when groups meet
constexpr double kSurest = 60;             // nor for more than this where doubles and slips stand against it
const double kCopied = std::log2(10.0);    // one slip in ten is thought to be copied by another agency

class Grouping {
public:
    explicit Grouping(std::size_t n) : parent_(n), next_(n), last_(n), size_(n, 1) {
        std::iota(parent_.begin(), parent_.end(), 0U);
        std::iota(last_.begin(), last_.end(), 0U);
        std::fill(next_.begin(), next_.end(), kEnd);
    }
    std::uint32_t root(std::uint32_t x) {
        while (parent_[x] != x) x = parent_[x] = parent_[parent_[x]];
        return x;
    }
    // The first record stays the root, so that a group is named by its first record.
    void join(std::uint32_t a, std::uint32_t b) {
        if (b < a) std::swap(a, b);
        parent_[b] = a;
        next_[last_[a]] = b;
        last_[a] = last_[b];
        size_[a] += size_[b];
    }
    std::uint32_t size(std::uint32_t root) const { return size_[root]; }
    template <class F>
    void members(std::uint32_t root, std::size_t most, F f) const {
        for (std::uint32_t x = root; x != kEnd && most > 0; x = next_[x], --most) f(x);
    }

private:
    static constexpr std::uint32_t kEnd = ~0U;
    std::vector<std::uint32_t> parent_, next_, last_, size_;
};

}  // namespace

namespace {

// What stands against it that the records of two groups are one person's, beyond what their pairs say.
//
// Every agency that is in both groups must have held the child twice; to the pairs that is said once for each of
// its own, and drowned by the others. And a slip of the pen that many records share is no slip: two records called
// Ais and two called Nais are rather two children than one whose name was written wrongly twice in the same way.
// Names and dates of birth alone: people do move and change their surname, and pass through initials and
// nicknames.
class Against {
public:
    Against(const Dataset& data, const Scorer& scorer) : people_(data.population), scorer_(scorer) {
        double_ = std::min(0.0, scorer.prior_weight(true) - scorer.prior_weight(false));
        const auto& fields = scorer.model().fields;
        for (std::size_t f = 0; f < fields.size(); ++f)
            if (fields[f].field == Field::given_name || fields[f].field == Field::date_of_birth)
                lasting_.push_back(f);
    }
    double weight(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) const {
        double w = double_ * static_cast<double>(agencies_of_both(a, b));
        for (const std::size_t f : lasting_) w += repeated(f, a, b);
        return w;
    }

private:
    std::size_t agencies_of_both(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) const {
        boost::unordered_flat_set<std::uint16_t> mine, both;
        for (const std::uint32_t x : a) mine.insert(people_[x].source);
        for (const std::uint32_t y : b)
            if (people_[y].source != 0 && mine.contains(people_[y].source)) both.insert(people_[y].source);
        return both.size();
    }
    struct Said {
        std::uint32_t value = 0, record = 0;
        std::size_t times = 0;
    };
    // What most of them say; of several the one said first.
    Said most_said(std::size_t field, const std::vector<std::uint32_t>& records) const {
        std::vector<Said> all;
        for (const std::uint32_t r : records) {
            const bool birth = scorer_.model().fields[field].field == Field::date_of_birth;
            const std::uint32_t value = birth ? people_[r].birth : people_[r][Column::given];
            if (value == 0) continue;
            const auto at = std::find_if(all.begin(), all.end(), [&](const Said& s) { return s.value == value; });
            if (at == all.end())
                all.push_back({value, r, 1});
            else
                ++at->times;
        }
        const auto most = std::max_element(all.begin(), all.end(),
                                           [](const Said& x, const Said& y) { return x.times < y.times; });
        return most == all.end() ? Said{} : *most;
    }
    double repeated(std::size_t field, const std::vector<std::uint32_t>& a,
                    const std::vector<std::uint32_t>& b) const {
        if (a.size() < 2 || b.size() < 2) return 0;
        const Said x = most_said(field, a), y = most_said(field, b);
        if (std::min(x.times, y.times) < 2 || x.value == y.value) return 0;
        const Pattern p = scorer_.comparator().compare(people_.view(x.record), people_.view(y.record));
        const auto& levels = scorer_.model().fields[field].levels;
        const std::uint8_t level = p.level[field];
        if (level == 0 || !slip_of_the_pen(levels[level - 1U].test)) return 0;
        const double once = std::clamp(std::log2(levels[level - 1U].m / levels[0].m), -kCopied, 0.0);
        return once * static_cast<double>(std::min(x.times, y.times) - 1);
    }
    static bool slip_of_the_pen(Test t) {
        switch (t) {
            case Test::same:
            case Test::run_together:
            case Test::part:
            case Test::nickname:
            case Test::initial:
            case Test::exchanged:
            case Test::swapped:
            case Test::first_of_january:
                return false;
            default:
                return true;
        }
    }

    const Population& people_;
    const Scorer& scorer_;
    double double_ = 0;
    std::vector<std::size_t> lasting_;
};

}  // namespace

std::size_t Clusters::count() const {
    std::size_t n = 0;
    for (std::uint32_t i = 0; i < of.size(); ++i) n += of[i] == i;
    return n;
}

base::Result<Clusters> cluster(const Dataset& data, const Scorer& scorer, const PairList& pairs,
                               const std::vector<Decision>& decisions, const ClusterOptions& options) {
    Clusters out;
    const auto n = static_cast<std::uint32_t>(data.size());
    Grouping groups(n);
    boost::unordered_flat_map<std::uint32_t, std::vector<std::uint32_t>> never;
    for (const Decision& d : decisions) {
        if (d.same || d.left == d.right) continue;
        never[d.left].push_back(d.right);
        never[d.right].push_back(d.left);
    }
    const auto forbidden = [&](std::uint32_t a, std::uint32_t b) {
        if (never.empty()) return false;
        bool found = false;
        groups.members(a, n, [&](std::uint32_t x) {
            const auto at = never.find(x);
            if (at == never.end()) return;
            for (std::uint32_t y : at->second) found = found || groups.root(y) == b;
        });
        return found;
    };
    std::vector<Decision> sorted = decisions;
    std::sort(sorted.begin(), sorted.end(), [](const Decision& a, const Decision& b) {
        return std::pair(std::min(a.left, a.right), std::max(a.left, a.right)) <
               std::pair(std::min(b.left, b.right), std::max(b.left, b.right));
    });
    for (const Decision& d : sorted) {
        if (!d.same) continue;
        const std::uint32_t a = groups.root(d.left), b = groups.root(d.right);
        if (a == b) continue;
        if (forbidden(a, b))
            out.unkept.push_back(d);
        else
            groups.join(a, b);
    }

    PairList edges(pairs.room(), PairList::Order::by_weight);
    pairs.each([&](const Pair& p) {
        if (p.weight >= options.least_weight) edges.add({&p, 1});
    });
    if (auto sorted = edges.sort(); !sorted) return sorted.error();
    const Against against(data, scorer);
    std::vector<std::uint32_t> left, right;
    const auto speaks_for_it = [&](std::uint32_t a, std::uint32_t b) {
        if (groups.size(a) == 1 && groups.size(b) == 1) return true;
        left.clear(), right.clear();
        groups.members(a, kMembersAsked, [&](std::uint32_t x) { left.push_back(x); });
        groups.members(b, kMembersAsked, [&](std::uint32_t y) { right.push_back(y); });
        double evidence = 0, sure = 0;
        for (const std::uint32_t x : left)
            for (const std::uint32_t y : right) {
                Packed other = data.population[y];  // as if another agency's: doubles are counted below
                other.source = 0;
                const double w = scorer.weight(data.population.view(x), View{&other, &data.population, nullptr},
                                               nullptr, -kLoudest);
                evidence += std::clamp(w, -kLoudest, kLoudest);
                sure += std::clamp(w, -kLoudest, kSurest);
            }
        return evidence > 0 &&
               sure / static_cast<double>(left.size() * right.size()) + against.weight(left, right) > 0;
    };
    edges.each([&](const Pair& p) {
        const std::uint32_t a = groups.root(p.left), b = groups.root(p.right);
        if (a == b) return;
        if (forbidden(a, b)) return;
        if (!options.guards || speaks_for_it(a, b))
            groups.join(a, b);
        else
            out.refused.push_back(p);
    });
    out.of.resize(n);
    for (std::uint32_t i = 0; i < n; ++i) out.of[i] = groups.root(i);
    return out;
}

Quality judge(const std::vector<std::uint32_t>& clusters, const std::vector<std::uint32_t>& truth,
              const Blocks& blocks, const Population& people) {
    Quality q;
    const auto n = static_cast<std::uint32_t>(clusters.size());
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    // Records without a truth of their own stand alone.
    const auto person = [&](std::uint32_t i) {
        return truth[i] != 0 ? std::uint64_t{truth[i]} : std::uint64_t{i} << 32;
    };
    tbb::parallel_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(person(a), clusters[a], a) < std::tuple(person(b), clusters[b], b);
    });
    std::vector<std::uint32_t> cluster_size(n, 0);
    for (std::uint32_t c : clusters) ++cluster_size[c];
    for (std::uint32_t size : cluster_size) q.found += std::uint64_t{size} * (size - (size > 0)) / 2;
    std::uint64_t compared = 0;
    for (std::uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && person(order[end]) == person(order[i]); ++end) {
        }
        const std::uint64_t size = end - i;
        q.there += size * (size - 1) / 2;
        for (std::uint32_t x = i; x < end; ++x)
            for (std::uint32_t y = x + 1; y < end; ++y) compared += blocks.share(order[x], order[y]);
        for (std::uint32_t from = i, to; from < end; from = to) {
            for (to = from + 1; to < end && clusters[order[to]] == clusters[order[from]]; ++to) {
            }
            const std::uint64_t both = to - from;
            q.right += both * (both - 1) / 2;
            q.bcubed_precision += static_cast<double>(both * both) / cluster_size[clusters[order[from]]];
            q.bcubed_recall += static_cast<double>(both * both) / static_cast<double>(size);
        }
    }
    // Clusters that hold more than one true person, and who of them is another's sibling.
    std::vector<std::uint32_t> by_cluster(n);
    std::iota(by_cluster.begin(), by_cluster.end(), 0U);
    tbb::parallel_sort(by_cluster.begin(), by_cluster.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(clusters[a], a) < std::pair(clusters[b], b);
    });
    boost::unordered_flat_set<std::uint64_t> merged, of_one_home;
    const auto look = [&](std::uint32_t x, std::uint32_t y) {
        const Packed &a = people[x], &b = people[y];
        if (person(x) == person(y) || a[Column::family] == 0 || a[Column::family] != b[Column::family]) return;
        const bool home = a[Column::postcode] != 0 && a[Column::postcode] == b[Column::postcode];
        if (!home && (a.birth == 0 || a.birth != b.birth)) return;
        merged.insert(person(x)), merged.insert(person(y));
        if (home) of_one_home.insert(person(x)), of_one_home.insert(person(y));
    };
    for (std::uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && clusters[by_cluster[end]] == clusters[by_cluster[i]]; ++end) {
        }
        for (std::uint32_t x = i; x < end; ++x)
            for (std::uint32_t y = x + 1; y < end && y < x + 64; ++y) look(by_cluster[x], by_cluster[y]);
    }
    q.with_sibling = merged.size();
    q.of_one_home = of_one_home.size();
    for (std::uint32_t i = 0; i < n; ++i) q.persons += i == 0 || person(order[i]) != person(order[i - 1]);
    q.bcubed_precision /= std::max(1U, n);
    q.bcubed_recall /= std::max(1U, n);
    q.blocking_recall = q.there == 0 ? 1 : static_cast<double>(compared) / static_cast<double>(q.there);
    return q;
}

std::array<Tenth, 10> calibration(const PairList& pairs, const std::vector<std::uint32_t>& truth) {
    std::array<Tenth, 10> out;
    pairs.each([&](const Pair& p) {
        const double chance = probability(p.weight);
        Tenth& t = out[std::min<std::size_t>(9, static_cast<std::size_t>(chance * 10))];
        ++t.pairs;
        t.expected += chance;
        t.right += truth[p.left] != 0 && truth[p.left] == truth[p.right];
    });
    return out;
}

}  // namespace rowan::linkage
