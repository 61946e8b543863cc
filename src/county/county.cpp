#include "county/county.h"

#include "base/id.h"
#include "base/working_days.h"
#include "county/names.h"
#include "county/narrative.h"
#include "county/numbers.h"
#include "county/random.h"
#include "county/slips.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace rowan::county {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int kWindowDays = 730;  // two years of work
constexpr int kOldest = 24;
constexpr std::size_t kMostChildren = 7;  // in one household
constexpr std::uint64_t kOffenderStream = 1ull << 62;
constexpr std::string_view kOutside[] = {"BS1", "BS5", "EX4", "GL1",  "LE1",  "LS1",
                                         "M1",  "NG1", "PL1", "SO14", "CF10", "RG1"};

double share_of(const AgencyKind kind, int age) {
    switch (kind) {
        case AgencyKind::health:
            return age < 18 ? 0.90 : 0.60;
        case AgencyKind::education:
            return age < 4 ? 0 : age < 18 ? 0.94 : 0.25;
        case AgencyKind::la_children:
            return age < 18 ? 0.06 : 0.03;
        case AgencyKind::police:
            return age < 10 ? 0.03 : 0.08;
        case AgencyKind::housing:
            return 0.07;
        case AgencyKind::voluntary:
            return 0.015;
    }
    return 0;
}

// The mean over ages 8 to 24, as the county has them, is about 1.
double flag_weight(int age) { return age < 8 || age > kOldest ? 0 : age < 12 ? 0.40 : age < 18 ? 1.40 : 1.0; }

std::string academic_year(Date d) {
    const int start = static_cast<int>(d.year()) - (static_cast<unsigned>(d.month()) < 9 ? 1 : 0);
    const int end = (start + 1) % 100;
    return std::to_string(start) + "/" + (end < 10 ? "0" : "") + std::to_string(end);
}

Options with_defaults(Options o) {
    if (o.areas.empty())
        o.areas = {{"NORTH", {"TA1", "TA2", "TA3"}, 3},
                   {"SOUTH", {"BA20", "BA21"}, 2},
                   {"EAST", {"BA4", "BA5"}, 2},
                   {"WEST", {"TA23", "TA24"}, 1}};
    if (o.agencies.empty())
        o.agencies = {{"POLICE", AgencyKind::police, "Police"}, {"COUNCIL", AgencyKind::la_children, "Council"},
                      {"HEALTH", AgencyKind::health, "Health"}, {"EDUCATION", AgencyKind::education, ""},
                      {"HOUSING", AgencyKind::housing, ""},     {"CHARITY", AgencyKind::voluntary, "Charity"}};
    if (o.learning_partnerships.empty()) o.learning_partnerships = {{"LP1", ""}, {"LP2", ""}};
    const std::vector<std::string> ever = {"lifetime"}, now = {"current_6m"}, both = {"current_6m", "6_12m"};
    if (o.items_12_and_over.empty()) {
        for (int i = 1; i <= 16; ++i)
            o.items_12_and_over.push_back({(i < 10 ? "V0" : "V") + std::to_string(i), ever});
        for (int i = 1; i <= 14; ++i) {
            const bool significant = i == 1 || i == 2 || i == 8 || i == 10 || i == 11;
            o.items_12_and_over.push_back({(i < 10 ? "I0" : "I") + std::to_string(i), significant ? both : now});
        }
    }
    if (o.items_under_12.empty())
        o.items_under_12 = {{"V01", ever}, {"V02", ever}, {"V03", ever}, {"V06", ever},
                            {"V08", ever}, {"V10", ever}, {"V14", ever}, {"V15", ever},
                            {"I01", both}, {"I08", both}, {"I10", both}, {"I13", both}};
    return o;
}

// Everything about one household while it is made; nothing of it outlives it.
struct Family {
    Household home;
    Lineage lineage;
    std::vector<Child> children;
};

struct Holding {  // that an agency knows a child
    std::size_t agency;
    std::string record_id;
};

class Generator {
public:
    Generator(const Options& options, Visitor& visitor)
        : o_(with_defaults(options)),
          visitor_(visitor),
          today_(sys_days{o_.as_of}),
          now_(base::from_london(o_.as_of, 17)),
          records_(o_.agencies.size(), 0) {
        for (const AreaOption& area : o_.areas) area_weights_.push_back(area.weight);
    }

