#include "insight/missing_questions.h"

#include "formats/csv.h"

#include <algorithm>
#include <array>
#include <limits>

namespace rowan::insight {

namespace {

using std::chrono::hours;

constexpr int kMost = std::numeric_limits<int>::max();

struct Asked {
    const partnership::Scheme& scheme;
    base::Instant until;  // the end of the period
};

std::optional<base::Instant> end_of(const Asked& asked, const MissingLine& l) {
    const auto end = l.back() ? l.back() : l.found;
    return end && *end < asked.until ? end : std::nullopt;
}
bool longer_than(const Asked& asked, const MissingLine& l, hours least) {
    return end_of(asked, l).value_or(asked.until) - l.from > least;
}
bool aged(const MissingLine& l, int from, int to) { return l.age && *l.age >= from && *l.age <= to; }
bool placed_out(const Asked& asked, const MissingLine& l) {
    const auto* placement = asked.scheme.find_area(l.placement);
    return l.looked_after && l.la == asked.scheme.la_code && placement &&
           placement->kind == partnership::AreaKind::outside;
}

// What an episode of kind missing may be, beside what the tables count it by.
struct Rule {
    std::string_view code;
    bool (*holds)(const Asked&, const MissingLine&);
};
enum Of { day, three_days, week, still, high, harmed, out_of_area, under_12, to_15, to_17, of_count_ };
constexpr Rule kRules[of_count_] = {
    {"day", [](const Asked& a, const MissingLine& l) { return longer_than(a, l, hours{24}); }},
    {"three-days", [](const Asked& a, const MissingLine& l) { return longer_than(a, l, hours{72}); }},
    {"week", [](const Asked& a, const MissingLine& l) { return longer_than(a, l, hours{7 * 24}); }},
    {"still", [](const Asked& a, const MissingLine& l) { return !end_of(a, l); }},
    {"high", [](const Asked&, const MissingLine& l) { return l.risk == "high"; }},
    {"harmed", [](const Asked&, const MissingLine& l) { return l.harm == "yes" || l.harm == "suspected"; }},
    {"placed-out", placed_out},
    {"under-12", [](const Asked&, const MissingLine& l) { return aged(l, 0, 11); }},
    {"to-15", [](const Asked&, const MissingLine& l) { return aged(l, 12, 15); }},
    {"to-17", [](const Asked&, const MissingLine& l) { return aged(l, 16, kMost); }},
};
AnswerList those(Of of) { return {"question", kRules[of].code, ""}; }

}  // namespace

bool is_asked_about(const partnership::Scheme& scheme, const MissingLine& line, base::Instant until,
                    std::string_view code) {
    const Asked asked{scheme, until};
    for (const auto& rule : kRules)
        if (rule.code == code) return rule.holds(asked, line);
    return false;
}

std::vector<MissingAnswer> missing_answers(database::Session& s, const partnership::Scheme& scheme,
                                           const Period& period, int threshold, const Without& without) {
    const Asked asked{scheme, Window(period).until};
    std::array<EpisodeCount, of_count_> c;
    EpisodesOfEach all;
    EpisodeCount looked_after, others, from_elsewhere, away, absent;
    int ended = 0, offered = 0, offered_in_time = 0, accepted = 0, declined = 0, held = 0, held_in_time = 0;
    each_missing_line(s, Reading::questions, period, without, [&](const MissingLine& l) {
        if (!is_missing(l)) return (l.kind == "away" ? away : absent).add(l);
        all.add(l);
        (l.looked_after ? looked_after : others).add(l);
        if (l.looked_after && l.la != scheme.la_code) from_elsewhere.add(l);
        for (std::size_t i = 0; i < c.size(); ++i)
            if (kRules[i].holds(asked, l)) c[i].add(l);
        const auto outcome = outcome_of(scheme, l, asked.until);
        if (!outcome) return;
        ++ended;
        offered += outcome->offered;
        offered_in_time += outcome->offered_in_time;
        accepted += l.accepted;
        declined += l.declined;
        held += outcome->completed;
        held_in_time += outcome->completed_in_time;
    });
    std::vector<MissingAnswer> out;
    // Answers that stand on one another are shown together or not at all: `cells` are the parts that a reader
    // could work out from them.
    struct Question {
        std::string words;
        int count;
        AnswerList list;
    };
    const auto ask = [&](std::vector<Question> questions, const std::vector<int>& cells) {
        const auto kept = suppress(cells, threshold);
        const bool all_kept =
            std::all_of(kept.begin(), kept.end(), [](const Shown& cell) { return cell.has_value(); });
        for (auto& q : questions)
            out.push_back(
                {std::move(q.words), q.count, all_kept || q.count == 0 ? Shown{q.count} : Shown{}, q.list});
    };
    const auto both = [&](const std::string& children, const std::string& times, const Tally& tally,
                          AnswerList list) {
        ask({{"How many children " + children + "?", tally.children, list},
             {"How many times " + times + "?", tally.episodes, list}},
            {tally.children});
    };
    const AnswerList kAll{"all", "", ""}, kLookedAfter{"looked-after", "yes", ""},
        kOthers{"looked-after", "no", ""};
    both("were reported missing", "was a child reported missing", all.tally(), kAll);
    const int children = all.tally().children, times = all.tally().episodes;
    ask({{"How many looked-after children were reported missing?", looked_after.tally().children, kLookedAfter},
         {"How many times was a looked-after child reported missing?", looked_after.tally().episodes,
          kLookedAfter},
         {"How many children who were not looked after were reported missing?", others.tally().children, kOthers},
         {"How many times was a child reported missing who was not looked after?", others.tally().episodes,
          kOthers}},
        {looked_after.tally().children, others.tally().children});
    const auto often_missing = [&](int least) { return all.between(least, kMost).children; };
    const int twice = often_missing(2), thrice = often_missing(3), often = often_missing(10);
    ask({{"How many children were missing more than once?", twice, {"times", "2+", ""}},
         {"How many children were missing three times or more?", thrice, {"times", "3+", ""}},
         {"How many children were missing ten times or more?", often, {"times", "10+", ""}}},
        {children - twice, twice - thrice, thrice - often, often});
    const auto episodes = [&](Of of) { return c[of].tally().episodes; };
    const int d1 = episodes(day), d3 = episodes(three_days), d7 = episodes(week);
    ask({{"How many times was a child missing for more than 24 hours?", d1, those(day)},
         {"How many times was a child missing for more than 72 hours?", d3, those(three_days)},
         {"How many times was a child missing for more than a week?", d7, those(week)}},
        {times - d1, d1 - d3, d3 - d7, d7});
    const auto young = [&](Of of) { return c[of].tally().children; };
    ask({{"How many children were still missing at the end of the period?", young(still), those(still)}},
        {young(still)});
    ask({{"How many children under 12 were reported missing?", young(under_12), those(under_12)},
         {"How many children of 12 to 15?", young(to_15), those(to_15)},
         {"How many children of 16 and 17?", young(to_17), those(to_17)}},
        {young(under_12), young(to_15), young(to_17)});
    ask({{"How many times was the risk graded high?", episodes(high), those(high)}},
        {episodes(high), times - episodes(high)});
    ask({{"How many times was a child harmed while missing, or was that suspected?", episodes(harmed),
          those(harmed)}},
        {episodes(harmed), times - episodes(harmed)});
    both("looked after by this authority and placed outside its area were reported missing", "was that so",
         c[out_of_area].tally(), those(out_of_area));
    both("looked after by another authority were reported missing here", "was that so", from_elsewhere.tally(),
         {"outsiders", "", ""});
    both("were away from their placement without authorisation", "was that so", away.tally(), {"away", "", ""});
    both("were recorded as absent, the category that has ended", "was that so", absent.tally(),
         {"absent", "", ""});
    const auto returns = [](std::string_view of) { return AnswerList{"all", "", of}; };
    ask({{"After how many episodes had the child come back by the end of the period?", ended, returns("ended")}},
        {ended, times - ended});
    ask({{"After how many of these was a return interview offered?", offered, returns("offered")},
         {"After how many was it offered within the time limit?", offered_in_time, returns("offered-in-time")}},
        {ended - offered, offered - offered_in_time, offered_in_time});
    ask({{"After how many was it accepted?", accepted, returns("accepted")},
         {"After how many was it declined?", declined, returns("declined")}},
        {accepted, declined, ended - accepted - declined});
    ask({{"After how many was it held?", held, returns("completed")},
         {"After how many was it held within the time limit?", held_in_time, returns("completed-in-time")}},
        {ended - held, held - held_in_time, held_in_time});
    return out;
}

std::string to_csv(const std::vector<MissingAnswer>& answers) {
    std::vector<formats::CsvRow> rows{{"Question", "Answer"}};
    for (const auto& answer : answers) rows.push_back({answer.question, shown(answer.shown)});
    return formats::to_csv(rows, formats::CsvFor::people);
}

}  // namespace rowan::insight
