// What a handler sees of HTTP: a parsed, bounded request and a whole response.
//
// The server has already refused anything ambiguous (smuggling, bad framing, over-long parts) before a Request
// exists. Strings are UTF-8-checked where a person typed them. Ownership: plain values.
#pragma once
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowan::http {

class Feed;

enum class Method { get, head, post, put, patch, del };
std::string_view to_string(Method);

// Name/value pairs in order of arrival; a name may come more than once. Names are compared byte by byte.
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
    // Decoded, starts with '/', no query. Never holds a control character, a backslash, a "." or ".." segment or
    // an encoded slash: those are refused with 400.
    std::string path;
    Fields query;    // decoded
    Fields headers;  // names lower case
    Fields cookies;
    std::string body;
    std::string peer;  // the client's address, from the socket (or from a configured proxy)
    bool tls = false;
    std::string id;  // random, for the log

    // The body as a form: application/x-www-form-urlencoded, or multipart/form-data (files apart).
    // invalid(...) when it is neither, malformed, not UTF-8, or holds a NUL; too_large(...) over the limits of
    // multipart.h. At most 2,000 fields.
    base::Result<Fields> form() const;
    // The files of a multipart form; a file field where nothing was chosen is passed over. The name is a label
    // without any path, the type is what the browser claims, and the content is unchecked.
    base::Result<std::vector<UploadedFile>> files() const;
};

struct Response {
    int status = 200;
    std::string content_type = "text/html; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    // Server-sent events instead of a body (see events()): the connection stays open and sends what is published.
    std::shared_ptr<Feed> feed;

    Response& header(std::string name, std::string value);
};
Response redirect(std::string location);  // 303 See Other
Response plain(int status, std::string text);
Response events(std::shared_ptr<Feed>);

// Percent-encodes one path segment or query value. A segment with a slash in it cannot come back: see
// Request::path.
std::string url_encode(std::string_view);
// "a=1&b=2", encoded, without the question mark.
std::string query_string(const std::vector<std::pair<std::string, std::string>>&);

// What one route accepts; asked after the request head and before the body is read.
struct Limits {
    std::size_t body_bytes = 0;                  // 0: no body
    std::chrono::milliseconds deadline{10'000};  // for the handler, queue included
};

// Takes the answer to a request, once, on any thread. Where it is dropped without one, the answer is
// error_page(500).
using Answer = std::function<void(Response)>;

// What the server serves. handle is called from worker threads, limits_for and error_page from I/O threads (and
// error_page(500) from others), at the same time for different requests. limits_for and error_page must not wait
// for anything. An exception out of handle is answered error_page(500) and logged by request id only. A handler
// that is not done by its deadline is answered 504 for, and its own answer is dropped; what it does may still be
// done. One that has not begun by then is answered 503 for, and never begins.
class Service {
public:
    virtual ~Service() = default;
    virtual Limits limits_for(Method, std::string_view path) const = 0;
    virtual Response handle(const Request&) = 0;
    // What the server calls. The answer may come after it has returned, so that it waits for the disk without a
    // thread; the request is there until then. Of those that wait so there are at most as many as may wait for a
    // worker.
    virtual void serve(const Request& request, Answer answer) { answer(handle(request)); }
    // The page for an answer that the server gives itself: 400, 408, 413, 431, 503, 504...
    virtual Response error_page(int status) const = 0;
};

}  // namespace rowan::http
