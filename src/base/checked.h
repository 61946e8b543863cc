// What was verified, or why it was not: a fault is for the log and for nobody else, so it is no Error with a
// sentence. Thread-safety: a value.
#pragma once
#include <optional>
#include <string_view>

namespace rowan::base {

// `fault` is a stable word for the audit log: "signature", "audience"…; empty when there is a value.
template <class T>
struct Checked {
    std::optional<T> value;
    std::string_view fault;
};

}  // namespace rowan::base
