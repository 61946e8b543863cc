// The weekly queue of looking that somebody should ask about, for information governance. Nobody reviews their
// own, and nobody hears of a record that they are sealed out of. Thread-safety: any.
#pragma once
#include "people/odd_looks.h"
#include "people/people_desk.h"

namespace rowan::people {

struct OddItem {
    OddLook look;
    std::string name, post, agency_name;
    base::Date week;                         // its Monday
    std::string outcome, note, reviewed_by;  // empty while it waits
};

class OddDesk {
public:
    explicit OddDesk(const PeopleDesk& people) : people_(people) {}

    // Of the week that holds this day (its Monday to its Sunday, London), those that wait first. Empty for all
    // others.
    std::vector<OddItem> week(const Viewer&, base::Date day) const;
    // This week's and last week's that wait for somebody else than their own.
    std::size_t waiting(const Viewer&) const;
    base::Result<> review(const Viewer&, const std::string& user, const std::string& kind, base::Date week,
                          const std::string& outcome, const std::string& note) const;

private:
    const Office& office() const { return people_.office(); }
    const PeopleDesk& people_;
};

void add_odd_routes(partnership::Routes&, const OddDesk&);

}  // namespace rowan::people
