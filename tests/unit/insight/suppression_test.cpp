// Small numbers kept back must not follow from what is shown beside them.
#include "insight/table1_view.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

namespace rowan::insight {
namespace {

using Cells = std::vector<int>;

TEST(Suppression, small_counts_are_kept_back_and_zeros_and_large_ones_shown) {
    EXPECT_EQ((std::vector<Shown>{0, 10, {}, {}, 20}), suppress({0, 10, 1, 4, 20}, 5));
    EXPECT_EQ((std::vector<Shown>{0, 5, 20}), suppress({0, 5, 20}, 5));
    EXPECT_EQ((std::vector<Shown>{1, 2}), suppress({1, 2}, 1));
    EXPECT_EQ((std::vector<Shown>{1, 2}), suppress({1, 2}, 0));
    EXPECT_TRUE(suppress({}, 5).empty());
    EXPECT_EQ("small", shown({}));
    EXPECT_EQ("12", shown(12));
}

TEST(Suppression, a_single_small_cell_takes_the_next_smallest_with_it) {
    EXPECT_EQ((std::vector<Shown>{{}, {}, 30}), suppress({3, 20, 30}, 5));
    EXPECT_EQ((std::vector<Shown>{{}, {}, 30, 40}), suppress({1, 2, 30, 40}, 3));
    EXPECT_EQ((std::vector<Shown>{{}, {}, {}, 40}), suppress({1, 1, 30, 40}, 5))
        << "two that make less than five together";
    EXPECT_EQ((std::vector<Shown>{{}, {}, {}}), suppress({3, 0, 0}, 4))
        << "zeros have to do where there is nothing else";
    EXPECT_EQ((std::vector<Shown>{{}, {}, {}, {}, {}, {}, 30}), suppress({1, 1, 1, 1, 1, 20, 30}, 5))
        << "five children in five cells are one in each";
}

// A reader knows the total, every cell that is shown, and that zeros are shown as zeros.
TEST(Suppression, no_count_that_is_kept_back_follows_from_the_total) {
    EXPECT_TRUE(rc::check([] {
        const int threshold = *rc::gen::inRange(2, 7);
        const auto cells = *rc::gen::container<Cells>(
            *rc::gen::inRange<std::size_t>(2, 9), rc::gen::oneOf(rc::gen::inRange(0, 7), rc::gen::inRange(0, 60)));
        const auto seen = suppress(cells, threshold);
        const int total = std::accumulate(cells.begin(), cells.end(), 0);
        if (total < threshold) return;  // then the total itself is kept back
        if (std::count(cells.begin(), cells.end(), 1) == static_cast<std::ptrdiff_t>(cells.size()))
            return;  // nothing to hide behind
        int hidden = 0, rest = total, zeros = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (seen[i]) {
                RC_ASSERT(*seen[i] == cells[i]);
                RC_ASSERT(cells[i] == 0 || cells[i] >= threshold);
                rest -= cells[i];
            } else {
                ++hidden;
                zeros += cells[i] == 0;
            }
        }
        RC_ASSERT(hidden != 1);
        // Each hidden cell may be 1, and it may be more.
        if (hidden > 0 && zeros == 0) RC_ASSERT(rest > hidden && rest >= threshold);
    }));
}

// --- the whole page of Table 1 ----------------------------------------------------------------------------------

// Sums that the reader knows, as rows of a matrix over the true cells; a count is given away when it is a
// combination of them.
class Knowledge {
public:
    explicit Knowledge(std::size_t cells) : cells_(cells) {}
    std::vector<double> sum() const { return std::vector<double>(cells_, 0); }
    void learn(std::vector<double> row) {
        if (reduce(row)) rows_.push_back(std::move(row));
    }
    bool gives_away(std::vector<double> row) const { return !reduce(row); }

private:
    // What is left of `row`; false when nothing is.
    bool reduce(std::vector<double>& row) const {
        for (const auto& known : rows_) {
            const auto pivot = static_cast<std::size_t>(
                std::find_if(known.begin(), known.end(), [](double x) { return std::abs(x) > 1e-9; }) -
                known.begin());
            const double factor = row[pivot] / known[pivot];
            for (std::size_t i = 0; i < cells_; ++i) row[i] -= factor * known[i];
        }
        return std::any_of(row.begin(), row.end(), [](double x) { return std::abs(x) > 1e-6; });
    }
    std::size_t cells_;
    std::vector<std::vector<double>> rows_;
};

KnownToAgencies table_of(const std::vector<std::vector<std::string>>& sets, const Cells& counts,
                         const partnership::Scheme& scheme, const std::function<int(int)>& pick) {
    KnownToAgencies table;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        if (counts[i] == 0) continue;
        table.combinations.push_back({sets[i], counts[i]});
        table.children += counts[i];
        if (sets[i].size() == 1) table.one_agency += counts[i];
    }
    for (const auto& area : scheme.areas) table.areas.push_back({area.code, "", 0, 0});
    for (const auto& c : table.combinations)
        for (int n = 0; n < c.children; ++n) {
            auto& area = table.areas[static_cast<std::size_t>(pick(static_cast<int>(table.areas.size())))];
            ++area.children;
            area.one_agency += c.groups.size() == 1;
        }
    for (const auto* name : {"A", "B", "C"}) {
        int children = 0;
        for (const auto& c : table.combinations)
            if (std::find(c.groups.begin(), c.groups.end(), name) != c.groups.end()) children += c.children;
        table.by_group.emplace_back(name, children);
    }
    for (std::size_t k = 0; k < table.areas.size(); ++k)
        if (scheme.areas[k].kind == partnership::AreaKind::blank) table.blank_area = table.areas[k].children;
    return table;
}

