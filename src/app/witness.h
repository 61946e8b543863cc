// Heads of the audit log that somebody kept elsewhere: "size root-hex" a line, as rowan audit head prints them.
#pragma once
#include "base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rowan::app {

using KeptHeads = std::vector<std::pair<std::int64_t, std::string>>;  // size, root in hex

// Empty lines and lines that begin with # say nothing.
base::Result<KeptHeads> read_witness(const std::string& path);

// The largest size; 0 when none was kept.
std::int64_t newest_kept(const KeptHeads&);

}  // namespace rowan::app
