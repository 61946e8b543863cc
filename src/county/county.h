// The synthetic county: invented families, what each agency wrote down about them, and the truth.
//
// For the demonstration, the tests and the linkage benchmarks. Nobody in it lives: names are put together from
// common given names and mostly invented surnames, NHS numbers come from the 999 range, telephones from 07700
// 900xxx. The same options give the same county, byte for byte, on every machine; a county of 1,000 children is
// the beginning of the one of 2,000 with the same seed. Households are made one at a time and handed to a Visitor,
// so memory does not grow with the county. docs/formats/county.md describes proportions, errors and files. Knows
// nothing of schemes, databases or people: codes of areas, agencies and items are given in the options.
// Thread-safety: generate() touches nothing but its visitor; counties may be generated in several threads.
#pragma once
#include "base/time.h"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace rowan::county {

using base::Date;
using base::Instant;

enum class Sex { unknown, male, female };
char letter(Sex);  // 'U', 'M', 'F'

enum class AgencyKind { police, la_children, health, education, housing, voluntary };

struct AreaOption {
    std::string code;
    std::vector<std::string> postcodes;  // outward codes "TA1" or sectors "BA3 4"
    double weight = 1;
};
struct AgencyOption {
    std::string code;
    AgencyKind kind = AgencyKind::health;
    std::string group;  // agencies of one group count as one (Table 1); empty: sets no exploitation flags
};
struct LearningPartnershipOption {
    std::string code;
    std::string area;  // empty: any
};
struct ItemOption {  // of a screening tool
    std::string code;
    std::vector<std::string> windows;
};

struct Options {
    std::uint64_t children = 2000;
    std::uint64_t seed = 1;
    Date as_of{std::chrono::year{2018} / 1 / 9};
    std::string la_code = "933";
    std::vector<AreaOption> areas;                                 // empty: four invented areas
    std::vector<AgencyOption> agencies;                            // empty: one of each kind
    std::vector<LearningPartnershipOption> learning_partnerships;  // empty: two
    std::vector<ItemOption> items_under_12, items_12_and_over;     // empty: Solihull's Appendix 5
    int u12_age = 12;

    double flagged_share = 0.03;        // of the children aged 8 to 24
    double known_to_one_agency = 0.84;  // S-052, S-053: of the flagged, by agency group
    double offenders_per_flagged = 0.5;
    double offender_male_under_25 = 0.59;    // S-052: of those whose sex and age are known
    double sibling_households = 0.42;        // two children or more
    double twin_share = 0.015;               // of the children
    double education_missing_share = 0.004;  // S-063: of those of school age
    double blank_postcodes = 0.10;           // of the records: empty, ZZ99 9ZZ or unreadable (S-079)
    double duplicates = 0.04;                // records written twice inside an agency
};

// ---- The truth -------------------------------------------------------------------------------------------------

struct Household {
    std::string id, community, area, postcode;  // community: "white_british", "polish", …
    std::string earlier_postcode;               // where they lived before, if they moved in the two years
    std::string phone;
    int children = 0;
};

struct Child {
    std::string id, household_id;
    std::string given, middle, family, earlier_family, known_as;  // earlier_family: before a change of name
    Date born{};
    Sex sex = Sex::unknown;
    std::string ethnicity;  // DfE code: WBRI, APKN, …
    std::string nhs_number, upn, phone;
    std::string area, postcode, learning_partnership;
    bool twin = false;
    bool flagged = false;
};

// ---- What agencies hold ----------------------------------------------------------------------------------------

// Written by people at work: nicknames, old addresses, slips of the pen. The true child is known here only.
struct AgencyRecord {
    std::string record_id, agency, child_id;
    std::string first_name, middle_names, family_name, other_family_name;
    std::optional<Date> date_of_birth;
    Sex sex = Sex::unknown;
    std::string postcode, nhs_number, upn, phone, ethnicity;
    Date recorded_on{};
    bool duplicate = false;  // a second record of this child in the same agency
};

