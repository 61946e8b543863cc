#include "insight/missing_tables.h"

#include "insight/missing_gaps.h"
#include "insight/missing_lines.h"
#include "insight/missing_questions.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace rowan::insight {

const Measure kMissingChildren{"R-S04", "Missing children and episodes",
                               "Episodes of kind missing that began in the period, by month, and the distinct "
                               "children among them. A child missing several times is one "
                               "child and several episodes, so both are shown. Reports withdrawn as an error "
                               "count nowhere; away without authorisation and the former "
                               "category absent are shown apart.",
                               "S-071, S-078, H-061, H-062"};
const Measure kMissingLookedAfter{"R-S05", "Looked-after children missing, and their return interviews",
                                  "The same for children who were looked after when they went missing, and what "
                                  "became of their returns. Repeat: more than one episode in the period.",
                                  "S-072, S-073"};
const Measure kMissingByArea{"R-S06", "Episodes by home area",
                             "Each episode by the area of the home postcode when it began. Outside: a home in "
                             "another county, reported missing here. Blank: no postcode, "
                             "or one that cannot be read; blanks are neither left out nor guessed.",
                             "S-075, S-077, S-079, S-080"};
const Measure kMissingByPlacement{"R-S07", "Episodes of looked-after children by placement area",
                                  "Episodes of children looked after by this authority, by the area where they "
                                  "were placed. Here outside means placed outside the county: not what "
                                  "it means in the table by home area.",
                                  "S-081, S-082"};
const Measure kInterviewsByArea{"R-S09", "Return interviews by home area",
                                "Interviews about episodes that began in the period, by the home area of the "
                                "episode (the latest, when one interview is about several). An interview "
                                "counts once, however many episodes it is about.",
                                "S-083, S-167"};
const Measure kMissingPlaces{"R-S10", "Children's homes and places",
                             "Episodes of looked-after children by the children's home where they were placed, "
                             "and episodes by the place where the young person was found. "
                             "The scheme names homes and places. A home's area is that of its postcode.",
                             "S-067, S-074, S-075, S-076"};
const Measure kReturnInterviews{"K-PROT-3", "Missing from home and from care, and return interviews",
                                "Episodes that began in the period and had ended by its last day are the whole. "
                                "Offered in time: within the scheme's hours of the police confirming "
                                "the safe return. Completed in time: within its hours of the return. Hours are "
                                "elapsed hours. When only one of the two times is known, it is used.",
                                "H-061, H-062, H-063, H-064, S-070"};

