// The local scheme: all that differs between one safeguarding partnership and the next.
//
// A scheme is a TOML file (schemes/*.toml, docs/formats/scheme.md). Two ship inside the program, Somerset and
// Solihull. A wrong scheme is refused with file, line, what is wrong and what to write. Every proposed default of
// the domain (DOMAIN.md [D]) is a parameter here, with the date from which it counts, so that a figure of last
// year is still computed by last year's rules. Units: the name of each number says its unit (hours, working days,
// months, years). Ages are whole years. Ownership: a Scheme is a value and owns all it holds; references and
// pointers that its functions return live as long as it does. Thread-safety: const member functions may be called
// from any thread. Errors: load_scheme, read_scheme and shipped_scheme return an Error; look-ups of a name that
// only code can write (a label key, a list name) throw std::logic_error.
#pragma once
#include "base/identifiers.h"
#include "base/result.h"
#include "base/time.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::partnership {

using base::Date;

// A value of a code list. `code` is stored with records and never changes; `text` is what people read.
struct Code {
    std::string code, text;
    std::string parent;  // V01a -> V01; empty for most
    std::string help;
    Date valid_from{};
    std::optional<Date> valid_to;  // last day
    bool valid_on(Date day) const;
};

// DOMAIN.md 3.1. The names in TOML are these, letter by letter.
enum class AgencyType {
    police,
    la_children,
    la_adults,
    district,
    health_icb,
    health_trust,
    education,
    school,
    yos,
    probation,
    housing,
    licensing,
    community_safety,
    voluntary,
    childrens_home,
    adult_board,
    regional_network,
    other
};
inline constexpr int kAgencyTypes = 18;
std::string_view name_of(AgencyType);  // "la_children"
std::optional<AgencyType> agency_type(std::string_view name);

// Whom to ring: a role, never a person (DESIGN.md 5).
struct Contact {
    std::string role, phone, email, hours;
};

struct Agency {
    std::string code, name;
    AgencyType type = AgencyType::other;
    std::string then_known_as;  // the name in the strategy's own time, where it has changed (CCG -> ICB)
    Contact contact;            // what a signpost shows
    // S-052: the column of Table 1 in which the children this agency knows are counted; empty: not counted.
    std::string table1_group;
    Date valid_from{};
};

enum class AreaKind { inside, outside, blank };
struct AreaName {
    Date from{};
    std::string name;
};
struct Area {
    std::string code;
    AreaKind kind = AreaKind::inside;
    std::vector<AreaName> names;         // by date, the first counts from ever: districts merge and are renamed
    std::vector<std::string> postcodes;  // "TA1" the whole outward code; "BA3 4" one sector of it
    std::string_view name() const;       // the newest
    std::string_view name_on(Date) const;
};

// S-067, S-076: a residential children's home, so that episodes can be linked to it.
struct Home {
    std::string code, name, postcode;
    bool exploitation_placements = false;  // provides placements for children who were exploited
    Contact contact;                       // S-068: whom the police and the front door ring there
};
// S-074: where young people are found again and again: a station, a park, a shopping centre.
struct Place {
    std::string code, name, postcode;
};

// Community Learning Partnership: the second geography of Somerset's Table 2 (S-061).
struct Roll {
    int census_year = 0;  // January of
    int pupils = 0;
};
struct LearningPartnership {
    std::string code, name;
    std::vector<Roll> rolls;
    std::optional<int> pupils(int census_year) const;
};

struct Definition {  // S-029, H-017 (2017) and H-119 (2008): both are in use, a referral stores which
    std::string version, title, text, source;
    Date valid_from{};
};

struct Statement {  // H-113: what a member signs at the start of each meeting
    std::string version, text;
    Date valid_from{};
};

// --- Screening --------------------------------------------------------------------------------------------------

enum class Window { current_6m, months_6_12, prior_6m, lifetime };
std::string_view name_of(Window);  // "current_6m", "6_12m", "prior_6m", "lifetime"
std::optional<Window> window(std::string_view name);

