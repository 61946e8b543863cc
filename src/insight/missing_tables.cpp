#include "insight/missing_tables.h"

#include "insight/missing_gaps.h"
#include "insight/missing_lines.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

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

// Counts episodes and, once each, children.
class Counter {
public:
    void add(const MissingLine& l) {
        ++tally_.episodes;
        ++times_[l.root];
    }
    Tally tally() const { return {tally_.episodes, static_cast<int>(times_.size())}; }
    const std::map<std::string, int>& times() const { return times_; }
    int repeats() const {
        return static_cast<int>(
            std::count_if(times_.begin(), times_.end(), [](const auto& each) { return each.second > 1; }));
    }

private:
    Tally tally_;
    std::map<std::string, int> times_;
};

class Returns {
public:
    Returns(const Scheme& scheme, Instant until) : scheme_(scheme), until_(until) {}
    void add(const MissingLine& l) {
        const auto back = l.back();
        if (!back || *back >= until_) return;
        const auto& rules = scheme_.parameters_on(base::london_date(l.from));
        const bool police_first = rules.rhi_offer_clock == partnership::RhiClock::police_confirmed;
        const auto offer_from = police_first && l.confirmed ? l.confirmed : back;
        const auto complete_from = rules.rhi_complete_clock == partnership::RhiClock::returned
                                       ? back
                                       : (l.confirmed ? l.confirmed : back);
        ++out_.ended;
        children_.insert(l.root);
        out_.offered += l.offered.has_value();
        out_.offered_in_time += l.offered && *l.offered - *offer_from <= std::chrono::hours{rules.rhi_offer_hours};
        out_.accepted += l.accepted;
        out_.declined += l.declined;
        out_.no_response += l.no_response;
        if (!l.completed) return;
        ++out_.completed;
        out_.completed_in_time += *l.completed - *complete_from <= std::chrono::hours{rules.rhi_complete_hours};
        interviewed_.insert(l.root);
    }
    ReturnTally tally() const {
        auto out = out_;
        out.children = static_cast<int>(children_.size());
        out.children_completed = static_cast<int>(interviewed_.size());
        return out;
    }

private:
    const Scheme& scheme_;
    const Instant until_;
    ReturnTally out_;
    std::set<std::string> children_, interviewed_;
};

std::string month_of(Instant at) { return base::to_iso(base::london_date(at)).substr(0, 7); }

// The scheme's areas, inside first; Outside and Blank last.
std::vector<const partnership::Area*> areas_in_order(const Scheme& scheme) {
    std::vector<const partnership::Area*> out;
    for (const auto kind :
         {partnership::AreaKind::inside, partnership::AreaKind::outside, partnership::AreaKind::blank})
        for (const auto& area : scheme.areas)
            if (area.kind == kind) out.push_back(&area);
    return out;
}

std::vector<TallyLine> by_area(const Scheme& scheme, base::Date on, const std::map<std::string, Counter>& counts) {
    std::vector<TallyLine> out;
    for (const auto* area : areas_in_order(scheme)) {
        const auto found = counts.find(area->code);
        out.push_back(
            {area->code, std::string(area->name_on(on)), found == counts.end() ? Tally{} : found->second.tally()});
    }
    return out;
}

std::vector<TallyLine> by_month(const Period& period, const std::map<std::string, Counter>& counts) {
    std::vector<TallyLine> out;
    using namespace std::chrono;
    for (auto month = period.from.year() / period.from.month(); month <= period.to.year() / period.to.month();
         month += months{1}) {
        const auto code = base::to_iso(base::Date{month / 1}).substr(0, 7);
        const auto found = counts.find(code);
        auto name = base::display(base::Date{month / 1});
        out.push_back(
            {code, name.substr(name.find(' ') + 1), found == counts.end() ? Tally{} : found->second.tally()});
    }
    return out;
}

std::vector<TallyLine> by_times(const std::map<std::string, int>& times) {
    struct Band {
        const char* name;
        int least, most;
    };
    static constexpr Band kBands[] = {{"Once", 1, 1},
                                      {"Twice", 2, 2},
                                      {"3 to 5 times", 3, 5},
                                      {"6 to 10 times", 6, 10},
                                      {"11 times or more", 11, 1 << 30}};
    std::vector<TallyLine> out;
    for (const auto& band : kBands) {
        TallyLine line{band.name, band.name, {}};
        for (const auto& [root, n] : times)
            if (n >= band.least && n <= band.most) {
                ++line.tally.children;
                line.tally.episodes += n;
            }
        out.push_back(std::move(line));
    }
    return out;
}

