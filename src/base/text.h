// Text as people write it: UTF-8, trimmed, folded for comparison.
// Thread-safety: pure functions (ICU transliterators are kept one a thread inside).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::base {

bool is_utf8(std::string_view);
// Trims Unicode white space, drops control characters but tab and newline (CR LF and CR become newline),
// normalises to NFC. Bytes that are not UTF-8 become U+FFFD, so the result always is.
std::string tidy(std::string_view);
std::string tidy_line(std::string_view);    // the same on one line: runs of white space become one space
std::string nfc(std::string_view);          // normalised and otherwise untouched: passphrases
std::size_t length(std::string_view utf8);  // in code points
std::string truncate(std::string_view utf8, std::size_t code_points);

// For comparing names: transliterated to Latin, accents dropped, lower case. Apostrophes fall out, everything else
// that is neither letter nor digit becomes one space: "O'Neill" -> "oneill", "Anne-Marie" -> "anne marie",
// "Łukasz" -> "lukasz", "Сергей" -> "sergej". Letters ICU cannot put into Latin stay as they are.
std::string fold(std::string_view);
// Splits at spaces; no empty words.
std::vector<std::string> words(std::string_view folded);

std::vector<std::string> split(std::string_view, char separator);
std::string join(const std::vector<std::string>&, std::string_view separator);
// Lower case; reading takes either case. Base 64 is RFC 4648's URL alphabet without padding, and only the one
// canonical text of given bytes is read.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view);
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view);

}  // namespace rowan::base
