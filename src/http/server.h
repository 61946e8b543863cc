// The HTTP/1.1 server: Asio coroutines for the sockets, plain handlers on a bounded pool of workers.
//
// Strict: any ambiguity in framing is answered 400 and the connection closed (SECURITY.md 6.5). Every phase has a
// deadline; slow clients hold a socket and a few kilobytes, never a thread. A full queue answers 503 with
// Retry-After at once. TCP_NODELAY is set.
#pragma once
#include "http/message.h"

#include <memory>
#include <string>

namespace rowan::http {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;              // 0: any free port (see port())
    std::string certificate_file, key_file; // PEM; both empty: plain HTTP
    unsigned io_threads = 1;
    unsigned workers = 8;
    std::size_t queue = 256;                // requests waiting for a worker
    std::size_t connections = 10'000;
    std::size_t connections_per_peer = 4'096;
    std::size_t head_bytes = 16 * 1024;
    std::chrono::milliseconds handshake{10'000}, head{10'000}, idle{30'000};
    std::size_t slowest_body_bytes_per_second = 1024;  // deadline for a body = 10 s + size / this
    std::vector<std::string> trusted_proxies;          // whose X-Forwarded-For / -Proto are believed
};

class Server {
public:
    // Binds and listens. The service must outlive the server.
    static base::Result<std::unique_ptr<Server>> start(const ServerOptions&, Service&);
    ~Server();  // stop()

    std::uint16_t port() const;
    // Stops accepting, lets running requests finish for at most `grace`, then closes. Safe from any thread, once.
    void stop(std::chrono::milliseconds grace = std::chrono::milliseconds{5'000});

    struct Counters { std::uint64_t accepted, served, refused_busy, bad_requests, timeouts; std::size_t open_connections; };
    Counters counters() const;

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl>);
    std::unique_ptr<Impl> impl_;
};

}  // namespace rowan::http
