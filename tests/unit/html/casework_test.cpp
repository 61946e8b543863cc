#include "html/casework.h"

#include "html/charts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <regex>

namespace rowan::html {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

const base::Instant kNow = base::from_millis(1'795'271'400'000);

bool has(const Html& html, std::string_view part) { return html.view().find(part) != std::string_view::npos; }

std::string words_of(const Html& html) {
    std::string text = std::regex_replace(std::string(html.view()), std::regex("<[^>]*>"), "");
    return std::regex_replace(text, std::regex("\\s+"), " ");
}

}  // namespace

TEST(Clock, says_in_words_what_its_colour_says) {
    Html late = clock_tag({.due = kNow - hours(6), .now = kNow});
    EXPECT_EQ(words_of(late), "Overdue by 6 hours");
    EXPECT_TRUE(has(late, "rowan-clock--overdue"));
    EXPECT_FALSE(has(late, "rowan-clock--soon"));
    Html soon = clock_tag({.due = kNow + hours(5) + minutes(10), .now = kNow});
    EXPECT_EQ(words_of(soon), "5 hours 10 min left");
    EXPECT_TRUE(has(soon, "rowan-clock--soon"));
    Html later = clock_tag({.due = kNow + hours(24 * 4), .now = kNow});
    EXPECT_EQ(words_of(later), "4 days left");
    EXPECT_FALSE(has(later, "--"));
    Html done = clock_tag({.due = kNow - hours(6), .now = kNow, .done = true});
    EXPECT_TRUE(words_of(done).starts_with("Done, due "));
    EXPECT_FALSE(has(done, "overdue"));
}

TEST(Clock, turns_at_the_very_instant) {
    using std::chrono::milliseconds;
    EXPECT_TRUE(has(clock_tag({.due = kNow, .now = kNow}), "--overdue"));
    EXPECT_FALSE(has(clock_tag({.due = kNow + milliseconds(1), .now = kNow}), "--overdue"));
    EXPECT_TRUE(has(clock_tag({.due = kNow + hours(24) - milliseconds(1), .now = kNow}), "--soon"));
    EXPECT_FALSE(has(clock_tag({.due = kNow + hours(24), .now = kNow}), "--soon"));
}

TEST(Clock, writes_durations_in_whole_units_and_never_rounds_up) {
    EXPECT_EQ(duration_in_words(minutes(0)), "0 min");
    EXPECT_EQ(duration_in_words(minutes(59)), "59 min");
    EXPECT_EQ(duration_in_words(minutes(60)), "1 hour");
    EXPECT_EQ(duration_in_words(minutes(61)), "1 hour 1 min");
    EXPECT_EQ(duration_in_words(minutes(6 * 60 + 59)), "6 hours");
    EXPECT_EQ(duration_in_words(hours(71)), "71 hours");
    EXPECT_EQ(duration_in_words(hours(72)), "3 days");
    EXPECT_EQ(duration_in_words(hours(95)), "3 days");
}

TEST(Numbers, are_grouped_in_thousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(-1234567), "-1,234,567");
    EXPECT_EQ(grouped(-123), "-123");
}

TEST(Sorting, lives_in_the_url_and_turns_round) {
    Sorting none{.column = "due", .base = "/referrals?risk=high"};
    Sorting asked = sorting_from("-name", {"name", "due"}, none);
    EXPECT_EQ(asked.column, "name");
    EXPECT_TRUE(asked.descending);
    EXPECT_EQ(sorting_from("password", {"name", "due"}, none).column, "due");
    EXPECT_EQ(sorting_from("", {"name", "due"}, none).column, "due");
    TableCell current = sort_head("Due", "due", none);
    EXPECT_TRUE(has(current.text.html(), "href=\"/referrals?risk=high&amp;sort=-due\""));
    EXPECT_EQ(current.attributes[0].value, "ascending");
    TableCell other = sort_head("Name", "name", none);
    EXPECT_TRUE(has(other.text.html(), "href=\"/referrals?risk=high&amp;sort=name\""));
    EXPECT_EQ(other.attributes[0].value, "none");
    EXPECT_EQ(sort_head("Due", "due", asked).attributes[0].value, "none");
}

RC_GTEST_PROP(PageLinks, show_the_first_the_last_and_the_neighbours, ()) {
    auto pages = *rc::gen::inRange<std::size_t>(2, 200);
    auto page = *rc::gen::inRange<std::size_t>(1, pages + 1);
    Html links = page_links(page, pages, "/x?");
    auto shows = [&](std::size_t n) { return has(links, "aria-label=\"Page " + std::to_string(n) + "\""); };
    RC_ASSERT(shows(1) && shows(pages) && shows(page));
    RC_ASSERT(page == 1 || shows(page - 1));
    RC_ASSERT(page == pages || shows(page + 1));
    RC_ASSERT(has(links, "rel=\"prev\"") == (page > 1));
    RC_ASSERT(has(links, "rel=\"next\"") == (page < pages));
    RC_ASSERT(links.size() < 6000);
}

TEST(PageLinks, are_not_shown_for_one_page) { EXPECT_TRUE(page_links(1, 1, "/x").empty()); }

TEST(PageAsked, is_one_that_there_is) {
    for (const auto& [number, page] : std::vector<std::pair<std::string, std::size_t>>{
             {"", 1}, {"3", 3}, {"0", 1}, {"7", 5}, {"-1", 1}, {"3x", 1}, {"99999999999999999999999", 1}})
        EXPECT_EQ(page_asked(number, 5), page) << number;
    EXPECT_EQ(page_asked("2", 0), 1U) << "an empty list has one page";
}

