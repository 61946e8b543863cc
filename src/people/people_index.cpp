#include "people/people_index.h"

#include "base/identifiers.h"
#include "base/text.h"
#include "linkage/distance.h"
#include "linkage/nicknames.h"
#include "people/link_record.h"

#include <oneapi/tbb/rw_mutex.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <shared_mutex>
#include <unordered_set>

namespace rowan::people {

namespace {

using Slot = std::uint32_t;

// One word of somebody's name, with everybody who bears it.
struct Word {
    std::string text, sound;
    std::vector<Slot> bearers;
};

// The names of a person, each once.
std::vector<std::string> name_words(const Identity& who) {
    std::string all = who.given_names + " " + who.family_name + " " + who.known_as;
    for (const auto& alias : who.aliases) all += " " + alias;
    auto words = base::words(base::fold(all));
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

// Two-letter pieces of " word ", by which misspelt words find each other.
std::vector<std::uint16_t> pieces(std::string_view word) {
    std::vector<std::uint16_t> out;
    unsigned char before = '^';
    for (const unsigned char c : word) {
        out.push_back(static_cast<std::uint16_t>(before << 8 | c));
        before = c;
    }
    out.push_back(static_cast<std::uint16_t>(before << 8 | '$'));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// How alike a typed word is to a name: 1 the same, 0 not worth showing.
double likeness(std::string_view typed, const std::string& typed_sound, std::string_view name,
                const std::string& sound) {
    if (typed == name) return 1;
    if (typed.size() >= 2 && name.size() > typed.size() && name.substr(0, typed.size()) == typed) return 0.9;
    if (typed.size() < 3) return 0;
    const int allowed = typed.size() <= 4 ? 1 : 2;
    const int distance = linkage::osa(typed, name, allowed);
    if (distance == 1) return 0.8;
    if (!typed_sound.empty() && sound == typed_sound) return 0.75;
    if (distance == 2 && typed.size() >= 6) return 0.65;
    return 0;
}

struct Query {
    std::vector<std::string> words;
    std::vector<std::pair<std::string, const char*>> exact;  // key, why
};

std::string date_key(base::Date date) { return "d" + base::to_iso(date); }

// "9 May 2004" is a date; of "May 09/05/2004" the first word is a name unless it helps to make the date.
bool all_of_a_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                                 "may",       "june",     "july",     "august",
                                                                 "september", "october",  "november", "december"};
    const auto parts = base::split(base::fold(text), ' ');
    const auto numbers = std::count_if(parts.begin(), parts.end(), [](const auto& part) {
        return part.find_first_of("0123456789") != std::string::npos;
    });
    const auto months = std::count_if(parts.begin(), parts.end(), [](const auto& part) {
        return part.size() >= 3 &&
               std::any_of(kMonths.begin(), kMonths.end(), [&](auto month) { return month.starts_with(part); });
    });
    return static_cast<std::size_t>(numbers + months) == parts.size() &&
           (months == 0 || (months == 1 && numbers == 2));
}

std::optional<base::Date> as_date(std::string_view text) {
    if (text.find(' ') != std::string_view::npos && !all_of_a_date(text)) return std::nullopt;
    const auto written = linkage::parse_partial_date(text);
    if (!written.real() || written.year < 1900) return std::nullopt;
    return base::Date{std::chrono::year{written.year}, std::chrono::month{written.month},
                      std::chrono::day{written.day}};
}

// Takes identifiers, dates and postcodes out of what was typed; the rest are names.
Query understand(std::string_view typed) {
    Query query;
    std::string text = base::tidy_line(typed);
    if (auto nhs = base::parse_nhs_number(text); nhs.ok()) query.exact.emplace_back("n" + *nhs, "NHS number");
    if (auto upn = base::parse_upn(text); upn.ok()) query.exact.emplace_back("u" + *upn, "UPN");
    if (auto phone = base::parse_phone(text); phone.ok()) query.exact.emplace_back("p" + *phone, "phone");
    if (!query.exact.empty()) return query;

    auto parts = base::split(text, ' ');
    std::erase(parts, "");
    std::vector<bool> used(parts.size(), false);
    auto take = [&](std::size_t from, std::size_t count, auto&& read) {
        std::string joined;
        for (std::size_t i = from; i < from + count; ++i) {
            if (used[i]) return;
            joined += (i > from ? " " : "") + parts[i];
        }
        if (read(joined))
            for (std::size_t i = from; i < from + count; ++i) used[i] = true;
    };
    for (const std::size_t count : {3u, 2u, 1u}) {
        for (std::size_t i = 0; i + count <= parts.size(); ++i) {
            take(i, count, [&](const std::string& piece) {
                if (piece.find_first_of("0123456789") == std::string::npos) return false;
                if (piece.size() >= 6)
                    if (const auto date = as_date(piece)) {
                        query.exact.emplace_back(date_key(*date), "date of birth");
                        return true;
                    }
                if (const auto postcode = base::parse_postcode(piece);
                    postcode.status == base::PostcodeStatus::valid) {
                    query.exact.emplace_back("c" + postcode.text, "postcode");
                    return true;
                }
                return false;
            });
        }
    }
    std::string rest;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (!used[i]) rest += parts[i] + " ";
    // "P-000123": the partnership's own reference.
    if (const auto tidy = base::tidy_line(rest);
        tidy.size() >= 3 && (tidy[0] == 'P' || tidy[0] == 'p') && tidy[1] == '-')
        query.exact.emplace_back("r" + base::fold(tidy), "reference");
    query.words = base::words(base::fold(rest));
    if (query.words.size() > 8) query.words.resize(8);
    return query;
}

std::vector<std::string> exact_keys(const IndexedRecord& record) {
    std::vector<std::string> keys;
    const auto& who = record.identity;
    if (!who.nhs_number.empty()) keys.push_back("n" + who.nhs_number);
    if (!who.upn.empty()) keys.push_back("u" + who.upn);
    if (who.born) keys.push_back(date_key(*who.born));
    if (record.sensitivity == partnership::Sensitivity::ordinary) {
        if (!who.phone.empty()) keys.push_back("p" + who.phone);
        if (base::parse_postcode(who.postcode).status == base::PostcodeStatus::valid)
            keys.push_back("c" + who.postcode);
    }
    keys.push_back("r" + base::fold(record.ref));
    return keys;
}

// What one search has learned about each cluster so far. A common name touches tens of thousands of people, so the
// cells stand in an array by the cluster's number and are recognised as old by the number of the search, never
// cleared.
class Tally {
public:
    struct Cell {
        double score = 0, best = 0;  // best: of the current part of the query
        std::uint32_t search = 0;
        std::uint16_t part = 0, parts = 0;  // parts: how many parts of the query this person answers
        bool number = false;                // an NHS number or UPN
        bool born = false, named = false;
        const char* why = "name";
        // A date of birth and two letters are no name: that would be a way to fish (A21).
        bool specific() const { return number || (born && named); }
    };

