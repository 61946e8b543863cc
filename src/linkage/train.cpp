#include "linkage/draw.h"
#include "linkage/exchange.h"
#include "linkage/link.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace rowan::linkage {
namespace {

// What a pair shows: everything that its weight follows from. Pairs that show the same are counted together.
struct Sight {
    std::uint16_t same_source = 0;  // 1: both come from one
    std::uint16_t chance = 0;       // how many would bear both names by chance; see with_chance()
    std::int32_t rarity = 0;        // of the values on which both agree, in whole bits
    std::uint64_t levels = 0;       // Pattern::packed
    friend auto operator<=>(const Sight&, const Sight&) = default;
    friend std::size_t hash_value(const Sight& s) {
        return mixed(s.levels + mixed(std::uint64_t{s.same_source} << 48 | std::uint64_t{s.chance} << 32 |
                                      static_cast<std::uint32_t>(s.rarity)));
    }
};
static_assert(sizeof(Sight) == 16);  // nothing between, for processes tell it each other as it stands
using Sights = boost::unordered_flat_map<Sight, double>;  // how often

std::int32_t whole_bits(double rarity) {
    return static_cast<std::int32_t>(std::clamp(std::round(rarity), -16.0, 47.0));
}
// In whole bits from kFewest on; 0: the bearers of the names are not counted, or the names not the same.
constexpr double kFewest = -8;
std::uint16_t with_chance(double bearers) {
    return static_cast<std::uint16_t>(std::clamp(std::round(std::log2(bearers)) - kFewest + 1, 1.0, 15.0));
}
std::optional<double> chance_in(const Sight& s) {
    if (s.chance == 0) return std::nullopt;
    return std::exp2(s.chance - 1 + kFewest);
}

struct Counted {
    Sight sight;
    double count;
    bool sibling = false;
    std::int8_t known = 0;  // by a label: 1 one person, -1 two
    bool both_names = false;
};
std::vector<Counted> in_order(const Sights& sights) {
    std::vector<Counted> out;
    for (const auto& [sight, count] : sights) out.push_back({sight, count});
    std::sort(out.begin(), out.end(), [](const Counted& a, const Counted& b) { return a.sight < b.sight; });
    return out;
}
std::size_t level_in(const Sight& s, std::size_t field) { return s.levels >> (4 * field) & 15; }

Pattern unpacked(const Sight& s) {
    Pattern p;
    for (std::size_t f = 0; f < kFields; ++f) p.level[f] = static_cast<std::uint8_t>(level_in(s, f));
    return p;
}

// What is believed before anything is learned. Most dates are whole, and few of one person are known in part;
// where many are, they agree as far as they are known.
Model believed_of(const Population& p, Model model) {
    const auto birth = std::find_if(model.fields.begin(), model.fields.end(),
                                    [](const FieldModel& f) { return f.field == Field::date_of_birth; });
    if (birth == model.fields.end() || p.with_birth() == 0) return model;
    auto& levels = birth->levels;
    const auto part =
        std::find_if(levels.begin(), levels.end(), [](const Level& l) { return l.test == Test::part; });
    if (part == levels.end()) return model;
    std::uint32_t whole = 0;
    for (std::uint32_t i = 0; i < p.slots(); ++i) whole += PartialDate::unpack(p[i].birth).complete() ? 1 : 0;
    constexpr double kFits = 0.98, kMost = 0.99;  // no level is ever impossible
    const double share = static_cast<double>(whole) / p.with_birth(), in_part = std::min(kMost, 1 - share * share);
    if (in_part <= part->m) return model;
    const double rest = (1 - in_part) / (1 - part->m);
    for (Level& l : levels) l.m *= rest;
    part->m = kFits * in_part;
    levels.back().m += (1 - kFits) * in_part;
    return model;
}

class Trainer {
public:
    Trainer(const Dataset& data, const Blocks& blocks, const Model& start, const TrainOptions& options,
            Company& company)
        : data_(data),
          blocks_(blocks),
          start_(believed_of(data.population, start)),
          options_(options),
          company_(company),
          model_(start_),
          scorer_(start_),
          empty_(Sheet::empty(data.population, scorer_)) {}

