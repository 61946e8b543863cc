#include "exchange/extract.h"

#include "base/number.h"
#include "base/text.h"

#include <algorithm>
#include <array>

namespace rowan::exchange {

namespace {

struct Headings {
    std::string_view field, words;
    std::vector<std::string_view> usual;  // folded, spaces and signs dropped
};

const std::vector<Headings>& headings() {
    static const std::vector<Headings> all = {
        {"local_ref",
         "Your reference",
         {"recordid", "localref", "clientid", "childid", "reference", "ref", "id", "personid", "ourref", "urn",
          "custodyref", "lachildid", "uniqueid"}},
        {"given_names",
         "First names",
         {"givennames", "givenname", "forename", "forenames", "firstname", "firstnames"}},
        {"family_name", "Family name", {"familyname", "surname", "lastname"}},
        {"known_as", "Known as", {"knownas", "preferredname", "nickname"}},
        {"alias", "Other names", {"alias", "aliases", "aka", "othernames", "formersurname"}},
        {"born", "Date of birth", {"dateofbirth", "dob", "birthdate", "born"}},
        {"sex", "Sex", {"sex", "gender"}},
        {"ethnicity", "Ethnicity", {"ethnicity", "ethnic", "ethnicgroup"}},
        {"nhs_number", "NHS number", {"nhsnumber", "nhsno", "nhs"}},
        {"upn", "UPN", {"upn", "uniquepupilnumber"}},
        {"phone", "Phone", {"phone", "telephone", "mobile", "phonenumber"}},
        {"address", "Address", {"address", "addressline1", "street", "homeaddress"}},
        {"postcode", "Postcode", {"postcode", "homepostcode", "postalcode"}},
    };
    return all;
}

// "Date of Birth" and "date_of_birth" are one heading.
std::string squeezed(std::string_view heading) {
    std::string out;
    for (const char c : base::fold(heading))
        if (std::isalnum(static_cast<unsigned char>(c))) out.push_back(c);
    return out;
}

bool means_yes(const std::string& folded) {
    return !folded.empty() && folded != "no" && folded != "n" && folded != "0" && folded != "false";
}

// Reads the cells of one row by the names of a mapping.
struct Cells {
    const formats::CsvReader& reader;
    const formats::CsvRow& row;
    std::string get(std::string_view heading) const {
        if (heading.empty()) return {};
        const auto at = reader.column(heading);
        return at ? base::tidy(row[*at]) : std::string{};
    }
};

std::string coded(const Mapping& mapping, std::string_view field, const std::string& value) {
    const auto list = mapping.codes.find(field);
    if (list == mapping.codes.end()) return value;
    const auto found = list->second.find(base::fold(value));
    return found == list->second.end() ? value : found->second;
}

std::string sex_from(const std::string& value) {
    const auto folded = base::fold(value);
    if (folded == "m" || folded == "male" || folded == "1" || folded == "boy") return "M";
    if (folded == "f" || folded == "female" || folded == "2" || folded == "girl") return "F";
    return "U";
}

std::optional<base::Date> optional_date(const std::string& text, const Mapping& mapping, const char* what,
                                        std::vector<std::string>& problems) {
    if (text.empty()) return std::nullopt;
    const auto date = read_date(text, mapping.dates);
    if (date.ok()) return *date;
    problems.push_back(std::string(what) + ": " + date.error().message);
    return std::nullopt;
}

void read_flags(const Cells& cells, const Mapping& mapping, base::Date today, ExtractLine& line) {
    for (const auto& wanted : mapping.flags) {
        const auto said = base::fold(cells.get(wanted.column));
        const bool is_set = wanted.values.empty() ? means_yes(said)
                                                  : std::find(wanted.values.begin(), wanted.values.end(), said) !=
                                                        wanted.values.end();
        if (!is_set) continue;
        GivenFlag flag;
        flag.flag = wanted.flag;
        flag.set_on =
            optional_date(cells.get(wanted.set_on), mapping, "Date of the flag", line.problems).value_or(today);
        flag.cleared_on = optional_date(cells.get(wanted.cleared_on), mapping, "End of the flag", line.problems);
        if (flag.set_on > today) line.problems.push_back("Date of the flag: it is in the future");
        if (flag.cleared_on && *flag.cleared_on < flag.set_on)
            line.problems.push_back("End of the flag: it is before the flag was set");
        line.flags.push_back(std::move(flag));
    }
}

void read_education(const Cells& cells, const Mapping& mapping, const partnership::Scheme& scheme,
                    base::Date today, ExtractLine& line) {
    const auto from = cells.get(mapping.missing_education_from);
    if (from.empty()) return;
    const auto started = optional_date(from, mapping, "Missing education from", line.problems);
    if (!started) return;
    GivenEducation given{
        *started,
        optional_date(cells.get(mapping.missing_education_to), mapping, "Missing education to", line.problems),
        {}};
    if (given.started_on > today) line.problems.push_back("Missing education from: it is in the future");
    if (given.ended_on && *given.ended_on < given.started_on)
        line.problems.push_back("Missing education to: it is before the start");
    for (const auto& written : base::split(cells.get(mapping.missing_education_points), ';')) {
        const auto point = base::tidy_line(written);
        if (point.empty()) continue;
        const auto& list = scheme.list("points_of_interest");
        const auto known = std::find_if(list.begin(), list.end(), [&](const auto& code) {
            return code.code == point || base::fold(code.text) == base::fold(point);
        });
        if (known == list.end())
            line.problems.push_back("Point of interest: \"" + base::truncate(point, 40) +
                                    "\" is not in the scheme's list");
        else
            given.points.push_back(known->code);
    }
    line.education = std::move(given);
}

// "1,204"
std::optional<std::int64_t> count_from(const std::string& text) {
    std::string digits;
    for (const char c : text)
        if (c != ',' && c != ' ') digits.push_back(c);
    const auto out = base::whole_number<std::int64_t>(digits);
    return out && *out >= 0 ? out : std::nullopt;
}

// "2016/17", and not "2016/18".
bool is_academic_year(const std::string& text) {
    if (text.size() != 7 || text[4] != '/') return false;
    const auto first = count_from(text.substr(0, 4)), second = count_from(text.substr(5));
    return first && second && *second == (*first + 1) % 100;
}

}  // namespace

const std::vector<FieldWords>& extract_fields() {
    static const auto all = [] {
        std::vector<FieldWords> out;
        for (const auto& h : headings()) out.push_back({h.field, h.words});
        return out;
    }();
    return all;
}

std::string Mapping::column_of(std::string_view field) const {
    const auto found = columns.find(field);
    return found == columns.end() ? std::string{} : found->second;
}

base::Result<Mapping> detect_mapping(const formats::CsvRow& header, const partnership::Scheme& scheme) {
    Mapping out;
    for (const auto& known : headings())
        for (const auto& heading : header)
            if (!out.columns.contains(known.field) &&
                std::find(known.usual.begin(), known.usual.end(), squeezed(heading)) != known.usual.end())
                out.columns[std::string(known.field)] = heading;
    // "CSE_risk", with "CSE_risk from" and "CSE_risk to" for its dates.
    for (const auto& flag : scheme.flags) {
        FlagMapping mapping;
        for (const auto& heading : header) {
            const auto name = squeezed(heading), code = squeezed(flag.code);
            if (name == code)
                mapping.column = heading;
            else if (name == code + "from" || name == code + "date" || name == code + "seton")
                mapping.set_on = heading;
            else if (name == code + "to" || name == code + "clearedon" || name == code + "end")
                mapping.cleared_on = heading;
        }
        if (mapping.column.empty()) mapping.column = mapping.set_on;
        if (mapping.column.empty()) continue;
        mapping.flag = flag.code;
        out.flags.push_back(std::move(mapping));
    }
    for (const auto& heading : header) {
        if (squeezed(heading) == "missingeducationfrom") out.missing_education_from = heading;
        if (squeezed(heading) == "missingeducationto") out.missing_education_to = heading;
        if (squeezed(heading) == "pointsofinterest" || squeezed(heading) == "missingeducationpoints")
            out.missing_education_points = heading;
    }
    if (!out.columns.contains("given_names") && !out.columns.contains("family_name") &&
        !out.columns.contains("known_as"))
        return base::invalid(
            "No column of names was found. The first line must hold the headings, such as Forename and Surname; "
            "or give a mapping.");
    return out;
}

base::Result<> check_mapping(const Mapping& mapping, const formats::CsvRow& header,
                             const partnership::Scheme& scheme) {
    auto there = [&](const std::string& heading) {
        return heading.empty() || std::find(header.begin(), header.end(), heading) != header.end();
    };
    auto missing = [](const std::string& heading) {
        return base::invalid("The mapping names a column \"" + base::truncate(heading, 60) +
                             "\" that the file does not have.");
    };
    for (const auto& [field, heading] : mapping.columns)
        if (!there(heading)) return missing(heading);
    for (const auto& flag : mapping.flags) {
        for (const auto* heading : {&flag.column, &flag.set_on, &flag.cleared_on})
            if (!there(*heading)) return missing(*heading);
        if (!scheme.find_flag(flag.flag))
            return base::invalid("The mapping names a flag \"" + base::truncate(flag.flag, 40) +
                                 "\" that the scheme does not know.");
    }
    for (const auto* heading :
         {&mapping.missing_education_from, &mapping.missing_education_to, &mapping.missing_education_points})
        if (!there(*heading)) return missing(*heading);
    if (mapping.column_of("given_names").empty() && mapping.column_of("family_name").empty() &&
        mapping.column_of("known_as").empty())
        return base::invalid("The mapping names no column for names.");
    return base::done();
}

base::Result<base::Date> read_date(std::string_view text, const std::vector<DateOrder>& orders) {
    // A time after the date is passed over: "2009-03-14 00:00:00", "14/03/2009 00:00".
    std::array<std::string, 3> parts;
    std::size_t part = 0;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)))
            parts[part].push_back(c);
        else if ((c == '/' || c == '-' || c == '.' || c == ' ') && !parts[part].empty() && ++part == 3)
            break;
        else if (c != '/' && c != '-' && c != '.' && c != ' ')
            break;
        if (part == 2 && c == 'T') break;
    }
    if (const auto t = parts[2].find('T'); t != std::string::npos && t > 0) parts[2].resize(t);
    if (parts[0].size() == 8 && parts[1].empty())  // 20090314
        parts = {parts[0].substr(0, 4), parts[0].substr(4, 2), parts[0].substr(6, 2)};
    for (const auto order : orders) {
        const bool year_leads = parts[0].size() == 4;
        if (year_leads != (order == DateOrder::year_first)) continue;
        const auto& day = order == DateOrder::day_first     ? parts[0]
                          : order == DateOrder::month_first ? parts[1]
                                                            : parts[2];
        const auto& month = order == DateOrder::month_first ? parts[0] : parts[1];
        const auto& year = order == DateOrder::year_first ? parts[0] : parts[2];
        if (auto date = people::parse_written_date(day, month, year); date.ok()) return date;
    }
    return base::invalid("it is not a real date, such as 27/03/2007");
}

