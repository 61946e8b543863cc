#include "base/text.h"
#include "protect/missing/pages.h"
#include "protect/missing/report_fields.h"

#include <algorithm>
#include <functional>

namespace rowan::protect::missing::pages {

namespace {

using partnership::Permission, partnership::Scheme;

struct Change {
    std::string_view path, title, button, act;
    Html (*fields)(const Scheme&, const http::Fields&, const Problems&, const Episode&, Instant now);
    // Takes the answers; times that cannot be read are named in `problems`.
    void (*apply)(const http::Fields&, Episode&, const Viewer&, Instant now, Problems&);
};

std::string signed_by(const Viewer& viewer) { return viewer.name + ", " + viewer.agency_name; }

void take_time(const http::Fields& form, const std::string& prefix, std::optional<Instant>& out,
               Problems& problems) {
    out = typed_instant(form, prefix);
    if (!out) problems.push_back({prefix, "Enter the day and the time, such as 26 3 2018 and 21:30"});
}

void take_mentions(const http::Fields& form, Episode& e, const Viewer& viewer, Instant now) {
    for (auto& mention : mentions_from(
             form, {.kind = "", .text = "", .said_by = signed_by(viewer), .at = now, .agency = viewer.agency}))
        e.words.mentions.push_back(std::move(mention));
}

const std::vector<Change>& changes() {
    static const std::vector<Change> all = {
        {"found", "They have been found", "Record that they are found", "found",
         [](const Scheme& scheme, const http::Fields& f, const Problems& p, const Episode& e, Instant now) {
             return join(
                 time_fields(f, "found_at", "When were they found?", p, e.found_at.value_or(now), true),
                 html::checkboxes({.name = "back",
                                   .items = {{.value = "yes", .text = "They are back where they should be"}},
                                   .values = f.get("back") == "yes" ? std::vector<std::string>{"yes"}
                                                                    : std::vector<std::string>{},
                                   .classes = "govuk-checkboxes--small"}),
                 one_of_the_scheme(f, "found_place", "A place that is known?", items_of(scheme.places),
                                   "Somewhere else", p, e.found_place),
                 words_field(f, "found_where", "Where, and by whom?", p, e.words.found_where, "", 2),
                 words_field(f, "found_with", "With whom were they?", p, e.words.found_with, "", 2),
                 choose_one(f, "harm", "Were they harmed?", harm_answers(), p, e.harm),
                 words_field(f, "harm_note", "What harm?", p, e.words.harm_note, "", 2), mention_fields(f, p));
         },
         [](const http::Fields& f, Episode& e, const Viewer& viewer, Instant now, Problems& p) {
             take_time(f, "found_at", e.found_at, p);
             if (f.get("back") == "yes" && !e.returned_at) e.returned_at = e.found_at;
             e.found_place = base::tidy_line(f.get("found_place"));
             e.words.found_where = base::tidy(f.get("found_where"));
             e.words.found_with = base::tidy(f.get("found_with"));
             e.harm = f.get("harm");
             e.words.harm_note = base::tidy(f.get("harm_note"));
             take_mentions(f, e, viewer, now);
         }},
        {"returned", "They are back", "Record their return", "returned",
         [](const Scheme&, const http::Fields& f, const Problems& p, const Episode& e, Instant now) {
             return time_fields(f, "returned_at", "When did they come back?", p, e.returned_at.value_or(now), true,
                                "To home, to their carer or to school");
         },
         [](const http::Fields& f, Episode& e, const Viewer&, Instant, Problems& p) {
             take_time(f, "returned_at", e.returned_at, p);
         }},
        {"confirmed", "The police confirm that they are safe", "Confirm", "confirmed",
         [](const Scheme&, const http::Fields& f, const Problems& p, const Episode& e, Instant now) {
             return join(html::para("The 72 hours for offering a return interview count from here."),
                         time_fields(f, "confirmed_at", "When did the police confirm it?", p,
                                     e.confirmed_at.value_or(now), true));
         },
         [](const http::Fields& f, Episode& e, const Viewer&, Instant, Problems& p) {
             take_time(f, "confirmed_at", e.confirmed_at, p);
         }},
        {"check", "Safe and well check", "Record the check", "safe-and-well",
         [](const Scheme&, const http::Fields& f, const Problems& p, const Episode& e, Instant now) {
             return join(
                 html::para("The police’s own check, also called a prevention interview. It is not the "
                            "return interview."),
                 time_fields(f, "safe_and_well_at", "When was it?", p, e.safe_and_well_at.value_or(now), true),
                 words_field(f, "safe_and_well", "What did they say, and what was seen?", p, e.words.safe_and_well,
                             "", 5),
                 mention_fields(f, p));
         },
         [](const http::Fields& f, Episode& e, const Viewer& viewer, Instant now, Problems& p) {
             take_time(f, "safe_and_well_at", e.safe_and_well_at, p);
             e.words.safe_and_well = base::tidy(f.get("safe_and_well"));
             take_mentions(f, e, viewer, now);
         }},
        {"take", "We deal with this", "We deal with this", "take",
         [](const Scheme&, const http::Fields&, const Problems&, const Episode&, Instant) {
             return html::para("Your agency leads from now on, and the mark “New” goes from every board.");
         },
         [](const http::Fields&, Episode& e, const Viewer& viewer, Instant now, Problems&) {
             e.taken_at = now;
             e.taken_by = viewer.user_id;
             e.lead_agency = viewer.agency;
         }},
        {"grade", "Grade the risk", "Record the grade", "regrade",
         [](const Scheme&, const http::Fields& f, const Problems& p, const Episode& e, Instant) {
             return join(choose_one(f, "risk", "Risk", risks(), p, e.risk),
                         words_field(f, "reason", "Why?", p, "", "", 2));
         },
         [](const http::Fields& f, Episode& e, const Viewer& viewer, Instant now, Problems& p) {
             if (!find_choice(risks(), f.get("risk"))) return p.push_back({"risk", "Select a risk grade"});
             regrade(e, {now, f.get("risk"), signed_by(viewer), base::tidy(f.get("reason"))});
         }},
        {"correct", "Correct the report", "Save the correction", "correct",
         [](const Scheme& scheme, const http::Fields& f, const Problems& p, const Episode& e, Instant now) {
             return join(
                 facts_fields(scheme, f, p, e, false, now),
                 time_fields(f, "reported_at", "When was it reported to the police?", p, e.reported_at, true),
                 more_fields(f, p, e));
         },
         [](const http::Fields& f, Episode& e, const Viewer&, Instant, Problems& p) {
             take_facts(f, e);
             std::optional<Instant> from, reported;
             take_time(f, "missing_from", from, p);
             take_time(f, "reported_at", reported, p);
             if (from) e.missing_from = *from;
             if (reported) e.reported_at = *reported;
         }},
        {"withdraw", "Withdraw this report", "Withdraw", "withdraw",
         [](const Scheme&, const http::Fields& f, const Problems& p, const Episode& e, Instant) {
             return join(html::para("For a report that was made in error or twice. It stays in the record and "
                                    "counts nowhere."),
                         words_field(f, "withdrawn_reason", "Why?", p, e.words.withdrawn_reason, "", 2));
         },
         [](const http::Fields& f, Episode& e, const Viewer&, Instant now, Problems&) {
             e.withdrawn_at = now;
             e.words.withdrawn_reason = base::tidy(f.get("withdrawn_reason"));
         }},
        {"restore", "Take the withdrawal back", "Count this episode again", "restore",
         [](const Scheme&, const http::Fields&, const Problems&, const Episode&, Instant) {
             return html::para("The episode counts again, with the times that it had.");
         },
         [](const http::Fields&, Episode& e, const Viewer&, Instant, Problems&) { e.withdrawn_at.reset(); }},
    };
    return all;
}

const Change* change_named(std::string_view path) {
    const auto found =
        std::find_if(changes().begin(), changes().end(), [&](const auto& c) { return c.path == path; });
    return found == changes().end() ? nullptr : &*found;
}

bool may_make(const Change& change, const Episode& e, const Viewer& viewer) {
    if ((change.path == "restore") != (e.stage() == Stage::withdrawn)) return false;
    if (change.path == "take") return may_take(viewer, e);
    // S-070: the safe return is confirmed by the police; the front door may write it down for them.
    if (change.path == "confirmed")
        return viewer.at_front_door() || viewer.agency_type == partnership::AgencyType::police;
    return true;
}

http::Response change_form(Visit& visit, const EpisodeView& view, const Change& change, const Problems& problems) {
    const auto& e = view.episode;
    visit.looked_at("missing_episode", e.id, view.sight.rule);
    visit.why = protect::pages::why_sentence(view.sight.sentence);
    const auto title = std::string(change.title) + ": " + e.words.child_name;
    const Html form = partnership::post_form(
        visit, href_of(e, "/" + std::string(change.path)),
        join(hidden("version", std::to_string(e.version)),
             change.fields(visit.office.scheme, visit.form, problems, e, visit.office.clock.now()),
             html::button({.text = std::string(change.button),
                           .classes = change.path == "withdraw" ? "govuk-button--warning" : "",
                           .prevent_double_click = true})));
    const Html body = join(error_summary_of(problems, form),
                           html::page_heading(std::string(change.title) + ": " + e.words.child_name, e.ref), form);
    return shown(visit, title, html::two_thirds(body), href_of(e), !problems.empty());
}

http::Response change_page(Visit& visit, const MissingDesk& desk) {
    const auto* change = change_named(visit.parameter("change"));
    const auto view = change ? desk.episode(visit.viewer, visit.parameter("id")) : std::nullopt;
    if (!view || !may_make(*change, view->episode, visit.viewer)) return refused_page(visit, "missing_episode");
    return change_form(visit, *view, *change, {});
}

http::Response make_change(Visit& visit, const MissingDesk& desk) {
    const auto* change = change_named(visit.parameter("change"));
    const auto view = change ? desk.episode(visit.viewer, visit.parameter("id")) : std::nullopt;
    if (!view) return refused_page(visit, "missing_episode");
    const auto key = once_key(visit, view->episode.id);
    if (!may_make(*change, view->episode, visit.viewer)) {
        if (desk.report_again(visit.viewer, key)) return http::redirect(href_of(view->episode));
        return refused_page(visit, "missing_episode");
    }
    auto e = view->episode;
    Problems problems;
    change->apply(visit.form, e, visit.viewer, visit.office.clock.now(), problems);
    for (auto& problem : desk.problems_of(e, view->episode.words))
        if (error_of(problems, problem.field).empty()) problems.push_back(std::move(problem));
    if (!problems.empty()) return change_form(visit, *view, *change, problems);
    e.version = number_field(visit, "version");
    const auto done = desk.change(visit.viewer, std::move(e), change->act, key);
    return done.ok() ? http::redirect(href_of(view->episode)) : partnership::problem(visit, done.error());
}

html::TimelineItem happened(std::string title, std::optional<Instant> at, Html description = {}) {
    return {.title = std::move(title), .at = at, .description = std::move(description)};
}

Html story_of(const EpisodeView& view) {
    const auto& e = view.episode;
    html::Timeline line;
    line.heading_level = 3;
    auto& items = line.items;
    items.push_back(happened("Last seen", e.missing_from, html::paragraphs(e.words.last_seen)));
    items.push_back(happened("Reported", e.reported_at, html::paragraphs(e.words.circumstances)));
    for (const auto& g : e.words.grades)
        items.push_back({.title = "Graded: " + text_of(risks(), g.risk),
                         .byline = "by " + g.by,
                         .at = g.at,
                         .description = html::paragraphs(g.reason)});
    if (e.taken_at)
        items.push_back(
            {.title = "Taken", .byline = view.taken_by.empty() ? "" : "by " + view.taken_by, .at = e.taken_at});
    if (e.found_at)
        items.push_back(happened("Found", e.found_at,
                                 html::paragraphs(base::join({e.words.found_where, e.words.found_with}, "\n\n"))));
    if (e.returned_at) items.push_back(happened("Back", e.returned_at));
    if (e.confirmed_at) items.push_back(happened("Confirmed safe by the police", e.confirmed_at));
    if (e.safe_and_well_at)
        items.push_back(
            happened("Safe and well check", e.safe_and_well_at, html::paragraphs(e.words.safe_and_well)));
    if (e.withdrawn_at)
        items.push_back(happened("Withdrawn", e.withdrawn_at, html::paragraphs(e.words.withdrawn_reason)));
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return html::timeline(line);
}

Html change_buttons(const Visit& visit, const EpisodeView& view) {
    const auto& e = view.episode;
    std::string_view next = "found";
    if (e.found_at) next = "returned";
    if (e.returned_at) next = "confirmed";
    if (e.confirmed_at) next = e.safe_and_well_at ? "" : "check";
    std::vector<Html> buttons;
    const auto add = [&](const Change& c) {
        if (may_make(c, e, visit.viewer))
            buttons.push_back(html::button({.text = std::string(c.title),
                                            .href = href_of(e, "/" + std::string(c.path)),
                                            .classes = c.path == next ? "" : "govuk-button--secondary"}));
    };
    for (const auto& c : changes())
        if (c.path == next) add(c);
    for (const auto& c : changes())
        if (c.path != next) add(c);
    return html::button_group(buttons);
}

Html interview_part(const Visit& visit, const EpisodeView& view) {
    const auto now = visit.office.clock.now();
    const auto& state = view.interview;
    const auto& e = view.episode;
    const bool holds = visit.viewer.has(Permission::hold_return_interviews);
    const std::string label(visit.office.scheme.label("rhi_long"));
    html::SummaryList list;
    list.rows = {
        html::summary_row("Offered within 72 hours of the police’s confirmation", clock_tag(state.offer, now)),
        html::summary_row("Held within 72 hours of the return", clock_tag(state.completion, now)),
        html::summary_row("Offered", state.offered ? html::time_of(*state.offered) : html::text("Not yet")),
        html::summary_row("Answer", std::string(words_for(state.response))),
        html::summary_row("Held", state.completed ? html::time_of(*state.completed) : html::text("Not yet"))};
    if (state.running().presses(now))
        list.rows.push_back(html::summary_row("Time runs out", escalation(visit, state)));
    Html action;
    if (holds && !state.interview.empty())
        action = html::button({.text = "Open the interview", .href = "/missing/interviews/" + state.interview});
    else if (holds && e.counts() && (e.returned_at || e.confirmed_at))
        action = html::button({.text = "Offer an interview", .href = href_of(e, "/offer")});
    else if (!state.interview.empty() && visit.viewer.at_front_door())
        action = html::para(html::anchor("/missing/interviews/" + state.interview, "See the interview"));
    return join(html::heading(2, label), html::summary_list(list), action);
}

http::Response episode_page(Visit& visit, const MissingDesk& desk) {
    const auto view = desk.episode(visit.viewer, visit.parameter("id"));
    if (!view) return refused_page(visit, "missing_episode");
    const auto& e = view->episode;
    visit.looked_at("missing_episode", e.id, view->sight.rule);
    visit.why = protect::pages::why_sentence(view->sight.sentence);
    html::SummaryList facts;
    const auto add = [&](std::string key, const std::string& value) {
        if (!value.empty()) facts.rows.push_back(html::summary_row(std::move(key), html::paragraphs(value)));
    };
    facts.rows.push_back(html::summary_row(
        "Missing", join(text_of(contexts(), e.context), ", ", base::fold(text_of(kinds(), e.kind)))));
    if (e.age_at) facts.rows.push_back(html::summary_row("Age then", std::to_string(*e.age_at)));
    facts.rows.push_back(html::summary_row("Reported by", view->reported_by + ", " + view->reporting_agency));
    facts.rows.push_back(html::summary_row("Leads", view->lead_agency));
    add("Police reference", e.words.police_ref);
    add("Wearing and carrying", e.words.wearing);
    facts.rows.push_back(
        html::summary_row("Home area", protect::pages::area_name(visit.office.scheme, e.home_area)));
    if (e.looked_after) {
        add("Placement", e.words.placement.empty() ? "Not said" : e.words.placement);
        facts.rows.push_back(
            html::summary_row("Placement area", protect::pages::area_name(visit.office.scheme, e.placement_area)));
        add("Responsible authority", e.responsible_la);
    }
    if (!e.harm.empty())
        add("Harmed",
            text_of(harm_answers(), e.harm) + (e.words.harm_note.empty() ? "" : "\n\n" + e.words.harm_note));
    const auto title = e.words.child_name;
    const Html body = join(
        html::page_heading(title + age_words(e), e.ref), html::para(stage_tag(e.stage()), " ", risk_tag(e.risk)),
        when(view->repeat.reached(),
             html::warning_text({.text = std::to_string(view->repeat.episodes) + " times missing in " +
                                         std::to_string(view->repeat.days) + " days."})),
        change_buttons(visit, *view), html::summary_list(facts), html::heading(2, "What happened"),
        story_of(*view), when(e.counts(), [&] { return interview_part(visit, *view); }),
        when(!e.words.mentions.empty(),
             [&] { return join(html::heading(2, "Kept for intelligence"), mention_list(e.words.mentions)); }),
        html::heading(2, "More"),
        html::para(html::anchor("/missing/children/" + desk.desk().people().index().root_of(e.person),
                                "Every time they were missing")),
        when(!view->person.empty(),
             html::para(html::anchor("/people/" + view->person, "Everything Rowan knows about them"))),
        html::heading(2, "History"), protect::pages::versions_table(view->versions));
    return shown(visit, title + age_words(e), body, "/missing");
}

}  // namespace

void add_episode_routes(Routes& routes, const MissingDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto reports = Access::needs(Permission::report_missing);
    const auto get = [&](std::string pattern, http::Response (*page)(Visit&, const MissingDesk&)) {
        routes.get(
            std::move(pattern), reports, AuditClass::look(), Limits::page(),
            [&desk, page](Visit& v) { return page(v, desk); }, "missing");
    };
    get("/missing/{id}", episode_page);
    get("/missing/{id}/{change}", change_page);
    routes.post(
        "/missing/{id}/{change}", reports, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return make_change(v, desk); }, "missing");
}

}  // namespace rowan::protect::missing::pages
