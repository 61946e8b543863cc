#include "base/text.h"
#include "html/charts.h"
#include "html/maps.h"
#include "protect/missing/holding_list.h"
#include "protect/missing/pages.h"

#include <algorithm>
#include <functional>
#include <map>

namespace rowan::protect::missing::pages {

namespace {

using partnership::Permission, partnership::Scheme;

constexpr std::size_t kMostFound = 10;

std::string href_of(const Episode& e, std::string_view after = "") {
    return "/missing/" + e.id + std::string(after);
}
std::string area_name(const Visit& visit, const std::string& code) {
    return protect::pages::area_name(visit.office.scheme, code);
}
std::string age_words(const Episode& e) { return e.age_at ? ", " + std::to_string(*e.age_at) : ""; }

// --- the live board ---------------------------------------------------------------------------------------------

// Who may say that they deal with an episode: the police, the front door, and the agency that leads.
bool may_take(const Viewer& viewer, const Episode& e) {
    return !e.taken_at && e.counts() &&
           (viewer.at_front_door() || viewer.agency_type == partnership::AgencyType::police ||
            viewer.agency == e.lead_agency);
}

Html board_card(const Visit& visit, const BoardLine& line, Instant now) {
    const auto& e = line.episode;
    const auto last_seen = base::truncate(base::tidy_line(e.words.last_seen), 120);
    return join(
        html::heading(3, html::anchor(href_of(e), e.words.child_name + age_words(e)), "s"),
        html::para(stage_tag(e.stage()), " ", risk_tag(e.risk),
                   when(line.repeat.reached(),
                        join(" ", html::tag({.text = std::to_string(line.repeat.episodes) + " times in " +
                                                     std::to_string(line.repeat.days) + " days",
                                             .classes = "rowan-tag--amber"})))),
        html::para("Missing for ", html::since(e.missing_from, now), ", since ", html::time_of(e.missing_from),
                   ". ", text_of(contexts(), e.context), ", ", base::fold(text_of(kinds(), e.kind)), "."),
        when(!last_seen.empty(), html::para("Last seen: ", last_seen)),
        html::para("Leads: ", line.lead_agency, ". ", e.ref), when(may_take(visit.viewer, e), [&] {
            return partnership::post_form(
                visit, href_of(e, "/take"),
                join(hidden("version", std::to_string(e.version)),
                     html::button(
                         {.text = join("We deal with this", html::visually_hidden(": " + e.words.child_name)),
                          .classes = "govuk-button--secondary",
                          .prevent_double_click = true})));
        }));
}

// On a wall the board stays up to date for as long as the session lasts; elsewhere it stops when nobody touches
// it.
bool on_the_wall(const Visit& visit) { return visit.request.query.get("wall") == "yes"; }

http::Response board_page(Visit& visit, const MissingDesk& desk) {
    const auto board = desk.board(visit.viewer);
    const auto now = visit.office.clock.now();
    std::vector<html::Card> missing, found;
    std::size_t untaken = 0;
    const bool wall = on_the_wall(visit);
    for (const auto& line : board.lines) {
        visit.looked_at("missing_episode", line.episode.id, line.sight.rule, "board");
        const bool open = line.episode.stage() == Stage::open, is_new = open && !line.episode.taken_at;
        untaken += is_new;
        (open ? missing : found).push_back({board_card(visit, line, now), is_new});
    }
    if (board.lines.empty()) visit.looked_at("missing_episode", "", "role", "board empty");
    visit.why =
        "You can see those whom the police look for, whom your agency reported, or with whom it has to do.";
    const Html live =
        el("div", html::attr("data-watch", "/missing/events"), html::attr("data-watch-else", "/missing/stamp"),
           html::attr("data-stamp", std::to_string(board.stamp)),
           html::attr("data-watch-for", wall ? "session" : "touch"),
           html::heading(2, "Missing now (" + std::to_string(missing.size()) + ")"),
           missing.empty() ? html::empty_note("Nobody whom you may see is missing.") : html::cards(missing),
           html::heading(2, "Found or back, not yet confirmed safe (" + std::to_string(found.size()) + ")"),
           found.empty() ? html::empty_note("Nobody waits to be confirmed safe.") : html::cards(found));
    const Html body =
        join(html::page_heading("Who is missing"),
             html::button_group(
                 {html::button({.text = "Report somebody missing", .href = "/missing/report"}),
                  html::button({.text = "Load again", .href = "/missing", .classes = "govuk-button--secondary"}),
                  when(visit.viewer.has(Permission::hold_return_interviews),
                       html::button({.text = "Return interviews",
                                     .href = "/missing/interviews",
                                     .classes = "govuk-button--secondary"})),
                  when(HoldingList(desk).may(visit.viewer), html::button({.text = "Held for intelligence",
                                                                          .href = "/missing/intelligence",
                                                                          .classes = "govuk-button--secondary"})),
                  html::button({.text = wall ? "Not for the wall" : "For the wall",
                                .href = wall ? "/missing" : "/missing?wall=yes",
                                .classes = "govuk-button--secondary"})}),
             el("p", cls("govuk-body-s"), html::attr("role", "status"), html::attr("data-watch-status", ""),
                wall ? "This page brings itself up to date until you sign out."
                     : "This page brings itself up to date while you use it."),
             live);
    return shown(visit, untaken == 0 ? "Who is missing" : "Who is missing: " + std::to_string(untaken) + " new",
                 body, "", false, true);
}

// --- reporting --------------------------------------------------------------------------------------------------

Html found_people(Visit& visit, const MissingDesk& desk, const std::string& typed) {
    const auto words = base::truncate(typed, 200);
    const auto found = desk.desk().people().find(visit.viewer, words, kMostFound);
    visit.looked_at(
        "search", "", "role",
        "results=" + std::to_string(found.size()) + " query=" + visit.office.audit.digest(base::fold(words)));
    visit.looks.back().act = "search";
    std::vector<Html> lines;
    for (const auto& line : found) {
        visit.looked_at("person", line.subject, line.sight.rule, line.person.empty() ? "signpost" : "");
        visit.looks.back().act = "search";
        if (line.person.empty()) continue;
        lines.push_back(join(html::anchor("/missing/report?person=" + line.person, line.name), ", ",
                             line.born.empty() ? "date of birth not known" : "born " + line.born, ", ", line.ref));
    }
    return join(lines.empty() ? html::para("Nobody whom you may see matches.")
                              : join(html::heading(2, "Who is it?"), html::bullets(lines)),
                html::button({.text = "It is somebody else",
                              .href = "/missing/report?new=yes",
                              .classes = "govuk-button--secondary"}));
}

http::Response who_page(Visit& visit, const MissingDesk& desk) {
    const auto& q = visit.request.query.get("q");
    visit.looked_at("search", "", "role", "report-missing");
    visit.why = "You can report anybody missing.";
    const Html body =
        join(html::page_heading("Report somebody missing"), protect::pages::danger_notice(),
             el("form", html::attr("method", "get"), html::attr("action", "/missing/report"),
                html::input({.name = "q",
                             .label = {.text = "Who is missing?", .classes = "govuk-label--m"},
                             .hint = {.text = "Name, date of birth, NHS number, phone or postcode"},
                             .value = q}),
                html::button({.text = "Find them"})),
             q.empty() ? html::para(html::anchor("/missing/report?new=yes", "Nobody in Rowan can be them: go on"))
                       : found_people(visit, desk, q));
    return shown(visit, "Report somebody missing", html::two_thirds(body), "/missing");
}

Html new_person_fields(const http::Fields& form, const Problems& problems) {
    return join(text_field(form, "given_names", "First names", problems),
                text_field(form, "family_name", "Family name", problems),
                html::date_input({.id = "born",
                                  .name_prefix = "born",
                                  .fieldset = legend("Date of birth", "s"),
                                  .hint = {.text = "Leave it empty if you do not know it"},
                                  .error_message = {.text = error_of(problems, "born-day")},
                                  .values = {{"day", form.get("born-day")},
                                             {"month", form.get("born-month")},
                                             {"year", form.get("born-year")}}}),
                html::radios({.name = "sex",
                              .fieldset = legend("Sex", "s"),
                              .items = {{.value = "F", .text = "Female"},
                                        {.value = "M", .text = "Male"},
                                        {.value = "U", .text = "Not known"}},
                              .value = form.has("sex") ? form.get("sex") : "U",
                              .classes = "govuk-radios--inline govuk-radios--small"}));
}

// A choice among those that the scheme names, or none of them.
template <class Named>
Html one_of_the_scheme(const http::Fields& form, const std::string& name, const std::string& text,
                       const std::vector<Named>& all, const std::string& other, const Problems& problems,
                       const std::string& before) {
    if (all.empty()) return {};
    html::Select select{.name = name,
                        .label = {.text = text, .classes = "govuk-label--s"},
                        .error_message = {.text = error_of(problems, name)},
                        .items = {{.value = "", .text = other}},
                        .value = value_of(form, name, before)};
    for (const auto& each : all) select.items.push_back({.value = each.code, .text = each.name});
    return html::select(select);
}

// Where the postcode file does not have it, it can be said to be right: a new house must not hinder a report.
Html postcode_field(const http::Fields& form, const std::string& name, const std::string& label,
                    const Problems& problems, const Episode& e, const std::string& before,
                    const std::string& hint = "") {
    const auto typed = form.has(name) ? form.get(name) : before;
    const auto postcode = base::parse_postcode(typed);
    const auto& right = postcode.text;
    // Of a postcode that can be read nothing else is complained of.
    const bool unknown = postcode.status == base::PostcodeStatus::valid && !error_of(problems, name).empty();
    html::Checkboxes sure{.name = name + "_right",
                          .items = {{.value = right, .text = right + " is right"}},
                          .classes = "govuk-checkboxes--small"};
    if (said_right(e.words, typed) || form.get(name + "_right") == right) sure.values = {right};
    return join(text_field(form, name, label, problems, before, hint, "govuk-input--width-10"),
                when(unknown || !sure.values.empty(), [&] { return html::checkboxes(sure); }));
}

// What is asked at the first report and may be corrected later.
Html facts_fields(const Scheme& scheme, const http::Fields& form, const Problems& problems, const Episode& e,
                  bool first, Instant now) {
    const Html placement =
        join(one_of_the_scheme(form, "placement_home", "Which children’s home?", scheme.homes,
                               "Another home, or a carer", problems, e.placement_home),
             text_field(form, "placement", "Another home or carer", problems, e.words.placement),
             postcode_field(form, "placement_postcode", "Postcode of the placement", problems, e,
                            e.words.placement_postcode),
             text_field(form, "responsible_la", "Responsible authority, if it is not this one", problems,
                        first ? "" : e.responsible_la, "Three digits", "govuk-input--width-3"));
    html::Checkboxes care{.name = "looked_after",
                          .items = {{.value = "yes", .text = "They are looked after", .conditional = placement}},
                          .classes = "govuk-checkboxes--small"};
    if (form.get("looked_after") == "yes" || (!form.has("context") && e.looked_after)) care.values = {"yes"};
    return join(
        choose_one(form, "context", "Missing from where?", contexts(), problems, e.context),
        html::checkboxes(care),
        choose_one(form, "kind", "What is it?", kinds(), problems, first ? "missing" : e.kind),
        time_fields(form, "missing_from", "When were they last seen?", problems, first ? now : e.missing_from,
                    !first, "When they left, or when a responsible adult last saw them: whichever is later"),
        words_field(form, "last_seen", "Where were they last seen, and with whom?", problems, e.words.last_seen,
                    "", 2));
}

void take_facts(const http::Fields& form, Episode& e) {
    const auto line = [&](const char* name) { return base::tidy_line(form.get(name)); };
    e.context = form.get("context");
    e.kind = form.get("kind");
    e.looked_after = form.get("looked_after") == "yes" || e.context == kCare;
    e.placement_home = e.looked_after ? line("placement_home") : "";
    e.words.placement = e.looked_after ? line("placement") : "";
    e.words.placement_postcode = e.looked_after ? line("placement_postcode") : "";
    e.responsible_la = line("responsible_la");
    e.words.last_seen = base::tidy(form.get("last_seen"));
    e.words.wearing = base::tidy(form.get("wearing"));
    e.words.circumstances = base::tidy(form.get("circumstances"));
    e.words.police_ref = line("police_ref");
    e.words.home_postcode = line("home_postcode");
    e.words.right_postcodes.clear();
    for (const char* field : {"home_postcode_right", "placement_postcode_right"})
        if (auto right = line(field); !right.empty()) e.words.right_postcodes.push_back(std::move(right));
    e.missing_from = typed_instant(form, "missing_from").value_or(Instant{});
}

Html more_fields(const http::Fields& form, const Problems& problems, const Episode& e) {
    return join(words_field(form, "wearing", "What do they wear and carry?", problems, e.words.wearing, "", 2),
                words_field(form, "circumstances", "What happened before, and what worries you?", problems,
                            e.words.circumstances, "", 3),
                text_field(form, "police_ref", "Police reference", problems, e.words.police_ref, "",
                           "govuk-input--width-10"),
                postcode_field(form, "home_postcode", "Home postcode", problems, e, e.words.home_postcode,
                               "Leave it empty to use what Rowan knows"));
}

void check_time(const http::Fields& form, const std::string& prefix, Problems& problems) {
    if (typed_instant(form, prefix)) return;
    std::erase_if(problems, [&](const auto& p) { return p.field == prefix; });
    problems.insert(problems.begin(), {prefix, "Enter the day and the time, such as 26 3 2018 and 21:30"});
}

http::Response report_form(Visit& visit, const MissingDesk& desk, const std::string& person,
                           const Problems& problems) {
    const auto& form = visit.form;
    const bool somebody_new = person.empty();
    const auto known = somebody_new ? std::nullopt : desk.subject(visit.viewer, person);
    if (!somebody_new && !known) return refused_page(visit, "person");
    visit.looked_at("person", known ? known->root : "", "report-missing");
    visit.why = "You can report anybody missing.";
    const auto title = known ? "Report " + known->name + " missing" : std::string("Report somebody missing");
    const Episode blank;
    const Html questions = partnership::post_form(
        visit, "/missing/report",
        join(hidden("person", known ? known->root : ""),
             when(somebody_new, [&] { return new_person_fields(form, problems); }),
             facts_fields(visit.office.scheme, form, problems, blank, true, visit.office.clock.now()),
             choose_one(form, "risk", "Risk", risks(), problems, "",
                        "Leave it empty if the police have not graded it yet"),
             html::details({.summary = "More that helps to find them",
                            .text = more_fields(form, problems, blank),
                            .open = !problems.empty()}),
             html::button({.text = "Report missing", .prevent_double_click = true})));
    const Html body = join(error_summary_of(problems, questions), html::page_heading(title),
                           protect::pages::danger_notice(), questions);
    return shown(visit, title, html::two_thirds(body), "/missing", !problems.empty());
}

http::Response report_page(Visit& visit, const MissingDesk& desk) {
    const auto& query = visit.request.query;
    if (!query.get("person").empty()) return report_form(visit, desk, query.get("person"), {});
    if (query.get("new") == "yes") return report_form(visit, desk, "", {});
    return who_page(visit, desk);
}

http::Response report(Visit& visit, const MissingDesk& desk) {
    const auto& form = visit.form;
    const auto& person = form.get("person");
    NewReport made;
    auto& e = made.episode;
    take_facts(form, e);
    e.risk = form.get("risk");
    const auto now = visit.office.clock.now();
    e.reported_at = now;
    Problems problems;
    if (person.empty()) {
        people::Identity who;
        who.given_names = form.get("given_names");
        who.family_name = form.get("family_name");
        who.sex = form.get("sex").empty() ? "U" : form.get("sex");
        who.postcode = form.get("home_postcode");
        if (!form.get("born-day").empty() || !form.get("born-year").empty()) {
            const auto born =
                people::parse_written_date(form.get("born-day"), form.get("born-month"), form.get("born-year"));
            if (born.ok())
                who.born = *born;
            else
                problems.push_back({"born-day", born.error().message});
        }
        for (auto& problem : people::check(who, base::london_date(now)))
            if (problem.field != "postcode") problems.push_back(std::move(problem));
        if (who.given_names.empty() && who.family_name.empty())
            problems.push_back({"given_names", "Enter a name, or what they are known as"});
        const auto day = base::london_date(e.missing_from);
        if (who.born && *who.born <= day) e.age_at = base::age_on(*who.born, day);
        made.identity = std::move(who);
    } else {
        const auto known = desk.subject(visit.viewer, person);
        if (!known) return refused_page(visit, "person");
        e.person = known->root;
        const auto day = base::london_date(e.missing_from);
        if (known->born && *known->born <= day) e.age_at = base::age_on(*known->born, day);
    }
    for (auto& problem : desk.problems_of(e, {})) problems.push_back(std::move(problem));
    check_time(form, "missing_from", problems);
    if (!typed_instant(form, "missing_from"))
        std::erase_if(problems, [](const auto& p) { return p.field == "reported_at"; });
    const auto key = once_key(visit, "report-missing");
    if (!problems.empty()) {
        // Sent twice: the episode is there already, and it is no overlap with itself.
        const auto again = desk.report_again(visit.viewer, key);
        if (again) return http::redirect("/missing/" + *again);
        return report_form(visit, desk, person, problems);
    }
    const auto id = desk.report(visit.viewer, std::move(made), key);
    return id.ok() ? http::redirect("/missing/" + *id) : partnership::problem(visit, id.error());
}

// --- an episode -------------------------------------------------------------------------------------------------

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

Html mention_fields(const http::Fields& form) {
    return html::details({.summary = "Names, vehicles and places for intelligence",
                          .text = join(html::para("One a line. They are kept with who said so and when."),
                                       words_field(form, "names", "Names", {}, "", "", 2),
                                       words_field(form, "vehicles", "Vehicles", {}, "", "", 2),
                                       words_field(form, "places", "Places", {}, "", "", 2))});
}
void take_mentions(const http::Fields& form, Episode& e, const Viewer& viewer, Instant now) {
    for (const auto& [field, kind] : {std::pair{"names", "name"}, {"vehicles", "vehicle"}, {"places", "place"}})
        for (auto& mention : mentions_from(form.get(field), kind, signed_by(viewer), now))
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
                 one_of_the_scheme(f, "found_place", "A place that is known?", scheme.places, "Somewhere else", p,
                                   e.found_place),
                 words_field(f, "found_where", "Where, and by whom?", p, e.words.found_where, "", 2),
                 words_field(f, "found_with", "With whom were they?", p, e.words.found_with, "", 2),
                 choose_one(f, "harm", "Were they harmed?", harm_answers(), p, e.harm),
                 words_field(f, "harm_note", "What harm?", p, e.words.harm_note, "", 2), mention_fields(f));
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
                 mention_fields(f));
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
    facts.rows.push_back(html::summary_row("Home area", area_name(visit, e.home_area)));
    if (e.looked_after) {
        add("Placement", e.words.placement.empty() ? "Not said" : e.words.placement);
        facts.rows.push_back(html::summary_row("Placement area", area_name(visit, e.placement_area)));
        add("Responsible authority", e.responsible_la);
    }
    if (!e.harm.empty())
        add("Harmed",
            text_of(harm_answers(), e.harm) + (e.words.harm_note.empty() ? "" : "\n\n" + e.words.harm_note));
    std::vector<Html> mentions;
    for (const auto& m : e.words.mentions)
        mentions.push_back(
            join(text_of(mention_kinds(), m.kind), ": ", m.text, " (", m.said_by, ", ", html::time_of(m.at), ")"));
    const auto title = e.words.child_name;
    const Html body = join(
        html::page_heading(title + age_words(e), e.ref), html::para(stage_tag(e.stage()), " ", risk_tag(e.risk)),
        when(view->repeat.reached(),
             html::warning_text({.text = std::to_string(view->repeat.episodes) + " times missing in " +
                                         std::to_string(view->repeat.days) + " days."})),
        change_buttons(visit, *view), html::summary_list(facts), html::heading(2, "What happened"),
        story_of(*view), when(e.counts(), [&] { return interview_part(visit, *view); }),
        when(!mentions.empty(),
             [&] { return join(html::heading(2, "Kept for intelligence"), html::bullets(mentions)); }),
        html::heading(2, "More"),
        html::para(html::anchor("/missing/children/" + desk.desk().people().index().root_of(e.person),
                                "Every time they were missing")),
        when(!view->person.empty(),
             html::para(html::anchor("/people/" + view->person, "Everything Rowan knows about them"))),
        html::heading(2, "History"), protect::pages::versions_table(view->versions));
    return shown(visit, title + age_words(e), body, "/missing");
}