    void begin(std::size_t clusters) {
        if (cells_.size() < clusters) cells_.resize(clusters + clusters / 8);
        if (++search_ == 0) {  // after four thousand million searches the oldest cells would look new
            std::fill(cells_.begin(), cells_.end(), Cell{});
            search_ = 1;
        }
        part_ = 0;
        found_.clear();
    }
    // One part of the query: each person counts once, by the best of their records and names.
    void begin_part() {
        ++part_;
        touched_.clear();
    }
    Cell& answer(std::uint32_t cluster, double worth) {
        auto& cell = cells_[cluster];
        if (cell.search != search_) {
            cell = Cell{};
            cell.search = search_;
            found_.push_back(cluster);
        }
        if (cell.part != part_) {
            cell.part = part_;
            cell.best = 0;
            touched_.push_back(cluster);
        }
        cell.best = std::max(cell.best, worth);
        return cell;
    }
    void end_part(const char* why) {
        for (const auto cluster : touched_) {
            auto& cell = cells_[cluster];
            ++cell.parts;
            cell.score += cell.best;
            if (!why) continue;
            cell.why = why;
            cell.number |= std::string_view(why) == "NHS number" || std::string_view(why) == "UPN";
            cell.born |= std::string_view(why) == "date of birth";
        }
    }
    std::vector<std::uint32_t>& found() { return found_; }
    const Cell& operator[](std::uint32_t cluster) const { return cells_[cluster]; }

private:
    std::vector<Cell> cells_;
    std::vector<std::uint32_t> found_, touched_;  // clusters of this search; of this part
    std::uint32_t search_ = 0;
    std::uint16_t part_ = 0;
};

// Tallies to use again; as many as search at the same time, of which a few are kept.
class Tallies {
public:
    std::unique_ptr<Tally> take() {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) return std::make_unique<Tally>();
        auto out = std::move(free_.back());
        free_.pop_back();
        return out;
    }
    void give_back(std::unique_ptr<Tally> tally) {
        const std::lock_guard lock(mutex_);
        if (free_.size() < kKept) free_.push_back(std::move(tally));
    }

private:
    static constexpr std::size_t kKept = 4;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Tally>> free_;
};

}  // namespace

