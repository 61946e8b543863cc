// TLS on a non-blocking socket: OpenSSL reads and writes the descriptor itself, the caller waits for it.
#pragma once
#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace rowan::http {

// Thread-safety: one context may serve sessions on several threads.
class TlsContext {
public:
    // A PEM certificate chain and its key (P-256 advised). TLS 1.2 and 1.3, forward secrecy only, no tickets, no
    // renegotiation, ALPN http/1.1. Ignores SIGPIPE for the process: OpenSSL writes to sockets that may be closed.
    static base::Result<TlsContext> load(const std::string& certificate_file, const std::string& key_file);
    ssl_ctx_st* get() const { return context_.get(); }

private:
    explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
    std::shared_ptr<ssl_ctx_st> context_;
};

enum class TlsNeed { nothing, readable, writable, closed };

// Thread-safety: one session, one thread. The descriptor stays the caller's.
class TlsSession {
public:
    TlsSession(const TlsContext&, int descriptor);

    // Each call goes as far as it can: `nothing` means done (bytes says how many), `readable` and `writable` mean
    // call again with the same arguments when the socket is, `closed` means no more.
    TlsNeed handshake();
    TlsNeed read(char* into, std::size_t size, std::size_t& bytes);
    TlsNeed write(const char* from, std::size_t size, std::size_t& bytes);
    void send_close();

private:
    TlsNeed need_after(int outcome);
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    bool broken_ = true;  // until the handshake is done
};

}  // namespace rowan::http
