#include "linkage/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

namespace rowan::linkage {
namespace {

template <class... A>
std::string format(const char* how, A... a) {
    char out[512];
    const int n = std::snprintf(out, sizeof out, how, a...);
    return {out, static_cast<std::size_t>(std::clamp(n, 0, static_cast<int>(sizeof out) - 1))};
}

std::string thousands(std::uint64_t n) {
    std::string s = std::to_string(n);
    for (int at = static_cast<int>(s.size()) - 3; at > 0; at -= 3) s.insert(static_cast<std::size_t>(at), 1, ',');
    return s;
}

std::string in_json(std::string_view s) {
    std::string out = "\"";
    for (char c : s) {
        if (c == '"' || c == '\\')
            out += '\\', out += c;
        else if (static_cast<unsigned char>(c) < 32)
            out += format("\\u%04x", c);
        else
            out += c;
    }
    return out + '"';
}

std::string in_html(std::string_view s) {
    std::string out;
    for (char c : s) switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    return out;
}

std::map<std::uint32_t, std::uint32_t> cluster_sizes(const Clusters& c) {
    std::vector<std::uint32_t> size(c.of.size(), 0);
    for (std::uint32_t root : c.of) ++size[root];
    std::map<std::uint32_t, std::uint32_t> sizes;
    for (std::uint32_t n : size)
        if (n > 0) ++sizes[n];
    return sizes;
}

std::uint64_t listed(const Run& run) {
    std::uint64_t n = 0;
    run.pairs->each([&](const Pair& p) { n += probability(p.weight) >= run.threshold; });
    return n;
}

// A record so bare that it would not even be recognised beside its own double.
std::uint64_t unlinkable(const Run& run) {
    std::uint64_t n = 0;
    for (std::uint32_t i = 0; i < run.data->size(); ++i) {
        const View v = run.data->population.view(i);
        n += run.scorer->score(v, v).probability < run.threshold;
    }
    return n;
}

// Over pairs: what the model expects of each threshold, and with a truth what is so.
struct Cut {
    double threshold;
    std::uint64_t pairs;
    double precision;
    std::optional<double> seen_precision, seen_recall;
};
// All in one pass: pairs may stand on disk.
std::vector<Cut> cuts(const Run& run) {
    std::vector<Cut> out;
    for (const double t : kThresholds) out.push_back({t, 0, 0, {}, {}});
    std::vector<std::uint64_t> right(out.size());
    run.pairs->each([&](const Pair& p) {
        const double chance = probability(p.weight);
        const bool one =
            run.quality && run.data->truth[p.left] != 0 && run.data->truth[p.left] == run.data->truth[p.right];
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (chance < out[i].threshold) continue;
            ++out[i].pairs;
            out[i].precision += chance;
            right[i] += one;
        }
    });
    for (std::size_t i = 0; i < out.size(); ++i) {
        Cut& c = out[i];
        c.precision = c.pairs == 0 ? 1 : c.precision / static_cast<double>(c.pairs);
        if (!run.quality) continue;
        c.seen_precision = c.pairs == 0 ? 1 : static_cast<double>(right[i]) / static_cast<double>(c.pairs);
        c.seen_recall =
            run.quality->there == 0 ? 1 : static_cast<double>(right[i]) / static_cast<double>(run.quality->there);
    }
    return out;
}

// The pair nearest above each of these probabilities, for looking at.
std::vector<Pair> examples(const Run& run) {
    constexpr std::array kWanted{0.02, 0.2, 0.5, 0.8, 0.95, 0.999};
    std::array<std::optional<Pair>, kWanted.size()> best;
    run.pairs->each([&](const Pair& p) {
        for (std::size_t i = 0; i < best.size() && probability(p.weight) >= kWanted[i]; ++i)
            if (!best[i] || p.weight < best[i]->weight) best[i] = p;
    });
    std::vector<Pair> out;
    for (const auto& each : best)
        if (each && (out.empty() || out.back().weight < each->weight)) out.push_back(*each);
    return out;
}

std::string svg_weights(const Run& run) {
    constexpr int kLow = -10, kHigh = 40, kBars = kHigh - kLow;
    std::array<std::uint64_t, kBars> bars{};
    run.pairs->each([&](const Pair& p) {
        ++bars[static_cast<std::size_t>(std::clamp(static_cast<int>(std::floor(p.weight)) - kLow, 0, kBars - 1))];
    });
    const double top = std::log10(1.0 + static_cast<double>(*std::max_element(bars.begin(), bars.end())));
    std::string svg = "<svg viewBox=\"0 0 760 220\" role=\"img\" aria-label=\"How many pairs have which weight\">";
    for (int i = 0; i < kBars; ++i) {
        const double h =
            top == 0 ? 0 : 180 * std::log10(1.0 + static_cast<double>(bars[static_cast<std::size_t>(i)])) / top;
        const bool over = probability(i + kLow + 0.5) >= run.threshold;
        svg += format(
            "<rect x=\"%d\" y=\"%.1f\" width=\"13\" height=\"%.1f\" class=\"%s\"><title>%d to %d: "
            "%llu</title></rect>",
            5 + i * 15, 190 - h, h, over ? "m" : "u", i + kLow, i + kLow + 1,
            static_cast<unsigned long long>(bars[static_cast<std::size_t>(i)]));
        if (i % 5 == 0) svg += format("<text x=\"%d\" y=\"208\">%d</text>", 5 + i * 15, i + kLow);
    }
    return svg + "</svg>";
}

std::string html_model(const Model& model) {
    std::string out;
    for (const FieldModel& f : model.fields) {
        out += "<h3>" + in_html(field_words(f.field)) +
               "</h3><table><thead><tr><th>level<th>same person<th>different "
               "people<th>weight<th></tr></thead><tbody>";
        for (const Level& l : f.levels) {
            const double w = l.weight(), width = std::min(110.0, std::abs(w) * 6);
            out += "<tr><td>" + in_html(l.says) +
                   format("<td class=\"n\">%.3g %%<td class=\"n\">%.3g %%<td class=\"n\">%+.2f", 100 * l.m,
                          100 * l.u, w);
            out += format(
                "<td><svg viewBox=\"0 0 230 12\" width=\"230\" height=\"12\"><line x1=\"115\" x2=\"115\" y1=\"0\" "
                "y2=\"12\"/>"
                "<rect class=\"%s\" x=\"%.1f\" y=\"2\" width=\"%.1f\" height=\"8\"/></svg></tr>",
                w >= 0 ? "m" : "u", w >= 0 ? 115 : 115 - width, width);
        }
        out += "</tbody></table>";
    }
    return out;
}

std::string html_waterfall(const Run& run, const Pair& p) {
    const Waterfall w = run.scorer->explain(run.data->population.view(p.left), run.data->population.view(p.right));
    double low = 0, high = 0, at = w.prior;
    low = std::min(low, at);
    for (const Step& s : w.steps) at += s.weight, low = std::min(low, at), high = std::max(high, at);
    const double scale = 420 / std::max(1.0, high - low);
    std::string out = "<h3>" + in_html(run.data->label(p.left)) + " and " + in_html(run.data->label(p.right)) +
                      format(": %.4g %%</h3><table><tbody>", 100 * w.score.probability);
    at = 0;
    const auto row = [&](std::string_view says, double step) {
        const double from = std::min(at, at + step);
        out += "<tr><td>" + in_html(says) +
               format(
                   "<td class=\"n\">%+.2f<td><svg viewBox=\"0 0 430 12\" width=\"430\" height=\"12\">"
                   "<rect class=\"%s\" x=\"%.1f\" y=\"1\" width=\"%.1f\" height=\"10\"/></svg></tr>",
                   step, step >= 0 ? "m" : "u", (from - low) * scale, std::max(1.0, std::abs(step) * scale));
        at += step;
    };
    row("before comparing", w.prior);
    for (const Step& s : w.steps) row(s.says, s.weight);
    out += format("</tbody><tfoot><tr><td>together<td class=\"n\">%+.2f<td></tr></tfoot></table>", w.score.weight);
    for (const std::string& sentence : w.contradictions) out += "<p>" + in_html(sentence) + "</p>";
    return out;
}

// Records on a circle, pairs as lines, thick where the evidence is strong.
std::string svg_cluster(const Run& run, std::uint32_t root) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t i = root; i < run.clusters->of.size() && members.size() < 24; ++i)
        if (run.clusters->of[i] == root) members.push_back(i);
    const auto place = [&](std::size_t k) {
        const double angle = 6.2831853 * static_cast<double>(k) / static_cast<double>(members.size());
        return std::pair(150 + 90 * std::cos(angle), 120 + 90 * std::sin(angle));
    };
    std::string svg =
        "<svg viewBox=\"0 0 300 240\" width=\"300\" height=\"240\" role=\"img\" aria-label=\"A cluster of " +
        std::to_string(members.size()) + " records\">";
    for (std::size_t i = 0; i < members.size(); ++i)
        for (std::size_t j = i + 1; j < members.size(); ++j) {
            const double p =
                run.scorer->score(run.data->population.view(members[i]), run.data->population.view(members[j]))
                    .probability;
            const auto [x, y] = place(i);
            const auto [z, t] = place(j);
            if (p >= 0.5)
                svg += format("<line x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\" stroke-width=\"%.1f\"/>", x,
                              y, z, t, 0.5 + 3 * (p - 0.5));
        }
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto [x, y] = place(i);
        svg +=
            format("<circle cx=\"%.0f\" cy=\"%.0f\" r=\"6\"/><text x=\"%.0f\" y=\"%.0f\">", x, y, x + 8, y + 4) +
            in_html(run.data->label(members[i])) + "</text>";
    }
    return svg + "</svg>";
}

