// The problem profile: Somerset's Tables 1, 2 and 3, from the records themselves.
//
// Pure SQL and arithmetic: no decision about who may see what (profile_pages.cpp). Counts are of distinct people
// after linking. Thread-safety: functions on a Session.
#pragma once
#include "database/database.h"
#include "insight/measure.h"
#include "partnership/scheme.h"

#include <set>
#include <string>
#include <vector>

namespace rowan::insight {

using database::Session;
using partnership::Scheme;

// The columns of Table 1: the agencies' groups in the order of the scheme.
std::vector<std::string> table1_groups(const Scheme&);

struct Combination {
    std::vector<std::string> groups;  // in the order of table1_groups
    int children = 0;
};
struct AreaCount {
    std::string code, name;
    int children = 0, one_agency = 0;
};
struct OffenderLine {
    int people = 0;         // all that are flagged
    int known = 0;          // sex and age both known
    int male_under_25 = 0;  // of the known
    int sex_unknown = 0, age_unknown = 0;
};
struct KnownToAgencies {
    Period period;
    int children = 0, one_agency = 0;
    std::vector<Combination> combinations;              // most children first
    std::vector<AreaCount> areas;                       // in the order of the scheme; Outside and Blank last
    std::vector<std::pair<std::string, int>> by_group;  // children each group knows (overlapping)
    OffenderLine offenders;
    int age_unknown = 0;  // completeness
    int blank_area = 0;
};
// `without`: people, by root, who are in no count and in no list (PeopleDesk::sealed_out).
using Without = std::set<std::string>;
KnownToAgencies known_to_agencies(Session&, const Scheme&, const Period&, const Without& = {});

// The people behind a number of Table 1. Filters: exactly these groups; this area; only one agency. Empty: all.
struct ProfileFilter {
    std::set<std::string> groups;
    std::string area;
    bool one_agency = false;
    bool offenders = false;  // the offender line instead; then male_under_25 narrows it
    bool male_under_25 = false;
};
std::vector<std::string> people_behind(Session&, const Scheme&, const Period&, const ProfileFilter&,
                                       const Without& = {});

struct ExclusionRow {
    std::string partnership;  // the learning partnership's name
    long long fixed_term = 0, permanent = 0, on_roll = 0;
    long long next_fixed_term = 0, next_permanent = 0;  // the year after, to date
};
struct ExclusionTable {
    std::string year, next_year, as_at;  // "2016/17", "2017/18", date of the newest count
    std::vector<ExclusionRow> rows;      // in the order of the scheme
    ExclusionRow total;
};
// nullopt when nothing has been imported. `year` empty: the newest year that has numbers on roll.
std::optional<ExclusionTable> exclusions(Session&, const Scheme&, const std::string& year);
std::vector<std::string> exclusion_years(Session&);

struct EducationMissing {
    base::Date as_at;
    int children = 0;
    std::vector<AreaCount> areas;
    std::vector<std::pair<std::string, int>> points;  // code, children: overlapping
    int also_at_risk = 0;                             // S-144
};
EducationMissing education_missing(Session&, const Scheme&, base::Date as_at, const Without& = {});
std::vector<std::string> people_missing_education(Session&, base::Date as_at, const std::string& area,
                                                  const std::string& point, const Without& = {});

}  // namespace rowan::insight
