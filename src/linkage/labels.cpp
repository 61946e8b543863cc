#include "linkage/labels.h"

#include <algorithm>

namespace rowan::linkage {

AgainstLabels against_labels(const std::vector<Label>& labels, const Dataset& data, const Blocks& blocks,
                             const Scorer& scorer) {
    AgainstLabels out;
    struct Said {
        double chance;
        bool same;
    };
    std::vector<Said> said;
    for (const Label& l : labels) {
        ++(l.same ? out.same : out.different);
        const std::uint32_t a = std::min(l.left, l.right), b = std::max(l.left, l.right);
        if (!blocks.share(a, b)) {
            out.not_compared += l.same;
            continue;
        }
        said.push_back({scorer.score(data.population.view(a), data.population.view(b)).probability, l.same});
    }
    std::sort(said.begin(), said.end(), [](const Said& x, const Said& y) {
        return x.chance != y.chance ? x.chance > y.chance : x.same > y.same;
    });
    for (const double threshold : kThresholds) {
        LabelCut cut{threshold};
        for (const Said& s : said)
            if (s.chance >= threshold) ++(s.same ? cut.right : cut.wrong);
        out.cuts.push_back(cut);
    }
    // Every threshold between two pairs gives one result; the best may hold for a whole stretch.
    double best = -1;
    LabelCut at;
    for (std::size_t i = 0; i < said.size(); ++i) {
        ++(said[i].same ? at.right : at.wrong);
        const double next = i + 1 < said.size() ? said[i + 1].chance : 0;
        if (next == said[i].chance) continue;
        const double p = out.precision(at), r = out.recall(at), f1 = p + r == 0 ? 0 : 2 * p * r / (p + r);
        if (f1 > best) best = f1, out.best_threshold = (said[i].chance + next) / 2;
    }
    return out;
}

}  // namespace rowan::linkage
