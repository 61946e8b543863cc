// Table 1 against a count by hand, and Tables 2 and 3 as Somerset printed them.
#include "insight/problem_profile.h"
#include "people/person.h"
#include "support/office.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace rowan::insight {
namespace {

using namespace support;

base::Date day(const char* iso) { return base::parse_iso_date(iso).value(); }

// Rows written without the desks: the figures read nothing that is sealed.
class Profile : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db(), "somerset"};
    int next = 0;

    std::string person(Session& s, const std::string& root = "") {
        const auto id = "p" + std::to_string(1000 + next++);
        s.execute(
            "INSERT INTO person (id, ref, root, merged_into, sensitivity, created_at, version) VALUES ($1, $1, "
            "$2, $3, 'ordinary', 0, 1)",
            id, root.empty() ? id : root, root.empty() ? std::nullopt : std::optional{root});
        return id;
    }
    std::string record(Session& s, const std::string& person, const std::string& agency) {
        const auto id = "r" + std::to_string(1000 + next++);
        s.execute(
            "INSERT INTO agency_record (id, person, agency, local_ref_index, sex, area, postcode_status, "
            "identity, updated_at, version) "
            "VALUES ($1, $2, $3, $1, 'U', '', 'missing', $4, 0, 1)",
            id, person, agency, database::Blob{});
        return id;
    }
    struct FlagRow {
        std::string person, agency, flag, set_on, cleared_on, sex, area;
        int age = 15;  // negative: not known
    };
    void flag(Session& s, const FlagRow& f) {
        s.execute(
            "INSERT INTO agency_flag (id, record, root, agency, flag, set_on, cleared_on, age_at, sex, area) "
            "VALUES ($1, $2, (SELECT root FROM person WHERE id = $3), $4, $5, $6, $7, $8, $9, $10)",
            "f" + std::to_string(1000 + next++), record(s, f.person, f.agency), f.person, f.agency, f.flag,
            f.set_on, f.cleared_on.empty() ? std::nullopt : std::optional{f.cleared_on},
            f.age < 0 ? std::nullopt : std::optional{f.age}, f.sex.empty() ? "U" : f.sex, f.area);
    }
    // Runs in a transaction that is taken back.
    template <class F>
    void trial(F&& f) {
        struct Undo {};
        try {
            (void)house.db().write([&](Session& s) -> base::Result<> {
                f(s);
                throw Undo{};
            });
        } catch (const Undo&) {
        }
    }
    KnownToAgencies count(Session& s, int year = 2017) {
        return known_to_agencies(s, house.scheme(), financial_year(year));
    }
    std::size_t behind(Session& s, const ProfileFilter& filter, int year = 2017) {
        return people_behind(s, house.scheme(), financial_year(year), filter).size();
    }
};

TEST_F(Profile, S_053_84_percent_known_to_one_agency_only) {
    trial([&](Session& s) {
        for (int i = 0; i < 84; ++i)
            flag(s, {person(s), i % 2 ? "ASP" : "BASE", "CSE_risk", "2017-05-01", "", "", "TWS"});
        for (int i = 0; i < 16; ++i) {
            const auto who = person(s);
            flag(s, {who, "ASP", "CSE_risk", "2017-05-01", "", "", "SEDG"});
            flag(s, {who, "SCC", "CSE_victim", "2017-06-01", "", "", "SEDG"});
        }
        const auto table = count(s);
        EXPECT_EQ(100, table.children);
        EXPECT_EQ(84, table.one_agency);
        EXPECT_EQ("84.0%", percent(table.one_agency, table.children));
        EXPECT_EQ(84u, behind(s, {{}, "", true}));
        EXPECT_EQ(16u, behind(s, {{"Police", "Somerset County Council"}, ""}));
        EXPECT_EQ(16u, behind(s, {{}, "SEDG"}));
    });
}

TEST_F(Profile, S_052_two_agencies_of_one_column_are_one) {
    trial([&](Session& s) {
        const auto who = person(s);
        flag(s, {who, "NHS", "CSE_risk", "2017-05-01"});
        flag(s, {who, "SFT", "CSE_risk", "2017-05-01"});
        const auto table = count(s);
        EXPECT_EQ(1, table.one_agency);
        ASSERT_EQ(1u, table.combinations.size());
        EXPECT_EQ(std::vector<std::string>{"NHS"}, table.combinations[0].groups);
    });
}

