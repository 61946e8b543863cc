// The SQL of what protects a person and of who is named on the record. Functions run inside the caller's session;
// none takes a decision. Persons are roots.
#pragma once
#include "partnership/access.h"
#include "people/vault.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::people::store {

using database::Session;
using partnership::Office, partnership::Sensitivity;

// Somebody named on a protected record.
struct NamedRow {
    std::string id, user, by, reason;
    base::Instant at;
};
bool is_named(Session&, const std::string& root, const std::string& user);
std::vector<std::string> users_named(Session&, const std::string& root);
std::vector<NamedRow> named_on(const Office&, Session&, const std::string& root);
// Does nothing for somebody who is named already.
void put_name(const Office&, Session&, const std::string& root, const std::string& user, const std::string& by,
              const std::string& reason);
// False when nobody of that kind is named.
bool take_name(const Office&, Session&, const std::string& root, const std::string& user, const std::string& by,
               const std::string& reason);

struct ChangeRow {
    Sensitivity was = Sensitivity::ordinary, becomes = Sensitivity::ordinary;
    base::Instant at;
    std::string by, reason;
};
// Sets it for every record of this person and keeps what it was.
void set_sensitivity(const Office&, Session&, const std::string& root, Sensitivity, const std::string& by,
                     const std::string& reason);
Sensitivity sensitivity_of(Session&, const std::string& root);
std::vector<ChangeRow> sensitivity_changes(const Office&, Session&, const std::string& root);

std::vector<std::string> protected_people(Session&);  // roots, by their reference

// Two protected people may become one only if somebody is named on both, or nobody could open the one.
bool somebody_on_both(Session&, const std::string& root_a, const std::string& root_b);
// Before `absorbed` goes under `kept`: the one person bears the stricter protection, and those are named who may
// see both.
void join_protection(const Office&, Session&, const std::string& kept, const std::string& absorbed,
                     const std::string& by);
// After `part` was taken out of `root`: both bear what the one bore, and name whom it named.
void part_protection(const Office&, Session&, const std::string& root, const std::string& part,
                     const std::string& by);

}  // namespace rowan::people::store
