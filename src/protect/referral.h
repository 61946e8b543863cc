// A referral: somebody tells the partnership of a worry. The single pathway (H-117…H-122): one form, three
// subjects.
//
// Pure: no SQL, HTTP or HTML. Instants are UTC, dates are of the calendar. Codes are those of choices.h and of the
// scheme. Sources: DOMAIN.md 3.10 (Referral), 4.1, 4.6 (REF-1wd). Thread-safety: values and pure functions.
#pragma once
#include "base/fields.h"
#include "base/result.h"
#include "base/time.h"
#include "base/working_days.h"
#include "partnership/scheme.h"
#include "people/person.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect {

using base::Date;
using base::Instant;
using people::FieldProblem;

// --- states (DOMAIN.md 4.1) -------------------------------------------------------------------------------------

enum class State { new_, received, screening, decision_made, linked };
enum class Event {
    submit,
    urgent_danger,
    start_screening,
    decide,
    revise_decision,
    link_duplicate,
    unlink,
    acknowledge
};
std::string_view name_of(State);  // "RECEIVED"
std::optional<State> state_named(std::string_view);
std::string_view words_for(State);  // "Waiting for a decision"
inline constexpr State kStates[] = {State::new_, State::received, State::screening, State::decision_made,
                                    State::linked};
inline constexpr Event kEvents[] = {Event::submit, Event::urgent_danger,   Event::start_screening,
                                    Event::decide, Event::revise_decision, Event::link_duplicate,
                                    Event::unlink, Event::acknowledge};
// The state after the event; conflict with one sentence when the event has no place there.
base::Result<State> after(State, Event);
// Waiting for the front door: the clock runs.
bool is_open(State);

// --- the record -------------------------------------------------------------------------------------------------

// What people wrote or what names somebody: sealed together under the referral's own key.
struct ReferralWords {
    std::string narrative;                        // the worry, in the referrer's own words
    std::string their_words;                      // what the young person says themselves
    std::string subject_name;                     // as the referrer gave it: "Amina Rahman", or the place's name
    std::string place_address, place_postcode;    // of a location
    std::vector<std::string> individual_roles;    // H-120
    std::vector<std::string> something_received;  // H-119, codes of the scheme
    std::vector<std::string> exchange, methods, who;  // S-029, S-034, S-036
    std::string contact, technology;                  // S-032, S-033
    std::string danger_note;                          // what the danger is, who has been called
    std::string csc_ref, csc_reason;                  // H-122
    std::string referrer_name, referrer_post, referrer_phone, referrer_email;
};

struct Referral {
    std::string id, ref;
    std::string state = "RECEIVED";
    Instant received_at{};
    std::string subject_kind;               // child, individual, location
    std::string person;                     // empty for a location
    std::string reason;                     // SE, missing, both (H-239)
    std::vector<std::string> exploitation;  // codes of the scheme
    std::string source_code;                // CIN list
    std::string referrer_user, referrer_agency;
    std::string csc_question;  // H-122: referred_now, already_open, not_needed
    bool immediate_danger = false;
    std::string child_aware, parent_aware;  // empty unless the subject is a young person
    std::string definition_version;         // the definition that was shown: 2017 or 2008
    std::string area;                       // snapshot: area code of the home or the place
    std::optional<int> age_at;              // snapshot: age on the day it was received
    std::string duplicate_of;               // the referral that this one repeats
    std::int64_t version = 0;
    ReferralWords words;

    State current() const { return state_named(state).value_or(State::received); }
};

// DOMAIN.md 3.10: everything that keeps a referral from being sent, by field name, in the order of the form.
// Nothing here asks for consent, evidence or a least level of worry (H-031, H-118, S-030).
std::vector<FieldProblem> check(const Referral&, const partnership::Scheme&, Date today);

inline constexpr std::size_t kLeastNarrative = 20;  // characters

// --- the clock --------------------------------------------------------------------------------------------------

