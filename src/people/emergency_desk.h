// Break-glass: a record that the rules do not show, opened because somebody is in danger (SECURITY.md 9.4).
//
// Needs a category, a reason and a fresh code; opens that record alone, for four hours, to who asked alone; never
// lifts a conflict seal and never shows where somebody hides. Each one waits for information governance, who
// reviews it within two working days. Who is not there, and from whom the asker is sealed out, give the same
// answer. Thread-safety: any.
#pragma once
#include "people/conflict_store.h"
#include "people/people_desk.h"

#include <chrono>

namespace rowan::people {

inline constexpr std::chrono::hours kEmergencyLasts{4};
inline constexpr int kEmergencyReviewWorkingDays = 2;

struct EmergencyCategory {
    std::string_view code, title;
};
const std::vector<EmergencyCategory>& emergency_categories();

struct Emergency {
    store::EmergencyRow row;
    std::string name, post, agency_name, ref, reviewed_by;
    base::Date review_by;
    bool overdue = false, own = false;  // own: nobody reviews their own
};

class EmergencyDesk {
public:
    explicit EmergencyDesk(const PeopleDesk& people) : people_(people) {}

    // The person's root. `words` must name one person: a reference, an NHS number or UPN, or a name with a date of
    // birth.
    base::Result<std::string> open(const Viewer&, const std::string& words, const std::string& category,
                                   const std::string& reason, const std::string& totp_code) const;
    std::vector<Emergency> all(const Viewer&) const;
    std::size_t waiting(const Viewer&) const;
    base::Result<> review(const Viewer&, const std::string& id, const std::string& outcome,
                          const std::string& note) const;

private:
    const Office& office() const { return people_.office(); }
    const PeopleDesk& people_;
};

void add_emergency_routes(partnership::Routes&, const EmergencyDesk&);

}  // namespace rowan::people
