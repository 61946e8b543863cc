#include "app/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <optional>

namespace rowan::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSmall = 1u << 20;

bool whole_write(int file, std::string_view bytes, std::optional<std::uint64_t> place) {
    while (!bytes.empty()) {
        const auto written = place ? ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(*place))
                                   : ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        if (place) *place += static_cast<std::uint64_t>(written);
    }
    return true;
}

}  // namespace

NewFile::NewFile(fs::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}

NewFile::~NewFile() {
    if (file_ < 0) return;
    ::close(file_);
    if (!kept_) ::unlink(path_.c_str());
}

bool NewFile::write(std::string_view bytes) { return whole_write(file_, bytes, std::nullopt); }
bool NewFile::write_at(std::uint64_t place, std::string_view bytes) { return whole_write(file_, bytes, place); }
bool NewFile::cut(std::uint64_t size) { return ::ftruncate(file_, static_cast<off_t>(size)) == 0; }
bool NewFile::sync() { return ::fsync(file_) == 0; }

bool NewFile::keep_as(const fs::path& name) {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0) {
        // Some network file systems cannot promise this.
        if (errno != EINVAL || fs::exists(name) || std::rename(path_.c_str(), name.c_str()) != 0) return false;
    }
    return kept_ = true;
}

Mapped::Mapped(const fs::path& path) {
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

Mapped::~Mapped() {
    if (ok_ && size_ > 0) ::munmap(memory_, size_);
}

Temporary::~Temporary() {
    std::error_code ignored;
    for (const auto* beside : {"", "-wal", "-shm", ".part", ".lock"})
        fs::remove_all(path.string() + beside, ignored);
}

void sync_folder(const fs::path& folder) {
    const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
}

base::Result<> write_new_file(const fs::path& path, std::string_view content, unsigned mode) {
    NewFile file(path);
    if (!file.open() && errno == EEXIST)
        return base::conflict("There is already a file " + path.string() + ". Choose another name.");
    if (!file.open() || !file.write(content) || !file.sync() || ::chmod(path.c_str(), mode) != 0)
        return base::refused("The file " + path.string() +
                             " cannot be written. Check the folder, its owner and the space.");
    file.keep();
    sync_folder(folder_of(path));
    return base::done();
}

base::Result<std::string> read_small_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string content(kSmall, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!in.eof() || in.bad() || !in.gcount())  // not there, no file, longer than anything small, or empty
        return base::not_found("The file " + path.string() + " is not there or cannot be read.");
    content.resize(static_cast<std::size_t>(in.gcount()));
    return content;
}

fs::path without_slash(const fs::path& path) {
    auto out = path.lexically_normal();
    return out.has_filename() ? out : out.parent_path();
}

fs::path folder_of(const fs::path& path) {
    const auto folder = path.parent_path();
    return folder.empty() ? fs::path(".") : folder;
}

}  // namespace rowan::app
