#include "base/number.h"
#include "base/text.h"
#include "protect/pages.h"
#include "protect/screening_form.h"

#include <algorithm>

namespace rowan::protect::pages {

namespace {

using partnership::Permission;

http::Response refused_page(Visit& visit, std::string_view kind) {
    visit.refused(kind, "", "no-relationship");
    return partnership::not_there(visit);
}

std::string_view window_words(partnership::Window window) {
    using W = partnership::Window;
    switch (window) {
        case W::current_6m:
            return "Now or in the past 6 months";
        case W::months_6_12:
            return "6 to 12 months ago";
        case W::prior_6m:
            return "More than 6 months ago";
        case W::lifetime:
            return "Ever";
    }
    return "";
}

// --- beginning --------------------------------------------------------------------------------------------------

http::Response start_page(Visit& visit, const ProtectDesk& desk, const std::string& person,
                          const std::string& referral, const Problems& problems) {
    const auto known = desk.subject(visit.viewer, person);
    if (!known) return refused_page(visit, "person");
    const auto today = base::london_date(visit.office.clock.now());
    visit.looked_at("person", known->root, "screen");
    visit.why =
        "You can see this because you may screen young people whom your agency or your role has to do with.";
    const auto age =
        known->born && *known->born <= today ? std::optional{base::age_on(*known->born, today)} : std::nullopt;
    const auto* tool = tool_for(visit.office.scheme, age, today);
    const Html question =
        age ? html::para(known->name, " is ", *age, ". The tool for this age is “",
                         tool ? tool->title : std::string("not set up"), "”.")
            : html::input({.name = "age",
                           .label = {.text = "About how old is the young person?", .classes = "govuk-label--m"},
                           .hint = {.text = "The date of birth is not known, and the tool depends on the age. "
                                            "Give your best estimate in years."},
                           .error_message = {.text = error_of(problems, "age")},
                           .inputmode = "numeric",
                           .classes = "govuk-input--width-2"});
    const Html body =
        join(error_summary_of(problems), html::page_heading("Screen " + known->name),
             html::para("A screening helps you to think. It does not decide, and nobody has to give evidence."),
             when(tool != nullptr, [&] { return html::para(tool->purpose); }),
             partnership::post_form(visit, "/screenings/new",
                                    join(hidden("person", known->root), hidden("referral", referral), question,
                                         html::button({.text = "Start screening", .is_start_button = true}))));
    return shown(visit, "Screen " + known->name, html::two_thirds(body),
                 referral.empty() ? "/people/" + known->root : "/referrals/" + referral, !problems.empty());
}

http::Response start(Visit& visit, const ProtectDesk& desk) {
    std::optional<int> age;
    if (const auto text = base::tidy_line(visit.form.get("age")); !text.empty()) {
        const auto value = base::whole_number<int>(text);
        if (value && *value >= 0 && *value <= 120) age = value;
    }
    const auto& person = visit.form.get("person");
    const auto& referral = visit.form.get("referral");
    const auto draft = desk.start_screening(visit.viewer, person, referral, age);
    if (draft.ok()) return http::redirect("/screenings/draft/" + *draft);
    if (draft.error().kind == base::ErrorKind::invalid)
        return start_page(visit, desk, person, referral, {{"age", draft.error().message}});
    return partnership::problem(visit, draft.error());
}

// --- the items --------------------------------------------------------------------------------------------------

Html item_fields_of(const partnership::ToolItem& item, const Answers& answers, const Problems& problems) {
    html::Radios present{
        .name = item.code,
        .fieldset = html::Fieldset{.legend = {.text = item.text, .classes = "govuk-fieldset__legend--s"}},
        .hint = {.text = item.help},
        .error_message = {.text = error_of(problems, item.code)},
        .items = radio_items(presences()),
        .value = answers.get(item.code),
        .classes = "govuk-radios--inline govuk-radios--small rowan-radios--row"};
    for (auto& choice : present.items) choice.when = choice.value != "possible" || item.allow_possible;
    html::Checkboxes when_fields{.name = item.code + "-when",
                                 .fieldset = legend("When?", "s"),
                                 .error_message = {.text = error_of(problems, item.code + "-when")},
                                 .values = answers.all(item.code + "-when"),
                                 .classes = "govuk-checkboxes--small"};
    for (const auto& each : item.windows)
        when_fields.items.push_back(
            {.value = std::string(name_of(each.window)), .text = window_words(each.window)});
    html::Radios evidence{.name = item.code + "-evidence",
                          .fieldset = legend("What does it rest on?", "s"),
                          .error_message = {.text = error_of(problems, item.code + "-evidence")},
                          .items = radio_items(evidence_kinds()),
                          .value = answers.get(item.code + "-evidence"),
                          .classes = "govuk-radios--small"};
    const auto& said = answers.get(item.code);
    const auto note_error = error_of(problems, item.code + "-note");
    const bool open =
        said == "yes" || said == "possible" || !present.error_message.text.empty() || !note_error.empty();
    return join(
        html::radios(present),
        html::details(
            {.summary = join("When, and how you know", html::visually_hidden(": " + item.text)),
             .text = join(item.windows.size() > 1
                              ? html::checkboxes(when_fields)
                              : html::para("When: ", std::string(window_words(item.windows.front().window)), "."),
                          html::radios(evidence),
                          html::textarea({.name = item.code + "-note",
                                          .label = {.text = "Note"},
                                          .error_message = {.text = note_error},
                                          .value = answers.get(item.code + "-note"),
                                          .rows = 2})),
             .open = open}));
}

Html all_items(const Tool& tool, const Answers& answers, const Problems& problems) {
    std::vector<Html> parts;
    for (const auto& section : tool.sections) {
        parts.push_back(html::heading(2, section.title, "m", "section-" + section.code));
        if (!section.help.empty()) parts.push_back(html::para(section.help));
        for (const auto& item : tool.items)
            if (item.section == section.code) parts.push_back(item_fields_of(item, answers, problems));
    }
    html::Checkboxes protective{.name = "protective",
                                .fieldset = legend("Which of these are there?", "s"),
                                .error_message = {.text = error_of(problems, "protective")},
                                .values = answers.all("protective"),
                                .classes = "govuk-checkboxes--small"};
    for (const auto& factor : tool.protective_factors)
        protective.items.push_back({.value = factor.code, .text = factor.text, .hint = {.text = factor.help}});
    parts.push_back(html::heading(2, "What protects them"));
    if (!protective.items.empty()) parts.push_back(html::checkboxes(protective));
    parts.push_back(html::textarea({.name = "protective_note",
                                    .label = {.text = "What else protects them?"},
                                    .value = answers.get("protective_note"),
                                    .rows = 3}));
    parts.push_back(html::heading(2, "Anything else"));
    parts.push_back(html::textarea({.name = "other",
                                    .label = {.text = "What else worries you that is not on this list?"},
                                    .value = answers.get("other"),
                                    .rows = 3}));
    parts.push_back(html::textarea({.name = "their_words",
                                    .label = {.text = "What do they say themselves?"},
                                    .hint = {.text = "In their own words, if you know"},
                                    .value = answers.get("their_words"),
                                    .rows = 3}));
    return join(parts);
}

Html delete_form(const Visit& visit, const Draft& draft) {
    return html::details({.summary = "Delete this draft",
                          .text = partnership::post_form(
                              visit, "/screenings/draft/" + draft.id + "/delete",
                              join(html::para("Everything you have written in it will be gone for good."),
                                   html::button({.text = "Delete draft", .classes = "govuk-button--warning"})))});
}

struct Found {
    Draft draft;
    const Tool* tool = nullptr;
    SubjectFacts subject;
};
std::optional<Found> own_draft(Visit& visit, const ProtectDesk& desk) {
    auto draft = desk.draft(visit.viewer, visit.parameter("draft"));
    if (!draft) return std::nullopt;
    const auto* tool = desk.tool_of(*draft);
    const auto known = desk.subject(visit.viewer, draft->subject);
    if (!tool || !known) return std::nullopt;
    return Found{std::move(*draft), tool, *known};
}

http::Response items_page(Visit& visit, const Found& found, const Problems& problems) {
    const auto& d = found.draft;
    visit.looked_at("draft", d.id, "own");
    visit.looked_at("person", found.subject.root, "screen");
    visit.why = "You can see this because you are writing it. Nobody else can.";
    const auto title = "Screening: " + found.subject.name;
    const bool estimated = d.answers.get("age_estimated") == "yes";
    const Html body =
        join(error_summary_of(problems), html::page_heading(title, found.tool->title),
             html::para("Age ", d.answers.get("age"), estimated ? " (estimated)" : "",
                        ". What you leave out counts as not known. Possible and not known never add to the sum."),
             partnership::post_form(
                 visit, "/screenings/draft/" + d.id,
                 join(hidden("version", std::to_string(d.version)), all_items(*found.tool, d.answers, problems),
                      html::button_group({html::button({.text = "Save and see the result",
                                                        .name = "do",
                                                        .value = "result",
                                                        .prevent_double_click = true}),
                                          html::button({.text = "Save and come back later",
                                                        .name = "do",
                                                        .value = "later",
                                                        .classes = "govuk-button--secondary"})}))),
             delete_form(visit, d));
    return shown(visit, title, body, "/people/" + found.subject.root, !problems.empty(), true);
}

http::Response show_items(Visit& visit, const ProtectDesk& desk) {
    const auto found = own_draft(visit, desk);
    return found ? items_page(visit, *found, {}) : refused_page(visit, "draft");
}

constexpr std::string_view kSavedElsewhere =
    "This draft was saved in another window since you opened this page. Your answers are below: save again to "
    "keep them.";

http::Response save_items(Visit& visit, const ProtectDesk& desk) {
    auto found = own_draft(visit, desk);
    if (!found) return refused_page(visit, "draft");
    const auto names = item_fields(*found->tool);
    const bool stale = number_field(visit, "version") != found->draft.version;
    found->draft.answers.take(visit.form, {names.begin(), names.end()});
    if (stale) return items_page(visit, *found, {{found->tool->items.front().code, std::string(kSavedElsewhere)}});
    if (const auto saved = desk.save_draft(visit.viewer, found->draft); !saved.ok())
        return partnership::problem(visit, saved.error());
    if (visit.form.get("do") == "later") return http::redirect("/");
    const auto c = screening_from(found->draft.answers, *found->tool);
    const auto problems = problems_of(found->draft.answers, c, *found->tool, visit.office.scheme, false);
    return problems.empty() ? http::redirect("/screenings/draft/" + found->draft.id + "/result")
                            : items_page(visit, *found, problems);
}

// --- the result -------------------------------------------------------------------------------------------------

Html sum_explained(const Tool& tool, const Scored& scored) {
    html::Table table;
    table.caption = "What adds up to " + std::to_string(scored.total);
    table.head = {{.text = "Item"}, {.text = "When"}, html::numeric("Points")};
    for (const auto& line : scored.lines) {
        std::vector<std::string> when;
        for (const auto& name : line.windows)
            if (const auto window = partnership::window(name)) when.emplace_back(window_words(*window));
        table.rows.push_back(html::row(line.text, base::join(when, "; "), html::numeric(line.points)));
    }
    const auto count = [](int n) { return html::numeric(std::to_string(n)); };
    html::Table evidence;
    evidence.caption = "What the answers rest on";
    evidence.head = {{.text = "Kind"}, html::numeric("Answers")};
    evidence.rows = {html::row("Facts", count(scored.facts)), html::row("Reports", count(scored.reports)),
                     html::row("Gut feelings", count(scored.gut_feelings)),
                     html::row("Possible, not in the sum", count(scored.possible)),
                     html::row("Not known, not in the sum", count(scored.unknown))};
    return join(html::inset_text({.text = what_the_sum_says(tool, scored)}),
                when(!scored.advice.empty(),
                     [&] { return html::para(el("strong", "The tool’s advice: "), scored.advice); }),
                scored.lines.empty() ? html::para("No answer adds to the sum.") : html::working_table(table),
                html::working_table(evidence));
}

Html judgement_fields(const Visit& visit, const Answers& answers, const Scored& scored, const Problems& problems) {
    const auto& scheme = visit.office.scheme;
    const auto error = [&](std::string_view field) {
        return html::ErrorMessage{.text = error_of(problems, field)};
    };
    html::Radios level{.name = "professional_outcome",
                       .fieldset = legend("What do you judge the level of risk to be?"),
                       .hint = {.text = scored.suggested_level.empty()
                                            ? std::string("You decide.")
                                            : "The tool suggests: " + level_label(scheme, scored.suggested_level) +
                                                  ". You decide."},
                       .error_message = error("professional_outcome"),
                       .value = answers.get("professional_outcome")};
    for (const auto& each : scheme.risk_levels)
        level.items.push_back({.value = each.code, .text = each.label, .hint = {.text = each.description}});
    return join(html::radios(level),
                html::textarea({.name = "override_reason",
                                .label = {.text = "If you judge differently from the tool: why?"},
                                .error_message = error("override_reason"),
                                .value = answers.get("override_reason"),
                                .rows = 3}),
                html::radios({.name = "mash_referral",
                              .fieldset = legend("Are you referring to the front door (" +
                                                 std::string(scheme.label("front_door")) + ")?"),
                              .error_message = error("mash_referral"),
                              .items = {{.value = "yes", .text = "Yes"}, {.value = "no", .text = "No"}},
                              .value = answers.get("mash_referral"),
                              .classes = "govuk-radios--inline"}),
                html::textarea({.name = "action",
                                .label = {.text = "What happens next?"},
                                .value = answers.get("action"),
                                .rows = 3}));
}

http::Response result_page(Visit& visit, const Found& found, const Problems& problems) {
    const auto& d = found.draft;
    visit.looked_at("draft", d.id, "own");
    visit.looked_at("person", found.subject.root, "screen");
    visit.why = "You can see this because you are writing it. Nobody else can.";
    const auto c = screening_from(d.answers, *found.tool);
    const auto scored = score(*found.tool, c.words.answers);
    const auto title = "Result: " + found.subject.name;
    const auto prompts = gentle_prompts(c.words.override_reason + "\n" + c.words.other);
    const Html body = join(
        error_summary_of(problems), html::page_heading(title, found.tool->title),
        sum_explained(*found.tool, scored), prompts,
        partnership::post_form(
            visit, "/screenings/draft/" + d.id + "/result",
            join(
                hidden("version", std::to_string(d.version)), judgement_fields(visit, d.answers, scored, problems),
                html::para("When you complete a screening it is locked. It can be changed only by a new version."),
                html::button_group({html::button({.text = "Complete screening",
                                                  .name = "do",
                                                  .value = "complete",
                                                  .prevent_double_click = true}),
                                    html::button({.text = "Save and come back later",
                                                  .name = "do",
                                                  .value = "later",
                                                  .classes = "govuk-button--secondary"})}))));
    return shown(visit, title, html::two_thirds(body), "/screenings/draft/" + d.id, !problems.empty());
}

http::Response show_result(Visit& visit, const ProtectDesk& desk) {
    const auto found = own_draft(visit, desk);
    return found ? result_page(visit, *found, {}) : refused_page(visit, "draft");
}

http::Response complete(Visit& visit, const ProtectDesk& desk) {
    auto found = own_draft(visit, desk);
    const auto& id = visit.parameter("draft");
    if (!found) {
        // Sent twice: the draft is gone, and the screening is there.
        const auto done = desk.complete_screening(visit.viewer, id);
        return done.ok() ? http::redirect("/screenings/" + *done) : partnership::problem(visit, done.error());
    }
    const bool stale = number_field(visit, "version") != found->draft.version;
    found->draft.answers.take(visit.form, {std::begin(kJudgementFields), std::end(kJudgementFields)});
    if (stale) return result_page(visit, *found, {{"professional_outcome", std::string(kSavedElsewhere)}});
    const bool later = visit.form.get("do") == "later";
    const auto c = screening_from(found->draft.answers, *found->tool);
    const auto problems = problems_of(found->draft.answers, c, *found->tool, visit.office.scheme, true);
    if (later || !problems.empty()) {
        if (const auto saved = desk.save_draft(visit.viewer, found->draft); !saved.ok())
            return partnership::problem(visit, saved.error());
        return later ? http::redirect("/") : result_page(visit, *found, problems);
    }
    const auto done = desk.complete_screening(visit.viewer, found->draft);
    return done.ok() ? http::redirect("/screenings/" + *done) : partnership::problem(visit, done.error());
}

// --- a completed screening --------------------------------------------------------------------------------------

Html answers_table(const Tool& tool, const Screening& c) {
    html::Table table;
    table.caption = "Answers";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Item", "Answer", "When", "Rests on", "Note");
    for (const auto& answer : c.words.answers) {
        const auto* item = tool.find_item(answer.item);
        std::vector<std::string> when;
        for (const auto& name : answer.windows)
            if (const auto window = partnership::window(name)) when.emplace_back(window_words(*window));
        table.rows.push_back(html::row(
            item ? item->text : answer.item, text_of(presences(), answer.present), base::join(when, "; "),
            answer.evidence.empty() ? "" : text_of(evidence_kinds(), answer.evidence), answer.note));
    }
    return html::working_table(table);
}

Html review_part(const Visit& visit, const ScreeningView& view) {
    const auto& c = view.screening;
    if (c.reviewed_at)
        return html::para("Reviewed ", html::time_of(*c.reviewed_at), " by ", view.reviewed_by, ": ",
                          text_of(screening_outcomes(), c.review_outcome), ".");
    if (!view.may_review)
        return html::para("Not reviewed yet. A safeguarding lead who did not complete it reviews it.");
    return partnership::post_form(visit, "/screenings/" + c.id + "/review",
                                  join(hidden("version", std::to_string(c.version)),
                                       html::radios({.name = "outcome",
                                                     .fieldset = legend("What follows from this screening?", "s"),
                                                     .items = radio_items(screening_outcomes())}),
                                       html::button({.text = "Record the review"})));
}

http::Response screening_page(Visit& visit, const ProtectDesk& desk) {
    const auto view = desk.screening(visit.viewer, visit.parameter("id"));
    if (!view) return refused_page(visit, "screening");
    const auto& c = view->screening;
    const auto& scheme = visit.office.scheme;
    visit.looked_at("screening", c.id, view->sight.rule);
    visit.looked_at("person", c.person, view->sight.rule, "screening");
    visit.why = why_sentence(view->sight.sentence);
    const auto person = desk.people().index().root_of(c.person);
    const auto since = base::parse_iso_date(c.tool_version);
    html::SummaryList facts;
    facts.rows = {
        html::summary_row(
            "Completed", join(html::time_of(c.completed_at), " by ", view->completed_by, ", ", view->agency_name)),
        html::summary_row("Tool", (view->tool ? view->tool->title : c.tool) + ", version of " +
                                      (since ? base::display(*since) : c.tool_version)),
        html::summary_row(
            "Age on the day",
            c.age_at ? std::to_string(*c.age_at) + (c.age_estimated ? " (estimated)" : "") : "Not known"),
        html::summary_row("Professional judgement", level_label(scheme, c.professional_outcome)),
        html::summary_row("Sum", std::to_string(c.score) +
                                     (view->scored.band_label.empty() ? "" : ", " + view->scored.band_label)),
        html::summary_row("Referral to the front door", c.mash_referral ? "Yes" : "No")};
    const auto add = [&](std::string key, const std::string& value) {
        if (!value.empty()) facts.rows.push_back(html::summary_row(std::move(key), html::paragraphs(value)));
    };
    add("Why the judgement differs", c.words.override_reason);
    add("What happens next", c.words.action);
    add("What else worries", c.words.other);
    add("Their own words", c.words.their_words);
    if (view->tool) {
        std::vector<std::string> factors;
        for (const auto& code : c.words.protective)
            for (const auto& factor : view->tool->protective_factors)
                if (factor.code == code) factors.push_back(factor.text);
        add("What protects them",
            base::join(factors, "\n") + (c.words.protective_note.empty() ? "" : "\n" + c.words.protective_note));
    }
    if (!view->referral_ref.empty())
        facts.rows.push_back(
            html::summary_row("For referral", html::anchor("/referrals/" + c.referral, view->referral_ref)));
    const Html actions = html::button_group(
        {view->may_amend ? partnership::post_form(
                               visit, "/screenings/" + c.id + "/amend",
                               html::button({.text = "Make a new version", .classes = "govuk-button--secondary"}))
                         : Html{},
         c.mash_referral && may(visit.viewer, Permission::refer).allowed
             ? html::button({.text = "Make the referral", .href = "/referrals/new?person=" + person})
             : Html{}});
    const auto title = "Screening of " + view->subject;
    const Html body =
        join(html::page_heading(title, "Completed and locked, version " + std::to_string(c.version)), actions,
             html::summary_list(facts),
             view->tool ? join(html::heading(2, "What the sum says"), sum_explained(*view->tool, view->scored))
                        : Html{},
             html::heading(2, "Review"), review_part(visit, *view),
             view->tool ? join(html::heading(2, "Answers"), answers_table(*view->tool, c)) : Html{},
             html::heading(2, "History"), versions_table(view->versions));
    return shown(visit, title, body, "/people/" + person);
}

}  // namespace

void add_screening_routes(Routes& routes, const ProtectDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto screen = Access::needs(Permission::screen), signed_in = Access::needs(Permission::search_people);
    routes.get(
        "/screenings/new", screen, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) {
            return start_page(v, desk, v.request.query.get("person"), v.request.query.get("referral"), {});
        },
        "people");
    routes.post(
        "/screenings/new", screen, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return start(v, desk); }, "people");
    routes.get(
        "/screenings/draft/{draft}", screen, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return show_items(v, desk); }, "people");
    routes.post(
        "/screenings/draft/{draft}", screen, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return save_items(v, desk); }, "people");
    routes.get(
        "/screenings/draft/{draft}/result", screen, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return show_result(v, desk); }, "people");
    routes.post(
        "/screenings/draft/{draft}/result", screen, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return complete(v, desk); }, "people");
    routes.post(
        "/screenings/draft/{draft}/delete", screen, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            const auto gone = desk.delete_draft(v.viewer, v.parameter("draft"));
            return gone.ok() ? http::redirect("/") : partnership::problem(v, gone.error());
        },
        "people");
    routes.get(
        "/screenings/{id}", signed_in, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return screening_page(v, desk); }, "people");
    routes.post(
        "/screenings/{id}/amend", screen, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            const auto draft = desk.amend_screening(v.viewer, v.parameter("id"));
            return draft.ok() ? http::redirect("/screenings/draft/" + *draft)
                              : partnership::problem(v, draft.error());
        },
        "people");
    routes.post(
        "/screenings/{id}/review", screen, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            const auto done = desk.review_screening(v.viewer, v.parameter("id"), number_field(v, "version"),
                                                    v.form.get("outcome"));
            return done.ok() ? http::redirect("/screenings/" + v.parameter("id"))
                             : partnership::problem(v, done.error());
        },
        "people");
}

}  // namespace rowan::protect::pages
