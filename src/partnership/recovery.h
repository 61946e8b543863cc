// A new way into an account whose owner has lost theirs, or whose account lay idle and was closed: an
// administrator asks, somebody of information governance agrees, and neither can use it. Each sees half of the
// invitation's code and reads it to the owner, after making sure who that is (SECURITY.md 9.3, ASVS 6.4.4).
// Thread-safety: functions on a Session are for the thread that holds it.
#pragma once
#include "base/result.h"
#include "partnership/access.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

struct Recovery {
    std::string id, user, asked_by, answered_by;  // accounts' ids
    base::Instant asked_at;
    std::optional<base::Instant> agreed_at, refused_at;
    std::string half;  // the viewer's half of the code while the invitation waits; "" for everybody else
    bool waits() const { return !agreed_at && !refused_at; }
};
// Those that wait and those whose invitation waits, oldest first.
std::vector<Recovery> recoveries(const Office&, database::Session&, const Viewer&);

// The one of this account, if there is one: its owner is told, wherever they are still signed in.
std::optional<Recovery> recovery_of(const Office&, database::Session&, const std::string& user);

base::Result<> ask_for_recovery(const Office&, database::Session&, const Viewer& by, const std::string& user);
base::Result<> answer_recovery(const Office&, database::Session&, const Viewer& by, const std::string& recovery,
                               bool agreed);
// The owner did not ask for it: what is asked for or waits is over.
base::Result<> stop_recovery(const Office&, database::Session&, const Viewer& owner);

}  // namespace rowan::partnership
