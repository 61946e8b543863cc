// A new way in, as those see it who ask, who agree, and whose account it is.
#include "partnership/recovery_pages.h"

#include "html/casework.h"
#include "partnership/accounts.h"
#include "partnership/front.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace rowan::partnership {

namespace {

using database::Session;
using html::el, html::Html;

// SECURITY.md 9.3: two people give a new way in, half of its code each.
Html half_of_code(const Recovery& recovery) {
    return html::para("Your half of the code: ", el("strong", recovery.half),
                      ". Make sure that you speak to the person, and read it to them yourself.");
}

http::Response ask_for_recovery_page(Visit& visit) {
    const auto done = visit.office.database.write(
        [&](Session& s) { return ask_for_recovery(visit.office, s, visit.viewer, visit.parameter("id")); });
    return done.ok() ? http::redirect("/accounts") : problem(visit, done.error());
}

http::Response answer_recovery_page(Visit& visit) {
    const auto done = visit.office.database.write([&](Session& s) {
        return answer_recovery(visit.office, s, visit.viewer, visit.parameter("id"),
                               visit.form.get("answer") == "agree");
    });
    return done.ok() ? http::redirect("/roles") : problem(visit, done.error());
}

http::Response stop_recovery_page(Visit& visit) {
    const auto done =
        visit.office.database.write([&](Session& s) { return stop_recovery(visit.office, s, visit.viewer); });
    return done.ok() ? http::redirect("/account") : problem(visit, done.error());
}

// What the log calls it, and what its owner reads.
struct Event {
    std::string_view act, words;
};
constexpr Event kEvents[] = {
    {"create", "The account was made"},
    {"disable", "The account was closed"},
    {"reset", "A new password and a new code began to work"},
    {"invite", "An invitation into your account was made"},
    {"bind-identity", "Your account was joined to your agency's sign-in"},
    {"ask-for-recovery", "A new way into your account was asked for"},
    {"agree-recovery", "A new way into your account was agreed to"},
    {"refuse-recovery", "A new way into your account was not agreed to"},
    {"stop-recovery", "You stopped a new way into your account"},
    {"change-password", "You changed your password"},
    {"add-key", "A security key was added"},
    {"remove-key", "A security key was removed"},
    {"grant-role", "You got a role"},
    {"end-role", "A role of yours ended"},
};
constexpr int kEventsShown = 10;

}  // namespace

// What an administrator can do for an account whose owner cannot come in, and what became of it.
Html recovery_of_account(const Visit& visit, const Account& account, const std::vector<Recovery>& all) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Recovery& r) { return r.user == account.id; });
    if (found == all.end())
        return post_form(visit, "/accounts/" + account.id + "/recover",
                         html::button({.text = html::join("Ask for a new way in",
                                                          html::visually_hidden(" for " + account.display_name)),
                                       .classes = "govuk-button--secondary govuk-!-margin-bottom-2"}));
    if (found->waits()) return html::para("A new way in is asked for. Information governance answers.");
    return found->half.empty() ? html::para("A new way in waits for its owner.") : half_of_code(*found);
}

// For information governance: who should get a new way in.
Html recoveries_asked_for(const Visit& visit, Session& s) {
    std::vector<Html> parts;
    for (const auto& each : recoveries(visit.office, s, visit.viewer)) {
        const auto who = shown_user(s, each.user);
        const auto* agency = visit.office.scheme.find_agency(who.agency);
        parts.push_back(html::para(el("strong", who.name), ", ", who.post, ", ",
                                   agency ? agency->name : who.agency, ". ", shown_user(s, each.asked_by).name,
                                   " asked ", html::time_of(each.asked_at), "."));
        if (!each.half.empty()) parts.push_back(half_of_code(each));
        if (!each.waits()) continue;
        const auto words = html::visually_hidden(": a new way in for " + who.name);
        parts.push_back(
            post_form(visit, "/recoveries/" + each.id,
                      html::button_group(
                          {html::button({.text = html::join("Agree", words), .name = "answer", .value = "agree"}),
                           html::button({.text = html::join("Do not agree", words),
                                         .name = "answer",
                                         .value = "refuse",
                                         .classes = "govuk-button--secondary"})})));
    }
    if (parts.empty()) return {};
    return html::join(
        html::heading(2, "New ways in asked for"),
        html::para("Agree when you know that the person themselves asks. The administrator gives them one half "
                   "of a code, you the other."),
        html::join(parts));
}

Html told_of_recovery(const Visit& visit) {
    return visit.office.database.read([&](Session& s) -> Html {
        const auto found = recovery_of(visit.office, s, visit.viewer.user_id);
        if (!found) return {};
        return html::notification_banner(
            {.text = html::join(
                 html::para(shown_user(s, found->asked_by).name, " asked for a new way into your account, ",
                            html::time_of(found->asked_at), found->waits() ? "." : ", and it was agreed to."),
                 html::para("If you did not ask for this yourself, stop it and ring your agency's lead."),
                 post_form(visit, "/account/recovery/stop",
                           html::button({.text = "Stop it", .classes = "govuk-button--warning"})))});
    });
}

Html account_events(const Visit& visit) {
    html::Table table;
    table.caption = "What happened to your account";
    table.head = html::columns("When", "What", "By");
    std::int64_t failed = 0;
    visit.office.database.read([&](Session& s) {
        // Each act by itself, so that many of one kind do not hide another.
        std::vector<std::tuple<base::Instant, std::string_view, std::string>> lines;
        for (const auto& [act, words] : kEvents)
            for (const auto& row :
                 s.query("SELECT at, user_id FROM audit_entry WHERE subject_id = $1 AND act = $2 AND outcome = "
                         "'allowed' ORDER BY seq DESC LIMIT 3",
                         visit.viewer.user_id, act))
                lines.emplace_back(row.instant(0), words, row.text(1));
        std::sort(lines.begin(), lines.end(), std::greater<>());
        lines.resize(std::min<std::size_t>(lines.size(), kEventsShown));
        for (const auto& [at, words, by] : lines)
            table.rows.push_back(
                html::row(html::time_of(at), words, by == visit.viewer.user_id ? "You" : shown_user(s, by).name));
        failed = s.one(
                      "SELECT COUNT(*) FROM audit_entry WHERE subject_id = $1 AND act = 'sign-in' AND outcome = "
                      "'denied' AND at > $2",
                      visit.viewer.user_id, visit.office.clock.now() - std::chrono::days{30})
                     ->integer(0);
    });
    return html::join(
        html::working_table(table),
        html::when(failed > 0, html::para("In the last 30 days, ", html::grouped(failed),
                                          failed == 1 ? " try" : " tries", " to sign in with your name failed.")));
}

void add_recovery_routes(Routes& routes) {
    using A = AuditClass;
    routes.post("/accounts/{id}/recover", Access::needs(Permission::manage_users), A::change(), Limits::form(),
                ask_for_recovery_page, "accounts");
    routes.post("/recoveries/{id}", Access::needs(Permission::oversee_protection), A::change(), Limits::form(),
                answer_recovery_page, "roles");
    routes.post("/account/recovery/stop", Access::signed_in(), A::change(), Limits::form(), stop_recovery_page);
}

}  // namespace rowan::partnership
