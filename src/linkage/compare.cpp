#include "linkage/compare.h"

#include "linkage/bits.h"
#include "linkage/distance.h"
#include "linkage/nicknames.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace rowan::linkage {
namespace {

std::uint8_t level_of(const FieldModel& f, Test t) {
    for (std::size_t i = 0; i < f.levels.size(); ++i)
        if (f.levels[i].test == t) return static_cast<std::uint8_t>(i + 1);
    return 0;
}

// Jaro's greedy matching can depend on which text comes first; the smaller goes first, so that order never
// matters.
double alike(std::string_view a, std::string_view b) { return a < b ? jaro_winkler(a, b) : jaro_winkler(b, a); }

bool short_of(const Name& n) { return n.joined.size() == 1; }

// One letter wrong in "jo" makes another name; a distance means something from four letters on.
bool typing_error(std::string_view a, std::string_view b, double limit) {
    const int most = static_cast<int>(limit);
    if (std::min(a.size(), b.size()) < 4 * static_cast<std::size_t>(std::max(most, 1))) {
        if (most <= 1 || std::min(a.size(), b.size()) < 4) return false;
        return osa(a, b, 1) <= 1;
    }
    return osa(a, b, most) <= most;
}

// No Jaro-Winkler of the two can be above this: a letter that only one of them has is matched by none of the
// other's.
double most_alike(const Name& a, const Name& b) {
    const double la = static_cast<double>(a.joined.size()), lb = static_cast<double>(b.joined.size());
    const double m = std::min(la - ones(a.letters & ~b.letters), lb - ones(b.letters & ~a.letters));
    if (m <= 0 || la == 0 || lb == 0) return la + lb == 0 ? 1 : 0;
    const double jaro = (m / la + m / lb + 1) / 3;
    const std::size_t equal = static_cast<unsigned>(std::countr_zero(a.beginning ^ b.beginning)) / 8;
    const std::size_t prefix = std::min({equal, a.joined.size(), b.joined.size()});
    return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro) + 1e-9;
}

// The tests of two names, dear ones worked out once. Names that have nothing in common, as most have, are told
// apart by the first line of each.
class NamePair {
public:
    NamePair(const Name& a, const Name& b) : a_(a), b_(b) {}
    bool passes(const Level& level) {
        switch (level.test) {
            case Test::same:
                return a_.joined_hash == b_.joined_hash && a_.text == b_.text;
            case Test::run_together:
                return a_.joined_hash == b_.joined_hash && a_.joined == b_.joined;
            case Test::part:
                return part();
            case Test::nickname:
                return (a_.group_bits & b_.group_bits) != 0 && share_group(a_.groups, b_.groups);
            case Test::initial:
                return (short_of(a_) || short_of(b_)) && ((a_.beginning ^ b_.beginning) & 255) == 0;
            // A letter put right changes at most two of the letters that occur.
            case Test::typing_error:
                return ones(a_.letters ^ b_.letters) <= 2 * level.limit &&
                       typing_error(a_.joined, b_.joined, level.limit);
            case Test::jaro_winkler:
                return spelt_alike(level.limit);
            case Test::sounds_like:
                return ((a_.soundex != 0 && a_.soundex == b_.soundex) ||
                        (a_.sounds != 0 && a_.sounds == b_.sounds)) &&
                       (level.limit == 0 || spelt_alike(level.limit));
            case Test::different:
                return true;
            default:
                return false;
        }
    }

private:
    bool spelt_alike(double limit) {
        if (most_ < 0) most_ = most_alike(a_, b_);
        if (most_ < limit) return false;
        if (alike_ < 0) alike_ = alike(a_.joined, b_.joined);
        return alike_ >= limit;
    }
    bool part() const {
        if (a_.parts == 1 && b_.parts == 1) return false;  // equal ones are `same`
        for (std::size_t i = 0; i < a_.parts; ++i)
            for (std::size_t j = 0; j < b_.parts; ++j)
                if (a_.part[i].size() > 2 && a_.part[i] == b_.part[j]) return true;
        return false;
    }
    const Name &a_, &b_;
    double alike_ = -1, most_ = -1;
};

std::string_view sector(std::string_view postcode) { return postcode.substr(0, postcode.size() - 2); }
std::string_view outward(std::string_view postcode) { return postcode.substr(0, postcode.size() - 3); }

std::string_view area(std::string_view postcode) {
    return postcode.substr(0, postcode.find_first_of("0123456789"));
}

