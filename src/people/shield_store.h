// A record that only resembles a protected one bears that one's protection until somebody says whether the two are
// one person: a shielded child must not be found by the copy that somebody else brings in (ContactPoint 2009;
// SECURITY.md 4). It follows from the pairs that wait and is stored nowhere: it is there with the pair and goes
// with its decision. Functions run inside the caller's session. Persons are roots.
#pragma once
#include "people/protection_store.h"

#include <map>
#include <string>
#include <vector>

namespace rowan::people::store {

// Pairs at least this likely count: as likely as not (log2 of the odds, in thousandths).
inline constexpr std::int64_t kShieldingWeight = 0;

struct Shield {
    Sensitivity level = Sensitivity::ordinary;
    std::vector<std::string> from;  // the protected people of that level whom this one resembles
};
Shield shield_of(Session&, const std::string& root);
std::map<std::string, Sensitivity> all_shields(Session&);

// Named on what protects this person: on the record itself, or on one that it resembles and is stricter.
bool named_for(Session&, const std::string& root, const std::string& user);
// Records of others that wait to be matched with this person: what protects this person touches them too.
std::vector<std::string> records_alike(Session&, const std::string& root);

}  // namespace rowan::people::store
