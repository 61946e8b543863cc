// What a person can do about missing episodes and return interviews. One function an action: access decision, one
// transaction, audit entry, history version, and a key that makes a repeated submission happen once.
//
// Ownership: refers to the protect desk, which must outlive it. Thread-safety: any thread. Errors: each refusal is
// one sentence; `conflict` means that somebody else was quicker and nothing was changed; what may not be seen is
// not_found or empty, never "refused".
#pragma once
#include "html/maps.h"
#include "protect/missing/missing_sight.h"
#include "protect/missing/missing_store.h"
#include "protect/protect_desk.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rowan::protect::missing {

inline constexpr std::string_view kInterviewDraft = "return_interview";

struct BoardLine {
    Episode episode;
    EpisodeSight sight;
    std::string lead_agency;  // its name
    RepeatTrigger repeat;
};
struct Board {
    std::vector<BoardLine>
        lines;  // those whom nobody has taken first, then the worst grade, then the longest missing
    std::int64_t stamp = 0;
    std::size_t hidden = 0;  // lines that this viewer may not see
};

// Where an episode stands with its interview.
struct InterviewState {
    std::optional<Instant> offered, completed;  // this episode's own, over all interviews about it
    std::string interview;                      // id of the newest; empty when there is none
    Response response = Response::none;
    bool parents_asked = false;
    ReturnClock offer, completion;
    // The clock that somebody has to meet now.
    const ReturnClock& running() const { return offered ? completion : offer; }
};
struct EpisodeView {
    Episode episode;
    EpisodeSight sight;
    InterviewState interview;
    RepeatTrigger repeat;
    std::string person;  // root id when the viewer may open it
    std::string reported_by, reporting_agency, lead_agency, taken_by;
    std::vector<protect::store::Version> versions;
};
struct QueueLine {
    Episode episode;
    std::string child;  // as reported
    InterviewState interview;
    bool missing_again = false;  // a new episode before the interview
};
struct Queue {
    std::vector<QueueLine> lines;
    bool cut = false;  // older returns wait too
};
struct InterviewView {
    ReturnInterview interview;
    std::vector<Episode> episodes;
    std::vector<InterviewState> states;  // of each episode
    std::vector<Episode> also;           // back since, and not yet part of any interview
    EpisodeSight sight;
    std::string person, interviewer;
    std::vector<protect::store::Version> versions;
};
struct PatternView {
    EpisodeSight sight;
    std::string child, person;
    std::vector<Episode> episodes;  // those the viewer may see, oldest first, withdrawn ones too
    std::vector<ReturnInterview> interviews;
    RepeatTrigger repeat;
};
struct NewReport {
    Episode episode;                           // without id, ref and snapshots
    std::optional<people::Identity> identity;  // of somebody who is not in the index; else episode.person
};

class MissingDesk {
public:
    explicit MissingDesk(const ProtectDesk&);

    Board board(const Viewer&) const;
    // Another number after every change; says nothing about anybody.
    std::int64_t stamp() const;

    // What is wrong with a report or a change, overlaps included, by field. `before`: the words as they are
    // stored; what was taken then is not complained of now.
    std::vector<FieldProblem> problems_of(const Episode&, const EpisodeWords& before) const;
    base::Result<std::string> report(const Viewer&, NewReport, const std::string& key) const;
    // What a form sent before under this key led to.
    std::optional<std::string> report_again(const Viewer&, const std::string& key) const;
    // The name that a report about this person would carry, when the viewer may see them.
    std::optional<SubjectFacts> subject(const Viewer&, const std::string& person) const;
    std::optional<EpisodeView> episode(const Viewer&, const std::string& id) const;
    // Stores a changed episode (based on its version). `act`: "found", "regrade"…, for the log.
    base::Result<> change(const Viewer&, Episode, std::string_view act, const std::string& key) const;

