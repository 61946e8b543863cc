// Memory whose pages wait on disk: for what is as wide as the records, when those are more than memory should
// hold.
//
// Large blocks come from nameless files, small ones from the heap. What was touched stays in memory until the
// program uses more than it should; then the pages are let go and read again when they are asked for. So whoever
// reads, reads from front to back; a Pick does so for records in any order. Thread-safety: Disk is used by any
// number of threads; it must outlive what it gave. Throws std::system_error when the folder does not hold so much.
#pragma once
#include "linkage/radix.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace rowan::linkage {

// A file that is gone with the program, however it ends; -1 and errno where the folder takes none.
int nameless_file(const std::string& folder);

class Disk : public std::pmr::memory_resource {
public:
    // The program may use so many bytes of memory, all that it uses counted.
    Disk(std::string folder, std::size_t memory);
    ~Disk() override;
    // Pages of somebody else's, to be let go like its own, for they can be read again; and no longer.
    void borrow(void* at, std::size_t bytes);
    void give_back(void* at);
    // For who touches much in little time: lets pages go at once if too much is in use.
    void keep_within();
    // How many rows of so many bytes may be taken from it at once.
    std::size_t at_once(std::size_t bytes) const { return std::max<std::size_t>(1, memory_ / 4 / bytes); }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void*, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
    bool too_much() const;
    void watch();
    void let_go();

    const std::string folder_;
    const std::size_t memory_;
    std::mutex lock_;
    std::map<void*, std::size_t> mapped_;  // and how many bytes
    bool done_ = false;
    std::condition_variable wake_;
    std::thread watch_;
};

// Some records, to be read in the order in which they lie on the disk.
class Pick {
public:
    Pick(std::span<const std::uint32_t> records, Disk&);
    // The k-th record's row of `width` values goes to the k-th row of `to`.
    template <class T>
    void rows(const T* from, std::size_t width, T* to) const {
        static_assert(std::is_trivially_copyable_v<T>);
        copy(reinterpret_cast<const std::byte*>(from), width * sizeof(T), reinterpret_cast<std::byte*>(to));
    }

private:
    void copy(const std::byte* from, std::size_t row, std::byte* to) const;
    Disk& disk_;
    KeyedList order_;
};

}  // namespace rowan::linkage
