#include "base/id.h"
#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/sealed.h"
#include "protect/store.h"

namespace rowan::protect::store {

namespace {

using database::Row;
using database::Statement;

constexpr int kReferenceDigits = 4;

template <class T>
std::optional<T> unless_empty(const T& value) {
    return value.empty() ? std::nullopt : std::optional{value};
}

std::vector<std::string> codes_from(const std::string& text) {
    return text.empty() ? std::vector<std::string>{} : base::split(text, ',');
}

// Columns 0 to 19 in the order of kReferralColumns.
Referral referral_from(const Row& row) {
    Referral r;
    r.id = row.text(0);
    r.ref = row.text(1);
    r.state = row.text(2);
    r.received_at = row.instant(3);
    r.subject_kind = row.text(4);
    r.person = row.text(5);
    r.reason = row.text(6);
    r.exploitation = codes_from(row.text(7));
    r.source_code = row.text(8);
    r.referrer_user = row.text(9);
    r.referrer_agency = row.text(10);
    r.csc_question = row.text(11);
    r.immediate_danger = row.boolean(12);
    r.child_aware = row.text(13);
    r.parent_aware = row.text(14);
    r.definition_version = row.text(15);
    r.area = row.text(16);
    if (const auto age = row.maybe_integer(17)) r.age_at = static_cast<int>(*age);
    r.duplicate_of = row.text(18);
    r.version = row.integer(19);
    return r;
}

// Columns 20 to 29; null when there is no decision yet.
std::optional<Decision> decision_from(const Row& row) {
    if (row.null(20)) return std::nullopt;
    Decision d;
    d.id = row.text(20);
    d.referral = row.text(0);
    d.decision = row.text(21);
    d.risk_level = row.text(22);
    d.decide_by = row.maybe_date(23);
    d.decided_at = row.instant(24);
    d.decided_by = row.text(25);
    d.acknowledged_at = row.maybe_instant(26);
    d.acknowledged_by = row.text(27);
    d.read_at = row.maybe_instant(28);
    d.version = row.integer(29);
    return d;
}

constexpr database::Sql kLines =
    "SELECT r.id, r.ref, r.state, r.received_at, r.subject_kind, r.person, r.reason, r.exploitation, "
    "r.source_code, "
    "r.referrer_user, r.referrer_agency, r.csc_question, r.immediate_danger, r.child_aware, r.parent_aware, "
    "r.definition_version, r.area, r.age_at, r.duplicate_of, r.version, d.id, d.decision, d.risk_level, "
    "d.decide_by, "
    "d.decided_at, d.decided_by, d.acknowledged_at, d.acknowledged_by, d.read_at, d.version "
    "FROM referral r LEFT JOIN front_door_decision d ON d.referral = r.id";

std::vector<ReferralLine> lines_from(const database::Rows& rows) {
    std::vector<ReferralLine> out;
    out.reserve(rows.size());
    for (const auto& row : rows) out.push_back({referral_from(row), decision_from(row)});
    return out;
}

void add_conditions(Statement& s, const ReferralQuery& q) {
    s.add(" WHERE 1 = 1");
    if (!q.states.empty()) s.add(" AND r.state IN (").list(q.states).add(")");
    if (!q.area.empty()) s.add(" AND r.area = ?", q.area);
    if (!q.subject_kind.empty()) s.add(" AND r.subject_kind = ?", q.subject_kind);
    if (!q.referrer_user.empty()) s.add(" AND r.referrer_user = ?", q.referrer_user);
    if (q.only) s.add(" AND r.id IN (").list(*q.only).add(")");
    if (!q.without.empty())
        s.add(" AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = r.person AND p.root IN (")
            .list(q.without)
            .add("))");
}

void add_order(Statement& s, ReferralQuery::Order order) {
    using O = ReferralQuery::Order;
    switch (order) {
        case O::danger_first:
            s.add(
                " ORDER BY CASE WHEN r.immediate_danger <> 0 AND r.state IN ('RECEIVED', 'SCREENING') THEN 0 ELSE "
                "1 END, "
                "r.received_at, r.id");
            break;
        case O::oldest_first:
            s.add(" ORDER BY r.received_at, r.id");
            break;
        case O::newest_first:
            s.add(" ORDER BY r.received_at DESC, r.id DESC");
            break;
        case O::by_ref:
            s.add(" ORDER BY r.ref");
            break;
        case O::by_area:
            s.add(" ORDER BY r.area, r.received_at, r.id");
            break;
    }
}

}  // namespace

void insert_referral(const Office& office, Session& s, Referral& r, const std::string& by) {
    if (r.id.empty()) r.id = base::new_id();
    if (r.ref.empty())
        r.ref = partnership::next_reference(s, "R", base::london_date(r.received_at), kReferenceDigits);
    r.version = 1;
    const auto key = people::new_owner_key(office, s, r.id);
    s.execute(
        "INSERT INTO referral (id, ref, state, received_at, subject_kind, person, reason, exploitation, "
        "source_code, "
        "referrer_user, referrer_agency, csc_question, immediate_danger, child_aware, parent_aware, "
        "definition_version, "
        "area, age_at, duplicate_of, content, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
        "$13, "
        "$14, $15, $16, $17, $18, $19, $20, $21)",
        r.id, r.ref, r.state, r.received_at, r.subject_kind, unless_empty(r.person), r.reason,
        base::join(r.exploitation, ","), r.source_code, r.referrer_user, r.referrer_agency, r.csc_question,
        r.immediate_danger, r.child_aware, r.parent_aware, r.definition_version, r.area, r.age_at,
        unless_empty(r.duplicate_of), sealed(key, "referral", r.id, r.words), r.version);
    write_history(s, key, "referral", r, r.received_at, by);
}

bool update_referral(const Office& office, Session& s, Referral& r, Instant at, const std::string& by) {
    const auto key = key_of(office, s, r.id);
    const auto changed = s.execute(
        "UPDATE referral SET state = $1, person = $2, immediate_danger = $3, duplicate_of = $4, content = $5, "
        "version = version + 1 WHERE id = $6 AND version = $7",
        r.state, unless_empty(r.person), r.immediate_danger, unless_empty(r.duplicate_of),
        sealed(key, "referral", r.id, r.words), r.id, r.version);
    if (changed == 0) return false;
    ++r.version;
    write_history(s, key, "referral", r, at, by);
    return true;
}

std::optional<Referral> find_referral(const Office& office, Session& s, const std::string& id) {
    const auto row = s.one(
        "SELECT id, ref, state, received_at, subject_kind, person, reason, exploitation, source_code, "
        "referrer_user, "
        "referrer_agency, csc_question, immediate_danger, child_aware, parent_aware, definition_version, area, "
        "age_at, "
        "duplicate_of, version, content FROM referral WHERE id = $1",
        id);
    if (!row) return std::nullopt;
    auto r = referral_from(*row);
    open_words(key_of(office, s, id), "referral", id, row->blob(20), r.words);
    return r;
}

std::optional<std::string> referral_by_ref(Session& s, const std::string& ref) {
    const auto row = s.one("SELECT id FROM referral WHERE ref = $1", ref);
    return row ? std::optional{row->text(0)} : std::nullopt;
}

std::vector<ReferralLine> list_referrals(Session& s, const ReferralQuery& q) {
    Statement statement(kLines);
    add_conditions(statement, q);
    add_order(statement, q.order);
    statement.add(" LIMIT ? OFFSET ?", q.limit, q.offset);
    return lines_from(s.query(statement));
}

std::size_t count_referrals(Session& s, const ReferralQuery& q) {
    Statement statement("SELECT COUNT(*) FROM referral r");
    add_conditions(statement, q);
    return static_cast<std::size_t>(s.one(statement)->integer(0));
}

std::vector<ReferralLine> open_referrals(Session& s) {
    Statement statement(kLines);
    statement.add(" WHERE r.state IN ('RECEIVED', 'SCREENING') ORDER BY r.received_at, r.id");
    return lines_from(s.query(statement));
}

std::vector<ReferralLine> referrals_about(Session& s, const std::string& root) {
    Statement statement(kLines);
    statement.add(" JOIN person p ON p.id = r.person WHERE p.root = ? ORDER BY r.received_at DESC, r.id DESC",
                  root);
    return lines_from(s.query(statement));
}

bool referred_by(Session& s, const std::string& root, const std::string& user) {
    return s
        .one(
            "SELECT r.id FROM referral r JOIN person p ON p.id = r.person WHERE p.root = $1 AND r.referrer_user = "
            "$2 "
            "LIMIT 1",
            root, user)
        .has_value();
}

std::string subject_name(const Office& office, Session& s, const std::string& referral) {
    const auto found = find_referral(office, s, referral);
    return found ? found->words.subject_name : "";
}

std::vector<ReferralLine> unacknowledged(Session& s) {
    Statement statement(kLines);
    // `|| ''` keeps the index of states out: nearly every referral has its decision, and few of them wait.
    statement.add(
        " WHERE r.state || '' = 'DECISION_MADE' AND r.id IN "
        "(SELECT referral FROM front_door_decision WHERE acknowledged_at IS NULL) ORDER BY d.decided_at, r.id");
    return lines_from(s.query(statement));
}

std::vector<ReferralLine> unread_answers(Session& s, const std::string& referrer_user) {
    Statement statement(kLines);
    statement.add(
        " WHERE r.referrer_user = ? AND d.acknowledged_at IS NOT NULL AND d.read_at IS NULL "
        "ORDER BY d.acknowledged_at DESC, r.id",
        referrer_user);
    return lines_from(s.query(statement));
}

// --- decisions --------------------------------------------------------------------------------------------------

void insert_decision(const Office& office, Session& s, Decision& d, const std::string& by) {
    if (d.id.empty()) d.id = base::new_id();
    d.version = 1;
    const auto key = key_of(office, s, d.referral);
    s.execute(
        "INSERT INTO front_door_decision (id, referral, decision, risk_level, decide_by, decided_at, decided_by, "
        "acknowledged_at, acknowledged_by, read_at, content, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
        "$10, "
        "$11, $12)",
        d.id, d.referral, d.decision, d.risk_level, d.decide_by, d.decided_at, d.decided_by, d.acknowledged_at,
        d.acknowledged_by, d.read_at, sealed(key, "front_door_decision", d.id, d.words), d.version);
    write_history(s, key, "front_door_decision", d, d.decided_at, by);
}

bool update_decision(const Office& office, Session& s, Decision& d, Instant at, const std::string& by) {
    const auto key = key_of(office, s, d.referral);
    const auto changed = s.execute(
        "UPDATE front_door_decision SET decision = $1, risk_level = $2, decide_by = $3, decided_at = $4, "
        "decided_by = $5, acknowledged_at = $6, acknowledged_by = $7, read_at = $8, content = $9, "
        "version = version + 1 WHERE id = $10 AND version = $11",
        d.decision, d.risk_level, d.decide_by, d.decided_at, d.decided_by, d.acknowledged_at, d.acknowledged_by,
        d.read_at, sealed(key, "front_door_decision", d.id, d.words), d.id, d.version);
    if (changed == 0) return false;
    ++d.version;
    write_history(s, key, "front_door_decision", d, at, by);
    return true;
}

std::optional<Decision> decision_of(const Office& office, Session& s, const std::string& referral) {
    Statement statement(kLines);
    statement.add(" WHERE r.id = ?", referral);
    const auto row = s.one(statement);
    if (!row) return std::nullopt;
    auto d = decision_from(*row);
    if (!d) return std::nullopt;
    const auto content = s.one("SELECT content FROM front_door_decision WHERE id = $1", d->id);
    open_words(key_of(office, s, referral), "front_door_decision", d->id, content->blob(0), d->words);
    return d;
}

std::vector<std::pair<std::string, Date>> pending_until(Session& s, Date today) {
    std::vector<std::pair<std::string, Date>> out;
    for (const auto& row :
         s.query("SELECT referral, decide_by FROM front_door_decision WHERE risk_level = 'pending' AND "
                 "decide_by <= $1 ORDER BY decide_by, referral",
                 today))
        if (const auto day = row.maybe_date(1)) out.emplace_back(row.text(0), *day);
    return out;
}

std::vector<std::string> people_with_a_level(Session& s) {
    std::vector<std::string> out;
    std::string last;
    s.stream(
        "SELECT p.root, d.risk_level FROM front_door_decision d JOIN referral r ON r.id = d.referral "
        "JOIN person p ON p.id = r.person WHERE d.risk_level <> '' ORDER BY p.root, d.decided_at DESC, d.id",
        [&](const database::Row& row) {
            if (row.text(0) == last) return;
            last = row.text(0);
            if (row.text(1) != "none") out.push_back(last);
        });
    return out;
}

}  // namespace rowan::protect::store
