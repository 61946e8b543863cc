// A map and a calendar are pictures with a title, and never without their table.
#include "html/maps.h"

#include "html/casework.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::html {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string of(const Html& html) { return std::string(html.view()); }

MapChart county() {
    MapChart map{.id = "m",
                 .title = "Homes <& places>",
                 .description = "Two areas.",
                 .regions = {},
                 .marks = {},
                 .legend = {}};
    map.regions = {{"North", {{300'000, 130'000}, {301'000, 130'000}}, "7"},
                   {"South", {{300'000, 120'000}}, "small"}};
    map.marks = {{"Alder House", 300'500, 130'500, 9, MapSymbol::home, true},
                 {"The station", 300'500, 120'500, 1, MapSymbol::place, false}};
    map.legend = {{MapSymbol::home, "Home"}};
    return map;
}

TEST(Maps, S_075_a_map_has_a_title_escaped_words_its_signs_and_its_table) {
    const auto out = of(map_chart(county(), text("THE TABLE")));
    EXPECT_THAT(out, HasSubstr("aria-labelledby=\"m-title m-desc\""));
    EXPECT_THAT(out, HasSubstr("Homes &lt;&amp; places&gt;"));
    EXPECT_THAT(out, HasSubstr(">North<"));
    EXPECT_THAT(out, HasSubstr(">small<"));
    EXPECT_THAT(out, HasSubstr("<rect"));
    EXPECT_THAT(out, HasSubstr("<circle"));
    EXPECT_THAT(out, HasSubstr("rowan-map__home--marked"));
    EXPECT_THAT(out, HasSubstr("THE TABLE"));
    EXPECT_THAT(out, Not(HasSubstr("http")));
    EXPECT_THAT(out, Not(HasSubstr("style=")));
    EXPECT_THAT(out, HasSubstr(">1 Alder House<")) << "its number on the map, its name in the key";
}

TEST(Maps, Without_anything_to_draw_the_table_stands_alone) {
    MapChart nothing{.id = "m", .title = "t", .description = "", .regions = {}, .marks = {}, .legend = {}};
    EXPECT_EQ(of(map_chart(nothing, text("THE TABLE"))), "THE TABLE");
}

TEST(Calendar, Marks_each_day_in_the_row_of_its_weekday) {
    using std::chrono::year;
    CalendarChart chart{.id = "c",
                        .title = "A month",
                        .description = "Two days.",
                        .from = base::Date{year{2018} / 3 / 1},
                        .to = base::Date{year{2018} / 3 / 31},
                        .days = {}};
    const auto none = of(calendar_chart(chart, text("T")));
    EXPECT_THAT(none, Not(HasSubstr("rowan-calendar__day--once")));
    chart.days = {{base::Date{year{2018} / 3 / 5}, 1},
                  {base::Date{year{2018} / 3 / 11}, 2}};  // a Monday, a Sunday
    const auto out = of(calendar_chart(chart, text("T")));
    EXPECT_THAT(out, HasSubstr("d=\"M58 22h12v12h-12z\" class=\"rowan-calendar__day--once\""));
    EXPECT_THAT(out, HasSubstr("d=\"M58 106h12v12h-12z\" class=\"rowan-calendar__day--often\""));
    EXPECT_THAT(out, HasSubstr(">Mar<"));
}

}  // namespace
}  // namespace rowan::html
