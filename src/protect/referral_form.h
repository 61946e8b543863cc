// The referral form: which questions, in which order, and what the answers so far amount to. Pure: the pages
// (referral_form_pages.cpp) show it, the desk sends it.
//
// One question or one group a page; a page is never in the way: each can be left, and everything is checked again
// before the referral goes. Thread-safety: pure functions.
#pragma once
#include "protect/draft.h"
#include "protect/referral.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect {

enum class FormStep { about, search, details, place, why, known, worry, aware, danger, social_care, you, check };

std::string_view path_of(FormStep);  // "social-care"
std::optional<FormStep> step_named(std::string_view path);
// The names of the fields that a step asks for.
const std::vector<std::string_view>& fields_of(FormStep);

// The steps for these answers, in order, `check` last: a place is not searched for, a known person is not
// described.
std::vector<FormStep> steps_for(const Answers&);
// The step after this one; for `check`, itself. Before the first: nothing.
FormStep next_step(FormStep, const Answers&);
std::optional<FormStep> previous_step(FormStep, const Answers&);

inline constexpr std::string_view kNobodyChosen = "none";  // field "person": none of those found

struct Filled {
    Referral referral;                   // as far as it goes; without id, ref, referrer_user
    people::Identity identity;           // of a new person
    std::string chosen_person;           // an existing one; empty when new, or a location
    std::vector<FieldProblem> problems;  // all, in the order of the form
};
// What the answers amount to today. `received_at` for the age snapshot and the definition shown.
Filled fill(const Answers&, const partnership::Scheme&, Instant received_at);

// The problems that belong to one step; the first step that has any.
std::vector<FieldProblem> problems_of(FormStep, const Filled&);
std::optional<FormStep> first_with_problems(const Answers&, const Filled&);

// What the form knows of the referrer before they type.
void prefill_referrer(Answers&, std::string_view name, std::string_view post, partnership::AgencyType);

}  // namespace rowan::protect
