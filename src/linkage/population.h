// Many records in little memory: 64 bytes each, their texts kept once.
//
// A Population interns every folded text, counts how often each value occurs (for term frequency), and hands out
// Views that compare.h reads. Ownership: Views borrow from the Population (and from the Query they came from) and
// must not outlive it. Thread-safety: any number of readers, or one writer; index.h adds the lock.
#pragma once
#include "linkage/model.h"
#include "linkage/record.h"

#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rowan::linkage {

// A name with what comparing it needs worked out once.
struct alignas(64) Name {
    // What every comparison and blocking key reads first lies in one line of the cache.
    std::string_view joined;                        // "annemarie"
    std::uint64_t first_hash = 0, joined_hash = 0;  // hash_text of part[0] and of joined
    std::uint32_t letters = 0;                      // which letters occur: a cheap bound
    std::uint32_t soundex = 0, sounds = 0;          // of the first part; 0 when there is none
    std::uint32_t beginning = 0;                    // the first four letters of joined, as they stand
    std::uint32_t group_bits = 0;  // one for each of groups: names without one in common share none
    std::uint8_t parts = 0;
    std::string_view text;                   // "anne marie"
    std::span<const std::uint16_t> groups;   // of nicknames, of the first part
    std::array<std::string_view, 4> part{};  // at most the first four
};

// Texts, each kept once and numbered from 1; 0 is missing. Text and Name pointers stay valid while the table
// lives.
class Texts {
public:
    explicit Texts(bool names = false);
    Texts(Texts&&) noexcept;
    Texts& operator=(Texts&&) noexcept;
    ~Texts();
    std::uint32_t intern(std::string_view);  // 0 for the empty text
    std::uint32_t intern(std::string_view, std::uint64_t hash);
    std::uint32_t find(std::string_view) const;  // 0 when never seen
    std::string_view text(std::uint32_t id) const;
    std::uint64_t hash(std::uint32_t id) const;  // hash_text of the text
    const Name& name(std::uint32_t id) const;    // only in a table of names
    void prefetch(std::uint32_t id) const;       // its hash and text will be asked for soon
    // A text of this hash will be interned soon: first its slot, and when that has come, what it points to.
    void prefetch_slot(std::uint64_t hash) const;
    void prefetch_entry(std::uint64_t hash) const;
    std::size_t size() const;  // how many distinct texts
    std::size_t bytes() const;

private:
    struct Store;
    std::unique_ptr<Store> store_;
};
Name make_name(std::string_view text, std::string_view joined);

// Text fields of a packed record; dates and sex are held by value.
enum class Column : std::uint8_t {
    given,
    middle,
    family,
    postcode,
    address,
    town,
    nhs,
    upn,
    other_id,
    phone,
    email,
    other
};
inline constexpr std::size_t kColumns = 12;
// Names of all kinds are numbered together, so that one in the place of another is seen by number.
inline bool is_name(Column c) { return c == Column::given || c == Column::middle || c == Column::family; }
Column column_of(Field);  // precondition: the field is a text

struct alignas(64) Packed {
    std::array<std::uint32_t, kColumns> value{};  // numbers in the column's Texts; 0 missing
    std::uint32_t birth = 0;                      // PartialDate::packed
    std::uint32_t aliases = 0;                    // number of an alias list; 0 none
    std::uint16_t source = 0;
    char sex = 0;
    std::uint8_t flags = 0;  // kNhsValid…
    std::uint32_t spare = 0;
    std::uint32_t operator[](Column c) const { return value[static_cast<std::size_t>(c)]; }
    std::uint32_t& operator[](Column c) { return value[static_cast<std::size_t>(c)]; }
};
static_assert(sizeof(Packed) == 64);
inline constexpr std::uint8_t kNhsValid = 1, kUpnValid = 2, kPostcodeValid = 4, kErased = 8;
inline constexpr std::uint32_t kLocal = 0x8000'0000;  // a value known to the Query alone

// How many records bear a given name and a surname together.
class BothNames {
public:
    explicit BothNames(std::span<const Packed>);
    BothNames(BothNames&&) noexcept;
    BothNames& operator=(BothNames&&) noexcept;
    ~BothNames();
    void tally(const Packed&, int by);
    std::uint32_t count(std::uint32_t given, std::uint32_t family) const;
    std::size_t bytes() const;

private:
    struct Counts;
    std::unique_ptr<Counts> counts_;
};