// The name of the first small count that follows from the page; empty when none does.
std::string given_away(const KnownToAgencies& table, const Table1View& view, int threshold) {
    const auto combinations = table.combinations.size(), areas = table.areas.size();
    Knowledge known(combinations + 2 * areas);
    auto only = [&](std::size_t i) {
        auto row = known.sum();
        row[i] = 1;
        return row;
    };
    auto all_combinations = known.sum(), singles = known.sum(), all_areas = known.sum(), all_ones = known.sum();
    for (std::size_t i = 0; i < combinations; ++i) {
        all_combinations[i] = 1;
        singles[i] = table.combinations[i].groups.size() == 1;
    }
    for (std::size_t k = 0; k < areas; ++k) all_areas[combinations + k] = all_ones[combinations + areas + k] = 1;
    auto minus = [](std::vector<double> a, const std::vector<double>& b) {
        for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
        return a;
    };
    // What everybody knows of the table's build: both breakdowns are of the same children.
    known.learn(minus(all_combinations, all_areas));
    known.learn(minus(singles, all_ones));
    if (view.children) known.learn(all_combinations);
    if (view.one_agency) known.learn(singles);
    for (std::size_t i = 0; i < combinations; ++i)
        if (view.combinations[i]) known.learn(only(i));
    for (std::size_t k = 0; k < areas; ++k) {
        if (view.areas[k]) known.learn(only(combinations + k));
        if (view.areas_one[k]) known.learn(only(combinations + areas + k));
    }
    for (std::size_t g = 0; g < table.by_group.size(); ++g) {
        if (!view.groups[g]) continue;
        auto row = known.sum();
        for (std::size_t i = 0; i < combinations; ++i) {
            const auto& groups = table.combinations[i].groups;
            row[i] = std::find(groups.begin(), groups.end(), table.by_group[g].first) != groups.end();
        }
        known.learn(row);
    }
    auto small = [&](int n) { return n > 0 && n < threshold; };
    for (std::size_t i = 0; i < combinations; ++i)
        if (small(table.combinations[i].children) && known.gives_away(only(i)))
            return "combination " + std::to_string(i);
    for (std::size_t k = 0; k < areas; ++k) {
        const auto& area = table.areas[k];
        if (small(area.children) && known.gives_away(only(combinations + k))) return "area " + std::to_string(k);
        if (small(area.one_agency) && known.gives_away(only(combinations + areas + k)))
            return "one agency in area " + std::to_string(k);
        if (small(area.children - area.one_agency) &&
            known.gives_away(minus(only(combinations + k), only(combinations + areas + k))))
            return "rest of area " + std::to_string(k);
    }
    if (small(table.one_agency) && known.gives_away(singles)) return "one agency";
    if (small(table.children - table.one_agency) && known.gives_away(minus(all_combinations, singles)))
        return "several agencies";
    if (view.blank_area && small(table.blank_area)) return "blank";
    return "";
}

