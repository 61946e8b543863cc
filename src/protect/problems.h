// Collects what is wrong, field by field. For the rules of this room only.
#pragma once
#include "people/person.h"

#include <string>
#include <utility>
#include <vector>

namespace rowan::protect {

class Problems {
public:
    void need(bool holds, std::string field, std::string message) {
        if (!holds) list_.push_back({std::move(field), std::move(message)});
    }
    std::vector<people::FieldProblem> take() { return std::move(list_); }

private:
    std::vector<people::FieldProblem> list_;
};

}  // namespace rowan::protect