std::string text_labels(const AgainstLabels& l) {
    std::string out = "\nAgainst the " + thousands(l.same + l.different) + " pairs people looked at, " +
                      thousands(l.same) + " of them one person\n  threshold  precision  recall\n";
    for (const LabelCut& c : l.cuts)
        out += format("  %9g  %9.4f  %6.4f\n", c.threshold, l.precision(c), l.recall(c));
    if (l.not_compared > 0)
        out += "  " + thousands(l.not_compared) +
               " of one person share nothing by which they would have been compared.\n";
    return out + format("  The best F1 among these pairs is at a threshold of %.3g.\n", l.best_threshold);
}

std::string json_labels(const AgainstLabels& l) {
    std::string out =
        format(",\"labels\":{\"same\":%llu,\"different\":%llu,\"not_compared\":%llu,\"best_threshold\":%.6f,",
               static_cast<unsigned long long>(l.same), static_cast<unsigned long long>(l.different),
               static_cast<unsigned long long>(l.not_compared), l.best_threshold) +
        "\"thresholds\":[";
    std::string comma;
    for (const LabelCut& c : l.cuts) {
        out +=
            comma + format("{\"threshold\":%g,\"right\":%llu,\"wrong\":%llu,\"precision\":%.6f,\"recall\":%.6f}",
                           c.threshold, static_cast<unsigned long long>(c.right),
                           static_cast<unsigned long long>(c.wrong), l.precision(c), l.recall(c));
        comma = ",";
    }
    return out + "]}";
}

