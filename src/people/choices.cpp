#include "people/choices.h"

#include "partnership/accounts.h"

#include <algorithm>
#include <tuple>

namespace rowan::people {

std::vector<Choice> choices_among_staff(const partnership::Office& office, database::Session& s,
                                        const std::function<bool(const partnership::Viewer&)>& can) {
    std::vector<Choice> out;
    for (const auto& account : partnership::all_accounts(s)) {
        const auto who = partnership::viewer_for(office, s, account.id);
        if (who && can(*who)) out.push_back({who->user_id, who->name, who->post, who->agency, who->agency_name});
    }
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return std::tie(a.name, a.user) < std::tie(b.name, b.user); });
    return out;
}

}  // namespace rowan::people
