// A key of somebody else, for tests: made here, and signs whatever it is told to.
#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace rowan::support {

class Signer {
public:
    enum class Kind { rsa, p256, ed25519 };
    Signer(Kind kind, std::string id, unsigned bits = 2048)
        : kind_(kind),
          id_(std::move(id)),
          key_(kind == Kind::rsa    ? EVP_RSA_gen(bits)
               : kind == Kind::p256 ? EVP_EC_gen("P-256")
                                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
               EVP_PKEY_free) {
        if (!key_) throw std::runtime_error("no key");
    }

    Kind kind() const { return kind_; }
    const std::string& id() const { return id_; }
    std::string algorithm() const { return kind_ == Kind::rsa ? "RS256" : "ES256"; }
    std::string first() const {
        return kind_ == Kind::rsa ? number(OSSL_PKEY_PARAM_RSA_N) : padded(OSSL_PKEY_PARAM_EC_PUB_X);
    }
    std::string second() const {
        return kind_ == Kind::rsa ? number(OSSL_PKEY_PARAM_RSA_E) : padded(OSSL_PKEY_PARAM_EC_PUB_Y);
    }
    std::string point() const {  // of Ed25519
        std::string out(32, '\0');
        std::size_t size = out.size();
        if (EVP_PKEY_get_raw_public_key(key_.get(), raw(out), &size) != 1) throw std::runtime_error("no point");
        return out;
    }
    // As in JOSE: the bare number, or r and s.
    std::string sign(std::string_view message) const {
        const auto out = sign_as_der(message);
        return kind_ == Kind::p256 ? from_der(out) : out;
    }
    // The same, but r and s as a DER sequence.
    std::string sign_as_der(std::string_view message) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        std::string out(1024, '\0');
        std::size_t size = out.size();
        const auto* digest = kind_ == Kind::ed25519 ? nullptr : EVP_sha256();
        if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
            EVP_DigestSign(context.get(), raw(out), &size, reinterpret_cast<const unsigned char*>(message.data()),
                           message.size()) != 1)
            throw std::runtime_error("cannot sign");
        out.resize(size);
        return out;
    }

private:
    static unsigned char* raw(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
    std::string number(const char* name) const {
        BIGNUM* n = nullptr;
        if (EVP_PKEY_get_bn_param(key_.get(), name, &n) != 1) throw std::runtime_error("no such number");
        std::string out(static_cast<std::size_t>(BN_num_bytes(n)), '\0');
        BN_bn2bin(n, raw(out));
        BN_free(n);
        return out;
    }
    std::string padded(const char* name) const {
        const auto bare = number(name);
        return std::string(32 - bare.size(), '\0') + bare;
    }
    static std::string from_der(const std::string& der) {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
            d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
        std::string out(64, '\0');
        BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw(out), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw(out) + 32, 32);
        return out;
    }

    Kind kind_;
    std::string id_;
    std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace rowan::support
