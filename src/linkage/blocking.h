// Which pairs are worth comparing: records that share a key of at least one rule.
// Thread-safety: values and pure functions.
#pragma once
#include "linkage/model.h"
#include "linkage/population.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

std::span<const Rule> default_rules();
std::span<const Rule> rules_of(const Model&);  // the model's own, or the default ones; lives as long as the model

// The key of a record under a rule; 0 when a part is missing. Equal parts give equal keys; different parts give
// different keys but for hash collisions (2^-64), which cost one needless comparison.
std::uint64_t block_key(const Rule&, const View&);

}  // namespace rowan::linkage
