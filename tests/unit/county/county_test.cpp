// The synthetic county: the same every time, plausible in its proportions, and nobody's.
#include "county/county.h"

#include "base/hash.h"
#include "base/identifiers.h"
#include "base/working_days.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace rowan::county {
namespace {

// Keeps everything: for small counties.
struct Everything : Visitor {
    std::vector<Household> households;
    std::vector<Child> children;
    std::vector<AgencyRecord> records;
    std::vector<Flag> flags;
    std::vector<Referral> referrals;
    std::vector<Decision> decisions;
    std::vector<Screening> screenings;
    std::vector<Exclusion> exclusions;
    std::vector<EducationMissing> missing_out;
    std::vector<Offender> offenders;
    std::map<std::string, const Child*> by_id;

    void household(const Household& x) override { households.push_back(x); }
    void child(const Child& x) override { children.push_back(x); }
    void agency_record(const AgencyRecord& x) override { records.push_back(x); }
    void flag(const Flag& x) override { flags.push_back(x); }
    void referral(const Referral& x) override { referrals.push_back(x); }
    void decision(const Decision& x) override { decisions.push_back(x); }
    void screening(const Screening& x) override { screenings.push_back(x); }
    void exclusion(const Exclusion& x) override { exclusions.push_back(x); }
    void education_missing(const EducationMissing& x) override { missing_out.push_back(x); }
    void offender(const Offender& x) override { offenders.push_back(x); }
};

Everything make(Options options) {
    Everything all;
    generate(options, all);
    for (const Child& c : all.children) all.by_id[c.id] = &c;
    return all;
}

// One county of 20,000 children, many of them flagged, for the proportions.
const Options& town_options() {
    static const Options options = [] {
        Options o;
        o.children = 20'000;
        o.flagged_share = 0.15;
        o.education_missing_share = 0.03;
        return o;
    }();
    return options;
}
const Everything& town() {
    static const Everything all = make(town_options());
    return all;
}

std::uint64_t fingerprint(const Options& options) {
    struct Sum : Visitor {
        std::uint64_t hash = base::kHashStart;
        void add(std::string_view s) { hash = base::stable_hash("|", base::stable_hash(s, hash)); }
        void child(const Child& c) override {
            for (const auto* s : {&c.id, &c.given, &c.middle, &c.family, &c.nhs_number, &c.upn, &c.postcode})
                add(*s);
        }
        void agency_record(const AgencyRecord& a) override {
            for (const auto* s : {&a.record_id, &a.child_id, &a.first_name, &a.family_name, &a.postcode, &a.phone})
                add(*s);
            add(a.date_of_birth ? base::to_iso(*a.date_of_birth) : "");
        }
        void flag(const Flag& f) override {
            add(f.code);
            add(base::to_iso(f.set_on));
        }
        void referral(const Referral& f) override {
            add(f.narrative);
            add(base::to_iso(f.started_at));
        }
        void decision(const Decision& d) override {
            add(d.code);
            add(base::to_iso(d.decided_at));
        }
        void screening(const Screening& s) override {
            for (const Answer& a : s.answers) add(a.item);
        }
        void exclusion(const Exclusion& x) override { add(base::to_iso(x.on)); }
        void education_missing(const EducationMissing& m) override {
            for (const auto& p : m.points) add(p);
        }
        void offender(const Offender& o) override { add(o.given + o.family + o.alias); }
    } sum;
    generate(options, sum);
    return sum.hash;
}

double share(double part, double whole) { return whole == 0 ? 0 : part / whole; }

TEST(County, is_the_same_every_time_and_another_with_another_seed) {
    Options o;
    o.children = 500;
    o.flagged_share = 0.2;
    const auto first = fingerprint(o);
    EXPECT_EQ(fingerprint(o), first);
    EXPECT_EQ(first, 11693612657643902676ull) << "the county has changed: if on purpose, correct this number";
    o.seed = 2;
    EXPECT_NE(fingerprint(o), first);
}

TEST(County, a_smaller_one_is_the_beginning_of_a_larger_one) {
    Options o;
    o.children = 200;
    const Everything small = make(o);
    o.children = 400;
    const Everything large = make(o);
    ASSERT_EQ(small.children.size(), 200u);
    ASSERT_EQ(large.children.size(), 400u);
    for (std::size_t i = 0; i < 199; ++i) {
        EXPECT_EQ(small.children[i].id, large.children[i].id);
        EXPECT_EQ(small.children[i].family, large.children[i].family);
    }
}

TEST(County, makes_exactly_as_many_children_as_asked_and_none_twice) {
    for (std::uint64_t n : {0u, 1u, 7u, 1000u}) {
        Options o;
        o.children = n;
        EXPECT_EQ(make(o).children.size(), n);
    }
    EXPECT_EQ(town().by_id.size(), town().children.size());
}

TEST(County, NHS_numbers_are_of_the_999_range_valid_and_unique) {
    std::set<std::string> seen;
    for (const Child& c : town().children) {
        if (c.nhs_number.empty()) continue;
        EXPECT_EQ(c.nhs_number.substr(0, 3), "999");
        EXPECT_TRUE(base::parse_nhs_number(c.nhs_number)) << c.nhs_number;
        EXPECT_TRUE(seen.insert(c.nhs_number).second) << c.nhs_number;
    }
    EXPECT_GT(share(seen.size(), town().children.size()), 0.88);
}

TEST(County, UPNs_are_well_formed_unique_and_mostly_of_the_county) {
    std::set<std::string> seen;
    double here = 0;
    for (const Child& c : town().children) {
        if (c.upn.empty()) {
            EXPECT_LT(base::age_on(c.born, town_options().as_of), 4);
            continue;
        }
        EXPECT_TRUE(base::parse_upn(c.upn)) << c.upn;
        EXPECT_TRUE(seen.insert(c.upn).second);
        here += c.upn.substr(1, 3) == "933";
    }
    EXPECT_NEAR(share(here, seen.size()), 0.93, 0.02);
}

TEST(County, telephones_are_those_kept_for_fiction) {
    for (const AgencyRecord& a : town().records)
        EXPECT_TRUE(a.phone.empty() || (a.phone.rfind("07700900", 0) == 0 && a.phone.size() == 11)) << a.phone;
    EXPECT_TRUE(base::parse_phone("07700900123"));
}

TEST(County, true_postcodes_are_valid_and_a_few_families_live_beyond_the_border) {
    double outside = 0;
    for (const Household& h : town().households) {
        EXPECT_EQ(base::parse_postcode(h.postcode).status, base::PostcodeStatus::valid) << h.postcode;
        outside += h.area.empty();
    }
    EXPECT_NEAR(share(outside, town().households.size()), 0.02, 0.006);
}

TEST(County, S_079_a_tenth_of_the_records_have_no_usable_postcode) {
    double blank = 0, pseudo = 0;
    for (const AgencyRecord& a : town().records) {
        const auto status = base::parse_postcode(a.postcode).status;
        blank += status != base::PostcodeStatus::valid;
        pseudo += status == base::PostcodeStatus::pseudo;
    }
    EXPECT_NEAR(share(blank, town().records.size()), 0.105, 0.02);
    EXPECT_GT(pseudo, 0);
}

TEST(County, families_have_brothers_sisters_and_twins) {
    double several = 0, twins = 0;
    std::map<std::string, std::vector<const Child*>> homes;
    for (const Household& h : town().households) several += h.children > 1;
    for (const Child& c : town().children) {
        twins += c.twin;
        homes[c.household_id].push_back(&c);
    }
    EXPECT_GT(share(several, town().households.size()), 0.10);
    EXPECT_LT(share(several, town().households.size()), 0.60);
    EXPECT_NEAR(share(twins, town().children.size()), 0.015, 0.005);
    for (const auto& [id, children] : homes)
        for (std::size_t i = 1; i < children.size(); ++i) {
            const int days = base::days_between(children[i - 1]->born, children[i]->born);
            if (children[i]->twin && children[i - 1]->twin && days == 0) {
                EXPECT_EQ(children[i]->postcode, children[i - 1]->postcode);
                EXPECT_NE(children[i]->given, children[i - 1]->given);
            } else {
                EXPECT_GE(days, 300) << "brothers and sisters are not born within ten months";
            }
        }
}

TEST(County, S_028_and_H_049_holds_children_and_young_adults_and_no_one_of_25_is_flagged) {
    double adults = 0;
    for (const Child& c : town().children) {
        const int age = base::age_on(c.born, town_options().as_of);
        EXPECT_GE(age, 0);
        EXPECT_LE(age, 24);
        adults += age >= 18;
        EXPECT_TRUE(!c.flagged || age >= 8);
    }
    EXPECT_GT(share(adults, town().children.size()), 0.01);
    EXPECT_LT(share(adults, town().children.size()), 0.12);
}

TEST(County, has_many_communities_and_their_ways_of_naming) {
    std::map<std::string, int> communities;
    for (const Household& h : town().households) ++communities[h.community];
    EXPECT_EQ(communities.size(), 16u);
    int singh = 0, kaur = 0, double_barrelled = 0, accents = 0, two_surnames = 0, apostrophes = 0;
    for (const Child& c : town().children) {
        singh += c.middle == "Singh" && c.sex == Sex::male;
        kaur += c.middle == "Kaur" && c.sex == Sex::female;
        EXPECT_FALSE(c.middle == "Singh" && c.sex == Sex::female);
        double_barrelled += c.ethnicity == "WBRI" && c.family.find('-') != std::string::npos;
        two_surnames += c.family.find(' ') != std::string::npos;
        apostrophes += c.family.find('\'') != std::string::npos;
        accents += std::any_of(c.given.begin(), c.given.end(), [](char ch) { return ch < 0; });
    }
    for (int count : {singh, kaur, double_barrelled, accents, two_surnames, apostrophes}) EXPECT_GT(count, 20);
}

TEST(County, surnames_are_as_varied_as_in_a_county) {
    std::set<std::string> families;
    for (const Child& c : town().children) families.insert(c.family);
    EXPECT_GT(families.size(), 2000u);
}

TEST(County, every_record_is_of_a_true_child_and_agencies_know_their_part) {
    std::map<std::string, double> of;
    std::set<std::string> ids;
    double duplicates = 0;
    for (const AgencyRecord& a : town().records) {
        EXPECT_TRUE(town().by_id.count(a.child_id));
        EXPECT_TRUE(ids.insert(a.record_id).second) << a.record_id;
        of[a.agency] += !a.duplicate;
        duplicates += a.duplicate;
    }
    const double children = town().children.size();
    EXPECT_NEAR(of["HEALTH"] / children, 0.89, 0.03);
    EXPECT_GT(of["EDUCATION"] / children, 0.6);
    for (const char* agency : {"POLICE", "COUNCIL", "HOUSING"})
        EXPECT_NEAR(of[agency] / children, 0.08, 0.04) << agency;
    EXPECT_NEAR(duplicates / town().records.size(), 0.04, 0.01);
}

TEST(County, records_hold_slips_of_every_kind_but_most_are_right) {
    double right_name = 0, no_date = 0, wrong_date = 0, swapped = 0, january = 0, changed = 0, nickname = 0;
    for (const AgencyRecord& a : town().records) {
        const Child& c = *town().by_id.at(a.child_id);
        right_name += a.first_name == c.given && a.family_name == c.family;
        nickname += !c.known_as.empty() && a.first_name == c.known_as;
        changed += !c.earlier_family.empty() && a.family_name == c.earlier_family;
        no_date += !a.date_of_birth;
        if (!a.date_of_birth || *a.date_of_birth == c.born) continue;
        ++wrong_date;
        EXPECT_LE(*a.date_of_birth, town_options().as_of);
        swapped += static_cast<unsigned>(a.date_of_birth->month()) == static_cast<unsigned>(c.born.day()) &&
                   static_cast<unsigned>(a.date_of_birth->day()) == static_cast<unsigned>(c.born.month());
        january +=
            a.date_of_birth->month() == std::chrono::January && a.date_of_birth->day() == std::chrono::day{1};
    }
    const double n = town().records.size();
    EXPECT_GT(right_name / n, 0.70);
    EXPECT_LT(right_name / n, 0.95);
    EXPECT_NEAR(no_date / n, 0.014, 0.008);
    EXPECT_NEAR(wrong_date / n, 0.018, 0.010);
    for (double kind : {swapped, january, changed, nickname}) EXPECT_GT(kind, 10);
}

TEST(County, S_052_of_the_flagged_84_percent_are_flagged_by_one_agency) {
    std::map<std::string, std::set<std::string>> agencies;
    for (const Flag& f : town().flags) agencies[f.child_id].insert(f.agency);
    double one = 0, flagged = 0;
    for (const auto& [child, by] : agencies) one += by.size() == 1;
    for (const Child& c : town().children) flagged += c.flagged;
    EXPECT_EQ(agencies.size(), flagged);
    EXPECT_NEAR(share(one, agencies.size()), 0.84, 0.03);
}

TEST(County, a_flag_hangs_on_a_record_of_its_agency_and_lies_in_the_two_years) {
    std::map<std::string, const AgencyRecord*> records;
    for (const AgencyRecord& a : town().records) records[a.record_id] = &a;
    for (const Flag& f : town().flags) {
        ASSERT_TRUE(records.count(f.record_id));
        EXPECT_EQ(records[f.record_id]->agency, f.agency);
        EXPECT_EQ(records[f.record_id]->child_id, f.child_id);
        EXPECT_LE(f.set_on, town_options().as_of);
        EXPECT_LE(base::days_between(f.set_on, town_options().as_of), 730);
        EXPECT_TRUE(!f.cleared_on || *f.cleared_on > f.set_on);
    }
}

TEST(County, one_group_of_agencies_counts_as_one) {
    Options o;
    o.children = 4000;
    o.flagged_share = 0.3;
    o.known_to_one_agency = 0;
    o.agencies = {{"TRUST", AgencyKind::health, "NHS"},
                  {"ICB", AgencyKind::health, "NHS"},
                  {"POLICE", AgencyKind::police, "Police"}};
    std::map<std::string, std::set<std::string>> by;
    const Everything all = make(o);
    for (const Flag& f : all.flags) by[f.child_id].insert(f.agency);
    ASSERT_FALSE(by.empty());
    for (const auto& [child, agencies] : by) {
        EXPECT_EQ(agencies.size(), 2u);
        EXPECT_TRUE(agencies.count("POLICE"));
    }
}

TEST(County, without_a_group_no_agency_flags_and_nothing_breaks) {
    Options o;
    o.children = 300;
    o.flagged_share = 0.5;
    o.agencies = {{"SCHOOL", AgencyKind::education, ""}};
    const Everything all = make(o);
    EXPECT_TRUE(all.flags.empty());
    EXPECT_FALSE(all.records.empty());
}

TEST(County, S_052_of_offenders_with_known_sex_and_age_59_percent_are_men_under_25) {
    double known = 0, young_men = 0;
    int unknown = 0, children = 0, women = 0;
    for (const Offender& o : town().offenders) {
        EXPECT_FALSE(o.given.empty() && o.alias.empty());
        if (!o.born || o.sex == Sex::unknown) {
            ++unknown;
            continue;
        }
        const int age = base::age_on(*o.born, o.noted_on);
        ++known;
        young_men += o.sex == Sex::male && age < 25;
        children += age < 18;
        women += o.sex == Sex::female;
    }
    ASSERT_GT(known, 300);
    EXPECT_NEAR(young_men / known, 0.59, 0.05);
    EXPECT_GT(unknown, 20);
    EXPECT_GT(children, 20) << "S-049: children can be perpetrators";
    EXPECT_GT(women, 20) << "S-036";
}

TEST(County, referrals_are_decided_mostly_in_time_some_late_some_open_some_drafts) {
    const base::WorkingDays working;
    const Instant end = base::from_london(town_options().as_of, 17);
    std::map<std::string, const Decision*> decisions;
    for (const Decision& d : town().decisions) EXPECT_TRUE(decisions.emplace(d.referral_id, &d).second);
    double in_time = 0, late = 0, open = 0, drafts = 0;
    for (const Referral& f : town().referrals) {
        const bool decided = decisions.count(f.id) > 0;
        EXPECT_EQ(decided, f.state == ReferralState::decided);
        EXPECT_EQ(!f.received_at, f.state == ReferralState::draft);
        EXPECT_GE(f.narrative.size(), 20u);
        EXPECT_EQ(f.narrative.find_first_of("{}"), std::string::npos) << f.narrative;
        EXPECT_EQ(f.exploitation_types.empty(), f.reason == "missing");
        EXPECT_EQ(f.csc_question == "not_needed", f.csc_reference.empty()) << "H-122";
        drafts += !f.received_at;
        if (!f.received_at) continue;
        EXPECT_LE(*f.received_at, end);
        if (!decided) {
            ++open;
            continue;
        }
        const Decision& d = *decisions[f.id];
        EXPECT_GE(d.decided_at, *f.received_at);
        EXPECT_LE(d.decided_at, end);
        EXPECT_TRUE(!d.acknowledged_at || *d.acknowledged_at >= d.decided_at);
        EXPECT_FALSE(d.best_interests.empty()) << "H-021";
        (working.between(base::london_date(*f.received_at), base::london_date(d.decided_at)) <= 1 ? in_time
                                                                                                  : late) += 1;
    }
    const double n = town().referrals.size();
    ASSERT_GT(n, 500);
    EXPECT_GT(in_time / n, 0.65);
    EXPECT_NEAR(late / n, 0.15, 0.07);
    EXPECT_NEAR(drafts / n, 0.04, 0.02);
    EXPECT_GT(open, 5);
    EXPECT_LT(open / n, 0.08);
}

TEST(County, H_209_screens_with_the_tool_of_the_age_on_the_day) {
    std::set<std::string> older;
    int under = 0, drafts = 0, possible = 0;
    for (const Screening& s : town().screenings) {
        const Child& c = *town().by_id.at(s.child_id);
        EXPECT_EQ(s.under_12, base::age_on(c.born, base::london_date(s.at)) < 12);
        EXPECT_LE(s.at, base::from_london(town_options().as_of, 17));
        under += s.under_12;
        drafts += !s.completed;
        for (const Answer& a : s.answers) {
            possible += a.present == 'P';
            if (!s.under_12) older.insert(a.item);
        }
    }
    EXPECT_GT(under, 10);
    EXPECT_GT(drafts, 5);
    EXPECT_GT(possible, 50);
    EXPECT_EQ(older.size(), 30u) << "each of V01-V16 and I01-I14 occurs";
}

TEST(County, S_061_exclusions_are_about_as_frequent_as_in_Table_2) {
    double fixed = 0, permanent = 0, pupils = 0;
    std::set<std::string> years;
    for (const Exclusion& x : town().exclusions) {
        (x.permanent ? permanent : fixed) += x.academic_year == "2016/17";
        years.insert(x.academic_year);
        EXPECT_LE(x.on, town_options().as_of);
        EXPECT_FALSE(x.learning_partnership.empty());
    }
    for (const Child& c : town().children) {
        const int age = base::age_on(c.born, town_options().as_of);
        pupils += age >= 5 && age <= 17;
    }
    EXPECT_EQ(years, (std::set<std::string>{"2016/17", "2017/18"}));
    EXPECT_NEAR(100 * fixed / pupils, 7.1, 2.5);
    EXPECT_LT(100 * permanent / pupils, 0.6);
}

TEST(County, S_143_points_of_interest_overlap) {
    int with_several = 0;
    std::set<std::string> points;
    for (const EducationMissing& m : town().missing_out) {
        with_several += m.points.size() > 1;
        points.insert(m.points.begin(), m.points.end());
        EXPECT_TRUE(!m.to || *m.to > m.from);
    }
    ASSERT_GT(town().missing_out.size(), 100u);
    EXPECT_GT(with_several, 20);
    EXPECT_EQ(points.size(), 11u);
}

TEST(County, uses_no_more_memory_for_more_children) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the address sanitizer keeps freed memory";
#endif
    const auto peak = [] {
        rusage use{};
        getrusage(RUSAGE_SELF, &use);
        return use.ru_maxrss;  // kB
    };
    Visitor nobody;
    Options o;
    o.children = 2'000;
    generate(o, nobody);
    const long before = peak();
    o.children = 60'000;
    generate(o, nobody);
    EXPECT_LT(peak() - before, 2'000);
}

TEST(RecordWriter, writes_the_records_and_their_truth) {
    std::ostringstream records, truth;
    RecordWriter writer(&records, &truth);
    AgencyRecord a;
    a.record_id = "POLICE-1";
    a.agency = "POLICE";
    a.child_id = "c1";
    a.first_name = "Anne, \"Annie\"";
    a.family_name = "O'Neill";
    a.date_of_birth = std::chrono::year{2006} / 2 / 3;
    a.sex = Sex::female;
    a.recorded_on = std::chrono::year{2017} / 5 / 6;
    writer.agency_record(a);
    EXPECT_EQ(records.str(),
              "record_id,source,first_name,middle_names,family_name,other_family_name,date_of_birth,sex,postcode,"
              "nhs_number,upn,phone,ethnicity,recorded_on\n"
              "POLICE-1,POLICE,\"Anne, \"\"Annie\"\"\",,O'Neill,,2006-02-03,F,,,,,,2017-05-06\n");
    EXPECT_EQ(truth.str(), "record_id,child_id\nPOLICE-1,c1\n");
}

TEST(RecordWriter, may_write_only_one_of_the_files) {
    std::ostringstream truth;
    RecordWriter writer(nullptr, &truth);
    writer.agency_record({});
    EXPECT_EQ(truth.str(), "record_id,child_id\n,\n");
}

}  // namespace
}  // namespace rowan::county
