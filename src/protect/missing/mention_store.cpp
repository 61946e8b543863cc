#include "protect/missing/mention_store.h"

#include "base/id.h"
#include "base/identifiers.h"
#include "base/text.h"
#include "partnership/interests.h"
#include "people/vehicle_store.h"
#include "protect/sealed.h"

#include <map>
#include <set>

namespace rowan::protect::missing::store {

namespace {

using database::Row;
using database::Statement;
using protect::store::key_of;
using protect::store::open_words;
using protect::store::sealed;

constexpr database::Sql kMentions =
    "SELECT m.id, m.source, m.episode, p.root, m.kind, m.likeness, m.state, m.said_at, m.decided_at, "
    "m.decided_by, m.content FROM mention m JOIN person p ON p.id = m.person";

std::vector<StoredMention> mentions(const Office& office, Session& s, const Statement& statement) {
    std::vector<StoredMention> out;
    for (const auto& row : s.query(statement)) {
        StoredMention m;
        m.id = row.text(0);
        m.source = row.text(1);
        m.episode = row.text(2);
        m.person = row.text(3);
        m.kind = row.text(4);
        m.likeness = row.text(5);
        m.state = row.text(6);
        m.said_at = row.instant(7);
        m.decided_at = row.maybe_instant(8);
        m.decided_by = row.text(9);
        open_words(key_of(office, s, m.source), "mention", m.id, row.blob(10), m.words);
        out.push_back(std::move(m));
    }
    return out;
}

// A registration somewhere in the words: all of them, or one, or two neighbours that are its halves. One of fewer
// than five characters is only read where nothing else is written: "a 4 wheel drive" names no vehicle.
std::string registration_in(const std::string& text) {
    if (const auto all = base::parse_vrm(text); all.well_formed && all.pattern.find('?') == std::string::npos)
        return all.pattern;
    std::string before;
    std::string letters;
    for (const char c : text + " ") {
        if (std::isalnum(static_cast<unsigned char>(c))) {
            letters += c;
            continue;
        }
        if (letters.empty()) continue;
        for (const auto& candidate : {before + letters, letters}) {
            const auto vrm = base::parse_vrm(candidate);
            const bool has_digit = candidate.find_first_of("0123456789") != std::string::npos;
            if (vrm.well_formed && has_digit && candidate.size() >= 5) return vrm.pattern;
        }
        before = std::exchange(letters, "");
    }
    return "";
}

std::string likeness_of(const Office& office, const Mention& mention) {
    const auto words = like_words(mention.kind, mention.text);
    return mention.kind == "vehicle" ? partnership::vehicle_likeness(office, words)
                                     : office.audit.digest("mention:" + mention.kind + ":" + words);
}

}  // namespace

std::string like_words(const std::string& kind, const std::string& text) {
    if (kind == "vehicle")
        if (auto registration = registration_in(text); !registration.empty()) return registration;
    return base::fold(base::tidy_line(text));
}

void hold_mentions(const Office& office, Session& s, const std::string& source, const std::string& episode,
                   const std::string& person, const std::vector<Mention>& all) {
    std::vector<std::string> kept;
    // One of each: said on conditions before said without, then the first.
    std::map<std::pair<std::string, std::string>, const Mention*> held;
    for (const auto& mention : all) {
        auto& stricter = held[{mention.kind, likeness_of(office, mention)}];
        if (!stricter || (mention.conditional() && !stricter->conditional())) stricter = &mention;
    }
    for (const auto& [alike, one] : held) {
        const auto& mention = *one;
        const auto& likeness = alike.second;
        const auto before = s.one("SELECT id FROM mention WHERE source = $1 AND kind = $2 AND likeness = $3",
                                  source, mention.kind, likeness);
        const auto id = before ? before->text(0) : base::new_id();
        kept.push_back(likeness);
        if (before && !mention.conditional()) continue;
        const auto content = sealed(key_of(office, s, source), "mention", id, mention);
        if (!before)
            s.execute(
                "INSERT INTO mention (id, source, episode, person, kind, likeness, said_at, state, decided_by, "
                "content) VALUES ($1, $2, $3, $4, $5, $6, $7, 'held', '', $8)",
                id, source, episode, person, mention.kind, likeness, mention.at, content);
        else  // said again, on conditions
            s.execute("UPDATE mention SET content = $1 WHERE id = $2", content, id);
    }
    // What was corrected away and nobody has dealt with is no longer held.
    Statement gone("DELETE FROM mention WHERE source = ? AND state = 'held'", source);
    if (!kept.empty()) gone.add(" AND likeness NOT IN (").list(kept).add(")");
    s.execute(gone);
    std::vector<std::string> vehicles;
    for (const auto& row : s.query("SELECT likeness FROM mention WHERE source = $1 AND kind = 'vehicle'", source))
        vehicles.push_back(row.text(0));
    people::store::set_vehicles(s, source, person, vehicles);
}

std::vector<std::string> records_to_read_again(Session& s, const std::string& person,
                                               const std::vector<Mention>& before,
                                               const std::vector<Mention>& after) {
    const auto vehicles = [](const std::vector<Mention>& all) {
        std::set<std::string> out;
        for (const auto& mention : all)
            if (mention.kind == "vehicle") out.insert(like_words(mention.kind, mention.text));
        return out;
    };
    if (vehicles(before) == vehicles(after)) return {};
    return people::store::own_records(s, person);
}

std::vector<StoredMention> mentions_in(const Office& office, Session& s, std::string_view state,
                                       std::string_view kind, std::size_t limit) {
    Statement statement(kMentions);
    statement.add(" WHERE m.state = ?", state);
    if (!kind.empty()) statement.add(" AND m.kind = ?", kind);
    statement.add(" ORDER BY m.said_at DESC, m.id LIMIT ?", limit);
    return mentions(office, s, statement);
}

std::optional<StoredMention> find_mention(const Office& office, Session& s, const std::string& id) {
    Statement statement(kMentions);
    statement.add(" WHERE m.id = ?", id);
    auto found = mentions(office, s, statement);
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

std::vector<StoredMention> mentions_like(const Office& office, Session& s, const StoredMention& like) {
    Statement statement(kMentions);
    statement.add(" WHERE m.kind = ? AND m.likeness = ? ORDER BY m.said_at DESC, m.id", like.kind, like.likeness);
    return mentions(office, s, statement);
}

void decide_mentions(Session& s, const StoredMention& like, std::string_view state, Instant at,
                     const std::string& by) {
    s.execute("UPDATE mention SET state = $1, decided_at = $2, decided_by = $3 WHERE kind = $4 AND likeness = $5",
              state, at, by, like.kind, like.likeness);
}

}  // namespace rowan::protect::missing::store
