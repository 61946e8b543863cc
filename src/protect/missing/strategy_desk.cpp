// Missing again and again: the scheme's count in the scheme's days puts a strategy discussion before the front
// door.
#include "base/id.h"
#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/missing/missing_desk.h"
#include "protect/sealed.h"

namespace rowan::protect::missing {

using database::Session;
using partnership::Permission;

namespace {

constexpr std::size_t kMostToDecide = 50;

bool may_decide(const Viewer& viewer) { return may(viewer, Permission::decide).allowed; }

// The newest episode that counts: a decision is about all up to it.
std::string newest_of(const std::vector<Episode>& episodes) {
    for (auto at = episodes.rbegin(); at != episodes.rend(); ++at)
        if (at->counts()) return at->id;
    return "";
}

}  // namespace

std::optional<MissingDesk::Strategy> MissingDesk::strategy(const Viewer& viewer, const std::string& person) const {
    const auto seen = pattern(viewer, person);
    if (!seen) return std::nullopt;
    return office().database.read([&](Session& s) {
        Strategy out;
        const auto root = desk_.people().index().root_of(person);
        const auto episodes = store::episodes_of(s, root);
        out.repeat = repeat_trigger(episodes, office().clock.now(), rules());
        const auto row = s.one(
            "SELECT d.id, d.episode, d.held, d.decided_at, d.decided_by, d.content FROM strategy_decision d JOIN "
            "person p "
            "ON p.id = d.person WHERE p.root = $1 ORDER BY d.decided_at DESC, d.id DESC LIMIT 1",
            root);
        if (row) {
            out.held = row->boolean(2);
            out.decided_at = row->instant(3);
            out.decided_by = partnership::shown_user(s, row->text(4)).name;
            Mention reason;
            protect::store::open_words(protect::store::key_of(office(), s, row->text(0)), "strategy_decision",
                                       row->text(0), row->blob(5), reason);
            out.reason = reason.text;
        }
        out.waits = out.repeat.reached() && (!row || row->text(1) != newest_of(episodes));
        return std::optional{out};
    });
}

base::Result<> MissingDesk::decide_strategy(const Viewer& viewer, const std::string& person, bool hold,
                                            const std::string& reason, const std::string& key) const {
    if (!may_decide(viewer)) return base::refused("Only the front door and its managers can decide this.");
    const auto before = strategy(viewer, person);
    if (!before) return base::not_found("There is no such person.");
    const auto why = base::tidy(reason);
    if (!hold && why.empty()) return base::invalid("Enter why no strategy discussion is held now.");
    const auto now = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<> {
        if (partnership::done_before(s, key, viewer.user_id)) return base::done();
        const auto root = desk_.people().index().root_of(person);
        const auto episodes = store::episodes_of(s, root);
        const auto newest = newest_of(episodes);
        if (!repeat_trigger(episodes, now, rules()).reached() ||
            s.one("SELECT 1 FROM strategy_decision WHERE episode = $1", newest))
            return base::conflict("Somebody else has decided this since you opened it.");
        const auto id = base::new_id();
        const auto sealing = people::new_owner_key(office(), s, id);
        s.execute(
            "INSERT INTO strategy_decision (id, person, episode, held, decided_at, decided_by, content) VALUES "
            "($1, $2, "
            "$3, $4, $5, $6, $7)",
            id, root, newest, hold, now, viewer.user_id,
            protect::store::sealed(sealing, "strategy_decision", id, Mention{"reason", why, viewer.name, now}));
        record(s, viewer, hold ? "hold-strategy" : "no-strategy", "person", root, "role",
               "episodes=" + std::to_string(before->repeat.episodes));
        partnership::remember_done(s, key, viewer.user_id, now, id);
        return base::done();
    });
}

std::vector<WorkItem> MissingDesk::strategies_to_decide(const Viewer& viewer) const {
    std::vector<WorkItem> out;
    if (!may_decide(viewer)) return out;
    const auto now = office().clock.now();
    const auto since = now - std::chrono::hours{24 * rules().repeat_missing_days};
    const auto often = office().database.read([&](Session& s) {
        return s.query(
            "SELECT n.root, n.times FROM (SELECT p.root AS root, COUNT(*) AS times, MAX(e.missing_from) AS newest "
            "FROM "
            "missing_episode e JOIN person p ON p.id = e.person WHERE e.withdrawn_at IS NULL AND e.missing_from > "
            "$1 AND "
            "e.missing_from <= $2 GROUP BY p.root HAVING COUNT(*) >= $3) n WHERE NOT EXISTS (SELECT 1 FROM "
            "strategy_decision d JOIN person q ON q.id = d.person JOIN missing_episode f ON f.id = d.episode "
            "WHERE q.root = "
            "n.root AND f.missing_from >= n.newest) ORDER BY n.times DESC, n.root LIMIT $4",
            since, now, rules().repeat_missing_count, kMostToDecide);
    });
    for (const auto& row : often) {
        const auto view = pattern(viewer, row.text(0));
        if (!view) continue;
        WorkItem item;
        item.text = "Decide on a strategy discussion about " + view->child;
        item.href = "/missing/children/" + row.text(0);
        item.why = std::to_string(row.integer(1)) + " times missing in " +
                   std::to_string(rules().repeat_missing_days) + " days";
        item.urgency = Urgency::soon;
        out.push_back(std::move(item));
    }
    return out;
}

}  // namespace rowan::protect::missing
