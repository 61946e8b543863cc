// Reads schemes from TOML.
#include "formats/toml.inc"

#include "partnership/scheme.h"
#include "partnership/scheme_embedded.h"
#include "partnership/scheme_parameters.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace rowan::partnership {
namespace {

constexpr std::size_t kMostBytes = 4 * 1024 * 1024;  // a scheme is about 50 kB
constexpr std::string_view kWeekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday"};
constexpr std::string_view kRhiClocks[] = {"police_confirmed", "returned"};
constexpr std::string_view kAreaKinds[] = {"inside", "outside", "blank"};
constexpr std::string_view kBodyLevels[] = {"operational", "tactical", "strategic", "governing"};
constexpr std::string_view kCertainLinks[] = {"propose", "link"};
constexpr std::string_view kOwnAgency[] = {"full", "signpost"};
constexpr std::string_view kSharingLevels[] = {"none", "signpost", "read"};

struct Located {
    std::uint32_t line = 1;
    std::string message;
};
using Found = std::vector<Located>;

std::uint32_t line_of(const toml::node& node) { return std::max<std::uint32_t>(1, node.source().begin.line); }

std::string in_quotes(std::string_view s) { return "\"" + std::string(s) + "\""; }

std::string one_of(const std::set<std::string, std::less<>>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

// One TOML table being read: each key is asked for once, by its type; what nobody asked for is refused.
class Table {
public:
    Table(const toml::table& table, Found& found, std::string what)
        : table_(table), found_(found), what_(std::move(what)) {}
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    ~Table() {
        for (const auto& [key, node] : table_)
            if (!asked_.count(key.str()))
                say(node,
                    "unknown key " + in_quotes(key.str()) + " in " + what_ + "; the keys are " + one_of(asked_));
    }

    std::string text(std::string_view key) {
        std::string value = text_or(key, "");
        if (value.empty() && !wrong_) missing(key, "text");
        return value;
    }

    std::string text_or(std::string_view key, std::string_view otherwise) {
        const toml::node* node = find(key);
        if (!node) return std::string(otherwise);
        if (const auto* value = node->as_string()) return value->get();
        wrong(*node, key, "a text in quotation marks");
        return {};
    }

    int number(std::string_view key) {
        const auto value = maybe_number(key);
        if (!value && !wrong_) missing(key, "a whole number");
        return value.value_or(0);
    }

    std::optional<int> maybe_number(std::string_view key) {
        const toml::node* node = find(key);
        if (!node) return std::nullopt;
        if (const auto* value = node->as_integer();
            value && value->get() >= -1'000'000'000 && value->get() <= 1'000'000'000)
            return static_cast<int>(value->get());
        wrong(*node, key, "a whole number");
        return std::nullopt;
    }

    bool flag(std::string_view key, bool otherwise) {
        const toml::node* node = find(key);
        if (!node) return otherwise;
        if (const auto* value = node->as_boolean()) return value->get();
        wrong(*node, key, "true or false");
        return otherwise;
    }

    std::optional<Date> maybe_date(std::string_view key) {
        const toml::node* node = find(key);
        if (!node) return std::nullopt;
        if (const auto* value = node->as_date()) {
            const toml::date d = value->get();
            return Date{std::chrono::year{d.year}, std::chrono::month{d.month}, std::chrono::day{d.day}};
        }
        wrong(*node, key, "a date without quotation marks, such as 2017-04-01");
        return std::nullopt;
    }

    Date date(std::string_view key) {
        const auto value = maybe_date(key);
        if (!value && !wrong_) missing(key, "a date such as 2017-04-01");
        return value.value_or(Date{});
    }

    // The position of a word in the list of those allowed.
    template <std::size_t N>
    std::optional<int> word(std::string_view key, const std::string_view (&allowed)[N]) {
        const toml::node* node = find(key);
        if (!node) return std::nullopt;
        const auto* value = node->as_string();
        const auto at =
            value ? std::find(std::begin(allowed), std::end(allowed), value->get()) : std::end(allowed);
        if (at != std::end(allowed)) return static_cast<int>(at - std::begin(allowed));
        std::set<std::string, std::less<>> words(std::begin(allowed), std::end(allowed));
        wrong(*node, key, "one of " + one_of(words));
        return std::nullopt;
    }

    bool has(std::string_view key) { return find(key) != nullptr; }

    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> out;
        for_each(key, "a list of texts", [&](const toml::node& node) {
            if (const auto* value = node.as_string()) return out.push_back(value->get());
            wrong(node, key, "a list of texts");
        });
        return out;
    }

    // Every table of an array of tables.
    template <class Read>
    auto tables(std::string_view key, Read read) {
        std::vector<decltype(read(std::declval<Table&>()))> out;
        for_each(key, "a list of tables", [&](const toml::node& node) {
            const auto* one = node.as_table();
            if (!one) return wrong(node, key, "a list of tables");
            Table inner(*one, found_, std::string(key));
            out.push_back(read(inner));
        });
        return out;
    }

    template <class Read>
    void maybe_table(std::string_view key, Read read) {
        if (find(key)) table(key, read);
    }

    template <class Read>
    void table(std::string_view key, Read read) {
        const toml::node* node = find(key);
        if (!node) return missing(key, "a table");
        const auto* one = node->as_table();
        if (!one) return wrong(*node, key, "a table");
        Table inner(*one, found_, std::string(key));
        read(inner);
    }

    std::vector<std::string> keys() const {
        std::vector<std::string> out;
        for (const auto& [key, node] : table_) out.emplace_back(key.str());
        return out;
    }
    void say(const toml::node& node, std::string message) {
        found_.push_back({line_of(node), std::move(message)});
    }
    void say(std::string message) { say(table_, std::move(message)); }

private:
    const toml::node* find(std::string_view key) {
        asked_.emplace(key);
        wrong_ = false;
        return table_.get(key);
    }
    void missing(std::string_view key, std::string_view kind) {
        say(table_, what_ + " needs " + in_quotes(key) + "; write " + std::string(key) + " = … (" +
                        std::string(kind) + ")");
    }
    void wrong(const toml::node& node, std::string_view key, std::string_view kind) {
        wrong_ = true;
        say(node, in_quotes(key) + " in " + what_ + " must be " + std::string(kind));
    }
    template <class Each>
    void for_each(std::string_view key, std::string_view kind, Each each) {
        const toml::node* node = find(key);
        if (!node) return;
        const auto* array = node->as_array();
        if (!array) return wrong(*node, key, kind);
        for (const toml::node& one : *array) each(one);
    }

    const toml::table& table_;
    Found& found_;
    std::string what_;
    std::set<std::string, std::less<>> asked_;
    bool wrong_ = false;
};

Contact read_contact(Table& t) {
    return {t.text("role"), t.text_or("phone", ""), t.text_or("email", ""), t.text_or("hours", "")};
}

Code read_code(Table& t) {
    Code c;
    c.code = t.text("code");
    c.text = t.text("text");
    c.parent = t.text_or("parent", "");
    c.help = t.text_or("help", "");
    // Without a date a code counts from ever: it stood in the lists before Rowan did.
    c.valid_from = t.maybe_date("valid_from").value_or(Date{std::chrono::year{1900} / 1 / 1});
    c.valid_to = t.maybe_date("valid_to");
    return c;
}

Agency read_agency(Table& t) {
    Agency a;
    a.code = t.text("code");
    a.name = t.text("name");
    const std::string type = t.text("type");
    if (const auto known = agency_type(type)) {
        a.type = *known;
    } else if (!type.empty()) {
        std::set<std::string, std::less<>> names;
        for (int i = 0; i < kAgencyTypes; ++i) names.emplace(name_of(static_cast<AgencyType>(i)));
        t.say("the agency type " + in_quotes(type) + " is unknown; write one of " + one_of(names));
    }
    a.then_known_as = t.text_or("then_known_as", "");
    a.table1_group = t.text_or("table1_group", "");
    a.valid_from = t.maybe_date("valid_from").value_or(Date{std::chrono::year{1900} / 1 / 1});
    t.table("contact", [&](Table& c) { a.contact = read_contact(c); });
    return a;
}

Area read_area(Table& t) {
    Area a;
    a.code = t.text("code");
    a.kind = static_cast<AreaKind>(t.word("kind", kAreaKinds).value_or(0));
    a.postcodes = t.texts("postcodes");
    a.names = t.tables("names", [](Table& n) {
        return AreaName{n.maybe_date("from").value_or(Date{std::chrono::year{1900} / 1 / 1}), n.text("name")};
    });
    const std::string name = t.text_or("name", "");
    if (!name.empty()) {
        if (!a.names.empty()) t.say("the area has both name and names; keep one");
        a.names.push_back({Date{std::chrono::year{1900} / 1 / 1}, name});
    }
    return a;
}

Home read_home(Table& t) {
    Home h;
    h.code = t.text("code");
    h.name = t.text("name");
    h.postcode = t.text("postcode");
    h.exploitation_placements = t.flag("exploitation_placements", false);
    t.table("contact", [&](Table& c) { h.contact = read_contact(c); });
    return h;
}

Place read_place(Table& t) { return {t.text("code"), t.text("name"), t.text("postcode")}; }

LearningPartnership read_learning_partnership(Table& t) {
    LearningPartnership p;
    p.code = t.text("code");
    p.name = t.text("name");
    p.rolls = t.tables("rolls", [](Table& r) { return Roll{r.number("census_year"), r.number("pupils")}; });
    return p;
}

ToolItem read_item(Table& t) {
    ToolItem item;
    item.code = t.text("code");
    item.text = t.text("text");
    item.section = t.text("section");
    item.help = t.text_or("help", "");
    item.allow_possible = t.flag("allow_possible", true);
    t.table("windows", [&](Table& w) {
        for (Window one : {Window::current_6m, Window::months_6_12, Window::prior_6m, Window::lifetime})
            if (const auto weight = w.maybe_number(name_of(one))) item.windows.push_back({one, *weight});
    });
    return item;
}

ToolBand read_band(Table& t) {
    ToolBand band;
    band.from = t.number("from");
    band.to = t.maybe_number("to");
    band.code = t.text("code");
    band.label = t.text("label");
    band.advice = t.text_or("advice", "");
    band.level = t.text("level");
    return band;
}

Tool read_tool(Table& t) {
    Tool tool;
    tool.code = t.text("code");
    tool.title = t.text("title");
    tool.purpose = t.text_or("purpose", "");
    tool.family = t.text("family");
    tool.age_from = t.number("age_from");
    tool.age_to = t.maybe_number("age_to");
    tool.valid_from = t.date("valid_from");
    tool.valid_to = t.maybe_date("valid_to");
    tool.sections = t.tables(
        "sections", [](Table& s) { return ToolSection{s.text("code"), s.text("title"), s.text_or("help", "")}; });
    tool.items = t.tables("items", read_item);
    tool.protective_factors = t.tables("protective_factors", read_code);
    tool.bands = t.tables("bands", read_band);
    return tool;
}

Parameters read_parameters(Table& t, const Parameters& before) {
    Parameters p = before;
    p.valid_from = t.date("valid_from");
    for (const ParameterField& field : kParameterFields)
        if (const auto value = t.maybe_number(field.name)) p.*field.member = *value;
    if (const auto day = t.word("cmog_weekday", kWeekdays)) p.cmog_weekday = static_cast<Weekday>(*day);
    if (const auto clock = t.word("rhi_offer_clock", kRhiClocks))
        p.rhi_offer_clock = static_cast<RhiClock>(*clock);
    if (const auto clock = t.word("rhi_complete_clock", kRhiClocks))
        p.rhi_complete_clock = static_cast<RhiClock>(*clock);
    if (auto roles = t.texts("rhi_escalate_to"); !roles.empty()) p.rhi_escalate_to = std::move(roles);
    return p;
}

void read_sharing_rule(Table& t, Protocol& protocol) {
    const std::string type = t.text("agency_type");
    SharingRule rule;
    for (int i = 0; i < kDataClasses; ++i)
        rule.levels[i] =
            static_cast<SharingLevel>(t.word(name_of(static_cast<DataClass>(i)), kSharingLevels).value_or(0));
    rule.purpose = t.text_or("purpose", "");
    const auto known = agency_type(type);
    if (!known && !type.empty())
        t.say("the agency type " + in_quotes(type) + " is unknown; see docs/formats/scheme.md");
    if (known && !protocol.rules.emplace(*known, rule).second)
        t.say("two rules for " + in_quotes(type) + " in one protocol; keep one");
}

Protocol read_protocol(Table& t) {
    Protocol p;
    p.title = t.text("title");
    p.version = t.text("version");
    p.process = t.text("process");
    p.valid_from = t.date("valid_from");
    p.valid_to = t.maybe_date("valid_to");
    t.tables("rules", [&](Table& r) {
        read_sharing_rule(r, p);
        return 0;
    });
    return p;
}

Body read_body(Table& t) {
    Body b;
    b.code = t.text("code");
    b.name = t.text("name");
    b.chair = t.text("chair");
    b.reports_to = t.text_or("reports_to", "");
    b.level = static_cast<BodyLevel>(t.word("level", kBodyLevels).value_or(0));
    b.cadence_months = t.maybe_number("cadence_months").value_or(0);
    return b;
}

void read_people_and_places(Table& t, Scheme& s) {
    s.contacts = t.tables("contacts", read_contact);
    s.agencies = t.tables("agencies", read_agency);
    s.areas = t.tables("areas", read_area);
    s.homes = t.tables("homes", read_home);
    s.places = t.tables("places", read_place);
    s.learning_partnerships = t.tables("learning_partnerships", read_learning_partnership);
    s.bodies = t.tables("bodies", read_body);
}

void read_words(Table& t, Scheme& s) {
    t.table("marking", [&](Table& m) {
        s.marking = m.text("text");
        s.handling = m.text("handling");
    });
    t.table("labels", [&](Table& labels) {
        for (const std::string& key : labels.keys()) s.labels[key] = labels.text_or(key, "");
    });
    t.table("lists", [&](Table& lists) {
        for (const std::string& name : lists.keys()) s.lists[name] = lists.tables(name, read_code);
    });
    s.definitions = t.tables("definitions", [](Table& d) {
        return Definition{d.text("version"), d.text("title"), d.text("text"), d.text_or("source", ""),
                          d.date("valid_from")};
    });
    s.statements = t.tables(
        "statements", [](Table& d) { return Statement{d.text("version"), d.text("text"), d.date("valid_from")}; });
}

void read_casework(Table& t, Scheme& s) {
    s.flags = t.tables("flags", [](Table& f) {
        return Flag{f.text("code"), f.text("label"), f.text_or("help", ""), f.flag("offender", false),
                    f.flag("table1", false)};
    });
    s.tools = t.tables("tools", read_tool);
    s.risk_levels = t.tables("risk_levels", [](Table& r) {
        return RiskLevel{r.text("code"), r.text("label"), r.text_or("description", "")};
    });
    s.decisions = t.tables("decisions", [](Table& d) {
        return FrontDoorDecision{d.text("code"), d.text("label"), d.text_or("help", "")};
    });
    Parameters before;
    s.parameters = t.tables("parameters", [&](Table& p) { return before = read_parameters(p, before); });
    s.protocols = t.tables("protocols", read_protocol);
    s.retention = t.tables("retention", [](Table& r) {
        return RetentionRule{r.text("record"), r.text("basis"), r.text_or("source", ""), r.number("years"),
                             r.date("valid_from")};
    });
}

Scheme read_root(Table& t) {
    Scheme s;
    s.code = t.text("code");
    s.name = t.text("name");
    s.area_name = t.text("area_name");
    s.la_code = t.text("la_code");
    s.strategy = t.text_or("strategy", "");
    s.procedures_url = t.text_or("procedures_url", "");
    s.valid_from = t.date("valid_from");
    s.certain_links = static_cast<CertainLinks>(t.word("certain_links", kCertainLinks).value_or(0));
    t.maybe_table("sign_in", [&](Table& rules) {
        if (rules.has("security_key_roles")) s.sign_in.key_roles = rules.texts("security_key_roles");
        s.sign_in.key_for_lists = rules.flag("security_key_for_lists", s.sign_in.key_for_lists);
        s.sign_in.dormant_days = rules.maybe_number("dormant_days").value_or(s.sign_in.dormant_days);
    });
    t.maybe_table("access", [&](Table& rules) {
        s.access.own_agency = static_cast<OwnAgency>(rules.word("own_agency", kOwnAgency).value_or(0));
        s.access.meeting_days_after =
            rules.maybe_number("meeting_days_after").value_or(s.access.meeting_days_after);
        s.access.disclosure_days = rules.maybe_number("disclosure_days").value_or(s.access.disclosure_days);
    });
    read_people_and_places(t, s);
    read_words(t, s);
    read_casework(t, s);
    s.objectives = t.tables("objectives",
                            [](Table& o) { return Objective{o.text("code"), o.text("strand"), o.text("text")}; });
    s.measures = t.tables("measures", [](Table& m) {
        return Measure{m.text("code"), m.text("strand"), m.text("objective"), m.text("title"),
                       m.text("owner_role")};
    });
    return s;
}

// The line of "tools[1].bands[2]"; if that is not there (something is missing), of what should hold it.
std::uint32_t line_at(const toml::table& root, std::string where) {
    while (!where.empty()) {
        if (const toml::node* node = root.at_path(where).node()) return line_of(*node);
        const auto cut = where.find_last_of(".[");
        where.resize(cut == std::string::npos ? 0 : cut);
    }
    return 1;
}

base::Error refusal(std::string_view file, Found& found) {
    std::stable_sort(found.begin(), found.end(),
                     [](const Located& a, const Located& b) { return a.line < b.line; });
    std::string message =
        std::string(file) + " line " + std::to_string(found.front().line) + ": " + found.front().message;
    if (found.size() > 1) message += " (and " + std::to_string(found.size() - 1) + " more)";
    return base::invalid(message + ".");
}

}  // namespace

