// Any bytes as a CSV file: read or refused with a sentence, never more.
#include "linkage/dataset.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(rowan::linkage::Dataset::parse({{"fuzz.csv", text}}, {}));
    return 0;
}
