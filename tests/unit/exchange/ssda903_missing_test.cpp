// The days of the SSDA903's Missing file.
#include "exchange/ssda903_missing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rowan::exchange {
namespace {

using base::Date;

Date day(const char* iso) { return base::parse_iso_date(iso).value(); }
const Date kFirst = day("2017-04-01"), kLast = day("2018-03-31");

Ssda903Missing line(const char* start, const char* end, char kind = 'M', const char* born = "2003-05-05") {
    Ssda903Missing out{"C1", day(born), kind, day(start), std::nullopt};
    if (*end) out.end = day(end);
    return out;
}

TEST(Ssda903, A_line_an_episode_and_one_that_ends_and_begins_on_one_day_stays_two) {
    const auto out = as_days(
        {line("2017-06-02", "2017-06-05"), line("2017-05-01", "2017-05-02"), line("2017-06-05", "2017-06-06")},
        kFirst, kLast);
    ASSERT_EQ(out.size(), 3u);
    EXPECT_EQ(out[0].start, day("2017-05-01"));
    EXPECT_EQ(out[2].start, *out[1].end);
}

TEST(Ssda903, What_ends_after_the_year_is_open_and_what_ended_before_it_is_not_told) {
    const auto out = as_days({line("2017-03-01", "2017-03-02"), line("2017-03-30", "2017-04-01"),
                              line("2018-03-30", "2018-04-02"), line("2018-04-01", "2018-04-02")},
                             kFirst, kLast);
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(out[0].start, day("2017-03-30"));
    EXPECT_FALSE(out[1].end);
}

TEST(Ssda903, It_closes_on_the_day_before_the_eighteenth_birthday) {
    const auto out =
        as_days({line("2017-06-01", "", 'M', "1999-06-10"), line("2017-07-01", "2017-07-02", 'M', "1999-06-10")},
                kFirst, kLast);
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(*out[0].end, day("2017-06-09"));
}

TEST(Ssda903, One_time_told_by_two_agencies_is_one_line_and_missing_is_the_graver_kind) {
    const auto out =
        as_days({line("2017-06-01", "2017-06-05", 'A'), line("2017-06-03", "2017-06-08", 'M')}, kFirst, kLast);
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].kind, 'M');
    EXPECT_EQ(*out[0].end, day("2017-06-08"));
}

TEST(Ssda903, The_file_has_the_returns_columns_and_days) {
    Ssda903File file;
    file.lines = {line("2017-06-01", "2017-06-05", 'A'), line("2018-03-30", "")};
    EXPECT_EQ(to_csv(file),
              "CHILD,DOB,MISSING,MIS_START,MIS_END\r\nC1,05/05/2003,A,01/06/2017,05/06/2017\r\nC1,05/05/2003,M,30/"
              "03/2018,\r\n");
}

RC_GTEST_PROP(Ssda903Lines, never_overlap_and_never_leave_the_year, ()) {
    std::vector<Ssda903Missing> lines;
    const auto count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i) {
        Ssda903Missing l{"C", day("2001-01-15"), *rc::gen::element('M', 'A'),
                         base::add_days(kFirst, *rc::gen::inRange(-60, 400)), std::nullopt};
        if (*rc::gen::inRange(0, 5)) l.end = base::add_days(l.start, *rc::gen::inRange(0, 40));
        lines.push_back(l);
    }
    const auto out = as_days(lines, kFirst, kLast);
    for (std::size_t i = 0; i < out.size(); ++i) {
        RC_ASSERT(out[i].start <= kLast);
        if (out[i].end) RC_ASSERT(*out[i].end >= out[i].start && *out[i].end >= kFirst && *out[i].end <= kLast);
        if (i > 0) RC_ASSERT(out[i - 1].end && out[i].start >= *out[i - 1].end);
    }
}

}  // namespace
}  // namespace rowan::exchange
