// My work, the first page after signing in; and the pages that every footer links to.
#pragma once
#include "partnership/routes.h"
#include "protect/protect_desk.h"

namespace rowan::app {

void add_work_routes(partnership::Routes&, const protect::ProtectDesk&, const people::PeopleDesk&);

}  // namespace rowan::app
