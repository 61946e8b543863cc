#include "linkage/score.h"

#include "linkage/exchange.h"
#include "linkage/slip.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace rowan::linkage {
namespace {

enum Closeness : std::uint8_t { kMissing, kSame, kNear, kFar };

// What one sees of a value beyond the two records themselves says how common it is; one more observation at the
// model's own average is mixed in, so that a small population does not pretend to know.
constexpr double kLeastFrequency = 1e-6;

Closeness closeness(Test t) {
    if (t == Test::same || t == Test::run_together) return kSame;
    return t == Test::different ? kFar : kNear;
}

// Source 0 is "not said": nothing is known of doubles then, and the plain prior holds.
bool same_source(const View& a, const View& b) {
    return a.packed->source != 0 && a.packed->source == b.packed->source;
}

std::string signed_number(double w) {
    char out[32];
    std::snprintf(out, sizeof out, "%+.2f", w);
    return out;
}

std::string times_in_words(const Step& s) {
    char out[64];
    if (s.times < 1.05) return "no difference";
    std::snprintf(out, sizeof out, s.times < 10 ? "%.1f times %s" : "%.0f times %s", s.times,
                  s.weight > 0 ? "likelier" : "less likely");
    return out;
}

using Close = std::array<std::uint8_t, kFields>;  // by Field
bool is(const Close& close, Field f, Closeness c) { return close[static_cast<std::size_t>(f)] == c; }
bool agrees(const Close& close, Field f) { return is(close, f, kSame) || is(close, f, kNear); }
// A home written down wrongly, or one nearby, is a home: brothers and sisters move together.
bool one_family_and_home(const Close& c) {
    return agrees(c, Field::family_name) &&
           (agrees(c, Field::postcode) || agrees(c, Field::address) || is(c, Field::phone, kSame));
}
// Without a home on record, family name and birth must do.
bool one_family_and_birth(const Close& c) {
    return agrees(c, Field::family_name) && agrees(c, Field::date_of_birth) && is(c, Field::postcode, kMissing) &&
           is(c, Field::address, kMissing) && is(c, Field::phone, kMissing);
}
bool one_own_number(const Close& c) {
    return agrees(c, Field::nhs_number) || agrees(c, Field::upn) || agrees(c, Field::other_id) ||
           agrees(c, Field::email);
}
bool sibling(const Close& c) {
    return is(c, Field::given_name, kFar) && !one_own_number(c) &&
           (one_family_and_home(c) || one_family_and_birth(c));
}

// The weight that is left when a second explanation, itself outweighed by `other`, stands beside the first.
double against_both(double weight, double other) {
    const double low = std::min(weight, other), high = std::max(weight, other);
    return low - std::log2(1 + std::exp2(low - high));
}

}  // namespace

Family family_pattern(const Model& model, const Pattern& p) {
    Close close{};
    for (std::size_t i = 0; i < model.fields.size(); ++i)
        if (p.level[i] != 0)
            close[static_cast<std::size_t>(model.fields[i].field)] =
                closeness(model.fields[i].levels[p.level[i] - 1U].test);
    return {sibling(close), one_family_and_home(close), is(close, Field::date_of_birth, kSame)};
}

double best_apart(const FieldModel& f) {
    double best = f.levels.back().weight();
    for (std::size_t l = 1; l < f.levels.size(); ++l)
        if (f.levels[l].test != Test::exchanged && f.levels[l].test != Test::middle)
            best = std::max(best, f.levels[l].weight());
    return best;
}

struct Scorer::Parts {
    std::array<double, kFields> step{};
    std::array<double, kFields> to_sibling{};  // the same against a brother or sister instead of anybody
    double prior = 0;
    double together = 0;  // what is taken away because names go together
    double guard = 0;     // and by the sibling guard
    double total = 0;
    std::uint8_t contradictions = 0;
    bool certain = false;
};

