#include "protect/missing/report_fields.h"

#include "base/text.h"

namespace rowan::protect::missing::pages {

namespace {

// Where the postcode file does not have it, it can be said to be right: a new house must not hinder a report.
Html postcode_field(const http::Fields& form, const std::string& name, const std::string& label,
                    const Problems& problems, const Episode& e, const std::string& before,
                    const std::string& hint = "") {
    const auto typed = form.has(name) ? form.get(name) : before;
    const auto postcode = base::parse_postcode(typed);
    const auto& right = postcode.text;
    // Of a postcode that can be read nothing else is complained of.
    const bool unknown = postcode.status == base::PostcodeStatus::valid && !error_of(problems, name).empty();
    html::Checkboxes sure{.name = name + "_right",
                          .items = {{.value = right, .text = right + " is right"}},
                          .classes = "govuk-checkboxes--small"};
    if (said_right(e.words, typed) || form.get(name + "_right") == right) sure.values = {right};
    return join(text_field(form, name, label, problems, before, hint, "govuk-input--width-10"),
                when(unknown || !sure.values.empty(), [&] { return html::checkboxes(sure); }));
}

}  // namespace

Html one_of_the_scheme(const http::Fields& form, const std::string& name, const std::string& text,
                       const std::vector<html::SelectItem>& all, const std::string& other,
                       const Problems& problems, const std::string& before) {
    if (all.empty()) return {};
    html::Select select{.name = name,
                        .label = {.text = text, .classes = "govuk-label--s"},
                        .error_message = {.text = error_of(problems, name)},
                        .items = {{.value = "", .text = other}},
                        .value = value_of(form, name, before)};
    select.items.insert(select.items.end(), all.begin(), all.end());
    return html::select(select);
}

Html facts_fields(const partnership::Scheme& scheme, const http::Fields& form, const Problems& problems,
                  const Episode& e, bool first, Instant now) {
    const Html placement =
        join(one_of_the_scheme(form, "placement_home", "Which children’s home?", items_of(scheme.homes),
                               "Another home, or a carer", problems, e.placement_home),
             text_field(form, "placement", "Another home or carer", problems, e.words.placement),
             postcode_field(form, "placement_postcode", "Postcode of the placement", problems, e,
                            e.words.placement_postcode),
             text_field(form, "responsible_la", "Responsible authority, if it is not this one", problems,
                        first ? "" : e.responsible_la, "Three digits", "govuk-input--width-3"));
    html::Checkboxes care{.name = "looked_after",
                          .items = {{.value = "yes", .text = "They are looked after", .conditional = placement}},
                          .classes = "govuk-checkboxes--small"};
    if (form.get("looked_after") == "yes" || (!form.has("context") && e.looked_after)) care.values = {"yes"};
    return join(
        choose_one(form, "context", "Missing from where?", contexts(), problems, e.context),
        html::checkboxes(care),
        choose_one(form, "kind", "What is it?", kinds(), problems, first ? "missing" : e.kind),
        time_fields(form, "missing_from", "When were they last seen?", problems, first ? now : e.missing_from,
                    !first, "When they left, or when a responsible adult last saw them: whichever is later"),
        words_field(form, "last_seen", "Where were they last seen, and with whom?", problems, e.words.last_seen,
                    "", 2));
}

void take_facts(const http::Fields& form, Episode& e) {
    const auto line = [&](const char* name) { return base::tidy_line(form.get(name)); };
    e.context = form.get("context");
    e.kind = form.get("kind");
    e.looked_after = form.get("looked_after") == "yes" || e.context == kCare;
    e.placement_home = e.looked_after ? line("placement_home") : "";
    e.words.placement = e.looked_after ? line("placement") : "";
    e.words.placement_postcode = e.looked_after ? line("placement_postcode") : "";
    e.responsible_la = line("responsible_la");
    e.words.last_seen = base::tidy(form.get("last_seen"));
    e.words.wearing = base::tidy(form.get("wearing"));
    e.words.circumstances = base::tidy(form.get("circumstances"));
    e.words.police_ref = line("police_ref");
    e.words.home_postcode = line("home_postcode");
    e.words.right_postcodes.clear();
    for (const char* field : {"home_postcode_right", "placement_postcode_right"})
        if (auto right = line(field); !right.empty()) e.words.right_postcodes.push_back(std::move(right));
    e.missing_from = typed_instant(form, "missing_from").value_or(Instant{});
}

Html more_fields(const http::Fields& form, const Problems& problems, const Episode& e) {
    return join(words_field(form, "wearing", "What do they wear and carry?", problems, e.words.wearing, "", 2),
                words_field(form, "circumstances", "What happened before, and what worries you?", problems,
                            e.words.circumstances, "", 3),
                text_field(form, "police_ref", "Police reference", problems, e.words.police_ref, "",
                           "govuk-input--width-10"),
                postcode_field(form, "home_postcode", "Home postcode", problems, e, e.words.home_postcode,
                               "Leave it empty to use what Rowan knows"));
}

void check_time(const http::Fields& form, const std::string& prefix, Problems& problems) {
    if (typed_instant(form, prefix)) return;
    std::erase_if(problems, [&](const auto& p) { return p.field == prefix; });
    problems.insert(problems.begin(), {prefix, "Enter the day and the time, such as 26 3 2018 and 21:30"});
}

}  // namespace rowan::protect::missing::pages
