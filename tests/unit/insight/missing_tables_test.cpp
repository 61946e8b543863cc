// Tables 4 to 9 and K-PROT-3 against a count by hand and against a twin that counts in another way.
#include "insight/missing_gaps.h"
#include "insight/missing_questions.h"
#include "insight/missing_tables.h"
#include "support/office.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace rowan::insight {
namespace {

using namespace support;
using base::Instant;
using std::chrono::hours;

Instant at(const char* iso) { return *base::parse_instant(iso); }

// Rows written without the desks: the figures read nothing that is sealed.
class MissingFigures : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db(), "somerset"};
    int next = 0;
    const Period year = financial_year(2017);

    std::string person(const std::string& root = "") {
        const auto id = "p" + std::to_string(next++);
        house.write([&](Session& s) -> base::Result<> {
            s.execute(
                "INSERT INTO person (id, ref, root, merged_into, sensitivity, created_at, version) VALUES ($1, "
                "$1, $2, $3, 'ordinary', 0, 1)",
                id, root.empty() ? id : root, root.empty() ? std::nullopt : std::optional{root});
            return base::done();
        });
        return id;
    }
    struct E {
        std::string person;
        Instant from{};
        std::string context = "home", kind = "missing", area = "mendip", placement = "", la = "933";
        std::optional<Instant> returned = std::nullopt, confirmed = std::nullopt, withdrawn = std::nullopt;
        std::string children_home = "", place = "";
    };
    std::string episode(const E& e) {
        const auto id = "e" + std::to_string(next++);
        const bool care = e.context == "care";
        house.write([&](Session& s) -> base::Result<> {
            s.execute(
                "INSERT INTO missing_episode (id, ref, person, context, kind, risk, missing_from, reported_at, "
                "returned_at, confirmed_at, withdrawn_at, "
                "reported_by, reporting_agency, lead_agency, harm, looked_after, responsible_la, home_area, "
                "placement_area, content, version, taken_by, placement_home, found_place) "
                "VALUES ($1, $1, $2, $3, $4, '', $5, $5, $6, $7, $8, 'u', $9, $9, '', $10, $11, $12, $13, $14, 1, "
                "'', $15, $16)",
                id, e.person, e.context, e.kind, e.from, e.returned, e.confirmed, e.withdrawn,
                house.scheme().agencies[0].code, care, e.la, e.area, e.placement, database::Blob{},
                e.children_home, e.place);
            return base::done();
        });
        return id;
    }
    std::string interview(const std::string& person, const std::vector<std::string>& episodes,
                          std::optional<Instant> offered, std::optional<Instant> completed, const char* response) {
        const auto id = "i" + std::to_string(next++);
        house.write([&](Session& s) -> base::Result<> {
            s.execute(
                "INSERT INTO return_interview (id, person, response, offered_at, completed_at, interviewer, "
                "agency, independent, seen_alone, themes, "
                "content, version) VALUES ($1, $2, $3, $4, $5, 'u', $6, 1, 1, '', $7, 1)",
                id, person, response, offered, completed, house.scheme().agencies[0].code, database::Blob{});
            for (const auto& e : episodes)
                s.execute(
                    "INSERT INTO interview_episode (interview, episode, offered_at, completed_at, missing_from, "
                    "response, first_offered_at) SELECT $1, e.id, $2, $3, e.missing_from, $4, $2 "
                    "FROM missing_episode e WHERE e.id = $5",
                    id, offered, completed, response, e);
            return base::done();
        });
        return id;
    }
    MissingTables tables(const Period& period) {
        return house.db().read([&](Session& s) { return missing_tables(s, house.scheme(), period); });
    }
    std::size_t behind(const MissingFilter& filter) {
        return house.db().read(
            [&](Session& s) { return episodes_behind(s, house.scheme(), year, filter).size(); });
    }
    // Every number of the tables has exactly its episodes behind it.
    void expect_every_list() {
        using Of = MissingFilter::Of;
        const auto t = tables(year);
        const auto expect = [&](int n, Of of, const std::string& code = "", std::string_view returns = "") {
            EXPECT_EQ(behind({of, code, std::string(returns)}), static_cast<std::size_t>(n))
                << static_cast<int>(of) << " " << code << " " << returns;
        };
        const auto lines = [&](const std::vector<TallyLine>& all, Of of) {
            for (const auto& l : all) expect(l.tally.episodes, of, l.code);
        };
        expect(t.all.episodes, Of::all);
        expect(t.away.episodes, Of::away);
        expect(t.absent.episodes, Of::absent);
        expect(t.looked_after.episodes, Of::looked_after);
        expect(t.others.episodes, Of::others);
        expect(t.home.episodes, Of::home);
        expect(t.care.episodes, Of::care);
        expect(t.other_placements.episodes, Of::other_placement);
        expect(t.outsiders.episodes, Of::outsiders);
        expect(t.elsewhere.episodes, Of::elsewhere);
        lines(t.months, Of::month);
        lines(t.times, Of::times);
        lines(t.areas, Of::area);
        lines(t.placements, Of::placement);
        lines(t.places, Of::place);
        for (const auto& home : t.homes) expect(home.line.tally.episodes, Of::children_home, home.line.code);
        for (const auto& [of, tally] : {std::pair{Of::all, t.returns},
                                        {Of::looked_after, t.returns_looked_after},
                                        {Of::home, t.home_returns},
                                        {Of::care, t.care_returns}}) {
            expect(tally.ended, of, "", "ended");
            expect(tally.ended - tally.offered, of, "", "not-offered");
            expect(tally.ended - tally.completed, of, "", "not-completed");
            for (const auto& fact : return_facts()) expect(tally.*fact.count, of, "", fact.code);
        }
        for (const auto& l : t.interviews) {
            const auto listed = [&](bool held) {
                return house.db().read(
                    [&](Session& s) { return interviews_behind(s, house.scheme(), year, l.code, held); });
            };
            EXPECT_EQ(listed(false).size(), static_cast<std::size_t>(l.offered)) << l.code;
            EXPECT_EQ(listed(true).size(), static_cast<std::size_t>(l.completed)) << l.code;
            int episodes = 0;
            for (const auto& each : listed(true)) episodes += each.episodes;
            EXPECT_EQ(episodes, l.episodes) << l.code;
        }
        expect_every_answer();
    }
    // An answer counts the episodes of its list, or the children in it.
    void expect_every_answer() {
        using Of = MissingFilter::Of;
        const std::map<std::string_view, Of> names = {{"all", Of::all},       {"away", Of::away},
                                                      {"absent", Of::absent}, {"outsiders", Of::outsiders},
                                                      {"times", Of::times},   {"question", Of::question}};
        const auto answers =
            house.db().read([&](Session& s) { return missing_answers(s, house.scheme(), year, 0); });
        for (const auto& answer : answers) {
            const auto of = answer.list.of == "looked-after"
                                ? (answer.list.code == "yes" ? Of::looked_after : Of::others)
                                : names.at(answer.list.of);
            const MissingFilter filter{of, std::string(answer.list.code), std::string(answer.list.returns)};
            const auto list =
                house.db().read([&](Session& s) { return episodes_behind(s, house.scheme(), year, filter); });
            std::set<std::string> children;
            for (const auto& each : list) children.insert(each.person);
            const bool of_children = answer.question.starts_with("How many children") ||
                                     answer.question.starts_with("How many looked-after children");
            EXPECT_EQ(of_children ? children.size() : list.size(), static_cast<std::size_t>(answer.count))
                << answer.question;
        }
    }
    static TallyLine line(const std::vector<TallyLine>& lines, const std::string& code) {
        for (const auto& l : lines)
            if (l.code == code) return l;
        ADD_FAILURE() << "no line " << code;
        return {};
    }
    std::string inside(std::size_t nth) const {
        for (const auto& area : house.office().scheme.areas)
            if (area.kind == partnership::AreaKind::inside && nth-- == 0) return area.code;
        return "";
    }
    std::string of_kind(partnership::AreaKind kind) const {
        for (const auto& area : house.office().scheme.areas)
            if (area.kind == kind) return area.code;
        return "";
    }
};

