// The "Missing" file of the SSDA903 return: what the Department for Education asks of an authority about the
// children that it looks after, for one year from 1 April to 31 March.
//
// Columns CHILD, DOB, MISSING, MIS_START, MIS_END; days only: the return knows no hours. Opens the vault for the
// children of the file; the caller audits. Source: DOMAIN.md 2.12, 4.3. Thread-safety: functions on a Session.
#pragma once
#include "database/database.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::exchange {

struct Ssda903Missing {
    std::string child;  // the authority's own number for the child, else Rowan's reference
    base::Date born{};
    char kind = 'M';  // M missing, A away from placement without authorisation
    base::Date start{};
    std::optional<base::Date> end;  // empty: still missing at the end of the year
};
struct Ssda903File {
    std::vector<Ssda903Missing> lines;  // by child and day
    std::vector<std::string> left_out;  // references of episodes that cannot be told: no date of birth
};
// Pure: one child's days as the return wants them. Whoever leaves again on the day of the return has two lines;
// lines that overlap (one time missing, told by two agencies before the child was found to be one) become one.
// Nothing goes beyond the 18th birthday or the year.
std::vector<Ssda903Missing> as_days(std::vector<Ssda903Missing> of_one_child, base::Date first, base::Date last);

// `first_year`: 2017 for 2017-18.
Ssda903File ssda903_missing(const partnership::Office&, database::Session&, int first_year);
// With its header line; dates as 31/03/2018.
std::string to_csv(const Ssda903File&);

}  // namespace rowan::exchange