struct PeopleIndex::Impl {
    // Who writes goes before who comes to read; with std::shared_mutex a crowd that searches keeps a save waiting.
    mutable tbb::rw_mutex mutex;
    mutable Tallies tallies;
    std::vector<IndexedRecord> records;
    std::unordered_map<std::string, Slot> slot_of_record;
    // Clusters are numbered in the order in which they are first met; an emptied one keeps its number.
    std::unordered_map<std::string, std::uint32_t> cluster_of_root;
    std::vector<std::string> root_of_cluster;
    std::vector<std::vector<Slot>> slots_of_cluster;
    std::vector<std::uint32_t> cluster_of;              // by slot
    std::unordered_map<std::string, std::string> root;  // person -> root, where they differ

    std::vector<Word> words;
    std::unordered_map<std::string, std::uint32_t> word_of_text;
    std::unordered_map<std::uint16_t, std::vector<std::uint32_t>> words_with_piece;
    std::unordered_map<std::uint16_t, std::vector<std::uint32_t>> words_in_group;  // Bob with Robert
    std::unordered_map<std::string, std::vector<Slot>> exact;
    std::unordered_map<std::uint64_t, std::vector<Slot>> by_conflict_key;

    linkage::Index matcher;

    const std::string& root_of(const std::string& person) const {
        const auto found = root.find(person);
        return found == root.end() ? person : found->second;
    }

    std::uint32_t cluster(const std::string& root_person) {
        const auto [at, fresh] =
            cluster_of_root.try_emplace(root_person, static_cast<std::uint32_t>(slots_of_cluster.size()));
        if (fresh) {
            slots_of_cluster.emplace_back();
            root_of_cluster.push_back(root_person);
        }
        return at->second;
    }
    const std::vector<Slot>& slots_of(const std::string& root_person) const {
        static const std::vector<Slot> kNone;
        const auto found = cluster_of_root.find(root_person);
        return found == cluster_of_root.end() ? kNone : slots_of_cluster[found->second];
    }

    void add(Slot slot) {
        list(slot);
        const auto& record = records[slot];
        matcher.insert(link_record(record.id, record.agency, record.identity));
    }

    void list(Slot slot) {
        const auto& record = records[slot];
        for (const auto& text : name_words(record.identity)) word(text).bearers.push_back(slot);
        for (auto& key : exact_keys(record)) exact[std::move(key)].push_back(slot);
        for (const auto key : conflict_keys(record.identity, record.vehicles))
            by_conflict_key[key].push_back(slot);
    }