TEST_F(Profile, linked_records_are_one_child_and_agencies_outside_the_table_do_not_count) {
    trial([&](Session& s) {
        const auto root = person(s), below = person(s, root), outside = person(s);
        flag(s, {root, "ASP", "CSE_risk", "2017-05-01"});
        flag(s, {below, "SCC", "CSE_risk", "2017-05-01"});
        flag(s, {below, "SCH", "CSE_risk", "2017-05-01"});
        flag(s, {outside, "SCH", "CSE_risk", "2017-05-01"});
        const auto table = count(s);
        EXPECT_EQ(1, table.children);
        EXPECT_EQ(0, table.one_agency);
        EXPECT_EQ((std::vector<std::string>{root}), people_behind(s, house.scheme(), financial_year(2017), {}));
    });
}

TEST_F(Profile, S_050_18_when_flagged_is_left_out_and_an_unknown_age_is_counted_and_said) {
    trial([&](Session& s) {
        flag(s, {person(s), "ASP", "CSE_risk", "2017-05-01", "", "", "", 17});
        flag(s, {person(s), "ASP", "CSE_risk", "2017-05-01", "", "", "", 18});
        flag(s, {person(s), "ASP", "CSE_risk", "2017-05-01", "", "", "", -1});
        const auto table = count(s);
        EXPECT_EQ(2, table.children);
        EXPECT_EQ(1, table.age_unknown);
        EXPECT_EQ(2, table.blank_area);
        EXPECT_EQ(2u, behind(s, {}));
    });
}

TEST_F(Profile, a_flag_counts_in_every_year_in_which_it_was_in_force_on_a_day) {
    struct Case {
        const char *set_on, *cleared_on;
        bool in_2016, in_2017, in_2018;
    };
    for (const auto& c : {Case{"2017-03-31", "2017-04-01", true, false, false},
                          {"2017-03-31", "2017-04-02", true, true, false},
                          {"2017-04-01", "", false, true, true},
                          {"2018-03-31", "", false, true, true},
                          {"2018-04-01", "", false, false, true},
                          {"2017-04-01", "2017-04-01", false, false, false},
                          {"2017-06-01", "2017-06-01", false, false, false},
                          {"2017-06-01", "2017-06-02", false, true, false},
                          {"2015-01-01", "2018-04-01", true, true, false},
                          {"2015-01-01", "2018-04-02", true, true, true}})
        trial([&](Session& s) {
            flag(s, {person(s), "ASP", "CSE_risk", c.set_on, c.cleared_on});
            EXPECT_EQ(c.in_2016, count(s, 2016).children == 1) << c.set_on << " " << c.cleared_on;
            EXPECT_EQ(c.in_2017, count(s, 2017).children == 1) << c.set_on << " " << c.cleared_on;
            EXPECT_EQ(c.in_2018, count(s, 2018).children == 1) << c.set_on << " " << c.cleared_on;
            EXPECT_EQ(c.in_2017, behind(s, {}) == 1) << c.set_on << " " << c.cleared_on;
        });
}

TEST_F(Profile, S_052_people_posing_risk_unknowns_are_shown_and_not_guessed) {
    trial([&](Session& s) {
        for (int i = 0; i < 3; ++i) flag(s, {person(s), "ASP", "CSE_perpetrator", "2017-05-01", "", "M", "", 20});
        flag(s, {person(s), "ASP", "CSE_perpetrator", "2017-05-01", "", "M", "", 25});
        flag(s, {person(s), "ASP", "CSE_perpetrator", "2017-05-01", "", "F", "", 20});
        flag(s, {person(s), "ASP", "CSE_perpetrator", "2017-05-01", "", "U", "", 20});
        flag(s, {person(s), "ASP", "CSE_perpetrator", "2017-05-01", "", "M", "", -1});
        const auto line = count(s).offenders;
        EXPECT_EQ(7, line.people);
        EXPECT_EQ(5, line.known);
        EXPECT_EQ(3, line.male_under_25);
        EXPECT_EQ(1, line.sex_unknown);
        EXPECT_EQ(1, line.age_unknown);
        EXPECT_EQ(0, count(s).children) << "they are not counted as children at risk";
        EXPECT_EQ(3u, behind(s, {{}, "", false, true, true}));
        EXPECT_EQ(7u, behind(s, {{}, "", false, true}));
    });
}

