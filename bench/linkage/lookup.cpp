// lookup FILE.csv [lookups]: "is this child known?" against an index of every record of the file. Prints memory,
// the time of building, of an insert, alone and while others ask, and the p50 and p99 of a lookup, and checks that
// what was inserted is found at once.
#include "linkage/index.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

using namespace rowan::linkage;
using Clock = std::chrono::steady_clock;
// Processor time of this thread: on a busy machine the clock also counts the waiting for others.
static double spent() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}
static double micros(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("lookup FILE.csv [lookups]   (a file of bench/linkage/county)\n", stderr), 2;
    const std::size_t lookups = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000;
    std::ifstream in(argv[1]);
    std::string line, cell;
    std::getline(in, line);
    std::vector<Record> records;
    while (std::getline(in, line)) {
        std::stringstream row(line);
        std::vector<std::string> c;
        while (std::getline(row, cell, ',')) c.push_back(cell);
        c.resize(8);
        Record r;
        r.id = c[0], r.source = c[1], r.given_names = c[2], r.family_name = c[3], r.sex = c[5], r.postcode = c[6];
        r.date_of_birth = parse_partial_date(c[4]);
        records.push_back(std::move(r));
    }
    Index index;
    index.reserve(records.size());
    const auto start = Clock::now();
    for (const Record& r : records) index.insert(r);
    std::printf("%zu records, built in %.2f s, %.1f us an insert, %.0f MiB\n", index.size(),
                micros(Clock::now() - start) / 1e6,
                micros(Clock::now() - start) / static_cast<double>(records.size()),
                static_cast<double>(index.bytes()) / 1048576);
    std::vector<double> took, cpu;
    std::size_t found = 0;
    for (std::size_t i = 0; i < lookups; ++i) {
        Record asked = records[i * 7919 % records.size()];
        asked.id = "asked";
        const auto from = Clock::now();
        const double spent_before = spent();
        const auto best = index.candidates(asked, 5, 0);
        took.push_back(micros(Clock::now() - from));
        cpu.push_back(spent() - spent_before);
        found += !best.empty();
    }
    std::sort(took.begin(), took.end());
    std::printf("lookup: p50 %.1f us, p99 %.1f us, worst %.1f us; found %zu of %zu\n", took[took.size() / 2],
                took[took.size() * 99 / 100], took.back(), found, lookups);
    std::sort(cpu.begin(), cpu.end());
    double sum = 0;
    for (const double c : cpu) sum += c;
    std::printf("lookup, processor time: p50 %.1f us, p99 %.1f us; %.0f lookups a second and core\n",
                cpu[cpu.size() / 2], cpu[cpu.size() * 99 / 100], 1e6 * static_cast<double>(cpu.size()) / sum);
    const auto insert = [&](const char* when, int inserts) {
        took.clear();
        for (int i = 0; i < inserts; ++i) {
            Record r = records[static_cast<std::size_t>(i) * 31 % records.size()];
            r.id = when + std::to_string(i);
            r.given_names = "Zzyzx" + std::string(1, static_cast<char>('a' + i % 26));
            const auto from = Clock::now();
            index.insert(r);
            took.push_back(micros(Clock::now() - from));
            if (!index.contains(r.id)) return std::fputs("an insert was not seen\n", stderr), std::exit(1);
        }
        std::sort(took.begin(), took.end());
        std::printf("insert, %s: p50 %.1f us, p99 %.1f us\n", when, took[took.size() / 2],
                    took[took.size() * 99 / 100]);
    };
    insert("alone", 1000);
    {
        std::atomic<bool> stop = false;
        std::vector<std::jthread> asking;
        for (std::size_t t = 0; t < 4; ++t)
            asking.emplace_back([&, t] {
                for (std::size_t i = t; !stop; ++i) index.candidates(records[i * 7919 % records.size()], 5, 0);
            });
        insert("while four threads ask", 200);
        stop = true;
    }
    const double from = spent();
    std::size_t steps = 0;
    for (int i = 0; i < 1000; ++i)
        steps +=
            index.explain(records[static_cast<std::size_t>(i)].id, records[static_cast<std::size_t>(i) + 1].id)
                ->steps.size();
    std::printf("score and explain a pair: %.1f us of processor time (%zu steps)\n", (spent() - from) / 1000,
                steps);
}
