// EXPECT: no matching function for call to .*post
// Every page says how much it takes in.
#include "partnership/routes.h"

using namespace rowan;
using namespace rowan::partnership;

void lay(Routes& routes) {
    routes.post("/people", Access::signed_in(), AuditClass::change(),
                [](Visit&) { return http::plain(200, "ok"); });
}
