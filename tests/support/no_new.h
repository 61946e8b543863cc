// The nth allocation of this thread from now on fails, once. Include it in one file of a program only: it replaces
// operator new.
#pragma once
#include <cstdlib>
#include <new>

namespace rowan::support {

class FailingAllocation {
public:
    explicit FailingAllocation(int nth) { left = nth; }
    ~FailingAllocation() { left = 0; }
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
    static bool due() { return left > 0 && --left == 0; }
    static bool over() { return left == 0; }  // it failed

private:
    static inline thread_local int left = 0;
};

}  // namespace rowan::support

[[gnu::noinline]] void* operator new(std::size_t size) {
    void* memory = rowan::support::FailingAllocation::due() ? nullptr : std::malloc(size != 0 ? size : 1);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