Scorer::Scorer(Model model)
    : model_(std::move(model)),
      comparator_(model_),
      prior_weight_{model_.prior_weight(false), model_.prior_weight(true)},
      sibling_weight_{-std::log2(model_.sibling_pairs), -std::log2(model_.sibling_pairs_same_source)},
      namesakes_weight_(-std::log2(model_.sibling_namesakes)),
      together_weight_(std::log2(model_.names_together)) {
    place_.fill(-1);
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        place_[static_cast<std::size_t>(model_.fields[i].field)] = static_cast<int>(i);
        for (std::size_t l = 0; l < model_.fields[i].levels.size(); ++l) {
            weight_[i][l + 1] = model_.fields[i].levels[l].weight();
            closeness_[i][l + 1] = closeness(model_.fields[i].levels[l].test);
        }
        const auto& levels = model_.fields[i].levels;
        column_[i] = column_of(model_.fields[i].field);
        if (model_.fields[i].field == Field::date_of_birth)
            twin_weight_ = std::log2(levels[0].m / model_.twin_share);
        by_cost_.push_back(i);
        first_is_same_ = first_is_same_ && levels[0].test == Test::same;
        best_apart_[i] = best_apart(model_.fields[i]);
    }
    static constexpr std::array kCheapFirst{
        Field::date_of_birth, Field::sex,   Field::given_name, Field::family_name, Field::middle_name,
        Field::postcode,      Field::town,  Field::nhs_number, Field::upn,         Field::other_id,
        Field::phone,         Field::other, Field::email,      Field::address};
    std::sort(by_cost_.begin(), by_cost_.end(), [&](std::size_t x, std::size_t y) {
        const auto cost = [&](std::size_t i) {
            return std::find(kCheapFirst.begin(), kCheapFirst.end(), model_.fields[i].field);
        };
        return cost(x) < cost(y);
    });
}

double Scorer::log_rarity(std::size_t field, double count, double with) const {
    const double u = model_.fields[field].levels[0].u;
    const double frequency =
        model_.plain_frequency ? count / with : std::max(kLeastFrequency, (count - 1) / (with - 2 + 1 / u));
    return std::log2(u / (frequency * model_.fields[field].right));
}

double Scorer::rarity_of_text(std::size_t field, const Population& p, std::uint32_t value) const {
    const Column c = column_of(model_.fields[field].field);
    return log_rarity(field, p.count(c, value), p.with(c));
}

double Scorer::rarity_of_birth(std::size_t field, const Population& p, std::uint32_t date) const {
    return log_rarity(field, p.count_birth(date), p.with_birth());
}

// A Query is counted as if it had been added, so that a lookup and the batch engine give one score.
double Scorer::rarity(std::size_t field, const View& a, const View& b) const {
    const Population* population = a.population;
    if (population == nullptr || population->live() == 0 || model_.fields[field].field == Field::sex) return 0;
    const FieldModel& f = model_.fields[field];
    const double asked = (a.query != nullptr) + (b.query != nullptr);
    double count = asked, with = asked;
    if (f.field == Field::date_of_birth) {
        if (a.packed->birth != b.packed->birth) return 0;
        count += population->count_birth(a.packed->birth);
        with += population->with_birth();
    } else {
        const Column c = column_of(f.field);
        const std::uint32_t id = (*a.packed)[c];
        if (id == 0 || id != (*b.packed)[c] || (id & kLocal) != 0) return 0;
        count += population->count(c, id);
        with += population->with(c);
    }
    return log_rarity(field, count, with);
}

// Brothers and sisters share surname and home too. What tells them apart is what a family does not share; a twin
// even shares the date of birth, but seldom do parents give two children one name.
double Scorer::against_siblings(const Pattern& p, const Parts& parts, bool same_source) const {
    double w = sibling_weight_[same_source];
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        const FieldModel& f = model_.fields[i];
        if (f.household || f.field == Field::family_name || p.level[i] == 0) continue;
        const bool born_together = f.field == Field::date_of_birth && closeness_[i][p.level[i]] == kSame;
        const bool namesakes =
            f.field == Field::given_name && (closeness_[i][p.level[i]] == kSame || is_middle(f, p.level[i]));
        w += born_together ? std::min(parts.step[i], twin_weight_) : parts.to_sibling[i];
        if (namesakes) w += namesakes_weight_;
    }
    return w;
}

