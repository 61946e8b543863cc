#include "insight/missing_pages.h"

#include "formats/csv.h"
#include "html/casework.h"
#include "html/maps.h"
#include "insight/missing_gaps.h"
#include "insight/missing_questions.h"
#include "insight/missing_tables.h"
#include "insight/suppression.h"
#include "partnership/front.h"
#include "protect/missing/missing_store.h"

#include <algorithm>
#include <map>

namespace rowan::insight {

namespace {

using html::el, html::Html, html::text;
using partnership::page, partnership::PageBody, partnership::Permission, partnership::Visit;

constexpr std::size_t kRowsOfAPage = 50;

bool sees_lists(const Visit& visit) { return visit.viewer.has(Permission::see_profile_lists); }
int threshold_for(const Visit& visit) {
    if (sees_lists(visit)) return 0;
    return visit.office.scheme.parameters_on(base::london_date(visit.office.clock.now())).small_number_threshold;
}

// The period of the address; the financial year that runs now unless it names one.
Period period_asked(const Visit& visit) {
    const auto& query = visit.request.query;
    const auto asked = period_between(query.get("from"), query.get("to"));
    return asked ? *asked : financial_year(financial_year_of(base::london_date(visit.office.clock.now())));
}
std::string period_query(const Period& p) { return "from=" + base::to_iso(p.from) + "&to=" + base::to_iso(p.to); }

std::string list_href(const Period& period, const std::string& of, const std::string& code,
                      std::string_view returns) {
    return "/profile/missing/list?" + period_query(period) + "&of=" + http::url_encode(of) +
           (code.empty() ? "" : "&code=" + http::url_encode(code)) +
           (returns.empty() ? "" : "&returns=" + http::url_encode(returns));
}

void recorded(Visit& visit) {
    visit.looked_at("measure", "", "role",
                    std::string(kMissingChildren.code) + " to " + std::string(kReturnInterviews.code));
    visit.why =
        sees_lists(visit)
            ? "You can see these figures and the lists behind them because your role includes the problem profile."
            : "You can see these figures because your role includes the problem profile; small numbers are kept "
              "back.";
}

// Numbers of one page, small ones kept back, each with its list.
class Numbers {
public:
    Numbers(const Visit& visit, const Period& period)
        : threshold_(threshold_for(visit)), linked_(sees_lists(visit)), period_(period) {}

