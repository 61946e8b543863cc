// What a professional writes when they are worried about a child: plain, respectful, and about nobody.
// Thread-safety: pure functions but for the Random they are given.
#pragma once
#include "county/county.h"
#include "county/random.h"

#include <string>
#include <string_view>

namespace rowan::county {

// `severity` 0 (a small worry) to 3 (harm is happening).
std::string narrative(Random&, AgencyKind, std::string_view name, Sex, int severity, bool missing, bool under_12);
std::string rationale(Random&, std::string_view decision);
std::string best_interests(Random&);

}  // namespace rowan::county
