// A missing episode: from when a young person was last seen until they are safe again, and the two 72-hour clocks
// that their return starts.
//
// Pure: no SQL, HTTP or HTML. Instants are UTC; hours are elapsed hours, through weekends, holidays and clock
// changes (traps 3 and 4). Where an episode stands follows from its times: it is derived, never stored, so that
// late, corrected and withdrawn news gives the same answer in whatever order it comes.
// Sources: DOMAIN.md 2.2, 3.4, 3.10, 4.3, 4.6. Thread-safety: values and pure functions.
#pragma once
#include "base/fields.h"
#include "base/result.h"
#include "base/time.h"
#include "partnership/scheme.h"
#include "people/person.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect::missing {

using base::Date;
using base::Instant;
using people::FieldProblem;

enum class Stage { open, found, returned, safe, withdrawn };
std::string_view words_for(Stage);  // "Missing now"

// How what came up may be handled: lawful sharing is permitted, or with conditions. Of everything without a code
// that is known, as if with conditions (partnership::may_read_mention).
inline constexpr std::string_view kMayBeShared = "P", kWithConditions = "C";

// One grading of the risk; the newest counts, the others stay.
struct Grade {
    Instant at{};
    std::string risk, by, reason;  // by: who said so, as people read it
};
// A name, a vehicle or a place, kept for intelligence with who said it and when.
struct Mention {
    std::string kind, text, said_by;
    Instant at{};
    std::string handling = std::string(kMayBeShared);  // code of DOMAIN.md 2.5
    std::string conditions = {};                       // on which it may be shared; of kWithConditions
    std::string agency = {};                           // whose it is: who wrote it down
    bool conditional() const { return handling != kMayBeShared; }
};
// What is wrong with how they may be handled: code C needs its conditions in words.
std::optional<FieldProblem> check_handling(const std::vector<Mention>&);

// What people wrote or what names somebody: sealed together under the episode's own key.
struct EpisodeWords {
    std::string child_name, police_ref, last_seen, wearing, circumstances;
    std::string home_postcode, placement, placement_postcode;
    std::vector<std::string> right_postcodes;  // said to be right although the postcode file does not have them
    std::string found_where, found_with, harm_note, safe_and_well, withdrawn_reason;
    std::vector<Grade> grades;
    std::vector<Mention> mentions;
};

struct Episode {
    std::string id, ref;  // M-2018-0042
    std::string person;
    std::string context, kind;  // codes of choices.h
    std::string risk;           // of the newest grade; empty: not graded yet
    Instant missing_from{};     // left, or last seen by a responsible adult: whichever is later
    Instant reported_at{};      // to the police
    std::optional<Instant> found_at, returned_at;
    std::optional<Instant> confirmed_at;      // the police confirm that they are safely back (S-070)
    std::optional<Instant> safe_and_well_at;  // H-218: the police's check; not the return interview
    std::optional<Instant> withdrawn_at;      // reported in error: counted nowhere
    std::optional<Instant> taken_at;  // somebody deals with it; until then it is marked as new on the board
    std::string taken_by;             // a user's id
    std::string reported_by, reporting_agency, lead_agency;
    std::string harm;                       // empty until somebody answers
    bool looked_after = false;              // snapshots: as it was when they went missing
    std::string responsible_la;             // DfE code, three digits
    std::string home_area, placement_area;  // area codes of the scheme; placement: empty unless looked after
    std::string placement_home;  // S-076: code of the scheme's children's home; empty: another placement
    std::string found_place;     // S-074: code of the scheme's place; empty: elsewhere, or not said
    std::optional<int> age_at;
    std::int64_t version = 0;
    EpisodeWords words;

    Stage stage() const;
    bool counts() const { return !withdrawn_at; }
    // When they were last known to be away: returned, else confirmed, else found; nothing while they are missing.
    std::optional<Instant> ended_at() const;
};

// DOMAIN.md 3.10: what cannot be, by field name, in the order of the form; each a sentence that helps.
std::vector<FieldProblem> check(const Episode&, const partnership::Parameters&, Instant now);
// A postcode as somebody typed it: empty is fine (blank is a category, trap 6), what cannot be read is asked
// again.
std::optional<FieldProblem> check_postcode(const std::string& field, const std::string& typed);
// The postcode file does not have it, and nobody has said that it is right all the same.
FieldProblem unknown_postcode(const std::string& field, const std::string& typed);
bool said_right(const EpisodeWords&, const std::string& postcode);

// The first of `others` (same person, whatever order) that this one overlaps; an end may be the next one's start.
// Withdrawn episodes and the episode itself are left out.
const Episode* overlapping(const Episode&, const std::vector<Episode>& others);
std::string overlap_sentence(const Episode& other);

void regrade(Episode&, Grade);

// --- the two clocks (S-070, H-063; DOMAIN.md 4.6) ---------------------------------------------------------------

enum class ClockState { not_started, running, due_soon, overdue, met, missed };
std::string_view name_of(ClockState);

