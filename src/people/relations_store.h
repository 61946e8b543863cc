// The SQL of who works with a person: to whom they are allocated, who was asked to a meeting about them, to whom
// their record was disclosed. Functions run inside the caller's session; none takes a decision. Persons are roots
// at the time; what is asked for a root covers those below it.
#pragma once
#include "partnership/access.h"
#include "people/vault.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::people::store {

using database::Session;
using partnership::Office;

struct WorkRow {
    std::string id, person, user, by, purpose, ended_by;
    partnership::Work work = partnership::Work::allocated;
    std::optional<base::Date> meeting_on;  // of a meeting only
    base::Instant from, given_at;
    std::optional<base::Instant> until, ended_at;  // until: none for who is allocated
    bool in_force(base::Instant now) const { return !ended_at && from <= now && (!until || *until > now); }
};
void give_work(const Office&, Session&, const WorkRow&);
// Everything that ever was, the newest first.
std::vector<WorkRow> works_with(const Office&, Session&, const std::string& root);
// What somebody was asked to, or given, that is in force now; the newest first.
std::vector<WorkRow> work_of(const Office&, Session&, const std::string& user);
// False when it is over already.
bool end_work(const Office&, Session&, const std::string& id, const std::string& by);

// The team of each of an agency's people to whom this person is allocated now; "" for who has none.
std::vector<std::string> teams_allocated(Session&, const std::string& root, const std::string& agency);

}  // namespace rowan::people::store
