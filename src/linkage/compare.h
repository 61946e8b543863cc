// Which level of agreement each field of two records reaches. The only place where two records are compared: the
// index, the batch engine and the explanation all come through here, so they cannot disagree.
// Thread-safety: const Comparators are shared freely; a LevelCache belongs to one thread.
#pragma once
#include "linkage/model.h"
#include "linkage/population.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rowan::linkage {

// level[i]: 0 when the i-th field of the model is missing on either side, else 1 + the number of the level.
struct Pattern {
    std::array<std::uint8_t, kFields> level{};
    std::uint64_t packed() const;  // four bits a field
    friend bool operator==(const Pattern&, const Pattern&) = default;
};

// Remembers the level of pairs of interned names and texts; answers from it are the same as without.
// An entry is one word: two numbers below 2^28, the field, the level.
class LevelCache {
public:
    LevelCache();
    static bool fits(std::uint32_t a, std::uint32_t b) { return (a | b) < 1U << 28; }
    template <class Find>
    std::uint8_t level(std::uint32_t field, std::uint32_t a, std::uint32_t b, Find find) {
        const std::uint64_t key = key_of(field, a, b);
        std::uint64_t& entry = entries_[place(key)];
        if ((entry & ~std::uint64_t{15}) != key) entry = key | find();
        return static_cast<std::uint8_t>(entry & 15);
    }

    // The level will be asked for soon.
    void prefetch(std::uint32_t field, std::uint32_t a, std::uint32_t b) const {
        __builtin_prefetch(entries_.data() + place(key_of(field, a, b)));
    }

private:
    static std::uint64_t key_of(std::uint32_t field, std::uint32_t a, std::uint32_t b) {
        return std::uint64_t{a} << 36 | std::uint64_t{b} << 8 | std::uint64_t{field} << 4;
    }
    static std::size_t place(std::uint64_t key) { return key * 0x9E3779B97F4A7C15ULL >> kShift; }
    static constexpr unsigned kBits = 16,
                              kShift = 64 - kBits;  // 512 KiB a thread: stays in the second-level cache
    std::vector<std::uint64_t> entries_;
};

// A date of birth with what its tests look at, worked out once.
struct Birth {
    std::uint32_t packed = 0;  // PartialDate::packed
    std::uint32_t digits = 0;  // eight decimal digits, four bits each
    std::int32_t days = 0;     // PartialDate::days, or kNoDay when the date is not in the calendar
    static constexpr std::int32_t kNoDay = INT32_MIN;
    Birth() = default;
    explicit Birth(std::uint32_t packed);
};

// The names of a record, by number; 0: none.
struct Called {
    std::uint32_t given = 0, middle = 0, family = 0;
    explicit Called(const Packed& p)
        : given(p[Column::given]), middle(p[Column::middle]), family(p[Column::family]) {}
    Called(std::uint32_t given, std::uint32_t middle, std::uint32_t family)
        : given(given), middle(middle), family(family) {}
};

// A text of at most seven bytes in one word, its length in the highest byte.
std::uint64_t postcode_word(std::string_view);

class Comparator {
public:
    explicit Comparator(const Model&);
    Pattern compare(const View& a, const View& b, LevelCache* cache = nullptr) const;
    // One field at a time, without aliases. The given name brings the family name along, so it must come first.
    void compare_field(std::size_t field, const View& a, const View& b, Pattern&, LevelCache*) const;
    // Given and family name at once, by their numbers. Where one goes by the other's middle name, that says
    // nothing more.
    void names(const View& a, Called, const View& b, Called, Pattern&, LevelCache*) const;
    // One name on its own, whatever the other one is.
    std::uint8_t name_level(std::size_t field, const View& a, std::uint32_t ia, const View& b, std::uint32_t ib,
                            LevelCache*) const;
    std::uint8_t text_level(std::size_t field, const View& a, std::uint32_t ia, const View& b, std::uint32_t ib,
                            LevelCache*) const;
    std::uint8_t date_level(std::size_t field, const Birth& a, const Birth& b) const;
    // Two valid postcodes as postcode_word() gives them; only where plain_postcodes(field). Equal to text_level.
    std::uint8_t postcode_level(std::size_t field, std::uint64_t a, std::uint64_t b) const;
    bool plain_postcodes(std::size_t field) const;  // has it no other tests than those of postcodes?
    // Does the model look for a name in the place of another, and may one stand there? Then only compare() tells.
    bool crosswise(const View& a, const View& b) const;
    bool given_is_middle(const View& a, const View& b) const;  // is a's given name b's middle name?
    // Two names are looked at for having been swapped from these levels on; 0: never.
    std::uint8_t given_swapped() const { return family_different_ == 0 ? std::uint8_t{0} : given_swapped_; }
    std::uint8_t family_different() const { return family_different_; }
    const Model& model() const { return *model_; }

private:
    std::uint8_t find_text_level(std::size_t field, const View& a, std::uint32_t ia, const View& b,
                                 std::uint32_t ib) const;
    std::uint8_t find_name_level(std::size_t field, const Name& a, const Name& b) const;
    std::uint8_t sex_level(std::size_t field, const View& a, const View& b) const;
    bool exchanged(const View& a, Called, const View& b, Called) const;
    bool by_middle_name(const View& a, Called, const View& b, Called) const;
    bool crossed(const View& a, std::uint32_t ia, const View& b, std::uint32_t ib, LevelCache*) const;
    void names(const View& a, const View& b, Pattern&, LevelCache*) const;
    void aliases(const View& a, const View& b, Pattern&, LevelCache*) const;
    const Model* model_;                          // borrowed: the Model outlives the Comparator
    int given_ = -1, middle_ = -1, family_ = -1;  // places in model.fields
    std::uint8_t given_exchanged_ = 0, given_middle_ = 0, given_swapped_ = 0, family_different_ = 0;
    std::array<std::array<double, 16>, kFields> weight_{};
    struct Try {
        Test test = Test::different;
        int limit = 0;
    };
    std::array<std::array<Try, 16>, kFields> tries_{};  // the levels' tests in little room
};

}  // namespace rowan::linkage
