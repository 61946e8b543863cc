// The screening page's fields and what they amount to. Pure.
//
// For an item V01: "V01" is the answer, "V01-when" the windows, "V01-evidence" and "V01-note". An item with one
// window does not ask when. Thread-safety: pure functions.
#pragma once
#include "protect/draft.h"
#include "protect/screening.h"

#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect {

// Names of all fields of the page with the items, and of the page with the result.
std::vector<std::string> item_fields(const Tool&);
inline constexpr std::string_view kJudgementFields[] = {"professional_outcome", "override_reason", "mash_referral",
                                                        "action"};

// Answers and judgement put into a record; who, when and for whom come from the desk.
Screening screening_from(const Answers&, const Tool&);
// The other way round, for a new version of a completed screening.
Answers answers_from(const Screening&);

// Everything wrong with the items; with `judgement` the professional's part too.
std::vector<FieldProblem> problems_of(const Answers&, const Screening&, const Tool&, const partnership::Scheme&,
                                      bool judgement);

}  // namespace rowan::protect