struct WindowWeight {
    Window window = Window::lifetime;
    int weight = 0;  // points when the item is present in this window; windows of one item add up (5 + 1 = 6)
};
struct ToolItem {
    std::string code, text, section, help;
    std::vector<WindowWeight> windows;  // those that may be ticked, at least one
    bool allow_possible = true;         // "possible" may be answered; it never scores
};
struct ToolSection {
    std::string code, title, help;
};
struct ToolBand {
    int from = 0;
    std::optional<int> to;  // inclusive; empty: no upper end
    std::string code, label, advice;
    std::string level;  // the risk level that it suggests: none, 1, 2, 3. A person decides (H-171)
};
struct Tool {
    std::string code, title, purpose;
    std::string family;  // U12, regional_12plus, SERAF or other; U12 is what K-U12-a counts
    int age_from = 0;
    std::optional<int> age_to;  // inclusive; empty: no upper end
    std::vector<ToolSection> sections;
    std::vector<ToolItem> items;
    std::vector<Code> protective_factors;
    std::vector<ToolBand> bands;  // ascending, from 0, without gap
    Date valid_from{};
    std::optional<Date> valid_to;

    bool for_age(int age) const;
    bool valid_on(Date) const;
    const ToolItem* find_item(std::string_view code) const;
    const ToolSection* find_section(std::string_view code) const;
    const ToolBand* find_band(std::string_view code) const;
    const ToolBand& band_of(int score) const;  // precondition: score >= 0
    int highest_score() const;
};

// A child's risk level. The codes are fixed (pending, none, 1, 2, 3), the words are local.
struct RiskLevel {
    std::string code, label, description;
};

// What the front door may decide (DOMAIN.md 3.3). The codes are fixed, because the casework follows from them.
struct FrontDoorDecision {
    std::string code, label, help;
};
inline constexpr std::string_view kDecisions[] = {
    "no_further_action", "advice", "early_help", "assessment_s17",      "strategy_s47",
    "existing_worker",   "mase",   "cmog",       "out_of_area_transfer"};

// --- Clocks and thresholds (DOMAIN.md 3.9) ----------------------------------------------------------------------

enum class RhiClock { police_confirmed, returned };
enum class Weekday { monday, tuesday, wednesday, thursday, friday };

struct Parameters {
    Date valid_from{};
    int referral_decision_working_days = 1;
    int assessment_working_days = 45;
    int icpc_working_days = 15;
    int core_group_working_days = 10;
    int cp_review_first_months = 3;
    int cp_review_next_months = 6;
    int pre_cmog_working_days = 5;
    Weekday cmog_weekday = Weekday::wednesday;
    int cmog_nth = 2;  // the n-th such weekday of the month, 1..4
    int mase_review_months = 3;
    int steering_months = 3;
    int action_update_lead_days = 5;
    int risk_reassess_months = 3;
    int rhi_offer_hours = 72;
    int rhi_complete_hours = 72;
    RhiClock rhi_offer_clock = RhiClock::police_confirmed;
    RhiClock rhi_complete_clock = RhiClock::returned;
    int rhi_soon_hours = 12;  // before the end of either clock it turns amber, and is escalated to these roles
    std::vector<std::string> rhi_escalate_to = {"team_manager", "coordinator"};
    int repeat_missing_count = 3;
    int repeat_missing_days = 90;
    int u12_age = 12;  // from this age on the tool for 12 and over is used
    int child_age = 18;
    int young_adult_from_age = 16;
    int young_adult_to_age = 25;      // inclusive
    int transition_age_months = 210;  // 17 years 6 months
    int small_number_threshold = 5;   // public counts from 1 to one below this are shown as "<5"
    int intel_review_days = 28;
    int nrm_reasonable_grounds_working_days = 5;
    int nrm_recovery_days = 30;
    int u12_referral_window_days = 90;  // a referral this long after an under-12 screening still counts as led to
    int rereferral_months = 12;
    int problem_profile_months = 12;
    int subject_access_months = 1;
    int subject_access_extension_months = 2;
};

