#include "app/witness.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace rowan::app {

base::Result<KeptHeads> read_witness(const std::string& path) {
    std::ifstream in(path);
    if (!in) return base::not_found("The witness file " + path + " cannot be read.");
    KeptHeads out;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::int64_t size = -1;
        std::string root;
        if (!(words >> size >> root) || size < 0 || root.size() != 64)
            return base::invalid(path + " line " + std::to_string(number) +
                                 ": each line must be a number of entries and a root of 64 characters.");
        out.emplace_back(size, root);
    }
    return out;
}

std::int64_t newest_kept(const KeptHeads& heads) {
    std::int64_t out = 0;
    for (const auto& [size, root] : heads) out = std::max(out, size);
    return out;
}

}  // namespace rowan::app
