// Figures as they are printed, and the strategy's own tables as tests.
#include "insight/measure.h"

#include <gtest/gtest.h>

namespace rowan::insight {
namespace {

base::Date day(int y, unsigned m, unsigned d) {
    return base::Date{std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
}

// Somerset's Table 2, 2016/17: incidences of fixed-term exclusion, permanent exclusions, number on roll, both
// rates.
struct Row {
    const char* name;
    long long fixed, permanent, roll;
    const char *fixed_rate, *permanent_rate;
};
constexpr Row kTable2[] = {
    {"Ansford/Tower", 176, 6, 3887, "4.53", "0.15"},
    {"Burnham on Sea/Cheddar", 476, 10, 6624, "7.19", "0.15"},
    {"CAFOS", 464, 9, 8183, "5.67", "0.11"},
    {"Exmoor Coast/Exford&Dulv/Quantock", 152, 1, 3027, "5.02", "0.03"},
    {"Frome", 296, 2, 4628, "6.40", "0.04"},
    {"Glastonbury, Street, Wells", 520, 8, 9104, "5.71", "0.09"},
    {"Sedgemoor Learning Alliance", 779, 24, 9824, "7.93", "0.24"},
    {"Taunton Learning Partnership", 1183, 17, 10791, "10.96", "0.16"},
    {"Wellington/Wiveliscombe", 236, 4, 4116, "5.73", "0.10"},
    {"Yeovil Federation", 628, 18, 9038, "6.95", "0.20"},
};

TEST(Measures, S_061_S_159_S_160_all_twenty_printed_rates_of_table_2) {
    long long fixed = 0, permanent = 0, roll = 0;
    for (const auto& row : kTable2) {
        EXPECT_EQ(row.fixed_rate, rate_per_100(row.fixed, row.roll)) << row.name;
        EXPECT_EQ(row.permanent_rate, rate_per_100(row.permanent, row.roll)) << row.name;
        fixed += row.fixed;
        permanent += row.permanent;
        roll += row.roll;
    }
    EXPECT_EQ("7.09", rate_per_100(fixed, roll)) << "from the sums, not from the rates";
    EXPECT_EQ("0.14", rate_per_100(permanent, roll));
}

TEST(Measures, S_159_rates_round_half_up_in_whole_arithmetic) {
    EXPECT_EQ("0.01", rate_per_100(1, 20000));  // 0.005
    EXPECT_EQ("0.00", rate_per_100(1, 20001));
    EXPECT_EQ("0.13", rate_per_100(1, 800));  // 0.125
    EXPECT_EQ("100.00", rate_per_100(7, 7));
    EXPECT_EQ("0.00", rate_per_100(0, 5));
    EXPECT_EQ("n/a", rate_per_100(1, 0));
    EXPECT_EQ("n/a", rate_per_100(0, 0));
    EXPECT_EQ("250.00", rate_per_100(5, 2)) << "events, not pupils: there may be more of them";
}

TEST(Measures, S_053_percentages_have_one_decimal) {
    EXPECT_EQ("84.0%", percent(84, 100));
    EXPECT_EQ("84.1%", percent(841, 1000));
    EXPECT_EQ("66.7%", percent(2, 3));
    EXPECT_EQ("33.3%", percent(1, 3));
    EXPECT_EQ("0.1%", percent(1, 2000));  // 0.05, half up
    EXPECT_EQ("0.0%", percent(1, 2001));
    EXPECT_EQ("100.0%", percent(5, 5));
    EXPECT_EQ("0.0%", percent(0, 5));
    EXPECT_EQ("n/a", percent(0, 0));
}

TEST(Measures, financial_years_run_from_1_april_to_31_march) {
    EXPECT_EQ(2016, financial_year_of(day(2017, 3, 31)));
    EXPECT_EQ(2017, financial_year_of(day(2017, 4, 1)));
    EXPECT_EQ(2017, financial_year_of(day(2018, 1, 1)));
    const auto year = financial_year(2017);
    EXPECT_EQ(day(2017, 4, 1), year.from);
    EXPECT_EQ(day(2018, 3, 31), year.to);
    EXPECT_EQ("2017-18", year.title);
    EXPECT_EQ("1999-00", financial_year(1999).title);
    EXPECT_EQ("2008-09", financial_year(2008).title);
}

}  // namespace
}  // namespace rowan::insight
