// Private linkage: keys instead of names (docs/formats/linkage-keys.md, which says plainly what they leak).
//
// A record becomes 1024 bits: every pair of neighbouring letters of each field sets bits chosen by a keyed
// function (SipHash-2-4) of the project's secret, the field, and a salt that is stable for the person (year of
// birth). The bits are then folded by XOR from 2048 to 1024, so that no bit stands for one pair of letters alone.
// Records that are alike have keys that are alike (Dice). Thread-safety: a const Encoder is shared freely; free
// functions are pure.
#pragma once
#include "linkage/population.h"
#include "linkage/record.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowan::linkage {

// What a key is made of: names, birth, sex and postcode of a record.
Normal normal_of(const Population&, std::uint32_t record);

// Somebody who is nobody, for decoys: given name and sex, surname, date of birth and postcode each of another of
// the `people` records, chosen by `seed`. Such a person is as alike to others as real ones are. people > 0.
Normal nobody(std::uint64_t seed, std::uint32_t people, const std::function<Normal(std::uint32_t)>& person);

inline constexpr std::size_t kKeyWords = 16;
using Key = std::array<std::uint64_t, kKeyWords>;

// SipHash-2-4 (Aumasson and Bernstein 2012) under a key of 16 bytes.
using SipKey = std::array<std::uint8_t, 16>;
std::uint64_t siphash(const SipKey&, std::string_view);

// The key for one project, from the secret two agencies share: other projects' keys do not meet these.
SipKey project_key(const SipKey& secret, std::string_view project);

class Encoder {
public:
    // One secret for each pair of agencies and project; used for nothing else.
    explicit Encoder(const SipKey& secret);
    Key encode(const Normal&) const;
    Key encode_plainly(const Normal&) const;  // the slow reference the fast path is tested against
    // Says which record a key is of, to the agency that made it and to nobody else: sixteen hexadecimal digits.
    std::string token(std::string_view source, std::string_view id) const;
    // The ten places among 2048 that a pair of letters of a field sets, under a salt.
    std::array<std::uint16_t, 10> places(char field, std::string_view salt, std::string_view pair) const;
    std::string check() const;  // equal for equal secrets and projects; tells nothing else
    // A key of noise, drawn from `seed`, with about `bits` bits set: alike to no other, so a measure and no hiding
    // place.
    Key noise(std::uint64_t seed, std::size_t bits) const;

private:
    SipKey secret_;
};

// Encodes many records with one Encoder: remembers which bits each pair of letters sets, so that nearly all of the
// work is done once. Its keys are those of the Encoder. Belongs to one thread.
class KeyMaker {
public:
    explicit KeyMaker(const Encoder& encoder) : encoder_(&encoder) {}
    Key encode(const Normal&);

private:
    static constexpr std::size_t kLetters = 40;  // a-z 0-9 _ - space; pairs with other bytes are hashed each time
    using Places = std::array<std::uint16_t, 10>;  // among 2048
    struct Known {                                 // under one field and salt
        char field;
        std::uint16_t year;
        std::array<std::uint16_t, kLetters * kLetters> number{};  // 1 + place in `places`; 0 not asked yet
        std::vector<Places> places;
    };
    Known& known(char field, std::uint16_t year);
    using Wide = std::array<std::uint64_t, 2 * kKeyWords>;  // before folding
    void add(char field, std::uint16_t year, std::string_view text, std::uint64_t* wide);
    const Wide& date(PartialDate);
    const Encoder* encoder_;  // borrowed
    std::vector<std::unique_ptr<Known>> known_;
    std::array<std::array<Known*, 256>, 5> of_year_{};  // by field and year, for the years 1900 to 2155
    std::unordered_map<std::uint32_t, Wide> dates_;     // by PartialDate::packed, at most kDates
    static constexpr std::size_t kDates = 1 << 14;      // forty-four years of days: 4.5 MiB
};

int bits_of(const Key&);
double dice(const Key&, const Key&);  // 2 |a and b| / (|a| + |b|); two empty keys are 0

struct KeyPair {
    std::uint32_t left = 0, right = 0;
    double likeness = 0;
    friend bool operator==(const KeyPair&, const KeyPair&) = default;
};
// One-to-one: pairs of at least `threshold`, the most alike first, each key used once. Equal likeness goes by
// place. Which instructions count the common bits is chosen at run time; `plain` is the portable way. All give the
// same pairs.
enum class Counting : std::uint8_t { chosen, plain };
std::vector<KeyPair> match_keys(std::span<const Key> left, std::span<const Key> right, double threshold,
                                Counting = Counting::chosen);
// The pairs of at least `threshold` before any is chosen: by left, then right.
std::vector<KeyPair> alike_keys(std::span<const Key> left, std::span<const Key> right, double threshold,
                                Counting = Counting::chosen);

}  // namespace rowan::linkage