namespace {

using base::Instant;

constexpr int kMost = std::numeric_limits<int>::max();

using IsTrue = bool (*)(const MissingLine&, const ReturnOutcome&);
constexpr IsTrue kFacts[] = {
    // in the order of return_facts
    [](const MissingLine&, const ReturnOutcome& o) { return o.offered; },
    [](const MissingLine&, const ReturnOutcome& o) { return o.offered_in_time; },
    [](const MissingLine& l, const ReturnOutcome&) { return l.accepted; },
    [](const MissingLine& l, const ReturnOutcome&) { return l.declined; },
    [](const MissingLine& l, const ReturnOutcome&) { return l.no_response; },
    [](const MissingLine&, const ReturnOutcome& o) { return o.completed; },
    [](const MissingLine&, const ReturnOutcome& o) { return o.completed_in_time; },
};

bool is_return(const MissingLine& l, const std::optional<ReturnOutcome>& outcome, const std::string& which) {
    if (!outcome) return false;
    if (which == "not-offered") return !outcome->offered;
    if (which == "not-completed") return !outcome->completed;
    const auto& facts = return_facts();
    for (std::size_t i = 0; i < facts.size(); ++i)
        if (facts[i].code == which) return kFacts[i](l, *outcome);
    return which == "ended";
}

class Returns {
public:
    void add(const MissingLine& l, const ReturnOutcome& o) {
        ended_.add(l);
        if (o.completed) completed_.add(l);
        for (std::size_t i = 0; i < std::size(kFacts); ++i) out_.*return_facts()[i].count += kFacts[i](l, o);
    }
    ReturnTally tally() const {
        auto out = out_;
        out.ended = ended_.tally().episodes;
        out.children = ended_.tally().children;
        out.children_completed = completed_.tally().children;
        return out;
    }

private:
    ReturnTally out_;
    EpisodeCount ended_, completed_;
};

using Month = std::chrono::year_month;
Month month_of(const MissingLine& l) { return l.day.year() / l.day.month(); }
std::string code_of(Month month) { return base::to_iso(base::Date{month / 1}).substr(0, 7); }

// The scheme's areas, inside first; Outside and Blank last.
std::vector<const partnership::Area*> areas_in_order(const Scheme& scheme) {
    std::vector<const partnership::Area*> out;
    for (const auto kind :
         {partnership::AreaKind::inside, partnership::AreaKind::outside, partnership::AreaKind::blank})
        for (const auto& area : scheme.areas)
            if (area.kind == kind) out.push_back(&area);
    return out;
}

std::vector<TallyLine> by_area(const Scheme& scheme, base::Date on,
                               const std::map<std::string, EpisodeCount>& counts) {
    std::vector<TallyLine> out;
    for (const auto* area : areas_in_order(scheme)) {
        const auto found = counts.find(area->code);
        out.push_back(
            {area->code, std::string(area->name_on(on)), found == counts.end() ? Tally{} : found->second.tally()});
    }
    return out;
}

std::vector<TallyLine> by_month(const Period& period, const std::map<Month, EpisodeCount>& counts) {
    std::vector<TallyLine> out;
    using namespace std::chrono;
    for (auto month = period.from.year() / period.from.month(); month <= period.to.year() / period.to.month();
         month += months{1}) {
        const auto found = counts.find(month);
        auto name = base::display(base::Date{month / 1});
        out.push_back({code_of(month), name.substr(name.find(' ') + 1),
                       found == counts.end() ? Tally{} : found->second.tally()});
    }
    return out;
}

struct Band {
    const char *code, *name;
    int least, most;
};
constexpr Band kBands[] = {{"1", "Once", 1, 1},
                           {"2", "Twice", 2, 2},
                           {"3-5", "3 to 5 times", 3, 5},
                           {"6-10", "6 to 10 times", 6, 10},
                           {"11", "11 times or more", 11, kMost}};
// Of questions under the Freedom of Information Act.
constexpr Band kAtLeast[] = {{"2+", "Twice or more", 2, kMost},
                             {"3+", "3 times or more", 3, kMost},
                             {"10+", "10 times or more", 10, kMost}};
const Band* find_band(const std::string& code) {
    for (const auto& band : kBands)
        if (band.code == code) return &band;
    for (const auto& band : kAtLeast)
        if (band.code == code) return &band;
    return nullptr;
}

std::vector<TallyLine> by_times(const EpisodesOfEach& count) {
    std::vector<TallyLine> out;
    for (const auto& band : kBands) out.push_back({band.code, band.name, count.between(band.least, band.most)});
    return out;
}

// An interview counts once, in the area of the latest of the episodes it is about (S-083).
class Interviews {
public:
    void add(const MissingLine& l, const std::string& area) {
        for (const auto& i : l.interviews) {
            if (i.interview >= all_.size()) all_.resize(i.interview + 1);
            if (!i.first_offered) continue;
            auto& one = all_[i.interview];
            one.area = &area;
            one.latest = lines_;
            one.episodes += i.completed.has_value();
        }
        ++lines_;
    }
    struct Interview {
        const std::string* area = nullptr;  // the scheme's; none: it was not offered
        std::size_t latest = 0;             // of the lines added
        int episodes = 0;                   // that it was held about
    };
    const std::vector<Interview>& all() const { return all_; }  // by LineInterview::interview
    std::vector<InterviewLine> by_area(const Scheme& scheme, base::Date on) const {
        std::map<std::string, InterviewLine> counts;
        for (const auto& i : all_) {
            if (!i.area) continue;
            auto& line = counts[*i.area];
            ++line.offered;
            line.completed += i.episodes > 0;
            line.episodes += i.episodes;
        }
        std::vector<InterviewLine> out;
        for (const auto* area : areas_in_order(scheme)) {
            out.push_back(counts[area->code]);
            out.back().code = area->code;
            out.back().name = area->name_on(on);
        }
        return out;
    }

private:
    std::vector<Interview> all_;
    std::size_t lines_ = 0;
};

}  // namespace