bool common_part(std::string_view a, std::string_view b) {
    for (std::size_t i = 0; i < a.size();) {
        const std::size_t end = std::min(a.find(' ', i), a.size());
        const std::string_view word = a.substr(i, end - i);
        i = end + 1;
        if (word.size() < 3) continue;
        for (std::size_t j = 0; j < b.size();) {
            const std::size_t stop = std::min(b.find(' ', j), b.size());
            if (b.substr(j, stop - j) == word) return true;
            j = stop + 1;
        }
    }
    return false;
}

bool text_test(const Level& level, std::string_view a, std::string_view b, bool postcodes) {
    switch (level.test) {
        case Test::same:
            return a == b;
        case Test::run_together: {
            std::string x(a), y(b);
            std::erase(x, ' ');
            std::erase(y, ' ');
            return x == y;
        }
        case Test::part:
            return common_part(a, b);
        case Test::typing_error:
            return typing_error(a, b, level.limit);
        case Test::jaro_winkler:
            return alike(a, b) >= level.limit;
        case Test::sector:
            return postcodes && sector(a) == sector(b);
        case Test::outward:
            return postcodes && outward(a) == outward(b);
        case Test::area:
            return postcodes && area(a) == area(b);
        case Test::same_user:
            return a.substr(0, a.find('@')) == b.substr(0, b.find('@'));
        case Test::different:
            return true;
        default:
            return false;
    }
}

// One digit wrong, or two neighbours exchanged; `anywhere`: also across the end of a part (year, month).
bool one_digit(std::uint32_t a, std::uint32_t b, bool anywhere) {
    const std::uint32_t x = a ^ b, wrong = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111'1111U;
    const std::uint32_t others = wrong & (wrong - 1);
    if (wrong != 0 && others == 0) return true;
    if (others == 0 || (others & (others - 1)) != 0) return false;
    const int low = std::countr_zero(wrong);  // of the later of two neighbours
    if (wrong >> low != 0x11) return false;
    if (!anywhere && (low == 4 || low == 12)) return false;
    return (a >> low & 15) == (b >> (low + 4) & 15) && (b >> low & 15) == (a >> (low + 4) & 15);
}

// Which tests two dates pass: one bit a Test. Those with a limit are not among them.
std::uint32_t date_tests(const Birth& x, const Birth& y) {
    const PartialDate a = PartialDate::unpack(x.packed), b = PartialDate::unpack(y.packed);
    const bool year = a.year == b.year, month = a.month == b.month, day = a.day == b.day,
               whole = a.complete() && b.complete();
    const auto bit = [](Test t, bool passes) {
        return static_cast<std::uint32_t>(passes) << static_cast<unsigned>(t);
    };
    std::uint32_t bits = bit(Test::different, true) | bit(Test::same_year, year && a.year != 0) |
                         bit(Test::same_month, year && month && a.year != 0 && a.month != 0);
    if (whole)
        return bits | bit(Test::same, year && month && day) |
               bit(Test::swapped, year && a.month == b.day && a.day == b.month) |
               bit(Test::one_digit, one_digit(x.digits, y.digits, true)) | bit(Test::other_year, month && day) |
               bit(Test::first_of_january, year && ((a.month == 1 && a.day == 1) || (b.month == 1 && b.day == 1)));
    const auto fits = [](int p, int q) { return p == 0 || q == 0 || p == q; };
    return bits | bit(Test::part, fits(a.year, b.year) && fits(a.month, b.month) && fits(a.day, b.day));
}

bool date_edits(const Birth& x, const Birth& y, int limit) {
    const PartialDate a = PartialDate::unpack(x.packed), b = PartialDate::unpack(y.packed);
    if (a.complete() && b.complete() && limit <= 1)
        return x.packed == y.packed || (limit == 1 && one_digit(x.digits, y.digits, false));
    return osa(a.text(), b.text(), limit) <= limit;
}

}  // namespace

std::uint64_t Pattern::packed() const {
    std::uint64_t p = 0;
    for (std::size_t i = 0; i < kFields; ++i) p |= std::uint64_t{level[i]} << (4 * i);
    return p;
}

LevelCache::LevelCache() : entries_(std::size_t{1} << kBits, ~std::uint64_t{0}) {}

Birth::Birth(std::uint32_t date) : packed(date), days(kNoDay) {
    const PartialDate d = PartialDate::unpack(date);
    const std::uint32_t year = d.year;
    const auto two = [](std::uint32_t n) { return n / 10 % 10 << 4 | n % 10; };
    digits = two(year / 100) << 24 | two(year % 100) << 16 | two(d.month) << 8 | two(d.day);
    if (d.real()) days = d.days();
}

std::uint64_t postcode_word(std::string_view text) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    return word | std::uint64_t{text.size()} << 56;
}

