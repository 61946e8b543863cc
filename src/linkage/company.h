// Several processes that do one job together.
//
// Each has the same records before it and does its share of the work; what they say to each other is bytes, so
// they must be built alike and run on machines of one kind. Thread-safety: one thread of each process speaks, and
// all processes make the same calls in the same order.
#pragma once
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

class Company {
public:
    virtual ~Company() = default;
    virtual std::size_t size() const = 0;
    virtual std::size_t rank() const = 0;  // 0 is the first, which writes the results
    // What each has to say, by rank: heard by the first alone; the others get nothing.
    virtual std::vector<std::string> tell_first(std::string) = 0;
    virtual std::vector<std::string> tell_all(std::string) = 0;  // heard by everybody
    bool first() const { return rank() == 0; }
};

Company& alone();  // one process; lives as long as the program

// How numbers travel between processes.
template <class T>
void say(std::string& out, const T* values, std::size_t count) {
    out.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}
template <class T>
void hear(std::string_view& in, T* values, std::size_t count) {
    std::memcpy(values, in.data(), count * sizeof(T));
    in.remove_prefix(count * sizeof(T));
}

}  // namespace rowan::linkage
