#include "partnership/scheme.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rowan::partnership {
namespace {

constexpr std::array<std::string_view, kAgencyTypes> kTypeNames = {
    "police",         "la_children", "la_adults",        "district", "health_icb", "health_trust",     "education",
    "school",         "yos",         "probation",        "housing",  "licensing",  "community_safety", "voluntary",
    "childrens_home", "adult_board", "regional_network", "other"};
constexpr std::array<std::string_view, 4> kWindowNames = {"current_6m", "6_12m", "prior_6m", "lifetime"};
constexpr std::array<std::string_view, kDataClasses> kClassNames = {"signpost", "identity",  "flags",
                                                                    "referral", "screening", "aggregate"};
constexpr std::array<std::string_view, 3> kLevelNames = {"none", "signpost", "read"};

template <class Enum, std::size_t N>
std::optional<Enum> by_name(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<Enum>(at - names.begin());
}

bool in_force(Date from, const std::optional<Date>& to, Date day) { return from <= day && (!to || day <= *to); }

template <class T>
const T* by_code(const std::vector<T>& all, std::string_view code) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.code == code; });
    return at == all.end() ? nullptr : &*at;
}

// The one that began last on or before the day; before all of them, the earliest.
template <class T>
const T& newest_on(const std::vector<T>& all, Date day, const char* what) {
    if (all.empty()) throw std::logic_error(std::string("a scheme without ") + what);
    const T* best = nullptr;
    const T* earliest = &all.front();
    for (const T& one : all) {
        if (one.valid_from < earliest->valid_from) earliest = &one;
        if (one.valid_from <= day && (!best || best->valid_from <= one.valid_from)) best = &one;
    }
    return best ? *best : *earliest;
}

const Area* by_kind(const std::vector<Area>& areas, AreaKind kind) {
    const auto at = std::find_if(areas.begin(), areas.end(), [&](const Area& a) { return a.kind == kind; });
    return at == areas.end() ? nullptr : &*at;
}

// "TA1 1AA" -> "TA1" and "TA1 1".
std::string_view sector_of(std::string_view postcode) {
    const auto space = postcode.find(' ');
    return space == std::string_view::npos ? std::string_view{} : postcode.substr(0, space + 2);
}

}  // namespace

std::string_view name_of(AgencyType type) { return kTypeNames.at(static_cast<std::size_t>(type)); }
std::optional<AgencyType> agency_type(std::string_view name) { return by_name<AgencyType>(kTypeNames, name); }
std::string_view name_of(Window w) { return kWindowNames.at(static_cast<std::size_t>(w)); }
std::optional<Window> window(std::string_view name) { return by_name<Window>(kWindowNames, name); }
std::string_view name_of(DataClass c) { return kClassNames.at(static_cast<std::size_t>(c)); }
std::string_view name_of(SharingLevel l) { return kLevelNames.at(static_cast<std::size_t>(l)); }

bool Code::valid_on(Date day) const { return in_force(valid_from, valid_to, day); }

std::string_view Area::name() const { return names.empty() ? std::string_view(code) : names.back().name; }

std::string_view Area::name_on(Date day) const {
    if (names.empty()) return code;
    std::string_view name = names.front().name;
    for (const AreaName& one : names)
        if (one.from <= day) name = one.name;
    return name;
}

std::optional<int> LearningPartnership::pupils(int census_year) const {
    for (const Roll& roll : rolls)
        if (roll.census_year == census_year) return roll.pupils;
    return std::nullopt;
}

bool Tool::for_age(int age) const { return age_from <= age && (!age_to || age <= *age_to); }
bool Tool::valid_on(Date day) const { return in_force(valid_from, valid_to, day); }
const ToolItem* Tool::find_item(std::string_view c) const { return by_code(items, c); }
const ToolSection* Tool::find_section(std::string_view c) const { return by_code(sections, c); }
const ToolBand* Tool::find_band(std::string_view c) const { return by_code(bands, c); }

const ToolBand& Tool::band_of(int score) const {
    for (const ToolBand& band : bands)
        if (band.from <= score && (!band.to || score <= *band.to)) return band;
    throw std::logic_error("no band for this score in tool " + code);
}

