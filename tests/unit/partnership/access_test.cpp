// Who may do and see what, against a table and rules written down a second time, independently. Each of those
// rules is also broken on purpose, to show that the comparison would notice.
#include "partnership/access.h"
#include "partnership/scheme.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rowan::partnership {
namespace {

constexpr int kPermissions = static_cast<int>(Permission::count_);

// Rows: roles. Columns: search refer screen decide all-referrals extract matches profile profile-lists missing
// interviews protect oversee supervise disclose audit protocol users.
struct RoleRow {
    const char* role;
    const char* may;
    bool front_door;
};
constexpr RoleRow kTable[] = {
    {"practitioner", "yyy------y--------", false},  {"safeguarding_lead", "yyy------y---y----", false},
    {"team_manager", "yyyyy----yyy-y----", true},   {"front_door", "yyyyy-yyyy-y------", true},
    {"coordinator", "yyyyy-yyyyyy------", true},    {"return_interviewer", "yy-------yy-------", false},
    {"panel_chair", "yy--y--y------y---", true},    {"panel_administrator", "-y-----y----------", false},
    {"data_officer", "-----y------------", false},  {"analyst", "-------yy---------", false},
    {"board_member", "-------y----------", false},  {"information_governance", "------------y--yy-", false},
    {"administrator", "-----------------y", false},
};

Viewer viewer_with(std::vector<std::string> roles, bool signed_in) {
    Viewer v;
    v.user_id = "u";
    v.agency = "OWN";
    v.agency_type = AgencyType::police;
    v.roles = std::move(roles);
    v.protocol_in_force = signed_in;
    std::fill(std::begin(v.shares), std::end(v.shares), SharingLevel::read);
    return v;
}

TEST(Access, H_111_every_role_and_permission_with_and_without_the_protocol) {
    ASSERT_EQ(std::size(kTable), roles().size());
    for (std::size_t i = 0; i < std::size(kTable); ++i) {
        const auto& row = kTable[i];
        ASSERT_EQ(row.role, roles()[i].code);
        EXPECT_EQ(row.front_door, roles()[i].works_at_front_door) << row.role;
        for (int p = 0; p < kPermissions; ++p) {
            const bool granted = row.may[p] == 'y';
            EXPECT_EQ(granted, may(viewer_with({row.role}, true), static_cast<Permission>(p)).allowed)
                << row.role << " " << p;
            // What mends a lapse goes on without a signature: who looked, the protocol, the accounts.
            EXPECT_EQ(granted && p >= 15, may(viewer_with({row.role}, false), static_cast<Permission>(p)).allowed)
                << row.role << " " << p;
        }
    }
}

TEST(Access, H_111_the_answer_says_which_rule_gave_it) {
    EXPECT_EQ("protocol-not-signed", may(viewer_with({"front_door"}, false), Permission::decide).rule);
    EXPECT_EQ("role", may(viewer_with({"analyst"}, true), Permission::decide).rule);
    EXPECT_FALSE(may(viewer_with({"analyst"}, true), Permission::decide).sentence.empty());
}

TEST(Access, roles_add_up_and_unknown_roles_give_nothing) {
    const auto both = viewer_with({"data_officer", "analyst", "no such role"}, true);
    EXPECT_TRUE(may(both, Permission::bring_extract).allowed);
    EXPECT_TRUE(may(both, Permission::see_profile_lists).allowed);
    for (int p = 0; p < kPermissions; ++p) {
        EXPECT_FALSE(may(viewer_with({"no such role"}, true), static_cast<Permission>(p)).allowed);
        EXPECT_FALSE(may(viewer_with({}, true), static_cast<Permission>(p)).allowed);
    }
}

TEST(Access, H_025_figures_only_for_agencies_whose_cell_of_the_protocol_says_so) {
    for (const auto aggregate : {SharingLevel::none, SharingLevel::signpost, SharingLevel::read})
        for (const auto flags : {SharingLevel::none, SharingLevel::signpost, SharingLevel::read})
            for (const std::string role :
                 {"analyst", "board_member", "panel_administrator", "front_door", "coordinator", "panel_chair"}) {
                auto viewer = viewer_with({role}, true);
                viewer.shares[static_cast<int>(DataClass::aggregate)] = aggregate;
                viewer.shares[static_cast<int>(DataClass::flags)] = flags;
                const bool figures = aggregate == SharingLevel::read,
                           front_door = role == "front_door" || role == "coordinator";
                EXPECT_EQ(figures, may(viewer, Permission::see_profile).allowed) << role;
                EXPECT_EQ(figures && (front_door || (role == "analyst" && flags == SharingLevel::read)),
                          may(viewer, Permission::see_profile_lists).allowed)
                    << role;
                EXPECT_EQ(figures ? "role" : "protocol-aggregate", may(viewer, Permission::see_profile).rule);
            }
    auto analyst = viewer_with({"analyst"}, true);
    analyst.shares[static_cast<int>(DataClass::flags)] = SharingLevel::signpost;
    EXPECT_EQ("protocol-flags", may(analyst, Permission::see_profile_lists).rule);
}

TEST(Access, an_administrator_reads_no_case) {
    PersonFacts person;
    person.agencies = {"OWN"};
    person.at_risk = true;
    const auto scheme = shipped_scheme("solihull");
    const auto* protocol =
        scheme->protocol_on(base::Date{std::chrono::year{2018}, std::chrono::March, std::chrono::day{1}});
    ASSERT_TRUE(protocol);
    EXPECT_EQ(Sight::none, may_see(viewer_with({"administrator"}, true), person, protocol, OwnAgency::full).sight);
    EXPECT_EQ(Sight::none,
              may_see(viewer_with({"information_governance"}, true), person, protocol, OwnAgency::full).sight);
}

// --- may_see, over every combination of facts -------------------------------------------------------------------

struct World {
    bool signed_in, protocol, searches, front_door, own_agency, other_agency, referred, named, police, at_risk;
    int signpost;     // SharingLevel
    int sensitivity;  // ordinary, safe address, restricted, police, sealed
};

// The rules, in order; `broken` leaves one out as a slip of the hand would.
Sight oracle(const World& w, int broken) {
    auto holds = [&](int rule, bool fact) { return broken == rule ? false : fact; };
    if (holds(1, !w.signed_in)) return Sight::none;
    if (holds(2, !w.protocol)) return Sight::none;
    if (holds(3, !w.searches)) return Sight::none;
    if (holds(4, w.sensitivity >= 2 && !w.named)) return Sight::none;
    if (holds(12, w.sensitivity == 3 && !w.police)) return Sight::none;
    if (holds(5, w.named)) return Sight::full;
    if (holds(6, w.front_door)) return Sight::full;
    if (holds(7, w.own_agency)) return Sight::full;
    if (holds(8, w.referred)) return Sight::full;
    if (w.signpost != 0 && (broken == 9 || w.at_risk) && broken != 10) return Sight::signpost;
    if (broken == 11) return Sight::signpost;
    return Sight::none;
}
// Where somebody lives: to those named, and of an ordinary person to all who see them in full.
bool address_oracle(const World& w) { return oracle(w, 0) == Sight::full && (w.named || w.sensitivity == 0); }
constexpr int kRules = 12;

TEST(Access, H_025_S_053_H_111_may_see_over_all_combinations_of_facts) {
    const auto scheme = shipped_scheme("solihull");
    ASSERT_TRUE(scheme.ok());
    bool noticed[kRules + 1] = {};
    int combinations = 0;
    for (unsigned bits = 0; bits < 1024; ++bits)
        for (int level = 0; level < 15; ++level) {
            World w{};
            bool* facts[] = {&w.signed_in,    &w.protocol, &w.searches, &w.front_door, &w.own_agency,
                             &w.other_agency, &w.referred, &w.named,    &w.police,     &w.at_risk};
            for (int i = 0; i < 10; ++i) *facts[i] = bits >> i & 1;
            w.signpost = level % 3;
            w.sensitivity = level / 3;
            if (w.front_door && !w.searches) continue;  // no such role; the table above shows it
            Protocol protocol = scheme->protocols.front();
            const auto type = w.police ? AgencyType::police : AgencyType::health_trust;
            protocol.rules[type].levels[static_cast<int>(DataClass::signpost)] =
                static_cast<SharingLevel>(w.signpost);
            PersonFacts person;
            if (w.own_agency) person.agencies.insert("OWN");
            if (w.other_agency) person.agencies.insert("OTHER");
            person.referred_by_viewer = w.referred;
            person.allowed_by_name = w.named;
            person.sensitivity = static_cast<Sensitivity>(w.sensitivity);
            person.at_risk = w.at_risk;
            auto viewer = viewer_with({w.front_door ? "coordinator"
                                       : w.searches ? "practitioner"
                                                    : "analyst"},
                                      w.signed_in);
            viewer.agency_type = type;
            const auto seen = may_see(viewer, person, w.protocol ? &protocol : nullptr, OwnAgency::full);
            ASSERT_EQ(oracle(w, 0), seen.sight) << "facts " << bits << " level " << level << " rule " << seen.rule;
            ASSERT_FALSE(seen.rule.empty());
            ASSERT_EQ(address_oracle(w), seen.address) << "facts " << bits << " level " << level;
            ASSERT_TRUE(!seen.shut_out || (seen.sight == Sight::none && w.sensitivity >= 2));
            ++combinations;
            for (int rule = 1; rule <= kRules; ++rule) noticed[rule] |= oracle(w, rule) != seen.sight;
        }
    EXPECT_GT(combinations, 10000);
    for (int rule = 1; rule <= kRules; ++rule)
        EXPECT_TRUE(noticed[rule]) << "nobody would notice that rule " << rule << " is gone";
}

TEST(Access, H_025_an_agency_type_without_a_rule_sees_nothing_of_others) {
    auto scheme = shipped_scheme("solihull");
    auto protocol = scheme->protocols.front();
    PersonFacts person;
    person.agencies = {"OTHER"};
    person.at_risk = true;
    EXPECT_EQ(Sight::signpost,
              may_see(viewer_with({"practitioner"}, true), person, &protocol, OwnAgency::full).sight);
    protocol.rules.erase(AgencyType::police);
    EXPECT_EQ(Sight::none, may_see(viewer_with({"practitioner"}, true), person, &protocol, OwnAgency::full).sight);
}

}  // namespace
}  // namespace rowan::partnership