namespace {

// What a name of two records says of them is known by how common it is; where either has other names, they may be
// what agreed.
bool own_names_count(const View& a, const View& b) {
    return a.population != nullptr && a.population->live() != 0 && (a.packed->aliases | b.packed->aliases) == 0;
}

// Of a name of `v`, which is compared with `other`.
double rarity_of_own(const Scorer& scorer, std::size_t field, Column c, const View& v, const View& other) {
    const std::uint32_t id = (*v.packed)[c];
    const double known = (id & kLocal) != 0 ? 0 : v.population->count(c, id);
    const double with = v.population->with(c) + (v.query != nullptr) + (other.query != nullptr);
    return scorer.rarity_of_count(field, known + (v.query != nullptr), with);
}

// The slip between the given names of two records.
double slip_of(const Scorer& scorer, std::size_t field, const View& a, const View& b) {
    if (!own_names_count(a, b)) return std::numeric_limits<double>::infinity();
    return slip(a.name((*a.packed)[Column::given]), b.name((*b.packed)[Column::given]),
                rarity_of_own(scorer, field, Column::given, a, b),
                rarity_of_own(scorer, field, Column::given, b, a));
}

// Of the names of two records that are exchanged.
double exchange_of(const Scorer& scorer, std::size_t given, std::size_t family, const View& a, const View& b) {
    if (!own_names_count(a, b)) return 0;
    const auto rarity = [&](const View& v, const View& other) {
        return rarity_of_own(scorer, given, Column::given, v, other) +
               rarity_of_own(scorer, family, Column::family, v, other);
    };
    return exchange(scorer.model().fields[given], scorer.model().fields[family], rarity(a, b), rarity(b, a));
}

// Of the given name that is the other's middle name.
double middle_of(const Scorer& scorer, std::size_t given, const View& a, const View& b) {
    if (!own_names_count(a, b) || !scorer.model().fields[given].term_frequency) return 0;
    return scorer.comparator().given_is_middle(a, b) ? rarity_of_own(scorer, given, Column::given, a, b)
                                                     : rarity_of_own(scorer, given, Column::given, b, a);
}

}  // namespace

Scorer::Parts Scorer::weigh(const View& a, const View& b, const Pattern& p) const {
    std::array<double, kFields> rarities;
    for (std::size_t i = 0; i < model_.fields.size(); ++i)
        if (may_be_slip(model_.fields[i], p.level[i]))
            rarities[i] = slip_of(*this, i, a, b);
        else if (is_middle(model_.fields[i], p.level[i]))
            rarities[i] = middle_of(*this, i, a, b);
        else if (is_exchange(model_.fields[i], p.level[i]))
            rarities[i] = exchange_of(
                *this, i, static_cast<std::size_t>(place_[static_cast<std::size_t>(Field::family_name)]), a, b);
        else if (model_.fields[i].term_frequency && p.level[i] == 1)
            rarities[i] = rarity(i, a, b);
    return weigh(p, rarities.data(), together(a, b, p), same_source(a, b), a.packed->flags & b.packed->flags);
}

double Scorer::weight(const Pattern& p, const double* rarity, double together, bool same_source) const {
    return weigh(p, rarity, together, same_source, 0).total;
}

double together_of(double bearers, double by_chance, double together) {
    return std::max(0.0, std::log2((bearers - 1) / (1 / together + by_chance)));
}

double Scorer::together_of_names(const Population& known, std::uint32_t given, std::uint32_t family,
                                 double asked) const {
    const double counted = known.count_both(given, family);
    if (counted == 0) return together_weight_;
    return together_of(counted + asked, known.both_by_chance(given, family, asked), model_.names_together);
}

double Scorer::together(const View& a, const View& b, const Pattern& p) const {
    if (together_weight_ == 0 || !both_names_agree(model_, p)) return 0;
    const std::uint32_t given = (*a.packed)[Column::given], family = (*a.packed)[Column::family];
    const bool one_name = given != 0 && family != 0 && given == (*b.packed)[Column::given] &&
                          family == (*b.packed)[Column::family] && ((given | family) & kLocal) == 0;
    if (!one_name) return together_weight_;
    return together_of_names(*a.population, given, family, (a.query != nullptr) + (b.query != nullptr));
}

