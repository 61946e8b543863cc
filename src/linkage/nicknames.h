// Which given names are forms of one another: "Bob" and "Robert", "Saoirse" and "Sersha", "Mohammed" and
// "Muhammad". The table is ours, written as facts in nicknames.inc: British and Irish short forms and the
// spellings of names that the communities of an English county bring with them. A name may stand in several
// groups. Thread-safety: the table is built once, on first use, and never changes.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace rowan::linkage {

// Group numbers of a folded single name, ascending; empty when it has no known other forms.
std::span<const std::uint16_t> name_groups(std::string_view folded);
bool share_group(std::span<const std::uint16_t>, std::span<const std::uint16_t>);
bool nickname(std::string_view a, std::string_view b);  // share a group and are not the same spelling

}  // namespace rowan::linkage
