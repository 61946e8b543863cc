#include "partnership/access.h"

#include <algorithm>

namespace rowan::partnership {

const std::vector<RoleFacts>& roles() {
    using P = Permission;
    static const std::vector<RoleFacts> all = {
        {"practitioner", "Practitioner", {P::search_people, P::refer, P::screen, P::report_missing}},
        {"safeguarding_lead",
         "Safeguarding lead",
         {P::search_people, P::refer, P::screen, P::report_missing, P::supervise}},
        {"team_manager",
         "Team manager",
         {P::search_people, P::refer, P::screen, P::report_missing, P::hold_return_interviews, P::decide,
          P::see_all_referrals, P::protect_people, P::supervise},
         true},
        {"front_door",
         "Front door",
         {P::search_people, P::refer, P::screen, P::report_missing, P::decide, P::see_all_referrals,
          P::review_matches, P::see_profile, P::see_profile_lists, P::protect_people},
         true},
        {"coordinator",
         "Exploitation coordinator",
         {P::search_people, P::refer, P::screen, P::report_missing, P::hold_return_interviews, P::decide,
          P::see_all_referrals, P::review_matches, P::see_profile, P::see_profile_lists, P::protect_people},
         true},
        {"return_interviewer",
         "Return interviewer",
         {P::search_people, P::refer, P::report_missing, P::hold_return_interviews}},
        {"panel_chair",
         "Panel chair",
         {P::search_people, P::refer, P::see_all_referrals, P::see_profile, P::disclose},
         true},
        {"panel_administrator", "Panel administrator", {P::refer, P::see_profile}},
        {"data_officer", "Data officer", {P::bring_extract}},
        {"analyst", "Analyst", {P::see_profile, P::see_profile_lists}},
        {"board_member", "Board member", {P::see_profile}},
        {"information_governance",
         "Information governance",
         {P::oversee_protection, P::see_audit, P::manage_protocol}},
        // SECURITY.md A7: administrators configure and read no case.
        {"administrator", "Administrator", {P::manage_users}},
    };
    return all;
}

const RoleFacts* find_role(std::string_view code) {
    const auto& all = roles();
    const auto found = std::find_if(all.begin(), all.end(), [&](const RoleFacts& r) { return r.code == code; });
    return found == all.end() ? nullptr : &*found;
}

bool Viewer::has(Permission wanted) const {
    return std::any_of(roles.begin(), roles.end(), [&](const std::string& code) {
        const auto* role = find_role(code);
        return role &&
               std::find(role->permissions.begin(), role->permissions.end(), wanted) != role->permissions.end();
    });
}

void withhold(Viewer& viewer, const std::vector<std::string>& those) {
    std::erase_if(viewer.roles, [&](const std::string& role) {
        if (std::find(those.begin(), those.end(), role) == those.end()) return false;
        viewer.withheld.push_back(role);
        return true;
    });
}

bool Viewer::at_front_door() const {
    return std::any_of(roles.begin(), roles.end(), [](const std::string& code) {
        const auto* role = find_role(code);
        return role && role->works_at_front_door;
    });
}

namespace {

struct SensitivityName {
    std::string_view name, title;
};
constexpr SensitivityName kSensitivities[] = {{"ordinary", "Ordinary"},
                                              {"safe_address", "Safe address"},
                                              {"restricted", "Restricted"},
                                              {"police_sensitive", "Police only"},
                                              {"sealed", "Sealed"}};

constexpr std::string_view kWorks[] = {"allocated", "meeting", "disclosure"};

}  // namespace

std::string_view name_of(Work w) { return kWorks[static_cast<int>(w)]; }
std::optional<Work> work(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kWorks); ++i)
        if (kWorks[i] == name) return static_cast<Work>(i);
    return std::nullopt;
}

std::string_view name_of(Sensitivity s) { return kSensitivities[static_cast<int>(s)].name; }
std::string_view title_of(Sensitivity s) { return kSensitivities[static_cast<int>(s)].title; }
std::optional<Sensitivity> sensitivity(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kSensitivities); ++i)
        if (kSensitivities[i].name == name) return static_cast<Sensitivity>(i);
    return std::nullopt;
}

Permit may(const Viewer& viewer, Permission permission) {
    // H-111: no paper, no agenda, no page for an agency that is not signed in. Only who administers the protocol
    // itself and the accounts still works, or a lapse could never be mended.
    const bool mends_lapse = permission == Permission::manage_protocol || permission == Permission::manage_users ||
                             permission == Permission::see_audit;
    if (!viewer.protocol_in_force && !mends_lapse)
        return {false, "protocol-not-signed", "your agency has not signed the Information Sharing Protocol"};
    if (!viewer.has(permission)) return {false, "role", "your role does not include this"};
    // H-025: figures and the people behind them are classes of data of their own; the front door reads all flags.
    const bool figures = permission == Permission::see_profile || permission == Permission::see_profile_lists;
    if (figures && viewer.share(DataClass::aggregate) != SharingLevel::read)
        return {false, "protocol-aggregate", "the protocol shares no figures with your agency"};
    if (permission == Permission::see_profile_lists && !viewer.at_front_door() &&
        viewer.share(DataClass::flags) != SharingLevel::read)
        return {false, "protocol-flags",
                "the protocol shares figures with your agency, and not the people behind them"};
    return {true, "role", "your role includes this"};
}

