#include "partnership/recovery.h"

#include "base/id.h"
#include "partnership/audit_entry.h"
#include "partnership/identity.h"

namespace rowan::partnership {

namespace {

using database::Session, database::Statement;

void told(const Office& office, Session& s, const Viewer& by, std::string_view act, const std::string& user) {
    office.audit.append(s, entry(act, by.user_id, by.agency, "account", user));
}

// Those that wait and those whose invitation waits.
Statement still_open(const Office& office) {
    return Statement(
        "SELECT r.id, r.user_id, r.asked_by, r.answered_by, r.asked_at, r.agreed_at, r.refused_at, i.id FROM "
        "recovery_request r LEFT JOIN invitation i ON i.id = r.invitation AND i.used_at IS NULL AND i.ends_at > ? "
        "WHERE ((r.agreed_at IS NULL AND r.refused_at IS NULL) OR i.id IS NOT NULL)",
        office.clock.now());
}

Recovery read(const database::Row& row) {
    return {row.text(0),    row.text(1),          row.text(2),          row.text(3),
            row.instant(4), row.maybe_instant(5), row.maybe_instant(6), ""};
}

base::Error none() { return base::not_found("There is no such account."); }

}  // namespace

std::vector<Recovery> recoveries(const Office& office, Session& s, const Viewer& viewer) {
    std::vector<Recovery> out;
    for (const auto& row : s.query(still_open(office).add(" ORDER BY r.asked_at, r.id"))) {
        auto each = read(row);
        if (!row.null(7)) {
            const auto [first, second] = halves_of(office, row.text(7));
            if (viewer.user_id == each.asked_by) each.half = first;
            if (viewer.user_id == each.answered_by) each.half = second;
        }
        out.push_back(std::move(each));
    }
    return out;
}

std::optional<Recovery> recovery_of(const Office& office, Session& s, const std::string& user) {
    // Asked on every visit to My work: by the account, and without working out anybody's code.
    const auto row = s.one(still_open(office).add(" AND r.user_id = ? ORDER BY r.asked_at, r.id LIMIT 1", user));
    return row ? std::optional{read(*row)} : std::nullopt;
}

base::Result<> ask_for_recovery(const Office& office, Session& s, const Viewer& by, const std::string& user) {
    if (!may(by, Permission::manage_users).allowed) return none();
    if (!s.one("SELECT 1 FROM user_account WHERE id = $1", user)) return none();
    if (user == by.user_id)
        return base::refused("You cannot ask for a new way into your own account. Ask another administrator.");
    if (s.one("SELECT 1 FROM recovery_request WHERE user_id = $1 AND agreed_at IS NULL AND refused_at IS NULL",
              user))
        return base::conflict("Somebody has asked for this already. Information governance answers.");
    s.execute("INSERT INTO recovery_request (id, user_id, asked_at, asked_by) VALUES ($1, $2, $3, $4)",
              base::new_id(), user, office.clock.now(), by.user_id);
    told(office, s, by, "ask-for-recovery", user);
    return base::done();
}

base::Result<> answer_recovery(const Office& office, Session& s, const Viewer& by, const std::string& recovery,
                               bool agreed) {
    const auto no_request = base::not_found("There is no such request.");
    if (!may(by, Permission::oversee_protection).allowed) return no_request;
    const auto row =
        s.one("SELECT user_id, asked_by, agreed_at, refused_at FROM recovery_request WHERE id = $1", recovery);
    if (!row) return no_request;
    const auto user = row->text(0);
    if (!row->null(2) || !row->null(3)) return base::conflict("This has been answered already.");
    if (agreed && (row->text(1) == by.user_id || user == by.user_id))
        return base::refused(
            "Somebody else must agree: a new way in takes two people, and neither is whose account it is.");
    const auto now = office.clock.now();
    if (!agreed) {
        s.execute("UPDATE recovery_request SET refused_at = $1, answered_by = $2 WHERE id = $3", now, by.user_id,
                  recovery);
        told(office, s, by, "refuse-recovery", user);
        return base::done();
    }
    const auto invitation = invite(office, s, user, by.user_id);
    if (!invitation.ok()) return invitation.error();
    s.execute("UPDATE recovery_request SET agreed_at = $1, answered_by = $2, invitation = $3 WHERE id = $4", now,
              by.user_id, invitation->id, recovery);
    told(office, s, by, "agree-recovery", user);
    return base::done();
}

base::Result<> stop_recovery(const Office& office, Session& s, const Viewer& owner) {
    const auto found = recovery_of(office, s, owner.user_id);
    if (!found) return base::conflict("Nobody asks for a new way into your account any more.");
    const auto now = office.clock.now();
    s.execute("UPDATE recovery_request SET refused_at = $1, answered_by = $2 WHERE id = $3 AND agreed_at IS NULL",
              now, owner.user_id, found->id);
    s.execute("UPDATE invitation SET ends_at = $1 WHERE user_id = $2 AND ends_at > $1", now, owner.user_id);
    told(office, s, owner, "stop-recovery", owner.user_id);
    return base::done();
}

}  // namespace rowan::partnership
