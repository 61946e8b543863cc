#include "linkage/company.h"

#include <utility>

namespace rowan::linkage {
namespace {

class Alone final : public Company {
public:
    std::size_t size() const override { return 1; }
    std::size_t rank() const override { return 0; }
    std::vector<std::string> tell_first(std::string text) override { return tell_all(std::move(text)); }
    std::vector<std::string> tell_all(std::string text) override { return {std::move(text)}; }
};

}  // namespace

Company& alone() {
    static Alone one;
    return one;
}

}  // namespace rowan::linkage
