// How long does an agency's extract of 100,000 lines take, with matching into an index of 100,000 people? Half of
// the lines are of people whom other agencies know, written a little differently; the other half is new. Beside it
// the bare minimum: the same sealed rows into the same tables of an empty database, without reading or matching
// anything. Goal: under 60 s.
#include "app/house.h"
#include "base/identifiers.h"
#include "formats/csv.h"
#include "measuring/program.h"
#include "people/person_store.h"

#include <cstdlib>
#include <fstream>
#include <random>

using namespace rowan;
using namespace rowan::bench;

namespace {

app::HouseOptions options_of(const std::filesystem::path& data) {
    app::HouseOptions options;
    options.data = data;
    return options;
}

std::unique_ptr<app::House> open_house(const std::filesystem::path& data) {
    auto house = app::House::open(options_of(data));
    if (!house.ok()) throw std::runtime_error(house.error().message);
    return std::move(*house);
}

std::string slip(std::string word, std::mt19937_64& dice) {
    if (word.size() <= 3 || dice() % 8 != 0) return word;
    const auto at = 1 + dice() % (word.size() - 2);
    if (static_cast<unsigned char>(word[at]) < 0x80) word.erase(at, 1);  // never half a letter
    return word;
}

// `known` lines from the data's own people, so many new ones from another county.
void write_extract(const std::filesystem::path& file, const std::filesystem::path& data, std::size_t known,
                   std::size_t fresh) {
    std::vector<formats::CsvRow> rows{
        {"record_id", "first_name", "family_name", "date_of_birth", "sex", "postcode", "nhs_number"}};
    auto reference = [&] { return "X" + std::to_string(rows.size()); };
    std::mt19937_64 dice(7);
    const auto house = open_house(data);
    const auto& office = house->office();
    office.database.read([&](database::Session& s) {
        const auto records = static_cast<std::size_t>(s.one("SELECT COUNT(*) FROM agency_record")->integer(0));
        people::store::each_record(office, s, [&](people::store::RecordRow&& row) {
            if (rows.size() > known || dice() % records >= known * 6 / 5) return;
            const auto& who = row.record.identity;
            if (who.given_names.empty() || who.family_name.empty()) return;
            rows.push_back({reference(), slip(who.given_names, dice), slip(who.family_name, dice),
                            who.born ? base::to_iso(*who.born) : "", who.sex, dice() % 4 ? who.postcode : "",
                            dice() % 2 && base::parse_nhs_number(who.nhs_number).ok() ? who.nhs_number : ""});
        });
    });
    const auto other = file.string() + ".other";
    run_rowan({"demo", "--records", other, "--children", std::to_string(fresh), "--seed", "4711"});
    auto reader = formats::CsvReader::open(other);
    if (!reader.ok()) throw std::runtime_error(reader.error().message);
    auto column = [&](const char* name) {
        const auto& head = reader->header();
        return static_cast<std::size_t>(std::find(head.begin(), head.end(), name) - head.begin());
    };
    const auto given = column("first_name"), family = column("family_name"), born = column("date_of_birth"),
               sex = column("sex"), postcode = column("postcode");
    formats::CsvRow row;
    while (rows.size() <= known + fresh) {
        const auto more = reader->next(row);
        if (!more.ok() || !*more) break;
        if (row[given].empty() || row[family].empty()) continue;
        // Without NHS numbers: another county's are handed out from the same range.
        rows.push_back({reference(), row[given], row[family], row[born], row[sex], row[postcode], ""});
    }
    std::ofstream(file, std::ios::binary) << formats::to_csv(rows);
}

double bare_rows(const std::filesystem::path& data, std::size_t count) {
    auto made = app::House::create(options_of(data), "somerset", true);
    if (!made.ok()) throw std::runtime_error(made.error().message);
    const auto& office = (*made)->office();
    const auto agency = office.scheme.agencies.front().code;
    people::Identity who;
    who.given_names = "Wilhelmina";
    who.family_name = "Achterberg";
    const Stopwatch watch;
    const auto done = office.database.write([&](database::Session& s) -> base::Result<> {
        for (std::size_t i = 0; i < count; ++i) {
            who.local_ref = std::to_string(i);
            people::store::insert_record(office, s, agency, who, "", "");
        }
        return base::done();
    });
    if (!done.ok()) throw std::runtime_error(done.error().message);
    return watch.seconds();
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t children = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    const std::size_t lines = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
    return benchmark([&] {
        const Folder folder;
        const auto data = copy_of(demonstration(children), folder);
        const auto file = folder.path() / "extract.csv";
        write_extract(file, data, lines / 2, lines - lines / 2);
        std::string agency;
        {
            const auto house = open_house(data);
            for (const auto& each : house->office().scheme.agencies)
                if (each.type == partnership::AgencyType::housing) agency = each.code;
        }
        Table table({"What", "Lines", "Time", "Lines/s", "Goal", "Load"});
        const Stopwatch watch;
        const auto said = run_rowan({"import", "--data", data.string(), "--agency", agency, file.string()});
        const double taken = watch.seconds();
        const auto n = static_cast<double>(lines);
        table.row({"rowan import, from start to end", number(n), number(taken, 1) + " s", number(n / taken),
                   against(taken, 60, "s"), load()});
        const double bare = bare_rows(folder.path() / "bare", lines);
        table.row(
            {"bare rows into an empty database", number(n), number(bare, 1) + " s", number(n / bare), "", load()});
        table.print();
        std::printf("\nReading, matching and linking cost %s the bare rows. The import said: %s",
                    times(taken / bare).c_str(), said.c_str());
    });
}
