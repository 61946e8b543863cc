#include "formats/csv.h"

#include <algorithm>
#include <array>

namespace rowan::formats {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "-12" and "-0.5" are figures; they calculate nothing.
bool negative_number(std::string_view cell) {
    if (cell.size() < 2 || cell[0] != '-' || !is_digit(cell[1]) || !is_digit(cell.back())) return false;
    const auto rest = cell.substr(1);
    return std::count(rest.begin(), rest.end(), '.') <= 1 &&
           std::all_of(rest.begin(), rest.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool like_a_formula(std::string_view cell) {
    constexpr std::array<std::string_view, 11> kBegins{"=",  "+",  "-",  "@",  "\t", "\r",
                                                       "\n", "＝", "＋", "－", "＠"};
    return std::any_of(kBegins.begin(), kBegins.end(), [&](auto b) { return cell.starts_with(b); }) &&
           !negative_number(cell);
}

void append_cell(std::string& line, std::string_view cell, bool guard) {
    const bool space_at_an_end = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
    if (!space_at_an_end && cell.find_first_of(",;\t\"\r\n") == std::string_view::npos) {
        if (guard) line += '\'';
        line += cell;
        return;
    }
    line += guard ? "\"'" : "\"";
    for (const char c : cell) {
        if (c == '"') line += '"';
        line += c;
    }
    line += '"';
}

}  // namespace

CsvWriter::CsvWriter(Sink sink, CsvFor reader) : sink_(std::move(sink)), reader_(reader) {}

void CsvWriter::row(const CsvRow& cells) {
    const bool people = reader_ == CsvFor::people;
    line_ = people && !begun_ ? "\xef\xbb\xbf" : "";
    begun_ = true;
    if (cells.size() == 1 && cells[0].empty())
        line_ += "\"\"";  // an empty line would be no record
    else
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) line_ += ',';
            append_cell(line_, cells[i], people && like_a_formula(cells[i]));
        }
    line_ += "\r\n";
    sink_(line_);
}

std::string to_csv(const std::vector<CsvRow>& rows, CsvFor reader) {
    std::string out;
    CsvWriter writer([&](std::string_view line) { out += line; }, reader);
    for (const auto& row : rows) writer.row(row);
    return out;
}

}  // namespace rowan::formats
