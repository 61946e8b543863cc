#include "app/commands.h"
#include "app/options.h"
#include "exchange/annex_a_missing.h"
#include "exchange/ssda903_missing.h"

#include <fstream>
#include <iostream>

namespace rowan::app {

using database::Session;

int export_command(const Arguments& arguments) {
    Options options(
        "export",
        "Writes a return: the Missing file of the SSDA903, or what Ofsted's Annex A asks about missing children.");
    HouseOptions house;
    std::string what = "ssda903-missing", out_file, as_at;
    std::int64_t year = 0;
    options.house(house);
    options.one_of("return", what, {"ssda903-missing", "annex-a-missing"}, "Which return", true);
    options.number("--year", year, "First year of the reporting year: 2017 for 1 April 2017 to 31 March 2018",
                   1990, 2200);
    options.text("--as-at", as_at, "Annex A: the last of the twelve months, as 2018-03-31 (default: today)");
    options.text("--out", out_file, "File to write (default: standard output)");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    if (year == 0) {
        const auto today = base::london_date(office.clock.now());
        year = static_cast<int>(today.year()) - (today.month() < std::chrono::April ? 1 : 0);
    }
    auto day = base::london_date(office.clock.now());
    if (!as_at.empty()) {
        const auto asked = base::parse_iso_date(as_at);
        if (!asked) return fail(base::invalid("--as-at must be a day such as 2018-03-31."));
        day = *asked;
    }
    std::string text;
    exchange::Ssda903File file;
    // Names of children leave the house here: no entry, no file.
    const auto written = office.database.write([&](Session& s) -> base::Result<> {
        std::size_t lines = 0;
        if (what == "annex-a-missing") {
            const auto children = exchange::annex_a_missing(office, s, day);
            text = exchange::to_csv(children, day);
            lines = children.size();
        } else {
            file = exchange::ssda903_missing(office, s, static_cast<int>(year));
            text = exchange::to_csv(file);
            lines = file.lines.size();
        }
        const auto of = what == "annex-a-missing" ? " day=" + base::to_iso(day) : " year=" + std::to_string(year);
        office.audit.append(s, {.user_id = "system",
                                .act = "export",
                                .subject_kind = "return",
                                .rule = "command-line",
                                .detail = what + of + " lines=" + std::to_string(lines)});
        return base::done();
    });
    if (!written.ok()) return fail(written.error());
    if (!file.left_out.empty())
        std::cerr << "rowan: " << file.left_out.size()
                  << " episodes are left out, because the child's date of birth is not known: "
                  << file.left_out.front() << (file.left_out.size() > 1 ? " and others" : "") << ".\n";
    if (out_file.empty()) {
        std::cout << text;
        return 0;
    }
    std::ofstream out(out_file, std::ios::binary);
    out << text;
    return out.flush() ? 0 : fail(base::refused("The file " + out_file + " cannot be written."));
}

}  // namespace rowan::app
