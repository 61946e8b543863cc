#include "insight/problem_profile.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <map>

namespace rowan::insight {

namespace {

constexpr std::size_t kMostFlags = 6;

// The flag codes that a table counts, as exactly as many parameters as the constant SQL has.
std::array<std::string, kMostFlags> flags_where(const Scheme& scheme, bool offender) {
    std::array<std::string, kMostFlags> out;
    std::size_t n = 0;
    for (const auto& flag : scheme.flags)
        if ((offender ? flag.offender : flag.table1) && n < out.size()) out[n++] = flag.code;
    return out;
}

// Which group of Table 1 each agency's bit stands for; agencies outside the table are left out.
struct Groups {
    std::vector<std::string> names;
    std::map<std::int64_t, int> group_of_bit;
    std::int64_t counted = 0;   // all bits that count

    Groups(Session& s, const Scheme& scheme) : names(table1_groups(scheme)) {
        for (const auto& row : s.query("SELECT code, bit FROM agency")) {
            const auto* agency = scheme.find_agency(row.text(0));
            if (!agency || agency->table1_group.empty()) continue;
            const auto at = std::find(names.begin(), names.end(), agency->table1_group);
            group_of_bit[row.integer(1)] = static_cast<int>(at - names.begin());
            counted |= row.integer(1);
        }
    }
    // A set of agencies as a set of groups (bit i: names[i]).
    std::uint64_t set_of(std::int64_t agencies) const {
        std::uint64_t out = 0;
        for (const auto& [bit, group] : group_of_bit)
            if (agencies & bit) out |= std::uint64_t{1} << group;
        return out;
    }
    std::vector<std::string> names_of(std::uint64_t set) const {
        std::vector<std::string> out;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (set >> i & 1) out.push_back(names[i]);
        return out;
    }
};

bool one(std::uint64_t set) { return set != 0 && (set & (set - 1)) == 0; }

std::vector<AreaCount> areas_in_order(const Scheme& scheme, base::Date on, const std::map<std::string, AreaCount>& counts) {
    std::vector<AreaCount> out;
    for (const auto kind : {partnership::AreaKind::inside, partnership::AreaKind::outside, partnership::AreaKind::blank})
        for (const auto& area : scheme.areas) {
            if (area.kind != kind) continue;
            const auto found = counts.find(area.code);
            AreaCount line = found == counts.end() ? AreaCount{} : found->second;
            line.code = area.code;
            line.name = area.name_on(on);
            out.push_back(std::move(line));
        }
    return out;
}

bool is_blank(const Scheme& scheme, const std::string& code) {
    const auto* area = scheme.find_area(code);
    return !area || area->kind == partnership::AreaKind::blank;
}

}  // namespace

std::vector<std::string> table1_groups(const Scheme& scheme) {
    std::vector<std::string> out;
    for (const auto& agency : scheme.agencies)
        if (!agency.table1_group.empty() && std::find(out.begin(), out.end(), agency.table1_group) == out.end())
            out.push_back(agency.table1_group);
    return out;
}

KnownToAgencies known_to_agencies(Session& s, const Scheme& scheme, const Period& period) {
    KnownToAgencies out;
    out.period = period;
    const Groups groups(s, scheme);
    const auto flags = flags_where(scheme, false);
    const auto from = base::to_iso(period.from), to = base::to_iso(period.to);

    // Each child once: the set of agencies as a sum of bits, the area of the newest flag, whether any age is known.
    std::map<std::uint64_t, int> by_set;
    std::map<std::string, AreaCount> by_area;
    for (const auto& row : s.query(
             "SELECT agencies, area, age_known, COUNT(*) FROM ("
             "SELECT p.root AS root, CAST(SUM(DISTINCT a.bit) AS BIGINT) AS agencies, SUBSTR(MAX(f.set_on || f.area), 11) AS area, "
             "MAX(CASE WHEN f.age_at IS NULL THEN 0 ELSE 1 END) AS age_known "
             "FROM agency_flag f JOIN person p ON p.id = f.person JOIN agency a ON a.code = f.agency "
             "WHERE f.flag IN ($3, $4, $5, $6, $7, $8) AND f.set_on <= $2 AND (f.cleared_on IS NULL OR (f.cleared_on > $1 AND f.cleared_on > f.set_on)) "
             "AND (f.age_at IS NULL OR f.age_at < 18) GROUP BY p.root) children GROUP BY agencies, area, age_known",
             from, to, flags[0], flags[1], flags[2], flags[3], flags[4], flags[5])) {
        const auto set = groups.set_of(row.integer(0));
        if (set == 0) continue;  // flagged only by agencies that the table does not count
        const int children = static_cast<int>(row.integer(3));
        const std::string area = scheme.find_area(row.text(1)) ? row.text(1) : scheme.area_of(base::Postcode{}).code;
        out.children += children;
        by_set[set] += children;
        by_area[area].children += children;
        if (one(set)) {
            out.one_agency += children;
            by_area[area].one_agency += children;
        }
        if (row.integer(2) == 0) out.age_unknown += children;
        if (is_blank(scheme, area)) out.blank_area += children;
    }
    for (const auto& [set, children] : by_set) out.combinations.push_back({groups.names_of(set), children});
    std::stable_sort(out.combinations.begin(), out.combinations.end(), [](const auto& a, const auto& b) { return a.children > b.children; });
    out.areas = areas_in_order(scheme, period.to, by_area);
    for (std::size_t i = 0; i < groups.names.size(); ++i) {
        int children = 0;
        for (const auto& [set, count] : by_set)
            if (set >> i & 1) children += count;
        out.by_group.emplace_back(groups.names[i], children);
    }

    const auto offender = flags_where(scheme, true);
    const auto line = s.one(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN male <> female AND age IS NOT NULL THEN 1 ELSE 0 END), 0), "
        "COALESCE(SUM(CASE WHEN male = 1 AND female = 0 AND age < 25 THEN 1 ELSE 0 END), 0), "
        "COALESCE(SUM(CASE WHEN male = female THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN age IS NULL THEN 1 ELSE 0 END), 0) FROM ("
        "SELECT p.root AS root, MAX(CASE WHEN f.sex = 'M' THEN 1 ELSE 0 END) AS male, MAX(CASE WHEN f.sex = 'F' THEN 1 ELSE 0 END) AS female, "
        "MIN(f.age_at) AS age FROM agency_flag f JOIN person p ON p.id = f.person "
        "WHERE f.flag IN ($3, $4, $5, $6, $7, $8) AND f.set_on <= $2 AND (f.cleared_on IS NULL OR (f.cleared_on > $1 AND f.cleared_on > f.set_on)) GROUP BY p.root) people",
        from, to, offender[0], offender[1], offender[2], offender[3], offender[4], offender[5]);
    out.offenders = {static_cast<int>(line->integer(0)), static_cast<int>(line->integer(1)), static_cast<int>(line->integer(2)),
                     static_cast<int>(line->integer(3)), static_cast<int>(line->integer(4))};
    return out;
}

