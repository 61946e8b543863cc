#include "people/protection_store.h"

#include "base/id.h"
#include "people/sealed.h"

#include <algorithm>

namespace rowan::people::store {

namespace {

constexpr const char* kJoined =
    "Two records were linked: the stricter protection counts, and those are named who may see both.";
constexpr const char* kParted = "A link was undone: both people keep the protection, and those who were named.";

}  // namespace

bool is_named(Session& s, const std::string& root, const std::string& user) {
    return s
        .one("SELECT 1 FROM restricted_access WHERE person = $1 AND user_id = $2 AND removed_at IS NULL", root,
             user)
        .has_value();
}

std::vector<std::string> users_named(Session& s, const std::string& root) {
    std::vector<std::string> out;
    for (const auto& row :
         s.query("SELECT user_id FROM restricted_access WHERE person = $1 AND removed_at IS NULL ORDER BY user_id",
                 root))
        out.push_back(row.text(0));
    return out;
}

std::vector<NamedRow> named_on(const Office& office, Session& s, const std::string& root) {
    std::vector<NamedRow> out;
    const auto rows = s.query(
        "SELECT id, user_id, granted_by, reason, granted_at FROM restricted_access WHERE person = $1 AND "
        "removed_at IS NULL "
        "ORDER BY granted_at, id",
        root);
    if (rows.empty()) return out;
    const auto key = key_of(office, s, root);
    for (const auto& row : rows)
        out.push_back({row.text(0), row.text(1), row.text(2),
                       opened(key, {"restricted_access", row.text(0), "reason"}, row.blob(3)), row.instant(4)});
    return out;
}

void put_name(const Office& office, Session& s, const std::string& root, const std::string& user,
              const std::string& by, const std::string& reason) {
    if (is_named(s, root, user)) return;
    const auto id = base::new_id();
    s.execute(
        "INSERT INTO restricted_access (id, person, user_id, granted_at, granted_by, reason) VALUES ($1, $2, $3, "
        "$4, $5, $6)",
        id, root, user, office.clock.now(), by,
        database::Blob{key_of(office, s, root).seal({"restricted_access", id, "reason"}, reason)});
}

bool take_name(const Office& office, Session& s, const std::string& root, const std::string& user,
               const std::string& by, const std::string& reason) {
    const auto row = s.one(
        "SELECT id FROM restricted_access WHERE person = $1 AND user_id = $2 AND removed_at IS NULL", root, user);
    if (!row) return false;
    s.execute("UPDATE restricted_access SET removed_at = $1, removed_by = $2, removal_reason = $3 WHERE id = $4",
              office.clock.now(), by,
              database::Blob{
                  key_of(office, s, root).seal({"restricted_access", row->text(0), "removal_reason"}, reason)},
              row->text(0));
    return true;
}

void set_sensitivity(const Office& office, Session& s, const std::string& root, Sensitivity becomes,
                     const std::string& by, const std::string& reason) {
    const auto was = sensitivity_of(s, root);
    s.execute("UPDATE person SET sensitivity = $1, version = version + 1 WHERE root = $2",
              partnership::name_of(becomes), root);
    if (was == becomes) return;
    const auto id = base::new_id();
    s.execute(
        "INSERT INTO sensitivity_change (id, person, was, becomes, at, by_user, reason) VALUES ($1, $2, $3, $4, "
        "$5, $6, $7)",
        id, root, partnership::name_of(was), partnership::name_of(becomes), office.clock.now(), by,
        database::Blob{key_of(office, s, root).seal({"sensitivity_change", id, "reason"}, reason)});
}

Sensitivity sensitivity_of(Session& s, const std::string& root) {
    auto out = Sensitivity::ordinary;
    for (const auto& row : s.query("SELECT DISTINCT sensitivity FROM person WHERE root = $1", root))
        out = std::max(out, stored_sensitivity(row.text(0)));
    return out;
}

std::vector<ChangeRow> sensitivity_changes(const Office& office, Session& s, const std::string& root) {
    std::vector<ChangeRow> out;
    const auto rows = s.query(
        "SELECT id, was, becomes, at, by_user, reason FROM sensitivity_change WHERE person = $1 ORDER BY at DESC, "
        "id",
        root);
    if (rows.empty()) return out;
    const auto key = key_of(office, s, root);
    for (const auto& row : rows)
        out.push_back({stored_sensitivity(row.text(1)), stored_sensitivity(row.text(2)), row.instant(3),
                       row.text(4), opened(key, {"sensitivity_change", row.text(0), "reason"}, row.blob(5))});
    return out;
}

std::vector<std::string> protected_people(Session& s) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT r.id FROM person r WHERE r.root = r.id AND EXISTS (SELECT 1 FROM "
                                   "person p WHERE p.root = r.id AND "
                                   "p.sensitivity <> 'ordinary') ORDER BY r.ref"))
        out.push_back(row.text(0));
    return out;
}

bool somebody_on_both(Session& s, const std::string& a, const std::string& b) {
    if (sensitivity_of(s, a) == Sensitivity::ordinary || sensitivity_of(s, b) == Sensitivity::ordinary)
        return true;
    return s
        .one(
            "SELECT 1 FROM restricted_access x JOIN restricted_access y ON y.user_id = x.user_id AND y.person = "
            "$2 AND y.removed_at IS NULL "
            "WHERE x.person = $1 AND x.removed_at IS NULL",
            a, b)
        .has_value();
}

void join_protection(const Office& office, Session& s, const std::string& kept, const std::string& absorbed,
                     const std::string& by) {
    const auto of_kept = sensitivity_of(s, kept), of_absorbed = sensitivity_of(s, absorbed),
               strict = std::max(of_kept, of_absorbed);
    if (strict == Sensitivity::ordinary) return;
    const auto on_kept = users_named(s, kept), on_absorbed = users_named(s, absorbed);
    const auto lists = [](const std::vector<std::string>& users, const std::string& user) {
        return std::binary_search(users.begin(), users.end(), user);
    };
    if (of_kept == Sensitivity::ordinary)
        for (const auto& user : on_absorbed) put_name(office, s, kept, user, by, kJoined);
    else if (of_absorbed != Sensitivity::ordinary)
        for (const auto& user : on_kept)
            if (!lists(on_absorbed, user)) take_name(office, s, kept, user, by, kJoined);
    for (const auto& user : on_absorbed) take_name(office, s, absorbed, user, by, kJoined);
    set_sensitivity(office, s, kept, strict, by, kJoined);
    set_sensitivity(office, s, absorbed, strict, by, kJoined);
}

void part_protection(const Office& office, Session& s, const std::string& root, const std::string& part,
                     const std::string& by) {
    for (const auto& user : users_named(s, root)) put_name(office, s, part, user, by, kParted);
}

}  // namespace rowan::people::store
