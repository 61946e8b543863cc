#include "http/head.h"

#include "client.h"
#include "smuggling_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rowan::http::testing {
namespace {

struct Outcome {
    Progress progress;
    int status;
    std::size_t size;
    bool operator==(const Outcome&) const = default;
};

Outcome in_one(const std::string& bytes) {
    HeadParser parser(16 * 1024);
    const auto progress = parser.feed(bytes);
    return {progress, parser.status(), progress == Progress::complete ? parser.size() : 0};
}

Head parse(const std::string& bytes) {
    HeadParser parser(16 * 1024);
    EXPECT_EQ(parser.feed(bytes), Progress::complete) << parser.status();
    return parser.take();
}

TEST(Head, decodes_path_query_headers_and_cookies) {
    const auto head =
        parse(get("/families/%C3%A9?q=a+b&q=c%26d&empty=&bare", "Cookie: a=1; b=\"2\"; =x; c\r\nX-ABC:  v \r\n"));
    EXPECT_EQ(head.path, "/families/\xc3\xa9");
    EXPECT_EQ(head.query.all("q"), (std::vector<std::string>{"a b", "c&d"}));
    EXPECT_TRUE(head.query.has("empty"));
    EXPECT_TRUE(head.query.has("bare"));
    EXPECT_EQ(head.headers.get("x-abc"), "v");
    EXPECT_EQ(head.cookies.items().size(), 2u);
    EXPECT_EQ(head.cookies.get("a"), "1");
    EXPECT_EQ(head.cookies.get("b"), "\"2\"");
}

TEST(Head, keeps_the_connection_only_when_both_sides_may) {
    EXPECT_TRUE(parse(get("/")).keep_alive);
    EXPECT_FALSE(parse(get("/", "Connection: close\r\n")).keep_alive);
    EXPECT_FALSE(parse(get("/", "Connection: TE, Close\r\n")).keep_alive);
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").keep_alive);
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
}

TEST(Head, expects_continue_only_where_a_body_follows) {
    EXPECT_TRUE(parse(post("/", "a", "Expect: 100-Continue\r\n")).expects_continue);
    EXPECT_FALSE(parse(get("/", "Expect: 100-continue\r\n")).expects_continue);
    EXPECT_FALSE(parse("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

// The outcome must not depend on where the network cuts the bytes.
RC_GTEST_PROP(Head, A13_outcome_does_not_depend_on_cuts, ()) {
    static const auto ambiguous = ambiguous_requests();
    static const auto plain = plain_requests();
    const auto pick = *rc::gen::inRange<std::size_t>(0, ambiguous.size() + plain.size());
    const auto& bytes = pick < ambiguous.size() ? ambiguous[pick].bytes : plain[pick - ambiguous.size()].bytes;
    HeadParser parser(16 * 1024);
    auto progress = Progress::more;
    for (std::size_t end = 0; progress == Progress::more && end < bytes.size();) {
        end = std::min(bytes.size(), end + *rc::gen::inRange<std::size_t>(1, 40));
        progress = parser.feed(std::string(bytes, 0, end));
    }
    const Outcome in_pieces{progress, parser.status(), progress == Progress::complete ? parser.size() : 0};
    RC_ASSERT(in_pieces == in_one(bytes));
}

RC_GTEST_PROP(Head, A13_any_bytes_are_taken_or_refused_and_bounded, (const std::string& bytes)) {
    HeadParser parser(1024);
    const auto progress = parser.feed(bytes);
    RC_ASSERT(progress != Progress::refused || (parser.status() >= 400 && parser.status() <= 505));
    RC_ASSERT(parser.size() <= 1024u);
}

}  // namespace
}  // namespace rowan::http::testing
