// Somerset's Tables 4 to 9 and Solihull's K-PROT-3a to 3d, from the episodes themselves, for any period.
//
// Children and episodes stand side by side (S-078): an episode belongs to the period in which it began, a child is
// a distinct person after linking. Withdrawn episodes count nowhere; "away without authorisation" and the former
// "absent" are counted apart. Blank is a row (S-079). Thread-safety: functions on a Session.
#pragma once
#include "database/database.h"
#include "insight/problem_profile.h"
#include "partnership/scheme.h"

#include <string>
#include <vector>

namespace rowan::insight {

using database::Session;
using partnership::Scheme;

extern const Measure kMissingChildren, kMissingLookedAfter, kMissingByArea, kMissingByPlacement, kInterviewsByArea,
    kMissingPlaces, kReturnInterviews;

struct Tally {
    int episodes = 0, children = 0;
};
struct TallyLine {
    std::string code, name;
    Tally tally;
};

// What became of the returns of some episodes: all that had ended by the end of the period.
struct ReturnTally {
    int ended = 0, children = 0;           // children: of those episodes
    int offered = 0, offered_in_time = 0;  // within the hours of the scheme, from the police's confirmation
    int accepted = 0, declined = 0, no_response = 0;
    int completed = 0, completed_in_time = 0;  // from the return
    int children_completed = 0;
};
// One thing that may be true of a return, counted in a field of ReturnTally. The numbers of a ReturnTally and the
// lists behind them are both made from this.
struct ReturnFact {
    std::string_view code, words;  // "offered-in-time", "offered within 72 hours of the police’s confirmation"
    int ReturnTally::* count;
};
const std::vector<ReturnFact>& return_facts();

struct InterviewLine {
    std::string code, name;
    int offered = 0, completed = 0;  // interviews, each once
    int episodes = 0;                // that the completed ones are about
};

struct HomeLine {
    TallyLine line;
    std::string area;                      // its name
    bool exploitation_placements = false;  // S-067
};

struct MissingTables {
    Period period;
    Tally all, away, absent;        // all: kind "missing"
    std::vector<TallyLine> months;  // Table 4
    std::vector<TallyLine> times;   // how many children were missing once, twice, 3 to 5…
    Tally looked_after, others;
    int repeat_looked_after = 0, repeat_others = 0;  // children missing more than once (S-073)
    ReturnTally returns, returns_looked_after;       // Tables 4 and 5
    std::vector<TallyLine> areas;                    // Table 6: home area; Outside is rule A (S-080)
    std::vector<TallyLine>
        placements;  // Tables 7 and 8: looked after by this authority; Outside is rule B (S-082)
    std::vector<InterviewLine> interviews;  // Table 9: by home area (S-167)
    std::vector<HomeLine> homes;            // R-S10; looked-after children only
    Tally other_placements, outsiders;      // placed elsewhere; looked after by another authority (S-080)
    std::vector<TallyLine> places;          // S-074: where they were found
    Tally elsewhere;
    Tally home, care;                        // K-PROT-3a, 3b
    ReturnTally home_returns, care_returns;  // K-PROT-3c, 3d
};
// `without`: people, by root, who are in no count and in no list (PeopleDesk::sealed_out).
MissingTables missing_tables(Session&, const Scheme&, const Period&, const Without& without = {});

// The episodes behind a number.
struct MissingFilter {
    enum class Of {
        all,
        away,
        absent,
        area,
        placement,
        month,
        times,
        looked_after,
        others,
        home,
        care,
        children_home,
        other_placement,
        outsiders,
        place,
        elsewhere,
        gap,
        question
    } of = Of::all;
    std::string code;     // an area, a month as 2017-04, how often, a home, a place, a gap (missing_gaps.h) or a
                          // question (missing_questions.h)
    std::string returns;  // only returns in the period: "ended" for all, "not-offered", "not-completed", or those
                          // of which this ReturnFact is true
};
struct MissingEpisodeLine {
    std::string id, ref, person, area;  // person: the root
    base::Instant missing_from{};
};
std::vector<MissingEpisodeLine> episodes_behind(Session&, const Scheme&, const Period&, const MissingFilter&,
                                                const Without& without = {});

// The interviews behind a number of Table 9: those about episodes of this home area that were offered and, if so
// asked, held. Ordered by the latest of the episodes that each is about.
struct MissingInterviewLine {
    std::string id, person;  // person: the root
    base::Instant offered{};
    std::optional<base::Instant> completed;
    int episodes = 0;  // that it was held about
};
std::vector<MissingInterviewLine> interviews_behind(Session&, const Scheme&, const Period&,
                                                    const std::string& area, bool held,
                                                    const Without& without = {});

// "2016-04-01" to "2017-12-31"; nothing when it is no period of at most ten years.
std::optional<Period> period_between(std::string_view from, std::string_view to);

}  // namespace rowan::insight
