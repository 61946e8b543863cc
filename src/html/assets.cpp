#include "html/assets.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace rowan::html {

// all_assets() itself is written by assets/build.mjs, in order of path.

const Asset* find_asset(std::string_view path) {
    auto list = all_assets();
    auto found = std::lower_bound(list.begin(), list.end(), path,
                                  [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
    return found != list.end() && found->path == path ? &*found : nullptr;
}

std::string_view asset_url(std::string_view name) {
    for (const Asset& asset : all_assets())
        if (asset.name == name) return asset.path;
    throw std::logic_error("no asset is called " + std::string(name));
}

}  // namespace rowan::html
