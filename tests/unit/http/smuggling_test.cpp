#include "client.h"
#include "smuggling_table.h"

#include "http/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <regex>
#include <set>

namespace rowan::http::testing {
namespace {

// The status a program answers to these bytes; 0 when it takes them for a request.
using Decision = std::function<int(const std::string&)>;

int strict(const std::string& bytes) {
    HeadParser parser(16 * 1024);
    const auto progress = parser.feed(bytes);
    if (progress == Progress::refused) return parser.status();
    if (progress == Progress::more) return 0;
    return parser.take().content_length > TestService::kBody ? 413 : 0;
}

// What many programs have done: lines end in LF, names are trimmed, the first of each header counts.
int lenient(const std::string& bytes) {
    const auto end = bytes.find('\n');
    return end == std::string::npos || bytes.find(' ') > end ? 400 : 0;
}

std::vector<std::string> misjudged(const Decision& decide) {
    std::vector<std::string> names;
    for (const auto& each : ambiguous_requests()) {
        if (decide(each.bytes + kVictim) != each.status) names.push_back(each.name);
    }
    return names;
}

// Strict, but for one forgiveness that a real program has had.
Decision forgiving(const std::string& pattern, const std::string& replacement) {
    const std::regex regex(pattern, std::regex::icase);
    return [regex, replacement](const std::string& bytes) {
        return strict(std::regex_replace(bytes, regex, replacement));
    };
}

TEST(Smuggling, A13_table_is_as_long_as_promised_and_its_names_are_unique) {
    const auto table = ambiguous_requests();
    std::set<std::string> bytes;
    for (const auto& each : table) bytes.insert(each.bytes);
    EXPECT_GE(bytes.size(), 150u);
    EXPECT_EQ(bytes.size(), table.size());
}

TEST(Smuggling, A13_the_parser_refuses_every_ambiguous_request) {
    EXPECT_THAT(misjudged(strict), ::testing::IsEmpty());
}

TEST(Smuggling, A13_control_a_lenient_decision_fails_the_table) {
    EXPECT_GT(misjudged(lenient).size(), ambiguous_requests().size() * 3 / 4);
}

TEST(Smuggling, A13_control_each_single_forgiveness_fails_the_table) {
    const std::vector<std::pair<std::string, Decision>> controls{
        {"bare LF is a line end", forgiving("([^\\r])\\n", "$1\r\n")},
        {"folded lines are joined", forgiving("\\r\\n[ \\t]+", " ")},
        {"blanks before the colon are dropped", forgiving("(\\r\\n[A-Za-z-]+)[ \\t]+:", "$1:")},
        {"the second Content-Length is dropped",
         forgiving("(Content-Length: [0-9]+)\\r\\nContent-Length: [0-9]+\\r\\n", "$1\r\n")},
        {"Transfer-Encoding beside Content-Length is dropped",
         forgiving("(Content-Length: [0-9]+\\r\\n)Transfer-Encoding: chunked\\r\\n", "$1")},
        {"Content-Length beside Transfer-Encoding is dropped",
         forgiving("(Transfer-Encoding: chunked\\r\\n)Content-Length: [0-9]+\\r\\n", "$1")},
        {"a plus or zero before the length is dropped", forgiving("(Content-Length: )[+0]+([0-9])", "$1$2")},
        {"the second Host is dropped", forgiving("(Host: [a-z])\\r\\nHost: [a-z]", "$1")},
        {"control characters are dropped",
         [](std::string bytes) {
             std::erase_if(bytes, [](unsigned char c) { return c < 0x20 && c != '\r' && c != '\n'; });
             return strict(bytes);
         }},
        {"an empty line before the request is passed over", forgiving("^\\r\\n", "")},
        {"the length of a GET is ignored",
         forgiving("(GET /x HTTP/1.1\\r\\nHost: a\\r\\n)Content-Length: 5\\r\\n", "$1")},
        {"versions are not read", forgiving("HTTP/[0-9]\\.[0-9]", "HTTP/1.1")},
    };
    for (const auto& [name, decide] : controls)
        EXPECT_THAT(misjudged(decide), ::testing::Not(::testing::IsEmpty())) << name;
}

TEST(Smuggling, A13_plain_requests_are_not_refused) {
    for (const auto& each : plain_requests()) {
        HeadParser parser(16 * 1024);
        ASSERT_EQ(parser.feed(each.bytes), Progress::complete) << each.name << " " << parser.status();
        const auto head_size = parser.size();
        const auto head = parser.take();
        EXPECT_EQ(head.path, each.path) << each.name;
        EXPECT_EQ(head.content_length, each.body) << each.name;
        EXPECT_EQ(head_size + each.body, each.bytes.size()) << each.name;
        EXPECT_TRUE(head.keep_alive) << each.name;
    }
}

TEST(Smuggling, A13_server_answers_once_closes_and_never_answers_what_follows) {
    TestService service;
    const auto server = start(service);
    for (const auto& each : ambiguous_requests()) {
        Client client(server->port());
        client.send(each.bytes + kVictim);
        const auto answers = client.read_to_end();
        EXPECT_TRUE(client.closed()) << each.name;
        EXPECT_THAT(answers, ::testing::StartsWith("HTTP/1.1 " + std::to_string(each.status) + " ")) << each.name;
        EXPECT_EQ(answers.find("HTTP/1.1 ", 1), std::string::npos) << each.name << "\n" << answers;
        EXPECT_THAT(answers, ::testing::HasSubstr("\r\nConnection: close\r\n")) << each.name;
    }
    EXPECT_EQ(service.seen("/victim"), 0);
    EXPECT_EQ(service.seen("/smuggled"), 0);
    EXPECT_EQ(server->counters().served, 0u);
    EXPECT_EQ(server->counters().bad_requests, ambiguous_requests().size());
}

TEST(Smuggling, A13_server_answers_plain_requests_and_the_next_one) {
    TestService service;
    const auto server = start(service);
    int victims = 0;
    for (const auto& each : plain_requests()) {
        Client client(server->port());
        client.send(each.bytes + kVictim);
        const auto first = client.read_answer(each.name == "HEAD");
        EXPECT_EQ(first.status, 200) << each.name;
        if (each.name != "HEAD") {
            EXPECT_EQ(first.body, each.path) << each.name;
        }
        EXPECT_EQ(client.read_answer().body, "/victim") << each.name;
        EXPECT_EQ(service.seen("/victim"), ++victims) << each.name;
    }
}

}  // namespace
}  // namespace rowan::http::testing