TEST_F(Profile, the_scheme_has_no_more_flags_than_the_count_reads) {
    for (const auto& code : partnership::shipped_schemes()) {
        const auto scheme = partnership::shipped_scheme(code);
        EXPECT_LE(
            std::count_if(scheme->flags.begin(), scheme->flags.end(), [](const auto& f) { return f.table1; }), 6)
            << code;
        EXPECT_LE(
            std::count_if(scheme->flags.begin(), scheme->flags.end(), [](const auto& f) { return f.offender; }), 6)
            << code;
    }
}

// Any flags at all: the SQL counts what a patient person with a list and a calendar would.
TEST_F(Profile, S_052_S_053_any_flags_are_counted_as_by_hand) {
    const std::vector<std::string> agencies = {"SCC", "ASP", "NHS", "SFT", "BASE", "SCH"},
                                   codes = {"CSE_risk", "CSE_victim", "CSE_perpetrator", "missing"},
                                   areas = {"TWS", "SEDG", "OUT", "", "no such area"},
                                   days = {"2016-12-01", "2017-03-31", "2017-04-01", "2017-04-02", "2017-09-09",
                                           "2018-03-30", "2018-03-31", "2018-04-01", "2018-08-08"};
    EXPECT_TRUE(rc::check([&] {
        struct Given {
            std::size_t person, agency, flag, area, set_on, cleared_on;
            int age;
        };
        std::vector<Given> given;
        const auto size = *rc::gen::inRange(0, 25);
        for (int i = 0; i < size; ++i)
            given.push_back(
                {*rc::gen::inRange<std::size_t>(0, 6), *rc::gen::inRange<std::size_t>(0, agencies.size()),
                 *rc::gen::inRange<std::size_t>(0, codes.size()), *rc::gen::inRange<std::size_t>(0, areas.size()),
                 *rc::gen::inRange<std::size_t>(0, days.size()),
                 *rc::gen::inRange<std::size_t>(0, days.size() + 3), *rc::gen::element(-1, 12, 17, 18, 30)});
        trial([&](Session& s) {
            // People 0 and 1 are linked, 2 and 3 and 4 too.
            std::vector<std::string> people, roots;
            for (std::size_t i = 0; i < 6; ++i) {
                people.push_back(person(s, i == 1 ? people[0] : i == 3 || i == 4 ? people[2] : ""));
                roots.push_back(i == 1 ? people[0] : i == 3 || i == 4 ? people[2] : people[i]);
            }
            struct Child {
                std::set<std::string> groups;
                std::string newest, area;
                bool age_known = false;
            };
            std::map<std::string, Child> children;
            const auto year = financial_year(2017);
            for (const auto& g : given) {
                const bool ends = g.cleared_on < days.size() && days[g.cleared_on] >= days[g.set_on];
                flag(s, {people[g.person], agencies[g.agency], codes[g.flag], days[g.set_on],
                         ends ? days[g.cleared_on] : "", "", areas[g.area], g.age});
                people::Flag by_hand;
                by_hand.set_on = day(days[g.set_on].c_str());
                if (ends) by_hand.cleared_on = day(days[g.cleared_on].c_str());
                bool in_force = false;
                for (auto d = year.from; d <= year.to && !in_force; d = base::add_days(d, 1))
                    in_force = by_hand.active_on(d);
                if (!in_force || g.age >= 18 || (codes[g.flag] != "CSE_risk" && codes[g.flag] != "CSE_victim"))
                    continue;
                auto& child = children[roots[g.person]];
                if (const auto& group = house.scheme().find_agency(agencies[g.agency])->table1_group;
                    !group.empty())
                    child.groups.insert(group);
                child.age_known |= g.age >= 0;
                if (const auto newest = days[g.set_on] + areas[g.area]; newest >= child.newest) {
                    child.newest = newest;
                    child.area = areas[g.area].size() > 4 || areas[g.area].empty() ? "BLANK" : areas[g.area];
                }
            }
            int all = 0, one = 0, unknown = 0;
            std::map<std::string, int> by_area, by_groups;
            for (const auto& [root, child] : children) {
                if (child.groups.empty()) continue;
                ++all;
                one += child.groups.size() == 1;
                unknown += !child.age_known;
                ++by_area[child.area];
                std::string name;
                for (const auto& group : child.groups) name += group + "+";
                ++by_groups[name];
            }
            const auto table = count(s);
            RC_ASSERT(table.children == all);
            RC_ASSERT(table.one_agency == one);
            RC_ASSERT(table.age_unknown == unknown);
            for (const auto& area : table.areas) RC_ASSERT(area.children == by_area[area.code]);
            int combined = 0;
            for (const auto& combination : table.combinations) {
                std::set<std::string> sorted(combination.groups.begin(), combination.groups.end());
                std::string name;
                for (const auto& group : sorted) name += group + "+";
                RC_ASSERT(combination.children == by_groups[name]);
                combined += combination.children;
                RC_ASSERT(behind(s, {sorted, ""}) == static_cast<std::size_t>(combination.children));
            }
            RC_ASSERT(combined == all);
            RC_ASSERT(behind(s, {}) == static_cast<std::size_t>(all));
            RC_ASSERT(behind(s, {{}, "", true}) == static_cast<std::size_t>(one));
            for (const auto& area : table.areas)
                RC_ASSERT(behind(s, {{}, area.code}) == static_cast<std::size_t>(area.children));
        });
    }));
}

