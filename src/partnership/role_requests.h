// Roles are given by two people: an administrator asks, somebody of information governance agrees (SECURITY.md
// A7). Nobody asks for or agrees to a role of their own. Taking a role away needs one. Both work with the next
// request. Thread-safety: functions on a Session are for the thread that holds it.
#pragma once
#include "base/result.h"
#include "partnership/accounts.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

struct RoleRequest {
    std::string id, user, role, asked_by, answered_by;  // asked_by: an account, or "command line"
    base::Instant asked_at;
    std::optional<base::Instant> agreed_at, refused_at;
    bool waits() const { return !agreed_at && !refused_at; }
};
// Those that wait, oldest first; then the newest twenty that were answered.
std::vector<RoleRequest> role_requests(database::Session&);

base::Result<> ask_for_role(const Office&, database::Session&, const Viewer& by, const std::string& user,
                            const std::string& role);
// For an account that is being made: `by` as below.
void ask_for_role_by(const Office&, database::Session&, const std::string& by, const std::string& user,
                     const std::string& role);
// A new account without a role, and its roles asked for. `by`: an account, or "command line" for whoever has the
// server.
base::Result<std::string> add_account_asking(const Office&, database::Session&, const NewAccount&,
                                             const std::string& by);
// Whether roles may still be given at once from the command line: nobody has ever signed in, or nobody is left who
// could ask for this role or agree to it (ADR 0033).
bool may_give_at_once(database::Session&, const std::string& role);
base::Result<> answer_role_request(const Office&, database::Session&, const Viewer& by, const std::string& request,
                                   bool agreed);
base::Result<> end_role(const Office&, database::Session&, const Viewer& by, const std::string& user,
                        const std::string& role);

}  // namespace rowan::partnership
