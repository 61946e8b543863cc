#include "linkage/disk.h"

#include <oneapi/tbb/parallel_for.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace rowan::linkage {
namespace {

constexpr std::size_t kSmall = 1 << 16;  // bytes: not worth a file

// What the operating system says this program uses, in bytes.
std::size_t in_use() {
    const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[64] = {};
    const ssize_t size = file < 0 ? -1 : ::read(file, text, sizeof text - 1);
    if (file >= 0) ::close(file);
    if (size <= 0) return 0;
    char* rest = nullptr;
    std::strtoull(text, &rest, 10);  // the first number is of addresses
    return std::strtoull(rest, nullptr, 10) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// A nameless file with room on the disk for all of it, for a page that finds none would end the program; or the
// error.
std::pair<int, int> file_of(const std::string& folder, std::size_t bytes) {
    const int file = nameless_file(folder);
    if (file < 0) return {-1, errno};
    const int full = ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
    if (full == 0) return {file, 0};
    ::close(file);
    return {-1, full};
}

}  // namespace

int nameless_file(const std::string& folder) {
    std::string name = folder + "/rowan-link-XXXXXX";
    const int file = ::mkostemp(name.data(), O_CLOEXEC);
    if (file >= 0) ::unlink(name.c_str());
    return file;
}

Disk::Disk(std::string folder, std::size_t memory)
    : folder_(std::move(folder)), memory_(memory), watch_([this] { watch(); }) {}

Disk::~Disk() {
    {
        const std::lock_guard hold(lock_);
        done_ = true;
    }
    wake_.notify_all();
    watch_.join();
}

void* Disk::do_allocate(std::size_t bytes, std::size_t alignment) {
    if (bytes < kSmall) return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    const auto [file, refused] = file_of(folder_, bytes);
    void* at = MAP_FAILED;
    int error = refused;
    if (file >= 0) {
        at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        error = errno;
        ::close(file);
    }
    if (at == MAP_FAILED)
        throw std::system_error(
            error, std::generic_category(),
            "The folder " + folder_ + " does not hold the records that memory has no room for");
    const std::lock_guard hold(lock_);
    mapped_.emplace(at, bytes);
    return at;
}

void Disk::do_deallocate(void* at, std::size_t bytes, std::size_t alignment) {
    if (bytes < kSmall) return std::pmr::new_delete_resource()->deallocate(at, bytes, alignment);
    give_back(at);
    ::munmap(at, bytes);  // takes its time: the file goes with it
}

void Disk::borrow(void* at, std::size_t bytes) {
    const std::lock_guard hold(lock_);
    mapped_.emplace(at, bytes);
}

void Disk::give_back(void* at) {
    const std::lock_guard hold(lock_);
    mapped_.erase(at);
}

// The pages stay what they are: this program only forgets where they lie, and the system may need their memory.
void Disk::let_go() {
    for (const auto& [at, bytes] : mapped_) ::madvise(at, bytes, MADV_DONTNEED);
}

bool Disk::too_much() const { return in_use() > memory_ - memory_ / 4; }

void Disk::watch() {
    std::unique_lock hold(lock_);
    while (!wake_.wait_for(hold, std::chrono::milliseconds(2), [&] { return done_; }))
        if (too_much()) let_go();
}

void Disk::keep_within() {
    if (!too_much()) return;
    const std::lock_guard hold(lock_);
    if (too_much()) let_go();  // and not because another has just done it
}

void Pick::copy(const std::byte* from, std::size_t row, std::byte* to) const {
    // Each row may bring the pages around it.
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, order_.size(), 512), [&](const auto& range) {
        disk_.keep_within();
        for (std::size_t i = range.begin(); i < range.end(); ++i)
            std::memcpy(to + order_[i].low * row, from + order_[i].key * row, row);
    });
}

Pick::Pick(std::span<const std::uint32_t> records, Disk& disk) : disk_(disk) {
    KeyedList spare;
    order_.reserve(records.size());
    for (std::size_t k = 0; k < records.size(); ++k)
        order_.push_back({records[k], static_cast<std::uint32_t>(k), 0});
    radix_sort(order_, spare);
}

}  // namespace rowan::linkage