// --- Information sharing (H-025) --------------------------------------------------------------------------------

enum class DataClass { signpost, identity, flags, referral, screening, aggregate };
inline constexpr int kDataClasses = 6;
enum class SharingLevel { none, signpost, read };  // ordered: more is greater
std::string_view name_of(DataClass);
std::string_view name_of(SharingLevel);

struct SharingRule {
    SharingLevel levels[kDataClasses] = {};  // by DataClass
    std::string purpose;                     // why this type of agency may see it: shown on the page
};
struct Protocol {
    std::string title, version, process;
    Date valid_from{};
    std::optional<Date> valid_to;
    std::map<AgencyType, SharingRule> rules;  // a type without a rule sees nothing
    SharingLevel level(AgencyType, DataClass) const;
    std::string_view purpose(AgencyType) const;  // empty without a rule
};

// ----------------------------------------------------------------------------------------------------------------

// AgencyFlag codes: CSE_risk, CSE_victim, CSE_perpetrator, missing, MAPPA, MARAC …
struct Flag {
    std::string code, label, help;
    bool offender = false;  // the flag is about a person posing risk
    bool table1 = false;    // S-052, S-053: counts a child as known to be victimised or at risk
};

struct RetentionRule {
    std::string record, basis, source;  // basis: birth, death, closure or creation
    int years = 0;
    Date valid_from{};
};

enum class BodyLevel { operational, tactical, strategic, governing };
struct Body {                                   // H-042, S-134..S-139: who reports to whom
    std::string code, name, chair, reports_to;  // chair: a role; reports_to: the code of a body, or empty
    BodyLevel level = BodyLevel::operational;
    int cadence_months = 0;  // 0: as needed
};

struct Objective {
    std::string code, strand, text;
};
struct Measure {  // H-051..H-072, S-071..S-083: the figure, and the role (never a name) that answers for it
    std::string code, strand, objective, title, owner_role;
};

enum class CertainLinks { propose, link };

// How people prove who they are (SECURITY.md 9.3). In a demonstration nobody is asked for a key.
struct SignInRules {
    // Roles that work only in a session where a security key was used.
    std::vector<std::string> key_roles = {"administrator", "information_governance", "panel_chair"};
    bool key_for_lists = true;  // and files with lists of people go only to such a session
    int dormant_days = 30;      // an account that nobody used for so long is closed
};

// What working for an agency that holds a record opens: the record, or only whom of that agency to ask.
enum class OwnAgency { full, signpost };
struct AccessRules {
    OwnAgency own_agency = OwnAgency::full;
    int meeting_days_after = 10;  // a record stays open to who took part in a meeting
    int disclosure_days = 28;     // the longest that a record is disclosed
};

struct Scheme {
    std::string code, name, area_name;  // "somerset", "Somerset Safeguarding Children Board", "Somerset"
    std::string la_code;                // DfE, three digits
    std::string strategy;               // title of the strategy it serves
    std::string procedures_url;  // H-117: https, where the child protection procedures can be read; may be empty
    Date valid_from{};
    std::string marking, handling;  // "OFFICIAL-SENSITIVE" and the handling instruction
    // Same valid NHS number or UPN and nothing that contradicts: put it before a person, or link at once.
    CertainLinks certain_links = CertainLinks::propose;
    SignInRules sign_in;
    AccessRules access;
    std::vector<Contact> contacts;  // the front door and out of hours (S-097, H-029)

