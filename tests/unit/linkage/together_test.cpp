// One job done by several processes, and with less memory than its pairs or its records need: the same to the last
// bit.
#include "people.h"

#include "linkage/cluster.h"
#include "linkage/disk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <barrier>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace rowan::linkage {
namespace {

// Threads that stand for the processes.
struct Table {
    explicit Table(std::size_t n) : said(n), all_there(static_cast<std::ptrdiff_t>(n)) {}
    std::vector<std::string> said;
    std::barrier<> all_there;
};
class Member final : public Company {
public:
    Member(Table& table, std::size_t rank) : table_(table), rank_(rank) {}
    std::size_t size() const override { return table_.said.size(); }
    std::size_t rank() const override { return rank_; }
    std::vector<std::string> tell_all(std::string text) override {
        table_.said[rank_] = std::move(text);
        table_.all_there.arrive_and_wait();
        std::vector<std::string> all = table_.said;
        table_.all_there.arrive_and_wait();
        return all;
    }
    std::vector<std::string> tell_first(std::string text) override {
        auto all = tell_all(std::move(text));
        return first() ? all : std::vector<std::string>{};
    }

private:
    Table& table_;
    std::size_t rank_;
};

struct Result {
    std::string model;
    std::vector<Pair> pairs;
    std::uint64_t compared = 0;
    std::vector<std::string> parts;  // in the order they were handed over
    friend bool operator==(const Result&, const Result&) = default;
};

Result result(const Dataset& data, const Blocks& blocks, Company& company) {
    Result r;
    const Model model = train(data, blocks, fitting(Model::children(), data.population), {}, company).model;
    r.model = model.text();
    const Scorer scorer(model);
    predict(
        data, blocks, scorer, -30,
        [&](std::span<const Pair> some) { r.pairs.insert(r.pairs.end(), some.begin(), some.end()); }, &r.compared,
        company);
    return r;
}

TEST(Company, Any_number_of_processes_learns_and_finds_the_same) {
    const Dataset data = Dataset::parse({{"x.csv", test::children(900).text()}}, {}).value();
    for (const std::uint64_t every : {0ULL, 25'000'000ULL}) {
        const Blocks blocks(data.population, default_rules(), {every});
        const Result one = result(data, blocks, alone());
        ASSERT_GT(one.pairs.size(), 500U);
        for (const std::size_t n : {1U, 2U, 3U}) {
            Table table(n);
            std::vector<Result> results(n);
            std::vector<std::thread> processes;
            processes.reserve(n);
            for (std::size_t rank = 0; rank < n; ++rank)
                processes.emplace_back([&, rank] {
                    Member member(table, rank);
                    results[rank] = result(data, blocks, member);
                });
            for (std::thread& p : processes) p.join();
            EXPECT_EQ(results[0], one) << n << " processes";
            for (std::size_t rank = 1; rank < n; ++rank) {
                EXPECT_EQ(results[rank].model, one.model) << "all learn the same model";
                EXPECT_TRUE(results[rank].pairs.empty());
                EXPECT_LT(results[rank].compared, one.compared) << "each does its share alone";
            }
        }
    }
}

std::vector<Pair> all_of(const PairList& list) {
    std::vector<Pair> out;
    list.each([&](const Pair& p) { out.push_back(p); });
    return out;
}

// Everything that is found, by records; with several processes what the first has found.
struct Found {
    Result result;
    std::vector<RuleCount> counts;
    std::vector<std::uint32_t> persons;
    std::vector<Pair> refused;
};
Found found(const Dataset& data, const BlockingLimits& limits, std::size_t processes) {
    const Blocks blocks(data.population, default_rules(), limits);
    Table table(processes);
    std::vector<Result> results(processes);
    std::vector<std::thread> threads;
    for (std::size_t rank = 0; rank < processes; ++rank)
        threads.emplace_back([&, rank] {
            Member member(table, rank);
            results[rank] = result(data, blocks, member);
        });
    for (std::thread& t : threads) t.join();
    PairList pairs;
    pairs.add(results[0].pairs);
    EXPECT_TRUE(pairs.sort().ok());
    results[0].pairs = all_of(pairs);
    const Scorer scorer(Model::parse(results[0].model).value());
    const std::vector<Decision> decisions{{10, 900, true}, {11, 12, false}, {30, 31, false}, {31, 400, true}};
    Clusters clusters = cluster(data, scorer, pairs, decisions).value();
    return {results[0], blocks.counts(), clusters.of, clusters.refused};
}

TEST(Disk, Records_that_wait_on_disk_are_linked_as_those_in_memory) {
    const std::string text = test::children(3000).text();
    Disk disk(std::filesystem::temp_directory_path(), 300'000);  // parts of a few hundred records
    const Dataset here = Dataset::parse({{"x.csv", text}}, {}).value();
    const Dataset there = Dataset::parse({{"x.csv", text}}, {.disk = &disk}).value();
    ASSERT_EQ(there.population.memory(), &disk);
    ASSERT_EQ(there.size(), here.size());
    for (std::uint32_t i = 0; i < here.size(); ++i) ASSERT_EQ(there.label(i), here.label(i));
    std::size_t parts = 0;
    const BlockingLimits whole{0}, of_large_the_closer{0, 0, 0};
    Blocks(there.population, default_rules(), whole)
        .each_part(there.population, [](std::uint32_t) { return true; }, [&](const Blocks::Part&) { ++parts; });
    EXPECT_GT(parts, 20U);
    Blocks(there.population, default_rules(), whole)
        .each_part(
            there.population, [](std::uint32_t record) { return record == 5; },
            [&](const Blocks::Part& part) { EXPECT_FALSE(part.whole()) << "nothing is no part"; });
    for (const BlockingLimits& limits : {whole, of_large_the_closer})
        for (const std::size_t processes : {1U, 3U}) {
            const Found memory = found(here, limits, 1), waiting = found(there, limits, processes);
            EXPECT_EQ(waiting.result.model, memory.result.model);
            EXPECT_EQ(waiting.result.pairs, memory.result.pairs);
            EXPECT_EQ(waiting.persons, memory.persons);
            EXPECT_EQ(waiting.refused, memory.refused);
            EXPECT_GT(memory.result.pairs.size(), 3000U);
            EXPECT_GT(memory.refused.size(), 0U);
            for (std::size_t r = 0; r < memory.counts.size(); ++r) {
                EXPECT_EQ(waiting.counts[r].pairs, memory.counts[r].pairs);
                EXPECT_EQ(waiting.counts[r].left_out, memory.counts[r].left_out);
            }
            if (processes == 1) {
                EXPECT_EQ(waiting.result.compared, memory.result.compared);
            }
        }
}

std::size_t pages_in_memory() {
    std::ifstream statm("/proc/self/statm");
    std::size_t mapped = 0, resident = 0;
    statm >> mapped >> resident;
    return resident;
}

TEST(Disk, What_is_too_much_is_let_go_and_there_when_it_is_asked_for) {
    Disk disk(std::filesystem::temp_directory_path(), 1);  // always too much in use
    const std::size_t before = pages_in_memory();
    std::pmr::vector<std::uint64_t> numbers(8 << 20, &disk);
    constexpr std::size_t kFew = 4 << 10;  // a quarter of its pages
    for (int round = 1; round <= 5; ++round) {
        for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] += i;
        for (int waited = 0; pages_in_memory() >= before + kFew && waited < 5000; ++waited)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        EXPECT_LT(pages_in_memory(), before + kFew);
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], 5 * i);
}

