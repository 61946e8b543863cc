// Which agencies come in, and shutting one out in one step.
#include "html/casework.h"
#include "partnership/accounts.h"
#include "partnership/agency_access.h"
#include "partnership/front.h"
#include "partnership/proof.h"

#include <algorithm>

namespace rowan::partnership {

namespace {

using database::Session;
using html::Html;

Html state_of(const AgencyAccess& line, const std::string& by) {
    if (!line.shut_at) return html::tag({.text = "Open", .classes = "govuk-tag--green"});
    return html::join(html::tag({.text = "Shut out", .classes = "govuk-tag--red"}), html::el("br"),
                      html::el("span", html::cls("govuk-hint"), "By ", by, ", ", html::time_of(*line.shut_at)));
}

http::Response agencies_page(Visit& visit) {
    html::Table table;
    table.caption = "Agencies";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Agency", "Accounts in use", "Signed in now", "They sign in", "State", "Change");
    visit.office.database.read([&](Session& s) {
        for (const auto& line : agency_access(visit.office, s)) {
            const auto link = html::anchor("/agencies/" + line.agency, line.shut_at ? "Let in again" : "Shut out",
                                           " " + line.name);
            table.rows.push_back(
                html::row(line.name, std::to_string(line.accounts), std::to_string(line.signed_in),
                          line.elsewhere ? "At their agency" : "With a password",
                          state_of(line, line.shut_at ? shown_user(s, line.shut_by).name : ""), link));
        }
    });
    PageBody body;
    body.title = "Agencies";
    body.navigation = "agencies";
    body.wide = true;
    body.body = html::join(
        html::page_heading(body.title),
        html::para("If an agency's accounts may be in wrong hands, shut it out: everybody of it is signed "
                   "out at once and nobody of it comes in until you let them."),
        html::working_table(table));
    return page(visit, std::move(body));
}

http::Response agency_page(Visit& visit, std::string_view error = {}) {
    const auto& code = visit.parameter("agency");
    const auto all = visit.office.database.read([&](Session& s) { return agency_access(visit.office, s); });
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const AgencyAccess& a) { return a.agency == code; });
    if (found == all.end()) return not_there(visit);
    const bool shut = found->shut_at.has_value();
    PageBody body;
    body.title = (shut ? "Let in again: " : "Shut out: ") + found->name;
    body.navigation = "agencies";
    body.back_link = "/agencies";
    body.error = !error.empty();
    body.status = error.empty() ? 200 : 403;
    std::vector<Html> parts;
    const std::string field(place_of_proof(visit));
    if (!error.empty()) parts.push_back(html::error_summary({.error_list = {{.text = error, .href = field}}}));
    parts.push_back(html::page_heading(body.title));
    parts.push_back(shut ? html::para("Its people can sign in again. Sessions that were ended stay ended.")
                         : html::para("Accounts in use: ", std::to_string(found->accounts),
                                      ". Signed in now: ", std::to_string(found->signed_in),
                                      ". Everybody of it is signed out with the next page that "
                                      "they open, and nobody of it comes in until an administrator lets them."));
    if (!shut && code == visit.viewer.agency)
        parts.push_back(
            html::warning_text({.text = "This is your own agency: you are signed out too. Another agency's "
                                        "administrator, or whoever runs the server, lets you in again."}));
    parts.push_back(proof_first(visit, "/agencies"));
    parts.push_back(
        post_form(visit, "/agencies/" + code + (shut ? "/open" : "/shut"),
                  html::join(proof_field(visit, error),
                             html::button({.text = shut ? "Let them in again" : "Shut this agency out now",
                                           .classes = shut ? "" : "govuk-button--warning"}))));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response change_agency(Visit& visit, bool shut) {
    const auto& agency = visit.parameter("agency");
    if (visit.office.demonstration && agency == visit.viewer.agency)
        return problem(visit, base::refused("The demonstration has no other administrator who could let you in "
                                            "again. Shut out another agency."));
    if (const auto proof = step_up(visit.office, visit.viewer, visit.form.get("code")); !proof.ok())
        return agency_page(visit, proof.error().message);
    const auto done = visit.office.database.write([&](Session& s) {
        return shut ? shut_agency(visit.office, s, agency, visit.viewer.user_id)
                    : open_agency(visit.office, s, agency, visit.viewer.user_id);
    });
    return done.ok() ? http::redirect("/agencies") : problem(visit, done.error());
}

}  // namespace

void add_agency_routes(Routes& routes) {
    using A = AuditClass;
    const auto access = Access::needs(Permission::manage_users);
    routes.get("/agencies", access, A::nothing_personal(), Limits::page(), agencies_page, "agencies");
    routes.get(
        "/agencies/{agency}", access, A::nothing_personal(), Limits::page(),
        [](Visit& v) { return agency_page(v); }, "agencies");
    routes.post(
        "/agencies/{agency}/shut", access, A::change(), Limits::form(),
        [](Visit& v) { return change_agency(v, true); }, "agencies");
    routes.post(
        "/agencies/{agency}/open", access, A::change(), Limits::form(),
        [](Visit& v) { return change_agency(v, false); }, "agencies");
}

}  // namespace rowan::partnership
