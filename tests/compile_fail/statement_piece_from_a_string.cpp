// EXPECT: no matching function for call to .*add
#include "database/database.h"

void filter(rowan::database::Statement& statement, const std::string& column) {
    statement.add(column + " = ?", 1);
}
