#include "linkage/sheet.h"

#include "linkage/exchange.h"
#include "linkage/slip.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace rowan::linkage {
namespace {

// What a level says about a family: enough to see that no sibling can be meant, which is nearly always so.
constexpr std::uint8_t kFamilyAgrees = 1, kHomeAgrees = 2, kHomeKnown = 4, kGivenFar = 8;
// And about both names, where they go together.
constexpr std::uint8_t kOneName = 16, kOtherName = 32, kBothNames = kOneName | kOtherName;
std::uint8_t hints_of(const FieldModel& f, std::size_t level) {
    const Test t = f.levels[level].test;
    const bool far = t == Test::different, same = t == Test::same || t == Test::run_together;
    if (f.field == Field::family_name) return far ? 0 : kFamilyAgrees | kOtherName;
    if (f.field == Field::given_name) return far ? kGivenFar : says_both_names(t) ? kBothNames : kOneName;
    if (f.field == Field::postcode || f.field == Field::address)
        return static_cast<std::uint8_t>(kHomeKnown | (far ? 0 : kHomeAgrees));
    if (f.field == Field::phone) return static_cast<std::uint8_t>(kHomeKnown | (same ? kHomeAgrees : 0));
    return 0;
}
bool may_be_family(std::uint8_t hints) {
    return (hints & kFamilyAgrees) != 0 &&
           ((hints & kHomeAgrees) != 0 || ((hints & kHomeKnown) == 0 && (hints & kGivenFar) != 0));
}

// By number. Looked up for each record, and a logarithm is dear.
std::vector<double> rarities_of(const Scorer& scorer, std::size_t field, const Population& p) {
    const Column c = column_of(scorer.model().fields[field].field);
    std::vector<double> out(p.texts(c).size() + 1);
    tbb::parallel_for(tbb::blocked_range<std::uint32_t>(1, static_cast<std::uint32_t>(out.size()), 4096),
                      [&](const auto& range) {
                          for (std::uint32_t id = range.begin(); id < range.end(); ++id)
                              if (p.count(c, id) != 0) out[id] = scorer.rarity_of_text(field, p, id);
                      });
    return out;
}

// By number, 0 for those that a word does not hold. Texts lie in memory in the order of their numbers, records
// ask for them in any.
std::vector<std::uint64_t> postcode_words(const Texts& postcodes) {
    std::vector<std::uint64_t> out(postcodes.size() + 1);
    for (std::uint32_t id = 1; id < out.size(); ++id) {
        const std::string_view text = postcodes.text(id);
        if (text.size() <= 7) out[id] = postcode_word(text);
    }
    return out;
}

}  // namespace

struct Sheet::Sources {
    std::vector<std::uint64_t> codes;  // of postcodes, by number
    // Of texts, by field and number; of births, by count. Empty where it is not wanted.
    std::array<std::vector<double>, kFields> rarity;
};

Sheet::Sheet(const Scorer& scorer, const Population& p)
    : population_(&p), scorer_(&scorer), fields_(scorer.model().fields.size()) {
    bool home_seen = false;
    guarded_ = scorer.model().sibling_pairs > 0 && scorer.model().sibling_pairs_same_source > 0;
    for (std::size_t i = 0; i < fields_; ++i) {
        const FieldModel& f = scorer.model().fields[i];
        Info& info = info_[i];
        info.household = f.household;
        info.last = static_cast<std::uint8_t>(f.levels.size());
        quick_ = quick_ && f.levels[0].test == Test::same;
        info.best_apart = best_apart(f);
        for (std::size_t l = 0; l < f.levels.size(); ++l) info.weight[l + 1] = f.levels[l].weight();
        for (std::size_t l = 0; l < f.levels.size(); ++l) info.hints[l + 1] = hints_of(f, l);
        if (f.household) {
            info.best_apart = std::max(0.0, info.best_apart);
            one_home_field_ = one_home_field_ && std::exchange(home_seen, true) == false;
        }
        if (f.field == Field::given_name) info.kind = Kind::name, given_ = static_cast<int>(i);
        if (f.field == Field::family_name) info.kind = Kind::name, family_ = static_cast<int>(i);
        if (f.field == Field::middle_name) middle_ = static_cast<int>(i);
        if (f.field == Field::date_of_birth) info.kind = Kind::birth;
        if (f.field == Field::sex) info.kind = Kind::sex;
        if (f.field == Field::postcode && scorer.comparator().plain_postcodes(i)) info.kind = Kind::postcode;
        info.rare = f.term_frequency;
        if (is_exchange(f, kExchanged)) exchanges_ = true;
        for (const Level& l : f.levels) middle_names_ = middle_names_ || l.test == Test::middle;
        if (info.rare) info.rarity_at = rarities_++;
    }
    exchanges_ = exchanges_ && family_ >= 0;
    middle_names_ = middle_names_ && given_ >= 0 && middle_ >= 0;
    given_swapped_ = scorer.comparator().given_swapped();
    family_different_ = scorer.comparator().family_different();
    // Word 0 is never the postcode's, so that 0 can stand for none.
    if (std::any_of(info_.begin(), info_.end(), [](const Info& i) { return i.kind == Kind::postcode; }))
        code_at_ = rarities_ = std::max<std::size_t>(rarities_, 1), ++rarities_;
    // Nor what names that go together take away.
    if (given_ >= 0 && family_ >= 0 && scorer.together_weight() > 0)
        together_at_ = rarities_ = std::max<std::size_t>(rarities_, 1), ++rarities_;
    by_cost_ = scorer.by_cost();
    width_ = rarities_ + (fields_ + kExtra + 1) / 2;
    Sources from;
    if (code_at_ != 0) from.codes = postcode_words(p.texts(Column::postcode));
    constexpr int kBirths = 1 << 12;  // a day has hardly more
    for (std::size_t i = 0; i < fields_; ++i) {
        if (!info_[i].rare || info_[i].kind == Kind::sex) continue;
        if (info_[i].kind != Kind::birth)
            from.rarity[i] = rarities_of(scorer, i, p);
        else
            for (int count = 0; count < kBirths; ++count)
                from.rarity[i].push_back(scorer.rarity_of_count(i, count, p.with_birth()));
    }
    from_ = std::make_shared<Sources>(std::move(from));
}

