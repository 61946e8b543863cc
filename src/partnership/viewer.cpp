#include "partnership/viewer.h"

#include "crypto/token.h"
#include "partnership/accounts.h"
#include "partnership/interests.h"

#include <algorithm>

namespace rowan::partnership {

namespace {

using database::Session;

// Columns 0 to 5 of both statements.
Viewer of_account(const Office& office, const database::Row& row) {
    Viewer out;
    out.user_id = row.text(0);
    out.user_name = row.text(1);
    out.name = row.text(2);
    out.post = row.text(3);
    out.agency = row.text(4);
    out.team = row.text(5);
    if (const auto* agency = office.scheme.find_agency(out.agency)) {
        out.agency_name = agency->name;
        out.agency_type = agency->type;
    }
    return out;
}

// What hangs on the account, each line under the word it begins with.
void add_line(Viewer& viewer, std::vector<SealedInterest>& interests, const database::Row& row) {
    const auto& what = row.text(0);
    if (what == "interest")
        interests.push_back({row.text(1), row.text(2), row.blob(3), row.instant(4)});
    else if (what == "role")
        viewer.roles.push_back(row.text(1));
    else if (what == "emergency")
        viewer.emergencies.push_back(row.text(1));
    else if (what == "protocol")
        viewer.protocol_in_force = true;
    else if (const auto kind = work(row.text(2)))
        viewer.ties.push_back({row.text(1), *kind});
}

void complete(const Office& office, Session& s, Viewer& viewer) {
    const auto now = office.clock.now();
    const auto* protocol = office.scheme.protocol_on(base::london_date(now));
    std::vector<SealedInterest> interests;
    for (const auto& row : s.query(
             "SELECT 'interest', id, kind, content, declared_at FROM declared_interest WHERE user_id = $1 "
             "UNION ALL SELECT 'role', role, '', NULL, 0 FROM role_grant WHERE user_id = $1 AND ended_at IS NULL "
             "UNION ALL SELECT 'emergency', person, '', NULL, 0 FROM emergency_look WHERE user_id = $1 AND "
             "ends_at > $2 "
             "UNION ALL SELECT 'work', person, kind, NULL, 0 FROM works_with WHERE user_id = $1 AND ended_at IS "
             "NULL AND from_at <= $2 AND (until_at IS NULL OR until_at > $2) "
             "UNION ALL SELECT 'protocol', agency, '', NULL, 0 FROM protocol_signature WHERE agency = $3 AND "
             "protocol_version = $4 AND withdrawn_at IS NULL AND signed_at <= $2",
             viewer.user_id, now, viewer.agency, protocol ? protocol->version : std::string{}))
        add_line(viewer, interests, row);
    std::sort(viewer.roles.begin(), viewer.roles.end());
    viewer.interests = known_by(office, viewer.name, std::move(interests));
    if (protocol)
        for (int i = 0; i < kDataClasses; ++i)
            viewer.shares[i] = protocol->level(viewer.agency_type, static_cast<DataClass>(i));
}

}  // namespace

std::optional<Viewer> viewer_for(const Office& office, Session& s, const std::string& user_id) {
    const auto row = s.one(
        "SELECT u.id, u.user_name, u.display_name, u.post, u.agency, u.team FROM user_account u "
        "WHERE u.id = $1 AND u.status = 'active' "
        "AND NOT EXISTS (SELECT 1 FROM agency_shut a WHERE a.agency = u.agency AND a.opened_at IS NULL)",
        user_id);
    if (!row) return std::nullopt;
    auto out = of_account(office, *row);
    complete(office, s, out);
    return out;
}

std::optional<SessionInfo> session_for(const Office& office, const std::string& token) {
    if (token.empty()) return std::nullopt;
    const auto hash = crypto::token_digest(token);
    const auto now = office.clock.now();
    bool touch = false;
    auto found = office.database.read([&](Session& s) -> std::optional<SessionInfo> {
        const auto row = s.one(
            "SELECT u.id, u.user_name, u.display_name, u.post, u.agency, u.team, n.created_at, n.last_used_at, "
            "n.subject, n.proven_at, n.key_at FROM session n JOIN user_account u ON u.id = n.user_id "
            "WHERE n.token_hash = $1 AND n.ended_at IS NULL AND u.status = 'active' "
            "AND NOT EXISTS (SELECT 1 FROM agency_shut a WHERE a.agency = u.agency AND a.opened_at IS NULL)",
            hash);
        if (!row || now - row->instant(6) > kAbsolute || now - row->instant(7) > kIdle) return std::nullopt;
        touch = now - row->instant(7) > std::chrono::seconds{30};
        auto viewer = of_account(office, *row);
        complete(office, s, viewer);
        viewer.elsewhere = !row->null(8);
        viewer.proven = !row->null(9) && now - row->instant(9) <= kProofLasts;
        viewer.keyed = !row->null(10);
        if (!viewer.keyed && !office.demonstration) withhold(viewer, office.scheme.sign_in.key_roles);
        return SessionInfo{std::move(viewer), hash};
    });
    // Not waited for: losing it costs at most half a minute of the idle time.
    if (found && touch)
        (void)office.database.queue_write([hash, now](Session& s) {
            s.execute("UPDATE session SET last_used_at = $1 WHERE token_hash = $2", now, hash);
        });
    return found;
}

}  // namespace rowan::partnership
