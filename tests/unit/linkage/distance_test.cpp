#include "linkage/distance.h"
#include "linkage/nicknames.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

namespace rowan::linkage {
namespace {

// The textbook, slow and plain: Winkler's own description, counted letter by letter.
double textbook_jaro(const std::string& a, const std::string& b) {
    if (a.empty() && b.empty()) return 1;
    if (a.empty() || b.empty()) return 0;
    const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size());
    const int reach = std::max(std::max(n, m) / 2 - 1, 0);
    std::string left, right;
    std::vector<bool> taken(b.size(), false);
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < m; ++j)
            if (std::abs(i - j) <= reach && !taken[static_cast<std::size_t>(j)] &&
                a[static_cast<std::size_t>(i)] == b[static_cast<std::size_t>(j)]) {
                taken[static_cast<std::size_t>(j)] = true;
                left += a[static_cast<std::size_t>(i)];
                break;
            }
    for (int j = 0; j < m; ++j)
        if (taken[static_cast<std::size_t>(j)]) right += b[static_cast<std::size_t>(j)];
    if (left.empty()) return 0;
    int half = 0;
    for (std::size_t k = 0; k < left.size(); ++k) half += left[k] != right[k];
    const double c = static_cast<double>(left.size());
    return (c / n + c / m + (c - half / 2) / c) / 3;
}

// Optimal string alignment straight from its recursive definition, remembered.
int textbook_osa(const std::string& a, const std::string& b) {
    std::map<std::pair<std::size_t, std::size_t>, int> known;
    const std::function<int(std::size_t, std::size_t)> d = [&](std::size_t i, std::size_t j) -> int {
        if (i == 0 || j == 0) return static_cast<int>(i + j);
        const auto key = std::make_pair(i, j);
        if (const auto found = known.find(key); found != known.end()) return found->second;
        int best = std::min({d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1])});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            best = std::min(best, d(i - 2, j - 2) + 1);
        return known[key] = best;
    };
    return d(a.size(), b.size());
}

// True Damerau-Levenshtein as a shortest path: every edit of every text reached, breadth first, over a small
// alphabet.
int textbook_damerau(const std::string& from, const std::string& to) {
    std::map<std::string, int> seen{{from, 0}};
    std::vector<std::string> edge{from};
    const std::size_t longest = std::max(from.size(), to.size()) + 1;
    for (int depth = 0; !edge.empty(); ++depth) {
        std::vector<std::string> next;
        for (const std::string& s : edge) {
            if (s == to) return depth;
            const auto reach = [&](std::string t) {
                if (t.size() <= longest && seen.emplace(t, depth + 1).second) next.push_back(std::move(t));
            };
            for (std::size_t i = 0; i <= s.size(); ++i)
                for (char c : {'a', 'b', 'c'}) {
                    reach(s.substr(0, i) + c + s.substr(i));
                    if (i < s.size()) reach(s.substr(0, i) + c + s.substr(i + 1));
                }
            for (std::size_t i = 0; i < s.size(); ++i) reach(s.substr(0, i) + s.substr(i + 1));
            for (std::size_t i = 0; i + 1 < s.size(); ++i) {
                std::string t = s;
                std::swap(t[i], t[i + 1]);
                reach(std::move(t));
            }
        }
        edge = std::move(next);
    }
    return -1;
}

rc::Gen<std::string> words(const std::string& letters, int most) {
    return rc::gen::resize(most, rc::gen::container<std::string>(rc::gen::elementOf(letters)));
}

TEST(Distance, Jaro_winkler_gives_the_printed_figures) {
    // Winkler 1990 and the tables of the US Census Bureau's strcmp95 (without its letter similarity).
    EXPECT_NEAR(jaro_winkler("martha", "marhta"), 0.9611, 5e-5);
    EXPECT_NEAR(jaro("martha", "marhta"), 0.9444, 5e-5);
    EXPECT_NEAR(jaro_winkler("dwayne", "duane"), 0.84, 5e-5);
    EXPECT_NEAR(jaro("dwayne", "duane"), 0.8222, 5e-5);
    EXPECT_NEAR(jaro_winkler("dixon", "dicksonx"), 0.8133, 5e-5);
    EXPECT_NEAR(jaro("dixon", "dicksonx"), 0.7667, 5e-5);
    EXPECT_NEAR(jaro("jones", "johnson"), 0.7905, 5e-5);
    EXPECT_NEAR(jaro_winkler("jones", "johnson"), 0.8324, 5e-5);
    EXPECT_NEAR(jaro("jellyfish", "smellyfish"), 0.8963, 5e-5);
    EXPECT_EQ(jaro_winkler("", ""), 1);
    EXPECT_EQ(jaro_winkler("a", ""), 0);
    EXPECT_EQ(jaro_winkler("abc", "xyz"), 0);
}

