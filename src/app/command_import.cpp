#include "app/commands.h"
#include "app/options.h"
#include "exchange/import_desk.h"
#include "exchange/import_pages.h"
#include "formats/csv.h"
#include "formats/json.h"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <sstream>

namespace rowan::app {

int import_command(const Arguments& arguments) {
    Options options("import", "Brings in an agency's extract: all of it, or nothing.");
    HouseOptions house;
    exchange::ImportOptions wanted;
    std::string file, mapping, report_file, format = "text";
    options.house(house);
    options.text("--agency", wanted.agency, "Code of the agency, as in the scheme", true);
    options.text("file", file, "The CSV file", true);
    options.text(
        "--mapping", mapping,
        "What the columns mean (docs/formats/extract-mapping.md); without it the usual headings are recognised");
    options.flag("--dry-run", wanted.dry_run, "Only say what would happen");
    options.text("--report", report_file, "Write the line-by-line report here (CSV)");
    options.one_of("--format", format, {"text", "json"}, "How to print the summary");
    if (const auto code = options.parse(arguments)) return *code;
    if (!mapping.empty()) {
        std::ifstream in(mapping);
        if (!in) return fail(base::not_found("The mapping " + mapping + " cannot be read."));
        std::ostringstream text;
        text << in.rdbuf();
        auto read = exchange::read_mapping(text.str(), mapping);
        if (!read.ok()) return fail(read.error());
        wanted.mapping = std::move(*read);
    }
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    // Neither kept in step afterwards nor freed: the process ends here, and both take seconds with 100,000 people.
    static auto& index = *new people::PeopleIndex;
    wanted.refresh_index = false;
    people::PeopleDesk people(office, index);
    if (auto ready = people.open_index(); !ready.ok()) return fail(ready.error());
    if (isatty(STDERR_FILENO))
        wanted.progress = [](std::size_t done, std::size_t of) {
            std::cerr << "\r" << done << " of " << of << " lines" << std::flush;
        };
    const auto report = exchange::ImportDesk(people).import_file(file, wanted, "command line");
    if (wanted.progress) std::cerr << "\r";
    if (!report.ok()) return fail(report.error());

    if (!report_file.empty()) {
        std::vector<formats::CsvRow> rows{{"line", "outcome", "why"}};
        for (const auto& line : report->report) {
            std::string why;
            for (const auto& sentence : line.sentences) why += (why.empty() ? "" : "; ") + sentence;
            rows.push_back({std::to_string(line.number), std::string(exchange::in_words(line.outcome)), why});
        }
        std::ofstream out(report_file, std::ios::binary);
        out << formats::to_csv(rows);
        if (!out.flush()) return fail(base::refused("The report " + report_file + " cannot be written."));
    }
    auto n = [](std::size_t count) { return static_cast<std::int64_t>(count); };
    if (format == "json") {
        formats::Json lines = formats::Json::Array{};
        for (const auto& line : report->report)
            lines.push(formats::Json::object({{"line", n(line.number)},
                                              {"outcome", std::string(exchange::in_words(line.outcome))},
                                              {"why", formats::Json::strings(line.sentences)}}));
        std::cout << formats::Json::object({{"kind", report->kind},
                                            {"lines", n(report->lines)},
                                            {"new", n(report->fresh)},
                                            {"known", n(report->known)},
                                            {"matched", n(report->matched)},
                                            {"certain", n(report->certain)},
                                            {"refused", n(report->refused)},
                                            {"committed", report->committed},
                                            {"report", lines}})
                         .write()
                  << "\n";
    } else {
        if (!report->encoding_note.empty()) std::cout << report->encoding_note << "\n";
        std::cout << report->lines << " lines: " << report->fresh << " new, " << report->known
                  << " already in this agency's records, " << report->matched << " may be known to somebody, "
                  << report->certain << " with the same NHS number or UPN, " << report->refused << " refused.\n";
        std::size_t shown = 0;
        for (const auto& line : report->report) {
            if (line.outcome != exchange::LineOutcome::refused || ++shown > 20) continue;
            for (const auto& sentence : line.sentences)
                std::cerr << "line " << line.number << ": " << sentence << "\n";
        }
    }
    if (report->refused > 0)
        return fail(base::refused("Nothing was brought in. Mend the refused lines and bring the file again."));
    if (format == "text") std::cout << (report->committed ? "Brought in.\n" : "Nothing was changed (dry run).\n");
    return 0;
}

}  // namespace rowan::app
