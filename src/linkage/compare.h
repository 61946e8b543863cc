// Which level of agreement each field of two records reaches. The only place where two records are compared: the
// index, the batch engine and the explanation all come through here, so they cannot disagree.
// Thread-safety: const Comparators are shared freely; a LevelCache belongs to one thread.
#pragma once
#include "linkage/model.h"
#include "linkage/population.h"

#include <array>
#include <cstdint>
#include <vector>

namespace rowan::linkage {

// level[i]: 0 when the i-th field of the model is missing on either side, else 1 + the number of the level.
struct Pattern {
    std::array<std::uint8_t, kFields> level{};
    std::uint64_t packed() const;  // four bits a field
    friend bool operator==(const Pattern&, const Pattern&) = default;
};

// Remembers the level of pairs of interned names and texts; answers from it are the same as without.
class LevelCache {
public:
    LevelCache();
    struct Entry { std::uint32_t a = 0, b = 0; std::uint32_t field = ~0U; std::uint32_t level = 0; };
    Entry& slot(std::uint32_t field, std::uint32_t a, std::uint32_t b);

private:
    std::vector<Entry> entries_;
};

class Comparator {
public:
    explicit Comparator(const Model&);
    Pattern compare(const View& a, const View& b, LevelCache* cache = nullptr) const;
    // One field at a time, without aliases. The given name brings the family name along, so it must come first.
    void compare_field(std::size_t field, const View& a, const View& b, Pattern&, LevelCache*) const;
    const Model& model() const { return *model_; }

private:
    std::uint8_t text_level(std::size_t field, const View& a, const View& b, LevelCache*) const;
    std::uint8_t find_text_level(std::size_t field, const View& a, std::uint32_t ia, const View& b, std::uint32_t ib) const;
    std::uint8_t name_level(std::size_t field, const View& a, std::uint32_t ia, const View& b, std::uint32_t ib, LevelCache*) const;
    std::uint8_t find_name_level(std::size_t field, const Name& a, const Name& b) const;
    std::uint8_t sex_level(std::size_t field, const View& a, const View& b) const;
    std::uint8_t date_level(std::size_t field, std::uint32_t a, std::uint32_t b) const;
    bool crossed(const View& a, std::uint32_t ia, const View& b, std::uint32_t ib, LevelCache*) const;
    void names(const View& a, const View& b, Pattern&, LevelCache*) const;
    void aliases(const View& a, const View& b, Pattern&, LevelCache*) const;
    const Model* model_;  // borrowed: the Model outlives the Comparator
    int given_ = -1, family_ = -1;              // places in model.fields
    std::uint8_t given_swapped_ = 0, family_swapped_ = 0;
    std::array<std::array<double, 16>, kFields> weight_{};
};

}  // namespace rowan::linkage
