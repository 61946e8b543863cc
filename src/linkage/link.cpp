#include "linkage/link.h"

#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/parallel_sort.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <utility>

namespace rowan::linkage {

Model fitting(const Model& model, const Population& p) {
    Model out = model;
    std::erase_if(out.fields, [&](const FieldModel& f) { return !p.holds(f.field); });
    return out;
}

namespace {

// What one run of tasks brought up; its room is used again.
class Found {
public:
    // Filled in place: a copy would wait for its three parts.
    void add(std::uint32_t left, std::uint32_t right, double weight) {
        if (count_ == pairs_.size()) make_room(std::max<std::size_t>(1024, 2 * count_));
        Pair& pair = pairs_[count_++];
        pair.left = left, pair.right = right, pair.weight = weight;
    }
    std::span<const Pair> pairs() const { return std::span(pairs_).first(count_); }
    std::span<Pair> renew(std::size_t count) {
        make_room(count);
        return std::span(pairs_).first(count_ = count);
    }
    std::uint64_t compared = 0;

private:
    void make_room(std::size_t count) {
        if (pairs_.size() < count) pairs_.resize(count);
    }
    std::vector<Pair> pairs_;  // the first count_ of them
    std::size_t count_ = 0;
};

// Each process brings its own runs, every size()th; the first puts all in their order.
void bring_together(std::span<Found> runs, Company& company) {
    std::string mine;
    for (std::size_t k = company.first() ? runs.size() : company.rank(); k < runs.size(); k += company.size()) {
        const std::uint64_t count = runs[k].pairs().size();
        say(mine, &runs[k].compared, 1);
        say(mine, &count, 1);
        say(mine, runs[k].pairs().data(), count);
    }
    const std::vector<std::string> all = company.tell_first(std::move(mine));
    for (std::size_t rank = 1; rank < all.size(); ++rank) {
        std::string_view text = all[rank];
        for (std::size_t k = rank; k < runs.size(); k += company.size()) {
            std::uint64_t count = 0;
            hear(text, &runs[k].compared, 1);
            hear(text, &count, 1);
            hear(text, runs[k].renew(count).data(), count);
        }
    }
}

}  // namespace

namespace {

// The pairs of some blocks; returns how many there were.
std::uint64_t predict(const Blocks::Part& part, const Sheet& sheet, double least,
                      const std::function<void(std::span<const Pair>)>& take, Company& company) {
    const Blocks& blocks = part.blocks;
    tbb::enumerable_thread_specific<Blocks::Bench> benches([&] { return Blocks::Bench(sheet); });
    // So few runs are under way at once that their pairs stay near the processor until they are taken.
    std::vector<Found> under_way(2 * static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()));
    // Of the runs [from, to) this process's own, weighed by all threads; done(k, found) in their order.
    const auto weigh = [&](std::size_t from, std::size_t to, const auto& done) {
        const auto place = [&](std::size_t k) -> Found& {
            return under_way[k / company.size() % under_way.size()];
        };
        std::size_t next = from + company.rank();
        const auto deal = [&](tbb::flow_control& control) {
            if (next >= to) control.stop();
            return std::exchange(next, next + company.size());
        };
        const auto compare = [&](std::size_t k) {
            Found& found = place(k);
            found.renew(0);
            found.compared = blocks.weigh(
                k, benches.local(), least,
                [&](std::uint32_t a, std::uint32_t b, double w) { found.add(part.number(a), part.number(b), w); });
            return k;
        };
        using tbb::filter_mode;
        tbb::parallel_pipeline(under_way.size(),
                               tbb::make_filter<void, std::size_t>(filter_mode::serial_in_order, deal) &
                                   tbb::make_filter<std::size_t, std::size_t>(filter_mode::parallel, compare) &
                                   tbb::make_filter<std::size_t, void>(filter_mode::serial_in_order,
                                                                       [&](std::size_t k) { done(k, place(k)); }));
    };
    std::uint64_t sum = 0;
    const auto hand_over = [&](const Found& found) {
        sum += found.compared;
        if (company.first()) take(found.pairs());
    };
    if (company.size() == 1) {
        weigh(0, blocks.runs(), [&](std::size_t, const Found& found) { hand_over(found); });
    } else {
        const std::size_t wave = 64 * company.size();  // so few that their pairs take little room
        std::vector<Found> runs(std::min(wave, blocks.runs()));
        for (std::size_t from = 0; from < blocks.runs(); from += wave) {
            const std::span<Found> now = std::span(runs).first(std::min(wave, blocks.runs() - from));
            for (Found& run : now) run.renew(0), run.compared = 0;
            weigh(from, from + now.size(), [&](std::size_t k, Found& found) { std::swap(now[k - from], found); });
            bring_together(now, company);
            for (const Found& run : now) hand_over(run);
        }
    }
    return sum;
}

}  // namespace

void predict(const Dataset& data, const Blocks& blocks, const Scorer& scorer, double least,
             const std::function<void(std::span<const Pair>)>& take, std::uint64_t* compared, Company& company) {
    const Sheet empty = Sheet::empty(data.population, scorer);
    const auto everybody = [](std::uint32_t) { return true; };
    std::uint64_t sum = 0;
    blocks.each_part(data.population, everybody, [&](const Blocks::Part& part) {
        sum += predict(part, Sheet(empty, part.records), least, take, company);
    });
    if (compared != nullptr) *compared = sum;
}

std::vector<Pair> predict(const Dataset& data, const Blocks& blocks, const Scorer& scorer, double least,
                          std::uint64_t* compared) {
    std::vector<Pair> all;
    predict(
        data, blocks, scorer, least,
        [&](std::span<const Pair> pairs) { all.insert(all.end(), pairs.begin(), pairs.end()); }, compared);
    tbb::parallel_sort(all.begin(), all.end(), [](const Pair& a, const Pair& b) {
        return a.left != b.left ? a.left < b.left : a.right < b.right;
    });
    return all;
}

}  // namespace rowan::linkage