    Training run() {
        count_totals();
        count_siblings();
        count_names();
        look_at_pairs();
        learn();
        constexpr double kLeast = 1.1;  // less is by chance
        if (model_.names_together >= kLeast) {
            counted_at_ = model_.names_together;
            bearers_.emplace(data_.population.records());
            look_at_pairs();
            learn();
        }
        if (model_.names_together < kLeast) model_.names_together = 1;
        learn_right();
        Training t;
        t.model = model_;
        t.likelihood = likelihood_;
        t.expected_matches = expected_[0] + expected_[1];
        t.random_pairs = static_cast<std::uint64_t>(random_seen_);
        t.blocked_pairs = blocked_seen_;
        return t;
    }

private:
    void look_at_pairs() {
        random_seen_ = 0, blocked_seen_ = 0;
        count_random();
        count_blocked();
        take_labels();
        tell_renamed();
        tell_siblings();
        for (auto* pairs : {&random_, &blocked_})
            for (Counted& c : *pairs) c.both_names = both_names_agree(start_, unpacked(c.sight));
    }

    void learn() {
        const auto rounds = 3;
        const auto held = passes();
        for (int round = 0; round < rounds; ++round) {
            learn_u();
            Seen seen;
            for (const Held& fields : held) learn_where(fields, seen);
            conclude(seen);
            tell_sexes();
            for (int turn = 0; turn < options_.passes; ++turn) {
                likelihood_.emplace_back();
                for (int i = 0; i < options_.passes; ++i)
                    if (learn_prior()) break;
                if (learn_together()) break;
            }
        }
    }

    Sight seen(const Sheet& sheet, const Pattern& p, Sheet::Side a, Sheet::Side b) const {
        Sight out;
        out.levels = p.packed();
        out.same_source = sheet.same_source(a, b);
        double rarity = sheet.rarity(p, a, b);
        if (const auto [given, family] = sheet.same_names(a, b); bearers_ && given != 0) {
            const double by_chance = data_.population.both_by_chance(given, family);
            rarity -= together_of(bearers_->count(given, family), by_chance, counted_at_);
            out.chance = with_chance(by_chance);
        }
        out.rarity = whole_bits(rarity);
        return out;
    }
    struct Local {
        explicit Local(const Sheet& sheet) : bench(sheet) {}
        Sights sights;
        Blocks::Bench bench;
    };

    void count(const Sheet& sheet, std::uint32_t a, std::uint32_t b, Local& local) const {
        const Sheet::Side x{sheet.row(a), a}, y{sheet.row(b), b};
        ++local.sights[seen(sheet, sheet.pattern(x, y, local.bench.cache), x, y)];
    }
    // f(sheet, rows) with a sheet in which the k-th of the records has the row rows[k].
    template <class F>
    void with_rows_of(std::vector<std::uint32_t> records, F f) {
        const Population& p = data_.population;
        if (p.disk() == nullptr) return f(whole_sheet(), records);
        const std::vector<Packed> some = p.copy_of(records);
        std::iota(records.begin(), records.end(), 0U);
        f(Sheet(empty_, some), records);
    }
    const Sheet& whole_sheet() {
        if (!sheet_) sheet_.emplace(empty_, data_.population.records());
        return *sheet_;
    }

    void count_totals() {
        std::vector<std::uint64_t> by_source(data_.sources.size(), 0);
        for (std::uint32_t i = 0; i < data_.size(); ++i) ++by_source[data_.population[i].source];
        double same = 0;
        for (std::size_t s = 1; s < by_source.size(); ++s)
            same += by_source[s] > 1 ? static_cast<double>(pairs_of(by_source[s])) : 0;
        total_[1] = same;
        total_[0] = static_cast<double>(pairs_of(data_.size())) - same;
    }

    // each(job, local) counts the pairs of one job; jobs are shared out among the processes and their threads.
    template <class Each>
    void gather(Sights& mine, const Sheet& sheet, std::size_t jobs, Each each) const {
        tbb::enumerable_thread_specific<Local> locals([&] { return Local(sheet); });
        tbb::parallel_for(std::size_t{0}, jobs, [&](std::size_t k) {
            if (k % company_.size() == company_.rank()) each(k, locals.local());
        });
        for (const Local& local : locals)
            for (const auto& [p, n] : local.sights) mine[p] += n;  // whole numbers: any order gives the same sum
    }

    Sights of_everybody(const Sights& mine) const {
        if (company_.size() == 1) return mine;
        std::string text;
        for (const auto& [p, n] : mine) {
            say(text, &p, 1);
            say(text, &n, 1);
        }
        Sights all;
        for (const std::string& from : company_.tell_all(std::move(text)))
            for (std::string_view rest = from; !rest.empty();) {
                Sight sight;
                double count = 0;
                hear(rest, &sight, 1);
                hear(rest, &count, 1);
                all[sight] += count;
            }
        return all;
    }

