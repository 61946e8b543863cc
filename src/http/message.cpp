#include "http/message.h"

#include "base/text.h"
#include "http/encoding.h"
#include "http/multipart.h"

#include <algorithm>

namespace rowan::http {
namespace {

constexpr std::size_t kMaxFormFields = 2'000;

base::Error not_a_form() {
    return base::invalid("We could not read the form that was sent. Go back and send it again.");
}

// "application/x-www-form-urlencoded; charset=utf-8" -> "application/x-www-form-urlencoded"
std::string media_type(std::string_view content_type) {
    auto type = lower(content_type.substr(0, content_type.find(';')));
    while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
    return type;
}

base::Result<std::vector<Part>> parts_of(const Request& request) {
    const auto boundary = multipart_boundary(request.headers.get("content-type"));
    if (!boundary) return not_a_form();
    return parse_multipart(request.body, *boundary);
}

}  // namespace

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::del:
            return "DELETE";
    }
    return "";
}

void Fields::add(std::string name, std::string value) { items_.emplace_back(std::move(name), std::move(value)); }

bool Fields::has(std::string_view name) const {
    return std::any_of(items_.begin(), items_.end(), [&](const auto& item) { return item.first == name; });
}

const std::string& Fields::get(std::string_view name) const {
    static const std::string none;
    const auto found =
        std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return item.first == name; });
    return found == items_.end() ? none : found->second;
}

std::vector<std::string> Fields::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : items_) {
        if (key == name) values.push_back(value);
    }
    return values;
}

base::Result<Fields> Request::form() const {
    if (media_type(headers.get("content-type")) == "application/x-www-form-urlencoded") {
        auto fields = parse_pairs(body, kMaxFormFields);
        if (!fields) return not_a_form();
        return std::move(*fields);
    }
    const auto parts = parts_of(*this);
    if (!parts) return parts.error();
    Fields fields;
    for (const auto& part : *parts) {
        if (part.file_name) continue;
        const bool text = base::is_utf8(part.content) && part.content.find('\0') == std::string_view::npos;
        if (!text) return not_a_form();
        fields.add(part.name, std::string(part.content));
    }
    return fields;
}

base::Result<std::vector<UploadedFile>> Request::files() const {
    const auto parts = parts_of(*this);
    if (!parts) return parts.error();
    std::vector<UploadedFile> files;
    for (const auto& part : *parts) {
        const bool chosen = part.file_name && !(part.file_name->empty() && part.content.empty());
        if (chosen) files.push_back({part.name, *part.file_name, part.content_type, std::string(part.content)});
    }
    return files;
}

Response& Response::header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

Response redirect(std::string location) {
    Response response;
    response.status = 303;
    response.content_type.clear();
    response.header("Location", std::move(location));
    return response;
}

Response plain(int status, std::string text) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Response events(std::shared_ptr<Feed> feed) {
    Response out;
    out.content_type = "text/event-stream";
    out.feed = std::move(feed);
    return out;
}

std::string url_encode(std::string_view text) {
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

std::string query_string(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string out;
    for (const auto& [name, value] : pairs) {
        if (!out.empty()) out += '&';
        out += url_encode(name) + '=' + url_encode(value);
    }
    return out;
}

}  // namespace rowan::http
