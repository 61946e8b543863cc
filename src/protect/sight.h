// Who may see a referral and a screening, and how much: pure, default deny, each answer with its rule.
// SECURITY.md 9.4: the referrer sees their own referral and what came of it, and nothing else of it.
#pragma once
#include "partnership/access.h"

#include <string>
#include <string_view>

namespace rowan::protect {

using partnership::Viewer;

enum class ReferralSight { none, own, full };
struct SightOfReferral {
    ReferralSight sight = ReferralSight::none;
    std::string_view rule, sentence;
};
// `restricted`: the person it is about is on a restricted record that does not name the viewer. `sealed_out`: for
// this viewer there is no such person, and so not even a referral that they made themselves.
SightOfReferral may_see_referral(const Viewer&, const std::string& referrer_user, bool restricted,
                                 const partnership::Protocol*, bool sealed_out = false);

struct SightOfScreening {
    bool allowed = false;
    std::string_view rule, sentence;
};
SightOfScreening may_see_screening(const Viewer&, const std::string& completed_by, const std::string& agency,
                                   partnership::Sight of_person, bool restricted, const partnership::Protocol*);

}  // namespace rowan::protect
