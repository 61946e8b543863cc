#include "base/id.h"
#include "base/identifiers.h"
#include "html/casework.h"
#include "partnership/accounts.h"
#include "partnership/front.h"
#include "partnership/interests.h"
#include "partnership/looks.h"
#include "partnership/role_requests.h"
#include "partnership/once.h"
#include "partnership/recovery_pages.h"
#include "partnership/security_key_pages.h"

#include <algorithm>
#include <utility>

namespace rowan::partnership {

namespace {

using database::Session;
using html::attr, html::cls, html::el, html::Html, html::href;

// --- signing in -----------------------------------------------------------------------------------------------

std::string role_titles(const Account& account) {
    std::string out;
    for (const auto& code : account.roles)
        if (const auto* role = find_role(code)) out += (out.empty() ? "" : ", ") + std::string(role->title);
    return out;
}

http::Response signed_in(Visit& visit, const base::Result<SignedIn>& result, const std::string& name) {
    if (!result.ok()) return sign_in_page(visit, result.error().message, name);
    auto out = http::redirect("/");
    out.header("Set-Cookie", session_cookie(visit.request, result->token));
    return out;
}

http::Response sign_out_page(Visit& visit) {
    sign_out(visit.office, visit.request.cookies.get(session_cookie_name(visit.request.tls)));
    auto out = http::redirect("/sign-in");
    out.header("Set-Cookie", ended_session_cookie(visit.request));
    return out;
}

// What a session is called on the page where it can be ended.
Html sessions_of_viewer(const Visit& visit) {
    const auto& token = visit.request.cookies.get(session_cookie_name(visit.request.tls));
    const auto sessions = visit.office.database.read(
        [&](Session& s) { return sessions_of(visit.office, s, visit.viewer.user_id, token); });
    html::Table table;
    table.caption = "Where you are signed in";
    table.head = html::columns("Signed in", "Last used", "End");
    for (const auto& session : sessions)
        table.rows.push_back(html::row(
            html::time_of(session.began), html::time_of(session.last_used),
            session.current
                ? html::text("This one")
                : post_form(
                      visit, "/account/sessions/" + session.id + "/end",
                      html::button({.text = html::join("End", html::visually_hidden(" the session that began " +
                                                                                    base::display(session.began))),
                                    .classes = "govuk-button--warning govuk-!-margin-bottom-0"}))));
    return html::working_table(table);
}

http::Response end_session_page(Visit& visit) {
    const auto done = visit.office.database.write([&](Session& s) {
        return end_session(visit.office, s, visit.viewer.user_id, visit.parameter("id"), visit.viewer.user_id);
    });
    return done.ok() ? http::redirect("/account") : problem(visit, done.error());
}

http::Response account_page(Visit& visit) {
    PageBody body;
    body.title = "Your account";
    std::string roles;
    for (const auto& code : visit.viewer.roles)
        if (const auto* role = find_role(code)) roles += (roles.empty() ? "" : ", ") + std::string(role->title);
    body.body = html::join(
        el("h1", cls("govuk-heading-l"), body.title), told_of_recovery(visit), told_of_withheld_roles(visit),
        html::summary_list(
            {.rows = {html::summary_row("Name", visit.viewer.name), html::summary_row("Post", visit.viewer.post),
                      html::summary_row("Agency", visit.viewer.agency_name), html::summary_row("Roles", roles),
                      html::summary_row("Information Sharing Protocol", visit.viewer.protocol_in_force
                                                                            ? "Signed by your agency"
                                                                            : "Not signed by your agency")}}),
        html::para(html::anchor("/account/keys", "Security keys and passkeys")),
        html::para(html::anchor("/account/password", "Change your password")), sessions_of_viewer(visit),
        html::para("If you do not know one of these, end it and tell your administrator."), account_events(visit),
        html::heading(2, "People and places close to you"),
        html::para("If a record may be about you, or about somebody close to you, you must not see it. ",
                   html::anchor("/account/interests", "Tell Rowan whom and where to keep from you")));
    return page(visit, std::move(body));
}

// --- what staff declare (SECURITY.md A2) ------------------------------------------------------------------------

// A form of the page, by its kind, with the fields that it has.
struct Declarable {
    std::string_view kind;
    InterestKind means;
    std::string first, second;
};
const Declarable& declarable(std::string_view kind) {
    static const Declarable all[] = {{"name", InterestKind::name, "name", ""},
                                     {"home", InterestKind::home, "address", "postcode"},
                                     {"phone", InterestKind::phone, "phone", ""},
                                     {"vehicle", InterestKind::vehicle, "vehicle", ""}};
    const auto* found =
        std::find_if(std::begin(all), std::end(all), [&](const auto& d) { return d.kind == kind; });
    return found == std::end(all) ? all[0] : *found;
}

http::Response interests_page(Visit& visit, std::string_view error = {}) {
    const auto declared = visit.office.database.read(
        [&](Session& s) { return interests_of(visit.office, s, visit.viewer.user_id); });
    const auto kind = visit.form.get("kind");
    const auto wrong = [&](std::string_view form) {
        return html::ErrorMessage{.text = !error.empty() && kind == form ? error : std::string_view{}};
    };
    const auto typed = [&](std::string_view form, std::string_view field) {
        return !error.empty() && kind == form ? visit.form.get(field) : std::string{};
    };
    const auto hidden = [](std::string_view value) {
        return el("input", attr("type", "hidden"), attr("name", "kind"), attr("value", value));
    };
    const auto add = html::button({.text = "Declare", .classes = "govuk-button--secondary"});
    PageBody body;
    body.title = "People and places close to you";
    body.back_link = "/account";
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty())
        parts.push_back(html::error_summary(
            {.error_list = {{.text = error, .href = "#" + std::string(declarable(kind).first)}}}));
    parts.push_back(html::page_heading(body.title));
    parts.push_back(html::para(
        "If somebody in Rowan has the same name, home, telephone or vehicle as you or as one of these, their "
        "record does not exist for you. Your own name counts without being declared. "
        "You are not told when it happens; two officers of information governance are, and nobody else."));
    std::vector<Html> items;
    for (const auto& each : declared)
        items.push_back(html::join(each.kind == InterestKind::phone ? base::display_phone(each.first) : each.first,
                                   html::when(!each.second.empty(), html::join(", ", each.second)), ", since ",
                                   html::time_of(each.declared_at)));
    parts.push_back(items.empty() ? html::empty_note("You have declared nothing yet.") : html::bullets(items));
    parts.push_back(html::heading(2, "Somebody close to you, or another name of yours"));
    parts.push_back(post_form(visit, "/account/interests",
                              html::join(hidden("name"),
                                         html::input({.name = "name",
                                                      .label = {.text = "First name and family name"},
                                                      .error_message = wrong("name"),
                                                      .value = typed("name", "name"),
                                                      .autocomplete = "off"}),
                                         add)));
    parts.push_back(html::heading(2, "Where you or they live or lived"));
    parts.push_back(post_form(visit, "/account/interests",
                              html::join(hidden("home"),
                                         html::input({.name = "address",
                                                      .label = {.text = "House number or name, and street"},
                                                      .error_message = wrong("home"),
                                                      .value = typed("home", "address"),
                                                      .autocomplete = "off"}),
                                         html::input({.name = "postcode",
                                                      .label = {.text = "Postcode"},
                                                      .value = typed("home", "postcode"),
                                                      .autocomplete = "off",
                                                      .classes = "govuk-input--width-10"}),
                                         add)));
    parts.push_back(html::heading(2, "A telephone of yours or theirs"));
    parts.push_back(post_form(visit, "/account/interests",
                              html::join(hidden("phone"),
                                         html::input({.name = "phone",
                                                      .label = {.text = "Telephone number"},
                                                      .error_message = wrong("phone"),
                                                      .value = typed("phone", "phone"),
                                                      .inputmode = "tel",
                                                      .autocomplete = "off",
                                                      .classes = "govuk-input--width-20"}),
                                         add)));
    parts.push_back(html::heading(2, "A vehicle of yours or theirs"));
    parts.push_back(post_form(visit, "/account/interests",
                              html::join(hidden("vehicle"),
                                         html::input({.name = "vehicle",
                                                      .label = {.text = "Registration"},
                                                      .error_message = wrong("vehicle"),
                                                      .value = typed("vehicle", "vehicle"),
                                                      .autocomplete = "off",
                                                      .classes = "govuk-input--width-10"}),
                                         add)));
    parts.push_back(
        html::para("What you declare stays. If it keeps a record from you that you should see, ask information "
                   "governance: two officers can lift it."));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response declare_page(Visit& visit) {
    const auto& form = visit.form;
    const auto& asked = declarable(form.get("kind"));
    const auto done = visit.office.database.write([&](Session& s) {
        return declare_interest(visit.office, s, visit.viewer.user_id, asked.means, form.get(asked.first),
                                asked.second.empty() ? "" : form.get(asked.second));
    });
    if (done.ok()) return http::redirect("/account/interests");
    const bool mend =
        done.error().kind == base::ErrorKind::invalid || done.error().kind == base::ErrorKind::conflict;
    return mend ? interests_page(visit, done.error().message) : problem(visit, done.error());
}

// --- the protocol (H-111, H-025, H-223) -------------------------------------------------------------------------

http::Response protocol_page(Visit& visit, std::string_view error = {}) {
    const auto& scheme = visit.office.scheme;
    const auto* protocol = scheme.protocol_on(base::london_date(visit.office.clock.now()));
    const auto states = visit.office.database.read([&](Session& s) { return signature_states(visit.office, s); });
    html::Table table;
    table.caption = "Who has signed";
    table.head = html::columns("Agency", "Signed by", "State", "Change");
    std::string field;  // where the error belongs
    for (const auto& state : states) {
        const bool typed_here = !error.empty() && visit.form.get("agency") == state.agency;
        const bool in_force = state.signed_at && !state.withdrawn_at;
        std::string when = "Not signed";
        if (in_force)
            when = "Signed " + base::display(base::london_date(*state.signed_at));
        else if (state.withdrawn_at)
            when = "Withdrawn " + base::display(*state.withdrawn_at);
        const auto action =
            in_force
                ? post_form(
                      visit, "/protocol/withdraw",
                      html::join(
                          el("input", attr("type", "hidden"), attr("name", "agency"), attr("value", state.agency)),
                          html::button({.text = html::join("Withdraw", el("span", cls("govuk-visually-hidden"),
                                                                          " for ", state.agency_name)),
                                        .classes = "govuk-button--warning govuk-!-margin-bottom-0"})))
                : post_form(
                      visit, "/protocol/sign",
                      html::join(
                          el("input", attr("type", "hidden"), attr("name", "agency"), attr("value", state.agency)),
                          html::input(
                              {.name = "post",
                               .id = "post-" + state.agency,
                               .label = {.text = "Post of the person who signs", .classes = "govuk-label--s"},
                               .error_message = {.text = typed_here ? error : std::string_view{}},
                               .value = typed_here ? visit.form.get("post") : ""}),
                          html::button(
                              {.text = html::join("Record signature", el("span", cls("govuk-visually-hidden"),
                                                                         " for ", state.agency_name)),
                               .classes = "govuk-button--secondary govuk-!-margin-bottom-0"})));
        if (typed_here && !in_force) field = "#post-" + state.agency;
        table.rows.push_back(html::row(
            state.agency_name, state.signatory_post,
            html::tag({.text = when, .classes = in_force ? "govuk-tag--green" : "govuk-tag--red"}), action));
    }
    PageBody body;
    body.title = "Information Sharing Protocol";
    body.navigation = "protocol";
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty()) parts.push_back(html::error_summary({.error_list = {{.text = error, .href = field}}}));
    parts.push_back(el("h1", cls("govuk-heading-l"), body.title));
    if (protocol) {
        parts.push_back(el("p", cls("govuk-body"), protocol->title, ", version ", protocol->version, "."));
        parts.push_back(html::details({.summary = "What is shared, by whom and how", .text = protocol->process}));
        parts.push_back(html::inset_text({.text = "An agency without a signature in force gets nothing from "
                                                  "Rowan, on any page, from the moment you withdraw it."}));
    } else {
        parts.push_back(
            html::warning_text({.text = "No protocol is in force today, so nothing is shared with anybody."}));
    }
    parts.push_back(html::working_table(table));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response change_protocol(Visit& visit, bool sign) {
    const auto agency = visit.form.get("agency");
    const auto done = visit.office.database.write([&](Session& s) {
        return sign ? sign_protocol(visit.office, s, agency, visit.form.get("post"), visit.viewer.user_id)
                    : withdraw_protocol(visit.office, s, agency, visit.viewer.user_id);
    });
    return done.ok() ? http::redirect("/protocol") : protocol_page(visit, done.error().message);
}

// --- accounts ---------------------------------------------------------------------------------------------------

std::string role_title(const std::string& code) {
    const auto* role = find_role(code);
    return role ? std::string(role->title) : code;
}

// SECURITY.md A7: asking for a role gives nothing yet; taking one away needs nobody else.
std::vector<Html> roles_of_account(const Visit& visit, const Account& account) {
    std::vector<Html> parts;
    std::vector<html::SelectItem> others{{.value = "", .text = "Choose"}};
    for (const auto& role : roles())
        if (std::find(account.roles.begin(), account.roles.end(), role.code) == account.roles.end())
            others.push_back({.value = std::string(role.code), .text = std::string(role.title)});
    parts.push_back(post_form(
        visit, "/accounts/" + account.id + "/roles",
        html::join(
            html::select(
                {.name = "role", .id = "role-" + account.id, .label = {.text = "Another role"}, .items = others}),
            html::button(
                {.text = html::join("Ask for this role", html::visually_hidden(" for " + account.display_name)),
                 .classes = "govuk-button--secondary"}))));
    for (const auto& role : account.roles)
        parts.push_back(post_form(
            visit, "/accounts/" + account.id + "/roles/end",
            html::join(el("input", attr("type", "hidden"), attr("name", "role"), attr("value", role)),
                       html::button({.text = html::join("End ", role_title(role),
                                                        html::visually_hidden(" of " + account.display_name)),
                                     .classes = "govuk-button--warning govuk-!-margin-bottom-2"}))));
    return parts;
}

// What an administrator may do with it. A new way in that is asked for already shows at once.
Html changes_of_account(const Visit& visit, const Account& account, const std::vector<Recovery>& asked) {
    if (account.id == visit.viewer.user_id) return {};
    auto recovery = recovery_of_account(visit, account, asked);
    if (account.status != "active") return recovery;
    const bool waits =
        std::any_of(asked.begin(), asked.end(), [&](const Recovery& r) { return r.user == account.id; });
    auto parts = roles_of_account(visit, account);
    if (!waits) parts.push_back(recovery);
    parts.push_back(post_form(
        visit, "/accounts/" + account.id + "/team",
        html::join(
            html::input({.name = "team",
                         .id = "team-" + account.id,
                         .label = {.text = "Team"},
                         .hint = {.text = "People of one agency and team see whom each of them is allocated to"},
                         .value = account.team,
                         .autocomplete = "off"}),
            html::button({.text = html::join("Set the team", html::visually_hidden(" of " + account.display_name)),
                          .classes = "govuk-button--secondary govuk-!-margin-bottom-2"}))));
    parts.push_back(post_form(
        visit, "/accounts/" + account.id + "/disable",
        html::button(
            {.text = html::join("Close the account", html::visually_hidden(" of " + account.display_name)),
             .classes = "govuk-button--warning govuk-!-margin-bottom-2"})));
    return html::join(html::when(waits, recovery),
                      html::details({.summary = html::join("Change", html::visually_hidden(" the account of " +
                                                                                           account.display_name)),
                                     .text = html::join(parts)}));
}

http::Response ask_for_role_page(Visit& visit) {
    const auto done = visit.office.database.write([&](Session& s) {
        return ask_for_role(visit.office, s, visit.viewer, visit.parameter("id"), visit.form.get("role"));
    });
    return done.ok() ? http::redirect("/accounts") : problem(visit, done.error());
}

http::Response end_role_page(Visit& visit) {
    const auto done = visit.office.database.write([&](Session& s) {
        return end_role(visit.office, s, visit.viewer, visit.parameter("id"), visit.form.get("role"));
    });
    return done.ok() ? http::redirect("/accounts") : problem(visit, done.error());
}

http::Response roles_page(Visit& visit) {
    std::vector<Html> waiting, answered;
    Html ways_in;
    visit.office.database.read([&](Session& s) {
        ways_in = recoveries_asked_for(visit, s);
        for (const auto& request : role_requests(s)) {
            const auto who = shown_user(s, request.user);
            const auto* agency = visit.office.scheme.find_agency(who.agency);
            const auto what =
                html::para(el("strong", who.name), ", ", who.post, ", ", agency ? agency->name : who.agency, ": ",
                           role_title(request.role), ". ", shown_user(s, request.asked_by).name, " asked ",
                           html::time_of(request.asked_at), ".");
            if (!request.waits()) {
                answered.push_back(
                    html::join(what, html::para(shown_user(s, request.answered_by).name,
                                                request.agreed_at ? " agreed." : " did not agree.")));
                continue;
            }
            const auto words = html::visually_hidden(": " + who.name + ", " + role_title(request.role));
            waiting.push_back(html::join(
                what,
                post_form(
                    visit, "/roles/" + request.id,
                    html::button_group(
                        {html::button({.text = html::join("Agree", words), .name = "answer", .value = "agree"}),
                         html::button({.text = html::join("Do not agree", words),
                                       .name = "answer",
                                       .value = "refuse",
                                       .classes = "govuk-button--secondary"})}))));
        }
    });
    PageBody body;
    body.title = "Roles asked for";
    body.navigation = "roles";
    std::vector<Html> parts{html::page_heading(body.title),
                            html::para("An administrator asks for a role; you agree. The role works with the next "
                                       "page that the person opens.")};
    parts.insert(parts.end(), waiting.begin(), waiting.end());
    if (waiting.empty()) parts.push_back(html::empty_note("No role is asked for."));
    parts.push_back(ways_in);
    if (!answered.empty()) parts.push_back(html::details({.summary = "Answered", .text = html::join(answered)}));
    body.body = html::two_thirds(html::join(parts));
    return page(visit, std::move(body));
}

http::Response answer_role_page(Visit& visit) {
    const auto done = visit.office.database.write([&](Session& s) {
        return answer_role_request(visit.office, s, visit.viewer, visit.parameter("id"),
                                   visit.form.get("answer") == "agree");
    });
    return done.ok() ? http::redirect("/roles") : problem(visit, done.error());
}

// Hackney 2020: which accounts were closed because nobody used them.
Html closed_by_itself(const Visit& visit) {
    std::vector<Html> lines;
    visit.office.database.read([&](Session& s) {
        for (const auto& row : s.query("SELECT subject_id, at FROM audit_entry WHERE act = 'disable' AND detail = "
                                       "'dormant' AND at > $1 ORDER BY at DESC, seq DESC LIMIT 50",
                                       visit.office.clock.now() - std::chrono::days{30}))
            lines.push_back(html::join(shown_user(s, row.text(0)).name, ", ", html::time_of(row.instant(1))));
    });
    if (lines.empty()) return {};
    return html::details({.summary = html::join("Closed in the last 30 days, because nobody had used them for ",
                                                std::to_string(visit.office.scheme.sign_in.dormant_days), " days"),
                          .text = html::bullets(lines)});
}

http::Response accounts_page(Visit& visit) {
    const auto accounts = visit.office.database.read([](Session& s) { return all_accounts(s); });
    const auto asked =
        visit.office.database.read([&](Session& s) { return recoveries(visit.office, s, visit.viewer); });
    html::Table table;
    table.caption = "Accounts";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Name, post and agency", "Roles and state", "Change");
    for (const auto& account : accounts) {
        const auto* agency = visit.office.scheme.find_agency(account.agency);
        const bool active = account.status == "active",
                   idle = active && !visit.office.demonstration && is_dormant(visit.office, account);
        table.rows.push_back(html::row(
            html::join(el("strong", account.display_name), " (", account.user_name, ")", el("br"), account.post,
                       el("br"), agency ? agency->name : account.agency,
                       html::when(!account.team.empty(), html::join(el("br"), "Team: ", account.team))),
            html::join(
                role_titles(account), el("br"),
                html::tag({.text = !active ? "Closed"
                                   : idle  ? "Closed: not used"
                                           : "Active",
                           .classes = active && !idle ? "govuk-tag--green" : "govuk-tag--grey"}),
                html::when(account.last_used.has_value(),
                           html::join(el("br"), el("span", cls("govuk-hint"), "Last used ",
                                                   html::time_of(account.last_used.value_or(base::Instant{})))))),
            changes_of_account(visit, account, asked)));
    }
    PageBody body;
    body.title = "Accounts";
    body.navigation = "accounts";
    body.wide = true;
    body.body = html::join(
        el("h1", cls("govuk-heading-l"), body.title),
        el("p", cls("govuk-body"), "New accounts are made on the server with ", el("code", "rowan user add"),
           ". Closing an account ends its sessions at once. You ask for another role, and for a new way in for "
           "somebody who has lost theirs; information governance agrees."),
        closed_by_itself(visit), html::working_table(table));
    return page(visit, std::move(body));
}

http::Response team_page(Visit& visit) {
    const auto& id = visit.parameter("id");
    if (id == visit.viewer.user_id)
        return problem(visit, base::refused("You cannot set your own team. Ask another administrator."));
    const auto done = visit.office.database.write(
        [&](Session& s) { return set_team(visit.office, s, id, visit.form.get("team"), visit.viewer.user_id); });
    return done.ok() ? http::redirect("/accounts") : problem(visit, done.error());
}

http::Response close_account(Visit& visit) {
    const auto& id = visit.parameter("id");
    if (id == visit.viewer.user_id)
        return problem(visit, base::refused("You cannot close your own account. Ask another administrator."));
    const auto done = visit.office.database.write(
        [&](Session& s) { return disable_account(visit.office, s, id, visit.viewer.user_id); });
    return done.ok() ? http::redirect("/accounts") : problem(visit, done.error());
}

// --- who has looked: the log itself, for information governance -------------------------------------------------

http::Response log_page(Visit& visit) {
    const auto wanted = visit.request.query.get("subject");
    const bool of_one = base::is_id(wanted);
    const auto [looks, pagination] =
        of_one ? looks_page(visit, {wanted}, "/looks?subject=" + wanted) : looks_page(visit, {}, "/looks");
    html::Table table;
    table.caption = of_one ? "Entries about this record, newest first" : "Entries, newest first";
    table.head = html::columns("When", "Who", "What", "About", "Answer", "Rule");
    for (const auto& look : looks)
        table.rows.push_back(html::row(
            base::display(look.at),
            html::join(look.user_name.empty() ? "Nobody signed in" : look.user_name, el("br"), look.agency),
            look.act,
            base::is_id(look.subject_id)
                ? html::join(look.subject_kind, " ",
                             el("a", cls("govuk-link"), href("/looks?subject=" + look.subject_id),
                                look.subject_id.substr(0, 8)))
                : html::text(look.subject_kind),
            html::tag({.text = look.outcome,
                       .classes = look.outcome == "denied" ? "govuk-tag--red" : "govuk-tag--grey"}),
            look.rule));
    visit.looked_at("audit", of_one ? wanted : "log", "role");
    visit.why = "You can see this because you look after information governance.";
    PageBody body;
    body.title = "Who has looked";
    body.navigation = "looks";
    body.wide = true;
    body.body = html::join(el("h1", cls("govuk-heading-l"), body.title),
                           el("p", cls("govuk-body"),
                              "Every decision and every look is an entry of a log that cannot be changed unseen. "
                              "The whole log is checked with ",
                              el("code", "rowan audit verify"), "."),
                           html::working_table(table), pagination);
    return page(visit, std::move(body));
}

// What became of a form whose answer did not arrive: its own key asks.
http::Response saved_page(Visit& visit) {
    const auto& key = visit.parameter("key");
    const auto at = base::is_id(key) ? saved_at(visit.office, visit.viewer.user_id, key) : std::nullopt;
    PageBody body;
    body.title = at ? "It was saved" : "It was not saved";
    body.body =
        html::join(el("h1", cls("govuk-heading-l"), body.title),
                   at ? el("p", cls("govuk-body"), "Your form was saved at ", html::time_of(*at),
                           ". There is no need to send it again.")
                      : el("p", cls("govuk-body"),
                           "No form of yours with this key was saved. Send it again; it will be saved once."));
    return page(visit, std::move(body));
}

}  // namespace

void add_partnership_routes(Routes& routes) {
    using A = AuditClass;
    routes.get("/sign-in", Access::anyone(), A::nothing_personal(), Limits::page(),
               [](Visit& v) { return v.viewer.user_id.empty() ? sign_in_page(v, {}, "") : http::redirect("/"); });
    routes.post("/sign-in", Access::anyone(), A::change(), Limits::form(), [](Visit& v) {
        return signed_in(v, sign_in(v.office, v.form.get("user_name"), v.form.get("password"), v.form.get("code")),
                         v.form.get("user_name"));
    });
    routes.post("/sign-in/demonstration", Access::anyone(), A::change(), Limits::form(),
                [](Visit& v) { return signed_in(v, sign_in_demonstration(v.office, v.form.get("user")), ""); });
    routes.post("/sign-out", Access::signed_in(), A::change(), Limits::form(), sign_out_page);
    routes.get("/account", Access::signed_in(), A::nothing_personal(), Limits::page(), account_page);
    routes.post("/account/sessions/{id}/end", Access::signed_in(), A::change(), Limits::form(), end_session_page);
    routes.get("/account/interests", Access::signed_in(), A::nothing_personal(), Limits::page(),
               [](Visit& v) { return interests_page(v); });
    routes.post("/account/interests", Access::signed_in(), A::change(), Limits::form(), declare_page);
    routes.get("/saved/{key}", Access::signed_in(), A::nothing_personal(), Limits::page(), saved_page);
    routes.get(
        "/protocol", Access::needs(Permission::manage_protocol), A::nothing_personal(), Limits::page(),
        [](Visit& v) { return protocol_page(v); }, "protocol");
    routes.post(
        "/protocol/sign", Access::needs(Permission::manage_protocol), A::change(), Limits::form(),
        [](Visit& v) { return change_protocol(v, true); }, "protocol");
    routes.post(
        "/protocol/withdraw", Access::needs(Permission::manage_protocol), A::change(), Limits::form(),
        [](Visit& v) { return change_protocol(v, false); }, "protocol");
    routes.get("/accounts", Access::needs(Permission::manage_users), A::nothing_personal(), Limits::page(),
               accounts_page, "accounts");
    routes.post("/accounts/{id}/roles", Access::needs(Permission::manage_users), A::change(), Limits::form(),
                ask_for_role_page, "accounts");
    routes.post("/accounts/{id}/team", Access::needs(Permission::manage_users), A::change(), Limits::form(),
                team_page, "accounts");
    routes.post("/accounts/{id}/roles/end", Access::needs(Permission::manage_users), A::change(), Limits::form(),
                end_role_page, "accounts");
    routes.get("/roles", Access::needs(Permission::oversee_protection), A::nothing_personal(), Limits::page(),
               roles_page, "roles");
    routes.post("/roles/{id}", Access::needs(Permission::oversee_protection), A::change(), Limits::form(),
                answer_role_page, "roles");
    routes.post("/accounts/{id}/disable", Access::needs(Permission::manage_users), A::change(), Limits::form(),
                close_account, "accounts");
    routes.get("/looks", Access::needs(Permission::see_audit), A::look(), Limits::page(), log_page, "looks");
}

}  // namespace rowan::partnership
