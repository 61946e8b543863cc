// Gentle prompts: words that put the blame on a young person, and what to write instead.
//
// A prompt never blocks: the referral goes out as it was written if its author wishes so. Source: the myths
// M01…M13 (H-186…H-198), the language rule of DOMAIN.md 2.4 and DESIGN.md 5. Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect {

struct GentlePrompt {
    std::string words;        // as they were found, folded: "lifestyle choice"
    std::string_view myth;    // "M07"; "language" for the rule that is no myth of the list
    std::string_view prompt;  // one or two sentences
};
// At most one prompt for a sentence of advice, in the order in which the words stand in the text. Words that are
// denied ("non-consensual", "not a lifestyle choice") are left alone.
std::vector<GentlePrompt> prompts_for(std::string_view text);

// S-031: a decision may not rest on consent. True when the text says that something was consensual.
bool leans_on_consent(std::string_view text);

}  // namespace rowan::protect
