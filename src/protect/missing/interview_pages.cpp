#include "base/text.h"
#include "protect/missing/pages.h"

#include <algorithm>

namespace rowan::protect::missing::pages {

namespace {

using partnership::Permission;

constexpr std::string_view kWhy = "You can see this because you offer and hold return interviews.";

std::string href_of(const std::string& interview) { return "/missing/interviews/" + interview; }
std::string label(const Visit& visit) { return std::string(visit.office.scheme.label("rhi_long")); }

// --- the queue --------------------------------------------------------------------------------------------------

http::Response queue_page(Visit& visit, const MissingDesk& desk) {
    const auto queue = desk.queue(visit.viewer);
    const auto& lines = queue.lines;
    const auto now = visit.office.clock.now();
    html::Table table;
    table.caption = "Returns that wait for an interview, shortest time first";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Young person", "Back since", "Offer within 72 hours", "Held within 72 hours",
                               "Answer", "Next");
    for (const auto& line : lines) {
        const auto& e = line.episode;
        visit.looked_at("missing_episode", e.id, "return-interviewer", "queue");
        const auto& state = line.interview;
        table.rows.push_back(html::row(
            join(html::anchor("/missing/" + e.id, line.child + (e.age_at ? ", " + std::to_string(*e.age_at) : "")),
                 when(line.missing_again,
                      join(" ", html::tag({.text = "Missing again", .classes = "rowan-tag--berry"})))),
            html::time_of(*e.ended_at()), clock_tag(state.offer, now), clock_tag(state.completion, now),
            join(std::string(words_for(state.response)), " ", escalation(visit, state)),
            state.interview.empty()
                ? html::anchor("/missing/" + e.id + "/offer", "Offer", "an interview to " + line.child)
                : html::anchor(href_of(state.interview), "Go on", "with " + line.child)));
    }
    if (lines.empty()) visit.looked_at("missing_episode", "", "role", "queue empty");
    visit.why = kWhy;
    const Html body = join(
        html::page_heading(label(visit) + "s"),
        html::para("Every return is offered one: from home and from care, each time. 72 hours are elapsed hours; "
                   "nights, weekends and holidays count."),
        when(queue.cut,
             html::inset_text({.text = "Only the latest returns are listed. Older ones wait too: an analyst "
                                       "finds them under What is not known."})),
        lines.empty() ? html::empty_note("Nobody waits for an interview.") : html::working_table(table));
    return shown(visit, label(visit) + "s", body, "/missing", false, true);
}

// --- offering ---------------------------------------------------------------------------------------------------

Html attempt_fields(const http::Fields& form, const Problems& problems, Instant now, bool child) {
    return join(
        time_fields(form, "at", child ? "When did you ask them?" : "When did you ask the parents or carers?",
                    problems, now, true),
        choose_one(form, "method", "How?", offer_methods(), problems),
        choose_one(form, "result", "What was the answer?", child ? offer_results() : parent_results(), problems),
        when(child,
             [&] {
                 return words_field(form, "declined_reason", "If they decline: why?", problems, "",
                                    "In their own words if you can", 2);
             }),
        words_field(form, "note", "Anything else", problems, "", "", 2));
}

MissingDesk::Offer offer_from(const http::Fields& form, const std::string& with, Problems& problems) {
    MissingDesk::Offer out;
    out.episodes = form.all("episodes");
    out.attempt.with = with;
    out.attempt.method = form.get("method");
    out.attempt.result = form.get("result");
    out.attempt.note = base::tidy(form.get("note"));
    out.declined_reason = base::tidy(form.get("declined_reason"));
    if (const auto at = typed_instant(form, "at"))
        out.attempt.at = *at;
    else
        problems.push_back({"at", "Enter the day and the time, such as 26 3 2018 and 21:30"});
    return out;
}

Html episode_boxes(const http::Fields& form, const std::vector<Episode>& episodes, const std::string& chosen,
                   const Problems& problems) {
    html::Checkboxes boxes{
        .name = "episodes",
        .fieldset = legend("Which times missing is this about?", "s"),
        .hint = {.text = "One interview may be about several times. Each keeps its own clocks."},
        .error_message = {.text = error_of(problems, "episodes")},
        .values = form.has("method") ? form.all("episodes") : std::vector{chosen},
        .classes = "govuk-checkboxes--small"};
    for (const auto& e : episodes)
        boxes.items.push_back({.value = e.id, .text = e.ref + ", from " + base::display(e.missing_from)});
    return html::checkboxes(boxes);
}

http::Response offer_form(Visit& visit, const MissingDesk& desk, const Problems& problems) {
    const auto& id = visit.parameter("id");
    const auto episodes = desk.to_offer(visit.viewer, id);
    if (episodes.empty()) return refused_page(visit, "missing_episode");
    for (const auto& e : episodes) visit.looked_at("missing_episode", e.id, "return-interviewer", "offer");
    visit.why = kWhy;
    const auto& child = episodes.back().words.child_name;
    const auto title = "Offer an interview to " + child;
    const Html form =
        partnership::post_form(visit, "/missing/" + id + "/offer",
                               join(episode_boxes(visit.form, episodes, id, problems),
                                    attempt_fields(visit.form, problems, visit.office.clock.now(), true),
                                    html::button({.text = "Record the offer", .prevent_double_click = true})));
    const Html body =
        join(error_summary_of(problems, form), html::page_heading(title, label(visit)), form,
             html::details(
                 {.summary = "There is a reason not to offer one",
                  .text = partnership::post_form(
                      visit, "/missing/" + id + "/not-offered",
                      join(words_field({}, "reason", "Why is this young person not offered an interview?", {}),
                           html::button(
                               {.text = "Record that none is offered", .classes = "govuk-button--warning"})))}));
    return shown(visit, title, html::two_thirds(body), "/missing/interviews", !problems.empty());
}

http::Response offer(Visit& visit, const MissingDesk& desk) {
    Problems problems;
    const auto offer = offer_from(visit.form, "child", problems);
    if (desk.to_offer(visit.viewer, visit.parameter("id")).empty()) return refused_page(visit, "missing_episode");
    for (auto& problem : desk.problems_of(visit.viewer, offer))
        if (error_of(problems, problem.field).empty()) problems.push_back(std::move(problem));
    if (!problems.empty()) return offer_form(visit, desk, problems);
    const auto made = desk.offer(visit.viewer, offer, once_key(visit, "offer"));
    return made.ok() ? http::redirect(href_of(*made)) : partnership::problem(visit, made.error());
}

http::Response not_offered(Visit& visit, const MissingDesk& desk) {
    const auto made = desk.do_not_offer(visit.viewer, visit.parameter("id"), visit.form.get("reason"),
                                        once_key(visit, "not-offered"));
    return made.ok() ? http::redirect(href_of(*made)) : partnership::problem(visit, made.error());
}

// --- one interview ----------------------------------------------------------------------------------------------

Html attempts_table(const ReturnInterview& i) {
    html::Table table;
    table.caption = "Every attempt";
    table.head = html::columns("When", "With", "How", "Answer", "By", "Note");
    for (const auto& a : i.words.attempts) {
        const bool child = a.with == "child";
        table.rows.push_back(html::row(html::time_of(a.at), child ? "The young person" : "Parents or carers",
                                       text_of(offer_methods(), a.method),
                                       text_of(child ? offer_results() : parent_results(), a.result), a.by,
                                       a.note));
    }
    return table.rows.empty() ? html::para("Nobody has been asked yet.") : html::working_table(table);
}

Html clocks_table(const InterviewView& view, Instant now) {
    html::Table table;
    table.caption = "The times missing that it is about";
    table.head =
        html::columns("Episode", "Missing from", "Back", "Offered within 72 hours", "Held within 72 hours");
    for (std::size_t n = 0; n < view.episodes.size(); ++n) {
        const auto& e = view.episodes[n];
        table.rows.push_back(html::row(html::anchor("/missing/" + e.id, e.ref), html::time_of(e.missing_from),
                                       e.ended_at() ? html::time_of(*e.ended_at()) : html::text("Not yet"),
                                       clock_tag(view.states[n].offer, now),
                                       clock_tag(view.states[n].completion, now)));
    }
    return html::working_table(table);
}

Html held_part(const InterviewView& view) {
    const auto& i = view.interview;
    const auto& w = i.words;
    if (!i.completed_at) return {};
    html::SummaryList list;
    const auto add = [&](std::string key, const std::string& value) {
        if (!value.empty()) list.rows.push_back(html::summary_row(std::move(key), html::paragraphs(value)));
    };
    list.rows.push_back(html::summary_row("Held", join(html::time_of(*i.completed_at), " by ", view.interviewer)));
    add("Where", text_of(interview_places(), w.place));
    add("Seen alone", i.seen_alone ? "Yes" : "No");
    add("Independent", i.independent ? "Yes" : "No: " + w.independence_reason);
    add("In their own words", w.own_words);
    add("Before", w.before);
    add("While they were missing", w.during);
    add("Since they are back", w.after);
    add("What pushed them", texts_of(push_factors(), w.push));
    add("What drew them", texts_of(pull_factors(), w.pull));
    add("Harm", texts_of(harms(), w.harm) + (w.harm_note.empty() ? "" : "\n\n" + w.harm_note));
    add("Parents or carers", w.parent_view);
    html::Table actions;
    actions.caption = "What they are saying, and what is done as a result";
    actions.head = html::columns("They say", "What is done", "Who");
    for (const auto& a : w.actions)
        actions.rows.push_back(html::row(text_of(themes(), a.theme),
                                         a.action.empty() ? "Nothing: " + a.no_action_reason : a.action, a.who));
    return join(html::heading(2, "What they said"), html::summary_list(list), html::working_table(actions),
                when(!w.mentions.empty(), [&] {
                    return join(html::heading(3, "Kept for intelligence", "s"), mention_list(w.mentions));
                }));
}

Html share_part(const Visit& visit, const InterviewView& view) {
    const auto& i = view.interview;
    const auto& scheme = visit.office.scheme;
    std::vector<Html> shared;
    for (const auto& each : i.words.shares) {
        const auto* agency = scheme.find_agency(each.agency);
        shared.push_back(
            join(agency ? agency->name : each.agency, ", ", html::time_of(each.at), ", by ", each.by));
    }
    std::vector<html::SelectItem> agencies;
    for (const auto& agency : scheme.agencies) agencies.push_back({.value = agency.code, .text = agency.name});
    return join(
        html::heading(2, "Shared with"), shared.empty() ? html::para("Nobody yet.") : html::bullets(shared),
        when(visit.viewer.has(Permission::hold_return_interviews), [&] {
            return partnership::post_form(
                visit, href_of(i.id) + "/share",
                join(hidden("version", std::to_string(i.version)),
                     html::select({.name = "agency", .label = {.text = "Share it with"}, .items = agencies}),
                     html::button({.text = "Share", .classes = "govuk-button--secondary"})));
        }));
}

http::Response interview_page(Visit& visit, const MissingDesk& desk, const Problems& problems) {
    const auto view = desk.interview(visit.viewer, visit.parameter("id"));
    if (!view) return refused_page(visit, "return_interview");
    const auto& i = view->interview;
    const auto now = visit.office.clock.now();
    visit.looked_at("return_interview", i.id, view->sight.rule);
    visit.why = protect::pages::why_sentence(view->sight.sentence);
    const bool holds = visit.viewer.has(Permission::hold_return_interviews), done = i.completed_at.has_value();
    const auto answer = i.answer();
    const bool no = answer == Response::declined || answer == Response::no_response;
    const bool parents_first = no && !i.parent_offered_at;
    const auto& typed = visit.form;
    const bool to_child = typed.get("with") != "parent";
    const auto ask = [&](bool child) {
        const bool sent = !problems.empty() && child == to_child;
        const http::Fields none;
        std::vector<Episode> choice = view->episodes;
        choice.insert(choice.end(), view->also.begin(), view->also.end());
        html::Checkboxes also{.name = "episodes",
                              .fieldset = legend("Is it about a later time too?", "s"),
                              .values = sent ? typed.all("episodes") : std::vector<std::string>{},
                              .classes = "govuk-checkboxes--small"};
        for (const auto& e : view->also)
            also.items.push_back({.value = e.id, .text = e.ref + ", from " + base::display(e.missing_from)});
        std::vector<Html> kept;
        for (const auto& e : view->episodes) kept.push_back(hidden("episodes", e.id));
        return partnership::post_form(
            visit, href_of(i.id) + "/attempt",
            join(
                hidden("with", child ? "child" : "parent"), join(kept),
                when(child && !view->also.empty(), html::checkboxes(also)),
                attempt_fields(sent ? typed : none, sent ? problems : Problems{}, now, child),
                html::button({.text = child ? "Record what they answered" : "Record what the parents answered"})));
    };
    // The two forms have the same questions: only one of them stands on the page.
    const bool show_parents = no && (!problems.empty() ? !to_child : visit.request.query.get("ask") != "child") &&
                              (parents_first || !to_child);
    const Html asking = when(holds && !done, [&] {
        return show_parents
                   ? join(html::heading(2, "Ask the parents or carers"),
                          html::para("They are offered the chance to say what they know."), ask(false),
                          html::para(html::anchor(href_of(i.id) + "?ask=child", "The young person thinks again")))
                   : join(html::heading(2, "Ask the young person again"), ask(true));
    });
    const Html body = join(
        error_summary_of(problems, asking), html::page_heading(i.words.child_name, label(visit)),
        html::para(html::tag({.text = done ? "Held" : std::string(words_for(answer)),
                              .classes = done ? "rowan-tag--leaf"
                                         : no ? "govuk-tag--grey"
                                              : "rowan-tag--amber"})),
        when(!i.words.declined_reason.empty(),
             [&] { return html::inset_text({.text = join("Why they declined: ", i.words.declined_reason)}); }),
        when(
            !i.words.not_offered_reason.empty(),
            [&] { return html::inset_text({.text = join("Why none is offered: ", i.words.not_offered_reason)}); }),
        when(holds && !done && answer == Response::accepted,
             [&] {
                 return partnership::post_form(
                     visit, href_of(i.id) + "/notes",
                     html::button({.text = "Hold the interview", .is_start_button = true}));
             }),
        clocks_table(*view, now), held_part(*view), html::heading(2, "Offers"), attempts_table(i), asking,
        when(done, [&] { return share_part(visit, *view); }), html::heading(2, "History"),
        protect::pages::versions_table(view->versions));
    return shown(visit, i.words.child_name, body, holds ? "/missing/interviews" : "/missing/" + i.episodes.front(),
                 !problems.empty());
}

http::Response attempt(Visit& visit, const MissingDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto view = desk.interview(visit.viewer, id);
    if (!view) return refused_page(visit, "return_interview");
    Problems problems;
    auto offer = offer_from(visit.form, visit.form.get("with") == "parent" ? "parent" : "child", problems);
    offer.interview = id;
    if (offer.episodes.empty()) offer.episodes = view->interview.episodes;
    for (auto& problem : desk.problems_of(visit.viewer, offer))
        if (error_of(problems, problem.field).empty()) problems.push_back(std::move(problem));
    if (!problems.empty()) return interview_page(visit, desk, problems);
    const auto made = desk.offer(visit.viewer, offer, once_key(visit, id));
    return made.ok() ? http::redirect(href_of(*made)) : partnership::problem(visit, made.error());
}

http::Response start_notes(Visit& visit, const MissingDesk& desk) {
    const auto draft = desk.start_notes(visit.viewer, visit.parameter("id"));
    return draft.ok() ? http::redirect("/missing/notes/" + *draft) : partnership::problem(visit, draft.error());
}

http::Response share(Visit& visit, const MissingDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto done = desk.share(visit.viewer, id, number_field(visit, "version"), visit.form.get("agency"),
                                 once_key(visit, id));
    return done.ok() ? http::redirect(href_of(id)) : partnership::problem(visit, done.error());
}

// --- notes: written beside the young person, saved as typed -----------------------------------------------------

struct Notes {
    Draft draft;
    InterviewView view;
};
std::optional<Notes> own_notes(Visit& visit, const MissingDesk& desk) {
    auto draft = desk.desk().draft(visit.viewer, visit.parameter("draft"));
    if (!draft || draft->kind != kInterviewDraft) return std::nullopt;
    auto view = desk.interview(visit.viewer, draft->subject);
    if (!view) return std::nullopt;
    return Notes{std::move(*draft), std::move(*view)};
}

// The answers so far, as the fields of a form.
http::Fields fields_of(const Answers& answers) {
    http::Fields out;
    for (const auto& [name, values] : answers.values())
        for (const auto& value : values) out.add(name, value);
    return out;
}

Html many(const http::Fields& f, const std::string& name, const std::string& text,
          std::span<const Choice> choices) {
    return html::checkboxes({.name = name,
                             .fieldset = legend(text, "s"),
                             .items = checkbox_items(choices),
                             .values = f.all(name),
                             .classes = "govuk-checkboxes--small"});
}

Html theme_boxes(const http::Fields& f, const Problems& problems) {
    html::Checkboxes boxes{.name = "themes",
                           .fieldset = legend("What are they saying?", "m"),
                           .hint = {.text = "For each: what is done as a result, or why nothing is"},
                           .error_message = {.text = error_of(problems, "themes")},
                           .values = f.all("themes")};
    for (const auto& theme : themes()) {
        const std::string code(theme.code);
        boxes.items.push_back(
            {.value = code,
             .text = theme.text,
             .conditional =
                 join(words_field(f, "action-" + code, "What is done as a result?", problems, "", "", 2),
                      text_field(f, "who-" + code, "Who does it?", problems),
                      text_field(f, "none-" + code, "Or: why is nothing done?", problems))});
    }
    return html::checkboxes(boxes);
}

http::Response notes_page(Visit& visit, const Notes& notes, const Problems& problems) {
    const auto& d = notes.draft;
    const auto f = fields_of(d.answers);
    const auto now = visit.office.clock.now();
    visit.looked_at("draft", d.id, "own");
    visit.looked_at("return_interview", notes.view.interview.id, notes.view.sight.rule, "notes");
    visit.why = "You can see this because you are writing it. Nobody else can.";
    const auto yes_no = [&](const char* name, const char* text, const char* before) {
        return html::radios({.name = name,
                             .fieldset = legend(text, "s"),
                             .items = {{.value = "yes", .text = "Yes"}, {.value = "no", .text = "No"}},
                             .value = value_of(f, name, before),
                             .classes = "govuk-radios--inline govuk-radios--small"});
    };
    const auto& child = notes.view.interview.words.child_name;
    const auto title = "Interview: " + child;
    const Html fields = join(
        el("p", cls("govuk-body-s"), html::attr("role", "status"), html::attr("data-autosave-status", ""),
           "Your notes are saved while you write."),
        time_fields(f, "completed_at", "When do you speak?", problems, now, true),
        choose_one(f, "place", "Where?", interview_places(), problems),
        yes_no("seen_alone", "Are they seen alone?", ""),
        yes_no("independent", "Are you independent of their care?", "yes"),
        words_field(f, "independence_reason", "If not: why you?", problems, "", "", 2),
        words_field(f, "own_words", "In their own words", problems, "", "", 5),
        words_field(f, "before", "Before: what made them go?", problems, "", "", 4),
        words_field(f, "during", "While they were missing: where, with whom, how did they travel?", problems, "",
                    "", 4),
        words_field(f, "after", "Since: how do they feel, and what helps?", problems, "", "", 4),
        many(f, "push", "What pushed them away?", push_factors()),
        many(f, "pull", "What drew them?", pull_factors()), many(f, "harm", "Harm that they tell of", harms()),
        words_field(f, "harm_note", "About the harm", problems, "", "", 3),
        words_field(f, "parent_view", "What do the parents or carers say?", problems, "",
                    "Or why they were not asked", 3),
        theme_boxes(f, problems), mention_fields(f, problems),
        html::inset_text({.text = "Tell them about Runaway Helpline: call or text 116 000, free, at any time."}),
        html::button_group({html::button({.text = "Complete the interview", .name = "do", .value = "complete"}),
                            html::button({.text = "Save and come back later",
                                          .name = "do",
                                          .value = "later",
                                          .classes = "govuk-button--secondary"})}));
    const auto address = "/missing/notes/" + d.id;
    const Html body = join(
        error_summary_of(problems, fields), html::page_heading(title, label(visit)),
        html::form(
            {.action = address, .csrf_token = visit.csrf, .attributes = {{"data-autosave", address + "/save"}}},
            fields));
    return shown(visit, title, html::two_thirds(body), href_of(notes.view.interview.id), !problems.empty());
}

http::Response save_notes(Visit& visit, const MissingDesk& desk, bool quietly) {
    auto notes = own_notes(visit, desk);
    if (!notes) {
        // Sent twice: the draft is gone, and the interview is complete.
        const auto done = desk.complete(visit.viewer, visit.parameter("draft"));
        if (done.ok()) return quietly ? http::plain(200, "saved") : http::redirect(href_of(*done));
        return refused_page(visit, "draft");
    }
    // The only writer is its author: what was typed last is what stands.
    notes->draft.answers.take(visit.form, notes_fields());
    if (const auto saved = desk.desk().save_draft(visit.viewer, notes->draft); !saved.ok())
        return partnership::problem(visit, saved.error());
    if (quietly) return http::plain(200, "saved");
    if (visit.form.get("do") == "later") return http::redirect("/");
    const auto i =
        interview_from(notes->draft.answers, notes->view.interview, visit.viewer.name, visit.office.clock.now());
    if (const auto problems = desk.problems_of(i); !problems.empty()) return notes_page(visit, *notes, problems);
    const auto done = desk.complete(visit.viewer, notes->draft.id);
    return done.ok() ? http::redirect(href_of(*done)) : partnership::problem(visit, done.error());
}

}  // namespace

