#include "protect/decision.h"

#include "base/text.h"
#include "protect/choices.h"
#include "protect/problems.h"

namespace rowan::protect {

std::vector<FieldProblem> check(const Decision& d, std::string_view subject_kind, Instant received_at,
                                const partnership::Scheme& scheme) {
    Problems out;
    const bool young_person = subject_kind == kChild;
    out.need(scheme.find_decision(d.decision), "decision", "Select what happens next");
    out.need(!young_person || scheme.find_risk_level(d.risk_level), "risk_level", "Select the level of risk");
    out.need(young_person || d.risk_level.empty(), "risk_level", "A level of risk is for a young person only");
    const bool pending = d.risk_level == "pending";
    out.need(!pending || d.decide_by, "decide_by", "Enter the day by which the level of risk will be decided");
    out.need(!pending || !d.decide_by || *d.decide_by >= base::london_date(d.decided_at), "decide_by",
             "The day by which the level will be decided must be today or later");
    out.need(pending || !d.decide_by, "decide_by",
             "Only a pending level of risk has a day by which it is decided");
    out.need(base::length(base::tidy(d.words.rationale)) >= kLeastRationale, "rationale",
             "Say why you decided this");
    out.need(!base::tidy(d.words.best_interests).empty(), "best_interests",
             "Say how this serves the young person’s best interests");
    out.need(d.decided_at >= received_at, "decision", "A decision cannot be earlier than its referral");
    return out.take();
}

std::vector<std::string> what_follows(const Decision& d, const partnership::Scheme& scheme) {
    std::vector<std::string> out;
    const auto* level = scheme.find_risk_level(d.risk_level);
    if (d.risk_level == "3")
        out.push_back((level ? level->label : "Level 3") + " means a strategy discussion immediately, today.");
    if (d.decision == "strategy_s47" && d.risk_level != "3")
        out.push_back(
            "Hold the strategy discussion now. If it starts a section 47 enquiry, the initial conference is "
            "due within 15 working days of it.");
    if (d.decision == "assessment_s17")
        out.push_back(
            "The assessment is due within " +
            std::to_string(scheme.parameters_on(base::london_date(d.decided_at)).assessment_working_days) +
            " working days of the referral.");
    if (d.decision == "mase" || d.risk_level == "2") {
        const std::string called(scheme.label("mase"));
        out.push_back("Call a " + called + (called.ends_with("meeting") ? "" : " meeting") +
                      " and name a lead professional.");
    }
    if (d.risk_level == "pending" && d.decide_by)
        out.push_back("The level of risk is pending. Decide it by " + base::display(*d.decide_by) + ".");
    if (d.decision == "no_further_action" || d.decision == "advice" || d.risk_level == "none")
        out.push_back("Screen again when anything new is known. No current risk does not mean no exploitation.");
    return out;
}

std::string plain_words(std::string_view decision, const partnership::Scheme& scheme) {
    if (decision == "no_further_action")
        return "We have looked at this carefully and will not take further steps now.";
    if (decision == "advice") return "We have given advice on what may help.";
    if (decision == "early_help") return "Early help will be offered.";
    if (decision == "assessment_s17") return "A social worker will make an assessment.";
    if (decision == "strategy_s47")
        return "Agencies are meeting straight away to decide how to keep those concerned safe.";
    if (decision == "existing_worker") return "A worker who is already involved has been told and will act on it.";
    if (decision == "mase")
        return "A meeting of the agencies that can help (" + std::string(scheme.label("mase")) + ") will be held.";
    if (decision == "cmog")
        return "It will be discussed by the operational group (" + std::string(scheme.label("cmog")) + ").";
    if (decision == "out_of_area_transfer") return "It has been passed on to the area that is responsible.";
    return "A decision has been made.";
}

std::string acknowledgement(const Decision& d, std::string_view ref, std::string_view note,
                            const partnership::Scheme& scheme) {
    std::string out = "Thank you for your referral " + std::string(ref) + ". We decided on " +
                      base::display(base::london_date(d.decided_at)) + ". " + plain_words(d.decision, scheme);
    if (const auto more = base::tidy(note); !more.empty()) out += "\n\n" + more;
    return out + "\n\nIf anything new worries you, tell us again. If somebody is in danger, call 999.";
}

}  // namespace rowan::protect