base::Result<Scheme> read_scheme(std::string_view text, std::string_view file_name) {
    if (text.size() > kMostBytes)
        return base::too_large(std::string(file_name) + " is larger than 4 MB; a scheme is not.");
    const toml::parse_result parsed = toml::parse(text, file_name);
    if (!parsed) {
        Found found{{std::max<std::uint32_t>(1, parsed.error().source().begin.line),
                     std::string(parsed.error().description())}};
        return refusal(file_name, found);
    }
    Found found;
    Scheme scheme;
    {
        Table root(parsed.table(), found, "the scheme");
        scheme = read_root(root);
    }
    if (found.empty())
        for (SchemeProblem& problem : check_scheme(scheme))
            found.push_back({line_at(parsed.table(), problem.where), std::move(problem.message)});
    if (!found.empty()) return refusal(file_name, found);
    return scheme;
}

base::Result<Scheme> load_scheme(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::not_found("The scheme file " + path.string() + " cannot be read.");
    std::ostringstream text;
    text << file.rdbuf();
    return read_scheme(text.str(), path.filename().string());
}

std::vector<std::string> shipped_schemes() {
    std::vector<std::string> out;
    for (const EmbeddedScheme& scheme : embedded_schemes()) out.emplace_back(scheme.code);
    return out;
}

std::optional<std::string_view> shipped_scheme_text(std::string_view code) {
    for (const EmbeddedScheme& scheme : embedded_schemes())
        if (scheme.code == code) return scheme.text;
    return std::nullopt;
}

base::Result<Scheme> shipped_scheme(std::string_view code) {
    if (const auto text = shipped_scheme_text(code)) return read_scheme(*text, std::string(code) + ".toml");
    std::string known;
    for (const EmbeddedScheme& scheme : embedded_schemes())
        known += (known.empty() ? "" : " or ") + std::string(scheme.code);
    return base::not_found("There is no scheme " + in_quotes(code) + "; write " + known +
                           ", or the path of a file.");
}

}  // namespace rowan::partnership
