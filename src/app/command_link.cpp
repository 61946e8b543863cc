#include "app/command_link.h"

#include "app/command_link_keys.h"
#include "base/text.h"
#include "linkage/report.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <unistd.h>

namespace rowan::app {
namespace {

using namespace linkage;

struct LinkOptions {
    std::vector<std::string> files;
    std::string model, save_model, id, source, truth, pairs, clusters, report, explain, decisions, previous,
        labels, format = "text";
    std::optional<double> threshold;
    bool as_given = false;
};

// Without --threshold: pairs are listed when they are all but sure, and persons are put together on the better
// guess.
constexpr double kListed = 0.95, kJoined = 0.5;

// Says what is going on to a person who waits; silent in a pipe.
void progress(const char* what) {
    if (::isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r\x1b[K%s", what);
}

base::Result<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return base::not_found("The file " + path + " cannot be read.");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Whole or not at all: written beside and moved into place.
base::Result<> write_file(const std::string& path, std::string_view text) {
    const std::string beside = path + ".part";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out || std::rename(beside.c_str(), path.c_str()) != 0) {
        std::remove(beside.c_str());
        return base::unavailable("The file " + path +
                                 " cannot be written; is the folder there and the disk not full?");
    }
    return base::done();
}

std::string in_csv(std::string_view s) {
    if (s.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(s);
    std::string out = "\"";
    for (char c : s) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

// Small CSV files that people write: decisions and earlier clusters.
std::vector<std::vector<std::string>> rows_of(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& raw : base::split(text, '\n')) {
        std::vector<std::string> cells;
        for (const std::string& cell : base::split(raw, ',')) {
            std::string c = base::tidy_line(cell);
            if (c.size() > 1 && c.front() == '"' && c.back() == '"') c = c.substr(1, c.size() - 2);
            cells.push_back(std::move(c));
        }
        if (cells.size() > 1) rows.push_back(std::move(cells));
    }
    if (!rows.empty()) rows.erase(rows.begin());  // the headings
    return rows;
}

std::map<std::string, std::uint32_t, std::less<>> records_by_label(const Dataset& data) {
    std::map<std::string, std::uint32_t, std::less<>> out;
    for (std::uint32_t i = 0; i < data.size(); ++i) out.emplace(data.label(i), i);
    return out;
}

// left_id,right_id and one of two words.
struct Answer {
    std::uint32_t left, right;
    bool same;
};
base::Result<std::vector<Answer>> read_answers(const std::string& path, const Dataset& data,
                                               std::string_view otherwise) {
    std::vector<Answer> out;
    if (path.empty()) return out;
    const auto text = read_file(path);
    if (!text) return text.error();
    const auto labels = records_by_label(data);
    for (const auto& row : rows_of(*text)) {
        if (row.size() != 3 || (row[2] != "same" && row[2] != otherwise))
            return base::invalid("Each line of " + path + " must be left_id,right_id and then same or " +
                                 std::string(otherwise) + ".");
        const auto left = labels.find(row[0]), right = labels.find(row[1]);
        if (left == labels.end() || right == labels.end())
            continue;  // answered for records that are not here today
        out.push_back({left->second, right->second, row[2] == "same"});
    }
    return out;
}

// A cluster keeps the name it had: that of the earlier cluster most of its records were in; a new one is named by
// the first of its records' labels in the order of the alphabet.
base::Result<std::string> clusters_csv(const Dataset& data, const Clusters& clusters,
                                       const std::string& previous) {
    std::vector<std::string> before(data.size());
    if (!previous.empty()) {
        const auto text = read_file(previous);
        if (!text) return text.error();
        const auto labels = records_by_label(data);
        for (const auto& row : rows_of(*text))
            if (const auto at = labels.find(row[0]); at != labels.end()) before[at->second] = row[1];
    }
    const auto n = static_cast<std::uint32_t>(data.size());
    std::vector<std::string> name(n);
    std::vector<std::map<std::string, int>> votes(previous.empty() ? 0 : n);
    for (std::uint32_t i = 0; i < n; ++i) {
        std::string label = data.label(i);
        std::string& named = name[clusters.of[i]];
        if (named.empty() || label < named) named = std::move(label);
        if (!before[i].empty()) ++votes[clusters.of[i]][before[i]];
    }
    if (!previous.empty()) {
        // The strongest claim to an old name wins it; whoever loses is named anew.
        std::vector<std::tuple<int, std::string, std::uint32_t>> claims;
        for (std::uint32_t c = 0; c < n; ++c)
            for (const auto& [old, count] : votes[c]) claims.emplace_back(-count, old, c);
        std::sort(claims.begin(), claims.end());
        std::set<std::string> taken;
        std::vector<bool> settled(n, false);
        for (const auto& [count, old, c] : claims)
            if (!settled[c] && taken.insert(old).second) name[c] = old, settled[c] = true;
        for (std::uint32_t c = 0; c < n; ++c)
            if (clusters.of[c] == c && !settled[c])
                while (!taken.insert(name[c]).second) name[c] += "'";
    }
    std::string out = "record_id,cluster_id\n";
    for (std::uint32_t i = 0; i < n; ++i) out += in_csv(data.label(i)) + "," + in_csv(name[clusters.of[i]]) + "\n";
    return out;
}

std::string pairs_csv(const Dataset& data, const std::vector<Pair>& pairs, double threshold) {
    std::string out = "left_id,right_id,probability,weight\n";
    char numbers[64];
    for (const Pair& p : pairs) {
        if (probability(p.weight) < threshold) continue;
        std::snprintf(numbers, sizeof numbers, ",%.9f,%.6f\n", probability(p.weight), p.weight);
        out += in_csv(data.label(p.left)) + "," + in_csv(data.label(p.right)) + numbers;
    }
    return out;
}

base::Result<Waterfall> explain_pair(const Dataset& data, const Scorer& scorer, const std::string& wanted) {
    const auto comma = wanted.find(',');
    const std::uint32_t left = data.find(wanted.substr(0, comma)), right = data.find(wanted.substr(comma + 1));
    if (left == data.size() || right == data.size())
        return base::not_found("There is no record with the id " +
                               (left == data.size() ? wanted.substr(0, comma) : wanted.substr(comma + 1)) + ".");
    return scorer.explain(data.population.view(left), data.population.view(right));
}

base::Result<> run(const LinkOptions& o) {
    const auto start = std::chrono::steady_clock::now();
    Model model = Model::children();
    if (!o.model.empty()) {
        const auto text = read_file(o.model);
        if (!text) return text.error();
        auto read = Model::parse(*text);
        if (!read) return read.error();
        model = std::move(*read);
    }
    progress("reading");
    auto data = Dataset::load(o.files, {o.id, o.source, o.truth});
    if (!data) return data.error();
    model = fitting(model, data->population);
    if (model.fields.empty())
        return base::invalid(
            "No column holds anything to compare; name them given_name, surname, date_of_birth, postcode and so "
            "on.");
    progress("finding pairs worth comparing");
    const Blocks blocks(data->population, rules_of(model));
    const auto answers = read_answers(o.labels, *data, "different");
    if (!answers) return answers.error();
    TrainOptions learning;
    for (const Answer& a : *answers) learning.labels.push_back({a.left, a.right, a.same});
    std::optional<Training> training;
    if (!o.as_given && data->size() > 1) {
        progress("learning the model");
        training = train(*data, blocks, model, learning);
        model = training->model;
    }
    if (!o.save_model.empty())
        if (auto written = write_file(o.save_model, model.text()); !written) return written;
    const Scorer scorer(model);
    if (!o.explain.empty()) {
        progress("");
        const auto waterfall = explain_pair(*data, scorer, o.explain);
        if (!waterfall) return waterfall.error();
        std::fputs((o.format == "json" ? json_waterfall(*waterfall) + "\n" : waterfall->text()).c_str(), stdout);
        return base::done();
    }
    progress("comparing");
    Run r;
    const double listed = o.threshold.value_or(kListed), joined = o.threshold.value_or(kJoined);
    const double least = std::min(-5.0, std::log2(joined / (1 - joined)));
    const auto pairs = predict(*data, blocks, scorer, least, &r.compared);
    progress("putting persons together");
    const auto decided = read_answers(o.decisions, *data, "never");
    if (!decided) return decided.error();
    std::vector<Decision> decisions;
    for (const Answer& a : *decided) decisions.push_back({a.left, a.right, a.same});
    const auto clusters = cluster(*data, scorer, pairs, decisions, {std::log2(joined / (1 - joined))});
    for (const Decision& d : clusters.unkept)
        std::fprintf(
            stderr,
            "The decision that %s and %s are the same contradicts another decision and was not followed.\n",
            data->label(d.left).c_str(), data->label(d.right).c_str());
    if (!o.pairs.empty())
        if (auto written = write_file(o.pairs, pairs_csv(*data, pairs, listed)); !written) return written;
    if (!o.clusters.empty()) {
        const auto csv = clusters_csv(*data, clusters, o.previous);
        if (!csv) return csv.error();
        if (auto written = write_file(o.clusters, *csv); !written) return written;
    }
    r.data = &*data, r.blocks = &blocks, r.scorer = &scorer, r.training = training ? &*training : nullptr;
    r.pairs = &pairs, r.clusters = &clusters, r.threshold = listed;
    if (!o.truth.empty()) r.quality = judge(clusters.of, data->truth, blocks, data->population);
    if (!learning.labels.empty()) r.labels = against_labels(learning.labels, *data, blocks, scorer);
    r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    r.cpu_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    progress("");
    if (!o.report.empty())
        if (auto written = write_file(o.report, html_report(r)); !written) return written;
    std::fputs((o.format == "json"   ? json_report(r)
                : o.format == "html" ? html_report(r)
                                     : text_report(r))
                   .c_str(),
               stdout);
    return base::done();
}

}  // namespace

int link_command(const std::vector<std::string>& arguments) {
    if (!arguments.empty() && (arguments[0] == "encode" || arguments[0] == "overlap")) {
        const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
        return arguments[0] == "encode" ? link_encode_command(rest) : link_overlap_command(rest);
    }
    LinkOptions o;
    CLI::App app("Compare records of people, weigh each pair, and put records of one person together.",
                 "rowan link");
    app.add_option("files", o.files, "CSV files with a row of headings")->required();
    app.add_option("--model", o.model, "start from this model (TOML) instead of the built-in one");
    app.add_flag("--as-given", o.as_given, "use the model as it is; learn nothing from these records");
    app.add_option("--save-model", o.save_model, "write the model that was used");
    app.add_option("--id", o.id, "the column with each record's id");
    app.add_option("--source", o.source, "the column that names the agency");
    app.add_option("--truth", o.truth,
                   "a column that names the true person: measures the result, never guides it");
    app.add_option("--pairs", o.pairs, "write left_id,right_id,probability,weight");
    app.add_option("--clusters", o.clusters, "write record_id,cluster_id");
    app.add_option("--previous", o.previous, "clusters of an earlier run, whose names are kept");
    app.add_option("--labels", o.labels,
                   "left_id,right_id,same|different: pairs people looked at; learned from, and measured against");
    app.add_option("--decisions", o.decisions, "left_id,right_id,same|never: what people decided always wins");
    app.add_option("--threshold", o.threshold,
                   "least probability of a pair, for --pairs (otherwise 0.95) and --clusters (otherwise 0.5)")
        ->check(CLI::Range(0.001, 0.999999));
    app.add_option("--explain", o.explain, "LEFT,RIGHT: why these two weigh what they weigh")
        ->check([](const std::string& s) {
            return s.find(',') == std::string::npos ? std::string("write LEFT,RIGHT") : std::string{};
        });
    app.add_option("--report", o.report, "write a report as one HTML file");
    app.add_option("--format", o.format, "of what is printed")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json", "html"}));
    app.footer("rowan link encode and rowan link overlap compare by keys, where names may not leave the agency.");
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (const auto done = run(o); !done) {
        progress("");
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
        return 1;
    }
    return 0;
}

}  // namespace rowan::app
