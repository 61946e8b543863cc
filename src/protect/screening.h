// A screening: a tool that helps a professional to think, and the professional's own judgement, which decides.
//
// H-171: indicators never decide by themselves. The sum is explained line by line; the judgement may differ from
// it with a reason. Possible and unknown never score. Sources: DOMAIN.md 2.4, 3.10 (Screening), 4.2. Pure. Ages
// are whole years. Thread-safety: values and pure functions.
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

namespace rowan::protect {

using base::Date;
using base::Instant;
using partnership::Tool;
using people::FieldProblem;

// --- states (DOMAIN.md 4.2) -------------------------------------------------------------------------------------

enum class ScreeningState { draft, completed, reviewed };
enum class ScreeningEvent { complete, amend, review };
inline constexpr ScreeningState kScreeningStates[] = {ScreeningState::draft, ScreeningState::completed,
                                                      ScreeningState::reviewed};
inline constexpr ScreeningEvent kScreeningEvents[] = {ScreeningEvent::complete, ScreeningEvent::amend,
                                                      ScreeningEvent::review};
// A completed screening is locked: amending makes a new version, which is to be reviewed again.
base::Result<ScreeningState> after(ScreeningState, ScreeningEvent);

// --- the record -------------------------------------------------------------------------------------------------

struct ItemAnswer {
    std::string item;
    std::string present = "unknown";   // yes, no, possible, unknown
    std::vector<std::string> windows;  // current_6m, 6_12m, prior_6m, lifetime: those that the item allows
    std::string evidence;              // fact, report, gut_feeling
    std::string note;
};

// Sealed together.
struct ScreeningWords {
    std::vector<ItemAnswer> answers;
    std::vector<std::string> protective;  // codes of the tool
    std::string protective_note;
    std::string other;            // H-171: "other" is always offered
    std::string their_words;      // what the young person says
    std::string override_reason;  // required when the judgement differs from what the tool suggests
    std::string action;           // what happens next
};

struct Screening {
    std::string id, person, referral;  // referral: empty when there is none
    std::string tool, tool_version;    // version: the day from which the tool is valid
    Instant completed_at{};
    std::string completed_by, agency;
    std::optional<int> age_at;  // on the day of the screening; estimated when `age_estimated`
    bool age_estimated = false;
    int score = 0;
    std::string tool_outcome;          // the band's code; empty when the tool has no bands
    std::string professional_outcome;  // none, 1, 2, 3, pending
    bool mash_referral = false;
    std::string review_outcome;  // NO_ACTION, REFERRED_MASH, REFERRED_CMOG; empty: not reviewed
    std::optional<Instant> reviewed_at;
    std::string reviewed_by;
    std::int64_t version = 0;
    ScreeningWords words;

    ScreeningState current() const {
        if (version == 0) return ScreeningState::draft;
        return reviewed_at ? ScreeningState::reviewed : ScreeningState::completed;
    }
};

// --- the sum ----------------------------------------------------------------------------------------------------

struct ScoreLine {
    std::string item, text;
    int points = 0;
    std::vector<std::string> windows;
};
struct Scored {
    int total = 0;
    std::string band, band_label, advice;          // empty when the tool has no bands
    std::string suggested_level;                   // the risk level that the band suggests; empty: none
    std::vector<ScoreLine> lines;                  // items that gave points, in the tool's order
    int facts = 0, reports = 0, gut_feelings = 0;  // of the items answered "yes" or "possible"
    int possible = 0, unknown = 0;                 // items that gave no points and are not a "no"
    int points_from_gut_feeling = 0;               // shown apart: what the sum would lose without them
};
// A function of the answers alone: their order does not matter, and an item counts once in a window.
Scored score(const Tool&, const std::vector<ItemAnswer>&);

// The tool for this age on the day of the screening (under 12; 12 and over: the scheme's age rule). Without an age
// there is no tool: the page asks for an estimate.
const Tool* tool_for(const partnership::Scheme&, std::optional<int> age, Date on);

// What the sum says, and what it does not say. Never empty.
std::string what_the_sum_says(const Tool&, const Scored&);

// Everything that keeps a screening from being completed, by field name ("V01" for an item's answer).
// `judgement` says whether the professional's part is checked too.
std::vector<FieldProblem> check(const Screening&, const Tool&, const partnership::Scheme&, bool judgement = true);

// Puts score, band and tool version into the record, and "unknown" for items that have no answer.
void settle(Screening&, const Tool&);

inline constexpr int kLongestNote = 2000;  // characters

}  // namespace rowan::protect

template <>
struct rowan::base::Describe<rowan::protect::ItemAnswer> {
    using A = rowan::protect::ItemAnswer;
    static constexpr std::string_view name = "item_answer";
    static constexpr auto fields =
        std::tuple{field("item", &A::item, Kind::sealed), field("present", &A::present, Kind::sealed),
                   field("windows", &A::windows, Kind::sealed), field("evidence", &A::evidence, Kind::sealed),
                   field("note", &A::note, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::ScreeningWords> {
    using W = rowan::protect::ScreeningWords;
    static constexpr std::string_view name = "screening_words";
    static constexpr auto fields = std::tuple{field("answers", &W::answers, Kind::sealed),
                                              field("protective", &W::protective, Kind::sealed),
                                              field("protective_note", &W::protective_note, Kind::sealed),
                                              field("other", &W::other, Kind::sealed),
                                              field("their_words", &W::their_words, Kind::sealed),
                                              field("override_reason", &W::override_reason, Kind::sealed),
                                              field("action", &W::action, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::Screening> {
    using S = rowan::protect::Screening;
    static constexpr std::string_view name = "screening";
    static constexpr auto fields = std::tuple{field("id", &S::id, Kind::clear),
                                              field("person", &S::person, Kind::clear),
                                              field("referral", &S::referral, Kind::clear),
                                              field("tool", &S::tool, Kind::clear),
                                              field("tool_version", &S::tool_version, Kind::clear),
                                              field("completed_at", &S::completed_at, Kind::clear),
                                              field("completed_by", &S::completed_by, Kind::clear),
                                              field("agency", &S::agency, Kind::clear),
                                              field("age_at", &S::age_at, Kind::clear),
                                              field("age_estimated", &S::age_estimated, Kind::clear),
                                              field("score", &S::score, Kind::clear),
                                              field("tool_outcome", &S::tool_outcome, Kind::clear),
                                              field("professional_outcome", &S::professional_outcome, Kind::clear),
                                              field("mash_referral", &S::mash_referral, Kind::clear),
                                              field("review_outcome", &S::review_outcome, Kind::clear),
                                              field("reviewed_at", &S::reviewed_at, Kind::clear),
                                              field("reviewed_by", &S::reviewed_by, Kind::clear),
                                              field("version", &S::version, Kind::clear),
                                              field("words", &S::words, Kind::sealed)};
};
