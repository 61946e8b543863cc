// What somebody did with an account or an agency, as the log has it. Inside the room; pages make theirs with
// Visit. Thread-safety: any thread.
#pragma once
#include "partnership/office.h"

namespace rowan::partnership {

// `outcome`: "allowed" or "denied".
AuditEntry entry(std::string_view act, const std::string& by, const std::string& agency, std::string_view kind,
                 const std::string& subject, std::string_view outcome = "allowed", std::string_view detail = "");
// What somebody did, or tried, with their own account; `user` is "" when nobody knows whose.
void told(const Office&, database::Session&, const std::string& user, const std::string& agency,
          std::string_view act, bool allowed, std::string_view detail);

}  // namespace rowan::partnership
