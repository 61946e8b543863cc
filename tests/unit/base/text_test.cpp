#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <sstream>
#include <atomic>
#include <thread>

using namespace rowan::base;

namespace {
// Text of many scripts, well-formed.
rc::Gen<std::string> any_text() {
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "a", "B", "z", " ", "  ", "-", "'", "’", "é", "e\u0301", "Ł", "ß", "İ", "С", "е", "ь", "م", "ح", "李",
            "ａ", "\t", "\n", "\r\n", "\r", "\x01", "\u00a0", "\u200b", "7", "😀", "ก", "\u0300", "\u2028")),
        [](const std::vector<std::string>& parts) { return join(parts, ""); });
}
}  // namespace

TEST(Text, names_fold_for_comparison) {
    EXPECT_EQ(fold("O'Neill"), "oneill");
    EXPECT_EQ(fold("O’Neill"), "oneill");
    EXPECT_EQ(fold("Anne-Marie"), "anne marie");
    EXPECT_EQ(fold("  ANNE –  Marie "), "anne marie");
    EXPECT_EQ(fold("Łukasz"), "lukasz");
    EXPECT_EQ(fold("Сергей"), "sergej");
    EXPECT_EQ(fold("Zoë"), "zoe");
    EXPECT_EQ(fold("Zoe\u0308"), "zoe");
    EXPECT_EQ(fold("Straße"), "strasse");
    EXPECT_EQ(fold("Bjørn Ægir"), "bjorn aegir");
    EXPECT_EQ(fold("İpek"), "ipek");
    EXPECT_EQ(fold("李"), "li");
    EXPECT_EQ(fold("ＡＢＣ"), "abc");
    EXPECT_EQ(fold("Mac Donald, Jr."), "mac donald jr");
    EXPECT_EQ(fold("…"), "");
    EXPECT_EQ(words(fold("Mary  Jane")), (std::vector<std::string>{"mary", "jane"}));
    EXPECT_TRUE(words("").empty());
}

RC_GTEST_PROP(Text, folding_twice_is_folding_once, ()) {
    std::string once = fold(*any_text());
    RC_ASSERT(fold(once) == once);
    RC_ASSERT(is_utf8(once));
}

RC_GTEST_PROP(Text, accents_given_apart_or_together_fold_alike, ()) {
    std::string text = *any_text();
    RC_ASSERT(fold(tidy(text)) == fold(tidy(tidy(text))));
}

TEST(Text, folding_works_in_many_threads_at_once) {
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 300; ++i) wrong += fold("Łukasz Сергей") != "lukasz sergej";
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(Text, tidy_keeps_lines_and_drops_what_cannot_be_seen) {
    EXPECT_EQ(tidy("  two\r\nlines\rthree\t.\u00a0\n"), "two\nlines\nthree\t.");
    EXPECT_EQ(tidy("a\x01\x7f\u0085"
                   "b"),
              "ab");
    EXPECT_EQ(tidy(std::string_view("a\0b", 3)), "ab");
    EXPECT_EQ(tidy("e\u0301"), "é");
    EXPECT_EQ(nfc(" e\u0301 "), " é ");
    EXPECT_EQ(tidy("\xff\xfe"), "\ufffd\ufffd");
    EXPECT_EQ(tidy(" \u2003 "), "");
    EXPECT_EQ(tidy_line("  one\r\n two\tthree\u00a0four "), "one two three four");
}

RC_GTEST_PROP(Text, tidy_is_settled_well_formed_and_trimmed, ()) {
    std::string text = *rc::gen::oneOf(any_text(), rc::gen::arbitrary<std::string>());
    std::string once = tidy(text);
    RC_ASSERT(tidy(once) == once);
    RC_ASSERT(is_utf8(once));
    RC_ASSERT(once.find('\r') == std::string::npos);
    std::string line = tidy_line(text);
    RC_ASSERT(tidy_line(line) == line);
    RC_ASSERT(line.find('\n') == std::string::npos);
}

TEST(Text, naughty_strings_stay_well_formed) {
    const char* data = std::getenv("ROWAN_TEST_DATA");
    std::ifstream file(std::string(data ? data : ROWAN_SOURCE_DIR "/../shared/data") + "/security/blns/blns.json");
    if (!file) GTEST_SKIP() << "skipped: not at hand";
    int n = 0;
    for (std::string line; std::getline(file, line); ++n) {
        std::string once = tidy(line);
        EXPECT_TRUE(is_utf8(once)) << line;
        EXPECT_EQ(tidy(once), once) << line;
        EXPECT_EQ(fold(fold(line)), fold(line)) << line;
    }
    EXPECT_GT(n, 400);
}

TEST(Text, utf8_is_checked) {
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("é😀"));
    for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"})
        EXPECT_FALSE(is_utf8(bad));
}

TEST(Text, length_and_truncation_count_code_points) {
    EXPECT_EQ(length("Łukasz"), 6u);
    EXPECT_EQ(length("😀"), 1u);
    EXPECT_EQ(rowan::base::truncate("Łukasz", 2), "Łu");
    EXPECT_EQ(rowan::base::truncate("ab", 5), "ab");
    EXPECT_EQ(rowan::base::truncate("ab", 0), "");
}

TEST(Text, splitting_and_joining) {
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
    EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
    EXPECT_EQ(join({}, ", "), "");
}

RC_GTEST_PROP(Text, bytes_survive_hex_and_base64, (const std::string& bytes)) {
    RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
    RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
}

RC_GTEST_PROP(Text, base64_has_one_text_for_given_bytes, ()) {
    auto text = *rc::gen::container<std::string>(rc::gen::element('A', 'B', 'Q', 'w', '9', '-', '_', '='));
    auto bytes = from_base64url(text);
    RC_ASSERT((!bytes || to_base64url(*bytes) == text));
}

TEST(Text, rfc_4648_vectors) {
    EXPECT_EQ(to_base64url("fooba"), "Zm9vYmE");
    EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
    EXPECT_EQ(to_hex("\x01\xab"), "01ab");
    EXPECT_EQ(from_hex("01AB"), std::string("\x01\xab"));
    for (const char* bad : {"0", "0g", "zz"}) EXPECT_FALSE(from_hex(bad)) << bad;
    for (const char* bad : {"A", "AB=", "Zm9+", "Zm9vYmF"}) EXPECT_FALSE(from_base64url(bad)) << bad;
}
