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
std::uint64_t part_hash(Part, const View&);  // of one part; 0 when it is missing
std::span<const Field> fields_of(Part);      // that it looks at

// The keys of one record under several rules: what rules have in common is looked up once.
class RecordKeys {
public:
    explicit RecordKeys(const View& view) : view_(view) {}
    std::uint64_t key(const Rule&);

private:
    const View& view_;
    std::uint32_t known_ = 0;  // bits of the parts that are in part_
    std::array<std::uint64_t, static_cast<std::size_t>(Part::exact_birth) + 1> part_;
};

}  // namespace rowan::linkage
