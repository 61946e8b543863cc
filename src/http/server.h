// The HTTP/1.1 server: Asio coroutines for the sockets, plain handlers on a bounded pool of workers.
//
// Strict: any ambiguity in framing is answered 400 and the connection closed (SECURITY.md 6.5). Every phase has a
// deadline; slow clients hold a socket and a few kilobytes, never a thread. A full queue answers 503 with
// Retry-After at once. TCP_NODELAY is set.
//
// Server-sent events (feed.h): such an answer takes its connection for itself. It is counted against `streams`; a
// heartbeat keeps proxies from closing it; it ends when the browser leaves, says anything more, reads too slowly,
// when `stream_life` is over (the browser then asks again, and whether it may is decided again) or at stop().
//
// The server adds Date, Content-Length and Connection, and never a Server header. HTTP/1.0 is served and closed.
// Chunked request bodies are refused with 411 (head.h says why); a body on GET or HEAD is 400, other methods than
// those of Method are 501. HEAD is handled like GET by the service and sent without the body.
#pragma once
#include "http/message.h"

#include <memory>
#include <string>

namespace rowan::http {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;               // 0: any free port (see port())
    std::string certificate_file, key_file;  // PEM; both empty: plain HTTP
    unsigned io_threads = 1;
    unsigned workers = 8;
    unsigned turns = 8;       // handlers that work at the same time; those that wait for the disk do not count
    std::size_t queue = 256;  // requests waiting for a worker, or for what their answer waits for
    std::size_t connections = 10'000;
    std::size_t connections_per_peer = 4'096;
    std::size_t head_bytes = 16 * 1024;  // more is answered 431 (414 when the first line alone is too long)
    std::size_t bodies_bytes = 512 * 1024 * 1024;  // request bodies held at the same time, in all; over it: 503
    std::chrono::milliseconds handshake{10'000}, head{10'000}, idle{30'000};
    std::size_t streams = 2'000;  // answers with a feed that are open at the same time; over it: 503
    std::chrono::milliseconds stream_life{300'000}, stream_heartbeat{15'000};
    std::chrono::milliseconds stream_write{10'000};    // for one event; a browser that does not read is let go
    std::size_t slowest_body_bytes_per_second = 1024;  // deadline for a body = 10 s + size / this
    // Whose X-Forwarded-For / -Proto are believed, as IP addresses; they are also free of the cap per peer. From
    // all others these headers are taken away before a handler sees the request.
    std::vector<std::string> trusted_proxies;
};

class Server {
public:
    // Binds and listens. The service must outlive the server. Errors: invalid (address, certificate, proxies),
    // unavailable (the port is taken). Raises the soft limit of open files when `connections` needs it.
    static base::Result<std::unique_ptr<Server>> start(const ServerOptions&, Service&);
    ~Server();  // stop()

    std::uint16_t port() const;
    // Stops accepting, closes idle connections, lets running requests finish for at most `grace`, then closes.
    // A handler that still runs then is waited for (its answer goes nowhere). Safe from any thread but a worker;
    // a second call waits for the first.
    void stop(std::chrono::milliseconds grace = std::chrono::milliseconds{5'000});

    struct Counters {
        std::uint64_t accepted = 0;      // connections
        std::uint64_t served = 0;        // answers from a handler
        std::uint64_t refused_busy = 0;  // connections over a cap, and requests answered 503
        std::uint64_t bad_requests = 0;  // 400, 411, 413, 414, 417, 431, 501, 505 that the server gave itself
        std::uint64_t timeouts = 0;      // handshake, head, body, handler or slow reader; not idle connections
        std::size_t open_connections = 0;
        std::size_t open_streams = 0;
    };
    Counters counters() const;

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl>);
    std::unique_ptr<Impl> impl_;
};

}  // namespace rowan::http
