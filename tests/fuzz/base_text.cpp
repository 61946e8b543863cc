// Any bytes as text: every result is well-formed and settled, encodings come back, dates read what they write.
// Needs src/base/{text,time}.cpp, ICU and date-tz.
#include "base/text.h"
#include "base/time.h"

#include <cstdint>
#include <cstdlib>

using namespace rowan::base;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string tidied = tidy(text), line = tidy_line(text), folded = fold(text);
    require(is_utf8(tidied) && is_utf8(line) && is_utf8(folded));
    require(tidy(tidied) == tidied && tidy_line(line) == line);
    require(line.find('\n') == std::string::npos);
    require(join(words(folded), " ") == folded);
    require(length(rowan::base::truncate(tidied, 5)) <= 5);
    require(join(split(text, ','), ",") == text);

    require(from_hex(to_hex(text)) == text && from_base64url(to_base64url(text)) == text);
    if (auto bytes = from_base64url(text)) require(to_base64url(*bytes) == text);
    if (auto bytes = from_hex(text)) require(to_hex(*bytes).size() == text.size());

    if (auto date = parse_iso_date(text)) require(to_iso(*date) == text);
    if (auto instant = parse_instant(text)) require(parse_instant(to_iso(*instant)) == instant);
    return 0;
}
