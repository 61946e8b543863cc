#include "linkage/blocking.h"

#include <algorithm>
#include <cstring>

namespace rowan::linkage {
namespace {

std::uint64_t text_hash(const View& v, Column c) {
    const std::uint32_t id = (*v.packed)[c];
    if (id == 0) return 0;
    if ((id & kLocal) != 0) return hash_text(v.text(c, id));
    return v.population->texts(c).hash(id);
}

const Name* name_of(const View& v, Column c) {
    const std::uint32_t id = (*v.packed)[c];
    return id == 0 ? nullptr : &v.name(id);
}

std::uint64_t name_hash(const View& v, Column c) {
    const Name* n = name_of(v, c);
    return n == nullptr ? 0 : c == Column::given ? n->first_hash : n->joined_hash;
}

// Letters as they stand.
std::uint64_t given_initial(const View& v) {
    const Name* n = name_of(v, Column::given);
    return n == nullptr ? 0 : n->beginning & 255;
}
// Of the first name alone, which may be one letter.
std::uint64_t given_two(const View& v) {
    const Name* n = name_of(v, Column::given);
    std::uint64_t word = 0;
    if (n != nullptr) std::memcpy(&word, n->part[0].data(), std::min<std::size_t>(n->part[0].size(), 2));
    return word;
}

std::uint64_t family_letters(const View& v) {
    const Name* n = name_of(v, Column::family);
    return n == nullptr ? 0 : n->beginning;
}

std::uint64_t sound_hash(const View& v, Column c) {
    const std::uint32_t id = (*v.packed)[c];
    return id == 0 ? 0 : v.name(id).soundex;
}

}  // namespace

std::uint64_t part_hash(Part part, const View& v) {
    const PartialDate born = PartialDate::unpack(v.packed->birth);
    switch (part) {
        case Part::given:
            return name_hash(v, Column::given);
        case Part::given_sound:
            return sound_hash(v, Column::given);
        case Part::given_initial:
            return given_initial(v);
        case Part::given_two:
            return given_two(v);
        case Part::family:
            return name_hash(v, Column::family);
        case Part::family_sound:
            return sound_hash(v, Column::family);
        case Part::family_four:
            return family_letters(v);
        case Part::both_names: {
            const std::uint64_t g = name_hash(v, Column::given);
            const std::uint64_t f = name_hash(v, Column::family);
            return g == 0 || f == 0 ? 0 : g + f;  // the sum does not know the order
        }
        case Part::birth:
            return born.complete()
                       ? std::uint64_t{born.year} << 16 | std::uint64_t{std::min(born.month, born.day)} << 8 |
                             std::max(born.month, born.day)
                       : 0;
        case Part::exact_birth:
            return v.packed->birth;
        case Part::birth_year:
            return born.year;
        case Part::birth_month:
            return born.month == 0 || born.year == 0 ? 0 : std::uint64_t{born.year} << 8 | born.month;
        case Part::postcode:
            return text_hash(v, Column::postcode);
        case Part::outward: {
            const std::uint32_t id = (*v.packed)[Column::postcode];
            if (id == 0) return 0;
            const std::string_view code = v.text(Column::postcode, id);
            return hash_text((v.packed->flags & kPostcodeValid) != 0 ? code.substr(0, code.size() - 3) : code);
        }
        case Part::address:
            return text_hash(v, Column::address);
        case Part::town:
            return text_hash(v, Column::town);
        case Part::nhs_number:
            return text_hash(v, Column::nhs);
        case Part::upn:
            return text_hash(v, Column::upn);
        case Part::other_id:
            return text_hash(v, Column::other_id);
        case Part::phone:
            return text_hash(v, Column::phone);
        case Part::email:
            return text_hash(v, Column::email);
    }
    return 0;
}

// Among very many, a day and a sound are shared by strangers: what tells them apart then must not be what another
// rule looks at anyway, or the rules would miss the same pairs.
std::span<const Rule> default_rules() {
    static const std::vector<Rule> rules{
        {"NHS number", {Part::nhs_number}},
        {"unique pupil number", {Part::upn}},
        {"other identifier", {Part::other_id}},
        {"e-mail", {Part::email}},
        {"phone", {Part::phone}},
        {"date of birth and surname sound", {Part::birth, Part::family_sound}, Part::given_initial},
        {"date of birth and given name sound", {Part::birth, Part::given_sound}, Part::family_four},
        {"given name and surname, in either order", {Part::both_names}, Part::birth_year},
        {"postcode and given name sound", {Part::postcode, Part::given_sound}},
        {"postcode and year of birth", {Part::postcode, Part::birth_year}},
        {"date of birth and postcode district", {Part::birth, Part::outward}, Part::given_initial},
        {"address and given name sound", {Part::address, Part::given_sound}},
        {"address and surname sound", {Part::address, Part::family_sound}},
        {"address and year of birth", {Part::address, Part::birth_year}},
        {"both sounds and year of birth",
         {Part::given_sound, Part::family_sound, Part::birth_year},
         Part::outward},
        {"surname, month of birth and initial",
         {Part::family, Part::birth_month, Part::given_initial},
         Part::outward},
    };
    return rules;
}

std::span<const Field> fields_of(Part part) {
    static constexpr std::array kNames{Field::given_name, Field::family_name};
    static constexpr std::array kBirth{Field::date_of_birth}, kPostcode{Field::postcode}, kAddress{Field::address},
        kTown{Field::town}, kNhs{Field::nhs_number}, kUpn{Field::upn}, kOther{Field::other_id},
        kPhone{Field::phone}, kEmail{Field::email};
    switch (part) {
        case Part::given:
        case Part::given_sound:
        case Part::given_initial:
        case Part::given_two:
            return std::span(kNames).first(1);
        case Part::family:
        case Part::family_sound:
        case Part::family_four:
            return std::span(kNames).last(1);
        case Part::both_names:
            return kNames;
        case Part::birth:
        case Part::birth_year:
        case Part::birth_month:
        case Part::exact_birth:
            return kBirth;
        case Part::postcode:
        case Part::outward:
            return kPostcode;
        case Part::address:
            return kAddress;
        case Part::town:
            return kTown;
        case Part::nhs_number:
            return kNhs;
        case Part::upn:
            return kUpn;
        case Part::other_id:
            return kOther;
        case Part::phone:
            return kPhone;
        case Part::email:
            return kEmail;
    }
    return {};
}

std::span<const Rule> rules_of(const Model& model) {
    return model.rules.empty() ? default_rules() : std::span<const Rule>(model.rules);
}

std::uint64_t RecordKeys::key(const Rule& rule) {
    static_assert(std::tuple_size_v<decltype(part_)> <= 32);
    std::uint64_t key = 0x2545F4914F6CDD1DULL;
    for (Part part : rule.parts) {
        const auto at = static_cast<std::size_t>(part);
        if ((known_ >> at & 1) == 0) part_[at] = part_hash(part, view_), known_ |= 1U << at;
        const std::uint64_t h = part_[at];
        if (h == 0) return 0;
        key = (key ^ h) * 0x9E3779B97F4A7C15ULL;
        key ^= key >> 29;
        key = key * 0xBF58476D1CE4E5B9ULL;
        key ^= key >> 32;
    }
    return key | 1;
}

std::uint64_t block_key(const Rule& rule, const View& v) { return RecordKeys(v).key(rule); }

}  // namespace rowan::linkage
