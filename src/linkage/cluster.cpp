#include "linkage/cluster.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <oneapi/tbb/parallel_sort.h>

#include <algorithm>
#include <numeric>

namespace rowan::linkage {
namespace {

constexpr std::size_t kMembersAsked = 16;  // of each side, when two large groups meet
constexpr double kLoudest = 12;            // no single pair speaks louder than this when groups meet

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
    const auto speaks_for_it = [&](std::uint32_t a, std::uint32_t b) {
        if (groups.size(a) == 1 && groups.size(b) == 1) return true;
        double evidence = 0;
        groups.members(a, kMembersAsked, [&](std::uint32_t x) {
            groups.members(b, kMembersAsked, [&](std::uint32_t y) {
                const double w = scorer.weight(data.population.view(std::min(x, y)),
                                               data.population.view(std::max(x, y)), nullptr, -kLoudest);
                evidence += std::clamp(w, -kLoudest, kLoudest);
            });
        });
        return evidence > 0;
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
    boost::unordered_flat_set<std::uint64_t> merged;
    const auto siblings = [&](std::uint32_t x, std::uint32_t y) {
        const Packed &a = people[x], &b = people[y];
        return person(x) != person(y) && a[Column::family] != 0 && a[Column::family] == b[Column::family] &&
               ((a[Column::postcode] != 0 && a[Column::postcode] == b[Column::postcode]) ||
                (a.birth != 0 && a.birth == b.birth));
    };
    for (std::uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && clusters[by_cluster[end]] == clusters[by_cluster[i]]; ++end) {
        }
        for (std::uint32_t x = i; x < end; ++x)
            for (std::uint32_t y = x + 1; y < end && y < x + 64; ++y)
                if (siblings(by_cluster[x], by_cluster[y]))
                    merged.insert(person(by_cluster[x])), merged.insert(person(by_cluster[y]));
    }
    q.with_sibling = merged.size();
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