Scorer::Parts Scorer::weigh(const Pattern& p, const double* rarity, double together, bool same_source,
                            std::uint8_t both_flags) const {
    Parts parts;
    parts.together = together;
    Close close{};
    double best = 0, worst = 0;  // of the household fields
    std::size_t best_at = kFields, worst_at = kFields;
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        const std::uint8_t level = p.level[i];
        if (level == 0) continue;
        const FieldModel& f = model_.fields[i];
        close[static_cast<std::size_t>(f.field)] = closeness_[i][level];
        double w = weight_[i][level];
        if ((f.term_frequency && level == 1) || is_exchange(f, level) || is_middle(f, level)) w += rarity[i];
        parts.step[i] = w;
        parts.to_sibling[i] = may_be_slip(f, level) ? weight_with_slip(f, level, w, rarity[i]) : w;
        if (f.household && w > best) best = w, best_at = i;
        if (f.household && w < worst) worst = w, worst_at = i;
    }
    parts.prior = prior_weight_[same_source];
    parts.total = parts.prior;
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        if (model_.fields[i].household && i != best_at && i != worst_at) parts.step[i] *= model_.household_share;
        parts.total += parts.step[i];
    }
    parts.total -= parts.together;

    const bool nhs = is(close, Field::nhs_number, kSame), upn = is(close, Field::upn, kSame);
    const bool both_nhs = (both_flags & kNhsValid) != 0, both_upn = (both_flags & kUpnValid) != 0;
    if (both_nhs && is(close, Field::nhs_number, kFar)) parts.contradictions |= kNhsNumbersDiffer;
    if (both_upn && is(close, Field::upn, kFar)) parts.contradictions |= kUpnsDiffer;
    if (sibling(close)) parts.contradictions |= kSiblingOrTwin;
    if (model_.sibling_pairs > 0 && model_.sibling_pairs_same_source > 0) {
        if (one_family_and_home(close))
            parts.guard = against_both(parts.total, against_siblings(p, parts, same_source)) - parts.total;
        else if (sibling(close))
            parts.guard = std::min(0.0, model_.sibling_ceiling - parts.total);
    }
    parts.total += parts.guard;
    const bool name_far = is(close, Field::given_name, kFar) || is(close, Field::family_name, kFar);
    if ((nhs || upn) && name_far && is(close, Field::date_of_birth, kFar))
        parts.contradictions |= kNothingElseFits;
    parts.certain = ((nhs && both_nhs) || (upn && both_upn)) && parts.contradictions == 0;
    return parts;
}

// Fields are compared from the cheapest to the dearest, and the pair is let go as soon as even the best levels of
// the rest could not lift it to `least`. Nearly all pairs of different people end after their dates and names.
double Scorer::weight(const View& a, const View& b, LevelCache* cache, double least) const {
    if (!first_is_same_ || ((a.packed->aliases | b.packed->aliases) != 0) || a.query != nullptr ||
        b.query != nullptr)
        return weigh(a, b, comparator_.compare(a, b, cache)).total;
    if (comparator_.crosswise(a, b)) return weigh(a, b, comparator_.compare(a, b, cache)).total;
    double most = prior_weight_[same_source(a, b)];
    for (const std::size_t i : by_cost_) most += ceiling(i, a, b);
    Pattern p;
    for (std::size_t k = 0; k < by_cost_.size() && most >= least - kRounding; ++k) {
        const std::size_t i = by_cost_[k];
        const double hoped = ceiling(i, a, b);
        comparator_.compare_field(i, a, b, p, cache);
        double w = weight_[i][p.level[i]];
        if (p.level[i] == 1) continue;  // equal: the ceiling was the truth
        if (model_.fields[i].household) w = std::max(0.0, w);
        most += w - hoped;
    }
    if (most < least - kRounding) return most;
    return weigh(a, b, p).total;
}

// What field i can add at most, looking at the values' numbers alone.
double Scorer::ceiling(std::size_t i, const View& a, const View& b) const {
    const FieldModel& f = model_.fields[i];
    bool missing, equal;
    if (f.field == Field::date_of_birth) {
        missing = a.packed->birth == 0 || b.packed->birth == 0, equal = a.packed->birth == b.packed->birth;
    } else if (f.field == Field::sex) {
        missing = a.packed->sex == 0 || b.packed->sex == 0, equal = a.packed->sex == b.packed->sex;
    } else {
        const std::uint32_t x = (*a.packed)[column_[i]], y = (*b.packed)[column_[i]];
        missing = x == 0 || y == 0, equal = x == y;
    }
    if (missing) return 0;
    if (!equal) return f.household ? std::max(0.0, best_apart_[i]) : best_apart_[i];
    const double w = std::max(best_apart_[i], weight_[i][1] + (f.term_frequency ? rarity(i, a, b) : 0));
    return f.household ? std::max(0.0, w) : w;
}

