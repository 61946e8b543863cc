// What a handler sees of HTTP: a parsed, bounded request and a whole response.
//
// The server has already refused anything ambiguous (smuggling, bad framing, over-long parts) before a Request
// exists. Strings are UTF-8-checked where a person typed them. Ownership: plain values.
#pragma once
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowan::http {

enum class Method { get, head, post, put, patch, del };
std::string_view to_string(Method);

// Name/value pairs in order of arrival; a name may come more than once.
class Fields {
public:
    void add(std::string name, std::string value);
    bool has(std::string_view name) const;
    // The first value, or empty.
    const std::string& get(std::string_view name) const;
    std::vector<std::string> all(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

private:
    std::vector<std::pair<std::string, std::string>> items_;
};

struct UploadedFile {
    std::string field, file_name, content_type, content;
};

struct Request {
    Method method = Method::get;
    std::string path;      // decoded, starts with '/', no query
    Fields query;          // decoded
    Fields headers;        // names lower case
    Fields cookies;
    std::string body;
    std::string peer;      // the client's address, from the socket (or from a configured proxy)
    bool tls = false;
    std::string id;        // random, for the log

    // The body as a form: application/x-www-form-urlencoded, or multipart/form-data (files apart).
    // invalid(...) when it is neither, malformed, or not UTF-8.
    base::Result<Fields> form() const;
    base::Result<std::vector<UploadedFile>> files() const;
};

struct Response {
    int status = 200;
    std::string content_type = "text/html; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    Response& header(std::string name, std::string value);
};
Response redirect(std::string location);              // 303 See Other
Response plain(int status, std::string text);

// Percent-encodes one path segment or query value.
std::string url_encode(std::string_view);
std::string query_string(const std::vector<std::pair<std::string, std::string>>&);

// What one route accepts; asked after the request head and before the body is read.
struct Limits {
    std::size_t body_bytes = 0;                        // 0: no body
    std::chrono::milliseconds deadline{10'000};        // for the handler, queue included
};

// What the server serves. Both functions are called from worker threads (handle) and I/O threads (limits_for),
// at the same time for different requests.
class Service {
public:
    virtual ~Service() = default;
    virtual Limits limits_for(Method, std::string_view path) const = 0;
    virtual Response handle(const Request&) = 0;
    // The page for an answer that the server gives itself: 400, 408, 413, 431, 503...
    virtual Response error_page(int status) const = 0;
};

}  // namespace rowan::http