TEST_F(MissingFigures, S_078_children_and_episodes_stand_side_by_side) {
    const auto a = person(), b = person(), same_as_a = person(a);
    for (int day : {1, 3, 5}) episode({.person = a, .from = at("2017-05-01T12:00:00.000Z") + hours{24 * day}});
    episode({.person = same_as_a, .from = at("2017-06-30T23:30:00.000Z")});  // 1 July in London
    episode({.person = b, .from = at("2017-05-02T12:00:00.000Z")});
    episode({.person = b, .from = at("2017-05-09T12:00:00.000Z"), .withdrawn = at("2017-05-10T12:00:00.000Z")});
    episode({.person = b, .from = at("2017-05-19T12:00:00.000Z"), .context = "care", .kind = "away"});
    episode({.person = b, .from = at("2017-05-21T12:00:00.000Z"), .kind = "absent"});
    episode({.person = b, .from = at("2017-03-31T22:59:00.000Z")});  // the day before the year begins
    const auto t = tables(year);
    EXPECT_EQ(t.all.episodes, 5);
    EXPECT_EQ(t.all.children, 2) << "linked records are one child";
    EXPECT_EQ(t.away.episodes, 1);
    EXPECT_EQ(t.absent.episodes, 1);
    EXPECT_EQ(t.months.size(), 12u);
    EXPECT_EQ(line(t.months, "2017-05").tally.episodes, 4);
    EXPECT_EQ(line(t.months, "2017-06").tally.episodes, 0);
    EXPECT_EQ(line(t.months, "2017-07").tally.children, 1) << "the month of the day in London";
    EXPECT_EQ(line(t.times, "3-5").tally.children, 1);
    EXPECT_EQ(line(t.times, "1").tally.episodes, 1);
    expect_every_list();
}

