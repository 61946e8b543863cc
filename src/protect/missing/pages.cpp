#include "protect/missing/pages.h"

#include "base/text.h"

namespace rowan::protect::missing::pages {

http::Response shown(Visit& visit, std::string title, Html body, std::string back, bool error, bool wide) {
    partnership::PageBody out;
    out.title = std::move(title);
    out.body = std::move(body);
    out.back_link = std::move(back);
    out.error = error;
    out.wide = wide;
    out.navigation = "missing";
    return partnership::page(visit, std::move(out));
}

http::Response refused_page(Visit& visit, std::string_view kind) {
    visit.refused(kind, "", "no-relationship");
    return partnership::not_there(visit);
}

namespace {

bool is_time(std::string_view field) {
    for (const std::string_view each : {"missing_from", "reported_at", "found_at", "returned_at", "confirmed_at",
                                        "safe_and_well_at", "completed_at", "scheduled_at", "at"})
        if (each == field) return true;
    return false;
}

std::string two_digits(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

}  // namespace

Html error_summary_of(const Problems& problems, const Html& form) {
    if (problems.empty()) return {};
    html::ErrorSummary summary;
    for (const auto& problem : problems) {
        const auto field = problem.field + (is_time(problem.field) ? "-day" : "");
        const bool asked = form.view().find("id=\"" + field + "\"") != std::string_view::npos;
        summary.error_list.push_back({.text = problem.message, .href = asked ? "#" + field : ""});
    }
    return html::error_summary(summary);
}

std::string value_of(const http::Fields& typed, const std::string& name, const std::string& before) {
    return typed.has(name) ? typed.get(name) : before;
}

Html time_fields(const http::Fields& typed, const std::string& prefix, const std::string& text,
                 const Problems& problems, std::optional<Instant> prefill, bool with_time, std::string hint) {
    std::string day, month, year, time;
    if (prefill) {
        const auto local = base::london(*prefill);
        day = std::to_string(static_cast<unsigned>(local.date.day()));
        month = std::to_string(static_cast<unsigned>(local.date.month()));
        year = std::to_string(static_cast<int>(local.date.year()));
        if (with_time) time = two_digits(local.hour) + ":" + two_digits(local.minute);
    }
    const auto error = error_of(problems, prefix);
    return join(html::date_input({.id = prefix,
                                  .name_prefix = prefix,
                                  .fieldset = legend(text, "s"),
                                  .hint = {.text = std::move(hint)},
                                  .error_message = {.text = error},
                                  .values = {{"day", value_of(typed, prefix + "-day", day)},
                                             {"month", value_of(typed, prefix + "-month", month)},
                                             {"year", value_of(typed, prefix + "-year", year)}}}),
                html::input({.name = prefix + "-time",
                             .label = {.text = join("Time", html::visually_hidden(": " + text))},
                             .hint = {.text = "On the 24-hour clock, such as 21:30"},
                             .value = value_of(typed, prefix + "-time", time),
                             .classes = "govuk-input--width-5"}));
}

Html text_field(const http::Fields& typed, const std::string& name, const std::string& text,
                const Problems& problems, const std::string& before, std::string hint, std::string classes) {
    return html::input({.name = name,
                        .label = {.text = text, .classes = "govuk-label--s"},
                        .hint = {.text = std::move(hint)},
                        .error_message = {.text = error_of(problems, name)},
                        .value = value_of(typed, name, before),
                        .classes = std::move(classes)});
}

Html words_field(const http::Fields& typed, const std::string& name, const std::string& text,
                 const Problems& problems, const std::string& before, std::string hint, int rows) {
    return html::textarea({.name = name,
                           .label = {.text = text, .classes = "govuk-label--s"},
                           .hint = {.text = std::move(hint)},
                           .error_message = {.text = error_of(problems, name)},
                           .value = value_of(typed, name, before),
                           .rows = rows});
}

Html choose_one(const http::Fields& typed, const std::string& name, const std::string& text,
                std::span<const Choice> choices, const Problems& problems, const std::string& before,
                std::string hint) {
    return html::radios({.name = name,
                         .fieldset = legend(text, "s"),
                         .hint = {.text = std::move(hint)},
                         .error_message = {.text = error_of(problems, name)},
                         .items = radio_items(choices),
                         .value = value_of(typed, name, before),
                         .classes = "govuk-radios--small"});
}

Html mention_fields(const http::Fields& typed, const Problems& problems) {
    const auto code = value_of(typed, "handling", std::string(kMayBeShared));
    auto codes = radio_items(handling_codes());
    for (auto& item : codes)
        if (item.value == kWithConditions)
            item.conditional = words_field(typed, "conditions", "On which conditions?", problems, "", "", 2);
    const bool wrong = !error_of(problems, "handling").empty() || !error_of(problems, "conditions").empty();
    return html::details({.summary = "Names, vehicles and places for intelligence",
                          .text = join(html::para("One a line. They are kept with who said so and when."),
                                       words_field(typed, "names", "Names", {}, "", "", 2),
                                       words_field(typed, "vehicles", "Vehicles", {}, "", "", 2),
                                       words_field(typed, "places", "Places", {}, "", "", 2),
                                       html::radios({.name = "handling",
                                                     .fieldset = legend("May these be shared?", "s"),
                                                     .error_message = {.text = error_of(problems, "handling")},
                                                     .items = codes,
                                                     .value = code,
                                                     .classes = "govuk-radios--small"})),
                          .open = wrong});
}

Html handling_of(const Mention& m) {
    if (!m.conditional()) return html::text("May be shared (P)");
    return join(html::tag({.text = "On conditions (C)", .classes = "rowan-tag--amber"}), " ", m.conditions);
}

Html mention_list(const std::vector<Mention>& all) {
    std::vector<Html> out;
    for (const auto& m : all)
        out.push_back(join(text_of(mention_kinds(), m.kind), ": ", m.text, " (", m.said_by, ", ",
                           html::time_of(m.at), ")",
                           when(m.conditional(), [&] { return join(" ", handling_of(m)); })));
    return html::bullets(out);
}

std::string once_key(const Visit& visit, const std::string& what) {
    return what + ":" + visit.form.get(partnership::kOnceField);
}

Html clock_tag(const ReturnClock& clock, Instant now) {
    switch (clock.state(now)) {
        case ClockState::not_started:
            return html::text("Not started");
        case ClockState::met:
            return html::tag({.text = "In time", .classes = "rowan-tag--leaf"});
        case ClockState::missed:
            return html::tag({.text = "Late", .classes = "rowan-tag--berry"});
        default:
            return join(
                html::clock_tag({.due = *clock.due, .now = now, .soon_hours = clock.soon_hours}),
                when(clock.other_start, html::visually_hidden(" (counted from the only time that is known)")));
    }
}

Html escalation(const Visit& visit, const InterviewState& state) {
    const auto now = visit.office.clock.now();
    if (!state.running().presses(now)) return {};
    std::string roles;
    for (const auto& code : visit.office.scheme.parameters_on(base::london_date(now)).rhi_escalate_to) {
        if (!roles.empty()) roles += ", ";
        roles += base::fold(partnership::find_role(code)->title);
    }
    return html::tag({.text = "Escalated to: " + roles, .classes = "rowan-tag--berry"});
}

std::string href_of(const Episode& e, std::string_view after) { return "/missing/" + e.id + std::string(after); }

std::string age_words(const Episode& e) { return e.age_at ? ", " + std::to_string(*e.age_at) : ""; }

bool may_take(const Viewer& viewer, const Episode& e) {
    return !e.taken_at && e.counts() &&
           (viewer.at_front_door() || viewer.agency_type == partnership::AgencyType::police ||
            viewer.agency == e.lead_agency);
}

Html risk_tag(const std::string& risk) {
    if (risk.empty()) return html::tag({.text = "Not graded", .classes = "rowan-tag--amber"});
    return html::tag({.text = text_of(risks(), risk) + (risk == "no_apparent" ? "" : " risk"),
                      .classes = risk == "high"     ? "rowan-tag--berry"
                                 : risk == "medium" ? "rowan-tag--amber"
                                                    : "govuk-tag--grey"});
}

Html stage_tag(Stage stage) {
    return html::tag({.text = std::string(words_for(stage)),
                      .classes = stage == Stage::open        ? "rowan-tag--berry"
                                 : stage == Stage::safe      ? "rowan-tag--leaf"
                                 : stage == Stage::withdrawn ? "govuk-tag--grey"
                                                             : "rowan-tag--amber"});
}

}  // namespace rowan::protect::missing::pages

namespace rowan::protect::missing {

void add_missing_routes(partnership::Routes& routes, const MissingDesk& desk, std::shared_ptr<http::Feed> news) {
    // An episode last: "/missing/interviews/{id}" must not be read as a change of an episode "interviews".
    pages::add_holding_routes(routes, desk);
    pages::add_interview_routes(routes, desk);
    pages::add_board_routes(routes, desk, std::move(news));
    pages::add_report_routes(routes, desk);
    pages::add_pattern_routes(routes, desk);
    pages::add_episode_routes(routes, desk);
}

}  // namespace rowan::protect::missing
