#include "insight/profile_pages.h"

#include "base/number.h"
#include "base/text.h"
#include "formats/csv.h"
#include "html/casework.h"
#include "html/charts.h"
#include "insight/missing_pages.h"
#include "insight/problem_profile.h"
#include "insight/suppression.h"
#include "insight/table1_view.h"
#include "partnership/front.h"

#include <algorithm>

namespace rowan::insight {

namespace {

using html::cls, html::el, html::Html, html::text;
using partnership::page, partnership::PageBody, partnership::Permission, partnership::Visit;

constexpr std::size_t kRowsOfAPage = 50;

bool sees_lists(const Visit& visit) { return may(visit.viewer, Permission::see_profile_lists).allowed; }
int threshold_for(const Visit& visit) {
    if (sees_lists(visit)) return 0;
    return visit.office.scheme.parameters_on(base::london_date(visit.office.clock.now())).small_number_threshold;
}

int year_asked(const Visit& visit) {
    const int now = financial_year_of(base::london_date(visit.office.clock.now()));
    const auto asked = base::whole_number<int>(visit.request.query.get("year"));
    return std::clamp(asked.value_or(now), 2010, now);
}

void recorded(Visit& visit, const Measure& measure) {
    visit.looked_at("measure", "", "role", std::string(measure.code));
    visit.why = sees_lists(visit) ? "You can see these figures and the lists behind them because your role "
                                    "includes the problem profile and the protocol shares both with your agency."
                                  : "You can see these figures because your role includes the problem profile and "
                                    "the protocol shares figures with your agency; small numbers are kept back.";
}

Html how_counted(std::initializer_list<const Measure*> measures) {
    std::vector<Html> parts;
    for (const auto* m : measures)
        parts.push_back(html::join(html::para(el("strong", m->title), " (", m->code, "; ", m->source, ")"),
                                   html::para(m->definition)));
    return html::details({.summary = "How this is counted", .text = html::join(parts)});
}

Html number(const Shown& count, const std::string& href, bool linked) {
    if (!count) return text(shown(count));
    const auto digits = html::grouped(*count);
    return linked && *count > 0 ? html::anchor(href, digits) : text(digits);
}

std::string groups_in_words(const std::vector<std::string>& groups) { return base::join(groups, " and "); }

std::string list_href(int year, const std::vector<std::string>& groups, const std::string& area, bool one_agency) {
    std::vector<std::pair<std::string, std::string>> query{{"year", std::to_string(year)}};
    for (const auto& group : groups) query.emplace_back("known-to", group);
    if (!area.empty()) query.emplace_back("area", area);
    if (one_agency) query.emplace_back("one-agency", "yes");
    return "/profile/known-to-agencies/list?" + http::query_string(query);
}

Html year_choice(int year, int newest) {
    std::vector<html::SelectItem> years;
    for (int y = newest; y >= newest - 4; --y)
        years.push_back({.value = std::to_string(y), .text = financial_year(y).title});
    return el(
        "form", html::attr("method", "get"), html::attr("action", "/profile"), cls("rowan-inline-form"),
        html::select(
            {.name = "year", .label = {.text = "Financial year"}, .items = years, .value = std::to_string(year)}),
        html::button({.text = "Show", .classes = "govuk-button--secondary"}));
}

Html offender_line(const Visit& visit, const OffenderLine& line, int year, int threshold) {
    const bool linked = sees_lists(visit);
    const auto cells = suppress({line.male_under_25, line.known - line.male_under_25}, threshold);
    const auto unknown = suppress({line.sex_unknown, line.age_unknown}, threshold);
    const std::string base = "/profile/known-to-agencies/list?year=" + std::to_string(year) + "&offenders=yes";
    return html::join(html::heading(2, "People posing risk"),
                      html::stats({{.number = cells[0] ? percent(line.male_under_25, line.known) : "small",
                                    .label = "male and under 25, of those whose sex and age are known",
                                    .href = linked ? base + "&male-under-25=yes" : "",
                                    .known = threshold > 1 ? std::nullopt : std::optional{line.known},
                                    .of = threshold > 1 ? std::nullopt : std::optional{line.people}},
                                   {.number = threshold > 1 && line.people > 0 && line.people < threshold
                                                  ? "small"
                                                  : html::grouped(line.people),
                                    .label = "people flagged as posing risk",
                                    .href = linked ? base : ""}}),
                      html::para("Sex not known: ", shown(unknown[0]), ". Age not known: ", shown(unknown[1]),
                                 ". They are shown here and not guessed."));
}

http::Response table1_page(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const int year = year_asked(visit);
    const int newest = financial_year_of(base::london_date(visit.office.clock.now()));
    const int threshold = threshold_for(visit);
    const bool linked = sees_lists(visit);
    const auto view = as_seen(visit.office.database.read([&](Session& s) {
        return known_to_agencies(s, visit.office.scheme, financial_year(year), sealed);
    }),
                              visit.office.scheme, threshold);
    const auto& table = view.table;
    recorded(visit, kKnownToAgencies);

    PageBody body;
    body.title = "Problem profile: who knows which child";
    body.navigation = "performance";
    body.wide = true;
    std::vector<Html> parts{
        html::page_heading("Problem profile: who knows which child", "Financial year " + table.period.title),
        html::sub_navigation(
            {.items = {{.text = "Who knows which child (Table 1)", .href = "/profile", .current = true},
                       {.text = "Exclusions (Table 2)", .href = "/profile/exclusions"},
                       {.text = "Missing out on education (Table 3)", .href = "/profile/education-missing"},
                       {.text = "Missing (Tables 4 to 9)", .href = "/profile/missing"}}}),
        year_choice(year, newest)};
    if (table.children == 0) {
        parts.push_back(
            html::empty_note("No agency has set a flag for exploitation that was in force in this year. Bring in "
                             "the agencies' extracts first."));
        parts.push_back(how_counted({&kKnownToAgencies, &kOffenders}));
        body.body = html::join(parts);
        return page(visit, std::move(body));
    }
    parts.push_back(html::stats(
        {{.number = view.children ? html::grouped(*view.children) : "small",
          .label = "children known to be victimised or at risk",
          .href = linked ? list_href(year, {}, "", false) : ""},
         {.number = view.percent_one,
          .label = "known to one agency only",
          .href = linked ? list_href(year, {}, "", true) : "",
          .note = view.one_agency ? html::join(html::grouped(*view.one_agency), " children") : Html{}}}));
    if (view.any_kept_back)
        parts.push_back(html::inset_text(
            {.text = "Numbers from 1 to " + std::to_string(threshold - 1) +
                     ", and others that would give them away, are kept back and shown as \"small\"."}));

    html::UpSetChart chart;
    chart.id = "who-knows";
    chart.title = "Children by the agencies that know them";
    chart.count_heading = "Children";
    chart.sets = table1_groups(visit.office.scheme);
    std::vector<Html> kept_back;
    for (std::size_t i = 0; i < table.combinations.size(); ++i) {
        const auto& c = table.combinations[i];
        const auto& count = view.combinations[i];
        if (!count) {
            kept_back.push_back(text(groups_in_words(c.groups)));
            continue;
        }
        html::UpSetColumn column;
        for (std::size_t g = 0; g < chart.sets.size(); ++g)
            if (std::find(c.groups.begin(), c.groups.end(), chart.sets[g]) != c.groups.end())
                column.members.push_back(g);
        column.count = *count;
        column.href = linked ? list_href(year, c.groups, "", false) : "";
        column.marked = c.groups.size() == 1;
        chart.columns.push_back(std::move(column));
    }
    parts.push_back(html::heading(2, "By combination of agencies"));
    parts.push_back(html::upset_chart(chart));
    if (!kept_back.empty())
        parts.push_back(html::details(
            {.summary = "Combinations whose numbers are kept back", .text = html::bullets(kept_back)}));

    html::Table groups;
    groups.caption = "Children that each agency knows (a child known to two is in two rows)";
    groups.head = html::columns("Agency", html::TableCell{.text = "Children", .format = "numeric"});
    for (std::size_t i = 0; i < table.by_group.size(); ++i)
        groups.rows.push_back(
            html::row(table.by_group[i].first,
                      html::numeric(text(view.groups[i] ? html::grouped(*view.groups[i]) : "small"))));
    parts.push_back(html::working_table(groups));

    html::Table areas;
    areas.caption = "Children by area of their home";
    areas.head = html::columns("Area", html::TableCell{.text = "Children", .format = "numeric"},
                               html::TableCell{.text = "Known to one agency only", .format = "numeric"},
                               html::TableCell{.text = "Share", .format = "numeric"});
    for (std::size_t i = 0; i < table.areas.size(); ++i) {
        const auto& a = table.areas[i];
        areas.rows.push_back(
            html::row(a.name, html::numeric(number(view.areas[i], list_href(year, {}, a.code, false), linked)),
                      html::numeric(number(view.areas_one[i], list_href(year, {}, a.code, true), linked)),
                      html::numeric(view.areas[i] && view.areas_one[i] ? percent(a.one_agency, a.children) : "")));
    }
    parts.push_back(html::heading(2, "By area"));
    parts.push_back(html::working_table(areas));
    parts.push_back(offender_line(visit, table.offenders, year, threshold));
    parts.push_back(html::heading(2, "How complete this is"));
    parts.push_back(html::para("Age on the day of the flag not known: ", shown(view.age_unknown),
                               " children. Home postcode blank or unreadable: ", shown(view.blank_area),
                               threshold > 1 ? std::string(" children.")
                                             : " children (" + percent(table.blank_area, table.children) + ")."));
    parts.push_back(how_counted({&kKnownToAgencies, &kOffenders}));
    parts.push_back(html::para(html::anchor("/profile/known-to-agencies.csv?year=" + std::to_string(year),
                                            "Download these figures (CSV)")));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response table1_csv(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const int year = year_asked(visit);
    const auto view = as_seen(visit.office.database.read([&](Session& s) {
        return known_to_agencies(s, visit.office.scheme, financial_year(year), sealed);
    }),
                              visit.office.scheme, threshold_for(visit));
    recorded(visit, kKnownToAgencies);
    visit.looks.back().act = "export";
    std::vector<formats::CsvRow> rows{{visit.office.scheme.marking, "Table 1, " + view.table.period.title},
                                      {"Known to exactly", "Children"}};
    for (std::size_t i = 0; i < view.table.combinations.size(); ++i)
        rows.push_back({groups_in_words(view.table.combinations[i].groups), shown(view.combinations[i])});
    rows.push_back({"All", shown(view.children)});
    rows.push_back({"One agency only", shown(view.one_agency)});
    rows.push_back({"One agency only, percent", view.percent_one});
    std::size_t widest = 0;
    for (const auto& row : rows) widest = std::max(widest, row.size());
    for (auto& row : rows) row.resize(widest);
    return partnership::csv_file("known-to-agencies-" + view.table.period.title + ".csv", formats::to_csv(rows));
}

ProfileFilter filter_asked(const Visit& visit) {
    ProfileFilter filter;
    const auto& query = visit.request.query;
    for (const auto& group : query.all("known-to")) filter.groups.insert(group);
    filter.area = query.get("area");
    filter.one_agency = query.get("one-agency") == "yes";
    filter.offenders = query.get("offenders") == "yes";
    filter.male_under_25 = query.get("male-under-25") == "yes";
    return filter;
}

std::string list_title(const Visit& visit, const ProfileFilter& filter, const Period& period) {
    std::string out = filter.offenders
                          ? (filter.male_under_25 ? "People posing risk, male and under 25" : "People posing risk")
                          : "Children at risk or victimised";
    if (!filter.groups.empty())
        out += " known to exactly " + groups_in_words({filter.groups.begin(), filter.groups.end()});
    if (filter.one_agency) out += " known to one agency only";
    if (const auto* area = visit.office.scheme.find_area(filter.area)) out += ", " + std::string(area->name());
    return out + ", " + period.title;
}

std::string list_query(const http::Request& request) {
    std::vector<std::pair<std::string, std::string>> query;
    for (const auto& [name, value] : request.query.items())
        if (name != "page") query.emplace_back(name, value);
    return http::query_string(query);
}

// The same people as a file, with the list's own access; each of them is recorded as exported.
http::Response people_csv(Visit& visit, const people::PeopleDesk& desk, const std::vector<std::string>& found,
                          const std::string& title, const std::string& name, const Measure& measure) {
    recorded(visit, measure);
    visit.looks.back().act = "export";
    std::vector<formats::CsvRow> rows{{visit.office.scheme.marking, title, "", "", "", ""},
                                      {"Reference", "Name", "Date of birth", "Sex", "Area", "Known to"}};
    for (const auto& line : desk.lines(visit.viewer, found, partnership::Purpose::figures)) {
        visit.looked_at("person", line.subject, line.sight.rule, "list");
        visit.looks.back().act = "export";
        if (line.person.empty()) continue;
        const auto* area = visit.office.scheme.find_area(line.area);
        rows.push_back({line.ref, line.name, line.born ? base::display(*line.born) : "", line.sex,
                        area ? std::string(area->name()) : line.area, base::join(line.agencies, "; ")});
    }
    const auto hidden = found.size() + 2 - rows.size();
    if (hidden > 0)
        rows.push_back({"", std::to_string(hidden) + " more are counted but not shown", "", "", "", ""});
    return partnership::csv_file(name, formats::to_csv(rows));
}

// The people behind a number. Those whom the viewer may not see are counted, never named.
http::Response people_list(Visit& visit, const people::PeopleDesk& desk, const std::vector<std::string>& found,
                           const std::string& title, const std::string& back, const std::string& base,
                           const Measure& measure) {
    const std::size_t pages = std::max<std::size_t>(1, (found.size() + kRowsOfAPage - 1) / kRowsOfAPage);
    const std::size_t at = html::page_asked(visit.request.query.get("page"), pages);
    const auto first = (at - 1) * kRowsOfAPage, last = std::min(found.size(), first + kRowsOfAPage);
    const std::vector<std::string> on_page(found.begin() + static_cast<std::ptrdiff_t>(first),
                                           found.begin() + static_cast<std::ptrdiff_t>(last));
    const auto lines = desk.lines(visit.viewer, on_page, partnership::Purpose::figures);
    recorded(visit, measure);
    std::size_t named = 0;
    for (const auto& line : lines) {
        named += !line.person.empty();
        visit.looked_at("person", line.subject, line.sight.rule, "list");
    }
    PageBody body;
    body.title = title;
    body.navigation = "performance";
    body.back_link = back;
    body.wide = true;
    std::vector<Html> parts{html::page_heading(title)};
    if (found.empty()) {
        parts.push_back(html::empty_note("Nobody is in this list."));
    } else {
        parts.push_back(html::list_count(first + 1, last, found.size(), "people"));
        if (!lines.empty()) parts.push_back(people::people_table(visit, lines, title));
        if (named < on_page.size())
            parts.push_back(html::para(
                html::grouped(static_cast<std::int64_t>(on_page.size() - named)),
                " more on this page are counted but not shown: your role does not let you see who they are."));
        parts.push_back(html::page_links(at, pages, base));
        parts.push_back(html::para(
            html::anchor(visit.request.path + ".csv?" + list_query(visit.request), "Download this list (CSV)")));
    }
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response table1_list(Visit& visit, const people::PeopleDesk& desk, bool as_file) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto period = financial_year(year_asked(visit));
    const auto filter = filter_asked(visit);
    const auto found = visit.office.database.read(
        [&](Session& s) { return people_behind(s, visit.office.scheme, period, filter, sealed); });
    const auto title = list_title(visit, filter, period);
    if (as_file)
        return people_csv(visit, desk, found, title, "known-to-agencies-" + period.title + "-list.csv",
                          kKnownToAgencies);
    return people_list(visit, desk, found, title, "/profile?year=" + std::to_string(year_asked(visit)),
                       visit.request.path + "?" + list_query(visit.request), kKnownToAgencies);
}

http::Response exclusions_page(Visit& visit) {
    const auto& asked = visit.request.query.get("year");
    const auto table =
        visit.office.database.read([&](Session& s) { return exclusions(s, visit.office.scheme, asked); });
    recorded(visit, kExclusions);
    PageBody body;
    body.title = "Exclusions by learning partnership";
    body.navigation = "performance";
    body.wide = true;
    std::vector<Html> parts{
        html::page_heading(body.title),
        html::sub_navigation(
            {.items = {{.text = "Who knows which child (Table 1)", .href = "/profile"},
                       {.text = "Exclusions (Table 2)", .href = "/profile/exclusions", .current = true},
                       {.text = "Missing out on education (Table 3)", .href = "/profile/education-missing"},
                       {.text = "Missing (Tables 4 to 9)", .href = "/profile/missing"}}})};
    if (!table || table->rows.empty()) {
        parts.push_back(
            html::empty_note("No exclusions have been brought in yet. A data officer of an education agency can "
                             "bring in the counts on the Extracts page."));
    } else {
        html::Table out;
        out.caption =
            "Primary, secondary and special schools, as at " + base::display(*base::parse_iso_date(table->as_at));
        auto numeric_head = [](std::string head) {
            return html::TableCell{.text = std::move(head), .format = "numeric"};
        };
        out.head =
            html::columns("Learning partnership", numeric_head(table->year + " fixed-term incidences"),
                          numeric_head(table->year + " permanent"), numeric_head("Number on roll"),
                          numeric_head("Fixed-term per 100 pupils"), numeric_head("Permanent per 100 pupils"),
                          numeric_head(table->next_year + " to date, fixed-term"),
                          numeric_head(table->next_year + " to date, permanent"));
        auto add = [&](const ExclusionRow& row, bool total) {
            auto cell = [&](long long n) { return html::numeric(text(html::grouped(n))); };
            auto name = total ? el("strong", row.partnership) : text(row.partnership);
            out.rows.push_back(html::row(name, cell(row.fixed_term), cell(row.permanent), cell(row.on_roll),
                                         html::numeric(text(rate_per_100(row.fixed_term, row.on_roll))),
                                         html::numeric(text(rate_per_100(row.permanent, row.on_roll))),
                                         cell(row.next_fixed_term), cell(row.next_permanent)));
        };
        for (const auto& row : table->rows) add(row, false);
        add(table->total, true);
        parts.push_back(html::working_table(out));
        // S-062: areas above the whole.
        std::vector<std::string> above;
        for (const auto& row : table->rows)
            if (row.on_roll > 0 && row.fixed_term * table->total.on_roll > table->total.fixed_term * row.on_roll)
                above.push_back(row.partnership);
        if (!above.empty())
            parts.push_back(
                html::para("Above the rate of all together (fixed-term): ", base::join(above, "; "), "."));
    }
    parts.push_back(how_counted({&kExclusions}));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

base::Date day_asked(const Visit& visit) {
    const auto today = base::london_date(visit.office.clock.now());
    const auto asked = base::parse_iso_date(visit.request.query.get("as-at"));
    return asked && *asked <= today ? *asked : today;
}

http::Response education_page(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto day = day_asked(visit);
    const int threshold = threshold_for(visit);
    const bool linked = sees_lists(visit);
    const auto table = visit.office.database.read(
        [&](Session& s) { return education_missing(s, visit.office.scheme, day, sealed); });
    recorded(visit, kEducationMissing);
    PageBody body;
    body.title = "Children missing out on education";
    body.navigation = "performance";
    std::vector<Html> parts{
        html::page_heading(body.title, "As at " + base::display(day)),
        html::sub_navigation({.items = {{.text = "Who knows which child (Table 1)", .href = "/profile"},
                                        {.text = "Exclusions (Table 2)", .href = "/profile/exclusions"},
                                        {.text = "Missing out on education (Table 3)",
                                         .href = "/profile/education-missing",
                                         .current = true},
                                        {.text = "Missing (Tables 4 to 9)", .href = "/profile/missing"}}})};
    const std::string base_href = "/profile/education-missing/list?as-at=" + base::to_iso(day);
    std::vector<int> cells;
    for (const auto& area : table.areas) cells.push_back(area.children);
    const auto area_cells = suppress(cells, threshold);
    html::Table areas;
    areas.caption = "By area of the child's home";
    areas.head = html::columns("Area", html::TableCell{.text = "Children", .format = "numeric"});
    const Shown total =
        threshold > 1 && table.children > 0 && table.children < threshold ? Shown{} : Shown{table.children};
    areas.rows.push_back(html::row(el("strong", "All areas"), html::numeric(number(total, base_href, linked))));
    for (std::size_t i = 0; i < table.areas.size(); ++i)
        areas.rows.push_back(
            html::row(table.areas[i].name,
                      html::numeric(number(
                          area_cells[i], base_href + "&area=" + http::url_encode(table.areas[i].code), linked))));
    html::Table points;
    points.caption = "Key points of interest: they overlap, so they are never added up";
    points.head = html::columns("Point of interest", html::TableCell{.text = "Children", .format = "numeric"});
    for (const auto& [code, children] : table.points) {
        const Shown count = threshold > 1 && children > 0 && children < threshold ? Shown{} : Shown{children};
        points.rows.push_back(
            html::row(visit.office.scheme.text_of("points_of_interest", code),
                      html::numeric(number(count, base_href + "&point=" + http::url_encode(code), linked))));
    }
    parts.push_back(html::working_table(areas));
    parts.push_back(html::working_table(points));
    const Shown also = threshold > 1 && table.also_at_risk > 0 && table.also_at_risk < threshold
                           ? Shown{}
                           : Shown{table.also_at_risk};
    parts.push_back(html::para(
        "Of all these children, flagged by an agency as at risk of or victimised by exploitation: ", shown(also),
        "."));
    parts.push_back(how_counted({&kEducationMissing}));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response education_list(Visit& visit, const people::PeopleDesk& desk, bool as_file) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto day = day_asked(visit);
    const auto &area = visit.request.query.get("area"), &point = visit.request.query.get("point");
    const auto found = visit.office.database.read(
        [&](Session& s) { return people_missing_education(s, day, area, point, sealed); });
    std::string title = "Children missing out on education on " + base::display(day);
    if (const auto* known = visit.office.scheme.find_area(area)) title += ", " + std::string(known->name());
    if (visit.office.scheme.find_code("points_of_interest", point))
        title += ", " + visit.office.scheme.text_of("points_of_interest", point);
    if (as_file)
        return people_csv(visit, desk, found, title, "education-missing-" + base::to_iso(day) + "-list.csv",
                          kEducationMissing);
    return people_list(visit, desk, found, title, "/profile/education-missing?as-at=" + base::to_iso(day),
                       visit.request.path + "?" + list_query(visit.request), kEducationMissing);
}

}  // namespace

void add_insight_routes(partnership::Routes& routes, const people::PeopleDesk& desk) {
    add_missing_table_routes(routes, desk);
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto figures = Access::needs(Permission::see_profile),
               lists = Access::needs(Permission::see_profile_lists);
    routes.get(
        "/profile", figures, AuditClass::aggregate(), Limits::page(),
        [&desk](Visit& v) { return table1_page(v, desk); }, "performance");
    routes.get(
        "/profile/known-to-agencies.csv", figures, AuditClass::aggregate(), Limits::page(),
        [&desk](Visit& v) { return table1_csv(v, desk); }, "performance");
    routes.get(
        "/profile/known-to-agencies/list", lists, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return table1_list(v, desk, false); }, "performance");
    routes.get(
        "/profile/known-to-agencies/list.csv", lists.with_key(), AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return table1_list(v, desk, true); }, "performance");
    routes.get("/profile/exclusions", figures, AuditClass::aggregate(), Limits::page(), exclusions_page,
               "performance");
    routes.get(
        "/profile/education-missing", figures, AuditClass::aggregate(), Limits::page(),
        [&desk](Visit& v) { return education_page(v, desk); }, "performance");
    routes.get(
        "/profile/education-missing/list", lists, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return education_list(v, desk, false); }, "performance");
    routes.get(
        "/profile/education-missing/list.csv", lists.with_key(), AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return education_list(v, desk, true); }, "performance");
}

}  // namespace rowan::insight
