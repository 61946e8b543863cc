#include "protect/missing/holding_list.h"
#include "protect/missing/pages.h"

namespace rowan::protect::missing::pages {

namespace {

constexpr std::string_view kWhy =
    "You can see this because you work at the front door of the partnership or for the police.";

Html tabs(Held now) {
    html::SubNavigation out{.label = "What has become of it"};
    for (const auto state : {Held::held, Held::passed_on, Held::not_needed})
        out.items.push_back({.text = std::string(words_for(state)),
                             .href = "/missing/intelligence?state=" + std::string(name_of(state)),
                             .current = state == now});
    return html::sub_navigation(out);
}

std::string times_in_words(int n) { return n == 1 ? "once" : std::to_string(n) + " times"; }

http::Response list_page(Visit& visit, const HoldingList& list) {
    if (!list.may(visit.viewer)) return refused_page(visit, "holding_list");
    const auto state = held_named(visit.request.query.get("state")).value_or(Held::held);
    const auto& kind = visit.request.query.get("kind");
    const auto things = list.list(visit.viewer, state, find_choice(mention_kinds(), kind) ? kind : "");
    for (const auto& thing : things) visit.looked_at("mention", thing.id, "holding-list", "list");
    if (things.empty()) visit.looked_at("mention", "", "holding-list", "list empty");
    visit.why = kWhy;
    html::Table table;
    table.caption = "Names, vehicles and places, newest first";
    table.caption_classes = "govuk-visually-hidden";
    table.head = {{.text = "What"},
                  {.text = "Kind"},
                  {.text = "Mentioned", .format = "numeric"},
                  {.text = "Young people", .format = "numeric"},
                  {.text = "Last"}};
    for (const auto& thing : things)
        table.rows.push_back(html::row(
            join(html::anchor("/missing/intelligence/" + thing.id, thing.text),
                 when(thing.children > 1,
                      join(" ", html::tag({.text = "More than one young person", .classes = "rowan-tag--amber"}))),
                 when(thing.conditional,
                      join(" ", html::tag({.text = "On conditions (C)", .classes = "rowan-tag--amber"})))),
            text_of(mention_kinds(), thing.kind), html::numeric(times_in_words(thing.times)),
            html::numeric(thing.children), html::time_of(thing.last)));
    std::vector<html::SelectItem> kinds{{.value = "", .text = "All"}};
    for (const auto& each : mention_kinds())
        kinds.push_back({.value = std::string(each.code), .text = std::string(each.text)});
    const Html body = join(
        html::page_heading("Held for intelligence"),
        html::para("What came up about missing young people: who said it and when. Nobody has graded it yet."),
        tabs(state),
        el("form", html::attr("method", "get"), html::attr("action", "/missing/intelligence"),
           cls("rowan-inline-form"), hidden("state", std::string(name_of(state))),
           html::select({.name = "kind", .label = {.text = "Kind"}, .items = kinds, .value = kind}),
           html::button({.text = "Show", .classes = "govuk-button--secondary"})),
        things.empty() ? html::empty_note("There is nothing in this list.") : html::working_table(table));
    return shown(visit, "Held for intelligence", body, "/missing", false, true);
}

http::Response thing_page(Visit& visit, const HoldingList& list) {
    const auto view = list.thing(visit.viewer, visit.parameter("id"));
    if (!view) return refused_page(visit, "mention");
    visit.why = kWhy;
    html::Table table;
    table.caption = "Every time that it came up";
    table.head =
        html::columns("When", "In these words", "Who said so", "May it be shared?", "Young person", "Episode");
    for (const auto& m : view->mentions) {
        visit.looked_at("mention", m.id, m.rule);
        visit.looked_at("missing_episode", m.episode, m.rule, "mention");
        table.rows.push_back(html::row(html::time_of(m.words.at), m.words.text, m.words.said_by,
                                       handling_of(m.words), m.child,
                                       html::anchor("/missing/" + m.episode, m.ref)));
    }
    std::vector<Html> buttons;
    for (const auto state : {Held::passed_on, Held::not_needed, Held::held})
        if (state != view->state)
            buttons.push_back(
                html::button({.text = state == Held::held ? "Hold it again" : std::string(words_for(state)),
                              .name = "state",
                              .value = std::string(name_of(state)),
                              .classes = state == Held::passed_on ? "" : "govuk-button--secondary"}));
    const Html body = join(
        html::page_heading(view->text, text_of(mention_kinds(), view->kind)),
        html::para(html::tag({.text = std::string(words_for(view->state)),
                              .classes = view->state == Held::held ? "rowan-tag--amber" : "govuk-tag--grey"}),
                   when(view->decided_at.has_value(),
                        [&] { return join(" ", html::time_of(*view->decided_at), " by ", view->decided_by); })),
        html::working_table(table),
        partnership::post_form(visit, "/missing/intelligence/" + view->id, html::button_group(buttons)));
    return shown(visit, view->text, body, "/missing/intelligence", false, true);
}

http::Response decide(Visit& visit, const HoldingList& list) {
    const auto& id = visit.parameter("id");
    if (!list.thing(visit.viewer, id)) return refused_page(visit, "mention");
    const auto state = held_named(visit.form.get("state"));
    if (!state) return partnership::problem(visit, base::invalid("Select what becomes of it."));
    const auto done = list.decide(visit.viewer, id, *state, once_key(visit, id));
    return done.ok() ? http::redirect("/missing/intelligence") : partnership::problem(visit, done.error());
}

}  // namespace

void add_holding_routes(Routes& routes, const MissingDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto reports = Access::needs(partnership::Permission::report_missing);
    const HoldingList list(desk);
    routes.get(
        "/missing/intelligence", reports, AuditClass::look(), Limits::page(),
        [list](Visit& v) { return list_page(v, list); }, "missing");
    routes.get(
        "/missing/intelligence/{id}", reports, AuditClass::look(), Limits::page(),
        [list](Visit& v) { return thing_page(v, list); }, "missing");
    routes.post(
        "/missing/intelligence/{id}", reports, AuditClass::change(), Limits::form(),
        [list](Visit& v) { return decide(v, list); }, "missing");
}

}  // namespace rowan::protect::missing::pages
