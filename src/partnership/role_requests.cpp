#include "partnership/role_requests.h"

#include "base/id.h"
#include "partnership/audit_entry.h"

#include <algorithm>

namespace rowan::partnership {

namespace {

using database::Session;

void told(const Office& office, Session& s, const std::string& by, const std::string& agency, std::string_view act,
          const std::string& user, const std::string& role) {
    office.audit.append(s, entry(act, by, agency, "account", user, "allowed", "role=" + role));
}

bool has_role(Session& s, const std::string& user, const std::string& role) {
    return s.one("SELECT 1 FROM role_grant WHERE user_id = $1 AND role = $2 AND ended_at IS NULL", user, role)
        .has_value();
}

RoleRequest request_from(const database::Row& row) {
    return {row.text(0), row.text(1),    row.text(2),          row.text(3),
            row.text(4), row.instant(5), row.maybe_instant(6), row.maybe_instant(7)};
}

}  // namespace

std::vector<RoleRequest> role_requests(Session& s) {
    std::vector<RoleRequest> out;
    for (const auto& row : s.query("SELECT id, user_id, role, asked_by, answered_by, asked_at, agreed_at, "
                                   "refused_at FROM role_request WHERE agreed_at IS NULL AND refused_at IS NULL "
                                   "ORDER BY asked_at, id"))
        out.push_back(request_from(row));
    for (const auto& row :
         s.query("SELECT id, user_id, role, asked_by, answered_by, asked_at, agreed_at, refused_at FROM "
                 "role_request WHERE agreed_at IS NOT NULL OR refused_at IS NOT NULL "
                 "ORDER BY asked_at DESC, id LIMIT 20"))
        out.push_back(request_from(row));
    return out;
}

base::Result<> ask_for_role(const Office& office, Session& s, const Viewer& by, const std::string& user,
                            const std::string& role) {
    if (!may(by, Permission::manage_users).allowed) return base::not_found("There is no such account.");
    if (!s.one("SELECT 1 FROM user_account WHERE id = $1 AND status = 'active'", user))
        return base::not_found("There is no such account.");
    if (!find_role(role)) return base::invalid("Choose a role");
    if (user == by.user_id)
        return base::refused("You cannot ask for a role of your own. Ask another administrator.");
    if (has_role(s, user, role)) return base::conflict("This account has the role already.");
    if (s.one("SELECT 1 FROM role_request WHERE user_id = $1 AND role = $2 AND agreed_at IS NULL AND refused_at "
              "IS NULL",
              user, role))
        return base::conflict("Somebody has asked for this already. Information governance answers.");
    ask_for_role_by(office, s, by.user_id, user, role);
    return base::done();
}

void ask_for_role_by(const Office& office, Session& s, const std::string& by, const std::string& user,
                     const std::string& role) {
    s.execute("INSERT INTO role_request (id, user_id, role, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5)",
              base::new_id(), user, role, office.clock.now(), by);
    told(office, s, by, shown_user(s, by).agency, "ask-for-role", user, role);
}

bool may_give_at_once(Session& s, const std::string& role) {
    if (!s.one("SELECT 1 FROM audit_entry WHERE act = 'sign-in' AND outcome = 'allowed' LIMIT 1")) return true;
    const auto needed = role == "administrator" || role == "information_governance";
    return needed && !s.one(
                         "SELECT 1 FROM role_grant r JOIN user_account u ON u.id = r.user_id WHERE r.role = $1 "
                         "AND r.ended_at IS NULL AND u.status = 'active' LIMIT 1",
                         role);
}

base::Result<> answer_role_request(const Office& office, Session& s, const Viewer& by, const std::string& request,
                                   bool agreed) {
    if (!may(by, Permission::oversee_protection).allowed) return base::not_found("There is no such request.");
    const auto row = s.one(
        "SELECT id, user_id, role, asked_by, answered_by, asked_at, agreed_at, refused_at FROM role_request WHERE "
        "id = $1",
        request);
    if (!row) return base::not_found("There is no such request.");
    const auto wanted = request_from(*row);
    if (!wanted.waits()) return base::conflict("This has been answered already.");
    if (agreed && (wanted.asked_by == by.user_id || wanted.user == by.user_id))
        return base::refused(
            "Somebody else must agree: a role takes two people, and neither is the one who gets it.");
    const auto now = office.clock.now();
    if (agreed)
        s.execute("UPDATE role_request SET agreed_at = $1, answered_by = $2 WHERE id = $3", now, by.user_id,
                  request);
    else
        s.execute("UPDATE role_request SET refused_at = $1, answered_by = $2 WHERE id = $3", now, by.user_id,
                  request);
    if (agreed && !has_role(s, wanted.user, wanted.role))
        s.execute("INSERT INTO role_grant (user_id, role, granted_at, granted_by) VALUES ($1, $2, $3, $4)",
                  wanted.user, wanted.role, now, by.user_id);
    told(office, s, by.user_id, by.agency, agreed ? "grant-role" : "refuse-role", wanted.user, wanted.role);
    return base::done();
}

base::Result<> end_role(const Office& office, Session& s, const Viewer& by, const std::string& user,
                        const std::string& role) {
    if (!may(by, Permission::manage_users).allowed) return base::not_found("There is no such account.");
    if (user == by.user_id)
        return base::refused("You cannot take a role from yourself. Ask another administrator.");
    if (s.execute("UPDATE role_grant SET ended_at = $1 WHERE user_id = $2 AND role = $3 AND ended_at IS NULL",
                  office.clock.now(), user, role) == 0)
        return base::conflict("This account does not have the role any more.");
    told(office, s, by.user_id, by.agency, "end-role", user, role);
    return base::done();
}

}  // namespace rowan::partnership
