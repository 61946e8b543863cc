// What protects a person's record, and who is named on it (DOMAIN.md 6, SECURITY.md 9.4).
//
// Who sees a person in full and has the permission may protect the record further, and is then named on it; to
// lower the protection one must be named. Nobody names themselves on a record that is protected already.
// Information governance sees which records are protected, by their reference only, and names and removes people
// without opening a record; on a sealed one only they do. One function an action: access decision, one
// transaction, audit entry. Thread-safety: any.
#pragma once
#include "people/choices.h"
#include "people/people_desk.h"

namespace rowan::people {

struct NamedPerson {
    std::string user, name, post, agency_name, by, reason;
    base::Instant since;
    bool active = true;  // may still open it: an account in use, of an agency that has signed
};

struct Protection {
    std::string person, ref;         // person: the root
    partnership::PersonSight sight;  // how this viewer came here; rule "oversight" without a look at the record
    partnership::Sensitivity sensitivity = partnership::Sensitivity::ordinary;
    std::vector<NamedPerson> named;
    struct Change {
        partnership::Sensitivity was, becomes;
        base::Instant at;
        std::string by, reason;
    };
    std::vector<Change> history;  // newest first; empty for oversight, who read no reasons
    std::vector<partnership::Sensitivity> may_become;
    bool may_name = false;
    // What it bears because it resembles a protected record, until somebody decides; and how many bear its own.
    partnership::Sensitivity shield = partnership::Sensitivity::ordinary;
    std::size_t alike = 0;
    std::int64_t version = 0;
};

class ProtectionDesk {
public:
    explicit ProtectionDesk(PeopleDesk& people) : people_(people) {}

    // For who may protect and sees the person in full.
    std::optional<Protection> protection(const Viewer&, const std::string& person) const;
    // Every protected record, for oversight; and one of them.
    std::vector<Protection> all(const Viewer&) const;
    std::optional<Protection> overseen(const Viewer&, const std::string& person) const;
    // Who works with people, may sign in, and is not named on it yet.
    std::vector<Choice> choices(const Protection&) const;

    // `names`: users to be named besides. conflict when somebody changed the record after `version`.
    base::Result<> protect(const Viewer&, const std::string& person, partnership::Sensitivity,
                           const std::vector<std::string>& names, const std::string& reason,
                           std::int64_t version) const;
    base::Result<> name(const Viewer&, const std::string& person, const std::string& user,
                        const std::string& reason) const;
    base::Result<> remove(const Viewer&, const std::string& person, const std::string& user,
                          const std::string& reason) const;

    PeopleDesk& people() const { return people_; }

private:
    const Office& office() const { return people_.office(); }
    // By whichever of the two ways the viewer may change names; empty when by neither.
    std::optional<Protection> to_change(const Viewer&, const std::string& person) const;
    base::Result<> nameable(database::Session&, const Viewer&, const std::string& user,
                            partnership::Sensitivity) const;
    void told(database::Session&, const Viewer&, std::string_view act, const std::string& person,
              std::string_view rule, std::string detail) const;
    std::vector<std::string> records_of(const std::string& root) const;
    PeopleDesk& people_;
};

void add_protection_routes(partnership::Routes&, const ProtectionDesk&);

}  // namespace rowan::people
