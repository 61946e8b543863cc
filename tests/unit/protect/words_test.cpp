#include "protect/words.h"

#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rowan::protect {
namespace {

std::vector<std::string> myths(std::string_view text) {
    std::vector<std::string> out;
    for (const auto& prompt : prompts_for(text)) out.emplace_back(prompt.myth);
    return out;
}

struct Case {
    std::string_view text, myth;
};

TEST(GentleWords,
     H_186_H_187_H_188_H_189_H_190_H_191_H_192_H_194_H_195_H_196_H_198_phrases_behind_the_myths_get_a_prompt) {
    const Case cases[] = {
        {"She was dressed provocatively.", "M01"},
        {"He got himself drunk at the party", "M02"},
        {"She didn't scream or call for help", "M03"},
        {"He never complained to staff", "M04"},
        {"She went to his flat willingly", "M05"},
        {"She has changed her story twice", "M06"},
        {"The sex was consensual", "M07"},
        {"He makes his own choices", "M09"},
        {"It is a cultural thing", "M10"},
        {"This only happens to girls", "M11"},
        {"There is no physical evidence", "M13"},
        {"It is a lifestyle choice", "language"},
        {"A promiscuous girl", "language"},
        {"She keeps putting herself at risk", "language"},
        {"He is a child prostitute", "language"},
    };
    for (const auto& c : cases) {
        const auto found = prompts_for(c.text);
        ASSERT_EQ(found.size(), 1u) << c.text;
        EXPECT_EQ(found[0].myth, c.myth) << c.text;
        EXPECT_FALSE(found[0].prompt.empty());
    }
}

TEST(GentleWords, capitals_accents_and_line_breaks_do_not_hide_a_phrase) {
    EXPECT_EQ(myths("LIFESTYLE\nCHOICE"), std::vector<std::string>{"language"});
    EXPECT_EQ(prompts_for("Putting  Themselves\tAt Risk").at(0).words, "putting themselves at risk");
}

TEST(GentleWords, plain_words_of_a_worry_are_left_alone) {
    for (std::string_view text :
         {"She is at risk from an older man who gives her money.",
          "He was missing overnight and came back with a new phone.", "This was not consensual.",
          "It was non-consensual", "It is not a lifestyle choice.", "She made a choice of school.",
          "There is evidence of grooming.", ""})
        EXPECT_TRUE(prompts_for(text).empty()) << text;
}

TEST(GentleWords, one_advice_is_given_once) {
    EXPECT_EQ(prompts_for("promiscuous, and promiscuity, and asking for it").size(), 1u);
    EXPECT_EQ(prompts_for("A promiscuous child prostitute").size(), 2u);
}

TEST(GentleWords, S_031_a_text_that_leans_on_consent_is_noticed) {
    EXPECT_TRUE(leans_on_consent("They say it was consensual, so no further action."));
    EXPECT_TRUE(leans_on_consent("She consented."));
    EXPECT_FALSE(leans_on_consent("She never consented."));
    EXPECT_FALSE(leans_on_consent("A lifestyle choice."));
}

RC_GTEST_PROP(GentleWords, any_text_is_read_without_harm, (const std::string& bytes)) {
    for (const auto& prompt : prompts_for(bytes)) RC_ASSERT(!prompt.prompt.empty());
}

}  // namespace
}  // namespace rowan::protect