TEST_F(MissingFigures, S_079_blank_is_a_row_and_S_080_S_082_outside_means_two_things) {
    const auto outside = of_kind(partnership::AreaKind::outside), blank = of_kind(partnership::AreaKind::blank);
    const auto north = inside(0), south = inside(1);
    const auto a = person(), b = person();
    episode({.person = a, .from = at("2017-05-01T12:00:00.000Z"), .area = north});
    episode({.person = a, .from = at("2017-06-01T12:00:00.000Z"), .area = blank});
    episode(
        {.person = b, .from = at("2017-06-01T12:00:00.000Z"), .area = outside});  // from elsewhere, missing here
    episode({.person = b,
             .from = at("2017-07-01T12:00:00.000Z"),
             .context = "care",
             .area = north,
             .placement = outside});
    episode({.person = b,
             .from = at("2017-08-01T12:00:00.000Z"),
             .context = "care",
             .area = outside,
             .placement = south,
             .la = "330"});
    episode({.person = b,
             .from = at("2017-09-01T12:00:00.000Z"),
             .context = "care",
             .area = "an area that is gone",
             .placement = south});
    const auto t = tables(year);
    EXPECT_EQ(line(t.areas, north).tally.episodes, 2);
    EXPECT_EQ(line(t.areas, outside).tally.episodes, 2);
    EXPECT_EQ(line(t.areas, blank).tally.episodes, 2);
    EXPECT_EQ(line(t.placements, outside).tally.episodes, 1) << "ours, placed outside; not the one from elsewhere";
    EXPECT_EQ(line(t.placements, south).tally.episodes, 1);
    int sum = 0;
    for (const auto& l : t.areas) sum += l.tally.episodes;
    EXPECT_EQ(sum, t.all.episodes) << "nothing is left out";
    EXPECT_EQ(behind({MissingFilter::Of::area, blank, ""}), 2u);
    EXPECT_EQ(behind({MissingFilter::Of::placement, outside, ""}), 1u);
    EXPECT_EQ(behind({}), 6u);
    expect_every_list();
}

