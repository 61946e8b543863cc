// Every refusal says what is wrong and what to write instead.
#include "partnership/access.h"
#include "partnership/scheme.h"
#include "partnership/access.h"
#include "partnership/scheme_parameters.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace rowan::partnership {
namespace {

constexpr std::string_view kRiskCodes[] = {"pending", "none", "1", "2", "3"};
constexpr std::string_view kFamilies[] = {"U12", "regional_12plus", "SERAF", "other"};
constexpr std::string_view kBases[] = {"birth", "death", "closure", "creation"};
constexpr std::string_view kNeededFlags[] = {"CSE_risk", "CSE_victim", "CSE_perpetrator", "missing"};
constexpr std::string_view kNeededDecisions[] = {"no_further_action", "assessment_s17", "strategy_s47"};
constexpr int kMostPoints = 20;

template <class Range>
bool contains(const Range& range, std::string_view value) {
    return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

template <class Range>
std::string one_of(const Range& range) {
    std::string out;
    for (const auto& value : range) out += (out.empty() ? "" : ", ") + std::string(value);
    return out;
}

std::string at(std::string_view list, std::size_t i) { return std::string(list) + "[" + std::to_string(i) + "]"; }
std::string in_quotes(std::string_view s) { return "\"" + std::string(s) + "\""; }

bool code_like(std::string_view code) {
    return !code.empty() && code.size() <= 32 && std::all_of(code.begin(), code.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-';
    });
}

// "https://", a host with a dot, and nothing that does not belong in an address.
bool web_address(std::string_view url) {
    constexpr std::string_view kBegin = "https://";
    if (!url.starts_with(kBegin)) return false;
    const auto host = url.substr(kBegin.size(), url.find('/', kBegin.size()) - kBegin.size());
    const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '.'; };
    return std::isalnum(static_cast<unsigned char>(host.empty() ? ' ' : host.front())) &&
           host.find('.') != std::string_view::npos && std::all_of(host.begin(), host.end(), plain) &&
           std::all_of(url.begin(), url.end(),
                       [](unsigned char c) { return c > ' ' && c < 127 && c != '"' && c != '<'; });
}

class Checker {
public:
    explicit Checker(const Scheme& scheme) : s_(scheme) {}

    std::vector<SchemeProblem> run() {
        head();
        sign_in();
        access();
        labels();
        agencies();
        areas();
        homes_and_places();
        learning_partnerships();
        lists();
        texts();
        flags();
        for (std::size_t i = 0; i < s_.tools.size(); ++i) tool(s_.tools[i], at("tools", i));
        codes("tools", s_.tools);
        tool_ages();
        levels_and_decisions();
        parameters();
        protocols();
        retention();
        bodies();
        measures();
        return std::move(problems_);
    }

private:
    void say(std::string where, std::string message) {
        problems_.push_back({std::move(where), std::move(message)});
    }

