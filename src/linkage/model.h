// The model: what each comparison of two records is worth.
//
// For each field, the levels of agreement from best to worst, each with m (how often records of one person compare
// so) and u (how often records of two different people do). The weight of a level is log2(m / u); the weights of
// the fields add up to the weight of the pair (Fellegi and Sunter 1969). A missing value weighs nothing. Kept as
// TOML that a person can read: docs/formats/linkage-model.md. Thread-safety: values.
#pragma once
#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

enum class Field : std::uint8_t {
    given_name,
    middle_name,
    family_name,
    date_of_birth,
    sex,
    postcode,
    address,
    town,
    nhs_number,
    upn,
    other_id,
    phone,
    email,
    other
};
inline constexpr std::size_t kFields = 14;
std::string_view field_key(Field);    // "given_name"
std::string_view field_words(Field);  // "given name"
std::optional<Field> parse_field(std::string_view key);

enum class Test : std::uint8_t {
    same,              // equal after folding
    run_together,      // equal without spaces: "mary ann", "maryann"
    part,              // one whole part in common: "smith jones", "smith"; a date: equal as far as both are known
    nickname,          // nicknames.h
    initial,           // one is the initial of the other
    typing_error,      // osa distance at most `limit`, and texts long enough for that to mean something; dates: as
                       // written
    jaro_winkler,      // at least `limit`
    sounds_like,       // equal soundex or equal sounds_like_key, and Jaro-Winkler at least `limit`
    exchanged,         // given and family name exactly exchanged
    swapped,           // given and family name exchanged, nearly; day and month exchanged
    middle,            // the given name of one is the middle name of the other
    one_digit,         // dates: one digit wrong, or two neighbours exchanged
    first_of_january,  // dates: same year, and one of them is 1 January, the date of those who do not know
    other_year,        // dates: same day and month
    within_days,       // dates: at most `limit` days apart
    same_month,        // dates: same year and month
    same_year,
    sector,     // postcodes: all but the last two letters
    outward,    // postcodes: the part before the space
    area,       // postcodes: the letters they begin with
    same_user,  // e-mail: equal before the @
    different
};
std::string_view test_key(Test);
std::optional<Test> parse_test(std::string_view key);

// A level of the given name that speaks for the surname, too, which then counts as missing.
inline bool says_both_names(Test t) { return t == Test::exchanged || t == Test::swapped; }

struct Level {
    Test test = Test::different;
    double limit = 0;         // see Test; 0 where the test needs none
    std::string says;         // in plain words: "same date of birth"
    double m = 0.5, u = 0.5;  // probabilities; those of a field's levels each add up to 1
    double weight() const;    // log2(m / u)
};

struct FieldModel {
    Field field = Field::given_name;
    bool term_frequency = false;  // agreement on a rare value is worth more than on a common one
    // How many records have the value as it should be, where mistakes make values that nobody bears: those who
    // agree on a value are right, so it is that much commoner among them than among all records. 1: says nothing.
    double right = 1;
    bool household = false;     // shared by those who live together: see Model::household_share
    std::vector<Level> levels;  // best first; the last is `different`
};

// What a rule of blocking looks at: records that agree in all parts of a rule are compared.
enum class Part : std::uint8_t {
    given,
    given_sound,
    given_initial,
    given_two,  // first given name, its soundex, its first one or two letters
    family,
    family_sound,
    family_four,  // whole, soundex of its first part, first four letters
    both_names,   // first given and family name, in either order
    birth,
    birth_year,
    birth_month,  // date with day and month in either order; year; year and month
    postcode,
    outward,
    address,
    town,
    nhs_number,
    upn,
    other_id,
    phone,
    email,
    exact_birth  // date, day and month as they stand
};
std::string_view part_key(Part);
std::optional<Part> parse_part(std::string_view key);

struct Rule {
    std::string name;         // "date of birth and surname sound"
    std::vector<Part> parts;  // a record without one of them has no key under this rule
    // Where so many share all parts that agreeing in them says little, they are compared only if this agrees, too.
    std::optional<Part> closer = {};
};
inline constexpr std::size_t kMaxRules = 32;

struct Model {
    std::string name;
    double prior = 1e-5;              // probability that two records taken at random are the same person
    double prior_same_source = 1e-5;  // the same when both come from one source: how many doubles a source holds
    double sibling_pairs =
        2;  // among records that share surname and home: pairs of siblings for each pair of one child; 0: no guard
    double sibling_pairs_same_source = 20;  // the same when both come from one source
    double twin_share = 0.03;               // of those sibling pairs, how many were born on one day
    double sibling_namesakes = 1;  // how often siblings bear one given name, beside how often strangers do
    double sibling_ceiling =
        -5;  // no home known, same surname and birth, another first name: no more weight than this
    // Where given names and surnames are a community's: so much oftener do two people agree in both than each name
    // by itself would have it. 1: names go together by chance alone.
    double names_together = 1;
    double household_share = 0.25;  // of several agreeing household fields the best counts whole, the rest so much
    bool plain_frequency = false;   // term frequency is count / records, and not drawn towards the average
    std::vector<FieldModel> fields;
    std::vector<Rule> rules;  // of blocking; none: default_rules() of blocking.h

    const FieldModel* find(Field) const;
    double prior_weight(bool same_source = false) const;  // log2(prior / (1 - prior))

    // For children of an English partnership; figures from general knowledge of such registers, not from any data
    // set.
    static const Model& children();
    static std::string_view children_text();  // the same as TOML

    static base::Result<Model> parse(std::string_view toml);
    std::string text() const;  // parse(text()) is the same model, bit by bit
};

double probability(double weight);  // 2^w / (1 + 2^w)

}  // namespace rowan::linkage