    std::vector<Shown> kept(const std::vector<int>& cells, const std::vector<bool>& also = {}) const {
        return suppress(cells, threshold_, also);
    }
    bool small(int n) const { return threshold_ > 1 && n > 0 && n < threshold_; }
    bool keeps_back() const { return threshold_ > 1; }
    html::TableCell cell(const Shown& count, const std::string& of = "", const std::string& code = "",
                         std::string_view returns = "") const {
        if (!count || of.empty() || !linked_ || *count == 0) return html::numeric(text(shown(count)));
        return html::numeric(html::anchor(href(of, code, returns), html::grouped(*count)));
    }
    Html link(int n, const std::string& of) const {
        if (small(n)) return text("small");
        return linked_ && n > 0 ? html::anchor(href(of), html::grouped(n)) : text(html::grouped(n));
    }
    std::string href(const std::string& of, const std::string& code = "", std::string_view returns = "") const {
        return list_href(period_, of, code, returns);
    }
    bool linked() const { return linked_; }

private:
    int threshold_;
    bool linked_;
    Period period_;
};

std::vector<html::TableCell> heads(std::initializer_list<const char*> names) {
    std::vector<html::TableCell> out;
    for (const char* name : names)
        out.push_back(out.empty() ? html::TableCell{.text = name}
                                  : html::TableCell{.text = name, .format = "numeric"});
    return out;
}

// Children and episodes side by side. A line whose children are kept back keeps its episodes back too.
Html tally_table(const Numbers& numbers, const std::string& caption, const std::string& first,
                 const std::vector<TallyLine>& lines, const std::string& of) {
    std::vector<int> children, episodes;
    int all = 0;
    for (const auto& line : lines) {
        children.push_back(line.tally.children);
        episodes.push_back(line.tally.episodes);
        all += line.tally.episodes;
    }
    const auto shown_children = numbers.kept(children);
    std::vector<bool> also;
    for (const auto& each : shown_children) also.push_back(!each);
    const auto shown_episodes = numbers.kept(episodes, also);
    html::Table table;
    table.caption = caption;
    table.head = heads({first.c_str(), "Episodes", "Share", "Children"});
    for (std::size_t i = 0; i < lines.size(); ++i)
        table.rows.push_back(
            html::row(lines[i].name, numbers.cell(shown_episodes[i], of, lines[i].code),
                      html::numeric(shown_episodes[i] ? percent(lines[i].tally.episodes, all) : std::string()),
                      numbers.cell(shown_children[i], of, lines[i].code)));
    return html::working_table(table);
}

struct ReturnGroup {
    std::string name, of, code;  // of and code: of the list
    ReturnTally tally;
};
Html returns_table(const Numbers& numbers, const std::string& caption, const std::vector<ReturnGroup>& groups) {
    html::Table table;
    table.caption = caption;
    table.head = heads({"Returns", "Number", "Share"});
    for (const auto& group : groups) {
        const auto& r = group.tally;
        table.rows.push_back(html::row(
            html::join(el("strong", group.name), "ended"),
            numbers.cell(numbers.small(r.ended) ? Shown{} : Shown{r.ended}, group.of, group.code, "ended"),
            html::numeric("")));
        for (const auto& fact : return_facts()) {
            const int n = r.*fact.count;
            const auto both = numbers.kept({n, r.ended - n});
            table.rows.push_back(html::row(group.name + std::string(fact.words),
                                           numbers.cell(both[0], group.of, group.code, fact.code),
                                           html::numeric(both[0] ? percent(n, r.ended) : std::string())));
        }
    }
    return html::working_table(table);
}

Html period_form(std::string_view action, const Period& period) {
    const auto day = [](const char* name, const char* label, base::Date value) {
        return html::input({.name = name,
                            .label = {.text = label},
                            .type = "date",
                            .value = base::to_iso(value),
                            .classes = "govuk-input--width-10"});
    };
    return el("form", html::attr("method", "get"), html::attr("action", action), html::cls("rowan-inline-form"),
              day("from", "First day", period.from), day("to", "Last day", period.to),
              html::button({.text = "Show", .classes = "govuk-button--secondary"}));
}

Html how_counted() {
    std::vector<Html> parts;
    for (const auto* m : {&kMissingChildren, &kMissingLookedAfter, &kMissingByArea, &kMissingByPlacement,
                          &kInterviewsByArea, &kMissingPlaces, &kReturnInterviews})
        parts.push_back(html::join(html::para(el("strong", m->title), " (", m->code, "; ", m->source, ")"),
                                   html::para(m->definition)));
    return html::details({.summary = "How this is counted", .text = html::join(parts)});
}

Html sub_pages() {
    return html::sub_navigation(
        {.items = {{.text = "Who knows which child (Table 1)", .href = "/profile"},
                   {.text = "Exclusions (Table 2)", .href = "/profile/exclusions"},
                   {.text = "Missing out on education (Table 3)", .href = "/profile/education-missing"},
                   {.text = "Missing (Tables 4 to 9)", .href = "/profile/missing", .current = true}}});
}

// The other pages of these figures, for the same period.
Html missing_pages(const Period& period, std::string_view current) {
    html::SubNavigation out{.label = "Missing"};
    for (const auto& [path, words] : {std::pair{"/profile/missing", "Tables 4 to 9"},
                                      {"/profile/missing/places", "Homes and places"},
                                      {"/profile/missing/gaps", "What is not known"},
                                      {"/profile/missing/questions", "Freedom of information"}})
        out.items.push_back(
            {.text = words, .href = std::string(path) + "?" + period_query(period), .current = current == path});
    return html::sub_navigation(out);
}

const TallyLine* blank_line(const partnership::Scheme& scheme, const std::vector<TallyLine>& lines) {
    for (const auto& line : lines)
        if (const auto* area = scheme.find_area(line.code); area && area->kind == partnership::AreaKind::blank)
            return &line;
    return nullptr;
}

http::Response tables_page(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto period = period_asked(visit);
    const auto t = visit.office.database.read(
        [&](Session& s) { return missing_tables(s, visit.office.scheme, period, sealed); });
    recorded(visit);
    const Numbers numbers(visit, period);
    PageBody body;
    body.title = "Missing children and return interviews";
    body.navigation = "performance";
    body.wide = true;
    std::vector<Html> parts{html::page_heading(body.title, period.title), sub_pages(),
                            missing_pages(period, "/profile/missing"), period_form("/profile/missing", period)};
    if (t.all.episodes + t.away.episodes + t.absent.episodes == 0) {
        parts.push_back(html::empty_note("Nobody was reported missing in this period."));
        parts.push_back(how_counted());
        body.body = html::join(parts);
        return page(visit, std::move(body));
    }
    const auto words = [&](int n) { return numbers.small(n) ? std::string("small") : html::grouped(n); };
    parts.push_back(html::stats({{.number = words(t.all.episodes),
                                  .label = "episodes",
                                  .href = numbers.linked() ? numbers.href("all") : ""},
                                 {.number = words(t.all.children), .label = "children"},
                                 {.number = numbers.small(t.returns.ended - t.returns.offered_in_time) ||
                                                    numbers.small(t.returns.offered_in_time)
                                                ? std::string("small")
                                                : percent(t.returns.offered_in_time, t.returns.ended),
                                  .label = "of returns offered an interview in time"}}));
    parts.push_back(html::para("Apart: away without authorisation, ", numbers.link(t.away.episodes, "away"),
                               " episodes of ", words(t.away.children), " children; absent (former category), ",
                               numbers.link(t.absent.episodes, "absent"), " of ", words(t.absent.children), "."));
    if (numbers.keeps_back())
        parts.push_back(html::inset_text(
            {.text =
                 "Small numbers, and others that would give them away, are kept back and shown as \"small\"."}));
    parts.push_back(html::heading(2, "Table 4: missing children"));
    parts.push_back(tally_table(numbers, "By month", "Month", t.months, "month"));
    parts.push_back(tally_table(numbers, "How often one child was missing", "Times", t.times, "times"));
    parts.push_back(tally_table(numbers, "Looked after when they went missing", "Children",
                                {{"yes", "Looked after", t.looked_after}, {"no", "Not looked after", t.others}},
                                "looked-after"));
    const auto repeats = [&](int repeat, const Tally& all) {
        return numbers.small(repeat) || numbers.small(all.children - repeat) ? std::string("small")
                                                                             : percent(repeat, all.children);
    };
    parts.push_back(html::para("Missing more than once: ", repeats(t.repeat_looked_after, t.looked_after),
                               " of the looked-after children, ", repeats(t.repeat_others, t.others),
                               " of the others."));
    parts.push_back(html::heading(2, "Table 5: looked-after children and their return interviews"));
    parts.push_back(returns_table(numbers, "What became of the returns of looked-after children",
                                  {{"", "looked-after", "yes", t.returns_looked_after}}));
    parts.push_back(html::heading(2, "Table 6: by home area"));
    parts.push_back(tally_table(numbers, "Outside: a home in another county, reported missing here", "Home area",
                                t.areas, "area"));
    if (const auto* blank = blank_line(visit.office.scheme, t.areas); blank && blank->tally.episodes > 0)
        parts.push_back(html::para(
            "Without a postcode: ", words(blank->tally.episodes),
            numbers.small(blank->tally.episodes) ? std::string(".")
                                                 : " (" + percent(blank->tally.episodes, t.all.episodes) + "). ",
            numbers.linked() ? html::anchor(numbers.href("area", blank->code), "Mend them") : Html{}));
    parts.push_back(html::heading(2, "Tables 7 and 8: looked-after children by placement area"));
    parts.push_back(tally_table(numbers, "Outside: looked after by this authority, placed outside the county",
                                "Placement area", t.placements, "placement"));
    parts.push_back(html::heading(2, "Table 9: return interviews by home area"));
    {
        std::vector<int> offered, completed, episodes;
        for (const auto& line : t.interviews) {
            offered.push_back(line.offered);
            completed.push_back(line.completed);
            episodes.push_back(line.episodes);
        }
        const auto o = numbers.kept(offered), c = numbers.kept(completed), e = numbers.kept(episodes);
        html::Table table;
        table.caption = "An interview counts once, however many episodes it is about";
        table.head = heads({"Home area", "Interviews offered", "Completed", "Episodes they are about"});
        for (std::size_t i = 0; i < t.interviews.size(); ++i)
            table.rows.push_back(html::row(t.interviews[i].name,
                                           numbers.cell(o[i], "interviews", t.interviews[i].code),
                                           numbers.cell(c[i], "interviews", t.interviews[i].code, "completed"),
                                           numbers.cell(e[i], "interviews", t.interviews[i].code, "completed")));
        parts.push_back(html::working_table(table));
    }
    parts.push_back(html::heading(2, "From home and from care"));
    parts.push_back(tally_table(numbers, "K-PROT-3a and 3b", "From",
                                {{"home", "Home", t.home}, {"care", "Care", t.care}}, "context"));
    parts.push_back(returns_table(
        numbers, "K-PROT-3c and 3d: what became of the returns",
        {{"From home: ", "context", "home", t.home_returns}, {"From care: ", "context", "care", t.care_returns}}));
    if (numbers.linked())
        parts.push_back(html::para(
            html::anchor(numbers.href("all", "", "not-offered"), "Returns without an offer"), "; ",
            html::anchor(numbers.href("all", "", "not-completed"), "returns without an interview"), "."));
    parts.push_back(how_counted());
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

// --- homes and places -------------------------------------------------------------------------------------------

Html home_table(const Numbers& numbers, const MissingTables& t) {
    std::vector<int> children, episodes;
    for (const auto& home : t.homes) {
        children.push_back(home.line.tally.children);
        episodes.push_back(home.line.tally.episodes);
    }
    children.push_back(t.other_placements.children);
    episodes.push_back(t.other_placements.episodes);
    const auto c = numbers.kept(children);
    std::vector<bool> also;
    for (const auto& each : c) also.push_back(!each);
    const auto e = numbers.kept(episodes, also);
    html::Table table;
    table.caption = "Looked-after children missing from each home";
    table.head = {{.text = "Home"},
                  {.text = "Area"},
                  {.text = "Episodes", .format = "numeric"},
                  {.text = "Children", .format = "numeric"}};
    for (std::size_t i = 0; i < t.homes.size(); ++i) {
        const auto& home = t.homes[i];
        table.rows.push_back(html::row(
            html::join(home.line.name, html::when(home.exploitation_placements,
                                                  html::join(" ", html::tag({.text = "Takes exploited children",
                                                                             .classes = "govuk-tag--grey"})))),
            home.area, numbers.cell(e[i], "children-home", home.line.code),
            numbers.cell(c[i], "children-home", home.line.code)));
    }
    table.rows.push_back(html::row("Another placement", "", numbers.cell(e.back(), "other-placement"),
                                   numbers.cell(c.back(), "other-placement")));
    return html::working_table(table);
}

// S-075: the map stands on what the partnership loaded (rowan postcodes); without it the tables stand alone.
html::MapChart county_map(Session& s, const partnership::Scheme& scheme, const Numbers& numbers,
                          const MissingTables& t) {
    html::MapChart map{.id = "map",
                       .title = "Episodes by home area, children’s homes and places",
                       .description = "",
                       .legend = {}};
    const auto cells = protect::missing::store::ground(s);
    std::vector<int> episodes;
    for (const auto& line : t.areas) episodes.push_back(line.tally.episodes);
    const auto kept = numbers.kept(episodes);
    for (std::size_t i = 0; i < t.areas.size(); ++i)
        if (const auto found = cells.find(t.areas[i].code); found != cells.end())
            map.regions.push_back({t.areas[i].name, found->second, shown(kept[i])});
    const auto mark = [&](const std::string& postcode, const std::string& name, int n, html::MapSymbol symbol,
                          bool marked) {
        if (const auto at = protect::missing::store::spot_of(s, postcode))
            map.marks.push_back({name, static_cast<double>(at->first), static_cast<double>(at->second),
                                 numbers.keeps_back() ? 0.0 : n, symbol, marked});
    };
    for (std::size_t i = 0; i < scheme.homes.size(); ++i)
        mark(scheme.homes[i].postcode, scheme.homes[i].name, t.homes[i].line.tally.episodes, html::MapSymbol::home,
             scheme.homes[i].exploitation_placements);
    for (std::size_t i = 0; i < scheme.places.size(); ++i)
        mark(scheme.places[i].postcode, scheme.places[i].name, t.places[i].tally.episodes, html::MapSymbol::place,
             false);
    map.description = std::to_string(map.regions.size()) + " areas, " + std::to_string(map.marks.size()) +
                      " homes and places; a larger sign means more episodes.";
    map.legend = {{html::MapSymbol::home, "Children’s home; with a dark edge: takes exploited children"},
                  {html::MapSymbol::place, "Place where young people were found"}};
    return map;
}

http::Response places_page(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto period = period_asked(visit);
    const auto& scheme = visit.office.scheme;
    const Numbers numbers(visit, period);
    MissingTables t;
    html::MapChart map;
    visit.office.database.read([&](Session& s) {
        t = missing_tables(s, scheme, period, sealed);
        map = county_map(s, scheme, numbers, t);
        return 0;
    });
    recorded(visit);
    PageBody body;
    body.title = "Homes and places";
    body.navigation = "performance";
    body.wide = true;
    auto places = t.places;
    places.push_back({"elsewhere", "Somewhere else, or not said", t.elsewhere});
    const Html areas = tally_table(numbers, "By home area", "Home area", t.areas, "area");
    std::vector<Html> parts{html::page_heading(body.title, period.title), sub_pages(),
                            missing_pages(period, "/profile/missing/places"),
                            period_form("/profile/missing/places", period)};
    if (map.regions.empty() && map.marks.empty())
        parts.push_back(html::inset_text(
            {.text =
                 "There is no map yet: ask your administrator to load the file of postcodes (rowan postcodes)."}));
    parts.push_back(html::map_chart(map, areas));
    if (!t.homes.empty()) parts.push_back(home_table(numbers, t));
    const auto small = [&](int n) { return numbers.small(n) ? std::string("small") : html::grouped(n); };
    parts.push_back(html::para(
        "Looked after by another authority and missing here: ", numbers.link(t.outsiders.episodes, "outsiders"),
        " episodes of ", small(t.outsiders.children), " children."));
    if (!t.places.empty())
        parts.push_back(tally_table(numbers, "Where they were found", "Place", places, "place"));
    parts.push_back(how_counted());
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

// --- what is not known ------------------------------------------------------------------------------------------

http::Response gaps_page(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto period = period_asked(visit);
    const auto gaps = visit.office.database.read(
        [&](Session& s) { return missing_gaps(s, visit.office.scheme, period, sealed); });
    recorded(visit);
    const Numbers numbers(visit, period);
    html::Table table;
    table.caption = "Each gap, and what to do about it";
    table.caption_classes = "govuk-visually-hidden";
    table.head = {{.text = "Gap"},
                  {.text = "Episodes", .format = "numeric"},
                  {.text = "Of", .format = "numeric"},
                  {.text = "Share", .format = "numeric"},
                  {.text = "To mend it"}};
    for (const auto& gap : gaps) {
        const auto kept = numbers.kept({gap.episodes, gap.of - gap.episodes});
        table.rows.push_back(html::row(std::string(gap.text), numbers.cell(kept[0], "gap", std::string(gap.code)),
                                       html::numeric(numbers.small(gap.of) ? "small" : html::grouped(gap.of)),
                                       html::numeric(kept[0] ? percent(gap.episodes, gap.of) : ""),
                                       std::string(gap.mend)));
    }
    PageBody body;
    body.title = "What is not known";
    body.navigation = "performance";
    body.wide = true;
    body.body = html::join(
        html::page_heading(body.title, period.title), sub_pages(), missing_pages(period, "/profile/missing/gaps"),
        period_form("/profile/missing/gaps", period),
        html::para(
            "Blanks are counted and never guessed. Each number opens its list; on an episode it can be mended."),
        html::working_table(table));
    return page(visit, std::move(body));
}

// --- freedom of information -------------------------------------------------------------------------------------

std::vector<MissingAnswer> answers_for(Visit& visit, const people::PeopleDesk& desk, const Period& period) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const int threshold =
        visit.office.scheme.parameters_on(base::london_date(visit.office.clock.now())).small_number_threshold;
    recorded(visit);
    return visit.office.database.read(
        [&](Session& s) { return missing_answers(s, visit.office.scheme, period, threshold, sealed); });
}

http::Response questions_page(Visit& visit, const people::PeopleDesk& desk) {
    const auto period = period_asked(visit);
    const auto answers = answers_for(visit, desk, period);
    html::Table table;
    table.caption = "Questions and answers";
    table.caption_classes = "govuk-visually-hidden";
    table.head = {{.text = "Question"}, {.text = "Answer", .format = "numeric"}};
    const Numbers numbers(visit, period);
    for (const auto& answer : answers)
        table.rows.push_back(
            html::row(answer.question, numbers.cell(answer.shown, std::string(answer.list.of),
                                                    std::string(answer.list.code), answer.list.returns)));
    PageBody body;
    body.title = "Questions under the Freedom of Information Act";
    body.navigation = "performance";
    body.wide = true;
    body.body = html::join(
        html::page_heading(body.title, period.title), sub_pages(),
        missing_pages(period, "/profile/missing/questions"), period_form("/profile/missing/questions", period),
        html::para("What requests about missing children ask, answered for the public: small numbers are kept "
                   "back, for everybody who reads this page, with those that would give them away."),
        html::button({.text = "Download as CSV",
                      .href = "/profile/missing/questions.csv?" + period_query(period),
                      .classes = "govuk-button--secondary"}),
        html::working_table(table), how_counted());
    return page(visit, std::move(body));
}

http::Response questions_file(Visit& visit, const people::PeopleDesk& desk) {
    const auto period = period_asked(visit);
    return partnership::csv_file("missing-children-questions.csv", to_csv(answers_for(visit, desk, period)));
}

struct Asked {
    MissingFilter filter;
    std::string title;
};

// Lists whose address names no part, or one of two.
struct Whole {
    std::string_view of, code, title;
    MissingFilter::Of filter;
};
constexpr Whole kWhole[] = {
    {"away", "", "Away without authorisation", MissingFilter::Of::away},
    {"absent", "", "Absent, the former category", MissingFilter::Of::absent},
    {"looked-after", "yes", "Episodes of looked-after children", MissingFilter::Of::looked_after},
    {"looked-after", "no", "Episodes of children who were not looked after", MissingFilter::Of::others},
    {"context", "home", "Episodes from home", MissingFilter::Of::home},
    {"context", "care", "Episodes from care", MissingFilter::Of::care},
    {"other-placement", "", "Episodes from another placement", MissingFilter::Of::other_placement},
    {"outsiders", "", "Looked after by another authority", MissingFilter::Of::outsiders},
    {"place", "elsewhere", "Found somewhere else, or not said", MissingFilter::Of::elsewhere},
};

Asked episodes_asked(const Visit& visit) {
    using Of = MissingFilter::Of;
    const auto& of = visit.request.query.get("of");
    const auto& code = visit.request.query.get("code");
    const auto& scheme = visit.office.scheme;
    for (const auto& whole : kWhole)
        if (of == whole.of && code == whole.code) return {{whole.filter, "", ""}, std::string(whole.title)};
    const auto named = [&](Of filter, const std::string& words, const auto* part) {
        return Asked{{filter, code, ""}, part ? words + ": " + std::string(part->name) : words};
    };
    const auto* area = scheme.find_area(code);
    const auto in_area = area ? ": " + std::string(area->name()) : "";
    if (of == "area") return {{Of::area, code, ""}, "Episodes by home area" + in_area};
    if (of == "placement") return {{Of::placement, code, ""}, "Episodes by placement area" + in_area};
    if (of == "month") return {{Of::month, code, ""}, "Episodes by month"};
    if (of == "times") return {{Of::times, code, ""}, "Episodes by how often one child was missing"};
    if (of == "children-home")
        return named(Of::children_home, "Episodes from a children’s home", scheme.find_home(code));
    if (of == "place") return named(Of::place, "Found", scheme.find_place(code));
    if (of == "gap") return {{Of::gap, code, ""}, "To mend"};
    if (of == "question") return {{Of::question, code, ""}, "Episodes that a question asks about"};
    return {{}, "Missing episodes"};
}

Asked filter_asked(const Visit& visit) {
    auto out = episodes_asked(visit);
    const auto& returns = visit.request.query.get("returns");
    if (returns.empty()) return out;
    out.filter.returns = returns;
    std::string words = returns == "not-offered"     ? "no interview offered"
                        : returns == "not-completed" ? "no interview held"
                                                     : "ended";
    for (const auto& fact : return_facts())
        if (fact.code == returns) words = fact.words;
    out.title += ": " + words;
    return out;
}

// One page of a list. Each of its people is looked at and recorded; whom the reader may not see is counted and not
// shown.
class ListPage {
public:
    ListPage(Visit& visit, const people::PeopleDesk& desk, std::size_t total)
        : visit_(visit), desk_(desk), total_(total) {
        at_ = html::page_asked(visit.request.query.get("page"), pages());
    }
    std::size_t first() const { return (at_ - 1) * kRowsOfAPage; }
    std::size_t last() const { return std::min(total_, first() + kRowsOfAPage); }
    // The name to show, or nothing; then no row is made.
    std::optional<std::string> name_of(const std::string& person, std::string_view kind, const std::string& id) {
        const auto sight = desk_.sight(visit_.viewer, person, partnership::Purpose::figures);
        if (sight.sight != people::Sight::full) return std::nullopt;
        const auto names = desk_.lines(visit_.viewer, {person}, partnership::Purpose::figures);
        visit_.looked_at(kind, id, sight.rule, "list");
        ++listed_;
        return names.empty() ? std::string() : names.front().name;
    }
    http::Response shown(const std::string& title, const Period& period, std::string_view of_what,
                         html::Table table) const {
        PageBody body;
        body.title = title;
        body.navigation = "performance";
        body.back_link = "/profile/missing?" + period_query(period);
        body.wide = true;
        table.caption = title;
        table.caption_classes = "govuk-visually-hidden";
        std::vector<Html> parts{html::page_heading(title, period.title)};
        if (total_ == 0) {
            parts.push_back(html::empty_note("There is nothing in this list."));
        } else {
            parts.push_back(html::list_count(first() + 1, last(), total_, of_what));
            if (listed_ > 0) parts.push_back(html::working_table(table));
            if (const auto hidden = last() - first() - listed_; hidden > 0)
                parts.push_back(html::para(html::grouped(static_cast<std::int64_t>(hidden)),
                                           " more on this page are counted but not shown: your role does not let "
                                           "you see whom they are about."));
            const auto& query = visit_.request.query;
            parts.push_back(html::page_links(
                at_, pages(), list_href(period, query.get("of"), query.get("code"), query.get("returns"))));
        }
        body.body = html::join(parts);
        return page(visit_, std::move(body));
    }

private:
    std::size_t pages() const { return std::max<std::size_t>(1, (total_ + kRowsOfAPage - 1) / kRowsOfAPage); }

    Visit& visit_;
    const people::PeopleDesk& desk_;
    std::size_t total_, at_ = 1, listed_ = 0;
};

// Whoever may open what is listed mends it there.
bool opens(const Visit& visit) { return visit.viewer.has(Permission::report_missing); }

http::Response interview_list(Visit& visit, const people::PeopleDesk& desk) {
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto period = period_asked(visit);
    const auto& scheme = visit.office.scheme;
    const auto& area = visit.request.query.get("code");
    const bool held = visit.request.query.get("returns") == "completed";
    const auto all = visit.office.database.read(
        [&](Session& s) { return interviews_behind(s, scheme, period, area, held, sealed); });
    recorded(visit);
    ListPage list(visit, desk, all.size());
    html::Table table;
    table.head = {{.text = "Offered"},
                  {.text = "Held"},
                  {.text = "Episodes it was held about", .format = "numeric"},
                  {.text = "Young person"}};
    for (auto i = list.first(); i < list.last(); ++i) {
        const auto& line = all[i];
        const auto name = list.name_of(line.person, "return_interview", line.id);
        if (!name) continue;
        const auto when = html::time_of(line.offered);
        table.rows.push_back(html::row(opens(visit) ? html::anchor("/missing/interviews/" + line.id, when) : when,
                                       line.completed ? html::time_of(*line.completed) : text("Not held"),
                                       html::numeric(html::grouped(line.episodes)), *name));
    }
    const auto* named = scheme.find_area(area);
    return list.shown(std::string(held ? "Return interviews held" : "Return interviews offered") +
                          (named ? ": " + std::string(named->name_on(period.to)) : ""),
                      period, "interviews", std::move(table));
}

http::Response list_page(Visit& visit, const people::PeopleDesk& desk) {
    if (visit.request.query.get("of") == "interviews") return interview_list(visit, desk);
    const auto sealed = desk.sealed_out(visit.viewer);
    const auto period = period_asked(visit);
    const auto asked = filter_asked(visit);
    const auto all = visit.office.database.read(
        [&](Session& s) { return episodes_behind(s, visit.office.scheme, period, asked.filter, sealed); });
    recorded(visit);
    ListPage list(visit, desk, all.size());
    html::Table table;
    table.head = html::columns("Reference", "Missing from", "Area", "Young person");
    for (auto i = list.first(); i < list.last(); ++i) {
        const auto& line = all[i];
        const auto name = list.name_of(line.person, "missing_episode", line.id);
        if (!name) continue;
        const auto* area = visit.office.scheme.find_area(line.area);
        table.rows.push_back(
            html::row(opens(visit) ? html::anchor("/missing/" + line.id, line.ref) : text(line.ref),
                      html::time_of(line.missing_from), area ? std::string(area->name()) : line.area, *name));
    }
    return list.shown(asked.title, period, "episodes", std::move(table));
}

}  // namespace

void add_missing_table_routes(partnership::Routes& routes, const people::PeopleDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto figures = [&](std::string pattern, http::Response (*show)(Visit&, const people::PeopleDesk&)) {
        routes.get(
            std::move(pattern), Access::needs(Permission::see_profile), AuditClass::aggregate(), Limits::page(),
            [&desk, show](Visit& v) { return show(v, desk); }, "performance");
    };
    figures("/profile/missing", tables_page);
    figures("/profile/missing/places", places_page);
    figures("/profile/missing/gaps", gaps_page);
    figures("/profile/missing/questions", questions_page);
    figures("/profile/missing/questions.csv", questions_file);
    routes.get(
        "/profile/missing/list", Access::needs(Permission::see_profile_lists), AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return list_page(v, desk); }, "performance");
}

}  // namespace rowan::insight
