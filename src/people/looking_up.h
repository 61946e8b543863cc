// Looking people up, the same for pages and for programs: what is found, how often a signpost is given, and what
// the log says of it.
#pragma once
#include "people/people_desk.h"

#include <string>
#include <vector>

namespace rowan::people {

inline constexpr std::size_t kMostFound = 20;

struct LookedUp {
    std::vector<PersonLine> lines;  // best first, kMostFound at most
    bool signposts_spent = false;   // signposts are left out, whether or not there was one
};
// Everybody who is found is entered in the log, and the words as a keyed digest.
LookedUp search(partnership::Visit&, const PeopleDesk&, const std::string& words);
// That a search of any form showed this line is entered in the log.
void enter_found(partnership::Visit&, const PersonLine&);
// The words of ?q=, tidied.
std::string searched_words(const partnership::Visit&);
// S-053, A21: false, and entered as refused, for who has been given many signposts within the hour.
bool may_be_signposted(partnership::Visit&, const std::string& person);

}  // namespace rowan::people
