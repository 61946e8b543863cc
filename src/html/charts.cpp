#include "html/charts.h"

#include "html/casework.h"
#include "html/picture.h"

#include <algorithm>
#include <cmath>

namespace rowan::html {

namespace {

std::string plain_number(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15) return grouped(static_cast<std::int64_t>(value));
    return coordinate(value);
}

struct Box {
    double x = 0, y = 0, width = 0, height = 0;
};

void put_rectangle(Markup& out, const Box& box, std::string_view classes) {
    out.raw("<rect").attribute("x", coordinate(box.x)).attribute("y", coordinate(box.y));
    out.attribute("width", coordinate(box.width)).attribute("height", coordinate(box.height));
    out.attribute("class", classes).raw("/>");
}

void put_line(Markup& out, double x1, double y1, double x2, double y2, std::string_view classes) {
    out.raw("<line").attribute("x1", coordinate(x1)).attribute("y1", coordinate(y1));
    out.attribute("x2", coordinate(x2)).attribute("y2", coordinate(y2)).attribute("class", classes).raw("/>");
}

// A bar inside a table cell: decoration, because the number stands beside it.
Html small_bar(double from, double to, std::string_view classes) {
    Markup out;
    out.raw(
        "<svg class=\"rowan-bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
        "focusable=\"false\">");
    put_rectangle(out, {std::min(from, to), 1, std::max(0.5, std::abs(to - from)), 8}, classes);
    return out.raw("</svg>").take();
}

Html beside(const Html& picture, const Html& numbers) {
    return el("div", cls("rowan-picture"), picture, el("div", cls("rowan-picture__numbers"), numbers));
}

std::string names_of(const UpSetChart& chart, const UpSetColumn& column) {
    std::string names;
    for (std::size_t i = 0; i < column.members.size(); ++i) {
        if (i) names += i + 1 == column.members.size() ? " and " : ", ";
        names += chart.sets.at(column.members[i]);
    }
    return names + (column.members.size() == 1 ? " only" : "");
}

Html upset_table(const UpSetChart& chart) {
    Table made{.caption = chart.title,
               .head = columns("Known to", numeric(chart.count_heading)),
               .first_cell_is_header = true};
    for (const UpSetColumn& column : chart.columns) {
        Content count = grouped(column.count);
        if (!column.href.empty()) count = anchor(column.href, grouped(column.count));
        made.rows.push_back(row(names_of(chart, column), numeric(count)));
    }
    return working_table(std::move(made));
}

}  // namespace

Html bar_list(const BarList& o) {
    double most = 0;
    for (const BarListItem& item : o.items) most = std::max(most, item.value);
    Table made{.caption = o.caption,
               .head = columns(o.label_heading, numeric(o.value_heading),
                               TableCell{.text = visually_hidden("Bar"), .classes = "govuk-!-width-one-half"}),
               .first_cell_is_header = true};
    for (const BarListItem& item : o.items) {
        Content label = item.label;
        if (!item.href.empty()) label = anchor(item.href, item.label);
        double length = most > 0 ? 100 * std::max(0.0, item.value) / most : 0;
        made.rows.push_back(
            row(label, numeric(item.shown.empty() ? plain_number(item.value) : item.shown),
                small_bar(0, length, item.marked ? "rowan-chart__bar--marked" : "rowan-chart__bar")));
    }
    return working_table(std::move(made));
}