// REF-1wd: received after hours or on a day off counts as received on the next working day; the decision is due at
// the close of the N-th working day after that. Derived, never stored.
inline constexpr int kOfficeCloses = 17;  // hour, Europe/London
struct DecisionClock {
    Instant due{};
    std::optional<Instant> stopped;  // when the decision was made
    bool met_by(Instant now) const;  // in time, or still has time
    bool running() const { return !stopped.has_value(); }
};
DecisionClock decision_clock(Instant received_at, std::optional<Instant> decided_at, int working_days,
                             const base::WorkingDays&);
// "Decision due today at 5pm", "Decision overdue by 6 hours", "Decided in time", "Decided 2 days late".
std::string sentence(const DecisionClock&, Instant now);
enum class Urgency { done, calm, soon, overdue };
Urgency urgency(const DecisionClock&, Instant now);

// H-122: what nobody may overlook; each one sentence. Empty for most.
std::vector<std::string> alarms(const Referral&);

// S-041 and DOMAIN.md 2.14: guidance on age that the pages show; empty when the age is not known or not telling.
std::string age_guidance(std::optional<int> age, const std::string& reason);

}  // namespace rowan::protect

template <>
struct rowan::base::Describe<rowan::protect::ReferralWords> {
    using W = rowan::protect::ReferralWords;
    static constexpr std::string_view name = "referral_words";
    static constexpr auto fields = std::tuple{field("narrative", &W::narrative, Kind::sealed),
                                              field("their_words", &W::their_words, Kind::sealed),
                                              field("subject_name", &W::subject_name, Kind::sealed),
                                              field("place_address", &W::place_address, Kind::sealed),
                                              field("place_postcode", &W::place_postcode, Kind::sealed),
                                              field("individual_roles", &W::individual_roles, Kind::sealed),
                                              field("something_received", &W::something_received, Kind::sealed),
                                              field("exchange", &W::exchange, Kind::sealed),
                                              field("methods", &W::methods, Kind::sealed),
                                              field("who", &W::who, Kind::sealed),
                                              field("contact", &W::contact, Kind::sealed),
                                              field("technology", &W::technology, Kind::sealed),
                                              field("danger_note", &W::danger_note, Kind::sealed),
                                              field("csc_ref", &W::csc_ref, Kind::sealed),
                                              field("csc_reason", &W::csc_reason, Kind::sealed),
                                              field("referrer_name", &W::referrer_name, Kind::sealed),
                                              field("referrer_post", &W::referrer_post, Kind::sealed),
                                              field("referrer_phone", &W::referrer_phone, Kind::sealed),
                                              field("referrer_email", &W::referrer_email, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::Referral> {
    using R = rowan::protect::Referral;
    static constexpr std::string_view name = "referral";
    static constexpr auto fields = std::tuple{field("id", &R::id, Kind::clear),
                                              field("ref", &R::ref, Kind::clear),
                                              field("state", &R::state, Kind::clear),
                                              field("received_at", &R::received_at, Kind::clear),
                                              field("subject_kind", &R::subject_kind, Kind::clear),
                                              field("person", &R::person, Kind::clear),
                                              field("reason", &R::reason, Kind::clear),
                                              field("exploitation", &R::exploitation, Kind::clear),
                                              field("source_code", &R::source_code, Kind::clear),
                                              field("referrer_user", &R::referrer_user, Kind::clear),
                                              field("referrer_agency", &R::referrer_agency, Kind::clear),
                                              field("csc_question", &R::csc_question, Kind::clear),
                                              field("immediate_danger", &R::immediate_danger, Kind::clear),
                                              field("child_aware", &R::child_aware, Kind::clear),
                                              field("parent_aware", &R::parent_aware, Kind::clear),
                                              field("definition_version", &R::definition_version, Kind::clear),
                                              field("area", &R::area, Kind::clear),
                                              field("age_at", &R::age_at, Kind::clear),
                                              field("duplicate_of", &R::duplicate_of, Kind::clear),
                                              field("version", &R::version, Kind::clear),
                                              field("words", &R::words, Kind::sealed)};
};
