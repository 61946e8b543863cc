// How fast is a child's page, with the access decision, the audit entry durable, the record decrypted and the page
// rendered? Fifty clients on kept connections, signed in as the front door, each looking at another child every
// time; beside it the server's own static file of about the same size. Goal: p99 under 20 ms with 50 concurrent
// users.
#include "measuring/program.h"

#include <cstdlib>
#include <set>

using namespace rowan::bench;

namespace {

std::vector<std::string> some_children(const Server& server, const std::string& cookie) {
    std::set<std::string> out;
    for (const char* words : {"Oliver", "Amelia", "Jack", "Olivia", "Harry", "Isla", "George", "Emily", "Noah",
                              "Ava", "Mohammed", "Sophie", "Smith", "Jones", "Aleksandra"})
        for (const auto& person : people_found(server.port(), cookie, words)) out.insert(person);
    if (out.size() < 20)
        throw std::runtime_error("the demonstration shows fewer than 20 people to its front door");
    return {out.begin(), out.end()};
}

// The file of the page's own links whose size is nearest to the page's.
std::string static_file(const Server& server, const std::string& page) {
    std::string best;
    std::size_t best_gap = SIZE_MAX;
    for (auto at = page.find("/assets/"); at != std::string::npos; at = page.find("/assets/", at + 1)) {
        const auto path = page.substr(at, page.find('"', at) - at);
        Client client(server.port());
        const auto answer = client.get(path);
        if (answer.status != 200) continue;
        const auto gap =
            answer.body.size() > page.size() ? answer.body.size() - page.size() : page.size() - answer.body.size();
        if (gap < best_gap) best = path, best_gap = gap;
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 4;
    return benchmark([&] {
        const Folder folder;
        const Server server({"--data", copy_of(demonstration(2000), folder).string()});
        const auto cookie = sign_in(server.port(), "Imogen Achterberg");
        const auto children = some_children(server, cookie);
        Client client(server.port());
        const auto page = client.get("/people/" + children.front(), cookie).body;
        const auto file = static_file(server, page);
        const auto file_bytes = client.get(file).body.size();

        Table table({"What", "Clients", "Pages/s", "p50", "p99", "Server processor time a page", "Goal", "Load"});
        auto child = [&](std::size_t n) { return "/people/" + children[n * 7 % children.size()]; };
        auto measure = [&](const std::string& what, unsigned clients, double pause, auto path, double goal) {
            closed_loop(server, {clients, 0.5, 0, cookie, path});
            const auto done = closed_loop(server, {clients, seconds, pause, cookie, path});
            if (done.failures > 0)
                throw std::runtime_error(std::to_string(done.failures) + " answers were not 200");
            table.row(
                {what, std::to_string(clients), number(done.per_second()), millis(done.latency.percentile(50)),
                 millis(done.latency.percentile(99)),
                 number(done.server_processor_seconds * 1e6 / static_cast<double>(done.latency.count())) + " us",
                 goal > 0 ? against(done.latency.percentile(99), goal, "ms") : "", load()});
            return done.per_second();
        };
        measure("a child's page", 1, 0, child, 20);
        measure("a child's page, each user a page a second", 50, 1, child, 20);
        const double pages = measure("a child's page, asked again at once", 50, 0, child, 20);
        const double files = measure("static file", 50, 0, [&](std::size_t) { return file; }, 0);
        table.print();
        std::printf("\nA child's page (%s bytes) runs at %s the rate of a static file (%s bytes).\n",
                    number(static_cast<double>(page.size())).c_str(), times(pages / files).c_str(),
                    number(static_cast<double>(file_bytes)).c_str());
    });
}
