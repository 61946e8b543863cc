// The authorisation matrix: every role × every type of agency × every protection × every relationship, conflicts
// and emergencies among them, × every level of the protocol, against an oracle written from DOMAIN.md 6 and
// docs/security.md, that shares nothing with access.cpp but the names of the roles. Each rule of the oracle is
// also broken on purpose, to show that the matrix would notice.
#include "partnership/access.h"
#include "partnership/scheme.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>

namespace rowan::partnership {
namespace {

const std::set<std::string> kSearch = {"practitioner", "safeguarding_lead",  "team_manager", "front_door",
                                       "coordinator",  "return_interviewer", "panel_chair"};
const std::set<std::string> kFrontDoor = {"team_manager", "front_door", "coordinator", "panel_chair"};
const std::set<std::string> kSupervise = {"safeguarding_lead", "team_manager"};
const std::set<std::string> kFigures = {"front_door",          "coordinator", "panel_chair",
                                        "panel_administrator", "analyst",     "board_member"};
const std::set<std::string> kLists = {"front_door", "coordinator", "analyst"};

constexpr AgencyType kTypes[] = {
    AgencyType::police,           AgencyType::la_children,      AgencyType::la_adults,
    AgencyType::district,         AgencyType::health_icb,       AgencyType::health_trust,
    AgencyType::education,        AgencyType::school,           AgencyType::yos,
    AgencyType::probation,        AgencyType::housing,          AgencyType::licensing,
    AgencyType::community_safety, AgencyType::voluntary,        AgencyType::childrens_home,
    AgencyType::adult_board,      AgencyType::regional_network, AgencyType::other};

struct Cell {
    std::string role;
    AgencyType type;
    Sensitivity sensitivity;
    bool signed_in, named, own, referred, at_risk, conflict, emergency;
    SharingLevel signpost;
    // Who works with the person; `narrow`: a partnership in which working for an agency is not enough; `figures`:
    // read for the list behind a number.
    bool mine = false, of_my_team = false, of_my_agency = false, meeting = false, disclosed = false,
         narrow = false, figures = false;
};

struct Answer {
    Sight sight = Sight::none;
    std::string_view rule;  // its name is in the log and on the page
    bool address = false, all_words = false, shut = false, gone = false;
    bool operator==(const Answer&) const = default;
};

// `broken`: the rule that this oracle forgets; 0 for none.
Answer without_emergency(const Cell& c, int broken) {
    auto rule = [&](int number) { return broken != number; };
    const bool by_name_only = c.sensitivity == Sensitivity::restricted ||
                              (c.sensitivity == Sensitivity::police_sensitive && rule(3)) ||
                              (c.sensitivity == Sensitivity::sealed && rule(4));
    const std::string_view level = c.sensitivity == Sensitivity::restricted ? "restricted"
                                   : c.sensitivity == Sensitivity::sealed   ? "sealed"
                                                                            : "police_sensitive";
    if (by_name_only && !c.named && rule(5)) return {Sight::none, level, false, false, true};
    if (c.sensitivity == Sensitivity::police_sensitive && c.type != AgencyType::police && rule(6))
        return {Sight::none, level, false, false, true};
    const bool front_door = kFrontDoor.contains(c.role), all_words = front_door && rule(18);
    if (c.named && rule(7)) return {Sight::full, "named", true, all_words};
    const bool address = c.sensitivity != Sensitivity::safe_address || !rule(8);
    if (front_door && rule(9)) return {Sight::full, "front-door", address, all_words};
    // Both are about the person, so every agency's words belong to them; and they are for nothing else.
    if (c.disclosed && !(c.figures && rule(29)) && rule(19)) return {Sight::full, "disclosure", address, rule(20)};
    if (c.meeting && !(c.figures && rule(30)) && rule(21)) return {Sight::full, "meeting", address, rule(22)};
    if (c.mine && rule(23)) return {Sight::full, "allocated", address, all_words};
    if (c.own && (!c.narrow || !rule(24)) && rule(10)) return {Sight::full, "own-agency", address, all_words};
    if (c.of_my_team && rule(25)) return {Sight::full, "team", address, all_words};
    if (c.of_my_agency && rule(26) && (kSupervise.contains(c.role) || !rule(27)))
        return {Sight::full, "supervisor", address, all_words};
    if (c.referred && rule(11)) return {Sight::full, "referrer", address, all_words};
    if (c.own && rule(28)) return {Sight::signpost, "own-agency"};
    if (c.signpost != SharingLevel::none && rule(12) && (c.at_risk || !rule(13)))
        return {Sight::signpost, "signpost"};
    return {Sight::none, "no-relationship"};
}

Answer oracle(const Cell& c, int broken = 0) {
    auto rule = [&](int number) { return broken != number; };
    if (!c.signed_in && rule(1)) return {Sight::none, "protocol-not-signed"};
    if (!kSearch.contains(c.role) && rule(2)) return {Sight::none, "role"};
    // Whoever may have to do with the person: nothing opens the record, no name on it and no emergency either.
    if (c.conflict && rule(14)) return {Sight::none, "conflict-seal", false, false, true, rule(15)};
    const auto usual = without_emergency(c, broken);
    if (!c.emergency || (c.figures && rule(31)) || usual.sight == Sight::full || !rule(16)) return usual;
    return {Sight::full, "break-glass", c.sensitivity == Sensitivity::ordinary || !rule(17), true};
}
constexpr int kRules = 31;
constexpr int kFirstOfWork = 19;  // from here on rules of who works with the person

template <class F>
void every_cell(F&& f) {
    for (const auto& role : roles())
        for (const auto type : kTypes)
            for (int s = 0; s < 5; ++s)
                for (unsigned bits = 0; bits < 128; ++bits)
                    for (const auto level : {SharingLevel::none, SharingLevel::signpost, SharingLevel::read})
                        f(Cell{std::string(role.code), type, static_cast<Sensitivity>(s), (bits & 1) != 0,
                               (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0,
                               (bits & 32) != 0, (bits & 64) != 0, level});
}

Viewer viewer_of(const Cell& c) {
    Viewer out;
    out.user_id = "u";
    out.agency = "OWN";
    out.agency_type = c.type;
    out.roles = {c.role};
    out.protocol_in_force = c.signed_in;
    return out;
}

PersonFacts facts_of(const Cell& c) {
    PersonFacts person;
    person.agencies = {"OTHER"};
    if (c.own) person.agencies.insert("OWN");
    person.referred_by_viewer = c.referred;
    person.allowed_by_name = c.named;
    person.sensitivity = c.sensitivity;
    person.at_risk = c.at_risk;
    person.conflict = c.conflict;
    person.emergency = c.emergency;
    person.allocated = c.mine;
    person.team_allocated = c.of_my_team;
    person.agency_allocated = c.of_my_agency;
    person.meeting = c.meeting;
    person.disclosed = c.disclosed;
    return person;
}

using Protocols = std::map<std::pair<AgencyType, SharingLevel>, Protocol>;
// The scheme's protocol with each level of signpost for each of these types.
template <class Types, class Levels>
Protocols protocols_of(const Scheme& scheme, const Types& types, const Levels& levels) {
    Protocols out;
    for (const auto type : types)
        for (const auto level : levels) {
            auto protocol = scheme.protocols.front();
            protocol.rules[type].levels[static_cast<int>(DataClass::signpost)] = level;
            out.emplace(std::pair{type, level}, std::move(protocol));
        }
    return out;
}

TEST(Matrix, H_025_H_111_S_053_who_sees_how_much_of_a_person_over_every_cell) {
    const auto scheme = shipped_scheme("somerset");
    ASSERT_TRUE(scheme.ok());
    const auto protocols =
        protocols_of(*scheme, kTypes, std::array{SharingLevel::none, SharingLevel::signpost, SharingLevel::read});
    int cells = 0, wrong = 0, seen = 0;
    bool noticed[kRules + 1] = {};
    every_cell([&](const Cell& c) {
        const auto person = facts_of(c);
        const auto viewer = viewer_of(c);
        const auto got = may_see(viewer, person, &protocols.at({c.type, c.signpost}), OwnAgency::full);
        const Answer answer{got.sight, got.rule, got.address, got.all_words, got.shut_out, got.sealed_out};
        ++cells;
        seen += answer.sight != Sight::none;
        if (!(answer == oracle(c)) && ++wrong < 5)
            ADD_FAILURE() << c.role << " of type " << static_cast<int>(c.type) << ", " << name_of(c.sensitivity)
                          << ": " << static_cast<int>(answer.sight) << " by " << got.rule;
        if (got.sight == Sight::none ? !got.sentence.empty() : got.sentence.empty())
            ADD_FAILURE() << "each page says why; why not is told to nobody";
        // What is asked of lists and counts: gone is never shown, and shut out is never shown either.
        if ((got.sealed_out && !got.shut_out) || (got.shut_out && got.sight != Sight::none))
            ADD_FAILURE() << c.role << " is shut out of what is shown";
        for (int rule = 1; rule < kFirstOfWork; ++rule) noticed[rule] |= !(oracle(c, rule) == answer);
        // Without a protocol nothing is shared with anybody.
        if (may_see(viewer, person, nullptr, OwnAgency::full).sight != Sight::none)
            ADD_FAILURE() << c.role << " sees something without a protocol";
    });
    EXPECT_EQ(0, wrong);
    EXPECT_EQ(13 * 18 * 5 * 128 * 3, cells);
    EXPECT_GT(seen, cells / 10) << "an oracle that always said no would prove little";
    for (int rule = 1; rule < kFirstOfWork; ++rule)
        EXPECT_TRUE(noticed[rule]) << "nobody would notice that rule " << rule << " is gone";
    RecordProperty("cells", cells);
}

// Whoever works with the person, over every role, protection, conflict, emergency and kind of partnership. Types
// of agency differ by the protocol and by being of the police, so that two of them say all.
template <class F>
void every_cell_of_work(F&& f) {
    for (const auto& role : roles())
        for (const auto type : {AgencyType::police, AgencyType::school})
            for (int s = 0; s < 5; ++s)
                for (unsigned bits = 0; bits < 16384; ++bits)
                    for (const auto level : {SharingLevel::none, SharingLevel::signpost}) {
                        const auto bit = [bits](int n) { return (bits >> n & 1) != 0; };
                        f(Cell{std::string(role.code), type, static_cast<Sensitivity>(s), bit(0), bit(1), bit(2),
                               bit(3), bit(4), bit(5), bit(6), level, bit(7), bit(8), bit(9), bit(10), bit(11),
                               bit(12), bit(13)});
                    }
}

TEST(Matrix, H_115_who_works_with_a_person_sees_them_over_every_cell_and_never_what_is_shut_or_sealed) {
    const auto scheme = shipped_scheme("somerset");
    ASSERT_TRUE(scheme.ok());
    const auto protocols = protocols_of(*scheme, std::array{AgencyType::police, AgencyType::school},
                                        std::array{SharingLevel::none, SharingLevel::signpost});
    int cells = 0, wrong = 0, opened = 0;
    bool noticed[kRules + 1] = {};
    every_cell_of_work([&](const Cell& c) {
        const auto& protocol = protocols.at({c.type, c.signpost});
        const auto own = c.narrow ? OwnAgency::signpost : OwnAgency::full;
        auto viewer = viewer_of(c);
        auto person = facts_of(c);
        const auto purpose = c.figures ? Purpose::figures : Purpose::work;
        const auto got = may_see(viewer, person, &protocol, own, purpose);
        const Answer answer{got.sight, got.rule, got.address, got.all_words, got.shut_out, got.sealed_out};
        ++cells;
        if (!(answer == oracle(c)) && ++wrong < 5)
            ADD_FAILURE() << c.role << ", " << name_of(c.sensitivity) << ": " << static_cast<int>(answer.sight)
                          << " by " << got.rule;
        if (got.sight != Sight::none && got.sentence.empty()) ADD_FAILURE() << "each page says why";
        for (int rule = kFirstOfWork; rule <= kRules; ++rule) noticed[rule] |= !(oracle(c, rule) == answer);
        // Working with a person adds to what is seen, and adds nothing to a record that is shut or sealed.
        person.allocated = person.team_allocated = person.agency_allocated = person.meeting = person.disclosed =
            false;
        const auto without = may_see(viewer, person, &protocol, own, purpose);
        // An emergency is for who sees nothing yet, and shows every word: whoever works with the person needs
        // none.
        if (without.sight > got.sight || (without.address && !got.address) ||
            (without.all_words && !got.all_words && !c.emergency))
            ADD_FAILURE() << c.role << " sees less for working with the person, by " << got.rule;
        if ((c.conflict || (is_shut(c.sensitivity) && !c.named)) && without.sight != got.sight)
            ADD_FAILURE() << c.role << " sees what is shut, by " << got.rule;
        opened += without.sight != got.sight;
    });
    EXPECT_EQ(0, wrong);
    EXPECT_EQ(13 * 2 * 5 * 16384 * 2, cells);
    EXPECT_GT(opened, 4'000);
    for (int rule = kFirstOfWork; rule <= kRules; ++rule)
        EXPECT_TRUE(noticed[rule]) << "nobody would notice that rule " << rule << " is gone";
}

// SECURITY.md goal 34: each stricter protection shows a record to no more people, with the same names on it.
TEST(Matrix, a_stricter_protection_never_shows_more) {
    const auto scheme = shipped_scheme("somerset");
    const auto& protocol = scheme->protocols.front();
    every_cell([&](const Cell& c) {
        if (c.sensitivity == Sensitivity::sealed || c.signpost != SharingLevel::none) return;
        PersonFacts person;
        person.agencies = {c.own ? "OWN" : "OTHER"};
        person.referred_by_viewer = c.referred;
        person.allowed_by_name = c.named;
        person.at_risk = c.at_risk;
        person.conflict = c.conflict;
        person.emergency = c.emergency;
        person.sensitivity = c.sensitivity;
        const auto before =
            may_see(viewer_of(c), person, &protocol, c.narrow ? OwnAgency::signpost : OwnAgency::full);
        person.sensitivity = static_cast<Sensitivity>(static_cast<int>(c.sensitivity) + 1);
        const auto after =
            may_see(viewer_of(c), person, &protocol, c.narrow ? OwnAgency::signpost : OwnAgency::full);
        // Who is named on a record for the police only is of the police: the list sees to that (ProtectionDesk).
        if (c.sensitivity == Sensitivity::police_sensitive && c.named && c.type != AgencyType::police) return;
        // An emergency opens each of them alike, but who is named on one reads the address, and who is not does
        // not.
        EXPECT_LE(after.sight, before.sight) << c.role << " " << name_of(c.sensitivity);
        EXPECT_LE(after.address, before.address) << c.role << " " << name_of(c.sensitivity);
    });
}

// SECURITY.md A2: for whoever may have to do with the person there is no such record, whatever else is true.
TEST(Matrix, a_conflict_shows_nothing_and_says_so_to_lists) {
    const auto scheme = shipped_scheme("somerset");
    const auto& protocol = scheme->protocols.front();
    int sealed = 0;
    every_cell([&](const Cell& c) {
        if (!c.conflict || c.signpost != SharingLevel::none) return;
        PersonFacts person;
        person.agencies = {"OWN"};
        person.referred_by_viewer = person.allowed_by_name = person.at_risk = person.conflict = true;
        person.emergency = c.emergency;
        person.sensitivity = c.sensitivity;
        const auto got =
            may_see(viewer_of(c), person, &protocol, c.narrow ? OwnAgency::signpost : OwnAgency::full);
        if (got.sight != Sight::none || got.address || got.all_words)
            ADD_FAILURE() << c.role << " sees " << got.rule;
        sealed += got.rule == "conflict-seal" && got.sealed_out;
    });
    EXPECT_GT(sealed, 10'000);
}

// DOMAIN.md 2.5: what came up may be shared (P), or on conditions (C), and then it goes to whose it is and to
// those who work with the holding list. `broken`: the rule that this oracle forgets; 0 for none.
std::string_view handling_oracle(bool signed_in, bool conditions, bool own, bool works, int broken) {
    if (!signed_in && broken != 1) return "protocol-not-signed";
    if (!conditions && broken != 2) return "handling-p";
    if (own && broken != 3) return "own-agency";
    if (works && broken != 4) return "holding-list";
    return "handling-c";
}

TEST(Matrix, who_reads_what_came_up_over_every_role_agency_and_handling_code) {
    const std::set<std::string> kReport = {"practitioner", "safeguarding_lead", "team_manager",
                                           "front_door",   "coordinator",       "return_interviewer"};
    int cells = 0, read = 0;
    bool noticed[5] = {};
    for (const auto& role : roles())
        for (const auto type : kTypes)
            for (int bits = 0; bits < 8; ++bits) {
                const bool signed_in = bits & 1, own = bits & 2, conditions = bits & 4;
                Viewer viewer;
                viewer.user_id = "u";
                viewer.agency = "OWN";
                viewer.agency_type = type;
                viewer.roles = {std::string(role.code)};
                viewer.protocol_in_force = signed_in;
                const std::string code(role.code);
                const bool works = signed_in && kReport.contains(code) &&
                                   (kFrontDoor.contains(code) || type == AgencyType::police);
                EXPECT_EQ(works, works_with_intelligence(viewer)) << code;
                const auto got = may_read_mention(viewer, conditions ? Handling::conditions : Handling::permitted,
                                                  own ? "OWN" : "OTHER");
                EXPECT_EQ(handling_oracle(signed_in, conditions, own, works, 0), got.rule) << code;
                const bool refused = got.rule == "protocol-not-signed" || got.rule == "handling-c";
                EXPECT_NE(refused, got.allowed) << code;
                EXPECT_EQ(refused, got.sentence.empty()) << "why not is told to nobody";
                for (int rule = 1; rule < 5; ++rule)
                    noticed[rule] |= handling_oracle(signed_in, conditions, own, works, rule) != got.rule;
                ++cells;
                read += got.allowed;
            }
    EXPECT_EQ(13 * 18 * 8, cells);
    EXPECT_GT(read, cells / 4);
    for (int rule = 1; rule < 5; ++rule)
        EXPECT_TRUE(noticed[rule]) << "nobody would notice that rule " << rule << " is gone";
}

TEST(Matrix, H_025_figures_and_lists_over_every_role_agency_and_level) {
    int cells = 0;
    for (const auto& role : roles())
        for (const auto type : kTypes)
            for (int aggregate = 0; aggregate < 3; ++aggregate)
                for (int flags = 0; flags < 3; ++flags)
                    for (const bool signed_in : {false, true}) {
                        Viewer viewer;
                        viewer.user_id = "u";
                        viewer.agency_type = type;
                        viewer.roles = {std::string(role.code)};
                        viewer.protocol_in_force = signed_in;
                        viewer.shares[static_cast<int>(DataClass::aggregate)] =
                            static_cast<SharingLevel>(aggregate);
                        viewer.shares[static_cast<int>(DataClass::flags)] = static_cast<SharingLevel>(flags);
                        const std::string code(role.code);
                        const bool figures = signed_in && aggregate == 2 && kFigures.contains(code);
                        const bool lists =
                            figures && kLists.contains(code) && (kFrontDoor.contains(code) || flags == 2);
                        const auto seen = may(viewer, Permission::see_profile),
                                   behind = may(viewer, Permission::see_profile_lists);
                        EXPECT_EQ(figures, seen.allowed) << code;
                        EXPECT_EQ(lists, behind.allowed) << code;
                        const auto refuses = [&](bool role, bool with_flags) -> std::string_view {
                            if (!signed_in) return "protocol-not-signed";
                            if (!role) return "role";
                            if (aggregate != 2) return "protocol-aggregate";
                            return with_flags && !kFrontDoor.contains(code) && flags != 2 ? "protocol-flags"
                                                                                          : "role";
                        };
                        EXPECT_EQ(refuses(kFigures.contains(code), false), seen.rule) << code;
                        EXPECT_EQ(refuses(kLists.contains(code), true), behind.rule) << code;
                        // And the cells for figures say nothing of anything else.
                        EXPECT_EQ(signed_in && kSearch.contains(code),
                                  may(viewer, Permission::search_people).allowed)
                            << code;
                        cells += 2;
                    }
    EXPECT_EQ(13 * 18 * 9 * 2 * 2, cells);
}

}  // namespace
}  // namespace rowan::partnership
