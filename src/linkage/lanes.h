// The records of one block, each field in a row of its own, so that one record is compared with sixteen at once.
//
// What Lanes say of a pair is what Sheet and Scorer say, bit by bit, on every instruction set
// (tests/unit/linkage/lanes_test.cpp). Names of a block are numbered, and the level of two of its names is worked
// out once. Thread-safety: belongs to one thread. Borrows the Sheet. Memory: grows with the largest block, about
// 100 bytes a record of it.
#pragma once
#include "linkage/bits.h"
#include "linkage/lanes_kernel.h"
#include "linkage/sheet.h"

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace rowan::linkage {

class Lanes {
public:
    explicit Lanes(const Sheet&, const Kernel& = *kernels().front());

    // The members of a block, of whom the first `asked` will be asked of. Two records that share a key have met
    // before: `keys` are theirs, `width` a record, of which the first `rules` count; 0 is none.
    void take(std::span<const std::uint32_t> records, std::size_t asked, const std::uint32_t* keys,
              std::size_t width, std::size_t rules);
    // Pairs of member i and each later one they have not met before. found(record, weight) for those of at least
    // `least`; returns how many there were in all.
    template <class Found>
    std::uint64_t weigh(std::size_t i, LevelCache& cache, double least, Found found) {
        std::uint64_t compared = 0;
        Group g;
        ask(i);
        for (std::size_t at = first_group(i); at < count_; at += kLanes) {
            std::uint32_t open = strangers(i, at);
            if (open == 0) continue;
            compared += ones(open);
            Lane<double> weight;
            for (open = weights(i, at, open, cache, least, g, weight); open != 0; open &= open - 1) {
                const auto lane = static_cast<std::size_t>(std::countr_zero(open));
                found(record_[at + lane], weight[lane]);
            }
        }
        return compared;
    }
    // The same pairs: found(record, pattern, from one source).
    template <class Found>
    void patterns(std::size_t i, LevelCache& cache, Found found) {
        Group g;
        ask(i);
        for (std::size_t at = first_group(i); at < count_; at += kLanes) {
            std::uint32_t open = strangers(i, at);
            if (open == 0) continue;
            levels(i, at, open, cache, g);
            for (; open != 0; open &= open - 1) {
                const auto lane = static_cast<std::size_t>(std::countr_zero(open));
                found(record_[at + lane], pattern(i, at, lane, cache, g), same_source(i, at + lane));
            }
        }
    }

private:
    struct Group {
        std::array<Lane<std::uint32_t>, kFields> level;  // by field; kOpen: not compared yet
    };
    // The distinct values of a name among the members, numbered as they come up, and what is known of their
    // levels.
    struct Dictionary {
        int field = -1;
        std::uint32_t names = 0;            // how many distinct ones; 0, none, is one of them
        std::uint32_t asked = 0;            // of which so many, the first, are asked of
        std::vector<std::uint32_t> number;  // by member
        std::vector<std::uint8_t> level;    // asked x names; kOpen: not compared yet
        std::vector<std::uint64_t> slots;   // a hash table: name and number
    };
    static std::size_t first_group(std::size_t i) { return (i + 1) / kLanes * kLanes; }
    const std::uint32_t* plane(std::size_t field) const { return values_.data() + field * padded_; }
    void ask(std::size_t i);  // what all comparisons of member i share
    std::uint32_t strangers(std::size_t i, std::size_t at) const;
    std::uint32_t weights(std::size_t i, std::size_t at, std::uint32_t open, LevelCache&, double least, Group&,
                          Lane<double>&);
    std::uint32_t one_by_one(std::size_t i, std::size_t at, std::uint32_t lanes, LevelCache&, double least,
                             Lane<double>&) const;
    void first_levels(std::size_t i, std::size_t at, std::uint32_t lanes, Group&) const;
    void births(std::size_t i, std::size_t at, std::uint32_t lanes, std::uint32_t* level) const;
    std::uint32_t open_lanes(const Group&) const;  // those with a field to be compared still
    void prefetch(std::size_t i, std::size_t at, std::uint32_t lanes, const LevelCache&, const Group&) const;
    void names(std::size_t i, std::size_t at, std::size_t lane, LevelCache&, Group&);
    // Compares the names of a pair that could reach `most`. False: it cannot reach `least` any more.
    bool names_reach(double least, double most, std::size_t i, std::size_t at, std::size_t lane, LevelCache&,
                     Group&);
    void texts(std::size_t i, std::size_t at, std::size_t lane, LevelCache&, Group&) const;
    void levels(std::size_t i, std::size_t at, std::uint32_t lanes, LevelCache&, Group&);
    Pattern pattern(std::size_t i, std::size_t at, std::size_t lane, LevelCache&, const Group&) const;
    Pattern packed(const Group&, std::size_t lane) const;
    std::uint32_t apart(std::size_t i, std::size_t at, std::uint32_t lanes) const;
    Sheet::Side side(std::size_t member) const { return {sheet_->row(record_[member]), record_[member]}; }
    bool same_source(std::size_t i, std::size_t j) const { return source_[i] != 0 && source_[i] == source_[j]; }
    std::uint32_t name_level(Dictionary&, std::size_t i, std::size_t j, LevelCache&) const;
    void number_names(Dictionary&, std::size_t asked) const;

    const Sheet* sheet_;
    const Kernel* kernel_;
    std::vector<BirthLevel> births_;  // empty: dates are compared one by one
    std::vector<PostcodeTest> postcodes_;
    std::array<Worth, kFields> bound_{}, worth_{};  // what a level adds at most; what it adds, for who is asked of
    Worth prior_{};                                 // by whether both come from one source
    double lowest_ = 0;                             // no weight is below, but for rarities
    std::size_t count_ = 0, padded_ = 0, rules_ = 0;
    bool aliases_ = false;  // does any member have other names?
    // By member; values_ and keys_ hold a row of members for each field or rule.
    std::vector<std::uint32_t> record_, source_, other_names_, digits_, values_, keys_;
    std::vector<std::int32_t> days_;
    std::vector<std::uint64_t> codes_;
    std::vector<const std::uint32_t*> met_;  // rows of keys_ under which the member asked of stands
    std::vector<std::uint32_t> mine_;        // its keys there
    // Its given and family name; the first is 0 where nobody can have them exchanged.
    std::array<std::uint32_t, 2> turned_{};
    const std::uint32_t *givens_ = nullptr, *families_ = nullptr;
    // Its given and middle name, those of them that there are, and where others have the other one.
    std::vector<std::uint32_t> called_;
    std::vector<const std::uint32_t*> called_of_others_;
    Dictionary given_, family_;
};

}  // namespace rowan::linkage
