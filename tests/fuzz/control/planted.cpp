// The negative control: one byte past the end is read for an input that begins with "Ro!". The fuzzer must find
// it.
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::uint8_t> copy(data, data + size);
    if (size < 3 || copy[0] != 'R' || copy[1] != 'o' || copy[2] != '!') return 0;
    volatile std::uint8_t past_the_end = *(copy.data() + size);
    return past_the_end < 0;
}