    void run() {
        for (std::uint64_t h = 0; made_ < o_.children; ++h) {
            Random r(o_.seed, h);
            Family family = make_family(r, h);
            if (family.children.size() > o_.children - made_) family.children.resize(o_.children - made_);
            family.home.children = static_cast<int>(family.children.size());
            visitor_.household(family.home);
            for (Child& child : family.children) {
                number(r, child);
                const std::vector<std::size_t> raising = flaggers(r, child);
                child.flagged = !raising.empty();
                visitor_.child(child);
                life(r, family, child, raising);
                ++made_;
            }
        }
        offenders();
    }

private:
    std::string id(std::uint64_t kind, std::uint64_t n) const { return base::seeded_id(o_.seed * 16 + kind, n); }
    Date date(sys_days d) const { return Date{d}; }
    Date days_ago(int n) const { return date(today_ - days{n}); }

    // ---- The family ----

    Family make_family(Random& r, std::uint64_t h) {
        Family f;
        f.lineage = make_lineage(r);
        if (f.lineage.community->style == Style::british && r.chance(0.06))
            f.lineage.father_family += "-" + make_surname(r, *f.lineage.community);
        Household& home = f.home;
        home.id = id(1, h);
        home.community = f.lineage.community->code;
        place(r, home.area, home.postcode);
        if (r.chance(0.15)) {
            std::string area;
            place(r, area, home.earlier_postcode);
        }
        home.phone = make_phone(r);
        const std::vector<int> ages = ages_in_days(r);
        std::vector<std::string> used;
        for (std::size_t i = 0; i < ages.size(); ++i) {
            const bool twin = i > 0 && ages[i] == ages[i - 1];
            if (twin) f.children.back().twin = true;
            const Sex of_twin = i > 0 ? f.children.back().sex : Sex::unknown;
            const std::string alike = twin ? f.children.back().given : std::string();
            f.children.push_back(make_child(r, f, ages[i], twin, of_twin, alike, used));
            used.push_back(f.children.back().given);
        }
        return f;
    }

    void place(Random& r, std::string& area, std::string& postcode) {
        if (r.chance(0.02)) {  // lives beyond the border
            area.clear();
            postcode = make_postcode(r, kOutside[r.below(std::size(kOutside))]);
            return;
        }
        const AreaOption& chosen = o_.areas[r.weighted(area_weights_)];
        area = chosen.code;
        postcode = make_postcode(r, r.one_of(chosen.postcodes));
    }

    // Eldest first; a twin has the same age as the child before.
    std::vector<int> ages_in_days(Random& r) {
        int births = 1;
        if (r.chance(o_.sibling_households))
            births = 2 + static_cast<int>(r.weighted(std::array{0.71, 0.22, 0.05, 0.02}));
        std::vector<int> gaps;
        int span = 0;
        for (int i = 1; i < births; ++i) {
            gaps.push_back(r.between(320, 1500));
            span += gaps.back();
        }
        const int limit = (r.chance(0.10) ? kOldest + 1 : 18) * 365;
        int age = static_cast<int>(r.below(static_cast<std::uint64_t>(std::max(365, limit - span)))) + span;
        std::vector<int> out;
        const double twin_birth = o_.twin_share / (2 - o_.twin_share);
        for (int i = 0; i < births; ++i) {
            if (i > 0) age -= gaps[static_cast<std::size_t>(i - 1)];
            out.push_back(age);
            if (out.size() < kMostChildren && r.chance(twin_birth)) out.push_back(age);
        }
        return out;
    }

