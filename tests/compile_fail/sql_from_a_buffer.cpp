// EXPECT: (call to consteval function|is not a constant expression)
#include "database/database.h"

void run(rowan::database::Session& session) {
    char sql[] = "DELETE FROM child";
    session.execute(sql);
}
