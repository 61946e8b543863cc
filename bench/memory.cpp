// How much memory does an idle server hold? 2,000 children, at rest after start and after work; beside it a
// partnership without anybody in it. Goal: under 100 MB.
#include "measuring/program.h"

#include <chrono>
#include <thread>

using namespace rowan::bench;

namespace {

double megabytes(const Server& server) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return static_cast<double>(resident_bytes(server.pid())) / 1e6;
}

}  // namespace

int main() {
    return benchmark([] {
        Table table({"Server", "Resident", "Goal", "Load"});
        const Folder empty, folder;
        double nobody = 0, idle = 0;
        {
            const auto data = empty.path() / "empty";
            run_rowan({"init", "--data", data.string(), "--scheme", "somerset"});
            const Server server({"--data", data.string()});
            nobody = megabytes(server);
            table.row({"nobody in it", number(nobody, 1) + " MB", "", load()});
        }
        const Server server({"--data", copy_of(demonstration(2000), folder).string()});
        idle = megabytes(server);
        table.row(
            {"2,000 children, idle after its start", number(idle, 1) + " MB", against(idle, 100, "MB"), load()});
        const auto cookie = sign_in(server.port(), "Imogen Achterberg");
        closed_loop(server,
                    {50, 3, 0, cookie, [](std::size_t n) { return n % 2 ? "/search?q=smith" : "/profile"; }});
        const double after = megabytes(server);
        table.row({"idle again after three seconds of 50 users", number(after, 1) + " MB",
                   against(after, 100, "MB"), load()});
        table.print();
        std::printf("\nWith 2,000 children the server holds %s of what it holds with nobody.\n",
                    times(idle / nobody).c_str());
    });
}
