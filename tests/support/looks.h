// Looks for tests: one to record, recording it as a page does, and what stands in the log of it.
#pragma once
#include "partnership/look_book.h"

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rowan::support {

inline partnership::AuditEntry look(const std::string& subject) {
    return {.user_id = "user", .agency = "SMBC", .act = "look", .subject_kind = "person", .subject_id = subject};
}

// Waits until they are durable. False: refused.
inline bool recorded(const partnership::LookBook& book, std::vector<partnership::AuditEntry> looks) {
    const auto durable = std::make_shared<std::promise<bool>>();
    book.record(std::move(looks), [durable](const std::exception_ptr& failure) { durable->set_value(!failure); });
    return durable->get_future().get();
}

// How often each subject stands in the log.
inline std::map<std::string, int> subjects_in_log(database::Database& db) {
    return db.read([](database::Session& s) {
        std::map<std::string, int> out;
        for (const auto& row : s.query("SELECT subject_id FROM audit_entry")) ++out[row.text(0)];
        return out;
    });
}

}  // namespace rowan::support