Html upset_chart(const UpSetChart& o) {
    constexpr double kLabels = 190, kColumn = 40, kBars = 150, kRow = 26, kTop = 22;
    double width = kLabels + kColumn * static_cast<double>(o.columns.size()) + 10;
    double height = kTop + kBars + 14 + kRow * static_cast<double>(o.sets.size()) + 6;
    int most = 1, all = 0;
    const UpSetColumn* largest = nullptr;
    for (const UpSetColumn& column : o.columns) {
        if (!largest || column.count > largest->count) largest = &column;
        most = std::max(most, column.count);
        all += column.count;
    }
    std::string description = grouped(all) + " in all.";
    if (largest)
        description +=
            " The largest group, " + grouped(largest->count) + ", is known to " + names_of(o, *largest) + ".";
    description += " The same numbers are in the table below.";
    Markup out(4096);
    open_picture(out, o.id, width, height, o.title, description);
    double dots_top = kTop + kBars + 14;
    for (std::size_t s = 0; s < o.sets.size(); ++s) {
        double y = dots_top + kRow * static_cast<double>(s);
        if (s % 2 == 0) put_rectangle(out, {0, y, width, kRow}, "rowan-chart__stripe");
        put_text(out, kLabels - 12, y + 18, "end", "", o.sets[s]);
    }
    put_line(out, kLabels - 4, kTop + kBars, width, kTop + kBars, "rowan-chart__axis");
    for (std::size_t c = 0; c < o.columns.size(); ++c) {
        const UpSetColumn& column = o.columns[c];
        double x = kLabels + kColumn * static_cast<double>(c) + kColumn / 2;
        double length = kBars * column.count / most;
        put_rectangle(out, {x - 12, kTop + kBars - length, 24, length},
                      column.marked ? "rowan-chart__bar--marked" : "rowan-chart__bar");
        put_text(out, x, kTop + kBars - length - 6, "middle", "", grouped(column.count));
        auto centre = [&](std::size_t s) { return dots_top + kRow * static_cast<double>(s) + kRow / 2; };
        for (std::size_t s = 0; s < o.sets.size(); ++s) {
            bool in = std::find(column.members.begin(), column.members.end(), s) != column.members.end();
            out.raw("<circle").attribute("cx", coordinate(x)).attribute("cy", coordinate(centre(s)));
            out.attribute("r", in ? "7" : "4")
                .attribute("class", in ? "rowan-chart__dot" : "rowan-chart__dot--off");
            out.raw("/>");
        }
        if (column.members.size() > 1) {
            auto [low, high] = std::minmax_element(column.members.begin(), column.members.end());
            put_line(out, x, centre(*low), x, centre(*high), "rowan-chart__line");
        }
    }
    out.raw("</svg></div>");
    return beside(out.take(), upset_table(o));
}

std::string weight_in_words(double bits) {
    if (std::abs(bits) < 0.15) return "makes no difference";
    double times = std::exp2(std::abs(bits));
    std::string written;
    if (times < 10) {
        written = coordinate(times);
    } else {
        // Two figures: more would claim more than the model knows.
        double unit = std::pow(10, std::floor(std::log10(times)) - 1);
        written = times < 1e15 ? grouped(static_cast<std::int64_t>(std::round(times / unit) * unit)) : "very many";
    }
    return written + (bits > 0 ? " times likelier" : " times less likely");
}

Html waterfall(const Waterfall& o) {
    double low = std::min(0.0, o.start), high = std::max(0.0, o.start), at = o.start;
    for (const WaterfallStep& step : o.steps) {
        at += step.weight;
        low = std::min(low, at);
        high = std::max(high, at);
    }
    double span = high - low > 0 ? high - low : 1;
    auto place = [&](double weight) { return 100 * (weight - low) / span; };
    Table made{.caption = o.caption,
               .head = columns("What we compared", "What we found", "What it says", numeric("Weight"),
                               TableCell{.text = visually_hidden("Bar"), .classes = "govuk-!-width-one-third"}),
               .first_cell_is_header = true,
               .classes = "rowan-waterfall"};
    auto written = [](double weight) { return (weight > 0 ? "+" : "") + coordinate(weight); };
    made.rows.push_back(row("Before comparing", "", "How rare a match is among all pairs",
                            numeric(written(o.start)),
                            small_bar(place(0), place(o.start), "rowan-chart__bar--total")));
    at = o.start;
    for (const WaterfallStep& step : o.steps) {
        made.rows.push_back(row(step.label, step.found,
                                step.words.empty() ? weight_in_words(step.weight) : step.words,
                                numeric(written(step.weight)),
                                small_bar(place(at), place(at + step.weight),
                                          step.weight < 0 ? "rowan-chart__bar--less" : "rowan-chart__bar")));
        at += step.weight;
    }
    made.rows.push_back(row(el("strong", "Altogether"), "", el("strong", o.total_words),
                            numeric(el("strong", written(at))),
                            small_bar(place(0), place(at), "rowan-chart__bar--total")));
    return working_table(std::move(made));
}