ExtractLine read_line(const formats::CsvReader& reader, const formats::CsvRow& row, const Mapping& mapping,
                      const partnership::Scheme& scheme, base::Date today) {
    ExtractLine line;
    line.number = reader.line();
    const Cells cells{reader, row};
    auto value = [&](std::string_view field) {
        return coded(mapping, field, cells.get(mapping.column_of(field)));
    };
    auto& who = line.identity;
    who.local_ref = value("local_ref");
    who.given_names = value("given_names");
    who.family_name = value("family_name");
    who.known_as = value("known_as");
    for (const auto& alias : base::split(value("alias"), ';')) who.aliases.push_back(alias);
    who.sex = sex_from(value("sex"));
    who.ethnicity = value("ethnicity");
    who.nhs_number = value("nhs_number");
    who.upn = value("upn");
    who.phone = value("phone");
    who.address = value("address");
    who.postcode = value("postcode");
    who.born = optional_date(value("born"), mapping, "Date of birth", line.problems);
    if (!who.local_ref.empty() && base::tidy_line(who.local_ref).empty()) who.local_ref.clear();
    for (const auto& problem : people::check(who, today)) line.problems.push_back(problem.message);
    // A second row of headings, as spreadsheets with merged heads have them.
    if (base::fold(who.family_name) == base::fold(mapping.column_of("family_name")) && !who.family_name.empty() &&
        base::fold(who.given_names) == base::fold(mapping.column_of("given_names")))
        line.problems.push_back("This looks like a second line of headings: take it out of the file");
    read_flags(cells, mapping, today, line);
    read_education(cells, mapping, scheme, today, line);
    return line;
}