Sheet::Sheet(const Sheet& empty, std::span<const Packed> records) : Sheet(empty) {
    records_ = records;
    // Left as it comes, so that the threads that fill it are the first to touch it.
    words_ = std::make_shared_for_overwrite<std::uint64_t[]>(records.size() * width_);
    tbb::parallel_for(tbb::blocked_range<std::uint32_t>(0, static_cast<std::uint32_t>(records.size()), 4096),
                      [&](const auto& range) {
                          for (std::uint32_t r = range.begin(); r < range.end(); ++r) fill(r, *from_);
                      });
    from_ = nullptr;
}

void Sheet::fill(std::uint32_t record, const Sources& from) {
    const Packed& p = records_[record];
    std::uint64_t* row = &words_[std::size_t{record} * width_];
    std::fill_n(row, width_, 0);
    auto* value = reinterpret_cast<std::uint32_t*>(row + rarities_);
    const Birth born(p.birth);
    for (std::size_t i = 0; i < fields_; ++i) {
        const Info& info = info_[i];
        const Field field = scorer_->model().fields[i].field;
        value[i] = info.kind == Kind::birth ? p.birth
                   : info.kind == Kind::sex ? static_cast<unsigned char>(p.sex)
                                            : p[column_of(field)];
        const std::vector<double>& known = from.rarity[i];
        if (known.empty() || value[i] == 0) continue;
        const std::uint32_t at = info.kind == Kind::birth ? population_->count_birth(value[i]) : value[i];
        const double rarity = at < known.size() ? known[at] : scorer_->rarity_of_birth(i, *population_, value[i]);
        row[info.rarity_at] = std::bit_cast<std::uint64_t>(rarity);
    }
    if (together_at_ != 0)
        row[together_at_] = std::bit_cast<std::uint64_t>(
            scorer_->together_of_names(*population_, p[Column::given], p[Column::family]));
    const std::uint32_t code = p[Column::postcode];
    if (code_at_ != 0 && code != 0 && (p.flags & kPostcodeValid) != 0) row[code_at_] = from.codes[code];
    value[fields_ + kDigits] = born.digits;
    value[fields_ + kDays] = static_cast<std::uint32_t>(born.days);
    value[fields_ + kSource] = p.source | (p.aliases != 0 ? kAliases : 0);
}

bool Sheet::same_source(Side a, Side b) const {
    const std::uint32_t x = values(a.row)[fields_ + kSource] & 0xffff,
                        y = values(b.row)[fields_ + kSource] & 0xffff;
    return x != 0 && x == y;
}

double Sheet::rarity(const Pattern& p, Side a, Side b) const {
    double bits = 0;
    for (std::size_t i = 0; i < fields_; ++i)
        if (info_[i].rare && p.level[i] == 1 && values(a.row)[i] == values(b.row)[i]) bits += rarity(a.row, i);
    if (const auto given = static_cast<std::size_t>(given_);
        given_ >= 0 && info_[given].rare && is_middle(scorer_->model().fields[given], p.level[given]))
        bits += middle_of(a, b);
    return bits;
}

