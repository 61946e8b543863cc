// How long does Table 1 take over 100,000 people? On SQLite and on PostgreSQL; beside each the plain reading of
// the same flags, which no answer can do without. Goal: under 100 ms.
#include "app/house.h"
#include "database/migrations.h"
#include "insight/problem_profile.h"
#include "measuring/program.h"
#include "partnership/migrations.h"
#include "storage/cluster.h"

#include <cstdlib>

using namespace rowan;
using namespace rowan::bench;
using database::Session;

namespace {

// Rows of one constant SELECT into another database by one constant INSERT.
void copy_rows(database::Database& from, database::Database& to, database::Sql select, database::Sql insert) {
    const auto done = to.write([&](Session& out) -> base::Result<> {
        from.read([&](Session& in) {
            in.stream_values(select, {}, [&](const database::Row& row) {
                std::vector<database::Value> values;
                for (std::size_t i = 0; i < row.size(); ++i) values.push_back(row.value(static_cast<int>(i)));
                out.execute_values(insert, std::move(values));
            });
        });
        return base::done();
    });
    if (!done.ok()) throw std::runtime_error(done.error().message);
}

std::unique_ptr<database::Database> copy_to_postgres(database::Database& from) {
    auto& cluster = storage::Cluster::get();
    cluster.create_database("table1");
    auto opened = database::Database::open(cluster.url("table1"));
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    auto& to = **opened;
    if (const auto done = database::migrate(to, partnership::migrations()); !done.ok())
        throw std::runtime_error(done.error().message);
    copy_rows(from, to, "SELECT code, name, kind FROM agency",
              "INSERT INTO agency (code, name, kind) VALUES ($1, $2, $3)");
    copy_rows(
        from, to, "SELECT id, ref, root, sensitivity, created_at, version FROM person",
        "INSERT INTO person (id, ref, root, sensitivity, created_at, version) VALUES ($1, $2, $3, $4, $5, $6)");
    copy_rows(from, to,
              "SELECT id, person, agency, local_ref_index, sex, area, postcode_status, identity, import_id, "
              "updated_at, version FROM agency_record",
              "INSERT INTO agency_record (id, person, agency, local_ref_index, sex, area, postcode_status, "
              "identity, import_id, updated_at, version) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    copy_rows(from, to,
              "SELECT id, record, root, agency, flag, set_on, cleared_on, age_at, sex, area FROM agency_flag",
              "INSERT INTO agency_flag (id, record, root, agency, flag, set_on, cleared_on, age_at, sex, area) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    cluster.run("ANALYZE", "table1");
    return std::move(*opened);
}

struct Measured {
    double table = 0, reading = 0;
    insight::KnownToAgencies counted;
};

Measured measure(database::Database& database, const partnership::Scheme& scheme, const insight::Period& period) {
    Times table, reading;
    Measured out;
    for (int i = 0; i < 15; ++i) {
        const Stopwatch one;
        out.counted = database.read([&](Session& s) { return insight::known_to_agencies(s, scheme, period); });
        table.add(one.millis());
        const Stopwatch other;
        database.read([&](Session& s) {
            std::size_t seen = 0;
            s.stream_values("SELECT flag, agency, set_on, root FROM agency_flag", {},
                            [&](const database::Row& row) { seen += row.text(3).size(); });
            if (seen == 0) throw std::runtime_error("there are no flags");
        });
        reading.add(other.millis());
    }
    out.table = table.percentile(50);
    out.reading = reading.percentile(50);
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t children = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    return benchmark([&] {
        app::HouseOptions options;
        options.data = demonstration(children);
        auto house = app::House::open(options);
        if (!house.ok()) throw std::runtime_error(house.error().message);
        const auto& office = (*house)->office();
        const auto period =
            insight::financial_year(insight::financial_year_of(base::london_date(office.clock.now())));
        const auto count = [&](database::Database& database) {
            return database.read([](Session& s) {
                return std::pair{s.one("SELECT COUNT(DISTINCT root) FROM person")->integer(0),
                                 s.one("SELECT COUNT(*) FROM agency_flag")->integer(0)};
            });
        };
        Table table({"Engine", "People", "Flags", "Children counted", "Table 1 (median)", "Goal",
                     "Reading the flags", "Ratio", "Load"});
        auto tell = [&](const std::string& engine, database::Database& database) {
            const auto [people, flags] = count(database);
            const auto done = measure(database, office.scheme, period);
            table.row({engine, number(static_cast<double>(people)), number(static_cast<double>(flags)),
                       number(done.counted.children), millis(done.table), against(done.table, 100, "ms"),
                       millis(done.reading), times(done.table / done.reading), load()});
            return done.counted.children;
        };
        const int in_sqlite = tell("SQLite", office.database);
        const auto postgres = copy_to_postgres(office.database);
        const int in_postgres = tell("PostgreSQL", *postgres);
        table.print();
        if (in_sqlite != in_postgres) throw std::runtime_error("the two engines count differently");
    });
}
