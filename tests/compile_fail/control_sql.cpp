// The same shapes as the faulty files, without their faults.
#include "database/database.h"

void list(rowan::database::Session& session, const std::string& area) {
    session.query("SELECT id FROM child WHERE area = $1", area);
    session.execute("DELETE FROM draft");
}

void filter(rowan::database::Statement& statement, const std::string& area) {
    statement.add(" AND area = ?", area);
}

void run(rowan::database::Database& database) {
    (void)database.write([](rowan::database::Session& session) -> rowan::base::Result<> {
        session.execute("DELETE FROM draft");
        return rowan::base::done();
    });
}
