// How long do the figures about missing children take when 1,000,000 episodes are stored? Ten years of them, a
// hundred thousand a year, as many as all of England has. Each page for one year, as it is asked for. Goal: under
// 500 ms.
#include "database/migrations.h"
#include "insight/missing_gaps.h"
#include "insight/missing_questions.h"
#include "insight/missing_tables.h"
#include "measuring/program.h"
#include "partnership/migrations.h"

#include <cstdlib>
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
        : database_(database), scheme_(scheme), episodes_(episodes), children_(episodes / 8) {}

    void fill() {
        write([&](Session& s) {
            s.execute("INSERT INTO agency (code, name, kind) VALUES ('ASP', 'Police', 'police')");
        });
        for (std::size_t n = 0; n < children_; n += kAtOnce)
            write([&](Session& s) {
                for (std::size_t i = n; i < std::min(children_, n + kAtOnce); ++i)
                    s.execute(
                        "INSERT INTO person (id, ref, root, sensitivity, created_at, version) VALUES ($1, $1, $1, "
                        "'ordinary', 0, 1)",
                        child(i));
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
    std::string child(std::size_t n) const { return "person-of-the-bench-" + std::to_string(n); }
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    template <class Named>
    std::string one_of(const std::vector<Named>& all) {
        return all.empty() ? "" : all[below(all.size())].code;
    }

    void episode(Session& s, std::size_t n) {
        const auto id = "episode-of-the-bench-" + std::to_string(n);
        const auto who = child(below(children_));
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
            id, who, care ? "care" : "home", below(20) == 0 ? "away" : "missing", from, back,
            back + std::chrono::hours{1}, back + std::chrono::hours{2}, care, one_of(scheme_.areas),
            care ? one_of(scheme_.areas) : "", care ? one_of(scheme_.homes) : "", one_of(scheme_.places),
            static_cast<std::int64_t>(10 + below(8)), database::Blob{std::string(500, static_cast<char>(n))});
        if (below(10) < 2) return;
        const auto interview = "interview-of-the-bench-" + std::to_string(n);
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
            "INSERT INTO interview_episode (interview, episode, offered_at, completed_at) VALUES ($1, $2, $3, $4)",
            interview, id, offered, held);
    }

    database::Database& database_;
    const partnership::Scheme& scheme_;
    std::size_t episodes_, children_;
    std::mt19937_64 random_{20180326};
};

template <class Work>
double median(int runs, Work work) {
    Times times;
    for (int i = 0; i < runs; ++i) {
        const Stopwatch watch;
        work();
        times.add(watch.millis());
    }
    return times.percentile(50);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t episodes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    return benchmark([&] {
        const Folder folder;
        auto opened =
            database::Database::open("sqlite:" + (folder.path() / "bench.db").string(), {.create = true});
        if (!opened.ok()) throw std::runtime_error(opened.error().message);
        auto& database = **opened;
        if (const auto done = database::migrate(database, partnership::migrations()); !done.ok())
            throw std::runtime_error(done.error().message);
        const auto scheme = partnership::shipped_scheme("somerset");
        if (!scheme.ok()) throw std::runtime_error(scheme.error().message);
        const Stopwatch filling;
        Filling(database, *scheme, episodes).fill();
        std::cerr << episodes << " episodes stored in " << number(filling.seconds(), 1) << " s\n";

        Table table({"Page", "Episodes in the year", "Median", "Goal", "Load"});
        constexpr int kRuns = 3;
        const auto period = insight::financial_year(2017);
        int counted = 0;
        const auto tell = [&](const std::string& page, double taken) {
            table.row({page, number(counted), millis(taken), against(taken, 500, "ms"), load()});
        };
        const auto tables = median(kRuns, [&] {
            const auto t = database.read([&](Session& s) { return insight::missing_tables(s, *scheme, period); });
            counted = t.all.episodes + t.away.episodes + t.absent.episodes;
        });
        tell("Tables 4 to 9, K-PROT-3, homes and places: all at once", tables);
        tell("the list behind a number", median(kRuns, [&] {
                 database.read([&](Session& s) {
                     return insight::episodes_behind(s, *scheme, period,
                                                     {insight::MissingFilter::Of::not_offered, ""})
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
