#include "app/backup_file.h"

#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/token.h"
#include "formats/json.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using formats::Json;

constexpr std::string_view kMagic = "rowan-backup 1\n";
constexpr std::size_t kChunk = 1u << 20;
constexpr std::size_t kMostHeader = 16 * 1024;
constexpr std::size_t kNoncePrefix = crypto::kNonceBytes - 8;

base::Error damaged(const fs::path& file) {
    return base::invalid("The backup " + file.string() +
                         " is damaged or not whole. Nothing was restored; use another copy.");
}
base::Error unwritable(const fs::path& file) {
    return base::unavailable("The file " + file.string() +
                             " could not be written whole, so it was removed. Check the space and the folder.");
}

std::string big_endian(std::uint64_t n) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
    return out;
}

std::uint64_t chunks_of(std::int64_t bytes) {
    return std::max<std::uint64_t>(1, (static_cast<std::uint64_t>(bytes) + kChunk - 1) / kChunk);
}

// Everything that a chunk must not be separated from: the header, its number, and whether it is the last.
std::string additional(const std::string& header, std::uint64_t number, bool last) {
    return "rowan-backup 1" + crypto::sha256(header) + big_endian(number) + (last ? '\1' : '\0');
}

// A new file that only its owner may read; removed unless kept.
class NewFile {
public:
    explicit NewFile(fs::path path)
        : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() {
        if (file_ < 0) return;
        ::close(file_);
        if (!kept_) ::unlink(path_.c_str());
    }
    bool open() const { return file_ >= 0; }
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto written = ::write(file_, bytes.data(), bytes.size());
            if (written <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    bool sync() { return ::fsync(file_) == 0; }
    // Takes its final name, unless something else has it.
    bool keep_as(const fs::path& name) {
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0) {
            // Some network file systems cannot promise this.
            if (errno != EINVAL || fs::exists(name) || std::rename(path_.c_str(), name.c_str()) != 0) return false;
        }
        return kept_ = true;
    }
    void keep() { kept_ = true; }

private:
    fs::path path_;
    int file_;
    bool kept_ = false;
};

// A file read as memory, so that its hash needs no copy of it.
class Mapped {
public:
    explicit Mapped(const fs::path& path) {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        struct stat facts{};
        if (file >= 0 && ::fstat(file, &facts) == 0) {
            size_ = static_cast<std::size_t>(facts.st_size);
            ok_ = true;
            if (size_ > 0) {
                memory_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
                ok_ = memory_ != MAP_FAILED;
            }
        }
        if (file >= 0) ::close(file);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    ~Mapped() {
        if (ok_ && size_ > 0) ::munmap(memory_, size_);
    }
    bool ok() const { return ok_; }
    std::string_view bytes() const { return {static_cast<const char*>(memory_), size_}; }

private:
    void* memory_ = nullptr;
    std::size_t size_ = 0;
    bool ok_ = false;
};

std::string header_line(const BackupHeader& h, std::string_view nonce) {
    return Json::object({{"made_at", base::to_iso(h.made_at)},
                         {"program", h.program},
                         {"schema_version", h.schema_version},
                         {"log_id", h.head.log_id},
                         {"audit_size", static_cast<std::int64_t>(h.head.size)},
                         {"audit_root", crypto::to_hex(h.head.root)},
                         {"audit_time", base::to_iso(h.head.time)},
                         {"audit_signature", base::to_hex(h.head.signature)},
                         {"bytes", h.bytes},
                         {"sha256", h.sha256},
                         {"nonce", base::to_hex(nonce)}})
               .write() +
           "\n";
}

struct Parsed {
    BackupHeader header;
    std::string nonce;
};
std::optional<Parsed> parse_header(std::string_view line) {
    const auto json = formats::parse_json(line);
    if (!json.ok()) return std::nullopt;
    Parsed out;
    auto& h = out.header;
    const auto made_at = base::parse_instant((*json)["made_at"].text()),
               audit_time = base::parse_instant((*json)["audit_time"].text());
    const auto root = crypto::hash_from_hex((*json)["audit_root"].text());
    const auto signature = base::from_hex((*json)["audit_signature"].text()),
               nonce = base::from_hex((*json)["nonce"].text());
    h.program = (*json)["program"].text();
    h.schema_version = (*json)["schema_version"].integer();
    h.head.log_id = (*json)["log_id"].text();
    h.bytes = (*json)["bytes"].integer();
    h.sha256 = (*json)["sha256"].text();
    const auto size = (*json)["audit_size"].integer();
    if (!made_at || !audit_time || !root || !signature || !nonce || nonce->size() != kNoncePrefix || size < 0 ||
        h.bytes <= 0)
        return std::nullopt;
    h.made_at = *made_at;
    h.head.time = *audit_time;
    h.head.root = *root;
    h.head.signature = *signature;
    h.head.size = static_cast<std::uint64_t>(size);
    out.nonce = *nonce;
    return out;
}

}  // namespace