// --- every time a young person was missing ----------------------------------------------------------------------

std::string part_of_day(Instant at) {
    const int hour = base::london(at).hour;
    return hour < 6 ? "Night, before 6am" : hour < 12 ? "Morning" : hour < 18 ? "Afternoon" : "Evening, from 6pm";
}

Html counted(const std::string& caption, const std::string& heading, const std::map<std::string, int>& counts,
             const std::vector<std::string>& order) {
    html::BarList bars{.caption = caption, .label_heading = heading, .value_heading = "Episodes"};
    for (const auto& label : order)
        if (const auto found = counts.find(label); found != counts.end())
            bars.items.push_back({.label = label, .value = static_cast<double>(found->second)});
    return html::bar_list(bars);
}

// The year up to today as a calendar, each day on which they were missing marked.
Html year_of(const std::vector<Episode>& episodes, Instant now) {
    html::CalendarChart year{.id = "year", .title = "The last twelve months, day by day"};
    year.to = base::london_date(now);
    year.from = base::add_days(base::add_months(year.to, -12), 1);
    std::map<std::string, int> by_month;
    std::vector<std::string> months;
    for (auto month = base::Date{year.from.year() / year.from.month() / 1}; month <= year.to;
         month = base::add_months(month, 1)) {
        const auto name = base::display(month);
        months.push_back(name.substr(name.find(' ') + 1));
    }
    int days = 0;
    for (const auto& e : episodes) {
        if (!e.counts()) continue;
        const auto first = base::london_date(e.missing_from), last = base::london_date(e.ended_at().value_or(now));
        if (first >= year.from && first <= year.to) {
            const auto name = base::display(first);
            ++by_month[name.substr(name.find(' ') + 1)];
        }
        for (auto day = std::max(first, year.from); day <= std::min(last, year.to); day = base::add_days(day, 1))
            days += ++year.days[day] == 1;
    }
    year.description = "Missing on " + std::to_string(days) + (days == 1 ? " day." : " days.");
    return html::calendar_chart(year, counted("Episodes that began in the month", "Month", by_month, months));
}

