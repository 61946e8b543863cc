#include "formats/csv.h"

#include "formats/csv_source.h"

#include <algorithm>
#include <array>

namespace rowan::formats {
namespace {

std::string_view trimmed(std::string_view s) {
    const auto from = s.find_first_not_of(" \t\n\r");
    return from == std::string_view::npos ? std::string_view{}
                                          : s.substr(from, s.find_last_not_of(" \t\n\r") + 1 - from);
}

char most_frequent_separator(std::string_view line) {
    constexpr std::string_view kKnown = ",;\t";
    std::array<std::size_t, kKnown.size()> count{};
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '\n' || c == '\r')) break;
        const auto at = kKnown.find(c);
        if (!quoted && at != std::string_view::npos) ++count[at];
    }
    return kKnown[static_cast<std::size_t>(std::max_element(count.begin(), count.end()) - count.begin())];
}

}  // namespace

class CsvReader::Parser {
public:
    Parser(std::unique_ptr<CsvSource> source, CsvEncoding encoding, const CsvOptions& options)
        : options_(options), encoding_(encoding), decoder_(std::move(source), encoding), text_(decoder_.more()) {
        separator_ = options.separator ? options.separator : most_frequent_separator(text_);
        for (const char c : {'"', '\r', '\n', separator_}) stops_[static_cast<unsigned char>(c)] = true;
    }

    base::Result<> read_header() {
        if (!options_.has_header) return base::done();
        const auto read = next(header_);
        if (!read) return read.error();
        if (!*read) return stop("The file is empty.");
        rows_ = 0;
        for (auto& heading : header_) heading = std::string(trimmed(heading));
        auto sorted = header_;
        std::sort(sorted.begin(), sorted.end());
        const auto first = std::upper_bound(sorted.begin(), sorted.end(), std::string{});  // empty ones may repeat
        if (std::adjacent_find(first, sorted.end()) != sorted.end())
            return stop("Two columns have the same heading. Give each column its own.");
        return base::done();
    }

    base::Result<bool> next(CsvRow& row) {
        if (failure_) return *failure_;
        for (;;) {
            line_ = current_line_;
            const auto cells = record(row);
            if (failure_) return *failure_;
            if (cells == 0) return false;
            if (cells == 1 && row[0].empty() && !was_quoted_ && columns_ != 1) continue;  // an empty line
            row.resize(cells);
            if (!accept(cells)) return *failure_;
            return true;
        }
    }

    const CsvRow& header() const { return header_; }
    std::size_t line() const { return line_; }
    std::size_t rows() const { return rows_; }
    char separator() const { return separator_; }
    CsvEncoding encoding() const { return encoding_; }

private:
    bool accept(std::size_t cells) {
        if (columns_ == 0) columns_ = cells;
        if (cells != columns_) {
            (void)stop("Line " + std::to_string(line_) + ": there are " + std::to_string(cells) +
                       " cells, but the first line has " + std::to_string(columns_) + ".");
            return false;
        }
        if (++rows_ <= options_.limits.rows) return true;
        failure_ = base::too_large("The file has more than " + std::to_string(options_.limits.rows) + " rows.");
        return false;
    }

    base::Error stop(std::string message) {
        failure_ = base::invalid(std::move(message));
        return *failure_;
    }
    base::Error stop_at_line(const std::string& what) {
        return stop("Line " + std::to_string(current_line_) + ": " + what);
    }
    base::Error too_large(const std::string& what) {
        failure_ = base::too_large("Line " + std::to_string(current_line_) + ": " + what);
        return *failure_;
    }

    // -1 at the end.
    int peek() {
        if (at_ == text_.size()) {
            text_ = decoder_.more();
            at_ = 0;
            if (decoder_.bad()) {
                (void)stop("The text is not sound UTF-16. Save the file again as CSV (UTF-8).");
                text_ = {};
            }
            if (text_.empty()) return -1;
        }
        return static_cast<unsigned char>(text_[at_]);
    }

    // Cells of the next record, left in the first places of `row`; 0 at the end or after a failure.
    std::size_t record(CsvRow& row) {
        if (peek() < 0) return 0;
        std::size_t cells = 0;
        for (;; ++at_) {
            if (cells == options_.limits.columns) {
                (void)too_large("there are more than " + std::to_string(cells) + " columns.");
                return 0;
            }
            if (row.size() == cells) row.emplace_back();
            read_cell(row[cells++]);
            if (failure_) return 0;
            if (peek() != separator_) break;
        }
        end_of_line();
        return failure_ ? 0 : cells;
    }

