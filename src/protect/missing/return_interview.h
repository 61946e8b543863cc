// A return interview: the offer, every attempt, the answer, and what the young person says. One interview may
// cover several episodes of one person; each episode keeps its own clocks (DOMAIN.md 2.2, multi-episode rule).
//
// Pure. "Return home interview" or "welfare return interview": the scheme's label (H-219). Not compulsory for the
// child: "no" is an answer, with their own reason, and their parents or carers are then asked (2.2).
// Thread-safety: values and pure functions.
#pragma once
#include "protect/missing/episode.h"

namespace rowan::protect::missing {

enum class Response { none, waiting, accepted, declined, no_response, not_offered };
std::string_view name_of(Response);  // "declined"; "" for none
std::optional<Response> response_named(std::string_view);
std::string_view words_for(Response);
inline constexpr int kAttemptsForNoResponse = 2;  // DOMAIN.md 4.3

// One try to reach somebody.
struct Attempt {
    Instant at{};
    std::string with;    // "child" or "parent"
    std::string method;  // code of offer_methods()
    std::string result;  // code of offer_results() or parent_results()
    std::string note, by;
};

// H-066: what somebody does because of what the young person said; or why nothing is done.
struct ThemeAction {
    std::string theme, action, who, no_action_reason;
};
struct Share {
    std::string agency, by;
    Instant at{};
};

struct InterviewWords {
    std::string child_name;
    std::vector<Attempt> attempts;
    std::string declined_reason, not_offered_reason, independence_reason;
    std::string place, before, during, after, own_words, parent_view, harm_note;
    std::vector<std::string> push, pull, harm;
    std::vector<ThemeAction> actions;
    std::vector<Mention> mentions;
    std::vector<Share> shares;
};

struct ReturnInterview {
    std::string id, person;
    std::vector<std::string> episodes;  // ids, at least one, all of this person
    std::string response;               // name_of(Response)
    std::optional<Instant> offered_at;  // first offer to the young person
    std::optional<Instant> parent_offered_at, scheduled_at, completed_at;
    std::string interviewer, agency;  // who holds it
    bool independent = true;          // not their carer, not of the authority that looks after them
    bool seen_alone = false;
    std::vector<std::string> themes;  // codes; clear, so that K-PROT-4 can count them
    std::int64_t version = 0;
    InterviewWords words;

    Response answer() const { return response_named(response).value_or(Response::none); }
    bool open() const;  // somebody still has to do something for the young person
};

// Brings offered_at, parent_offered_at and response in line with the attempts: the last clear answer counts.
void settle(ReturnInterview&);
// When the young person was first offered an interview about this episode: the first attempt with them that is not
// before they came back. One interview for several episodes does not lend one episode another's offer.
std::optional<Instant> offered_for(const ReturnInterview&, const Episode&);
// When they were interviewed about it.
std::optional<Instant> completed_for(const ReturnInterview&, const Episode&);

std::vector<FieldProblem> check_attempt(const Attempt&, const std::string& declined_reason,
                                        const std::vector<Episode>& covered, Instant now);
// `episodes`: all that the interview covers. An interview before the return cannot be.
std::vector<FieldProblem> check_completed(const ReturnInterview&, const std::vector<Episode>& episodes,
                                          Instant now);

}  // namespace rowan::protect::missing

template <>
struct rowan::base::Describe<rowan::protect::missing::Attempt> {
    using A = rowan::protect::missing::Attempt;
    static constexpr std::string_view name = "attempt";
    static constexpr auto fields =
        std::tuple{field("at", &A::at, Kind::sealed),         field("with", &A::with, Kind::sealed),
                   field("method", &A::method, Kind::sealed), field("result", &A::result, Kind::sealed),
                   field("note", &A::note, Kind::sealed),     field("by", &A::by, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::ThemeAction> {
    using A = rowan::protect::missing::ThemeAction;
    static constexpr std::string_view name = "theme_action";
    static constexpr auto fields = std::tuple{
        field("theme", &A::theme, Kind::sealed), field("action", &A::action, Kind::sealed),
        field("who", &A::who, Kind::sealed), field("no_action_reason", &A::no_action_reason, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::Share> {
    using S = rowan::protect::missing::Share;
    static constexpr std::string_view name = "share";
    static constexpr auto fields =
        std::tuple{field("agency", &S::agency, Kind::sealed), field("by", &S::by, Kind::sealed),
                   field("at", &S::at, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::InterviewWords> {
    using W = rowan::protect::missing::InterviewWords;
    static constexpr std::string_view name = "return_interview_words";
    static constexpr auto fields = std::tuple{field("child_name", &W::child_name, Kind::sealed),
                                              field("attempts", &W::attempts, Kind::sealed),
                                              field("declined_reason", &W::declined_reason, Kind::sealed),
                                              field("not_offered_reason", &W::not_offered_reason, Kind::sealed),
                                              field("independence_reason", &W::independence_reason, Kind::sealed),
                                              field("place", &W::place, Kind::sealed),
                                              field("before", &W::before, Kind::sealed),
                                              field("during", &W::during, Kind::sealed),
                                              field("after", &W::after, Kind::sealed),
                                              field("own_words", &W::own_words, Kind::sealed),
                                              field("parent_view", &W::parent_view, Kind::sealed),
                                              field("harm_note", &W::harm_note, Kind::sealed),
                                              field("push", &W::push, Kind::sealed),
                                              field("pull", &W::pull, Kind::sealed),
                                              field("harm", &W::harm, Kind::sealed),
                                              field("actions", &W::actions, Kind::sealed),
                                              field("mentions", &W::mentions, Kind::sealed),
                                              field("shares", &W::shares, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::missing::ReturnInterview> {
    using I = rowan::protect::missing::ReturnInterview;
    static constexpr std::string_view name = "return_interview";
    static constexpr auto fields = std::tuple{field("id", &I::id, Kind::clear),
                                              field("person", &I::person, Kind::clear),
                                              field("episodes", &I::episodes, Kind::clear),
                                              field("response", &I::response, Kind::clear),
                                              field("offered_at", &I::offered_at, Kind::clear),
                                              field("parent_offered_at", &I::parent_offered_at, Kind::clear),
                                              field("scheduled_at", &I::scheduled_at, Kind::clear),
                                              field("completed_at", &I::completed_at, Kind::clear),
                                              field("interviewer", &I::interviewer, Kind::clear),
                                              field("agency", &I::agency, Kind::clear),
                                              field("independent", &I::independent, Kind::clear),
                                              field("seen_alone", &I::seen_alone, Kind::clear),
                                              field("themes", &I::themes, Kind::clear),
                                              field("version", &I::version, Kind::clear),
                                              field("words", &I::words, Kind::sealed)};
};
