// The head of a request, read strictly. Anything that two programs could read in two ways is refused, because a
// proxy in front of us may be the other program (SECURITY.md 6.5, threat A13). No sockets here: pure and fuzzed.
//
// What is stricter than RFC 9112: lines end in CRLF and nothing else; no empty line before the request; no
// folded lines; one Content-Length without sign, blanks or leading zeros; no body on GET and HEAD; no transfer
// coding at all. A well-formed chunked request is answered 411, which RFC 9112 6.3 allows: a server that never
// reads chunks cannot disagree about where they end.
#pragma once
#include "http/message.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace rowan::http {

constexpr std::size_t kMaxRequestLine = 8 * 1024;
constexpr std::size_t kMaxHeaderFields = 100;

struct Head {
    Method method = Method::get;
    std::string path;
    Fields query, headers, cookies;
    std::uint64_t content_length = 0;
    bool keep_alive = false;
    bool expects_continue = false;
};

enum class Progress { more, complete, refused };

// Thread-safety: one parser, one thread.
class HeadParser {
public:
    explicit HeadParser(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    // `buffer` is everything received since the start of this head; it may grow (and move) between calls. The
    // outcome does not depend on how the bytes were cut. Not to be called again after complete or refused.
    Progress feed(std::string_view buffer);

    // After refused: the status to answer before closing.
    int status() const { return status_; }
    // After complete: the length of the head, and the head (once).
    std::size_t size() const { return at_; }
    Head take() { return std::move(head_); }

private:
    Progress refuse(int status);
    Progress take_line(std::string_view line);
    int read_request_line(std::string_view line);  // these return 0 or the status of a refusal
    int read_target(std::string_view target);
    int read_field(std::string_view line);
    int check_host() const;
    int check_framing();
    int finish();

    std::size_t max_bytes_, at_ = 0, line_start_ = 0;
    bool first_line_ = true, http_1_1_ = false;
    std::string authority_;  // of an absolute-form target, lower case
    int status_ = 0;
    Head head_;
};

}  // namespace rowan::http
