#include "partnership/front.h"

#include "base/id.h"
#include "base/log.h"
#include "crypto/token.h"
#include "html/assets.h"
#include "html/casework.h"
#include "partnership/once.h"
#include "partnership/security_key_pages.h"
#include "partnership/viewer.h"

#include <algorithm>
#include <chrono>
#include <future>

namespace rowan::partnership {

namespace {

using html::el, html::cls;

constexpr std::string_view kNotThere = "You do not have access to that, or it does not exist";

struct NavigationEntry {
    std::string_view key, text, href;
    std::optional<Permission> permission;
};
// PAGES.md: only what the role can use.
constexpr NavigationEntry kNavigation[] = {
    {"work", "My work", "/", std::nullopt},
    {"people", "People", "/people", Permission::search_people},
    {"referrals", "Referrals", "/referrals", Permission::refer},
    {"missing", "Missing", "/missing", Permission::report_missing},
    {"matches", "Same person?", "/matches", Permission::review_matches},
    {"extracts", "Extracts", "/extracts", Permission::bring_extract},
    {"performance", "Performance", "/profile", Permission::see_profile},
    {"protection", "Protected records", "/protected", Permission::oversee_protection},
    {"conflicts", "Conflicts", "/conflicts", Permission::oversee_protection},
    {"emergencies", "Emergency looks", "/emergencies", Permission::oversee_protection},
    {"protocol", "Protocol", "/protocol", Permission::manage_protocol},
    {"looks", "Who has looked", "/looks", Permission::see_audit},
    {"odd-looks", "Looks to ask about", "/odd-looks", Permission::see_audit},
    {"roles", "Roles asked for", "/roles", Permission::oversee_protection},
    {"accounts", "Accounts", "/accounts", Permission::manage_users},
    {"agencies", "Agencies", "/agencies", Permission::manage_users},
};

void add_security_headers(bool tls, http::Response& response) {
    response.header("Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
                    "connect-src 'self'; "
                    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Referrer-Policy", "same-origin");
    response.header("Cross-Origin-Opener-Policy", "same-origin");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    response.header("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
    response.header("X-Robots-Tag", "noindex, nofollow");
    if (tls) response.header("Strict-Transport-Security", "max-age=63072000");
    for (const auto& [name, value] : response.headers)
        if (name == "Cache-Control") return;
    response.header("Cache-Control", "no-store");
}

bool is_write(http::Method method) { return method != http::Method::get && method != http::Method::head; }

// SECURITY.md 6.6: a browser says where a request comes from; a write from elsewhere is refused before anything is
// read.
bool from_elsewhere(const http::Request& request) {
    const auto& site = request.headers.get("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    const auto& origin = request.headers.get("origin");
    if (origin.empty()) return false;
    return origin != (request.tls ? "https://" : "http://") + request.headers.get("host");
}

http::Response asset_response(const http::Request& request, const html::Asset& asset) {
    http::Response out;
    out.content_type = asset.content_type;
    const auto& accepted = request.headers.get("accept-encoding");
    if (!asset.brotli.empty() && accepted.find("br") != std::string::npos) {
        out.body = asset.brotli;
        out.header("Content-Encoding", "br");
    } else if (!asset.gzip.empty() && accepted.find("gzip") != std::string::npos) {
        out.body = asset.gzip;
        out.header("Content-Encoding", "gzip");
    } else {
        out.body = asset.bytes;
    }
    out.header("Vary", "Accept-Encoding");
    out.header("Cache-Control", "public, max-age=31536000, immutable");
    return out;
}

int status_of(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::invalid:
            return 400;
        case base::ErrorKind::not_found:
            return 404;
        case base::ErrorKind::refused:
            return 403;
        case base::ErrorKind::conflict:
            return 409;
        case base::ErrorKind::too_large:
            return 413;
        case base::ErrorKind::unavailable:
            return 503;
        case base::ErrorKind::internal:
            return 500;
    }
    return 500;
}

html::PageFrame frame_for(const Visit& visit, const PageBody& body) {
    html::PageFrame frame;
    frame.title = body.title;
    frame.partnership = visit.office.scheme.name;
    frame.error = body.error;
    frame.back_href = body.back_link;
    frame.wide = body.wide;
    if (visit.office.demonstration)
        frame.demonstration =
            "This is a demonstration. Everybody in it is invented; nothing here is about a real person.";
    if (visit.viewer.user_id.empty()) return frame;
    html::WhoAmI who;
    who.name = visit.viewer.name;
    who.role = visit.viewer.post;
    who.agency = visit.viewer.agency_name;
    who.csrf_token = visit.csrf;
    frame.person = who;
    // Only where there is an answer: on "not there" it would tell a known address from an unknown one.
    const bool answers_search = visit.request.path == "/search" && body.status == 200;
    frame.search_box = may(visit.viewer, Permission::search_people).allowed;
    frame.search_query = answers_search ? visit.request.query.get("q") : "";
    for (const auto& entry : kNavigation)
        if (!entry.permission || may(visit.viewer, *entry.permission).allowed)
            frame.navigation.push_back(
                {std::string(entry.text), std::string(entry.href), entry.key == body.navigation});
    frame.why = visit.why;
    // The rule by its name, as the log has it: of the record that the page is about.
    if (const auto look =
            std::find_if(visit.looks.begin(), visit.looks.end(),
                         [](const AuditEntry& e) { return !e.subject_id.empty() && e.outcome == "allowed"; });
        !frame.why.empty() && body.status == 200 && look != visit.looks.end())
        frame.why += " Rule: " + look->rule + ".";
    frame.look_recorded = !visit.looks.empty();
    frame.marking = visit.office.scheme.marking;
    return frame;
}

}  // namespace

std::string_view session_cookie_name(bool tls) { return tls ? "__Host-rowan" : "rowan"; }

std::string session_cookie(const http::Request& request, const std::string& token) {
    return std::string(session_cookie_name(request.tls)) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict" +
           (request.tls ? "; Secure" : "");
}

std::string ended_session_cookie(const http::Request& request) {
    return session_cookie(request, "") + "; Max-Age=0";
}

http::Response page(Visit& visit, PageBody body) {
    http::Response out;
    out.status = body.status;
    out.body = html::page(frame_for(visit, body), body.body);
    return out;
}

html::Html once_field(const Visit& visit) {
    const auto& before = visit.form.get(kOnceField);
    return el("input", html::attr("type", "hidden"), html::attr("name", kOnceField),
              html::attr("value", base::is_id(before) ? before : base::new_id()));
}

html::Html post_form(const Visit& visit, std::string action, const html::Html& content, bool files) {
    return html::form({.action = std::move(action), .csrf_token = visit.csrf, .files = files},
                      html::join(once_field(visit), content));
}

http::Response not_there(Visit& visit) {
    // Without looks, and with nothing that depends on what was asked for: denied and absent are the same bytes.
    visit.why.clear();
    PageBody body;
    body.title = kNotThere;
    body.status = 404;
    body.body = html::join(
        el("h1", cls("govuk-heading-l"), kNotThere),
        el("p", cls("govuk-body"), "If somebody sent you here, ask them which agency holds the record."),
        el("p", cls("govuk-body"), el("a", cls("govuk-link"), html::href("/"), "Go to My work")));
    const auto looks = std::exchange(visit.looks, {});
    auto out = page(visit, std::move(body));
    visit.looks = looks;
    return out;
}

http::Response json_answer(std::string json) {
    http::Response out;
    out.content_type = "application/json";
    out.body = std::move(json);
    return out;
}

http::Response csv_file(const std::string& name, std::string csv) {
    http::Response out;
    out.content_type = "text/csv; charset=utf-8";
    out.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    out.body = std::move(csv);
    return out;
}

http::Response problem(Visit& visit, const base::Error& error) {
    if (error.kind == base::ErrorKind::not_found) return not_there(visit);
    PageBody body;
    body.title =
        error.kind == base::ErrorKind::conflict ? "This has changed since you opened it" : "We could not do that";
    body.status = status_of(error.kind);
    body.error = true;
    body.body =
        html::join(el("h1", cls("govuk-heading-l"), body.title), el("p", cls("govuk-body-l"), error.message),
                   el("p", cls("govuk-body"),
                      "Use your browser's back button: what you typed is still on the page you came from."));
    return page(visit, std::move(body));
}

Front::Front(const Office& office, const Routes& routes, Follower follower)
    : office_(office), looks_(office), routes_(routes), follower_(std::move(follower)) {}

http::Limits Front::limits_for(http::Method method, std::string_view path) const {
    const auto found = routes_.find(method, path);
    return found.route ? found.route->limits.http() : Limits::page().http();
}

http::Response Front::error_page(int status) const {
    auto out = plain_error(status);
    add_security_headers(false, out);
    return out;
}

http::Response Front::plain_error(int status) const {
    struct Words {
        int status;
        std::string_view title, text;
    };
    static constexpr Words kWords[] = {
        {400, "We could not read that request",
         "Go back and try again. If it happens again, tell your administrator."},
        {405, "That cannot be done here", "Go back and try again."},
        {408, "That took too long to arrive", "Check your connection and try again. Nothing was saved."},
        {413, "That file is too large",
         "Send at most 64 MB at a time, or ask your administrator to import it from the command line. Nothing was "
         "saved."},
        {414, "That address is too long", "Go back and try again."},
        {431, "We could not read that request", "Clear your browser's cookies for this site and try again."},
        {503, "Rowan is busy", "Nothing was saved. Wait a few seconds and try again."},
        {504, "Rowan took too long",
         "If you were saving something, look whether it is there before you try again."},
    };
    // Where it went wrong nobody knows here: it may have been after something was saved.
    Words words{
        status, "Sorry, something went wrong",
        "If you were saving something, look whether it is there before you try again. If it happens again, "
        "tell your administrator."};
    for (const auto& known : kWords)
        if (known.status == status) words = known;
    return error_in_words(status, words.title, words.text);
}

http::Response Front::error_in_words(int status, std::string_view title, std::string_view text) const {
    html::PageFrame frame;
    frame.title = title;
    frame.partnership = office_.scheme.name;
    frame.error = true;
    http::Response out;
    out.status = status;
    out.body =
        html::page(frame, html::join(el("h1", cls("govuk-heading-l"), title), el("p", cls("govuk-body"), text)));
    return out;
}

http::Response Front::handle(const http::Request& request) {
    const auto given = std::make_shared<std::promise<http::Response>>();
    auto answer = given->get_future();
    serve(request, [given](http::Response response) { given->set_value(std::move(response)); });
    return answer.get();
}

// No audit, no answer (SECURITY.md 0.1): durable before the bytes leave.
void Front::serve(const http::Request& request, http::Answer answer) {
    auto shown = [&]() -> Shown {
        try {
            return show(request);
        } catch (const AuditDamaged& damage) {
            return {audit_damaged(damage, request.id), {}};
        }
    }();
    add_security_headers(request.tls, shown.page);
    if (shown.looks.empty()) return answer(std::move(shown.page));
    looks_.record(std::move(shown.looks), [this, answer = std::move(answer), page = std::move(shown.page),
                                           id = request.id, tls = request.tls, write = is_write(request.method)](
                                              const std::exception_ptr& failure) mutable {
        if (!failure) return answer(std::move(page));
        auto out = unrecorded(failure, id, write);
        add_security_headers(tls, out);
        answer(std::move(out));
    });
}

http::Response Front::audit_damaged(const AuditDamaged& damage, const std::string& request) const {
    base::log(base::LogLevel::error, "audit.damaged",
              {{"request", std::string_view(request)}, {"reason", std::string_view(damage.what())}});
    return error_in_words(503, "Rowan cannot record who looks",
                          "So it shows nothing and saves nothing. Tell your administrator.");
}

http::Response Front::unrecorded(const std::exception_ptr& failure, const std::string& request, bool write) const {
    try {
        std::rethrow_exception(failure);
    } catch (const AuditDamaged& damage) {
        return audit_damaged(damage, request);
    } catch (...) {
        base::log(base::LogLevel::error, "audit.unavailable", {{"request", std::string_view(request)}});
    }
    if (!write) return plain_error(503);
    return error_in_words(503, "Rowan cannot record who looks",
                          "Look whether what you sent was saved before you try again.");
}

Front::Shown Front::show(const http::Request& request) const {
    if (request.path.starts_with("/assets/"))
        if (const auto* asset = html::find_asset(request.path); asset && !is_write(request.method))
            return {asset_response(request, *asset), {}};

    bool behind = false;
    const auto session = office_.database.read([&](database::Session& s) {
        auto found = session_for(office_, request.cookies.get(session_cookie_name(request.tls)));
        behind = found && follower_.behind && follower_.behind(s);
        return found;
    });
    const Viewer viewer = session ? session->viewer : Viewer{};
    Visit visit{office_, request,
                viewer,  session ? crypto::csrf_token(office_.keyring.session_key(), session->token_hash) : "",
                {},      {},
                {},      ""};
    auto found = routes_.find(request.method, request.path);
    const bool open = found.route && found.route->access.open();
    // Somebody who is not signed in learns nothing, not even which addresses exist.
    if (!session && !open) {
        if (is_write(request.method)) return {plain_error(400), {}};
        return {http::redirect("/sign-in"), {}};
    }
    if (!found.route) return {found.path_known ? plain_error(405) : not_there(visit), {}};
    visit.parameters = std::move(found.parameters);
    if (behind) follower_.catch_up();

    if (is_write(request.method)) {
        if (from_elsewhere(request)) return {plain_error(400), {}};
        auto form = request.form();
        if (!form.ok()) return {problem(visit, form.error()), {}};
        visit.form = std::move(*form);
        if (session && !crypto::csrf_token_valid(office_.keyring.session_key(), session->token_hash,
                                                 visit.form.get(html::kCsrfField)))
            return {plain_error(400), {}};
    }
    if (const auto permission = found.route->access.permission()) {
        const auto permit = may(viewer, *permission);
        if (!permit.allowed) {
            visit.refused("route", found.route->pattern, permit.rule);
            return {not_there(visit), std::move(visit.looks)};
        }
    }
    return show_page(request, *found.route, visit);
}

namespace {

// A form whose answer was lost on the way and that is sent again.
http::Response received_before(Visit& visit, const Once::Before& before) {
    if (!before.location.empty()) return http::redirect(before.location);
    PageBody body;
    body.title = "We have this already";
    body.body =
        html::join(el("h1", cls("govuk-heading-l"), body.title),
                   el("p", cls("govuk-body"), "This form was received at ", html::time_of(before.at),
                      ", and was not done again."),
                   el("p", cls("govuk-body"), el("a", cls("govuk-link"), html::href("/"), "Go to My work")));
    return page(visit, std::move(body));
}

http::Response answer_write(const Route& route, Visit& visit) {
    const Once once(visit);
    if (const auto before = once.before()) return received_before(visit, *before);
    try {
        const auto out = [&] {
            const database::Companion together(once.companion());
            return route.page(visit);
        }();
        once.answered(out);
        return out;
    } catch (const DoneMeanwhile&) {
        const auto before = once.before();
        return before ? received_before(visit, *before)
                      : problem(visit,
                                base::conflict(
                                    "This form was sent twice at the same moment. Look whether it was saved."));
    }
}

}  // namespace

Front::Shown Front::show_page(const http::Request& request, const Route& route, Visit& visit) const {
    auto page = [&] {
        if (route.access.wants_key())
            if (auto refused = key_first(visit)) return std::move(*refused);
        return is_write(request.method) ? answer_write(route, visit) : route.page(visit);
    }();
    const auto kind = route.audit.kind();
    const bool shows =
        kind == AuditClass::Kind::look || kind == AuditClass::Kind::search || kind == AuditClass::Kind::aggregate;
    if (shows && page.status == 200 && visit.looks.empty()) {
        // A page that shows people and recorded no look is a bug; it does not go out.
        base::log(base::LogLevel::error, "audit.missing",
                  {{"route", std::string_view(route.pattern)}, {"request", std::string_view(request.id)}});
        return {plain_error(500), {}};
    }
    return {std::move(page), std::move(visit.looks)};
}

}  // namespace rowan::partnership