struct ReturnClock {
    std::optional<Instant> start, due, stopped;
    bool other_start = false;  // the time that the scheme counts from is not known; the other one is used
    int soon_hours = 12;       // before `due` (the scheme's)
    ClockState state(Instant now) const;
    // Amber or red: soon due, or over.
    bool presses(Instant now) const;
};
// `offered`: when the young person was first offered an interview about this episode.
ReturnClock offer_clock(const Episode&, std::optional<Instant> offered, const partnership::Parameters&);
ReturnClock completion_clock(const Episode&, std::optional<Instant> completed, const partnership::Parameters&);

// --- repeat missing ---------------------------------------------------------------------------------------------

struct RepeatTrigger {
    int episodes = 0, count = 3, days = 90;
    bool reached() const { return episodes >= count; }
};
// Episodes that count and began in the `days` up to `at` (elapsed), `at` included.
RepeatTrigger repeat_trigger(const std::vector<Episode>& of_one_person, Instant at,
                             const partnership::Parameters&);

}  // namespace rowan::protect::missing

template <>
struct rowan::base::Describe<rowan::protect::missing::Grade> {
    using G = rowan::protect::missing::Grade;
    static constexpr std::string_view name = "grade";
    static constexpr auto fields =
        std::tuple{field("at", &G::at, Kind::sealed), field("risk", &G::risk, Kind::sealed),
                   field("by", &G::by, Kind::sealed), field("reason", &G::reason, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::Mention> {
    using M = rowan::protect::missing::Mention;
    static constexpr std::string_view name = "mention";
    static constexpr auto fields = std::tuple{
        field("kind", &M::kind, Kind::sealed),         field("text", &M::text, Kind::sealed),
        field("said_by", &M::said_by, Kind::sealed),   field("at", &M::at, Kind::sealed),
        field("handling", &M::handling, Kind::sealed), field("conditions", &M::conditions, Kind::sealed),
        field("agency", &M::agency, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::EpisodeWords> {
    using W = rowan::protect::missing::EpisodeWords;
    static constexpr std::string_view name = "missing_episode_words";
    static constexpr auto fields = std::tuple{field("child_name", &W::child_name, Kind::sealed),
                                              field("police_ref", &W::police_ref, Kind::sealed),
                                              field("last_seen", &W::last_seen, Kind::sealed),
                                              field("wearing", &W::wearing, Kind::sealed),
                                              field("circumstances", &W::circumstances, Kind::sealed),
                                              field("home_postcode", &W::home_postcode, Kind::sealed),
                                              field("placement", &W::placement, Kind::sealed),
                                              field("placement_postcode", &W::placement_postcode, Kind::sealed),
                                              field("right_postcodes", &W::right_postcodes, Kind::sealed),
                                              field("found_where", &W::found_where, Kind::sealed),
                                              field("found_with", &W::found_with, Kind::sealed),
                                              field("harm_note", &W::harm_note, Kind::sealed),
                                              field("safe_and_well", &W::safe_and_well, Kind::sealed),
                                              field("withdrawn_reason", &W::withdrawn_reason, Kind::sealed),
                                              field("grades", &W::grades, Kind::sealed),
                                              field("mentions", &W::mentions, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::Episode> {
    using E = rowan::protect::missing::Episode;
    static constexpr std::string_view name = "missing_episode";
    static constexpr auto fields = std::tuple{field("id", &E::id, Kind::clear),
                                              field("ref", &E::ref, Kind::clear),
                                              field("person", &E::person, Kind::clear),
                                              field("context", &E::context, Kind::clear),
                                              field("kind", &E::kind, Kind::clear),
                                              field("risk", &E::risk, Kind::clear),
                                              field("missing_from", &E::missing_from, Kind::clear),
                                              field("reported_at", &E::reported_at, Kind::clear),
                                              field("found_at", &E::found_at, Kind::clear),
                                              field("returned_at", &E::returned_at, Kind::clear),
                                              field("confirmed_at", &E::confirmed_at, Kind::clear),
                                              field("safe_and_well_at", &E::safe_and_well_at, Kind::clear),
                                              field("withdrawn_at", &E::withdrawn_at, Kind::clear),
                                              field("taken_at", &E::taken_at, Kind::clear),
                                              field("taken_by", &E::taken_by, Kind::clear),
                                              field("reported_by", &E::reported_by, Kind::clear),
                                              field("reporting_agency", &E::reporting_agency, Kind::clear),
                                              field("lead_agency", &E::lead_agency, Kind::clear),
                                              field("harm", &E::harm, Kind::clear),
                                              field("looked_after", &E::looked_after, Kind::clear),
                                              field("responsible_la", &E::responsible_la, Kind::clear),
                                              field("home_area", &E::home_area, Kind::clear),
                                              field("placement_area", &E::placement_area, Kind::clear),
                                              field("placement_home", &E::placement_home, Kind::clear),
                                              field("found_place", &E::found_place, Kind::clear),
                                              field("age_at", &E::age_at, Kind::clear),
                                              field("version", &E::version, Kind::clear),
                                              field("words", &E::words, Kind::sealed)};
};
