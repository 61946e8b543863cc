#include "http/head.h"

#include "base/text.h"
#include "http/encoding.h"

#include <algorithm>
#include <array>
#include <optional>

namespace rowan::http {
namespace {

constexpr std::size_t kMaxQueryPairs = 1'000;
constexpr std::size_t kMaxLengthDigits = 18;  // below 2^63 whatever the digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A byte that may stand inside a line; CR and LF are dealt with by the reader of lines.
bool is_line_byte(unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; }

std::optional<Method> method_of(std::string_view name) {
    constexpr std::array kAll{Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del};
    const auto found = std::find_if(kAll.begin(), kAll.end(), [&](Method m) { return to_string(m) == name; });
    if (found == kAll.end()) return std::nullopt;
    return *found;
}

int read_version(std::string_view text, bool& http_1_1) {
    const bool shaped =
        text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
    if (!shaped) return 400;
    if (text != "HTTP/1.1" && text != "HTTP/1.0") return 505;
    http_1_1 = text.back() == '1';
    return 0;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

// host [":" port]: a name, an IPv4 address or an IPv6 address in brackets. No user, no blank, no list.
bool is_host(std::string_view text) {
    constexpr std::string_view kName = "abcdefghijklmnopqrstuvwxyz0123456789.-_", kSix = "0123456789abcdef:.";
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        if (text.substr(1, end - 1).find_first_not_of(kSix) != std::string_view::npos) return false;
        ++end;
    } else {
        end = std::min(text.find_first_not_of(kName), text.size());
        if (end == 0) return false;
    }
    return end == text.size() || (text[end] == ':' && is_port(text.substr(end + 1)));
}

bool has_dot_segment(std::string_view path) {
    for (std::size_t start = 0; start < path.size();) {
        const auto end = std::min(path.find('/', start + 1), path.size());
        const auto segment = path.substr(start + 1, end - start - 1);
        if (segment == "." || segment == "..") return true;
        start = end;
    }
    return false;
}

// "%2F" is refused because a decoded path could not tell it from a separator, and a proxy's rules might.
std::optional<std::string> decode_path(std::string_view raw) {
    auto path = percent_decode(raw, Plus::stays);
    if (!path || !path->starts_with('/') || !base::is_utf8(*path)) return std::nullopt;
    const auto bad = [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; };
    if (std::any_of(path->begin(), path->end(), bad)) return std::nullopt;
    if (std::count(path->begin(), path->end(), '/') != std::count(raw.begin(), raw.end(), '/'))
        return std::nullopt;
    if (has_dot_segment(*path)) return std::nullopt;
    return path;
}

// What RFC 3986 allows in a target, and the few marks that browsers leave unencoded.
bool is_target(std::string_view target) {
    return std::all_of(target.begin(), target.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != '#' && c != '<' && c != '>';
    });
}

std::string_view trim(std::string_view value) {
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    return value;
}

// Gateways that turn '-' into '_' would see a second framing header here.
bool is_framing_in_disguise(std::string name) {
    if (name.find('_') == std::string::npos) return false;
    std::replace(name.begin(), name.end(), '_', '-');
    return name == "content-length" || name == "transfer-encoding" || name == "host";
}

bool is_single(std::string_view name) {
    constexpr std::array<std::string_view, 6> kSingle{"host",   "content-length", "transfer-encoding",
                                                      "expect", "content-type",   "authorization"};
    return std::find(kSingle.begin(), kSingle.end(), name) != kSingle.end();
}

std::optional<std::uint64_t> read_length(std::string_view text) {
    if (text.empty() || text.size() > kMaxLengthDigits || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    std::uint64_t length = 0;
    for (const char c : text) {
        if (!is_digit(c)) return std::nullopt;
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return length;
}

struct ConnectionOptions {
    bool close = false, names_framing = false;
};

ConnectionOptions read_connection(const Fields& headers) {
    ConnectionOptions found;
    for (const auto& value : headers.all("connection")) {
        for (const auto& piece : base::split(value, ',')) {
            const auto option = lower(trim(piece));
            found.close |= option == "close";
            found.names_framing |= option == "content-length" || option == "transfer-encoding" || option == "host";
        }
    }
    return found;
}

}  // namespace

Progress HeadParser::refuse(int status) {
    status_ = status;
    return Progress::refused;
}

Progress HeadParser::feed(std::string_view buffer) {
    while (at_ < buffer.size()) {
        if (at_ == max_bytes_ || (first_line_ && at_ == kMaxRequestLine)) return refuse(first_line_ ? 414 : 431);
        const char c = buffer[at_];
        const bool after_cr = at_ > line_start_ && buffer[at_ - 1] == '\r';
        if (after_cr != (c == '\n')) return refuse(400);  // a bare LF or a bare CR
        if (c != '\n' && c != '\r' && !is_line_byte(static_cast<unsigned char>(c))) return refuse(400);
        ++at_;
        if (c == '\n') {
            const auto line = buffer.substr(line_start_, at_ - line_start_ - 2);
            line_start_ = at_;
            const auto progress = take_line(line);
            if (progress != Progress::more) return progress;
        }
    }
    return Progress::more;
}

Progress HeadParser::take_line(std::string_view line) {
    int status = 0;
    if (first_line_) {
        status = read_request_line(line);
        first_line_ = false;
    } else if (!line.empty()) {
        status = read_field(line);
    } else {
        status = finish();
        if (status == 0) return Progress::complete;
    }
    return status == 0 ? Progress::more : refuse(status);
}

int HeadParser::read_request_line(std::string_view line) {
    const auto first = line.find(' ');
    if (first == std::string_view::npos) return 400;
    const auto second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return 400;  // HTTP/0.9 among others
    const auto name = line.substr(0, first), target = line.substr(first + 1, second - first - 1);
    if (!is_token(name) || target.empty()) return 400;
    if (const int status = read_version(line.substr(second + 1), http_1_1_)) return status;
    const auto method = method_of(name);
    if (!method) return 501;
    head_.method = *method;
    return read_target(target);
}

int HeadParser::read_target(std::string_view target) {
    if (!is_target(target)) return 400;
    if (!target.starts_with('/')) {
        const auto scheme = target.find("://");
        if (scheme == std::string_view::npos) return 400;
        const auto name = lower(target.substr(0, scheme));
        if (name != "http" && name != "https") return 400;
        target.remove_prefix(scheme + 3);
        const auto end = std::min(target.find_first_of("/?"), target.size());
        authority_ = lower(target.substr(0, end));
        if (!is_host(authority_)) return 400;
        target.remove_prefix(end);
    }
    const auto mark = target.find('?');
    const auto raw_path = target.substr(0, mark);
    auto path = decode_path(raw_path.empty() ? std::string_view{"/"} : raw_path);
    if (!path) return 400;
    head_.path = std::move(*path);
    if (mark == std::string_view::npos) return 0;
    auto query = parse_pairs(target.substr(mark + 1), kMaxQueryPairs);
    if (!query) return 400;
    head_.query = std::move(*query);
    return 0;
}

int HeadParser::read_field(std::string_view line) {
    const auto colon = line.find(':');
    // A folded line starts with a blank and a blank before the colon ends the name: neither is a token.
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return 400;
    auto name = lower(line.substr(0, colon));
    const auto value = trim(line.substr(colon + 1));
    if (!base::is_utf8(value) || is_framing_in_disguise(name)) return 400;
    if (is_single(name) && head_.headers.has(name)) return 400;
    if (head_.headers.items().size() == kMaxHeaderFields) return 431;
    head_.headers.add(std::move(name), std::string(value));
    return 0;
}

int HeadParser::check_host() const {
    if (!head_.headers.has("host")) return (http_1_1_ || !authority_.empty()) ? 400 : 0;
    const auto host = lower(head_.headers.get("host"));
    if (!is_host(host)) return 400;
    return authority_.empty() || authority_ == host ? 0 : 400;
}

int HeadParser::check_framing() {
    const bool has_length = head_.headers.has("content-length");
    if (head_.headers.has("transfer-encoding")) {
        const bool plain_chunked = http_1_1_ && !has_length && head_.method != Method::get &&
                                   head_.method != Method::head &&
                                   lower(head_.headers.get("transfer-encoding")) == "chunked";
        return plain_chunked ? 411 : 400;
    }
    if (!has_length) return 0;
    const auto length = read_length(head_.headers.get("content-length"));
    if (!length) return 400;
    if (*length > 0 && (head_.method == Method::get || head_.method == Method::head)) return 400;
    head_.content_length = *length;
    return 0;
}

int HeadParser::finish() {
    if (const int status = check_host()) return status;
    const auto connection = read_connection(head_.headers);
    if (connection.names_framing) return 400;
    if (const int status = check_framing()) return status;
    head_.keep_alive = http_1_1_ && !connection.close;
    if (http_1_1_ && head_.headers.has("expect")) {
        if (lower(head_.headers.get("expect")) != "100-continue") return 417;
        head_.expects_continue = head_.content_length > 0;
    }
    for (const auto& value : head_.headers.all("cookie")) parse_cookies(value, head_.cookies);
    return 0;
}

}  // namespace rowan::http
