#include "app/commands.h"
#include "app/copying.h"
#include "app/files.h"
#include "app/options.h"
#include "base/id.h"
#include "formats/json.h"

#include <iostream>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using database::Session;
using formats::Json;
using partnership::Office;

bool names_postgres(const std::string& to) {
    return to.starts_with("postgres://") || to.starts_with("postgresql://");
}

base::Result<Copied> copy_to_folder(const Office& office, const fs::path& wanted) {
    const auto data = without_slash(wanted);
    if (fs::exists(data) && (!fs::is_directory(data) || !fs::is_empty(data)))
        return base::conflict("There is already something at " + data.string() +
                              ". Choose a folder that does not exist yet.");
    const Temporary folder(folder_of(data) / ("." + data.filename().string() + ".copy-" + base::new_id()));
    std::error_code error;
    if (!fs::create_directory(folder.path, error))
        return base::refused("The folder " + folder.path.string() + " cannot be made: " + error.message() + ".");
    fs::permissions(folder.path, fs::perms::owner_all, error);
    auto to = open_empty("sqlite:" + (folder.path / "rowan.db").string());
    if (!to.ok()) return to.error();
    auto copied = copy_everything(office, **to, Meanwhile::nobody_writes);
    if (!copied.ok()) return copied;
    to->reset();
    sync_folder(folder.path);
    fs::rename(folder.path, data, error);
    if (error) return base::conflict("The folder " + data.string() + " cannot be made: " + error.message() + ".");
    sync_folder(folder_of(data));
    return copied;
}

base::Result<Copied> copy_to_postgres(const Office& office, const std::string& url) {
    auto to = open_empty(url);
    if (!to.ok()) return to.error();
    return copy_everything(office, **to, Meanwhile::nobody_writes);
}

void print_text(const Copied& copied) {
    for (const auto& proof : copied.proofs)
        std::cout << proof.table << std::string(proof.table.size() < 24 ? 24 - proof.table.size() : 1, ' ')
                  << proof.rows << "  " << proof.sha256 << "\n";
    std::cout << "Audit log: " << copied.entries << " entries, root " << copied.root << "\n"
              << "Both databases say the same, in " << copied.proofs.size() << " tables.\n";
}

void print_json(const Copied& copied) {
    Json tables = Json::Array{};
    for (const auto& proof : copied.proofs)
        tables.push(Json::object({{"table", proof.table}, {"rows", proof.rows}, {"sha256", proof.sha256}}));
    std::cout << Json::object({{"tables", tables}, {"entries", copied.entries}, {"root", copied.root}}).write()
              << "\n";
}

}  // namespace

int copy_command(const Arguments& arguments) {
    Options options(
        "copy",
        "Moves a partnership to an empty database, of SQLite or of PostgreSQL, and proves that both say "
        "the same. The keyring stays where it is. Stop every server first.");
    HouseOptions house;
    std::string to, format = "text";
    options.house(house);
    options.text("--to", to, "A data folder that does not exist yet, or postgres://… of an empty database", true);
    options.one_of("--format", format, {"text", "json"}, "How to print the proof");
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto& office = (*opened)->office();
    // The last entry of the old database and of the new one.
    const auto recorded = office.database.write([&](Session& s) -> base::Result<> {
        office.audit.append(s, {.user_id = "system",
                                .act = "copy",
                                .subject_kind = "database",
                                .rule = "command-line",
                                .detail = names_postgres(to) ? "to=postgresql" : "to=sqlite"});
        return base::done();
    });
    if (!recorded.ok()) return fail(recorded.error());
    const auto copied = names_postgres(to) ? copy_to_postgres(office, to) : copy_to_folder(office, to);
    if (!copied.ok()) return fail(copied.error());
    if (format == "json")
        print_json(*copied);
    else
        print_text(*copied);
    if (format == "text")
        std::cout << "Serve it with the same keyring: --keyring " << keyring_path(house).string() << "\n";
    return 0;
}

}  // namespace rowan::app