    // --- return interviews --------------------------------------------------------------------------------------
    // Shortest time first.
    Queue queue(const Viewer&) const;
    std::optional<InterviewView> interview(const Viewer&, const std::string& id) const;
    // Episodes of this person that are over and whose interview is not settled.
    std::vector<Episode> to_offer(const Viewer&, const std::string& episode) const;
    // One more attempt with the young person or their parents. `interview` empty: begins one for these episodes.
    struct Offer {
        std::string interview;
        std::vector<std::string> episodes;
        Attempt attempt;
        std::string declined_reason;
        std::optional<Instant> scheduled_at;
    };
    base::Result<std::string> offer(const Viewer&, Offer, const std::string& key) const;
    std::vector<FieldProblem> problems_of(const Viewer&, const Offer&) const;
    // S-070: every return is offered one; why this one is not.
    base::Result<std::string> do_not_offer(const Viewer&, const std::string& episode, const std::string& reason,
                                           const std::string& key) const;
    // The draft of what is written down during the interview: the viewer's own, made when there is none.
    base::Result<std::string> start_notes(const Viewer&, const std::string& interview) const;
    std::vector<FieldProblem> problems_of(const ReturnInterview&) const;
    // Completes the interview with what the draft amounts to and ends the draft.
    base::Result<std::string> complete(const Viewer&, const std::string& draft) const;
    base::Result<> share(const Viewer&, const std::string& interview, std::int64_t version,
                         const std::string& agency, const std::string& key) const;

    // The scheme's places as far as the postcode file knows where they are: metres of the national grid.
    struct Spot {
        std::string code, name;
        int easting = 0, northing = 0;
    };
    std::vector<Spot> places() const;
    // The ground of each area inside the county, as squares of 1,000 metres; empty when no postcode file was
    // loaded.
    std::map<std::string, std::vector<html::MapCell>> ground() const;

    std::optional<PatternView> pattern(const Viewer&, const std::string& person) const;
    // Missing so often that a strategy discussion is proposed (repeat_trigger), and what became of it.
    struct Strategy {
        RepeatTrigger repeat;
        bool waits = false;        // reached, and nobody has decided since the newest episode
        std::optional<bool> held;  // the last decision
        std::optional<Instant> decided_at;
        std::string decided_by, reason;
    };
    std::optional<Strategy> strategy(const Viewer&, const std::string& person) const;
    // Errors: refused, invalid (no reason for "not now"), conflict (nothing waits for a decision).
    base::Result<> decide_strategy(const Viewer&, const std::string& person, bool hold, const std::string& reason,
                                   const std::string& key) const;
    // What waits for this viewer, worst first.
    std::vector<WorkItem> work_for(const Viewer&) const;

    const Office& office() const { return desk_.office(); }
    const ProtectDesk& desk() const { return desk_; }
    const partnership::Parameters& rules() const;
    // What the viewer may see of an episode that was read.
    EpisodeSight sight_of(const Viewer&, const Episode&) const;
    // Writes the audit entry of an action that was allowed.
    void record(database::Session&, const Viewer&, std::string_view act, std::string_view kind,
                const std::string& id, std::string_view rule, std::string_view detail = "") const;

private:
    std::vector<WorkItem> strategies_to_decide(const Viewer&) const;
    InterviewState state_of(database::Session&, const Episode&) const;
    std::vector<FieldProblem> unknown_postcodes(const EpisodeWords&, const EpisodeWords& before) const;
    void take_snapshots(Episode&, const std::optional<Date>& born, const std::string& area) const;
    std::vector<Episode> covered(database::Session&, const std::vector<std::string>& ids) const;

    const ProtectDesk& desk_;
};

// What the notes of an interview amount to: `base` with the answers of the draft. What came up is of `base`'s
// agency.
ReturnInterview interview_from(const Answers&, ReturnInterview base, const std::string& said_to, Instant now);
const std::vector<std::string_view>& notes_fields();
// A local day and a time of day as somebody typed them ("26", "3", "2018", "14:05"); nothing when it is none.
std::optional<Instant> typed_instant(const http::Fields&, const std::string& prefix);
std::optional<Instant> typed_instant(const Answers&, const std::string& prefix);
// What came up, as a form asks for it: "names", "vehicles" and "places", one a line, and for all of them
// "handling" with its "conditions". `by`: who said so, whose it is and when; its kind and text are not read.
std::vector<Mention> mentions_from(const http::Fields&, const Mention& by);
std::vector<Mention> mentions_from(const Answers&, const Mention& by);

}  // namespace rowan::protect::missing
