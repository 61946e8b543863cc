#include "app/command_link.h"

#include "app/command_link_keys.h"
#include "app/link_company.h"
#include "base/text.h"
#include "linkage/report.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
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
    std::optional<std::uint64_t> memory;  // bytes
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
template <class Write>
base::Result<> write_file_with(const std::string& path, Write write) {
    const std::string beside = path + ".part";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    write(out);
    out.close();
    if (!out || std::rename(beside.c_str(), path.c_str()) != 0) {
        std::remove(beside.c_str());
        return base::unavailable("The file " + path +
                                 " cannot be written; is the folder there and the disk not full?");
    }
    return base::done();
}
base::Result<> write_file(const std::string& path, std::string_view text) {
    return write_file_with(
        path, [&](std::ostream& out) { out.write(text.data(), static_cast<std::streamsize>(text.size())); });
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

// A cluster keeps the name it had: that of the earlier cluster most of its records were in.
using Names = std::map<std::uint32_t, std::string>;  // by cluster
base::Result<Names> names_kept(const Dataset& data, const Clusters& clusters, const std::string& previous) {
    Names out;
    if (previous.empty()) return out;
    const auto text = read_file(previous);
    if (!text) return text.error();
    const auto labels = records_by_label(data);
    std::map<std::pair<std::uint32_t, std::string>, int> votes;
    for (const auto& row : rows_of(*text))
        if (const auto at = labels.find(row[0]); at != labels.end() && !row[1].empty())
            ++votes[{clusters.of[at->second], row[1]}];
    // The strongest claim to an old name wins it.
    std::vector<std::tuple<int, std::string, std::uint32_t>> claims;
    for (const auto& [claim, count] : votes) claims.emplace_back(-count, claim.second, claim.first);
    std::sort(claims.begin(), claims.end());
    std::set<std::string> taken;
    for (const auto& [count, old, cluster] : claims)
        if (!out.contains(cluster) && taken.insert(old).second) out[cluster] = old;
    return out;
}

// A new one is named by the first of its records' labels in the order of the alphabet.
base::Result<> write_clusters(const std::string& path, const Dataset& data, const Clusters& clusters,
                              const std::string& previous) {
    auto names = names_kept(data, clusters, previous);
    if (!names) return names.error();
    const auto n = static_cast<std::uint32_t>(data.size());
    std::vector<std::uint32_t> first(n);  // by cluster
    for (std::uint32_t i = 0; i < n; ++i) {
        std::uint32_t& named = first[clusters.of[i]];
        if (clusters.of[i] == i || data.label(i) < data.label(named)) named = i;
    }
    std::set<std::string> taken;
    for (const auto& [cluster, name] : *names) taken.insert(name);
    if (!previous.empty())
        for (std::uint32_t c = 0; c < n; ++c) {
            if (clusters.of[c] != c || names->contains(c)) continue;
            std::string name = data.label(first[c]);
            while (!taken.insert(name).second) name += "'";
            (*names)[c] = std::move(name);
        }
    return write_file_with(path, [&](std::ostream& out) {
        out << "record_id,cluster_id\n";
        for (std::uint32_t i = 0; i < n; ++i) {
            const auto kept = names->find(clusters.of[i]);
            out << in_csv(data.label(i)) << ','
                << in_csv(kept == names->end() ? data.label(first[clusters.of[i]]) : kept->second) << '\n';
        }
    });
}

void write_pairs(std::ostream& out, const Dataset& data, const PairList& pairs, double threshold) {
    out << "left_id,right_id,probability,weight\n";
    char numbers[64];
    pairs.each([&](const Pair& p) {
        if (probability(p.weight) < threshold) return;
        std::snprintf(numbers, sizeof numbers, ",%.9f,%.6f\n", probability(p.weight), p.weight);
        out << in_csv(data.label(p.left)) << ',' << in_csv(data.label(p.right)) << numbers;
    });
}

base::Result<Waterfall> explain_pair(const Dataset& data, const Scorer& scorer, const std::string& wanted) {
    const auto comma = wanted.find(',');
    const std::uint32_t left = data.find(wanted.substr(0, comma)), right = data.find(wanted.substr(comma + 1));
    if (left == data.size() || right == data.size())
        return base::not_found("There is no record with the id " +
                               (left == data.size() ? wanted.substr(0, comma) : wanted.substr(comma + 1)) + ".");
    return scorer.explain(data.population.view(left), data.population.view(right));
}

// What the operating system says this program uses, and has used at most, in bytes.
std::uint64_t memory_used(std::string_view what) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(what)) return std::strtoull(line.c_str() + what.size(), nullptr, 10) * 1024;
    return 0;
}

