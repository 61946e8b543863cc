// What the people on duty must have when Rowan is away: who is missing, what waits and until when, and of each
// young person whose case is open the level of risk, what is known and whom to ring (SECURITY.md 9.7).
//
// A file that is opened offline cannot be closed again, so it holds less than a page: only what every one of its
// readers may see in full now, nobody on a protected record, and of somebody with a safe address neither where
// they live nor anything that was written. Conflict seals of each reader hold. Pure but for the desks that it
// reads.
#pragma once
#include "people/people_desk.h"
#include "protect/missing/missing_desk.h"

#include <string>
#include <vector>

namespace rowan::app {

struct Bundle {
    struct Missing {
        std::string id, child, person, ref, risk, lead_agency, police_ref, last_seen, wearing, circumstances, home;
        base::Instant since;
        std::optional<int> age;
        std::string stage;
        bool often = false;  // so often that a strategy discussion is proposed
    };
    struct Clock {
        std::string what, about, person, ref, note;
        std::string kind, id;  // of the record that it belongs to, for the audit log
        base::Instant due;
        bool danger = false;
    };
    struct YoungPerson {
        std::string person, ref, name, known_as, born, sex, address, phone, risk, risk_since;
        std::vector<std::string> flags, agencies;
        std::vector<Clock> clocks;
        bool address_kept_back = false;
    };
    base::Instant made_at;
    std::vector<std::string> readers;  // "Dev Raithatha, Exploitation coordinator, Somerset County Council"
    std::vector<Missing> missing;      // the worst grade first
    std::vector<Clock> clocks;         // the earliest first
    std::vector<YoungPerson> people;   // by name; each person named above, as far as all readers may see them
};

// Precondition: at least one reader.
Bundle gather_bundle(const protect::missing::MissingDesk&, std::vector<partnership::Viewer> readers);

// One HTML document that needs nothing else: no script, no address that is fetched.
std::string bundle_page(const partnership::Scheme&, const Bundle&, std::string_view program);

}  // namespace rowan::app
