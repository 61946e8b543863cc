#include "protect/missing/holding_list.h"

#include "partnership/accounts.h"
#include "protect/missing/mention_store.h"

#include <algorithm>
#include <map>
#include <set>

namespace rowan::protect::missing {

using database::Session;

namespace {

struct State {
    Held held;
    std::string_view name, words;
};
constexpr State kStates[] = {{Held::held, "held", "Held"},
                             {Held::passed_on, "passed_on", "Passed on"},
                             {Held::not_needed, "not_needed", "Not needed"}};

base::Error not_there() { return base::not_found("There is nothing like this on the list."); }

}  // namespace

std::string_view name_of(Held state) { return kStates[static_cast<int>(state)].name; }
std::string_view words_for(Held state) { return kStates[static_cast<int>(state)].words; }
std::optional<Held> held_named(std::string_view name) {
    for (const auto& each : kStates)
        if (each.name == name) return each.held;
    return std::nullopt;
}

bool HoldingList::may(const Viewer& viewer) const { return works_with_intelligence(viewer); }

std::vector<HeldThing> HoldingList::list(const Viewer& viewer, Held state, const std::string& kind) const {
    if (!may(viewer)) return {};
    const auto& office = desk_.office();
    return office.database.read([&](Session& s) {
        std::vector<HeldThing> out;
        std::map<std::pair<std::string, std::string>, std::size_t> places;
        std::map<std::size_t, std::set<std::string>> children;
        for (const auto& m : store::mentions_in(office, s, name_of(state), kind, kMostHeld)) {
            const auto e = store::find_episode(office, s, m.episode);
            if (!e || !desk_.sight_of(viewer, *e).allowed || !may_read(viewer, m.words)) continue;
            const auto [place, is_new] = places.emplace(std::pair{m.kind, m.likeness}, out.size());
            if (is_new) out.push_back({m.id, m.kind, m.words.text, 0, 0, m.said_at, false});
            out[place->second].conditional |= m.words.conditional();
            ++out[place->second].times;
            children[place->second].insert(m.person);
            out[place->second].children = static_cast<int>(children[place->second].size());
        }
        return out;
    });
}

std::optional<HeldView> HoldingList::thing(const Viewer& viewer, const std::string& id) const {
    if (!may(viewer)) return std::nullopt;
    const auto& office = desk_.office();
    return office.database.read([&](Session& s) -> std::optional<HeldView> {
        const auto asked = store::find_mention(office, s, id);
        if (!asked) return std::nullopt;
        HeldView out;
        out.kind = asked->kind;
        out.state = held_named(asked->state).value_or(Held::held);
        if (!asked->decided_by.empty()) out.decided_by = partnership::shown_user(s, asked->decided_by).name;
        out.decided_at = asked->decided_at;
        for (const auto& m : store::mentions_like(office, s, *asked)) {
            const auto e = store::find_episode(office, s, m.episode);
            const auto sight = e ? desk_.sight_of(viewer, *e) : EpisodeSight{};
            if (!sight.allowed || !may_read(viewer, m.words)) continue;
            out.mentions.push_back({m.id, e->id, e->ref, e->words.child_name, m.words, sight.rule});
        }
        if (out.mentions.empty()) return std::nullopt;
        out.id = out.mentions.front().id;
        out.text = out.mentions.front().words.text;
        return out;
    });
}

base::Result<> HoldingList::decide(const Viewer& viewer, const std::string& id, Held state,
                                   const std::string& key) const {
    if (!thing(viewer, id)) return not_there();
    const auto& office = desk_.office();
    return office.database.write([&](Session& s) -> base::Result<> {
        if (partnership::done_before(s, key, viewer.user_id)) return base::done();
        const auto asked = store::find_mention(office, s, id);
        if (!asked) return not_there();
        const auto now = office.clock.now();
        store::decide_mentions(s, *asked, name_of(state), now, viewer.user_id);
        desk_.record(s, viewer, name_of(state), "mention", id, "holding-list", "kind=" + asked->kind);
        partnership::remember_done(s, key, viewer.user_id, now, id);
        return base::done();
    });
}

}  // namespace rowan::protect::missing
