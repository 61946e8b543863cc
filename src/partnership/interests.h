// What people who work here declare of themselves and of those close to them, so that they are sealed out of the
// records of these people (SECURITY.md A2). Sealed under the keyring; the account's own name always counts. Nobody
// takes back what they declared: that would lift a seal, which takes two officers of information governance.
// Thread-safety: functions on a Session are for the thread that holds it.
#pragma once
#include "partnership/access.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

enum class InterestKind { name, phone, home, vehicle };

// By which one registration (a whole pattern of base::parse_vrm) is known again wherever it was written down: a
// keyed digest, so that the vehicles of the index can be compared without being opened.
std::string vehicle_likeness(const Office&, const std::string& registration);

struct DeclaredInterest {
    std::string id;
    InterestKind kind = InterestKind::name;
    std::string first, second;  // a name; a phone in E.164; an address and its postcode; a registration
    base::Instant declared_at;
};

// Tidies and checks; invalid with a sentence. conflict when it is declared already.
base::Result<> declare_interest(const Office&, database::Session&, const std::string& user, InterestKind,
                                const std::string& first, const std::string& second);
std::vector<DeclaredInterest> interests_of(const Office&, database::Session&, const std::string& user);

// By what each account that is not closed would be recognised; read in two queries, whatever their number.
struct StaffInterests {
    std::string user, name, post, agency;
    Interests interests;
};
std::vector<StaffInterests> all_interests(const Office&, database::Session&);
// The same for one account, from its rows.
struct SealedInterest {
    std::string id, kind, content;
    base::Instant declared_at;
};
Interests known_by(const Office&, const std::string& display_name, std::vector<SealedInterest>);

}  // namespace rowan::partnership
