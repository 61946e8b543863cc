// How long do the figures about missing children take when 1,000,000 episodes are stored? Ten years of them, a
// hundred thousand a year, as many as all of England has. Each page for one year, as it is asked for. Goal: under
// 500 ms.
//
//   bench_missing_tables [EPISODES [FILE]]   FILE is made, kept and used again
#include "database/migrations.h"
#include "insight/missing_gaps.h"
#include "insight/missing_questions.h"
#include "insight/missing_tables.h"
#include "measuring/program.h"
#include "partnership/migrations.h"

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>

using namespace rowan;
using namespace rowan::bench;
using database::Session;

namespace {

constexpr int kYears = 10;
constexpr std::size_t kAtOnce = 20'000;

// Invented by the number of the episode alone: every run measures the same.
class Filling {
public:
    Filling(database::Database& database, const partnership::Scheme& scheme, std::size_t episodes)
        : database_(database), scheme_(scheme), episodes_(episodes), people_(episodes / 8) {}

    void fill() {
        write([&](Session& s) {
            s.execute("INSERT INTO agency (code, name, kind) VALUES ('ASP', 'Police', 'police')");
        });
        // Every third record of a person was merged into another's.
        for (std::size_t n = 0; n < people_.size(); n += kAtOnce)
            write([&](Session& s) {
                for (std::size_t i = n; i < std::min(people_.size(), n + kAtOnce); ++i) {
                    people_[i] = id();
                    s.execute(
                        "INSERT INTO person (id, ref, root, sensitivity, created_at, version) VALUES ($1, $1, $2, "
                        "'ordinary', 0, 1)",
                        people_[i], people_[i % 3 == 2 ? i - 1 : i]);
                }
            });
        for (std::size_t n = 0; n < episodes_; n += kAtOnce)
            write([&](Session& s) {
                for (std::size_t i = n; i < std::min(episodes_, n + kAtOnce); ++i) episode(s, i);
            });
    }

private:
    template <class Fill>
    void write(Fill fill) {
        const auto done = database_.write([&](Session& s) -> base::Result<> {
            fill(s);
            return base::done();
        });
        if (!done.ok()) throw std::runtime_error(done.error().message);
    }
    // Random, as ids are: neighbours in time are not neighbours in an index of ids.
    std::string id() {
        std::string out(26, '0');
        for (auto& c : out) c = "0123456789abcdefghjkmnpqrstvwxyz"[below(32)];
        return out;
    }
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    template <class Named>
    std::string one_of(const std::vector<Named>& all) {
        return all.empty() ? "" : all[below(all.size())].code;
    }

    void episode(Session& s, std::size_t n) {
        const auto episode_id = id();
        const auto& who = people_[below(people_.size())];
        const auto from = base::from_london(base::Date{std::chrono::year{2010} / 4 / 1}) +
                          std::chrono::seconds(static_cast<std::int64_t>(n * (kYears * 365.24 * 86400) /
                                                                         static_cast<double>(episodes_)));
        const auto back = from + std::chrono::minutes(20 + below(4000));
        const bool care = below(3) == 0;
        s.execute(
            "INSERT INTO missing_episode (id, ref, person, context, kind, risk, missing_from, reported_at, "
            "found_at, returned_at, confirmed_at, "
            "safe_and_well_at, taken_at, taken_by, reported_by, reporting_agency, lead_agency, harm, "
            "looked_after, responsible_la, home_area, "
            "placement_area, placement_home, found_place, age_at, content, version) VALUES ($1, $1, $2, $3, $4, "
            "'medium', $5, $5, $6, $6, $7, $8, $5, "
            "'u', 'u', 'ASP', 'ASP', 'no', $9, '933', $10, $11, $12, $13, $14, $15, 1)",
            episode_id, who, care ? "care" : "home", below(20) == 0 ? "away" : "missing", from, back,
            back + std::chrono::hours{1}, back + std::chrono::hours{2}, care, one_of(scheme_.areas),
            care ? one_of(scheme_.areas) : "", care ? one_of(scheme_.homes) : "", one_of(scheme_.places),
            static_cast<std::int64_t>(10 + below(8)), database::Blob{std::string(500, static_cast<char>(n))});
        if (below(10) < 2) return;
        const auto interview = id();
        const auto offered = back + std::chrono::hours(1 + below(100));
        const bool accepted = below(10) < 7;
        const auto held = accepted ? std::optional{offered + std::chrono::hours(1 + below(60))} : std::nullopt;
        s.execute(
            "INSERT INTO return_interview (id, person, response, offered_at, completed_at, interviewer, agency, "
            "independent, seen_alone, themes, content, "
            "version) VALUES ($1, $2, $3, $4, $5, 'u', 'ASP', 1, 1, '', $6, 1)",
            interview, who, accepted ? "accepted" : "declined", offered, held,
            database::Blob{std::string(800, static_cast<char>(n))});
        s.execute(
            "INSERT INTO interview_episode (interview, episode, offered_at, completed_at, missing_from, response, "
            "first_offered_at) VALUES ($1, $2, $3, $4, $5, $6, $3)",
            interview, episode_id, offered, held, from, accepted ? "accepted" : "declined");
    }

