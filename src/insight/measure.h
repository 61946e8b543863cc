// A measure is defined once and explains itself on the page ("How this is counted").
#pragma once
#include "base/time.h"

#include <string>
#include <string_view>
#include <vector>

namespace rowan::insight {

struct Measure {
    std::string_view code;  // "R-S01"
    std::string_view title;
    std::string_view definition;  // plain words, with what is left out and why
    std::string_view source;      // "S-052"
};
extern const Measure kKnownToAgencies, kOffenders, kExclusions, kEducationMissing;

// Local dates, both inclusive.
struct Period {
    base::Date from, to;
    std::string title;  // "2017-18"
};
Period financial_year(int first_calendar_year);  // 1 April to 31 March
int financial_year_of(base::Date);

// 100 x numerator / denominator to one decimal ("84.1%"); "n/a" without a denominator (DOMAIN.md 5).
std::string percent(long long numerator, long long denominator);
// Events per 100 pupils to two decimals, half up, in whole arithmetic (trap: S-159). "4.53".
std::string rate_per_100(long long events, long long pupils);

}  // namespace rowan::insight