struct Flag {
    std::string agency, record_id, child_id, code;  // CSE_risk, CSE_victim, criminal_exploitation or missing
    Date set_on{};
    std::optional<Date> cleared_on;
};

enum class ReferralState { draft, received, decided };
struct Referral {
    std::string id, agency, record_id, child_id;
    ReferralState state = ReferralState::received;
    Instant started_at{};
    std::optional<Instant> received_at;           // none in drafts
    std::string reason;                           // SE, missing, both
    std::vector<std::string> exploitation_types;  // CSE, CCE, county_lines, online, trafficking; none for missing
    std::string source_code;                      // CIN list: 1A, 2A, 3E, 6 …
    std::string referrer_role;
    std::string csc_question;  // referred_now, already_open, not_needed
    std::string csc_reference, csc_reason;
    std::string child_aware, parent_aware;  // yes, no, unsafe_to_tell
    bool immediate_danger = false;
    std::string narrative;
};

struct Decision {
    std::string referral_id, code;  // strategy_s47, assessment_s17, early_help, mase, …
    Instant decided_at{};
    std::optional<Instant> acknowledged_at;
    std::string rationale, best_interests;
};

struct Answer {
    std::string item, window;
    char present = 'Y';  // Y, or P for possible
};
struct Screening {
    std::string id, agency, record_id, child_id, referral_id;  // referral_id: may be empty
    bool under_12 = false;
    bool completed = true;  // else a draft
    Instant at{};
    std::vector<Answer> answers;
};

// A person posing risk. Suspected, not convicted, unless `status` says so.
struct Offender {
    std::string id, agency, given, family, alias;  // names may be missing: then there is an alias
    std::optional<Date> born;
    Sex sex = Sex::unknown;
    Date noted_on{};
    std::string role, status;  // perpetrator, facilitator; suspected, charged, convicted
};

struct Exclusion {
    std::string child_id, agency, record_id, learning_partnership, academic_year;  // "2016/17"
    Date on{};
    bool permanent = false;
};

// S-063, S-143: a child missing out on education. The points overlap; never total them.
struct EducationMissing {
    std::string child_id, agency, record_id, area;
    Date from{};
    std::optional<Date> to;
    std::vector<std::string>
        points;  // LAC, CP, CIN, HNF, SEND_ST, SEND_EHCP, SEND_SUP, NP_LEA, NP_ADM, NP_OUT, CSE
};

// Order: a household, then each of its children followed by all that belongs to the child; after the last
// household the offenders. The structs live only during the call.
class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void household(const Household&) {}
    virtual void child(const Child&) {}
    virtual void agency_record(const AgencyRecord&) {}
    virtual void flag(const Flag&) {}
    virtual void referral(const Referral&) {}
    virtual void decision(const Decision&) {}
    virtual void screening(const Screening&) {}
    virtual void exclusion(const Exclusion&) {}
    virtual void education_missing(const EducationMissing&) {}
    virtual void offender(const Offender&) {}
};

// Precondition: areas have postcodes and weights above 0; shares are from 0 to 1. Throws what the visitor throws.
void generate(const Options&, Visitor&);

// ---- Files -----------------------------------------------------------------------------------------------------

// record_id,source,first_name,middle_names,family_name,other_family_name,date_of_birth,sex,postcode,nhs_number,upn,
// phone,ethnicity,recorded_on : one line a record, in the order of generation; RFC 4180, UTF-8, line ends "\n".
// The truth: record_id,child_id. Either stream may be null. The streams must outlive the writer.
class RecordWriter : public Visitor {
public:
    RecordWriter(std::ostream* records, std::ostream* truth);
    void agency_record(const AgencyRecord&) override;

private:
    std::ostream* records_;
    std::ostream* truth_;
    std::string line_;
};

}  // namespace rowan::county
