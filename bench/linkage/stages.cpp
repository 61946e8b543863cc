// stages FILE.csv [[train:]model.toml] [weights.bin]: the stages of `rowan link`, each in wall and processor
// seconds, one line of JSON. With a model nothing is learned, unless "train:" stands before its name. weights.bin
// gets every compared pair as two record ids ("r17" as 17) and a weight (three doubles), for a check against
// another engine.
#include "linkage/cluster.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

using namespace rowan::linkage;

namespace {

// Of this program alone: getrusage would count the memory that its parent had when it was started.
double peak_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
}

struct Took {
    double wall, cpu;
};
template <class F>
Took timed(F f) {
    const auto from = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    f();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count(),
            static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}
void say(const char* name, Took t) { std::printf("\"%s\": [%.3f, %.3f], ", name, t.wall, t.cpu); }

void write_weights(const char* path, const Dataset& data, const PairList& pairs) {
    std::ofstream out(path, std::ios::binary);
    const auto number = [&](std::uint32_t record) {
        return std::strtod(std::string(data.id(record).substr(1)).c_str(), nullptr);
    };
    pairs.each([&](const Pair& p) {
        const double row[3] = {number(p.left), number(p.right), p.weight};
        out.write(reinterpret_cast<const char*>(row), sizeof row);
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("stages FILE.csv [model.toml] [weights.bin]\n", stderr), 2;
    Model model = Model::children();
    std::string name = argc > 2 ? argv[2] : "";
    const bool learn = name.empty() || name.starts_with("train:");
    if (name.starts_with("train:")) name.erase(0, 6);
    if (!name.empty()) {
        std::stringstream text;
        text << std::ifstream(name).rdbuf();
        auto read = Model::parse(text.str());
        if (!read) return std::fprintf(stderr, "%s\n", read.error().message.c_str()), 1;
        model = *read;
    }
    std::printf("{");
    std::optional<Dataset> data;
    say("read", timed([&] { data = Dataset::load({argv[1]}, {}).value(); }));
    model = fitting(model, data->population);
    std::optional<Blocks> blocks;
    say("block", timed([&] { blocks.emplace(data->population, rules_of(model)); }));
    if (learn) say("train", timed([&] { model = train(*data, *blocks, model).model; }));
    if (model.names_together > 1) data->population.count_both_names();
    const Scorer scorer(model);
    Room room;
    if (!learn) room.pairs = blocks->pairs();  // nearly all of them are kept
    PairList pairs(room);
    std::uint64_t compared = 0;
    const double least = learn ? -5 : -1000;
    const auto keep = [&](std::span<const Pair> some) { pairs.add(some); };
    say("score", timed([&] { predict(*data, *blocks, scorer, least, keep, &compared); }));
    if (argc > 3) write_weights(argv[3], *data, pairs);
    std::size_t persons = 0;
    say("cluster", timed([&] { persons = cluster(*data, scorer, pairs).value().count(); }));
    std::printf("\"records\": %zu, \"compared\": %llu, \"kept\": %zu, \"persons\": %zu, \"peak_mib\": %.0f}\n",
                data->size(), static_cast<unsigned long long>(compared), pairs.size(), persons, peak_mib());
}
