// rowan link encode and rowan link overlap: linkage by keys, where names may not leave the agency.
#pragma once
#include <string>
#include <vector>

namespace rowan::app {

int link_encode_command(const std::vector<std::string>& arguments);
int link_overlap_command(const std::vector<std::string>& arguments);

}  // namespace rowan::app
