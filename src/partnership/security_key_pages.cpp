#include "partnership/security_key_pages.h"

#include "base/text.h"
#include "html/casework.h"
#include "partnership/front.h"
#include "partnership/proof.h"
#include "partnership/security_keys.h"

#include <algorithm>

namespace rowan::partnership {

namespace {

using database::Session;
using html::el, html::Html;

constexpr std::string_view kNoName =
    "Rowan is open here under a number. Browsers keep keys only for a name: open Rowan by its name, and try "
    "again.";
constexpr std::string_view kNoAnswer =
    "Your browser sent no answer of a key. It needs JavaScript, and a key or a telephone that can be one.";

const std::string& session_of(const Visit& visit) {
    return visit.request.cookies.get(session_cookie_name(visit.request.tls));
}
std::optional<webauthn::Site> site_of(const Visit& visit) {
    return webauthn::site_of(visit.request.tls, visit.request.headers.get("host"));
}
KeyAnswer answer_of(const Visit& visit) {
    return {visit.form.get("credential"), visit.form.get("client_data"), visit.form.get("authenticator_data"),
            visit.form.get("signature")};
}

// The form that a script fills in; `what` is what it does with the browser's keys: "create" or "get".
struct KeyForm {
    std::string action;
    std::string_view what;
    std::string challenge;
    std::vector<SecurityKeyLine> keys;  // those to use, or those that are there already
};
Html key_form(const Visit& visit, const KeyForm& form, const Html& content) {
    std::string ids, algorithms;
    for (const auto& key : form.keys) ids += (ids.empty() ? "" : " ") + key.credential;
    for (const auto each : webauthn::kAlgorithms)
        algorithms += (algorithms.empty() ? "" : " ") + std::to_string(static_cast<int>(each));
    const auto site = site_of(visit);
    html::Attributes attributes{{"data-security-key", std::string(form.what)},
                                {"data-challenge", form.challenge},
                                {"data-host", site ? site->host : ""},
                                {"data-keys", ids}};
    if (form.what == "create") {
        attributes.push_back({"data-algorithms", algorithms});
        attributes.push_back({"data-user", base::to_base64url(visit.viewer.user_id)});
        attributes.push_back({"data-user-name", visit.viewer.user_name});
        attributes.push_back({"data-user-shown", visit.viewer.name});
    }
    std::vector<Html> fields;
    for (const auto* name : {"credential", "client_data", "authenticator_data", "signature"})
        fields.push_back(html::hidden(name, ""));
    return html::form({.action = form.action, .csrf_token = visit.csrf, .attributes = std::move(attributes)},
                      html::join(html::join(fields), content,
                                 el("p", html::cls("govuk-error-message"), html::attr("role", "alert"),
                                    html::attr("data-key-failed", ""))));
}

PageBody body_of(std::string title, std::string_view error) {
    PageBody body;
    body.title = std::move(title);
    body.error = !error.empty();
    body.status = error.empty() ? 200 : 403;
    return body;
}
Html summary_of(std::string_view error, std::string_view href = "") {
    if (error.empty()) return {};
    return html::error_summary({.error_list = {{.text = error, .href = std::string(href)}}});
}

// --- one's own keys ---------------------------------------------------------------------------------------------

Html keys_table(const std::vector<SecurityKeyLine>& keys) {
    if (keys.empty()) return html::empty_note("You have no security key yet.");
    html::Table table;
    table.caption = "Your keys";
    table.head = html::columns("Name", "Added", "Last used", "Remove");
    for (const auto& key : keys)
        table.rows.push_back(
            html::row(key.name, html::time_of(key.added_at),
                      key.last_used ? html::time_of(*key.last_used) : html::text("Not yet"),
                      html::anchor("/account/keys/" + key.id + "/remove", "Remove", " " + key.name)));
    return html::working_table(table);
}

// `place`: where on the page the error is mended.
http::Response keys_page(Visit& visit, std::string_view error = {}, std::string_view place = {}) {
    const auto keys =
        visit.office.database.read([&](Session& s) { return security_keys_of(s, visit.viewer.user_id); });
    auto body = body_of("Security keys and passkeys", error);
    body.back_link = "/account";
    std::vector<Html> parts{
        summary_of(error, place),
        html::page_heading(body.title),
        told_of_withheld_roles(visit),
        html::para("A security key, your telephone or your computer can prove that it is you, "
                   "with a PIN, your finger or your face. It works only at Rowan's own address, "
                   "so nobody can lead you to another page and take it from you. Add two, so "
                   "that losing one does not keep you out."),
        keys_table(keys),
        html::heading(2, "Add a key")};
    if (!site_of(visit))
        parts.push_back(html::inset_text({.text = kNoName}));
    else
        parts.push_back(html::join(
            proof_first(visit, "/account/keys"),
            key_form(
                visit,
                {"/account/keys", "create", new_challenge(visit.office, KeyPurpose::add, session_of(visit)), keys},
                html::join(html::input({.name = "name",
                                        .label = {.text = "Name of the key"},
                                        .hint = {.text = "Such as Blue key, or My telephone"},
                                        .error_message = {.text = place == "#name" ? error : std::string_view{}},
                                        .value = visit.form.get("name"),
                                        .autocomplete = "off",
                                        .classes = "govuk-input--width-20"}),
                           proof_field(visit, place == "#code" ? error : std::string_view{}),
                           html::button({.text = "Add this key", .id = "add"})))));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response add_key_page(Visit& visit) {
    const auto site = site_of(visit);
    if (!site) return keys_page(visit, kNoName);
    if (visit.form.get("client_data").empty()) return keys_page(visit, kNoAnswer, "#add");
    if (const auto proof = step_up(visit.office, visit.viewer, visit.form.get("code")); !proof.ok())
        return keys_page(visit, proof.error().message, place_of_proof(visit));
    const auto done = add_security_key(visit.office, visit.viewer, session_of(visit), *site, answer_of(visit),
                                       visit.form.get("name"));
    if (done.ok()) return http::redirect("/account/keys");
    return keys_page(visit, done.error().message,
                     done.error().kind == base::ErrorKind::invalid ? "#name" : "#add");
}

http::Response remove_page(Visit& visit, std::string_view error = {}) {
    const auto keys =
        visit.office.database.read([&](Session& s) { return security_keys_of(s, visit.viewer.user_id); });
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const SecurityKeyLine& k) { return k.id == visit.parameter("id"); });
    if (found == keys.end()) return not_there(visit);
    auto body = body_of("Remove " + found->name, error);
    body.back_link = "/account/keys";
    body.body = html::two_thirds(html::join(
        summary_of(error, place_of_proof(visit)), html::page_heading(body.title),
        html::para("It does not open your account any more, and everywhere else you are signed out."),
        html::when(keys.size() == 1 && role_needs_key(visit.office, visit.viewer),
                   html::warning_text({.text = "This is your only key, and your role works only with one."})),
        proof_first(visit, "/account/keys"),
        post_form(visit, "/account/keys/" + found->id + "/remove",
                  html::join(proof_field(visit, error),
                             html::button({.text = "Remove this key", .classes = "govuk-button--warning"})))));
    return page(visit, std::move(body));
}

http::Response removed_page(Visit& visit) {
    if (const auto proof = step_up(visit.office, visit.viewer, visit.form.get("code")); !proof.ok())
        return remove_page(visit, proof.error().message);
    const auto done = remove_security_key(visit.office, visit.viewer, session_of(visit), visit.parameter("id"));
    return done.ok() ? http::redirect("/account/keys") : problem(visit, done.error());
}

// --- proving with one -------------------------------------------------------------------------------------------

std::string next_of(const std::string& wanted) {
    const auto* found = std::find(std::begin(kAfterProof), std::end(kAfterProof), wanted);
    return found == std::end(kAfterProof) ? "/" : std::string(*found);
}

http::Response prove_page(Visit& visit, std::string_view error = {}) {
    const auto keys =
        visit.office.database.read([&](Session& s) { return security_keys_of(s, visit.viewer.user_id); });
    auto body = body_of("Prove that it is you", error);
    const bool usable = !keys.empty() && site_of(visit);
    std::vector<Html> parts{summary_of(error, usable ? "#use" : ""), html::page_heading(body.title)};
    if (!usable)
        parts.push_back(html::para(keys.empty() ? std::string_view("You have no security key yet.") : kNoName, " ",
                                   html::anchor("/account/keys", "Security keys and passkeys")));
    else
        parts.push_back(key_form(
            visit,
            {"/account/keys/prove", "get", new_challenge(visit.office, KeyPurpose::prove, session_of(visit)),
             keys},
            html::join(html::para("It asks for your PIN, finger or face. That counts for five minutes."),
                       html::hidden("next", next_of(visit.form.has("next") ? visit.form.get("next")
                                                                           : visit.request.query.get("next"))),
                       html::button({.text = "Use your security key", .id = "use"}))));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response proved_page(Visit& visit) {
    const auto site = site_of(visit);
    if (!site || visit.form.get("client_data").empty()) return prove_page(visit, site ? kNoAnswer : kNoName);
    const auto done = prove_with_key(visit.office, visit.viewer, session_of(visit), *site, answer_of(visit));
    return done.ok() ? http::redirect(next_of(visit.form.get("next"))) : prove_page(visit, done.error().message);
}

// --- coming in with one -----------------------------------------------------------------------------------------

http::Response come_in_page(Visit& visit, std::string_view error = {}) {
    auto body = body_of("Sign in with a security key", error);
    body.back_link = "/sign-in";
    std::vector<Html> parts{summary_of(error, site_of(visit) ? "#use" : ""), html::page_heading(body.title)};
    if (!site_of(visit))
        parts.push_back(html::inset_text({.text = kNoName}));
    else
        parts.push_back(html::join(
            html::para("Your key or your telephone asks for your PIN, finger or face. You need no password."),
            key_form(visit, {"/sign-in/key", "get", new_challenge(visit.office, KeyPurpose::sign_in, ""), {}},
                     html::button({.text = "Use your security key", .id = "use"}))));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response came_in_page(Visit& visit) {
    const auto site = site_of(visit);
    if (!site || visit.form.get("client_data").empty()) return come_in_page(visit, site ? kNoAnswer : kNoName);
    const auto done = sign_in_with_key(visit.office, *site, answer_of(visit));
    if (!done.ok()) return come_in_page(visit, done.error().message);
    auto out = http::redirect("/");
    out.header("Set-Cookie", session_cookie(visit.request, done->token));
    return out;
}

}  // namespace

Html told_of_withheld_roles(const Visit& visit) {
    if (visit.viewer.withheld.empty()) return {};
    std::string titles;
    for (const auto& code : visit.viewer.withheld)
        if (const auto* role = find_role(code)) titles += (titles.empty() ? "" : ", ") + std::string(role->title);
    const bool has =
        visit.office.database.read([&](Session& s) { return has_security_key(s, visit.viewer.user_id); });
    return html::inset_text(
        {.text = html::join("This role works only with a security key: ", el("strong", titles), ". ",
                            has ? html::anchor("/account/keys/prove", "Use your security key now")
                            : visit.request.path == "/account/keys"
                                ? html::text("Add one below.")
                                : html::anchor("/account/keys", "Add a security key"))});
}

std::optional<http::Response> key_first(Visit& visit) {
    if (!wants_key_for_lists(visit.office, visit.viewer)) return std::nullopt;
    visit.refused("route", visit.request.path, "security-key");
    auto body = body_of("Files with people in them need a security key", "-");
    body.error = false;
    const bool has =
        visit.office.database.read([&](Session& s) { return has_security_key(s, visit.viewer.user_id); });
    body.body = html::two_thirds(html::join(
        html::page_heading(body.title),
        html::para(
            "A file with a list of people goes only to somebody who has proved with a security key who they "
            "are, since they signed in."),
        has ? html::button({.text = "Use your security key", .href = "/account/keys/prove"})
            : html::button({.text = "Add a security key", .href = "/account/keys"})));
    return page(visit, std::move(body));
}

void add_security_key_routes(Routes& routes) {
    using A = AuditClass;
    const auto in = Access::signed_in();
    routes.get("/account/keys", in, A::nothing_personal(), Limits::page(), [](Visit& v) { return keys_page(v); });
    routes.post("/account/keys", in, A::change(), Limits::form(), add_key_page);
    routes.get("/account/keys/prove", in, A::nothing_personal(), Limits::page(),
               [](Visit& v) { return prove_page(v); });
    routes.post("/account/keys/prove", in, A::change(), Limits::form(), proved_page);
    routes.get("/account/keys/{id}/remove", in, A::nothing_personal(), Limits::page(),
               [](Visit& v) { return remove_page(v); });
    routes.post("/account/keys/{id}/remove", in, A::change(), Limits::form(), removed_page);
    routes.get("/sign-in/key", Access::anyone(), A::nothing_personal(), Limits::page(),
               [](Visit& v) { return v.viewer.user_id.empty() ? come_in_page(v) : http::redirect("/"); });
    routes.post("/sign-in/key", Access::anyone(), A::change(), Limits::form(), came_in_page);
}

}  // namespace rowan::partnership