const std::vector<ReturnFact>& return_facts() {
    static const std::vector<ReturnFact> all = {
        {"offered", "offered an interview", &ReturnTally::offered},
        {"offered-in-time", "offered within 72 hours of the police’s confirmation", &ReturnTally::offered_in_time},
        {"accepted", "accepted", &ReturnTally::accepted},
        {"declined", "declined", &ReturnTally::declined},
        {"no-response", "could not be reached", &ReturnTally::no_response},
        {"completed", "interview completed", &ReturnTally::completed},
        {"completed-in-time", "interview completed within 72 hours of the return",
         &ReturnTally::completed_in_time},
    };
    return all;
}

MissingTables missing_tables(Session& s, const Scheme& scheme, const Period& period, const Without& without) {
    MissingTables out;
    out.period = period;
    const Window window(period);
    EpisodesOfEach all, looked_after, others;
    EpisodeCount away, absent, home, care, other_placements, elsewhere, outsiders;
    Returns returns, returns_looked_after, home_returns, care_returns;
    std::map<Month, EpisodeCount> months;
    std::map<std::string, EpisodeCount> areas, placements, homes, places;
    Interviews interviews;
    each_missing_line(s, Reading::tables, period, without, [&](const MissingLine& l) {
        if (!is_missing(l)) return (l.kind == "away" ? away : absent).add(l);
        const auto outcome = outcome_of(scheme, l, window.until);
        const auto& area = known_area(scheme, l.home);
        all.add(l);
        if (outcome) returns.add(l, *outcome);
        months[month_of(l)].add(l);
        areas[area].add(l);
        interviews.add(l, area);
        (l.looked_after ? looked_after : others).add(l);
        if (l.looked_after) {
            if (outcome) returns_looked_after.add(l, *outcome);
            if (l.la == scheme.la_code)
                placements[known_area(scheme, l.placement)].add(l);
            else
                outsiders.add(l);
            if (const auto* known = scheme.find_home(l.placement_home))
                homes[known->code].add(l);
            else
                other_placements.add(l);
        }
        if (const auto* known = scheme.find_place(l.found_place))
            places[known->code].add(l);
        else if (l.back() || l.found)
            elsewhere.add(l);
        if (l.context == "home") {
            home.add(l);
            if (outcome) home_returns.add(l, *outcome);
        } else if (l.context == "care") {
            care.add(l);
            if (outcome) care_returns.add(l, *outcome);
        }
    });
    out.all = all.tally();
    out.away = away.tally();
    out.absent = absent.tally();
    out.months = by_month(period, months);
    out.times = by_times(all);
    out.looked_after = looked_after.tally();
    out.others = others.tally();
    out.repeat_looked_after = looked_after.between(2, kMost).children;
    out.repeat_others = others.between(2, kMost).children;
    out.returns = returns.tally();
    out.returns_looked_after = returns_looked_after.tally();
    out.areas = by_area(scheme, period.to, areas);
    out.placements = by_area(scheme, period.to, placements);
    out.interviews = interviews.by_area(scheme, period.to);
    for (const auto& each : scheme.homes) {
        const auto& area = scheme.area_of(base::parse_postcode(each.postcode));
        out.homes.push_back({{each.code, each.name, homes[each.code].tally()},
                             std::string(area.name_on(period.to)),
                             each.exploitation_placements});
    }
    out.other_placements = other_placements.tally();
    out.outsiders = outsiders.tally();
    for (const auto& each : scheme.places) out.places.push_back({each.code, each.name, places[each.code].tally()});
    out.elsewhere = elsewhere.tally();
    out.home = home.tally();
    out.care = care.tally();
    out.home_returns = home_returns.tally();
    out.care_returns = care_returns.tally();
    return out;
}

