#include "people/shield_store.h"

#include "people/sealed.h"

#include <algorithm>

namespace rowan::people::store {

namespace {

void strengthen(Shield& shield, const database::Row& row) {
    const auto level = stored_sensitivity(row.text(1));
    if (level == Sensitivity::ordinary || level < shield.level) return;
    if (level > shield.level) shield.from.clear();
    shield.level = level;
    shield.from.push_back(row.text(0));
}

}  // namespace

// The pluses keep the index of all pairs that wait out of these questions about one person: every page asks them.
Shield shield_of(Session& s, const std::string& root) {
    Shield out;
    for (const auto& row : s.query("SELECT DISTINCT q.root, q.sensitivity FROM person p JOIN agency_record a ON "
                                   "a.person = p.id JOIN link_proposal l ON l.record_a = a.id "
                                   "JOIN agency_record b ON b.id = l.record_b JOIN person q ON q.id = b.person "
                                   "WHERE p.root = $1 AND q.root <> $1 AND +l.decided_at IS NULL AND "
                                   "+l.weight_thousandths >= $2 AND q.sensitivity <> 'ordinary'",
                                   root, kShieldingWeight))
        strengthen(out, row);
    for (const auto& row : s.query("SELECT DISTINCT q.root, q.sensitivity FROM person p JOIN agency_record b ON "
                                   "b.person = p.id JOIN link_proposal l ON l.record_b = b.id "
                                   "JOIN agency_record a ON a.id = l.record_a JOIN person q ON q.id = a.person "
                                   "WHERE p.root = $1 AND q.root <> $1 AND +l.decided_at IS NULL AND "
                                   "+l.weight_thousandths >= $2 AND q.sensitivity <> 'ordinary'",
                                   root, kShieldingWeight))
        strengthen(out, row);
    std::sort(out.from.begin(), out.from.end());
    out.from.erase(std::unique(out.from.begin(), out.from.end()), out.from.end());
    return out;
}

std::map<std::string, Sensitivity> all_shields(Session& s) {
    std::map<std::string, Sensitivity> out;
    const auto read = [&](const database::Rows& rows) {
        for (const auto& row : rows) {
            auto& level = out.try_emplace(row.text(0), Sensitivity::ordinary).first->second;
            level = std::max(level, stored_sensitivity(row.text(1)));
        }
    };
    read(
        s.query("SELECT DISTINCT p.root, q.sensitivity FROM person q JOIN agency_record b ON b.person = q.id JOIN "
                "link_proposal l ON l.record_b = b.id "
                "JOIN agency_record a ON a.id = l.record_a JOIN person p ON p.id = a.person "
                "WHERE q.sensitivity <> 'ordinary' AND p.root <> q.root AND l.decided_at IS NULL AND "
                "l.weight_thousandths >= $1",
                kShieldingWeight));
    read(
        s.query("SELECT DISTINCT p.root, q.sensitivity FROM person q JOIN agency_record a ON a.person = q.id JOIN "
                "link_proposal l ON l.record_a = a.id "
                "JOIN agency_record b ON b.id = l.record_b JOIN person p ON p.id = b.person "
                "WHERE q.sensitivity <> 'ordinary' AND p.root <> q.root AND l.decided_at IS NULL AND "
                "l.weight_thousandths >= $1",
                kShieldingWeight));
    return out;
}

bool named_for(Session& s, const std::string& root, const std::string& user) {
    const auto shield = shield_of(s, root);
    if (shield.level <= sensitivity_of(s, root)) return is_named(s, root, user);
    return std::any_of(shield.from.begin(), shield.from.end(),
                       [&](const auto& each) { return is_named(s, each, user); });
}

std::vector<std::string> records_alike(Session& s, const std::string& root) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT l.record_b FROM person p JOIN agency_record a ON a.person = p.id JOIN "
                                   "link_proposal l ON l.record_a = a.id "
                                   "WHERE p.root = $1 AND +l.decided_at IS NULL AND +l.weight_thousandths >= $2",
                                   root, kShieldingWeight))
        out.push_back(row.text(0));
    for (const auto& row : s.query("SELECT l.record_a FROM person p JOIN agency_record b ON b.person = p.id JOIN "
                                   "link_proposal l ON l.record_b = b.id "
                                   "WHERE p.root = $1 AND +l.decided_at IS NULL AND +l.weight_thousandths >= $2",
                                   root, kShieldingWeight))
        out.push_back(row.text(0));
    return out;
}

}  // namespace rowan::people::store
