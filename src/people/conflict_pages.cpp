#include "base/text.h"
#include "html/casework.h"
#include "partnership/front.h"
#include "people/conflict_desk.h"

namespace rowan::people {

namespace {

using html::el, html::Html;
using partnership::page, partnership::PageBody, partnership::Visit;

std::string address_of(const Seal& seal) { return "/conflicts/" + seal.user + "/" + seal.person; }
// Of this seal among others on the page; the ids are random, so a part of each is enough.
std::string mark_of(const Seal& seal) { return seal.user.substr(0, 8) + seal.person.substr(0, 8); }

Html state_of(const Seal& seal) {
    if (seal.lifted) return html::tag({.text = "Lifted", .classes = "govuk-tag--grey"});
    if (seal.readers.size() < kReadersOfSeal) return html::tag({.text = "New", .classes = "govuk-tag--red"});
    return html::tag({.text = "In force", .classes = "govuk-tag--purple"});
}

Html lifting(const Visit& visit, const Seal& seal) {
    std::vector<Html> parts;
    for (const auto& lift : seal.lifts) {
        auto words =
            html::join(lift.asked_by, " asked to lift it ", html::time_of(lift.asked_at), ": ", lift.reason, ". ");
        if (lift.agreed_at)
            words = html::join(words, lift.agreed_by, " agreed ", html::time_of(*lift.agreed_at), ".");
        if (lift.refused_at)
            words = html::join(words, lift.agreed_by, " kept it ", html::time_of(*lift.refused_at), ".");
        parts.push_back(html::para(words));
        if (!lift.waits()) continue;
        std::vector<Html> buttons;
        if (!seal.asked_by_viewer)
            buttons.push_back(html::button(
                {.text = html::join("Lift it", html::visually_hidden(": " + seal.name + ", " + seal.ref)),
                 .name = "answer",
                 .value = "lift"}));
        buttons.push_back(
            html::button({.text = html::join(seal.asked_by_viewer ? "Take back" : "Keep it",
                                             html::visually_hidden(": " + seal.name + ", " + seal.ref)),
                          .name = "answer",
                          .value = "keep",
                          .classes = "govuk-button--secondary"}));
        parts.push_back(
            partnership::post_form(visit, address_of(seal) + "/lifts/" + lift.id, html::button_group(buttons)));
    }
    if (!seal.lifted && (seal.lifts.empty() || !seal.lifts.front().waits()))
        parts.push_back(html::details(
            {.summary =
                 html::join("Ask for it to be lifted", html::visually_hidden(": " + seal.name + ", " + seal.ref)),
             .text = partnership::post_form(
                 visit, address_of(seal) + "/lift",
                 html::join(
                     html::input({.name = "reason",
                                  .id = "why-" + mark_of(seal),
                                  .label = {.text = "Why it should be lifted"},
                                  .hint = {.text = "Another officer must agree"}}),
                     html::button({.text = "Ask another officer", .classes = "govuk-button--secondary"})))}));
    return html::join(parts);
}

http::Response conflicts_page(Visit& visit, const ConflictDesk& desk, std::string_view error = {},
                              const std::string& where = {}) {
    const auto seals = desk.seals(visit.viewer);
    PageBody body;
    body.title = "Conflicts of interest";
    body.navigation = "conflicts";
    body.wide = true;
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty()) parts.push_back(html::error_summary({.error_list = {{.text = error, .href = where}}}));
    parts.push_back(html::page_heading(body.title));
    parts.push_back(
        html::para("For each of these members of staff the record does not exist, because they may have to do "
                   "with the person: the name, home or telephone is the same as their "
                   "own or as one they declared. Two officers read of each. Do not speak of it with them or with "
                   "their manager."));
    visit.looked_at("conflicts", "", "oversight", "seals=" + std::to_string(seals.size()));
    visit.why = "You can see this because you look after information governance.";
    html::Table table;
    table.caption = "Members of staff and the records that they are sealed out of";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Member of staff", "Record", "The same", "State", "Read by", "Lifting");
    for (const auto& seal : seals) {
        visit.looked_at("person", seal.person, "oversight", "conflict");
        Html read = seal.readers.empty() ? html::text("Nobody yet") : html::text(base::join(seal.readers, ", "));
        if (!seal.read_by_viewer && !seal.lifted)
            read = html::join(
                read,
                partnership::post_form(
                    visit, address_of(seal) + "/read",
                    html::button({.text = html::join("I have read this",
                                                     html::visually_hidden(": " + seal.name + ", " + seal.ref)),
                                  .classes = "govuk-button--secondary govuk-!-margin-bottom-0"})));
        table.rows.push_back(html::row(html::join(seal.name, el("br"), seal.post, el("br"), seal.agency_name),
                                       seal.ref, ties_in_words(seal.ties), state_of(seal), read,
                                       lifting(visit, seal)));
    }
    parts.push_back(seals.empty() ? html::empty_note("Nobody who works here is sealed out of a record.")
                                  : html::working_table(table));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response answered(Visit& visit, const ConflictDesk& desk, const base::Result<>& done) {
    if (done.ok()) return http::redirect("/conflicts");
    const auto& user = visit.parameter("user");
    if (done.error().kind == base::ErrorKind::invalid)
        return conflicts_page(visit, desk, done.error().message,
                              "#why-" + user.substr(0, 8) + visit.parameter("person").substr(0, 8));
    return partnership::problem(visit, done.error());
}

}  // namespace

void add_conflict_routes(partnership::Routes& routes, const ConflictDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto oversee = Access::needs(Permission::oversee_protection);
    routes.get(
        "/conflicts", oversee, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return conflicts_page(v, desk); }, "conflicts");
    routes.post(
        "/conflicts/{user}/{person}/read", oversee, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            return answered(v, desk, desk.read(v.viewer, v.parameter("user"), v.parameter("person")));
        },
        "conflicts");
    routes.post(
        "/conflicts/{user}/{person}/lift", oversee, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            return answered(v, desk,
                            desk.ask(v.viewer, v.parameter("user"), v.parameter("person"), v.form.get("reason")));
        },
        "conflicts");
    routes.post(
        "/conflicts/{user}/{person}/lifts/{id}", oversee, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            return answered(v, desk,
                            desk.answer(v.viewer, v.parameter("user"), v.parameter("person"), v.parameter("id"),
                                        v.form.get("answer") == "lift"));
        },
        "conflicts");
}

}  // namespace rowan::people