// Recall to the right, precision upwards: the upper right corner is perfect.
std::string html_labels(const AgainstLabels& l) {
    std::string out =
        "<h2>Against the pairs people looked at</h2><p>Recall to the right, precision upwards, a point for each "
        "threshold; the upper right corner is perfect. Right only as far as those pairs are like all others.</p>"
        "<svg viewBox=\"0 0 420 260\" width=\"420\" height=\"260\" role=\"img\" aria-label=\"Precision and "
        "recall\">"
        "<line x1=\"40\" y1=\"220\" x2=\"340\" y2=\"220\"/><line x1=\"40\" y1=\"20\" x2=\"40\" y2=\"220\"/>";
    for (const LabelCut& c : l.cuts) {
        const double x = 40 + 300 * l.recall(c), y = 220 - 200 * l.precision(c);
        out += format(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%g: precision %.4f, recall %.4f</title></circle>", x,
            y, c.threshold, l.precision(c), l.recall(c));
    }
    return out + "</svg>";
}

constexpr std::string_view kStyle =
    "body{font:16px/1.5 Arial,sans-serif;max-width:960px;margin:2em auto;padding:0 "
    "1em;color:#0b0c0c}table{border-collapse:collapse;margin:0 0 1.5em}"
    "th,td{border-bottom:1px solid #b1b4b6;padding:.25em "
    ".6em;text-align:left}.n{text-align:right;font-variant-numeric:tabular-nums}"
    "svg{max-width:100%}svg "
    "text{font-size:11px;fill:#0b0c0c}.m{fill:#1d70b8}.u{fill:#b58840}line{stroke:#505a5f}circle{fill:#1d70b8}";

}  // namespace

