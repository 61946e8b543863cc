#include "http/multipart.h"

#include "base/text.h"
#include "http/encoding.h"

#include <algorithm>
#include <utility>

namespace rowan::http {
namespace {

constexpr std::string_view kBroken = "We could not read the form that was sent. Go back and send it again.";

base::Error broken() { return base::invalid(std::string(kBroken)); }

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool take(std::string_view& rest, std::string_view prefix) {
    if (!rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
}

// A token or a quoted string. Browsers write %22, %0D and %0A for what cannot stand between quotes; a backslash
// stands for itself there (the HTML standard), so that it is no escape here either.
std::optional<std::string> take_value(std::string_view& rest) {
    std::string_view raw;
    if (take(rest, "\"")) {
        const auto end = rest.find('"');
        if (end == std::string_view::npos) return std::nullopt;
        raw = rest.substr(0, end);
        rest.remove_prefix(end + 1);
    } else {
        raw = rest.substr(0, rest.find_first_of("; \t"));
        if (!is_token(raw)) return std::nullopt;
        rest.remove_prefix(raw.size());
    }
    return std::string(raw);
}

// "value; a=b; c="d"": the parameters after the value, names lower case. Nothing when malformed or repeated.
std::optional<Fields> parameters(std::string_view rest) {
    Fields found;
    rest = trim(rest);
    while (!rest.empty()) {
        if (!take(rest, ";")) return std::nullopt;
        rest = trim(rest);
        const auto equals = rest.find('=');
        if (equals == std::string_view::npos || !is_token(rest.substr(0, equals))) return std::nullopt;
        auto name = lower(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        auto value = take_value(rest);
        if (!value || found.has(name)) return std::nullopt;
        found.add(std::move(name), std::move(*value));
        rest = trim(rest);
    }
    return found;
}

std::optional<std::string> unescape_name(std::string text) {
    constexpr std::pair<std::string_view, char> kEscapes[] = {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
    for (const auto& [code, character] : kEscapes) {
        for (auto at = text.find(code); at != std::string::npos; at = text.find(code, at + 1)) {
            text.replace(at, code.size(), 1, character);
        }
    }
    if (!base::is_utf8(text) || text.find('\0') != std::string::npos) return std::nullopt;
    return text;
}

// A file's name is a label, never a path (SECURITY.md 6.8).
std::optional<std::string> file_label(std::string text) {
    auto name = unescape_name(std::move(text));
    if (!name) return std::nullopt;
    const auto cut = name->find_last_of("/\\");
    if (cut != std::string::npos) name->erase(0, cut + 1);
    const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    name->erase(std::remove_if(name->begin(), name->end(), control), name->end());
    return name;
}

bool read_disposition(std::string_view value, Part& part) {
    const auto end = std::min(value.find(';'), value.size());
    if (lower(trim(value.substr(0, end))) != "form-data") return false;
    const auto found = parameters(value.substr(end));
    if (!found || !found->has("name") || found->has("filename*")) return false;
    auto name = unescape_name(found->get("name"));
    if (!name) return false;
    part.name = std::move(*name);
    if (!found->has("filename")) return true;
    part.file_name = file_label(found->get("filename"));
    return part.file_name.has_value();
}

bool read_part_head(std::string_view head, Part& part) {
    bool has_disposition = false, has_type = false;
    while (!head.empty()) {
        const auto end = head.find("\r\n");
        const auto line = head.substr(0, end);
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const auto name = lower(line.substr(0, colon));
        const auto value = trim(line.substr(colon + 1));
        if (name == "content-disposition") {
            if (std::exchange(has_disposition, true) || !read_disposition(value, part)) return false;
        } else if (name == "content-type") {
            if (std::exchange(has_type, true) || !base::is_utf8(value)) return false;
            part.content_type = value;
        } else {
            return false;
        }
    }
    return has_disposition;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
    const auto end = std::min(content_type.find(';'), content_type.size());
    if (lower(trim(content_type.substr(0, end))) != "multipart/form-data") return std::nullopt;
    const auto found = parameters(content_type.substr(end));
    if (!found) return std::nullopt;
    const auto& boundary = found->get("boundary");
    const auto bad = [](unsigned char c) { return c <= 0x20 || c >= 0x7f; };
    if (boundary.empty() || boundary.size() > 70 || std::any_of(boundary.begin(), boundary.end(), bad)) {
        return std::nullopt;
    }
    return boundary;
}

base::Result<std::vector<Part>> parse_multipart(std::string_view body, std::string_view boundary) {
    const std::string delimiter = "\r\n--" + std::string(boundary);
    if (!take(body, std::string_view(delimiter).substr(2))) return broken();
    std::vector<Part> parts;
    while (take(body, "\r\n")) {
        if (parts.size() == kMaxParts)
            return base::too_large("The form has too many parts. Send it in smaller pieces.");
        const auto head_end = body.substr(0, kMaxPartHead).find("\r\n\r\n");
        if (head_end == std::string_view::npos) return broken();
        Part part;
        if (!read_part_head(body.substr(0, head_end), part)) return broken();
        const auto content_end = body.find(delimiter, head_end + 4);
        if (content_end == std::string_view::npos) return broken();
        part.content = body.substr(head_end + 4, content_end - head_end - 4);
        if (!part.file_name && part.content.size() > kMaxPartValue) {
            return base::too_large("One of the answers is too long. Shorten it to under one million characters.");
        }
        parts.push_back(std::move(part));
        body.remove_prefix(content_end + delimiter.size());
    }
    if (!take(body, "--") || (!body.empty() && body != "\r\n")) return broken();
    return parts;
}

}  // namespace rowan::http
