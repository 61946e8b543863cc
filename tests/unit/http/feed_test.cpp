// Answers that stay open: what the feed publishes reaches everybody who listens, and nobody can hold more than a
// place.
#include "client.h"
#include "http/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>

namespace rowan::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class FeedService final : public Service {
public:
    Limits limits_for(Method, std::string_view) const override { return {}; }
    Response handle(const Request& request) override {
        return request.path == "/events" ? events(feed) : plain(200, request.path);
    }
    Response error_page(int status) const override { return plain(status, "refused " + std::to_string(status)); }
    const std::shared_ptr<Feed> feed = std::make_shared<Feed>();
};

// Reads on until the text is there.
std::string read_until(Client& client, const std::string& text, std::string so_far = "") {
    const auto start = SteadyClock::now();
    while (so_far.find(text) == std::string::npos && since(start) < milliseconds{5'000} && !client.closed())
        so_far += client.read_to_end(milliseconds{20});
    return so_far;
}
bool wait_until_listening(const Feed& feed, std::size_t listeners) {
    const auto start = SteadyClock::now();
    while (feed.listeners() != listeners && since(start) < milliseconds{5'000})
        std::this_thread::sleep_for(milliseconds{2});
    return feed.listeners() == listeners;
}

TEST(EventBytes, cannot_begin_another_event) {
    EXPECT_EQ(event_bytes("7"), "data: 7\n\n");
    EXPECT_EQ(event_bytes("a\n\nevent: b\r\nc\rd"), "data: a\ndata: \ndata: event: b\ndata: c\ndata: d\n\n");
}

TEST(Feed, news_reaches_who_listens_at_once_and_who_comes_later_gets_the_newest) {
    FeedService service;
    const auto server = start(service);
    Client early(server->port());
    early.send(get("/events"));
    const auto head = read_until(early, "retry:");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream"));
    EXPECT_THAT(head, HasSubstr("Connection: close"));
    EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
    ASSERT_TRUE(wait_until_listening(*service.feed, 1));
    service.feed->publish("first");
    EXPECT_THAT(read_until(early, "data: first\n\n"), HasSubstr("data: first\n\n"));
    service.feed->publish("second");
    EXPECT_THAT(read_until(early, "data: second\n\n"), Not(HasSubstr("first")));
    Client late(server->port());
    late.send(get("/events"));
    EXPECT_THAT(read_until(late, "data: "), Not(HasSubstr("first")));
    EXPECT_EQ(server->counters().open_streams, 2u);
}

TEST(Feed, a_browser_that_leaves_gives_its_place_back_before_the_next_heartbeat) {
    FeedService service;
    const auto server = start(service);
    {
        Client client(server->port());
        client.send(get("/events"));
        ASSERT_TRUE(wait_until_listening(*service.feed, 1));
    }
    EXPECT_TRUE(wait_until_listening(*service.feed, 0));
    EXPECT_TRUE(wait_until_open(*server, 0));
    Client talker(server->port());
    talker.send(get("/events"));
    ASSERT_TRUE(wait_until_listening(*service.feed, 1));
    talker.send(get("/after"));
    EXPECT_THAT(read_until(talker, "nothing that comes"), Not(HasSubstr("/after"))) << "no second answer on it";
    EXPECT_TRUE(wait_until_listening(*service.feed, 0));
}

TEST(Feed, over_the_limit_the_answer_is_503_and_pages_are_served_on) {
    FeedService service;
    ServerOptions options;
    options.streams = 2;
    options.workers = 2;
    const auto server = start(service, options);
    std::list<Client> open;
    for (std::size_t i = 1; i <= 2; ++i) {
        open.emplace_back(server->port()).send(get("/events"));
        ASSERT_TRUE(wait_until_listening(*service.feed, i));
    }
    const auto refused = Client(server->port()).ask(get("/events"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.headers.get("retry-after"), "5");
    EXPECT_EQ(Client(server->port()).ask(get("/page")).body, "/page") << "a stream holds no worker";
    open.pop_front();
    ASSERT_TRUE(wait_until_listening(*service.feed, 1));
    Client next(server->port());
    next.send(get("/events"));
    EXPECT_TRUE(wait_until_listening(*service.feed, 2));
}

TEST(Feed, ends_when_its_time_is_over_and_sends_heartbeats_until_then) {
    FeedService service;
    ServerOptions options;
    options.stream_heartbeat = milliseconds{20};
    options.stream_life = milliseconds{200};
    const auto server = start(service, options);
    Client client(server->port());
    client.send(get("/events"));
    const auto all = client.read_to_end();
    EXPECT_TRUE(client.closed());
    EXPECT_THAT(all, HasSubstr(":\n\n:\n\n"));
    EXPECT_EQ(server->counters().timeouts, 0u) << "its end is no fault";
}

TEST(Feed, a_browser_that_does_not_read_is_let_go) {
    FeedService service;
    ServerOptions options;
    options.stream_write = milliseconds{100};
    const auto server = start(service, options);
    Client client(server->port());
    client.send(get("/events"));
    ASSERT_TRUE(wait_until_listening(*service.feed, 1));
    service.feed->publish(std::string(64'000'000, 'x'));
    EXPECT_TRUE(wait_until_listening(*service.feed, 0));
    EXPECT_TRUE(wait_until_open(*server, 0));
}

TEST(Feed, HEAD_gets_the_head_and_stopping_ends_every_stream) {
    FeedService service;
    const auto server = start(service);
    Client header(server->port());
    header.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(header.read_to_end(), ::testing::EndsWith("\r\n\r\n"));
    EXPECT_TRUE(header.closed());
    std::list<Client> open;
    for (int i = 0; i < 50; ++i) open.emplace_back(server->port()).send(get("/events"));
    ASSERT_TRUE(wait_until_listening(*service.feed, 50));
    const auto begin = SteadyClock::now();
    server->stop(milliseconds{5'000});
    EXPECT_LT(since(begin), milliseconds{3'000});
    for (auto& client : open) {
        client.read_to_end();
        EXPECT_TRUE(client.closed());
    }
    EXPECT_EQ(service.feed->listeners(), 0u);
}

}  // namespace
}  // namespace rowan::http::testing
