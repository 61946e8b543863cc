#include "insight/missing_gaps.h"

namespace rowan::insight {

namespace {

using partnership::Scheme;

struct Rule {
    std::string_view code, text, mend;
    bool (*asked)(const Scheme&, const MissingLine&);  // whether it could have the gap
    bool (*open)(const Scheme&, const MissingLine&);
};

bool always(const Scheme&, const MissingLine&) { return true; }
bool is_blank(const Scheme& scheme, std::string_view code) {
    const auto* area = scheme.find_area(code);
    return !area || area->kind == partnership::AreaKind::blank;
}

constexpr Rule kRules[] = {
    {"home-postcode", "No home postcode, or one that cannot be read",
     "Correct the report: enter the home postcode", always,
     [](const Scheme& s, const MissingLine& l) { return is_blank(s, l.home); }},
    {"placement-postcode", "Looked after, and no postcode of the placement",
     "Correct the report: choose the home, or enter its postcode",
     [](const Scheme&, const MissingLine& l) { return l.looked_after; },
     [](const Scheme& s, const MissingLine& l) { return is_blank(s, l.placement); }},
    {"age", "Age not known", "Enter a date of birth on the young person’s record", always,
     [](const Scheme&, const MissingLine& l) { return !l.age; }},
    {"risk", "Risk never graded", "Grade the risk", always,
     [](const Scheme&, const MissingLine& l) { return l.risk.empty(); }},
    {"returned", "Confirmed safe, and no time of the return",
     "Record their return: the 72 hours for the interview count from it",
     [](const Scheme&, const MissingLine& l) { return l.confirmed.has_value(); },
     [](const Scheme&, const MissingLine& l) { return !l.returned; }},
    {"confirmed", "Back, and not confirmed by the police",
     "Ask the police to confirm: the 72 hours for the offer count from it",
     [](const Scheme&, const MissingLine& l) { return l.returned.has_value(); },
     [](const Scheme&, const MissingLine& l) { return !l.confirmed; }},
    {"harm", "Back, and nobody has said whether they were harmed",
     "Open the episode, They have been found: answer it",
     [](const Scheme&, const MissingLine& l) { return l.back().has_value(); },
     [](const Scheme&, const MissingLine& l) { return l.harm.empty() || l.harm == "not_known"; }},
    {"check", "Back, and no safe and well check", "Record the check",
     [](const Scheme&, const MissingLine& l) { return l.back().has_value(); },
     [](const Scheme&, const MissingLine& l) { return !l.checked; }},
    {"offer", "Back, and no return interview offered", "Offer one, or record why none is offered",
     [](const Scheme&, const MissingLine& l) { return l.back().has_value(); },
     [](const Scheme&, const MissingLine& l) { return !l.offered; }},
    {"answer", "Offered, and no answer", "Record the answer, or another attempt",
     [](const Scheme&, const MissingLine& l) { return l.offered.has_value(); },
     [](const Scheme&, const MissingLine& l) { return !l.accepted && !l.declined && !l.no_response; }},
    {"parents", "Declined, and the parents or carers not asked", "Ask the parents or carers",
     [](const Scheme&, const MissingLine& l) { return l.declined || l.no_response; },
     [](const Scheme&, const MissingLine& l) { return !l.parents_asked; }},
};

}  // namespace

std::vector<MissingGap> missing_gaps(database::Session& s, const Scheme& scheme, const Period& period,
                                     const Without& without) {
    std::vector<MissingGap> out;
    for (const auto& rule : kRules) out.push_back({rule.code, rule.text, rule.mend, 0, 0});
    each_missing_line(s, Reading::gaps, period, without, [&](const MissingLine& l) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (!kRules[i].asked(scheme, l)) continue;
            ++out[i].of;
            out[i].episodes += kRules[i].open(scheme, l);
        }
    });
    return out;
}

bool has_gap(const Scheme& scheme, const MissingLine& line, std::string_view code) {
    for (const auto& rule : kRules)
        if (rule.code == code) return rule.asked(scheme, line) && rule.open(scheme, line);
    return false;
}

}  // namespace rowan::insight