namespace {

constexpr std::uint64_t first_bytes(unsigned n) { return (std::uint64_t{1} << (8 * n)) - 1; }  // n < 8

// osa(a, b) <= 1 of two words that differ.
bool one_edit(std::uint64_t a, std::uint64_t b, unsigned la, unsigned lb) {
    if (la < lb) std::swap(a, b), std::swap(la, lb);
    if (la > lb + 1) return false;
    a &= first_bytes(7), b &= first_bytes(7);
    const unsigned at = static_cast<unsigned>(std::countr_zero(a ^ b)) / 8 * 8;  // where they begin to differ
    if (la > lb) return a >> at >> 8 == b >> at;
    if (a >> at >> 8 == b >> at >> 8) return true;
    return (a >> at & 255) == (b >> at >> 8 & 255) && (b >> at & 255) == (a >> at >> 8 & 255) &&
           a >> at >> 16 == b >> at >> 16;
}

bool digit_at(std::uint64_t word, unsigned i) { return (word >> (8 * i) & 255) <= '9'; }

}  // namespace

bool Comparator::plain_postcodes(std::size_t field) const {
    const auto& levels = model_->fields[field].levels;
    return std::all_of(levels.begin(), levels.end(), [](const Level& l) {
        return l.test == Test::same || l.test == Test::sector || l.test == Test::outward || l.test == Test::area ||
               l.test == Test::different || (l.test == Test::typing_error && l.limit == 1);
    });
}

std::uint8_t Comparator::postcode_level(std::size_t field, std::uint64_t a, std::uint64_t b) const {
    const auto la = static_cast<unsigned>(a >> 56), lb = static_cast<unsigned>(b >> 56);
    const std::uint64_t x = a ^ b;
    const auto passes = [&](Test t) {
        switch (t) {
            case Test::same:
                return x == 0;
            case Test::typing_error:
                return x == 0 || one_edit(a, b, la, lb);
            case Test::sector:
                return la == lb && (x & first_bytes(la - 2)) == 0;
            case Test::outward:
                return la == lb && (x & first_bytes(la - 3)) == 0;
            case Test::area: {
                const unsigned letters = digit_at(a, 1) ? 1 : 2;
                return (x & first_bytes(letters)) == 0 && digit_at(b, 1) == (letters == 1);
            }
            default:
                return true;
        }
    };
    const Try* t = tries_[field].data();
    std::uint8_t level = 1;
    while (!passes(t->test)) ++t, ++level;
    return level;
}

Comparator::Comparator(const Model& model) : model_(&model) {
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        const FieldModel& f = model.fields[i];
        if (f.field == Field::given_name)
            given_ = static_cast<int>(i), given_exchanged_ = level_of(f, Test::exchanged),
            given_middle_ = level_of(f, Test::middle), given_swapped_ = level_of(f, Test::swapped);
        if (f.field == Field::middle_name) middle_ = static_cast<int>(i);
        if (f.field == Field::family_name)
            family_ = static_cast<int>(i), family_different_ = static_cast<std::uint8_t>(f.levels.size());
        for (std::size_t l = 0; l < f.levels.size(); ++l)
            weight_[i][l + 1] = f.levels[l].weight(),
                           tries_[i][l] = {f.levels[l].test, static_cast<int>(f.levels[l].limit)};
    }
}

std::uint8_t Comparator::find_name_level(std::size_t field, const Name& a, const Name& b) const {
    const auto& levels = model_->fields[field].levels;
    NamePair pair(a, b);
    std::size_t i = 0;
    while (!pair.passes(levels[i])) ++i;
    return static_cast<std::uint8_t>(i + 1);
}

std::uint8_t Comparator::name_level(std::size_t field, const View& a, std::uint32_t ia, const View& b,
                                    std::uint32_t ib, LevelCache* cache) const {
    if (ia == 0 || ib == 0) return 0;
    if (ia == ib && (ia & kLocal) == 0 && tries_[field][0].test == Test::same) return 1;
    if (cache == nullptr || !LevelCache::fits(ia, ib)) return find_name_level(field, a.name(ia), b.name(ib));
    if (ia > ib) std::swap(ia, ib);  // every test is symmetric
    return cache->level(static_cast<std::uint32_t>(field), ia, ib,
                        [&] { return find_name_level(field, a.name(ia), a.name(ib)); });
}

std::uint8_t Comparator::find_text_level(std::size_t field, const View& a, std::uint32_t ia, const View& b,
                                         std::uint32_t ib) const {
    const FieldModel& f = model_->fields[field];
    const Column c = column_of(f.field);
    const std::string_view x = a.text(c, ia), y = b.text(c, ib);
    const bool postcodes = f.field == Field::postcode && valid_postcode(x) && valid_postcode(y);
    std::size_t i = 0;
    while (!text_test(f.levels[i], x, y, postcodes)) ++i;
    return static_cast<std::uint8_t>(i + 1);
}

