// The questions that requests under the Freedom of Information Act ask about missing children, answered from the
// episodes in one click. What leaves the house is public: counts from 1 to one below the scheme's threshold are
// kept back for everybody, with those that would give them away. Thread-safety: functions on a Session.
#pragma once
#include "insight/missing_lines.h"
#include "insight/suppression.h"

#include <string>
#include <vector>

namespace rowan::insight {

struct MissingAnswer {
    std::string question;
    int count = 0;
    Shown shown;
};
std::vector<MissingAnswer> missing_answers(database::Session&, const partnership::Scheme&, const Period&,
                                           int threshold, const Without& = {});
// Two columns, for a spreadsheet.
std::string to_csv(const std::vector<MissingAnswer>&);

}  // namespace rowan::insight
