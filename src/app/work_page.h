// My work, and the pages of words: help, privacy, accessibility. The front page of the program.
#pragma once
#include "partnership/routes.h"
#include "people/conflict_desk.h"
#include "people/emergency_desk.h"
#include "people/odd_desk.h"
#include "people/relations_desk.h"
#include "protect/missing/missing_desk.h"
#include "protect/protect_desk.h"

namespace rowan::app {

// Whom the front page asks what waits besides a worker's own cases. They outlive the routes.
struct WorkDesks {
    const people::PeopleDesk& people;
    const people::ConflictDesk& conflicts;
    const people::EmergencyDesk& emergencies;
    const people::OddDesk& odd;
    const people::RelationsDesk& relations;
    const protect::missing::MissingDesk& missing;
};
void add_work_routes(partnership::Routes&, const protect::ProtectDesk&, const WorkDesks&);

}  // namespace rowan::app
