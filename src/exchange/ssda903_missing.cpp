#include "exchange/ssda903_missing.h"

#include "formats/csv.h"
#include "people/person_store.h"

#include <algorithm>
#include <map>
#include <set>

namespace rowan::exchange {

using base::Date;
using database::Session;

namespace {

constexpr int kAdult = 18;

Date birthday(Date born, int age) { return base::add_months(born, 12 * age); }

std::string in_digits(Date day) {
    const auto iso = base::to_iso(day);
    return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

struct Who {
    std::string child;
    std::optional<Date> born;
    bool own = false;  // the authority's own record
};

std::map<std::string, Who> children(const partnership::Office& office, Session& s,
                                    const std::set<std::string>& roots) {
    std::map<std::string, Who> out;
    for (const auto& root : roots)
        for (const auto& row : people::store::records_of(office, s, root)) {
            auto& who = out[root];
            const auto* agency = office.scheme.find_agency(row.record.agency);
            const bool own = agency && agency->type == partnership::AgencyType::la_children;
            if (row.record.identity.born && (!who.born || own)) who.born = row.record.identity.born;
            if (own && !who.own && !row.record.identity.local_ref.empty()) {
                who.child = row.record.identity.local_ref;
                who.own = true;
            }
            if (who.child.empty()) who.child = row.ref;
        }
    return out;
}

}  // namespace

std::vector<Ssda903Missing> as_days(std::vector<Ssda903Missing> lines, Date first, Date last) {
    std::vector<Ssda903Missing> out;
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    for (auto& line : lines) {
        const auto adult = birthday(line.born, kAdult);
        if (line.start > last || line.start >= adult || (line.end && *line.end < first)) continue;
        // Who turns 18 ends on the day before; what ends after the year is still open in it.
        if ((!line.end || *line.end >= adult) && adult <= last) line.end = base::add_days(adult, -1);
        if (line.end && *line.end > last) line.end.reset();
        if (!out.empty()) {
            auto& before = out.back();
            if (!before.end || line.start < *before.end) {
                if (before.kind == 'A') before.kind = line.kind;  // missing is the graver of the two
                if (before.end && (!line.end || *line.end > *before.end)) before.end = line.end;
                continue;
            }
        }
        out.push_back(std::move(line));
    }
    return out;
}

Ssda903File ssda903_missing(const partnership::Office& office, Session& s, int first_year) {
    using namespace std::chrono;
    const Date first = year{first_year} / April / 1, last = year{first_year + 1} / March / 31;
    struct Row {
        std::string root, ref;
        Ssda903Missing line;
    };
    std::vector<Row> rows;
    std::set<std::string> roots;
    for (const auto& row : s.query("SELECT p.root, e.ref, e.kind, e.missing_from, e.found_at, e.returned_at, "
                                   "e.confirmed_at FROM missing_episode e JOIN person p ON "
                                   "p.id = e.person WHERE e.withdrawn_at IS NULL AND e.looked_after = 1 AND "
                                   "e.responsible_la = $1 AND e.kind IN ('missing', 'away') "
                                   "AND e.missing_from < $2 ORDER BY p.root, e.missing_from, e.id",
                                   office.scheme.la_code, base::from_london(base::add_days(last, 1)))) {
        Row out{row.text(0), row.text(1), {}};
        out.line.kind = row.text(2) == "away" ? 'A' : 'M';
        out.line.start = base::london_date(row.instant(3));
        const auto end = !row.null(5)   ? row.maybe_instant(5)
                         : !row.null(6) ? row.maybe_instant(6)
                                        : row.maybe_instant(4);
        if (end) out.line.end = base::london_date(*end);
        roots.insert(out.root);
        rows.push_back(std::move(out));
    }
    const auto known = children(office, s, roots);
    Ssda903File out;
    std::map<std::string, std::vector<Ssda903Missing>> by_child;
    for (auto& row : rows) {
        const auto who = known.find(row.root);
        if (who == known.end() || !who->second.born) {
            if (!row.line.end || *row.line.end >= first) out.left_out.push_back(row.ref);
            continue;
        }
        row.line.child = who->second.child;
        row.line.born = *who->second.born;
        by_child[row.line.child].push_back(std::move(row.line));
    }
    for (auto& [child, lines] : by_child)
        for (auto& line : as_days(std::move(lines), first, last)) out.lines.push_back(std::move(line));
    return out;
}

std::string to_csv(const Ssda903File& file) {
    std::vector<formats::CsvRow> rows{{"CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"}};
    for (const auto& line : file.lines)
        rows.push_back({line.child, in_digits(line.born), std::string(1, line.kind), in_digits(line.start),
                        line.end ? in_digits(*line.end) : ""});
    return formats::to_csv(rows, formats::CsvFor::machines);
}

}  // namespace rowan::exchange
