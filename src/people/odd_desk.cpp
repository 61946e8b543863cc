#include "people/odd_desk.h"

#include "base/text.h"
#include "crypto/seal.h"
#include "partnership/accounts.h"
#include "partnership/interests.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>

namespace rowan::people {

using database::Session;
using partnership::Permission;

namespace {

base::Date monday_of(base::Date day) {
    const std::chrono::sys_days days{day};
    return base::Date{days - (std::chrono::weekday{days} - std::chrono::Monday)};
}

// Looks may stand in the log a little after what happened when they did (partnership/look_file.h).
constexpr std::chrono::hours kOutOfOrder{1};

// The log grows with time, so the first entry about as old as an instant is found by halves.
std::int64_t first_near(Session& s, base::Instant at) {
    const auto state = s.one("SELECT size FROM audit_state WHERE id = 1");
    std::int64_t low = 0, high = state ? state->integer(0) : 0;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto row = s.one("SELECT at FROM audit_entry WHERE seq = $1", middle);
        if (row && row->instant(0) < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::string family_of(const std::string& name) {
    const auto words = base::words(base::fold(name));
    return words.size() < 2 ? "" : words.back();
}

Watched watched(const Office& office, const partnership::StaffInterests& staff) {
    Watched out;
    out.user = staff.user;
    const auto digest = [&](const std::string& words) { return office.audit.digest(base::fold(words)); };
    if (const auto family = family_of(staff.name); !family.empty()) out.family_names.insert(family);
    for (const auto& home : staff.interests.homes) out.postcodes.insert(home.postcode);
    auto words = base::words(base::fold(staff.name));
    out.own_queries.insert(digest(base::join(words, " ")));
    std::reverse(words.begin(), words.end());
    out.own_queries.insert(digest(base::join(words, " ")));
    for (const auto& phone : staff.interests.phones) {
        out.own_queries.insert(digest(base::display_phone(phone)));
        auto together = base::display_phone(phone);
        std::erase(together, ' ');
        out.own_queries.insert(digest(together));
    }
    return out;
}

// "results=3 full=1 query=9f3a…"
std::string query_in(const std::string& detail) {
    const auto at = detail.find("query=");
    return at == std::string::npos ? "" : detail.substr(at + 6, 16);
}

std::string place_of(const OddItem& item) {
    return item.look.user + "/" + std::string(name_of(item.look.kind)) + "/" + base::to_iso(item.week);
}

}  // namespace

std::vector<OddItem> OddDesk::week(const Viewer& viewer, base::Date day) const {
    std::vector<OddItem> out;
    if (!may(viewer, Permission::see_audit).allowed) return out;
    const auto monday = monday_of(day);
    const auto from = base::from_london(monday),
               to = base::from_london(base::Date{std::chrono::sys_days{monday} + std::chrono::days{7}});
    const auto hidden = people_.sealed_out(viewer);
    const auto key = office().keyring.purpose_key("odd-looks");
    office().read_log([&](Session& s) {
        std::vector<Seen> seen;
        std::map<std::string, std::pair<std::set<std::string>, std::set<std::string>>>
            facts;  // family names and postcodes, by root
        s.stream_values(
            "SELECT user_id, at, act, subject_kind, subject_id, detail FROM audit_entry WHERE seq >= $1 AND seq < "
            "$2 AND at >= $3 AND at < $4 AND outcome = 'allowed' AND "
            "((act = 'look' AND subject_kind = 'person' AND (detail = '' OR detail LIKE 'work=%')) OR (act = "
            "'search' AND subject_kind = 'search')) ORDER BY seq",
            {first_near(s, from - kOutOfOrder), first_near(s, to + kOutOfOrder), base::to_millis(from),
             base::to_millis(to)},
            [&](const database::Row& row) {
                Seen each;
                each.user = row.text(0);
                each.at = row.instant(1);
                if (row.text(2) == "search") {
                    each.query = query_in(row.text(5));
                    if (!each.query.empty()) seen.push_back(std::move(each));
                    return;
                }
                each.person = people_.index().root_of(row.text(4));
                if (hidden.contains(each.person)) return;
                auto [at, fresh] = facts.try_emplace(each.person);
                if (fresh)
                    for (const auto& record : people_.index().records_of(each.person)) {
                        const auto words = base::words(base::fold(record.identity.family_name));
                        at->second.first.insert(words.begin(), words.end());
                        if (!record.identity.postcode.empty()) at->second.second.insert(record.identity.postcode);
                    }
                std::tie(each.family_names, each.postcodes) = at->second;
                seen.push_back(std::move(each));
            });
        std::map<std::string, const partnership::StaffInterests*> by_user;
        const auto all = partnership::all_interests(office(), s);
        std::vector<Watched> staff;
        for (const auto& each : all) {
            by_user[each.user] = &each;
            staff.push_back(watched(office(), each));
        }
        for (auto& look : odd_looks(staff, seen)) {
            if (look.user == viewer.user_id)
                continue;  // of their own nobody reads: it would tell them what is seen
            OddItem item;
            const auto& who = *by_user.at(look.user);
            const auto* agency = office().scheme.find_agency(who.agency);
            item.name = who.name;
            item.post = who.post;
            item.agency_name = agency ? agency->name : who.agency;
            item.week = monday;
            item.look = std::move(look);
            if (const auto row = s.one("SELECT outcome, note, reviewed_by FROM odd_look_review WHERE user_id = $1 "
                                       "AND kind = $2 AND week = $3",
                                       item.look.user, name_of(item.look.kind), base::to_iso(monday))) {
                item.outcome = row->text(0);
                item.reviewed_by = partnership::shown_user(s, row->text(2)).name;
                const auto place = place_of(item);
                auto note = crypto::open(key, {"odd_look_review", place, "note"}, row->blob(1));
                if (!note.ok())
                    throw std::runtime_error("the note of a review does not open: " + note.error().message);
                item.note = std::move(*note);
            }
            out.push_back(std::move(item));
        }
    });
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.outcome.empty() > b.outcome.empty(); });
    return out;
}

std::size_t OddDesk::waiting(const Viewer& viewer) const {
    const auto today = base::london_date(office().clock.now());
    std::size_t out = 0;
    for (const auto day : {today, base::Date{std::chrono::sys_days{today} - std::chrono::days{7}}})
        for (const auto& item : week(viewer, day)) out += item.outcome.empty();
    return out;
}

base::Result<> OddDesk::review(const Viewer& viewer, const std::string& user, const std::string& kind,
                               base::Date monday, const std::string& outcome, const std::string& note) const {
    const auto all = week(viewer, monday);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& item) {
        return item.look.user == user && name_of(item.look.kind) == kind && item.week == monday;
    });
    if (found == all.end()) return base::not_found("There is nothing like that to review.");
    if (!found->outcome.empty()) return base::conflict("Somebody has reviewed this already.");
    if (outcome != "explained" && outcome != "passed_on") return base::invalid("Select what you found");
    const auto words = base::tidy(note);
    if (words.empty()) return base::invalid("Enter what you found");
    return office().database.write([&](Session& s) -> base::Result<> {
        const auto place = place_of(*found);
        const auto sealed = crypto::seal(office().keyring.purpose_key("odd-looks"), "odd-looks",
                                         crypto::SealedPlace{"odd_look_review", place, "note"}, words);
        if (s.execute("INSERT INTO odd_look_review (user_id, kind, week, reviewed_at, reviewed_by, outcome, note) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7) "
                      "ON CONFLICT (user_id, kind, week) DO NOTHING",
                      user, kind, base::to_iso(monday), office().clock.now(), viewer.user_id, outcome,
                      database::Blob{sealed}) == 0)
            return base::conflict("Somebody has reviewed this already.");
        office().audit.append(
            s, {.user_id = viewer.user_id,
                .agency = viewer.agency,
                .act = "review-odd-look",
                .subject_kind = "account",
                .subject_id = user,
                .detail = "kind=" + kind + " week=" + base::to_iso(monday) + " outcome=" + outcome});
        return base::done();
    });
}

}  // namespace rowan::people
