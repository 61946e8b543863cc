// A scheme file is read from an administrator's disk, but a restore or a copy may have damaged it in any way.
#include "partnership/scheme.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto scheme = rowan::partnership::read_scheme(text, "fuzz.toml");
    if (scheme && !rowan::partnership::check_scheme(*scheme).empty())
        std::abort();  // read only what is without fault
    if (!scheme && scheme.error().message.empty()) std::abort();
    return 0;
}