    void unlist(Slot slot) {
        const auto& record = records[slot];
        for (const auto& text : name_words(record.identity)) std::erase(word(text).bearers, slot);
        for (const auto& key : exact_keys(record)) std::erase(exact[key], slot);
        for (const auto key : conflict_keys(record.identity, record.vehicles))
            std::erase(by_conflict_key[key], slot);
    }

    Word& word(const std::string& text) {
        const auto [at, fresh] = word_of_text.try_emplace(text, static_cast<std::uint32_t>(words.size()));
        if (fresh) {
            words.push_back({text, linkage::sounds_like_key(text), {}});
            for (const auto piece : pieces(text)) words_with_piece[piece].push_back(at->second);
            for (const auto group : linkage::name_groups(text)) words_in_group[group].push_back(at->second);
        }
        return words[at->second];
    }

    // Names like the typed word, with how alike.
    std::vector<std::pair<std::uint32_t, double>> names_like(const std::string& typed) const {
        const auto typed_pieces = pieces(typed);
        std::vector<std::uint16_t> shared(words.size());
        for (const auto piece : typed_pieces)
            if (const auto found = words_with_piece.find(piece); found != words_with_piece.end())
                for (const auto w : found->second) ++shared[w];
        const auto sound = linkage::sounds_like_key(typed);
        // One edit destroys at most three pieces of a word; short words have none to spare.
        const int least = typed.size() < 3 ? static_cast<int>(typed_pieces.size()) - 1
                                           : std::max(1, static_cast<int>(typed_pieces.size()) - 5);
        std::vector<std::pair<std::uint32_t, double>> out;
        for (std::uint32_t w = 0; w < shared.size(); ++w) {
            if (shared[w] == 0 || shared[w] < least || words[w].bearers.empty()) continue;
            if (const double like = likeness(typed, sound, words[w].text, words[w].sound); like > 0)
                out.emplace_back(w, like);
        }
        for (const auto group : linkage::name_groups(typed))
            if (const auto found = words_in_group.find(group); found != words_in_group.end())
                for (const auto w : found->second)
                    if (words[w].text != typed && !words[w].bearers.empty()) out.emplace_back(w, 0.85);
        return out;
    }

    std::size_t bearers_of(const std::string& word) const {
        const auto found = word_of_text.find(word);
        return found == word_of_text.end() ? 0 : words[found->second].bearers.size();
    }

    // Rare names tell more: ln(everyone / bearers).
    double rarity(std::size_t bearers) const {
        return std::log((1.0 + static_cast<double>(records.size())) / static_cast<double>(bearers)) + 0.5;
    }
};

PeopleIndex::PeopleIndex() : impl_(std::make_unique<Impl>()) {}
PeopleIndex::~PeopleIndex() = default;

void PeopleIndex::put(const IndexedRecord& record) {
    const std::unique_lock lock(impl_->mutex);
    auto& in = *impl_;
    const auto [at, fresh] = in.slot_of_record.try_emplace(record.id, static_cast<Slot>(in.records.size()));
    if (fresh) {
        in.records.push_back(record);
        in.cluster_of.push_back(in.cluster(in.root_of(record.person)));
        in.slots_of_cluster[in.cluster_of.back()].push_back(at->second);
    } else {
        in.unlist(at->second);
        in.records[at->second] = record;
    }
    in.add(at->second);
}

void PeopleIndex::set_root(const std::string& person, const std::string& root) {
    const std::unique_lock lock(impl_->mutex);
    auto& in = *impl_;
    const std::string before = in.root_of(person);
    if (before == root) return;
    const auto from = in.cluster(before), to = in.cluster(root);
    std::erase_if(in.slots_of_cluster[from], [&](Slot slot) {
        if (in.records[slot].person != person) return false;
        in.slots_of_cluster[to].push_back(slot);
        in.cluster_of[slot] = to;
        return true;
    });
    if (person == root)
        in.root.erase(person);
    else
        in.root[person] = root;
}

