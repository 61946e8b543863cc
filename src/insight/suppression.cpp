#include "insight/suppression.h"

#include <algorithm>
#include <numeric>

namespace rowan::insight {

std::vector<Shown> suppress(const std::vector<int>& cells, int threshold, const std::vector<bool>& also) {
    std::vector<Shown> out(cells.begin(), cells.end());
    if (threshold <= 1) return out;
    int hidden = 0, hidden_sum = 0;
    bool all_ones = true;
    auto hide = [&](std::size_t i) {
        out[i].reset();
        ++hidden;
        hidden_sum += cells[i];
        all_ones = all_ones && cells[i] == 1;
    };
    for (std::size_t i = 0; i < cells.size(); ++i)
        if ((cells[i] > 0 && cells[i] < threshold) || (i < also.size() && also[i])) hide(i);
    // What is hidden must not follow from the total: at least two cells, together at least the threshold, and not
    // as many children as cells, because zeros are seen to be zeros.
    while (hidden > 0 && (hidden < 2 || hidden_sum < threshold || all_ones)) {
        std::size_t next = cells.size();
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (out[i] && cells[i] > 0 && (next == cells.size() || cells[i] < cells[next])) next = i;
        // Nothing else to hide behind: a zero has to do, so that the reader cannot tell which of them it is.
        if (next == cells.size())
            for (std::size_t i = 0; i < cells.size(); ++i)
                if (out[i] && next == cells.size()) next = i;
        if (next == cells.size()) break;
        hide(next);
    }
    return out;
}

std::string shown(const Shown& count) { return count ? std::to_string(*count) : "small"; }

}  // namespace rowan::insight
