// Table 1 as a viewer may see it: whole, or with small numbers kept back so that they do not follow from what is
// shown. Pure. Source: DOMAIN.md 5, SECURITY.md A21.
#pragma once
#include "insight/problem_profile.h"
#include "insight/suppression.h"

namespace rowan::insight {

struct Table1View {
    KnownToAgencies table;
    std::vector<Shown> combinations, areas, areas_one, groups;  // in the order of the table
    Shown children, one_agency, age_unknown, blank_area;
    std::string percent_one;
    bool any_kept_back = false;
};

// threshold <= 1: nothing is kept back. Otherwise no count from 1 to threshold - 1 (of a combination, an area,
// those of an area known to one agency, or the rest of an area) can be computed from the sums that the page shows.
Table1View as_seen(KnownToAgencies, const Scheme&, int threshold);

}  // namespace rowan::insight
