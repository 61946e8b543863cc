// What a run of `rowan link` has to say: as text for a terminal, as JSON, and as one HTML file that needs nothing
// else. None of them shows a name, a date or an address: records are named by their ids alone. Thread-safety: pure
// functions.
#pragma once
#include "linkage/cluster.h"
#include "linkage/labels.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::linkage {

struct Run {
    const Dataset* data = nullptr;  // borrowed, all of them
    const Blocks* blocks = nullptr;
    const Scorer* scorer = nullptr;
    const Training* training = nullptr;  // null when the model was used as given
    const PairList* pairs = nullptr;
    const Clusters* clusters = nullptr;
    std::optional<Quality> quality;       // where the truth is known
    std::optional<AgainstLabels> labels;  // where people have looked at pairs
    double threshold = 0.95;
    std::uint64_t compared = 0;
    double seconds = 0, cpu_seconds = 0;
};

std::string text_report(const Run&);
std::string json_report(const Run&);
std::string html_report(const Run&);
std::string json_waterfall(const Waterfall&);

}  // namespace rowan::linkage
