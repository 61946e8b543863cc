#include "linkage/cluster.h"

#include "linkage/disk.h"
#include "linkage/draw.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_sort.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <tuple>

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
    void prefetch(std::uint32_t x, std::uint32_t y) const {
        __builtin_prefetch(&parent_[x]), __builtin_prefetch(&parent_[y]);
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

// The records that some pairs are about: among all, or copied together from the disk.
class People {
public:
    explicit People(const Population& all) : all_(all), records_(all.records()) {}
    // places: by record, which of `some` it is.
    People(const Population& all, std::span<const std::uint32_t> some, std::span<const std::uint32_t> places)
        : all_(all), copied_(all.copy_of(some)), records_(copied_), places_(places) {}
    People(const People&) = delete;
    People& operator=(const People&) = delete;
    const Population& all() const { return all_; }
    const Packed& operator[](std::uint32_t record) const {
        return records_[places_.empty() ? record : places_[record]];
    }
    View view(std::uint32_t record) const { return {&(*this)[record], &all_, nullptr}; }

private:
    const Population& all_;
    std::vector<Packed> copied_;
    std::span<const Packed> records_;
    std::span<const std::uint32_t> places_;
};

// What stands against it that the records of two groups are one person's, beyond what their pairs say.
//
// Every agency that is in both groups must have held the child twice; to the pairs that is said once for each of
// its own, and drowned by the others. And a slip of the pen that many records share is no slip: two records called
// Ais and two called Nais are rather two children than one whose name was written wrongly twice in the same way.
// Names and dates of birth alone: people do move and change their surname, and pass through initials and
// nicknames.
class Against {
public:
    Against(const People& people, const Scorer& scorer) : people_(people), scorer_(scorer) {
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

    const People& people_;
    const Scorer& scorer_;
    double double_ = 0;
    std::vector<std::size_t> lasting_;
};

// Does the evidence between all records of two groups speak for one person?
class Evidence {
public:
    Evidence(const People& people, const Scorer& scorer)
        : people_(people), scorer_(scorer), against_(people, scorer) {}
    bool speaks_for(const Grouping& groups, std::uint32_t a, std::uint32_t b) {
        if (groups.size(a) == 1 && groups.size(b) == 1) return true;
        left_.clear(), right_.clear();
        groups.members(a, kMembersAsked, [&](std::uint32_t x) { left_.push_back(x); });
        groups.members(b, kMembersAsked, [&](std::uint32_t y) { right_.push_back(y); });
        double evidence = 0, sure = 0;
        for (const std::uint32_t x : left_)
            for (const std::uint32_t y : right_) {
                Packed other = people_[y];  // as if another agency's: doubles are counted below
                other.source = 0;
                const double w =
                    scorer_.weight(people_.view(x), View{&other, &people_.all(), nullptr}, nullptr, -kLoudest);
                evidence += std::clamp(w, -kLoudest, kLoudest);
                sure += std::clamp(w, -kLoudest, kSurest);
            }
        return evidence > 0 &&
               sure / static_cast<double>(left_.size() * right_.size()) + against_.weight(left_, right_) > 0;
    }

private:
    const People& people_;
    const Scorer& scorer_;
    Against against_;
    std::vector<std::uint32_t> left_, right_;
};

// Who can be joined with whom: by record, the first of all whom pairs or decisions link to it.
class Reach {
public:
    explicit Reach(std::size_t n) : first_(n) { std::iota(first_.begin(), first_.end(), 0U); }
    void link(std::uint32_t x, std::uint32_t y) {
        x = first(x), y = first(y);
        first_[std::max(x, y)] = std::min(x, y);
    }
    // When all are linked: operator[] answers at once.
    void settle() {
        for (std::uint32_t& f : first_) f = first_[f];
    }
    std::uint32_t operator[](std::uint32_t x) const { return first_[x]; }
    void prefetch(std::uint32_t x) const { __builtin_prefetch(&first_[x]); }

private:
    std::uint32_t first(std::uint32_t x) {
        while (first_[x] != x) x = first_[x] = first_[first_[x]];
        return x;
    }
    std::vector<std::uint32_t> first_;
};

// Connected groups shared out, each with all its records: one share for each thread, or with a disk as many as let
// the records of those under way stand in memory.
class Shares {
public:
    Shares(const Population& all, const Reach& reach) : all_(all), reach_(reach) {
        begin_.resize(threads_ + 1);
        if (all.disk() == nullptr) return;
        std::vector<bool> linked(all.slots());
        for (std::uint32_t x = 0; x < all.slots(); ++x)
            if (reach[x] != x) linked[x] = linked[reach[x]] = true;
        const auto count = static_cast<std::size_t>(std::count(linked.begin(), linked.end(), true));
        const std::size_t at_once = all.disk()->at_once(sizeof(Packed) * threads_);
        begin_.assign(threads_ + count / at_once + 1, 0);
        for (std::uint32_t x = 0; x < all.slots(); ++x) begin_[of(x) + 1] += linked[x] ? 1 : 0;
        std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
        members_.resize(count);
        places_.resize(all.slots());
        std::vector<std::uint32_t> next = begin_;
        for (std::uint32_t x = 0; x < all.slots(); ++x)
            if (linked[x]) places_[x] = next[of(x)] - begin_[of(x)], members_[next[of(x)]++] = x;
    }
    std::size_t count() const { return begin_.size() - 1; }
    std::size_t at_once() const { return threads_; }
    std::size_t of(std::uint32_t record) const { return mixed(reach_[record]) % count(); }
    std::unique_ptr<People> people(std::size_t share) const {
        if (all_.disk() == nullptr) return std::make_unique<People>(all_);
        const auto some =
            std::span(members_).subspan(begin_[share], std::size_t{begin_[share + 1]} - begin_[share]);
        return std::make_unique<People>(all_, some, places_);
    }

private:
    const Population& all_;
    const Reach& reach_;
    const std::size_t threads_ = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
    std::vector<std::uint32_t> begin_;             // by share, among the members
    std::vector<std::uint32_t> members_, places_;  // linked records by share; each one's place there
};

class Never {
public:
    explicit Never(const std::vector<Decision>& decisions) {
        for (const Decision& d : decisions) {
            if (d.same || d.left == d.right) continue;
            of_[d.left].push_back(d.right);
            of_[d.right].push_back(d.left);
        }
    }
    // May the groups with these roots not become one? Only records that reach() are looked for.
    template <class Reaches>
    bool forbids(Grouping& groups, std::uint32_t a, std::uint32_t b, Reaches reaches) const {
        if (of_.empty()) return false;
        bool found = false;
        groups.members(a, ~std::size_t{0}, [&](std::uint32_t x) {
            const auto at = of_.find(x);
            if (at == of_.end()) return;
            for (const std::uint32_t y : at->second) found = found || (reaches(y) && groups.root(y) == b);
        });
        return found;
    }

private:
    boost::unordered_flat_map<std::uint32_t, std::vector<std::uint32_t>> of_;
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
    Reach reach(n);
    const Never never(decisions);
    std::vector<Decision> sorted = decisions;
    std::sort(sorted.begin(), sorted.end(), [](const Decision& a, const Decision& b) {
        return std::pair(std::min(a.left, a.right), std::max(a.left, a.right)) <
               std::pair(std::min(b.left, b.right), std::max(b.left, b.right));
    });
    for (const Decision& d : sorted) {
        if (!d.same) continue;
        const std::uint32_t a = groups.root(d.left), b = groups.root(d.right);
        if (a == b) continue;
        if (never.forbids(groups, a, b, [](std::uint32_t) { return true; }))
            out.unkept.push_back(d);
        else
            groups.join(a, b), reach.link(a, b);
    }

    PairList edges(pairs.room(), PairList::Order::by_weight);
    pairs.each([&](const Pair& p) {
        if (p.weight < options.least_weight) return;
        edges.add({&p, 1});
        reach.link(p.left, p.right);
    });
    if (auto done = edges.sort(); !done) return done.error();
    reach.settle();

    // Whoever cannot be joined can be looked at by several threads: each takes every n-th of the connected groups,
    // from their strongest pair down, and keeps to their records.
    const Shares shares(data.population, reach);
    std::vector<std::vector<Pair>> refused(shares.count());
    tbb::parallel_for(
        std::size_t{0}, shares.count(),
        [&](std::size_t share) {
            const auto people = shares.people(share);
            Evidence evidence(*people, scorer);
            const auto look = [&](const Pair& p) {
                const std::uint32_t a = groups.root(p.left), b = groups.root(p.right);
                if (a == b) return;
                if (never.forbids(groups, a, b, [&](std::uint32_t y) { return reach[y] == reach[p.left]; }))
                    return;
                if (!options.guards || evidence.speaks_for(groups, a, b))
                    groups.join(a, b);
                else
                    refused[share].push_back(p);
            };
            edges.parts(
                [&](std::span<const Pair> some) {
                    for (std::size_t i = 0; i < some.size(); ++i) {
                        const Pair& soon = some[std::min(i + 16, some.size() - 1)];
                        reach.prefetch(soon.left);
                        groups.prefetch(soon.left, soon.right);
                        if (shares.of(some[i].left) == share) look(some[i]);
                    }
                },
                shares.at_once());
        },
        tbb::simple_partitioner{});
    for (const auto& some : refused) out.refused.insert(out.refused.end(), some.begin(), some.end());
    std::sort(out.refused.begin(), out.refused.end(), stronger);
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
