#include "linkage/population.h"

#include "linkage/disk.h"
#include "linkage/distance.h"
#include "linkage/nicknames.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <cstring>

namespace rowan::linkage {

// Open addressing: slots hold numbers, the upper hash bits sit beside the text, so a miss rarely touches the text.
struct Texts::Store {
    explicit Store(bool with_names) : with_names(with_names), slots(1024, 0) {
        entries.push_back({nullptr, 0, 0});
        if (with_names) add_name({});
    }
    struct Entry {
        const char* data;
        std::uint32_t size;
        std::uint64_t hash;
    };
    bool with_names;
    std::vector<std::uint32_t> slots;
    std::vector<Entry> entries;
    std::vector<std::unique_ptr<Name[]>> names;  // in pieces, so that a Name stays where it is
    std::size_t name_count = 0;
    std::vector<std::unique_ptr<char[]>> blocks;
    std::size_t left = 0, held = 0;
    char* next = nullptr;

    static constexpr unsigned kPiece = 10;
    void add_name(const Name& n) {
        if (name_count >> kPiece == names.size())
            names.push_back(std::make_unique<Name[]>(std::size_t{1} << kPiece));
        names[name_count >> kPiece][name_count & ((1U << kPiece) - 1)] = n;
        ++name_count;
    }
    const Name& name(std::uint32_t id) const {
        return names.data()[id >> kPiece].get()[id & ((1U << kPiece) - 1)];
    }

