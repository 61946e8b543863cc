#include "linkage/index.h"

#include "linkage/blocking.h"

#include <oneapi/tbb/rw_mutex.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>

namespace rowan::linkage {
namespace {

constexpr std::uint32_t kNone = ~0U;
constexpr std::size_t kLongestWalk = 4096;  // of one rule's block: beyond it the other rules must find the record

}  // namespace

// Blocking keys live in one chained hash table that stores no keys: heads_ by the key's upper bits, next_ by
// record and rule. Two keys that fall together cost a needless comparison and nothing else.
struct Index::State {
    explicit State(Model m) : scorer(std::move(m)), rules(rules_of(scorer.model())), heads(1 << 12, kNone) {
        if (scorer.together_weight() > 0) population.count_both_names();
    }

    // Who writes goes before who comes to read; std::shared_mutex lets them wait for as long as anybody reads.
    mutable tbb::rw_mutex lock;
    Scorer scorer;
    std::span<const Rule> rules;
    Population population;
    Texts ids, sources;
    std::vector<std::uint32_t> slot_of_id, id_of_slot;  // by number in `ids`; by slot
    std::vector<std::uint32_t> heads, next;
    std::size_t nodes = 0;

    std::size_t bucket(std::uint64_t key) const { return key >> 1 & (heads.size() - 1); }
    std::uint32_t slot(std::string_view id) const {
        const std::uint32_t number = ids.find(id);
        return number == 0 || number >= slot_of_id.size() ? kNone : slot_of_id[number];
    }

    void hang(std::uint32_t slot) {
        const View v = population.view(slot);
        if (next.size() < (std::size_t{slot} + 1) * rules.size())
            next.resize((std::size_t{slot} + 1) * rules.size(), kNone);
        for (std::size_t r = 0; r < rules.size(); ++r) {
            const std::uint64_t key = block_key(rules[r], v);
            if (key == 0) continue;
            const std::size_t node = std::size_t{slot} * rules.size() + r;
            std::uint32_t& head = heads[bucket(key)];
            next[node] = head;
            head = static_cast<std::uint32_t>(node);
            ++nodes;
        }
    }

    void unhang(std::uint32_t slot) {
        const View v = population.view(slot);
        for (std::size_t r = 0; r < rules.size(); ++r) {
            const std::uint64_t key = block_key(rules[r], v);
            if (key == 0) continue;
            const auto node = static_cast<std::uint32_t>(std::size_t{slot} * rules.size() + r);
            std::uint32_t* at = &heads[bucket(key)];
            while (*at != node) at = &next[*at];
            *at = next[node];
            --nodes;
        }
    }

    void grow(std::size_t wanted) {
        std::size_t size = heads.size();
        while (size < wanted) size *= 2;
        if (size == heads.size()) return;
        heads.assign(size, kNone);
        nodes = 0;
        for (std::uint32_t s = 0; s < population.slots(); ++s)
            if ((population[s].flags & kErased) == 0) hang(s);
    }

