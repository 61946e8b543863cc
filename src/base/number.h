// Numbers as people and files write them. Thread-safety: pure functions.
#pragma once
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace rowan::base {

// The text as one whole number in decimal digits, with a minus where T has one; nothing where it is anything else,
// has anything beside it, or is beyond T.
template <std::integral T>
std::optional<T> whole_number(std::string_view text) {
    T value{};
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

}  // namespace rowan::base