    // The pairs of the blocks whose first record was chosen: whoever was not costs nothing.
    std::vector<Counted> gather_blocks(const Blocks& blocks, std::uint64_t bar) {
        Sights mine;
        const auto wanted = [&](std::uint32_t record) { return chosen(record, bar); };
        blocks.each_part(data_.population, wanted, [&](const Blocks::Part& part) {
            const auto look = [&](const Sheet& sheet) {
                gather(mine, sheet, part.blocks.runs(), [&](std::size_t k, Local& local) {
                    part.blocks.patterns(
                        k, local.bench, [&](std::uint32_t record) { return wanted(part.number(record)); },
                        [&](const Pattern& p, Sheet::Side a, Sheet::Side b) {
                            ++local.sights[seen(sheet, p, a, b)];
                        });
                });
            };
            part.whole() ? look(whole_sheet()) : look(Sheet(empty_, part.records));
        });
        return in_order(of_everybody(mine));
    }

    void count_random() {
        const std::uint64_t n = data_.size();
        Sights mine;
        if (pairs_of(n) <= 2 * options_.random_pairs) {
            const Sheet& sheet = whole_sheet();
            gather(mine, sheet, n, [&](std::size_t a, Local& local) {
                for (std::size_t b = a + 1; b < n; ++b)
                    count(sheet, static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), local);
            });
            random_ = in_order(of_everybody(mine));
            random_seen_ = static_cast<double>(pairs_of(n));
            return;
        }
        constexpr std::size_t kJob = 4096, kAhead = 16;
        const std::size_t jobs = options_.random_pairs / kJob;
        std::vector<std::uint32_t> drawn;  // the two of a pair side by side
        drawn.reserve(2 * jobs * kJob);
        for (std::uint64_t i = 0; i < 2 * jobs * kJob; i += 2) {
            const std::uint64_t a = mixed(i) % n, b = mixed(i + 1) % n;
            drawn.push_back(static_cast<std::uint32_t>(std::min(a, b)));
            drawn.push_back(static_cast<std::uint32_t>(std::max(a, b)));
        }
        with_rows_of(drawn, [&](const Sheet& sheet, const std::vector<std::uint32_t>& rows) {
            gather(mine, sheet, jobs, [&](std::size_t k, Local& local) {
                for (std::size_t i = 2 * k * kJob; i < 2 * (k + 1) * kJob; i += 2) {
                    for (const std::size_t soon : {i + 2 * kAhead, i + 2 * kAhead + 1})
                        __builtin_prefetch(sheet.row(rows[std::min(soon, rows.size() - 1)]));
                    if (drawn[i] != drawn[i + 1]) count(sheet, rows[i], rows[i + 1], local);
                }
            });
        });
        random_ = in_order(of_everybody(mine));
        for (const Counted& c : random_) random_seen_ += c.count;
    }

    // How many siblings for each match among records of one surname and home, and how many of those are twins. In
    // a register of children there are many; in a list of adults none, and then nothing is held against a shared
    // home.
    void count_siblings() {
        static const std::vector<Rule> kHomes{{"postcode", {Part::postcode, Part::family_sound}},
                                              {"address", {Part::address, Part::family_sound}},
                                              {"phone", {Part::phone, Part::family_sound}}};
        constexpr double kEnough = 1'000'000;  // records, of which every home is looked at
        BlockingLimits sample{0};
        sample.share = kEnough / std::max(kEnough, static_cast<double>(data_.size()));
        const Blocks homes(data_.population, kHomes, sample);
        const double share = 500'000 / std::max(1.0, static_cast<double>(homes.pairs()));
        std::array<double, 2> siblings{}, others{}, twins{};  // by: from one source
        for (const Counted& c : gather_blocks(homes, bar_for(share))) {
            const Family f = family_pattern(start_, unpacked(c.sight));
            if (!f.one_home) continue;
            (f.sibling ? siblings : others)[c.sight.same_source != 0] += c.count;
            if (f.sibling && f.born_together) twins[c.sight.same_source] += c.count;
        }
        if (start_.sibling_pairs == 0) return;
        const double renamed = count_renamed(siblings, twins);
        siblings[0] -= renamed, twins[0] -= renamed, others[0] += renamed;
        constexpr double kBelief = 5;  // pairs' worth of belief in the start model
        const auto ratio = [&](int same, double believed) {
            return (siblings[same] + kBelief * believed) / (others[same] + kBelief);
        };
        model_.sibling_pairs = ratio(0, start_.sibling_pairs);
        model_.sibling_pairs_same_source = ratio(1, start_.sibling_pairs_same_source);
        model_.twin_share = (twins[0] + twins[1] + 20 * start_.twin_share) / (siblings[0] + siblings[1] + 20);
    }

