#include "people/relations_store.h"

#include "people/sealed.h"

namespace rowan::people::store {

namespace {

constexpr database::Sql kWorks =
    "SELECT w.id, w.person, w.user_id, w.kind, w.meeting_on, w.from_at, w.until_at, w.given_at, w.given_by, "
    "w.purpose, w.ended_at, w.ended_by FROM works_with w ";

// A row of kWorks.
WorkRow work_from(const Office& office, Session& s, const database::Row& row) {
    WorkRow out;
    out.id = row.text(0);
    out.person = row.text(1);
    out.user = row.text(2);
    const auto kind = partnership::work(row.text(3));
    if (!kind) throw std::runtime_error("how somebody works with a person is not known");
    out.work = *kind;
    out.meeting_on = row.maybe_date(4);
    out.from = row.instant(5);
    out.until = row.maybe_instant(6);
    out.given_at = row.instant(7);
    out.by = row.text(8);
    out.purpose = opened(key_of(office, s, out.person), {"works_with", out.id, "purpose"}, row.blob(9));
    out.ended_at = row.maybe_instant(10);
    out.ended_by = row.null(11) ? "" : row.text(11);
    return out;
}

}  // namespace

void give_work(const Office& office, Session& s, const WorkRow& w) {
    s.execute(
        "INSERT INTO works_with (id, person, user_id, kind, meeting_on, from_at, until_at, given_at, given_by, "
        "purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        w.id, w.person, w.user, partnership::name_of(w.work), w.meeting_on, w.from, w.until, w.given_at, w.by,
        database::Blob{key_of(office, s, w.person).seal({"works_with", w.id, "purpose"}, w.purpose)});
}

std::vector<WorkRow> works_with(const Office& office, Session& s, const std::string& root) {
    std::vector<WorkRow> out;
    database::Statement statement(kWorks);
    statement.add("JOIN person p ON p.id = w.person WHERE p.root = ? ORDER BY w.given_at DESC, w.id", root);
    for (const auto& row : s.query(statement)) out.push_back(work_from(office, s, row));
    return out;
}

std::vector<WorkRow> work_of(const Office& office, Session& s, const std::string& user) {
    std::vector<WorkRow> out;
    const auto now = office.clock.now();
    database::Statement statement(kWorks);
    statement.add(
        "WHERE w.user_id = ? AND w.ended_at IS NULL AND w.from_at <= ? AND (w.until_at IS NULL OR w.until_at > ?) "
        "ORDER BY w.given_at DESC, w.id",
        user, now, now);
    for (const auto& row : s.query(statement)) out.push_back(work_from(office, s, row));
    return out;
}

bool end_work(const Office& office, Session& s, const std::string& id, const std::string& by) {
    return s.execute(
               "UPDATE works_with SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL AND "
               "(until_at IS NULL OR until_at > $1)",
               office.clock.now(), by, id) == 1;
}

std::vector<std::string> teams_allocated(Session& s, const std::string& root, const std::string& agency) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT DISTINCT u.team FROM works_with w JOIN person p ON p.id = w.person "
                                   "JOIN user_account u ON u.id = w.user_id WHERE p.root = $1 AND u.agency = $2 "
                                   "AND w.kind = 'allocated' AND w.ended_at IS NULL",
                                   root, agency))
        out.push_back(row.text(0));
    return out;
}

}  // namespace rowan::people::store
