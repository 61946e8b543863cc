// The SQL of missing episodes and return interviews. Functions run inside the caller's session; none takes an
// access decision or writes audit. Writes keep the whole record, sealed, as a new version in history; updates name
// the version they are based on and return false, changing nothing, when the stored one is another.
// Errors: sealed bytes that do not open are damage: std::runtime_error.
#pragma once
#include "html/maps.h"
#include "protect/missing/return_interview.h"
#include "protect/store.h"

#include <map>

namespace rowan::protect::missing::store {

using database::Session;
using partnership::Office;

// Gives id and ref (by the year of missing_from) when they are empty, version 1, and a key of its own.
void insert_episode(const Office&, Session&, Episode&, Instant at, const std::string& by);
bool update_episode(const Office&, Session&, Episode&, Instant at, const std::string& by);
std::optional<Episode> find_episode(const Office&, Session&, const std::string& id);
// Oldest first, withdrawn ones too; without words.
std::vector<Episode> episodes_of(Session&, const std::string& root);
// The same with words.
std::vector<Episode> whole_episodes_of(const Office&, Session&, const std::string& root);
// Nobody has said yet that they are safely back, longest missing first; with words. All of them: whom a limit left
// out would be looked for by nobody.
std::vector<Episode> not_yet_safe(const Office&, Session&);
// The roots of those who are missing or found, and not back.
std::set<std::string> missing_now(Session&);

void insert_interview(const Office&, Session&, ReturnInterview&, const std::vector<Episode>& covered, Instant at,
                      const std::string& by);
// `covered`: all episodes that the interview is about from now on.
bool update_interview(const Office&, Session&, ReturnInterview&, const std::vector<Episode>& covered, Instant at,
                      const std::string& by);
std::optional<ReturnInterview> find_interview(const Office&, Session&, const std::string& id);
// Newest offer first; with words.
std::vector<ReturnInterview> interviews_of(const Office&, Session&, const std::string& root);
// Writes again what each interview about this episode means for it: the episode's times have changed.
void settle_links(const Office&, Session&, const Episode&);

// Somebody still owes the young person something: back, counted, and not settled by an interview held, by "no"
// with the parents asked, or by a reason for not offering. Without words; the `limit` latest returns, newest
// first, because their time is not over yet.
std::vector<Episode> waiting_for_interview(Session&, std::size_t limit);

// Where a postcode is: metres east and north; nothing when the postcode file does not have it.
std::optional<std::pair<int, int>> spot_of(Session&, const std::string& postcode);
// The postcode file has others of the same district, such as TA1, and not this one. False of what is no postcode.
bool missing_from_file(Session&, const base::Postcode&);
// The squares of 1,000 metres that hold postcodes, by area; a square of two areas belongs to the one with more.
std::map<std::string, std::vector<html::MapCell>> ground(Session&);

// A number that is larger after every change of an episode, of who is one person, and of a protection: what the
// live board compares.
std::int64_t changes(Session&);

}  // namespace rowan::protect::missing::store