Html trend_chart(const TrendChart& o) {
    constexpr double kLeft = 46, kRight = 96, kTop = 16, kHeight = 180, kStep = 52;
    double width =
        kLeft + kRight + kStep * static_cast<double>(std::max<std::size_t>(o.points.size(), 2) - 1) + 40;
    double height = kTop + kHeight + 34;
    double most = std::max({o.mean.value_or(0), o.upper_limit.value_or(0), 1.0});
    for (const TrendPoint& point : o.points) most = std::max(most, point.value);
    bool limits = o.lower_limit || o.upper_limit;
    double high = limits ? most * 1.08 : most;
    auto x = [&](std::size_t i) { return kLeft + 20 + kStep * static_cast<double>(i); };
    auto y = [&](double value) { return kTop + kHeight * (1 - std::max(0.0, value) / high); };
    std::string description = "The same numbers are in the table below.";
    if (!o.points.empty())
        description = "From " + plain_number(o.points.front().value) + " in " + o.points.front().label + " to " +
                      plain_number(o.points.back().value) + " in " + o.points.back().label + ". " + description;
    Markup out(4096);
    open_picture(out, o.id, width, height, o.title, description);
    auto level = [&](double value, std::string_view name) {
        put_line(out, kLeft, y(value), width - kRight, y(value),
                 name.empty() ? "rowan-chart__axis" : "rowan-chart__axis rowan-chart__limit");
        put_text(out, kLeft - 6, y(value) + 5, "end", "rowan-chart__quiet", plain_number(value));
        if (!name.empty()) put_text(out, width - kRight + 6, y(value) + 5, "start", "rowan-chart__quiet", name);
    };
    level(0, "");
    if (!limits) level(most, "");
    if (o.mean) level(*o.mean, "mean");
    if (o.lower_limit) level(*o.lower_limit, "lower limit");
    if (o.upper_limit) level(*o.upper_limit, "upper limit");
    std::string path;
    for (std::size_t i = 0; i < o.points.size(); ++i)
        path += (i ? " L" : "M") + coordinate(x(i)) + " " + coordinate(y(o.points[i].value));
    if (!path.empty()) out.raw("<path").attribute("d", path).raw(" class=\"rowan-chart__line\"/>");
    Table made{.caption = o.title,
               .head = columns(o.label_heading, numeric(o.value_heading)),
               .first_cell_is_header = true};
    if (limits) made.head.push_back({.text = "Against the limits"});
    for (std::size_t i = 0; i < o.points.size(); ++i) {
        const TrendPoint& point = o.points[i];
        bool over = o.upper_limit && point.value > *o.upper_limit,
             under = o.lower_limit && point.value < *o.lower_limit;
        out.raw("<circle").attribute("cx", coordinate(x(i))).attribute("cy", coordinate(y(point.value)));
        out.attribute("r", over || under ? "7" : "5");
        out.attribute("class", over || under ? "rowan-chart__bar--marked" : "rowan-chart__dot").raw("/>");
        put_text(out, x(i), kTop + kHeight + 20, "middle", "rowan-chart__quiet", point.label);
        made.rows.push_back(row(point.label, numeric(plain_number(point.value))));
        if (limits)
            made.rows.back().cells.push_back({.text = over    ? "Above: look into it"
                                                      : under ? "Below: look into it"
                                                              : "Within"});
    }
    out.raw("</svg></div>");
    return beside(out.take(), working_table(std::move(made)));
}

}  // namespace rowan::html