int Tool::highest_score() const {
    int sum = 0;
    for (const ToolItem& item : items)
        for (const WindowWeight& w : item.windows) sum += w.weight;
    return sum;
}

SharingLevel Protocol::level(AgencyType type, DataClass data) const {
    const auto rule = rules.find(type);
    return rule == rules.end() ? SharingLevel::none : rule->second.levels[static_cast<int>(data)];
}

std::string_view Protocol::purpose(AgencyType type) const {
    const auto rule = rules.find(type);
    return rule == rules.end() ? std::string_view{} : std::string_view(rule->second.purpose);
}

std::string_view Scheme::label(std::string_view key) const {
    const auto at = labels.find(key);
    if (at == labels.end()) throw std::logic_error("no label " + std::string(key));
    return at->second;
}

const std::vector<Code>& Scheme::list(std::string_view list_name) const {
    const auto at = lists.find(list_name);
    if (at == lists.end()) throw std::logic_error("no list " + std::string(list_name));
    return at->second;
}

const Code* Scheme::find_code(std::string_view list_name, std::string_view c) const {
    return by_code(list(list_name), c);
}

std::string Scheme::text_of(std::string_view list_name, std::string_view c) const {
    const Code* found = find_code(list_name, c);
    return found ? found->text : std::string(c);
}

const Agency* Scheme::find_agency(std::string_view c) const { return by_code(agencies, c); }
const Area* Scheme::find_area(std::string_view c) const { return by_code(areas, c); }

const Area& Scheme::area_of(const base::Postcode& postcode) const {
    const bool valid = postcode.status == base::PostcodeStatus::valid;
    if (valid) {
        const std::string outward = postcode.outward();
        const std::string_view sector = sector_of(postcode.text);
        const Area* whole = nullptr;
        for (const Area& area : areas)
            for (const std::string& prefix : area.postcodes) {
                if (prefix == sector) return area;  // the narrower wins
                if (prefix == outward) whole = &area;
            }
        if (whole) return *whole;
    }
    const Area* rest = by_kind(areas, valid ? AreaKind::outside : AreaKind::blank);
    if (!rest) throw std::logic_error("a scheme without an Outside or Blank area");
    return *rest;
}

const Home* Scheme::find_home(std::string_view c) const { return by_code(homes, c); }
const Place* Scheme::find_place(std::string_view c) const { return by_code(places, c); }

const LearningPartnership* Scheme::find_learning_partnership(std::string_view c) const {
    return by_code(learning_partnerships, c);
}
const Flag* Scheme::find_flag(std::string_view c) const { return by_code(flags, c); }

const Tool* Scheme::tool_for(int age, Date day) const {
    for (const Tool& tool : tools)
        if (tool.for_age(age) && tool.valid_on(day)) return &tool;
    return nullptr;
}

const Tool* Scheme::find_tool(std::string_view c) const { return by_code(tools, c); }
const RiskLevel* Scheme::find_risk_level(std::string_view c) const { return by_code(risk_levels, c); }
const FrontDoorDecision* Scheme::find_decision(std::string_view c) const { return by_code(decisions, c); }
const Body* Scheme::find_body(std::string_view c) const { return by_code(bodies, c); }
const Measure* Scheme::find_measure(std::string_view c) const { return by_code(measures, c); }

const Parameters& Scheme::parameters_on(Date day) const { return newest_on(parameters, day, "parameters"); }
const Definition& Scheme::definition_on(Date day) const { return newest_on(definitions, day, "definitions"); }
const Statement& Scheme::statement_on(Date day) const { return newest_on(statements, day, "statements"); }

const Protocol* Scheme::protocol_on(Date day) const {
    for (const Protocol& protocol : protocols)
        if (in_force(protocol.valid_from, protocol.valid_to, day)) return &protocol;
    return nullptr;
}

SharingLevel Scheme::sharing_level(AgencyType type, DataClass data, Date day) const {
    const Protocol* protocol = protocol_on(day);
    return protocol ? protocol->level(type, data) : SharingLevel::none;
}

}  // namespace rowan::partnership
