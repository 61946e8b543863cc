#include "base/id.h"
#include "html/casework.h"
#include "partnership/front.h"
#include "people/relations_desk.h"

namespace rowan::people {

namespace {

using html::attr, html::el, html::Html;
using partnership::page, partnership::PageBody, partnership::Visit, partnership::Work;

// A form of the page that was sent and refused: what was typed into it stands there again, with the sentence.
struct Refused {
    std::string_view form;  // "allocate", "meeting" or "disclose"
    std::string message;
};

// The field that a sentence of the desk is about.
std::string_view field_of(std::string_view message) {
    if (message.starts_with("Enter w")) return "why";
    if (message.starts_with("Choose") || message.starts_with("They") || message.starts_with("The record"))
        return "user";
    return "day-day";
}

Html how(const WorkLine& line) {
    const auto& row = line.row;
    const auto until = row.until ? base::display(base::add_days(base::london_date(*row.until), -1)) : "";
    Html out;
    if (row.work == Work::allocated) out = html::text("Works with this person");
    if (row.work == Work::meeting)
        out = html::join("Takes part in the meeting on ", base::display(*row.meeting_on), el("br"),
                         "Sees the record until ", until);
    if (row.work == Work::disclosure) out = html::join("The record was disclosed until ", until);
    return html::join(out, html::when(!row.purpose.empty(), html::join(el("br"), row.purpose)));
}

Html end_form(const Visit& visit, const Works& works, const WorkLine& line) {
    if (!line.may_end) return {};
    return partnership::post_form(
        visit, "/people/" + works.person + "/relations/end",
        html::join(el("input", attr("type", "hidden"), attr("name", "work"), attr("value", line.row.id)),
                   html::button({.text = html::join("End", html::visually_hidden(" this for " + line.name)),
                                 .classes = "govuk-button--warning govuk-!-margin-bottom-0"})));
}

Html who(const WorkLine& line) {
    return html::join(
        el("strong", line.name),
        html::when(!line.active,
                   html::join(" ", html::tag({.text = "Cannot open it now", .classes = "govuk-tag--red"}))),
        el("br"), line.post, el("br"), line.agency_name);
}

Html now_table(const Visit& visit, const Works& works) {
    if (works.now.empty()) return html::empty_note("Nobody is written down here as working with this person.");
    html::Table table;
    table.caption = "Who works with this person now";
    table.caption_classes = "govuk-visually-hidden";
    table.head =
        works.gives() ? html::columns("Who", "How", "Since", "Change") : html::columns("Who", "How", "Since");
    for (const auto& line : works.now) {
        std::vector<html::TableCell> cells = {
            {.text = who(line)},
            {.text = how(line)},
            {.text = html::join(html::time_of(line.row.given_at), ", by ", line.by)}};
        if (works.gives()) cells.push_back({.text = end_form(visit, works, line)});
        table.rows.push_back({.cells = std::move(cells)});
    }
    return html::working_table(table);
}

Html before_list(const Works& works) {
    if (works.before.empty()) return {};
    std::vector<Html> items;
    for (const auto& line : works.before)
        items.push_back(html::join(
            line.name, ", ", line.post, ", ", line.agency_name, ": ", how(line), ". From ",
            html::time_of(line.row.given_at), ", by ", line.by,
            html::when(line.row.ended_at.has_value(),
                       html::join("; ended ", html::time_of(line.row.ended_at.value_or(base::Instant{})), ", by ",
                                  line.ended_by))));
    return html::details({.summary = "What is over", .text = html::bullets(items)});
}

// One of the three forms: whom, until when if it is not for good, and why.
struct Giving {
    std::string_view form, heading, button, day, why, hint;
};

Html giving_form(const Visit& visit, const Works& works, const std::vector<Choice>& colleagues,
                 const Giving& giving, const Refused& refused) {
    const bool here = refused.form == giving.form;
    const std::string prefix(giving.form);
    const auto typed = [&](std::string_view name) { return here ? visit.form.get(name) : std::string{}; };
    const auto error = [&](std::string_view field) {
        return html::ErrorMessage{.text = here && field_of(refused.message) == field
                                              ? std::string_view(refused.message)
                                              : std::string_view{}};
    };
    std::vector<html::SelectItem> items{{.value = "", .text = "Choose"}};
    for (const auto& each : colleagues)
        if (giving.form != "allocate" || each.agency == visit.viewer.agency)
            items.push_back({.value = each.user, .text = each.name + ", " + each.post + ", " + each.agency_name});
    Html day;
    if (!giving.day.empty())
        day = html::date_input(
            {.id = prefix + "-day",
             .name_prefix = "day",
             .fieldset = html::Fieldset{.legend = {.text = giving.day, .classes = "govuk-fieldset__legend--s"}},
             .error_message = error("day-day"),
             .values = {{"day", typed("day-day")}, {"month", typed("day-month")}, {"year", typed("day-year")}}});
    return html::join(
        html::heading(2, giving.heading, "m", prefix), html::when(!giving.hint.empty(), html::para(giving.hint)),
        partnership::post_form(
            visit, "/people/" + works.person + "/relations/" + prefix,
            html::join(html::select({.name = "user",
                                     .id = prefix + "-user",
                                     .label = {.text = "Who"},
                                     .error_message = error("user"),
                                     .items = items,
                                     .value = typed("user")}),
                       day,
                       html::input({.name = "why",
                                    .id = prefix + "-why",
                                    .label = {.text = giving.why},
                                    .error_message = error("why"),
                                    .value = typed("why")}),
                       html::button({.text = giving.button, .classes = "govuk-button--secondary"}))));
}

Html forms(const Visit& visit, const RelationsDesk& desk, const Works& works, const Refused& refused) {
    if (works.shut)
        return html::inset_text(
            {.text = "Only those who are named on this record see it, whoever else works with the person."});
    if (!works.gives()) return {};
    const auto& rules = visit.office.scheme.access;
    const auto colleagues = desk.colleagues(visit.viewer, works);
    std::vector<Html> out;
    if (works.may_allocate)
        out.push_back(giving_form(visit, works, colleagues,
                                  {.form = "allocate",
                                   .heading = "Allocate a colleague",
                                   .button = "Allocate them",
                                   .day = "",
                                   .why = "Why",
                                   .hint = "Somebody of your own agency, who sees the record until you end it."},
                                  refused));
    if (works.may_ask) {
        const auto hint = "They see the record from now until " + std::to_string(rules.meeting_days_after) +
                          " days after the meeting.";
        out.push_back(giving_form(visit, works, colleagues,
                                  {.form = "meeting",
                                   .heading = "Ask somebody to a meeting",
                                   .button = "Ask them",
                                   .day = "Day of the meeting",
                                   .why = "What the meeting is for",
                                   .hint = hint},
                                  refused));
    }
    if (works.may_disclose) {
        const auto hint = "They see the record until the day you give, at most " +
                          std::to_string(rules.disclosure_days) +
                          " days. Your purpose is shown to them with the record.";
        out.push_back(giving_form(visit, works, colleagues,
                                  {.form = "disclose",
                                   .heading = "Disclose the record",
                                   .button = "Disclose it",
                                   .day = "Last day",
                                   .why = "What for",
                                   .hint = hint},
                                  refused));
    }
    return html::join(out);
}

http::Response relations_page(Visit& visit, const RelationsDesk& desk, const Refused& refused = {}) {
    const auto& id = visit.parameter("id");
    const auto works = desk.works(visit.viewer, id);
    if (!works) {
        visit.refused("person", base::is_id(id) ? id : "", "no-relationship");
        return partnership::not_there(visit);
    }
    visit.looked_at("person", works->person, works->sight.rule, "relations");
    visit.why = "You can see this because " + std::string(works->sight.sentence) + ".";
    PageBody body;
    body.title = "Who works with this person";
    body.navigation = "people";
    body.back_link = "/people/" + works->person;
    body.error = !refused.message.empty();
    std::vector<Html> parts;
    if (body.error) {
        const auto where = "#" + std::string(refused.form) + "-" + std::string(field_of(refused.message));
        parts.push_back(html::error_summary({.error_list = {{.text = refused.message, .href = where}}}));
    }
    parts.push_back(html::page_heading(body.title, works->name + ", " + works->ref));
    parts.push_back(now_table(visit, *works));
    parts.push_back(before_list(*works));
    parts.push_back(forms(visit, desk, *works, refused));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response answer(Visit& visit, const RelationsDesk& desk, std::string_view form, const base::Result<>& done) {
    if (done.ok()) return http::redirect("/people/" + visit.parameter("id") + "/relations");
    const auto kind = done.error().kind;
    if (const auto& id = visit.parameter("id"); kind == base::ErrorKind::not_found)
        visit.refused("person", base::is_id(id) ? id : "", "no-relationship");
    if (kind == base::ErrorKind::invalid || (kind == base::ErrorKind::conflict && form != "end"))
        return relations_page(visit, desk, {form, done.error().message});
    return partnership::problem(visit, done.error());
}

http::Response allocate_page(Visit& visit, const RelationsDesk& desk) {
    return answer(
        visit, desk, "allocate",
        desk.allocate(visit.viewer, visit.parameter("id"), visit.form.get("user"), visit.form.get("why")));
}

// A meeting or a disclosure: both have a day.
http::Response day_page(Visit& visit, const RelationsDesk& desk, bool meeting) {
    const auto& form = visit.form;
    const auto& id = visit.parameter("id");
    const std::string_view name = meeting ? "meeting" : "disclose";
    const auto day = parse_written_date(form.get("day-day"), form.get("day-month"), form.get("day-year"));
    return answer(visit, desk, name,
                  meeting ? desk.ask(visit.viewer, id, form.get("user"), day, form.get("why"))
                          : desk.disclose(visit.viewer, id, form.get("user"), day, form.get("why")));
}

http::Response end_page(Visit& visit, const RelationsDesk& desk) {
    return answer(visit, desk, "end", desk.end(visit.viewer, visit.parameter("id"), visit.form.get("work")));
}

}  // namespace

void add_relations_routes(partnership::Routes& routes, const RelationsDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto see = Access::needs(Permission::search_people);
    routes.get(
        "/people/{id}/relations", see, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return relations_page(v, desk); }, "people");
    routes.post(
        "/people/{id}/relations/allocate", Access::needs(Permission::protect_people), AuditClass::change(),
        Limits::form(), [&desk](Visit& v) { return allocate_page(v, desk); }, "people");
    // Two roles ask to a meeting, by two permissions: the desk decides.
    routes.post(
        "/people/{id}/relations/meeting", see, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return day_page(v, desk, true); }, "people");
    routes.post(
        "/people/{id}/relations/disclose", Access::needs(Permission::disclose), AuditClass::change(),
        Limits::form(), [&desk](Visit& v) { return day_page(v, desk, false); }, "people");
    routes.post(
        "/people/{id}/relations/end", see, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return end_page(v, desk); }, "people");
}

}  // namespace rowan::people
