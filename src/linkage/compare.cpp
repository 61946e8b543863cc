#include "linkage/compare.h"

#include "linkage/distance.h"
#include "linkage/nicknames.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace rowan::linkage {
namespace {

constexpr std::size_t kCacheEntries = 1 << 15;  // 512 KiB a thread: stays in the second-level cache

std::uint8_t level_of(const FieldModel& f, Test t) {
    for (std::size_t i = 0; i < f.levels.size(); ++i)
        if (f.levels[i].test == t) return static_cast<std::uint8_t>(i + 1);
    return 0;
}

// Jaro's greedy matching can depend on which text comes first; the smaller goes first, so that order never matters.
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

// The tests of two names, dear ones worked out once.
class NamePair {
public:
    NamePair(const Name& a, const Name& b) : a_(a), b_(b) {}
    bool passes(const Level& level) {
        switch (level.test) {
            case Test::same: return a_.text == b_.text;
            case Test::run_together: return a_.joined == b_.joined;
            case Test::part: return part();
            case Test::nickname: return share_group(a_.groups, b_.groups);
            case Test::initial: return (short_of(a_) || short_of(b_)) && a_.joined[0] == b_.joined[0];
            // A letter put right changes at most two of the letters that occur.
            case Test::typing_error:
                return std::popcount(a_.letters ^ b_.letters) <= 2 * level.limit && typing_error(a_.joined, b_.joined, level.limit);
            case Test::jaro_winkler:
                if (alike_ < 0) alike_ = alike(a_.joined, b_.joined);
                return alike_ >= level.limit;
            case Test::sounds_like: return (a_.soundex != 0 && a_.soundex == b_.soundex) || (a_.sounds != 0 && a_.sounds == b_.sounds);
            case Test::different: return true;
            default: return false;
        }
    }

private:
    bool part() const {
        if (a_.parts == 1 && b_.parts == 1) return false;  // equal ones are `same`
        for (std::size_t i = 0; i < a_.parts; ++i)
            for (std::size_t j = 0; j < b_.parts; ++j)
                if (a_.part[i].size() > 2 && a_.part[i] == b_.part[j]) return true;
        return false;
    }
    const Name &a_, &b_;
    double alike_ = -1;
};

std::string_view sector(std::string_view postcode) { return postcode.substr(0, postcode.size() - 2); }
std::string_view outward(std::string_view postcode) { return postcode.substr(0, postcode.size() - 3); }

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
        case Test::same: return a == b;
        case Test::run_together: {
            std::string x(a), y(b);
            std::erase(x, ' ');
            std::erase(y, ' ');
            return x == y;
        }
        case Test::part: return common_part(a, b);
        case Test::typing_error: return typing_error(a, b, level.limit);
        case Test::jaro_winkler: return alike(a, b) >= level.limit;
        case Test::sector: return postcodes && sector(a) == sector(b);
        case Test::outward: return postcodes && outward(a) == outward(b);
        case Test::same_user: return a.substr(0, a.find('@')) == b.substr(0, b.find('@'));
        case Test::different: return true;
        default: return false;
    }
}

struct Digits {
    std::array<char, 8> d;
    explicit Digits(PartialDate p) {
        int y = p.year, m = p.month, day = p.day;
        for (int i = 3; i >= 0; --i, y /= 10) d[static_cast<std::size_t>(i)] = static_cast<char>(y % 10);
        d[4] = static_cast<char>(m / 10), d[5] = static_cast<char>(m % 10);
        d[6] = static_cast<char>(day / 10), d[7] = static_cast<char>(day % 10);
    }
};

bool one_digit(PartialDate a, PartialDate b) {
    const Digits x(a), y(b);
    std::size_t wrong = 0, first = 8, last = 0;
    for (std::size_t i = 0; i < 8; ++i)
        if (x.d[i] != y.d[i]) ++wrong, first = std::min(first, i), last = i;
    if (wrong == 1) return true;
    return wrong == 2 && last == first + 1 && x.d[first] == y.d[last] && x.d[last] == y.d[first];
}

