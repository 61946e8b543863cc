#include "html/casework.h"
#include "partnership/accounts.h"
#include "partnership/front.h"
#include "partnership/identity.h"

#include <algorithm>
#include <tuple>

namespace rowan::partnership {

namespace {

using database::Session;
using html::attr, html::cls, html::el, html::Html;

Html demonstration_people(const Visit& visit) {
    auto accounts = visit.office.database.read([](Session& s) { return all_accounts(s); });
    // By agency in the scheme's order, and in an agency from those who work with children to those who look after
    // Rowan.
    const auto place = [&](const Account& account) {
        const auto& agencies = visit.office.scheme.agencies;
        const auto agency = std::find_if(agencies.begin(), agencies.end(),
                                         [&](const Agency& a) { return a.code == account.agency; });
        const auto role = account.roles.empty()
                              ? roles().end()
                              : std::find_if(roles().begin(), roles().end(),
                                             [&](const RoleFacts& r) { return r.code == account.roles.front(); });
        return std::tuple(agency - agencies.begin(), role - roles().begin(), account.display_name);
    };
    std::sort(accounts.begin(), accounts.end(),
              [&](const Account& a, const Account& b) { return place(a) < place(b); });
    std::vector<Html> people;
    for (const auto& account : accounts) {
        if (account.status != "active") continue;
        const auto* agency = visit.office.scheme.find_agency(account.agency);
        people.push_back(
            el("li", cls("rowan-persona"),
               html::form(
                   {.action = "/sign-in/demonstration", .csrf_token = visit.csrf},
                   html::join(el("input", attr("type", "hidden"), attr("name", "user"), attr("value", account.id)),
                              html::button({.text = account.display_name,
                                            .classes = "govuk-button--secondary govuk-!-margin-bottom-1"}),
                              el("p", cls("govuk-body-s govuk-!-margin-bottom-0"), account.post, el("br"),
                                 agency ? agency->name : account.agency)))));
    }
    return html::join(
        el("h2", cls("govuk-heading-m"), "Come in as one of these invented people"),
        el("p", cls("govuk-body"),
           "Each sees what their agency and role may see. Nothing you do here leaves this computer."),
        el("ul", cls("govuk-list rowan-personas"), people));
}

// One link an agency: its people come in there and not by a password here.
Html agencies_with_a_provider(const Visit& visit) {
    const auto bound = visit.office.database.read([&](Session& s) { return agency_providers(visit.office, s); });
    if (bound.empty()) return {};
    std::vector<Html> links;
    for (const auto& each : bound) {
        const auto* agency = visit.office.scheme.find_agency(each.agency);
        links.push_back(html::button({.text = agency ? agency->name : each.agency,
                                      .href = "/sign-in/agency/" + http::url_encode(each.agency),
                                      .classes = "govuk-button--secondary"}));
    }
    return html::join(html::heading(2, "Sign in at your agency"), html::button_group(links),
                      html::heading(2, "Sign in with a password"));
}

}  // namespace

http::Response sign_in_page(Visit& visit, std::string_view error, const std::string& name) {
    std::vector<Html> parts;
    if (!error.empty())
        parts.push_back(html::error_summary(
            {.error_list = {
                 {.text = error, .href = name.empty() || visit.office.demonstration ? "" : "#user_name"}}}));
    parts.push_back(el("h1", cls("govuk-heading-l"), "Sign in to Rowan"));
    if (visit.office.demonstration) {
        parts.push_back(demonstration_people(visit));
    } else {
        parts.push_back(agencies_with_a_provider(visit));
        parts.push_back(html::form(
            {.action = "/sign-in", .csrf_token = visit.csrf},
            html::join(html::input({.name = "user_name",
                                    .label = {.text = "User name"},
                                    .value = name,
                                    .autocomplete = "username",
                                    .autocapitalize = "none",
                                    .spellcheck = false,
                                    .classes = "govuk-input--width-20"}),
                       html::password_input({.name = "password", .label = {.text = "Password"}}),
                       html::input({.name = "code",
                                    .label = {.text = "Code"},
                                    .hint = {.text = "The 6 digits that your authenticator app shows now"},
                                    .inputmode = "numeric",
                                    .autocomplete = "one-time-code",
                                    .classes = "govuk-input--width-10"}),
                       html::button({.text = "Sign in"}))));
        parts.push_back(html::para("If you have a security key or a passkey, ",
                                   html::anchor("/sign-in/key", "sign in with it"), "."));
        parts.push_back(
            html::para("If you were given an invitation, ", html::anchor("/join", "use it here"), "."));
        parts.push_back(
            html::para("If you cannot sign in, ask your agency's Rowan administrator. Two people must agree "
                       "to give you a new code."));
    }
    PageBody body;
    body.title = "Sign in to Rowan";
    body.body = html::join(parts);
    body.error = !error.empty();
    body.status = error.empty() ? 200 : 403;
    return page(visit, std::move(body));
}

}  // namespace rowan::partnership
