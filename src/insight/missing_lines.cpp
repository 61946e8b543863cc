#include "insight/missing_lines.h"

#include <boost/unordered/unordered_flat_map.hpp>

namespace rowan::insight {

namespace {

using base::Instant;
using database::Row;
template <class What>
using People = boost::unordered_flat_map<std::string, What>;

constexpr database::Sql kLines =
    "SELECT e.id, e.ref, e.person, e.context, e.kind, e.home_area, e.placement_area, e.responsible_la, "
    "e.missing_from, e.returned_at, e.confirmed_at, e.looked_after, e.placement_home, e.found_place, e.found_at, "
    "e.safe_and_well_at, e.risk, e.harm, e.age_at, l.interview, l.response, l.first_offered_at, "
    "l.parent_offered_at, l.offered_at, l.completed_at "
    "FROM missing_episode e LEFT JOIN interview_episode l ON l.missing_from = e.missing_from AND l.episode = e.id "
    "WHERE e.missing_from >= $1 AND e.missing_from < $2 AND e.withdrawn_at IS NULL ORDER BY e.missing_from, e.id";

void read_episode(const Row& row, MissingLine& l) {
    l.id = row.text(0);
    l.ref = row.text(1);
    l.context = row.text(3);
    l.kind = row.text(4);
    l.home = row.text(5);
    l.placement = row.text(6);
    l.la = row.text(7);
    l.from = row.instant(8);
    l.day = base::london_date(l.from);
    l.returned = row.maybe_instant(9);
    l.confirmed = row.maybe_instant(10);
    l.looked_after = row.boolean(11);
    l.placement_home = row.text(12);
    l.found_place = row.text(13);
    l.found = row.maybe_instant(14);
    l.checked = row.maybe_instant(15);
    l.risk = row.text(16);
    l.harm = row.text(17);
    l.age.reset();
    if (const auto age = row.maybe_integer(18)) l.age = static_cast<int>(*age);
    l.interviews.clear();
    l.offered.reset();
    l.completed.reset();
    l.accepted = l.declined = l.no_response = l.parents_asked = false;
}

// Of several interviews the earliest offer, the earliest held and the strongest answer count.
void read_interview(const Row& row, MissingLine& l) {
    if (row.null(19)) return;
    const auto earlier = [](std::optional<Instant>& into, std::optional<Instant> at) {
        if (at && (!into || *at < *into)) into = at;
    };
    const auto offered = row.maybe_instant(23), completed = row.maybe_instant(24);
    l.interviews.push_back({row.text(19), !row.null(21), completed.has_value()});
    const auto& answer = row.text(20);
    l.accepted |= answer == "accepted";
    l.declined |= answer == "declined";
    l.no_response |= answer == "no_response";
    l.parents_asked |= !row.null(22);
    earlier(l.offered, offered);
    earlier(l.completed, completed);
}

// Whom a person was found to be, where that is another: read once instead of looked up for each episode.
People<std::string> merged_people(database::Session& s) {
    People<std::string> out;
    s.stream("SELECT id, root FROM person WHERE root <> id",
             [&](const Row& row) { out.emplace(row.text(0), row.text(1)); });
    return out;
}

}  // namespace

void each_missing_line(database::Session& s, const Period& period, const Without& without,
                       const std::function<void(const MissingLine&)>& take) {
    const Window window(period);
    const auto merged = merged_people(s);
    People<std::uint32_t> children;
    MissingLine l;
    const auto finish = [&] {
        if (l.id.empty() || without.contains(l.root)) return;
        l.child = children.try_emplace(l.root, static_cast<std::uint32_t>(children.size())).first->second;
        l.declined &= !l.accepted;
        l.no_response &= !l.accepted && !l.declined;
        take(l);
    };
    // An episode with several interviews comes as several rows.
    s.stream(
        kLines,
        [&](const Row& row) {
            if (row.text(0) != l.id) {
                finish();
                read_episode(row, l);
                const auto other = merged.find(row.text(2));
                l.root = other == merged.end() ? row.text(2) : other->second;
            }
            read_interview(row, l);
        },
        window.from, window.until);
    finish();
}

const std::string& known_area(const partnership::Scheme& scheme, const std::string& code) {
    const auto* area = scheme.find_area(code);
    return area ? area->code : scheme.area_of(base::Postcode{}).code;
}

std::optional<ReturnOutcome> outcome_of(const partnership::Scheme& scheme, const MissingLine& l, Instant until) {
    const auto back = l.back();
    if (!back || *back >= until) return std::nullopt;
    const auto& rules = scheme.parameters_on(l.day);
    const auto confirmed = l.confirmed ? *l.confirmed : *back;
    const auto offer_from = rules.rhi_offer_clock == partnership::RhiClock::police_confirmed ? confirmed : *back;
    const auto complete_from = rules.rhi_complete_clock == partnership::RhiClock::returned ? *back : confirmed;
    const auto within = [](std::optional<Instant> at, Instant from, int hours) {
        return at && *at - from <= std::chrono::hours{hours};
    };
    return ReturnOutcome{.offered = l.offered.has_value(),
                         .offered_in_time = within(l.offered, offer_from, rules.rhi_offer_hours),
                         .completed = l.completed.has_value(),
                         .completed_in_time = within(l.completed, complete_from, rules.rhi_complete_hours)};
}

Tally EpisodeCount::between(int least, int most) const {
    Tally out;
    for (const int n : times_)
        if (n > 0 && n >= least && n <= most) {
            out.episodes += n;
            ++out.children;
        }
    return out;
}

}  // namespace rowan::insight
