#include "people/conflict_store.h"

#include "base/id.h"
#include "people/sealed.h"

namespace rowan::people::store {

namespace {

EmergencyRow emergency_from(const Office& office, Session& s, const database::Row& row) {
    EmergencyRow out;
    out.id = row.text(0);
    out.user = row.text(1);
    out.person = row.text(2);
    out.category = row.text(3);
    out.opened_at = row.instant(4);
    out.ends_at = row.instant(5);
    const auto key = key_of(office, s, out.person);
    out.reason = opened(key, {"emergency_look", out.id, "reason"}, row.blob(6));
    out.reviewed_at = row.maybe_instant(7);
    out.reviewed_by = row.text(8);
    out.outcome = row.text(9);
    if (!row.null(10)) out.note = opened(key, {"emergency_look", out.id, "note"}, row.blob(10));
    return out;
}

}  // namespace

Ties lifted_ties(Session& s, const std::string& user, const std::string& root) {
    Ties out = 0;
    for (const auto& row : s.query("SELECT c.ties FROM conflict_lift c JOIN person p ON p.id = c.person WHERE "
                                   "c.user_id = $1 AND p.root = $2 AND c.agreed_at IS NOT NULL",
                                   user, root))
        out |= static_cast<Ties>(row.integer(0));
    return out;
}

void ask_to_lift(const Office& office, Session& s, const std::string& user, const std::string& root, Ties ties,
                 const std::string& by, const std::string& reason) {
    const auto id = base::new_id();
    s.execute(
        "INSERT INTO conflict_lift (id, user_id, person, ties, asked_at, asked_by, reason) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7)",
        id, user, root, ties, office.clock.now(), by,
        database::Blob{key_of(office, s, root).seal({"conflict_lift", id, "reason"}, reason)});
}

std::vector<LiftRow> lifts_of(const Office& office, Session& s, const std::string& user, const std::string& root) {
    std::vector<LiftRow> out;
    for (const auto& row : s.query("SELECT c.id, c.user_id, c.person, c.asked_by, c.ties, c.asked_at, "
                                   "c.agreed_at, c.refused_at, c.agreed_by, c.reason FROM conflict_lift c "
                                   "JOIN person p ON p.id = c.person WHERE c.user_id = $1 AND p.root = $2 ORDER "
                                   "BY c.asked_at DESC, c.id",
                                   user, root))
        out.push_back(
            {row.text(0), row.text(1), row.text(2), row.text(3),
             opened(key_of(office, s, row.text(2)), {"conflict_lift", row.text(0), "reason"}, row.blob(9)),
             static_cast<Ties>(row.integer(4)), row.instant(5), row.maybe_instant(6), row.maybe_instant(7),
             row.text(8)});
    return out;
}

bool answer_lift(const Office& office, Session& s, const std::string& lift, const std::string& by, bool agreed) {
    const auto now = office.clock.now();
    return (agreed ? s.execute("UPDATE conflict_lift SET agreed_at = $1, agreed_by = $2 WHERE id = $3 AND "
                               "agreed_at IS NULL AND refused_at IS NULL",
                               now, by, lift)
                   : s.execute("UPDATE conflict_lift SET refused_at = $1, agreed_by = $2 WHERE id = $3 AND "
                               "agreed_at IS NULL AND refused_at IS NULL",
                               now, by, lift)) == 1;
}

void mark_read(const Office& office, Session& s, const std::string& user, const std::string& root, Ties ties,
               const std::string& officer) {
    s.execute(
        "INSERT INTO conflict_read (user_id, person, officer, ties, read_at) VALUES ($1, $2, $3, $4, $5) ON "
        "CONFLICT (user_id, person, officer, ties) DO NOTHING",
        user, root, officer, ties, office.clock.now());
}

std::vector<std::string> readers(Session& s, const std::string& user, const std::string& root, Ties ties) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT c.officer, c.ties FROM conflict_read c JOIN person p ON p.id = "
                                   "c.person WHERE c.user_id = $1 AND p.root = $2 ORDER BY c.read_at, c.officer",
                                   user, root))
        if ((ties & ~static_cast<Ties>(row.integer(1))) == 0 && (out.empty() || out.back() != row.text(0)))
            out.push_back(row.text(0));
    return out;
}

void open_emergency(const Office& office, Session& s, const EmergencyRow& e) {
    s.execute(
        "INSERT INTO emergency_look (id, user_id, person, category, opened_at, ends_at, reason) VALUES ($1, $2, "
        "$3, $4, $5, $6, $7)",
        e.id, e.user, e.person, e.category, e.opened_at, e.ends_at,
        database::Blob{key_of(office, s, e.person).seal({"emergency_look", e.id, "reason"}, e.reason)});
}

std::vector<EmergencyRow> emergencies(const Office& office, Session& s) {
    std::vector<EmergencyRow> out;
    for (const auto& row : s.query("SELECT id, user_id, person, category, opened_at, ends_at, reason, "
                                   "reviewed_at, reviewed_by, outcome, note FROM emergency_look "
                                   "WHERE reviewed_at IS NULL ORDER BY opened_at, id"))
        out.push_back(emergency_from(office, s, row));
    for (const auto& row : s.query("SELECT id, user_id, person, category, opened_at, ends_at, reason, "
                                   "reviewed_at, reviewed_by, outcome, note FROM emergency_look "
                                   "WHERE reviewed_at IS NOT NULL ORDER BY reviewed_at DESC, id LIMIT 50"))
        out.push_back(emergency_from(office, s, row));
    return out;
}

bool review_emergency(const Office& office, Session& s, const std::string& id, const std::string& by,
                      const std::string& outcome, const std::string& note) {
    const auto row = s.one("SELECT person FROM emergency_look WHERE id = $1 AND reviewed_at IS NULL", id);
    if (!row) return false;
    return s.execute(
               "UPDATE emergency_look SET reviewed_at = $1, reviewed_by = $2, outcome = $3, note = $4 WHERE id = "
               "$5 AND reviewed_at IS NULL",
               office.clock.now(), by, outcome,
               database::Blob{key_of(office, s, row->text(0)).seal({"emergency_look", id, "note"}, note)},
               id) == 1;
}

std::size_t emergencies_waiting(Session& s, const std::string& except_user) {
    return static_cast<std::size_t>(
        s.one("SELECT COUNT(*) FROM emergency_look WHERE reviewed_at IS NULL AND user_id <> $1", except_user)
            ->integer(0));
}

}  // namespace rowan::people::store
