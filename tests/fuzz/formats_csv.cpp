// Any bytes as CSV: what is read can be written and read again, and no limit is passed.
// Needs src/formats/csv*.cpp.
#include "formats/csv.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace rowan::formats;

void require(bool holds) {
    if (!holds) std::abort();
}

std::vector<CsvRow> read_all(std::string bytes, const CsvOptions& options) {
    std::vector<CsvRow> rows;
    auto reader = CsvReader::from_memory(std::move(bytes), options);
    if (!reader) return rows;
    CsvRow row;
    for (auto more = reader->next(row); more && *more; more = reader->next(row)) {
        require(row.size() <= options.limits.columns && (rows.empty() || row.size() == rows[0].size()));
        for (const auto& cell : row) require(cell.size() <= options.limits.cell_bytes);
        rows.push_back(row);
    }
    require(rows.size() <= options.limits.rows);
    return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    (void)CsvReader::from_memory(bytes);
    const CsvOptions options{.has_header = false, .limits = {.cell_bytes = 200, .columns = 20, .rows = 100}};
    const auto rows = read_all(bytes, options);
    auto again = options;
    again.separator = ',';
    // A first cell that begins with U+FEFF would be taken for the mark, and a file may begin like a spreadsheet.
    const auto written = to_csv(rows, CsvFor::machines);
    if (written.starts_with("\xef\xbb\xbf") || written.starts_with("PK\x03\x04") || written.starts_with("%PDF"))
        return 0;
    require(read_all(written, again) == rows);
    return 0;
}