// --- Table 2 ----------------------------------------------------------------------------------------------------

TEST_F(Profile, S_061_exclusions_in_the_order_of_the_scheme_with_totals_of_the_sums) {
    struct Row {
        const char* code;
        int fixed, permanent, roll, next_fixed, next_permanent;
    };
    const Row rows[] = {
        {"ANSFORD", 176, 6, 3887, 61, 2}, {"FROME", 296, 2, 4628, 57, 1}, {"CAFOS", 464, 9, 8183, 147, 4}};
    trial([&](Session& s) {
        EXPECT_FALSE(exclusions(s, house.scheme(), ""));
        auto put = [&](const char* code, const char* year, const char* as_at, int fixed, int permanent,
                       std::optional<int> roll) {
            s.execute(
                "INSERT INTO exclusion_count (partnership, academic_year, as_at, fixed_term, permanent, "
                "number_on_roll, import_id) VALUES ($1, $2, $3, $4, $5, $6, 'i')",
                code, year, as_at, fixed, permanent, roll);
        };
        for (const auto& r : rows) {
            put(r.code, "2016/17", "2017-07-01", 1, 1, 9);  // an earlier count of the same year
            put(r.code, "2016/17", "2017-08-31", r.fixed, r.permanent, r.roll);
            put(r.code, "2017/18", "2017-12-06", r.next_fixed, r.next_permanent, std::nullopt);
        }
        const auto table = exclusions(s, house.scheme(), "");
        ASSERT_TRUE(table);
        EXPECT_EQ("2016/17", table->year);
        EXPECT_EQ("2017/18", table->next_year);
        EXPECT_EQ("2017-12-06", table->as_at);
        ASSERT_EQ(3u, table->rows.size());
        EXPECT_EQ("Ansford/Tower", table->rows[0].partnership);
        EXPECT_EQ("CAFOS", table->rows[1].partnership);
        EXPECT_EQ("4.53", rate_per_100(table->rows[0].fixed_term, table->rows[0].on_roll));
        EXPECT_EQ(936, table->total.fixed_term);
        EXPECT_EQ(17, table->total.permanent);
        EXPECT_EQ(16698, table->total.on_roll);
        EXPECT_EQ(265, table->total.next_fixed_term);
    });
}

// --- Table 3 ----------------------------------------------------------------------------------------------------

