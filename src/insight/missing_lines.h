// One line for each episode of a period: what every figure about missing children is counted from. Inside the
// room. Thread-safety: functions on a Session.
#pragma once
#include "database/database.h"
#include "insight/problem_profile.h"
#include "partnership/scheme.h"

#include <functional>
#include <optional>
#include <string>

namespace rowan::insight {

struct MissingLine {
    std::string id, ref, root, context, kind, risk, harm, home, placement, la, placement_home, found_place;
    base::Instant from{};
    std::optional<base::Instant> found, returned, confirmed, checked, offered, completed;
    std::optional<int> age;
    bool looked_after = false, accepted = false, declined = false, no_response = false, parents_asked = false;
    std::optional<base::Instant> back() const { return returned ? returned : confirmed; }
};

// From the first instant of a period to the first after it.
struct Window {
    base::Instant from, until;
    explicit Window(const Period& p)
        : from(base::from_london(p.from)), until(base::from_london(base::add_days(p.to, 1))) {}
};

// Episodes that began in the period and were not withdrawn, oldest first. `without`: people, by root, who are in
// no count and in no list (PeopleDesk::sealed_out).
void each_missing_line(database::Session&, const Period&, const Without& without,
                       const std::function<void(const MissingLine&)>&);
inline bool is_missing(const MissingLine& l) { return l.kind == "missing"; }
// The code when the scheme has it; else that of Blank.
const std::string& known_area(const partnership::Scheme&, const std::string& code);

}  // namespace rowan::insight
