#include "protect/pages.h"

#include "base/number.h"
#include "base/text.h"
#include "protect/protect_pages.h"

namespace rowan::protect::pages {

std::string error_of(const Problems& problems, std::string_view field) {
    for (const auto& problem : problems)
        if (problem.field == field) return problem.message;
    return "";
}

Html error_summary_of(const Problems& problems) {
    if (problems.empty()) return {};
    html::ErrorSummary summary;
    for (const auto& problem : problems)
        summary.error_list.push_back({.text = problem.message, .href = "#" + problem.field});
    return html::error_summary(summary);
}

std::string why_sentence(std::string_view sentence) {
    return sentence.empty() ? "" : "You can see this because " + std::string(sentence) + ".";
}

std::vector<html::RadiosItem> radio_items(std::span<const Choice> choices) {
    std::vector<html::RadiosItem> out;
    for (const auto& choice : choices)
        out.push_back({.value = std::string(choice.code), .text = choice.text, .hint = {.text = choice.hint}});
    return out;
}

std::vector<html::CheckboxesItem> checkbox_items(std::span<const Choice> choices) {
    std::vector<html::CheckboxesItem> out;
    for (const auto& choice : choices)
        out.push_back({.value = std::string(choice.code), .text = choice.text, .hint = {.text = choice.hint}});
    return out;
}

std::vector<html::CheckboxesItem> checkbox_items(const std::vector<partnership::Code>& codes, Date today) {
    std::vector<html::CheckboxesItem> out;
    for (const auto& code : codes)
        if (code.valid_on(today))
            out.push_back({.value = code.code, .text = code.text, .hint = {.text = code.help}});
    return out;
}

html::Fieldset legend(std::string text, std::string_view size) {
    return {.legend = {.text = std::move(text), .classes = "govuk-fieldset__legend--" + std::string(size)}};
}

Html hidden(std::string_view name, std::string_view value) {
    return el("input", html::attr("type", "hidden"), html::attr("name", name), html::attr("value", value));
}

std::string lines(std::vector<std::string> parts) {
    std::erase(parts, "");
    return base::join(parts, "\n");
}

std::string texts_of(std::span<const Choice> choices, const std::vector<std::string>& codes) {
    std::vector<std::string> out;
    for (const auto& code : codes) out.push_back(text_of(choices, code));
    return base::join(out, ", ");
}

std::string texts_of(const partnership::Scheme& scheme, std::string_view list,
                     const std::vector<std::string>& codes) {
    std::vector<std::string> out;
    for (const auto& code : codes) out.push_back(scheme.text_of(list, code));
    return base::join(out, ", ");
}

std::string area_name(const partnership::Scheme& scheme, const std::string& code) {
    const auto* area = scheme.find_area(code);
    return area ? std::string(area->name()) : code.empty() ? "Not known" : code;
}

std::string level_label(const partnership::Scheme& scheme, const std::string& code) {
    const auto* level = scheme.find_risk_level(code);
    return level ? level->label : code;
}

std::string decision_label(const partnership::Scheme& scheme, const std::string& code) {
    const auto* decision = scheme.find_decision(code);
    return decision ? decision->label : code;
}

Html gentle_prompts(std::string_view text) {
    const auto prompts = prompts_for(text);
    if (prompts.empty()) return {};
    std::vector<Html> items;
    for (const auto& prompt : prompts) items.push_back(join("“", prompt.words, "”: ", prompt.prompt));
    return html::inset_text(
        {.text = join(html::para("A thought about your words. You can leave them as they are."),
                      html::bullets(items))});
}

Html clock_words(State state, const DecisionClock& clock, Instant now) {
    if (state == State::linked)
        return html::tag({.text = std::string(words_for(state)), .classes = "govuk-tag--grey"});
    const auto how = urgency(clock, now);
    const bool late = how == Urgency::overdue || (how == Urgency::done && !clock.met_by(now));
    const char* colour = late                   ? "rowan-tag--berry"
                         : how == Urgency::soon ? "rowan-tag--amber"
                         : how == Urgency::done ? "rowan-tag--leaf"
                                                : "govuk-tag--grey";
    return html::tag({.text = sentence(clock, now), .classes = colour});
}

Html clock_of(const ListedReferral& row, Instant now) {
    return clock_words(row.line.referral.current(), row.clock, now);
}

Html danger_notice() {
    return html::warning_text({.text = "If anybody is in danger now, call 999 first. Do not wait for this form."});
}

std::string subject_title(const partnership::Scheme& scheme, std::string_view subject_kind) {
    auto out = subject_label(scheme, subject_kind);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

Html procedures_notice(const partnership::Scheme& scheme) {
    const auto whose = "child protection procedures of " + std::string(scheme.label("board"));
    // It tells the other site nothing of where the reader came from.
    const auto link =
        el("a", cls("govuk-link"), html::href(scheme.procedures_url), html::attr("rel", "noreferrer"), whose);
    return html::para("Read the ", scheme.procedures_url.empty() ? html::text(whose) : link,
                      " in every case of a child at risk of exploitation.");
}

http::Response shown(Visit& visit, std::string title, Html body, std::string back, bool error, bool wide) {
    PageBody out;
    out.title = std::move(title);
    out.body = std::move(body);
    out.back_link = std::move(back);
    out.error = error;
    out.wide = wide;
    out.navigation = "referrals";
    return partnership::page(visit, std::move(out));
}

std::int64_t number_field(const Visit& visit, std::string_view name) {
    return base::whole_number<std::int64_t>(visit.form.get(name)).value_or(0);
}

Html versions_table(const std::vector<store::Version>& versions) {
    html::Table table;
    table.caption = "Versions, newest first";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Version", "When", "Who");
    for (const auto& v : versions) table.rows.push_back(html::row(v.version, html::time_of(v.at), v.by_name));
    return html::working_table(table);
}

namespace {

// What a young person's page shows of this room.
std::optional<people::PeopleDesk::Section> referrals_section(Visit& visit, const ProtectDesk& desk,
                                                             const people::PersonView& person) {
    const auto lines = desk.referrals_of(visit.viewer, person.id);
    if (lines.empty()) return std::nullopt;
    html::Table table;
    table.caption = "Referrals";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Reference", "Received", "State", "Decision");
    for (const auto& line : lines) {
        const auto& r = line.referral;
        visit.looked_at("referral", r.id, "person-page", "line");
        table.rows.push_back(html::row(html::anchor("/referrals/" + r.id, r.ref), html::time_of(r.received_at),
                                       std::string(words_for(r.current())),
                                       line.decision ? decision_label(visit.office.scheme, line.decision->decision)
                                                     : std::string("Not yet")));
    }
    return people::PeopleDesk::Section{"Referrals", html::working_table(table)};
}

std::optional<people::PeopleDesk::Section> screenings_section(Visit& visit, const ProtectDesk& desk,
                                                              const people::PersonView& person) {
    const auto all = desk.screenings_of(visit.viewer, person.id);
    if (all.empty()) return std::nullopt;
    html::Table table;
    table.caption = "Screenings";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Completed", "Tool", "Sum", "Professional judgement");
    for (const auto& c : all) {
        visit.looked_at("screening", c.id, "person-page", "line");
        const auto* tool = visit.office.scheme.find_tool(c.tool);
        table.rows.push_back(html::row(html::anchor("/screenings/" + c.id, base::display(c.completed_at)),
                                       tool ? tool->title : c.tool, html::numeric(c.score),
                                       level_label(visit.office.scheme, c.professional_outcome)));
    }
    return people::PeopleDesk::Section{"Risk", html::working_table(table)};
}

std::vector<Html> actions(Visit& visit, const people::PersonView& person) {
    std::vector<Html> out;
    if (may(visit.viewer, partnership::Permission::screen).allowed)
        out.push_back(html::button({.text = "Screen", .href = "/screenings/new?person=" + person.id}));
    if (may(visit.viewer, partnership::Permission::refer).allowed)
        out.push_back(html::button({.text = "Refer",
                                    .href = "/referrals/new?person=" + person.id,
                                    .classes = "govuk-button--secondary"}));
    return out;
}

}  // namespace

}  // namespace rowan::protect::pages

namespace rowan::protect {

void add_protect_routes(partnership::Routes& routes, const ProtectDesk& desk) {
    pages::add_form_routes(routes, desk);
    pages::add_referral_routes(routes, desk);
    pages::add_decision_routes(routes, desk);
    pages::add_screening_routes(routes, desk);
    auto& hooks = desk.people().hooks;
    hooks.sections.push_back(
        [&desk](auto& visit, const auto& person) { return pages::screenings_section(visit, desk, person); });
    hooks.sections.push_back(
        [&desk](auto& visit, const auto& person) { return pages::referrals_section(visit, desk, person); });
    hooks.actions = [](auto& visit, const auto& person) { return pages::actions(visit, person); };
}

std::vector<html::WorkItem> work_lines(const std::vector<WorkItem>& items, Instant now) {
    std::vector<html::WorkItem> out;
    for (const auto& item : items)
        out.push_back({.clock = item.due ? html::clock_tag({.due = *item.due, .now = now}) : html::Html{},
                       .text = item.text,
                       .href = item.href,
                       .why = item.why});
    return out;
}

}  // namespace rowan::protect
