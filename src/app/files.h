// Files that are whole or not there, for the commands that write what must last.
// Thread-safety: each belongs to one thread. Errors: told by what the functions return; errno says why.
#pragma once
#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace rowan::app {

// A new file that only its owner may read; removed unless kept.
class NewFile {
public:
    explicit NewFile(std::filesystem::path);
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile();

    bool open() const { return file_ >= 0; }
    bool write(std::string_view);                          // at the end of what was written so far
    bool write_at(std::uint64_t place, std::string_view);  // over what is there, or beyond it
    bool cut(std::uint64_t size);                          // makes it exactly this long
    bool sync();
    // Takes its final name, unless something else has it.
    bool keep_as(const std::filesystem::path& name);
    void keep() { kept_ = true; }

private:
    std::filesystem::path path_;
    int file_;
    bool kept_ = false;
};

// A file read as memory, so that no copy of it is needed.
class Mapped {
public:
    explicit Mapped(const std::filesystem::path&);
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    ~Mapped();
    bool ok() const { return ok_; }
    std::string_view bytes() const { return {static_cast<const char*>(memory_), size_}; }

private:
    void* memory_ = nullptr;
    std::size_t size_ = 0;
    bool ok_ = false;
};

// A file or folder that goes with everything in it when the work is over, whichever way it ends.
struct Temporary {
    explicit Temporary(std::filesystem::path p) : path(std::move(p)) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary();
    std::filesystem::path path;
};

// So that the names in it outlive a power cut.
void sync_folder(const std::filesystem::path&);

// Writes a small new file, synced, with this mode. conflict when there is one already.
base::Result<> write_new_file(const std::filesystem::path&, std::string_view content, unsigned mode = 0600);
// The content of a small file; not_found with one sentence when it cannot be read.
base::Result<std::string> read_small_file(const std::filesystem::path&);

// "/srv/rowan/data/" as "/srv/rowan/data": so that it has a name and a folder that it stands in.
std::filesystem::path without_slash(const std::filesystem::path&);
// The folder that a file stands in: "." for a bare name.
std::filesystem::path folder_of(const std::filesystem::path&);

}  // namespace rowan::app