    Child make_child(Random& r, const Family& f, int age_days, bool twin, Sex of_twin, const std::string& alike,
                     const std::vector<std::string>& used) {
        Child c;
        c.household_id = f.home.id;
        c.born = days_ago(age_days);
        c.sex = twin && r.chance(0.65) ? of_twin : r.chance(0.512) ? Sex::male : Sex::female;
        c.twin = twin;
        Name name = make_name(r, f.lineage, c.sex, used, alike);
        c.given = std::move(name.given);
        c.middle = std::move(name.middle);
        c.family = std::move(name.family);
        if (!twin && r.chance(0.05)) c.family = f.lineage.mother_family;  // a half-sibling, or the mother's choice
        if (r.chance(0.04)) {                                             // adoption, a new family, a choice
            c.earlier_family = c.family;
            c.family = r.chance(0.5) ? f.lineage.mother_family : make_surname(r, *f.lineage.community);
            if (c.family == c.earlier_family) c.earlier_family.clear();
        }
        const auto& nicknames = nicknames_of(c.given);
        if (!nicknames.empty() && r.chance(0.3)) c.known_as = nicknames[r.below(nicknames.size())];
        c.ethnicity = r.chance(0.03) ? "NOBT" : std::string(f.lineage.community->ethnicity);
        c.area = f.home.area;
        c.postcode = f.home.postcode;
        c.phone = r.chance(0.4) ? make_phone(r) : f.home.phone;
        return c;
    }

    void number(Random& r, Child& c) {
        c.id = id(2, made_);
        c.nhs_number = nhs_number(o_.seed, made_);
        const int age = base::age_on(c.born, o_.as_of);
        if (age < 4) return;
        static constexpr std::string_view kElsewhere[] = {"330", "331", "332", "333", "335", "336", "301", "320"};
        const bool here = r.chance(0.93);
        c.upn = make_upn(o_.seed, made_,
                         here ? std::string_view(o_.la_code) : kElsewhere[r.below(std::size(kElsewhere))],
                         static_cast<int>(c.born.year()) + 5);
        c.learning_partnership = partnership_of(r, c.area);
    }

    std::string partnership_of(Random& r, const std::string& area) const {
        std::vector<const LearningPartnershipOption*> near;
        for (const auto& p : o_.learning_partnerships)
            if (p.area.empty() || p.area == area) near.push_back(&p);
        return near.empty() ? r.one_of(o_.learning_partnerships).code : r.one_of(near)->code;
    }

    // ---- What happens to a child ----

    void life(Random& r, const Family& f, const Child& child, const std::vector<std::size_t>& raising) {
        const int age = base::age_on(child.born, o_.as_of);
        const std::vector<Holding> known = records(r, f, child, age, raising);
        const int severity = static_cast<int>(
            r.weighted(child.flagged ? std::array{0.20, 0.35, 0.28, 0.17} : std::array{0.70, 0.22, 0.07, 0.01}));
        if (child.flagged) {
            ++flagged_;
            for (std::size_t agency : raising) flag(r, child, holding(known, agency), severity);
        }
        if (!known.empty() && age >= 5 && r.chance(child.flagged ? 0.8 : 0.004))
            referrals(r, child, known, raising, severity);
        if (age >= 5 && age <= 17) school(r, child, known, severity);
    }

    static const Holding& holding(const std::vector<Holding>& known, std::size_t agency) {
        return *std::find_if(known.begin(), known.end(), [&](const Holding& h) { return h.agency == agency; });
    }