std::vector<std::string> people_behind(Session& s, const Scheme& scheme, const Period& period, const ProfileFilter& filter) {
    std::vector<std::string> out;
    const auto from = base::to_iso(period.from), to = base::to_iso(period.to);
    if (filter.offenders) {
        const auto flags = flags_where(scheme, true);
        for (const auto& row : s.query(
                 "SELECT p.root, MAX(CASE WHEN f.sex = 'M' THEN 1 ELSE 0 END), MAX(CASE WHEN f.sex = 'F' THEN 1 ELSE 0 END), MIN(f.age_at) "
                 "FROM agency_flag f JOIN person p ON p.id = f.person "
                 "WHERE f.flag IN ($3, $4, $5, $6, $7, $8) AND f.set_on <= $2 AND (f.cleared_on IS NULL OR (f.cleared_on > $1 AND f.cleared_on > f.set_on)) "
                 "GROUP BY p.root ORDER BY p.root",
                 from, to, flags[0], flags[1], flags[2], flags[3], flags[4], flags[5])) {
            const bool counted = row.integer(1) == 1 && row.integer(2) == 0 && !row.null(3) && row.integer(3) < 25;
            if (!filter.male_under_25 || counted) out.push_back(row.text(0));
        }
        return out;
    }
    const Groups groups(s, scheme);
    const auto flags = flags_where(scheme, false);
    std::uint64_t wanted = 0;
    for (std::size_t i = 0; i < groups.names.size(); ++i)
        if (filter.groups.contains(groups.names[i])) wanted |= std::uint64_t{1} << i;
    s.stream_values(
        "SELECT p.root, CAST(SUM(DISTINCT a.bit) AS BIGINT), SUBSTR(MAX(f.set_on || f.area), 11) "
        "FROM agency_flag f JOIN person p ON p.id = f.person JOIN agency a ON a.code = f.agency "
        "WHERE f.flag IN ($3, $4, $5, $6, $7, $8) AND f.set_on <= $2 AND (f.cleared_on IS NULL OR (f.cleared_on > $1 AND f.cleared_on > f.set_on)) "
        "AND (f.age_at IS NULL OR f.age_at < 18) GROUP BY p.root ORDER BY p.root",
        {from, to, flags[0], flags[1], flags[2], flags[3], flags[4], flags[5]}, [&](const database::Row& row) {
            const auto set = groups.set_of(row.integer(1));
            if (set == 0 || (wanted && set != wanted) || (filter.one_agency && !one(set))) return;
            const std::string area = scheme.find_area(row.text(2)) ? row.text(2) : scheme.area_of(base::Postcode{}).code;
            if (filter.area.empty() || filter.area == area) out.push_back(row.text(0));
        });
    return out;
}

std::vector<std::string> exclusion_years(Session& s) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT DISTINCT academic_year FROM exclusion_count WHERE number_on_roll IS NOT NULL ORDER BY academic_year DESC"))
        out.push_back(row.text(0));
    return out;
}

