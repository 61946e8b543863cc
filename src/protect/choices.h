// Answers that are the same in every partnership: fixed codes and the words people read.
// What differs from place to place (exploitation types, reasons, risk levels, decisions) is in the scheme.
// Thread-safety: constants.
#pragma once
#include "partnership/scheme.h"

#include <span>
#include <string>
#include <string_view>

namespace rowan::protect {

struct Choice {
    std::string_view code, text, hint = "";
};

// H-121: one pathway, three subjects. Their names are labels of the scheme: subject_label().
inline constexpr std::string_view kChild = "child", kIndividual = "individual", kLocation = "location";
std::string subject_label(const partnership::Scheme&, std::string_view subject_kind);

// H-120: what a person posing risk does.
std::span<const Choice> individual_roles();
std::span<const Choice> awareness();         // child_aware, parent_aware
std::span<const Choice> csc_answers();       // H-122
std::span<const Choice> exchange_kinds();    // S-029 (a) and (b)
std::span<const Choice> contact_kinds();     // S-032
std::span<const Choice> technology_kinds();  // S-033
std::span<const Choice> methods();           // S-034
std::span<const Choice> who_kinds();         // S-036
// The CIN census list of referral sources (DOMAIN.md 2.11).
std::span<const Choice> source_codes();
inline constexpr std::string_view kAnonymousSource = "9";
// The likeliest source code of somebody of this kind of agency: prefilled, never decided.
std::string_view usual_source(partnership::AgencyType);

std::span<const Choice> presences();           // yes, no, possible, unknown
std::span<const Choice> evidence_kinds();      // fact, report, gut_feeling
std::span<const Choice> screening_outcomes();  // what followed from a reviewed screening (4.2)

const Choice* find_choice(std::span<const Choice>, std::string_view code);
// The text of a code, or the code itself when it is not on the list: history stays readable.
std::string text_of(std::span<const Choice>, std::string_view code);

}  // namespace rowan::protect