void Sheet::prefetch(const Glance& g, const LevelCache& cache) const {
    for (const int f : {given_, family_}) {
        if (f < 0 || (g.open >> f & 1) == 0) continue;
        const auto [x, y] = std::minmax(values(g.a.row)[f], values(g.b.row)[f]);
        cache.prefetch(static_cast<std::uint32_t>(f), x, y);
        __builtin_prefetch(&population_->names().name(x));
        __builtin_prefetch(&population_->names().name(y));
    }
}

std::uint32_t Sheet::equal_values(const std::uint32_t* x, const std::uint32_t* y, Pattern& p) const {
    std::uint32_t open = 0;
    for (std::size_t i = 0; i < fields_; ++i) {
        if (x[i] == 0 || y[i] == 0) continue;
        if (x[i] == y[i] && (info_[i].kind != Kind::birth || PartialDate::unpack(x[i]).complete()))
            p.level[i] = 1;
        else
            open |= 1U << i;
    }
    return open;
}

std::uint8_t Sheet::row_level(std::size_t i, const std::uint64_t* a, const std::uint64_t* b) const {
    const auto birth = [&](const std::uint32_t* v) {
        Birth out;
        out.packed = v[i], out.digits = v[fields_ + kDigits],
        out.days = static_cast<std::int32_t>(v[fields_ + kDays]);
        return out;
    };
    switch (info_[i].kind) {
        case Kind::birth:
            return scorer_->comparator().date_level(i, birth(values(a)), birth(values(b)));
        case Kind::sex:
            return info_[i].last;
        case Kind::postcode:
            if (a[code_at_] == 0 || b[code_at_] == 0) return 0;
            return scorer_->comparator().postcode_level(i, a[code_at_], b[code_at_]);
        case Kind::name:
        case Kind::text:
            return 0;
    }
    return 0;
}

void Sheet::compare_field(std::size_t i, const std::uint64_t* a, const std::uint64_t* b, Pattern& p,
                          LevelCache& cache) const {
    const View view{nullptr, population_, nullptr};
    const std::uint32_t *x = values(a), *y = values(b);
    if (const std::uint8_t level = row_level(i, a, b))
        p.level[i] = level;
    else if (info_[i].kind == Kind::name)
        scorer_->comparator().names(view, called(x), view, called(y), p, &cache);
    else
        p.level[i] = scorer_->comparator().text_level(i, view, x[i], view, y[i], &cache);
}

// Of the given name that is the other's middle name.
double Sheet::middle_of(Side a, Side b) const {
    const auto given = static_cast<std::size_t>(given_);
    const bool of_a = scorer_->comparator().given_is_middle(view(a.record), view(b.record));
    return rarity(of_a ? a.row : b.row, given);
}

double Sheet::exchange_of(Side a, Side b) const {
    const auto given = static_cast<std::size_t>(given_), family = static_cast<std::size_t>(family_);
    const auto both = [&](Side s) { return rarity(s.row, given) + rarity(s.row, family); };
    const auto& fields = scorer_->model().fields;
    return exchange(fields[given], fields[family], both(a), both(b));
}

std::pair<std::uint32_t, std::uint32_t> Sheet::same_names(Side a, Side b) const {
    if (given_ < 0 || family_ < 0) return {};
    const std::uint32_t *x = values(a.row), *y = values(b.row);
    const bool both = x[given_] != 0 && x[given_] == y[given_] && x[family_] != 0 && x[family_] == y[family_];
    return both ? std::pair{x[given_], x[family_]} : std::pair{0U, 0U};
}

// A row says it of its own names.
double Sheet::together_of(Side a, Side b) const {
    return same_names(a, b).first != 0 ? std::bit_cast<double>(a.row[together_at_]) : scorer_->together_weight();
}

// Scorer::weight in the plain case: nothing shared at home, no sibling to be seen. The same sums in the same
// order.
double Sheet::sum(const Pattern& p, Side a, Side b, bool same_source) const {
    std::uint8_t hints = 0;
    double total = scorer_->prior_weight(same_source);
    const auto given = static_cast<std::size_t>(given_);
    std::array<double, kFields> rarities{};
    for (std::size_t i = 0; i < fields_; ++i) {
        const Info& info = info_[i];
        const std::uint8_t level = p.level[i];
        double w = info.weight[level];
        if (info.rare && level == 1)
            w += rarities[i] = rarity(a.row, i);
        else if (info.rare && level == kExchanged && exchanges_ && i == given)
            w += rarities[i] = exchange_of(a, b);
        else if (info.rare && i == given && is_middle(scorer_->model().fields[i], level))
            w += rarities[i] = middle_of(a, b);
        hints |= info.hints[level];
        total += w;
    }
    const double together = together_at_ != 0 && (hints & kBothNames) == kBothNames ? together_of(a, b) : 0;
    if (one_home_field_ && !(guarded_ && may_be_family(hints))) return total - together;
    if (given_ >= 0 && may_be_slip(scorer_->model().fields[given], p.level[given])) {
        const Texts& names = population_->names();
        rarities[given] = slip(names.name(values(a.row)[given]), names.name(values(b.row)[given]),
                               rarity(a.row, given), rarity(b.row, given));
    }
    return scorer_->weight(p, rarities.data(), together, same_source);
}

