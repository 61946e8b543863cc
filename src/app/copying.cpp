#include "app/copying.h"

#include "database/migrations.h"
#include "partnership/migrations.h"

#include <algorithm>

namespace rowan::app {

namespace {

using database::Database, database::Session;
using partnership::Office;

base::Error not_empty() {
    return base::conflict(
        "There is already something in the database that it should be copied to. Nothing was "
        "changed; give an empty one.");
}

// The schema and nothing else may be there already: what a copy that was broken off leaves behind.
base::Result<> check_empty(Session& s) {
    const auto tables = database::tables_of(s);
    const auto ours = [](const auto& table) { return table.name == "schema_migration"; };
    if (!tables.empty() && std::none_of(tables.begin(), tables.end(), ours)) return not_empty();
    for (const auto& table : tables) {
        // These two say how far the schema and the list of changes are; the schema itself fills them.
        if (table.name == "schema_migration" || table.name == "people_state") continue;
        if (database::count_rows(s, table) > 0) return not_empty();
    }
    return base::done();
}

}  // namespace

base::Result<std::unique_ptr<Database>> open_empty(const std::string& url) {
    database::OpenOptions options;
    options.create = true;
    options.patience = std::chrono::minutes{10};  // one transaction holds everything
    auto opened = Database::open(url, options);
    if (!opened.ok()) return opened.error();
    if (auto empty = (*opened)->read([](Session& s) { return check_empty(s); }); !empty.ok()) return empty.error();
    if (auto made = database::migrate(**opened, partnership::migrations()); !made.ok()) return made.error();
    return opened;
}

base::Result<Copied> copy_everything(const Office& office, Database& to, Meanwhile meanwhile) {
    return office.database.read([&](Session& from) {
        return to.write([&](Session& into) -> base::Result<Copied> {
            const auto tables = database::tables_of(from);
            if (tables != database::tables_of(into))
                return base::refused("The two databases do not have the same tables. Nothing was changed.");
            for (auto table = tables.rbegin(); table != tables.rend(); ++table)
                if (table->name != "schema_migration") database::delete_rows(into, *table);
            Copied out;
            for (const auto& table : tables) {
                TableProof proof(table);
                database::RowWriter writer(into, table);
                database::each_row(from, table, [&](const database::Row& row) {
                    proof.add(row);
                    if (table.name != "schema_migration") writer.put(row);
                });
                writer.finish();
                out.proofs.push_back(proof.finish());
            }
            if (prove_tables(into) != out.proofs)
                return base::refused("The copy does not say the same as what was copied. Nothing was changed.");
            const auto report = partnership::verify_audit(into, office.keyring, office.audit.log_id());
            if (!report.problems.empty())
                return base::refused("The audit log is not whole: run rowan audit verify. Nothing was copied.");
            const auto now = office.database.read(
                [](Session& s) { return s.one("SELECT size FROM audit_state WHERE id = 1"); });
            if (meanwhile == Meanwhile::nobody_writes && (!now || now->integer(0) != report.entries))
                return base::conflict(
                    "Somebody works with what should be copied. Stop every server, then try "
                    "again; nothing was changed.");
            out.entries = report.entries;
            out.root = report.root_hex;
            return out;
        });
    });
}

}  // namespace rowan::app
