#include "formats/csv_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace rowan::formats {
namespace {

constexpr std::size_t kPortion = 64 << 10;

class File final : public CsvSource {
public:
    explicit File(std::FILE* file) : file_(file) {}
    std::size_t read(char* into, std::size_t most) override {
        const auto n = std::fread(into, 1, most, file_.get());
        if (std::ferror(file_.get())) throw std::runtime_error("a CSV file could not be read to its end");
        return n;
    }
    void rewind() override { std::rewind(file_.get()); }

private:
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    std::unique_ptr<std::FILE, Close> file_;
};

class Memory final : public CsvSource {
public:
    explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
    std::size_t read(char* into, std::size_t most) override {
        const auto n = std::min(most, bytes_.size() - at_);
        std::memcpy(into, bytes_.data() + at_, n);
        at_ += n;
        return n;
    }
    void rewind() override { at_ = 0; }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

// UTF-8 byte by byte, so that it may be cut anywhere (RFC 3629: no overlong forms, no surrogates).
class Utf8Check {
public:
    void add(unsigned char c) {
        if (left_ > 0) {
            if (c < low_ || c > high_) valid_ = false;
            low_ = 0x80, high_ = 0xbf;
            --left_;
        } else if (c >= 0x80) {
            lead(c);
        }
    }
    bool valid() const { return valid_ && left_ == 0; }
    bool between() const { return left_ == 0; }  // two characters

private:
    void lead(unsigned char c) {
        if (c < 0xc2 || c > 0xf4) {
            valid_ = false;
            return;
        }
        left_ = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        low_ = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        high_ = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    }
    int left_ = 0;
    unsigned char low_ = 0x80, high_ = 0xbf;
    bool valid_ = true;
};

// What 0x80…0x9f mean in Windows-1252; 0: not used.
constexpr std::array<std::uint16_t, 32> kWindows{0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                                 0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

bool in_windows_1252(unsigned char c) { return c < 0x80 || c >= 0xa0 || kWindows[c - 0x80] != 0; }

void append_utf8(std::string& out, std::uint32_t c) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | (c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | (c >> 12));
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xf0 | (c >> 18));
        tail(12), tail(6), tail(0);
    }
}

// How many of the first bytes are ASCII and not NUL, in steps of eight.
std::size_t ascii_length(std::string_view text) {
    constexpr std::uint64_t kHigh = 0x8080808080808080, kOnes = 0x0101010101010101;
    std::size_t n = 0;
    for (; n + 8 <= text.size(); n += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + n, 8);
        if ((word | (word - kOnes)) & kHigh) break;  // a byte of 0x80 and more, or one that borrowed: NUL
    }
    return n;
}

struct Seen {
    std::size_t bytes = 0;
    std::array<std::size_t, 2> nuls{};  // at even and odd places
    Utf8Check utf8;
    bool windows = true;
    std::string first;  // four bytes

    void add(std::string_view portion) {
        if (first.size() < 4) first += portion.substr(0, 4 - first.size());
        for (std::size_t i = 0; i < portion.size();) {
            if (const auto plain = utf8.between() ? ascii_length(portion.substr(i)) : 0) {
                i += plain;
                bytes += plain;
                continue;
            }
            const auto byte = static_cast<unsigned char>(portion[i++]);
            if (byte == 0) ++nuls[bytes & 1];
            utf8.add(byte);
            windows = windows && in_windows_1252(byte);
            ++bytes;
        }
    }
    bool begins(std::string_view with) const { return first.starts_with(with); }
};

base::Result<CsvEncoding> judge(const Seen& seen) {
    if (seen.begins("PK\x03\x04"))
        return base::invalid("This is a spreadsheet or zip file, not CSV. Open it and save it as CSV (UTF-8).");
    if (seen.begins("\xd0\xcf\x11\xe0"))
        return base::invalid("This is an old Excel file, not CSV. Open it and save it as CSV (UTF-8).");
    if (seen.begins("%PDF")) return base::invalid("This is a PDF, not CSV.");
    if (seen.begins("\xff\xfe")) return CsvEncoding::utf16_little;
    if (seen.begins("\xfe\xff")) return CsvEncoding::utf16_big;
    // UTF-16 without a mark: in Western text every second byte is NUL.
    if (seen.bytes % 2 == 0 && seen.nuls[1] > seen.bytes / 4 && seen.nuls[0] == 0)
        return CsvEncoding::utf16_little;
    if (seen.bytes % 2 == 0 && seen.nuls[0] > seen.bytes / 4 && seen.nuls[1] == 0) return CsvEncoding::utf16_big;
    if (seen.nuls[0] + seen.nuls[1] > 0) return base::invalid("This is not a text file: it holds NUL bytes.");
    if (seen.utf8.valid()) return CsvEncoding::utf8;
    if (seen.windows) return CsvEncoding::windows_1252;
    return base::invalid("The text is neither UTF-8 nor Windows-1252. Save the file again as CSV (UTF-8).");
}

}  // namespace