std::vector<std::string> most_first(const std::map<std::string, int>& counts) {
    std::vector<std::string> out;
    for (const auto& [name, count] : counts) out.push_back(name);
    std::stable_sort(out.begin(), out.end(),
                     [&](const auto& a, const auto& b) { return counts.at(a) > counts.at(b); });
    return out;
}

// Where they were found, as far as the scheme names the place and the postcode file knows where it is.
Html found_map(const Visit& visit, const MissingDesk& desk, const std::map<std::string, int>& by_code,
               const Html& table) {
    html::MapChart map{.id = "found", .title = "Where they were found", .description = "", .legend = {}};
    for (const auto& spot : desk.places())
        if (const auto found = by_code.find(spot.code); found != by_code.end())
            map.marks.push_back({spot.name, static_cast<double>(spot.easting), static_cast<double>(spot.northing),
                                 static_cast<double>(found->second), html::MapSymbol::place, false});
    if (map.marks.empty()) return table;
    for (auto& [area, cells] : desk.ground())
        map.regions.push_back({area_name(visit, area), std::move(cells), ""});
    map.description = std::to_string(map.marks.size()) + " known places; a larger circle means more often.";
    return html::map_chart(map, table);
}

// The repeat trigger proposes a strategy discussion; the front door decides, and says why not.
Html strategy_part(Visit& visit, const MissingDesk& desk, const std::string& person) {
    const auto strategy = desk.strategy(visit.viewer, person);
    if (!strategy || (!strategy->repeat.reached() && !strategy->held)) return {};
    const auto often = std::to_string(strategy->repeat.episodes) + " times missing in the last " +
                       std::to_string(strategy->repeat.days) + " days. ";
    const Html decided = when(strategy->held.has_value(), [&] {
        return html::para(
            *strategy->held ? "A strategy discussion was decided on " : "No strategy discussion: decided on ",
            html::time_of(*strategy->decided_at), " by ", strategy->decided_by,
            strategy->reason.empty() ? "." : ". Why: " + strategy->reason);
    });
    if (!strategy->waits) return decided;
    const Html proposed = html::warning_text({.text = often + "A strategy discussion is proposed."});
    if (!may(visit.viewer, Permission::decide).allowed)
        return join(proposed, html::para("The front door decides."), decided);
    return join(proposed, decided,
                partnership::post_form(
                    visit, "/missing/children/" + person + "/strategy",
                    join(words_field({}, "reason", "Reason", {}, "", "Needed if none is held now", 2),
                         html::button_group(
                             {html::button({.text = "Hold a strategy discussion", .name = "hold", .value = "yes"}),
                              html::button({.text = "Not now",
                                            .name = "hold",
                                            .value = "no",
                                            .classes = "govuk-button--secondary"})}))));
}

