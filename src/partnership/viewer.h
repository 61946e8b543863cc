// Who asks: the viewer behind an account or behind a session, as they stand at this moment. Every request begins
// here, so that whatever is revoked (a role, an account, a session, an agency's signature) is gone with the next
// one; it costs two statements.
// Thread-safety: viewer_for is for the thread that holds the session; session_for from any thread.
#pragma once
#include "partnership/access.h"
#include "partnership/office.h"

#include <optional>
#include <string>

namespace rowan::partnership {

// Nothing when the account is closed or its agency is shut out.
std::optional<Viewer> viewer_for(const Office&, database::Session&, const std::string& user_id);

struct SessionInfo {
    Viewer viewer;
    std::string token_hash;
};
// The viewer of a live session, or nothing. It is alive until 15 minutes after its last use, for 10 hours at most.
std::optional<SessionInfo> session_for(const Office&, const std::string& token);
inline constexpr std::chrono::minutes kIdle{15};
inline constexpr std::chrono::hours kAbsolute{10};

}  // namespace rowan::partnership
