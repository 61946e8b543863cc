// Does the time of an answer tell a record that one may not see from one that is not there? Pairs of requests on
// one kept connection, in an order that changes with every pair: a child whom the viewer's agency has nothing to
// do with, and an id that nobody has. The answers are the same bytes; their times should be too. Goal: medians
// within 0.2 ms of each other, and no difference that ranks show (Mann-Whitney, two-sided, p over 0.01).
#include "measuring/program.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

using namespace rowan::bench;

namespace {

// Ids of this shape that nobody has: the letters of one that somebody has, in another order.
std::string nobodys(std::string id, std::mt19937_64& random) {
    std::shuffle(id.begin(), id.end(), random);
    return id;
}

// Two-sided p of "these are of one distribution", by the normal approximation.
double mann_whitney(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<std::pair<double, bool>> all;
    for (const double x : a) all.emplace_back(x, true);
    for (const double x : b) all.emplace_back(x, false);
    std::sort(all.begin(), all.end());
    double ranks = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].second) ranks += static_cast<double>(i + 1);
    const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
    const double u = ranks - n * (n + 1) / 2;
    return std::erfc(std::abs(u - n * m / 2) / std::sqrt(n * m * (n + m + 1) / 12) / std::sqrt(2.0));
}

struct Asked {
    Times times;
    std::vector<double> all;
    void add(double millis) {
        times.add(millis);
        all.push_back(millis);
    }
};

}  // namespace

int main(int argc, char** argv) {
    const int pairs = argc > 1 ? std::atoi(argv[1]) : 2000;
    return benchmark([&] {
        const Folder folder;
        const Server server({"--data", copy_of(demonstration(2000), folder).string()});
        const auto front_door = sign_in(server.port(), "Imogen Achterberg");
        const auto school = sign_in(server.port(), "Tomasz Wrenfield");
        Client client(server.port());
        std::vector<std::string> denied;
        for (const char* words : {"Oliver", "Amelia", "Jack", "Olivia", "Smith", "Jones"})
            for (const auto& id : people_found(server.port(), front_door, words))
                if (client.get("/people/" + id, school).status == 404) denied.push_back(id);
        if (denied.size() < 20)
            throw std::runtime_error("the demonstration hides fewer than 20 people from its school");
        std::mt19937_64 random(7);
        Table table({"What", "Pairs", "Denied p50", "Absent p50", "Difference", "p", "Goal", "Load"});
        for (const char* page : {"", "/looks"}) {
            Asked there, not_there;
            std::string body;
            const auto ask = [&](Asked& asked, const std::string& id) {
                const Stopwatch watch;
                const auto answer = client.get("/people/" + id + page, school);
                asked.add(watch.millis());
                if (answer.status != 404) throw std::runtime_error("an answer was not 404");
            };
            for (int i = 0; i < pairs; ++i) {
                const auto& id = denied[static_cast<std::size_t>(i) % denied.size()];
                const auto none = nobodys(id, random);
                if (random() % 2) {
                    ask(there, id);
                    ask(not_there, none);
                } else {
                    ask(not_there, none);
                    ask(there, id);
                }
            }
            const double gap = std::abs(there.times.percentile(50) - not_there.times.percentile(50));
            table.row({"/people/{id}" + std::string(page), std::to_string(pairs),
                       millis(there.times.percentile(50)), millis(not_there.times.percentile(50)),
                       number(gap * 1000) + " us", number(mann_whitney(there.all, not_there.all), 3),
                       against(gap, 0.2, "ms"), load()});
        }
        table.print();
    });
}
