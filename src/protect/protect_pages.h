// The pages of this room: refer, list, screen, decide, tell. Works without JavaScript; each page has exactly one
// h1. Thread-safety: routes are added at start; page functions run on any thread.
#pragma once
#include "html/casework.h"
#include "partnership/routes.h"
#include "protect/protect_desk.h"

namespace rowan::protect {

// Adds all routes of this room, and its sections and actions to a person's page (PeopleDesk::hooks). The desk must
// outlive the routes and the people desk.
void add_protect_routes(partnership::Routes&, const ProtectDesk&);

// ProtectDesk::work_for() as lines for html::work_list(), in the same order.
std::vector<html::WorkItem> work_lines(const std::vector<WorkItem>&, Instant now);

}  // namespace rowan::protect
