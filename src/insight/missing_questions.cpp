#include "insight/missing_questions.h"

#include "formats/csv.h"

#include <algorithm>
#include <array>
#include <limits>

namespace rowan::insight {

namespace {

using std::chrono::hours;

constexpr int kMost = std::numeric_limits<int>::max();

enum Of {
    all,
    looked_after,
    others,
    away,
    absent,
    day,
    three_days,
    week,
    still,
    high,
    harmed,
    placed_out,
    from_elsewhere,
    under_12,
    to_15,
    to_17,
    of_count_
};

}  // namespace

std::vector<MissingAnswer> missing_answers(database::Session& s, const partnership::Scheme& scheme,
                                           const Period& period, int threshold, const Without& without) {
    const Window window(period);
    std::array<EpisodeCount, of_count_> counts;
    int ended = 0, offered = 0, offered_in_time = 0, accepted = 0, declined = 0, held = 0, held_in_time = 0;
    each_missing_line(s, period, without, [&](const MissingLine& l) {
        if (!is_missing(l)) return counts[l.kind == "away" ? away : absent].add(l);
        const auto add = [&](Of of, bool in) {
            if (in) counts[of].add(l);
        };
        counts[all].add(l);
        counts[l.looked_after ? looked_after : others].add(l);
        const auto end = l.back() ? l.back() : l.found;
        const bool over = end && *end < window.until;
        const auto away_for = (over ? *end : window.until) - l.from;
        add(day, away_for > hours{24});
        add(three_days, away_for > hours{72});
        add(week, away_for > hours{7 * 24});
        add(still, !over);
        add(high, l.risk == "high");
        add(harmed, l.harm == "yes" || l.harm == "suspected");
        const auto* placement = scheme.find_area(l.placement);
        add(placed_out, l.looked_after && l.la == scheme.la_code && placement &&
                            placement->kind == partnership::AreaKind::outside);
        add(from_elsewhere, l.looked_after && l.la != scheme.la_code);
        if (l.age) add(*l.age < 12 ? under_12 : *l.age < 16 ? to_15 : to_17, true);
        const auto outcome = outcome_of(scheme, l, window.until);
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
    const auto ask = [&](std::vector<std::pair<std::string, int>> questions, const std::vector<int>& cells) {
        const auto kept = suppress(cells, threshold);
        const bool all_kept =
            std::all_of(kept.begin(), kept.end(), [](const Shown& cell) { return cell.has_value(); });
        for (auto& [question, count] : questions)
            out.push_back({std::move(question), count, all_kept || count == 0 ? Shown{count} : Shown{}});
    };
    const auto both = [&](const std::string& children, const std::string& times, Of of) {
        ask({{"How many children " + children + "?", counts[of].tally().children},
             {"How many times " + times + "?", counts[of].tally().episodes}},
            {counts[of].tally().children});
    };
    const auto& c = counts;
    both("were reported missing", "was a child reported missing", all);
    const int children = c[all].tally().children;
    ask({{"How many looked-after children were reported missing?", c[looked_after].tally().children},
         {"How many times was a looked-after child reported missing?", c[looked_after].tally().episodes},
         {"How many children who were not looked after were reported missing?", c[others].tally().children},
         {"How many times was a child reported missing who was not looked after?", c[others].tally().episodes}},
        {c[looked_after].tally().children, c[others].tally().children});
    const auto often_missing = [&](int times) { return c[all].between(times, kMost).children; };
    const int twice = often_missing(2), thrice = often_missing(3), often = often_missing(10);
    ask({{"How many children were missing more than once?", twice},
         {"How many children were missing three times or more?", thrice},
         {"How many children were missing ten times or more?", often}},
        {children - twice, twice - thrice, thrice - often, often});
    const int times = c[all].tally().episodes, d1 = c[day].tally().episodes, d3 = c[three_days].tally().episodes,
              d7 = c[week].tally().episodes;
    ask({{"How many times was a child missing for more than 24 hours?", d1},
         {"How many times was a child missing for more than 72 hours?", d3},
         {"How many times was a child missing for more than a week?", d7}},
        {times - d1, d1 - d3, d3 - d7, d7});
    ask({{"How many children were still missing at the end of the period?", c[still].tally().children}},
        {c[still].tally().children});
    ask({{"How many children under 12 were reported missing?", c[under_12].tally().children},
         {"How many children of 12 to 15?", c[to_15].tally().children},
         {"How many children of 16 and 17?", c[to_17].tally().children}},
        {c[under_12].tally().children, c[to_15].tally().children, c[to_17].tally().children});
    ask({{"How many times was the risk graded high?", c[high].tally().episodes}},
        {c[high].tally().episodes, times - c[high].tally().episodes});
    ask({{"How many times was a child harmed while missing, or was that suspected?", c[harmed].tally().episodes}},
        {c[harmed].tally().episodes, times - c[harmed].tally().episodes});
    both("looked after by this authority and placed outside its area were reported missing", "was that so",
         placed_out);
    both("looked after by another authority were reported missing here", "was that so", from_elsewhere);
    both("were away from their placement without authorisation", "was that so", away);
    both("were recorded as absent, the category that has ended", "was that so", absent);
    ask({{"After how many episodes had the child come back by the end of the period?", ended}},
        {ended, times - ended});
    ask({{"After how many of these was a return interview offered?", offered},
         {"After how many was it offered within the time limit?", offered_in_time}},
        {ended - offered, offered - offered_in_time, offered_in_time});
    ask({{"After how many was it accepted?", accepted}, {"After how many was it declined?", declined}},
        {accepted, declined, ended - accepted - declined});
    ask({{"After how many was it held?", held},
         {"After how many was it held within the time limit?", held_in_time}},
        {ended - held, held - held_in_time, held_in_time});
    return out;
}

std::string to_csv(const std::vector<MissingAnswer>& answers) {
    std::vector<formats::CsvRow> rows{{"Question", "Answer"}};
    for (const auto& answer : answers) rows.push_back({answer.question, shown(answer.shown)});
    return formats::to_csv(rows, formats::CsvFor::people);
}

}  // namespace rowan::insight
