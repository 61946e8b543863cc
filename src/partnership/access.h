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
    search_people,           // use the search box
    refer,                   // S-107: anyone with a professional's account can raise a concern
    screen,                  // use the screening tools
    decide,                  // take the front-door decision
    see_all_referrals,       // the front door's list
    bring_extract,           // import an agency's extract
    review_matches,          // same person / different people
    see_profile,             // aggregates of the problem profile
    see_profile_lists,       // the people behind a number
    report_missing,          // report, update and follow missing episodes
    hold_return_interviews,  // S-070: offer and hold them
    protect_people,          // say what protects a person's record, and who is named on it
    oversee_protection,      // see which records are protected and name people on them, without opening one
    supervise,               // see whom colleagues of the own agency are allocated to
    disclose,                // H-115: permit that a record is disclosed to somebody of another agency
    see_audit,               // who has looked
    manage_protocol,         // record signatures and withdrawals
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

// By what a member of staff would be recognised among the people of the index: their own name, and what they
// declare of themselves and of those close to them (SECURITY.md A2, A3).
struct Interests {
    struct Home {
        std::string address, postcode;
        bool operator==(const Home&) const = default;
    };
    std::vector<std::string> names, phones;  // names as written; phones in E.164
    std::vector<Home> homes;
    std::vector<std::string> vehicles = {};  // keyed digests of registrations (interests.h)
    bool operator==(const Interests&) const = default;
};

// By what somebody works with a person, until it ends or its time is over.
enum class Work { allocated, meeting, disclosure };
std::string_view name_of(Work);
std::optional<Work> work(std::string_view name);

struct Viewer {
    std::string user_id, name, post, agency, agency_name;
    AgencyType agency_type = AgencyType::other;
    std::string user_name;
    std::vector<std::string> roles;
    bool protocol_in_force = false;          // H-111
    SharingLevel shares[kDataClasses] = {};  // H-025: the agency's row of the protocol in force, by DataClass
    Interests interests;
    bool elsewhere = false;                // this session began at the agency's own identity provider
    bool proven = false;                   // and they proved within five minutes that it is they
    bool keyed = false;                    // a security key was used in this session
    std::vector<std::string> withheld;     // roles that work only then, and do not now
    std::vector<std::string> emergencies;  // people whose record they opened in an emergency that is not over
    std::string team;                      // within the agency; "" for none
    struct Tie {
        std::string person;
        Work work = Work::allocated;
    };
    std::vector<Tie> ties;  // whom they work with now
    SharingLevel share(DataClass c) const { return shares[static_cast<int>(c)]; }
    bool has(Permission) const;
    bool at_front_door() const;
};

// Takes these roles from a viewer whose session has not earned them; they are named in `withheld`.
void withhold(Viewer&, const std::vector<std::string>& roles);

// Whether the viewer may use something at all.
struct Permit {
    bool allowed = false;
    std::string_view rule;      // stable code for the audit log: "front-door"
    std::string_view sentence;  // "you work at the front door"
};
Permit may(const Viewer&, Permission);

// How what came up about somebody (a name, a vehicle, a place) may be handled: lawful sharing is permitted (code
// P), or permitted with conditions (code C). DOMAIN.md 2.5.
enum class Handling { permitted, conditions };
// Names, vehicles and places that came up go to the front door and the police, whose work they are.
bool works_with_intelligence(const Viewer&);
// Whether the viewer may read one of them, of a record that they may open. `recorded_by`: an agency's code.
Permit may_read_mention(const Viewer&, Handling, const std::string& recorded_by);

// How much of a person the viewer may see.
enum class Sight { none, signpost, full };

// What protects a person, from the least to the strictest; a link takes the stricter of the two.
enum class Sensitivity {
    ordinary,
    safe_address,      // where they live is shown to those named only
    restricted,        // shown to those named only: relatives of staff, the publicly known
    police_sensitive,  // shown to those named only, and they are of the police
    sealed,            // shown to those named only, and only information governance names: adoption, witnesses
};
std::string_view name_of(Sensitivity);
std::string_view title_of(Sensitivity);
std::optional<Sensitivity> sensitivity(std::string_view name);
// The record is shown to nobody but those who are named on it.
inline bool is_shut(Sensitivity s) { return s >= Sensitivity::restricted; }

struct PersonFacts {
    std::set<std::string> agencies;  // agencies that hold a record of this person
    bool referred_by_viewer = false;
    bool allowed_by_name = false;  // named on the protected record
    Sensitivity sensitivity = Sensitivity::ordinary;
    bool at_risk = false;    // holds an exploitation flag or an open referral
    bool conflict = false;   // the viewer may have to do with this person, and nobody has lifted the seal
    bool emergency = false;  // the viewer opened this record in an emergency that is not over
    // Relationships in force now. They show more, and never what is shut or sealed.
    bool allocated = false;         // to the viewer
    bool team_allocated = false;    // to a colleague of the viewer's agency and team
    bool agency_allocated = false;  // to a colleague of the viewer's agency
    bool meeting = false;           // the viewer was asked to a meeting about this person
    bool disclosed = false;         // the record was disclosed to the viewer
};

struct PersonSight {
    Sight sight = Sight::none;
    std::string_view rule, sentence;
    bool address = false;     // may read where the person lives
    bool shut_out = false;    // the record is protected and does not name the viewer
    bool sealed_out = false;  // a conflict seal: for this viewer there is no such person, in lists and counts too
    bool all_words = false;   // may read what every agency says of the person
};
// What somebody reads of a person for. What was given or taken for one purpose opens nothing for the other.
enum class Purpose {
    work,     // with the person or about them: their page, a search, what they are part of
    figures,  // who is behind a number: lists and files
};
// `protocol`: the one in force today; null when there is none, and then nothing is shared.
PersonSight may_see(const Viewer&, const PersonFacts&, const Protocol* protocol, OwnAgency,
                    Purpose = Purpose::work);

}  // namespace rowan::partnership
