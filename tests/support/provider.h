// A small identity provider on this machine, for tests: it publishes its keys and answers a code with what it was
// told to answer. A real one is in tests/e2e.
#pragma once
#include "http/server.h"
#include "oidc/provider.h"
#include "support/tokens.h"

#include <map>
#include <mutex>
#include <string>

namespace rowan::support {

class TestProvider final : public http::Service {
public:
    explicit TestProvider(std::string issuer, std::string client = "rowan")
        : issuer_(std::move(issuer)), client_(std::move(client)) {
        http::ServerOptions options;
        options.port = 0;
        options.workers = 2;
        server_ = std::move(http::Server::start(options, *this)).value();
    }
    ~TestProvider() override { server_->stop(); }

    http::Limits limits_for(http::Method, std::string_view) const override {
        return {64 * 1024, std::chrono::milliseconds{10'000}};
    }
    http::Response error_page(int status) const override { return http::plain(status, ""); }
    http::Response handle(const http::Request& request) override {
        const std::lock_guard lock(mutex_);
        http::Response out;
        out.content_type = "application/json";
        if (request.path == "/keys") {
            ++keys_asked_;
            out.body = key_set({&signer_});
            return out;
        }
        const auto form = request.form();
        last_ = form.ok() ? *form : http::Fields{};
        authorisation_ = request.headers.get("authorization");
        const auto found = answers_.find(last_.get("code"));
        if (found == answers_.end()) return http::plain(400, "{\"error\":\"invalid_grant\"}");
        out.body =
            Json::object({{"id_token", found->second}, {"access_token", "x"}, {"token_type", "Bearer"}}).write();
        answers_.erase(found);
        return out;
    }

    // What becomes of this code, once.
    void answer(const std::string& code, const std::string& id_token) {
        const std::lock_guard lock(mutex_);
        answers_[code] = id_token;
    }
    void renew_keys(const std::string& id) {
        const std::lock_guard lock(mutex_);
        signer_ = TokenSigner(Signer::Kind::p256, id);
    }
    http::Fields last_form() const {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    std::string last_authorisation() const {
        const std::lock_guard lock(mutex_);
        return authorisation_;
    }
    int keys_asked() const {
        const std::lock_guard lock(mutex_);
        return keys_asked_;
    }
    void close() { server_->stop(); }

    const TokenSigner& signer() const { return signer_; }
    const std::string& issuer() const { return issuer_; }
    const std::string& client() const { return client_; }
    std::string keys() const { return key_set({&signer_}); }
    oidc::Provider as_bound() const {
        const auto at = "http://127.0.0.1:" + std::to_string(server_->port());
        return {issuer_, client_, "its secret", at + "/authorise", at + "/token", at + "/keys", ""};
    }

private:
    std::string issuer_, client_;
    TokenSigner signer_{Signer::Kind::p256, "key-1"};
    mutable std::mutex mutex_;
    std::map<std::string, std::string> answers_;
    http::Fields last_;
    std::string authorisation_;
    int keys_asked_ = 0;
    std::unique_ptr<http::Server> server_;
};

}  // namespace rowan::support