std::string json_waterfall(const Waterfall& w) {
    std::string out = format("{\"prior\":%.6f,\"steps\":[", w.prior);
    for (std::size_t i = 0; i < w.steps.size(); ++i) {
        const Step& s = w.steps[i];
        out += std::string(i == 0 ? "" : ",") + "{\"field\":" + in_json(s.field) + ",\"says\":" + in_json(s.says) +
               format(",\"weight\":%.6f,\"times\":%.6g}", s.weight, s.times);
    }
    out += format("],\"weight\":%.6f,\"probability\":%.9f,\"certain\":%s,\"contradictions\":[", w.score.weight,
                  w.score.probability, w.certain ? "true" : "false");
    for (std::size_t i = 0; i < w.contradictions.size(); ++i)
        out += std::string(i == 0 ? "" : ",") + in_json(w.contradictions[i]);
    return out + "]}";
}

std::string text_report(const Run& run) {
    std::string out = thousands(run.data->size()) + " records";
    if (run.data->sources.size() > 2) out += " of " + std::to_string(run.data->sources.size() - 1) + " sources";
    out += "\n\nColumns\n";
    for (const auto& c : run.data->columns)
        out += format("  %-24.60s %s\n", c.heading.c_str(),
                      (std::string(role_words(c.role)) + (c.month_first ? ", month first" : "")).c_str());
    out += "\nPairs worth comparing\n";
    for (const RuleCount& c : run.blocks->counts()) {
        if (c.pairs == 0) continue;
        out += format("  %-40.60s %14s", c.name.c_str(), thousands(c.pairs - c.left_out).c_str());
        if (c.left_out > 0) out += "  (" + thousands(c.left_out) + " more in blocks too large to compare)";
        out += "\n";
    }
    out += "  compared, each pair once                 " + format("%14s\n", thousands(run.compared).c_str());
    if (run.training != nullptr)
        out += "\nThe model was learned from these records: about " +
               thousands(static_cast<std::uint64_t>(std::llround(run.training->expected_matches))) +
               " pairs of one person are expected.\n";
    if (run.training != nullptr && run.training->model.names_together != 1)
        out += format("Two people share both names %.1f times as often as each name by itself would have it.\n",
                      run.training->model.names_together);
    const auto sizes = cluster_sizes(*run.clusters);
    const std::uint64_t over = listed(run);
    out += "\n" + thousands(over) + format(" pairs are at least %g likely to be one person.\n", run.threshold);
    out += thousands(run.clusters->count()) + " persons: ";
    std::size_t shown = 0;
    for (const auto& [size, n] : sizes) {
        if (++shown > 8) {
            out += ", …";
            break;
        }
        out += std::string(shown == 1 ? "" : ", ") + thousands(n) + " of " + std::to_string(size) +
               (size == 1 ? " record" : " records");
    }
    out += ".\n" + thousands(run.clusters->refused.size()) +
           " such pairs were kept apart by the evidence around them.\n";
    out += thousands(unlinkable(run)) + " records say too little to be linked to anything.\n";
    if (run.quality) {
        const Quality& q = *run.quality;
        out += format(
            "\nAgainst the truth: pairwise F1 %.4f (precision %.4f, recall %.4f), B-cubed F1 %.4f, blocking "
            "recall %.4f.\n",
            Quality::f1(q.precision(), q.recall()), q.precision(), q.recall(),
            Quality::f1(q.bcubed_precision, q.bcubed_recall), q.blocking_recall);
        out += thousands(q.with_sibling) + " of " + thousands(q.persons) +
               " persons stand together with somebody of the same surname and home or date of birth, " +
               thousands(q.of_one_home) + " of them of the same home.\n";
        out += "\nPairs said to be so likely, and how many of them were one person\n";
        for (const Tenth& t : calibration(*run.pairs, run.data->truth))
            if (t.pairs > 0)
                out += format("  %.3f  %.3f  of %s pairs\n", t.expected / static_cast<double>(t.pairs),
                              static_cast<double>(t.right) / static_cast<double>(t.pairs),
                              thousands(t.pairs).c_str());
    }
    if (run.labels) out += text_labels(*run.labels);
    return out + format("\n%.2f seconds, %.2f of processor time.\n", run.seconds, run.cpu_seconds);
}

