#include "insight/problem_profile.h"

#include "base/text.h"

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

namespace rowan::insight {

namespace {

std::vector<std::string> flags_where(const Scheme& scheme, bool offender) {
    std::vector<std::string> out;
    for (const auto& flag : scheme.flags)
        if (offender ? flag.offender : flag.table1) out.push_back(flag.code);
    return out;
}

// Which group of Table 1 each agency belongs to (bit i: names[i]); agencies outside the table are left out.
struct Groups {
    std::vector<std::string> names;
    std::unordered_map<std::string, std::uint64_t> bit_of_agency;

    explicit Groups(const Scheme& scheme) : names(table1_groups(scheme)) {
        for (const auto& agency : scheme.agencies) {
            const auto at = std::find(names.begin(), names.end(), agency.table1_group);
            if (at != names.end()) bit_of_agency[agency.code] = std::uint64_t{1} << (at - names.begin());
        }
    }
    std::uint64_t bit_of(const std::string& agency) const {
        const auto found = bit_of_agency.find(agency);
        return found == bit_of_agency.end() ? 0 : found->second;
    }
    std::vector<std::string> names_of(std::uint64_t set) const {
        std::vector<std::string> out;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (set >> i & 1) out.push_back(names[i]);
        return out;
    }
};

// S-052: a child counts once: the agencies' groups that flagged it, the area of the newest flag, whether any age
// is known.
struct Child {
    std::uint64_t groups = 0;
    std::string newest;  // date of the flag, then its area
    bool age_known = false;
    std::string area() const { return newest.substr(10); }
};
struct Offender {
    bool male = false, female = false;
    std::optional<std::int64_t> age;  // the youngest that anybody says
    bool sex_known() const { return male != female; }
    bool male_under_25() const { return male && !female && age && *age < 25; }
};

// Everybody whom a flag puts into Table 1 or its offender line, by the root of the person.
struct Flagged {
    const Groups groups;
    std::unordered_map<std::string, Child> children;
    std::unordered_map<std::string, Offender> offenders;