void PeopleIndex::set_at_risk(const std::string& record, bool at_risk) {
    const std::unique_lock lock(impl_->mutex);
    if (const auto found = impl_->slot_of_record.find(record); found != impl_->slot_of_record.end())
        impl_->records[found->second].at_risk = at_risk;
}

void PeopleIndex::set_sensitivity(const std::string& person, partnership::Sensitivity sensitivity) {
    const std::unique_lock lock(impl_->mutex);
    for (const auto slot : impl_->slots_of(impl_->root_of(person))) {
        if (impl_->records[slot].sensitivity == sensitivity) continue;
        impl_->unlist(slot);
        impl_->records[slot].sensitivity = sensitivity;
        impl_->list(slot);
    }
}

std::string PeopleIndex::root_of(const std::string& person) const {
    const std::shared_lock lock(impl_->mutex);
    return impl_->root_of(person);
}

std::vector<IndexedRecord> PeopleIndex::records_of(const std::string& root) const {
    const std::shared_lock lock(impl_->mutex);
    std::vector<IndexedRecord> out;
    for (const auto slot : impl_->slots_of(root)) out.push_back(impl_->records[slot]);
    return out;
}

std::vector<Holder> PeopleIndex::holders_of(const std::string& root) const {
    const std::shared_lock lock(impl_->mutex);
    std::vector<Holder> out;
    for (const auto slot : impl_->slots_of(root)) {
        const auto& record = impl_->records[slot];
        out.push_back({record.agency, record.at_risk, record.sensitivity});
    }
    return out;
}

std::optional<IndexedRecord> PeopleIndex::record(const std::string& id) const {
    const std::shared_lock lock(impl_->mutex);
    const auto found = impl_->slot_of_record.find(id);
    if (found == impl_->slot_of_record.end()) return std::nullopt;
    return impl_->records[found->second];
}

bool tells_address(const linkage::Step& step) {
    return step.field == "postcode" || step.field == "address" || step.field == "town" || step.field == "phone";
}

std::vector<Found> PeopleIndex::search(std::string_view typed, std::size_t limit) const {
    const auto query = understand(typed);
    const std::shared_lock lock(impl_->mutex);
    const auto& in = *impl_;
    auto tally = in.tallies.take();
    tally->begin(in.slots_of_cluster.size());
    for (const auto& [key, why] : query.exact) {
        tally->begin_part();
        if (const auto found = in.exact.find(key); found != in.exact.end())
            for (const auto slot : found->second) tally->answer(in.cluster_of[slot], 12);
        tally->end_part(why);
    }
    for (const auto& typed_word : query.words) {
        tally->begin_part();
        // A slip of the pen is rarer than the name it stands for, and must not outweigh it: what counts is how
        // rare the word is that was typed, where somebody bears it.
        const auto typed_bearers = in.bearers_of(typed_word);
        for (const auto& [w, like] : in.names_like(typed_word)) {
            const double worth = like * in.rarity(std::max(typed_bearers, in.words[w].bearers.size()));
            const bool names = like == 1 || typed_word.size() >= 3;
            for (const auto slot : in.words[w].bearers) tally->answer(in.cluster_of[slot], worth).named |= names;
        }
        tally->end_part(nullptr);
    }
    auto& found = tally->found();
    const auto score = [&](std::uint32_t cluster) {
        return (*tally)[cluster].parts * 1000.0 + (*tally)[cluster].score;
    };
    const auto keep = std::min(limit, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(keep), found.end(),
                      [&](std::uint32_t a, std::uint32_t b) {
                          const double one = score(a), other = score(b);
                          return one != other ? one > other : in.root_of_cluster[a] < in.root_of_cluster[b];
                      });
    std::vector<Found> out;
    out.reserve(keep);
    for (std::size_t i = 0; i < keep; ++i)
        out.push_back({in.root_of_cluster[found[i]], score(found[i]), (*tally)[found[i]].why,
                       (*tally)[found[i]].specific()});
    in.tallies.give_back(std::move(tally));
    return out;
}

