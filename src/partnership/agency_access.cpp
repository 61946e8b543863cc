#include "partnership/agency_access.h"

#include "base/id.h"
#include "partnership/accounts.h"
#include "partnership/audit_entry.h"
#include "partnership/identity.h"

namespace rowan::partnership {

namespace {

using database::Session;

}  // namespace

bool is_shut(Session& s, const std::string& agency) {
    return s.one("SELECT 1 FROM agency_shut WHERE agency = $1 AND opened_at IS NULL", agency).has_value();
}

base::Result<> shut_agency(const Office& office, Session& s, const std::string& agency, const std::string& by) {
    if (!office.scheme.find_agency(agency)) return base::not_found("There is no such agency.");
    if (is_shut(s, agency)) return base::conflict("This agency is shut out already.");
    const auto now = office.clock.now();
    s.execute("INSERT INTO agency_shut (id, agency, shut_at, shut_by) VALUES ($1, $2, $3, $4)", base::new_id(),
              agency, now, by);
    const auto ended = s.execute(
        "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL AND user_id IN (SELECT id FROM user_account "
        "WHERE agency = $2)",
        now, agency);
    // A way in that somebody was given there may be in wrong hands too.
    s.execute(
        "UPDATE invitation SET ends_at = $1 WHERE used_at IS NULL AND ends_at > $1 AND user_id IN (SELECT id FROM "
        "user_account WHERE agency = $2)",
        now, agency);
    office.audit.append(
        s, entry("shut-agency", by, agency, "agency", agency, "allowed", "sessions=" + std::to_string(ended)));
    return base::done();
}

base::Result<> open_agency(const Office& office, Session& s, const std::string& agency, const std::string& by) {
    if (s.execute("UPDATE agency_shut SET opened_at = $1, opened_by = $2 WHERE agency = $3 AND opened_at IS NULL",
                  office.clock.now(), by, agency) == 0)
        return base::not_found("This agency is not shut out.");
    office.audit.append(s, entry("open-agency", by, agency, "agency", agency));
    return base::done();
}

std::vector<AgencyAccess> agency_access(const Office& office, Session& s) {
    std::vector<AgencyAccess> out;
    for (const auto& agency : office.scheme.agencies) {
        AgencyAccess line;
        line.agency = agency.code;
        line.name = agency.name;
        line.elsewhere = signs_in_elsewhere(s, agency.code);
        for (const auto& user :
             s.query("SELECT id FROM user_account WHERE agency = $1 AND status = 'active'", agency.code)) {
            ++line.accounts;
            if (!sessions_of(office, s, user.text(0), "").empty()) ++line.signed_in;
        }
        if (const auto row = s.one(
                "SELECT shut_at, shut_by FROM agency_shut WHERE agency = $1 AND opened_at IS NULL", agency.code)) {
            line.shut_at = row->instant(0);
            line.shut_by = row->text(1);
        }
        out.push_back(std::move(line));
    }
    return out;
}

}  // namespace rowan::partnership
