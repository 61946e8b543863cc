// One job done by several processes, and with less memory than its pairs need: the same to the last bit.
#include "people.h"

#include "linkage/cluster.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <barrier>
#include <filesystem>
#include <set>
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
