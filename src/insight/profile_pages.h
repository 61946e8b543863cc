// The problem profile's pages: Tables 1, 2 and 3, each number with its list, each measure with its definition.
#pragma once
#include "partnership/routes.h"
#include "people/people_desk.h"

namespace rowan::insight {

void add_insight_routes(partnership::Routes&, const people::PeopleDesk&);

}  // namespace rowan::insight
