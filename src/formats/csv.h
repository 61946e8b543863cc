// CSV in and out (RFC 4180; docs/formats/csv.md).
//
// The reader streams: a file is read twice in portions (once to find out how it is encoded) and never held whole.
// It is strict: what RFC 4180 does not allow is an error with its line, never a guess. An error never quotes a
// cell. Encodings: UTF-8 with or without a mark, UTF-16, and Windows-1252 when the bytes are not UTF-8; encoding()
// says which, so that the person can be told. Cells come out as UTF-8. Thread-safety: none; one thread a reader or
// writer.
#pragma once
#include "base/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::formats {

class CsvSource;
using CsvRow = std::vector<std::string>;

struct CsvLimits {
    std::size_t bytes = std::size_t{1} << 30;
    std::size_t cell_bytes = 64 << 10;
    std::size_t columns = 512;
    std::size_t rows = 10'000'000;
};

struct CsvOptions {
    char separator = 0;      // 0: the one of , ; tab that stands most often in the first line outside quotes
    bool has_header = true;  // the first record is the headings
    CsvLimits limits;
};

enum class CsvEncoding { utf8, utf16_little, utf16_big, windows_1252 };

class CsvReader {
public:
    static base::Result<CsvReader> open(const std::string& path, const CsvOptions& = {});
    static base::Result<CsvReader> from_memory(std::string bytes, const CsvOptions& = {});
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;
    ~CsvReader();

    // Headings without the white space around them; empty when has_header is false. No two are alike.
    const CsvRow& header() const;
    std::optional<std::size_t> column(std::string_view heading) const;

    // The next record into `row` (its storage is used again); false at the end. Every record has as many cells as
    // the first. Lines without any character are passed over, except in a file of one column. After an error the
    // same error comes again.
    base::Result<bool> next(CsvRow& row);

    std::size_t line() const;  // where the last record began; the first line is 1
    std::size_t rows() const;  // records read so far, without the headings
    char separator() const;
    CsvEncoding encoding() const;

private:
    class Parser;
    explicit CsvReader(std::unique_ptr<Parser>);
    static base::Result<CsvReader> start(std::unique_ptr<CsvSource>, const CsvOptions&);
    std::unique_ptr<Parser> parser_;
};

// `people` is for spreadsheets: it begins with a UTF-8 mark, and a cell that a spreadsheet would take for a
// formula (first character = + - @, tab, CR, LF or the full-width forms) gets a ' before it, unless it is a plain
// negative number. `machines` writes every cell as it is.
enum class CsvFor { people, machines };

class CsvWriter {
public:
    using Sink = std::function<void(std::string_view)>;
    explicit CsvWriter(Sink sink, CsvFor reader = CsvFor::people);
    void row(const CsvRow& cells);  // one record, ended with CR LF

private:
    Sink sink_;
    CsvFor reader_;
    bool begun_ = false;
    std::string line_;
};

std::string to_csv(const std::vector<CsvRow>& rows, CsvFor = CsvFor::people);

}  // namespace rowan::formats
