#include "people/person_store.h"

#include "base/id.h"
#include "base/text.h"
#include "crypto/seal.h"
#include "people/protection_store.h"

#include <algorithm>
#include <cmath>

namespace rowan::people::store {

namespace {

Place identity_place(const std::string& record) { return {"agency_record", record, "identity"}; }
Place reason_place(const std::string& decision) { return {"link_decision", decision, "reason"}; }
Place history_place(const std::string& record) { return {"history", record, "content"}; }

// An agency's own number is unique within the agency; without one the record stands alone.
std::string local_ref_index(const Office& office, const std::string& record, const std::string& agency,
                            const std::string& local_ref) {
    const auto tidy = base::fold(local_ref);
    return tidy.empty() ? "none:" + record
                        : crypto::blind_index(office.keyring, "agency_record.local_ref." + agency, tidy);
}

void write_history(const Office& office, Session& s, const OwnerKey& key, const std::string& record,
                   std::int64_t version, const std::string& content, const std::string& by) {
    s.execute(
        "INSERT INTO history (kind, record, version, at, by_user, content) VALUES ('agency_record', $1, $2, $3, "
        "$4, $5)",
        record, version, base::to_millis(office.clock.now()), by,
        database::Blob{key.seal(history_place(record), content)});
}

struct Derived {
    std::string area, postcode_status;
};
Derived derive(const Office& office, const Identity& who) {
    static constexpr const char* kStatus[] = {"valid", "pseudo", "missing", "invalid"};
    const auto postcode = base::parse_postcode(who.postcode);
    return {office.scheme.area_of(postcode).code, kStatus[static_cast<int>(postcode.status)]};
}

base::PostcodeStatus status_from(const std::string& text) {
    if (text == "valid") return base::PostcodeStatus::valid;
    if (text == "pseudo") return base::PostcodeStatus::pseudo;
    if (text == "missing") return base::PostcodeStatus::missing;
    return base::PostcodeStatus::invalid;
}

// Columns: id person agency area postcode_status identity import_id updated_at version | ref root sensitivity |
// wrapped
RecordRow row_from(const Office& office, const database::Row& row) {
    RecordRow out;
    auto& r = out.record;
    r.id = row.text(0);
    r.person = row.text(1);
    r.agency = row.text(2);
    r.area = row.text(3);
    r.postcode_status = status_from(row.text(4));
    r.import_id = row.text(6);
    r.updated_at = base::from_millis(row.integer(7));
    r.version = row.integer(8);
    out.ref = row.text(9);
    out.root = row.text(10);
    const auto sensitivity = partnership::sensitivity(row.text(11));
    if (!sensitivity) throw std::runtime_error("a person's sensitivity is not known");
    out.sensitivity = *sensitivity;
    const auto key = unwrap_owner_key(office, r.person, row.blob(12));
    if (!key.ok()) throw std::runtime_error("the key of a person does not open: " + key.error().message);
    const auto json = key->open(identity_place(r.id), row.blob(5));
    if (!json.ok()) throw std::runtime_error("a sealed record does not open: " + json.error().message);
    auto identity = identity_from_json(*json);
    if (!identity.ok()) throw std::runtime_error("a record is not readable: " + identity.error().message);
    r.identity = std::move(*identity);
    return out;
}

OwnerKey key_of_record(const Office& office, Session& s, const std::string& record) {
    const auto person = s.one("SELECT person FROM agency_record WHERE id = $1", record);
    auto key = owner_key(office, s, person->text(0));
    if (!key.ok()) throw std::runtime_error("the key of a person is missing");
    return std::move(*key);
}

std::int64_t thousandths(double weight) { return static_cast<std::int64_t>(std::llround(weight * 1000)); }

DecisionRow decision_from(const database::Row& row) {
    DecisionRow out;
    out.id = row.text(0);
    out.record_a = row.text(1);
    out.record_b = row.text(2);
    out.verdict = row.text(3);
    out.at = base::from_millis(row.integer(4));
    out.decided_by = row.text(5);
    out.kept = row.maybe_text(6);
    out.absorbed = row.maybe_text(7);
    out.undone = !row.null(8);
    return out;
}

}  // namespace

AgencyRecord insert_record(const Office& office, Session& s, const std::string& agency, const Identity& who,
                           const std::string& import_id, const std::string& by) {
    AgencyRecord record;
    record.id = base::new_id();
    record.person = base::new_id();
    record.agency = agency;
    record.identity = who;
    record.import_id = import_id;
    record.updated_at = office.clock.now();
    record.version = 1;
    const auto derived = derive(office, who);
    record.area = derived.area;
    const auto number = s.one(
                             "INSERT INTO reference_counter (series, last) VALUES ('P', 1) "
                             "ON CONFLICT (series) DO UPDATE SET last = reference_counter.last + 1 RETURNING last")
                            ->integer(0);
    auto digits = std::to_string(number);
    if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
    s.execute(
        "INSERT INTO person (id, ref, root, sensitivity, created_at, version) VALUES ($1, $2, $1, 'ordinary', $3, "
        "1)",
        record.person, "P-" + digits, base::to_millis(record.updated_at));
    const auto key = new_owner_key(office, s, record.person);
    const auto content = to_json(who);
    s.execute(
        "INSERT INTO agency_record (id, person, agency, local_ref_index, sex, area, postcode_status, identity, "
        "import_id, updated_at, version) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        record.id, record.person, agency, local_ref_index(office, record.id, agency, who.local_ref), who.sex,
        derived.area, derived.postcode_status, database::Blob{key.seal(identity_place(record.id), content)},
        import_id, base::to_millis(record.updated_at));
    write_history(office, s, key, record.id, 1, content, by);
    return record;
}

void update_record(const Office& office, Session& s, AgencyRecord& record, const Identity& who,
                   const std::string& import_id, const std::string& by) {
    const auto content = to_json(who);
    if (content == to_json(record.identity)) return;
    const auto key = owner_key(office, s, record.person);
    if (!key.ok()) throw std::runtime_error("the key of a person is missing");
    const auto derived = derive(office, who);
    record.identity = who;
    record.area = derived.area;
    record.updated_at = office.clock.now();
    ++record.version;
    s.execute(
        "UPDATE agency_record SET sex = $1, area = $2, postcode_status = $3, identity = $4, import_id = $5, "
        "updated_at = $6, "
        "version = $7 WHERE id = $8",
        who.sex, derived.area, derived.postcode_status,
        database::Blob{key->seal(identity_place(record.id), content)}, import_id,
        base::to_millis(record.updated_at), record.version, record.id);
    write_history(office, s, *key, record.id, record.version, content, by);
}

std::optional<RecordRow> find_record(const Office& office, Session& s, const std::string& record) {
    const auto row = s.one(
        "SELECT r.id, r.person, r.agency, r.area, r.postcode_status, r.identity, r.import_id, r.updated_at, "
        "r.version, p.ref, p.root, "
        "p.sensitivity, k.wrapped FROM agency_record r JOIN person p ON p.id = r.person JOIN record_key k ON "
        "k.owner = p.id WHERE r.id = $1",
        record);
    if (!row) return std::nullopt;
    return row_from(office, *row);
}

std::optional<std::string> record_by_local_ref(const Office& office, Session& s, const std::string& agency,
                                               const std::string& local_ref) {
    if (base::fold(local_ref).empty()) return std::nullopt;
    const auto row = s.one("SELECT id FROM agency_record WHERE agency = $1 AND local_ref_index = $2", agency,
                           local_ref_index(office, "", agency, local_ref));
    if (!row) return std::nullopt;
    return row->text(0);
}

void each_record(const Office& office, Session& s, const std::function<void(RecordRow&&)>& each) {
    s.stream_values(
        "SELECT r.id, r.person, r.agency, r.area, r.postcode_status, r.identity, r.import_id, r.updated_at, "
        "r.version, p.ref, p.root, "
        "p.sensitivity, k.wrapped FROM agency_record r JOIN person p ON p.id = r.person JOIN record_key k ON "
        "k.owner = p.id ORDER BY r.id",
        {}, [&](const database::Row& row) { each(row_from(office, row)); });
}

std::vector<RecordRow> records_of(const Office& office, Session& s, const std::string& root) {
    std::vector<RecordRow> out;
    for (const auto& row : s.query("SELECT r.id, r.person, r.agency, r.area, r.postcode_status, r.identity, "
                                   "r.import_id, r.updated_at, r.version, p.ref, p.root, "
                                   "p.sensitivity, k.wrapped FROM agency_record r JOIN person p ON p.id = "
                                   "r.person JOIN record_key k ON k.owner = p.id "
                                   "WHERE p.root = $1 ORDER BY p.created_at, r.id",
                                   root))
        out.push_back(row_from(office, row));
    return out;
}

void insert_flag(Session& s, const Flag& flag) {
    // An agency that tells of the same flag again only moves its end.
    s.execute(
        "INSERT INTO agency_flag (id, record, root, agency, flag, set_on, cleared_on, age_at, sex, area) "
        "SELECT $1, r.id, p.root, $3, $4, $5, $6, $7, $8, $9 FROM agency_record r JOIN person p ON p.id = "
        "r.person WHERE r.id = $2 "
        "ON CONFLICT (record, flag, set_on) DO UPDATE SET cleared_on = excluded.cleared_on",
        flag.id, flag.record, flag.agency, flag.flag, base::to_iso(flag.set_on),
        flag.cleared_on ? std::optional{base::to_iso(*flag.cleared_on)} : std::nullopt, flag.age_at, flag.sex,
        flag.area);
}

std::vector<Flag> flags_of(Session& s, const std::string& root) {
    std::vector<Flag> out;
    for (const auto& row :
         s.query("SELECT id, record, agency, flag, set_on, cleared_on, age_at, sex, area FROM agency_flag "
                 "WHERE root = $1 ORDER BY set_on DESC, id",
                 root)) {
        Flag flag;
        flag.id = row.text(0);
        flag.record = row.text(1);
        flag.agency = row.text(2);
        flag.flag = row.text(3);
        flag.set_on = *base::parse_iso_date(row.text(4));
        if (!row.null(5)) flag.cleared_on = base::parse_iso_date(row.text(5));
        if (!row.null(6)) flag.age_at = static_cast<int>(row.integer(6));
        flag.sex = row.text(7);
        flag.area = row.text(8);
        out.push_back(std::move(flag));
    }
    return out;
}

bool at_risk(const Office& office, Session& s, const std::string& record) {
    const auto today = base::to_iso(base::london_date(office.clock.now()));
    for (const auto& row :
         s.query("SELECT flag FROM agency_flag WHERE record = $1 AND (cleared_on IS NULL OR cleared_on > $2)",
                 record, today)) {
        const auto* flag = office.scheme.find_flag(row.text(0));
        if (flag && (flag->table1 || flag->offender)) return true;
    }
    return s
        .one(
            "SELECT 1 FROM referral f JOIN agency_record r ON r.person = f.person WHERE r.id = $1 AND f.state <> "
            "'LINKED' LIMIT 1",
            record)
        .has_value();
}

std::optional<PersonRow> find_person(Session& s, const std::string& id) {
    const auto row =
        s.one("SELECT id, ref, root, merged_into, sensitivity, version FROM person WHERE id = $1", id);
    if (!row) return std::nullopt;
    return PersonRow{row->text(0), row->text(1), row->text(2), row->maybe_text(3), row->text(4), row->integer(5)};
}

void merge(const Office& office, Session& s, const std::string& kept, const std::string& absorbed,
           const std::string& by) {
    const auto root = s.one("SELECT root FROM person WHERE id = $1", kept)->text(0);
    join_protection(office, s, root, absorbed, by);
    s.execute("UPDATE person SET merged_into = $1 WHERE id = $2", kept, absorbed);
    s.execute("UPDATE person SET root = $1, version = version + 1 WHERE root = $2", root, absorbed);
    s.execute("UPDATE agency_flag SET root = $1 WHERE root = $2", root, absorbed);
}

void unmerge(const Office& office, Session& s, const std::string& absorbed, const std::string& by) {
    const auto root = s.one("SELECT root FROM person WHERE id = $1", absorbed)->text(0);
    s.execute("UPDATE person SET sensitivity = $1 WHERE root = $2", partnership::name_of(sensitivity_of(s, root)),
              root);
    s.execute("UPDATE person SET merged_into = NULL WHERE id = $1", absorbed);
    s.execute(
        "WITH RECURSIVE below (id) AS (SELECT id FROM person WHERE id = $1 UNION ALL "
        "SELECT p.id FROM person p JOIN below b ON p.merged_into = b.id) "
        "UPDATE person SET root = $1, version = version + 1 WHERE id IN (SELECT id FROM below)",
        absorbed);
    s.execute(
        "UPDATE agency_flag SET root = $1 WHERE root = $2 AND record IN "
        "(SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $1)",
        absorbed, root);
    part_protection(office, s, root, absorbed, by);
}

void insert_decision(const Office& office, Session& s, const DecisionRow& d, double weight) {
    const auto first = std::min(d.record_a, d.record_b);
    const auto key = key_of_record(office, s, first);
    s.execute(
        "INSERT INTO link_decision (id, record_a, record_b, verdict, decided_at, decided_by, reason, "
        "weight_thousandths, kept, absorbed) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        d.id, first, std::max(d.record_a, d.record_b), d.verdict, base::to_millis(d.at), d.decided_by,
        database::Blob{key.seal(reason_place(d.id), d.reason)}, thousandths(weight), d.kept, d.absorbed);
}

std::optional<DecisionRow> find_decision(Session& s, const std::string& id) {
    const auto row = s.one(
        "SELECT id, record_a, record_b, verdict, decided_at, decided_by, kept, absorbed, undone_at "
        "FROM link_decision WHERE id = $1",
        id);
    if (!row) return std::nullopt;
    return decision_from(*row);
}

void mark_undone(const Office& office, Session& s, const DecisionRow& d, base::Instant at, const std::string& by,
                 const std::string& reason) {
    s.execute("UPDATE link_decision SET undone_at = $1, undone_by = $2, undone_reason = $3 WHERE id = $4",
              base::to_millis(at), by,
              database::Blob{
                  key_of_record(office, s, d.record_a).seal({"link_decision", d.id, "undone_reason"}, reason)},
              d.id);
}

std::string reason_of(const Office& office, Session& s, const DecisionRow& d) {
    const auto row = s.one("SELECT reason FROM link_decision WHERE id = $1", d.id);
    auto reason = key_of_record(office, s, d.record_a).open(reason_place(d.id), row->blob(0));
    if (!reason.ok()) throw std::runtime_error("a sealed reason does not open: " + reason.error().message);
    return std::move(*reason);
}

std::vector<DecisionRow> kept_apart(Session& s, const std::string& root) {
    std::vector<DecisionRow> out;
    for (const auto& row : s.query("SELECT d.id, d.record_a, d.record_b, d.verdict, d.decided_at, d.decided_by, "
                                   "d.kept, d.absorbed, d.undone_at "
                                   "FROM agency_record r JOIN person p ON p.id = r.person JOIN link_decision d ON "
                                   "d.record_a = r.id OR d.record_b = r.id "
                                   "WHERE p.root = $1 AND d.verdict = 'different' AND d.undone_at IS NULL ORDER "
                                   "BY d.decided_at DESC, d.id",
                                   root))
        out.push_back(decision_from(row));
    return out;
}

std::set<std::string> roots_apart(Session& s, const std::string& root) {
    std::set<std::string> out;
    for (const auto& row :
         s.query("SELECT o.root FROM person p JOIN agency_record r ON r.person = p.id JOIN link_decision d ON "
                 "d.record_a = r.id "
                 "JOIN agency_record q ON q.id = d.record_b JOIN person o ON o.id = q.person "
                 "WHERE p.root = $1 AND d.verdict = 'different' AND d.undone_at IS NULL UNION ALL "
                 "SELECT o.root FROM person p JOIN agency_record r ON r.person = p.id JOIN link_decision d ON "
                 "d.record_b = r.id "
                 "JOIN agency_record q ON q.id = d.record_a JOIN person o ON o.id = q.person "
                 "WHERE p.root = $1 AND d.verdict = 'different' AND d.undone_at IS NULL",
                 root))
        out.insert(row.text(0));
    return out;
}

std::vector<DecisionRow> decisions_between(Session& s, const std::string& root_a, const std::string& root_b) {
    std::vector<DecisionRow> out;
    for (const auto& row :
         s.query("SELECT d.id, d.record_a, d.record_b, d.verdict, d.decided_at, d.decided_by, d.kept, d.absorbed, "
                 "d.undone_at "
                 "FROM link_decision d JOIN agency_record ra ON ra.id = d.record_a JOIN person pa ON pa.id = "
                 "ra.person "
                 "JOIN agency_record rb ON rb.id = d.record_b JOIN person pb ON pb.id = rb.person "
                 "WHERE d.undone_at IS NULL AND ((pa.root = $1 AND pb.root = $2) OR (pa.root = $2 AND pb.root = "
                 "$1)) ORDER BY d.decided_at DESC",
                 root_a, root_b))
        out.push_back(decision_from(row));
    return out;
}

std::vector<DecisionRow> links_of(const Office& office, Session& s, const std::string& root) {
    std::vector<DecisionRow> out;
    for (const auto& row : s.query("SELECT d.id, d.record_a, d.record_b, d.verdict, d.decided_at, d.decided_by, "
                                   "d.kept, d.absorbed, d.undone_at, d.reason, r.person, k.wrapped "
                                   "FROM link_decision d JOIN agency_record r ON r.id = d.record_a JOIN person p "
                                   "ON p.id = r.person JOIN record_key k ON k.owner = p.id "
                                   "WHERE p.root = $1 AND d.verdict = 'same' AND d.undone_at IS NULL AND "
                                   "d.absorbed IS NOT NULL ORDER BY d.decided_at DESC",
                                   root)) {
        auto link = decision_from(row);
        const auto key = unwrap_owner_key(office, row.text(10), row.blob(11));
        if (!key.ok()) throw std::runtime_error("the key of a person does not open: " + key.error().message);
        auto reason = key->open(reason_place(link.id), row.blob(9));
        if (!reason.ok()) throw std::runtime_error("a sealed reason does not open: " + reason.error().message);
        link.reason = std::move(*reason);
        out.push_back(std::move(link));
    }
    return out;
}

void propose(Session& s, const std::string& a, const std::string& b, double weight, base::Instant at) {
    s.execute(
        "INSERT INTO link_proposal (record_a, record_b, weight_thousandths, proposed_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (record_a, record_b) DO UPDATE SET weight_thousandths = excluded.weight_thousandths",
        std::min(a, b), std::max(a, b), thousandths(weight), base::to_millis(at));
}

void close_proposal(Session& s, const std::string& a, const std::string& b, base::Instant at) {
    s.execute(
        "UPDATE link_proposal SET decided_at = $1 WHERE record_a = $2 AND record_b = $3 AND decided_at IS NULL",
        base::to_millis(at), std::min(a, b), std::max(a, b));
}

// `+ 0` keeps the index of what waits out of both: nearly every pair waits, and a few records are asked about.
void close_settled_proposals(Session& s, const std::string& root, base::Instant at) {
    s.execute(
        "UPDATE link_proposal SET decided_at = $1 WHERE decided_at + 0 IS NULL "
        "AND record_a IN (SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $2) "
        "AND record_b IN (SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $2)",
        base::to_millis(at), root);
}

void reopen_proposals(Session& s, const std::string& root_a, const std::string& root_b) {
    s.execute(
        "UPDATE link_proposal SET decided_at = NULL WHERE decided_at + 0 IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM link_decision d "
        "WHERE d.record_a = link_proposal.record_a AND d.record_b = link_proposal.record_b AND d.undone_at IS "
        "NULL AND d.verdict <> 'unsure') AND ("
        "(record_a IN (SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $1) AND "
        " record_b IN (SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $2)) OR "
        "(record_a IN (SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $2) AND "
        " record_b IN (SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $1)))",
        root_a, root_b);
}

std::optional<ProposalRow> next_proposal(Session& s, const std::string& after_a, const std::string& after_b) {
    // Strongest first; "after" is the pair just seen, so that "not sure" does not come round at once.
    const auto seen = s.one("SELECT weight_thousandths FROM link_proposal WHERE record_a = $1 AND record_b = $2",
                            after_a, after_b);
    const std::int64_t weight = seen ? seen->integer(0) : INT64_MAX;
    auto row = s.one(
        "SELECT record_a, record_b, weight_thousandths FROM link_proposal WHERE decided_at IS NULL AND "
        "(weight_thousandths < $1 OR (weight_thousandths = $1 AND (record_a > $2 OR (record_a = $2 AND record_b > "
        "$3)))) "
        "ORDER BY weight_thousandths DESC, record_a, record_b LIMIT 1",
        weight, after_a, after_b);
    if (!row && seen)
        row = s.one(
            "SELECT record_a, record_b, weight_thousandths FROM link_proposal WHERE decided_at IS NULL "
            "ORDER BY weight_thousandths DESC, record_a, record_b LIMIT 1");
    if (!row) return std::nullopt;
    return ProposalRow{row->text(0), row->text(1), static_cast<double>(row->integer(2)) / 1000};
}

int open_proposals(Session& s, const std::set<std::string>& without) {
    // Restricted records are in nobody's queue, and a count must not tell of them. They are few: looked for once,
    // not for each pair that waits.
    database::Statement counted(
        "WITH hidden (record) AS (SELECT id FROM agency_record WHERE person IN "
        "(SELECT id FROM person WHERE root IN (SELECT root FROM person WHERE sensitivity IN ('restricted', "
        "'police_sensitive', 'sealed'))");
    if (!without.empty()) counted.add(" OR root IN (").list(without).add(")");
    counted.add(
        ")) SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL AND "
        "record_a NOT IN (SELECT record FROM hidden) AND record_b NOT IN (SELECT record FROM hidden)");
    return static_cast<int>(s.one(counted)->integer(0));
}

void note_change(const Office& office, Session& s, const std::string& origin,
                 const std::vector<std::string>& records) {
    if (records.empty()) return;
    const auto now = office.clock.now();
    // The row stays locked until the commit: numbers become visible in their order, and none is missed.
    const auto seq = s.one("UPDATE people_state SET last = last + 1 WHERE id = 1 RETURNING last")->integer(0);
    s.execute("DELETE FROM people_change WHERE at < $1", now - std::chrono::hours{24});
    s.execute("INSERT INTO people_change (seq, origin, at, records) VALUES ($1, $2, $3, $4)", seq, origin, now,
              base::join(records, " "));
}

std::int64_t last_change(Session& s) { return s.one("SELECT last FROM people_state WHERE id = 1")->integer(0); }

Changes changes_since(Session& s, std::int64_t seen, const std::string& origin) {
    Changes out;
    out.last = last_change(s);
    auto next = seen;
    for (const auto& row :
         s.query("SELECT seq, origin, records FROM people_change WHERE seq > $1 AND seq <= $2 ORDER BY seq", seen,
                 out.last)) {
        out.complete &= row.integer(0) == ++next;
        if (row.text(1) == origin) continue;
        for (auto& record : base::split(row.text(2), ' ')) out.records.push_back(std::move(record));
    }
    out.complete &= next == out.last;
    return out;
}

}  // namespace rowan::people::store