std::string json_report(const Run& run) {
    std::string out = "{\"records\":" + std::to_string(run.data->size()) + ",\"columns\":[";
    for (std::size_t i = 0; i < run.data->columns.size(); ++i)
        out += std::string(i == 0 ? "" : ",") + "{\"heading\":" + in_json(run.data->columns[i].heading) +
               ",\"role\":" + in_json(role_words(run.data->columns[i].role)) +
               (run.data->columns[i].month_first ? ",\"month_first\":true}" : "}");
    out += "],\"rules\":[";
    for (std::size_t i = 0; i < run.blocks->counts().size(); ++i) {
        const RuleCount& c = run.blocks->counts()[i];
        out += std::string(i == 0 ? "" : ",") + "{\"rule\":" + in_json(c.name) +
               ",\"pairs\":" + std::to_string(c.pairs) + ",\"left_out\":" + std::to_string(c.left_out) +
               ",\"largest_block\":" + std::to_string(c.largest) + "}";
    }
    const std::uint64_t over = listed(run);
    out += "],\"compared\":" + std::to_string(run.compared) + format(",\"threshold\":%g", run.threshold) +
           ",\"pairs\":" + std::to_string(over) + ",\"clusters\":" + std::to_string(run.clusters->count()) +
           ",\"kept_apart\":" + std::to_string(run.clusters->refused.size()) +
           ",\"unlinkable\":" + std::to_string(unlinkable(run)) + ",\"cluster_sizes\":{";
    bool first = true;
    for (const auto& [size, n] : cluster_sizes(*run.clusters)) {
        out += std::string(first ? "" : ",") + "\"" + std::to_string(size) + "\":" + std::to_string(n);
        first = false;
    }
    out += "},\"thresholds\":[";
    first = true;
    for (const Cut& c : cuts(run)) {
        out += std::string(first ? "" : ",") +
               format("{\"threshold\":%g,\"pairs\":%llu,\"expected_precision\":%.6f", c.threshold,
                      static_cast<unsigned long long>(c.pairs), c.precision);
        if (c.seen_precision)
            out += format(",\"precision\":%.6f,\"recall\":%.6f", *c.seen_precision, *c.seen_recall);
        out += "}";
        first = false;
    }
    out += "]";
    if (run.training != nullptr)
        out += format(",\"expected_matches\":%.1f,\"names_together\":%.3f", run.training->expected_matches,
                      run.training->model.names_together);
    if (run.quality) {
        const Quality& q = *run.quality;
        out += format(
            ",\"quality\":{\"precision\":%.6f,\"recall\":%.6f,\"f1\":%.6f,\"bcubed_precision\":%.6f,\"bcubed_"
            "recall\":%.6f,\"blocking_recall\":%.6f,\"persons\":%llu,\"with_sibling\":%llu,\"of_one_home\":%llu,"
            "\"calibration\":[",
            q.precision(), q.recall(), Quality::f1(q.precision(), q.recall()), q.bcubed_precision, q.bcubed_recall,
            q.blocking_recall, static_cast<unsigned long long>(q.persons),
            static_cast<unsigned long long>(q.with_sibling), static_cast<unsigned long long>(q.of_one_home));
        std::string comma;
        for (const Tenth& t : calibration(*run.pairs, run.data->truth)) {
            out += comma + format("{\"pairs\":%llu,\"right\":%llu,\"expected\":%.3f}",
                                  static_cast<unsigned long long>(t.pairs),
                                  static_cast<unsigned long long>(t.right), t.expected);
            comma = ",";
        }
        out += "]}";
    }
    if (run.labels) out += json_labels(*run.labels);
    return out + format(",\"seconds\":%.3f,\"cpu_seconds\":%.3f}\n", run.seconds, run.cpu_seconds);
}

