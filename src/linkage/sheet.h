// The records of a population as one model compares them, each in one short row: what millions of comparisons
// read.
//
// A row holds the number of each field's value, how rare that value is, and the date of birth with what its tests
// look at. Blocks copy the rows of their records side by side before they compare them. What a Sheet says of a
// pair is what the Scorer says, bit by bit (tests/unit/linkage/link_test.cpp). Memory: 8 bytes a field with term
// frequency and 4 a field, about 72 bytes a record with five fields. Thread-safety: shared freely once made; a
// LevelCache belongs to one thread. Borrows the population and the scorer.
#pragma once
#include "linkage/score.h"

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace rowan::linkage {

class Sheet {
public:
    Sheet(const Population& p, const Scorer& scorer) : Sheet(empty(p, scorer), p.records()) {}
    // Of nobody: for others to be made like it.
    static Sheet empty(const Population& p, const Scorer& scorer) { return Sheet(scorer, p); }
    // Of other records of the population, which it borrows; they are numbered from 0 on.
    Sheet(const Sheet& empty, std::span<const Packed> records);
    const std::uint64_t* row(std::uint32_t record) const { return &words_[std::size_t{record} * width_]; }
    std::size_t width() const { return width_; }  // words in a row

    struct Side {
        const std::uint64_t* row;
        std::uint32_t record;
    };
    // What two rows say without a look at names and texts, and the most that the pair can reach with them.
    struct Glance {
        Side a, b;
        Pattern pattern;
        std::uint32_t open = 0;  // bits of the fields still to be compared
        double most = 0;
        bool same_source = false;
    };
    Glance glance(Side, Side) const;
    void prefetch(const Glance&, const LevelCache&) const;  // what is known of the names, soon to be compared
    // Scorer::weight: exact when at least `least`, else any weight below it.
    double weight(const Glance&, LevelCache&, double least) const;
    double weight(Side a, Side b, LevelCache& cache, double least) const {
        return weight(glance(a, b), cache, least);
    }
    Pattern pattern(Side, Side, LevelCache&) const;
    bool same_source(Side, Side) const;
    // The given name and surname of both, where both are alike; otherwise none.
    std::pair<std::uint32_t, std::uint32_t> same_names(Side, Side) const;
    // How much more than their levels say the values say that both hold: for rare ones, in bits.
    double rarity(const Pattern&, Side, Side) const;

private:
    friend class Lanes;
    // After the values of the fields, each four bytes: digits and days of the birth, and the source with kAliases.
    static constexpr std::size_t kDigits = 0, kDays = 1, kSource = 2, kExtra = 3;
    static constexpr std::uint32_t kAliases = 1U << 16;
    enum class Kind : std::uint8_t { text, name, birth, sex, postcode };
    struct Info {
        Kind kind = Kind::text;
        bool household = false, rare = false;
        std::uint8_t last = 0;      // number of the level `different`
        double best_apart = 0;      // best_apart() of score.h, household fields not below 0
        std::size_t rarity_at = 0;  // word of the row
        std::array<double, 16> weight{};
        std::array<std::uint8_t, 16> hints{};  // by level; see sheet.cpp
    };
    const std::uint32_t* values(const std::uint64_t* row) const {
        return reinterpret_cast<const std::uint32_t*>(row + rarities_);
    }
    double rarity(const std::uint64_t* row, std::size_t field) const {
        return std::bit_cast<double>(row[info_[field].rarity_at]);
    }
    struct Sources;  // what rows are filled from
    Sheet(const Scorer&, const Population&);
    void fill(std::uint32_t record, const Sources&);
    View view(std::uint32_t record) const { return {&records_[record], population_, nullptr}; }
    // Levels that equal numbers decide; the bits of the fields that must be looked at.
    std::uint32_t equal_values(const std::uint32_t* x, const std::uint32_t* y, Pattern&) const;
    // From the rows alone; 0: the texts must be looked at.
    std::uint8_t row_level(std::size_t field, const std::uint64_t* a, const std::uint64_t* b) const;
    void compare_field(std::size_t field, const std::uint64_t* a, const std::uint64_t* b, Pattern&,
                       LevelCache&) const;
    // May a name stand in the place of another? That may be worth more than best_apart.
    bool crosswise(const std::uint32_t* x, const std::uint32_t* y) const {
        const bool exchanged = exchanges_ && x[given_] == y[family_] && x[family_] == y[given_] &&
                               x[given_] != x[family_] && x[given_] != 0 && x[family_] != 0;
        return exchanged || (middle_names_ && ((x[given_] == y[middle_] && x[given_] != 0) ||
                                               (y[given_] == x[middle_] && y[given_] != 0)));
    }
    Called called(const std::uint32_t* v) const {
        const auto of = [v](int at) { return at < 0 ? 0 : v[at]; };
        return {of(given_), of(middle_), of(family_)};
    }
    bool aliases(const std::uint32_t* x, const std::uint32_t* y) const {
        return ((x[fields_ + kSource] | y[fields_ + kSource]) & kAliases) != 0;
    }
    double whole_weight(const Glance&, LevelCache&, double least) const;
    double exchange_of(Side, Side) const;
    double middle_of(Side, Side) const;
    double together_of(Side, Side) const;
    // Of a pair that could reach `most` with its names not compared: what it can reach with this level of given
    // names, which tells most people apart.
    double most_with(std::uint32_t given_level, double most, bool family_open) const;
    double sum(const Pattern&, Side, Side, bool same_source) const;

    const Population* population_;
    const Scorer* scorer_;
    std::span<const Packed> records_;
    std::shared_ptr<const Sources> from_;  // of an empty sheet
    std::array<Info, kFields> info_{};
    static constexpr std::uint32_t kWhole = ~0U;  // Glance::open of who has other names, or names crosswise
    std::vector<std::size_t> by_cost_;
    std::size_t fields_ = 0, rarities_ = 0, width_ = 0;
    int given_ = -1, middle_ = -1, family_ = -1;
    // Levels. Two names are looked at for having been swapped only from there on; 0: never.
    std::uint32_t given_swapped_ = 0, family_different_ = 0;
    std::size_t together_at_ = 0;  // word of the row, where names go together; 0: they do not
    std::size_t code_at_ = 0;      // word of the row that holds a valid postcode, 0 when it holds none
    bool one_home_field_ = true;   // at most one household field, so none shares its weight with another
    bool guarded_ = false;         // against siblings
    bool exchanges_ = false;       // is there a level for names exactly exchanged?
    bool middle_names_ = false;    // and for who goes by a middle name?
    bool quick_ = true;            // every field's best level is equality
    std::shared_ptr<std::uint64_t[]> words_;
};

}  // namespace rowan::linkage
