// One line for each episode of a period: what every figure about missing children is counted from. Inside the
// room. Thread-safety: functions on a Session.
#pragma once
#include "database/database.h"
#include "insight/missing_tables.h"
#include "partnership/scheme.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::insight {

// An interview about one episode. It may be about several, and an episode may have several: one of these for each.
struct LineInterview {
    std::uint32_t interview = 0;  // the same for all episodes that one is about; counted from 0 in one reading
    std::string_view id, episode, response;
    base::Instant missing_from{};
    std::optional<base::Instant> first_offered, parents_asked;  // the interview, about whichever episode
    std::optional<base::Instant> offered, completed;            // about this one
};

// What a figure needs to know of each episode: reading takes nearly all of a page's time, and half of it goes with
// the columns. A field that a reading leaves out is empty (missing_lines.cpp has the table).
enum class Reading { tables, gaps, questions, list };

struct MissingLine {
    std::string_view id, ref, root, context, kind, risk, harm, home, placement, la, placement_home, found_place;
    std::uint32_t child = 0;  // the same for all episodes of one root; counted from 0 as the interviews are
    base::Instant from{};
    base::Date day{};  // from, in London
    std::optional<base::Instant> found, returned, confirmed, checked;
    std::optional<int> age;
    bool looked_after = false;
    std::span<const LineInterview> interviews;
    // Of several interviews the earliest offer, the earliest held and the strongest answer count.
    std::optional<base::Instant> offered, completed;
    bool accepted = false, declined = false, no_response = false, parents_asked = false;

    std::optional<base::Instant> back() const { return returned ? returned : confirmed; }
};

// From the first instant of a period to the first after it.
struct Window {
    base::Instant from, until;
    explicit Window(const Period& p)
        : from(base::from_london(p.from)), until(base::from_london(base::add_days(p.to, 1))) {}
};

// Episodes that began in the period and were not withdrawn, oldest first; the line is valid during the call.
// `without`: people, by root, who are in no count and in no list (PeopleDesk::sealed_out).
void each_missing_line(database::Session&, Reading, const Period&, const Without& without,
                       const std::function<void(const MissingLine&)>&);
inline bool is_missing(const MissingLine& l) { return l.kind == "missing"; }
// The code when the scheme has it; else that of Blank.
const std::string& known_area(const partnership::Scheme&, std::string_view code);

// What became of a return that was before `until`; nothing when there was none. In time: within the scheme's
// elapsed hours, on its two clocks (S-070, H-063, H-064). When only one of the two times is known, it is used.
struct ReturnOutcome {
    bool offered = false, offered_in_time = false, completed = false, completed_in_time = false;
};
std::optional<ReturnOutcome> outcome_of(const partnership::Scheme&, const MissingLine&, base::Instant until);

// Episodes and, each once, the children who had them (S-078).
class EpisodeCount {
public:
    void add(const MissingLine& l) {
        if (l.child >= seen_.size()) seen_.resize(l.child + kMore);
        tally_.children += !seen_[l.child];
        seen_[l.child] = true;
        ++tally_.episodes;
    }
    Tally tally() const { return tally_; }

private:
    static constexpr std::size_t kMore = 4096;
    std::vector<bool> seen_;  // by child: a bit for each, so that a page's forty counts stay near the processor
    Tally tally_;
};

// The same, with how often each child was missing.
class EpisodesOfEach {
public:
    void add(const MissingLine& l) {
        if (l.child >= times_.size()) times_.resize(l.child + 1);
        tally_.children += times_[l.child]++ == 0;
        ++tally_.episodes;
    }
    Tally tally() const { return tally_; }
    int of(std::uint32_t child) const { return child < times_.size() ? times_[child] : 0; }
    // Of the children who had from `least` to `most` of them.
    Tally between(int least, int most) const;

private:
    std::vector<int> times_;  // by child
    Tally tally_;
};

}  // namespace rowan::insight