http::Response decide_strategy(Visit& visit, const MissingDesk& desk) {
    const auto& person = visit.parameter("person");
    if (!desk.pattern(visit.viewer, person)) return refused_page(visit, "person");
    const auto done = desk.decide_strategy(visit.viewer, person, visit.form.get("hold") == "yes",
                                           visit.form.get("reason"), once_key(visit, "strategy:" + person));
    return done.ok() ? http::redirect("/missing/children/" + person) : partnership::problem(visit, done.error());
}

http::Response pattern_page(Visit& visit, const MissingDesk& desk) {
    const auto view = desk.pattern(visit.viewer, visit.parameter("person"));
    if (!view) return refused_page(visit, "person");
    const auto root = desk.desk().people().index().root_of(visit.parameter("person"));
    visit.looked_at("person", root, view->sight.rule, "missing-pattern");
    visit.why = protect::pages::why_sentence(view->sight.sentence);
    static const std::vector<std::string> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
    static const std::vector<std::string> kParts = {"Night, before 6am", "Morning", "Afternoon",
                                                    "Evening, from 6pm"};
    std::map<std::string, int> by_day, by_part, by_place, by_code, by_company;
    html::Table table;
    table.caption = "Every episode, newest first";
    table.head =
        html::columns("Reference", "Missing from", "For", "Kind", "Risk", "Where found", "With whom", "State");
    int episodes = 0;
    for (auto at = view->episodes.rbegin(); at != view->episodes.rend(); ++at) {
        const auto& e = *at;
        visit.looked_at("missing_episode", e.id, view->sight.rule, "pattern");
        const auto end = e.ended_at().value_or(visit.office.clock.now());
        table.rows.push_back(html::row(html::anchor(href_of(e), e.ref), html::time_of(e.missing_from),
                                       html::duration_in_words(std::chrono::floor<std::chrono::minutes>(
                                           std::max(end, e.missing_from) - e.missing_from)),
                                       text_of(kinds(), e.kind), risk_tag(e.risk), e.words.found_where,
                                       e.words.found_with, stage_tag(e.stage())));
        if (!e.counts()) continue;
        ++episodes;
        const auto weekday = std::chrono::weekday(std::chrono::sys_days(base::london_date(e.missing_from)));
        ++by_day[kDays[weekday.iso_encoding() - 1]];
        ++by_part[part_of_day(e.missing_from)];
        const auto* known = visit.office.scheme.find_place(e.found_place);
        if (known) ++by_code[known->code];
        if (const auto place = known ? known->name : base::tidy_line(e.words.found_where); !place.empty())
            ++by_place[place];
        if (const auto company = base::tidy_line(e.words.found_with); !company.empty()) ++by_company[company];
    }
    std::vector<Html> said;
    for (const auto& i : view->interviews)
        if (i.completed_at)
            said.push_back(join(html::anchor("/missing/interviews/" + i.id, base::display(*i.completed_at)), ": ",
                                texts_of(themes(), i.themes)));
    const auto title = "Missing: " + view->child;
    const Html body = join(
        html::page_heading(title, std::to_string(episodes) + (episodes == 1 ? " episode" : " episodes")),
        strategy_part(visit, desk, root), html::heading(2, "When"),
        year_of(view->episodes, visit.office.clock.now()), counted("By day of the week", "Day", by_day, kDays),
        counted("By time of day", "Time", by_part, kParts),
        when(!by_place.empty(),
             [&] {
                 return join(html::heading(2, "Where found"),
                             found_map(visit, desk, by_code,
                                       counted("By place", "Place", by_place, most_first(by_place))));
             }),
        when(!by_company.empty(),
             [&] {
                 return join(html::heading(2, "With whom"),
                             counted("In the words of the record", "With", by_company, most_first(by_company)));
             }),
        when(!said.empty(), [&] { return join(html::heading(2, "What they say"), html::bullets(said)); }),
        html::heading(2, "Every episode"), html::working_table(table));
    return shown(visit, title, body, view->person.empty() ? "/missing" : "/people/" + view->person, false, true);
}

