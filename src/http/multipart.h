// multipart/form-data (RFC 7578) as browsers send it, and nothing looser: no preamble, no epilogue, no nested
// parts, no transfer encodings. Pure and fuzzed.
#pragma once
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::http {

constexpr std::size_t kMaxParts = 500;
constexpr std::size_t kMaxPartHead = 4 * 1024;
constexpr std::size_t kMaxPartValue = 1024 * 1024;  // of a field; files are bounded by the body

// `content` points into the body that was parsed.
struct Part {
    std::string name;
    std::optional<std::string> file_name;  // the last component only; empty when no file was chosen
    std::string content_type;
    std::string_view content;
};

// The boundary of a Content-Type value; nothing unless it is multipart/form-data with a valid boundary.
std::optional<std::string> multipart_boundary(std::string_view content_type);
base::Result<std::vector<Part>> parse_multipart(std::string_view body, std::string_view boundary);

}  // namespace rowan::http