TEST(Lists, an_empty_list_is_a_sentence) {
    EXPECT_EQ(words_of(work_list({}, "Nothing is waiting for you.")), "Nothing is waiting for you.");
    EXPECT_EQ(words_of(list_count(51, 100, 2031, "referrals")), "Showing 51 to 100 of 2,031 referrals");
    EXPECT_EQ(words_of(list_count(1, 7, 7, "referrals")), "7 referrals");
    EXPECT_TRUE(alerts({}).empty());
}

TEST(Filter, keeps_in_the_url_what_it_does_not_change) {
    Html made = filter(
        {.action = "/referrals", .selected = {{"Risk", "High", "/referrals?x"}}, .keep = {{"sort", "-due"}}});
    EXPECT_TRUE(has(made, "method=\"get\" action=\"/referrals\""));
    EXPECT_TRUE(has(made, "<input type=\"hidden\" name=\"sort\" value=\"-due\">"));
    EXPECT_TRUE(has(made, "Remove this filter</span> Risk: High"));
    EXPECT_TRUE(has(made, "<details class=\"moj-filter\" open data-folds>"));
}

TEST(SummaryRow, names_what_it_changes) {
    EXPECT_EQ(summary_row("Date of birth", "x", "/a").actions.items[0].visually_hidden_text, "date of birth");
    EXPECT_EQ(summary_row("NHS number", "x", "/a").actions.items[0].visually_hidden_text, "NHS number");
    EXPECT_TRUE(summary_row("Lead", "x").actions.items.empty());
}

TEST(Comparison, says_alike_and_different_in_words) {
    Html made = comparison({.rows = {{"Name", "Bee", "Beatrice", Likeness::similar},
                                     {"Address", "4 Elm Close", "19 Oak Road", Likeness::different},
                                     {"Phone", "07700 900123", "", Likeness::missing}}});
    for (const char* word :
         {"<strong>Similar</strong>", "<strong>Different</strong>", "<strong>Not known</strong>"})
        EXPECT_TRUE(has(made, word)) << word;
}

TEST(KeyButton, is_pressed_by_its_key) {
    Html made = key_button({.text = "Same person", .name = "answer", .value = "same", .key = "1"});
    EXPECT_TRUE(has(made, "data-key=\"1\""));
    EXPECT_TRUE(has(made, "aria-keyshortcuts=\"1\""));
}

TEST(Stat, says_for_how_many_it_is_known_and_how_it_is_counted) {
    Html made = stat({.number = "84%",
                      .label = "known to one agency only",
                      .href = "/list",
                      .known = 380,
                      .of = 1412,
                      .how_href = "/how"});
    EXPECT_TRUE(has(made, "Known for 380 of 1,412"));
    EXPECT_TRUE(has(made, "href=\"/how\""));
    EXPECT_TRUE(has(made, "href=\"/list\""));
}

TEST(UpSet, draws_every_group_and_lists_it_beside) {
    UpSetChart chart{.id = "u",
                     .title = "Who knows them",
                     .count_heading = "Children",
                     .sets = {"Police", "Care", "Health"},
                     .columns = {{.members = {0}, .count = 1171, .href = "/a", .marked = true},
                                 {.members = {0, 1, 2}, .count = 3}}};
    Html made = upset_chart(chart);
    EXPECT_TRUE(has(made, "role=\"img\" aria-labelledby=\"u-title u-desc\""));
    EXPECT_TRUE(has(made, "1,174 in all. The largest group, 1,171, is known to Police only."));
    EXPECT_TRUE(has(made, "<a class=\"govuk-link\" href=\"/a\">1,171</a>"));
    EXPECT_TRUE(has(made, "Police, Care and Health"));
    auto count = [&](const std::string& part) {
        std::size_t n = 0;
        for (auto at = made.view().find(part); at != std::string_view::npos; at = made.view().find(part, at + 1))
            ++n;
        return n;
    };
    EXPECT_EQ(count("\"rowan-chart__dot\""), 4u);
    EXPECT_EQ(count("\"rowan-chart__dot--off\""), 2u);
    EXPECT_EQ(count("style="), 0u);
    EXPECT_TRUE(has(upset_chart({.id = "e", .title = "Nobody"}), "0 in all."));
}

TEST(Waterfall, adds_up_and_speaks_in_times) {
    EXPECT_EQ(weight_in_words(11.5), "2,900 times likelier");
    EXPECT_EQ(weight_in_words(-3), "8 times less likely");
    EXPECT_EQ(weight_in_words(1), "2 times likelier");
    EXPECT_EQ(weight_in_words(0.1), "makes no difference");
    Html made = waterfall({.start = -12.5,
                           .steps = {{.label = "Date of birth", .found = "The same", .weight = 11.5},
                                     {.label = "First name", .found = "Different", .weight = -3}},
                           .total_words = "1 in 17 pairs like this"});
    EXPECT_TRUE(has(made, "<strong>-4</strong>"));
    EXPECT_TRUE(has(made, ">+11.5<"));
    EXPECT_TRUE(has(made, "rowan-chart__bar--less"));
}

TEST(Trend, marks_what_lies_outside_its_limits_in_words) {
    Html made = trend_chart({.id = "t",
                             .title = "Missing",
                             .value_heading = "Episodes",
                             .points = {{"May", 41}, {"Jun", 80}, {"Jul", 10}},
                             .mean = 45,
                             .lower_limit = 20,
                             .upper_limit = 70});
    EXPECT_TRUE(has(made, "Above: look into it"));
    EXPECT_TRUE(has(made, "Below: look into it"));
    EXPECT_TRUE(has(made, "Within"));
    EXPECT_TRUE(has(made, "From 41 in May to 10 in Jul."));
}

}  // namespace rowan::html
