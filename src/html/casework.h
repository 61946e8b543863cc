// The pieces for casework: those of the Ministry of Justice's patterns that Rowan uses (identity bar, timeline,
// filter, navigation, badge), and Rowan's own (clocks, headline numbers, lists of work, comparisons).
//
// Colour is never the only sign: a clock says "Overdue", a difference says "Different".
// Thread-safety: pure functions. Times are UTC instants, shown in Europe/London.
#pragma once
#include "base/time.h"
#include "html/components.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::html {

// ---- words -----------------------------------------------------------------------------------------------------

// The page's one h1, with an optional line above it; sizes are "xl", "l", "m", "s".
Html page_heading(const Content& text, const Content& caption = {}, std::string_view size = "l");
Html heading(int level, const Content& text, std::string_view size = "m", std::string_view id = {});
// <p class="govuk-body">…</p>
template <class... Part>
Html para(const Part&... parts) {
    return el("p", cls("govuk-body"), parts...);
}
Html anchor(std::string_view href, const Content& text, std::string_view visually_hidden = {});
// Forms and prose: lines that are not too long to read.
Html two_thirds(const Html& content);
Html bullets(const std::vector<Html>& items);
Html visually_hidden(std::string_view text);
// An empty list is a sentence, not a blank.
Html empty_note(const Content& sentence);
// <time datetime="…">26 March 2018 at 7:00pm</time>
Html time_of(base::Instant);
Html date_of(base::Date);

// ---- clocks ----------------------------------------------------------------------------------------------------

// "6 hours", "2 hours 5 min", "4 days": whole units, never rounded up (rowan.js has the same rule).
std::string duration_in_words(std::chrono::minutes);

struct ClockTag {
    base::Instant due, now;
    int soon_hours = 24;  // amber from here on
    bool done = false;    // met: says when it was due and no more
    std::string prefix;   // "Return interview: "
};
// "Overdue by 6 hours", "5 hours 10 min left", "4 days left".
Html clock_tag(const ClockTag&);
// Time since something began: "3 hours 20 min".
Html since(base::Instant began, base::Instant now);

// ---- the person -----------------------------------------------------------------------------------------------

struct IdentityBar {
    Content name;
    bool is_page_heading = true;
    std::vector<Content> facts;  // "Known as Bee", "15 years", "she/her", "RWN-0042"
    std::vector<Html> tags;
    std::vector<Html> actions;  // the one primary action, and a menu
    std::string classes;
};
Html identity_bar(const IdentityBar&);
// What changes how people must behave: "Do not visit 4 Elm Close." Nothing when there are none.
Html alerts(const std::vector<Content>& sentences);

struct BadgeOptions {
    Content text;
    std::string classes;  // "moj-badge--red"
};
Html badge(const BadgeOptions&);

struct TimelineItem {
    Content title;
    std::string byline;  // "by Amira Hussain, Police"
    std::optional<base::Instant> at;
    std::optional<base::Date> on;  // when only the day is known
    Content description;
    std::string classes;
};
struct Timeline {
    std::vector<TimelineItem> items;
    int heading_level = 2;
    std::string classes;
};
Html timeline(const Timeline&);

// ---- lists -----------------------------------------------------------------------------------------------------

struct SelectedFilter {
    std::string heading;  // "Risk"
    std::string text;     // "High"
    std::string remove_href;
};
struct Filter {
    std::string action;  // the address of the list itself: filters live in the URL
    Content heading = "Filter";
    std::vector<SelectedFilter> selected;
    std::string clear_href;
    Html options;  // the fields
    std::string submit_text = "Apply filters";
    std::vector<std::pair<std::string, std::string>> keep;  // what the URL holds besides: {"sort", "-due"}
};
Html filter(const Filter&);
// The filter at the left of its list.
Html list_layout(const Html& filter, const Html& list);

struct Sorting {
    std::string column;
    bool descending = false;
    std::string base = "?";  // the list's address with its filters: "/referrals?status=open"
};
// From the URL's `sort`: "due" or "-due". A column that is not among `columns` is not used.
Sorting sorting_from(std::string_view sort, const std::vector<std::string>& columns, Sorting otherwise);
// A column head that sorts its list.
TableCell sort_head(std::string_view text, const std::string& column, const Sorting&, bool is_numeric = false);
// A dense table whose head stays in sight and which scrolls by itself on a phone.
Html working_table(Table);
// "Showing 51 to 100 of 2,031 referrals"
Html list_count(std::size_t first, std::size_t last, std::size_t total, std::string_view of_what);
// Page links for `total` rows; `base` as in Sorting. Nothing when one page holds all.
Html page_links(std::size_t page, std::size_t pages, const std::string& base);
// The page of a list that an address asks for: what is no number asks for the first, too high a one for the last.
std::size_t page_asked(std::string_view number, std::size_t pages);
// "2,031"
std::string grouped(std::int64_t number);

struct WorkItem {
    Html clock;  // clock_tag(…), or empty
    std::string text, href;
    Content why;  // "Return interview due; she came home on Friday"
};
Html work_list(const std::vector<WorkItem>&, const Content& when_empty);

// ---- navigation ------------------------------------------------------------------------------------------------

struct NavigationLink {
    std::string text, href;
    bool current = false;
    std::optional<int> count;
};
struct SubNavigation {
    std::vector<NavigationLink> items;
    std::string label = "Sections";
};
Html sub_navigation(const SubNavigation&);

struct SideNavigationSection {
    std::string heading;
    std::vector<NavigationLink> items;
};
struct SideNavigation {
    std::vector<SideNavigationSection> sections;
    std::string label = "Sections of this record";
};
Html side_navigation(const SideNavigation&);
Html record_layout(const Html& side, const Html& content);

// ---- headline numbers ------------------------------------------------------------------------------------------

struct Stat {
    Content number;  // "412", "84%"
    Content label;
    std::string href;              // the list behind the number
    std::optional<int> known, of;  // completeness: known for 380 of 412
    Content note;                  // "12 more than last quarter"
    std::string how_href;          // how this is counted
};
Html stat(const Stat&);
Html stats(const std::vector<Stat>&);

// ---- same person? ----------------------------------------------------------------------------------------------

enum class Likeness { same, similar, different, missing };
struct ComparisonRow {
    std::string field;
    Content left, right;
    Likeness likeness = Likeness::same;
    std::string words;  // instead of "Same", "Similar", "Different", "Not known"
};
struct Comparison {
    std::string caption, left_heading, right_heading;
    std::vector<ComparisonRow> rows;
};
Html comparison(const Comparison&);

// A button that a key presses too.
struct KeyButton {
    std::string text, name, value, key, classes;
};
Html key_button(const KeyButton&);

// Cards for a phone and for the wall: each is its own li.
struct Card {
    Html content;
    bool is_new = false;
};
Html cards(const std::vector<Card>&);

}  // namespace rowan::html
