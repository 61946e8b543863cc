// Any bytes as requests on one connection: the head parser takes or refuses them, never depends on how they were
// cut, and never gives a handler a path or a length that it promises not to.
// Needs src/http/{head,encoding,message,multipart}.cpp, src/base/text.cpp and ICU.
#include "http/head.h"

#include "base/text.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rowan::http;

constexpr std::size_t kMaxHead = 4 * 1024;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const Head& head) {
    require(head.path.starts_with('/') && rowan::base::is_utf8(head.path));
    require(head.path.find('\\') == std::string::npos && head.path.find('\0') == std::string::npos);
    require((head.path + "/").find("/../") == std::string::npos);
    require(head.headers.all("host").size() <= 1 && head.headers.all("content-length").size() <= 1);
    require(!head.headers.has("transfer-encoding"));
    for (const auto& [name, value] : head.headers.items()) {
        require(!name.empty() && name.find_first_of(" \t\r\n:") == std::string::npos);
        require(value.find_first_of("\r\n") == std::string::npos && value.find('\0') == std::string::npos);
    }
    const bool no_body = head.method == Method::get || head.method == Method::head;
    require(!no_body || head.content_length == 0);
}

// Byte by byte, as the slowest network would bring it.
Progress feed_slowly(HeadParser& parser, std::string_view bytes) {
    auto progress = Progress::more;
    for (std::size_t end = 1; progress == Progress::more && end <= bytes.size(); ++end) {
        progress = parser.feed(bytes.substr(0, end));
    }
    return progress;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    for (;;) {
        HeadParser parser(kMaxHead), slow(kMaxHead);
        const auto progress = parser.feed(rest);
        require(feed_slowly(slow, rest) == progress && slow.status() == parser.status());
        if (progress != Progress::complete) return 0;
        require(slow.size() == parser.size() && parser.size() <= kMaxHead);
        rest.remove_prefix(parser.size());
        const auto head = parser.take();
        check(head);
        if (head.content_length > rest.size() || !head.keep_alive) return 0;
        rest.remove_prefix(head.content_length);
    }
}
