#include "partnership/audit_entry.h"

namespace rowan::partnership {

AuditEntry entry(std::string_view act, const std::string& by, const std::string& agency, std::string_view kind,
                 const std::string& subject, std::string_view outcome, std::string_view detail) {
    return {.user_id = by,
            .agency = agency,
            .act = std::string(act),
            .subject_kind = std::string(kind),
            .subject_id = subject,
            .outcome = std::string(outcome),
            .detail = std::string(detail)};
}

void told(const Office& office, database::Session& s, const std::string& user, const std::string& agency,
          std::string_view act, bool allowed, std::string_view detail) {
    office.audit.append(s, entry(act, user, agency, "account", user, allowed ? "allowed" : "denied", detail));
}

}  // namespace rowan::partnership
