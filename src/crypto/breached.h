// Lists of breached passwords: a text file, sorted, one SHA-1 in capital hex a line; ":" and a count may follow.
// That is how "Pwned Passwords" is given out; a partnership keeps a copy, and no password leaves the machine. A
// list of any size is searched in a few reads. SHA-1 here names entries of the list and protects nothing.
// Thread-safety: any thread. Errors: unavailable when the file cannot be read.
#pragma once
#include "base/result.h"

#include <string>
#include <string_view>

namespace rowan::crypto {

// Whether it can be read and looks like such a list: its first lines are in order.
base::Result<> check_breached_list(const std::string& file);
base::Result<bool> is_breached(const std::string& file, std::string_view password);

}  // namespace rowan::crypto
