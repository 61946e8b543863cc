#include "linkage/score.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

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
bool same_source(const View& a, const View& b) { return a.packed->source != 0 && a.packed->source == b.packed->source; }

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

}  // namespace

struct Scorer::Parts {
    std::array<double, kFields> step{};
    double prior = 0;
    double guard = 0;  // what the sibling guard takes away
    double total = 0;
    std::uint8_t contradictions = 0;
    bool certain = false;
};

Scorer::Scorer(Model model) : model_(std::move(model)), comparator_(model_), prior_weight_{model_.prior_weight(false), model_.prior_weight(true)} {
    place_.fill(-1);
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        place_[static_cast<std::size_t>(model_.fields[i].field)] = static_cast<int>(i);
        for (std::size_t l = 0; l < model_.fields[i].levels.size(); ++l) {
            weight_[i][l + 1] = model_.fields[i].levels[l].weight();
            closeness_[i][l + 1] = closeness(model_.fields[i].levels[l].test);
        }
        const auto& levels = model_.fields[i].levels;
        first_is_same_ = first_is_same_ && levels[0].test == Test::same;
        best_apart_[i] = *std::max_element(weight_[i].begin() + 2, weight_[i].begin() + 1 + static_cast<std::ptrdiff_t>(levels.size()));
    }
}

// How much more (or less) agreement on this very value says than agreement on an average one. A Query is counted as
// if it had been added, so that a lookup and the batch engine give one score.
double Scorer::rarity(std::size_t field, const View& a, const View& b) const {
    const Population* population = a.population;
    if (population == nullptr || population->live() == 0) return 0;
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
    const double u = f.levels[0].u;
    const double frequency = std::max(kLeastFrequency, (count - 1) / (with - 2 + 1 / u));
    return std::log2(u / frequency);
}

Scorer::Parts Scorer::weigh(const View& a, const View& b, const Pattern& p) const {
    Parts parts;
    std::array<std::uint8_t, kFields> close{};  // by Field
    double best = 0, worst = 0;                 // of the household fields
    std::size_t best_at = kFields, worst_at = kFields;
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        const std::uint8_t level = p.level[i];
        if (level == 0) continue;
        const FieldModel& f = model_.fields[i];
        close[static_cast<std::size_t>(f.field)] = closeness_[i][level];
        double w = weight_[i][level];
        if (f.term_frequency && level == 1) w += rarity(i, a, b);
        parts.step[i] = w;
        if (f.household && w > best) best = w, best_at = i;
        if (f.household && w < worst) worst = w, worst_at = i;
    }
    parts.prior = prior_weight_[same_source(a, b)];
    parts.total = parts.prior;
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        if (model_.fields[i].household && i != best_at && i != worst_at) parts.step[i] *= model_.household_share;
        parts.total += parts.step[i];
    }

    const auto is = [&](Field f, Closeness c) { return close[static_cast<std::size_t>(f)] == c; };
    const bool nhs = is(Field::nhs_number, kSame), upn = is(Field::upn, kSame);
    const auto near_by = [&](Field f) { return is(f, kSame) || is(f, kNear); };
    const bool own = near_by(Field::nhs_number) || near_by(Field::upn) || near_by(Field::other_id) || near_by(Field::email);
    const bool both_nhs = (a.packed->flags & b.packed->flags & kNhsValid) != 0;
    const bool both_upn = (a.packed->flags & b.packed->flags & kUpnValid) != 0;
    if (both_nhs && is(Field::nhs_number, kFar)) parts.contradictions |= kNhsNumbersDiffer;
    if (both_upn && is(Field::upn, kFar)) parts.contradictions |= kUpnsDiffer;
    const bool family = is(Field::family_name, kSame) || is(Field::family_name, kNear);
    const bool home = is(Field::postcode, kSame) || is(Field::address, kSame) || is(Field::phone, kSame);
    const bool home_known = !is(Field::postcode, kMissing) || !is(Field::address, kMissing) || !is(Field::phone, kMissing);
    const bool born = is(Field::date_of_birth, kSame) || is(Field::date_of_birth, kNear);
    if (is(Field::given_name, kFar) && family && !own && (home || (born && !home_known))) {
        parts.contradictions |= kSiblingOrTwin;
        parts.guard = std::min(0.0, model_.sibling_ceiling - parts.total);
        parts.total += parts.guard;
    }
    const bool name_far = is(Field::given_name, kFar) || is(Field::family_name, kFar);
    if ((nhs || upn) && name_far && is(Field::date_of_birth, kFar)) parts.contradictions |= kNothingElseFits;
    parts.certain = ((nhs && both_nhs) || (upn && both_upn)) && parts.contradictions == 0;
    return parts;
}

// No pair can weigh more than this. Values are compared by number alone, which costs next to nothing, and nearly all
// pairs of different people end here.
double Scorer::at_most(const View& a, const View& b) const {
    double most = prior_weight_[same_source(a, b)];
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
        const FieldModel& f = model_.fields[i];
        if (f.field == Field::date_of_birth || f.field == Field::sex) {
            const std::uint8_t level = comparator_.cheap_level(i, a, b);
            most += weight_[i][level];
            if (f.term_frequency && level == 1) most += rarity(i, a, b);
            continue;
        }
        const Column c = column_of(f.field);
        const std::uint32_t x = (*a.packed)[c], y = (*b.packed)[c];
        if (x == 0 || y == 0) continue;
        const double w = x == y ? weight_[i][1] + (f.term_frequency ? rarity(i, a, b) : 0) : best_apart_[i];
        most += f.household ? std::max(0.0, w) : w;
    }
    return most;
}

double Scorer::weight(const View& a, const View& b, LevelCache* cache, double least) const {
    if ((a.packed->aliases | b.packed->aliases) == 0 && a.query == nullptr && b.query == nullptr && first_is_same_) {
        const double most = at_most(a, b);
        if (most < least - 1e-6) return most;
    }
    return weigh(a, b, comparator_.compare(a, b, cache)).total;
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
    if (parts.guard < 0)
        w.steps.push_back({"twin or sibling", "shares a family but not a given name", parts.guard, std::exp2(-parts.guard)});
    w.score = {parts.total, probability(parts.total)};
    w.certain = parts.certain;
    if ((parts.contradictions & kNhsNumbersDiffer) != 0) w.contradictions.push_back("Both have NHS numbers and they differ.");
    if ((parts.contradictions & kUpnsDiffer) != 0) w.contradictions.push_back("Both have unique pupil numbers and they differ.");
    if ((parts.contradictions & kSiblingOrTwin) != 0) w.contradictions.push_back("This may be a twin, brother or sister.");
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
