#include "people/choices.h"

#include "partnership/accounts.h"
#include "partnership/viewer.h"

#include <algorithm>
#include <tuple>

namespace rowan::people {

namespace {

using partnership::Viewer;

std::vector<Viewer> staff(const partnership::Office& office) {
    return office.database.read([&](database::Session& s) {
        std::vector<Viewer> out;
        for (const auto& account : partnership::all_accounts(s))
            if (auto who = partnership::viewer_for(office, s, account.id)) out.push_back(std::move(*who));
        return out;
    });
}

}  // namespace

// `can` may read: it is asked when the session is given back, lest one be held while another is waited for.
std::vector<Choice> choices_among_staff(const partnership::Office& office,
                                        const std::function<bool(const Viewer&)>& can) {
    std::vector<Choice> out;
    for (const auto& who : staff(office))
        if (can(who)) out.push_back({who.user_id, who.name, who.post, who.agency, who.agency_name});
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return std::tie(a.name, a.user) < std::tie(b.name, b.user); });
    return out;
}

}  // namespace rowan::people
