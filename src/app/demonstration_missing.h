// The demonstration's missing episodes and return interviews: two years of them, and a few of this very night.
#pragma once
#include "people/people_desk.h"

#include <cstdint>
#include <map>
#include <string>

namespace rowan::app {

// `users`: agency code -> account, "" for anybody. Returns how many episodes were stored.
base::Result<std::uint64_t> fill_with_missing(const partnership::Office&, const people::PeopleIndex&,
                                              const std::map<std::string, std::string>& users, std::uint64_t seed);

}  // namespace rowan::app
