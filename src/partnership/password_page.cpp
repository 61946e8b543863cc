// Changing one's own password.
#include "html/casework.h"
#include "partnership/accounts.h"
#include "partnership/front.h"

namespace rowan::partnership {

namespace {

using html::Html;

// `field`: the one that the error is about.
http::Response password_page(Visit& visit, std::string_view error = {}, std::string_view field = {}) {
    const bool has_one = !visit.office.demonstration && !visit.viewer.elsewhere;
    const auto wrong = [&](std::string_view of) {
        return html::ErrorMessage{.text = !error.empty() && field == of ? error : std::string_view{}};
    };
    PageBody body;
    body.title = "Change your password";
    body.back_link = "/account";
    body.error = !error.empty();
    body.status = error.empty() ? 200 : 403;
    body.body = html::two_thirds(html::join(
        error.empty() ? Html{}
                      : html::error_summary(
                            {.error_list = {{.text = error, .href = has_one ? "#" + std::string(field) : ""}}}),
        html::page_heading(body.title),
        !has_one
            ? html::para(visit.office.demonstration ? "In a demonstration there are no passwords."
                                                    : "You sign in at your agency: change your password there.")
            : html::join(html::para("Everywhere else where you are signed in, you are signed out then."),
                         html::form({.action = "/account/password", .csrf_token = visit.csrf},
                                    html::join(html::password_input({.name = "old",
                                                                     .label = {.text = "Old password"},
                                                                     .error_message = wrong("old"),
                                                                     .autocomplete = "current-password"}),
                                               html::password_input(
                                                   {.name = "password",
                                                    .label = {.text = "New password, of 15 characters or more"},
                                                    .error_message = wrong("password"),
                                                    .autocomplete = "new-password"}),
                                               html::password_input({.name = "again",
                                                                     .label = {.text = "New password once more"},
                                                                     .error_message = wrong("again"),
                                                                     .autocomplete = "new-password"}),
                                               html::button({.text = "Change it"}))))));
    return page(visit, std::move(body));
}

http::Response changed_page(Visit& visit) {
    const auto& wanted = visit.form.get("password");
    if (wanted != visit.form.get("again"))
        return password_page(visit, "The two new passwords are not the same.", "again");
    const auto done = change_password(visit.office, visit.viewer,
                                      visit.request.cookies.get(session_cookie_name(visit.request.tls)),
                                      visit.form.get("old"), wanted);
    if (done.ok()) return http::redirect("/account");
    return password_page(visit, done.error().message,
                         done.error().kind == base::ErrorKind::refused ? "old" : "password");
}

}  // namespace

void add_password_routes(Routes& routes) {
    routes.get("/account/password", Access::signed_in(), AuditClass::nothing_personal(), Limits::page(),
               [](Visit& v) { return password_page(v); });
    routes.post("/account/password", Access::signed_in(), AuditClass::change(), Limits::form(), changed_page);
}

}  // namespace rowan::partnership
