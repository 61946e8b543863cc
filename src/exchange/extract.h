// An agency's extract: a CSV file, and what its columns mean.
//
// Pure: text in, lines out; no database. A mapping names, for each thing Rowan knows, the column that holds it,
// how dates are written and what local codes mean (docs/formats/extract-mapping.md). Without one, the usual
// headings are recognised. Every line is either read whole or refused with sentences that say what to mend.
#pragma once
#include "base/result.h"
#include "formats/csv.h"
#include "partnership/scheme.h"
#include "people/person.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::exchange {

enum class DateOrder { day_first, year_first, month_first };

struct FlagMapping {
    std::string flag;                 // code of the scheme: CSE_risk
    std::string column;               // which column says so
    std::vector<std::string> values;  // what it says (folded); empty: anything but empty, no, n, 0, false
    std::string set_on, cleared_on;   // columns of dates; set_on empty: the date of the extract
};

struct Mapping {
    std::map<std::string, std::string, std::less<>> columns;  // field -> heading
    std::vector<DateOrder> dates{DateOrder::day_first, DateOrder::year_first};
    std::map<std::string, std::map<std::string, std::string>, std::less<>>
        codes;  // field -> local (folded) -> ours
    std::vector<FlagMapping> flags;
    std::string missing_education_from, missing_education_to, missing_education_points;  // columns

    std::string column_of(std::string_view field) const;
};
// The fields that a column can hold, with the words that a person reads.
struct FieldWords {
    std::string_view field, words;
};
const std::vector<FieldWords>& extract_fields();

// Finds the usual headings ("Forename", "DOB", "NHS No"). invalid when neither a name nor a reference is found.
base::Result<Mapping> detect_mapping(const formats::CsvRow& header, const partnership::Scheme&);
// "mapping.toml line 4: …"
base::Result<Mapping> read_mapping(std::string_view toml, std::string_view file_name);
// Every column that the mapping names is in the file, every flag in the scheme.
base::Result<> check_mapping(const Mapping&, const formats::CsvRow& header, const partnership::Scheme&);

struct GivenFlag {
    std::string flag;
    base::Date set_on;
    std::optional<base::Date> cleared_on;
};
struct GivenEducation {
    base::Date started_on;
    std::optional<base::Date> ended_on;
    std::vector<std::string> points;  // codes of the scheme
};
struct ExtractLine {
    std::size_t number = 0;  // line of the file, from 1
    people::Identity identity;
    std::vector<GivenFlag> flags;
    std::optional<GivenEducation> education;
    std::vector<std::string> problems;  // why it is refused; empty: it can be taken
};
ExtractLine read_line(const formats::CsvReader&, const formats::CsvRow&, const Mapping&,
                      const partnership::Scheme&, base::Date today);

// A date in the orders that the mapping allows; "31/02/2017" is refused.
base::Result<base::Date> read_date(std::string_view, const std::vector<DateOrder>&);

// Counts of exclusions by learning partnership (Table 2): recognised by their headings.
struct ExclusionCount {
    std::size_t number = 0;
    std::string partnership, academic_year, as_at;
    std::int64_t fixed_term = 0, permanent = 0;
    std::optional<std::int64_t> on_roll;
    std::vector<std::string> problems;
};
bool holds_exclusions(const formats::CsvRow& header);
ExclusionCount read_exclusion(const formats::CsvReader&, const formats::CsvRow&, const partnership::Scheme&);

}  // namespace rowan::exchange
