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
        place().queue_write(
            [this, sheet](Session& s) {
                close(sheet);
                write(s, *sheet);
            },
            [this, sheet](const std::exception_ptr& failure) { tell(sheet, failure); });
    } catch (...) {
        tell(sheet, std::current_exception());
    }
}

database::Database& LookBook::place() const {
    return office_.look_file ? office_.look_file->database() : office_.database;
}

void LookBook::write(Session& s, const Sheet& sheet) const {
    if (office_.look_file) {
        for (const auto& visitor : sheet) office_.look_file->write(s, visitor.looks);
        return;
    }
    std::vector<AuditEntry> looks;  // the log takes them in together
    for (const auto& visitor : sheet) looks.insert(looks.end(), visitor.looks.begin(), visitor.looks.end());
    office_.audit.append(s, looks);
}

// The sheet, for the first on it, who is to have it written; null for the others. Where memory fails, nothing has
// changed: an open sheet that nobody has written would keep everybody waiting.
std::shared_ptr<LookBook::Sheet> LookBook::enter(Visitor visitor) const {
    const std::lock_guard lock(mutex_);
    if (open_) {
        open_->push_back(std::move(visitor));
        return nullptr;
    }
    auto sheet = std::make_shared<Sheet>();
    sheet->push_back(std::move(visitor));
    open_ = sheet;
    return sheet;
}

void LookBook::close(const std::shared_ptr<Sheet>& sheet) const {
    const std::lock_guard lock(mutex_);
    if (open_ == sheet) open_.reset();
}

void LookBook::tell(const std::shared_ptr<Sheet>& sheet, const std::exception_ptr& failure) const {
    close(sheet);  // the writer may have failed before it began with it
    // Somebody's look cannot be stored, and nobody else is to suffer for it: each by itself.
    const bool apart = sheet->size() > 1 && cannot_be_stored(failure);
    for (auto& visitor : *sheet) {
        auto then = std::exchange(visitor.then, nullptr);
        try {
            if (apart)
                place().queue_write(
                    [this, alone = Sheet{{std::move(visitor.looks), nullptr}}](Session& s) { write(s, alone); },
                    std::move(then));
            else
                then(failure);
        } catch (...) {  // dropped: the visitor is told that something went wrong
            base::log(base::LogLevel::error, "audit.not_told");
        }
    }
}

}  // namespace rowan::partnership
