// What the pages of this room share. For this room's .cpp files only.
#pragma once
#include "html/casework.h"
#include "partnership/front.h"
#include "protect/choices.h"
#include "protect/protect_desk.h"
#include "protect/words.h"

#include <span>
#include <string>
#include <vector>

namespace rowan::protect::pages {

using html::cls, html::el, html::Html, html::join, html::when;
using partnership::PageBody, partnership::Routes, partnership::Visit;

using Problems = std::vector<FieldProblem>;

// The message for a field, or an empty string.
std::string error_of(const Problems&, std::string_view field);
// The summary above the page, each line linked to its field; nothing without problems.
Html error_summary_of(const Problems&);
std::string why_sentence(std::string_view sentence);

std::vector<html::RadiosItem> radio_items(std::span<const Choice>);
std::vector<html::CheckboxesItem> checkbox_items(std::span<const Choice>);
std::vector<html::CheckboxesItem> checkbox_items(const std::vector<partnership::Code>&, Date today);
html::Fieldset legend(std::string text, std::string_view size = "m");
Html hidden(std::string_view name, std::string_view value);
// "a, b, c" of the texts of codes.
// One under the other; what was not said leaves no gap.
std::string lines(std::vector<std::string> parts);
std::string texts_of(std::span<const Choice>, const std::vector<std::string>& codes);
std::string texts_of(const partnership::Scheme&, std::string_view list, const std::vector<std::string>& codes);
std::string area_name(const partnership::Scheme&, const std::string& code);
std::string level_label(const partnership::Scheme&, const std::string& code);
std::string decision_label(const partnership::Scheme&, const std::string& code);

// "Young person": the subject's name where it begins a line.
std::string subject_title(const partnership::Scheme&, std::string_view subject_kind);

// Gentle prompts about the words of a text; nothing when there are none.
Html gentle_prompts(std::string_view text);
// The clock of a referral as a tag with words.
Html clock_of(const ListedReferral&, Instant now);
Html clock_words(State, const DecisionClock&, Instant now);
// "If somebody is in danger now, call 999."
Html danger_notice();
// H-117: the procedures are read in every case, so they are one press away.
Html procedures_notice(const partnership::Scheme&);

http::Response shown(Visit&, std::string title, Html body, std::string back = "", bool error = false,
                     bool wide = false);
// The number that a hidden field carries; 0 when it is none.
std::int64_t number_field(const Visit&, std::string_view name);
Html versions_table(const std::vector<store::Version>&);

void add_form_routes(Routes&, const ProtectDesk&);
void add_referral_routes(Routes&, const ProtectDesk&);
void add_decision_routes(Routes&, const ProtectDesk&);
void add_screening_routes(Routes&, const ProtectDesk&);

}  // namespace rowan::protect::pages