    // Two agencies' records of one home and day whose given names differ are twins, or one child whom one of them
    // knows by another name. One agency seldom holds a child twice, so there they are twins; and two agencies'
    // records are as often so of twins as they are of other siblings. What is beyond that, and beyond chance, is
    // one child.
    double count_renamed(const std::array<double, 2>& siblings, const std::array<double, 2>& twins) {
        if (total_[1] == 0) return 0;  // no agency is named
        constexpr double kBelief = 5;  // pairs' worth of belief that all records are alike
        const double across =
            (siblings[0] - twins[0] + kBelief * total_[0] / total_[1]) / (siblings[1] - twins[1] + kBelief);
        const double expected = twins[1] * across, most = expected + 5 + 2 * std::sqrt(expected);
        twins_across_ = twins[0] > most ? most / twins[0] : 1;
        return (1 - twins_across_) * twins[0];
    }

    // Pairs for m come from the blocks: all, or those of a share of the records.
    void count_blocked() {
        blocked_share_ = std::min(1.0, static_cast<double>(options_.blocked_pairs) /
                                           std::max(1.0, static_cast<double>(blocks_.pairs())));
        blocked_ = gather_blocks(blocks_, bar_for(blocked_share_));
        // Siblings agree in what families share, as no two strangers do. Learning from them would teach that one
        // child often bears two names, so they are taken for what they almost always are: two children.
        for (Counted& c : blocked_) c.sibling = family_pattern(start_, unpacked(c.sight)).sibling;
        for (const Counted& c : blocked_) blocked_seen_ += static_cast<std::uint64_t>(c.count);
    }

