// Tables 4 to 9 and K-PROT-3 as pages: any period, every number with its list, blanks with a list to mend them.
#pragma once
#include "partnership/routes.h"
#include "people/people_desk.h"

namespace rowan::insight {

void add_missing_table_routes(partnership::Routes&, const people::PeopleDesk&);

}  // namespace rowan::insight