    // Codes are stored with records: short, plain and unique.
    template <class T>
    void codes(const std::string& list, const std::vector<T>& all) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!code_like(all[i].code))
                say(at(list, i), "the code " + in_quotes(all[i].code) +
                                     " cannot be stored; use 1 to 32 letters, digits, _ and -");
            if (!seen.insert(all[i].code).second)
                say(at(list, i), "the code " + in_quotes(all[i].code) + " is used twice in " + list +
                                     "; give each entry its own");
        }
    }

    void head() {
        if (!code_like(s_.code)) say("code", "code must be a short word such as \"somerset\"");
        if (s_.la_code.size() != 3 || !std::all_of(s_.la_code.begin(), s_.la_code.end(), ::isdigit))
            say("la_code", "la_code must be the three digits of the local authority, such as \"933\"");
        if (!s_.procedures_url.empty() && !web_address(s_.procedures_url))
            say("procedures_url",
                "procedures_url must be where the child protection procedures can be read, such as "
                "\"https://procedures.example/\"");
        if (s_.marking.empty()) say("marking", "marking needs a text such as \"OFFICIAL-SENSITIVE\"");
        if (s_.contacts.empty()) say("contacts", "add the contacts of the front door, in and out of hours");
        for (std::size_t i = 0; i < s_.contacts.size(); ++i) contact(s_.contacts[i], at("contacts", i));
    }

    void sign_in() {
        for (const auto& role : s_.sign_in.key_roles)
            if (!find_role(role))
                say("sign_in.security_key_roles",
                    "there is no role " + in_quotes(role) + "; rowan user --help names them");
        if (s_.sign_in.dormant_days < 7 || s_.sign_in.dormant_days > 90)
            say("sign_in.dormant_days", "dormant_days must be from 7 to 90");
    }

    void access() {
        if (s_.access.meeting_days_after < 0 || s_.access.meeting_days_after > 60)
            say("access.meeting_days_after", "meeting_days_after must be from 0 to 60");
        if (s_.access.disclosure_days < 1 || s_.access.disclosure_days > 92)
            say("access.disclosure_days", "disclosure_days must be from 1 to 92");
    }

    void contact(const Contact& c, const std::string& where) {
        if (c.phone.empty() && c.email.empty())
            say(where, "the contact of " + in_quotes(c.role) + " needs a phone or an email");
        if (!c.phone.empty() && !base::parse_phone(c.phone))
            say(where,
                "the phone " + in_quotes(c.phone) + " is not a telephone number; write it like 01234 567890");
        if (!c.email.empty() && !base::parse_email(c.email))
            say(where, "the email " + in_quotes(c.email) + " is not an e-mail address");
    }

    void labels() {
        for (std::string_view key : kLabelKeys) {
            const auto label = s_.labels.find(key);
            if (label == s_.labels.end())
                say("labels",
                    "the label " + in_quotes(key) + " is missing; write " + std::string(key) + " = \"…\"");
            else if (label->second.empty())
                say("labels." + std::string(key),
                    "the label " + in_quotes(key) + " is empty; say what people call it");
        }
        for (const auto& [key, text] : s_.labels)
            if (!contains(kLabelKeys, key))
                say("labels." + key,
                    "there is no label " + in_quotes(key) + "; the labels are " + one_of(kLabelKeys));
    }

    void agencies() {
        if (s_.agencies.empty()) say("agencies", "add at least one agency");
        codes("agencies", s_.agencies);
        for (std::size_t i = 0; i < s_.agencies.size(); ++i) contact(s_.agencies[i].contact, at("agencies", i));
    }

    void areas() {
        codes("areas", s_.areas);
        std::set<std::string> prefixes;
        int kinds[3] = {};
        for (std::size_t i = 0; i < s_.areas.size(); ++i) {
            const Area& area = s_.areas[i];
            const std::string where = at("areas", i);
            ++kinds[static_cast<int>(area.kind)];
            area_names(area, where);
            if (area.kind == AreaKind::inside && area.postcodes.empty())
                say(where,
                    "the area " + in_quotes(area.code) + " has no postcodes; write postcodes = [\"TA1\", …]");
            if (area.kind != AreaKind::inside && !area.postcodes.empty())
                say(where,
                    "the area " + in_quotes(area.code) + " takes what no other area holds; remove its postcodes");
            for (const std::string& prefix : area.postcodes) {
                if (!is_prefix(prefix))
                    say(where, in_quotes(prefix) +
                                   " is not an outward code such as \"TA1\" or a sector such as \"BA3 4\"");
                if (!prefixes.insert(prefix).second)
                    say(where, "the postcode " + in_quotes(prefix) + " stands in two areas; leave it in one");
            }
        }
        if (kinds[0] == 0) say("areas", "add at least one area inside the county");
        if (kinds[1] != 1) say("areas", "exactly one area must have kind = \"outside\"");
        if (kinds[2] != 1) say("areas", "exactly one area must have kind = \"blank\"");
    }

    void area_names(const Area& area, const std::string& where) {
        if (area.names.empty()) say(where, "the area " + in_quotes(area.code) + " needs a name");
        for (std::size_t i = 1; i < area.names.size(); ++i)
            if (area.names[i].from <= area.names[i - 1].from)
                say(where,
                    "the names of area " + in_quotes(area.code) + " must stand in the order of their dates");
    }

    void homes_and_places() {
        codes("homes", s_.homes);
        codes("places", s_.places);
        for (std::size_t i = 0; i < s_.homes.size(); ++i) {
            whole_postcode(s_.homes[i].postcode, at("homes", i));
            contact(s_.homes[i].contact, at("homes", i));
        }
        for (std::size_t i = 0; i < s_.places.size(); ++i) whole_postcode(s_.places[i].postcode, at("places", i));
    }
    void whole_postcode(const std::string& postcode, const std::string& where) {
        if (base::parse_postcode(postcode).status != base::PostcodeStatus::valid)
            say(where, in_quotes(postcode) + " is not a whole postcode; write one such as \"TA1 1AA\"");
    }

    // A prefix is right when a whole postcode made from it is.
    static bool is_prefix(const std::string& prefix) {
        const bool sector = prefix.find(' ') != std::string::npos;
        const auto whole = base::parse_postcode(prefix + (sector ? "AA" : " 1AA"));
        return whole.status == base::PostcodeStatus::valid && whole.text.compare(0, prefix.size(), prefix) == 0;
    }

    void learning_partnerships() {
        codes("learning_partnerships", s_.learning_partnerships);
        for (std::size_t i = 0; i < s_.learning_partnerships.size(); ++i) {
            std::set<int> years;
            for (const Roll& roll : s_.learning_partnerships[i].rolls) {
                if (roll.pupils <= 0)
                    say(at("learning_partnerships", i), "pupils on roll must be more than 0: rates divide by it");
                if (!years.insert(roll.census_year).second)
                    say(at("learning_partnerships", i),
                        "two rolls for the census of January " + std::to_string(roll.census_year) + "; keep one");
            }
        }
    }

    void lists() {
        for (std::string_view name : kListNames) {
            const auto list = s_.lists.find(name);
            if (list == s_.lists.end() || list->second.empty())
                say("lists", "the list " + in_quotes(name) + " is missing; write " + std::string(name) +
                                 " = [{ code = \"…\", text = \"…\" }, …]");
        }
        for (const auto& [name, list] : s_.lists) {
            const std::string path = "lists." + name;
            if (!contains(kListNames, name))
                say(path, "there is no list " + in_quotes(name) + "; the lists are " + one_of(kListNames));
            codes(path, list);
            for (std::size_t i = 0; i < list.size(); ++i) code_entry(list, i, at(path, i));
        }
    }

    void code_entry(const std::vector<Code>& list, std::size_t i, const std::string& where) {
        const Code& entry = list[i];
        const auto is_parent = [&](const Code& other) { return other.code == entry.parent; };
        if (!entry.parent.empty() &&
            (entry.parent == entry.code || std::none_of(list.begin(), list.end(), is_parent)))
            say(where,
                "the parent " + in_quotes(entry.parent) + " of " + in_quotes(entry.code) + " is not in this list");
        if (entry.valid_to && *entry.valid_to < entry.valid_from)
            say(where, in_quotes(entry.code) + " ends before it begins; correct valid_from or valid_to");
    }

    void texts() {
        if (s_.definitions.empty()) say("definitions", "add the definition that referrals are made under");
        if (s_.statements.empty()) say("statements", "add the confidentiality statement that members sign");
        versions("definitions", s_.definitions);
        versions("statements", s_.statements);
    }

    template <class T>
    void versions(const std::string& list, const std::vector<T>& all) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (!seen.insert(all[i].version).second)
                say(at(list, i), "the version " + in_quotes(all[i].version) + " is used twice in " + list);
    }

    void flags() {
        codes("flags", s_.flags);
        for (std::string_view code : kNeededFlags)
            if (!s_.find_flag(code))
                say("flags", "the flag " + in_quotes(code) + " is missing; measures count it");
        for (std::size_t i = 0; i < s_.flags.size(); ++i)
            if (s_.flags[i].offender && s_.flags[i].table1)
                say(at("flags", i), "the flag " + in_quotes(s_.flags[i].code) +
                                        " is about people who pose a risk; it cannot count children in Table 1");
    }

    void tool(const Tool& tool, const std::string& where) {
        if (!contains(kFamilies, tool.family))
            say(where, "the family " + in_quotes(tool.family) + " is unknown; write one of " + one_of(kFamilies));
        if (tool.age_from < 0 || (tool.age_to && *tool.age_to < tool.age_from))
            say(where,
                "the ages of tool " + in_quotes(tool.code) + " run backwards; age_from must not exceed age_to");
        if (tool.valid_to && *tool.valid_to < tool.valid_from)
            say(where, "the tool " + in_quotes(tool.code) + " ends before it begins");
        if (tool.items.empty()) say(where, "the tool " + in_quotes(tool.code) + " has no items");
        codes(where + ".sections", tool.sections);
        codes(where + ".items", tool.items);
        codes(where + ".protective_factors", tool.protective_factors);
        codes(where + ".bands", tool.bands);
        for (std::size_t i = 0; i < tool.items.size(); ++i) item(tool, tool.items[i], at(where + ".items", i));
        bands(tool, where);
    }

    void item(const Tool& tool, const ToolItem& item, const std::string& where) {
        if (!tool.find_section(item.section))
            say(where, "item " + in_quotes(item.code) + " stands in section " + in_quotes(item.section) +
                           ", which this tool does not have");
        if (item.windows.empty())
            say(where,
                "item " + in_quotes(item.code) + " can never be ticked; write windows = { current_6m = 1 }");
        std::set<Window> seen;
        for (const WindowWeight& w : item.windows) {
            if (w.weight < 0 || w.weight > kMostPoints)
                say(where, "item " + in_quotes(item.code) + " weighs " + std::to_string(w.weight) +
                               "; a weight is from 0 to " + std::to_string(kMostPoints));
            if (!seen.insert(w.window).second)
                say(where, "item " + in_quotes(item.code) + " names the window " + std::string(name_of(w.window)) +
                               " twice");
        }
    }

    void bands(const Tool& tool, const std::string& where) {
        if (tool.bands.empty()) return say(where, "the tool " + in_quotes(tool.code) + " has no bands");
        if (tool.bands.front().from != 0) say(at(where + ".bands", 0), "the first band must begin at 0");
        for (std::size_t i = 0; i < tool.bands.size(); ++i) {
            const ToolBand& band = tool.bands[i];
            const std::string here = at(where + ".bands", i);
            if (!contains(kRiskCodes, band.level))
                say(here,
                    "the level " + in_quotes(band.level) + " is unknown; write one of " + one_of(kRiskCodes));
            if (band.to && *band.to < band.from) say(here, span(band) + " runs backwards");
            if (i + 1 == tool.bands.size()) {
                if (band.to) say(here, "the last band must have no upper end; remove \"to\"");
            } else if (!band.to) {
                say(here, "only the last band may be without \"to\"");
            } else {
                neighbours(band, tool.bands[i + 1], at(where + ".bands", i + 1));
            }
        }
    }

    void neighbours(const ToolBand& low, const ToolBand& high, const std::string& where) {
        const std::string begin = "; let the second begin at " + std::to_string(*low.to + 1);
        if (high.from <= *low.to) say(where, span(low) + " and " + span(high) + " overlap" + begin);
        if (high.from > *low.to + 1)
            say(where, "there is a gap between " + span(low) + " and " + span(high) + begin);
    }

    static std::string span(const ToolBand& band) {
        return "the band " + std::to_string(band.from) +
               (band.to ? " to " + std::to_string(*band.to) : " and over");
    }

    // Whenever a tool begins or ends, each age of a child must find exactly one.
    void tool_ages() {
        std::set<std::chrono::sys_days> turns;
        for (const Tool& tool : s_.tools) {
            turns.insert(std::chrono::sys_days{tool.valid_from});
            if (tool.valid_to) turns.insert(std::chrono::sys_days{*tool.valid_to} + std::chrono::days{1});
        }
        if (turns.empty()) return say("tools", "add the screening tools");
        for (const auto turn : turns)
            if (!ages_on(Date{turn})) return;  // one is enough: the others repeat it
    }

    bool ages_on(Date day) {
        for (int age = 0; age <= 25; ++age) {
            const auto fits = [&](const Tool& t) { return t.for_age(age) && t.valid_on(day); };
            const auto found = std::count_if(s_.tools.begin(), s_.tools.end(), fits);
            const std::string when = " at age " + std::to_string(age) + " on " + base::to_iso(day);
            if (found == 0 && age < 18) return say("tools", "there is no screening tool" + when), false;
            if (found > 1)
                return say("tools", "two screening tools serve" + when + "; make their ages meet"), false;
        }
        for (const Parameters& p : s_.parameters) {
            const Tool* below = s_.tool_for(p.u12_age - 1, day);
            const Tool* above = s_.tool_for(p.u12_age, day);
            if (below && above && (below->family != "U12" || above->family == "U12"))
                return say("tools", "u12_age is " + std::to_string(p.u12_age) +
                                        ", but the tool of family U12 does not end one year below it"),
                       false;
        }
        return true;
    }

    void levels_and_decisions() {
        std::set<std::string> levels;
        for (std::size_t i = 0; i < s_.risk_levels.size(); ++i) {
            const std::string& code = s_.risk_levels[i].code;
            if (!contains(kRiskCodes, code))
                say(at("risk_levels", i),
                    "there is no risk level " + in_quotes(code) + "; they are " + one_of(kRiskCodes));
            if (!levels.insert(code).second)
                say(at("risk_levels", i), "the risk level " + in_quotes(code) + " stands twice");
        }
        for (std::string_view code : kRiskCodes)
            if (!levels.count(std::string(code)))
                say("risk_levels", "the risk level " + in_quotes(code) + " is missing; say what you call it");
        codes("decisions", s_.decisions);
        for (std::size_t i = 0; i < s_.decisions.size(); ++i)
            if (!contains(kDecisions, s_.decisions[i].code))
                say(at("decisions", i), "there is no decision " + in_quotes(s_.decisions[i].code) + "; they are " +
                                            one_of(kDecisions));
        for (std::string_view code : kNeededDecisions)
            if (!s_.find_decision(code))
                say("decisions", "the decision " + in_quotes(code) + " may not be left out");
    }

    void parameters() {
        if (s_.parameters.empty()) return say("parameters", "add [[parameters]] with the clocks and thresholds");
        for (std::size_t i = 0; i < s_.parameters.size(); ++i) {
            const Parameters& p = s_.parameters[i];
            if (i > 0 && p.valid_from <= s_.parameters[i - 1].valid_from)
                say(at("parameters", i), "[[parameters]] must stand in the order of valid_from, each date once");
            for (const ParameterField& field : kParameterFields) {
                const int value = p.*field.member;
                if (value < field.least || value > field.most)
                    say(at("parameters", i) + "." + std::string(field.name),
                        std::string(field.name) + " is " + std::to_string(value) + "; write a number from " +
                            std::to_string(field.least) + " to " + std::to_string(field.most));
            }
            escalation(p, at("parameters", i) + ".rhi_escalate_to");
        }
    }

    // Only who holds return interviews sees those that wait.
    void escalation(const Parameters& p, const std::string& where) {
        std::set<std::string_view> able;
        for (const auto& role : roles())
            if (std::count(role.permissions.begin(), role.permissions.end(), Permission::hold_return_interviews))
                able.insert(role.code);
        for (const std::string& code : p.rhi_escalate_to)
            if (!able.contains(code))
                say(where,
                    in_quotes(code) + " is no role that sees return interviews; write one of " + one_of(able));
    }

    void protocols() {
        if (s_.protocols.empty())
            say("protocols", "add the information sharing protocol; without one nothing is shared");
        versions("protocols", s_.protocols);
        for (std::size_t i = 0; i < s_.protocols.size(); ++i) {
            const Protocol& p = s_.protocols[i];
            const std::string where = at("protocols", i);
            if (p.valid_to && *p.valid_to < p.valid_from) say(where, "the protocol ends before it begins");
            for (std::size_t j = 0; j < i; ++j) {
                const Protocol& q = s_.protocols[j];
                if ((!q.valid_to || p.valid_from <= *q.valid_to) && (!p.valid_to || q.valid_from <= *p.valid_to))
                    say(where, "the protocols " + in_quotes(q.version) + " and " + in_quotes(p.version) +
                                   " are in force on the same days; end the first with valid_to");
            }
            for (const auto& [type, rule] : p.rules) sharing_rule(type, rule, where);
        }
        for (std::size_t i = 0; i < s_.agencies.size(); ++i)
            for (const Protocol& p : s_.protocols)
                if (!p.rules.count(s_.agencies[i].type))
                    say(at("agencies", i), "the protocol " + in_quotes(p.version) + " has no rule for the type " +
                                               std::string(name_of(s_.agencies[i].type)));
    }

    void sharing_rule(AgencyType type, const SharingRule& rule, const std::string& where) {
        const auto level = [&](DataClass c) { return rule.levels[static_cast<int>(c)]; };
        const std::string who = "the rule for " + std::string(name_of(type));
        if (level(DataClass::aggregate) == SharingLevel::signpost)
            say(where, who + " signposts aggregates; write none or read");
        for (DataClass c : {DataClass::flags, DataClass::referral, DataClass::screening})
            if (level(c) == SharingLevel::read && level(DataClass::identity) != SharingLevel::read)
                say(where, who + " lets it read " + std::string(name_of(c)) + " of people it may not identify");
        const bool anything = std::any_of(std::begin(rule.levels), std::end(rule.levels),
                                          [](SharingLevel l) { return l != SharingLevel::none; });
        if (anything && rule.purpose.empty()) say(where, who + " shares without a purpose; say what for");
    }

    void retention() {
        for (std::size_t i = 0; i < s_.retention.size(); ++i) {
            const RetentionRule& r = s_.retention[i];
            if (!contains(kBases, r.basis))
                say(at("retention", i),
                    "the basis " + in_quotes(r.basis) + " is unknown; write one of " + one_of(kBases));
            if (r.years < 1 || r.years > 150) say(at("retention", i), "years must be from 1 to 150");
        }
    }

    void bodies() {
        codes("bodies", s_.bodies);
        for (std::size_t i = 0; i < s_.bodies.size(); ++i) {
            const Body& body = s_.bodies[i];
            if (!body.reports_to.empty() && !s_.find_body(body.reports_to))
                say(at("bodies", i), in_quotes(body.code) + " reports to " + in_quotes(body.reports_to) +
                                         ", which is no body here");
            if (body.cadence_months < 0 || body.cadence_months > 12)
                say(at("bodies", i), "cadence_months must be from 0 (as needed) to 12");
            if (goes_in_a_circle(body))
                say(at("bodies", i), in_quotes(body.code) + " reports to itself in the end");
        }
    }

    bool goes_in_a_circle(const Body& start) const {
        const Body* body = &start;
        for (std::size_t steps = 0; steps <= s_.bodies.size(); ++steps) {
            body = s_.find_body(body->reports_to);
            if (!body) return false;
            if (body == &start) return true;
        }
        return false;  // a circle further up: reported where it closes
    }

    void measures() {
        codes("objectives", s_.objectives);
        codes("measures", s_.measures);
        const auto known = [&](const Measure& m) {
            return std::any_of(s_.objectives.begin(), s_.objectives.end(),
                               [&](const Objective& o) { return o.code == m.objective; });
        };
        for (std::size_t i = 0; i < s_.measures.size(); ++i)
            if (!known(s_.measures[i]))
                say(at("measures", i), "the measure " + in_quotes(s_.measures[i].code) + " serves objective " +
                                           in_quotes(s_.measures[i].objective) +
                                           ", which is not in [[objectives]]");
    }

    const Scheme& s_;
    std::vector<SchemeProblem> problems_;
};

}  // namespace

std::vector<SchemeProblem> check_scheme(const Scheme& scheme) { return Checker(scheme).run(); }

}  // namespace rowan::partnership