TEST_F(MissingFigures, H_061_to_H_064_home_and_care_apart_and_both_clocks) {
    const auto a = person(), b = person();
    const auto from = at("2017-05-01T12:00:00.000Z"), back = from + hours{10};
    const auto e1 = episode({.person = a, .from = from, .returned = back, .confirmed = back + hours{5}});
    const auto e2 = episode(
        {.person = a, .from = from + hours{100}, .returned = back + hours{100}, .confirmed = back + hours{101}});
    const auto e3 = episode({.person = b, .from = from, .context = "care", .returned = back});
    episode({.person = b, .from = from + hours{200}, .context = "care"});  // not back yet
    episode({.person = b,
             .from = at("2018-03-31T12:00:00.000Z"),
             .context = "care",
             .returned = at("2018-04-01T12:00:00.000Z")});  // back after the period
    interview(a, {e1}, back + hours{76}, back + hours{73},
              "accepted");  // 71 h after the confirmation, 73 h after the return
    interview(a, {e2}, back + hours{174}, std::nullopt, "declined");     // 73 h after the confirmation
    interview(b, {e3}, back + hours{72}, back + hours{72}, "accepted");  // only the return is known
    const auto t = tables(year);
    EXPECT_EQ(t.home.episodes, 2);
    EXPECT_EQ(t.home.children, 1);
    EXPECT_EQ(t.care.episodes, 3);
    EXPECT_EQ(t.home_returns.ended, 2);
    EXPECT_EQ(t.home_returns.offered, 2);
    EXPECT_EQ(t.home_returns.offered_in_time, 1);
    EXPECT_EQ(t.home_returns.completed, 1);
    EXPECT_EQ(t.home_returns.completed_in_time, 0);
    EXPECT_EQ(t.home_returns.declined, 1);
    EXPECT_EQ(t.home_returns.children_completed, 1);
    EXPECT_EQ(t.care_returns.ended, 1) << "not those still missing at the end of the period";
    EXPECT_EQ(t.care_returns.offered_in_time, 1);
    EXPECT_EQ(t.care_returns.completed_in_time, 1);
    EXPECT_EQ(t.returns.ended, 3);
    EXPECT_EQ(behind({MissingFilter::Of::all, "", "not-completed"}), 1u);
    expect_every_list();
}

TEST_F(MissingFigures, S_083_one_interview_about_three_episodes_is_one_interview) {
    const auto a = person();
    std::vector<std::string> all;
    for (int day : {0, 3, 6})
        all.push_back(episode({.person = a,
                               .from = at("2017-05-01T12:00:00.000Z") + hours{24 * day},
                               .area = inside(1),
                               .returned = at("2017-05-01T20:00:00.000Z") + hours{24 * day}}));
    interview(a, all, at("2017-05-08T12:00:00.000Z"), at("2017-05-08T14:00:00.000Z"), "accepted");
    const auto t = tables(year);
    EXPECT_EQ(t.returns.completed, 3) << "every episode has been talked about";
    int interviews = 0, episodes = 0;
    for (const auto& l : t.interviews) {
        interviews += l.completed;
        episodes += l.episodes;
    }
    EXPECT_EQ(interviews, 1);
    EXPECT_EQ(episodes, 3);
    expect_every_list();
}

TEST_F(MissingFigures, S_078_linking_two_people_changes_children_and_never_episodes) {
    std::vector<std::string> people;
    for (int i = 0; i < 6; ++i) people.push_back(person());
    std::map<std::string, int> per_person;
    for (int i = 0; i < 40; ++i) {
        const auto& who = people[static_cast<std::size_t>(i * 7 % 6)];
        ++per_person[who];
        episode({.person = who,
                 .from = at("2017-04-05T12:00:00.000Z") + hours{24 * 8 * i},
                 .area = inside(static_cast<std::size_t>(i % 3))});
    }
    const auto before = tables(year);
    house.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE person SET root = $1, merged_into = $1 WHERE id = $2", people[0], people[1]);
        return base::done();
    });
    const auto after = tables(year);
    EXPECT_EQ(after.all.episodes, before.all.episodes);
    EXPECT_EQ(after.all.children, before.all.children - 1);
    for (std::size_t i = 0; i < before.areas.size(); ++i)
        EXPECT_EQ(after.areas[i].tally.episodes, before.areas[i].tally.episodes);
    for (std::size_t i = 0; i < before.months.size(); ++i)
        EXPECT_EQ(after.months[i].tally.episodes, before.months[i].tally.episodes);
    int children = 0, episodes = 0;
    for (const auto& l : after.times) {
        children += l.tally.children;
        episodes += l.tally.episodes;
    }
    EXPECT_EQ(children, after.all.children);
    EXPECT_EQ(episodes, after.all.episodes);
    expect_every_list();
}

