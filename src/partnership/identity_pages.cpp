// Signing in at an agency's own identity provider (identity_desk.h), and using an invitation.
#include "crypto/totp.h"
#include "html/casework.h"
#include "partnership/front.h"
#include "partnership/identity_desk.h"

namespace rowan::partnership {

namespace {

using database::Session;
using html::Html;

std::string origin_of(const http::Request& request) {
    return (request.tls ? "https://" : "http://") + request.headers.get("host");
}

// The way's cookie comes back with the browser from another site, which a Strict one would not; it opens nothing
// by itself.
std::string_view way_cookie_name(bool tls) { return tls ? "__Host-rowan-way" : "rowan-way"; }
std::string way_cookie(const http::Request& request, const std::string& token) {
    return std::string(way_cookie_name(request.tls)) + "=" + token +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + (token.empty() ? "0" : "660") +
           (request.tls ? "; Secure" : "");
}
const std::string& way_of(const Visit& visit) {
    return visit.request.cookies.get(way_cookie_name(visit.request.tls));
}

http::Response refused(Visit& visit, const base::Error& error) {
    auto out = visit.viewer.user_id.empty() ? sign_in_page(visit, error.message)
                                            : problem(visit, base::refused(error.message));
    out.header("Set-Cookie", way_cookie(visit.request, ""));
    return out;
}

http::Response go(Visit& visit, const base::Result<IdentityDesk::Begun>& begun) {
    if (!begun.ok()) return refused(visit, begun.error());
    auto out = http::redirect(begun->url);
    out.header("Set-Cookie", way_cookie(visit.request, begun->token));
    return out;
}

http::Response begin_page(Visit& visit, const IdentityDesk& desk) {
    if (!visit.viewer.user_id.empty()) return http::redirect("/");
    return go(visit, desk.begin(visit.parameter("agency"), origin_of(visit.request), {}));
}

http::Response prove_again_page(Visit& visit, const IdentityDesk& desk) {
    if (!visit.viewer.elsewhere)
        return problem(visit,
                       base::refused("You did not sign in at your agency. Where Rowan asks, enter a code."));
    return go(visit, desk.begin(visit.viewer.agency, origin_of(visit.request),
                                {.session = visit.request.cookies.get(session_cookie_name(visit.request.tls)),
                                 .next = visit.request.query.get("next")}));
}

// The browser has come from another site, so it does not send the session's Strict cookie yet, and would not on a
// redirect either: this page is ours, and what it opens by itself a moment later is asked for by us.
http::Response waiting_page(Visit& visit, std::string_view seconds) {
    PageBody body;
    body.title = "Signing you in";
    body.body = html::join(
        html::page_heading(body.title),
        html::para("This takes a moment. If nothing happens, ", html::anchor("/sign-in/waiting", "go on"), "."));
    auto out = page(visit, std::move(body));
    out.header("Refresh", std::string(seconds) + "; url=/sign-in/waiting");
    return out;
}

http::Response back_page(Visit& visit, IdentityDesk& desk) {
    const auto done =
        desk.came_back(visit.parameter("agency"), origin_of(visit.request), way_of(visit), visit.request.query);
    return done.ok() ? waiting_page(visit, "0") : refused(visit, done.error());
}

http::Response arrive_page(Visit& visit, const IdentityDesk& desk) {
    const auto arrival = desk.arrive(way_of(visit));
    if (!arrival.ok()) return refused(visit, arrival.error());
    if (arrival->waiting) return waiting_page(visit, "1");
    auto out = http::redirect(arrival->next);
    out.header("Set-Cookie", way_cookie(visit.request, ""));
    if (!arrival->session.empty()) out.header("Set-Cookie", session_cookie(visit.request, arrival->session));
    return out;
}

// OpenID Connect Back-Channel Logout 1.0 §2.8: sent by the provider's own server, without cookies.
http::Response logged_out_page(Visit& visit, IdentityDesk& desk) {
    const auto done = desk.logged_out(visit.parameter("agency"), visit.form.get("logout_token"));
    return done.ok() ? http::plain(200, "") : problem(visit, done.error());
}

http::Response join_page(Visit& visit, std::string_view error = {}) {
    PageBody body;
    body.title = "Use an invitation";
    body.back_link = "/sign-in";
    body.error = !error.empty();
    body.status = error.empty() ? 200 : 403;
    body.body = html::two_thirds(html::join(
        error.empty() ? Html{} : html::error_summary({.error_list = {{.text = error, .href = "#code"}}}),
        html::page_heading(body.title),
        html::para("An invitation gives you a way into your account. It works once. If two people gave you half "
                   "of the code each, enter one after the other."),
        html::form({.action = "/join", .csrf_token = visit.csrf},
                   html::join(html::input({.name = "user_name",
                                           .label = {.text = "User name"},
                                           .value = visit.form.get("user_name"),
                                           .autocomplete = "username",
                                           .autocapitalize = "none",
                                           .spellcheck = false,
                                           .classes = "govuk-input--width-20"}),
                              html::input({.name = "code",
                                           .label = {.text = "Invitation code"},
                                           .error_message = {.text = error},
                                           .autocomplete = "off",
                                           .autocapitalize = "none",
                                           .spellcheck = false,
                                           .classes = "govuk-input--width-30"}),
                              html::button({.text = "Go on"})))));
    return page(visit, std::move(body));
}

struct Invited {
    Invitation invitation;
    ShownUser owner;
    bool elsewhere = false;
};
// Nothing when the code is not this user name's; that is in the log then.
base::Result<std::optional<Invited>> invited(const Visit& visit) {
    return visit.office.database.write([&](Session& s) -> base::Result<std::optional<Invited>> {
        const auto found = invitation_for(visit.office, s, visit.form.get("user_name"), visit.form.get("code"));
        if (found) {
            const auto owner = shown_user(s, found->user);
            return std::optional(Invited{*found, owner, signs_in_elsewhere(s, owner.agency)});
        }
        visit.office.audit.append(s, {.act = "use-invitation", .subject_kind = "account", .outcome = "denied"});
        return std::optional<Invited>{};
    });
}
constexpr std::string_view kNoInvitation =
    "The user name or the code is not right, or the invitation is over. Check both, or ask for another";

// A form may lead nowhere but to Rowan (Content-Security-Policy), so the way to the agency is a link of its own.
http::Response go_to_agency_page(Visit& visit, const IdentityDesk& desk, const Invited& who) {
    const auto begun = desk.begin(who.owner.agency, origin_of(visit.request), {.invitation = who.invitation.id});
    if (!begun.ok()) return refused(visit, begun.error());
    const auto* agency = visit.office.scheme.find_agency(who.owner.agency);
    PageBody body;
    body.title = "Sign in at your agency";
    body.body = html::two_thirds(
        html::join(html::page_heading(body.title),
                   html::para("Next, sign in at ", agency ? agency->name : who.owner.agency,
                              " as you do every day. From then on that is how you come into Rowan."),
                   html::button({.text = "Go on to your agency", .href = begun->url})));
    auto out = page(visit, std::move(body));
    out.header("Set-Cookie", way_cookie(visit.request, begun->token));
    return out;
}

http::Response choose_password_page(Visit& visit, const Invited& who, std::string_view error = {}) {
    const bool about_code = error.starts_with("The code");
    const auto secret = invitation_secret(visit.office, who.invitation.id);
    PageBody body;
    body.title = "Choose a password";
    body.error = !error.empty();
    body.status = error.empty() ? 200 : 403;
    body.body = html::two_thirds(html::join(
        error.empty() ? Html{}
                      : html::error_summary(
                            {.error_list = {{.text = error, .href = about_code ? "#app_code" : "#password"}}}),
        html::page_heading(body.title),
        html::para("Put this key into an authenticator app, as an account by time: ",
                   html::el("strong", crypto::to_base32(secret)),
                   ". Keep it to yourself; nobody else has seen it."),
        html::form(
            {.action = "/join/password", .csrf_token = visit.csrf},
            html::join(html::hidden("user_name", visit.form.get("user_name")),
                       html::hidden("code", who.invitation.code),
                       html::password_input(
                           {.name = "password",
                            .label = {.text = "A password of 15 characters or more"},
                            .error_message = {.text = error.empty() || about_code ? std::string_view{} : error},
                            .autocomplete = "new-password"}),
                       html::input({.name = "app_code",
                                    .label = {.text = "Code"},
                                    .hint = {.text = "The 6 digits that your authenticator app shows now"},
                                    .error_message = {.text = about_code ? error : std::string_view{}},
                                    .inputmode = "numeric",
                                    .autocomplete = "one-time-code",
                                    .classes = "govuk-input--width-10"}),
                       html::button({.text = "Keep this password"})))));
    return page(visit, std::move(body));
}

http::Response invited_page(Visit& visit, const IdentityDesk& desk) {
    const auto found = invited(visit);
    if (!found.ok()) return problem(visit, found.error());
    if (!*found) return join_page(visit, kNoInvitation);
    return (*found)->elsewhere ? go_to_agency_page(visit, desk, **found) : choose_password_page(visit, **found);
}

http::Response password_page(Visit& visit) {
    const auto found = invited(visit);
    if (!found.ok()) return problem(visit, found.error());
    if (!*found || (*found)->elsewhere) return join_page(visit, kNoInvitation);
    const auto done = visit.office.database.write([&](Session& s) {
        return choose_password(visit.office, s, (*found)->invitation, visit.form.get("password"),
                               visit.form.get("app_code"));
    });
    return done.ok() ? http::redirect("/sign-in") : choose_password_page(visit, **found, done.error().message);
}

}  // namespace

void add_identity_routes(Routes& routes, IdentityDesk& desk) {
    using A = AuditClass;
    routes.get("/sign-in/agency/{agency}", Access::anyone(), A::change(), Limits::page(),
               [&desk](Visit& v) { return begin_page(v, desk); });
    routes.get("/sign-in/agency/{agency}/back", Access::anyone(), A::change(), Limits::page(),
               [&desk](Visit& v) { return back_page(v, desk); });
    routes.get("/sign-in/waiting", Access::anyone(), A::change(), Limits::page(),
               [&desk](Visit& v) { return arrive_page(v, desk); });
    routes.get("/sign-in/again", Access::signed_in(), A::change(), Limits::page(),
               [&desk](Visit& v) { return prove_again_page(v, desk); });
    routes.post("/sign-in/agency/{agency}/logout", Access::anyone(), A::change(), Limits::form(),
                [&desk](Visit& v) { return logged_out_page(v, desk); });
    routes.get("/join", Access::anyone(), A::nothing_personal(), Limits::page(),
               [](Visit& v) { return join_page(v); });
    routes.post("/join", Access::anyone(), A::change(), Limits::form(),
                [&desk](Visit& v) { return invited_page(v, desk); });
    routes.post("/join/password", Access::anyone(), A::change(), Limits::form(), password_page);
}

}  // namespace rowan::partnership
