#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <new>
#include <string_view>

namespace rowan::http {
namespace {

constexpr std::string_view kProtocol{"\x08http/1.1", 9};
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL";

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
    const auto* ours = reinterpret_cast<const unsigned char*>(kProtocol.data());
    unsigned char* found = nullptr;
    const int outcome = SSL_select_next_proto(&found, length, ours, kProtocol.size(), offered, offered_length);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool load_files(SSL_CTX* context, const std::string& certificate, const std::string& key) {
    return SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(context) == 1;
}

}  // namespace

base::Result<TlsContext> TlsContext::load(const std::string& certificate_file, const std::string& key_file) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context.get(), kCiphers);
    SSL_CTX_set1_groups_list(context.get(), "X25519:P-256");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Released buffers: ten thousand idle connections keep a few kilobytes each (SECURITY.md 6.5).
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    const bool loaded = load_files(context.get(), certificate_file, key_file);
    ERR_clear_error();
    if (!loaded) return base::invalid("The TLS certificate and key cannot be read, or do not belong together.");
    std::signal(SIGPIPE, SIG_IGN);
    return TlsContext(std::move(context));
}

TlsSession::TlsSession(const TlsContext& context, int descriptor) : ssl_(SSL_new(context.get()), SSL_free) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1) throw std::bad_alloc();
    SSL_set_accept_state(ssl_.get());
}

TlsNeed TlsSession::need_after(int outcome) {
    const int error = SSL_get_error(ssl_.get(), outcome);
    if (error == SSL_ERROR_WANT_READ) return TlsNeed::readable;
    if (error == SSL_ERROR_WANT_WRITE) return TlsNeed::writable;
    if (error != SSL_ERROR_ZERO_RETURN) broken_ = true;  // no close_notify may follow a fatal error
    ERR_clear_error();
    return TlsNeed::closed;
}

TlsNeed TlsSession::handshake() {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(ssl_.get());
    if (outcome != 1) return need_after(outcome);
    broken_ = false;
    return TlsNeed::nothing;
}

TlsNeed TlsSession::read(char* into, std::size_t size, std::size_t& bytes) {
    ERR_clear_error();
    const int outcome = SSL_read_ex(ssl_.get(), into, size, &bytes);
    return outcome == 1 ? TlsNeed::nothing : need_after(outcome);
}

TlsNeed TlsSession::write(const char* from, std::size_t size, std::size_t& bytes) {
    ERR_clear_error();
    const int outcome = SSL_write_ex(ssl_.get(), from, size, &bytes);
    return outcome == 1 ? TlsNeed::nothing : need_after(outcome);
}

void TlsSession::send_close() {
    if (!broken_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

}  // namespace rowan::http
