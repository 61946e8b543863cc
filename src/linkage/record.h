// A record about a person as a source holds it, and the form in which records are compared.
// Thread-safety: values and pure functions; share nothing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

// A date as written, perhaps in part: 0 stands for a part that is not known. The parts need not make a real date
// (31 February is a typing error, and its digits are still evidence).
struct PartialDate {
    std::uint16_t year = 0;
    std::uint8_t month = 0, day = 0;

    bool empty() const { return year == 0 && month == 0 && day == 0; }
    bool complete() const { return year != 0 && month != 0 && day != 0; }
    bool real() const;          // complete, and in the calendar
    std::int32_t days() const;  // days since 1970-01-01; precondition: real()
    std::uint32_t packed() const { return std::uint32_t{year} << 16 | std::uint32_t{month} << 8 | day; }
    static PartialDate unpack(std::uint32_t p) {
        return {static_cast<std::uint16_t>(p >> 16), static_cast<std::uint8_t>(p >> 8 & 255),
                static_cast<std::uint8_t>(p & 255)};
    }
    std::string text() const;  // "2014-03-09", "2014-03", "2014"
    friend bool operator==(PartialDate, PartialDate) = default;
};

// Reads 2014-03-09, 20140309, 9/3/2014, 09.03.14, 9 March 2014, 2014-03, 2014; a time after the date is ignored.
// Where all are numbers and the year does not come first, the day stands before the month, as in Britain, unless
// said otherwise. Nothing readable is an empty date; so is what stands for none (1 January 1900), and a year
// before 1000.
enum class DateOrder : std::uint8_t { day_first, month_first };
PartialDate parse_partial_date(std::string_view, DateOrder = DateOrder::day_first);

// What a source says of a person. Every field may be empty: missing is a level of its own, never a mismatch.
struct Record {
    std::string id;                    // unique inside its source
    std::string source;                // the agency or file; may be empty
    std::string given_names;           // "Anne-Marie", or "Anne-Marie Louise" where nobody keeps them apart
    std::string middle_names;          // "Louise", or initials
    std::string family_name;           // "O’Neill"
    std::vector<std::string> aliases;  // other whole names: "Annie Smith", "Smith-Jones, Annie"
    PartialDate date_of_birth;
    std::string sex;  // as written: "F", "female", "2"
    std::string postcode;
    std::string address;  // house and street
    std::string town;
    std::string nhs_number, upn;
    std::string other_id;  // any further identifier that follows the person
    std::string phone, email;
    std::string other;  // one more text that is stable for a person (occupation, birth place)
};

// The same, made comparable: folded text, canonical identifiers, nothing that means "not known".
struct Normal {
    std::string given, middle, family;
    std::vector<std::pair<std::string, std::string>> aliases;  // given, family
    PartialDate date_of_birth;
    char sex = 0;  // 'f', 'm', or 0
    std::string postcode, address, town, nhs_number, upn, other_id, phone, email, other;
    bool nhs_valid = false, upn_valid = false, postcode_valid = false;
};
Normal normalise(const Record&);

// The steps of normalise(), for readers of large files. `out` is overwritten.
void fold_name(std::string_view, std::string& out);        // "mary ann"; titles and "unknown" are dropped
void fold_given_name(std::string_view, std::string& out);  // the same; "baby" and "twin 2" are nobody's name
void fold_text(std::string_view, std::string& out);        // letters and digits, single spaces
void fold_code(std::string_view, std::string& out);        // letters and digits only: postcode, identifiers
void fold_phone(std::string_view, std::string& out);       // the national digits: "7700900123"
void fold_email(std::string_view, std::string& out);
char fold_sex(std::string_view);
bool valid_nhs_number(std::string_view code);  // ten digits with a right check digit, not all the same
bool valid_upn(std::string_view code);         // thirteen characters with a right check letter
bool valid_postcode(std::string_view code);    // the shape of a full UK postcode, lower case, no space
std::uint64_t hash_text(std::string_view);     // stable over runs, machines and versions

}  // namespace rowan::linkage