    database::Database& database_;
    const partnership::Scheme& scheme_;
    std::size_t episodes_;
    std::vector<std::string> people_;  // ids
    std::mt19937_64 random_{20180326};
};

struct Taken {
    double wall, processor;  // milliseconds, the median of some runs
};
template <class Work>
Taken median(int runs, Work work) {
    Times wall, processor;
    for (int i = 0; i < runs; ++i) {
        const auto before = std::clock();
        const Stopwatch watch;
        work();
        wall.add(watch.millis());
        processor.add(1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    }
    return {wall.percentile(50), processor.percentile(50)};
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t episodes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    return benchmark([&] {
        const Folder folder;
        const std::filesystem::path file = argc > 2 ? argv[2] : folder.path() / "bench.db";
        const bool made = std::filesystem::exists(file);
        auto opened = database::Database::open("sqlite:" + file.string(), {.create = true});
        if (!opened.ok()) throw std::runtime_error(opened.error().message);
        auto& database = **opened;
        if (const auto done = database::migrate(database, partnership::migrations()); !done.ok())
            throw std::runtime_error(done.error().message);
        const auto scheme = partnership::shipped_scheme("somerset");
        if (!scheme.ok()) throw std::runtime_error(scheme.error().message);
        const Stopwatch filling;
        if (!made) Filling(database, *scheme, episodes).fill();
        std::cerr << episodes << " episodes stored in " << number(filling.seconds(), 1) << " s\n";

        Table table({"Page", "Episodes in the year", "Median", "Processor", "Goal", "Load"});
        constexpr int kRuns = 5;
        const auto period = insight::financial_year(2017);
        int counted = 0;
        const auto tell = [&](const std::string& page, const Taken& taken) {
            table.row({page, number(counted), millis(taken.wall), millis(taken.processor),
                       against(taken.wall, 500, "ms"), load()});
        };
        const auto tables = median(kRuns, [&] {
            const auto t = database.read([&](Session& s) { return insight::missing_tables(s, *scheme, period); });
            counted = t.all.episodes + t.away.episodes + t.absent.episodes;
        });
        tell("Tables 4 to 9, K-PROT-3, homes and places: all at once", tables);
        tell("the list behind a number", median(kRuns, [&] {
                 database.read([&](Session& s) {
                     return insight::episodes_behind(s, *scheme, period,
                                                     {insight::MissingFilter::Of::all, "", "not-offered"})
                         .size();
                 });
             }));
        tell("what is not known", median(kRuns, [&] {
                 database.read([&](Session& s) { return insight::missing_gaps(s, *scheme, period).size(); });
             }));
        tell("questions under the Freedom of Information Act", median(kRuns, [&] {
                 database.read([&](Session& s) { return insight::missing_answers(s, *scheme, period, 5).size(); });
             }));
        table.print();
    });
}
