// The style sheet, scripts and drawings, embedded in the program: one file to deploy, nothing fetched elsewhere.
//
// The files are built by assets/build.mjs and carry a hash of their content in the name, so they may be cached
// for ever. Ownership: the bytes live as long as the program. Thread-safety: constant data.
#pragma once
#include <span>
#include <string_view>

namespace rowan::html {

struct Asset {
    std::string_view path;          // "/assets/rowan-1a2b3c4d.css"
    std::string_view name;          // "rowan.css"
    std::string_view content_type;  // "text/css; charset=utf-8"
    std::string_view bytes;
    std::string_view brotli;  // the same, compressed; empty when that would not be smaller
    std::string_view gzip;
};

// By request path; nullptr when there is no such file.
const Asset* find_asset(std::string_view path);
// By name: asset_url("rowan.css"). An unknown name is a bug and throws std::logic_error.
std::string_view asset_url(std::string_view name);
// All of them, for tests.
std::span<const Asset> all_assets();

}  // namespace rowan::html
