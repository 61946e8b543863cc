// EXPECT: no matching function for call to .*query
// SECURITY.md T-INJECT: SQL is constant. A string that was put together at run time is not SQL.
#include "database/database.h"

void list(rowan::database::Session& session, const std::string& area) {
    session.query("SELECT id FROM child WHERE area = '" + area + "'");
}
