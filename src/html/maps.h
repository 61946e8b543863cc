// A map and a calendar as inline SVG, drawn by ourselves: no outside service hears what is looked at. Both always
// stand beside a table with the same numbers; the picture has a title and a description for a screen reader.
// Thread-safety: pure functions.
#pragma once
#include "base/time.h"
#include "html/components.h"

#include <map>
#include <string>
#include <vector>

namespace rowan::html {

// Metres of the national grid, eastwards and northwards.
struct MapCell {
    int east = 0, north = 0;  // its south-west corner
};
struct MapRegion {
    std::string name;
    std::vector<MapCell> cells;  // squares of `cell` metres
    std::string count;           // "12", written under the name
};
enum class MapSymbol { home, place };  // a square, a circle
struct MapMark {
    std::string name;
    double east = 0, north = 0;
    double value = 0;  // its size; 0: a dot
    MapSymbol symbol = MapSymbol::place;
    bool marked = false;  // stands out: "provides placements for exploited children"
};
struct MapChart {
    std::string id;  // unique on the page
    std::string title, description;
    int cell = 1000;
    std::vector<MapRegion> regions;
    std::vector<MapMark> marks;
    std::vector<std::pair<MapSymbol, std::string>> legend;
};
// `numbers`: the table beside it. Nothing but the table when there is nothing to draw.
Html map_chart(const MapChart&, const Html& numbers);

struct CalendarChart {
    std::string id;
    std::string title, description;
    base::Date from, to;  // both drawn
    std::map<base::Date, int> days;
};
// A column for each week, a row for each day of the week, a mark on each day that has any.
Html calendar_chart(const CalendarChart&, const Html& numbers);

}  // namespace rowan::html
