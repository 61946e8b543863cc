// EXPECT: no matching function for call to .*get
// Every page says how looking at it is recorded.
#include "partnership/routes.h"

using namespace rowan;
using namespace rowan::partnership;

void lay(Routes& routes) {
    routes.get("/people", Access::signed_in(), Limits::page(), [](Visit&) { return http::plain(200, "ok"); });
}
