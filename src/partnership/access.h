// Who may do and see what: one pure room, default deny, each answer with the rule that gave it.
//
// A decision is a function of the viewer (roles, agency, whether the agency's protocol signature is in force) and
// of facts about the thing looked at. Nothing here reads a database or a clock. SECURITY.md 9.4, DOMAIN.md 6.
// Thread-safety: pure functions and values.
#pragma once
#include "partnership/scheme.h"

#include <bitset>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::partnership {

enum class Permission {
    search_people,        // use the search box
    refer,                // S-107: anyone with a professional's account can raise a concern
    screen,               // use the screening tools
    decide,               // take the front-door decision
    see_all_referrals,    // the front door's list
    bring_extract,        // import an agency's extract
    review_matches,       // same person / different people
    see_profile,          // aggregates of the problem profile
    see_profile_lists,    // the people behind a number
    see_audit,            // who has looked
    manage_protocol,      // record signatures and withdrawals
    manage_users,
    count_
};

struct RoleFacts {
    std::string_view code, title;
    std::vector<Permission> permissions;
    bool works_at_front_door = false;  // sees every person referred or flagged
};
// Every role Rowan knows, in the order of DOMAIN.md 6.
const std::vector<RoleFacts>& roles();
const RoleFacts* find_role(std::string_view code);

struct Viewer {
    std::string user_id, name, post, agency, agency_name;
    AgencyType agency_type = AgencyType::other;
    std::string user_name;
    std::vector<std::string> roles;
    bool protocol_in_force = false;  // H-111
    bool has(Permission) const;
    bool at_front_door() const;
};

// Whether the viewer may use something at all.
struct Permit {
    bool allowed = false;
    std::string_view rule;      // stable code for the audit log: "front-door"
    std::string_view sentence;  // "you work at the front door"
};
Permit may(const Viewer&, Permission);

// How much of a person the viewer may see.
enum class Sight { none, signpost, full };

enum class Sensitivity { ordinary, restricted };

struct PersonFacts {
    std::set<std::string> agencies;       // agencies that hold a record of this person
    bool referred_by_viewer = false;
    bool allowed_by_name = false;         // on the allow-list of a restricted record
    Sensitivity sensitivity = Sensitivity::ordinary;
    bool at_risk = false;                 // holds an exploitation flag or an open referral
};

struct PersonSight {
    Sight sight = Sight::none;
    std::string_view rule, sentence;
};
// `protocol`: the one in force today; null when there is none, and then nothing is shared.
PersonSight may_see(const Viewer&, const PersonFacts&, const Protocol* protocol);

}  // namespace rowan::partnership