std::vector<InterviewLine> interviews_by_area(Session& s, const Scheme& scheme, const Period& period,
                                              const Without& without) {
    struct Interview {
        std::string area;
        bool completed = false;
        int episodes = 0;
    };
    std::map<std::string, Interview> all;
    const Window window(period);
    for (const auto& row :
         s.query("SELECT l.interview, e.home_area, l.completed_at, p.root FROM interview_episode l JOIN "
                 "missing_episode e ON e.id = l.episode JOIN person p ON p.id = e.person "
                 "JOIN return_interview i ON i.id = l.interview WHERE e.missing_from >= $1 AND e.missing_from < "
                 "$2 AND e.withdrawn_at IS NULL "
                 "AND e.kind = 'missing' AND i.offered_at IS NOT NULL ORDER BY e.missing_from, e.id",
                 window.from, window.until)) {
        if (without.contains(row.text(3))) continue;
        auto& i = all[row.text(0)];
        i.area = known_area(scheme, row.text(1));
        if (!row.null(2)) {
            i.completed = true;
            ++i.episodes;
        }
    }
    std::vector<InterviewLine> out;
    for (const auto* area : areas_in_order(scheme)) {
        InterviewLine line{area->code, std::string(area->name_on(period.to)), 0, 0, 0};
        for (const auto& [id, i] : all)
            if (i.area == area->code) {
                ++line.offered;
                line.completed += i.completed;
                line.episodes += i.episodes;
            }
        out.push_back(std::move(line));
    }
    return out;
}

}  // namespace

MissingTables missing_tables(Session& s, const Scheme& scheme, const Period& period, const Without& without) {
    MissingTables out;
    out.period = period;
    const Window window(period);
    Counter all, away, absent, looked_after, others, home, care, other_placements, elsewhere, outsiders;
    Returns returns(scheme, window.until), returns_looked_after(scheme, window.until),
        home_returns(scheme, window.until), care_returns(scheme, window.until);
    std::map<std::string, Counter> months, areas, placements, homes, places;
    each_missing_line(s, period, without, [&](const MissingLine& l) {
        if (!is_missing(l)) return (l.kind == "away" ? away : absent).add(l);
        all.add(l);
        returns.add(l);
        months[month_of(l.from)].add(l);
        areas[known_area(scheme, l.home)].add(l);
        (l.looked_after ? looked_after : others).add(l);
        if (l.looked_after) {
            returns_looked_after.add(l);
            if (l.la == scheme.la_code)
                placements[known_area(scheme, l.placement)].add(l);
            else
                outsiders.add(l);
            if (scheme.find_home(l.placement_home))
                homes[l.placement_home].add(l);
            else
                other_placements.add(l);
        }
        if (scheme.find_place(l.found_place))
            places[l.found_place].add(l);
        else if (l.back() || l.found)
            elsewhere.add(l);
        if (l.context == "home") {
            home.add(l);
            home_returns.add(l);
        } else if (l.context == "care") {
            care.add(l);
            care_returns.add(l);
        }
    });
    out.all = all.tally();
    out.away = away.tally();
    out.absent = absent.tally();
    out.months = by_month(period, months);
    out.times = by_times(all.times());
    out.looked_after = looked_after.tally();
    out.others = others.tally();
    out.repeat_looked_after = looked_after.repeats();
    out.repeat_others = others.repeats();
    out.returns = returns.tally();
    out.returns_looked_after = returns_looked_after.tally();
    out.areas = by_area(scheme, period.to, areas);
    out.placements = by_area(scheme, period.to, placements);
    out.interviews = interviews_by_area(s, scheme, period, without);
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

std::vector<MissingEpisodeLine> episodes_behind(Session& s, const Scheme& scheme, const Period& period,
                                                const MissingFilter& filter, const Without& without) {
    std::vector<MissingEpisodeLine> out;
    const Window window(period);
    using Of = MissingFilter::Of;
    each_missing_line(s, period, without, [&](const MissingLine& l) {
        if (!is_missing(l) && filter.of != Of::gap) return;
        const auto back = l.back();
        const bool ended = back && *back < window.until;
        bool in = true;
        std::string area = known_area(scheme, l.home);
        switch (filter.of) {
            case Of::all:
                break;
            case Of::area:
                in = area == filter.code;
                break;
            case Of::placement:
                area = known_area(scheme, l.placement);
                in = l.looked_after && l.la == scheme.la_code && area == filter.code;
                break;
            case Of::month:
                in = month_of(l.from) == filter.code;
                break;
            case Of::looked_after:
                in = l.looked_after;
                break;
            case Of::home:
                in = l.context == "home";
                break;
            case Of::care:
                in = l.context == "care";
                break;
            case Of::children_home:
                in = l.looked_after && l.placement_home == filter.code;
                break;
            case Of::place:
                in = l.found_place == filter.code;
                break;
            case Of::gap:
                in = has_gap(scheme, l, filter.code);
                break;
            case Of::not_offered:
                in = ended && !l.offered;
                break;
            case Of::not_completed:
                in = ended && !l.completed;
                break;
        }
        if (in) out.push_back({l.id, l.ref, l.root, area, l.from});
    });
    return out;
}

std::optional<Period> period_between(std::string_view from, std::string_view to) {
    const auto first = base::parse_iso_date(from), last = base::parse_iso_date(to);
    if (!first || !last || *last < *first || base::days_between(*first, *last) > 3660) return std::nullopt;
    return Period{*first, *last, base::display(*first) + " to " + base::display(*last)};
}

}  // namespace rowan::insight
