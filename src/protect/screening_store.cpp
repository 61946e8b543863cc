#include "base/id.h"
#include "protect/sealed.h"
#include "protect/store.h"

namespace rowan::protect::store {

namespace {

using database::Row;
using database::Statement;

constexpr database::Sql kScreenings =
    "SELECT c.id, c.person, c.referral, c.tool, c.tool_version, c.completed_at, c.completed_by, c.agency, "
    "c.age_at, "
    "c.age_estimated, c.score, c.tool_outcome, c.professional_outcome, c.mash_referral, c.review_outcome, "
    "c.reviewed_at, "
    "c.reviewed_by, c.version FROM screening c";

Screening screening_from(const Row& row) {
    Screening c;
    c.id = row.text(0);
    c.person = row.text(1);
    c.referral = row.text(2);
    c.tool = row.text(3);
    c.tool_version = row.text(4);
    c.completed_at = row.instant(5);
    c.completed_by = row.text(6);
    c.agency = row.text(7);
    if (const auto age = row.maybe_integer(8)) c.age_at = static_cast<int>(*age);
    c.age_estimated = row.boolean(9);
    c.score = static_cast<int>(row.integer(10));
    c.tool_outcome = row.text(11);
    c.professional_outcome = row.text(12);
    c.mash_referral = row.boolean(13);
    c.review_outcome = row.text(14);
    c.reviewed_at = row.maybe_instant(15);
    c.reviewed_by = row.text(16);
    c.version = row.integer(17);
    return c;
}

std::vector<Screening> all_from(Session& s, const Statement& statement) {
    std::vector<Screening> out;
    for (const auto& row : s.query(statement)) out.push_back(screening_from(row));
    return out;
}

}  // namespace

void insert_screening(const Office& office, Session& s, Screening& c, const std::string& by) {
    if (c.id.empty()) c.id = base::new_id();
    c.version = 1;
    const auto key = people::new_owner_key(office, s, c.id);
    const auto referral = c.referral.empty() ? std::nullopt : std::optional{c.referral};
    s.execute(
        "INSERT INTO screening (id, person, referral, tool, tool_version, completed_at, completed_by, agency, "
        "age_at, "
        "age_estimated, score, tool_outcome, professional_outcome, mash_referral, review_outcome, reviewed_at, "
        "reviewed_by, content, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
        "$16, "
        "$17, $18, $19)",
        c.id, c.person, referral, c.tool, c.tool_version, c.completed_at, c.completed_by, c.agency, c.age_at,
        c.age_estimated, c.score, c.tool_outcome, c.professional_outcome, c.mash_referral, c.review_outcome,
        c.reviewed_at, c.reviewed_by, sealed(key, "screening", c.id, c.words), c.version);
    write_history(s, key, "screening", c, c.completed_at, by);
}

bool update_screening(const Office& office, Session& s, Screening& c, Instant at, const std::string& by) {
    const auto key = key_of(office, s, c.id);
    const auto changed = s.execute(
        "UPDATE screening SET tool = $1, tool_version = $2, completed_at = $3, completed_by = $4, agency = $5, "
        "age_at = $6, age_estimated = $7, score = $8, tool_outcome = $9, professional_outcome = $10, "
        "mash_referral = $11, review_outcome = $12, reviewed_at = $13, reviewed_by = $14, content = $15, "
        "version = version + 1 WHERE id = $16 AND version = $17",
        c.tool, c.tool_version, c.completed_at, c.completed_by, c.agency, c.age_at, c.age_estimated, c.score,
        c.tool_outcome, c.professional_outcome, c.mash_referral, c.review_outcome, c.reviewed_at, c.reviewed_by,
        sealed(key, "screening", c.id, c.words), c.id, c.version);
    if (changed == 0) return false;
    ++c.version;
    write_history(s, key, "screening", c, at, by);
    return true;
}

std::optional<Screening> find_screening(const Office& office, Session& s, const std::string& id) {
    Statement statement(kScreenings);
    statement.add(" WHERE c.id = ?", id);
    const auto row = s.one(statement);
    if (!row) return std::nullopt;
    auto c = screening_from(*row);
    const auto content = s.one("SELECT content FROM screening WHERE id = $1", id);
    open_words(key_of(office, s, id), "screening", id, content->blob(0), c.words);
    return c;
}

std::vector<Screening> screenings_about(Session& s, const std::string& root) {
    Statement statement(kScreenings);
    statement.add(" JOIN person p ON p.id = c.person WHERE p.root = ? ORDER BY c.completed_at DESC, c.id", root);
    return all_from(s, statement);
}

std::vector<Screening> screenings_for(Session& s, const std::string& referral) {
    Statement statement(kScreenings);
    statement.add(" WHERE c.referral = ? ORDER BY c.completed_at DESC, c.id", referral);
    return all_from(s, statement);
}

std::vector<Screening> unreviewed(Session& s, const std::string& agency, const std::string& not_by) {
    Statement statement(kScreenings);
    statement.add(
        " WHERE c.reviewed_at IS NULL AND c.agency = ? AND c.completed_by <> ? ORDER BY c.completed_at, c.id",
        agency, not_by);
    return all_from(s, statement);
}

}  // namespace rowan::protect::store