    void read_cell(std::string& cell) {
        cell.clear();
        was_quoted_ = peek() == '"';
        if (was_quoted_)
            quoted_cell(cell);
        else
            plain_cell(cell);
    }

    void plain_cell(std::string& cell) {
        while (peek() >= 0) {
            const auto rest = text_.substr(at_);
            const auto n = plain_length(rest);
            append(cell, rest.substr(0, n));
            at_ += n;
            if (failure_) return;
            if (n == rest.size()) continue;
            if (peek() == '"')
                (void)stop_at_line(
                    "a quote in the middle of a cell. Put the whole cell in quotes and double "
                    "the quotes inside it.");
            return;
        }
    }

    std::size_t plain_length(std::string_view rest) const {
        std::size_t n = 0;
        while (n < rest.size() && !stops_[static_cast<unsigned char>(rest[n])]) ++n;
        return n;
    }

    void quoted_cell(std::string& cell) {
        const auto began = current_line_;
        ++at_;
        while (peek() >= 0) {
            const auto rest = text_.substr(at_);
            const auto n = std::min(rest.find('"'), rest.size());
            const auto part = rest.substr(0, n);
            append(cell, part);
            current_line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
            at_ += n;
            if (failure_) return;
            if (n == rest.size()) continue;
            ++at_;
            if (peek() != '"') return after_quote();
            append(cell, "\"");
            ++at_;
        }
        (void)stop("Line " + std::to_string(began) + ": a quote is opened and never closed.");
    }

    void after_quote() {
        const int c = peek();
        if (c >= 0 && c != separator_ && c != '\n' && c != '\r')
            (void)stop_at_line("there is text after a closing quote. Double the quotes inside a cell.");
    }

    void append(std::string& cell, std::string_view part) {
        if (cell.size() + part.size() > options_.limits.cell_bytes)
            (void)too_large("a cell is longer than " + std::to_string(options_.limits.cell_bytes) + " bytes.");
        else
            cell += part;
    }

    void end_of_line() {
        if (peek() == '\r') {
            ++at_;
            if (peek() != '\n') {
                (void)stop_at_line(
                    "a carriage return without a line feed. Save the file again with the line ends of "
                    "Windows or Unix.");
                return;
            }
        }
        if (peek() == '\n') {
            ++at_;
            ++current_line_;
        }
    }

    const CsvOptions options_;
    const CsvEncoding encoding_;
    CsvDecoder decoder_;
    std::string_view text_;
    std::size_t at_ = 0;
    char separator_ = ',';
    std::array<bool, 256> stops_{};  // the characters that end a plain cell
    CsvRow header_;
    std::size_t columns_ = 0, rows_ = 0, line_ = 1, current_line_ = 1;
    bool was_quoted_ = false;
    std::optional<base::Error> failure_;
};

CsvReader::CsvReader(std::unique_ptr<Parser> parser) : parser_(std::move(parser)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

base::Result<CsvReader> CsvReader::open(const std::string& path, const CsvOptions& options) {
    auto source = csv_file(path, options.limits.bytes);
    if (!source) return base::not_found("The file cannot be opened. Check its name and who may read it.");
    return start(std::move(source), options);
}

base::Result<CsvReader> CsvReader::from_memory(std::string bytes, const CsvOptions& options) {
    return start(csv_memory(std::move(bytes)), options);
}

base::Result<CsvReader> CsvReader::start(std::unique_ptr<CsvSource> source, const CsvOptions& options) {
    if (std::string_view("\"\r\n").find(options.separator) != std::string_view::npos)
        throw std::logic_error("a separator that means something else in CSV");
    const auto encoding = find_csv_encoding(*source, options.limits);
    if (!encoding) return encoding.error();
    auto parser = std::make_unique<Parser>(std::move(source), *encoding, options);
    if (const auto header = parser->read_header(); !header) return header.error();
    return CsvReader(std::move(parser));
}

const CsvRow& CsvReader::header() const { return parser_->header(); }
base::Result<bool> CsvReader::next(CsvRow& row) { return parser_->next(row); }
std::size_t CsvReader::line() const { return parser_->line(); }
std::size_t CsvReader::rows() const { return parser_->rows(); }
char CsvReader::separator() const { return parser_->separator(); }
CsvEncoding CsvReader::encoding() const { return parser_->encoding(); }

std::optional<std::size_t> CsvReader::column(std::string_view heading) const {
    const auto& all = header();
    const auto at = std::find(all.begin(), all.end(), heading);
    if (at == all.end() || heading.empty()) return std::nullopt;
    return static_cast<std::size_t>(at - all.begin());
}

}  // namespace rowan::formats
