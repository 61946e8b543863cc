#include "certificate.h"
#include "client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>

namespace rowan::http::testing {
namespace {

class TlsClient {
public:
    explicit TlsClient(std::uint16_t port, int most = TLS1_3_VERSION, const std::string& protocols = "")
        : client_(port) {
        std::signal(SIGPIPE, SIG_IGN);
        context_ = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");  // so that only the server can refuse old versions
        SSL_CTX_set_max_proto_version(context_, most);
        ssl_ = SSL_new(context_);
        if (!protocols.empty()) {
            SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                                static_cast<unsigned>(protocols.size()));
        }
        SSL_set_fd(ssl_, client_.descriptor());
        connected = SSL_connect(ssl_) == 1;
        ERR_clear_error();
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    TlsClient(const TlsClient&) = delete;

    std::string version() const { return SSL_get_version(ssl_); }
    std::string protocol() const {
        const unsigned char* text = nullptr;
        unsigned length = 0;
        SSL_get0_alpn_selected(ssl_, &text, &length);
        return {reinterpret_cast<const char*>(text), length};
    }
    void send(const std::string& bytes) { SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())); }
    // Until so many bytes have come, or the connection ends.
    std::string read(std::size_t bytes) {
        std::string out;
        char piece[16 * 1024];
        while (out.size() < bytes) {
            const int got = SSL_read(ssl_, piece, sizeof piece);
            if (got <= 0) break;
            out.append(piece, static_cast<std::size_t>(got));
        }
        return out;
    }
    std::string read_to_end() { return read(static_cast<std::size_t>(-1)); }
    bool ended_cleanly() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

    bool connected = false;

private:
    Client client_;
    SSL_CTX* context_;
    SSL* ssl_;
};

class Tls : public ::testing::Test {
protected:
    ServerOptions options() const {
        ServerOptions options;
        options.certificate_file = certificate_.certificate_file;
        options.key_file = certificate_.key_file;
        return options;
    }
    Certificate certificate_;
    TestService service_;
};

TEST_F(Tls, A12_speaks_1_2_and_1_3_and_nothing_older) {
    const auto server = start(service_, options());
    TlsClient new_one(server->port()), older(server->port(), TLS1_2_VERSION), old(server->port(), TLS1_1_VERSION);
    EXPECT_TRUE(new_one.connected);
    EXPECT_EQ(new_one.version(), "TLSv1.3");
    EXPECT_TRUE(older.connected);
    EXPECT_EQ(older.version(), "TLSv1.2");
    EXPECT_FALSE(old.connected);
    new_one.send(get("/peer", "Connection: close\r\n"));
    EXPECT_THAT(new_one.read_to_end(), ::testing::HasSubstr("\r\n\r\n127.0.0.1 tls "));
    EXPECT_TRUE(new_one.ended_cleanly());
}

TEST_F(Tls, A12_offers_http_1_1_only) {
    using namespace std::string_literals;
    const auto server = start(service_, options());
    TlsClient both(server->port(), TLS1_3_VERSION, "\x02h2\x08http/1.1"s),
        only(server->port(), TLS1_3_VERSION, "\x02h2"s);
    EXPECT_TRUE(both.connected);
    EXPECT_EQ(both.protocol(), "http/1.1");
    EXPECT_FALSE(only.connected);
}

TEST_F(Tls, large_bodies_travel_both_ways_and_pipelined_requests_stay_in_order) {
    const auto server = start(service_, options());
    TlsClient client(server->port());
    ASSERT_TRUE(client.connected);
    std::string body(700'000, 'x');
    for (std::size_t i = 0; i < body.size(); i += 977) body[i] = static_cast<char>(i);
    client.send(post("/echo", body) + get("/large") + get("/last", "Connection: close\r\n"));
    const auto answers = client.read_to_end();
    EXPECT_THAT(answers, ::testing::HasSubstr(body));
    EXPECT_GT(answers.size(), 3'700'000u);
    EXPECT_TRUE(answers.ends_with("\r\n\r\n/last"));
}

TEST_F(Tls, A14_a_handshake_that_stops_is_let_go) {
    auto given = options();
    given.handshake = milliseconds{150};
    const auto server = start(service_, given);
    Client silent(server->port()), wrong(server->port());
    wrong.send(get("/plain"));
    EXPECT_EQ(wrong.read_to_end().find("HTTP/1.1 200"), std::string::npos);
    EXPECT_TRUE(wrong.closed());
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_TRUE(silent.closed());
    EXPECT_EQ(server->counters().timeouts, 1u);
    EXPECT_EQ(service_.seen("/plain"), 0);
}

TEST_F(Tls, A13_ambiguity_is_refused_under_tls_too) {
    const auto server = start(service_, options());
    TlsClient client(server->port());
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" +
                get("/victim"));
    EXPECT_THAT(client.read_to_end(), ::testing::StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(client.ended_cleanly());
    EXPECT_EQ(service_.seen("/victim"), 0);
}

TEST_F(Tls, stop_finishes_what_runs_and_aborts_what_does_not_end) {
    auto server = start(service_, options());
    TlsClient running(server->port()), idle(server->port());
    running.send(get("/sleep"));
    ASSERT_TRUE(service_.wait_until_seen("/sleep", 1));
    server->stop(milliseconds{3'000});
    EXPECT_TRUE(running.read_to_end().ends_with("\r\n\r\n/sleep"));
    idle.read_to_end();

    auto second = start(service_, options());
    TlsClient waiting(second->port());
    waiting.send(get("/sleep"));
    ASSERT_TRUE(service_.wait_until_seen("/sleep", 2));
    second->stop(milliseconds{20});
    EXPECT_EQ(waiting.read_to_end(), "");
}

TEST_F(Tls, A12_a_key_of_another_certificate_is_refused) {
    auto given = options();
    given.key_file = given.certificate_file;
    EXPECT_EQ(Server::start(given, service_).error().kind, base::ErrorKind::invalid);
}

}  // namespace
}  // namespace rowan::http::testing