void add_interview_routes(Routes& routes, const MissingDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto holds = Access::needs(Permission::hold_return_interviews),
               reports = Access::needs(Permission::report_missing);
    const auto get = [&](std::string pattern, Access access, partnership::PageFunction page) {
        routes.get(std::move(pattern), access, AuditClass::look(), Limits::page(), std::move(page), "missing");
    };
    const auto post = [&](std::string pattern, partnership::PageFunction page) {
        routes.post(std::move(pattern), holds, AuditClass::change(), Limits::form(), std::move(page), "missing");
    };
    get("/missing/interviews", holds, [&desk](Visit& v) { return queue_page(v, desk); });
    get("/missing/interviews/{id}", reports, [&desk](Visit& v) { return interview_page(v, desk, {}); });
    post("/missing/interviews/{id}/attempt", [&desk](Visit& v) { return attempt(v, desk); });
    post("/missing/interviews/{id}/notes", [&desk](Visit& v) { return start_notes(v, desk); });
    post("/missing/interviews/{id}/share", [&desk](Visit& v) { return share(v, desk); });
    get("/missing/notes/{draft}", holds, [&desk](Visit& v) {
        const auto notes = own_notes(v, desk);
        return notes ? notes_page(v, *notes, {}) : refused_page(v, "draft");
    });
    post("/missing/notes/{draft}", [&desk](Visit& v) { return save_notes(v, desk, false); });
    post("/missing/notes/{draft}/save", [&desk](Visit& v) { return save_notes(v, desk, true); });
    get("/missing/{id}/offer", holds, [&desk](Visit& v) { return offer_form(v, desk, {}); });
    post("/missing/{id}/offer", [&desk](Visit& v) { return offer(v, desk); });
    post("/missing/{id}/not-offered", [&desk](Visit& v) { return not_offered(v, desk); });
}

}  // namespace rowan::protect::missing::pages
