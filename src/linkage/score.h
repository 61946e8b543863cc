// What a comparison is worth, and why.
//
// Weights are log2 of how much likelier the evidence is if both records are the same person; the prior is in the
// sum. Order of the two records never matters. Thread-safety: a const Scorer is shared freely.
#pragma once
#include "linkage/compare.h"

#include <string>
#include <vector>

namespace rowan::linkage {

// Sums of the same weights in another order differ by less.
inline constexpr double kRounding = 1e-6;

struct Score {
    double weight = 0;       // log2 odds, prior included
    double probability = 0;  // of being the same person, if the model is right
    friend bool operator==(const Score&, const Score&) = default;
};

// What to warn of. Bits, because a pair may show several.
enum Contradiction : std::uint8_t {
    kNhsNumbersDiffer = 1,  // both valid
    kUpnsDiffer = 2,        // both valid; a child may be given a second one, so this is evidence, not proof
    kSiblingOrTwin = 4,     // same surname and home (or birth), clearly another given name
    kNothingElseFits =
        8  // same identifier, but neither name nor date of birth agree: a mistyped or borrowed number
};

struct Comparison {
    Pattern pattern;
    Score score;
    std::uint8_t contradictions = 0;  // Contradiction bits
    bool certain = false;             // same valid NHS number or UPN, and nothing contradicts it
};

struct Step {
    std::string field;  // "date of birth"
    std::string says;   // "same date of birth"
    double weight = 0;  // what it adds
    double times = 1;   // 2^|weight|: so many times likelier (weight > 0) or less likely
};

struct Waterfall {
    double prior = 0;         // weight before anything is compared
    std::vector<Step> steps;  // in the model's order; prior + their weights = score.weight
    Score score;
    bool certain = false;
    std::vector<std::string> contradictions;  // plain sentences
    std::string text() const;                 // a table for a terminal
};
// What two names are worth less, in bits, where so many records bear both and so many would by chance. Of who
// bears them one of the two is known to: the others are as many as are seen, drawn towards as many as names that
// go together make, as if one more had been seen there.
double together_of(double bearers, double by_chance, double together);

class Scorer {
public:
    explicit Scorer(Model);
    Scorer(const Scorer&) = delete;
    Scorer& operator=(const Scorer&) = delete;
    Comparison compare(const View&, const View&, LevelCache* = nullptr) const;
    Score score(const View& a, const View& b, LevelCache* cache = nullptr) const {
        return compare(a, b, cache).score;
    }
    // score().weight when that is at least `least`; else that or any other weight below `least`, found faster.
    double weight(const View& a, const View& b, LevelCache* cache, double least) const;
    // The weight of a pattern whose field i, where it agrees on one value, is moved by rarity[i]; sheet.h asks for
    // it.
    double weight(const Pattern&, const double* rarity, double together, bool same_source) const;
    // How much more (or less) agreement of a field on this very value says than agreement on an average one.
    double rarity_of_text(std::size_t field, const Population&, std::uint32_t value) const;
    double rarity_of_birth(std::size_t field, const Population&, std::uint32_t packed_date) const;
    double rarity_of_count(std::size_t field, double count, double with) const {
        return log_rarity(field, count, with);
    }
    double prior_weight(bool same_source) const { return prior_weight_[same_source]; }
    Waterfall explain(const View&, const View&) const;
    // What agreeing in both names takes away, on the average; and of these very names, as many records bear them,
    // where that is counted. `asked`: so many more bear them.
    double together_weight() const { return together_weight_; }
    double together_of_names(const Population&, std::uint32_t given, std::uint32_t family, double asked = 0) const;
    const Model& model() const { return model_; }
    const Comparator& comparator() const { return comparator_; }
    const std::vector<std::size_t>& by_cost() const {
        return by_cost_;
    }  // places of fields, cheapest to compare first

private:
    struct Parts;
    Parts weigh(const View&, const View&, const Pattern&) const;
    Parts weigh(const Pattern&, const double* rarity, double together, bool same_source,
                std::uint8_t both_flags) const;
    double together(const View&, const View&, const Pattern&) const;
    double log_rarity(std::size_t field, double count, double with) const;
    double against_siblings(const Pattern&, const Parts&, bool same_source) const;
    double rarity(std::size_t field, const View&, const View&) const;
    double ceiling(std::size_t field, const View&, const View&) const;
    Model model_;
    Comparator comparator_;
    std::array<std::array<double, 16>, kFields> weight_{};
    bool first_is_same_ = true;  // every field's best level is equality
    std::array<double, kFields> best_apart_{};
    std::array<Column, kFields> column_{};
    std::vector<std::size_t> by_cost_;
    std::array<std::array<std::uint8_t, 16>, kFields> closeness_{};
    std::array<int, kFields> place_{};        // of each Field in model_.fields; -1
    std::array<double, 2> prior_weight_{};    // from two sources, from one
    std::array<double, 2> sibling_weight_{};  // how many siblings there are for each match, the same way
    double namesakes_weight_ = 0, twin_weight_ = 0, together_weight_ = 0;
};

// The weight of the best level that two unequal values can reach, but for names in the place of others, which are
// seen before.
double best_apart(const FieldModel&);

// What siblings and twins show: same surname and home (or, where no home is known, birth), clearly another given
// name.
struct Family {
    bool sibling = false, one_home = false, born_together = false;
};
Family family_pattern(const Model&, const Pattern&);
// Do both names agree, nearly at least, and whichever stands first?
bool both_names_agree(const Model&, const Pattern&);

// Two records on their own, with no population behind them: no term frequency.
Comparison compare(const Scorer&, const Record&, const Record&);
Waterfall explain(const Scorer&, const Record&, const Record&);

}  // namespace rowan::linkage
