#include "partnership/look_book.h"

#include "base/log.h"

#include <iterator>
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
    const auto sheet = enter(std::move(looks), std::move(then));
    if (!sheet) return;
    try {
        place().queue_write(
            [this, sheet](Session& s) {
                close(sheet);
                write(s, sheet->looks);
            },
            [this, sheet](const std::exception_ptr& failure) { tell(sheet, failure); });
    } catch (...) {
        tell(sheet, std::current_exception());
    }
}

database::Database& LookBook::place() const {
    return office_.look_file ? office_.look_file->database() : office_.database;
}

void LookBook::write(Session& s, const std::vector<AuditEntry>& looks) const {
    if (office_.look_file)
        office_.look_file->write(s, looks);
    else
        office_.audit.append(s, looks);
}

// The sheet, for the first on it, who is to have it written; null for the others.
std::shared_ptr<LookBook::Sheet> LookBook::enter(std::vector<AuditEntry> looks,
                                                 database::Database::Then then) const {
    const std::lock_guard lock(mutex_);
    const bool first = !open_;
    if (first) open_ = std::make_shared<Sheet>();
    open_->visitors.push_back({looks.size(), std::move(then)});
    std::move(looks.begin(), looks.end(), std::back_inserter(open_->looks));
    return first ? open_ : nullptr;
}

void LookBook::close(const std::shared_ptr<Sheet>& sheet) const {
    const std::lock_guard lock(mutex_);
    if (open_ == sheet) open_.reset();
}

void LookBook::tell(const std::shared_ptr<Sheet>& sheet, const std::exception_ptr& failure) const {
    close(sheet);  // the writer may have failed before it began with it
    // Somebody's look cannot be stored, and nobody else is to suffer for it: each by itself.
    const bool apart = sheet->visitors.size() > 1 && cannot_be_stored(failure);
    auto next = sheet->looks.begin();
    for (auto& visitor : sheet->visitors) {
        const auto first = std::exchange(next, next + static_cast<std::ptrdiff_t>(visitor.looks));
        auto then = std::exchange(visitor.then, nullptr);
        try {
            if (apart)
                place().queue_write([this, looks = std::vector(first, next)](Session& s) { write(s, looks); },
                                    std::move(then));
            else
                then(failure);
        } catch (...) {  // dropped: the visitor is told that something went wrong
            base::log(base::LogLevel::error, "audit.not_told");
        }
    }
}

}  // namespace rowan::partnership
