// What the pages of accounts, roles and one's own account show of new ways in (recovery.h), and of what happened
// to an account. Thread-safety: any thread.
#pragma once
#include "partnership/accounts.h"
#include "partnership/recovery.h"
#include "partnership/routes.h"

namespace rowan::partnership {

// For administrators: what can be done for an account whose owner cannot come in, and what became of it.
html::Html recovery_of_account(const Visit&, const Account&, const std::vector<Recovery>& all);
// For information governance: who should get a new way in; nothing when nobody.
html::Html recoveries_asked_for(const Visit&, database::Session&);
// For whose account it is: that somebody asks for a new way into it, and how to stop that.
html::Html told_of_recovery(const Visit&);
// For whose account it is: the last things that happened to it, by whom, and how many tries to come in failed.
html::Html account_events(const Visit&);

void add_recovery_routes(Routes&);

}  // namespace rowan::partnership