std::unique_ptr<CsvSource> csv_file(const std::string& path, std::size_t most) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return nullptr;
    auto* opened = std::fopen(path.c_str(), "rbe");
    if (!opened) return nullptr;
    auto file = std::make_unique<File>(opened);
    if (S_ISREG(status.st_mode)) return file;
    std::string bytes, portion(kPortion, '\0');
    while (bytes.size() <= most) {
        const auto n = file->read(portion.data(), portion.size());
        if (n == 0) break;
        bytes.append(portion, 0, n);
    }
    return csv_memory(std::move(bytes));
}

std::unique_ptr<CsvSource> csv_memory(std::string bytes) { return std::make_unique<Memory>(std::move(bytes)); }

base::Result<CsvEncoding> find_csv_encoding(CsvSource& source, const CsvLimits& limits) {
    Seen seen;
    std::string portion(kPortion, '\0');
    while (const auto n = source.read(portion.data(), portion.size())) {
        seen.add(std::string_view(portion).substr(0, n));
        if (seen.bytes > limits.bytes) return base::too_large("The file is larger than Rowan reads at once.");
    }
    source.rewind();
    return judge(seen);
}

CsvDecoder::CsvDecoder(std::unique_ptr<CsvSource> source, CsvEncoding encoding)
    : source_(std::move(source)), encoding_(encoding), bytes_(kPortion, '\0') {}

std::string_view CsvDecoder::more() {
    for (;;) {
        const auto n = source_->read(bytes_.data(), bytes_.size());
        std::string_view portion = std::string_view(bytes_).substr(0, n);
        if (portion.empty()) {
            bad_ = bad_ || half_ || high_surrogate_;
            return {};
        }
        if (encoding_ == CsvEncoding::utf8) {
            if (std::exchange(first_, false) && portion.starts_with("\xef\xbb\xbf")) portion.remove_prefix(3);
            if (!portion.empty()) return portion;
            continue;
        }
        text_.clear();
        if (encoding_ == CsvEncoding::windows_1252)
            from_windows_1252(portion);
        else
            from_utf16(portion);
        if (!text_.empty() || bad_) return text_;
    }
}

void CsvDecoder::from_windows_1252(std::string_view portion) {
    for (const char c : portion) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(text_, byte >= 0x80 && byte < 0xa0 ? kWindows[byte - 0x80] : byte);
    }
}

void CsvDecoder::from_utf16(std::string_view portion) {
    for (const char c : portion) {
        const auto byte = static_cast<unsigned char>(c);
        if (!half_) {
            half_ = byte;
            continue;
        }
        const auto first = *std::exchange(half_, std::nullopt);
        const bool little = encoding_ == CsvEncoding::utf16_little;
        utf16_unit(static_cast<std::uint16_t>(little ? first | byte << 8 : first << 8 | byte));
    }
}

void CsvDecoder::utf16_unit(std::uint16_t unit) {
    const bool mark = std::exchange(first_, false) && unit == 0xfeff;
    const bool high = unit >= 0xd800 && unit < 0xdc00, low = unit >= 0xdc00 && unit < 0xe000;
    if (low != high_surrogate_.has_value() || unit == 0) bad_ = true;
    if (mark || bad_) return;
    if (high)
        high_surrogate_ = unit;
    else if (low)
        append_utf8(text_, 0x10000u + ((*std::exchange(high_surrogate_, std::nullopt) - 0xd800u) << 10) +
                               (unit - 0xdc00u));
    else
        append_utf8(text_, unit);
}

}  // namespace rowan::formats
