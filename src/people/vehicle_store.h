// The SQL of the vehicles that came up about somebody: for conflict seals, not for reading. Each is the keyed
// digest of its registration (partnership/interests.h). Written by the rooms that hold what was said. Functions
// run inside the caller's session. Thread-safety: for the thread that holds the session.
#pragma once
#include "database/database.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace rowan::people::store {

// `source`: the record in which they were mentioned, an episode or an interview; what it said before is replaced.
void set_vehicles(database::Session&, const std::string& source, const std::string& person,
                  const std::vector<std::string>& likenesses);
std::vector<std::string> vehicles_of(database::Session&, const std::string& person);
std::unordered_map<std::string, std::vector<std::string>> all_vehicles(database::Session&);  // by person
// The records of this one person, to be read again when a vehicle was mentioned (PeopleDesk::note_change,
// refresh).
std::vector<std::string> own_records(database::Session&, const std::string& person);

}  // namespace rowan::people::store
