#include "protect/words.h"

#include "base/text.h"

#include <algorithm>

namespace rowan::protect {

namespace {

constexpr std::string_view kBlame = "A young person is never to blame. Say what was done to them, and by whom.";
constexpr std::string_view kChoice =
    "Exploitation is not a choice that a young person makes. Say who is exploiting them and what holds them "
    "there.";
constexpr std::string_view kRisk =
    "Young people do not put themselves at risk: somebody puts them at risk. Say who, or write “is at risk from”.";
constexpr std::string_view kProstitute =
    "There is no such thing as a child prostitute. Write “a young person who is being sexually exploited”.";
constexpr std::string_view kConsent =
    "It can be abuse even if it appears consensual, at 16 and 17 too, and a child under 16 cannot consent. "
    "Say what you know of age, power, pressure or gifts.";
constexpr std::string_view kFight =
    "Many people who are abused cannot fight or call out. Not resisting is not agreeing.";
constexpr std::string_view kLate =
    "Many people tell late, or never. When somebody tells says nothing about whether it happened.";
constexpr std::string_view kStory =
    "Trauma changes how people remember. Write down what was said each time, without judging it.";
constexpr std::string_view kDrink =
    "Someone who has taken alcohol or drugs cannot agree. Say who gave it to them, if you know.";
constexpr std::string_view kCulture =
    "Exploitation happens in every community. Say what happened, not where people come from.";
constexpr std::string_view kBoys = "Boys and young men are exploited too, and find it harder to be believed.";
constexpr std::string_view kProof =
    "Most abuse leaves no physical trace. Keeping someone safe never waits for evidence.";

// Each word of a phrase may have alternatives, split by '|'. The first phrase that fits at a place wins.
struct Phrase {
    std::string_view pattern, myth, prompt;
    bool consent = false;
};
constexpr Phrase kPhrases[] = {
    {"lifestyle choice|choices", "language", kChoice},
    {"life style choice|choices", "language", kChoice},
    {"makes|made|making|make her|his|their own choices|choice|decisions", "M09", kChoice},
    {"old enough to know", "M09", kChoice},
    {"knows|knew what she|he|they is|are|was|were doing", "M09", kChoice},
    {"streetwise", "M09", kChoice},
    {"promiscuous|promiscuity|promiscuously", "language", kBlame},
    {"asking|asked for it", "M01", kBlame},
    {"dressed|dresses|dressing|dress provocatively|inappropriately", "M01", kBlame},
    {"provocative|revealing clothes|clothing|dress|outfit|outfits", "M01", kBlame},
    {"led|leads|leading him|her|them on", "M01", kBlame},
    {"attention seeking|seeker", "language", kBlame},
    {"put|puts|putting|place|places|placing|placed herself|himself|themselves|themself|itself at risk", "language",
     kRisk},
    {"put|puts|putting|place|places|placing|placed her|his|their self at risk", "language", kRisk},
    {"risk taking behaviour|behaviours|behavior", "language", kRisk},
    {"risky behaviour|behaviours|behavior", "language", kRisk},
    {"child|teenage|underage|young prostitute|prostitutes|prostitution", "language", kProstitute},
    {"prostituting|prostituted|prostitutes|prostitute herself|himself|themselves|themself", "language",
     kProstitute},
    {"consensual|consensually", "M07", kConsent, true},
    {"consented|consenting|consents", "M07", kConsent, true},
    {"gave|gives|given her|his|their consent", "M07", kConsent, true},
    {"willing|willingly partner|sex|participant", "M05", kConsent, true},
    {"willingly", "M05", kConsent, true},
    {"didnt|never scream|fight|protest|resist|struggle", "M03", kFight},
    {"did not scream|fight|protest|resist|struggle", "M03", kFight},
    {"should have fought|screamed|resisted|left", "M03", kFight},
    {"didnt|never complain|complained", "M04", kLate},
    {"did not complain", "M04", kLate},
    {"should have told|reported|said|complained", "M04", kLate},
    {"delayed reporting|disclosure|complaint", "M04", kLate},
    {"changes|changed|changing|changes her|his|their story|account", "M06", kStory},
    {"story|account keeps changing", "M06", kStory},
    {"inconsistent story|account|stories|accounts", "M06", kStory},
    {"got|gets|getting herself|himself|themselves drunk|high", "M02", kDrink},
    {"drunk|high so|and willing|available|consented|consensual|willingly", "M02", kDrink},
    {"sexually available", "M02", kDrink},
    {"cultural thing|norm|issue|practice", "M10", kCulture},
    {"in|of their culture", "M10", kCulture},
    {"only happens to girls", "M11", kBoys},
    {"boys cant|cannot be", "M11", kBoys},
    {"no physical evidence", "M13", kProof},
    {"no evidence of abuse|exploitation", "M13", kProof},
};

bool fits_word(std::string_view alternatives, std::string_view word) {
    while (true) {
        const auto bar = alternatives.find('|');
        if (alternatives.substr(0, bar) == word) return true;
        if (bar == std::string_view::npos) return false;
        alternatives.remove_prefix(bar + 1);
    }
}

// How many words of the text the phrase takes from `at` on; 0 when it does not fit.
std::size_t fits(std::string_view pattern, const std::vector<std::string>& words, std::size_t at) {
    std::size_t taken = 0;
    while (!pattern.empty()) {
        const auto end = pattern.find(' ');
        if (at + taken >= words.size() || !fits_word(pattern.substr(0, end), words[at + taken])) return 0;
        ++taken;
        pattern = end == std::string_view::npos ? std::string_view{} : pattern.substr(end + 1);
    }
    return taken;
}

bool denied(const std::vector<std::string>& words, std::size_t at) {
    // "not a lifestyle choice": look two words back, over an article
    for (std::size_t back = 1; back <= 2 && back <= at; ++back) {
        const auto& word = words[at - back];
        if (fits_word("not|non|never|without|isnt|wasnt|didnt|cannot|cant|nor", word)) return true;
        if (!fits_word("a|an|the|been|be", word)) return false;
    }
    return false;
}

struct Hit {
    const Phrase* phrase;
    std::string words;
};
std::vector<Hit> hits(std::string_view text) {
    std::vector<Hit> out;
    const auto words = base::words(base::fold(text));
    for (std::size_t at = 0; at < words.size();) {
        std::size_t taken = 0;
        for (const auto& phrase : kPhrases) {
            taken = fits(phrase.pattern, words, at);
            if (taken == 0) continue;
            if (!denied(words, at)) {
                const auto from = words.begin() + static_cast<std::ptrdiff_t>(at);
                out.push_back({&phrase, base::join({from, from + static_cast<std::ptrdiff_t>(taken)}, " ")});
            }
            break;
        }
        at += std::max<std::size_t>(taken, 1);
    }
    return out;
}

}  // namespace

std::vector<GentlePrompt> prompts_for(std::string_view text) {
    std::vector<GentlePrompt> out;
    for (auto& hit : hits(text)) {
        const bool said = std::any_of(out.begin(), out.end(),
                                      [&](const GentlePrompt& p) { return p.prompt == hit.phrase->prompt; });
        if (!said) out.push_back({std::move(hit.words), hit.phrase->myth, hit.phrase->prompt});
    }
    return out;
}

bool leans_on_consent(std::string_view text) {
    const auto found = hits(text);
    return std::any_of(found.begin(), found.end(), [](const Hit& hit) { return hit.phrase->consent; });
}

}  // namespace rowan::protect
