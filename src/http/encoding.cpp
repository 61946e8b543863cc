#include "http/encoding.h"

#include "base/text.h"

namespace rowan::http {
namespace {

constexpr std::string_view kBlank = " \t";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Cuts the text up to the separator off `rest`.
std::string_view cut(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto piece = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return piece;
}

std::optional<std::string> decode_text(std::string_view raw) {
    auto text = percent_decode(raw, Plus::is_space);
    if (!text || text->find('\0') != std::string::npos || !base::is_utf8(*text)) return std::nullopt;
    return text;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    if (text.empty()) return false;
    for (const char c : text) {
        if (!is_alnum(c) && kMarks.find(c) == std::string_view::npos) return false;
    }
    return true;
}

std::optional<std::string> percent_decode(std::string_view raw, Plus plus) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '+' && plus == Plus::is_space) {
            out += ' ';
        } else if (raw[i] != '%') {
            out += raw[i];
        } else {
            if (raw.size() - i < 3) return std::nullopt;
            const int high = hex_digit(raw[i + 1]), low = hex_digit(raw[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::optional<Fields> parse_pairs(std::string_view text, std::size_t at_most) {
    Fields fields;
    while (!text.empty()) {
        auto value = cut(text, '&');
        if (value.empty()) continue;
        const auto name = cut(value, '=');
        auto decoded_name = decode_text(name), decoded_value = decode_text(value);
        if (!decoded_name || !decoded_value || fields.items().size() == at_most) return std::nullopt;
        fields.add(std::move(*decoded_name), std::move(*decoded_value));
    }
    return fields;
}

void parse_cookies(std::string_view header, Fields& into) {
    while (!header.empty()) {
        auto value = trim(cut(header, ';'));
        if (value.find('=') == std::string_view::npos) continue;
        const auto name = trim(cut(value, '='));
        if (!name.empty()) into.add(std::string(name), std::string(trim(value)));
    }
}

}  // namespace rowan::http
