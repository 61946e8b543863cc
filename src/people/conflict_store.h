// The SQL of conflict seals that were read of and lifted, and of records opened in an emergency. Functions run
// inside the caller's session; none takes a decision. Persons are roots at the time; what is asked for a root
// covers those below it.
#pragma once
#include "people/conflict.h"
#include "people/vault.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::people::store {

using database::Session;
using partnership::Office;

// Ties for which two officers have lifted the seal between this account and this person.
Ties lifted_ties(Session&, const std::string& user, const std::string& root);

struct LiftRow {
    std::string id, user, person, asked_by, reason;
    Ties ties = 0;
    base::Instant asked_at;
    std::optional<base::Instant> agreed_at, refused_at;
    std::string agreed_by;
    bool waits() const { return !agreed_at && !refused_at; }
};
void ask_to_lift(const Office&, Session&, const std::string& user, const std::string& root, Ties,
                 const std::string& by, const std::string& reason);
// Newest first.
std::vector<LiftRow> lifts_of(const Office&, Session&, const std::string& user, const std::string& root);
// False when it no longer waits.
bool answer_lift(const Office&, Session&, const std::string& lift, const std::string& by, bool agreed);

void mark_read(const Office&, Session&, const std::string& user, const std::string& root, Ties,
               const std::string& officer);
// Officers who have read of this seal with at least these ties.
std::vector<std::string> readers(Session&, const std::string& user, const std::string& root, Ties);

struct EmergencyRow {
    std::string id, user, person, category, reason, reviewed_by, outcome, note;
    base::Instant opened_at, ends_at;
    std::optional<base::Instant> reviewed_at;
};
void open_emergency(const Office&, Session&, const EmergencyRow&);
// What waits for its review, oldest first; then the newest fifty that were reviewed.
std::vector<EmergencyRow> emergencies(const Office&, Session&);
bool review_emergency(const Office&, Session&, const std::string& id, const std::string& by,
                      const std::string& outcome, const std::string& note);
std::size_t emergencies_waiting(Session&, const std::string& except_user);

}  // namespace rowan::people::store
