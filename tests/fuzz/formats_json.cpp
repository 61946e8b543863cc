// Any bytes as JSON: what is read can be written and read again, and is then the same (Boost.JSON 1.81 reads long
// real numbers to within a few units in the last place).
// Needs src/formats/json.cpp and Boost.JSON.
#include "formats/json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace {

using rowan::formats::Json;

bool same(const Json& a, const Json& b) {
    if (a.kind() != b.kind()) return false;
    if (a.kind() == Json::Kind::real) return a == b || std::abs(a.real() - b.real()) <= 1e-12 * std::abs(a.real());
    if (a.kind() == Json::Kind::array)
        return std::equal(a.array().begin(), a.array().end(), b.array().begin(), b.array().end(), same);
    if (a.kind() != Json::Kind::object) return a == b;
    return std::equal(a.members().begin(), a.members().end(), b.members().begin(), b.members().end(),
                      [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = rowan::formats::parse_json({reinterpret_cast<const char*>(data), size});
    if (!value) return 0;
    const auto back = rowan::formats::parse_json(value->write());
    if (!back || !same(*value, *back)) std::abort();
    return 0;
}
