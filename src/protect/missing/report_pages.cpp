#include "base/text.h"
#include "people/looking_up.h"
#include "protect/missing/pages.h"
#include "protect/missing/report_fields.h"

namespace rowan::protect::missing::pages {

namespace {

using partnership::Permission;

constexpr std::size_t kMostFound = 10;

Html found_people(Visit& visit, const MissingDesk& desk, const std::string& typed) {
    const auto words = base::truncate(typed, 200);
    const auto found = desk.desk().people().find(visit.viewer, words, kMostFound);
    visit.looked_at(
        "search", "", "role",
        "results=" + std::to_string(found.size()) + " query=" + visit.office.audit.digest(base::fold(words)));
    visit.looks.back().act = "search";
    std::vector<Html> lines;
    for (const auto& line : found) {
        people::enter_found(visit, line);
        if (line.person.empty()) continue;
        lines.push_back(join(html::anchor("/missing/report?person=" + line.person, line.name), ", ",
                             line.born ? "born " + base::display(*line.born) : "date of birth not known", ", ",
                             line.ref));
    }
    return join(lines.empty() ? html::para("Nobody whom you may see matches.")
                              : join(html::heading(2, "Who is it?"), html::bullets(lines)),
                html::button({.text = "It is somebody else",
                              .href = "/missing/report?new=yes",
                              .classes = "govuk-button--secondary"}));
}

http::Response who_page(Visit& visit, const MissingDesk& desk) {
    const auto& q = visit.request.query.get("q");
    visit.looked_at("search", "", "role", "report-missing");
    visit.why = "You can report anybody missing.";
    const Html body =
        join(html::page_heading("Report somebody missing"), protect::pages::danger_notice(),
             el("form", html::attr("method", "get"), html::attr("action", "/missing/report"),
                html::input({.name = "q",
                             .label = {.text = "Who is missing?", .classes = "govuk-label--m"},
                             .hint = {.text = "Name, date of birth, NHS number, phone or postcode"},
                             .value = q}),
                html::button({.text = "Find them"})),
             q.empty() ? html::para(html::anchor("/missing/report?new=yes", "Nobody in Rowan can be them: go on"))
                       : found_people(visit, desk, q));
    return shown(visit, "Report somebody missing", html::two_thirds(body), "/missing");
}

Html new_person_fields(const http::Fields& form, const Problems& problems) {
    return join(text_field(form, "given_names", "First names", problems),
                text_field(form, "family_name", "Family name", problems),
                html::date_input({.id = "born",
                                  .name_prefix = "born",
                                  .fieldset = legend("Date of birth", "s"),
                                  .hint = {.text = "Leave it empty if you do not know it"},
                                  .error_message = {.text = error_of(problems, "born-day")},
                                  .values = {{"day", form.get("born-day")},
                                             {"month", form.get("born-month")},
                                             {"year", form.get("born-year")}}}),
                html::radios({.name = "sex",
                              .fieldset = legend("Sex", "s"),
                              .items = {{.value = "F", .text = "Female"},
                                        {.value = "M", .text = "Male"},
                                        {.value = "U", .text = "Not known"}},
                              .value = form.has("sex") ? form.get("sex") : "U",
                              .classes = "govuk-radios--inline govuk-radios--small"}));
}

http::Response report_form(Visit& visit, const MissingDesk& desk, const std::string& person,
                           const Problems& problems) {
    const auto& form = visit.form;
    const bool somebody_new = person.empty();
    const auto known = somebody_new ? std::nullopt : desk.subject(visit.viewer, person);
    if (!somebody_new && !known) return refused_page(visit, "person");
    visit.looked_at("person", known ? known->root : "", "report-missing");
    visit.why = "You can report anybody missing.";
    const auto title = known ? "Report " + known->name + " missing" : std::string("Report somebody missing");
    const Episode blank;
    const Html questions = partnership::post_form(
        visit, "/missing/report",
        join(hidden("person", known ? known->root : ""),
             when(somebody_new, [&] { return new_person_fields(form, problems); }),
             facts_fields(visit.office.scheme, form, problems, blank, true, visit.office.clock.now()),
             choose_one(form, "risk", "Risk", risks(), problems, "",
                        "Leave it empty if the police have not graded it yet"),
             html::details({.summary = "More that helps to find them",
                            .text = more_fields(form, problems, blank),
                            .open = !problems.empty()}),
             html::button({.text = "Report missing", .prevent_double_click = true})));
    const Html body = join(error_summary_of(problems, questions), html::page_heading(title),
                           protect::pages::danger_notice(), questions);
    return shown(visit, title, html::two_thirds(body), "/missing", !problems.empty());
}

http::Response report_page(Visit& visit, const MissingDesk& desk) {
    const auto& query = visit.request.query;
    if (!query.get("person").empty()) return report_form(visit, desk, query.get("person"), {});
    if (query.get("new") == "yes") return report_form(visit, desk, "", {});
    return who_page(visit, desk);
}

http::Response report(Visit& visit, const MissingDesk& desk) {
    const auto& form = visit.form;
    const auto& person = form.get("person");
    NewReport made;
    auto& e = made.episode;
    take_facts(form, e);
    e.risk = form.get("risk");
    const auto now = visit.office.clock.now();
    e.reported_at = now;
    Problems problems;
    if (person.empty()) {
        people::Identity who;
        who.given_names = form.get("given_names");
        who.family_name = form.get("family_name");
        who.sex = form.get("sex").empty() ? "U" : form.get("sex");
        who.postcode = form.get("home_postcode");
        if (!form.get("born-day").empty() || !form.get("born-year").empty()) {
            const auto born =
                people::parse_written_date(form.get("born-day"), form.get("born-month"), form.get("born-year"));
            if (born.ok())
                who.born = *born;
            else
                problems.push_back({"born-day", born.error().message});
        }
        for (auto& problem : people::check(who, base::london_date(now)))
            if (problem.field != "postcode") problems.push_back(std::move(problem));
        if (who.given_names.empty() && who.family_name.empty())
            problems.push_back({"given_names", "Enter a name, or what they are known as"});
        const auto day = base::london_date(e.missing_from);
        if (who.born && *who.born <= day) e.age_at = base::age_on(*who.born, day);
        made.identity = std::move(who);
    } else {
        const auto known = desk.subject(visit.viewer, person);
        if (!known) return refused_page(visit, "person");
        e.person = known->root;
        const auto day = base::london_date(e.missing_from);
        if (known->born && *known->born <= day) e.age_at = base::age_on(*known->born, day);
    }
    for (auto& problem : desk.problems_of(e, {})) problems.push_back(std::move(problem));
    check_time(form, "missing_from", problems);
    if (!typed_instant(form, "missing_from"))
        std::erase_if(problems, [](const auto& p) { return p.field == "reported_at"; });
    const auto key = once_key(visit, "report-missing");
    if (!problems.empty()) {
        // Sent twice: the episode is there already, and it is no overlap with itself.
        const auto again = desk.report_again(visit.viewer, key);
        if (again) return http::redirect("/missing/" + *again);
        return report_form(visit, desk, person, problems);
    }
    const auto id = desk.report(visit.viewer, std::move(made), key);
    return id.ok() ? http::redirect("/missing/" + *id) : partnership::problem(visit, id.error());
}

}  // namespace

void add_report_routes(Routes& routes, const MissingDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto reports = Access::needs(Permission::report_missing);
    routes.get(
        "/missing/report", reports, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return report_page(v, desk); }, "missing");
    routes.post(
        "/missing/report", reports, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return report(v, desk); }, "missing");
    auto& hooks = desk.desk().people().hooks;
    hooks.actions = [before = hooks.actions](auto& visit, const auto& person) {
        auto out = before ? before(visit, person) : std::vector<Html>{};
        if (may(visit.viewer, Permission::report_missing).allowed)
            out.push_back(html::button({.text = "Report missing",
                                        .href = "/missing/report?person=" + person.id,
                                        .classes = "govuk-button--secondary"}));
        return out;
    };
}

}  // namespace rowan::protect::missing::pages
