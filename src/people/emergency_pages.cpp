#include "html/casework.h"
#include "partnership/front.h"
#include "partnership/proof.h"
#include "people/emergency_desk.h"

#include <algorithm>

namespace rowan::people {

namespace {

using html::el, html::Html;
using partnership::page, partnership::PageBody, partnership::Visit;

std::string title_of(std::string_view category) {
    const auto& all = emergency_categories();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.code == category; });
    return found == all.end() ? std::string(category) : std::string(found->title);
}

// The field that a sentence of the desk is about.
std::string field_of(const base::Error& error) {
    const auto starts = [&](std::string_view with) { return std::string_view(error.message).starts_with(with); };
    if (starts("Select what kind")) return "category";
    if (starts("Enter why")) return "reason";
    if (starts("The code")) return "code";
    if (starts("Prove again")) return "again";
    return "words";
}

http::Response emergency_page(Visit& visit, const base::Error* error = nullptr) {
    const auto field = error ? field_of(*error) : std::string{};
    const auto message = [&](std::string_view name) {
        return html::ErrorMessage{.text = field == name ? std::string_view(error->message) : std::string_view{}};
    };
    PageBody body;
    body.title = "Open a record in an emergency";
    body.navigation = "people";
    body.error = error != nullptr;
    std::vector<Html> parts;
    if (error)
        parts.push_back(html::error_summary({.error_list = {{.text = error->message, .href = "#" + field}}}));
    parts.push_back(html::page_heading(body.title));
    parts.push_back(html::para("If somebody is in danger now, call 999 first."));
    parts.push_back(
        html::para("This opens one record to you for four hours, even if your agency has nothing to do with the "
                   "person. Information governance is told at once and asks within two working days why you "
                   "needed it. Nobody is blamed for a good reason."));
    parts.push_back(partnership::proof_first(visit, "/emergency"));
    html::Radios category{.name = "category",
                          .fieldset = html::Fieldset{.legend = {.text = "What kind of emergency is it?",
                                                                .classes = "govuk-fieldset__legend--s"}},
                          .error_message = message("category"),
                          .value = visit.form.get("category")};
    for (const auto& each : emergency_categories())
        category.items.push_back({.value = std::string(each.code), .text = each.title});
    parts.push_back(partnership::post_form(
        visit, "/emergency",
        html::join(
            html::input(
                {.name = "words",
                 .label = {.text = "Whom do you need to see?", .classes = "govuk-label--s"},
                 .hint = {.text =
                              "An NHS number, a UPN, Rowan's reference, or the full name with the date of birth"},
                 .error_message = message("words"),
                 .value = visit.form.get("words"),
                 .autocomplete = "off"}),
            html::radios(category),
            html::textarea({.name = "reason",
                            .label = {.text = "Why do you need it now?", .classes = "govuk-label--s"},
                            .hint = {.text = "At least 20 characters. Do not name the person here."},
                            .error_message = message("reason"),
                            .value = visit.form.get("reason"),
                            .rows = 3}),
            partnership::proof_field(visit,
                                     field == "code" ? std::string_view(error->message) : std::string_view{}),
            html::button({.text = "Open the record", .classes = "govuk-button--warning"}))));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response open_page(Visit& visit, const EmergencyDesk& desk) {
    const auto& form = visit.form;
    const auto opened =
        desk.open(visit.viewer, form.get("words"), form.get("category"), form.get("reason"), form.get("code"));
    if (opened.ok()) return http::redirect("/people/" + *opened);
    if (opened.error().kind == base::ErrorKind::not_found || opened.error().kind == base::ErrorKind::unavailable)
        return partnership::problem(visit, opened.error());
    return emergency_page(visit, &opened.error());
}

Html review_form(const Visit& visit, const Emergency& each, const base::Error* error) {
    const auto& id = each.row.id;
    const bool here = error && visit.parameters.contains("id") && visit.parameter("id") == id;
    const bool note = here && error->message.starts_with("Enter");
    html::Radios outcome{
        .name = "outcome",
        .id_prefix = "outcome-" + id,
        .fieldset =
            html::Fieldset{.legend = {.text = "Was it justified?", .classes = "govuk-fieldset__legend--s"}},
        .error_message = {.text = here && !note ? std::string_view(error->message) : std::string_view{}},
        .items = {{.value = "justified", .text = "Yes"}, {.value = "not_justified", .text = "No"}},
        .value = here ? visit.form.get("outcome") : "",
        .classes = "govuk-radios--small govuk-radios--inline"};
    return partnership::post_form(
        visit, "/emergencies/" + id + "/review",
        html::join(
            html::radios(outcome),
            html::input({.name = "note",
                         .id = "note-" + id,
                         .label = {.text = "What you found, and what happens next"},
                         .error_message = {.text = note ? std::string_view(error->message) : std::string_view{}},
                         .value = here ? visit.form.get("note") : ""}),
            html::button({.text = html::join("Record the review",
                                             html::visually_hidden(" of " + each.name + ", " + each.ref)),
                          .classes = "govuk-button--secondary"})));
}

http::Response emergencies_page(Visit& visit, const EmergencyDesk& desk, const base::Error* error = nullptr) {
    const auto all = desk.all(visit.viewer);
    PageBody body;
    body.title = "Emergency looks";
    body.navigation = "emergencies";
    body.error = error != nullptr;
    std::vector<Html> waiting, done;
    for (const auto& each : all) {
        visit.looked_at("person", each.row.person, "oversight", "emergency");
        const auto what =
            html::join(html::para(el("strong", each.name), ", ", each.post, ", ", each.agency_name, ", opened ",
                                  each.ref, " at ", html::time_of(each.row.opened_at), "."),
                       html::para(title_of(each.row.category), ". ", each.row.reason));
        if (each.row.reviewed_at) {
            done.push_back(
                html::join(what, html::para(each.reviewed_by, " found it ",
                                            each.row.outcome == "justified" ? "justified" : "not justified",
                                            " at ", html::time_of(*each.row.reviewed_at), ". ", each.row.note)));
            continue;
        }
        const auto due = html::join(html::tag({.text = each.overdue ? "Overdue" : "To review",
                                               .classes = each.overdue ? "govuk-tag--red" : "govuk-tag--yellow"}),
                                    " by ", html::date_of(each.review_by));
        waiting.push_back(html::join(html::heading(2, each.ref + ", " + each.name, "m"), html::para(due), what,
                                     each.own
                                         ? html::para("You opened this yourself, so somebody else reviews it.")
                                         : review_form(visit, each, error)));
    }
    visit.looked_at("emergencies", "", "oversight", "waiting=" + std::to_string(waiting.size()));
    visit.why = "You can see this because you look after information governance.";
    std::vector<Html> parts;
    if (error)
        parts.push_back(html::error_summary(
            {.error_list = {{.text = error->message,
                             .href = (error->message.starts_with("Enter") ? "#note-" : "#outcome-") +
                                     visit.parameter("id")}}}));
    parts.push_back(html::page_heading(body.title));
    parts.push_back(
        html::para("Records that somebody opened in an emergency. Review each within two working days: ask who "
                   "opened it, and look at what they looked at."));
    parts.insert(parts.end(), waiting.begin(), waiting.end());
    if (waiting.empty()) parts.push_back(html::empty_note("Nothing waits for a review."));
    if (!done.empty()) parts.push_back(html::details({.summary = "Reviewed", .text = html::join(done)}));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response review_page(Visit& visit, const EmergencyDesk& desk) {
    const auto done =
        desk.review(visit.viewer, visit.parameter("id"), visit.form.get("outcome"), visit.form.get("note"));
    if (done.ok()) return http::redirect("/emergencies");
    if (done.error().kind == base::ErrorKind::invalid) return emergencies_page(visit, desk, &done.error());
    return partnership::problem(visit, done.error());
}

}  // namespace

void add_emergency_routes(partnership::Routes& routes, const EmergencyDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto search = Access::needs(Permission::search_people),
               oversee = Access::needs(Permission::oversee_protection);
    routes.get(
        "/emergency", search, AuditClass::nothing_personal(), Limits::page(),
        [](Visit& v) { return emergency_page(v); }, "people");
    routes.post(
        "/emergency", search, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return open_page(v, desk); }, "people");
    routes.get(
        "/emergencies", oversee, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return emergencies_page(v, desk); }, "emergencies");
    routes.post(
        "/emergencies/{id}/review", oversee, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return review_page(v, desk); }, "emergencies");
}

}  // namespace rowan::people
