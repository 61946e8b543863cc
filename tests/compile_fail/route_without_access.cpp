// EXPECT: no matching function for call to .*get
// Every page names who may see it.
#include "partnership/routes.h"

using namespace rowan;
using namespace rowan::partnership;

void lay(Routes& routes) {
    routes.get("/people", AuditClass::look(), Limits::page(), [](Visit&) { return http::plain(200, "ok"); });
}