std::uint8_t Comparator::text_level(std::size_t field, const View& a, std::uint32_t ia, const View& b,
                                    std::uint32_t ib, LevelCache* cache) const {
    const Column c = column_of(model_->fields[field].field);
    if (is_name(c)) return name_level(field, a, ia, b, ib, cache);
    if (ia == 0 || ib == 0) return 0;
    if (ia == ib && (ia & kLocal) == 0 && tries_[field][0].test == Test::same) return 1;
    // Only postcodes and towns repeat enough to be worth remembering.
    if (cache == nullptr || !LevelCache::fits(ia, ib) || (c != Column::postcode && c != Column::town))
        return find_text_level(field, a, ia, b, ib);
    if (ia > ib) std::swap(ia, ib);
    return cache->level(static_cast<std::uint32_t>(field), ia, ib,
                        [&] { return find_text_level(field, a, ia, a, ib); });
}

std::uint8_t Comparator::date_level(std::size_t field, const Birth& a, const Birth& b) const {
    if (a.packed == 0 || b.packed == 0) return 0;
    const std::uint32_t passed = date_tests(a, b);
    const auto passes = [&](Try t) {
        if (t.test == Test::within_days)
            return a.days != Birth::kNoDay && b.days != Birth::kNoDay && std::abs(a.days - b.days) <= t.limit;
        if (t.test == Test::typing_error) return date_edits(a, b, t.limit);
        return (passed >> static_cast<unsigned>(t.test) & 1) != 0;
    };
    const Try* t = tries_[field].data();
    std::uint8_t level = 1;
    while (!passes(*t)) ++t, ++level;
    return level;
}

void Comparator::names(const View& a, const View& b, Pattern& p, LevelCache* cache) const {
    names(a, Called(*a.packed), b, Called(*b.packed), p, cache);
}

// Given and family name, and whether the two were exchanged: exactly, or one side must fit exactly, the other
// nearly. That is one finding, and counts once: the given name bears it, and the surname says nothing more.
void Comparator::names(const View& a, Called x, const View& b, Called y, Pattern& p, LevelCache* cache) const {
    if (given_exchanged_ != 0 && family_ >= 0 && exchanged(a, x, b, y)) {
        p.level[static_cast<std::size_t>(given_)] = given_exchanged_;
        p.level[static_cast<std::size_t>(family_)] = 0;
        return;
    }
    if (given_ >= 0)
        p.level[static_cast<std::size_t>(given_)] =
            name_level(static_cast<std::size_t>(given_), a, x.given, b, y.given, cache);
    if (family_ >= 0)
        p.level[static_cast<std::size_t>(family_)] =
            name_level(static_cast<std::size_t>(family_), a, x.family, b, y.family, cache);
    if (by_middle_name(a, x, b, y)) {
        p.level[static_cast<std::size_t>(given_)] = given_middle_;
        p.level[static_cast<std::size_t>(middle_)] = 0;
        return;
    }
    if (given_swapped_ == 0 || family_different_ == 0 || x.given == 0 || y.given == 0 || x.family == 0 ||
        y.family == 0)
        return;
    if (p.level[static_cast<std::size_t>(given_)] < given_swapped_ ||
        p.level[static_cast<std::size_t>(family_)] < family_different_)
        return;
    if (crossed(a, x.given, b, y.family, cache) && crossed(a, x.family, b, y.given, cache)) {
        p.level[static_cast<std::size_t>(given_)] = given_swapped_;
        p.level[static_cast<std::size_t>(family_)] = 0;
    }
}

namespace {

// Numbers tell, but for names that only two queries know.
bool same_name(const View& x, std::uint32_t i, const View& y, std::uint32_t j) {
    if ((i & j & kLocal) == 0) return i == j;
    return x.name(i).text == y.name(j).text;
}

}  // namespace

// Who is called Thomas Thomas has exchanged nothing.
bool Comparator::exchanged(const View& a, Called x, const View& b, Called y) const {
    if (x.given == 0 || x.family == 0 || y.given == 0 || y.family == 0) return false;
    return same_name(a, x.given, b, y.family) && same_name(a, x.family, b, y.given) &&
           !same_name(a, x.given, b, y.given);
}

namespace {

// An initial fits too many.
bool is_middle_name(const View& a, std::uint32_t given, const View& b, std::uint32_t middle) {
    return middle != 0 && same_name(a, given, b, middle) && !short_of(a.name(given));
}

}  // namespace

