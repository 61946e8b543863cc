#include "base/id.h"
#include "protect/sealed.h"
#include "protect/store.h"

#include "partnership/accounts.h"

namespace rowan::protect::store {

namespace {

Draft draft_from(const Office& office, const database::Row& row) {
    Draft d;
    d.id = row.text(0);
    d.user_id = row.text(1);
    d.kind = row.text(2);
    d.subject = row.text(3);
    d.updated_at = row.instant(4);
    d.version = row.integer(6);
    const auto key = people::unwrap_owner_key(office, d.id, row.blob(7));
    if (!key.ok()) throw std::runtime_error("a draft's key does not open: " + key.error().message);
    DraftContent content;
    open_words(*key, "draft", d.id, row.blob(5), content);
    d.answers = answers_from(content);
    return d;
}

// With the draft goes its key; false when none was deleted.
bool forget_key(Session& s, const std::string& id, std::int64_t deleted) {
    if (deleted == 0) return false;
    s.execute("DELETE FROM record_key WHERE owner = $1", id);
    return true;
}

}  // namespace

void insert_draft(const Office& office, Session& s, Draft& d) {
    if (d.id.empty()) d.id = base::new_id();
    d.version = 1;
    d.updated_at = office.clock.now();
    const auto key = people::new_owner_key(office, s, d.id);
    s.execute(
        "INSERT INTO draft (id, user_id, kind, subject, updated_at, content, version) VALUES ($1, $2, $3, $4, $5, "
        "$6, $7)",
        d.id, d.user_id, d.kind, d.subject, d.updated_at, sealed(key, "draft", d.id, content_of(d.answers)),
        d.version);
}

bool update_draft(const Office& office, Session& s, Draft& d) {
    auto key = people::owner_key(office, s, d.id);
    if (!key.ok()) return false;  // deleted meanwhile, on another page
    const auto now = office.clock.now();
    const auto changed = s.execute(
        "UPDATE draft SET subject = $1, updated_at = $2, content = $3, version = version + 1 WHERE id = $4 AND "
        "user_id = $5 AND version = $6",
        d.subject, now, sealed(*key, "draft", d.id, content_of(d.answers)), d.id, d.user_id, d.version);
    if (changed == 0) return false;
    d.updated_at = now;
    ++d.version;
    return true;
}

std::optional<Draft> find_draft(const Office& office, Session& s, const std::string& id, const std::string& user) {
    const auto row = s.one(
        "SELECT d.id, d.user_id, d.kind, d.subject, d.updated_at, d.content, d.version, k.wrapped FROM "
        "draft d JOIN record_key k ON k.owner = d.id WHERE d.id = $1 AND d.user_id = $2",
        id, user);
    if (!row) return std::nullopt;
    return draft_from(office, *row);
}

bool delete_draft(Session& s, const std::string& id, const std::string& user) {
    return forget_key(s, id, s.execute("DELETE FROM draft WHERE id = $1 AND user_id = $2", id, user));
}

bool delete_draft(Session& s, const Draft& d) {
    return forget_key(s, d.id,
                      s.execute("DELETE FROM draft WHERE id = $1 AND user_id = $2 AND version = $3", d.id,
                                d.user_id, d.version));
}

std::vector<Draft> drafts_of(const Office& office, Session& s, const std::string& user) {
    std::vector<Draft> out;
    for (const auto& row :
         s.query("SELECT d.id, d.user_id, d.kind, d.subject, d.updated_at, d.content, d.version, "
                 "k.wrapped FROM draft d JOIN record_key k ON k.owner = d.id WHERE d.user_id = $1 "
                 "ORDER BY d.updated_at DESC, d.id",
                 user))
        out.push_back(draft_from(office, row));
    return out;
}

// --- history and names ------------------------------------------------------------------------------------------

std::vector<Version> versions_of(Session& s, std::string_view kind, const std::string& record) {
    std::vector<Version> out;
    for (const auto& row :
         s.query("SELECT h.version, h.at, h.by_user, u.display_name, u.agency FROM history h LEFT JOIN "
                 "user_account u ON u.id = h.by_user WHERE h.kind = $1 AND h.record = $2 ORDER BY "
                 "h.version DESC",
                 kind, record))
        out.push_back({row.integer(0), row.instant(1),
                       row.null(3) ? partnership::shown_user(s, row.text(2)).name : row.text(3), row.text(4)});
    return out;
}

}  // namespace rowan::protect::store
