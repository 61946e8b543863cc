// Charts as inline SVG, without style or script, each with its numbers in a table beside it.
// A chart is one picture with a title and a description for a screen reader; the table holds the links.
// Thread-safety: pure functions.
#pragma once
#include "html/components.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::html {

struct BarListItem {
    std::string label;
    double value = 0;
    std::string shown;  // how the value is written; the number itself unless given
    std::string href;
    bool marked = false;
};
struct BarList {
    std::string caption, label_heading, value_heading;
    std::vector<BarListItem> items;
};
// A table whose last column draws each value as a bar.
Html bar_list(const BarList&);

struct UpSetColumn {
    std::vector<std::size_t> members;  // indices into sets: known to exactly these
    int count = 0;
    std::string href;
    bool marked = false;  // the story: known to one agency only
};
struct UpSetChart {
    std::string id;  // unique on the page
    std::string title, count_heading;
    std::vector<std::string> sets;
    std::vector<UpSetColumn> columns;  // in the order to draw
};
// Who knows whom: a column for each combination of sets, its size above, the sets as dots below.
Html upset_chart(const UpSetChart&);

struct WaterfallStep {
    std::string label;  // "Date of birth"
    std::string found;  // "The same"
    double weight = 0;  // in bits: log2 of the likelihood ratio
    std::string words;  // "2,900 times likelier"; written from the weight unless given
};
struct Waterfall {
    std::string caption;
    double start = 0;  // the weight before anything is compared
    std::vector<WaterfallStep> steps;
    std::string total_words;  // "98 in 100 pairs like this are the same person"
};
// What each comparison adds to or takes from a match, and where that ends.
Html waterfall(const Waterfall&);
// 11.5 → "2,900 times likelier"; -3 → "8 times less likely"; near 0 → "makes no difference".
std::string weight_in_words(double bits);

struct TrendPoint {
    std::string label;  // "Q1 2026"
    double value = 0;
};
struct TrendChart {
    std::string id, title, value_heading, label_heading = "Period";
    std::vector<TrendPoint> points;
    std::optional<double> mean, lower_limit, upper_limit;  // a control chart
};
Html trend_chart(const TrendChart&);

}  // namespace rowan::html
