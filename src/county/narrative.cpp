#include "county/narrative.h"

#include <vector>

namespace rowan::county {
namespace {

using Lines = std::vector<std::string_view>;

// {N} the name, {s} she/he, {S} She/He, {o} her/him, {p} her/his. Without a known sex the name stands for each.
std::string filled(std::string_view line, std::string_view name, Sex sex) {
    const bool named = sex == Sex::unknown, girl = sex == Sex::female;
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '{' || i + 2 >= line.size()) {
            out += line[i];
            continue;
        }
        switch (line[i + 1]) {
            case 's':
                out += named ? name : girl ? "she" : "he";
                break;
            case 'S':
                out += named ? name : girl ? "She" : "He";
                break;
            case 'o':
                out += named ? name : girl ? "her" : "him";
                break;
            case 'p':
                out += named ? std::string(name) + "'s" : girl ? "her" : "his";
                break;
            default:
                out += name;
                break;
        }
        i += 2;
    }
    return out;
}

const Lines& opening(AgencyKind kind) {
    static const Lines kPolice = {"Officers spoke with {N} on patrol and again at home.",
                                  "{N} was with a group near the station late in the evening when officers "
                                  "stopped to check that all were safe.",
                                  "A neighbour rang because {N} was outside on {p} own after midnight."};
    static const Lines kSocial = {"{N}'s social worker visited this week.",
                                  "A family support worker has known {N} since the spring.",
                                  "During a visit about another matter the worker spent time alone with {N}."};
    static const Lines kHealth = {"{N} came to the clinic and agreed to talk to the nurse alone.",
                                  "The school nurse saw {N} at the drop-in.",
                                  "{N} attended the emergency department with a cousin."};
    static const Lines kSchool = {"{N}'s form tutor has noticed a change over this half term.",
                                  "The designated safeguarding lead met {N} today.",
                                  "A teaching assistant whom {N} trusts passed on a worry."};
    static const Lines kHousing = {"The tenancy officer visited the home about repairs.",
                                   "Staff of the hostel have been worried about {N} for two weeks."};
    static const Lines kCharity = {"{N} has come to the youth club since the summer.",
                                   "The outreach worker met {N} twice this month.",
                                   "{N} talked to the project worker after the group."};
    switch (kind) {
        case AgencyKind::police:
            return kPolice;
        case AgencyKind::la_children:
            return kSocial;
        case AgencyKind::health:
            return kHealth;
        case AgencyKind::education:
            return kSchool;
        case AgencyKind::housing:
            return kHousing;
        case AgencyKind::voluntary:
            return kCharity;
    }
    return kSchool;
}

const Lines& seen(int severity, bool under_12) {
    static const Lines kYoung = {"{S} knows words and games that worried the adult who heard them.",
                                 "Someone met in an online game asks {o} for pictures.",
                                 "An older boy gives {o} sweets and money for carrying small bags.",
                                 "{S} has a second phone and hides it.",
                                 "{S} was tearful and did not want to go home by the usual way."};
    static const Lines kSmall = {"{S} is tired, has stopped coming to football and spends much time online.",
                                 "There are new friends whom nobody at home has met.",
                                 "{S} has been late and has missed three mornings.",
                                 "{S} asked what to do when someone keeps sending messages."};
    static const Lines kSome = {
        "{S} has new trainers and phone credit and cannot say who paid for them.",
        "An adult whom {s} met online wants to meet {o}.",
        "{S} has been seen getting into two different cars near the shops.",
        "{S} has stopped seeing friends of {p} own age.",
        "{S} says that a man of about twenty-five is {p} partner and gets angry when {s} talks to others."};
    static const Lines kGrave = {
        "{S} says that {s} owes money and has been told to carry packages to another town.",
        "{S} has been hurt and is afraid of the people {s} was with.",
        "Pictures of {o} have been shared and someone threatens to send them to {p} school.",
        "{S} was given alcohol at a flat where several adults were.",
        "{S} was found in another county with an adult who is not family."};
    if (under_12) return kYoung;
    return severity >= 3 ? kGrave : severity >= 1 ? kSome : kSmall;
}

const Lines kMissing = {"{S} was away from home for a night and did not say where.",
                        "{S} has been missing three times this month, the last time for two days.",
                        "The carers reported {o} missing and {s} came back on {p} own in the morning."};
const Lines kVoice = {
    "{N} said: \"I just want it to stop.\"",
    "{N} said that {s} is fine and that we are fussing; {s} did not want to be asked more today.",
    "{N} said that talking helps, and would like to see the same worker again.",
    "{N} asked us not to tell {p} mother yet; we explained what we must share and why.",
    "{N} is worried about {p} little brother.",
    "{N} would like help with sleep and with getting back to lessons."};
const Lines kStrength = {"Home is warm and {p} mother noticed first.", "{S} likes art and trusts {p} tutor.",
                         "A grandmother is a steady person in {p} life.", "{S} keeps coming to see us.",
                         "The family wants help and has asked for advice."};

std::string sentence(Random& r, const Lines& lines, std::string_view name, Sex sex) {
    return filled(lines[r.below(lines.size())], name, sex);
}

}  // namespace

std::string narrative(Random& r, AgencyKind kind, std::string_view name, Sex sex, int severity, bool missing,
                      bool under_12) {
    const std::string_view who = name.empty() ? "The young person" : name;
    std::string out = sentence(r, opening(kind), who, sex) + " " + sentence(r, seen(severity, under_12), who, sex);
    if (missing) out += " " + sentence(r, kMissing, who, sex);
    out += " " + sentence(r, kVoice, who, sex);
    if (r.chance(0.6)) out += " " + sentence(r, kStrength, who, sex);
    return out;
}

std::string rationale(Random& r, std::string_view decision) {
    if (decision == "strategy_s47")
        return "There is reasonable cause to suspect significant harm. Strategy discussion with police and health "
               "today.";
    if (decision == "assessment_s17")
        return "The worries are several and growing. A social worker will assess and see the child alone.";
    if (decision == "mase")
        return "Several agencies hold part of the picture; a multi-agency meeting will agree one plan.";
    if (decision == "cmog")
        return "The pattern reaches beyond one family. The places and people need joint work in the medium term.";
    if (decision == "early_help")
        return "Support now, with consent, and a trusted worker. To be screened again if anything changes.";
    if (decision == "existing_worker")
        return "The child has a worker who knows them well; passed on today with all that was said.";
    if (decision == "out_of_area_transfer")
        return "The child lives in another area; its front door has confirmed receipt.";
    if (decision == "advice")
        return r.chance(0.5) ? "Advice given to the referrer; the school keeps an eye and will ring again."
                             : "Advice and the parents' guide given.";
    return "What is known does not show risk at present. This does not mean that there is none; we look again "
           "with new information.";
}

std::string best_interests(Random& r) {
    static const Lines kLines = {"Safety first, and the same worker throughout.",
                                 "What the child asked for is part of the plan.",
                                 "The child is told today, in a place where they feel safe.",
                                 "Family and school are kept close, because they help."};
    return std::string(kLines[r.below(kLines.size())]);
}

}  // namespace rowan::county