const std::vector<std::vector<std::string>> kSets = {{"A"},      {"B"},      {"C"},          {"A", "B"},
                                                     {"A", "C"}, {"B", "C"}, {"A", "B", "C"}};

TEST(Table1Seen, no_small_count_follows_from_the_sums_of_the_page) {
    const auto scheme = partnership::shipped_scheme("somerset");
    ASSERT_TRUE(scheme.ok());
    int kept_back = 0;
    EXPECT_TRUE(rc::check([&] {
        const int threshold = 5;
        const auto counts = *rc::gen::container<Cells>(
            kSets.size(), rc::gen::oneOf(rc::gen::inRange(0, 7), rc::gen::inRange(0, 40)));
        const auto table = table_of(kSets, counts, *scheme, [](int n) { return *rc::gen::inRange(0, n); });
        const auto view = as_seen(table, *scheme, threshold);
        kept_back += view.any_kept_back;
        const auto leak = given_away(table, view, threshold);
        if (!leak.empty()) RC_LOG() << leak;
        RC_ASSERT(leak.empty());
    }));
    EXPECT_GT(kept_back, 30);
}

// The check itself sees each of the leaks that a page without this care has.
TEST(Table1Seen, the_check_notices_each_kind_of_leak) {
    const auto scheme = partnership::shipped_scheme("somerset");
    auto table = table_of(kSets, {20, 30, 40, 0, 0, 0, 3}, *scheme, [](int n) { return n / 2; });
    auto view = as_seen(table, *scheme, 5);
    ASSERT_EQ("", given_away(table, view, 5));
    auto leaky = view;
    leaky.one_agency = table.one_agency;
    EXPECT_NE("", given_away(table, leaky, 5)) << "a total whose rest is small";
    leaky = view;
    leaky.combinations = suppress({20, 30, 40}, 5);
    leaky.combinations.push_back({});
    EXPECT_EQ("combination 3", given_away(table, leaky, 5)) << "all but one and the total";
    leaky = view;
    for (std::size_t i = 0; i < leaky.groups.size(); ++i) leaky.groups[i] = table.by_group[i].second;
    for (std::size_t i = 0; i + 1 < leaky.combinations.size(); ++i)
        if (i != 1) leaky.combinations[i] = table.combinations[i].children;
    EXPECT_NE("", given_away(table, leaky, 5)) << "a group's number";
}

TEST(Table1Seen, who_sees_lists_sees_everything) {
    const auto scheme = partnership::shipped_scheme("somerset");
    const auto table = table_of(kSets, {1, 2, 3, 1, 0, 0, 1}, *scheme, [](int n) { return n - 1; });
    const auto view = as_seen(table, *scheme, 1);
    EXPECT_FALSE(view.any_kept_back);
    EXPECT_EQ(Shown{8}, view.children);
    EXPECT_EQ("75.0%", view.percent_one);
    EXPECT_EQ(Shown{8}, view.blank_area.value_or(0) ? view.blank_area : view.areas.back());
}

}  // namespace
}  // namespace rowan::insight
