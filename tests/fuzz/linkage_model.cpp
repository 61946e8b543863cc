// Any bytes as a model: read or refused; what is read writes itself and reads back the same.
#include "linkage/model.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using rowan::linkage::Model;
    const auto model = Model::parse({reinterpret_cast<const char*>(data), size});
    if (!model) return 0;
    const auto again = Model::parse(model->text());
    if (!again || again->text() != model->text()) std::abort();
    return 0;
}
