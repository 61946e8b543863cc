// The scheme files that CMake wrote into the program (cmake/embed_schemes.cmake). Thread-safety: constants.
#pragma once
#include <string_view>
#include <vector>

namespace rowan::partnership {

struct EmbeddedScheme {
    std::string_view code, text;  // static storage
};
const std::vector<EmbeddedScheme>& embedded_schemes();

}  // namespace rowan::partnership
