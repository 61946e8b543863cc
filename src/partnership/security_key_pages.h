// The pages of security keys and passkeys (security_keys.h). What the browser answers comes as an ordinary form,
// filled in by a script (assets/js/key.js). Thread-safety: any thread.
#pragma once
#include "partnership/routes.h"

#include <optional>

namespace rowan::partnership {

// For one's own account: that a role waits for a key; nothing when none does.
html::Html told_of_withheld_roles(const Visit&);
// What stands instead of a file with a list of people, and in the log, when no security key was used in this
// session; nothing when the file may go out.
std::optional<http::Response> key_first(Visit&);

void add_security_key_routes(Routes&);

}  // namespace rowan::partnership