    // One pass over the flags that stood at any time within the period, as they lie: nearly all of them count.
    Flagged(Session& s, const Scheme& scheme, const Period& period, const Without& without) : groups(scheme) {
        const auto at_risk = flags_where(scheme, false), offending = flags_where(scheme, true);
        const auto has = [](const std::vector<std::string>& codes, const std::string& code) {
            return std::find(codes.begin(), codes.end(), code) != codes.end();
        };
        auto both = at_risk;
        both.insert(both.end(), offending.begin(), offending.end());
        database::Statement wanted(
            "SELECT root, flag, agency, set_on, area, age_at, sex FROM agency_flag "
            "WHERE set_on <= ? AND (cleared_on IS NULL OR (cleared_on > ? AND cleared_on > set_on)) AND flag IN (",
            base::to_iso(period.to), base::to_iso(period.from));
        s.stream(wanted.list(both).add(")"), [&](const database::Row& row) {
            const auto& flag = row.text(1);
            if (has(at_risk, flag)) add_child(row);
            if (has(offending, flag)) add_offender(row);
        });
        for (const auto& root : without) {
            children.erase(root);
            offenders.erase(root);
        }
        std::erase_if(children, [](const auto& child) {
            return child.second.groups == 0;
        });  // flagged only by agencies outside the table
    }

private:
    void add_child(const database::Row& row) {
        const auto age = row.maybe_integer(5);
        if (age && *age >= 18) return;
        auto& child = children[row.text(0)];
        child.groups |= groups.bit_of(row.text(2));
        child.newest = std::max(child.newest, row.text(3) + row.text(4));
        child.age_known |= age.has_value();
    }
    void add_offender(const database::Row& row) {
        auto& person = offenders[row.text(0)];
        const auto& sex = row.text(6);
        person.male |= sex == "M";
        person.female |= sex == "F";
        if (const auto age = row.maybe_integer(5)) person.age = std::min(person.age.value_or(*age), *age);
    }
};

bool one(std::uint64_t set) { return set != 0 && (set & (set - 1)) == 0; }

std::vector<AreaCount> areas_in_order(const Scheme& scheme, base::Date on,
                                      const std::map<std::string, AreaCount>& counts) {
    std::vector<AreaCount> out;
    for (const auto kind :
         {partnership::AreaKind::inside, partnership::AreaKind::outside, partnership::AreaKind::blank})
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

// A flag's area, or the blank one when the scheme does not know it (any more).
std::string known_area(const Scheme& scheme, const std::string& code) {
    return scheme.find_area(code) ? code : scheme.area_of(base::Postcode{}).code;
}

}  // namespace

std::vector<std::string> table1_groups(const Scheme& scheme) {
    std::vector<std::string> out;
    for (const auto& agency : scheme.agencies)
        if (!agency.table1_group.empty() && std::find(out.begin(), out.end(), agency.table1_group) == out.end())
            out.push_back(agency.table1_group);
    return out;
}

KnownToAgencies known_to_agencies(Session& s, const Scheme& scheme, const Period& period, const Without& without) {
    KnownToAgencies out;
    out.period = period;
    const Flagged flagged(s, scheme, period, without);
    const auto& groups = flagged.groups;
    std::map<std::uint64_t, int> by_set;
    std::map<std::string, AreaCount> by_area;
    for (const auto& [root, child] : flagged.children) {
        const auto area = known_area(scheme, child.area());
        ++out.children;
        ++by_set[child.groups];
        ++by_area[area].children;
        if (one(child.groups)) {
            ++out.one_agency;
            ++by_area[area].one_agency;
        }
        if (!child.age_known) ++out.age_unknown;
        if (is_blank(scheme, area)) ++out.blank_area;
    }
    for (const auto& [set, children] : by_set) out.combinations.push_back({groups.names_of(set), children});
    std::stable_sort(out.combinations.begin(), out.combinations.end(),
                     [](const auto& a, const auto& b) { return a.children > b.children; });
    out.areas = areas_in_order(scheme, period.to, by_area);
    for (std::size_t i = 0; i < groups.names.size(); ++i) {
        int children = 0;
        for (const auto& [set, count] : by_set)
            if (set >> i & 1) children += count;
        out.by_group.emplace_back(groups.names[i], children);
    }

    for (const auto& [root, person] : flagged.offenders) {
        ++out.offenders.people;
        if (person.sex_known() && person.age) ++out.offenders.known;
        if (person.male_under_25()) ++out.offenders.male_under_25;
        if (!person.sex_known()) ++out.offenders.sex_unknown;
        if (!person.age) ++out.offenders.age_unknown;
    }
    return out;
}

std::vector<std::string> people_behind(Session& s, const Scheme& scheme, const Period& period,
                                       const ProfileFilter& filter, const Without& without) {
    std::vector<std::string> out;
    const Flagged flagged(s, scheme, period, without);
    if (filter.offenders) {
        for (const auto& [root, person] : flagged.offenders)
            if (!filter.male_under_25 || person.male_under_25()) out.push_back(root);
    } else {
        const auto& groups = flagged.groups;
        std::uint64_t wanted = 0;
        for (std::size_t i = 0; i < groups.names.size(); ++i)
            if (filter.groups.contains(groups.names[i])) wanted |= std::uint64_t{1} << i;
        for (const auto& [root, child] : flagged.children) {
            if ((wanted && child.groups != wanted) || (filter.one_agency && !one(child.groups))) continue;
            if (filter.area.empty() || filter.area == known_area(scheme, child.area())) out.push_back(root);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> exclusion_years(Session& s) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT DISTINCT academic_year FROM exclusion_count WHERE number_on_roll IS "
                                   "NOT NULL ORDER BY academic_year DESC"))
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
    for (const auto& row : s.query("SELECT partnership, academic_year, as_at, fixed_term, permanent, "
                                   "number_on_roll FROM exclusion_count "
                                   "WHERE academic_year IN ($1, $2) ORDER BY as_at",
                                   out.year, out.next_year)) {
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

EducationMissing education_missing(Session& s, const Scheme& scheme, base::Date as_at, const Without& without) {
    EducationMissing out;
    out.as_at = as_at;
    const auto day = base::to_iso(as_at);
    std::map<std::string, AreaCount> by_area;
    std::map<std::string, std::set<std::string>> by_point;
    std::set<std::string> children;
    for (const auto& row :
         s.query("SELECT p.root, e.area, e.points FROM education_missing e JOIN person p ON p.id = e.person "
                 "WHERE e.started_on <= $1 AND (e.ended_on IS NULL OR e.ended_on > $1) ORDER BY e.started_on "
                 "DESC, e.id",
                 day)) {
        if (without.contains(row.text(0))) continue;
        if (children.insert(row.text(0)).second)
            ++by_area[scheme.find_area(row.text(1)) ? row.text(1) : scheme.area_of(base::Postcode{}).code]
                  .children;
        for (const auto& point : base::split(row.text(2), ','))
            if (!point.empty()) by_point[point].insert(row.text(0));
    }
    out.children = static_cast<int>(children.size());
    out.areas = areas_in_order(scheme, as_at, by_area);
    for (const auto& point : scheme.list("points_of_interest"))
        out.points.emplace_back(point.code, static_cast<int>(by_point[point.code].size()));
    database::Statement at_risk(
        "SELECT COUNT(DISTINCT p.root) FROM education_missing e JOIN person p ON p.id = e.person "
        "JOIN agency_flag f ON f.root = p.root WHERE e.started_on <= ? AND (e.ended_on IS NULL OR e.ended_on > ?) "
        "AND f.set_on <= ? AND (f.cleared_on IS NULL OR f.cleared_on > ?) AND f.flag IN (",
        day, day, day, day);
    at_risk.list(flags_where(scheme, false)).add(")");
    if (!without.empty()) at_risk.add(" AND p.root NOT IN (").list(without).add(")");
    out.also_at_risk = static_cast<int>(s.query(at_risk).front().integer(0));
    return out;
}

std::vector<std::string> people_missing_education(Session& s, base::Date as_at, const std::string& area,
                                                  const std::string& point, const Without& without) {
    std::vector<std::string> out;
    std::map<std::string, std::string> area_of;  // as it is counted: of the newest record
    std::set<std::string> taken;
    for (const auto& row :
         s.query("SELECT p.root, e.area, e.points FROM education_missing e JOIN person p ON p.id = e.person "
                 "WHERE e.started_on <= $1 AND (e.ended_on IS NULL OR e.ended_on > $1) ORDER BY e.started_on "
                 "DESC, e.id",
                 base::to_iso(as_at))) {
        if (without.contains(row.text(0))) continue;
        const auto& counted = area_of.try_emplace(row.text(0), row.text(1)).first->second;
        if (!area.empty() && counted != area) continue;
        const auto points = base::split(row.text(2), ',');
        if (!point.empty() && std::find(points.begin(), points.end(), point) == points.end()) continue;
        if (taken.insert(row.text(0)).second) out.push_back(row.text(0));
    }
    return out;
}

}  // namespace rowan::insight
