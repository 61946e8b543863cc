// The same shapes as the faulty files, without their faults.
#include "partnership/routes.h"

using namespace rowan;
using namespace rowan::partnership;

void lay(Routes& routes) {
    routes.get("/people", Access::signed_in(), AuditClass::look(), Limits::page(),
               [](Visit&) { return http::plain(200, "ok"); });
    routes.post("/people", Access::needs(Permission{}), AuditClass::change(), Limits::form(),
                [](Visit&) { return http::plain(200, "ok"); });
}
