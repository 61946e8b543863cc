#include "insight/missing_lines.h"

namespace rowan::insight {

void each_missing_line(database::Session& s, const Period& period, const Without& without,
                       const std::function<void(const MissingLine&)>& take) {
    const Window window(period);
    MissingLine l;
    const auto read = [&](const database::Row& row) {
        l.id = row.text(0);
        l.ref = row.text(1);
        l.root = row.text(2);
        l.context = row.text(3);
        l.kind = row.text(4);
        l.home = row.text(5);
        l.placement = row.text(6);
        l.la = row.text(7);
        l.from = row.instant(8);
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
    };
    // Several interviews may be about one episode: the earliest offer and interview count, and the strongest
    // answer.
    int strongest = 0;
    std::string before;
    const auto earlier = [](std::optional<base::Instant>& into, std::optional<base::Instant> at) {
        if (at && (!into || *at < *into)) into = at;
    };
    const auto finish = [&] {
        if (before.empty() || without.contains(l.root)) return;
        l.accepted = strongest == 3;
        l.declined = strongest == 2;
        l.no_response = strongest == 1;
        take(l);
    };
    s.stream(
        "SELECT e.id, e.ref, p.root, e.context, e.kind, e.home_area, e.placement_area, e.responsible_la, "
        "e.missing_from, e.returned_at, e.confirmed_at, "
        "e.looked_after, e.placement_home, e.found_place, e.found_at, e.safe_and_well_at, e.risk, e.harm, "
        "e.age_at, l.offered_at, l.completed_at, i.response, i.parent_offered_at "
        "FROM missing_episode e JOIN person p ON p.id = e.person LEFT JOIN interview_episode l ON l.episode = "
        "e.id "
        "LEFT JOIN return_interview i ON i.id = l.interview WHERE e.missing_from >= $1 AND e.missing_from < $2 "
        "AND e.withdrawn_at IS NULL "
        "ORDER BY e.missing_from, e.id",
        [&](const database::Row& row) {
            if (row.text(0) != before) {
                finish();
                read(row);
                before = l.id;
                strongest = 0;
                l.offered.reset();
                l.completed.reset();
                l.parents_asked = false;
            }
            earlier(l.offered, row.maybe_instant(19));
            earlier(l.completed, row.maybe_instant(20));
            const auto& response = row.text(21);
            strongest = std::max(strongest, response == "accepted"      ? 3
                                            : response == "declined"    ? 2
                                            : response == "no_response" ? 1
                                                                        : 0);
            l.parents_asked |= !row.null(22);
        },
        window.from, window.until);
    finish();
}

const std::string& known_area(const partnership::Scheme& scheme, const std::string& code) {
    const auto* area = scheme.find_area(code);
    return area ? area->code : scheme.area_of(base::Postcode{}).code;
}

}  // namespace rowan::insight