    // Labelled pairs leave the pairs that are guessed at, if they were among them, and stand beside with their
    // answer.
    void take_labels() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, bool> labels;
        for (const Label& l : options_.labels)
            if (l.left != l.right) labels[std::minmax(l.left, l.right)] = l.same;
        std::vector<std::uint32_t> labelled;  // the two of a pair side by side
        for (const auto& [pair, same] : labels) labelled.insert(labelled.end(), {pair.first, pair.second});
        std::vector<Sight> sights;
        with_rows_of(labelled, [&](const Sheet& sheet, const std::vector<std::uint32_t>& rows) {
            LevelCache cache;
            for (std::size_t i = 0; i < rows.size(); i += 2) {
                const Sheet::Side a{sheet.row(rows[i]), rows[i]}, b{sheet.row(rows[i + 1]), rows[i + 1]};
                sights.push_back(seen(sheet, sheet.pattern(a, b, cache), a, b));
            }
        });
        std::map<std::pair<Sight, bool>, double> known;
        auto next = sights.begin();
        for (const auto& [pair, same] : labels) {
            const Sight sight = *next++;
            known[{sight, same}] += 1;
            if (!blocks_.share(pair.first, pair.second) || !chosen(pair.first, bar_for(blocked_share_))) continue;
            for (Counted& c : blocked_)
                if (c.sight == sight) c.count -= 1;
        }
        for (const auto& [what, count] : known)
            blocked_.push_back({what.first, count, false, static_cast<std::int8_t>(what.second ? 1 : -1)});
    }

    // Of those who seem twins, as many as agencies do not hold both of are no siblings.
    void tell_renamed() {
        std::vector<Counted> renamed;
        for (Counted& c : blocked_) {
            const Family f = family_pattern(start_, unpacked(c.sight));
            const bool twins = f.sibling && f.one_home && f.born_together;
            if (!twins || c.sight.same_source != 0 || c.known != 0 || twins_across_ == 1) continue;
            renamed.push_back({c.sight, (1 - twins_across_) * c.count});
            c.count *= twins_across_;
        }
        blocked_.insert(blocked_.end(), renamed.begin(), renamed.end());
    }

    // Siblings' given names may be alike by chance, as strangers' are, and such pairs look like one child. How
    // many they are is seen from the siblings whose names are not alike: for each of those, as many as among
    // strangers.
    void tell_siblings() {
        const std::size_t given = place(Field::given_name);
        if (given == kNone || start_.sibling_pairs == 0) return;
        const std::size_t different = model_.fields[given].levels.size();
        std::array<double, 16> strangers{};
        for (const Counted& c : random_) strangers[level_in(c.sight, given)] += c.count;
        if (strangers[different] == 0) return;
        const auto with_level = [&](Sight s, std::uint64_t level) {
            s.levels = (s.levels & ~(std::uint64_t{15} << (4 * given))) | level << (4 * given);
            return s;
        };
        Sights siblings;
        for (const Counted& c : blocked_)
            if (c.sibling) siblings[c.sight] += c.count;
        std::vector<Counted> told;
        for (Counted& c : blocked_) {
            const std::size_t level = level_in(c.sight, given);
            if (c.sibling || c.known != 0 || level < 2) continue;
            const auto others = siblings.find(with_level(c.sight, different));
            if (others == siblings.end()) continue;
            const double by_chance = std::min(c.count, others->second * strangers[level] / strangers[different]);
            c.count -= by_chance;
            told.push_back({c.sight, by_chance, true});
        }
        blocked_.insert(blocked_.end(), told.begin(), told.end());
    }
    static bool chosen(std::uint32_t record, std::uint64_t bar) { return mixed(record) <= bar; }

    static bool rarity_counts(const FieldModel& f) { return f.term_frequency && f.field != Field::sex; }
    void tabulate(const Model& model) {
        together_ = std::log2(model.names_together);
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            for (std::size_t l = 0; l < model.fields[f].levels.size(); ++l)
                weight_[f][l + 1] = model.fields[f].levels[l].weight();
        // How rare a value is, is said beside what was believed of u and not beside what is learned of it.
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            if (rarity_counts(model.fields[f]))
                weight_[f][1] = std::log2(model.fields[f].levels[0].m / start_.fields[f].levels[0].u);
    }
    // What is taken away because names go together, beside what was when their bearers were counted.
    double together(const Counted& c) const {
        if (const auto by_chance = chance_in(c.sight))
            return std::log2((1 / counted_at_ + *by_chance) / (1 / model_.names_together + *by_chance));
        return c.both_names ? together_ : 0;
    }
    double weight(const Counted& c) const {
        double w = c.sight.rarity - together(c);
        for (std::size_t f = 0; f < model_.fields.size(); ++f) w += weight_[f][level_in(c.sight, f)];
        return w;
    }
    static constexpr std::size_t kNone = kFields;
    std::size_t place(Field field) const {  // in the model; kNone: it has none
        const FieldModel* f = model_.find(field);
        return f == nullptr ? kNone : static_cast<std::size_t>(f - model_.fields.data());
    }
    double prior(bool same) const { return same ? model_.prior_same_source : model_.prior; }
    double chance(const Counted& c) const {
        const double p = prior(c.sight.same_source != 0);
        return linkage::probability(weight(c) + std::log2(p / (1 - p)));
    }

    // How often two different people agree: from random pairs, each counted as far as it is not one person.
    // What was never seen there keeps a share of the start model's belief, and is never held to be rarer than
    // could be seen.
    void learn_u() {
        constexpr double kHalf = 0.5;  // pairs
        tabulate(model_);
        std::vector<std::array<double, 16>> seen(model_.fields.size());
        // A given name says which sex, and of which community: so sex and middle names tell only those of one
        // given name apart. Whom they then tell apart are those whom the rules bring together.
        const std::size_t given = place(Field::given_name), sex = place(Field::sex),
                          middle = place(Field::middle_name);
        const auto namesakes = [&](const Counted& c) { return given == kNone || level_in(c.sight, given) == 1; };
        for (const Counted& c : random_) {
            const double other = c.count * (1 - chance(c));
            for (std::size_t f = 0; f < seen.size(); ++f)
                if ((f != sex && f != middle) || namesakes(c)) seen[f][level_in(c.sight, f)] += other;
        }
        if (middle != kNone)
            for (const Counted& c : blocked_)
                if (namesakes(c) && c.known <= 0)
                    seen[middle][level_in(c.sight, middle)] += c.count * (c.known < 0 ? 1 : 1 - chance(c));
        for (std::size_t f = 0; f < seen.size(); ++f) {
            const auto& levels = start_.fields[f].levels;
            double sum = 0;
            for (std::size_t l = 0; l < levels.size(); ++l) sum += seen[f][l + 1];
            const double belief = std::max(20.0, 0.02 * sum);
            for (std::size_t l = 0; l < levels.size(); ++l)
                model_.fields[f].levels[l].u =
                    (seen[f][l + 1] + std::max(kHalf, belief * levels[l].u)) / (sum + belief);
        }
        learn_exchange();
    }

    // Where names tell every sex, no two of one name show how often it differs; that it does never speaks for one
    // person.
    void tell_sexes() {
        const std::size_t sex = place(Field::sex);
        if (sex == kNone) return;
        auto& levels = model_.fields[sex].levels;
        levels.back().u = std::max(levels.back().u, levels.back().m);
        if (levels.size() == 2) levels.front().u = 1 - levels.back().u;
    }

    // Pairs of records that have both names in common, from as many records as show it. Not from all who bear some
    // of the names: a few names make most of the pairs.
    void count_names() {
        const Population& p = data_.population;
        const double share =
            std::min(1.0, static_cast<double>(options_.name_records) / static_cast<double>(data_.size()));
        std::vector<std::uint64_t> names;
        for (std::uint32_t i = 0; i < p.slots(); ++i) {
            const std::uint64_t given = p[i][Column::given], family = p[i][Column::family];
            if (given != 0 && family != 0 && chosen(i, bar_for(share))) names.push_back(given << 32 | family);
        }
        tbb::parallel_sort(names.begin(), names.end());
        std::uint64_t pairs = 0;
        for (auto from = names.begin(); from != names.end();) {
            const auto to = std::find_if(from, names.end(), [&](std::uint64_t n) { return n != *from; });
            pairs += pairs_of(static_cast<std::uint64_t>(to - from));
            from = to;
        }
        namesakes_ = static_cast<double>(pairs) / (share * share);
    }

    // How much oftener two people share both names than each by itself would have it: of those who do, as many as
    // are not one person. Learned in turns with how many are; true when nothing moves any more.
    bool learn_together() {
        const std::size_t given = place(Field::given_name), family = place(Field::family_name);
        if (given == kNone || family == kNone || namesakes_ == 0) return true;
        tabulate(model_);
        double one_person = 0;
        for (const Counted& c : blocked_) {
            if (level_in(c.sight, given) != 1 || level_in(c.sight, family) != 1) continue;
            one_person += c.known != 0 ? c.count * (c.known > 0) : c.count / blocked_share_ * chance(c);
        }
        const Population& p = data_.population;
        const double known = static_cast<double>(p.with(Column::given)) * p.with(Column::family) /
                             (static_cast<double>(data_.size()) * static_cast<double>(data_.size()));
        const double by_chance = (total_[0] + total_[1]) * known * known * model_.fields[given].levels[0].u *
                                 model_.fields[family].levels[0].u;
        constexpr double kBelief = 25;  // pairs' worth of belief that names go together by chance alone
        const double together = std::max(1.0, (namesakes_ - one_person + kBelief) / (by_chance + kBelief));
        const bool still = std::abs(std::log2(together / model_.names_together)) < 0.01;
        model_.names_together = together;
        return still;
    }

    // Two records agree on a name when both have it right. A slip or the wrong box mostly makes a name that nobody
    // bears; another form of it, a new surname, a wrong date or another home is somebody's.
    void learn_right() {
        for (FieldModel& f : model_.fields) {
            const Level& same = f.levels.front();
            if ((f.field != Field::given_name && f.field != Field::family_name) || same.test != Test::same)
                continue;
            double wrong = 0;
            for (const Level& l : f.levels)
                if (l.test == Test::typing_error || l.test == Test::jaro_winkler || l.test == Test::initial ||
                    l.test == Test::exchanged || l.test == Test::swapped)
                    wrong += l.m;
            f.right = std::sqrt(same.m / (same.m + wrong));
        }
    }

    // Exactly exchanged names are too rare for random pairs to show, but how often they are so by chance follows
    // from how often names agree.
    void learn_exchange() {
        const auto given = std::find_if(model_.fields.begin(), model_.fields.end(),
                                        [](const FieldModel& f) { return is_exchange(f, kExchanged); });
        const FieldModel* family = model_.find(Field::family_name);
        if (given == model_.fields.end() || family == nullptr) return;
        const Population& p = data_.population;
        const double records = p.with(Column::given), others = p.with(Column::family);
        double both = 0;
        for (std::uint32_t id = 1; id <= p.names().size(); ++id)
            both += p.count(Column::given, id) / records * p.count(Column::family, id) / others;
        given->levels[1].u = chance_of_exchange(*given, *family, both);
    }

    // --- m, by expectation maximisation with u held fast
    // ------------------------------------------------------------
    //
    // One pass for each set of fields that a rule looks at, over the pairs that agree wholly in them, which the
    // rule brings together to the last. The share of matches is free in each pass, and the fields held are not
    // learned there. All pairs taken at once teach something else: that a community shares given names and
    // surnames, or a year its fashions, is then put down to people who change their date of birth.

    using Held = std::array<bool, kFields>;  // by place in model_.fields
    struct Seen {
        std::array<std::array<double, 16>, kFields> at{};  // matches, by field and level
        double names_open = 0;  // matches where neither name was held: only there can names be seen exchanged
    };

    // Of a rule that left large blocks to the others, those pairs came that agree in what the others look at,
    // whether they are one person or not: such a pass would teach that everybody agrees there. It is left out,
    // unless all are such.
    std::vector<Held> passes() const {
        const auto whole = passes([&](const Rule& rule) {
            return std::none_of(blocks_.counts().begin(), blocks_.counts().end(),
                                [&](const RuleCount& c) { return c.name == rule.name && c.left_out > 0; });
        });
        return whole.empty() ? passes([](const Rule&) { return true; }) : whole;
    }
    template <class Wanted>
    std::vector<Held> passes(Wanted wanted) const {
        std::vector<Held> out;
        for (const Rule& rule : rules_of(start_)) {
            Held held{};
            bool known = wanted(rule);
            for (const Part part : rule.parts)
                for (const Field field : fields_of(part)) {
                    const std::size_t at = place(field);
                    known = known && at != kNone && model_.fields[at].levels.front().test == Test::same;
                    if (known) held[at] = true;
                }
            if (known && std::find(out.begin(), out.end(), held) == out.end()) out.push_back(held);
        }
        return out;
    }

    // How many matches' worth of belief in the start model stand beside so many that were seen. Never under a
    // fiftieth: where little is known of people, a level that few of one person show is hardly told from what
    // strangers show.
    double belief_beside(double matches) const { return std::max(options_.model_counts_for, 0.02 * matches); }

    // m as it is believed after so many matches were seen at each level.
    void believe(Model& model, const Seen& seen, double belief) const {
        for (std::size_t f = 0; f < model.fields.size(); ++f) {
            auto& levels = model.fields[f].levels;
            const auto& at = seen.at[f];
            const double sum = std::accumulate(at.begin() + 1, at.end(), 0.0);
            for (std::size_t l = 0; l < levels.size(); ++l)
                levels[l].m = (at[l + 1] + belief * start_.fields[f].levels[l].m) / (sum + belief);
        }
    }
    double log_belief(const Model& model, double belief) const {
        double out = 0;
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            for (std::size_t l = 0; l < model.fields[f].levels.size(); ++l)
                out += belief * start_.fields[f].levels[l].m * std::log(model.fields[f].levels[l].m);
        return out;
    }

    // The same after all passes.
    void conclude(const Seen& seen) {
        for (std::size_t f = 0; f < model_.fields.size(); ++f) {
            auto& levels = model_.fields[f].levels;
            const auto& believed = start_.fields[f].levels;
            const auto& at = seen.at[f];
            const auto exchange = [&](std::size_t l) {
                return model_.fields[f].field == Field::given_name && says_both_names(levels[l].test);
            };
            double sum = 0, rest = 1, rest_believed = 1;
            const double belief_open = belief_beside(seen.names_open);
            for (std::size_t l = 0; l < levels.size(); ++l) {
                if (!exchange(l)) {
                    sum += at[l + 1];
                    continue;
                }
                levels[l].m = (at[l + 1] + belief_open * believed[l].m) / (seen.names_open + belief_open);
                rest -= levels[l].m, rest_believed -= believed[l].m;
            }
            const double belief = belief_beside(sum);
            for (std::size_t l = 0; l < levels.size(); ++l)
                if (!exchange(l))
                    levels[l].m = rest * (at[l + 1] + belief * believed[l].m / rest_believed) / (sum + belief);
        }
    }
    // True when nothing moves any more.
    bool note(std::vector<double>& history, double likelihood) const {
        const bool still = !history.empty() && likelihood - history.back() < 1e-10 * std::abs(likelihood);
        history.push_back(likelihood);
        return still;
    }

    void learn_where(const Held& held, Seen& seen) {
        std::vector<Counted> pairs;
        std::array<double, 2> all{}, share{0.5, 0.5};
        for (const Counted& c : blocked_) {
            bool agree = true;
            for (std::size_t f = 0; f < model_.fields.size(); ++f)
                agree = agree && (!held[f] || level_in(c.sight, f) == 1);
            if (!agree) continue;
            pairs.push_back(c);
            all[c.sight.same_source != 0] += c.count;
        }
        if (pairs.empty()) return;
        Model model = model_;  // u of this round
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            for (std::size_t l = 0; l < model.fields[f].levels.size(); ++l)
                model.fields[f].levels[l].m = start_.fields[f].levels[l].m;
        // Of the values held it counts beside what strangers share, where it is one in the mean: so the share of
        // matches is what it says.
        double rarer = 0;
        for (std::size_t f = 0; f < model.fields.size(); ++f)
            if (held[f] && rarity_counts(model.fields[f]))
                rarer += std::log2(model.fields[f].levels[0].u / start_.fields[f].levels[0].u);
        const std::size_t given = place(Field::given_name), family = place(Field::family_name);
        const bool names_held = given != kNone && family != kNone && held[given] && held[family];
        if (names_held) rarer += std::log2(model.names_together);
        Seen matches;
        double belief = 0;
        std::vector<double> history;
        for (int i = 0; i < options_.passes; ++i) {
            tabulate(model);
            matches = {};
            std::array<double, 2> found{};
            double likelihood = 0;
            for (const Counted& c : pairs) {
                const bool same = c.sight.same_source != 0;
                double w = c.sight.rarity + rarer;
                for (std::size_t f = 0; f < model.fields.size(); ++f)
                    if (!held[f]) w += weight_[f][level_in(c.sight, f)];
                w -= together(c);
                const double odds = c.sibling ? 0 : share[same] * std::exp2(w);
                const double two = 1 - share[same];
                const double chance_here = c.known != 0 ? c.known > 0 : odds / (two + odds);
                likelihood += c.count * std::log(c.known > 0 ? odds : c.known < 0 ? two : two + odds);
                found[same] += c.count * chance_here;
                for (std::size_t f = 0; f < matches.at.size(); ++f)
                    if (!held[f]) matches.at[f][level_in(c.sight, f)] += c.count * chance_here;
            }
            if (i == 0) belief = belief_beside(found[0] + found[1]);  // and no other on the way
            likelihood += log_belief(model, belief);
            for (const int same : {0, 1}) likelihood += std::log(share[same]) + std::log1p(-share[same]);
            const bool still = note(history, likelihood);
            for (const int same : {0, 1}) share[same] = (found[same] + 1) / (all[same] + 2);
            believe(model, matches, belief);
            if (still) break;
        }
        likelihood_.push_back(std::move(history));
        for (std::size_t f = 0; f < seen.at.size(); ++f)
            for (std::size_t l = 0; l < seen.at[f].size(); ++l) seen.at[f][l] += matches.at[f][l];
        if (given == kNone || family == kNone || held[given] || held[family]) return;
        seen.names_open += std::accumulate(matches.at[given].begin() + 1, matches.at[given].end(), 0.0);
    }

    // One step towards the priors, with m and u held fast; true when nothing moves any more.
    bool learn_prior() {
        tabulate(model_);
        std::array<double, 2> matches{};
        double likelihood = 0;
        std::array<double, 2> blocked{};
        for (const Counted& c : blocked_) {
            const bool same = c.sight.same_source != 0;
            const double n = c.known != 0 ? c.count : c.count / blocked_share_;
            const double p = prior(same);
            const double odds = c.sibling ? 0 : p * std::exp2(weight(c));
            likelihood += n * std::log(c.known > 0 ? odds : c.known < 0 ? 1 - p : (1 - p) + odds);
            matches[same] += c.known > 0 ? n : c.known < 0 ? 0 : n * odds / ((1 - p) + odds);
            blocked[same] += n;
        }
        // Pairs no rule brought together count as two people each: log(1) in the likelihood above, 1 - p below.
        // One match among ten thousand pairs is what is believed before anything is seen.
        for (const std::size_t same : {0U, 1U}) {
            likelihood += std::max(0.0, total_[same] - blocked[same]) * std::log1p(-prior(same == 1));
            likelihood += std::log(prior(same == 1)) + 1e4 * std::log1p(-prior(same == 1));
        }
        const bool still = note(likelihood_.back(), likelihood);
        model_.prior = (matches[0] + 1) / (total_[0] + 1e4 + 1);
        model_.prior_same_source = (matches[1] + 1) / (total_[1] + 1e4 + 1);
        expected_ = matches;
        return still;
    }

    const Dataset& data_;
    const Blocks& blocks_;
    const Model start_;
    const TrainOptions& options_;
    Company& company_;
    Model model_;
    Scorer scorer_;  // of the start model: patterns depend on its levels alone
    Sheet empty_;
    std::optional<Sheet> sheet_;  // of all records, once it is asked for
    std::vector<Counted> random_, blocked_;
    double random_seen_ = 0, blocked_share_ = 1, namesakes_ = 0;
    double twins_across_ = 1;  // share of those who seem twins in two agencies' records and are
    std::uint64_t blocked_seen_ = 0;
    std::array<double, 2> total_{}, expected_{};  // by: from one source
    std::vector<std::vector<double>> likelihood_;
    std::array<std::array<double, 16>, kFields> weight_{};
    double together_ = 0;
    std::optional<BothNames> bearers_;  // once names are seen to go together
    double counted_at_ = 1;             // names_together then
};

}  // namespace

Training train(const Dataset& data, const Blocks& blocks, const Model& start, const TrainOptions& options,
               Company& company) {
    // A pair taken at random from all is hardly ever a match; the rules' pairs teach more for less.
    if (blocks.every_pair() && blocks.pairs() > options.random_pairs)
        return Trainer(data, Blocks(data.population, default_rules(), {0}), start, options, company).run();
    return Trainer(data, blocks, start, options, company).run();
}

}  // namespace rowan::linkage
