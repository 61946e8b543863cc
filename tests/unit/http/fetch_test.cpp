// Asking another server: what is asked, how much is read, how long is waited.
#include "http/fetch.h"

#include "certificate.h"
#include "client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::http::testing {
namespace {

using ::testing::HasSubstr;

// Says back what it was asked; /large is large, /slow is slow, /moved leads elsewhere.
class Echo final : public Service {
public:
    Limits limits_for(Method, std::string_view) const override { return {64 * 1024, milliseconds{20'000}}; }
    Response handle(const Request& request) override {
        ++asked;
        if (request.path == "/moved") return redirect("/");
        if (request.path == "/large") return plain(200, std::string(100'000, 'x'));
        if (request.path == "/none") return plain(404, "none");
        if (request.path == "/slow") {
            std::unique_lock lock(mutex);
            released.wait_for(lock, std::chrono::seconds{15}, [&] { return let_go; });
            return plain(200, "late");
        }
        return plain(200, std::string(to_string(request.method)) + "|" + request.headers.get("authorization") +
                              "|" + request.headers.get("content-type") + "|" + request.body);
    }
    Response error_page(int status) const override { return plain(status, ""); }

    std::atomic<int> asked = 0;
    std::mutex mutex;
    std::condition_variable released;
    bool let_go = false;
};

class FetchTest : public ::testing::Test {
protected:
    Echo echo;
    std::unique_ptr<Server> server;
    void SetUp() override {
        ServerOptions options;
        options.port = 0;
        server = std::move(Server::start(options, echo)).value();
    }
    std::string at(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(server->port()) + path;
    }
};

TEST_F(FetchTest, a_get_and_a_form_arrive_whole) {
    const auto got = fetch({.url = at("/")});
    ASSERT_TRUE(got.ok()) << got.error().message;
    EXPECT_EQ(200, got->status);
    EXPECT_EQ("GET|||", got->body);
    const auto posted = fetch({.url = at("/"), .form = "a=1&b=2", .user = "rowan", .password = "s:cret"});
    ASSERT_TRUE(posted.ok()) << posted.error().message;
    EXPECT_EQ("POST|Basic cm93YW46czpjcmV0|application/x-www-form-urlencoded|a=1&b=2", posted->body);
    EXPECT_EQ(404, fetch({.url = at("/none")})->status);
}

TEST_F(FetchTest, no_more_is_read_than_was_said) {
    EXPECT_EQ(100'000u, fetch({.url = at("/large"), .bytes = 100'000})->body.size());
    const auto cut = fetch({.url = at("/large"), .bytes = 99'999});
    ASSERT_FALSE(cut.ok());
    EXPECT_EQ(base::ErrorKind::too_large, cut.error().kind);
}

TEST_F(FetchTest, who_is_slow_is_not_waited_for) {
    const auto late = fetch({.url = at("/slow"), .timeout = milliseconds{100}});
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(base::ErrorKind::unavailable, late.error().kind);
    {
        const std::lock_guard lock(echo.mutex);
        echo.let_go = true;
    }
    echo.released.notify_all();
}

TEST_F(FetchTest, redirects_are_not_followed) {
    const auto moved = fetch({.url = at("/moved")});
    ASSERT_TRUE(moved.ok());
    EXPECT_EQ(303, moved->status);
    EXPECT_EQ(1, echo.asked);
}

TEST_F(FetchTest, nobody_there_is_an_error_in_words) {
    const auto closed = at("/");
    server->stop();
    server.reset();
    const auto none = fetch({.url = closed});
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(base::ErrorKind::unavailable, none.error().kind);
    EXPECT_THAT(none.error().message, HasSubstr("127.0.0.1 did not answer"));
}

// SECURITY.md A25.
TEST(Fetch, only_https_and_this_machine_are_asked) {
    for (const auto* good : {"https://login.example/path", "https://login.example:8443/", "http://127.0.0.1:5/x",
                             "http://localhost/x", "http://[::1]:5/x"})
        EXPECT_TRUE(may_be_fetched(good)) << good;
    for (const auto* bad :
         {"http://login.example/", "http://169.254.169.254/", "http://127.0.0.2/", "http://127.0.0.1.example/",
          "file:///etc/passwd", "ftp://login.example/", "gopher://127.0.0.1/", "https://", "login.example",
          "https://user@login.example/", "https://user:word@login.example/", "https://login.example/#part",
          "javascript:alert(1)", "", "//login.example/"}) {
        EXPECT_FALSE(may_be_fetched(bad)) << bad;
        const auto refused = fetch({.url = bad});
        ASSERT_FALSE(refused.ok()) << bad;
        EXPECT_EQ(base::ErrorKind::invalid, refused.error().kind) << bad;
    }
}

TEST(Fetch, who_does_not_speak_tls_is_not_asked_in_clear_instead) {
    Echo echo;
    ServerOptions options;
    options.port = 0;
    const auto server = std::move(Server::start(options, echo)).value();
    const auto refused = fetch({.url = "https://127.0.0.1:" + std::to_string(server->port()) + "/"});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(base::ErrorKind::unavailable, refused.error().kind);
    EXPECT_EQ(0, echo.asked);
}

TEST(Fetch, a_certificate_that_nobody_vouches_for_is_not_believed) {
    const Certificate certificate;
    Echo echo;
    ServerOptions options;
    options.port = 0;
    options.certificate_file = certificate.certificate_file;
    options.key_file = certificate.key_file;
    const auto server = std::move(Server::start(options, echo)).value();
    const auto refused = fetch({.url = "https://localhost:" + std::to_string(server->port()) + "/"});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(base::ErrorKind::unavailable, refused.error().kind);
    EXPECT_THAT(refused.error().message, HasSubstr("certificate"));
    EXPECT_EQ(0, echo.asked);
}

}  // namespace
}  // namespace rowan::http::testing
