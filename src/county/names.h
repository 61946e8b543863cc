// Names of the communities of an English county, and how each community's names are built and written down.
//
// Given names are common ones; British surnames are mostly put together from parts of place names, so that a
// million children have tens of thousands of them. No name is anybody's. Thread-safety: constants and pure
// functions.
#pragma once
#include "county/county.h"
#include "county/random.h"

#include <string>
#include <string_view>
#include <vector>

namespace rowan::county {

enum class Style {
    british,
    irish,
    traveller,
    polish,
    romanian,
    portuguese,
    south_asian_muslim,
    indian,
    sikh,
    somali,
    arabic,
    nigerian,
    caribbean,
    chinese
};

struct Community {
    std::string_view code, ethnicity;
    double weight;
    Style style;
    std::vector<std::string_view> boys, girls, families;
};
const std::vector<Community>& communities();

// What a household's children have in common.
struct Lineage {
    const Community* community = nullptr;
    std::string father_given, father_family, mother_family;
};
Lineage make_lineage(Random&);

struct Name {
    std::string given, middle, family;
};
// `used`: given names of elder siblings, which are not given again. `alike`: the twin's, to sound like (may be
// empty).
Name make_name(Random&, const Lineage&, Sex, const std::vector<std::string>& used, std::string_view alike);
std::string make_surname(Random&, const Community&);

// Empty when there is none: "William" -> Will, Bill, Billy, Liam.
const std::vector<std::string_view>& nicknames_of(std::string_view given);
// Other spellings of the same name: "Muhammad" -> Mohammed, Mohammad, Mohamed …
const std::vector<std::string_view>& spellings_of(std::string_view given);
// Another way in which an office writes a name of this style: order, particles, half of a double name, no accents.
void rewrite_for_office(Random&, Style, Name&, const Lineage&);
std::string without_accents(std::string_view);

}  // namespace rowan::county
