// The bytes below a CsvReader, turned into UTF-8. Inside the room.
// Thread-safety: none.
#pragma once
#include "formats/csv.h"

#include <cstdint>
#include <cstdio>

namespace rowan::formats {

// Bytes that can be read twice.
class CsvSource {
public:
    virtual ~CsvSource() = default;
    virtual std::size_t read(char* into, std::size_t most) = 0;  // 0 at the end
    virtual void rewind() = 0;
};

// Null when it cannot be opened. What cannot be read twice (a pipe) is held in memory, a little more than `most`
// bytes of it. Reading throws std::runtime_error when the disk fails.
std::unique_ptr<CsvSource> csv_file(const std::string& path, std::size_t most);
std::unique_ptr<CsvSource> csv_memory(std::string bytes);

// Reads everything once and says how it is encoded, or why it is not CSV. Leaves the source rewound.
base::Result<CsvEncoding> find_csv_encoding(CsvSource&, const CsvLimits&);

// A source seen as UTF-8 without a mark. The encoding was found by find_csv_encoding, so the bytes are known to be
// well formed, but for UTF-16, whose faults are reported by bad().
class CsvDecoder {
public:
    CsvDecoder(std::unique_ptr<CsvSource>, CsvEncoding);
    // The next portion; empty at the end. Valid until the next call.
    std::string_view more();
    bool bad() const { return bad_; }

private:
    void from_windows_1252(std::string_view);
    void from_utf16(std::string_view);
    void utf16_unit(std::uint16_t);
    std::unique_ptr<CsvSource> source_;
    CsvEncoding encoding_;
    std::string bytes_, text_;
    bool first_ = true, bad_ = false;
    std::optional<unsigned char> half_;  // of a UTF-16 unit cut by the end of a portion
    std::optional<std::uint16_t> high_surrogate_;
};

}  // namespace rowan::formats
