#include "protect/referral.h"

#include "base/identifiers.h"
#include "base/text.h"
#include "protect/choices.h"
#include "protect/problems.h"

#include <algorithm>

namespace rowan::protect {

namespace {

struct StateFacts {
    State state;
    std::string_view name, words;
};
constexpr StateFacts kStateFacts[] = {
    {State::new_, "NEW", "Not sent yet"},
    {State::received, "RECEIVED", "Waiting for a decision"},
    {State::screening, "SCREENING", "Being screened"},
    {State::decision_made, "DECISION_MADE", "Decided"},
    {State::linked, "LINKED", "Joined to an earlier referral"},
};

struct Step {
    State from;
    Event event;
    State to;
};
constexpr Step kSteps[] = {
    {State::new_, Event::submit, State::received},
    {State::received, Event::urgent_danger, State::received},  // a mark, not a state: the clock goes on
    {State::received, Event::start_screening, State::screening},
    {State::received, Event::decide, State::decision_made},
    {State::received, Event::link_duplicate, State::linked},
    {State::screening, Event::urgent_danger, State::screening},
    {State::screening, Event::start_screening, State::screening},  // a second tool, or a second professional
    {State::screening, Event::decide, State::decision_made},
    {State::screening, Event::link_duplicate, State::linked},
    {State::decision_made, Event::start_screening, State::decision_made},  // screen again on new information
    {State::decision_made, Event::revise_decision, State::decision_made},
    {State::decision_made, Event::acknowledge, State::decision_made},
    {State::linked, Event::unlink, State::received},  // a wrong link must not lose a worry
};

std::string_view refusal(State state) {
    switch (state) {
        case State::new_:
            return "This referral has not been sent yet. Send it first.";
        case State::received:
            return "This referral is still waiting for a decision. Decide it first.";
        case State::screening:
            return "This referral is being screened. Decide it first.";
        case State::decision_made:
            return "This referral has been decided. Revise its decision, or make a new referral.";
        case State::linked:
            return "This referral is joined to an earlier one. Use the earlier one, or part them first.";
    }
    return "";
}

bool all_on_list(const std::vector<std::string>& codes, const partnership::Scheme& scheme, std::string_view list,
                 Date day) {
    return std::all_of(codes.begin(), codes.end(), [&](const std::string& code) {
        const auto* found = scheme.find_code(list, code);
        return found && found->valid_on(day);
    });
}
bool all_on_list(const std::vector<std::string>& codes, std::span<const Choice> list) {
    return std::all_of(codes.begin(), codes.end(), [&](const auto& code) { return find_choice(list, code); });
}
bool empty_or_on_list(const std::string& code, std::span<const Choice> list) {
    return code.empty() || find_choice(list, code);
}

void check_subject(const Referral& r, Problems& out) {
    out.need(r.subject_kind == kChild || r.subject_kind == kIndividual || r.subject_kind == kLocation,
             "subject_kind", "Select who or what you are worried about");
    out.need(r.subject_kind != kLocation || !r.words.subject_name.empty(), "place_name",
             "Enter what the place is called, or describe it");
    if (r.subject_kind == kIndividual)
        out.need(!r.words.individual_roles.empty() && all_on_list(r.words.individual_roles, individual_roles()),
                 "individual_roles", "Select what this person does, or “Not known”");
}

void check_worry(const Referral& r, const partnership::Scheme& scheme, Date today, Problems& out) {
    const auto* reason = scheme.find_code("referral_reasons", r.reason);
    out.need(reason && reason->valid_on(today), "reason", "Select why you are referring");
    out.need(all_on_list(r.exploitation, scheme, "exploitation_types", today), "exploitation",
             "Select kinds of exploitation from the list");
    out.need(r.reason == "missing" || r.reason.empty() || !r.exploitation.empty(), "exploitation",
             "Select at least one kind of exploitation, or “Not yet known”");
    out.need(all_on_list(r.words.something_received, scheme, "something_received", today), "something_received",
             "Select from the list what was received");
    out.need(all_on_list(r.words.exchange, exchange_kinds()), "exchange", "Select from the list who gained what");
    out.need(all_on_list(r.words.methods, methods()), "methods", "Select from the list how it was done");
    out.need(all_on_list(r.words.who, who_kinds()), "who", "Select from the list who did it");
    out.need(empty_or_on_list(r.words.contact, contact_kinds()), "contact", "Select an answer from the list");
    out.need(empty_or_on_list(r.words.technology, technology_kinds()), "technology",
             "Select an answer from the list");
    out.need(base::length(base::tidy(r.words.narrative)) >= kLeastNarrative, "narrative",
             "Tell us what worries you, in 20 characters or more");
}

// H-031, S-030: being aware is asked, agreeing never is.
void check_awareness(const Referral& r, Problems& out) {
    if (r.subject_kind != kChild) return;
    out.need(find_choice(awareness(), r.child_aware), "child_aware",
             "Select whether the young person knows about this referral");
    out.need(find_choice(awareness(), r.parent_aware), "parent_aware",
             "Select whether a parent or carer knows about this referral");
}

// H-122
void check_social_care(const Referral& r, Problems& out) {
    out.need(find_choice(csc_answers(), r.csc_question), "csc_question",
             "Select whether Children’s Social Care has been told");
    out.need((r.csc_question != "referred_now" && r.csc_question != "already_open") || !r.words.csc_ref.empty(),
             "csc_ref", "Enter Children’s Social Care’s reference, or whom you spoke to and when");
    out.need(r.csc_question != "not_needed" || !r.words.csc_reason.empty(), "csc_reason",
             "Say why a referral to Children’s Social Care is not needed");
}

void check_referrer(const Referral& r, Problems& out) {
    out.need(find_choice(source_codes(), r.source_code), "source_code", "Select where this referral comes from");
    if (r.source_code == kAnonymousSource) return;
    out.need(!r.words.referrer_name.empty(), "referrer_name", "Enter the name of the person who is referring");
    out.need(!r.words.referrer_post.empty(), "referrer_post", "Enter their job or how they know the young person");
    out.need(!r.words.referrer_phone.empty() || !r.words.referrer_email.empty(), "referrer_phone",
             "Enter a phone number or an email address, so that we can reach them");
    out.need(r.words.referrer_phone.empty() || base::parse_phone(r.words.referrer_phone).ok(), "referrer_phone",
             "Enter a phone number, like 07700 900123");
    out.need(r.words.referrer_email.empty() || base::parse_email(r.words.referrer_email).ok(), "referrer_email",
             "Enter an email address, like name@example.org");
}

std::string hour_text(int hour) {
    const int twelve = hour % 12 == 0 ? 12 : hour % 12;
    return std::to_string(twelve) + (hour < 12 ? "am" : "pm");
}

std::string how_long(std::chrono::milliseconds span) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(span).count();
    const auto say = [](auto n, std::string_view unit) {
        return std::to_string(n) + " " + std::string(unit) + (n == 1 ? "" : "s");
    };
    if (hours >= 48) return say(hours / 24, "day");
    if (hours >= 1) return say(hours, "hour");
    return say(std::max<long>(1, std::chrono::duration_cast<std::chrono::minutes>(span).count()), "minute");
}

}  // namespace