bool date_test(const Level& level, PartialDate a, PartialDate b) {
    const bool whole = a.complete() && b.complete();
    switch (level.test) {
        case Test::same: return whole && a == b;
        case Test::part:
            return !whole && (a.year == 0 || b.year == 0 || a.year == b.year) &&
                   (a.month == 0 || b.month == 0 || a.month == b.month) && (a.day == 0 || b.day == 0 || a.day == b.day);
        case Test::swapped: return whole && a.year == b.year && a.month == b.day && a.day == b.month;
        case Test::one_digit: return whole && one_digit(a, b);
        case Test::first_of_january:
            return whole && a.year == b.year && ((a.month == 1 && a.day == 1) || (b.month == 1 && b.day == 1));
        case Test::other_year: return whole && a.month == b.month && a.day == b.day;
        case Test::within_days: return a.real() && b.real() && std::abs(a.days() - b.days()) <= static_cast<int>(level.limit);
        case Test::same_month: return a.year != 0 && a.month != 0 && a.year == b.year && a.month == b.month;
        case Test::same_year: return a.year != 0 && a.year == b.year;
        case Test::different: return true;
        default: return false;
    }
}

}  // namespace

std::uint64_t Pattern::packed() const {
    std::uint64_t p = 0;
    for (std::size_t i = 0; i < kFields; ++i) p |= std::uint64_t{level[i]} << (4 * i);
    return p;
}

LevelCache::LevelCache() : entries_(kCacheEntries) {}
LevelCache::Entry& LevelCache::slot(std::uint32_t field, std::uint32_t a, std::uint32_t b) {
    const std::uint64_t h = (std::uint64_t{a} * 0x9E3779B97F4A7C15ULL) ^ (std::uint64_t{b} * 0xC2B2AE3D27D4EB4FULL) ^
                            (std::uint64_t{field} << 57);
    return entries_[(h >> 40) & (kCacheEntries - 1)];
}

Comparator::Comparator(const Model& model) : model_(&model) {
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        const FieldModel& f = model.fields[i];
        if (f.field == Field::given_name) given_ = static_cast<int>(i), given_swapped_ = level_of(f, Test::swapped);
        if (f.field == Field::family_name) family_ = static_cast<int>(i), family_swapped_ = level_of(f, Test::swapped);
        for (std::size_t l = 0; l < f.levels.size(); ++l) weight_[i][l + 1] = f.levels[l].weight();
    }
}

std::uint8_t Comparator::find_name_level(std::size_t field, const Name& a, const Name& b) const {
    const auto& levels = model_->fields[field].levels;
    NamePair pair(a, b);
    std::size_t i = 0;
    while (!pair.passes(levels[i])) ++i;
    return static_cast<std::uint8_t>(i + 1);
}

