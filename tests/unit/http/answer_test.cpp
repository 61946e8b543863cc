#include "http/answer.h"
#include "http/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::http {
namespace {

using namespace std::string_literals;

// 6 November 1994, 08:49:37: the example of RFC 9110 5.6.7.
const base::Instant kNow = base::from_millis(784'111'777'000);

TEST(Answer, dates_as_RFC_9110_does) {
    EXPECT_EQ(http_date(kNow), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(base::from_millis(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(Answer, writes_a_whole_head) {
    auto response = plain(404, "gone");
    response.header("X-A", "b");
    EXPECT_EQ(answer_head(response, true, kNow),
              "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nX-A: b\r\nConnection: "
              "keep-alive\r\n\r\n");
}

TEST(Answer, A13_says_no_length_where_there_is_no_body) {
    for (const int status : {204, 304}) {
        EXPECT_THAT(answer_head(plain(status, "x"), true, kNow).value(),
                    ::testing::Not(::testing::HasSubstr("Content-")));
    }
}

TEST(Answer, drops_headers_that_are_the_servers_own) {
    auto response = plain(200, "abc");
    response.header("server", "x")
        .header("Content-Length", "7")
        .header("Transfer-Encoding", "chunked")
        .header("date", "x");
    const auto head = answer_head(response, false, kNow).value();
    EXPECT_THAT(head, ::testing::HasSubstr("Content-Length: 3\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(head.find("server"), std::string::npos);
    EXPECT_EQ(head.find("chunked"), std::string::npos);
}

TEST(Answer, A13_refuses_headers_that_break_out_of_their_line) {
    for (const auto& value : {"a\r\nb: c"s, "a\nb"s, "a\rb"s, "a\0b"s, "\x7f"s}) {
        auto response = plain(200, "");
        response.header("X", value);
        EXPECT_FALSE(answer_head(response, true, kNow)) << value;
        response = plain(200, "");
        response.content_type = value;
        EXPECT_FALSE(answer_head(response, true, kNow)) << value;
    }
    for (const auto& name : {""s, "a b"s, "a:"s, "a\r\nb"s}) {
        auto response = plain(200, "");
        response.header(name, "x");
        EXPECT_FALSE(answer_head(response, true, kNow)) << name;
    }
    EXPECT_FALSE(answer_head(plain(100, ""), true, kNow));
    EXPECT_FALSE(answer_head(plain(600, ""), true, kNow));
}

Fields forwarded(const std::vector<std::string>& values, const std::string& protocol = "") {
    Fields headers;
    for (const auto& value : values) headers.add("x-forwarded-for", value);
    if (!protocol.empty()) headers.add("x-forwarded-proto", protocol);
    return headers;
}

TEST(Proxy, A13_only_a_configured_proxy_is_believed) {
    const auto headers = forwarded({"203.0.113.9"}, "https");
    const auto stranger = client_of("198.51.100.1", false, headers, {"10.0.0.1"});
    EXPECT_EQ(stranger.address, "198.51.100.1");
    EXPECT_FALSE(stranger.tls);
    const auto client = client_of("10.0.0.1", false, headers, {"10.0.0.1"});
    EXPECT_EQ(client.address, "203.0.113.9");
    EXPECT_TRUE(client.tls);
}

TEST(Proxy, A13_the_nearest_address_that_is_not_ours_counts) {
    const std::set<std::string> trusted{"10.0.0.1", "10.0.0.2"};
    const auto of = [&](const std::vector<std::string>& values) {
        return client_of("10.0.0.1", false, forwarded(values), trusted).address;
    };
    EXPECT_EQ(of({"1.1.1.1, 203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(of({"1.1.1.1", "203.0.113.9 , 10.0.0.2"}), "203.0.113.9");
    EXPECT_EQ(of({"2001:DB8::1"}), "2001:db8::1");
    EXPECT_EQ(of({"1.1.1.1, not an address"}), "10.0.0.1");
    EXPECT_EQ(of({}), "10.0.0.1");
    EXPECT_EQ(of({"10.0.0.2"}), "10.0.0.2");
}

TEST(Proxy, addresses_have_one_spelling) {
    EXPECT_EQ(canonical_address("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical_address("2001:0db8::0001"), "2001:db8::1");
    EXPECT_EQ(canonical_address("192.0.2.256"), std::nullopt);
    EXPECT_EQ(canonical_address("192.0.2.1:80"), std::nullopt);
}

TEST(Proxy, A13_forwarded_headers_are_taken_away) {
    Fields headers;
    for (const auto* name : {"x-forwarded-for", "accept", "x-forwarded-host", "forwarded", "x-real-ip"})
        headers.add(name, "x");
    drop_forwarded(headers);
    EXPECT_THAT(headers.items(), ::testing::ElementsAre(::testing::Pair("accept", "x")));
}

}  // namespace
}  // namespace rowan::http
