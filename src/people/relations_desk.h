// Who works with a person: to whom they are allocated, who takes part in a meeting about them, to whom their
// record was disclosed (SECURITY.md 9.4).
//
// Who protects records allocates people to colleagues of their own agency and asks to meetings; the chair of the
// panel discloses, and says what for (H-115). A meeting opens the record from the day somebody is asked until some
// days after it, a disclosure until a day that is given with it; the scheme says how long either may be. Nobody
// gives themselves anything, and nothing here opens a record that is shut. Nothing is deleted: what was given
// ends. One function an action: access decision, one transaction, audit entry. Thread-safety: any.
#pragma once
#include "people/choices.h"
#include "people/people_desk.h"
#include "people/relations_store.h"

namespace rowan::people {

inline constexpr int kFurthestMeetingDays = 92;  // H-152: the longest from one meeting about a child to the next

struct WorkLine {
    store::WorkRow row;  // without its purpose for whoever could not have given it
    std::string name, post, agency_name, by, ended_by;
    bool active = true;  // may still sign in, and the agency has signed
    bool may_end = false;
};

struct Works {
    std::string person, ref, name;   // person: the root
    partnership::PersonSight sight;  // how this viewer came here
    bool shut = false;               // only those named see it: nothing is given
    std::vector<WorkLine> now, before;
    bool may_allocate = false, may_ask = false, may_disclose = false;
    bool gives() const { return may_allocate || may_ask || may_disclose; }
};

// What a worker was asked to or given, for their own list.
struct Asked {
    store::WorkRow row;
    std::string person, name, rule;  // person: the root
};

class RelationsDesk {
public:
    explicit RelationsDesk(const PeopleDesk& people) : people_(people) {}

    // For whoever sees the person in full.
    std::optional<Works> works(const Viewer&, const std::string& person) const;
    // Who works with people, may sign in and is not the viewer; by name.
    std::vector<Choice> colleagues(const Viewer&, const Works&) const;

    // A day that could not be read gives its own sentence, and only to who may do it.
    base::Result<> allocate(const Viewer&, const std::string& person, const std::string& user,
                            const std::string& why) const;
    base::Result<> ask(const Viewer&, const std::string& person, const std::string& user,
                       const base::Result<base::Date>& meeting, const std::string& why) const;
    base::Result<> disclose(const Viewer&, const std::string& person, const std::string& user,
                            const base::Result<base::Date>& last_day, const std::string& purpose) const;
    base::Result<> end(const Viewer&, const std::string& person, const std::string& work) const;

    // Meetings and disclosures that are in force for the viewer, as far as they open the record.
    std::vector<Asked> asked(const Viewer&) const;

    const PeopleDesk& people() const { return people_; }

private:
    const Office& office() const { return people_.office(); }
    bool choosable(const Viewer&, const std::string& person, const Viewer& who) const;
    base::Result<> give(const Viewer&, const Works&, store::WorkRow, std::string_view act) const;
    const PeopleDesk& people_;
};

void add_relations_routes(partnership::Routes&, const RelationsDesk&);

}  // namespace rowan::people