std::string html_report(const Run& run) {
    std::string out =
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\">"
        "<title>Linkage report</title><style>" +
        std::string(kStyle) + "</style></head><body><h1>Linkage report</h1><pre>" + in_html(text_report(run)) +
        "</pre>";
    out +=
        "<h2>Weights of the pairs</h2><p>Each bar is how many pairs have that weight, on a logarithmic scale; "
        "blue bars lie over the threshold. "
        "A weight of 0 is an even chance; each step of 1 doubles the odds.</p>" +
        svg_weights(run);
    out += "<h2>Choosing a threshold</h2><table><thead><tr><th>threshold<th>pairs<th>of them right, by the model" +
           std::string(run.quality ? "<th>right, by the truth<th>found of all true pairs" : "") +
           "</tr></thead><tbody>";
    for (const Cut& c : cuts(run)) {
        out += format("<tr><td class=\"n\">%g<td class=\"n\">", c.threshold) + thousands(c.pairs) +
               format("<td class=\"n\">%.2f %%", 100 * c.precision);
        if (c.seen_precision)
            out += format("<td class=\"n\">%.2f %%<td class=\"n\">%.2f %%", 100 * *c.seen_precision,
                          100 * *c.seen_recall);
        out += "</tr>";
    }
    out += "</tbody></table>" + (run.labels ? html_labels(*run.labels) : std::string{}) +
           "<h2>What each comparison is worth</h2>" + html_model(run.scorer->model());
    out += "<h2>Pairs along the way</h2>";
    for (const Pair& p : examples(run)) out += html_waterfall(run, p);
    out +=
        "<h2>Kept apart by the evidence around them</h2><p>Strong alone, but joining them would have brought "
        "together records that contradict each other.</p>";
    for (std::size_t i = 0; i < std::min<std::size_t>(5, run.clusters->refused.size()); ++i)
        out += html_waterfall(run, run.clusters->refused[i]);
    out += "<h2>The largest clusters</h2>";
    std::vector<std::uint32_t> size(run.clusters->of.size(), 0), roots;
    for (std::uint32_t root : run.clusters->of) ++size[root];
    for (std::uint32_t i = 0; i < size.size(); ++i)
        if (size[i] > 2) roots.push_back(i);
    const std::size_t shown = std::min<std::size_t>(6, roots.size());
    std::partial_sort(
        roots.begin(), roots.begin() + static_cast<std::ptrdiff_t>(shown), roots.end(),
        [&](std::uint32_t a, std::uint32_t b) { return size[a] != size[b] ? size[a] > size[b] : a < b; });
    for (std::size_t i = 0; i < shown; ++i) out += svg_cluster(run, roots[i]);
    return out + "</body></html>\n";
}

}  // namespace rowan::linkage
