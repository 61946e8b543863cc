#include "base/working_days.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace rowan::base;
using namespace std::chrono;

namespace {
Date ymd(const char* iso) { return parse_iso_date(iso).value(); }
Date any_date() { return Date{sys_days{days{*rc::gen::inRange(8'000, 40'000)}}}; }  // 1991 to 2079

std::vector<std::string> holidays(int year) {
    std::vector<std::string> out;
    for (Date d : WorkingDays{}.bank_holidays(year)) out.push_back(to_iso(d).substr(5));
    return out;
}
using Strings = std::vector<std::string>;
}  // namespace

TEST(WorkingDays, statutory_clocks_count_working_days) {
    struct Vector {
        const char* from;
        int n;
        const char* due;
    };
    constexpr Vector kVectors[] = {
        {"2017-12-22", 1, "2017-12-27"},  {"2017-12-22", 10, "2018-01-10"}, {"2017-12-22", 15, "2018-01-17"},
        {"2017-12-22", 45, "2018-02-28"}, {"2018-03-28", 1, "2018-03-29"},  {"2018-03-28", 15, "2018-04-20"},
        {"2018-03-28", 45, "2018-06-05"}, {"2022-05-27", 10, "2022-06-14"}, {"2022-05-27", 15, "2022-06-21"},
        {"2022-05-27", 45, "2022-08-02"}, {"2025-12-22", 10, "2026-01-08"}, {"2017-10-02", 45, "2017-12-04"}};
    WorkingDays calendar;
    for (const Vector& v : kVectors) {
        EXPECT_EQ(to_iso(calendar.add(ymd(v.from), v.n)), v.due) << v.from << " + " << v.n;
        EXPECT_EQ(calendar.between(ymd(v.from), ymd(v.due)), v.n) << v.from << " to " << v.due;
    }
}

TEST(WorkingDays, bank_holidays_follow_the_rule_and_the_proclamations) {
    EXPECT_EQ(holidays(2011),
              (Strings{"01-03", "04-22", "04-25", "04-29", "05-02", "05-30", "08-29", "12-26", "12-27"}));
    EXPECT_EQ(holidays(2012),
              (Strings{"01-02", "04-06", "04-09", "05-07", "06-04", "06-05", "08-27", "12-25", "12-26"}));
    EXPECT_EQ(holidays(2017), (Strings{"01-02", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"}));
    EXPECT_EQ(holidays(2020), (Strings{"01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"}));
    EXPECT_EQ(holidays(2021), (Strings{"01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"}));
    EXPECT_EQ(holidays(2022),
              (Strings{"01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"}));
    EXPECT_EQ(holidays(2023),
              (Strings{"01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"}));
    EXPECT_EQ(holidays(2026), (Strings{"01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"}));
    EXPECT_EQ(holidays(2028).front(), "01-03");
}

TEST(WorkingDays, a_moved_holiday_leaves_a_working_day_behind) {
    WorkingDays calendar;
    EXPECT_TRUE(calendar.is_working_day(ymd("2020-05-04")));
    EXPECT_TRUE(calendar.is_working_day(ymd("2022-05-30")));
    EXPECT_TRUE(calendar.is_working_day(ymd("2012-05-28")));
    EXPECT_FALSE(calendar.is_working_day(ymd("2022-09-19")));
    EXPECT_FALSE(calendar.is_working_day(ymd("2022-09-18")));  // a Sunday, not a bank holiday
    EXPECT_FALSE(calendar.is_bank_holiday(ymd("2022-09-18")));
}

TEST(WorkingDays, a_partnership_adds_one_offs) {
    WorkingDays plain, local{{ymd("2030-06-12"), ymd("2030-06-12"), ymd("2030-06-15")}};  // 15 June is a Saturday
    EXPECT_TRUE(plain.is_working_day(ymd("2030-06-12")));
    EXPECT_FALSE(local.is_working_day(ymd("2030-06-12")));
    EXPECT_EQ(to_iso(local.add(ymd("2030-06-11"), 1)), "2030-06-13");
    EXPECT_EQ(local.between(ymd("2030-06-11"), ymd("2030-06-17")), 3);
    EXPECT_EQ(local.bank_holidays(2030).size(), plain.bank_holidays(2030).size() + 2);
}

TEST(WorkingDays, nothing_is_due_in_no_days) {
    EXPECT_THROW(WorkingDays{}.add(ymd("2018-01-01"), 0), std::invalid_argument);
    EXPECT_EQ(WorkingDays{}.between(ymd("2018-01-05"), ymd("2018-01-05")), 0);
    EXPECT_EQ(WorkingDays{}.between(ymd("2018-01-05"), ymd("2018-01-02")), 0);
}

RC_GTEST_PROP(WorkingDays, every_year_has_eight_or_more_and_none_on_a_weekend, ()) {
    int y = *rc::gen::inRange(1978, 2100);
    auto all = WorkingDays{}.bank_holidays(y);
    RC_ASSERT(all.size() >= 8u);
    RC_ASSERT(std::is_sorted(all.begin(), all.end()));
    for (Date d : all) {
        RC_ASSERT(WorkingDays{}.is_bank_holiday(d));
        weekday w{sys_days{d}};
        RC_ASSERT(w != Saturday && w != Sunday);
    }
}

RC_GTEST_PROP(WorkingDays, add_lands_on_a_working_day_and_between_counts_it_back, ()) {
    WorkingDays calendar{{any_date(), any_date()}};
    Date from = any_date();
    int n = *rc::gen::inRange(1, 200);
    Date due = calendar.add(from, n);
    RC_ASSERT(calendar.is_working_day(due));
    RC_ASSERT(calendar.between(from, due) == n);
}

RC_GTEST_PROP(WorkingDays, between_agrees_with_counting_day_by_day, ()) {
    WorkingDays calendar{{any_date(), any_date()}};
    Date from = any_date(), to = add_days(from, *rc::gen::inRange(-5, 1200));
    int counted = 0;
    for (Date d = add_days(from, 1); d <= to; d = add_days(d, 1)) counted += calendar.is_working_day(d);
    RC_ASSERT(calendar.between(from, to) == counted);
}
