// The options of a fixture (JSON, as a Nunjucks macro takes them) decoded into our option structs, and rendered.
#pragma once
#include "html/components.h"

#include <boost/json.hpp>

#include <functional>
#include <map>
#include <string>

namespace rowan::tests {

// What a renderer is given: the options, and the HTML that is expected, from which only a logo is ever taken
// (header and footer show the logo that they are given).
struct Fixture {
    std::string component, name;
    boost::json::object options;
    std::string expected;
};

using Renderer = std::function<html::Html(const Fixture&)>;
// By the name of the component, "error-summary". A component that is not here is not written.
const std::map<std::string, Renderer>& renderers();

}  // namespace rowan::tests
