// Roles are given by two people: an administrator asks, somebody of information governance agrees (SECURITY.md
// A7). Nobody asks for or agrees to a role of their own. Taking a role away needs one. Both work with the next
// request. Thread-safety: functions on a Session are for the thread that holds it.
#pragma once
#include "base/result.h"
#include "partnership/access.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

struct RoleRequest {
    std::string id, user, role, asked_by, answered_by;
    base::Instant asked_at;
    std::optional<base::Instant> agreed_at, refused_at;
    bool waits() const { return !agreed_at && !refused_at; }
};
// Those that wait, oldest first; then the newest twenty that were answered.
std::vector<RoleRequest> role_requests(database::Session&);

base::Result<> ask_for_role(const Office&, database::Session&, const Viewer& by, const std::string& user,
                            const std::string& role);
base::Result<> answer_role_request(const Office&, database::Session&, const Viewer& by, const std::string& request,
                                   bool agreed);
base::Result<> end_role(const Office&, database::Session&, const Viewer& by, const std::string& user,
                        const std::string& role);

}  // namespace rowan::partnership
