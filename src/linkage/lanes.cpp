#include "linkage/lanes.h"

#include <algorithm>
#include <limits>

namespace rowan::linkage {
namespace {

std::size_t place(std::uint32_t lane_bits) { return static_cast<std::size_t>(std::countr_zero(lane_bits)); }

// The levels of a date of birth as tests that can be made sixteen at a time; empty when one of them cannot.
std::vector<BirthLevel> birth_levels(const FieldModel& f) {
    std::vector<BirthLevel> out;
    for (const Level& l : f.levels) {
        const auto limit = static_cast<std::int32_t>(l.limit);
        if (l.test == Test::within_days)
            out.push_back({0, limit});
        else if (l.test != Test::typing_error)
            out.push_back({std::uint32_t{1} << static_cast<unsigned>(l.test)});
        else if (limit <= 1)
            out.push_back({std::uint32_t{1} << (limit == 1 ? kBirthOneEdit : kBirthEqual)});
        else
            return {};
    }
    return out;
}

PostcodeTest postcode_test(Test t) {
    switch (t) {
        case Test::same:
            return PostcodeTest::same;
        case Test::typing_error:
            return PostcodeTest::one_edit;
        case Test::sector:
            return PostcodeTest::sector;
        case Test::outward:
            return PostcodeTest::outward;
        case Test::area:
            return PostcodeTest::area;
        default:
            return PostcodeTest::different;
    }
}

}  // namespace

Lanes::Lanes(const Sheet& sheet, const Kernel& kernel) : sheet_(&sheet), kernel_(&kernel) {
    const Model& model = sheet.scorer_->model();
    given_.field = sheet.given_, family_.field = sheet.family_;
    for (const int same : {0, 1}) prior_[static_cast<std::size_t>(same)] = sheet.scorer_->prior_weight(same == 1);
    prior_[2] = prior_[0];
    lowest_ = std::min(prior_[0], prior_[1]);
    for (std::size_t f = 0; f < sheet.fields_; ++f) {
        const Sheet::Info& info = sheet.info_[f];
        for (std::size_t l = 0; l < info.weight.size(); ++l) {
            worth_[f][l] = info.weight[l];
            bound_[f][l] = info.household ? std::max(0.0, info.weight[l]) : info.weight[l];
        }
        bound_[f][kOpen] = info.best_apart;
        lowest_ += std::min(0.0, *std::min_element(info.weight.begin(), info.weight.end()));
        if (info.kind == Sheet::Kind::birth) births_ = birth_levels(model.fields[f]);
        if (info.kind == Sheet::Kind::postcode)
            for (const Level& l : model.fields[f].levels) postcodes_.push_back(postcode_test(l.test));
    }
}

void Lanes::take(std::span<const std::uint32_t> records, std::size_t asked, const std::uint32_t* keys,
                 std::size_t width, std::size_t rules) {
    count_ = records.size(), padded_ = (count_ + kLanes - 1) / kLanes * kLanes, rules_ = rules;
    const std::size_t fields = sheet_->fields_;
    record_.assign(records.begin(), records.end());
    for (auto* row : {&source_, &other_names_, &digits_}) row->resize(padded_);
    days_.resize(padded_);
    if (sheet_->code_at_ != 0) codes_.resize(padded_);
    values_.resize(fields * padded_);
    keys_.resize(rules * padded_);
    aliases_ = false;
    constexpr std::size_t kAhead = 8;
    for (std::size_t i = 0; i < count_; ++i) {
        if (i + kAhead < count_) {
            const std::uint32_t soon = records[i + kAhead];
            __builtin_prefetch(sheet_->row(soon));
            __builtin_prefetch(sheet_->row(soon) + 8);
            __builtin_prefetch(keys + std::size_t{soon} * width);
        }
        const std::uint64_t* row = sheet_->row(records[i]);
        const std::uint32_t* value = sheet_->values(row);
        for (std::size_t f = 0; f < fields; ++f) values_[f * padded_ + i] = value[f];
        digits_[i] = value[fields + Sheet::kDigits];
        days_[i] = static_cast<std::int32_t>(value[fields + Sheet::kDays]);
        source_[i] = value[fields + Sheet::kSource] & 0xffff;
        other_names_[i] = (value[fields + Sheet::kSource] & Sheet::kAliases) != 0;
        aliases_ = aliases_ || other_names_[i] != 0;
        if (!codes_.empty()) codes_[i] = row[sheet_->code_at_];
        for (std::size_t r = 0; r < rules; ++r) keys_[r * padded_ + i] = keys[std::size_t{records[i]} * width + r];
    }
    if (sheet_->exchanges_)
        givens_ = plane(static_cast<std::size_t>(given_.field)),
        families_ = plane(static_cast<std::size_t>(family_.field));
    if (!sheet_->quick_) return;
    for (Dictionary* d : {&given_, &family_})
        if (d->field >= 0) number_names(*d, asked);
}

void Lanes::ask(std::size_t i) {
    met_.clear(), mine_.clear();
    if (sheet_->exchanges_) {
        turned_ = {givens_[i], families_[i]};
        if (turned_[0] == turned_[1] || turned_[1] == 0) turned_[0] = 0;
    }
    called_.clear(), called_of_others_.clear();
    if (sheet_->middle_names_) {
        const std::uint32_t *given = plane(static_cast<std::size_t>(sheet_->given_)),
                            *middle = plane(static_cast<std::size_t>(sheet_->middle_));
        if (given[i] != 0) called_.push_back(given[i]), called_of_others_.push_back(middle);
        if (middle[i] != 0) called_.push_back(middle[i]), called_of_others_.push_back(given);
    }
    for (std::size_t r = 0; r < rules_; ++r) {
        const std::uint32_t* row = keys_.data() + r * padded_;
        if (row[i] != 0) met_.push_back(row), mine_.push_back(row[i]);
    }
    const std::uint64_t* row = sheet_->row(record_[i]);
    for (std::size_t f = 0; f < sheet_->fields_; ++f) {
        const Sheet::Info& info = sheet_->info_[f];
        if (!info.rare || plane(f)[i] == 0) continue;
        worth_[f][1] = info.weight[1] + sheet_->rarity(row, f);
        bound_[f][1] = info.household ? std::max(0.0, worth_[f][1]) : worth_[f][1];
    }
}

// Lanes after member i, and not past the last, whom it has not met under an earlier rule.
std::uint32_t Lanes::strangers(std::size_t i, std::size_t at) const {
    std::uint32_t lanes = kernel_->strangers(met_.data(), mine_.data(), met_.size(), at);
    if (at <= i) lanes &= ~std::uint32_t{0} << (i - at) << 1;
    if (at + kLanes > count_) lanes &= (std::uint32_t{1} << (count_ - at)) - 1;
    return lanes;
}

// Those who have other names, or names crosswise to those of member i.
std::uint32_t Lanes::apart(std::size_t i, std::size_t at, std::uint32_t lanes) const {
    if (!sheet_->quick_) return lanes;
    std::uint32_t out = 0;
    if (turned_.front() != 0) {
        out = lanes & ~kernel_->strangers(&families_, &turned_[0], 1, at);
        if (out != 0) out &= ~kernel_->strangers(&givens_, &turned_[1], 1, at);
    }
    if (!called_.empty())
        out |= lanes & ~kernel_->strangers(called_of_others_.data(), called_.data(), called_.size(), at);
    if (!aliases_) return out;
    if (other_names_[i] != 0) return lanes;
    for (std::uint32_t rest = lanes; rest != 0; rest &= rest - 1)
        if (other_names_[at + place(rest)] != 0) out |= rest & (0 - rest);
    return out;
}

std::uint32_t Lanes::one_by_one(std::size_t i, std::size_t at, std::uint32_t lanes, LevelCache& cache,
                                double least, Lane<double>& weight) const {
    std::uint32_t out = 0;
    for (; lanes != 0; lanes &= lanes - 1) {
        const std::size_t lane = place(lanes);
        weight[lane] = sheet_->weight(side(i), side(at + lane), cache, least);
        if (weight[lane] >= least) out |= lanes & (0 - lanes);
    }
    return out;
}

// Dates in part, and models whose tests of dates have no loop, go one by one.
void Lanes::births(std::size_t i, std::size_t at, std::uint32_t lanes, std::uint32_t* level) const {
    const std::size_t f = static_cast<std::size_t>(
        std::find_if(sheet_->info_.begin(), sheet_->info_.end(),
                     [](const Sheet::Info& info) { return info.kind == Sheet::Kind::birth; }) -
        sheet_->info_.begin());
    const auto of = [&](std::size_t member) {
        Birth b;
        b.packed = plane(f)[member], b.digits = digits_[member], b.days = days_[member];
        return b;
    };
    const Birth mine = of(i);
    const bool whole = PartialDate::unpack(mine.packed).complete();
    // Many rules bring together who were born on one day.
    const std::uint32_t* row = plane(f);
    if (whole && (kernel_->strangers(&row, &mine.packed, 1, at) & lanes) == 0) {
        std::fill_n(level, kLanes, 1U);
        return;
    }
    if (whole && !births_.empty())
        lanes &= kernel_->births(plane(f) + at, digits_.data() + at, days_.data() + at, mine.packed, mine.digits,
                                 mine.days, births_, level);
    else
        std::fill_n(level, kLanes, 0U);
    for (; lanes != 0; lanes &= lanes - 1)
        level[place(lanes)] = sheet_->scorer_->comparator().date_level(f, mine, of(at + place(lanes)));
}

// All that needs no look at a text that was not looked at before.
void Lanes::first_levels(std::size_t i, std::size_t at, std::uint32_t lanes, Group& g) const {
    for (std::size_t f = 0; f < sheet_->fields_; ++f) {
        const Sheet::Info& info = sheet_->info_[f];
        std::uint32_t* level = g.level[f].data();
        const std::uint32_t mine = plane(f)[i];
        if (info.kind == Sheet::Kind::birth) {
            births(i, at, lanes, level);
            continue;
        }
        if (info.kind == Sheet::Kind::name) {
            const Dictionary& d = given_.field == static_cast<int>(f) ? given_ : family_;
            const std::uint8_t* known = d.level.data() + std::size_t{d.number[i]} * d.names;
            for (std::size_t lane = 0; lane < kLanes; ++lane) level[lane] = known[d.number[at + lane]];
            continue;
        }
        kernel_->equal(plane(f) + at, mine, info.kind == Sheet::Kind::sex ? info.last : kOpen, level);
        if (info.kind == Sheet::Kind::postcode && codes_[i] != 0)
            kernel_->postcodes(codes_.data() + at, codes_[i], postcodes_, level);
    }
    if (sheet_->given_swapped_ == 0) return;
    // Names that may be exchanged can reach more than each of them alone.
    std::uint32_t *given = g.level[static_cast<std::size_t>(given_.field)].data(),
                  *family = g.level[static_cast<std::size_t>(family_.field)].data();
    for (std::size_t lane = 0; lane < kLanes; ++lane)
        if (given[lane] >= sheet_->given_swapped_ && family[lane] >= sheet_->family_different_)
            given[lane] = family[lane] = kOpen;
}

std::uint32_t Lanes::open_lanes(const Group& g) const {
    static constexpr auto kAllOpen = [] {
        std::array<std::uint32_t, kFields> all{};
        all.fill(kOpen);
        return all;
    }();
    std::array<const std::uint32_t*, kFields> rows{};
    for (std::size_t f = 0; f < sheet_->fields_; ++f) rows[f] = g.level[f].data();
    return ~kernel_->strangers(rows.data(), kAllOpen.data(), sheet_->fields_, 0);
}

void Lanes::number_names(Dictionary& d, std::size_t asked) const {
    d.names = 1, d.asked = 1;
    d.number.assign(padded_, 0);
    d.slots.assign(std::bit_ceil(2 * count_), 0);
    const std::uint32_t* name = plane(static_cast<std::size_t>(d.field));
    const std::size_t mask = d.slots.size() - 1;
    for (std::size_t i = 0; i < count_; ++i) {
        if (name[i] == 0) continue;
        std::size_t at = (name[i] * 0x9E3779B97F4A7C15ULL >> 32) & mask;
        while (d.slots[at] != 0 && d.slots[at] >> 32 != name[i]) at = (at + 1) & mask;
        if (d.slots[at] == 0) d.slots[at] = std::uint64_t{name[i]} << 32 | d.names++;
        d.number[i] = static_cast<std::uint32_t>(d.slots[at]);
        if (i < asked) d.asked = d.names;
    }
    d.level.assign(std::size_t{d.asked} * d.names, kOpen);
    std::fill_n(d.level.begin(), d.names, std::uint8_t{0});
    for (std::size_t k = 1; k < d.asked; ++k) d.level[k * d.names] = 0, d.level[k * d.names + k] = 1;
}

std::uint32_t Lanes::name_level(Dictionary& d, std::size_t i, std::size_t j, LevelCache& cache) const {
    const std::size_t x = d.number[i], y = d.number[j];
    std::uint8_t& level = d.level[x * d.names + y];
    if (level == kOpen) {
        const auto f = static_cast<std::size_t>(d.field);
        const View view{nullptr, sheet_->population_, nullptr};
        level = sheet_->scorer_->comparator().name_level(f, view, plane(f)[i], view, plane(f)[j], &cache);
        if (y < d.asked) d.level[y * d.names + x] = level;
    }
    return level;
}

// What is remembered of names that are still to be compared.
void Lanes::prefetch(std::size_t i, std::size_t at, std::uint32_t lanes, const LevelCache& cache,
                     const Group& g) const {
    for (; lanes != 0; lanes &= lanes - 1)
        for (const Dictionary* d : {&given_, &family_}) {
            const auto f = static_cast<std::size_t>(d->field);
            if (d->field < 0 || g.level[f][place(lanes)] != kOpen) continue;
            const auto [x, y] = std::minmax(plane(f)[i], plane(f)[at + place(lanes)]);
            cache.prefetch(static_cast<std::uint32_t>(f), x, y);
        }
}

// Comparator::names, from what is already known of the two names.
void Lanes::names(std::size_t i, std::size_t at, std::size_t lane, LevelCache& cache, Group& g) {
    for (Dictionary* d : {&given_, &family_}) {
        if (d->field < 0) continue;
        std::uint32_t& level = g.level[static_cast<std::size_t>(d->field)][lane];
        if (level == kOpen) level = name_level(*d, i, at + lane, cache);
    }
    if (sheet_->given_swapped_ == 0) return;
    const auto given = static_cast<std::size_t>(given_.field), family = static_cast<std::size_t>(family_.field);
    if (g.level[given][lane] < sheet_->given_swapped_ || g.level[family][lane] < sheet_->family_different_) return;
    const View view{nullptr, sheet_->population_, nullptr};
    Pattern p;
    const auto called = [&](std::size_t member) { return Called(plane(given)[member], 0, plane(family)[member]); };
    sheet_->scorer_->comparator().names(view, called(i), view, called(at + lane), p, &cache);
    g.level[given][lane] = p.level[given];
    g.level[family][lane] = p.level[family];
}

bool Lanes::names_reach(double least, double most, std::size_t i, std::size_t at, std::size_t lane,
                        LevelCache& cache, Group& g) {
    const auto open = [&](const Dictionary& d) {
        return d.field >= 0 && g.level[static_cast<std::size_t>(d.field)][lane] == kOpen;
    };
    const bool given_open = open(given_), family_open = open(family_);
    if (given_open && sheet_->most_with(name_level(given_, i, at + lane, cache), most, family_open) < least)
        return false;
    names(i, at, lane, cache, g);
    const auto known = [&](const Dictionary& d) {
        const auto f = static_cast<std::size_t>(d.field);
        most += bound_[f][g.level[f][lane]] - bound_[f][kOpen];
    };
    if (given_open) known(given_);
    if (family_open) known(family_);
    return most >= least;
}

void Lanes::texts(std::size_t i, std::size_t at, std::size_t lane, LevelCache& cache, Group& g) const {
    const View view{nullptr, sheet_->population_, nullptr};
    for (std::size_t f = 0; f < sheet_->fields_; ++f)
        if (g.level[f][lane] == kOpen)
            g.level[f][lane] =
                sheet_->scorer_->comparator().text_level(f, view, plane(f)[i], view, plane(f)[at + lane], &cache);
}

void Lanes::levels(std::size_t i, std::size_t at, std::uint32_t lanes, LevelCache& cache, Group& g) {
    lanes &= ~apart(i, at, lanes);
    if (lanes == 0) return;
    first_levels(i, at, lanes, g);
    for (lanes &= open_lanes(g); lanes != 0; lanes &= lanes - 1) {
        names(i, at, place(lanes), cache, g);
        texts(i, at, place(lanes), cache, g);
    }
}

Pattern Lanes::packed(const Group& g, std::size_t lane) const {
    Pattern p;
    for (std::size_t f = 0; f < sheet_->fields_; ++f) p.level[f] = static_cast<std::uint8_t>(g.level[f][lane]);
    return p;
}

Pattern Lanes::pattern(std::size_t i, std::size_t at, std::size_t lane, LevelCache& cache, const Group& g) const {
    if (apart(i, at, 1U << lane) != 0) return sheet_->pattern(side(i), side(at + lane), cache);
    return packed(g, lane);
}

// The cheap fields first, for all; then a pair is let go as soon as even the best levels of the rest could not
// lift it to `least`, as in Sheet::weight.
std::uint32_t Lanes::weights(std::size_t i, std::size_t at, std::uint32_t open, LevelCache& cache, double least,
                             Group& g, Lane<double>& weight) {
    std::uint32_t found = apart(i, at, open);
    open &= ~found;
    if (found != 0) found = one_by_one(i, at, found, cache, least, weight);
    if (open == 0) return found;
    first_levels(i, at, open, g);
    Lane<std::uint32_t> source;
    kernel_->equal(source_.data() + at, source_[i], 2, source.data());
    Lane<double> sum{};
    kernel_->add(source.data(), prior_.data(), sum.data());
    const std::size_t fields = sheet_->fields_;
    double enough = -std::numeric_limits<double>::infinity();
    Lane<double> most = sum;
    if (least > lowest_) {
        enough = least - kRounding;
        for (std::size_t f = 0; f < fields; ++f) kernel_->add(g.level[f].data(), bound_[f].data(), most.data());
        open &= kernel_->at_least(most.data(), enough);
    }
    std::uint32_t rest = open & open_lanes(g);
    prefetch(i, at, rest, cache, g);
    for (; rest != 0; rest &= rest - 1) {
        const std::size_t lane = place(rest);
        if (names_reach(enough, most[lane], i, at, lane, cache, g))
            texts(i, at, lane, cache, g);
        else
            open &= ~(rest & (0 - rest));
    }
    if (open == 0) return found;
    // Where siblings are guarded against, homes share their weight, names go together or may be a slip, a sum is
    // not that of its parts alone.
    if (sheet_->one_home_field_ && !sheet_->guarded_ && sheet_->scorer_->together_weight() == 0 && found == 0 &&
        ones(open) > 3) {
        for (std::size_t f = 0; f < fields; ++f) kernel_->add(g.level[f].data(), worth_[f].data(), sum.data());
        weight = sum;
        return open & kernel_->at_least(sum.data(), least);
    }
    for (; open != 0; open &= open - 1) {
        const std::size_t lane = place(open);
        weight[lane] = sheet_->sum(packed(g, lane), side(i), side(at + lane), source[lane] == 1);
        if (weight[lane] >= least) found |= open & (0 - open);
    }
    return found;
}

}  // namespace rowan::linkage
