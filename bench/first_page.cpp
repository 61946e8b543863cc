// How long does somebody who tries Rowan wait? From starting `rowan serve --demo` on a folder that does not exist,
// which makes the demonstration of 2,000 children, to the first page answered. Beside it the same folder opened
// again. Goal: under 3 s.
#include "measuring/program.h"

using namespace rowan::bench;

namespace {

struct Start {
    double seconds = 0, processor = 0;
};
Start first_page(const std::filesystem::path& data) {
    const Stopwatch watch;
    const Server server({"--demo", "--data", data.string()});
    Client client(server.port());
    const auto page = client.get("/sign-in");
    if (page.status != 200) throw std::runtime_error("the first page was answered " + std::to_string(page.status));
    return {watch.seconds(), processor_seconds(server.pid())};
}

}  // namespace

int main() {
    return benchmark([] {
        Table table({"What", "Time to the first page", "Processor time", "Goal", "Load"});
        double fresh_best = 1e9, again_best = 1e9;
        for (int run = 0; run < 3; ++run) {
            const Folder folder;
            const auto fresh = first_page(folder.path() / "demo");
            table.row({"fresh folder, 2,000 children made", number(fresh.seconds, 2) + " s",
                       number(fresh.processor, 2) + " s", against(fresh.seconds, 3, "s"), load()});
            const auto again = first_page(folder.path() / "demo");
            table.row({"the same folder again", number(again.seconds, 2) + " s", number(again.processor, 2) + " s",
                       "", load()});
            fresh_best = std::min(fresh_best, fresh.seconds);
            again_best = std::min(again_best, again.seconds);
        }
        table.print();
        std::printf("\nMaking the demonstration costs %s the time of opening it (best of three).\n",
                    times(fresh_best / again_best).c_str());
    });
}