std::string waiting_room() {
    const char* folder = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing sets it
    return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

// About what a file's records take in memory, by the length of its first lines.
std::uint64_t memory_for(const std::string& path) {
    constexpr std::uint64_t kRecord = 320;  // bytes, beside their texts
    std::string start(1 << 16, '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(in.gcount()));
    std::error_code missing;  // is said when it is read
    const std::uintmax_t bytes = std::filesystem::file_size(path, missing);
    if (missing || start.empty()) return 0;
    const auto lines = static_cast<std::uint64_t>(std::count(start.begin(), start.end(), '\n'));
    return 2 * bytes + kRecord * (1 + bytes * lines / start.size());
}

// Where records wait, if they seem to be more than memory may hold.
std::unique_ptr<Disk> disk_for_records(const LinkOptions& o) {
    if (!o.memory) return nullptr;
    std::uint64_t need = 0;
    for (const std::string& file : o.files) need += memory_for(file);
    return need <= *o.memory ? nullptr : std::make_unique<Disk>(waiting_room(), *o.memory);
}

// How many pairs may stand in memory at once, in each of two lists: all of them, and those over the threshold.
base::Result<Room> room_for_pairs(const LinkOptions& o, const Dataset& data, const Blocks& blocks) {
    if (!o.memory) return Room{};
    constexpr std::uint64_t kLeast = 32 << 20;  // bytes
    const bool waits = data.population.disk() != nullptr;
    // Of each record: in a Sheet, or while persons are put together. A third of it all is for those that are read
    // from the disk.
    const std::uint64_t held =
        memory_used(waits ? "RssAnon:" : "VmRSS:") + (waits ? 32 : 96) * std::uint64_t{data.size()};
    const std::uint64_t need = waits ? (held + kLeast) / 2 * 3 : std::max(memory_used("VmHWM:"), held) + kLeast;
    if (*o.memory < need)
        return base::invalid(
            "What has to stand in memory of these records is more than that: give at least --memory " +
            std::to_string((need >> 20) + 1) + "M.");
    const std::uint64_t left = (waits ? *o.memory / 3 * 2 : *o.memory) - held;
    return Room{std::min<std::uint64_t>(left / 2 / sizeof(Pair), std::max<std::uint64_t>(blocks.pairs(), 1)),
                waiting_room()};
}

// All have read the same and are ready to go on, or nobody goes on: the sentence of the first that is not.
base::Result<> agree(Company& company, const base::Result<>& mine, const std::string& read) {
    std::string word(1, mine ? '=' : '!');
    word += mine ? read : mine.error().message;
    const auto all = company.tell_all(std::move(word));
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
        if (all[rank][0] == '!') return base::invalid(all[rank].substr(1));
        if (all[rank] != all[0])
            return base::invalid("Process " + std::to_string(rank) +
                                 " read other records or another model than process 0.");
    }
    return base::done();
}

// All that is read before work begins.
struct Job {
    std::unique_ptr<Disk> disk;  // outlives what it holds
    Model model = Model::children();
    std::optional<Dataset> data;
    std::optional<Blocks> blocks;
    TrainOptions learning;
    std::vector<Decision> decisions;
    Room room;
};

base::Result<> read_job(const LinkOptions& o, Job& job) {
    if (!o.model.empty()) {
        const auto text = read_file(o.model);
        if (!text) return text.error();
        auto read = Model::parse(*text);
        if (!read) return read.error();
        job.model = std::move(*read);
    }
    progress("reading");
    job.disk = disk_for_records(o);
    auto data = Dataset::load(o.files, {o.id, o.source, o.truth, job.disk.get()});
    if (!data) return data.error();
    job.data = std::move(*data);
    job.model = fitting(job.model, job.data->population);
    if (job.model.fields.empty())
        return base::invalid(
            "No column holds anything to compare; name them given_name, surname, date_of_birth, postcode and so "
            "on.");
    const auto answers = read_answers(o.labels, *job.data, "different");
    if (!answers) return answers.error();
    for (const Answer& a : *answers) job.learning.labels.push_back({a.left, a.right, a.same});
    const auto decided = read_answers(o.decisions, *job.data, "never");
    if (!decided) return decided.error();
    for (const Answer& a : *decided) job.decisions.push_back({a.left, a.right, a.same});
    progress("finding pairs worth comparing");
    job.blocks.emplace(job.data->population, rules_of(job.model));
    const auto room = room_for_pairs(o, *job.data, *job.blocks);
    if (!room) return room.error();
    job.room = *room;
    return base::done();
}

// By which processes see that they have read the same.
std::string mark_of(const Job& job) {
    std::uint64_t mark = 0;
    for (std::uint32_t i = 0; i < job.data->size(); ++i)
        mark = hash_text(std::to_string(mark) + " " + std::to_string(job.data->population[i].birth) +
                         job.data->label(i));
    return std::to_string(mark) + " " + std::to_string(job.blocks->pairs()) + "\n" + job.model.text();
}

base::Result<> save_model(const LinkOptions& o, const Model& model) {
    return o.save_model.empty() ? base::done() : write_file(o.save_model, model.text());
}

base::Result<> explain(const LinkOptions& o, const Dataset& data, const Scorer& scorer) {
    if (auto written = save_model(o, scorer.model()); !written) return written;
    progress("");
    const auto waterfall = explain_pair(data, scorer, o.explain);
    if (!waterfall) return waterfall.error();
    std::fputs((o.format == "json" ? json_waterfall(*waterfall) + "\n" : waterfall->text()).c_str(), stdout);
    return base::done();
}

base::Result<> write_results(const LinkOptions& o, const Dataset& data, const PairList& pairs,
                             const Clusters& clusters) {
    for (const Decision& d : clusters.unkept)
        std::fprintf(
            stderr,
            "The decision that %s and %s are the same contradicts another decision and was not followed.\n",
            data.label(d.left).c_str(), data.label(d.right).c_str());
    if (!o.pairs.empty()) {
        const double threshold = o.threshold.value_or(kListed);
        const auto write = [&](std::ostream& out) { write_pairs(out, data, pairs, threshold); };
        if (auto written = write_file_with(o.pairs, write); !written) return written;
    }
    if (o.clusters.empty()) return base::done();
    return write_clusters(o.clusters, data, clusters, o.previous);
}

base::Result<> run(const LinkOptions& o, Company& company) {
    const auto start = std::chrono::steady_clock::now();
    Job job;
    auto read = read_job(o, job);
    if (company.size() > 1) {
        if (auto agreed = agree(company, read, read ? mark_of(job) : ""); !agreed) return agreed;
    } else if (!read) {
        return read;
    }
    Dataset& data = *job.data;
    const Blocks& blocks = *job.blocks;
    std::optional<Training> training;
    if (!o.as_given && data.size() > 1) {
        progress("learning the model");
        training = train(data, blocks, job.model, job.learning, company);
        job.model = training->model;
    }
    if (job.model.names_together > 1) data.population.count_both_names();
    const Scorer scorer(job.model);
    if (!o.explain.empty()) return company.first() ? explain(o, data, scorer) : base::done();
    progress("comparing");
    Run r;
    const double listed = o.threshold.value_or(kListed), joined = o.threshold.value_or(kJoined);
    const double least = std::min(-5.0, std::log2(joined / (1 - joined)));
    PairList pairs(job.room);
    const auto keep = [&](std::span<const Pair> some) { pairs.add(some); };
    predict(data, blocks, scorer, least, keep, &r.compared, company);
    if (!company.first()) return base::done();  // the rest is the first one's
    if (auto sorted = pairs.sort(); !sorted) return sorted;
    if (auto saved = save_model(o, job.model); !saved) return saved;
    progress("putting persons together");
    const auto clusters = cluster(data, scorer, pairs, job.decisions, {std::log2(joined / (1 - joined))});
    if (!clusters) return clusters.error();
    if (auto written = write_results(o, data, pairs, *clusters); !written) return written;
    r.data = &data, r.blocks = &blocks, r.scorer = &scorer, r.training = training ? &*training : nullptr;
    r.pairs = &pairs, r.clusters = &*clusters, r.threshold = listed;
    if (!o.truth.empty()) r.quality = judge(clusters->of, data.truth, blocks, data.population);
    if (!job.learning.labels.empty()) r.labels = against_labels(job.learning.labels, data, blocks, scorer);
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

// In the company that mpirun started, if it did. A process that breaks off must not leave the others waiting: it
// ends without taking leave, and mpirun ends them too.
base::Result<> run_together(const LinkOptions& o, bool& speaks) {
    const auto company = company_of_mpirun();
    if (!company) {
        const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");  // NOLINT(concurrency-mt-unsafe): nothing sets it
        speaks = rank == nullptr || std::string_view(rank) == "0";
        return company.error();
    }
    if (*company == nullptr) {
        try {
            return run(o, alone());
        } catch (const std::system_error& error) {  // of the folder where records and pairs wait
            return base::unavailable(std::string(error.what()) + ".");
        }
    }
    speaks = (*company)->first();
    try {
        return run(o, **company);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rowan: something that should not happen did: %s\n", error.what());
        std::_Exit(1);
    }
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
    app.add_option("--memory", o.memory,
                   "at most so much, like 800M or 4G: what does not fit waits on disk, in TMPDIR or /tmp")
        ->transform(CLI::AsSizeValue(false));
    app.add_option("--report", o.report, "write a report as one HTML file");
    app.add_option("--format", o.format, "of what is printed")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json", "html"}));
    app.footer(
        "mpirun -n K rowan link ... shares the comparing out over K processes, with the same result.\n"
        "rowan link encode and rowan link overlap compare by keys, where names may not leave the agency.");
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    bool speaks = true;
    if (const auto done = run_together(o, speaks); !done) {
        progress("");
        if (speaks) std::fprintf(stderr, "%s\n", done.error().message.c_str());
        return 1;
    }
    return 0;
}

}  // namespace rowan::app