RC_GTEST_PROP(Distance, Jaro_equals_the_textbook, ()) {
    const auto a = *words("abcd", 30), b = *words("abcd", 30);
    RC_ASSERT(jaro(a, b) == textbook_jaro(a, b));
    RC_ASSERT(jaro(a, a) == 1.0);
}

RC_GTEST_PROP(Distance, Jaro_of_long_texts_equals_the_textbook, ()) {
    const auto a = *words("abcdefgh", 150), b = *words("abcdefgh", 150);
    RC_ASSERT(jaro(a, b) == textbook_jaro(a, b));
}

RC_GTEST_PROP(Distance, Osa_equals_the_textbook_and_keeps_its_limit, ()) {
    const auto a = *words("abc", 12), b = *words("abc", 12);
    const int truth = textbook_osa(a, b);
    RC_ASSERT(osa(a, b) == truth);
    const int limit = *rc::gen::inRange(0, 5);
    RC_ASSERT(osa(a, b, limit) == std::min(truth, limit + 1));
    RC_ASSERT(osa(a, b) == osa(b, a));
    RC_ASSERT(damerau(a, b) <= truth);
}

RC_GTEST_PROP(Distance, Damerau_equals_a_search_through_all_edits, ()) {
    const auto a = *words("abc", 4), b = *words("abc", 4);
    RC_PRE(a.size() <= 4 && b.size() <= 4);
    RC_ASSERT(damerau(a, b) == textbook_damerau(a, b));
}

TEST(Distance, Osa_and_damerau_differ_where_they_should) {
    EXPECT_EQ(osa("ca", "abc"), 3);
    EXPECT_EQ(damerau("ca", "abc"), 2);
    EXPECT_EQ(osa("smith", "simth"), 1);
    EXPECT_EQ(osa("kitten", "sitting"), 3);
    EXPECT_EQ(osa(std::string(200, 'a'), std::string(199, 'a') + "b"), 1);
}

TEST(Distance, Soundex_gives_the_national_archives_codes) {
    const std::map<std::string, std::string> table{{"Washington", "w252"},
                                                   {"Lee", "l000"},
                                                   {"Gutierrez", "g362"},
                                                   {"Pfister", "p236"},
                                                   {"Jackson", "j250"},
                                                   {"Tymczak", "t522"},
                                                   {"Ashcraft", "a261"},
                                                   {"Robert", "r163"},
                                                   {"Rupert", "r163"},
                                                   {"Rubin", "r150"},
                                                   {"Honeyman", "h555"},
                                                   {"VanDeusen", "v532"},
                                                   {"", ""},
                                                   {"123", ""}};
    for (const auto& [name, code] : table) EXPECT_EQ(soundex(name), code) << name;
}

TEST(Distance, British_spellings_of_one_sound_share_a_key) {
    for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{{"philip", "fillip"},
                                                                               {"catherine", "kathryn"},
                                                                               {"geoffrey", "jeffrey"},
                                                                               {"stephen", "stefan"},
                                                                               {"wright", "right"},
                                                                               {"knight", "night"},
                                                                               {"clarke", "clark"},
                                                                               {"thompson", "tompson"},
                                                                               {"smith", "smyth"},
                                                                               {"reece", "rhys"},
                                                                               {"zoe", "zoey"},
                                                                               {"lamb", "lam"}})
        EXPECT_EQ(sounds_like_key(a), sounds_like_key(b)) << a << " " << b;
    EXPECT_NE(sounds_like_key("smith"), sounds_like_key("jones"));
    EXPECT_EQ(sounds_like_key(""), "");
}

TEST(Nicknames, Know_the_islands_and_the_communities) {
    EXPECT_TRUE(nickname("robert", "bob"));
    EXPECT_TRUE(nickname("bob", "rob"));
    EXPECT_TRUE(nickname("elizabeth", "betty"));
    EXPECT_TRUE(nickname("saoirse", "sersha"));
    EXPECT_TRUE(nickname("mohammed", "muhammad"));
    EXPECT_TRUE(nickname("ewan", "owen"));
    EXPECT_TRUE(nickname("katarzyna", "kasia"));
    EXPECT_FALSE(nickname("robert", "robert"));
    EXPECT_FALSE(nickname("alexander", "alexandra"));
    EXPECT_FALSE(nickname("mohammed", "ahmed"));
    EXPECT_FALSE(nickname("", ""));
    EXPECT_TRUE(name_groups("qwerty").empty());
}

}  // namespace
}  // namespace rowan::linkage