base::Result<> write_backup(const crypto::Keyring& keyring, BackupHeader header, const fs::path& snapshot,
                            const fs::path& out) {
    const Mapped plain(snapshot);
    if (!plain.ok())
        return base::unavailable("The snapshot of the database could not be read again. Try once more.");
    header.bytes = static_cast<std::int64_t>(plain.bytes().size());
    header.sha256 = crypto::sha256_hex(plain.bytes());
    const auto nonce = crypto::random_bytes(kNoncePrefix);
    const auto line = header_line(header, nonce);
    const auto key = keyring.purpose_key("backup");
    const fs::path part = out.string() + ".part";
    NewFile file(part);
    if (!file.open())
        return base::refused("The file " + part.string() +
                             " cannot be made: the folder is not there or may not be written to, or another "
                             "backup is being written.");
    bool written = file.write(kMagic) && file.write(line);
    const auto count = chunks_of(header.bytes);
    for (std::uint64_t i = 0; written && i < count; ++i)
        written = file.write(crypto::encrypt(key, nonce + big_endian(i), additional(line, i, i + 1 == count),
                                             plain.bytes().substr(i * kChunk, kChunk)));
    if (!written || !file.sync()) return unwritable(out);
    if (!file.keep_as(out))
        return base::conflict("There is already a file " + out.string() + ". Choose another name.");
    return base::done();
}

base::Result<BackupHeader> read_backup(const crypto::Keyring& keyring, const fs::path& backup,
                                       const fs::path& plain) {
    std::ifstream in(backup, std::ios::binary);
    std::error_code error;
    const auto size = fs::file_size(backup, error);
    if (!in || error)
        return base::not_found("The backup " + backup.string() +
                               " is not there or cannot be read. Give the file that rowan backup wrote.");
    std::string magic(kMagic.size(), '\0'), line;
    in.read(magic.data(), static_cast<std::streamsize>(magic.size()));
    if (magic != kMagic)
        return base::invalid("The file " + backup.string() +
                             " is not a backup that this Rowan can read. Give the file that rowan backup wrote.");
    line.resize(kMostHeader);
    in.getline(line.data(), static_cast<std::streamsize>(line.size()));
    if (!in) return damaged(backup);
    line.resize(static_cast<std::size_t>(in.gcount() - 1));
    const auto parsed = parse_header(line);
    if (!parsed) return damaged(backup);
    const auto& header = parsed->header;
    line.push_back('\n');
    if (header.head.log_id != keyring.log_id())
        return base::refused("The backup " + backup.string() +
                             " was made with another keyring. Give the one of its partnership: --keyring FILE.");
    const auto count = chunks_of(header.bytes);
    if (size != kMagic.size() + line.size() + static_cast<std::uint64_t>(header.bytes) + count * crypto::kTagBytes)
        return damaged(backup);

    const auto key = keyring.purpose_key("backup");
    NewFile file(plain);
    if (!file.open()) return unwritable(plain);
    for (std::uint64_t i = 0; i < count; ++i) {
        const bool last = i + 1 == count;
        std::string chunk(
            crypto::kTagBytes + (last ? static_cast<std::size_t>(header.bytes) - i * kChunk : kChunk), '\0');
        in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        if (!in) return damaged(backup);
        const auto opened = crypto::decrypt(key, parsed->nonce + big_endian(i), additional(line, i, last), chunk);
        if (!opened) return damaged(backup);
        if (!file.write(*opened)) return unwritable(plain);
    }
    if (!file.sync()) return unwritable(plain);
    const Mapped written(plain);
    if (!written.ok() || crypto::sha256_hex(written.bytes()) != header.sha256) return damaged(backup);
    file.keep();
    return header;
}

}  // namespace rowan::app
