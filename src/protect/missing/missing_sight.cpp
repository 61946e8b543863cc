#include "protect/missing/missing_sight.h"

namespace rowan::protect::missing {

using partnership::Permission;

EpisodeSight may_see_episode(const partnership::Viewer& viewer, const EpisodeFacts& facts,
                             const partnership::Protocol* protocol) {
    if (!viewer.protocol_in_force || !protocol) return {false, "protocol-not-signed", ""};
    if (!viewer.has(Permission::report_missing)) return {false, "role", ""};
    if (facts.person.shut_out) return {false, facts.person.rule, ""};
    if (viewer.at_front_door()) return {true, "front-door", "you work at the front door of the partnership"};
    if (viewer.agency_type == partnership::AgencyType::police)
        return {true, "police", "the police look for everybody who is missing"};
    if (facts.lead_agency == viewer.agency || facts.reporting_agency == viewer.agency)
        return {true, "own-agency", "your agency reported this or leads on it"};
    if (viewer.has(Permission::hold_return_interviews))
        return {true, "return-interviewer", "you offer return interviews"};
    if (facts.person.sight == partnership::Sight::full) return {true, facts.person.rule, facts.person.sentence};
    return {false, "no-relationship", ""};
}

bool may_read(const partnership::Viewer& viewer, const Mention& m) {
    using partnership::Handling;
    return may_read_mention(viewer, m.conditional() ? Handling::conditions : Handling::permitted, m.agency)
        .allowed;
}

void keep_readable(const partnership::Viewer& viewer, std::vector<Mention>& all) {
    std::erase_if(all, [&](const Mention& m) { return !may_read(viewer, m); });
}

}  // namespace rowan::protect::missing
