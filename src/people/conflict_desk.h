// Conflict seals, for information governance: who of the staff is sealed out of whose record and why, that two
// officers have read of it, and lifting one, which takes two (SECURITY.md A2). The seals themselves follow from
// the records and from what staff declare; nothing here makes one. An officer is told of no seal of their own, and
// sees references, never names of those whom the records are about. One function an action. Thread-safety: any.
#pragma once
#include "people/conflict_store.h"
#include "people/people_desk.h"

namespace rowan::people {

struct Seal {
    std::string user, name, post, agency_name;  // of the staff
    std::string person, ref;                    // the root
    Ties ties = 0;
    std::vector<std::string> readers;  // names of officers who have read of it
    bool read_by_viewer = false;
    std::vector<store::LiftRow> lifts;  // newest first; asked_by and agreed_by are names here
    bool asked_by_viewer = false;       // the newest lift waits for somebody else than the viewer
    bool lifted = false;
};
inline constexpr std::size_t kReadersOfSeal = 2;

class ConflictDesk {
public:
    explicit ConflictDesk(const PeopleDesk& people) : people_(people) {}

    // Those in force first, unread before read.
    std::vector<Seal> seals(const Viewer&) const;
    // How many of them this officer still has to read, or to answer a wish to lift.
    std::size_t waiting(const Viewer&) const;

    base::Result<> read(const Viewer&, const std::string& user, const std::string& person) const;
    base::Result<> ask(const Viewer&, const std::string& user, const std::string& person,
                       const std::string& reason) const;
    // Anybody but who asked, and never the person sealed out.
    base::Result<> answer(const Viewer&, const std::string& user, const std::string& person,
                          const std::string& lift, bool agreed) const;

private:
    const Office& office() const { return people_.office(); }
    std::optional<Seal> seal(const Viewer&, const std::string& user, const std::string& person) const;
    const PeopleDesk& people_;
};

void add_conflict_routes(partnership::Routes&, const ConflictDesk&);

}  // namespace rowan::people
