#include "base/text.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace rowan::base {

namespace {

void check(UErrorCode status) {
    if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

const icu::Normalizer2& composer() {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* instance = icu::Normalizer2::getNFCInstance(status);
    check(status);
    return *instance;
}

// Transliterators are slow to make and not thread-safe: one a thread.
const icu::Transliterator& to_latin() {
    thread_local std::unique_ptr<icu::Transliterator> instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<icu::Transliterator> made{icu::Transliterator::createInstance(
            "Any-Latin; Latin-ASCII; NFD; [:M:] Remove; NFC; Lower", UTRANS_FORWARD, status)};
        check(status);
        return made;
    }();
    return *instance;
}

bool is_ascii(std::string_view text) {
    for (unsigned char c : text) {
        if (c >= 0x80) return false;
    }
    return true;
}

icu::UnicodeString to_icu(std::string_view utf8) {
    return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
}

std::string from_icu(const icu::UnicodeString& text) {
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
}

// Calls f for each code point; ill-formed bytes arrive as U+FFFD.
template <class F>
void each_code_point(std::string_view utf8, F f) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
    std::size_t i = 0, n = utf8.size();
    while (i < n) {
        UChar32 c;
        U8_NEXT_OR_FFFD(bytes, i, n, c);
        f(c);
    }
}

void append(std::string& utf8, UChar32 c) {
    std::array<char, 4> bytes;
    std::size_t n = 0;
    U8_APPEND_UNSAFE(bytes.data(), n, c);
    utf8.append(bytes.data(), n);
}

bool is_apostrophe(UChar32 c) {
    switch (c) {
        case '\'':
        case '`':
        case 0xb4:
        case 0x2bb:
        case 0x2bc:
        case 0x2b9:
        case 0x2018:
        case 0x2019:
        case 0x2032:
        case 0xff07:
            return true;
        default:
            return false;
    }
}

// Letters, marks and digits in lower case; apostrophes fall out; anything else separates words.
std::string keep_words(std::string_view text) {
    std::string out;
    bool gap = false;
    each_code_point(text, [&](UChar32 c) {
        bool mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
        if (is_apostrophe(c)) return;
        if (!u_isalnum(c) && !mark) {
            gap = true;
            return;
        }
        if (gap && !out.empty()) out += ' ';
        gap = false;
        append(out, u_tolower(c));
    });
    return out;
}

std::string drop_apostrophes(std::string_view text) {
    std::string out;
    each_code_point(text, [&](UChar32 c) {
        if (!is_apostrophe(c)) append(out, c);
    });
    return out;
}

std::string trim(std::string_view text) {
    std::size_t first = std::string::npos, after = 0, at = 0;
    each_code_point(text, [&](UChar32 c) {
        std::size_t end = at + U8_LENGTH(c);
        if (!u_isUWhiteSpace(c)) {
            if (first == std::string::npos) first = at;
            after = end;
        }
        at = end;
    });
    return first == std::string::npos ? std::string{} : std::string{text.substr(first, after - first)};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

bool is_utf8(std::string_view text) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    std::size_t i = 0, n = text.size();
    while (i < n) {
        UChar32 c;
        U8_NEXT(bytes, i, n, c);
        if (c < 0) return false;
    }
    return true;
}

std::string nfc(std::string_view text) {
    if (is_ascii(text)) return std::string{text};
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString composed = composer().normalize(to_icu(text), status);
    check(status);
    return from_icu(composed);
}

std::string tidy(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    UChar32 previous = 0;
    each_code_point(text, [&](UChar32 c) {
        // Browsers send CR LF; a CR alone was the line end of old machines.
        if (c == '\r' || (c == '\n' && previous != '\r') || c == '\t')
            append(kept, c == '\r' ? '\n' : c);
        else if (u_charType(c) != U_CONTROL_CHAR)
            append(kept, c);
        previous = c;
    });
    return trim(nfc(kept));
}

std::string tidy_line(std::string_view text) {
    std::string out;
    bool gap = false;
    each_code_point(tidy(text), [&](UChar32 c) {
        if (u_isUWhiteSpace(c)) {
            gap = true;
            return;
        }
        if (gap) out += ' ';
        gap = false;
        append(out, c);
    });
    return out;
}

std::size_t length(std::string_view utf8) {
    std::size_t n = 0;
    each_code_point(utf8, [&](UChar32) { ++n; });
    return n;
}

std::string truncate(std::string_view utf8, std::size_t code_points) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
    std::size_t i = 0, n = utf8.size();
    for (std::size_t taken = 0; taken < code_points && i < n; ++taken) U8_FWD_1(bytes, i, n);
    return std::string{utf8.substr(0, i)};
}

std::string fold(std::string_view text) {
    if (is_ascii(text)) return keep_words(text);
    icu::UnicodeString latin = to_icu(drop_apostrophes(text));
    to_latin().transliterate(latin);
    return keep_words(from_icu(latin));
}

std::vector<std::string> words(std::string_view folded) {
    std::vector<std::string> out;
    for (std::string& word : split(folded, ' ')) {
        if (!word.empty()) out.push_back(std::move(word));
    }
    return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> out;
    for (;;) {
        std::size_t end = text.find(separator);
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += separator;
        out += parts[i];
    }
    return out;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (unsigned char c : bytes) {
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

std::string to_base64url(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (unsigned char c : bytes) {
        bits = bits << 8 | c;
        for (count += 8; count >= 6;) {
            count -= 6;
            out += kBase64Url[bits >> count & 63];
        }
    }
    if (count > 0) out += kBase64Url[bits << (6 - count) & 63];
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (char c : text) {
        std::size_t value = kBase64Url.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 255);
        }
    }
    // Left-over bits must be zero, or two texts would mean the same bytes.
    if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
    return out;
}

}  // namespace rowan::base