namespace {

// "2016/17" -> "2017/18"
std::string year_after(const std::string& year) {
    if (year.size() < 4) return "";
    const int first = std::atoi(year.substr(0, 4).c_str()) + 1;
    const int second = (first + 1) % 100;
    return std::to_string(first) + "/" + (second < 10 ? "0" : "") + std::to_string(second);
}

}  // namespace

std::optional<ExclusionTable> exclusions(Session& s, const Scheme& scheme, const std::string& year) {
    const auto years = exclusion_years(s);
    if (years.empty()) return std::nullopt;
    ExclusionTable out;
    out.year = year.empty() ? years.front() : year;
    out.next_year = year_after(out.year);
    std::map<std::string, ExclusionRow> rows;
    // Of several counts of one year the newest counts.
    for (const auto& row : s.query("SELECT partnership, academic_year, as_at, fixed_term, permanent, number_on_roll FROM exclusion_count "
                                   "WHERE academic_year IN ($1, $2) ORDER BY as_at", out.year, out.next_year)) {
        auto& line = rows[row.text(0)];
        if (row.text(1) == out.year) {
            line.fixed_term = row.integer(3);
            line.permanent = row.integer(4);
            line.on_roll = row.integer(5);
        } else {
            line.next_fixed_term = row.integer(3);
            line.next_permanent = row.integer(4);
        }
        out.as_at = std::max(out.as_at, row.text(2));
    }
    auto add = [&](const std::string& code, const std::string& name) {
        const auto found = rows.find(code);
        if (found == rows.end()) return;
        auto line = found->second;
        line.partnership = name;
        out.total.fixed_term += line.fixed_term;
        out.total.permanent += line.permanent;
        out.total.on_roll += line.on_roll;
        out.total.next_fixed_term += line.next_fixed_term;
        out.total.next_permanent += line.next_permanent;
        out.rows.push_back(std::move(line));
        rows.erase(found);
    };
    for (const auto& partnership : scheme.learning_partnerships) add(partnership.code, partnership.name);
    while (!rows.empty()) {
        const auto code = rows.begin()->first;
        add(code, code);
    }
    out.total.partnership = "Total";
    return out;
}

EducationMissing education_missing(Session& s, const Scheme& scheme, base::Date as_at) {
    EducationMissing out;
    out.as_at = as_at;
    const auto day = base::to_iso(as_at);
    std::map<std::string, AreaCount> by_area;
    std::map<std::string, std::set<std::string>> by_point;
    std::set<std::string> children;
    for (const auto& row : s.query("SELECT p.root, e.area, e.points FROM education_missing e JOIN person p ON p.id = e.person "
                                   "WHERE e.started_on <= $1 AND (e.ended_on IS NULL OR e.ended_on > $1) ORDER BY e.started_on DESC, e.id", day)) {
        if (children.insert(row.text(0)).second)
            ++by_area[scheme.find_area(row.text(1)) ? row.text(1) : scheme.area_of(base::Postcode{}).code].children;
        for (const auto& point : base::split(row.text(2), ','))
            if (!point.empty()) by_point[point].insert(row.text(0));
    }
    out.children = static_cast<int>(children.size());
    out.areas = areas_in_order(scheme, as_at, by_area);
    for (const auto& point : scheme.list("points_of_interest"))
        out.points.emplace_back(point.code, static_cast<int>(by_point[point.code].size()));
    const auto flags = flags_where(scheme, false);
    out.also_at_risk = static_cast<int>(
        s.one("SELECT COUNT(DISTINCT p.root) FROM education_missing e JOIN person p ON p.id = e.person JOIN person q ON q.root = p.root "
              "JOIN agency_flag f ON f.person = q.id WHERE e.started_on <= $1 AND (e.ended_on IS NULL OR e.ended_on > $1) "
              "AND f.flag IN ($2, $3, $4, $5, $6, $7) AND f.set_on <= $1 AND (f.cleared_on IS NULL OR f.cleared_on > $1)",
              day, flags[0], flags[1], flags[2], flags[3], flags[4], flags[5])->integer(0));
    return out;
}

std::vector<std::string> people_missing_education(Session& s, base::Date as_at, const std::string& area, const std::string& point) {
    std::vector<std::string> out;
    std::map<std::string, std::string> area_of;   // as it is counted: of the newest record
    std::set<std::string> taken;
    for (const auto& row : s.query("SELECT p.root, e.area, e.points FROM education_missing e JOIN person p ON p.id = e.person "
                                   "WHERE e.started_on <= $1 AND (e.ended_on IS NULL OR e.ended_on > $1) ORDER BY e.started_on DESC, e.id",
                                   base::to_iso(as_at))) {
        const auto& counted = area_of.try_emplace(row.text(0), row.text(1)).first->second;
        if (!area.empty() && counted != area) continue;
        const auto points = base::split(row.text(2), ',');
        if (!point.empty() && std::find(points.begin(), points.end(), point) == points.end()) continue;
        if (taken.insert(row.text(0)).second) out.push_back(row.text(0));
    }
    return out;
}

}  // namespace rowan::insight