    std::vector<std::uint32_t> block(const View& v) const {
        std::vector<std::uint32_t> found;
        found.reserve(256);
        const auto count = static_cast<std::uint32_t>(rules.size());
        for (const Rule& rule : rules) {
            const std::uint64_t key = block_key(rule, v);
            if (key == 0) continue;
            std::size_t steps = 0;
            for (std::uint32_t node = heads[bucket(key)]; node != kNone && steps < kLongestWalk;
                 node = next[node], ++steps)
                found.push_back(node / count);
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

    std::vector<Candidate> best(const View& v, std::uint32_t self, std::size_t limit, double least) const {
        struct Hit {
            std::uint32_t slot;
            Comparison comparison;
        };
        std::vector<Hit> hits;
        for (const std::uint32_t s : block(v)) {
            if (s == self) continue;
            const Comparison c = scorer.compare(v, population.view(s));
            if (c.score.weight >= least) hits.push_back({s, c});
        }
        const auto id = [&](const Hit& h) { return ids.text(id_of_slot[h.slot]); };
        const auto better = [&](const Hit& a, const Hit& b) {
            if (a.comparison.score.weight != b.comparison.score.weight)
                return a.comparison.score.weight > b.comparison.score.weight;
            return id(a) < id(b);
        };
        const std::size_t keep = std::min(limit, hits.size());
        std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(keep), hits.end(), better);
        std::vector<Candidate> out;
        out.reserve(keep);
        for (std::size_t i = 0; i < keep; ++i)
            out.push_back({std::string(id(hits[i])), hits[i].comparison.score, hits[i].comparison.contradictions,
                           hits[i].comparison.certain});
        return out;
    }
};

Index::Index(Model model) : state_(std::make_unique<State>(std::move(model))) {}
Index::~Index() = default;

void Index::insert(const Record& record) {
    const Normal normal = normalise(record);
    State& s = *state_;
    const std::unique_lock hold(s.lock);
    Packed packed = s.population.pack(normal);
    packed.source = static_cast<std::uint16_t>(s.sources.intern(record.source));
    const std::uint32_t number = s.ids.intern(record.id);
    if (s.slot_of_id.size() <= number) s.slot_of_id.resize(number + number / 2 + 16, kNone);
    if (const std::uint32_t old = s.slot_of_id[number]; old != kNone) {
        s.unhang(old);
        s.population.replace(old, packed);
        s.hang(old);
        return;
    }
    if (s.nodes + s.rules.size() > s.heads.size()) s.grow(s.heads.size() * 2);
    const std::uint32_t slot = s.population.add(packed);
    s.slot_of_id[number] = slot;
    if (s.id_of_slot.size() <= slot) s.id_of_slot.resize(slot + 1, 0);
    s.id_of_slot[slot] = number;
    s.hang(slot);
}

bool Index::erase(std::string_view id) {
    State& s = *state_;
    const std::unique_lock hold(s.lock);
    const std::uint32_t slot = s.slot(id);
    if (slot == kNone) return false;
    s.unhang(slot);
    s.slot_of_id[s.id_of_slot[slot]] = kNone;
    s.population.erase(slot);
    return true;
}

void Index::reserve(std::size_t records) {
    const std::unique_lock hold(state_->lock);
    state_->grow(records * state_->rules.size());
}

std::vector<Candidate> Index::candidates(const Record& record, std::size_t limit, double least_weight) const {
    const Normal normal = normalise(record);
    const State& s = *state_;
    const std::shared_lock hold(s.lock);
    const Query query(s.population, normal, static_cast<std::uint16_t>(s.sources.find(record.source)));
    return s.best(s.population.view(query), s.slot(record.id), limit, least_weight);
}

std::vector<Candidate> Index::candidates_of(std::string_view id, std::size_t limit, double least_weight) const {
    const State& s = *state_;
    const std::shared_lock hold(s.lock);
    const std::uint32_t slot = s.slot(id);
    return slot == kNone ? std::vector<Candidate>{} : s.best(s.population.view(slot), slot, limit, least_weight);
}

std::optional<Comparison> Index::compare(std::string_view left, std::string_view right) const {
    const State& s = *state_;
    const std::shared_lock hold(s.lock);
    const std::uint32_t a = s.slot(left), b = s.slot(right);
    if (a == kNone || b == kNone) return std::nullopt;
    return s.scorer.compare(s.population.view(a), s.population.view(b));
}

std::optional<Waterfall> Index::explain(std::string_view left, std::string_view right) const {
    const State& s = *state_;
    const std::shared_lock hold(s.lock);
    const std::uint32_t a = s.slot(left), b = s.slot(right);
    if (a == kNone || b == kNone) return std::nullopt;
    return s.scorer.explain(s.population.view(a), s.population.view(b));
}

std::optional<Waterfall> Index::explain(const Record& record, std::string_view id) const {
    const Normal normal = normalise(record);
    const State& s = *state_;
    const std::shared_lock hold(s.lock);
    const std::uint32_t slot = s.slot(id);
    if (slot == kNone) return std::nullopt;
    const Query query(s.population, normal, static_cast<std::uint16_t>(s.sources.find(record.source)));
    return s.scorer.explain(s.population.view(query), s.population.view(slot));
}

bool Index::contains(std::string_view id) const {
    const std::shared_lock hold(state_->lock);
    return state_->slot(id) != kNone;
}
std::size_t Index::size() const {
    const std::shared_lock hold(state_->lock);
    return state_->population.live();
}
std::size_t Index::bytes() const {
    const State& s = *state_;
    const std::shared_lock hold(s.lock);
    return s.population.bytes() + s.ids.bytes() +
           (s.heads.capacity() + s.next.capacity() + s.slot_of_id.capacity() + s.id_of_slot.capacity()) * 4;
}
const Model& Index::model() const { return state_->scorer.model(); }

}  // namespace rowan::linkage
