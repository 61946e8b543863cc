#include "base/text.h"
#include "html/charts.h"
#include "html/maps.h"
#include "protect/missing/pages.h"

#include <algorithm>
#include <map>

namespace rowan::protect::missing::pages {

namespace {

using partnership::Permission, partnership::Scheme;

std::string part_of_day(Instant at) {
    const int hour = base::london(at).hour;
    return hour < 6 ? "Night, before 6am" : hour < 12 ? "Morning" : hour < 18 ? "Afternoon" : "Evening, from 6pm";
}

Html counted(const std::string& caption, const std::string& heading, const std::map<std::string, int>& counts,
             const std::vector<std::string>& order) {
    html::BarList bars{.caption = caption, .label_heading = heading, .value_heading = "Episodes"};
    for (const auto& label : order)
        if (const auto found = counts.find(label); found != counts.end())
            bars.items.push_back({.label = label, .value = static_cast<double>(found->second)});
    return html::bar_list(bars);
}

// The year up to today as a calendar, each day on which they were missing marked.
Html year_of(const std::vector<Episode>& episodes, Instant now) {
    html::CalendarChart year{.id = "year", .title = "The last twelve months, day by day"};
    year.to = base::london_date(now);
    year.from = base::add_days(base::add_months(year.to, -12), 1);
    std::map<std::string, int> by_month;
    std::vector<std::string> months;
    for (auto month = base::Date{year.from.year() / year.from.month() / 1}; month <= year.to;
         month = base::add_months(month, 1)) {
        const auto name = base::display(month);
        months.push_back(name.substr(name.find(' ') + 1));
    }
    int days = 0;
    for (const auto& e : episodes) {
        if (!e.counts()) continue;
        const auto first = base::london_date(e.missing_from), last = base::london_date(e.ended_at().value_or(now));
        if (first >= year.from && first <= year.to) {
            const auto name = base::display(first);
            ++by_month[name.substr(name.find(' ') + 1)];
        }
        for (auto day = std::max(first, year.from); day <= std::min(last, year.to); day = base::add_days(day, 1))
            days += ++year.days[day] == 1;
    }
    year.description = "Missing on " + std::to_string(days) + (days == 1 ? " day." : " days.");
    return html::calendar_chart(year, counted("Episodes that began in the month", "Month", by_month, months));
}

std::vector<std::string> most_first(const std::map<std::string, int>& counts) {
    std::vector<std::string> out;
    for (const auto& [name, count] : counts) out.push_back(name);
    std::stable_sort(out.begin(), out.end(),
                     [&](const auto& a, const auto& b) { return counts.at(a) > counts.at(b); });
    return out;
}

// Where they were found, as far as the scheme names the place and the postcode file knows where it is.
Html found_map(const Visit& visit, const MissingDesk& desk, const std::map<std::string, int>& by_code,
               const Html& table) {
    html::MapChart map{.id = "found", .title = "Where they were found", .description = "", .legend = {}};
    for (const auto& spot : desk.places())
        if (const auto found = by_code.find(spot.code); found != by_code.end())
            map.marks.push_back({spot.name, static_cast<double>(spot.easting), static_cast<double>(spot.northing),
                                 static_cast<double>(found->second), html::MapSymbol::place, false});
    if (map.marks.empty()) return table;
    for (auto& [area, cells] : desk.ground())
        map.regions.push_back({protect::pages::area_name(visit.office.scheme, area), std::move(cells), ""});
    map.description = std::to_string(map.marks.size()) + " known places; a larger circle means more often.";
    return html::map_chart(map, table);
}

// The repeat trigger proposes a strategy discussion; the front door decides, and says why not.
Html strategy_part(Visit& visit, const MissingDesk& desk, const std::string& person) {
    const auto strategy = desk.strategy(visit.viewer, person);
    if (!strategy || (!strategy->repeat.reached() && !strategy->held)) return {};
    const auto often = std::to_string(strategy->repeat.episodes) + " times missing in the last " +
                       std::to_string(strategy->repeat.days) + " days. ";
    const Html decided = when(strategy->held.has_value(), [&] {
        return html::para(
            *strategy->held ? "A strategy discussion was decided on " : "No strategy discussion: decided on ",
            html::time_of(*strategy->decided_at), " by ", strategy->decided_by,
            strategy->reason.empty() ? "." : ". Why: " + strategy->reason);
    });
    if (!strategy->waits) return decided;
    const Html proposed = html::warning_text({.text = often + "A strategy discussion is proposed."});
    if (!may(visit.viewer, Permission::decide).allowed)
        return join(proposed, html::para("The front door decides."), decided);
    return join(proposed, decided,
                partnership::post_form(
                    visit, "/missing/children/" + person + "/strategy",
                    join(words_field({}, "reason", "Reason", {}, "", "Needed if none is held now", 2),
                         html::button_group(
                             {html::button({.text = "Hold a strategy discussion", .name = "hold", .value = "yes"}),
                              html::button({.text = "Not now",
                                            .name = "hold",
                                            .value = "no",
                                            .classes = "govuk-button--secondary"})}))));
}

http::Response decide_strategy(Visit& visit, const MissingDesk& desk) {
    const auto& person = visit.parameter("person");
    if (!desk.pattern(visit.viewer, person)) return refused_page(visit, "person");
    const auto done = desk.decide_strategy(visit.viewer, person, visit.form.get("hold") == "yes",
                                           visit.form.get("reason"), once_key(visit, "strategy:" + person));
    return done.ok() ? http::redirect("/missing/children/" + person) : partnership::problem(visit, done.error());
}

http::Response pattern_page(Visit& visit, const MissingDesk& desk) {
    const auto view = desk.pattern(visit.viewer, visit.parameter("person"));
    if (!view) return refused_page(visit, "person");
    const auto root = desk.desk().people().index().root_of(visit.parameter("person"));
    visit.looked_at("person", root, view->sight.rule, "missing-pattern");
    visit.why = protect::pages::why_sentence(view->sight.sentence);
    static const std::vector<std::string> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
    static const std::vector<std::string> kParts = {"Night, before 6am", "Morning", "Afternoon",
                                                    "Evening, from 6pm"};
    std::map<std::string, int> by_day, by_part, by_place, by_code, by_company;
    html::Table table;
    table.caption = "Every episode, newest first";
    table.head =
        html::columns("Reference", "Missing from", "For", "Kind", "Risk", "Where found", "With whom", "State");
    int episodes = 0;
    for (auto at = view->episodes.rbegin(); at != view->episodes.rend(); ++at) {
        const auto& e = *at;
        visit.looked_at("missing_episode", e.id, view->sight.rule, "pattern");
        const auto end = e.ended_at().value_or(visit.office.clock.now());
        table.rows.push_back(html::row(html::anchor(href_of(e), e.ref), html::time_of(e.missing_from),
                                       html::duration_in_words(std::chrono::floor<std::chrono::minutes>(
                                           std::max(end, e.missing_from) - e.missing_from)),
                                       text_of(kinds(), e.kind), risk_tag(e.risk), e.words.found_where,
                                       e.words.found_with, stage_tag(e.stage())));
        if (!e.counts()) continue;
        ++episodes;
        const auto weekday = std::chrono::weekday(std::chrono::sys_days(base::london_date(e.missing_from)));
        ++by_day[kDays[weekday.iso_encoding() - 1]];
        ++by_part[part_of_day(e.missing_from)];
        const auto* known = visit.office.scheme.find_place(e.found_place);
        if (known) ++by_code[known->code];
        if (const auto place = known ? known->name : base::tidy_line(e.words.found_where); !place.empty())
            ++by_place[place];
        if (const auto company = base::tidy_line(e.words.found_with); !company.empty()) ++by_company[company];
    }
    std::vector<Html> said;
    for (const auto& i : view->interviews)
        if (i.completed_at)
            said.push_back(join(html::anchor("/missing/interviews/" + i.id, base::display(*i.completed_at)), ": ",
                                texts_of(themes(), i.themes)));
    const auto title = "Missing: " + view->child;
    const Html body = join(
        html::page_heading(title, std::to_string(episodes) + (episodes == 1 ? " episode" : " episodes")),
        strategy_part(visit, desk, root), html::heading(2, "When"),
        year_of(view->episodes, visit.office.clock.now()), counted("By day of the week", "Day", by_day, kDays),
        counted("By time of day", "Time", by_part, kParts),
        when(!by_place.empty(),
             [&] {
                 return join(html::heading(2, "Where found"),
                             found_map(visit, desk, by_code,
                                       counted("By place", "Place", by_place, most_first(by_place))));
             }),
        when(!by_company.empty(),
             [&] {
                 return join(html::heading(2, "With whom"),
                             counted("In the words of the record", "With", by_company, most_first(by_company)));
             }),
        when(!said.empty(), [&] { return join(html::heading(2, "What they say"), html::bullets(said)); }),
        html::heading(2, "Every episode"), html::working_table(table));
    return shown(visit, title, body, view->person.empty() ? "/missing" : "/people/" + view->person, false, true);
}

// What a young person's page shows of this.
std::optional<people::PeopleDesk::Section> person_section(Visit& visit, const MissingDesk& desk,
                                                          const people::PersonView& person) {
    const auto view = desk.pattern(visit.viewer, person.id);
    if (!view) return std::nullopt;
    html::Table table;
    table.caption = "Missing";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Reference", "Missing from", "Risk", "State");
    for (auto at = view->episodes.rbegin(); at != view->episodes.rend() && table.rows.size() < 5; ++at) {
        visit.looked_at("missing_episode", at->id, view->sight.rule, "line");
        table.rows.push_back(html::row(html::anchor(href_of(*at), at->ref), html::time_of(at->missing_from),
                                       risk_tag(at->risk), stage_tag(at->stage())));
    }
    return people::PeopleDesk::Section{
        "Missing", join(html::working_table(table),
                        html::para(html::anchor("/missing/children/" + person.id, "Every time and the pattern")))};
}

}  // namespace

void add_pattern_routes(Routes& routes, const MissingDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    routes.get(
        "/missing/children/{person}", Access::needs(Permission::report_missing), AuditClass::look(),
        Limits::page(), [&desk](Visit& v) { return pattern_page(v, desk); }, "missing");
    routes.post(
        "/missing/children/{person}/strategy", Access::needs(Permission::decide), AuditClass::change(),
        Limits::form(), [&desk](Visit& v) { return decide_strategy(v, desk); }, "missing");
    desk.desk().people().hooks.sections.push_back(
        [&desk](auto& visit, const auto& person) { return person_section(visit, desk, person); });
}

}  // namespace rowan::protect::missing::pages
