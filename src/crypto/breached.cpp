#include "crypto/breached.h"

#include "base/text.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>

namespace rowan::crypto {

namespace {

constexpr std::size_t kDigits = 40;
constexpr int kLinesChecked = 100;

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out += "0123456789ABCDEF"[digest[i] >> 4];
        out += "0123456789ABCDEF"[digest[i] & 15];
    }
    return out;
}

base::Error unreadable(const std::string& file) {
    return base::unavailable("The list of breached passwords " + file +
                             " cannot be read; name one that can, or take --breached-passwords away.");
}

// The first whole line that begins at or after `from`: its digits, and where it begins. Empty at the end.
struct Line {
    std::string digits;
    std::streamoff at = 0;
};
Line line_from(std::ifstream& in, std::streamoff from) {
    in.clear();
    in.seekg(from == 0 ? 0 : from - 1);
    std::string text;
    if (from != 0) std::getline(in, text);  // the rest of the line before, or nothing but its end
    Line out;
    out.at = in.tellg();
    if (!std::getline(in, text)) return {};
    out.digits = text.substr(0, kDigits);
    return out;
}

}  // namespace

base::Result<> check_breached_list(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return unreadable(file);
    std::string line, before;
    for (int n = 0; n < kLinesChecked && std::getline(in, line); ++n) {
        const auto digits = line.substr(0, kDigits);
        const bool ends =
            line.size() == kDigits || (line.size() > kDigits && (line[kDigits] == ':' || line[kDigits] == '\r'));
        if (!ends || digits.find_first_not_of("0123456789ABCDEF") != digits.npos || digits <= before)
            return base::invalid("The list of breached passwords " + file + " is wrong in line " +
                                 std::to_string(n + 1) +
                                 ": it needs one SHA-1 in capital hex a line, in order of the hashes.");
        before = digits;
    }
    return base::done();
}

base::Result<bool> is_breached(const std::string& file, std::string_view password) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in) return unreadable(file);
    const auto wanted = sha1_hex(base::nfc(password));
    // All lines that begin before `low` are smaller; one that begins at `high` or later is not wanted.
    std::streamoff low = 0, high = in.tellg();
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto line = line_from(in, middle);
        if (in.bad()) return unreadable(file);
        if (line.digits == wanted) return true;
        if (!line.digits.empty() && line.digits < wanted)
            low = line.at + static_cast<std::streamoff>(line.digits.size());
        else
            high = middle;
    }
    return false;
}

}  // namespace rowan::crypto
