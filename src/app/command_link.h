// rowan link: records of CSV files compared, weighed and put together into persons; no database needed.
#pragma once
#include <string>
#include <vector>

namespace rowan::app {

// `arguments` without "rowan" and "link". Exit codes: 0 done, 1 refused with one sentence on stderr, 2 wrong
// usage.
int link_command(const std::vector<std::string>& arguments);

}  // namespace rowan::app
