#include "protect/screening.h"

#include "base/text.h"
#include "protect/choices.h"
#include "protect/problems.h"

#include <algorithm>
#include <map>
#include <set>

namespace rowan::protect {

namespace {

// All that was said about one item, whatever the order in which it was said.
struct Said {
    bool yes = false, possible = false, no = false;
    std::set<std::string> windows;  // of "yes"
    std::set<std::string> evidence;
};

std::map<std::string, Said> gather(const std::vector<ItemAnswer>& answers) {
    std::map<std::string, Said> out;
    for (const auto& answer : answers) {
        auto& said = out[answer.item];
        if (answer.present == "yes") {
            said.yes = true;
            said.windows.insert(answer.windows.begin(), answer.windows.end());
        }
        said.possible |= answer.present == "possible";
        said.no |= answer.present == "no";
        if (answer.present == "yes" || answer.present == "possible") said.evidence.insert(answer.evidence);
    }
    return out;
}

void count_evidence(const Said& said, Scored& out) {
    out.facts += said.evidence.contains("fact");
    out.reports += said.evidence.contains("report");
    out.gut_feelings += said.evidence.contains("gut_feeling");
}

ScoreLine line_for(const partnership::ToolItem& item, const Said& said) {
    ScoreLine line{item.code, item.text, 0, {}};
    for (const auto& window : item.windows) {
        const auto name = std::string(name_of(window.window));
        if (!said.windows.contains(name)) continue;
        line.points += window.weight;
        line.windows.push_back(name);
    }
    return line;
}

const partnership::ToolBand* band_for(const Tool& tool, int total) {
    return tool.bands.empty() ? nullptr : &tool.band_of(total);
}

}  // namespace

base::Result<ScreeningState> after(ScreeningState state, ScreeningEvent event) {
    using S = ScreeningState;
    using E = ScreeningEvent;
    if (state == S::draft && event == E::complete) return S::completed;
    if (state != S::draft && event == E::amend) return S::completed;
    if (state == S::completed && event == E::review) return S::reviewed;
    if (state == S::draft) return base::conflict("This screening is still a draft. Complete it first.");
    if (event == E::complete)
        return base::conflict("This screening is complete and locked. Make a new version to change it.");
    return base::conflict("This screening has been reviewed already.");
}

Scored score(const Tool& tool, const std::vector<ItemAnswer>& answers) {
    Scored out;
    const auto said = gather(answers);
    for (const auto& item : tool.items) {
        const auto found = said.find(item.code);
        const Said nothing;
        const auto& about = found == said.end() ? nothing : found->second;
        count_evidence(about, out);
        if (about.yes) {
            auto line = line_for(item, about);
            if (line.points == 0) continue;
            out.total += line.points;
            if (about.evidence == std::set<std::string>{"gut_feeling"}) out.points_from_gut_feeling += line.points;
            out.lines.push_back(std::move(line));
        } else if (about.possible) {
            ++out.possible;
        } else if (!about.no) {
            ++out.unknown;
        }
    }
    if (const auto* band = band_for(tool, out.total)) {
        out.band = band->code;
        out.band_label = band->label;
        out.advice = band->advice;
        out.suggested_level = band->level;
    }
    return out;
}

const Tool* tool_for(const partnership::Scheme& scheme, std::optional<int> age, Date on) {
    if (!age || *age < 0) return nullptr;
    if (const auto* tool = scheme.tool_for(*age, on)) return tool;
    // A screening from before the first tool came into force is entered with that first one.
    const Tool* first = nullptr;
    for (const auto& tool : scheme.tools)
        if (tool.for_age(*age) && tool.valid_from > on && (!first || tool.valid_from < first->valid_from))
            first = &tool;
    return first;
}

std::string what_the_sum_says(const Tool& tool, const Scored& scored) {
    std::string out = "The answers add up to " + std::to_string(scored.total) + " of at most " +
                      std::to_string(tool.highest_score()) + ".";
    if (!scored.band_label.empty()) out += " This tool calls that “" + scored.band_label + "”.";
    out +=
        " The sum does not say whether the young person is being exploited, and a low sum is not a sign of "
        "safety.";
    if (scored.possible + scored.unknown > 0)
        out += " " + std::to_string(scored.possible) + " possible and " + std::to_string(scored.unknown) +
               " not known are not in the sum.";
    if (scored.points_from_gut_feeling > 0)
        out +=
            " " + std::to_string(scored.points_from_gut_feeling) + " of the points rest on a gut feeling alone.";
    return out + " Your judgement decides.";
}

namespace {

void check_answer(const ItemAnswer& answer, const Tool& tool, Problems& out) {
    const auto* item = tool.find_item(answer.item);
    if (!item) return out.need(false, answer.item, "This tool has no item “" + answer.item + "”");
    const auto about = "“" + item->text + "”: ";
    out.need(find_choice(presences(), answer.present), answer.item,
             about + "select yes, no, possible or not known");
    out.need(answer.present != "possible" || item->allow_possible, answer.item,
             about + "“possible” is not an answer here. Select yes, no or not known");
    out.need(std::all_of(answer.windows.begin(), answer.windows.end(),
                         [&](const std::string& name) {
                             return std::any_of(item->windows.begin(), item->windows.end(),
                                                [&](const auto& w) { return name_of(w.window) == name; });
                         }),
             answer.item + "-when", about + "select when from the list");
    out.need(answer.present != "yes" || !answer.windows.empty(), answer.item + "-when", about + "select when");
    const bool evidence = answer.evidence.empty() ? answer.present != "yes"
                                                  : find_choice(evidence_kinds(), answer.evidence) != nullptr;
    out.need(evidence, answer.item + "-evidence",
             about + "select whether it is a fact, a report or a gut feeling");
    out.need(base::length(answer.note) <= kLongestNote, answer.item + "-note",
             about + "shorten the note to 2,000 characters");
}

void check_judgement(const Screening& s, const Tool& tool, const partnership::Scheme& scheme, Problems& out) {
    out.need(scheme.find_risk_level(s.professional_outcome), "professional_outcome",
             "Select what you judge the level of risk to be");
    const auto suggested = score(tool, s.words.answers).suggested_level;
    const bool differs = !suggested.empty() && suggested != s.professional_outcome;
    out.need(!differs || !base::tidy(s.words.override_reason).empty(), "override_reason",
             "Say why your judgement differs from what the tool suggests");
}

}  // namespace

std::vector<FieldProblem> check(const Screening& s, const Tool& tool, const partnership::Scheme& scheme,
                                bool judgement) {
    Problems out;
    out.need(s.age_at && tool.for_age(*s.age_at), "age", "This tool is not for a young person of this age");
    std::set<std::string> seen;
    for (const auto& answer : s.words.answers) {
        out.need(seen.insert(answer.item).second, answer.item, "An item can be answered once");
        check_answer(answer, tool, out);
    }
    for (const auto& code : s.words.protective)
        out.need(std::any_of(tool.protective_factors.begin(), tool.protective_factors.end(),
                             [&](const auto& factor) { return factor.code == code; }),
                 "protective", "Select protective factors from the list");
    if (judgement) check_judgement(s, tool, scheme, out);
    return out.take();
}

void settle(Screening& s, const Tool& tool) {
    for (const auto& item : tool.items) {
        const bool answered = std::any_of(s.words.answers.begin(), s.words.answers.end(),
                                          [&](const ItemAnswer& a) { return a.item == item.code; });
        if (!answered) s.words.answers.push_back({.item = item.code});
    }
    const auto scored = score(tool, s.words.answers);
    s.tool = tool.code;
    s.tool_version = base::to_iso(tool.valid_from);
    s.score = scored.total;
    s.tool_outcome = scored.band;
}

}  // namespace rowan::protect
