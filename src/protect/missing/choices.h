// Answers about missing episodes and return interviews that are the same in every partnership.
// Sources: DOMAIN.md 2.2 (definitions, push and pull factors, harm), H-065 (themes). Thread-safety: constants.
#pragma once
#include "protect/choices.h"

namespace rowan::protect::missing {

inline constexpr std::string_view kHome = "home", kCare = "care", kEducation = "education";
std::span<const Choice> contexts();
inline constexpr std::string_view kMissing = "missing", kAway = "away", kAbsent = "absent";
std::span<const Choice> kinds();
std::span<const Choice> risks();  // no_apparent, low, medium, high
std::span<const Choice> harm_answers();
std::span<const Choice> mention_kinds();   // name, vehicle, place: for intelligence
std::span<const Choice> handling_codes();  // P, C: DOMAIN.md 2.5

std::span<const Choice> offer_methods();
std::span<const Choice> offer_results();   // what the child answered
std::span<const Choice> parent_results();  // what the parent or carer answered
std::span<const Choice> interview_places();
std::span<const Choice> push_factors();
std::span<const Choice> pull_factors();
std::span<const Choice> harms();
// H-065: what the children are saying.
std::span<const Choice> themes();

}  // namespace rowan::protect::missing
