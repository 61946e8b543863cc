#include "protect/missing/episode.h"

#include "protect/missing/choices.h"
#include "protect/problems.h"

#include <algorithm>

namespace rowan::protect::missing {

namespace {

using std::chrono::hours;

constexpr int kLongestYears = 3;  // a time further back is a slip of the pen

void check_not_future(Problems& out, const std::optional<Instant>& at, const char* field, const char* what,
                      Instant now) {
    if (at) out.need(*at <= now, field, std::string(what) + " cannot be in the future");
}

}  // namespace

std::string_view words_for(Stage stage) {
    switch (stage) {
        case Stage::open:
            return "Missing now";
        case Stage::found:
            return "Found, not back yet";
        case Stage::returned:
            return "Back, not confirmed by the police";
        case Stage::safe:
            return "Safe, confirmed by the police";
        case Stage::withdrawn:
            return "Withdrawn";
    }
    return "";
}

Stage Episode::stage() const {
    if (withdrawn_at) return Stage::withdrawn;
    if (confirmed_at) return Stage::safe;
    if (returned_at) return Stage::returned;
    return found_at ? Stage::found : Stage::open;
}

std::optional<Instant> Episode::ended_at() const {
    return returned_at ? returned_at : confirmed_at ? confirmed_at : found_at;
}

std::vector<FieldProblem> check(const Episode& e, const partnership::Parameters& rules, Instant now) {
    Problems out;
    out.need(find_choice(contexts(), e.context), "context", "Select where they are missing from");
    out.need(find_choice(kinds(), e.kind), "kind",
             "Select whether they are missing or away without authorisation");
    out.need(
        e.context != kCare || e.looked_after, "context",
        "Only a looked-after child is missing from care. Select “From home”, or say that they are looked after");
    out.need(e.kind != kAway || e.looked_after, "kind",
             "“Away without authorisation” is for looked-after children. Select “Missing”");
    out.need(e.risk.empty() || find_choice(risks(), e.risk), "risk", "Select a risk grade from the list");
    out.need(e.missing_from <= now, "missing_from",
             "The time when they were last seen cannot be in the future. Check the day and the time");
    out.need(e.missing_from > now - hours{24 * 366 * kLongestYears}, "missing_from",
             "The time when they were last seen is years ago. Check the year");
    out.need(e.reported_at >= e.missing_from, "reported_at",
             "They were reported before they were last seen. Check both times");
    out.need(e.reported_at <= now, "reported_at", "The time of the report cannot be in the future");
    out.need(!e.age_at || *e.age_at < rules.child_age, "missing_from",
             "They were already 18 when they went missing. Report an adult to the police on 101, and tell the "
             "personal adviser of a care leaver");
    check_not_future(out, e.found_at, "found_at", "The time when they were found", now);
    check_not_future(out, e.returned_at, "returned_at", "The time when they came back", now);
    check_not_future(out, e.confirmed_at, "confirmed_at", "The time of the police’s confirmation", now);
    check_not_future(out, e.safe_and_well_at, "safe_and_well_at", "The time of the safe and well check", now);
    out.need(!e.found_at || *e.found_at > e.missing_from, "found_at",
             "They were found before they went missing. Check both times");
    out.need(!e.returned_at || *e.returned_at > e.missing_from, "returned_at",
             "They came back before they went missing. Check both times");
    out.need(!e.returned_at || !e.found_at || *e.returned_at >= *e.found_at, "returned_at",
             "They came back before they were found. Check both times");
    const auto known_safe = e.found_at ? e.found_at : std::optional{e.missing_from};
    out.need(!e.confirmed_at || *e.confirmed_at >= *known_safe, "confirmed_at",
             "The police confirmed that they were safe before they were found. Check both times");
    out.need(!e.safe_and_well_at || *e.safe_and_well_at >= *known_safe, "safe_and_well_at",
             "The safe and well check was before they were found. Check both times");
    out.need(e.harm.empty() || find_choice(harm_answers(), e.harm), "harm", "Select an answer from the list");
    out.need(!e.withdrawn_at || !e.words.withdrawn_reason.empty(), "withdrawn_reason",
             "Enter why this episode is withdrawn");
    auto problems = out.take();
    if (auto problem = check_handling(e.words.mentions)) problems.push_back(std::move(*problem));
    return problems;
}

std::optional<FieldProblem> check_handling(const std::vector<Mention>& all) {
    for (const auto& m : all) {
        if (!find_choice(handling_codes(), m.handling))
            return FieldProblem{"handling", "Select whether they may be shared"};
        if (m.conditional() && m.conditions.empty())
            return FieldProblem{"conditions", "Enter the conditions on which they may be shared"};
    }
    return std::nullopt;
}

std::optional<FieldProblem> check_postcode(const std::string& field, const std::string& typed) {
    if (base::parse_postcode(typed).status != base::PostcodeStatus::invalid) return std::nullopt;
    return FieldProblem{field, "Enter a full postcode, like TA1 1AA, or leave it empty: it then counts as blank"};
}

FieldProblem unknown_postcode(const std::string& field, const std::string& typed) {
    return {field, "The postcode file does not have " + base::parse_postcode(typed).text +
                       ". Correct it, or tick that it is right"};
}

bool said_right(const EpisodeWords& words, const std::string& postcode) {
    const auto& all = words.right_postcodes;
    return std::find(all.begin(), all.end(), base::parse_postcode(postcode).text) != all.end();
}

const Episode* overlapping(const Episode& e, const std::vector<Episode>& others) {
    if (!e.counts()) return nullptr;
    const auto end = [](const Episode& each) { return each.ended_at().value_or(Instant::max()); };
    for (const auto& other : others) {
        if (!other.counts() || (other.id == e.id && !e.id.empty())) continue;
        if (e.missing_from < end(other) && other.missing_from < end(e)) return &other;
        if (e.missing_from == other.missing_from) return &other;
    }
    return nullptr;
}

std::string overlap_sentence(const Episode& other) {
    if (!other.ended_at())
        return "They are already reported missing, since " + base::display(other.missing_from) + " (" + other.ref +
               "). Open that episode, or record their return there first";
    return "They were missing from " + base::display(other.missing_from) + " to " +
           base::display(*other.ended_at()) + " (" + other.ref +
           "), and one child cannot be missing twice at the same time. Check the times";
}

void regrade(Episode& e, Grade grade) {
    // Late news takes its place in time: the newest grade counts, not the last typed.
    const auto at = std::upper_bound(e.words.grades.begin(), e.words.grades.end(), grade,
                                     [](const Grade& a, const Grade& b) { return a.at < b.at; });
    e.words.grades.insert(at, std::move(grade));
    e.risk = e.words.grades.back().risk;
}

// --- clocks -----------------------------------------------------------------------------------------------------

std::string_view name_of(ClockState state) {
    switch (state) {
        case ClockState::not_started:
            return "not_started";
        case ClockState::running:
            return "running";
        case ClockState::due_soon:
            return "due_soon";
        case ClockState::overdue:
            return "overdue";
        case ClockState::met:
            return "met";
        case ClockState::missed:
            return "missed";
    }
    return "";
}

ClockState ReturnClock::state(Instant now) const {
    if (!due) return ClockState::not_started;
    if (stopped) return *stopped <= *due ? ClockState::met : ClockState::missed;
    if (now > *due) return ClockState::overdue;
    return *due - now <= hours{soon_hours} ? ClockState::due_soon : ClockState::running;
}

bool ReturnClock::presses(Instant now) const {
    const auto s = state(now);
    return s == ClockState::due_soon || s == ClockState::overdue;
}

namespace {

ReturnClock clock_from(const Episode& e, partnership::RhiClock from, int hours_given, int soon_hours,
                       std::optional<Instant> stopped) {
    ReturnClock out;
    out.soon_hours = soon_hours;
    const bool police = from == partnership::RhiClock::police_confirmed;
    const auto& first = police ? e.confirmed_at : e.returned_at;
    const auto& second = police ? e.returned_at : e.confirmed_at;
    out.start = first ? first : second;
    out.other_start = !first && second;
    if (out.start && e.counts()) out.due = *out.start + hours{hours_given};
    out.stopped = stopped;
    return out;
}

}  // namespace

ReturnClock offer_clock(const Episode& e, std::optional<Instant> offered, const partnership::Parameters& rules) {
    return clock_from(e, rules.rhi_offer_clock, rules.rhi_offer_hours, rules.rhi_soon_hours, offered);
}

ReturnClock completion_clock(const Episode& e, std::optional<Instant> completed,
                             const partnership::Parameters& rules) {
    return clock_from(e, rules.rhi_complete_clock, rules.rhi_complete_hours, rules.rhi_soon_hours, completed);
}

RepeatTrigger repeat_trigger(const std::vector<Episode>& episodes, Instant at,
                             const partnership::Parameters& rules) {
    RepeatTrigger out{0, rules.repeat_missing_count, rules.repeat_missing_days};
    const auto since = at - hours{24 * rules.repeat_missing_days};
    for (const auto& e : episodes) out.episodes += e.counts() && e.missing_from > since && e.missing_from <= at;
    return out;
}

}  // namespace rowan::protect::missing
