// What the pages of this folder share. For its .cpp files only.
#pragma once
#include "protect/missing/choices.h"
#include "protect/missing/missing_pages.h"
#include "protect/pages.h"

namespace rowan::protect::missing::pages {

using html::Html, html::join, html::when, html::el, html::cls;
using partnership::Routes, partnership::Visit;
using protect::pages::error_of, protect::pages::hidden, protect::pages::legend, protect::pages::number_field,
    protect::pages::radio_items, protect::pages::checkbox_items, protect::pages::texts_of;
using Problems = std::vector<FieldProblem>;

http::Response shown(Visit&, std::string title, Html body, std::string back = "", bool error = false,
                     bool wide = false);
http::Response refused_page(Visit&, std::string_view kind);
// The summary above a form; times link to their day. What the form does not ask is told without a link.
Html error_summary_of(const Problems&, const Html& form);
// A day and a time of day: what was typed before, else `prefill` (with_time: its time too).
Html time_fields(const http::Fields& typed, const std::string& prefix, const std::string& text, const Problems&,
                 std::optional<Instant> prefill, bool with_time, std::string hint = {});
Html text_field(const http::Fields& typed, const std::string& name, const std::string& text, const Problems&,
                const std::string& before = {}, std::string hint = {}, std::string classes = {});
Html words_field(const http::Fields& typed, const std::string& name, const std::string& text, const Problems&,
                 const std::string& before = {}, std::string hint = {}, int rows = 3);
Html choose_one(const http::Fields& typed, const std::string& name, const std::string& text,
                std::span<const Choice>, const Problems&, const std::string& before = {}, std::string hint = {});
// The typed value of a field, or what it was before.
std::string value_of(const http::Fields& typed, const std::string& name, const std::string& before);
// Names, vehicles and places that came up, and how they may be handled; what came up, as it is read later.
Html mention_fields(const http::Fields& typed, const Problems&);
Html mention_list(const std::vector<Mention>&);
Html handling_of(const Mention&);
std::string once_key(const Visit&, const std::string& what);
Html clock_tag(const ReturnClock&, Instant now);
// To whom a clock that runs out is escalated; nothing while there is time.
Html escalation(const Visit&, const InterviewState&);
Html risk_tag(const std::string& risk);
Html stage_tag(Stage);

std::string href_of(const Episode&, std::string_view after = "");
std::string age_words(const Episode&);  // ", 15" after a name; "" when it is not known
// Who may say that they deal with an episode: the police, the front door, and the agency that leads.
bool may_take(const Viewer&, const Episode&);

void add_holding_routes(Routes&, const MissingDesk&);
void add_interview_routes(Routes&, const MissingDesk&);
void add_board_routes(Routes&, const MissingDesk&, std::shared_ptr<http::Feed> news);
void add_report_routes(Routes&, const MissingDesk&);
void add_pattern_routes(Routes&, const MissingDesk&);
void add_episode_routes(Routes&, const MissingDesk&);

}  // namespace rowan::protect::missing::pages