TEST(Disk, A_folder_that_does_not_hold_it_is_named) {
    const auto says = [](const std::string& folder, std::size_t bytes) -> std::string {
        Disk disk(folder, 1 << 20);
        try {
            disk.deallocate(disk.allocate(bytes), bytes);
        } catch (const std::system_error& error) {
            return error.what();
        }
        return "";
    };
    const std::string here = std::filesystem::temp_directory_path();
    EXPECT_EQ(says(here, 1 << 20), "");
    EXPECT_EQ(
        says("/nowhere", 1 << 20),
        "The folder /nowhere does not hold the records that memory has no room for: No such file or directory");
    EXPECT_NE(says(here, std::size_t{1} << 55), "") << "no disk is so large";
}

Room room(std::size_t pairs) { return {pairs, std::filesystem::temp_directory_path()}; }

RC_GTEST_PROP(PairList, On_disk_it_is_what_it_is_in_memory, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(0, 3000);
    const auto most = *rc::gen::inRange<std::size_t>(1, 700);
    const auto order = *rc::gen::element(PairList::Order::by_records, PairList::Order::by_weight);
    std::vector<Pair> pairs;
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t a = *rc::gen::inRange(0U, 90U), b = *rc::gen::inRange(90U, 180U);
        if (seen.emplace(a, b).second) pairs.push_back({a, b, *rc::gen::inRange(-5, 5) / 4.0});
    }
    PairList memory({}, order), disk(room(most), order);
    const auto half = static_cast<std::ptrdiff_t>(pairs.size() / 2);
    for (PairList* list : {&memory, &disk}) {
        list->add({pairs.begin(), pairs.begin() + half});
        list->add({pairs.begin() + half, pairs.end()});
        RC_ASSERT(list->sort().ok());
    }
    RC_ASSERT(!memory.on_disk());
    RC_ASSERT(disk.on_disk() == (pairs.size() > most));
    RC_ASSERT(disk.size() == pairs.size());
    RC_ASSERT(all_of(disk) == all_of(memory));
    std::vector<Pair> of_one_among_seven;
    disk.parts(
        [&](std::span<const Pair> some) {
            of_one_among_seven.insert(of_one_among_seven.end(), some.begin(), some.end());
        },
        7);
    RC_ASSERT(of_one_among_seven == all_of(memory));
}

