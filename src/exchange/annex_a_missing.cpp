#include "exchange/annex_a_missing.h"

#include "formats/csv.h"
#include "people/person_store.h"

#include <algorithm>
#include <map>

namespace rowan::exchange {

namespace {

using database::Session;

std::string in_digits(base::Date day) {
    const auto iso = base::to_iso(day);
    return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

// The template's own list; its "d) Neither" is not recorded in Rowan.
std::string gender(const std::string& sex) {
    return sex == "F" ? "a) Female" : sex == "M" ? "b) Male" : "c) Not stated/recorded (or unborn)";
}

// Who the child is: the authority's own record first.
void describe(const partnership::Office& office, Session& s, const std::string& root, AnnexAMissing& line) {
    bool own_found = false;
    for (const auto& row : people::store::records_of(office, s, root)) {
        const auto* agency = office.scheme.find_agency(row.record.agency);
        const bool own = agency && agency->type == partnership::AgencyType::la_children && !own_found;
        const auto& who = row.record.identity;
        if (who.born && (!line.born || own)) line.born = who.born;
        if (!who.sex.empty() && (line.sex.empty() || own)) line.sex = who.sex;
        if (!who.ethnicity.empty() && (line.ethnicity.empty() || own)) line.ethnicity = who.ethnicity;
        if (own && !who.local_ref.empty())
            line.child = who.local_ref;
        else if (line.child.empty())
            line.child = row.ref;
        own_found |= own;
    }
}

}  // namespace

std::vector<AnnexAMissing> annex_a_missing(const partnership::Office& office, Session& s, base::Date day) {
    const auto from = base::from_london(base::add_days(base::add_months(day, -12), 1)),
               until = base::from_london(base::add_days(day, 1));
    std::map<std::string, AnnexAMissing> children;
    // Oldest first: what the last missing episode says is what stands.
    for (const auto& row : s.query("SELECT p.root, e.kind, EXISTS (SELECT 1 FROM interview_episode l WHERE "
                                   "l.episode = e.id AND l.offered_at IS NOT NULL), "
                                   "EXISTS (SELECT 1 FROM interview_episode l JOIN return_interview i ON i.id = "
                                   "l.interview WHERE l.episode = e.id AND i.response = 'accepted') "
                                   "FROM missing_episode e JOIN person p ON p.id = e.person WHERE e.withdrawn_at "
                                   "IS NULL AND e.looked_after = 1 AND e.responsible_la = $1 AND "
                                   "e.missing_from >= $2 AND e.missing_from < $3 ORDER BY e.missing_from, e.id",
                                   office.scheme.la_code, from, until)) {
        auto& child = children[row.text(0)];
        if (row.text(1) != "missing") {
            ++child.absent;
            continue;
        }
        ++child.missing;
        child.offered = row.boolean(2);
        child.accepted = row.boolean(3);
    }
    std::vector<AnnexAMissing> out;
    for (auto& [root, child] : children) {
        describe(office, s, root, child);
        out.push_back(std::move(child));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.child < b.child; });
    return out;
}

std::string to_csv(const std::vector<AnnexAMissing>& children, base::Date day) {
    std::vector<formats::CsvRow> rows{
        {"Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)",
         "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
         "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months",
         "Was the child offered a Return Interview after their last missing episode (Y/N)?",
         "Did the child accept a Return Interview after their last missing episode (Y/N)?"}};
    for (const auto& child : children)
        rows.push_back({child.child, gender(child.sex), child.ethnicity, child.born ? in_digits(*child.born) : "",
                        child.born ? std::to_string(base::age_on(*child.born, day)) : "",
                        std::to_string(child.missing), std::to_string(child.absent),
                        child.missing == 0 ? ""
                        : child.offered    ? "Y"
                                           : "N",
                        child.missing == 0 ? ""
                        : child.accepted   ? "Y"
                                           : "N"});
    return formats::to_csv(rows, formats::CsvFor::machines);
}

}  // namespace rowan::exchange
