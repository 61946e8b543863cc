#include "partnership/once.h"

#include "base/id.h"
#include "crypto/token.h"
#include "html/page.h"
#include "partnership/accounts.h"
#include "partnership/front.h"

namespace rowan::partnership {

namespace {

using database::Session;

std::string key_of(const std::string& user, const std::string& once) { return "form:" + user + ":" + once + ":"; }

std::string digest_of(const http::Fields& form) {
    std::string words;
    for (const auto& [name, value] : form.items()) {
        if (name == html::kCsrfField) continue;  // it changes with the session
        for (const auto* text : {&name, &value}) words += std::to_string(text->size()) + ":" + *text;
    }
    return crypto::sha256_hex(words);
}

std::optional<Once::Before> find(const Office& office, const std::string& key) {
    const auto row = office.database.read(
        [&](Session& s) { return s.one("SELECT at, outcome FROM idempotency WHERE key = $1", key); });
    if (!row) return std::nullopt;
    return Once::Before{row->instant(0), row->text(1)};
}

}  // namespace

Once::Once(const Visit& visit) : office_(visit.office), user_(visit.viewer.user_id) {
    const auto& once = visit.form.get(kOnceField);
    const bool files = visit.request.headers.get("content-type").starts_with("multipart/");
    if (!user_.empty() && !files && base::is_id(once)) key_ = key_of(user_, once) + digest_of(visit.form);
}

std::optional<Once::Before> Once::before() const {
    if (key_.empty()) return std::nullopt;
    auto found = find(office_, key_);
    if (!found || !found->location.empty()) return found;
    // Where it led is written after it, without anybody waiting: what is queued now is behind that.
    (void)office_.database.write([](Session&) -> base::Result<> { return base::done(); });
    return find(office_, key_);
}

std::function<void(Session&)> Once::companion() const {
    if (key_.empty()) return {};
    return [key = key_, user = user_, now = office_.clock.now()](Session& s) {
        const auto kept = s.execute(
            "INSERT INTO idempotency (key, user_id, at, outcome) VALUES ($1, $2, $3, '') ON CONFLICT (key) DO "
            "NOTHING",
            key, user, now);
        if (kept == 0) throw DoneMeanwhile{};
    };
}

void Once::answered(const http::Response& answer) const {
    if (key_.empty()) return;
    std::string location;
    for (const auto& [name, value] : answer.headers)
        if (name == "Location") location = value;
    (void)office_.database.queue_write([key = key_, location](Session& s) {
        if (location.empty())
            s.execute("DELETE FROM idempotency WHERE key = $1", key);
        else
            s.execute("UPDATE idempotency SET outcome = $1 WHERE key = $2 AND outcome = ''", location, key);
    });
}

std::optional<base::Instant> saved_at(const Office& office, const std::string& user, const std::string& key) {
    const auto first = key_of(user, key);
    const auto row = office.database.read([&](Session& s) {
        return s.one("SELECT at FROM idempotency WHERE key >= $1 AND key < $2 ORDER BY at LIMIT 1", first,
                     first + "~");
    });
    return row ? std::optional{row->instant(0)} : std::nullopt;
}

}  // namespace rowan::partnership
