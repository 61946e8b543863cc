// Any bytes as a form: the first line is the content type, the rest the body.
// Needs src/http/{encoding,message,multipart}.cpp, src/base/text.cpp and ICU.
#include "http/encoding.h"
#include "http/message.h"

#include "base/text.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rowan::http;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const Fields& form) {
    for (const auto& [name, value] : form.items()) {
        require(rowan::base::is_utf8(name) && rowan::base::is_utf8(value));
        require(name.find('\0') == std::string::npos && value.find('\0') == std::string::npos);
    }
}

void check_round_trip(const Fields& form) {
    bool all_named = true;
    for (const auto& item : form.items()) all_named = all_named && !item.first.empty();
    const auto back = parse_pairs(query_string(form.items()), form.items().size());
    require(!all_named || (back && back->items() == form.items()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto line_end = bytes.find('\n');
    Request request;
    request.headers.add("content-type", std::string(bytes.substr(0, line_end)));
    if (line_end != std::string_view::npos) request.body = bytes.substr(line_end + 1);
    if (const auto form = request.form()) {
        check(*form);
        check_round_trip(*form);
    }
    if (const auto files = request.files()) {
        for (const auto& file : *files) {
            require(file.file_name.find_first_of("/\\") == std::string::npos);
            require(file.content.size() <= request.body.size());
        }
    }
    Fields cookies;
    parse_cookies(bytes, cookies);
    return 0;
}