bool works_with_intelligence(const Viewer& viewer) {
    const bool works = may(viewer, Permission::report_missing).allowed &&
                       (viewer.at_front_door() || viewer.agency_type == AgencyType::police);
    return works;
}

Permit may_read_mention(const Viewer& viewer, Handling handling, const std::string& recorded_by) {
    if (!viewer.protocol_in_force) return {false, "protocol-not-signed", ""};
    if (handling == Handling::permitted) return {true, "handling-p", "it may be shared"};
    if (recorded_by == viewer.agency) return {true, "own-agency", "your agency wrote it down"};
    if (works_with_intelligence(viewer)) return {true, "holding-list", "you work with the holding list"};
    return {false, "handling-c", ""};
}

namespace {

// The first rule that fits decides; there is no rule after the last but "no".
PersonSight by_relationship(const Viewer& viewer, const PersonFacts& person, const Protocol& protocol,
                            OwnAgency own, Purpose purpose) {
    if (is_shut(person.sensitivity) && !person.allowed_by_name)
        return {Sight::none, name_of(person.sensitivity), "", false, true};
    if (person.sensitivity == Sensitivity::police_sensitive && viewer.agency_type != AgencyType::police)
        return {Sight::none, name_of(person.sensitivity), "", false, true};
    if (person.allowed_by_name) return {Sight::full, "named", "you are named on this protected record", true};
    const bool address = person.sensitivity == Sensitivity::ordinary;
    if (viewer.at_front_door())
        return {Sight::full, "front-door", "you work at the front door of the partnership", address};
    // Before what shows an agency's own people less: both show every agency's words (all_words). They were given
    // for the sake of this one person, and put nobody on a list.
    if (person.disclosed && purpose == Purpose::work)
        return {Sight::full, "disclosure", "this record was disclosed to you", address};
    if (person.meeting && purpose == Purpose::work)
        return {Sight::full, "meeting", "you take part in a meeting about this person", address};
    if (person.allocated) return {Sight::full, "allocated", "you work with this person", address};
    if (person.agencies.contains(viewer.agency) && own == OwnAgency::full)
        return {Sight::full, "own-agency", "your agency holds a record of this person", address};
    if (person.team_allocated)
        return {Sight::full, "team", "somebody of your team works with this person", address};
    if (person.agency_allocated && viewer.has(Permission::supervise))
        return {Sight::full, "supervisor", "you supervise those of your agency who work with this person",
                address};
    if (person.referred_by_viewer) return {Sight::full, "referrer", "you referred this person", address};
    // In a partnership where working for an agency is not enough, its people learn whom of it to ask.
    if (person.agencies.contains(viewer.agency))
        return {Sight::signpost, "own-agency", "your agency holds a record of this person"};
    // H-025: what is shared, by whom and how is data. A cell that says no more than "known" is a signpost; and
    // only for someone at risk, so that a search is not a register of everybody (S-053).
    if (protocol.level(viewer.agency_type, DataClass::signpost) != SharingLevel::none && person.at_risk)
        return {Sight::signpost, "signpost", "the protocol lets your agency know who to contact"};
    return {Sight::none, "no-relationship", ""};
}

}  // namespace

PersonSight may_see(const Viewer& viewer, const PersonFacts& person, const Protocol* protocol, OwnAgency own,
                    Purpose purpose) {
    if (!viewer.protocol_in_force || !protocol) return {Sight::none, "protocol-not-signed", ""};
    if (!viewer.has(Permission::search_people)) return {Sight::none, "role", ""};
    // SECURITY.md A2: before every rule that could show something, named and emergency among them.
    if (person.conflict) return {Sight::none, "conflict-seal", "", false, true, true};
    auto out = by_relationship(viewer, person, *protocol, own, purpose);
    // An emergency opens what the rules above would not, but never where somebody hides, and on no list.
    if (out.sight != Sight::full && person.emergency && purpose == Purpose::work)
        out = {Sight::full, "break-glass", "you opened this record in an emergency",
               person.sensitivity == Sensitivity::ordinary};
    // A meeting and a disclosure are about the person, and mostly of people whose agency has no words of its own.
    out.all_words = out.sight == Sight::full && (viewer.at_front_door() || out.rule == "break-glass" ||
                                                 out.rule == "meeting" || out.rule == "disclosure");
    return out;
}

}  // namespace rowan::partnership