bool both_names_agree(const Model& model, const Pattern& p) {
    bool one = false, other = false;
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        if (p.level[i] == 0) continue;
        const FieldModel& f = model.fields[i];
        const Test test = f.levels[p.level[i] - 1U].test;
        if (test == Test::different) continue;
        if (f.field == Field::given_name) one = true, other = other || says_both_names(test);
        if (f.field == Field::family_name) other = true;
    }
    return one && other;
}

Comparison Scorer::compare(const View& a, const View& b, LevelCache* cache) const {
    Comparison c;
    c.pattern = comparator_.compare(a, b, cache);
    const Parts parts = weigh(a, b, c.pattern);
    c.score = {parts.total, probability(parts.total)};
    c.contradictions = parts.contradictions;
    c.certain = parts.certain;
    return c;
}

Waterfall Scorer::explain(const View& a, const View& b) const {
    const Pattern pattern = comparator_.compare(a, b);
    const Parts parts = weigh(a, b, pattern);
    Waterfall w;
    w.prior = parts.prior;
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        if (pattern.level[i] == 0) continue;
        const FieldModel& f = model_.fields[i];
        w.steps.push_back({std::string(field_words(f.field)), f.levels[pattern.level[i] - 1U].says, parts.step[i],
                           std::exp2(std::abs(parts.step[i]))});
    }
    if (parts.together > 0)
        w.steps.push_back(
            {"both names", "these names go together in a community", -parts.together, std::exp2(parts.together)});
    if (parts.guard < -0.005)
        w.steps.push_back({"twin or sibling", "a brother, sister or twin would agree as much", parts.guard,
                           std::exp2(-parts.guard)});
    else if (!w.steps.empty())
        w.steps.back().weight += parts.guard;  // too little to show, but the sum must be right
    w.score = {parts.total, probability(parts.total)};
    w.certain = parts.certain;
    if ((parts.contradictions & kNhsNumbersDiffer) != 0)
        w.contradictions.push_back("Both have NHS numbers and they differ.");
    if ((parts.contradictions & kUpnsDiffer) != 0)
        w.contradictions.push_back("Both have unique pupil numbers and they differ.");
    if ((parts.contradictions & kSiblingOrTwin) != 0)
        w.contradictions.push_back("This may be a twin, brother or sister.");
    if ((parts.contradictions & kNothingElseFits) != 0)
        w.contradictions.push_back("The number is the same, but neither name nor date of birth agree.");
    return w;
}

std::string Waterfall::text() const {
    std::size_t widest = 20;
    for (const Step& s : steps) widest = std::max(widest, s.says.size());
    const auto row = [&](std::string_view says, double w, std::string_view words) {
        std::string line(says);
        line.resize(std::max(widest, line.size()) + 2, ' ');
        const std::string number = signed_number(w);
        line.append(number.size() < 8 ? 8 - number.size() : 0, ' ');
        return line + number + "  " + std::string(words) + "\n";
    };
    std::string out = row("before comparing", prior, "");
    for (const Step& s : steps) out += row(s.says, s.weight, times_in_words(s));
    char chance[64];
    std::snprintf(chance, sizeof chance, "%.4g %% likely to be the same person", 100 * score.probability);
    out += row("together", score.weight, chance);
    if (certain) out += "The same valid identifier, and nothing contradicts it.\n";
    for (const std::string& sentence : contradictions) out += sentence + "\n";
    return out;
}

Comparison compare(const Scorer& scorer, const Record& a, const Record& b) {
    const Population nobody;
    const Query x(nobody, normalise(a)), y(nobody, normalise(b));
    return scorer.compare(nobody.view(x), nobody.view(y));
}

Waterfall explain(const Scorer& scorer, const Record& a, const Record& b) {
    const Population nobody;
    const Query x(nobody, normalise(a)), y(nobody, normalise(b));
    return scorer.explain(nobody.view(x), nobody.view(y));
}

}  // namespace rowan::linkage
