#include "partnership/look_book.h"

#include "base/log.h"

#include <utility>

namespace rowan::partnership {
namespace {

using database::DatabaseError;
using database::Session;

bool cannot_be_stored(const std::exception_ptr& failure) {
    if (!failure) return false;
    try {
        std::rethrow_exception(failure);
    } catch (const DatabaseError& e) {
        return e.kind() == DatabaseError::Kind::invalid;
    } catch (...) {
        return false;
    }
}

}  // namespace

void LookBook::record(std::vector<AuditEntry> looks, database::Database::Then then) const {
    const auto sheet = enter({std::move(looks), std::move(then)});
    if (!sheet) return;
    try {
        office_.database.queue_write([this, sheet](Session& s) { append(s, sheet); },
                                     [this, sheet](const std::exception_ptr& failure) { tell(sheet, failure); });
    } catch (...) {
        tell(sheet, std::current_exception());
    }
}

// The sheet, for the first on it, who is to have it written; null for the others.
std::shared_ptr<LookBook::Sheet> LookBook::enter(Visitor visitor) const {
    const std::lock_guard lock(mutex_);
    const bool first = !open_;
    if (first) open_ = std::make_shared<Sheet>();
    open_->push_back(std::move(visitor));
    return first ? open_ : nullptr;
}

void LookBook::close(const std::shared_ptr<Sheet>& sheet) const {
    const std::lock_guard lock(mutex_);
    if (open_ == sheet) open_.reset();
}

void LookBook::append(Session& s, const std::shared_ptr<Sheet>& sheet) const {
    close(sheet);
    std::vector<AuditEntry> all;
    for (const auto& visitor : *sheet) all.insert(all.end(), visitor.looks.begin(), visitor.looks.end());
    office_.audit.append(s, all);
}

void LookBook::tell(const std::shared_ptr<Sheet>& sheet, const std::exception_ptr& failure) const {
    close(sheet);  // the writer may have failed before it began with it
    // Somebody's look cannot be stored, and nobody else is to suffer for it: each by itself.
    const bool apart = sheet->size() > 1 && cannot_be_stored(failure);
    for (auto& visitor : *sheet) {
        auto then = std::exchange(visitor.then, nullptr);
        try {
            if (apart)
                office_.database.queue_write(
                    [this, looks = std::move(visitor.looks)](Session& s) { office_.audit.append(s, looks); },
                    std::move(then));
            else
                then(failure);
        } catch (...) {  // dropped: the visitor is told that something went wrong
            base::log(base::LogLevel::error, "audit.not_told");
        }
    }
}

}  // namespace rowan::partnership
