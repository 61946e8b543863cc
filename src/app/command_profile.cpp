#include "app/commands.h"
#include "app/options.h"
#include "base/text.h"
#include "formats/csv.h"
#include "formats/json.h"
#include "insight/missing_tables.h"
#include "insight/problem_profile.h"

#include <algorithm>
#include <fstream>
#include <iostream>

namespace rowan::app {

namespace {

using database::Session;
using formats::CsvRow, formats::Json;

// One table, printed in the way that was asked for.
struct Printed {
    std::string title;
    CsvRow head;
    std::vector<CsvRow> rows;
    Json json;
};

std::string as_text(const Printed& table) {
    std::vector<std::size_t> width(table.head.size());
    auto measure = [&](const CsvRow& row) {
        for (std::size_t i = 0; i < row.size() && i < width.size(); ++i)
            width[i] = std::max(width[i], base::length(row[i]));
    };
    measure(table.head);
    for (const auto& row : table.rows) measure(row);
    std::string out = table.title + "\n";
    auto line = [&](const CsvRow& row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out += row[i] + std::string(width[i] - base::length(row[i]) + (i + 1 < row.size() ? 2 : 0), ' ');
        while (!out.empty() && out.back() == ' ') out.pop_back();
        out += "\n";
    };
    line(table.head);
    for (const auto& row : table.rows) line(row);
    return out;
}

Printed known_to_agencies(Session& s, const partnership::Scheme& scheme, int year) {
    const auto t = insight::known_to_agencies(s, scheme, insight::financial_year(year));
    Printed out;
    out.title = "Table 1: children known to be victimised or at risk, " + t.period.title;
    out.head = {"known to exactly", "children", "share"};
    Json combinations = Json::Array{}, areas = Json::Array{};
    for (const auto& c : t.combinations) {
        out.rows.push_back(
            {base::join(c.groups, " and "), std::to_string(c.children), insight::percent(c.children, t.children)});
        combinations.push(Json::object({{"agencies", Json::strings(c.groups)}, {"children", c.children}}));
    }
    out.rows.push_back({"all children", std::to_string(t.children), ""});
    out.rows.push_back(
        {"one agency only", std::to_string(t.one_agency), insight::percent(t.one_agency, t.children)});
    for (const auto& a : t.areas) {
        out.rows.push_back({"area: " + a.name, std::to_string(a.children),
                            insight::percent(a.one_agency, a.children) + " one agency"});
        areas.push(Json::object({{"area", a.code}, {"children", a.children}, {"one_agency", a.one_agency}}));
    }
    out.rows.push_back({"offenders: male and under 25, of " + std::to_string(t.offenders.known) + " known",
                        std::to_string(t.offenders.male_under_25),
                        insight::percent(t.offenders.male_under_25, t.offenders.known)});
    out.rows.push_back({"offenders: all, with unknown sex or age", std::to_string(t.offenders.people), ""});
    out.json = Json::object({{"measure", "R-S01"},
                             {"period", t.period.title},
                             {"children", t.children},
                             {"one_agency", t.one_agency},
                             {"one_agency_percent", insight::percent(t.one_agency, t.children)},
                             {"combinations", combinations},
                             {"areas", areas},
                             {"offenders", Json::object({{"people", t.offenders.people},
                                                         {"known", t.offenders.known},
                                                         {"male_under_25", t.offenders.male_under_25},
                                                         {"sex_unknown", t.offenders.sex_unknown},
                                                         {"age_unknown", t.offenders.age_unknown}})},
                             {"age_unknown", t.age_unknown},
                             {"blank_area", t.blank_area}});
    return out;
}

Printed exclusions(Session& s, const partnership::Scheme& scheme, const std::string& year) {
    Printed out;
    out.title = "Table 2: exclusions by learning partnership";
    out.head = {
        "learning partnership", "fixed-term",           "permanent",          "on roll", "fixed-term per 100",
        "permanent per 100",    "next year fixed-term", "next year permanent"};
    Json rows = Json::Array{};
    const auto table = insight::exclusions(s, scheme, year);
    if (table) {
        auto add = [&](const insight::ExclusionRow& r) {
            out.rows.push_back({r.partnership, std::to_string(r.fixed_term), std::to_string(r.permanent),
                                std::to_string(r.on_roll), insight::rate_per_100(r.fixed_term, r.on_roll),
                                insight::rate_per_100(r.permanent, r.on_roll), std::to_string(r.next_fixed_term),
                                std::to_string(r.next_permanent)});
            rows.push(Json::object({{"partnership", r.partnership},
                                    {"fixed_term", std::int64_t{r.fixed_term}},
                                    {"permanent", std::int64_t{r.permanent}},
                                    {"on_roll", std::int64_t{r.on_roll}},
                                    {"fixed_term_per_100", insight::rate_per_100(r.fixed_term, r.on_roll)},
                                    {"permanent_per_100", insight::rate_per_100(r.permanent, r.on_roll)}}));
        };
        for (const auto& row : table->rows) add(row);
        add(table->total);
        out.title += ", " + table->year + ", as at " + table->as_at;
    }
    out.json = Json::object({{"measure", "R-S02"}, {"year", table ? table->year : ""}, {"rows", rows}});
    return out;
}

Printed education(Session& s, const partnership::Scheme& scheme, base::Date day) {
    const auto t = insight::education_missing(s, scheme, day);
    Printed out;
    out.title = "Table 3: children missing out on education, as at " + base::to_iso(day);
    out.head = {"", "children"};
    Json areas = Json::Array{}, points = Json::Array{};
    out.rows.push_back({"all areas", std::to_string(t.children)});
    for (const auto& a : t.areas) {
        out.rows.push_back({"area: " + a.name, std::to_string(a.children)});
        areas.push(Json::object({{"area", a.code}, {"children", a.children}}));
    }
    for (const auto& [code, children] : t.points) {
        out.rows.push_back(
            {"point (overlapping): " + scheme.text_of("points_of_interest", code), std::to_string(children)});
        points.push(Json::object({{"point", code}, {"children", children}}));
    }
    out.json = Json::object({{"measure", "R-S03"},
                             {"as_at", base::to_iso(day)},
                             {"children", t.children},
                             {"areas", areas},
                             {"points", points},
                             {"also_at_risk", t.also_at_risk}});
    return out;
}

// Tables 4 to 9 and K-PROT-3, one line a number, children and episodes side by side.
Printed missing(Session& s, const partnership::Scheme& scheme, const insight::Period& period) {
    const auto t = insight::missing_tables(s, scheme, period);
    Printed out;
    out.title = "Tables 4 to 9: missing children and return interviews, " + period.title;
    out.head = {"", "episodes", "children", "share"};
    const auto tally = [](const insight::Tally& n) {
        return Json::object({{"episodes", n.episodes}, {"children", n.children}});
    };
    const auto line = [&](const std::string& name, const insight::Tally& n) {
        out.rows.push_back({name, std::to_string(n.episodes), std::to_string(n.children),
                            insight::percent(n.episodes, t.all.episodes)});
    };
    const auto lines = [&](const std::string& group, const std::vector<insight::TallyLine>& all) {
        Json json = Json::Array{};
        for (const auto& each : all) {
            line(group + each.name, each.tally);
            json.push(Json::object({{"code", each.code},
                                    {"name", each.name},
                                    {"episodes", each.tally.episodes},
                                    {"children", each.tally.children}}));
        }
        return json;
    };
    const auto returns = [&](const std::string& group, const insight::ReturnTally& r) {
        out.rows.push_back(
            {group + "ended in the period", std::to_string(r.ended), std::to_string(r.children), ""});
        for (const auto& fact : insight::return_facts())
            out.rows.push_back({group + std::string(fact.words), std::to_string(r.*fact.count), "",
                                insight::percent(r.*fact.count, r.ended)});
        return Json::object({{"ended", r.ended},
                             {"children", r.children},
                             {"offered", r.offered},
                             {"offered_in_time", r.offered_in_time},
                             {"accepted", r.accepted},
                             {"declined", r.declined},
                             {"no_response", r.no_response},
                             {"completed", r.completed},
                             {"completed_in_time", r.completed_in_time},
                             {"children_completed", r.children_completed}});
    };
    line("missing", t.all);
    line("away without authorisation (apart)", t.away);
    line("absent, former category (apart)", t.absent);
    auto months = lines("month: ", t.months);
    auto times = lines("missing: ", t.times);
    line("looked after", t.looked_after);
    line("not looked after", t.others);
    auto areas = lines("home area: ", t.areas);
    auto placements = lines("placement area: ", t.placements);
    Json interviews = Json::Array{};
    for (const auto& each : t.interviews) {
        out.rows.push_back({"interviews, home area: " + each.name, std::to_string(each.completed), "", ""});
        interviews.push(Json::object({{"code", each.code},
                                      {"name", each.name},
                                      {"offered", each.offered},
                                      {"completed", each.completed},
                                      {"episodes", each.episodes}}));
    }
    line("from home", t.home);
    line("from care", t.care);
    auto all = returns("all: ", t.returns), home = returns("from home: ", t.home_returns),
         care = returns("from care: ", t.care_returns);
    out.json = Json::object({{"measure", "R-S04 to R-S09, K-PROT-3"},
                             {"from", base::to_iso(period.from)},
                             {"to", base::to_iso(period.to)},
                             {"missing", tally(t.all)},
                             {"away", tally(t.away)},
                             {"absent", tally(t.absent)},
                             {"months", months},
                             {"times", times},
                             {"looked_after", tally(t.looked_after)},
                             {"others", tally(t.others)},
                             {"repeat_looked_after", t.repeat_looked_after},
                             {"repeat_others", t.repeat_others},
                             {"areas", areas},
                             {"placements", placements},
                             {"interviews", interviews},
                             {"home", tally(t.home)},
                             {"care", tally(t.care)},
                             {"returns", all},
                             {"home_returns", home},
                             {"care_returns", care}});
    return out;
}

}  // namespace

int profile_command(const Arguments& arguments) {
    Options options("profile", "Prints the problem profile: Somerset's Tables 1 to 9 from the records.");
    HouseOptions house;
    std::string table = "known-to-agencies", format = "text", out_file, year, from, to;
    options.house(house);
    options.one_of("table", table, {"known-to-agencies", "exclusions", "education-missing", "missing"},
                   "Which table");
    options.text("--year", year,
                 "First year of the financial year (2017), academic year (2016/17), or a day (2017-12-06)");
    options.text("--from", from, "First day of the period, for missing (2016-04-01)");
    options.text("--to", to, "Last day of the period, for missing (2017-12-31)");
    options.one_of("--format", format, {"text", "json", "csv"}, "How to print");
    options.text("--out", out_file, "File to write (default: standard output)");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto today = base::london_date(office.clock.now());
    int first_year = insight::financial_year_of(today);
    base::Date day = today;
    if (!year.empty() && (table == "known-to-agencies" || table == "missing")) {
        first_year = std::atoi(year.c_str());
        if (first_year < 1990 || first_year > 2200)
            return fail(base::invalid("Give the first year of the financial year, such as --year 2017."));
    }
    if (!year.empty() && table == "education-missing") {
        const auto asked = base::parse_iso_date(year);
        if (!asked) return fail(base::invalid("Give a day, such as --year 2017-12-06."));
        day = *asked;
    }
    auto period = insight::financial_year(first_year);
    if (!from.empty() || !to.empty()) {
        const auto asked = insight::period_between(from, to);
        if (!asked) return fail(base::invalid("Give two days, such as --from 2016-04-01 --to 2017-12-31."));
        period = *asked;
    }
    const auto printed = office.database.read([&](Session& s) {
        if (table == "exclusions") return exclusions(s, office.scheme, year);
        if (table == "education-missing") return education(s, office.scheme, day);
        if (table == "missing") return missing(s, office.scheme, period);
        return known_to_agencies(s, office.scheme, first_year);
    });
    std::string text;
    if (format == "json") {
        text = printed.json.write() + "\n";
    } else if (format == "csv") {
        std::vector<CsvRow> rows{printed.head};
        rows.insert(rows.end(), printed.rows.begin(), printed.rows.end());
        text = formats::to_csv(rows, formats::CsvFor::machines);
    } else {
        text = as_text(printed);
    }
    if (out_file.empty()) {
        std::cout << text;
        return 0;
    }
    std::ofstream out(out_file);
    out << text;
    return out.flush() ? 0 : fail(base::refused("The file " + out_file + " cannot be written."));
}

}  // namespace rowan::app