std::uint8_t Comparator::name_level(std::size_t field, const View& a, std::uint32_t ia, const View& b, std::uint32_t ib,
                                    LevelCache* cache) const {
    if (ia == 0 || ib == 0) return 0;
    if (ia == ib && (ia & kLocal) == 0 && model_->fields[field].levels[0].test == Test::same) return 1;
    if (cache == nullptr || ((ia | ib) & kLocal) != 0) return find_name_level(field, a.name(ia), b.name(ib));
    if (ia > ib) std::swap(ia, ib);  // every test is symmetric
    LevelCache::Entry& e = cache->slot(static_cast<std::uint32_t>(field), ia, ib);
    if (e.a != ia || e.b != ib || e.field != field)
        e = {ia, ib, static_cast<std::uint32_t>(field), find_name_level(field, a.name(ia), a.name(ib))};
    return static_cast<std::uint8_t>(e.level);
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

std::uint8_t Comparator::text_level(std::size_t field, const View& a, const View& b, LevelCache* cache) const {
    const Column c = column_of(model_->fields[field].field);
    std::uint32_t ia = (*a.packed)[c], ib = (*b.packed)[c];
    if (ia == 0 || ib == 0) return 0;
    if (ia == ib && (ia & kLocal) == 0 && model_->fields[field].levels[0].test == Test::same) return 1;
    // Only postcodes and towns repeat enough to be worth remembering.
    if (cache == nullptr || ((ia | ib) & kLocal) != 0 || (c != Column::postcode && c != Column::town))
        return find_text_level(field, a, ia, b, ib);
    if (ia > ib) std::swap(ia, ib);
    LevelCache::Entry& e = cache->slot(static_cast<std::uint32_t>(field), ia, ib);
    if (e.a != ia || e.b != ib || e.field != field)
        e = {ia, ib, static_cast<std::uint32_t>(field), find_text_level(field, a, ia, a, ib)};
    return static_cast<std::uint8_t>(e.level);
}

std::uint8_t Comparator::date_level(std::size_t field, std::uint32_t a, std::uint32_t b) const {
    if (a == 0 || b == 0) return 0;
    const auto& levels = model_->fields[field].levels;
    if (a == b && levels[0].test == Test::same && PartialDate::unpack(a).complete()) return 1;
    const PartialDate x = PartialDate::unpack(a), y = PartialDate::unpack(b);
    std::size_t i = 0;
    while (!date_test(levels[i], x, y)) ++i;
    return static_cast<std::uint8_t>(i + 1);
}

// Given and family name, and whether the two were exchanged: one side must fit exactly, the other nearly.
void Comparator::names(const View& a, const View& b, Pattern& p, LevelCache* cache) const {
    const std::uint32_t ga = (*a.packed)[Column::given], gb = (*b.packed)[Column::given];
    const std::uint32_t fa = (*a.packed)[Column::family], fb = (*b.packed)[Column::family];
    if (given_ >= 0) p.level[static_cast<std::size_t>(given_)] = name_level(static_cast<std::size_t>(given_), a, ga, b, gb, cache);
    if (family_ >= 0) p.level[static_cast<std::size_t>(family_)] = name_level(static_cast<std::size_t>(family_), a, fa, b, fb, cache);
    if (given_swapped_ == 0 || family_swapped_ == 0 || ga == 0 || gb == 0 || fa == 0 || fb == 0) return;
    if (p.level[static_cast<std::size_t>(given_)] < given_swapped_ || p.level[static_cast<std::size_t>(family_)] < family_swapped_) return;
    if (crossed(a, ga, b, fb, cache) && crossed(a, fa, b, gb, cache)) {
        p.level[static_cast<std::size_t>(given_)] = given_swapped_;
        p.level[static_cast<std::size_t>(family_)] = family_swapped_;
    }
}

// Could the one name be the other, in the wrong box?
bool Comparator::crossed(const View& a, std::uint32_t ia, const View& b, std::uint32_t ib, LevelCache* cache) const {
    constexpr double kAlike = 0.85;
    if (ia == ib && (ia & kLocal) == 0) return true;
    if (cache == nullptr || ((ia | ib) & kLocal) != 0) return alike(a.name(ia).joined, b.name(ib).joined) >= kAlike;
    if (ia > ib) std::swap(ia, ib);
    LevelCache::Entry& e = cache->slot(kFields, ia, ib);
    if (e.a != ia || e.b != ib || e.field != kFields)
        e = {ia, ib, kFields, alike(a.name(ia).joined, a.name(ib).joined) >= kAlike ? 1U : 0U};
    return e.level != 0;
}

// A person known by several names agrees by the names that agree best.
void Comparator::aliases(const View& a, const View& b, Pattern& p, LevelCache* cache) const {
    const auto worth = [&](const Pattern& q) {
        return (given_ < 0 ? 0 : weight_[static_cast<std::size_t>(given_)][q.level[static_cast<std::size_t>(given_)]]) +
               (family_ < 0 ? 0 : weight_[static_cast<std::size_t>(family_)][q.level[static_cast<std::size_t>(family_)]]);
    };
    Pattern best = p;
    const auto try_names = [&](Packed pa, Packed pb) {
        Pattern q = p;
        names({&pa, a.population, a.query}, {&pb, b.population, b.query}, q, cache);
        if (worth(q) > worth(best)) best = q;
    };
    const auto renamed = [](const Packed& p, std::pair<std::uint32_t, std::uint32_t> alias) {
        Packed q = p;
        q[Column::given] = alias.first;
        if (alias.second != 0) q[Column::family] = alias.second;
        return q;
    };
    static const AliasList kNone;
    const AliasList& of_a = a.packed->aliases == 0 ? kNone : a.aliases();
    const AliasList& of_b = b.packed->aliases == 0 ? kNone : b.aliases();
    for (const auto& x : of_a) try_names(renamed(*a.packed, x), *b.packed);
    for (const auto& y : of_b) try_names(*a.packed, renamed(*b.packed, y));
    for (const auto& x : of_a)
        for (const auto& y : of_b) try_names(renamed(*a.packed, x), renamed(*b.packed, y));
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
        case Field::given_name: names(a, b, p, cache); break;
        case Field::date_of_birth: p.level[i] = date_level(i, a.packed->birth, b.packed->birth); break;
        case Field::sex: p.level[i] = sex_level(i, a, b); break;
        default: p.level[i] = text_level(i, a, b, cache);
    }
}

Pattern Comparator::compare(const View& a, const View& b, LevelCache* cache) const {
    Pattern p;
    for (std::size_t i = 0; i < model_->fields.size(); ++i)
        if (model_->fields[i].field != Field::given_name && model_->fields[i].field != Field::family_name) compare_field(i, a, b, p, cache);
    names(a, b, p, cache);
    if ((a.packed->aliases | b.packed->aliases) != 0) aliases(a, b, p, cache);
    return p;
}

}  // namespace rowan::linkage
