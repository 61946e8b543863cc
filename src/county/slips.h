// Slips of the pen: what goes wrong between a child and the record that an office makes.
// Thread-safety: pure functions but for the Random they are given.
#pragma once
#include "county/names.h"

#include <optional>
#include <string>

namespace rowan::county {

// One slip in a word: neighbouring key, letters exchanged, dropped, doubled, or sounding alike.
std::string mistyped(Random&, std::string);
std::string misread(Random&, std::string);            // as a scanner reads it: rn for m, 0 for O …
std::string misdialled(Random&, std::string digits);  // one digit wrong

// How carefully an office writes; 1 is usual, less is better.
struct Office {
    AgencyKind kind;
    double carelessness;
};
Office office_of(AgencyKind);

std::string office_given(Random&, const Office&, const Name&, const std::string& known_as);
std::string office_word(Random&, const Office&, std::string);  // a name with the slips of typing and reading
std::optional<Date> office_date(Random&, const Office&, Date, Date as_of);
// `blank`: the share that is empty, ZZ99 9ZZ or unreadable.
std::string office_postcode(Random&, const Office&, const std::string& now, const std::string& before,
                            double blank);

}  // namespace rowan::county
