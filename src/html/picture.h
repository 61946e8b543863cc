// Pieces of a drawn picture (SVG), for the charts and maps of this room. Thread-safety: pure functions.
#pragma once
#include "html/markup.h"

#include <string>
#include <string_view>

namespace rowan::html {

// Written with at most one decimal, always with a point, whatever the locale.
std::string coordinate(double value);
void put_text(Markup&, double x, double y, std::string_view anchor, std::string_view classes,
              std::string_view said);
// A picture with a title and a description, named by both; left open.
void open_picture(Markup&, const std::string& id, double width, double height, std::string_view title,
                  std::string_view description);

}  // namespace rowan::html
