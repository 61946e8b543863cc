#include "app/commands.h"
#include "app/options.h"
#include "exchange/postcode_directory.h"

#include <iostream>

namespace rowan::app {

int postcodes_command(const Arguments& arguments) {
    Options options("postcodes",
                    "Loads where postcodes are, so that maps can be drawn: a CSV with the columns of the ONS "
                    "Postcode Directory.");
    HouseOptions house;
    std::string file;
    options.house(house);
    options.text("file", file, "The CSV; it takes the place of the one before", true);
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto read = exchange::read_postcodes(file, office.scheme);
    if (!read.ok()) return fail(read.error());
    if (read->places.empty())
        return fail(base::invalid("No postcode of this file lies in an area of the scheme. Nothing was changed."));
    const auto written = office.database.write([&](database::Session& s) -> base::Result<> {
        exchange::store_postcodes(s, read->places);
        partnership::AuditEntry entry;
        entry.user_id = "system";
        entry.act = "import";
        entry.subject_kind = "postcodes";
        entry.outcome = "allowed";
        entry.rule = "command-line";
        entry.detail = "postcodes=" + std::to_string(read->places.size());
        office.audit.append(s, entry);
        return base::done();
    });
    if (!written.ok()) return fail(written.error());
    std::cout << read->places.size() << " postcodes loaded; " << read->outside
              << " are outside the areas of the scheme, " << read->without_place << " have no place, "
              << read->unreadable << " cannot be read.\n";
    return 0;
}

}  // namespace rowan::app
