// The SQL of the holding list. Functions run inside the caller's session. For this room's .cpp files only.
#pragma once
#include "protect/missing/episode.h"
#include "protect/store.h"

namespace rowan::protect::missing::store {

using database::Session;
using partnership::Office;

struct StoredMention {
    std::string id, source, episode, person, kind, likeness, state, decided_by;
    Instant said_at{};
    std::optional<Instant> decided_at;
    Mention words;
};

// Puts what is new among the mentions of this source (an episode or an interview about it) on the list, and keeps
// the vehicles among them for conflict seals: who declared one of them is sealed out of the person, whoever they
// are.
void hold_mentions(const Office&, Session&, const std::string& source, const std::string& episode,
                   const std::string& person, const std::vector<Mention>&);
// The records to be read again when these mentions follow those, because a vehicle among them may seal somebody
// out; none when no vehicle came or went.
std::vector<std::string> records_to_read_again(Session&, const std::string& person,
                                               const std::vector<Mention>& before,
                                               const std::vector<Mention>& after);
// Newest first; `kind` empty: all.
std::vector<StoredMention> mentions_in(const Office&, Session&, std::string_view state, std::string_view kind,
                                       std::size_t limit);
std::optional<StoredMention> find_mention(const Office&, Session&, const std::string& id);
std::vector<StoredMention> mentions_like(const Office&, Session&, const StoredMention&);
void decide_mentions(Session&, const StoredMention& like, std::string_view state, Instant at,
                     const std::string& by);

// What makes two mentions alike: "AB12 CDE, a dark hatchback" and "dark ab12cde" are one vehicle.
std::string like_words(const std::string& kind, const std::string& text);

}  // namespace rowan::protect::missing::store
