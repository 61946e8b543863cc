// A list of breached passwords, as it is given out: found are those that stand in it, wherever they stand.
#include "crypto/breached.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace rowan::crypto {
namespace {

// sha1sum: one, three, two.
constexpr const char* kSorted[] = {"AD782ECDAC770FC6EB9A62E44F90873FB97FB26B",
                                   "B802F384302CB24FBAB0A44997E820BF2E8507BB",
                                   "FE05BCDCDC4928012781A5F1A2A77CBB5398E106"};

class Breached : public ::testing::Test {
protected:
    std::string folder;
    void SetUp() override {
        folder = (std::filesystem::temp_directory_path() / "rowan-breached-XXXXXX").string();
        ASSERT_TRUE(::mkdtemp(folder.data()));
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    std::string list(const std::string& text) {
        std::ofstream(folder + "/list", std::ios::binary) << text;
        return folder + "/list";
    }
    static bool in(const std::string& file, std::string_view password) {
        return is_breached(file, password).value();
    }
};

TEST_F(Breached, each_that_stands_in_the_list_is_found_and_no_other) {
    for (const char* end : {"\n", ":1\n", ":1234567\r\n"}) {
        std::string text;
        for (const char* digits : kSorted) text += digits + std::string(end);
        const auto file = list(text);
        EXPECT_TRUE(check_breached_list(file).ok());
        for (const char* word : {"one", "two", "three"}) EXPECT_TRUE(in(file, word)) << word << end;
        for (const char* word : {"", "four", "One", "one "}) EXPECT_FALSE(in(file, word)) << word;
    }
    const auto file = list(std::string(kSorted[0]) + "\n" + kSorted[1] + "\n" + kSorted[2]);
    for (const char* word : {"one", "two", "three"}) EXPECT_TRUE(in(file, word)) << "the last line has no end";
    EXPECT_FALSE(in(list(""), "one"));
}

TEST_F(Breached, among_many_lines_of_all_lengths) {
    std::string text;
    int n = 0;
    for (const char* digits : kSorted) {
        for (int i = 0; i < 500; ++i) {  // smaller than `digits`, larger than the one before
            char line[64];
            (void)std::snprintf(line, sizeof line, "%.8s%032d", digits, ++n);
            if (std::string(line) < digits) text += std::string(line) + ":" + std::string(1 + n % 7, '9') + "\r\n";
        }
        text += std::string(digits) + ":1\r\n";
    }
    const auto file = list(text);
    for (const char* word : {"one", "two", "three"}) EXPECT_TRUE(in(file, word)) << word;
    EXPECT_FALSE(in(file, "four"));
}

TEST_F(Breached, what_is_no_such_list_is_refused) {
    EXPECT_EQ(check_breached_list(folder + "/none").error().kind, base::ErrorKind::unavailable);
    EXPECT_EQ(is_breached(folder + "/none", "x").error().kind, base::ErrorKind::unavailable);
    const std::string a = kSorted[0], b = kSorted[1];
    for (const auto& text : {b + "\n" + a + "\n", a + "\n" + a + "\n", std::string("hunter2\n"),
                             a.substr(1) + "\n", a + "0\n", std::string(40, 'g') + "\n"})
        EXPECT_EQ(check_breached_list(list(text)).error().kind, base::ErrorKind::invalid) << text;
}

}  // namespace
}  // namespace rowan::crypto
