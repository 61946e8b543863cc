// What is asked when somebody is reported missing, and again when the report is corrected. For the .cpp files of
// this folder only.
#pragma once
#include "protect/missing/pages.h"

namespace rowan::protect::missing::pages {

// Those that the scheme names, to choose from.
template <class Named>
std::vector<html::SelectItem> items_of(const std::vector<Named>& all) {
    std::vector<html::SelectItem> out;
    for (const auto& each : all) out.push_back({.value = each.code, .text = each.name});
    return out;
}
// A choice among them, or none of them (`other`). Nothing when the scheme names none.
Html one_of_the_scheme(const http::Fields& form, const std::string& name, const std::string& text,
                       const std::vector<html::SelectItem>& all, const std::string& other, const Problems&,
                       const std::string& before);
// `first`: at the report itself; then the day is today and no time is given.
Html facts_fields(const partnership::Scheme&, const http::Fields& form, const Problems&, const Episode&,
                  bool first, Instant now);
// What helps to find them.
Html more_fields(const http::Fields& form, const Problems&, const Episode&);
// Takes what was typed in both.
void take_facts(const http::Fields& form, Episode&);
// Complains of a day or a time that cannot be read, and of nothing else in that field.
void check_time(const http::Fields& form, const std::string& prefix, Problems&);

}  // namespace rowan::protect::missing::pages
