// A second opinion: whatever our head parser takes, Boost.Beast's parser reads in the same way.
#include "http/head.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace rowan::http {
namespace {

namespace beast = boost::beast::http;

const std::array kLines{"GET /x HTTP/1.1",   "POST /x HTTP/1.1",   "PUT /a?b=c HTTP/1.1",
                        "HEAD / HTTP/1.1",   "POST /x HTTP/1.0",   "GET http://a/ HTTP/1.1",
                        "POST  /x HTTP/1.1", "DELETE /x HTTP/1.1 "};
const std::array kFields{"Host: a",
                         "Host: a",
                         "Host: a",
                         "Content-Length: 5",
                         "Content-Length: 05",
                         "content-length:7",
                         "Content-Length: +5",
                         "Content-Length: 5, 5",
                         "Transfer-Encoding: chunked",
                         "Transfer-Encoding: gzip, chunked",
                         "Transfer-Encoding : chunked",
                         "Connection: close",
                         "Connection: keep-alive",
                         "Connection: upgrade, close",
                         "Connection: content-length",
                         "Accept: */*",
                         " folded",
                         "X: \xc3\xa9",
                         "Cookie: a=b; c=d",
                         "Expect: 100-continue"};
const std::array kEnds{"\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r\r\n"};

template <class List>
std::string pick(const List& list, std::mt19937& random) {
    return list[random() % list.size()];
}

std::string any_request(std::mt19937& random) {
    std::string out = pick(kLines, random) + pick(kEnds, random);
    for (auto left = random() % 6; left > 0; --left) out += pick(kFields, random) + pick(kEnds, random);
    return out + "\r\nhello, this follows";
}

TEST(HeadOracle, A13_beast_agrees_on_every_request_that_we_take) {
    std::mt19937 random(20261121);
    int taken = 0, refused = 0;
    for (int i = 0; i < 50'000; ++i) {
        const auto bytes = any_request(random);
        HeadParser ours(16 * 1024);
        if (ours.feed(bytes) != Progress::complete) {
            ++refused;
            continue;
        }
        ++taken;
        const auto size = ours.size();
        const auto head = ours.take();
        beast::request_parser<beast::empty_body> theirs;
        theirs.body_limit(1'000'000);
        boost::system::error_code error;
        const auto used = theirs.put(boost::asio::buffer(bytes), error);
        ASSERT_TRUE(theirs.is_header_done()) << bytes << error.message();
        ASSERT_EQ(used, size) << bytes;
        ASSERT_FALSE(theirs.chunked()) << bytes;
        ASSERT_EQ(theirs.content_length().value_or(0), head.content_length) << bytes;
        ASSERT_EQ(std::string(theirs.get().method_string()), std::string(to_string(head.method))) << bytes;
        if (theirs.get().version() == 11) {
            ASSERT_EQ(theirs.keep_alive(), head.keep_alive) << bytes;
        }
    }
    EXPECT_GT(taken, 2'000);
    EXPECT_GT(refused, 2'000);
}

}  // namespace
}  // namespace rowan::http
