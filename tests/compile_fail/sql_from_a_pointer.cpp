// EXPECT: no matching function for call to .*execute
#include "database/database.h"

void run(rowan::database::Session& session, const char* sql) { session.execute(sql); }
