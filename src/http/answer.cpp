#include "http/answer.h"

#include "http/encoding.h"

#include <algorithm>
#include <array>

namespace rowan::http {
namespace {

std::string_view reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 423:
            return "Locked";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";  // RFC 9112 4: the phrase may be empty
    }
}

bool is_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(),
                       [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

bool is_servers_own(std::string_view name) {
    constexpr std::array<std::string_view, 5> kOwn{"content-length", "connection", "date", "transfer-encoding",
                                                   "server"};
    return std::find(kOwn.begin(), kOwn.end(), lower(name)) != kOwn.end();
}

void add_two_digits(std::string& out, unsigned number) {
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string http_date(base::Instant instant) {
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat", kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(instant - day)};
    std::string out(kDays.substr(std::chrono::weekday{day}.c_encoding() * 3, 3));
    out += ", ";
    add_two_digits(out, static_cast<unsigned>(date.day()));
    out += ' ';
    out += kMonths.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
    out += ' ' + std::to_string(static_cast<int>(date.year())) + ' ';
    add_two_digits(out, static_cast<unsigned>(time.hours().count()));
    out += ':';
    add_two_digits(out, static_cast<unsigned>(time.minutes().count()));
    out += ':';
    add_two_digits(out, static_cast<unsigned>(time.seconds().count()));
    return out + " GMT";
}

std::optional<std::string> answer_head(const Response& response, bool keep_alive, base::Instant now) {
    if (response.status < 200 || response.status > 599 || !is_value(response.content_type)) return std::nullopt;
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    out += reason(response.status);
    out += "\r\nDate: " + http_date(now) + "\r\n";
    if (may_have_body(response.status)) {
        if (!response.content_type.empty()) out += "Content-Type: " + response.content_type + "\r\n";
        if (!response.feed) out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    }
    for (const auto& [name, value] : response.headers) {
        if (!is_token(name) || !is_value(value)) return std::nullopt;
        if (!is_servers_own(name)) out += name + ": " + value + "\r\n";
    }
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

}  // namespace rowan::http
