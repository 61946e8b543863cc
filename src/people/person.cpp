#include "people/person.h"

#include "base/fields.h"
#include "base/number.h"
#include "base/text.h"
#include "formats/json.h"

#include <algorithm>
#include <array>

template <>
struct rowan::base::Describe<rowan::people::Identity> {
    using I = rowan::people::Identity;
    static constexpr std::string_view name = "identity";
    static constexpr auto fields = std::tuple{field("given_names", &I::given_names, Kind::sealed),
                                              field("family_name", &I::family_name, Kind::sealed),
                                              field("known_as", &I::known_as, Kind::sealed),
                                              field("aliases", &I::aliases, Kind::sealed),
                                              field("born", &I::born, Kind::sealed),
                                              field("sex", &I::sex, Kind::sealed),
                                              field("ethnicity", &I::ethnicity, Kind::sealed),
                                              field("nhs_number", &I::nhs_number, Kind::sealed),
                                              field("upn", &I::upn, Kind::sealed),
                                              field("phone", &I::phone, Kind::sealed),
                                              field("address", &I::address, Kind::sealed),
                                              field("postcode", &I::postcode, Kind::sealed),
                                              field("local_ref", &I::local_ref, Kind::sealed)};
};

namespace rowan::people {

namespace {

using formats::Json;

Json to_value(const std::string& v) { return v; }
Json to_value(const std::optional<base::Date>& v) { return v ? base::to_iso(*v) : ""; }
Json to_value(const std::vector<std::string>& v) { return Json::strings(v); }

void from_value(const Json& json, std::string& out) { out = json.text(); }
void from_value(const Json& json, std::optional<base::Date>& out) { out = base::parse_iso_date(json.text()); }
void from_value(const Json& json, std::vector<std::string>& out) { out = json.strings(); }

bool value_is_empty(const std::string& v) { return v.empty(); }
bool value_is_empty(const std::vector<std::string>& v) { return v.empty(); }
bool value_is_empty(const std::optional<base::Date>& v) { return !v; }

void problem(std::vector<FieldProblem>& out, std::string field, std::string message) {
    out.push_back({std::move(field), std::move(message)});
}

// DOMAIN.md 3.10: names are 1 to 80 characters; what is longer is refused, never cut.
void check_name(std::vector<FieldProblem>& out, std::string& value, const char* field, const char* what) {
    value = base::tidy_line(value);
    if (base::length(value) > 80) problem(out, field, std::string(what) + " must be 80 characters or fewer");
}

template <class Parse>
void check_identifier(std::vector<FieldProblem>& out, std::string& value, const char* field, Parse parse) {
    value = base::tidy_line(value);
    if (value.empty()) return;
    if (auto parsed = parse(value); parsed.ok())
        value = *parsed;
    else {
        auto words = parsed.error().message;
        if (words.ends_with('.')) words.pop_back();  // as every other message at a field
        problem(out, field, std::move(words));
    }
}

}  // namespace

// Empty fields are left out: most records say little, and every byte is sealed and opened again.
std::string to_json(const Identity& who) {
    Json out = Json::object({});
    base::for_each_field(who, [&](std::string_view name, const auto& value, base::Kind) {
        if (!value_is_empty(value)) out.set(std::string(name), to_value(value));
    });
    return out.write();
}

base::Result<Identity> identity_from_json(std::string_view text) {
    const auto json = formats::parse_json(text);
    if (!json.ok()) return json.error();
    Identity out;
    base::for_each_field(out, [&](std::string_view name, auto& value, base::Kind) {
        if (json->has(name)) from_value((*json)[name], value);
    });
    return out;
}

std::string Identity::display_name() const {
    const auto name = base::tidy_line(given_names + " " + family_name);
    if (!name.empty()) return name;
    return known_as.empty() ? "Name not known" : known_as;
}

std::string Identity::sort_name() const { return family_name + ", " + given_names; }

std::vector<FieldProblem> check(Identity& who, base::Date today) {
    std::vector<FieldProblem> out;
    check_name(out, who.given_names, "given_names", "First names");
    check_name(out, who.family_name, "family_name", "Family name");
    check_name(out, who.known_as, "known_as", "The name they are known as");
    for (auto& alias : who.aliases) check_name(out, alias, "aliases", "Another name");
    std::erase_if(who.aliases, [](const std::string& alias) { return alias.empty(); });
    if (who.given_names.empty() && who.family_name.empty() && who.known_as.empty() && who.aliases.empty())
        problem(out, "given_names", "Enter at least one name");
    if (who.born) {
        if (*who.born > today)
            problem(out, "born", "Date of birth must be in the past");
        else if (who.born->year() < std::chrono::year{1900})
            problem(out, "born", "Date of birth must be after 1900");
    }
    if (who.sex != "M" && who.sex != "F") who.sex = "U";
    if (who.ethnicity.empty()) who.ethnicity = "NOBT";
    check_identifier(out, who.nhs_number, "nhs_number", base::parse_nhs_number);
    check_identifier(out, who.upn, "upn", base::parse_upn);
    check_identifier(out, who.phone, "phone", base::parse_phone);
    who.address = base::tidy(who.address);
    if (base::length(who.address) > 300) problem(out, "address", "Address must be 300 characters or fewer");
    // Trap 6: a postcode that cannot be read is kept as written and counted as Blank, never refused.
    who.postcode = base::parse_postcode(who.postcode).text;
    if (base::length(who.postcode) > 20) problem(out, "postcode", "Postcode must be 20 characters or fewer");
    who.local_ref = base::tidy_line(who.local_ref);
    if (base::length(who.local_ref) > 60)
        problem(out, "local_ref", "Your reference must be 60 characters or fewer");
    return out;
}

base::Result<base::Date> parse_written_date(std::string_view day, std::string_view month, std::string_view year) {
    static constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                                 "jul", "aug", "sep", "oct", "nov", "dec"};
    const auto number = [](std::string_view text) { return base::whole_number<int>(text).value_or(-1); };
    const auto d = base::tidy_line(day), m = base::fold(base::tidy_line(month)), y = base::tidy_line(year);
    if (d.empty() || m.empty() || y.empty()) return base::invalid("Date must include a day, a month and a year");
    int month_number = number(m);
    if (month_number < 0 && m.size() >= 3)
        for (std::size_t i = 0; i < kMonths.size(); ++i)
            if (m.substr(0, 3) == kMonths[i]) month_number = static_cast<int>(i) + 1;
    if (y.size() != 4) return base::invalid("Year must include 4 numbers");
    const int day_number = number(d), year_number = number(y);
    const base::Date date{std::chrono::year{year_number}, std::chrono::month(static_cast<unsigned>(month_number)),
                          std::chrono::day(static_cast<unsigned>(day_number))};
    if (day_number < 1 || day_number > 31 || month_number < 1 || month_number > 12 || year_number < 0 ||
        !date.ok())
        return base::invalid("Date must be a real date, such as 27 3 2007");
    return date;
}

bool Flag::active_on(base::Date day) const { return set_on <= day && (!cleared_on || *cleared_on > day); }

}  // namespace rowan::people
