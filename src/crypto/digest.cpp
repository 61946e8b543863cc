#include "crypto/digest.h"

#include "crypto/sodium.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <new>
#include <stdexcept>

namespace rowan::crypto {

// OpenSSL's, because it uses the processor's own instructions: five times as fast over a whole database.
struct Sha256::State {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();  // it fails for nothing else
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
    if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1)
        throw std::runtime_error("SHA-256 cannot go on");
    return *this;
}

std::string Sha256::finish() {
    std::string out(32, '\0');
    if (EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) != 1)
        throw std::runtime_error("SHA-256 cannot end");
    return out;
}

std::string fingerprint(const SecretKey& key, std::string_view bytes) {
    start_sodium();
    std::string out(kFingerprintBytes, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), key.data(),
                       SecretKey::kBytes);
    return out;
}

}  // namespace rowan::crypto