// What a young person's page shows of this.
std::optional<people::PeopleDesk::Section> person_section(Visit& visit, const MissingDesk& desk,
                                                          const people::PersonView& person) {
    const auto view = desk.pattern(visit.viewer, person.id);
    if (!view) return std::nullopt;
    html::Table table;
    table.caption = "Missing";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Reference", "Missing from", "Risk", "State");
    for (auto at = view->episodes.rbegin(); at != view->episodes.rend() && table.rows.size() < 5; ++at) {
        visit.looked_at("missing_episode", at->id, view->sight.rule, "line");
        table.rows.push_back(html::row(html::anchor(href_of(*at), at->ref), html::time_of(at->missing_from),
                                       risk_tag(at->risk), stage_tag(at->stage())));
    }
    return people::PeopleDesk::Section{
        "Missing", join(html::working_table(table),
                        html::para(html::anchor("/missing/children/" + person.id, "Every time and the pattern")))};
}

}  // namespace

void add_episode_routes(Routes& routes, const MissingDesk& desk, std::shared_ptr<http::Feed> news) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto reports = Access::needs(Permission::report_missing);
    const auto get = [&](std::string pattern, AuditClass audit,
                         http::Response (*page)(Visit&, const MissingDesk&)) {
        routes.get(
            std::move(pattern), reports, audit, Limits::page(), [&desk, page](Visit& v) { return page(v, desk); },
            "missing");
    };
    get("/missing", AuditClass::look(), board_page);
    // Says only that something has changed.
    routes.get(
        "/missing/events", reports, AuditClass::nothing_personal(), Limits::page(),
        [news](Visit&) { return http::events(news); }, "missing");
    get("/missing/stamp", AuditClass::nothing_personal(),
        [](Visit&, const MissingDesk& d) { return http::plain(200, std::to_string(d.stamp())); });
    get("/missing/report", AuditClass::look(), report_page);
    routes.post(
        "/missing/report", reports, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return report(v, desk); }, "missing");
    get("/missing/children/{person}", AuditClass::look(), pattern_page);
    routes.post(
        "/missing/children/{person}/strategy", Access::needs(Permission::decide), AuditClass::change(),
        Limits::form(), [&desk](Visit& v) { return decide_strategy(v, desk); }, "missing");
    get("/missing/{id}", AuditClass::look(), episode_page);
    get("/missing/{id}/{change}", AuditClass::look(), change_page);
    routes.post(
        "/missing/{id}/{change}", reports, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return make_change(v, desk); }, "missing");
    auto& hooks = desk.desk().people().hooks;
    hooks.sections.push_back(
        [&desk](auto& visit, const auto& person) { return person_section(visit, desk, person); });
    hooks.actions = [before = hooks.actions](auto& visit, const auto& person) {
        auto out = before ? before(visit, person) : std::vector<Html>{};
        if (may(visit.viewer, Permission::report_missing).allowed)
            out.push_back(html::button({.text = "Report missing",
                                        .href = "/missing/report?person=" + person.id,
                                        .classes = "govuk-button--secondary"}));
        return out;
    };
}

}  // namespace rowan::protect::missing::pages
