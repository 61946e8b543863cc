#include "html/maps.h"

#include "html/casework.h"
#include "html/picture.h"

#include <algorithm>
#include <cmath>

namespace rowan::html {

namespace {

std::string whole(double value) { return std::to_string(static_cast<long>(std::lround(value))); }

Html beside(const Html& picture, const Html& numbers) {
    return el("div", cls("rowan-picture"), picture, el("div", cls("rowan-picture__numbers"), numbers));
}

// Where metres of the grid stand on the picture.
class Projection {
public:
    explicit Projection(const MapChart& chart) {
        for (const auto& region : chart.regions)
            for (const auto& cell : region.cells) {
                hold(cell.east, cell.north);
                hold(cell.east + chart.cell, cell.north + chart.cell);
            }
        for (const auto& mark : chart.marks) hold(mark.east, mark.north);
        const double span = std::max({right_ - left_, (top_ - bottom_) * 4 / 3, 1.0});
        scale_ = (kWidth - 2 * kMargin) / span;
    }
    bool empty() const { return right_ < left_; }
    double x(double east) const { return kMargin + (east - left_) * scale_; }
    double y(double north) const { return kMargin + (top_ - north) * scale_; }
    double length(double metres) const { return metres * scale_; }
    double height() const { return (top_ - bottom_) * scale_ + 2 * kMargin; }
    static constexpr double kWidth = 560, kMargin = 24;

private:
    void hold(double east, double north) {
        left_ = std::min(left_, east);
        right_ = std::max(right_, east);
        bottom_ = std::min(bottom_, north);
        top_ = std::max(top_, north);
    }
    double left_ = 1e12, right_ = -1e12, bottom_ = 1e12, top_ = -1e12, scale_ = 1;
};

void put_region(Markup& out, const MapChart& chart, const MapRegion& region, std::size_t n, const Projection& to) {
    const double side = to.length(chart.cell) + 0.6;  // no seam between neighbours
    std::string path;
    for (const auto& cell : region.cells)
        path += "M" + whole(to.x(cell.east)) + " " + whole(to.y(cell.north + chart.cell)) + "h" + whole(side) +
                "v" + whole(side) + "h-" + whole(side) + "z";
    if (path.empty()) return;
    static constexpr std::string_view kShades[] = {"rowan-map__area-1", "rowan-map__area-2", "rowan-map__area-3",
                                                   "rowan-map__area-4"};
    out.raw("<path").attribute("d", path).attribute("class", kShades[n % std::size(kShades)]).raw("/>");
}

// The name of a region and its number below it, where most of it is; never over the edge of the picture.
void put_label(Markup& out, const MapChart& chart, const MapRegion& region, const Projection& to) {
    if (region.cells.empty()) return;
    double east = 0, north = 0;
    for (const auto& cell : region.cells) {
        east += cell.east;
        north += cell.north;
    }
    constexpr double kLetter = 4.6, kLine = 18;
    const auto n = static_cast<double>(region.cells.size());
    const double half = kLetter * static_cast<double>(region.name.size());
    const double x = std::clamp(to.x(east / n + chart.cell / 2.0), std::min(half, Projection::kWidth / 2),
                                std::max(Projection::kWidth - half, Projection::kWidth / 2));
    const double y = to.y(north / n + chart.cell / 2.0);
    put_text(out, std::round(x), std::round(y), "middle", "rowan-map__label", region.name);
    if (!region.count.empty())
        put_text(out, std::round(x), std::round(y + kLine), "middle", "rowan-map__label", region.count);
}

void put_symbol(Markup& out, MapSymbol symbol, double x, double y, double radius, bool marked) {
    const std::string_view kind = symbol == MapSymbol::home
                                      ? marked ? "rowan-map__home rowan-map__home--marked" : "rowan-map__home"
                                      : "rowan-map__place";
    if (symbol == MapSymbol::home)
        out.raw("<rect")
            .attribute("x", whole(x - radius))
            .attribute("y", whole(y - radius))
            .attribute("width", whole(2 * radius))
            .attribute("height", whole(2 * radius))
            .attribute("class", kind)
            .raw("/>");
    else
        out.raw("<circle")
            .attribute("cx", whole(x))
            .attribute("cy", whole(y))
            .attribute("r", whole(radius))
            .attribute("class", kind)
            .raw("/>");
}

}  // namespace

Html map_chart(const MapChart& o, const Html& numbers) {
    const Projection to(o);
    if (to.empty()) return numbers;
    constexpr double kKeyLine = 24, kLeast = 6, kMore = 12;
    const double height = to.height();
    const auto lines = o.legend.size() + (o.marks.size() + 1) / 2;
    double most = 1;
    for (const auto& mark : o.marks) most = std::max(most, mark.value);
    const auto radius = [&](const MapMark& mark) {
        return kLeast + kMore * std::sqrt(std::max(0.0, mark.value) / most);
    };
    Markup out(16384);
    open_picture(out, o.id, Projection::kWidth, std::round(height + kKeyLine * static_cast<double>(lines)),
                 o.title, o.description + " The same numbers are in the table beside it.");
    for (std::size_t i = 0; i < o.regions.size(); ++i) put_region(out, o, o.regions[i], i, to);
    for (const auto& region : o.regions) put_label(out, o, region, to);
    // The largest first, so that none hides a smaller one; its area is its value.
    std::vector<const MapMark*> marks;
    for (const auto& mark : o.marks) marks.push_back(&mark);
    std::stable_sort(marks.begin(), marks.end(), [](const auto* a, const auto* b) { return a->value > b->value; });
    for (const auto* mark : marks)
        put_symbol(out, mark->symbol, to.x(mark->east), to.y(mark->north), radius(*mark), mark->marked);
    // Names would lie over one another: each mark has a number, and the key below has its name.
    for (std::size_t i = 0; i < o.marks.size(); ++i) {
        const auto& mark = o.marks[i];
        put_text(out, std::round(to.x(mark.east)), std::round(to.y(mark.north) + 5), "middle", "rowan-map__number",
                 std::to_string(i + 1));
    }
    double y = height + kKeyLine * 0.4;
    for (const auto& [symbol, words] : o.legend) {
        put_symbol(out, symbol, Projection::kMargin, y, 6, false);
        put_text(out, std::round(Projection::kMargin + 16), std::round(y + 5), "start", "", words);
        y += kKeyLine;
    }
    for (std::size_t i = 0; i < o.marks.size(); ++i)
        put_text(out, i % 2 == 0 ? Projection::kMargin - 6 : Projection::kWidth / 2,
                 std::round(y + 5 + kKeyLine * static_cast<double>(i / 2)), "start", "",
                 std::to_string(i + 1) + " " + o.marks[i].name);
    out.raw("</svg></div>");
    return beside(out.take(), numbers);
}

Html calendar_chart(const CalendarChart& o, const Html& numbers) {
    constexpr double kLeft = 44, kTop = 22, kDay = 14;
    using std::chrono::sys_days, std::chrono::days, std::chrono::weekday;
    if (o.to < o.from) return numbers;
    const auto row_of = [](base::Date day) { return weekday(sys_days(day)).iso_encoding() - 1; };
    const auto monday = sys_days(o.from) - days{row_of(o.from)};
    const auto column_of = [&](base::Date day) { return (sys_days(day) - monday).count() / 7; };
    const double width = kLeft + kDay * static_cast<double>(column_of(o.to) + 1) + 4;
    Markup out(16384);
    open_picture(out, o.id, width, kTop + 7 * kDay + 6, o.title,
                 o.description + " The same numbers are in the table beside it.");
    static constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (const std::size_t i : {0U, 2U, 4U, 6U})
        put_text(out, kLeft - 6, kTop + kDay * static_cast<double>(i) + 11, "end", "rowan-chart__quiet", kDays[i]);
    static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    long last_label = -4;
    std::string quiet, some, many;
    for (auto at = sys_days(o.from); at <= sys_days(o.to); at += days{1}) {
        const base::Date day{at};
        const double x = kLeft + kDay * static_cast<double>(column_of(day)), y = kTop + kDay * row_of(day);
        if (day.day() == std::chrono::day{1} && column_of(day) - last_label >= 3) {
            put_text(out, x, kTop - 8, "start", "rowan-chart__quiet",
                     kMonths[static_cast<unsigned>(day.month()) - 1]);
            last_label = column_of(day);
        }
        const auto found = o.days.find(day);
        const int n = found == o.days.end() ? 0 : found->second;
        (n == 0 ? quiet : n == 1 ? some : many) += "M" + whole(x) + " " + whole(y) + "h12v12h-12z";
    }
    for (const auto& [path, shade] : {std::pair{&quiet, "rowan-calendar__day"},
                                      {&some, "rowan-calendar__day--once"},
                                      {&many, "rowan-calendar__day--often"}})
        if (!path->empty()) out.raw("<path").attribute("d", *path).attribute("class", shade).raw("/>");
    out.raw("</svg></div>");
    return beside(out.take(), numbers);
}

}  // namespace rowan::html
