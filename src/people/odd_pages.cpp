#include "html/casework.h"
#include "partnership/front.h"
#include "people/odd_desk.h"

namespace rowan::people {

namespace {

using html::el, html::Html;
using partnership::page, partnership::PageBody, partnership::Visit;

// A quarter of a year: what is older is asked about by other means.
constexpr std::chrono::days kLookedBack{12 * 7};

// The week that was asked for, if it is one of the last quarter's, or this one.
base::Date week_asked(const Visit& visit) {
    const std::chrono::sys_days today{base::london_date(visit.office.clock.now())};
    const auto asked = base::parse_iso_date(visit.request.query.get("week"));
    return asked && std::chrono::sys_days{*asked} <= today && today - std::chrono::sys_days{*asked} <= kLookedBack
               ? *asked
               : base::Date{today};
}

std::string address_of(const OddItem& item) {
    return "/odd-looks/" + item.look.user + "/" + std::string(name_of(item.look.kind)) + "/" +
           base::to_iso(item.week);
}
std::string mark_of(const OddItem& item) {
    return item.look.user.substr(0, 8) + "-" + std::string(name_of(item.look.kind));
}

Html review_form(const Visit& visit, const OddItem& item, const base::Error* error) {
    const bool here =
        error && visit.parameter("user") == item.look.user && visit.parameter("kind") == name_of(item.look.kind);
    const bool note = here && error->message.starts_with("Enter");
    html::Radios outcome{
        .name = "outcome",
        .id_prefix = "outcome-" + mark_of(item),
        .fieldset = html::Fieldset{.legend = {.text = html::join("What did you find?",
                                                                 html::visually_hidden(" " + item.name)),
                                              .classes = "govuk-fieldset__legend--s"}},
        .error_message = {.text = here && !note ? std::string_view(error->message) : std::string_view{}},
        .items = {{.value = "explained", .text = "There is a good reason"},
                  {.value = "passed_on", .text = "Passed on to their agency"}},
        .value = here ? visit.form.get("outcome") : "",
        .classes = "govuk-radios--small"};
    return partnership::post_form(
        visit, address_of(item),
        html::join(
            html::radios(outcome),
            html::input({.name = "note",
                         .id = "note-" + mark_of(item),
                         .label = {.text = "Whom you asked, and what they said"},
                         .error_message = {.text = note ? std::string_view(error->message) : std::string_view{}},
                         .value = here ? visit.form.get("note") : ""}),
            html::button({.text = html::join("Record the review", html::visually_hidden(" of " + item.name)),
                          .classes = "govuk-button--secondary"})));
}

http::Response odd_page(Visit& visit, const OddDesk& desk, base::Date day, const base::Error* error = nullptr) {
    const auto items = desk.week(visit.viewer, day);
    const std::chrono::sys_days days{day};
    const base::Date monday{days - (std::chrono::weekday{days} - std::chrono::Monday)};
    PageBody body;
    body.title = "Looks to ask about";
    body.navigation = "odd-looks";
    body.error = error != nullptr;
    std::vector<Html> parts;
    if (error)
        parts.push_back(html::error_summary(
            {.error_list = {{.text = error->message,
                             .href = (error->message.starts_with("Enter") ? "#note-" : "#outcome-") +
                                     visit.parameter("user").substr(0, 8) + "-" + visit.parameter("kind")}}}));
    parts.push_back(html::page_heading(body.title, html::join("Week of ", html::date_of(monday))));
    parts.push_back(html::para(
        "Most of these have a good reason. Ask each person, and write down what they said. The rules: a record of "
        "somebody with their own family name, or at a postcode "
        "that they declared; a search for themselves; twenty people within ten minutes; five people at night."));
    for (const auto& item : items) {
        parts.push_back(html::heading(2, item.name));
        parts.push_back(
            html::para(item.post, ", ", item.agency_name, ": ", sentence_of(item.look.kind), ", ",
                       static_cast<int>(item.look.count),
                       item.look.kind == OddKind::themselves ? (item.look.count == 1 ? " search" : " searches")
                                                             : (item.look.count == 1 ? " person" : " people"),
                       ", from ", html::time_of(item.look.first), " to ", html::time_of(item.look.last), "."));
        if (item.outcome.empty())
            parts.push_back(review_form(visit, item, error));
        else
            parts.push_back(html::para(
                item.reviewed_by, ": ",
                item.outcome == "explained" ? "there is a good reason. " : "passed on to their agency. ",
                item.note));
    }
    visit.looked_at("odd-looks", "", "oversight",
                    "week=" + base::to_iso(monday) + " items=" + std::to_string(items.size()));
    visit.why = "You can see this because you look after information governance.";
    if (items.empty()) parts.push_back(html::empty_note("Nothing to ask about in this week."));
    const auto before = std::chrono::sys_days{monday} - std::chrono::days{7};
    if (std::chrono::sys_days{base::london_date(visit.office.clock.now())} - before <= kLookedBack)
        parts.push_back(
            html::para(html::anchor("/odd-looks?week=" + base::to_iso(base::Date{before}), "The week before")));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response review_page(Visit& visit, const OddDesk& desk) {
    const auto week = base::parse_iso_date(visit.parameter("week"));
    if (!week) return partnership::not_there(visit);
    const auto done = desk.review(visit.viewer, visit.parameter("user"), visit.parameter("kind"), *week,
                                  visit.form.get("outcome"), visit.form.get("note"));
    if (done.ok()) return http::redirect("/odd-looks?week=" + base::to_iso(*week));
    if (done.error().kind == base::ErrorKind::invalid) return odd_page(visit, desk, *week, &done.error());
    return partnership::problem(visit, done.error());
}

}  // namespace

void add_odd_routes(partnership::Routes& routes, const OddDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto audit = Access::needs(Permission::see_audit);
    routes.get(
        "/odd-looks", audit, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return odd_page(v, desk, week_asked(v)); }, "odd-looks");
    routes.post(
        "/odd-looks/{user}/{kind}/{week}", audit, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return review_page(v, desk); }, "odd-looks");
}

}  // namespace rowan::people
