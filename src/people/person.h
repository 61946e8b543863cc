// A person as one agency knows them, and the person that the partnership sees.
//
// Pure: no SQL, HTTP or HTML. Dates are dates of the calendar; instants are UTC.
#pragma once
#include "base/identifiers.h"
#include "base/result.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::people {

// What names somebody: sealed at rest, held in memory while the server is unsealed. All text is UTF-8.
struct Identity {
    std::string given_names, family_name, known_as;
    std::vector<std::string> aliases;  // nicknames and former names
    std::optional<base::Date> born;
    std::string sex = "U";           // M, F, U
    std::string ethnicity = "NOBT";  // DfE code
    std::string nhs_number, upn;     // canonical or empty
    std::string phone;               // E.164 or empty
    std::string address, postcode;   // postcode as base::Postcode::text
    std::string local_ref;           // the agency's own number for this person

    std::string display_name() const;  // "Amina Rahman", "Unknown" when nothing is known
    std::string sort_name() const;     // "RAHMAN Amina"
};

std::string to_json(const Identity&);
base::Result<Identity> identity_from_json(std::string_view);

struct FieldProblem {
    std::string field, message;
};
// DOMAIN.md 3.10: lengths, dates not in the future nor before 1900, identifiers well formed.
// Tidies in place what can be tidied (spaces, case) and lists what cannot be accepted.
std::vector<FieldProblem> check(Identity&, base::Date today);

// Reads a date as people write it in three fields or in one ("31/02/2017" is refused with a sentence).
base::Result<base::Date> parse_written_date(std::string_view day, std::string_view month, std::string_view year);

struct AgencyRecord {
    std::string id, person, agency;
    Identity identity;
    std::string area;  // area code of the home postcode, by the scheme's rule
    base::PostcodeStatus postcode_status = base::PostcodeStatus::missing;
    std::string import_id;
    base::Instant updated_at;
    std::int64_t version = 0;
};

struct Flag {
    std::string id, record, agency, flag;
    base::Date set_on;
    std::optional<base::Date> cleared_on;
    std::optional<int> age_at;  // snapshot: age on the day it was set
    std::string sex, area;      // snapshots
    bool active_on(base::Date day) const;
};

}  // namespace rowan::people
