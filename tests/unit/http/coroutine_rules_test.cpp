// g++ 12.2 destroys capturing lambdas inside an awaiting expression twice (gcc bug; STACK.md 1.2). Two rules keep
// us clear of it: coroutines live in src/http only, and no '[' stands in a statement with co_await.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string without_comments(const std::string& source) {
    static const std::regex kComment(R"(//[^\n]*)");
    return std::regex_replace(source, kComment, "");
}

// The text between the ends of statements and blocks around each co_await.
std::vector<std::string> awaiting_statements(const std::string& source) {
    std::vector<std::string> found;
    const auto code = without_comments(source);
    for (auto at = code.find("co_await"); at != std::string::npos; at = code.find("co_await", at + 1)) {
        const auto start = code.find_last_of(";}", at), end = code.find(';', at);
        found.push_back(code.substr(start + 1, end - start - 1));
    }
    return found;
}

bool is_coroutine_code(const std::string& source) {
    static const std::regex kKeyword(R"(\bco_(await|return|yield)\b)");
    return std::regex_search(without_comments(source), kKeyword);
}

TEST(CoroutineRules, rules_can_fail) {
    const std::string broken = "co_await f([x] { return x; });";
    EXPECT_TRUE(is_coroutine_code(broken));
    EXPECT_THAT(awaiting_statements(broken).at(0), ::testing::HasSubstr("["));
    EXPECT_FALSE(is_coroutine_code("// co_await is not here"));
    EXPECT_EQ(awaiting_statements("a[0] = 1; { auto b = co_await g(); } c[1];").at(0).find('['),
              std::string::npos);
}

TEST(CoroutineRules, coroutines_live_in_http_only_and_await_without_brackets) {
    const std::filesystem::path root = std::string(ROWAN_SOURCE_DIR) + "/src";
    std::size_t statements = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const auto extension = entry.path().extension();
        if (extension != ".cpp" && extension != ".h") continue;
        std::stringstream source;
        source << std::ifstream(entry.path()).rdbuf();
        const auto place = std::filesystem::relative(entry.path(), root).string();
        if (!is_coroutine_code(source.str())) continue;
        EXPECT_EQ(place.rfind("http/", 0), 0u) << place;
        for (const auto& statement : awaiting_statements(source.str())) {
            ++statements;
            EXPECT_EQ(statement.find('['), std::string::npos) << place << ": " << statement;
        }
    }
    EXPECT_GT(statements, 10u);
}

}  // namespace
