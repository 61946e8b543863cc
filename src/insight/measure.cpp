#include "insight/measure.h"

namespace rowan::insight {

const Measure kKnownToAgencies{
    "R-S01", "Children known to be victimised or at risk",
    "Distinct children with a flag for being at risk of, or victimised by, exploitation that was in force on any "
    "day of the year, set by any "
    "agency that the table counts. Records that people have linked count as one child. A child whose age is not "
    "known is counted and shown "
    "under completeness; a person who was 18 or over when flagged is not. Known to one agency only: all of the "
    "child's flags come from one "
    "column of the table. True prevalence is not known: these are the children known to agencies.",
    "S-052, S-053, S-050"};
const Measure kOffenders{"R-S01", "People posing risk: male and under 25",
                         "Distinct people flagged as posing risk in the year. The percentage is of those whose "
                         "sex and age on the day of the flag are both known; "
                         "the others are shown and not guessed.",
                         "S-052"};
const Measure kExclusions{"R-S02", "Exclusions by learning partnership",
                          "Fixed-term incidences (events, not pupils) and permanent exclusions in the academic "
                          "year, divided by the number on roll of the January "
                          "census, times 100, to two decimals.",
                          "S-061, S-159, S-160"};
const Measure kEducationMissing{"R-S03", "Children missing out on education",
                                "Distinct children with an open record on the day, by the area of the child's "
                                "home. Points of interest overlap: one child may be counted "
                                "under several, so they are never added up.",
                                "S-063, S-171"};

Period financial_year(int first) {
    using namespace std::chrono;
    return {
        year{first} / April / 1, year{first + 1} / March / 31,
        std::to_string(first) + "-" + (((first + 1) % 100) < 10 ? "0" : "") + std::to_string((first + 1) % 100)};
}

int financial_year_of(base::Date day) {
    return static_cast<int>(day.year()) - (day.month() < std::chrono::April ? 1 : 0);
}

namespace {

std::string fixed(long long scaled, int decimals) {
    auto digits = std::to_string(scaled);
    while (static_cast<int>(digits.size()) <= decimals) digits.insert(digits.begin(), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    return digits;
}

}  // namespace

std::string percent(long long numerator, long long denominator) {
    if (denominator <= 0) return "n/a";
    return fixed((numerator * 2000 + denominator) / (2 * denominator), 1) + "%";
}

std::string rate_per_100(long long events, long long pupils) {
    if (pupils <= 0) return "n/a";
    return fixed((events * 20000 + pupils) / (2 * pupils), 2);
}

}  // namespace rowan::insight