namespace {

bool elsewhere(const Scheme& scheme, const MissingLine& l) {
    return !scheme.find_place(l.found_place) && (l.back() || l.found);
}

bool is_of(const Scheme& scheme, const MissingLine& l, Instant until, const MissingFilter& filter) {
    using Of = MissingFilter::Of;
    if (filter.of == Of::gap) return has_gap(scheme, l, filter.code);
    if (filter.of == Of::away || filter.of == Of::absent)
        return l.kind == (filter.of == Of::away ? "away" : "absent");
    if (!is_missing(l)) return false;
    const bool ours = l.looked_after && l.la == scheme.la_code;
    switch (filter.of) {
        case Of::area:
            return known_area(scheme, l.home) == filter.code;
        case Of::placement:
            return ours && known_area(scheme, l.placement) == filter.code;
        case Of::month:
            return code_of(month_of(l)) == filter.code;
        case Of::looked_after:
            return l.looked_after;
        case Of::others:
            return !l.looked_after;
        case Of::home:
            return l.context == "home";
        case Of::care:
            return l.context == "care";
        case Of::children_home:
            return l.looked_after && l.placement_home == filter.code;
        case Of::other_placement:
            return l.looked_after && !scheme.find_home(l.placement_home);
        case Of::outsiders:
            return l.looked_after && !ours;
        case Of::place:
            return l.found_place == filter.code;
        case Of::elsewhere:
            return elsewhere(scheme, l);
        case Of::question:
            return is_asked_about(scheme, l, until, filter.code);
        default:
            return true;
    }
}

}  // namespace

std::vector<MissingEpisodeLine> episodes_behind(Session& s, const Scheme& scheme, const Period& period,
                                                const MissingFilter& filter, const Without& without) {
    std::vector<MissingEpisodeLine> out;
    EpisodesOfEach count;
    std::vector<std::uint32_t> children;  // of each line
    const Window window(period);
    const bool placements = filter.of == MissingFilter::Of::placement;
    each_missing_line(s, Reading::list, period, without, [&](const MissingLine& l) {
        if (!is_of(scheme, l, window.until, filter)) return;
        if (!filter.returns.empty() && !is_return(l, outcome_of(scheme, l, window.until), filter.returns)) return;
        out.push_back({std::string(l.id), std::string(l.ref), std::string(l.root),
                       known_area(scheme, placements ? l.placement : l.home), l.from});
        count.add(l);
        children.push_back(l.child);
    });
    if (filter.of != MissingFilter::Of::times) return out;
    const auto* band = find_band(filter.code);
    std::vector<MissingEpisodeLine> in_band;
    for (std::size_t i = 0; band && i < out.size(); ++i)
        if (const int n = count.of(children[i]); n >= band->least && n <= band->most)
            in_band.push_back(std::move(out[i]));
    return in_band;
}

std::vector<MissingInterviewLine> interviews_behind(Session& s, const Scheme& scheme, const Period& period,
                                                    const std::string& area, bool held, const Without& without) {
    Interviews interviews;
    std::vector<MissingInterviewLine> lines;  // by LineInterview::interview
    each_missing_line(s, Reading::list, period, without, [&](const MissingLine& l) {
        if (!is_missing(l)) return;
        interviews.add(l, known_area(scheme, l.home));
        lines.resize(interviews.all().size());
        for (const auto& i : l.interviews) {
            if (!i.first_offered) continue;
            auto& line = lines[i.interview];
            line.id = i.id;
            line.person = l.root;
            line.offered = *i.first_offered;
            if (i.completed) line.completed = i.completed;
            line.episodes = interviews.all()[i.interview].episodes;
        }
    });
    std::vector<std::pair<std::size_t, MissingInterviewLine>> here;  // with the latest of its episodes
    for (std::size_t n = 0; n < lines.size(); ++n)
        if (const auto& i = interviews.all()[n]; i.area && *i.area == area && (!held || i.episodes > 0))
            here.emplace_back(i.latest, std::move(lines[n]));
    std::sort(here.begin(), here.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first, a.second.id) < std::tie(b.first, b.second.id);
    });
    std::vector<MissingInterviewLine> out;
    for (auto& [latest, line] : here) out.push_back(std::move(line));
    return out;
}

std::optional<Period> period_between(std::string_view from, std::string_view to) {
    const auto first = base::parse_iso_date(from), last = base::parse_iso_date(to);
    if (!first || !last || *last < *first || base::days_between(*first, *last) > 3660) return std::nullopt;
    return Period{*first, *last, base::display(*first) + " to " + base::display(*last)};
}

}  // namespace rowan::insight
