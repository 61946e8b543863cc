#include "base/id.h"
#include "base/number.h"
#include "base/text.h"
#include "html/casework.h"
#include "partnership/front.h"
#include "people/protection_desk.h"

#include <algorithm>

namespace rowan::people {

namespace {

using html::attr, html::cls, html::el, html::Html;
using partnership::page, partnership::PageBody, partnership::Sensitivity, partnership::Visit;

struct Meaning {
    Sensitivity level;
    std::string_view text;
};
constexpr Meaning kMeanings[] = {
    {Sensitivity::ordinary, "Shown to the front door, and to the agencies that hold a record of this person."},
    {Sensitivity::safe_address,
     "As ordinary, but where the person lives and can be rung is shown only to those named."},
    {Sensitivity::restricted, "Shown only to those named. For everybody else there is no such person."},
    {Sensitivity::police_sensitive, "Shown only to those named, who must be of the police."},
    {Sensitivity::sealed, "Shown only to those named, and only information governance may name anybody else."},
};

std::string_view meaning_of(Sensitivity level) {
    return std::find_if(std::begin(kMeanings), std::end(kMeanings),
                        [&](const auto& m) { return m.level == level; })
        ->text;
}

Html hidden(std::string_view name, const std::string& value) {
    return el("input", attr("type", "hidden"), attr("name", name), attr("value", value));
}

Html reason_input(const std::string& id, std::string_view value = {}) {
    return html::input({.name = "reason", .id = id, .label = {.text = "Why"}, .value = std::string(value)});
}

Html named_table(const Visit& visit, const Protection& p, const std::string& action) {
    html::Table table;
    table.caption = "Who is named";
    table.head = action.empty() ? html::columns("Name", "Post and agency", "Since")
                                : html::columns("Name", "Post and agency", "Since", "Change");
    for (const auto& n : p.named) {
        std::vector<html::TableCell> cells = {
            {.text = html::join(n.name,
                                html::when(!n.active, html::join(" ", html::tag({.text = "Cannot open it now",
                                                                                 .classes = "govuk-tag--red"}))))},
            {.text = html::join(n.post, el("br"), n.agency_name)},
            {.text = html::join(html::time_of(n.since), ", by ", n.by,
                                html::when(!n.reason.empty(), html::join(el("br"), n.reason)))}};
        if (!action.empty())
            cells.push_back(
                {.text = partnership::post_form(
                     visit, action + "/remove",
                     html::join(hidden("user", n.user), reason_input("remove-" + n.user),
                                html::button({.text = html::join("Take off",
                                                                 html::visually_hidden(" the record: " + n.name)),
                                              .classes = "govuk-button--warning govuk-!-margin-bottom-0"})))});
        table.rows.push_back({.cells = std::move(cells)});
    }
    return p.named.empty() ? html::warning_text({.text = "Nobody is named on this record, so nobody can open it."})
                           : html::working_table(table);
}

Html alike_note(const Protection& p) {
    if (p.alike == 0) return {};
    return html::inset_text(
        {.text = p.alike == 1
                     ? std::string("One record that may be about the same person is protected like this too, "
                                   "until somebody who is named says whether it is.")
                     : std::to_string(p.alike) + " records that may be about the same person are protected like "
                                                 "this too, until somebody who is named says whether they are."});
}

Html user_select(const std::vector<Choice>& choices, const std::string& id, std::string_view label,
                 const std::string& chosen) {
    std::vector<html::SelectItem> items{{.value = "", .text = "Choose"}};
    for (const auto& choice : choices)
        items.push_back(
            {.value = choice.user, .text = choice.name + ", " + choice.post + ", " + choice.agency_name});
    return html::select({.name = "user", .id = id, .label = {.text = label}, .items = items, .value = chosen});
}

Html name_form(const Visit& visit, const Protection& p, const std::vector<Choice>& choices,
               const std::string& action) {
    return partnership::post_form(
        visit, action + "/name",
        html::join(user_select(choices, "name-" + p.person, "Name somebody else", visit.form.get("user")),
                   reason_input("name-reason-" + p.person),
                   html::button({.text = "Name them on this record", .classes = "govuk-button--secondary"})));
}

Html level_form(const Visit& visit, const Protection& p, const std::vector<Choice>& choices) {
    html::Radios radios{
        .name = "sensitivity",
        .fieldset = html::Fieldset{.legend = {.text = "Protect it as", .classes = "govuk-fieldset__legend--m"}},
        .value = visit.form.get("sensitivity")};
    for (const auto level : p.may_become)
        radios.items.push_back({.value = std::string(name_of(level)),
                                .text = partnership::title_of(level),
                                .hint = {.text = meaning_of(level)}});
    return partnership::post_form(
        visit, "/people/" + p.person + "/protection",
        html::join(hidden("version", std::to_string(p.version)), html::radios(radios),
                   user_select(choices, "also-name", "Name somebody besides yourself (may be left out)",
                               visit.form.get("user")),
                   reason_input("reason", visit.form.get("reason")),
                   html::button({.text = "Change the protection"})));
}

Html history(const Protection& p) {
    if (p.history.empty()) return {};
    std::vector<Html> items;
    for (const auto& change : p.history)
        items.push_back(html::join(html::time_of(change.at), ": ", partnership::title_of(change.was), " became ",
                                   partnership::title_of(change.becomes), ", by ", change.by, ". ",
                                   change.reason));
    return html::join(html::heading(2, "What it was before"), html::bullets(items));
}

http::Response protection_page(Visit& visit, const ProtectionDesk& desk, std::string_view error = {},
                               std::string_view where = "#reason") {
    const auto& id = visit.parameter("id");
    const auto found = desk.protection(visit.viewer, id);
    if (!found) {
        visit.refused("person", base::is_id(id) ? id : "", "no-relationship");
        return partnership::not_there(visit);
    }
    const auto& p = *found;
    visit.looked_at("person", p.person, p.sight.rule, "protection");
    visit.why = "You can see this because " + std::string(p.sight.sentence) + ".";
    const auto choices = desk.choices(p);
    PageBody body;
    body.title = "Who may see this record";
    body.navigation = "people";
    body.back_link = "/people/" + p.person;
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty())
        parts.push_back(html::error_summary({.error_list = {{.text = error, .href = std::string(where)}}}));
    parts.push_back(html::page_heading(body.title, p.ref));
    parts.push_back(
        html::para(el("strong", partnership::title_of(p.sensitivity)), ". ", meaning_of(p.sensitivity)));
    if (p.shield > p.sensitivity)
        parts.push_back(html::inset_text(
            {.text = html::join("This record may be about somebody whose record is protected as ",
                                el("strong", partnership::title_of(p.shield)),
                                ". It is protected like that too, until somebody says ",
                                html::anchor("/matches", "whether they are the same person"), ".")}));
    parts.push_back(alike_note(p));
    const auto action = "/people/" + p.person + "/protection";
    if (p.sensitivity != Sensitivity::ordinary) {
        parts.push_back(named_table(visit, p, p.may_name ? action : ""));
        if (p.may_name)
            parts.push_back(name_form(visit, p, choices, action));
        else
            parts.push_back(html::para("Information governance can name somebody else, or take somebody off."));
    }
    parts.push_back(level_form(visit, p, choices));
    parts.push_back(history(p));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response protect_page(Visit& visit, const ProtectionDesk& desk) {
    const auto& id = visit.parameter("id");
    if (!desk.protection(visit.viewer, id)) return protection_page(visit, desk);
    const auto level = partnership::sensitivity(visit.form.get("sensitivity"));
    if (!level) return protection_page(visit, desk, "Choose how to protect the record", "#sensitivity");
    std::vector<std::string> names;
    if (const auto& user = visit.form.get("user"); !user.empty()) names.push_back(user);
    const auto version = base::whole_number<std::int64_t>(visit.form.get("version")).value_or(0);
    const auto done = desk.protect(visit.viewer, id, *level, names, visit.form.get("reason"), version);
    if (done.ok()) {
        // Who protects a record for the police only may have put it out of their own sight.
        const bool still = desk.people().sight(visit.viewer, id).sight == Sight::full;
        return http::redirect(still ? "/people/" + id + "/protection" : "/people");
    }
    if (done.error().kind == base::ErrorKind::invalid)
        return protection_page(visit, desk, done.error().message,
                               done.error().message == "Enter why." ? "#reason" : "#also-name");
    return partnership::problem(visit, done.error());
}

http::Response change_name(Visit& visit, const ProtectionDesk& desk, bool add, const std::string& back) {
    const auto& id = visit.parameter("id");
    const auto &user = visit.form.get("user"), &reason = visit.form.get("reason");
    const auto done =
        add ? desk.name(visit.viewer, id, user, reason) : desk.remove(visit.viewer, id, user, reason);
    if (!done.ok()) return partnership::problem(visit, done.error());
    const bool still = back == "/protected" || desk.people().sight(visit.viewer, id).sight == Sight::full;
    return http::redirect(still ? back : "/people");
}

http::Response protected_page(Visit& visit, const ProtectionDesk& desk) {
    const auto all = desk.all(visit.viewer);
    PageBody body;
    body.title = "Protected records";
    body.navigation = "protection";
    body.wide = true;
    std::vector<Html> parts{html::page_heading(body.title),
                            html::para("Here is which records are protected and who is named on them, by their "
                                       "reference. You cannot open them.")};
    visit.looked_at("protection", "", "oversight", "records=" + std::to_string(all.size()));
    visit.why = "You can see this because you look after information governance.";
    for (const auto& p : all) {
        visit.looked_at("person", p.person, "oversight", "protection");
        parts.push_back(html::heading(2, p.ref, "m", p.ref));
        parts.push_back(
            html::para(el("strong", partnership::title_of(p.sensitivity)), ". ", meaning_of(p.sensitivity)));
        parts.push_back(alike_note(p));
        parts.push_back(named_table(visit, p, "/protected/" + p.person));
        parts.push_back(name_form(visit, p, desk.choices(p), "/protected/" + p.person));
    }
    if (all.empty()) parts.push_back(html::empty_note("No record is protected."));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

}  // namespace

void add_protection_routes(partnership::Routes& routes, const ProtectionDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto protect = Access::needs(Permission::protect_people),
               oversee = Access::needs(Permission::oversee_protection);
    routes.get(
        "/people/{id}/protection", protect, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return protection_page(v, desk); }, "people");
    routes.post(
        "/people/{id}/protection", protect, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return protect_page(v, desk); }, "people");
    routes.post(
        "/people/{id}/protection/name", protect, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return change_name(v, desk, true, "/people/" + v.parameter("id") + "/protection"); },
        "people");
    routes.post(
        "/people/{id}/protection/remove", protect, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return change_name(v, desk, false, "/people/" + v.parameter("id") + "/protection"); },
        "people");
    routes.get(
        "/protected", oversee, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return protected_page(v, desk); }, "protection");
    routes.post(
        "/protected/{id}/name", oversee, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return change_name(v, desk, true, "/protected"); }, "protection");
    routes.post(
        "/protected/{id}/remove", oversee, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return change_name(v, desk, false, "/protected"); }, "protection");
}

}  // namespace rowan::people
