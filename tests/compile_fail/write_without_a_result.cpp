// EXPECT: a write returns Result<T>
// A write that could not say that it failed would lose data without a word.
#include "database/database.h"

void run(rowan::database::Database& database) {
    database.write([](rowan::database::Session& session) { return session.execute("DELETE FROM draft"); });
}
