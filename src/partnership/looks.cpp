#include "partnership/looks.h"

#include "base/number.h"
#include "html/components.h"

#include <cstdint>

namespace rowan::partnership {

namespace {

constexpr std::size_t kLooksAtOnce = 200;

}  // namespace

LooksPage looks_page(const Visit& visit, const std::set<std::string>& records, const std::string& address) {
    // What is no number asks for the newest.
    const auto before = base::whole_number<std::int64_t>(visit.request.query.get("before")).value_or(INT64_MAX);
    LooksPage out;
    out.looks =
        visit.office.read_log([&](database::Session& s) { return looks(s, records, kLooksAtOnce + 1, before); });
    const bool older = out.looks.size() > kLooksAtOnce;
    if (older) out.looks.pop_back();
    html::Pagination pages{.landmark_label = "Looks"};
    if (before != INT64_MAX) pages.previous = {.text = "Newest", .href = address};
    if (older)
        pages.next = {.text = "Older",
                      .href = address + (address.find('?') == std::string::npos ? "?" : "&") +
                              "before=" + std::to_string(out.looks.back().seq)};
    if (older || before != INT64_MAX) out.pagination = html::pagination(pages);
    return out;
}

std::int64_t signposts_since(const Office& office, const std::string& user, base::Instant since) {
    const auto waiting = office.look_file ? office.look_file->signposts(user, since) : std::vector<std::int64_t>{};
    return office.database.read([&](database::Session& s) {
        const auto row =
            s.one("SELECT COUNT(*) FROM audit_entry WHERE user_id = $1 AND detail = 'signpost' AND at > $2", user,
                  since);
        return row->integer(0) + (office.look_file ? office.look_file->not_in(s, waiting) : 0);
    });
}

}  // namespace rowan::partnership
