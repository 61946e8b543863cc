// Looking that somebody should ask about (SECURITY.md A1, A3 and 9.4): five plain rules over a week of the log. No
// scores: each finding says what was seen, how often and when. Pure. Thread-safety: pure functions and values.
#pragma once
#include "base/time.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::people {

enum class OddKind {
    own_family_name,  // looked at somebody of their own family name
    own_street,       // looked at somebody whose postcode they have declared
    themselves,       // searched for their own name or telephone
    in_a_row,         // looked at many people within ten minutes
    at_night,         // looked at people between ten in the evening and six in the morning
};
std::string_view name_of(OddKind);      // "own-family-name", for the log and the table
std::string_view sentence_of(OddKind);  // "looked at somebody of their own family name"

inline constexpr std::size_t kManyInARow = 20, kManyAtNight = 5;

// What is known of a member of staff.
struct Watched {
    std::string user;
    std::set<std::string> family_names, postcodes;  // folded; as stored
    std::set<std::string> own_queries;              // digests of searches that would look for themselves
};
// One entry of the log: a person's page that was shown, or a search.
struct Seen {
    std::string user;
    base::Instant at;
    std::string person;                             // root; empty for a search
    std::set<std::string> family_names, postcodes;  // of that person, folded; as stored
    std::string query;                              // digest; empty for a look
};
struct OddLook {
    std::string user;
    OddKind kind;
    std::size_t count = 0;  // people, or searches
    base::Instant first, last;
};

// `seen` in the order of time. One finding a user and kind at most, by user and kind.
std::vector<OddLook> odd_looks(const std::vector<Watched>&, const std::vector<Seen>&);

}  // namespace rowan::people
