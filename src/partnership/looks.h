// A page of who has looked: so many entries of the log at a time, and the way to what is older.
#pragma once
#include "html/markup.h"
#include "partnership/routes.h"

#include <set>
#include <string>
#include <vector>

namespace rowan::partnership {

struct LooksPage {
    std::vector<Look> looks;  // newest first
    html::Html pagination;    // empty where there is nothing newer and nothing older
};
// As ?before= asks. `address`: of this page, without it. No records: the whole log.
LooksPage looks_page(const Visit&, const std::set<std::string>& records, const std::string& address);

// How many signposts somebody was shown since then, the last second's among them.
std::int64_t signposts_since(const Office&, const std::string& user, base::Instant since);

}  // namespace rowan::partnership
