// The questions that requests under the Freedom of Information Act ask about missing children, answered from the
// episodes in one click. What leaves the house is public: counts from 1 to one below the scheme's threshold are
// kept back for everybody, with those that would give them away. Thread-safety: functions on a Session.
#pragma once
#include "insight/missing_lines.h"
#include "insight/suppression.h"

#include <string>
#include <vector>

namespace rowan::insight {

// Of which episodes an answer is counted, as the address of its list names them: of and code as MissingFilter's,
// returns as its returns.
struct AnswerList {
    std::string_view of, code, returns;
};
struct MissingAnswer {
    std::string question;
    int count = 0;
    Shown shown;
    AnswerList list;
};
std::vector<MissingAnswer> missing_answers(database::Session&, const partnership::Scheme&, const Period&,
                                           int threshold, const Without& = {});
// Whether this episode of kind missing is among those that the question with this code asks about. `until`: the
// end of the period.
bool is_asked_about(const partnership::Scheme&, const MissingLine&, base::Instant until, std::string_view code);
// Two columns, for a spreadsheet.
std::string to_csv(const std::vector<MissingAnswer>&);

}  // namespace rowan::insight