TEST(PairList, Persons_are_the_same_when_their_pairs_wait_on_disk) {
    const Dataset data = Dataset::parse({{"x.csv", test::children(600).text()}}, {}).value();
    const Blocks blocks(data.population, default_rules(), {0});
    const Scorer scorer(fitting(Model::children(), data.population));
    const std::vector<Pair> all = predict(data, blocks, scorer, -20);
    PairList few(room(50));
    predict(data, blocks, scorer, -20, [&](std::span<const Pair> some) { few.add(some); });
    ASSERT_TRUE(few.sort().ok());
    ASSERT_TRUE(few.on_disk());
    EXPECT_EQ(all_of(few), all);
    const Clusters here = cluster(data, scorer, all).value(), there = cluster(data, scorer, few).value();
    EXPECT_EQ(there.of, here.of);
    EXPECT_EQ(there.refused, here.refused);
}

TEST(PairList, Says_in_a_sentence_that_the_disk_does_not_hold_it) {
    PairList list({10, "/nowhere at all"});
    for (std::uint32_t i = 0; i < 100; ++i) list.add(std::vector<Pair>{{i, i + 1, 0.0}});
    const auto sorted = list.sort();
    ASSERT_FALSE(sorted.ok());
    EXPECT_NE(sorted.error().message.find("/nowhere at all"), std::string::npos);
}

TEST(PairList, Leaves_nothing_behind_in_the_folder) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("rowan-pair-list-test-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    PairList list({10, folder.string()});
    for (std::uint32_t i = 0; i < 100; ++i) list.add(std::vector<Pair>{{i, i + 1, 0.0}});
    ASSERT_TRUE(list.sort().ok());
    EXPECT_TRUE(std::filesystem::is_empty(folder)) << "the file has no name even while it is in use";
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rowan::linkage
