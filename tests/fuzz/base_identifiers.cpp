// Any bytes as an identifier: what is accepted reads back as itself, and shows as something that reads back.
// Needs src/base/{identifiers,text}.cpp and ICU.
#include "base/identifiers.h"
#include "base/text.h"

#include <cstdint>
#include <cstdlib>

using namespace rowan::base;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class Parse>
void settles(Parse parse, std::string_view text) {
    auto once = parse(text);
    if (!once) return;
    auto twice = parse(*once);
    require(twice.ok() && *twice == *once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    settles(parse_nhs_number, text);
    settles(parse_upn, text);
    settles(parse_phone, text);
    settles(parse_email, text);
    if (auto nhs = parse_nhs_number(text)) require(parse_nhs_number(display_nhs_number(*nhs)).value() == *nhs);
    if (auto phone = parse_phone(text)) require(parse_phone(display_phone(*phone)).value() == *phone);

    Postcode postcode = parse_postcode(text);
    require(parse_postcode(postcode.text).status == postcode.status);
    require(postcode.outward().empty() == (postcode.status != PostcodeStatus::valid));

    VehicleRegistration vehicle = parse_vrm(text);
    require(vehicle.as_written == text);
    VehicleRegistration again = parse_vrm(vehicle.pattern);
    require(again.pattern == vehicle.pattern && again.well_formed == vehicle.well_formed);
    return 0;
}