std::string_view name_of(State state) {
    for (const auto& facts : kStateFacts)
        if (facts.state == state) return facts.name;
    return "";
}

std::string_view words_for(State state) {
    for (const auto& facts : kStateFacts)
        if (facts.state == state) return facts.words;
    return "";
}

std::optional<State> state_named(std::string_view name) {
    for (const auto& facts : kStateFacts)
        if (facts.name == name) return facts.state;
    return std::nullopt;
}

base::Result<State> after(State state, Event event) {
    for (const auto& step : kSteps)
        if (step.from == state && step.event == event) return step.to;
    if (event == Event::submit) return base::conflict("This referral has been sent already. It was sent once.");
    return base::conflict(std::string(refusal(state)));
}

bool is_open(State state) { return state == State::received || state == State::screening; }

std::vector<FieldProblem> check(const Referral& r, const partnership::Scheme& scheme, Date today) {
    Problems out;
    check_subject(r, out);
    check_worry(r, scheme, today, out);
    check_awareness(r, out);
    check_social_care(r, out);
    check_referrer(r, out);
    return out.take();
}

bool DecisionClock::met_by(Instant now) const { return stopped.value_or(now) <= due; }

DecisionClock decision_clock(Instant received_at, std::optional<Instant> decided_at, int working_days,
                             const base::WorkingDays& days) {
    const auto local = base::london(received_at);
    auto counted = local.date;
    if (!days.is_working_day(counted) || local.hour >= kOfficeCloses) counted = days.add(counted, 1);
    return {base::from_london(days.add(counted, working_days), kOfficeCloses), decided_at};
}

std::string sentence(const DecisionClock& clock, Instant now) {
    if (clock.stopped) {
        if (clock.met_by(now)) return "Decided in time";
        return "Decided " + how_long(*clock.stopped - clock.due) + " late";
    }
    if (now > clock.due) return "Decision overdue by " + how_long(now - clock.due);
    const auto due = base::london(clock.due);
    const auto today = base::london_date(now);
    const auto at = " at " + hour_text(due.hour);
    if (due.date == today) return "Decision due today" + at;
    if (due.date == base::add_days(today, 1)) return "Decision due tomorrow" + at;
    return "Decision due on " + base::display_weekday(due.date) + at;
}

Urgency urgency(const DecisionClock& clock, Instant now) {
    if (clock.stopped) return Urgency::done;
    if (now > clock.due) return Urgency::overdue;
    return base::london_date(clock.due) == base::london_date(now) ? Urgency::soon : Urgency::calm;
}

std::vector<std::string> alarms(const Referral& r) {
    std::vector<std::string> out;
    if (r.immediate_danger && is_open(r.current()))
        out.push_back("Immediate danger: hold a strategy discussion today. Check that 999 has been called.");
    if (r.immediate_danger && r.csc_question == "not_needed")
        out.push_back(
            "The referrer says that Children’s Social Care need not know, and also that there is immediate "
            "danger. Tell Children’s Social Care now.");
    if (r.child_aware == "unsafe_to_tell")
        out.push_back("It is not safe to tell the young person about this referral.");
    if (r.parent_aware == "unsafe_to_tell")
        out.push_back("It is not safe to tell the parents or carers about this referral.");
    return out;
}

std::string age_guidance(std::optional<int> age, const std::string& reason) {
    if (!age || reason == "missing") return "";
    if (*age < 13)
        return "A child under 13 cannot consent to any sexual activity. In law it is always a serious offence. "
               "Tell the police and Children’s Social Care today.";
    if (*age < 16)
        return "A child under 16 cannot consent to sexual activity. What looks like agreement may be coercion or "
               "abuse.";
    if (*age < 18)
        return "16 and 17 year olds can consent to sex and can still be exploited. An indecent image of anyone "
               "under "
               "18 is against the law.";
    return "";
}

}  // namespace rowan::protect
