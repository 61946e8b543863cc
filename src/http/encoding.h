// How names and values travel: percent-encoding, pairs, cookies. Inside of the room `http`.
// Thread-safety: pure functions.
#pragma once
#include "http/message.h"

#include <optional>
#include <string>
#include <string_view>

namespace rowan::http {

// ASCII only; the bytes of a header name or a token.
std::string lower(std::string_view);
// One of the characters that RFC 9110 5.6.2 allows in a method or a field name.
bool is_token(std::string_view);

enum class Plus { stays, is_space };
// Nothing when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view, Plus);

// "a=1&b=2" with + as space. Nothing when it is malformed, not UTF-8, holds a NUL or has more than `at_most`
// pairs.
std::optional<Fields> parse_pairs(std::string_view, std::size_t at_most);

// The value of one Cookie header; pairs without '=' or with an empty name are passed over.
void parse_cookies(std::string_view, Fields& into);

}  // namespace rowan::http