bool Comparator::by_middle_name(const View& a, Called x, const View& b, Called y) const {
    if (given_middle_ == 0 || middle_ < 0 || x.given == 0 || y.given == 0) return false;
    return (is_middle_name(a, x.given, b, y.middle) || is_middle_name(b, y.given, a, x.middle)) &&
           !same_name(a, x.given, b, y.given);
}

bool Comparator::given_is_middle(const View& a, const View& b) const {
    return is_middle_name(a, Called(*a.packed).given, b, Called(*b.packed).middle);
}

bool Comparator::crosswise(const View& a, const View& b) const {
    const Called x(*a.packed), y(*b.packed);
    return (given_exchanged_ != 0 && family_ >= 0 && exchanged(a, x, b, y)) || by_middle_name(a, x, b, y);
}

// Could the one name be the other, in the wrong box?
bool Comparator::crossed(const View& a, std::uint32_t ia, const View& b, std::uint32_t ib,
                         LevelCache* cache) const {
    constexpr double kAlike = 0.85;
    if (ia == ib && (ia & kLocal) == 0) return true;
    if (cache == nullptr || !LevelCache::fits(ia, ib))
        return alike(a.name(ia).joined, b.name(ib).joined) >= kAlike;
    if (ia > ib) std::swap(ia, ib);
    return cache->level(kFields, ia, ib, [&] {
        const Name &x = a.name(ia), &y = a.name(ib);
        return most_alike(x, y) >= kAlike && alike(x.joined, y.joined) >= kAlike ? 1U : 0U;
    }) != 0;
}

// A person known by several names agrees by the names that agree best.
void Comparator::aliases(const View& a, const View& b, Pattern& p, LevelCache* cache) const {
    const auto worth = [&](const Pattern& q) {
        return (given_ < 0
                    ? 0
                    : weight_[static_cast<std::size_t>(given_)][q.level[static_cast<std::size_t>(given_)]]) +
               (family_ < 0
                    ? 0
                    : weight_[static_cast<std::size_t>(family_)][q.level[static_cast<std::size_t>(family_)]]);
    };
    Pattern best = p;
    const Called own_a(*a.packed), own_b(*b.packed);
    const auto renamed = [](Called own, const auto& alias) {
        return Called(alias.first, own.middle, alias.second != 0 ? alias.second : own.family);
    };
    const auto try_names = [&](Called x, Called y) {
        Pattern q = p;
        names(a, x, b, y, q, cache);
        if (worth(q) > worth(best)) best = q;
    };
    static const AliasList kNone;
    const AliasList& of_a = a.packed->aliases == 0 ? kNone : a.aliases();
    const AliasList& of_b = b.packed->aliases == 0 ? kNone : b.aliases();
    for (const auto& x : of_a) try_names(renamed(own_a, x), own_b);
    for (const auto& y : of_b) try_names(own_a, renamed(own_b, y));
    for (const auto& x : of_a)
        for (const auto& y : of_b) try_names(renamed(own_a, x), renamed(own_b, y));
    p = best;
}

std::uint8_t Comparator::sex_level(std::size_t field, const View& a, const View& b) const {
    if (a.packed->sex == 0 || b.packed->sex == 0) return 0;
    return a.packed->sex == b.packed->sex ? 1 : static_cast<std::uint8_t>(model_->fields[field].levels.size());
}

void Comparator::compare_field(std::size_t i, const View& a, const View& b, Pattern& p, LevelCache* cache) const {
    switch (model_->fields[i].field) {
        case Field::family_name:
            if (given_ < 0) names(a, b, p, cache);
            break;  // else the given name, compared before it, brought it along
        case Field::given_name:
            names(a, b, p, cache);
            break;
        case Field::date_of_birth:
            p.level[i] = date_level(i, Birth(a.packed->birth), Birth(b.packed->birth));
            break;
        case Field::sex:
            p.level[i] = sex_level(i, a, b);
            break;
        default: {
            const Column c = column_of(model_->fields[i].field);
            p.level[i] = text_level(i, a, (*a.packed)[c], b, (*b.packed)[c], cache);
        }
    }
}

Pattern Comparator::compare(const View& a, const View& b, LevelCache* cache) const {
    Pattern p;
    for (std::size_t i = 0; i < model_->fields.size(); ++i)
        if (model_->fields[i].field != Field::given_name && model_->fields[i].field != Field::family_name)
            compare_field(i, a, b, p, cache);
    names(a, b, p, cache);
    if ((a.packed->aliases | b.packed->aliases) != 0) aliases(a, b, p, cache);
    return p;
}

}  // namespace rowan::linkage
