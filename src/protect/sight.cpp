#include "protect/sight.h"

namespace rowan::protect {

using partnership::DataClass;
using partnership::Permission;
using partnership::SharingLevel;

SightOfReferral may_see_referral(const Viewer& viewer, const std::string& referrer_user, bool restricted,
                                 const partnership::Protocol* protocol, bool sealed_out) {
    if (!viewer.protocol_in_force || !protocol) return {ReferralSight::none, "protocol-not-signed", ""};
    if (viewer.user_id.empty()) return {ReferralSight::none, "nobody", ""};
    if (sealed_out) return {ReferralSight::none, "conflict-seal", ""};
    if (viewer.has(Permission::see_all_referrals) && !restricted)
        return {ReferralSight::full, "front-door", "you work at the front door of the partnership"};
    if (referrer_user == viewer.user_id) return {ReferralSight::own, "referrer", "you made this referral"};
    return {ReferralSight::none, restricted ? "restricted" : "no-relationship", ""};
}

SightOfScreening may_see_screening(const Viewer& viewer, const std::string& completed_by,
                                   const std::string& agency, partnership::Sight of_person, bool restricted,
                                   const partnership::Protocol* protocol) {
    if (!viewer.protocol_in_force || !protocol) return {false, "protocol-not-signed", ""};
    if (viewer.user_id.empty()) return {false, "nobody", ""};
    if (completed_by == viewer.user_id && !restricted) return {true, "author", "you completed this screening"};
    if (restricted || of_person != partnership::Sight::full)
        return {false, restricted ? "restricted" : "no-relationship", ""};
    if (viewer.has(Permission::see_all_referrals))
        return {true, "front-door", "you work at the front door of the partnership"};
    if (!viewer.has(Permission::screen)) return {false, "role", ""};
    if (agency == viewer.agency) return {true, "own-agency", "your agency completed this screening"};
    if (protocol->level(viewer.agency_type, DataClass::screening) == SharingLevel::read)
        return {true, "protocol", "the protocol shares screenings with your agency"};
    return {false, "no-relationship", ""};
}

}  // namespace rowan::protect