    // Which agencies have set a flag: mostly none, else one, or several of different groups (S-052, S-053).
    std::vector<std::size_t> flaggers(Random& r, const Child& child) {
        if (!r.chance(o_.flagged_share * flag_weight(base::age_on(child.born, o_.as_of)))) return {};
        const auto weight = [](AgencyKind kind) {
            switch (kind) {
                case AgencyKind::police:
                    return 0.36;
                case AgencyKind::la_children:
                    return 0.30;
                case AgencyKind::health:
                    return 0.22;
                case AgencyKind::voluntary:
                    return 0.12;
                default:
                    return 0.05;
            }
        };
        std::vector<double> weights;
        for (const AgencyOption& a : o_.agencies) {
            double same = 0;
            for (const AgencyOption& b : o_.agencies) same += a.group == b.group;
            weights.push_back(a.group.empty() ? 0 : weight(a.kind) / same);
        }
        const std::size_t wanted =
            r.chance(o_.known_to_one_agency) ? 1 : 2 + r.weighted(std::array{0.74, 0.21, 0.05});
        std::vector<std::size_t> out;
        while (out.size() < wanted) {
            if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) break;
            const std::size_t chosen = r.weighted(weights);
            out.push_back(chosen);
            for (std::size_t i = 0; i < weights.size(); ++i)
                if (o_.agencies[i].group == o_.agencies[chosen].group) weights[i] = 0;
        }
        return out;
    }

    std::vector<Holding> records(Random& r, const Family& f, const Child& child, int age,
                                 const std::vector<std::size_t>& raising) {
        std::vector<Holding> known;
        std::array<int, 6> of_kind{};
        for (const AgencyOption& a : o_.agencies) ++of_kind[static_cast<std::size_t>(a.kind)];
        std::array<int, 6> main{};  // of several agencies of a kind one is the family's usual one
        for (std::size_t k = 0; k < 6; ++k)
            if (of_kind[k] > 1) main[k] = static_cast<int>(r.below(static_cast<std::uint64_t>(of_kind[k])));
        std::array<int, 6> seen{};
        for (std::size_t a = 0; a < o_.agencies.size(); ++a) {
            const auto kind = static_cast<std::size_t>(o_.agencies[a].kind);
            const double p = share_of(o_.agencies[a].kind, age) * (seen[kind]++ == main[kind] ? 1 : 0.08);
            const bool raised = std::find(raising.begin(), raising.end(), a) != raising.end();
            if (!r.chance(p) && !raised) continue;
            known.push_back({a, record(r, f, child, a, age, false)});
            if (r.chance(o_.duplicates)) record(r, f, child, a, age, true);
        }
        return known;
    }

    std::string record(Random& r, const Family& f, const Child& child, std::size_t agency, int age,
                       bool duplicate) {
        const Office office = office_of(o_.agencies[agency].kind);
        AgencyRecord& a = record_;
        a = AgencyRecord{};
        a.agency = o_.agencies[agency].code;
        a.record_id = a.agency + "-" + local_number(agency);
        a.child_id = child.id;
        a.duplicate = duplicate;
        Name name{child.given, child.middle, child.family};
        const bool earlier = !child.earlier_family.empty() && r.chance(0.4);
        if (earlier) name.family = child.earlier_family;
        if (!child.earlier_family.empty() && r.chance(0.25))
            a.other_family_name = earlier ? child.family : child.earlier_family;
        rewrite_for_office(r, f.lineage.community->style, name, f.lineage);
        a.first_name = office_given(r, office, name, child.known_as);
        a.family_name = office_word(r, office, name.family);
        if (r.chance(0.003 * office.carelessness)) std::swap(a.first_name, a.family_name);
        if (!name.middle.empty() && r.chance(office.kind == AgencyKind::health ? 0.8 : 0.35))
            a.middle_names = name.middle;
        a.date_of_birth = office_date(r, office, child.born, o_.as_of);
        a.sex = r.chance(0.01 * office.carelessness) ? Sex::unknown : child.sex;
        if (r.chance(0.002) && a.sex != Sex::unknown) a.sex = a.sex == Sex::male ? Sex::female : Sex::male;
        a.postcode = office_postcode(r, office, child.postcode, f.home.earlier_postcode, o_.blank_postcodes);
        identifiers(r, office, child, a);
        a.ethnicity = r.chance(0.75) ? child.ethnicity : "NOBT";
        a.recorded_on = days_ago(r.between(0, std::min(age * 365 + 1, 1800)));
        if (a.recorded_on < child.born) a.recorded_on = child.born;
        visitor_.agency_record(a);
        return a.record_id;
    }

    void identifiers(Random& r, const Office& office, const Child& child, AgencyRecord& a) {
        const bool health = office.kind == AgencyKind::health, school = office.kind == AgencyKind::education;
        const bool social = office.kind == AgencyKind::la_children;
        if (r.chance(health ? 0.97 : social ? 0.45 : 0.03)) a.nhs_number = child.nhs_number;
        if (r.chance(school ? 0.98 : social ? 0.60 : 0.02)) a.upn = child.upn;
        if (r.chance(0.002) && !a.nhs_number.empty()) a.nhs_number = misdialled(r, a.nhs_number);
        if (r.chance(0.002) && !a.upn.empty()) a.upn = misdialled(r, a.upn);
        if (r.chance(0.5)) a.phone = r.chance(0.9) ? child.phone : make_phone(r);
    }

    // Neighbouring children do not get neighbouring numbers.
    std::string local_number(std::size_t agency) {
        constexpr std::uint64_t kPrime = 99'999'989;
        std::string digits = std::to_string((++records_[agency] * 48'271) % kPrime);
        return std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits;
    }

    void flag(Random& r, const Child& child, const Holding& by, int severity) {
        Flag f;
        f.agency = o_.agencies[by.agency].code;
        f.record_id = by.record_id;
        f.child_id = child.id;
        f.code = severity >= 2 && r.chance(0.5) ? "CSE_victim" : "CSE_risk";
        const int ago = r.between(1, kWindowDays);
        f.set_on = days_ago(ago);
        if (ago > 120 && r.chance(0.06)) f.cleared_on = days_ago(r.between(1, ago - 100));
        visitor_.flag(f);
        f.cleared_on.reset();
        for (const char* more : {"missing", "criminal_exploitation"}) {
            if (!r.chance(0.18)) continue;
            f.code = more;
            f.set_on = days_ago(r.between(1, ago));
            visitor_.flag(f);
        }
    }

    // ---- Referrals, screenings, decisions ----

    void referrals(Random& r, const Child& child, const std::vector<Holding>& known,
                   const std::vector<std::size_t>& raising, int severity) {
        const int count = child.flagged ? 1 + static_cast<int>(r.weighted(std::array{0.68, 0.24, 0.08})) : 1;
        for (int i = 0; i < count; ++i) {
            // Whoever has raised the flag refers most; otherwise whoever knows the child.
            const Holding& by =
                !raising.empty() && r.chance(0.6) ? holding(known, raising.front()) : r.one_of(known);
            referral(r, child, by, std::clamp(severity + (r.chance(0.2) ? 1 : 0) - (r.chance(0.2) ? 1 : 0), 0, 3));
        }
    }

    void referral(Random& r, const Child& child, const Holding& by, int severity) {
        const AgencyKind kind = o_.agencies[by.agency].kind;
        Referral f;
        f.id = id(3, referrals_++);
        f.agency = o_.agencies[by.agency].code;
        f.record_id = by.record_id;
        f.child_id = child.id;
        const bool draft = r.chance(0.04);
        const bool recent = draft || r.chance(0.04);  // there is always something on the desk
        f.started_at = working_moment(r, recent ? r.between(0, 6) : r.between(0, kWindowDays - 1), kind);
        if (!draft) f.received_at = std::min(now_, f.started_at + std::chrono::minutes{r.between(6, 55)});
        const int age = base::age_on(child.born, base::london_date(f.started_at));
        const double u = r.unit();
        f.reason = u < 0.62 ? "SE" : u < 0.80 ? "both" : "missing";
        if (f.reason != "missing") f.exploitation_types = types(r);
        source(r, kind, f);
        csc(r, f, severity);
        static const std::vector<std::string> kAware = {"yes", "no", "unsafe_to_tell"};
        f.child_aware = kAware[r.weighted(std::array{0.7, 0.25, 0.05})];
        f.parent_aware = kAware[r.weighted(std::array{0.55, 0.27, 0.18})];
        f.immediate_danger = severity == 3 && r.chance(0.3);
        const std::string& name = child.known_as.empty() ? child.given : child.known_as;
        f.narrative = narrative(r, kind, name, child.sex, severity, f.reason != "SE", age < o_.u12_age);
        const std::optional<Decision> decision = draft ? std::nullopt : decide(r, f, severity);
        f.state = draft ? ReferralState::draft : decision ? ReferralState::decided : ReferralState::received;
        visitor_.referral(f);
        if (!draft && r.chance(0.75)) screenings(r, child, by, f, severity);
        if (decision) visitor_.decision(*decision);
    }

    // Mostly in office hours; police, wards and homes also at night and at weekends.
    Instant working_moment(Random& r, int days_back, AgencyKind kind) {
        sys_days day = today_ - days{days_back};
        const bool round_the_clock = kind == AgencyKind::police || kind == AgencyKind::health;
        const bool late = r.chance(round_the_clock ? 0.35 : 0.06);
        while (!late && !working_.is_working_day(Date{day})) day -= days{1};
        const int hour = late ? (r.chance(0.7) ? r.between(18, 23) : r.between(0, 7)) : r.between(8, 17);
        const Instant at = base::from_london(Date{day}, hour, r.between(0, 59));
        return std::min(at, now_ - std::chrono::minutes{r.between(2, 240)});
    }

    std::vector<std::string> types(Random& r) {
        static const std::vector<std::string> kTypes = {"CSE",          "online",      "CCE",
                                                        "county_lines", "trafficking", "peer"};
        std::vector<std::string> out = {kTypes[r.weighted(std::array{0.55, 0.15, 0.13, 0.09, 0.03, 0.05})]};
        if (r.chance(0.3)) {
            const std::string& more = kTypes[r.weighted(std::array{0.2, 0.4, 0.15, 0.1, 0.05, 0.1})];
            if (more != out.front()) out.push_back(more);
        }
        return out;
    }

    static void source(Random& r, AgencyKind kind, Referral& f) {
        struct Source {
            const char *code, *role;
        };
        static constexpr Source kSources[6][3] = {
            {{"6", "Police officer"}, {"6", "Neighbourhood officer"}, {"6", "Missing persons coordinator"}},
            {{"5A", "Social worker"}, {"5D", "Early help worker"}, {"5A", "Personal adviser"}},
            {{"3C", "School nurse"}, {"3E", "Emergency department nurse"}, {"3A", "General practitioner"}},
            {{"2A", "Designated safeguarding lead"}, {"2A", "Head of year"}, {"2B", "Education welfare officer"}},
            {{"4", "Tenancy officer"}, {"4", "Hostel worker"}, {"4", "Housing adviser"}},
            {{"8", "Project worker"}, {"8", "Youth worker"}, {"8", "Return interviewer"}}};
        const Source& s = kSources[static_cast<int>(kind)][r.below(3)];
        f.source_code = s.code;
        f.referrer_role = s.role;
    }

    // H-122: a referral never replaces one to children's social care; the question is always answered.
    static void csc(Random& r, Referral& f, int severity) {
        const double now = severity >= 2 ? 0.75 : 0.35;
        const double u = r.unit();
        f.csc_question = u < now ? "referred_now" : u < now + 0.15 ? "already_open" : "not_needed";
        if (f.csc_question == "not_needed")
            f.csc_reason = "Support, protection or accommodation is not needed at present.";
        else
            f.csc_reference = "CSC-" + std::to_string(r.between(10000, 99999));
    }

    std::optional<Decision> decide(Random& r, const Referral& f, int severity) {
        if (r.chance(0.012)) return std::nullopt;  // overlooked: a clock that has run out
        const int wait = static_cast<int>(r.weighted(std::array{0.58, 0.26, 0.06, 0.04, 0.03, 0.03}));
        Decision d;
        d.referral_id = f.id;
        const Date received = base::london_date(*f.received_at);
        if (wait == 0) {
            d.decided_at = *f.received_at + std::chrono::minutes{r.between(25, 360)};
        } else {
            const Date on = working_.add(received, wait < 5 ? wait : r.between(5, 15));
            d.decided_at = base::from_london(on, r.between(9, 16), r.between(0, 59));
        }
        if (d.decided_at > now_) return std::nullopt;  // still open
        d.code = decision_code(r, severity);
        if (r.chance(0.9)) {
            const Instant told = d.decided_at + std::chrono::minutes{r.between(10, 2000)};
            if (told <= now_) d.acknowledged_at = told;
        }
        d.rationale = rationale(r, d.code);
        d.best_interests = best_interests(r);
        return d;
    }

    static std::string decision_code(Random& r, int severity) {
        static const std::vector<std::string> kCodes = {
            "no_further_action", "advice", "early_help", "assessment_s17",      "strategy_s47",
            "existing_worker",   "mase",   "cmog",       "out_of_area_transfer"};
        static constexpr std::array<std::array<double, 9>, 4> kWeights = {
            {{0.33, 0.38, 0.24, 0, 0, 0.04, 0, 0, 0.01},
             {0.04, 0.10, 0.46, 0.15, 0, 0.08, 0.15, 0, 0.02},
             {0, 0, 0.06, 0.42, 0.06, 0.10, 0.30, 0.04, 0.02},
             {0, 0, 0, 0.15, 0.70, 0.02, 0.04, 0.07, 0.02}}};
        return kCodes[r.weighted(kWeights[static_cast<std::size_t>(severity)])];
    }

    void screenings(Random& r, const Child& child, const Holding& by, const Referral& f, int severity) {
        Instant at = *f.received_at + std::chrono::hours{r.between(1, 60)};
        for (int round = 0; round < 3 && at <= now_; ++round) {
            screening(r, child, by, round == 0 ? f.id : std::string(), severity, at);
            if (!r.chance(0.35)) break;
            at += std::chrono::hours{24 * r.between(75, 110)};
            severity = std::max(0, severity - (r.chance(0.4) ? 1 : 0));
        }
    }

    void screening(Random& r, const Child& child, const Holding& by, const std::string& referral_id, int severity,
                   Instant at) {
        static constexpr double kTicked[] = {0.06, 0.15, 0.28, 0.45};
        Screening s;
        s.id = id(4, screenings_++);
        s.agency = o_.agencies[by.agency].code;
        s.record_id = by.record_id;
        s.child_id = child.id;
        s.referral_id = referral_id;
        s.at = at;
        s.under_12 = base::age_on(child.born, base::london_date(at)) < o_.u12_age;
        s.completed = !r.chance(now_ - at < std::chrono::hours{24 * 14} ? 0.35 : 0.02);
        const double p = kTicked[severity];
        for (const ItemOption& item : s.under_12 ? o_.items_under_12 : o_.items_12_and_over)
            for (std::size_t w = 0; w < item.windows.size(); ++w)
                if (r.chance(w == 0 ? p : p * 0.5))
                    s.answers.push_back({item.code, item.windows[w], r.chance(0.1) ? 'P' : 'Y'});
        visitor_.screening(s);
    }

    // ---- School ----

    void school(Random& r, const Child& child, const std::vector<Holding>& known, int severity) {
        const auto at_school = std::find_if(known.begin(), known.end(), [&](const Holding& h) {
            return o_.agencies[h.agency].kind == AgencyKind::education;
        });
        if (at_school == known.end()) return;
        exclusions(r, child, *at_school);
        if (!r.chance(o_.education_missing_share * (child.flagged ? 3 : 1))) return;
        EducationMissing m;
        m.child_id = child.id;
        m.agency = o_.agencies[at_school->agency].code;
        m.record_id = at_school->record_id;
        m.area = child.area;
        const int ago = r.between(5, 400);
        m.from = days_ago(ago);
        if (r.chance(0.2) && ago > 30) m.to = days_ago(r.between(1, ago - 20));
        m.points = points(r, child, severity);
        visitor_.education_missing(m);
    }

    // Table 3 of Somerset gives how often each point occurs among 91 children.
    static std::vector<std::string> points(Random& r, const Child& child, int severity) {
        std::vector<std::string> out;
        const auto add = [&](double p, const char* code) {
            if (r.chance(p)) out.emplace_back(code);
        };
        add(4 / 91.0, "LAC");
        add(1 / 91.0 + 0.1 * (severity == 3), "CP");
        add(4 / 91.0, "CIN");
        add(2 / 91.0, "HNF");
        const std::size_t send = r.weighted(std::array{4.0, 10.0, 14.0, 63.0});
        if (send < 3) out.emplace_back(std::array{"SEND_ST", "SEND_EHCP", "SEND_SUP"}[send]);
        const std::size_t none = r.weighted(std::array{1.0, 38.0, 34.0, 18.0});
        if (none < 3) out.emplace_back(std::array{"NP_LEA", "NP_ADM", "NP_OUT"}[none]);
        if (child.flagged) out.emplace_back("CSE");
        return out;
    }

    // About 7.1 fixed-term incidences and 0.14 permanent ones for each 100 pupils a year (Table 2).
    void exclusions(Random& r, const Child& child, const Holding& by) {
        const int age = base::age_on(child.born, o_.as_of);
        const double older = (age >= 11 ? 1.7 : 0.45) * (child.flagged ? 3 : 1);
        const int start_year = std::stoi(academic_year(o_.as_of)) - 1;
        for (int year = start_year; year <= start_year + 1; ++year) {
            int count = 0;
            if (r.chance(0.028 * older)) {
                count = 1;
                while (count < 12 && r.chance(0.6)) ++count;
            }
            for (int i = 0; i < count; ++i) exclusion(r, child, by, year, false);
            if (r.chance(0.0014 * older)) exclusion(r, child, by, year, true);
        }
    }

    void exclusion(Random& r, const Child& child, const Holding& by, int year, bool permanent) {
        sys_days day = sys_days{std::chrono::year{year} / 9 / 5} + days{r.below(315)};  // to mid July
        while (!working_.is_working_day(Date{day})) day += days{1};
        if (day > today_ || Date{day} <= child.born) return;  // the year so far
        Exclusion x;
        x.child_id = child.id;
        x.agency = o_.agencies[by.agency].code;
        x.record_id = by.record_id;
        x.learning_partnership = child.learning_partnership;
        x.on = Date{day};
        x.academic_year = academic_year(x.on);
        x.permanent = permanent;
        visitor_.exclusion(x);
    }

    // ---- Persons posing risk ----

    void offenders() {
        const auto count =
            static_cast<std::uint64_t>(o_.offenders_per_flagged * static_cast<double>(flagged_) + 0.5);
        for (std::uint64_t i = 0; i < count; ++i) {
            Random r(o_.seed, kOffenderStream + i);
            visitor_.offender(offender(r, i));
        }
    }

    Offender offender(Random& r, std::uint64_t i) {
        Offender f;
        f.id = id(5, i);
        f.agency = o_.agencies[reporter(r)].code;
        f.noted_on = days_ago(r.between(1, kWindowDays));
        // S-052: most are young men; some are children themselves (S-049), and some are women (S-036).
        const double m = o_.offender_male_under_25, rest = 1 - m;
        const std::size_t group = r.weighted(std::array{m, rest * 0.66, rest * 0.15, rest * 0.19});
        const bool young = group == 0 || group == 2;
        const int age_days = young ? r.between(13 * 365, 25 * 365 - 8) : r.between(25 * 365 + 8, 66 * 365);
        if (!r.chance(0.15)) f.born = Date{sys_days{f.noted_on} - days{age_days}};
        const Sex sex = group < 2 ? Sex::male : Sex::female;
        if (!r.chance(0.07)) f.sex = sex;
        const Lineage lineage = make_lineage(r);
        if (r.chance(0.75)) {
            Name name = make_name(r, lineage, sex, {}, {});
            f.given = std::move(name.given);
            f.family = std::move(name.family);
        }
        static const std::vector<std::string> kAliases = {"Tee",    "Smiler", "Big Dee", "Ghost", "Uncle",
                                                          "Jay",    "Red",    "Bones",   "K",     "Mac",
                                                          "Shorty", "Cuz",    "Blue",    "Doc"};
        if (f.given.empty() || r.chance(0.3)) f.alias = r.one_of(kAliases);
        f.role = r.chance(0.8) ? "perpetrator" : "facilitator";
        const double u = r.unit();
        f.status = u < 0.84 ? "suspected" : u < 0.94 ? "charged" : "convicted";
        return f;
    }

    std::size_t reporter(Random& r) {
        std::vector<double> weights;
        for (const AgencyOption& a : o_.agencies)
            weights.push_back(a.kind == AgencyKind::police        ? 0.7
                              : a.kind == AgencyKind::la_children ? 0.15
                              : a.kind == AgencyKind::voluntary   ? 0.1
                                                                  : 0.02);
        return r.weighted(weights);
    }

    const Options o_;
    Visitor& visitor_;
    const sys_days today_;
    const Instant now_;  // five in the afternoon of as_of: nothing is later
    const base::WorkingDays working_;
    std::vector<double> area_weights_;
    std::vector<std::uint64_t> records_;  // how many each agency has made
    AgencyRecord record_;                 // reused: a million children make two million of them
    std::uint64_t made_ = 0, flagged_ = 0, referrals_ = 0, screenings_ = 0;
};

}  // namespace

char letter(Sex sex) { return sex == Sex::male ? 'M' : sex == Sex::female ? 'F' : 'U'; }

void generate(const Options& options, Visitor& visitor) { Generator(options, visitor).run(); }

}  // namespace rowan::county
