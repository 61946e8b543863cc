#include "partnership/look_book.h"

#include "base/turn.h"

namespace rowan::partnership {

using database::Session;

std::shared_ptr<LookBook::Sheet> LookBook::sheet_with(const std::vector<AuditEntry>& looks) const {
    const std::lock_guard lock(mutex_);
    if (open_) {
        open_->looks.insert(open_->looks.end(), looks.begin(), looks.end());
        return open_;
    }
    auto sheet = std::make_shared<Sheet>();
    sheet->looks = looks;
    sheet->written =
        office_.database.queue_write([this, sheet](Session& s) { office_.audit.append(s, close(sheet)); }).share();
    return open_ = sheet;
}

std::vector<AuditEntry> LookBook::close(const std::shared_ptr<Sheet>& sheet) const {
    const std::lock_guard lock(mutex_);
    if (open_ == sheet) open_.reset();
    return std::move(sheet->looks);
}

base::Result<> LookBook::record(const std::vector<AuditEntry>& looks) const {
    const auto sheet = sheet_with(looks);
    base::give_up_turn();
    try {
        sheet->written.get();
        return base::done();
    } catch (const database::DatabaseError& e) {
        (void)close(sheet);  // the writer may have failed before it began with it
        if (e.kind() != database::DatabaseError::Kind::invalid) return database::to_error(e);
    }
    // Somebody's look cannot be stored, and nobody else is to suffer for it: each by itself.
    return office_.database.write([&](Session& s) -> base::Result<> {
        office_.audit.append(s, looks);
        return base::done();
    });
}

}  // namespace rowan::partnership
