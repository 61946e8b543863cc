#include "protect/missing/return_interview.h"

#include "protect/missing/choices.h"
#include "protect/problems.h"

#include <algorithm>

namespace rowan::protect::missing {

namespace {

struct ResponseFacts {
    Response response;
    std::string_view name, words;
};
constexpr ResponseFacts kResponses[] = {
    {Response::none, "", "Not offered yet"},
    {Response::waiting, "waiting", "Offered, no clear answer yet"},
    {Response::accepted, "accepted", "Accepted"},
    {Response::declined, "declined", "Declined"},
    {Response::no_response, "no_response", "Could not be reached"},
    {Response::not_offered, "not_offered", "Not offered"},
};

bool with_child(const Attempt& a) { return a.with == "child"; }

// They are back, by whichever time is known.
std::optional<Instant> back_at(const Episode& e) {
    if (e.returned_at && e.confirmed_at) return std::min(*e.returned_at, *e.confirmed_at);
    return e.returned_at ? e.returned_at : e.confirmed_at;
}

}  // namespace

std::string_view name_of(Response response) {
    for (const auto& each : kResponses)
        if (each.response == response) return each.name;
    return "";
}
std::optional<Response> response_named(std::string_view name) {
    for (const auto& each : kResponses)
        if (each.name == name) return each.response;
    return std::nullopt;
}
std::string_view words_for(Response response) {
    for (const auto& each : kResponses)
        if (each.response == response) return each.words;
    return "";
}

bool ReturnInterview::open() const {
    if (completed_at) return false;
    const auto a = answer();
    if (a == Response::not_offered) return false;
    // After "no", the parents or carers are still to be asked; then it is settled, unless the child thinks again.
    if (a == Response::declined || a == Response::no_response) return !parent_offered_at;
    return true;
}

void settle(ReturnInterview& i) {
    auto& attempts = i.words.attempts;
    std::stable_sort(attempts.begin(), attempts.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    i.offered_at.reset();
    i.parent_offered_at.reset();
    Response answer = i.words.not_offered_reason.empty() ? Response::none : Response::not_offered;
    int unanswered = 0;
    for (const auto& a : attempts) {
        auto& first = with_child(a) ? i.offered_at : i.parent_offered_at;
        if (!first) first = a.at;
        if (!with_child(a)) continue;
        if (a.result == "accepted")
            answer = Response::accepted;
        else if (a.result == "declined")
            answer = Response::declined;
        else if (answer != Response::accepted && answer != Response::declined) {
            unanswered += a.result == "no_answer";
            answer = unanswered >= kAttemptsForNoResponse ? Response::no_response : Response::waiting;
        }
    }
    if (i.completed_at) answer = Response::accepted;
    i.response = name_of(answer);
}

std::optional<Instant> offered_for(const ReturnInterview& i, const Episode& e) {
    const auto back = back_at(e);
    if (!back) return std::nullopt;
    std::optional<Instant> out;
    for (const auto& a : i.words.attempts)
        if (with_child(a) && a.at >= *back && (!out || a.at < *out)) out = a.at;
    return out;
}

std::optional<Instant> completed_for(const ReturnInterview& i, const Episode& e) {
    const auto back = back_at(e);
    return back && i.completed_at && *i.completed_at >= *back ? i.completed_at : std::nullopt;
}

std::vector<FieldProblem> check_attempt(const Attempt& a, const std::string& declined_reason,
                                        const std::vector<Episode>& covered, Instant now) {
    Problems out;
    const bool child = with_child(a);
    out.need(!covered.empty(), "episodes", "Select which time missing this is about");
    out.need(a.at <= now, "at", "The time of the offer cannot be in the future");
    for (const auto& e : covered) {
        const auto back = back_at(e);
        out.need(back.has_value(), "episodes", e.ref + " is not over: offer an interview once they are back");
        out.need(!back || a.at >= *back, "at",
                 "The offer is before they came back (" + e.ref + "). Check both times");
    }
    out.need(find_choice(offer_methods(), a.method), "method", "Select how you asked");
    out.need(find_choice(child ? offer_results() : parent_results(), a.result), "result",
             "Select what they answered");
    out.need(!child || a.result != "declined" || !declined_reason.empty(), "declined_reason",
             "Enter why they decline, in their own words if you can; “they did not say” is an answer");
    return out.take();
}

std::vector<FieldProblem> check_completed(const ReturnInterview& i, const std::vector<Episode>& episodes,
                                          Instant now) {
    Problems out;
    const auto& w = i.words;
    out.need(i.completed_at.has_value(), "completed_at", "Enter when you spoke with them");
    out.need(!i.completed_at || *i.completed_at <= now, "completed_at", "The interview cannot be in the future");
    for (const auto& e : episodes) {
        const auto back = back_at(e);
        out.need(back && (!i.completed_at || *i.completed_at >= *back), "completed_at",
                 "The interview is before they came back (" + e.ref + "). Check both times");
    }
    out.need(find_choice(interview_places(), w.place), "place", "Select where you spoke");
    out.need(i.independent || !w.independence_reason.empty(), "independence_reason",
             "Enter why the interviewer is not independent, such as that they asked for this worker");
    out.need(!w.own_words.empty() || !w.before.empty() || !w.during.empty() || !w.after.empty(), "own_words",
             "Enter what they said, or that they did not want to say anything");
    // S-046: parents and carers are heard.
    out.need(!w.parent_view.empty(), "parent_view",
             "Enter what the parents or carers say, or why they were not asked");
    out.need(!i.themes.empty(), "themes", "Select what they are saying");
    for (const auto& theme : i.themes) {
        const auto* choice = find_choice(themes(), theme);
        out.need(choice, "themes", "Select what they are saying from the list");
        const auto action = std::find_if(w.actions.begin(), w.actions.end(),
                                         [&](const ThemeAction& a) { return a.theme == theme; });
        const bool answered =
            action != w.actions.end() && (!action->action.empty() || !action->no_action_reason.empty());
        // H-066: what have we done as a result?
        out.need(!choice || answered, "action-" + theme,
                 "Enter what is done because they say “" + (choice ? std::string(choice->text) : theme) +
                     "”, or why nothing is");
        out.need(!answered || action->action.empty() || !action->who.empty(), "who-" + theme, "Enter who does it");
    }
    auto problems = out.take();
    if (auto problem = check_handling(w.mentions)) problems.push_back(std::move(*problem));
    return problems;
}

}  // namespace rowan::protect::missing
