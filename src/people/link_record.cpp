#include "people/link_record.h"

namespace rowan::people {

linkage::Record link_record(const std::string& id, const std::string& source, const Identity& who) {
    linkage::Record out;
    out.id = id;
    out.source = source;
    out.given_names = who.given_names.empty() ? who.known_as : who.given_names;
    out.family_name = who.family_name;
    out.aliases = who.aliases;
    if (!who.known_as.empty() && !who.given_names.empty())
        out.aliases.push_back(who.known_as + " " + who.family_name);
    if (who.born)
        out.date_of_birth = {static_cast<std::uint16_t>(int(who.born->year())),
                             static_cast<std::uint8_t>(unsigned(who.born->month())),
                             static_cast<std::uint8_t>(unsigned(who.born->day()))};
    out.sex = who.sex == "U" ? "" : who.sex;
    out.postcode = who.postcode;
    out.address = who.address;
    out.nhs_number = who.nhs_number;
    out.upn = who.upn;
    out.phone = who.phone;
    return out;
}

}  // namespace rowan::people
