// What is not known about missing children: each gap with how many episodes have it, and a list to mend them.
// Blank is a category (trap 6): a gap is counted, never guessed. Thread-safety: functions on a Session.
#pragma once
#include "insight/missing_lines.h"

#include <string_view>
#include <vector>

namespace rowan::insight {

struct MissingGap {
    std::string_view code, text, mend;  // mend: what to do about it
    int episodes = 0;                   // that have the gap
    int of = 0;                         // that could have it
};
std::vector<MissingGap> missing_gaps(database::Session&, const partnership::Scheme&, const Period&,
                                     const Without& = {});
// Whether this episode has the gap with this code.
bool has_gap(const partnership::Scheme&, const MissingLine&, std::string_view code);

}  // namespace rowan::insight