bool holds_exclusions(const formats::CsvRow& header) {
    auto has = [&](std::string_view name) {
        return std::any_of(header.begin(), header.end(), [&](const auto& h) { return squeezed(h) == name; });
    };
    return has("fixedtermexclusions") && has("permanentexclusions") && has("academicyear");
}

ExclusionCount read_exclusion(const formats::CsvReader& reader, const formats::CsvRow& row,
                              const partnership::Scheme& scheme) {
    ExclusionCount out;
    out.number = reader.line();
    auto cell = [&](std::string_view name) {
        for (std::size_t i = 0; i < reader.header().size(); ++i)
            if (squeezed(reader.header()[i]) == name) return base::tidy_line(row[i]);
        return std::string{};
    };
    auto name = cell("clp");
    if (name.empty()) name = cell("learningpartnership");
    for (const auto& known : scheme.learning_partnerships)
        if (base::fold(known.name) == base::fold(name) || known.code == name) out.partnership = known.code;
    if (out.partnership.empty())
        out.problems.push_back("Learning partnership: \"" + base::truncate(name, 60) + "\" is not in the scheme");
    out.academic_year = cell("academicyear");
    if (!is_academic_year(out.academic_year)) out.problems.push_back("Academic year: write it like 2016/17");
    const auto as_at = read_date(cell("asat"), {DateOrder::year_first, DateOrder::day_first});
    if (as_at.ok())
        out.as_at = base::to_iso(*as_at);
    else
        out.problems.push_back("As at: " + as_at.error().message);
    auto count = [&](std::string_view heading, const char* what) {
        const auto number = count_from(cell(heading));
        if (!number) out.problems.push_back(std::string(what) + ": enter a whole number");
        return number.value_or(0);
    };
    out.fixed_term = count("fixedtermexclusions", "Fixed-term exclusions");
    out.permanent = count("permanentexclusions", "Permanent exclusions");
    if (const auto roll = cell("numberonroll"); !roll.empty()) {
        out.on_roll = count_from(roll);
        if (!out.on_roll || *out.on_roll == 0)
            out.problems.push_back("Number on roll: enter a whole number above 0, or leave it empty");
    }
    return out;
}

}  // namespace rowan::exchange
