#include "html/picture.h"

#include <charconv>
#include <cmath>

namespace rowan::html {

std::string coordinate(double value) {
    double rounded = std::round(value * 10) / 10;
    char buffer[32];
    auto end =
        std::to_chars(buffer, buffer + sizeof buffer, rounded == 0 ? 0.0 : rounded, std::chars_format::fixed, 1)
            .ptr;
    std::string written(buffer, end);
    if (written.ends_with(".0")) written.resize(written.size() - 2);
    return written;
}

void put_text(Markup& out, double x, double y, std::string_view anchor, std::string_view classes,
              std::string_view said) {
    out.raw("<text").attribute("x", coordinate(x)).attribute("y", coordinate(y)).attribute("text-anchor", anchor);
    out.attribute_if("class", classes).raw(">").text(said).raw("</text>");
}

void open_picture(Markup& out, const std::string& id, double width, double height, std::string_view title,
                  std::string_view description) {
    out.raw("<div class=\"rowan-chart\"><svg role=\"img\"")
        .attribute("aria-labelledby", id + "-title " + id + "-desc");
    out.attribute("width", coordinate(width)).attribute("height", coordinate(height));
    out.attribute("viewBox", "0 0 " + coordinate(width) + " " + coordinate(height));
    out.raw("><title").attribute("id", id + "-title").raw(">").text(title).raw("</title><desc");
    out.attribute("id", id + "-desc").raw(">").text(description).raw("</desc>");
}

}  // namespace rowan::html
