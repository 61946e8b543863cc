#include "county/county.h"

#include <ostream>
#include <string_view>

namespace rowan::county {
namespace {

void append(std::string& line, std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        line += field;
        return;
    }
    line += '"';
    for (char c : field) {
        if (c == '"') line += '"';
        line += c;
    }
    line += '"';
}

}  // namespace

RecordWriter::RecordWriter(std::ostream* records, std::ostream* truth) : records_(records), truth_(truth) {
    if (records_)
        *records_
            << "record_id,source,first_name,middle_names,family_name,other_family_name,date_of_birth,sex,postcode,"
               "nhs_number,upn,phone,ethnicity,recorded_on\n";
    if (truth_) *truth_ << "record_id,child_id\n";
}

void RecordWriter::agency_record(const AgencyRecord& a) {
    if (records_) {
        const std::string born = a.date_of_birth ? base::to_iso(*a.date_of_birth) : std::string();
        const char sex = letter(a.sex);
        const std::string recorded = base::to_iso(a.recorded_on);
        line_.clear();
        for (std::string_view field :
             {std::string_view(a.record_id), std::string_view(a.agency), std::string_view(a.first_name),
              std::string_view(a.middle_names), std::string_view(a.family_name),
              std::string_view(a.other_family_name), std::string_view(born), std::string_view(&sex, 1),
              std::string_view(a.postcode), std::string_view(a.nhs_number), std::string_view(a.upn),
              std::string_view(a.phone), std::string_view(a.ethnicity), std::string_view(recorded)}) {
            append(line_, field);
            line_ += ',';
        }
        line_.back() = '\n';
        *records_ << line_;
    }
    if (truth_) *truth_ << a.record_id << ',' << a.child_id << '\n';
}

}  // namespace rowan::county