using AliasList = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // given, family

class Disk;
class Population;

// A record that is compared with a Population without becoming part of it.
class Query {
public:
    Query(const Population&, const Normal&, std::uint16_t source = 0);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    const Packed& packed() const { return packed_; }

private:
    friend struct View;
    Packed packed_;
    std::vector<std::string> texts_;
    std::vector<Name> names_;  // parallel to texts_; set for names alone
    AliasList aliases_;
};

struct View {
    const Packed* packed = nullptr;
    const Population* population = nullptr;
    const Query* query = nullptr;
    const Name& name(std::uint32_t id) const;
    std::string_view text(Column, std::uint32_t id) const;
    const AliasList& aliases() const;
};

class Population {
public:
    // With a disk, the records may wait there; it is borrowed.
    explicit Population(Disk* disk = nullptr);
    Population(Population&&) noexcept;
    Population& operator=(Population&&) noexcept;
    ~Population();

    Packed pack(const Normal&);                                  // interns, without counting
    std::uint32_t intern_aliases(std::string_view whole_names);  // "Annie Smith; Ann Jones"; 0 when there is none
    std::uint32_t add(const Packed&);                            // counts and appends; returns the record's number
    void replace(std::uint32_t record, const Packed&);
    void erase(std::uint32_t record);  // the slot stays, marked kErased, and is taken again by add()

    Disk* disk() const { return disk_; }  // none: all is in memory
    std::pmr::memory_resource* memory() const { return records_.get_allocator().resource(); }
    std::span<const Packed> records() const { return records_; }
    // Some of them, read from the disk from front to back. Precondition: there is one.
    std::vector<Packed> copy_of(std::span<const std::uint32_t> records) const;
    std::size_t slots() const { return records_.size(); }
    std::size_t live() const { return live_; }
    const Packed& operator[](std::uint32_t record) const { return records_[record]; }
    View view(std::uint32_t record) const { return {&records_[record], this, nullptr}; }
    View view(const Query& q) const { return {&q.packed(), this, &q}; }

    Texts& names() { return names_; }
    const Texts& names() const { return names_; }
    Texts& texts(Column c);  // of a name: names()
    const Texts& texts(Column c) const;
    const AliasList& aliases(std::uint32_t number) const { return aliases_[number]; }

    // How often the value occurs among records that have one, for term frequency.
    std::uint32_t count(Column, std::uint32_t id) const;
    std::uint32_t count_birth(std::uint32_t packed_date) const;
    std::uint32_t with(Column c) const { return with_[static_cast<std::size_t>(c)]; }
    std::uint32_t with_birth() const { return with_birth_; }
    bool holds(Field) const;  // does any record say it?
    // How many records bear these names together. They are counted from the first call of count_both_names() on,
    // which takes as long as adding all records did; before it the answer is 0.
    void count_both_names();
    std::uint32_t count_both(std::uint32_t given, std::uint32_t family) const;
    // And how many would if names did not go together; as if so many more bore them.
    double both_by_chance(std::uint32_t given, std::uint32_t family, double asked = 0) const;
    std::size_t bytes() const;

    // For loaders that fill columns in parallel: takes records whose values are already interned.
    void adopt(std::pmr::vector<Packed> records);  // from memory()

private:
    void tally(const Packed&, int by);
    std::uint32_t keep_aliases(const std::vector<std::pair<std::string, std::string>>&);
    Texts names_;
    std::vector<Texts> texts_;
    std::vector<AliasList> aliases_{1};
    Disk* disk_ = nullptr;
    std::pmr::vector<Packed> records_;
    std::vector<std::uint32_t> free_;
    std::array<std::vector<std::uint32_t>, kColumns> counts_;
    std::vector<std::uint32_t> births_;  // by birth_slot
    std::optional<BothNames> both_;      // none: not counted
    std::array<std::uint32_t, kColumns> with_{};
    std::uint32_t with_birth_ = 0;
    std::size_t live_ = 0;
};

}  // namespace rowan::linkage
