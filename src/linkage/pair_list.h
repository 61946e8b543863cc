// The weighed pairs of a run: in memory as far as they may be, and beyond that in sorted parts on disk, which are
// merged when they are read.
//
// The file on disk has no name, so it is gone with the program, however that ends; it holds numbers of records and
// weights, nothing else. Thread-safety: one thread adds; afterwards any number read.
#pragma once
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rowan::linkage {

struct Pair {
    std::uint32_t left = 0, right = 0;  // left < right
    double weight = 0;
    friend bool operator==(const Pair&, const Pair&) = default;
};

bool stronger(const Pair&, const Pair&);  // or, of one weight, before it in the order of records

struct Room {
    std::size_t pairs = std::numeric_limits<std::size_t>::max();  // in memory at once; 16 bytes each
    std::string folder;                                           // where the others go
};

class PairList {
public:
    enum class Order : std::uint8_t { by_records, by_weight };  // left, then right; the strongest first
    explicit PairList(Room = {}, Order = Order::by_records);
    PairList(const std::vector<Pair>&);  // of pairs that are there already, in their order
    PairList(PairList&&) noexcept;
    PairList& operator=(PairList&&) noexcept;
    ~PairList();

    void add(std::span<const Pair>);
    // To be called once, when all are in. Fails when the disk did not hold them.
    base::Result<> sort();

    std::uint64_t size() const { return size_; }
    bool on_disk() const { return file_ != nullptr; }
    const Room& room() const { return room_; }
    // All, some at a time, in order. Of so many threads that read at once each takes its part of the memory.
    // Throws std::system_error when the disk does not give back what it was given.
    void parts(const std::function<void(std::span<const Pair>)>&, std::size_t readers = 1) const;
    template <class F>
    void each(F f) const {
        parts([&](std::span<const Pair> some) {
            for (const Pair& p : some) f(p);
        });
    }

private:
    class File;
    void put_away();
    Room room_;
    Order order_ = Order::by_records;
    std::vector<Pair> pairs_;
    std::unique_ptr<File> file_;
    std::uint64_t size_ = 0;
};

}  // namespace rowan::linkage