TEST_F(Profile, S_063_S_171_areas_sum_to_91_and_overlapping_points_to_113_which_is_never_a_total) {
    trial([&](Session& s) {
        const std::pair<const char*, int> areas[] = {
            {"TWS", 12}, {"SEDG", 23}, {"MEND", 24}, {"SSOM", 29}, {"OUT", 3}};
        const std::pair<const char*, int> points[] = {
            {"LAC", 4},       {"CP", 1},     {"CIN", 4},     {"HNF", 2},     {"SEND_ST", 4}, {"SEND_EHCP", 10},
            {"SEND_SUP", 14}, {"NP_LEA", 1}, {"NP_ADM", 38}, {"NP_OUT", 34}, {"CSE", 1}};
        std::vector<std::string> on_child(91);
        int at = 0, flags = 0;
        for (const auto& [code, children] : points)
            for (int i = 0; i < children; ++i, ++flags)
                on_child[static_cast<std::size_t>(at++ % 91)] += std::string(",") + code;
        EXPECT_EQ(113, flags);
        std::size_t n = 0;
        for (const auto& [code, children] : areas)
            for (int i = 0; i < children; ++i, ++n) {
                const auto who = person(s);
                s.execute(
                    "INSERT INTO education_missing (id, record, person, area, started_on, points) VALUES ($1, $2, "
                    "$3, $4, '2017-11-01', $5)",
                    "e" + std::to_string(n), record(s, who, "EDU"), who, code,
                    on_child[n].empty() ? "" : on_child[n].substr(1));
                if (n == 5) flag(s, {who, "ASP", "CSE_risk", "2017-05-01"});
            }
        const auto table = education_missing(s, house.scheme(), day("2017-12-06"));
        EXPECT_EQ(91, table.children);
        int by_area = 0, by_point = 0;
        for (const auto& area : table.areas) by_area += area.children;
        for (const auto& [code, children] : areas)
            for (const auto& area : table.areas)
                if (area.code == code) {
                    EXPECT_EQ(children, area.children) << code;
                }
        EXPECT_EQ(91, by_area);
        ASSERT_EQ(std::size(points), table.points.size());
        for (std::size_t i = 0; i < std::size(points); ++i) {
            EXPECT_EQ(points[i].first, table.points[i].first);
            EXPECT_EQ(points[i].second, table.points[i].second) << points[i].first;
            by_point += table.points[i].second;
        }
        EXPECT_EQ(113, by_point);
        EXPECT_EQ(1, table.also_at_risk) << "S-144";
        for (const auto& area : table.areas)
            EXPECT_EQ(static_cast<std::size_t>(area.children),
                      people_missing_education(s, day("2017-12-06"), area.code, "").size());
        EXPECT_EQ(38u, people_missing_education(s, day("2017-12-06"), "", "NP_ADM").size());
        EXPECT_EQ(0, education_missing(s, house.scheme(), day("2017-10-31")).children);
    });
}

TEST_F(Profile, S_063_a_child_with_two_open_records_is_counted_once_and_listed_where_it_is_counted) {
    trial([&](Session& s) {
        const auto who = person(s);
        auto missing = [&](const char* id, const char* area, const char* from, std::optional<std::string> to) {
            s.execute(
                "INSERT INTO education_missing (id, record, person, area, started_on, ended_on, points) VALUES "
                "($1, $2, $3, $4, $5, $6, '')",
                id, record(s, who, "EDU"), who, area, from, to);
        };
        missing("e1", "TWS", "2017-09-01", std::nullopt);
        missing("e2", "SEDG", "2017-11-01", std::nullopt);
        missing("e3", "MEND", "2017-11-15", "2017-12-06");
        const auto table = education_missing(s, house.scheme(), day("2017-12-06"));
        EXPECT_EQ(1, table.children);
        for (const auto& area : table.areas) {
            EXPECT_EQ(area.code == "SEDG" ? 1 : 0, area.children) << area.code;
            EXPECT_EQ(static_cast<std::size_t>(area.children),
                      people_missing_education(s, day("2017-12-06"), area.code, "").size())
                << area.code;
        }
        EXPECT_EQ(0, education_missing(s, house.scheme(), day("2017-08-31")).children);
    });
}

}  // namespace
}  // namespace rowan::insight
