#include "people/looking_up.h"

#include "base/text.h"
#include "partnership/looks.h"

#include <algorithm>

namespace rowan::people {

namespace {

using partnership::Sight, partnership::Visit;

// S-053, A21: so many signposts tell one person whom to ring about the children they meet; more would be a
// register.
constexpr std::int64_t kMostSignpostsInAnHour = 30;

// Counted from what is recorded, so that every process and a restart know.
bool signposts_spent(const Visit& visit) {
    if (visit.viewer.at_front_door()) return false;  // who sees everybody in full
    return partnership::signposts_since(visit.office, visit.viewer.user_id,
                                        visit.office.clock.now() - std::chrono::hours{1}) >=
           kMostSignpostsInAnHour;
}

}  // namespace

LookedUp search(Visit& visit, const PeopleDesk& desk, const std::string& words) {
    LookedUp out{desk.find(visit.viewer, words, kMostFound), signposts_spent(visit)};
    if (out.signposts_spent)
        std::erase_if(out.lines, [](const PersonLine& line) { return line.sight.sight == Sight::signpost; });
    const auto seen = std::count_if(out.lines.begin(), out.lines.end(),
                                    [](const PersonLine& line) { return !line.person.empty(); });
    // SECURITY.md 9.4: search terms as a keyed digest; whether the same words are typed again can be seen, the
    // words cannot.
    visit.looked_at("search", "", "role",
                    "results=" + std::to_string(out.lines.size()) + " full=" + std::to_string(seen) +
                        " query=" + visit.office.audit.digest(base::fold(words)));
    visit.looks.back().act = "search";
    // Everybody who was shown, and every signpost: "who has looked at this child" leaves out nothing.
    for (const auto& line : out.lines) enter_found(visit, line);
    return out;
}

void enter_found(Visit& visit, const PersonLine& line) {
    visit.looked_at("person", line.subject, line.sight.rule, line.person.empty() ? "signpost" : "");
    visit.looks.back().act = "search";
}

std::string searched_words(const Visit& visit) {
    return base::truncate(base::tidy_line(visit.request.query.get("q")), 200);
}

bool may_be_signposted(Visit& visit, const std::string& person) {
    if (!signposts_spent(visit)) return true;
    visit.refused("person", person, "signpost-limit");
    return false;
}

}  // namespace rowan::people
