#include "protect/missing/choices.h"

namespace rowan::protect::missing {

namespace {

constexpr Choice kContexts[] = {
    {"home", "From home"},
    {"care", "From care", "A looked-after child, missing from their placement or carer"},
    {"education", "From school or college"},
};
constexpr Choice kKinds[] = {
    {"missing", "Missing", "Nobody knows where they are"},
    {"away", "Away from placement without authorisation",
     "A looked-after child: it is known where they are, but they should not be there"},
    {"absent", "Absent (former category)",
     "Only for what the police recorded as absent before the category ended"},
};
constexpr Choice kRisks[] = {
    {"no_apparent", "No apparent risk"},
    {"low", "Low"},
    {"medium", "Medium"},
    {"high", "High"},
};
constexpr Choice kHarm[] = {
    {"yes", "Yes, they were harmed"},
    {"suspected", "Suspected"},
    {"no", "No sign of harm"},
    {"not_known", "Not known yet"},
};
constexpr Choice kMentions[] = {
    {"name", "A name"},
    {"vehicle", "A vehicle"},
    {"place", "A place"},
};
constexpr Choice kHandling[] = {
    {"P", "Yes, where the law permits it"},
    {"C", "Only on conditions", "Your agency and those who work with the holding list read them, and nobody else"},
};
constexpr Choice kMethods[] = {
    {"face_to_face", "Face to face"},
    {"phone", "By phone"},
    {"message", "By message"},
    {"letter", "By letter"},
    {"through_carer", "Through a parent, carer or worker"},
};
constexpr Choice kResults[] = {
    {"accepted", "They accept"},
    {"declined", "They decline"},
    {"thinking", "They want to think about it"},
    {"no_answer", "Could not be reached"},
};
constexpr Choice kParentResults[] = {
    {"accepted", "They want to speak"},
    {"declined", "They do not want to"},
    {"no_answer", "Could not be reached"},
};
constexpr Choice kPlaces[] = {
    {"neutral", "A neutral place where they feel safe"},
    {"home", "At home"},
    {"placement", "At their placement"},
    {"school", "At school or college"},
    {"phone", "By phone or video"},
    {"other", "Somewhere else"},
};
constexpr Choice kPush[] = {
    {"family_instability", "Family arguments or instability"},
    {"domestic_abuse", "Domestic abuse"},
    {"abuse_neglect", "Abuse or neglect"},
    {"substance_misuse", "Drugs or alcohol at home"},
    {"school_problems", "Problems at school"},
    {"bullying", "Bullying"},
    {"loneliness", "Loneliness or isolation"},
    {"placement_unhappy", "Unhappy in their placement"},
    {"far_from_home", "Placed away from home"},
    {"rules", "Rules that feel unfair"},
};
constexpr Choice kPull[] = {
    {"family_friends", "To see family or friends"},
    {"boyfriend_girlfriend", "To meet a boyfriend or girlfriend"},
    {"contact_problems", "Problems with family contact"},
    {"peer_pressure", "Pressure from friends"},
    {"parties", "Parties"},
    {"drugs_alcohol", "Drugs or alcohol"},
    {"controlled", "Somebody told or made them come"},
    {"gifts_money", "Gifts, money or somewhere to stay"},
    {"online_contact", "Somebody they met online"},
};
constexpr Choice kHarms[] = {
    {"grooming", "Grooming"},
    {"violence", "Violence"},
    {"sexual_exploitation", "Sexual exploitation"},
    {"criminality", "Made to commit crime"},
    {"alcohol_drugs", "Alcohol or drugs"},
    {"trafficking", "Trafficking"},
    {"forced_marriage", "Forced marriage"},
    {"fgm", "Female genital mutilation"},
    {"none_told", "None that they told of"},
};
constexpr Choice kThemes[] = {
    {"not_listened_to", "I am not listened to at home"},
    {"home_unsafe", "I do not feel safe at home"},
    {"placement", "I do not want to live where I am placed"},
    {"miss_family", "I miss my family or friends"},
    {"school", "School is not working for me"},
    {"bullied", "I am bullied"},
    {"older_friends", "I have older friends who look after me"},
    {"made_to", "Somebody makes me do things"},
    {"online", "I met people online"},
    {"drugs", "Drugs or alcohol are part of it"},
    {"feelings", "I feel low or anxious"},
    {"nothing_to_do", "There is nothing to do here"},
    {"police", "How the police treat me"},
    {"other", "Something else"},
};

}  // namespace

std::span<const Choice> contexts() { return kContexts; }
std::span<const Choice> kinds() { return kKinds; }
std::span<const Choice> risks() { return kRisks; }
std::span<const Choice> harm_answers() { return kHarm; }
std::span<const Choice> mention_kinds() { return kMentions; }
std::span<const Choice> handling_codes() { return kHandling; }
std::span<const Choice> offer_methods() { return kMethods; }
std::span<const Choice> offer_results() { return kResults; }
std::span<const Choice> parent_results() { return kParentResults; }
std::span<const Choice> interview_places() { return kPlaces; }
std::span<const Choice> push_factors() { return kPush; }
std::span<const Choice> pull_factors() { return kPull; }
std::span<const Choice> harms() { return kHarms; }
std::span<const Choice> themes() { return kThemes; }

}  // namespace rowan::protect::missing
