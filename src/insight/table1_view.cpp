#include "insight/table1_view.h"

#include <algorithm>

namespace rowan::insight {

namespace {

bool any_hidden(const std::vector<Shown>& cells) {
    return std::any_of(cells.begin(), cells.end(), [](const Shown& c) { return !c; });
}

// Single and several add up to totals of their own, so each is protected by itself; unless one of these totals is
// small: then neither is shown, and both are protected together.
std::vector<Shown> combinations_seen(const KnownToAgencies& table, int threshold, bool totals_small) {
    std::vector<int> all, single, several;
    for (const auto& c : table.combinations) {
        all.push_back(c.children);
        (c.groups.size() == 1 ? single : several).push_back(c.children);
    }
    if (totals_small) return suppress(all, threshold);
    const auto shown_single = suppress(single, threshold), shown_several = suppress(several, threshold);
    std::vector<Shown> out;
    std::size_t i = 0, j = 0;
    for (const auto& c : table.combinations)
        out.push_back(c.groups.size() == 1 ? shown_single[i++] : shown_several[j++]);
    return out;
}

}  // namespace

Table1View as_seen(KnownToAgencies table, const Scheme& scheme, int threshold) {
    Table1View out;
    auto small = [&](int count) { return count > 0 && count < threshold; };
    const bool totals_small = small(table.one_agency) || small(table.children - table.one_agency);
    out.combinations = combinations_seen(table, threshold, totals_small);

    std::vector<int> areas, ones;
    for (const auto& a : table.areas) {
        areas.push_back(a.children);
        ones.push_back(a.one_agency);
    }
    out.areas = suppress(areas, threshold);
    // An area whose rest would be small gives that rest away by subtraction.
    std::vector<bool> also(areas.size());
    for (std::size_t k = 0; k < areas.size(); ++k)
        also[k] = totals_small || !out.areas[k] || small(areas[k] - ones[k]);
    out.areas_one = suppress(ones, threshold, also);

    // A group's number is the sum of the combinations it is in: with one of them kept back, it would give that
    // away.
    for (const auto& [name, children] : table.by_group) {
        bool whole = !small(children);
        for (std::size_t i = 0; i < table.combinations.size(); ++i) {
            const auto& groups = table.combinations[i].groups;
            if (!out.combinations[i] && std::find(groups.begin(), groups.end(), name) != groups.end())
                whole = false;
        }
        out.groups.push_back(whole ? Shown{children} : Shown{});
    }
    out.one_agency = totals_small ? Shown{} : Shown{table.one_agency};
    out.children = small(table.children) ? Shown{} : Shown{table.children};
    out.percent_one = out.one_agency ? percent(table.one_agency, table.children) : "small";
    out.age_unknown = suppress({table.age_unknown, table.children - table.age_unknown}, threshold)[0];
    out.blank_area = table.blank_area;
    for (std::size_t k = 0; k < areas.size(); ++k) {
        const auto* area = scheme.find_area(table.areas[k].code);
        if (area && area->kind == partnership::AreaKind::blank) out.blank_area = out.areas[k];
    }
    out.any_kept_back = any_hidden(out.combinations) || any_hidden(out.areas) || any_hidden(out.areas_one) ||
                        any_hidden(out.groups) || !out.one_agency;
    out.table = std::move(table);
    return out;
}

}  // namespace rowan::insight
