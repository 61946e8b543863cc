// The way in for a whole agency: shut in one step when its accounts may be in wrong hands (SECURITY.md A4), and
// opened again. While it is shut nobody of the agency is signed in anywhere, and nobody comes in. Thread-safety:
// functions on a Session are for the thread that holds it.
#pragma once
#include "base/result.h"
#include "partnership/access.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

bool is_shut(database::Session&, const std::string& agency);

// Works with the next request of each of the agency's people; their sessions end for good. `by`: whoever does it,
// or "command line". Whoever may do it is asked by the page (Permission::manage_users and a fresh proof).
base::Result<> shut_agency(const Office&, database::Session&, const std::string& agency, const std::string& by);
base::Result<> open_agency(const Office&, database::Session&, const std::string& agency, const std::string& by);

struct AgencyAccess {
    std::string agency, name;
    std::int64_t accounts = 0, signed_in = 0;  // in use; with a session that is alive
    bool elsewhere = false;                    // its people sign in at a provider of their own
    std::optional<base::Instant> shut_at;
    std::string shut_by;  // an account's id
};
// In the scheme's order.
std::vector<AgencyAccess> agency_access(const Office&, database::Session&);

class Routes;
void add_agency_routes(Routes&);

}  // namespace rowan::partnership