    const char* keep(std::string_view s) {
        if (s.size() > left) {
            const std::size_t size = std::max<std::size_t>(s.size(), blocks.empty() ? 4096 : 1 << 16);
            blocks.push_back(std::make_unique_for_overwrite<char[]>(size));
            next = blocks.back().get();
            left = size;
            held += size;
        }
        char* at = next;
        std::memcpy(at, s.data(), s.size());
        next += s.size();
        left -= s.size();
        return at;
    }
    std::uint32_t find(std::string_view s, std::uint64_t hash, std::size_t& slot) const {
        const std::size_t mask = slots.size() - 1;
        for (slot = hash & mask;; slot = (slot + 1) & mask) {
            const std::uint32_t id = slots[slot];
            if (id == 0) return 0;
            const Entry& e = entries[id];
            if (e.hash == hash && e.size == s.size() && std::memcmp(e.data, s.data(), s.size()) == 0) return id;
        }
    }
    void grow() {
        std::vector<std::uint32_t> wide(slots.size() * 2, 0);
        const std::size_t mask = wide.size() - 1;
        for (std::uint32_t id = 1; id < entries.size(); ++id) {
            std::size_t slot = entries[id].hash & mask;
            while (wide[slot] != 0) slot = (slot + 1) & mask;
            wide[slot] = id;
        }
        slots.swap(wide);
    }
};

Texts::Texts(bool names) : store_(std::make_unique<Store>(names)) {}
Texts::Texts(Texts&&) noexcept = default;
Texts& Texts::operator=(Texts&&) noexcept = default;
Texts::~Texts() = default;

std::uint32_t Texts::intern(std::string_view s) { return s.empty() ? 0 : intern(s, hash_text(s)); }

std::uint32_t Texts::intern(std::string_view s, std::uint64_t hash) {
    if (s.empty()) return 0;
    Store& st = *store_;
    std::size_t slot;
    if (const std::uint32_t id = st.find(s, hash, slot)) return id;
    const auto id = static_cast<std::uint32_t>(st.entries.size());
    st.slots[slot] = id;
    const char* kept = st.keep(s);
    st.entries.push_back({kept, static_cast<std::uint32_t>(s.size()), hash});
    if (st.with_names) {
        std::string joined(s);
        std::erase(joined, ' ');
        const std::string_view text(kept, s.size());
        st.add_name(
            make_name(text, joined.size() == s.size() ? text : std::string_view(st.keep(joined), joined.size())));
    }
    if (st.entries.size() * 3 > st.slots.size() * 2) st.grow();
    return id;
}

std::uint32_t Texts::find(std::string_view s) const {
    std::size_t slot;
    return s.empty() ? 0 : store_->find(s, hash_text(s), slot);
}

std::string_view Texts::text(std::uint32_t id) const {
    const auto& e = store_->entries[id];
    return {e.data, e.size};
}
std::uint64_t Texts::hash(std::uint32_t id) const { return store_->entries[id].hash; }
void Texts::prefetch(std::uint32_t id) const { __builtin_prefetch(store_->entries.data() + id); }
void Texts::prefetch_slot(std::uint64_t hash) const {
    __builtin_prefetch(store_->slots.data() + (hash & (store_->slots.size() - 1)));
}
void Texts::prefetch_entry(std::uint64_t hash) const {
    prefetch(store_->slots.data()[hash & (store_->slots.size() - 1)]);
}
const Name& Texts::name(std::uint32_t id) const { return store_->name(id); }
std::size_t Texts::size() const { return store_->entries.size() - 1; }
std::size_t Texts::bytes() const {
    return store_->slots.capacity() * 4 + store_->entries.capacity() * sizeof(Store::Entry) + store_->held +
           (store_->names.size() << Store::kPiece) * sizeof(Name);
}

Name make_name(std::string_view text, std::string_view joined) {
    Name n;
    n.text = text;
    n.joined = joined;
    for (std::size_t at = 0; at < text.size() && n.parts < n.part.size();) {
        const std::size_t stop = std::min(text.find(' ', at), text.size());
        if (stop > at) n.part[n.parts++] = text.substr(at, stop - at);
        at = stop + 1;
    }
    const auto key = [](const std::string& s) {
        return s.empty() ? 0U : static_cast<std::uint32_t>(hash_text(s)) | 1U;
    };
    n.soundex = key(rowan::linkage::soundex(n.part[0]));
    n.sounds = key(sounds_like_key(n.part[0]));
    n.first_hash = hash_text(n.part[0]);
    n.joined_hash = hash_text(joined);
    for (std::size_t i = 0; i < std::min(joined.size(), sizeof n.beginning); ++i)
        n.beginning |= std::uint32_t{static_cast<unsigned char>(joined[i])} << (8 * i);
    n.groups = name_groups(n.part[0]);
    for (const std::uint16_t group : n.groups) n.group_bits |= 1U << group % 32;
    for (char c : joined)
        if (c >= 'a' && c <= 'z') n.letters |= 1U << (c - 'a');
    return n;
}

Column column_of(Field f) {
    switch (f) {
        case Field::given_name:
            return Column::given;
        case Field::middle_name:
            return Column::middle;
        case Field::family_name:
            return Column::family;
        case Field::postcode:
            return Column::postcode;
        case Field::address:
            return Column::address;
        case Field::town:
            return Column::town;
        case Field::nhs_number:
            return Column::nhs;
        case Field::upn:
            return Column::upn;
        case Field::other_id:
            return Column::other_id;
        case Field::phone:
            return Column::phone;
        case Field::email:
            return Column::email;
        default:
            return Column::other;
    }
}

namespace {

// One packing for both: `put(column, text)` gives the value's number, `name(text)` a name's.
template <class Put>
Packed fill(const Normal& n, Put put) {
    Packed p;
    p[Column::given] = put(Column::given, n.given);
    p[Column::middle] = put(Column::middle, n.middle);
    p[Column::family] = put(Column::family, n.family);
    p[Column::postcode] = put(Column::postcode, n.postcode);
    p[Column::address] = put(Column::address, n.address);
    p[Column::town] = put(Column::town, n.town);
    p[Column::nhs] = put(Column::nhs, n.nhs_number);
    p[Column::upn] = put(Column::upn, n.upn);
    p[Column::other_id] = put(Column::other_id, n.other_id);
    p[Column::phone] = put(Column::phone, n.phone);
    p[Column::email] = put(Column::email, n.email);
    p[Column::other] = put(Column::other, n.other);
    p.birth = n.date_of_birth.packed();
    p.sex = n.sex;
    p.flags = static_cast<std::uint8_t>((n.nhs_valid ? kNhsValid : 0) | (n.upn_valid ? kUpnValid : 0) |
                                        (n.postcode_valid ? kPostcodeValid : 0));
    return p;
}

// Dates are few (a hundred years are 38,000 days), so they are counted in a plain array: 630 years, and round
// again.
constexpr std::size_t kBirthSlots = 1 << 18;
std::size_t birth_slot(std::uint32_t packed) {
    const PartialDate d = PartialDate::unpack(packed);
    return (std::size_t{d.year} * 416 + std::size_t{d.month} * 32 + d.day) % kBirthSlots;
}

}  // namespace

Query::Query(const Population& population, const Normal& n, std::uint16_t source) {
    texts_.reserve(kColumns + 2 * n.aliases.size());
    const auto put = [&](Column c, const std::string& text) -> std::uint32_t {
        if (text.empty()) return 0;
        if (const std::uint32_t id = population.texts(c).find(text)) return id;
        texts_.push_back(text);
        return static_cast<std::uint32_t>(texts_.size() - 1) | kLocal;
    };
    packed_ = fill(n, put);
    packed_.source = source;
    for (const auto& [given, family] : n.aliases)
        aliases_.emplace_back(put(Column::given, given), put(Column::family, family));
    if (!aliases_.empty()) packed_.aliases = kLocal;
    const std::size_t own = texts_.size();
    names_.reserve(own);
    std::vector<std::string> joined;
    for (std::size_t i = 0; i < own; ++i) {
        joined.push_back(texts_[i]);
        std::erase(joined.back(), ' ');
    }
    for (std::string& j : joined) texts_.push_back(std::move(j));
    for (std::size_t i = 0; i < own; ++i) names_.push_back(make_name(texts_[i], texts_[own + i]));
}

const Name& View::name(std::uint32_t id) const {
    return (id & kLocal) != 0 ? query->names_[id & ~kLocal] : population->names().name(id);
}
std::string_view View::text(Column c, std::uint32_t id) const {
    if ((id & kLocal) != 0) return query->texts_[id & ~kLocal];
    return population->texts(c).text(id);
}
const AliasList& View::aliases() const {
    return (packed->aliases & kLocal) != 0 ? query->aliases_ : population->aliases(packed->aliases);
}

struct BothNames::Counts {
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> of;  // by given name and surname
    static std::uint64_t key(std::uint32_t given, std::uint32_t family) {
        return std::uint64_t{given} << 32 | family;
    }
};

BothNames::BothNames(std::span<const Packed> records) : counts_(std::make_unique<Counts>()) {
    for (const Packed& p : records) tally(p, 1);
}
BothNames::BothNames(BothNames&&) noexcept = default;
BothNames& BothNames::operator=(BothNames&&) noexcept = default;
BothNames::~BothNames() = default;

void BothNames::tally(const Packed& p, int by) {
    if (p[Column::given] != 0 && p[Column::family] != 0)
        counts_->of[Counts::key(p[Column::given], p[Column::family])] += static_cast<std::uint32_t>(by);
}

std::uint32_t BothNames::count(std::uint32_t given, std::uint32_t family) const {
    const auto found = counts_->of.find(Counts::key(given, family));
    return found == counts_->of.end() ? 0 : found->second;
}

std::size_t BothNames::bytes() const { return counts_->of.size() * 2 * sizeof(std::uint64_t); }

Population::Population(Disk* disk)
    : names_(true),
      disk_(disk),
      records_(disk != nullptr ? static_cast<std::pmr::memory_resource*>(disk) : std::pmr::get_default_resource()),
      births_(kBirthSlots, 0) {
    for (std::size_t i = 0; i < kColumns; ++i) texts_.emplace_back();
}
Population::Population(Population&&) noexcept = default;
Population& Population::operator=(Population&&) noexcept = default;
Population::~Population() = default;

Texts& Population::texts(Column c) { return is_name(c) ? names_ : texts_[static_cast<std::size_t>(c)]; }
const Texts& Population::texts(Column c) const {
    return is_name(c) ? names_ : texts_[static_cast<std::size_t>(c)];
}

Packed Population::pack(const Normal& n) {
    const auto put = [&](Column c, const std::string& text) { return texts(c).intern(text); };
    Packed p = fill(n, put);
    p.aliases = keep_aliases(n.aliases);
    return p;
}

std::uint32_t Population::keep_aliases(const std::vector<std::pair<std::string, std::string>>& names) {
    if (names.empty()) return 0;
    AliasList list;
    for (const auto& [given, family] : names) list.emplace_back(names_.intern(given), names_.intern(family));
    aliases_.push_back(std::move(list));
    return static_cast<std::uint32_t>(aliases_.size() - 1);
}

std::uint32_t Population::intern_aliases(std::string_view whole_names) {
    Record r;
    for (std::size_t at = 0; at <= whole_names.size();) {
        const std::size_t end = std::min(whole_names.find(';', at), whole_names.size());
        r.aliases.emplace_back(whole_names.substr(at, end - at));
        at = end + 1;
    }
    return keep_aliases(normalise(r).aliases);
}

void Population::tally(const Packed& p, int by) {
    for (std::size_t c = 0; c < kColumns; ++c) {
        if (p.value[c] == 0) continue;
        auto& counts = counts_[c];
        if (counts.size() <= p.value[c]) counts.resize(p.value[c] + p.value[c] / 2 + 16, 0);
        counts[p.value[c]] += static_cast<std::uint32_t>(by);
        with_[c] += static_cast<std::uint32_t>(by);
    }
    if (both_) both_->tally(p, by);
    if (p.birth != 0) {
        births_[birth_slot(p.birth)] += static_cast<std::uint32_t>(by);
        with_birth_ += static_cast<std::uint32_t>(by);
    }
}

std::uint32_t Population::add(const Packed& p) {
    tally(p, 1);
    ++live_;
    if (!free_.empty()) {
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        records_[slot] = p;
        return slot;
    }
    records_.push_back(p);
    return static_cast<std::uint32_t>(records_.size() - 1);
}

void Population::replace(std::uint32_t record, const Packed& p) {
    tally(records_[record], -1);
    tally(p, 1);
    records_[record] = p;
}

void Population::erase(std::uint32_t record) {
    tally(records_[record], -1);
    records_[record] = Packed{};
    records_[record].flags = kErased;
    free_.push_back(record);
    --live_;
}

void Population::adopt(std::pmr::vector<Packed> records) {
    records_ = std::move(records);
    live_ = records_.size();
    for (const Packed& p : records_) tally(p, 1);
}

void Population::count_both_names() {
    if (!both_) both_.emplace(records_);
}

std::uint32_t Population::count_both(std::uint32_t given, std::uint32_t family) const {
    return both_ ? both_->count(given, family) : 0;
}

std::uint32_t Population::count(Column c, std::uint32_t id) const {
    const auto& counts = counts_[static_cast<std::size_t>(c)];
    return id < counts.size() ? counts[id] : 0;
}
std::uint32_t Population::count_birth(std::uint32_t packed) const { return births_[birth_slot(packed)]; }

double Population::both_by_chance(std::uint32_t given, std::uint32_t family, double asked) const {
    return (count(Column::given, given) + asked) * (count(Column::family, family) + asked) /
           (static_cast<double>(live()) + asked);
}

bool Population::holds(Field field) const {
    if (field == Field::date_of_birth) return with_birth() != 0;
    if (field == Field::sex) return std::ranges::any_of(records_, [](const Packed& p) { return p.sex != 0; });
    return with(column_of(field)) != 0;
}

std::vector<Packed> Population::copy_of(std::span<const std::uint32_t> records) const {
    std::vector<Packed> out(records.size());
    Pick(records, *disk_).rows(records_.data(), 1, out.data());
    return out;
}

std::size_t Population::bytes() const {
    std::size_t total =
        records_.capacity() * sizeof(Packed) + births_.capacity() * 4 + names_.bytes() + free_.capacity() * 4;
    for (const Texts& t : texts_) total += t.bytes();
    for (const auto& c : counts_) total += c.capacity() * 4;
    if (both_) total += both_->bytes();
    return total;
}

}  // namespace rowan::linkage