Pattern Sheet::pattern(Side a, Side b, LevelCache& cache) const {
    const std::uint32_t *x = values(a.row), *y = values(b.row);
    if (!quick_ || aliases(x, y)) return scorer_->comparator().compare(view(a.record), view(b.record), &cache);
    Pattern p;
    std::size_t name = kFields;
    for (std::uint32_t open = equal_values(x, y, p); open != 0; open &= open - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(open));
        if (info_[i].kind == Kind::name)
            name = i;
        else
            compare_field(i, a.row, b.row, p, cache);
    }
    // Given name and surname at once, and last: they may say what other names say no more.
    if (name != kFields) compare_field(name, a.row, b.row, p, cache);
    return p;
}

double Sheet::most_with(std::uint32_t given_level, double most, bool family_open) const {
    const Info& given = info_[static_cast<std::size_t>(given_)];
    const double others = most - given.best_apart;
    const double apart = others + given.weight[given_level];
    if (given_swapped_ == 0 || given_level < given_swapped_ || !family_open) return apart;
    const double swapped =
        others - info_[static_cast<std::size_t>(family_)].best_apart + given.weight[given_swapped_];
    return std::max(apart, swapped);
}

Sheet::Glance Sheet::glance(Side a, Side b) const {
    const std::uint32_t *x = values(a.row), *y = values(b.row);
    Glance g{.a = a, .b = b, .same_source = same_source(a, b)};
    if (!quick_ || aliases(x, y) || crosswise(x, y)) {
        g.open = kWhole, g.most = std::numeric_limits<double>::infinity();
        return g;
    }
    const std::uint32_t unequal = equal_values(x, y, g.pattern);
    g.most = scorer_->prior_weight(g.same_source);
    for (std::size_t i = 0; i < fields_; ++i) {
        const Info& info = info_[i];
        std::uint8_t& level = g.pattern.level[i];
        if ((unequal >> i & 1) != 0 && (level = row_level(i, a.row, b.row)) == 0) {
            g.open |= 1U << i;
            g.most += info.best_apart;
        } else if (level != 0) {
            const double w = info.weight[level] + (level == 1 && info.rare ? rarity(a.row, i) : 0);
            g.most += info.household ? std::max(0.0, w) : w;
        }
    }
    return g;
}

double Sheet::whole_weight(const Glance& g, LevelCache& cache, double least) const {
    if (!quick_ || aliases(values(g.a.row), values(g.b.row)))
        return scorer_->weight(view(g.a.record), view(g.b.record), &cache, least);
    return sum(pattern(g.a, g.b, cache), g.a, g.b, g.same_source);
}

// Fields are compared from the cheapest to the dearest, and the pair is let go as soon as even the best levels of
// the rest could not lift it to `least`.
double Sheet::weight(const Glance& g, LevelCache& cache, double least) const {
    if (g.open == kWhole) return whole_weight(g, cache, least);
    const std::uint64_t *a = g.a.row, *b = g.b.row;
    const View view{nullptr, population_, nullptr};
    Pattern p = g.pattern;
    std::uint32_t open = g.open;
    double most = g.most;
    const auto is_open = [&](int i) { return i >= 0 && (open >> i & 1) != 0; };
    const auto known = [&](std::size_t i) {
        const double w = info_[i].weight[p.level[i]];
        most += (info_[i].household ? std::max(0.0, w) : w) - info_[i].best_apart;
        open &= ~(1U << i);
    };
    for (const std::size_t i : by_cost_) {
        if (open == 0) break;
        if (!is_open(static_cast<int>(i))) continue;
        if (most < least - kRounding) return most;
        if (static_cast<int>(i) == given_) {
            const std::uint8_t level =
                scorer_->comparator().name_level(i, view, values(a)[i], view, values(b)[i], &cache);
            const double with = most_with(level, most, is_open(family_));
            if (with < least - kRounding) return with;
        }
        compare_field(i, a, b, p, cache);
        if (info_[i].kind == Kind::name)
            for (const int both : {given_, family_})
                if (static_cast<std::size_t>(both) != i && is_open(both)) known(static_cast<std::size_t>(both));
        known(i);
    }
    if (most < least - kRounding) return most;
    return sum(p, g.a, g.b, g.same_source);
}

}  // namespace rowan::linkage