TEST_F(MissingFigures, S_076_episodes_stand_by_home_and_S_074_by_the_place_where_they_were_found) {
    const auto& scheme = house.office().scheme;
    const auto a = person(), b = person();
    const auto night = at("2017-06-10T22:00:00.000Z");
    for (int i = 0; i < 3; ++i)
        episode({.person = a,
                 .from = night + hours{240 * i},
                 .context = "care",
                 .returned = night + hours{240 * i + 9},
                 .children_home = scheme.homes[0].code,
                 .place = scheme.places[1].code});
    episode({.person = b, .from = night, .context = "care", .children_home = scheme.homes[0].code});
    episode(
        {.person = b, .from = night + hours{99}, .context = "care", .la = "330", .returned = night + hours{110}});
    episode({.person = b, .from = night + hours{300}, .returned = night + hours{310}});
    const auto t = tables(year);
    ASSERT_EQ(t.homes.size(), scheme.homes.size());
    EXPECT_EQ(t.homes[0].line.tally.episodes, 4);
    EXPECT_EQ(t.homes[0].line.tally.children, 2);
    EXPECT_EQ(t.homes[1].line.tally.episodes, 0);
    EXPECT_EQ(t.other_placements.episodes, 1) << "not the one from home";
    EXPECT_EQ(t.outsiders.episodes, 1) << "S-080: looked after by another authority";
    EXPECT_EQ(t.places[1].tally.episodes, 3);
    EXPECT_EQ(t.elsewhere.episodes, 2) << "who is not back was found nowhere yet";
    EXPECT_EQ(behind({MissingFilter::Of::children_home, scheme.homes[0].code, ""}), 4u);
    EXPECT_EQ(behind({MissingFilter::Of::place, scheme.places[1].code, ""}), 3u);
    // S-067: three of Somerset's homes provide placements for exploited children.
    EXPECT_EQ(
        std::count_if(t.homes.begin(), t.homes.end(), [](const HomeLine& h) { return h.exploitation_placements; }),
        3);
    expect_every_list();
}

TEST_F(MissingFigures, Each_gap_is_counted_and_its_list_has_as_many) {
    const auto a = person();
    const auto night = at("2017-06-10T22:00:00.000Z");
    episode({.person = a, .from = night, .area = of_kind(partnership::AreaKind::blank)});
    episode({.person = a, .from = night + hours{99}, .area = inside(0), .returned = night + hours{110}});
    episode({.person = a,
             .from = night + hours{200},
             .context = "care",
             .kind = "away",
             .area = inside(0),
             .confirmed = night + hours{210}});
    std::map<std::string, MissingGap> gaps;
    const auto found = house.db().read([&](Session& s) { return missing_gaps(s, house.scheme(), year); });
    for (const auto& gap : found) {
        gaps.emplace(gap.code, gap);
        EXPECT_EQ(behind({MissingFilter::Of::gap, std::string(gap.code), ""}),
                  static_cast<std::size_t>(gap.episodes))
            << gap.code;
    }
    EXPECT_EQ(gaps.at("home-postcode").episodes, 1);
    EXPECT_EQ(gaps.at("home-postcode").of, 3);
    EXPECT_EQ(gaps.at("placement-postcode").of, 1);
    EXPECT_EQ(gaps.at("placement-postcode").episodes, 1);
    EXPECT_EQ(gaps.at("returned").episodes, 1);
    EXPECT_EQ(gaps.at("confirmed").episodes, 1);
    EXPECT_EQ(gaps.at("offer").episodes, 2);
    EXPECT_EQ(gaps.at("answer").of, 0);
    expect_every_list();
}

