#include "linkage/model.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "formats/toml.inc"

namespace rowan::linkage {
namespace {

constexpr std::array<std::string_view, kFields> kFieldKeys{
    "given_name", "middle_name", "family_name", "date_of_birth", "sex",   "postcode", "address",
    "town",       "nhs_number",  "upn",         "other_id",      "phone", "email",    "other"};
constexpr std::array<std::string_view, kFields> kFieldWords{
    "given name",       "middle name", "surname", "date of birth", "sex",
    "postcode",         "address",     "town",    "NHS number",    "unique pupil number",
    "other identifier", "phone",       "e-mail",  "further field"};
constexpr std::array<std::string_view, 22> kTestKeys{"same",
                                                     "run_together",
                                                     "part",
                                                     "nickname",
                                                     "initial",
                                                     "typing_error",
                                                     "jaro_winkler",
                                                     "sounds_like",
                                                     "exchanged",
                                                     "swapped",
                                                     "middle",
                                                     "one_digit",
                                                     "first_of_january",
                                                     "other_year",
                                                     "within_days",
                                                     "same_month",
                                                     "same_year",
                                                     "sector",
                                                     "outward",
                                                     "area",
                                                     "same_user",
                                                     "different"};
static_assert(static_cast<std::size_t>(Test::different) + 1 == kTestKeys.size());

constexpr std::array<std::string_view, 21> kPartKeys{
    "given",      "given_sound", "given_initial", "given_two",   "family",   "family_sound", "family_four",
    "both_names", "birth",       "birth_year",    "birth_month", "postcode", "outward",      "address",
    "town",       "nhs_number",  "upn",           "other_id",    "phone",    "email",        "exact_birth"};
static_assert(static_cast<std::size_t>(Part::exact_birth) + 1 == kPartKeys.size());

constexpr std::string_view kChildren =
#include "linkage/default_model.inc"
    ;

// The shortest text that reads back as the same double, with a point so that TOML takes it for a float.
std::string number(double value) {
    char out[40];
    const auto end = std::to_chars(out, out + sizeof out, value).ptr;
    std::string text(out, end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string quoted(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\')
            out += '\\', out += c;
        else if (static_cast<unsigned char>(c) < 32 || c == 127)
            out += "\\u00", out += kHex[(c >> 4) & 7], out += kHex[c & 15];
        else
            out += c;
    }
    return out + '"';
}

bool probable(double p) { return std::isfinite(p) && p > 0 && p < 1; }

base::Result<Level> read_level(const toml::table& t, std::string_view where) {
    Level level;
    const auto test = parse_test(t["test"].value_or(std::string_view{}));
    if (!test)
        return base::invalid("The model’s field " + std::string(where) + " has a level with an unknown test.");
    level.test = *test;
    level.limit = t["limit"].value_or(0.0);
    if (!std::isfinite(level.limit) || level.limit < 0)
        return base::invalid("A limit in the model must be 0 or more.");
    level.says = t["says"].value_or(std::string(test_key(level.test)));
    level.m = t["m"].value_or(0.0);
    level.u = t["u"].value_or(0.0);
    if (!probable(level.m) || !probable(level.u))
        return base::invalid("In the model’s field " + std::string(where) +
                             ", every m and u must lie between 0 and 1.");
    return level;
}

base::Result<FieldModel> read_field(const toml::table& t) {
    FieldModel f;
    const std::string key = t["field"].value_or(std::string{});
    const auto field = parse_field(key);
    if (!field)
        return base::invalid("The model names a field that does not exist; see docs/formats/linkage-model.md.");
    f.field = *field;
    f.term_frequency = t["term_frequency"].value_or(false);
    f.household = t["household"].value_or(false);
    f.right = t["right"].value_or(1.0);
    if (!(f.right > 0 && f.right <= 1))
        return base::invalid("In the model’s field " + key + ", right must be above 0 and at most 1.");
    const toml::array* levels = t["levels"].as_array();
    if (levels == nullptr || levels->size() < 2 || levels->size() > 15)
        return base::invalid("The model’s field " + key + " needs 2 to 15 levels.");
    for (const toml::node& node : *levels) {
        const toml::table* row = node.as_table();
        if (row == nullptr) return base::invalid("The levels of the model’s field " + key + " must be tables.");
        auto level = read_level(*row, key);
        if (!level) return level.error();
        f.levels.push_back(std::move(*level));
    }
    if (f.levels.back().test != Test::different)
        return base::invalid("The last level of the model’s field " + key + " must be the test “different”.");
    for (std::size_t i = 0; i < f.levels.size(); ++i)
        if (f.levels[i].test == Test::exchanged &&
            (f.field != Field::given_name || i != 1 || f.levels[0].test != Test::same))
            return base::invalid(
                "The level “exchanged” of the model must be the second of given_name, after “same”.");
    return f;
}

base::Result<Rule> read_rule(const toml::table& t) {
    Rule rule;
    rule.name = t["name"].value_or(std::string{});
    const toml::array* parts = t["parts"].as_array();
    if (parts == nullptr || parts->empty()) return base::invalid("A [[rule]] of the model needs parts = [ … ].");
    for (const toml::node& node : *parts) {
        const auto part = parse_part(node.value_or(std::string_view{}));
        if (!part)
            return base::invalid(
                "A rule of the model names a part that does not exist; see docs/formats/linkage-model.md.");
        rule.parts.push_back(*part);
    }
    if (t.contains("closer")) {
        rule.closer = parse_part(t["closer"].value_or(std::string_view{}));
        if (!rule.closer)
            return base::invalid(
                "What is closer in a rule of the model must be one part, like \"given_initial\".");
    }
    if (rule.name.empty())
        for (const Part p : rule.parts) rule.name += (rule.name.empty() ? "" : ", ") + std::string(part_key(p));
    return rule;
}

base::Result<> read_rules(const toml::table& t, Model& model) {
    const toml::node* node = t.get("rule");
    if (node == nullptr) return base::done();
    const toml::array* rules = node->as_array();
    if (rules == nullptr || rules->size() > kMaxRules)
        return base::invalid("The model’s rules must be written as [[rule]], at most " +
                             std::to_string(kMaxRules) + " of them.");
    for (const toml::node& row : *rules) {
        if (!row.is_table()) return base::invalid("The model’s rules must be written as [[rule]].");
        auto rule = read_rule(*row.as_table());
        if (!rule) return rule.error();
        model.rules.push_back(std::move(*rule));
    }
    return base::done();
}

}  // namespace

std::string_view field_key(Field f) { return kFieldKeys[static_cast<std::size_t>(f)]; }
std::string_view field_words(Field f) { return kFieldWords[static_cast<std::size_t>(f)]; }
std::string_view test_key(Test t) { return kTestKeys[static_cast<std::size_t>(t)]; }

std::optional<Field> parse_field(std::string_view key) {
    const auto at = std::find(kFieldKeys.begin(), kFieldKeys.end(), key);
    if (at == kFieldKeys.end()) return std::nullopt;
    return static_cast<Field>(at - kFieldKeys.begin());
}

std::optional<Test> parse_test(std::string_view key) {
    const auto at = std::find(kTestKeys.begin(), kTestKeys.end(), key);
    if (at == kTestKeys.end()) return std::nullopt;
    return static_cast<Test>(at - kTestKeys.begin());
}

std::string_view part_key(Part p) { return kPartKeys[static_cast<std::size_t>(p)]; }

std::optional<Part> parse_part(std::string_view key) {
    const auto at = std::find(kPartKeys.begin(), kPartKeys.end(), key);
    if (at == kPartKeys.end()) return std::nullopt;
    return static_cast<Part>(at - kPartKeys.begin());
}

double Level::weight() const { return std::log2(m / u); }
double Model::prior_weight(bool same_source) const {
    const double p = same_source ? prior_same_source : prior;
    return std::log2(p / (1 - p));
}

double probability(double weight) {
    return weight > 0 ? 1 / (1 + std::exp2(-weight)) : std::exp2(weight) / (1 + std::exp2(weight));
}

const FieldModel* Model::find(Field f) const {
    for (const FieldModel& field : fields)
        if (field.field == f) return &field;
    return nullptr;
}

std::string_view Model::children_text() { return kChildren; }

const Model& Model::children() {
    static const Model model = parse(kChildren).value();
    return model;
}

base::Result<Model> Model::parse(std::string_view text) {
    if (!base::is_utf8(text)) return base::invalid("The model is not UTF-8 text.");
    const auto parsed = toml::parse(text);
    if (!parsed)
        return base::invalid("The model is not TOML: line " + std::to_string(parsed.error().source().begin.line) +
                             " cannot be read.");
    const auto& t = parsed.table();
    // Not value_or(): the library would turn 8e88 into an integer, which no integer is.
    const auto* format = t["format"].as_integer();
    if (format == nullptr || format->get() != 1) return base::invalid("The model must say “format = 1”.");
    Model model;
    model.name = t["name"].value_or(std::string{});
    model.prior = t["prior"].value_or(model.prior);
    model.prior_same_source = t["prior_same_source"].value_or(model.prior);
    model.sibling_pairs = t["sibling_pairs"].value_or(model.sibling_pairs);
    model.sibling_pairs_same_source = t["sibling_pairs_same_source"].value_or(model.sibling_pairs);
    model.twin_share = t["twin_share"].value_or(model.twin_share);
    model.sibling_namesakes = t["sibling_namesakes"].value_or(model.sibling_namesakes);
    model.sibling_ceiling = t["sibling_ceiling"].value_or(model.sibling_ceiling);
    model.names_together = t["names_together"].value_or(model.names_together);
    model.household_share = t["household_share"].value_or(model.household_share);
    model.plain_frequency = t["plain_frequency"].value_or(false);
    if (!probable(model.prior) || !probable(model.prior_same_source))
        return base::invalid("The model’s prior must lie between 0 and 1.");
    const auto ratio = [](double x) { return x >= 0 && x < 1e6; };
    if (!ratio(model.sibling_pairs) || !ratio(model.sibling_pairs_same_source) || !probable(model.twin_share))
        return base::invalid("The model’s sibling_pairs must be 0 or more and its twin_share between 0 and 1.");
    if (!(model.sibling_namesakes > 0 && model.sibling_namesakes <= 1))
        return base::invalid("The model’s sibling_namesakes must be above 0 and at most 1.");
    if (!std::isfinite(model.sibling_ceiling))
        return base::invalid("The model’s sibling_ceiling must be a number.");
    if (!(model.names_together >= 1 && model.names_together <= 1e6))
        return base::invalid("The model’s names_together must be at least 1 and at most 1,000,000.");
    if (!(model.household_share >= 0 && model.household_share <= 1))
        return base::invalid("The model’s household_share must lie between 0 and 1.");
    const toml::array* fields = t["field"].as_array();
    if (fields == nullptr || fields->empty()) return base::invalid("The model has no [[field]].");
    for (const toml::node& node : *fields) {
        const toml::table* row = node.as_table();
        if (row == nullptr) return base::invalid("The model’s fields must be written as [[field]].");
        auto field = read_field(*row);
        if (!field) return field.error();
        if (model.find(field->field) != nullptr)
            return base::invalid("The model describes the field " + std::string(field_key(field->field)) +
                                 " twice.");
        model.fields.push_back(std::move(*field));
    }
    if (auto rules = read_rules(t, model); !rules) return rules.error();
    return model;
}

std::string Model::text() const {
    std::string out = "format = 1\nname = " + quoted(name) + "\nprior = " + number(prior) +
                      "\nprior_same_source = " + number(prior_same_source) +
                      "\nsibling_pairs = " + number(sibling_pairs) +
                      "\nsibling_pairs_same_source = " + number(sibling_pairs_same_source) +
                      "\ntwin_share = " + number(twin_share) + "\nsibling_ceiling = " + number(sibling_ceiling) +
                      "\nhousehold_share = " + number(household_share) + "\n";
    if (names_together != 1) out += "names_together = " + number(names_together) + "\n";
    if (sibling_namesakes != 1) out += "sibling_namesakes = " + number(sibling_namesakes) + "\n";
    if (plain_frequency) out += "plain_frequency = true\n";
    for (const Rule& r : rules) {
        out += "\n[[rule]]\nname = " + quoted(r.name) + "\nparts = [";
        for (std::size_t i = 0; i < r.parts.size(); ++i)
            out += (i == 0 ? "" : ", ") + quoted(part_key(r.parts[i]));
        out += "]\n";
        if (r.closer) out += "closer = " + quoted(part_key(*r.closer)) + "\n";
    }
    for (const FieldModel& f : fields) {
        out += "\n[[field]]\nfield = " + quoted(field_key(f.field)) + "\n";
        if (f.term_frequency) out += "term_frequency = true\n";
        if (f.right != 1) out += "right = " + number(f.right) + "\n";
        if (f.household) out += "household = true\n";
        out += "levels = [\n";
        for (const Level& l : f.levels) {
            out += "  { test = " + quoted(test_key(l.test));
            if (l.limit != 0) out += ", limit = " + number(l.limit);
            out += ", says = " + quoted(l.says) + ", m = " + number(l.m) + ", u = " + number(l.u) + " },\n";
        }
        out += "]\n";
    }
    return out;
}

}  // namespace rowan::linkage