    std::map<std::string, std::string, std::less<>> labels;
    std::vector<Agency> agencies;
    std::vector<Area> areas;
    std::vector<Home> homes;
    std::vector<Place> places;
    std::vector<LearningPartnership> learning_partnerships;
    std::map<std::string, std::vector<Code>, std::less<>> lists;
    std::vector<Definition> definitions;
    std::vector<Statement> statements;
    std::vector<Flag> flags;
    std::vector<Tool> tools;
    std::vector<RiskLevel> risk_levels;
    std::vector<FrontDoorDecision> decisions;
    std::vector<Parameters> parameters;  // ascending by valid_from
    std::vector<Protocol> protocols;
    std::vector<RetentionRule> retention;
    std::vector<Body> bodies;
    std::vector<Objective> objectives;
    std::vector<Measure> measures;

    // Keys: kLabelKeys. "cmog" -> "CMOG" or "MACE".
    std::string_view label(std::string_view key) const;
    // Names: kListNames.
    const std::vector<Code>& list(std::string_view name) const;
    const Code* find_code(std::string_view list_name, std::string_view code) const;
    // The text of a stored code, or the code itself when this scheme no longer has it: history must stay readable.
    std::string text_of(std::string_view list_name, std::string_view code) const;

    const Agency* find_agency(std::string_view code) const;
    const Area* find_area(std::string_view code) const;
    // DOMAIN.md 5.3: valid and in the county -> its area; valid elsewhere -> Outside; pseudo, missing, invalid ->
    // Blank.
    const Area& area_of(const base::Postcode&) const;
    const Home* find_home(std::string_view code) const;
    const Place* find_place(std::string_view code) const;
    const LearningPartnership* find_learning_partnership(std::string_view code) const;
    const Flag* find_flag(std::string_view code) const;
    // The tool for a child of this age on the date of the screening; nullptr if there is none.
    const Tool* tool_for(int age, Date) const;
    const Tool* find_tool(std::string_view code) const;
    const RiskLevel* find_risk_level(std::string_view code) const;
    const FrontDoorDecision* find_decision(std::string_view code) const;
    const Body* find_body(std::string_view code) const;
    const Measure* find_measure(std::string_view code) const;
    // The newest that counts on that day; before the first, the first.
    const Parameters& parameters_on(Date) const;
    const Definition& definition_on(Date) const;
    const Statement& statement_on(Date) const;
    // nullptr when none is in force: then nothing is shared.
    const Protocol* protocol_on(Date) const;
    SharingLevel sharing_level(AgencyType, DataClass, Date) const;
};

inline constexpr std::string_view kLabelKeys[] = {"board",
                                                  "steering_group",
                                                  "cmog",
                                                  "cmog_long",
                                                  "mase",
                                                  "mase_long",
                                                  "front_door",
                                                  "rhi",
                                                  "rhi_long",
                                                  "child",
                                                  "person_at_risk",
                                                  "person_posing_risk",
                                                  "people_posing_risk",
                                                  "location",
                                                  "coordinator",
                                                  "learning_partnership",
                                                  "need_level",
                                                  "exploitation"};
inline constexpr std::string_view kListNames[] = {
    "exploitation_types", "exploitation_models", "referral_reasons", "linked_crimes",      "vulnerabilities",
    "indicators",         "something_received",  "power_imbalances", "points_of_interest", "harm_statuses"};

// What is wrong with a scheme, all of it. `where` is a path into the TOML file such as "tools[1].bands[2]".
struct SchemeProblem {
    std::string where, message;
};
std::vector<SchemeProblem> check_scheme(const Scheme&);

// "solihull.toml line 42: the bands 6 to 10 and 9 to 15 overlap; let the second begin at 11."
base::Result<Scheme> load_scheme(const std::filesystem::path&);
base::Result<Scheme> read_scheme(std::string_view toml, std::string_view file_name);

// The schemes inside the program: "solihull", "somerset".
std::vector<std::string> shipped_schemes();
std::optional<std::string_view> shipped_scheme_text(std::string_view code);
base::Result<Scheme> shipped_scheme(std::string_view code);

}  // namespace rowan::partnership