std::vector<Match> PeopleIndex::matches(const Identity& who, const std::string& own_record, double least_weight,
                                        std::size_t limit) const {
    const std::shared_lock lock(impl_->mutex);
    const auto& in = *impl_;
    std::string own_root;
    if (const auto found = in.slot_of_record.find(own_record); found != in.slot_of_record.end())
        own_root = in.root_of(in.records[found->second].person);
    std::vector<Match> out;
    const auto wanted = link_record(own_record, "", who);
    for (const auto& candidate : in.matcher.candidates(wanted, limit + 8, least_weight)) {
        const auto found = in.slot_of_record.find(candidate.id);
        if (found == in.slot_of_record.end() || candidate.id == own_record) continue;
        if (!own_root.empty() && in.root_of(in.records[found->second].person) == own_root) continue;
        out.push_back({candidate.id, candidate.score.weight, candidate.score.probability, candidate.certain});
        if (out.size() == limit) break;
    }
    return out;
}

std::optional<linkage::Waterfall> PeopleIndex::explain(const std::string& a, const std::string& b) const {
    const std::shared_lock lock(impl_->mutex);
    return impl_->matcher.explain(a, b);
}

std::string PeopleIndex::why_alike(const Identity& who, const std::string& record) const {
    const std::shared_lock lock(impl_->mutex);
    const auto waterfall = impl_->matcher.explain(link_record("", "", who), record);
    if (!waterfall) return "";
    std::vector<linkage::Step> steps = waterfall->steps;
    if (const auto found = impl_->slot_of_record.find(record);
        found != impl_->slot_of_record.end() &&
        impl_->records[found->second].sensitivity != partnership::Sensitivity::ordinary)
        std::erase_if(steps, [](const auto& step) { return tells_address(step); });
    std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
    std::vector<std::string> words;
    for (const auto& step : steps)
        if (step.weight > 0.5 && words.size() < 4) words.push_back(step.says);
    return base::join(words, ", ");
}

Ties PeopleIndex::ties(const std::string& root, const std::vector<std::uint64_t>& keys) const {
    const std::shared_lock lock(impl_->mutex);
    const auto& in = *impl_;
    const auto cluster = in.cluster_of_root.find(root);
    if (cluster == in.cluster_of_root.end()) return 0;
    Ties out = 0;
    for (const auto key : keys)
        if (const auto found = in.by_conflict_key.find(key); found != in.by_conflict_key.end())
            for (const auto slot : found->second)
                if (in.cluster_of[slot] == cluster->second) out |= tie_of(key);
    return out;
}

std::map<std::string, Ties> PeopleIndex::tied(const std::vector<std::uint64_t>& keys) const {
    const std::shared_lock lock(impl_->mutex);
    const auto& in = *impl_;
    std::map<std::string, Ties> out;
    for (const auto key : keys)
        if (const auto found = in.by_conflict_key.find(key); found != in.by_conflict_key.end())
            for (const auto slot : found->second) out[in.root_of_cluster[in.cluster_of[slot]]] |= tie_of(key);
    return out;
}

std::size_t PeopleIndex::records() const {
    const std::shared_lock lock(impl_->mutex);
    return impl_->records.size();
}

std::size_t PeopleIndex::people() const {
    const std::shared_lock lock(impl_->mutex);
    return static_cast<std::size_t>(std::count_if(impl_->slots_of_cluster.begin(), impl_->slots_of_cluster.end(),
                                                  [](const auto& slots) { return !slots.empty(); }));
}

}  // namespace rowan::people