TEST_F(MissingFigures, Questions_are_answered_for_the_public_and_no_answer_gives_a_small_number_away) {
    const auto night = at("2017-06-10T22:00:00.000Z");
    for (int i = 0; i < 8; ++i) {
        const auto p = person();
        const auto e = episode({.person = p,
                                .from = night + hours{i},
                                .returned = night + hours{i + 30},
                                .confirmed = night + hours{i + 30}});
        if (i < 6) interview(p, {e}, night + hours{i + 40}, std::nullopt, "declined");
    }
    const auto looked_after = person();
    episode({.person = looked_after,
             .from = night,
             .context = "care",
             .returned = night + hours{2},
             .confirmed = night + hours{2}});
    const auto answer = [&](int threshold, const std::string& question) -> Shown {
        for (const auto& each :
             house.db().read([&](Session& s) { return missing_answers(s, house.scheme(), year, threshold); }))
            if (each.question == question) return each.shown;
        ADD_FAILURE() << question;
        return {};
    };
    EXPECT_EQ(answer(5, "How many children were reported missing?"), 9);
    EXPECT_FALSE(answer(5, "How many looked-after children were reported missing?"));
    EXPECT_FALSE(answer(5, "How many children who were not looked after were reported missing?"))
        << "9 less 8 is 1";
    EXPECT_EQ(answer(0, "How many looked-after children were reported missing?"), 1);
    EXPECT_EQ(answer(0, "How many times was a child missing for more than 24 hours?"), 8);
    EXPECT_EQ(answer(0, "After how many of these was a return interview offered?"), 6);
    EXPECT_EQ(answer(0, "After how many was it offered within the time limit?"), 6);
    EXPECT_EQ(answer(0, "After how many was it declined?"), 6);
    EXPECT_GE(house.db().read([&](Session& s) { return missing_answers(s, house.scheme(), year, 5); }).size(),
              19u);
    EXPECT_NE(to_csv(house.db().read([&](Session& s) {
                  return missing_answers(s, house.scheme(), year, 5);
              })).find("small"),
              std::string::npos);
    expect_every_list();
}

TEST_F(MissingFigures, Whom_a_reader_is_sealed_out_of_is_in_no_count_and_in_no_list) {
    const auto night = at("2017-06-10T22:00:00.000Z");
    const auto close = person(), other = person();
    for (const auto& who : {close, other}) {
        const auto e = episode({.person = who,
                                .from = night,
                                .area = inside(0),
                                .returned = night + hours{30},
                                .confirmed = night + hours{30}});
        interview(who, {e}, night + hours{40}, night + hours{50}, "accepted");
    }
    const Without sealed{close};
    const auto t = house.db().read([&](Session& s) { return missing_tables(s, house.scheme(), year, sealed); });
    EXPECT_EQ(t.all.episodes, 1);
    EXPECT_EQ(line(t.areas, inside(0)).tally.children, 1);
    int interviews = 0;
    for (const auto& l : t.interviews) interviews += l.completed;
    EXPECT_EQ(interviews, 1);
    EXPECT_EQ(
        house.db().read([&](Session& s) { return episodes_behind(s, house.scheme(), year, {}, sealed).size(); }),
        1u);
    EXPECT_EQ(house.db().read([&](Session& s) { return missing_gaps(s, house.scheme(), year, sealed); })[0].of, 1);
    EXPECT_EQ(
        house.db().read([&](Session& s) { return missing_answers(s, house.scheme(), year, 0, sealed); })[0].count,
        1);
    expect_every_list();
}

TEST(Periods, Any_two_days_are_a_period_and_nonsense_is_none) {
    const auto p = period_between("2016-04-01", "2017-12-31");
    ASSERT_TRUE(p);
    EXPECT_EQ(p->title, "1 April 2016 to 31 December 2017");
    EXPECT_FALSE(period_between("2017-12-31", "2016-04-01"));
    EXPECT_FALSE(period_between("", "2016-04-01"));
    EXPECT_FALSE(period_between("1916-04-01", "2016-04-01"));
}

}  // namespace
}  // namespace rowan::insight
