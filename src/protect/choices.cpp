#include "protect/choices.h"

namespace rowan::protect {

namespace {

constexpr Choice kRoles[] = {
    {"exploiting", "Exploiting a young person themselves"},
    {"arranging", "Arranging it"},
    {"facilitating", "Facilitating it", "Such as giving lifts, rooms, phones or drugs"},
    {"organising", "Organising it"},
    {"encouraging", "Encouraging it"},
    {"allowing", "Allowing it"},
    {"not_known", "Not known"},
};
constexpr Choice kAwareness[] = {
    {"yes", "Yes"},
    {"no", "No"},
    {"unsafe_to_tell", "No, it is not safe to tell them"},
};
constexpr Choice kCsc[] = {
    {"referred_now", "Yes, I have referred to Children’s Social Care"},
    {"already_open", "Yes, they are already working with Children’s Social Care"},
    {"not_needed", "No, this is not needed"},
};
constexpr Choice kExchange[] = {
    {"victim_receives", "The young person gets something they need or want"},
    {"others_gain", "Somebody else gains money or status"},
};
constexpr Choice kContact[] = {
    {"penetrative", "Physical contact, with penetration"},
    {"non_penetrative", "Physical contact, without penetration"},
    {"no_contact", "No physical contact"},
    {"not_known", "Not known"},
};
constexpr Choice kTechnology[] = {
    {"in_person", "In person"},
    {"technology", "Through technology"},
    {"both", "Both"},
    {"not_known", "Not known"},
};
constexpr Choice kMethods[] = {
    {"force", "Force"},
    {"enticement", "Enticement, such as gifts or affection"},
    {"violence", "Violence"},
    {"threats", "Threats"},
    {"images", "Images shared or posted, perhaps without the young person’s knowledge"},
};
constexpr Choice kWho[] = {
    {"one_person", "One person"},
    {"group", "A group"},
    {"adults", "Adults"},
    {"children", "Other children or young people"},
    {"one_off", "It happened once"},
    {"series", "It happened again and again"},
};
constexpr Choice kSources[] = {
    {"1A", "Family member, relative or carer"},
    {"1B", "Acquaintance, such as a neighbour or a child minder"},
    {"1C", "The young person themselves"},
    {"1D", "Another individual, such as a member of the public"},
    {"2A", "School"},
    {"2B", "Education services"},
    {"3A", "GP"},
    {"3B", "Health visitor"},
    {"3C", "School nurse"},
    {"3D", "Other primary health services"},
    {"3E", "A&E (emergency department)"},
    {"3F", "Other health services, such as a hospital or hospice"},
    {"4", "Housing"},
    {"5A", "Council social care"},
    {"5B", "Other council services"},
    {"5C", "Another council’s social care"},
    {"5D", "Council early help"},
    {"6", "Police"},
    {"7", "Other legal agency, such as a court, probation or a prison"},
    {"8", "Other, such as a children’s centre or a voluntary organisation"},
    {"9", "Anonymous"},
    {"10", "Unknown"},
};
constexpr Choice kPresences[] = {{"yes", "Yes"}, {"no", "No"}, {"possible", "Possible"}, {"unknown", "Not known"}};
constexpr Choice kEvidence[] = {
    {"fact", "Fact", "Seen, recorded or confirmed"},
    {"report", "Report", "Somebody said so"},
    {"gut_feeling", "Gut feeling", "It worries me, and I cannot point to why"},
};
constexpr Choice kScreeningOutcomes[] = {
    {"NO_ACTION", "No further action now"},
    {"REFERRED_MASH", "Referred to the front door"},
    {"REFERRED_CMOG", "Referred to the operational group"},
};

}  // namespace

std::string subject_label(const partnership::Scheme& scheme, std::string_view subject_kind) {
    if (subject_kind == kIndividual) return std::string(scheme.label("person_posing_risk"));
    if (subject_kind == kLocation) return std::string(scheme.label("location"));
    return std::string(scheme.label("person_at_risk"));
}

std::span<const Choice> individual_roles() { return kRoles; }
std::span<const Choice> awareness() { return kAwareness; }
std::span<const Choice> csc_answers() { return kCsc; }
std::span<const Choice> exchange_kinds() { return kExchange; }
std::span<const Choice> contact_kinds() { return kContact; }
std::span<const Choice> technology_kinds() { return kTechnology; }
std::span<const Choice> methods() { return kMethods; }
std::span<const Choice> who_kinds() { return kWho; }
std::span<const Choice> source_codes() { return kSources; }
std::span<const Choice> presences() { return kPresences; }
std::span<const Choice> evidence_kinds() { return kEvidence; }
std::span<const Choice> screening_outcomes() { return kScreeningOutcomes; }

std::string_view usual_source(partnership::AgencyType type) {
    using T = partnership::AgencyType;
    switch (type) {
        case T::police:
            return "6";
        case T::la_children:
            return "5A";
        case T::la_adults:
        case T::licensing:
        case T::community_safety:
        case T::district:
            return "5B";
        case T::health_icb:
        case T::health_trust:
            return "3F";
        case T::education:
            return "2B";
        case T::school:
            return "2A";
        case T::housing:
            return "4";
        case T::yos:
            return "5B";
        case T::probation:
            return "7";
        case T::voluntary:
        case T::childrens_home:
            return "8";
        case T::adult_board:
        case T::regional_network:
        case T::other:
            return "";
    }
    return "";
}

const Choice* find_choice(std::span<const Choice> list, std::string_view code) {
    for (const auto& choice : list)
        if (choice.code == code) return &choice;
    return nullptr;
}

std::string text_of(std::span<const Choice> list, std::string_view code) {
    const auto* found = find_choice(list, code);
    return std::string(found ? found->text : code);
}

}  // namespace rowan::protect
