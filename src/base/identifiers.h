// Identifiers that people write down: NHS number, UPN, postcode, phone, vehicle registration.
//
// parse_* take what a person typed (spaces, dashes, lower case) and give the canonical form, or an Error whose
// message says in one sentence what is wrong. Sources and vectors: DOMAIN.md 2.11 and 7.
// Thread-safety: pure functions.
#pragma once
#include "base/result.h"

#include <string>
#include <string_view>

namespace rowan::base {

Result<std::string> parse_nhs_number(std::string_view);      // "9434765919"
std::string display_nhs_number(std::string_view canonical);  // "943 476 5919"
Result<std::string> parse_upn(std::string_view);             // "A950000178301"; temporary UPNs (letter at 13) too

enum class PostcodeStatus { valid, pseudo, missing, invalid };
struct Postcode {
    PostcodeStatus status = PostcodeStatus::missing;
    std::string text;  // valid or pseudo: upper case, one space ("TA1 1AA"); invalid: as written; missing: empty
    std::string outward() const;  // "TA1"; empty unless valid
};
// Never fails: a postcode that cannot be read is a category of its own (trap 6), not an error.
Postcode parse_postcode(std::string_view);

Result<std::string> parse_phone(std::string_view);  // E.164, UK assumed: "+447700900123"
std::string display_phone(std::string_view e164);   // "07700 900123"

// Intelligence is often partial: a registration is never refused. `pattern` is upper case without spaces, with
// '?' for each unknown character; `well_formed` says whether it fits a UK format (current, prefix, suffix,
// dateless or Northern Ireland).
struct VehicleRegistration {
    std::string as_written, pattern;
    bool well_formed = false;
};
VehicleRegistration parse_vrm(std::string_view);

// The domain in lower case; the part before the @ as written (RFC 5321: only its owner knows whether case
// matters).
Result<std::string> parse_email(std::string_view);

}  // namespace rowan::base
