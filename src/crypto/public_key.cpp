#include "crypto/public_key.h"

#include "base/freed.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>
#include <new>
#include <string>

namespace rowan::crypto {

namespace {

using Number = std::unique_ptr<BIGNUM, base::Freed<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, base::Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, base::Freed<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, base::Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, base::Freed<OSSL_PARAM_free>>;

constexpr std::size_t kLeastModulus = 256, kMostModulus = 1024;  // bytes
constexpr std::size_t kCoordinate = 32;

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

Number number(std::string_view bytes) {
    Number out(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
    if (!out) throw std::bad_alloc();
    return out;
}

Key key_of(const char* kind, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    if (!parameters || !context) throw std::bad_alloc();
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return Key(key);
}

bool verified(const Key& key, std::string_view message, std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, base::Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    if (!context) throw std::bad_alloc();
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1;
}

// What OpenSSL says of a wrong key stays out of the queue of errors that later calls read.
struct QuietErrors {
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
};

// r and s as the DER sequence that OpenSSL reads.
std::string der_of(std::string_view signature) {
    const std::unique_ptr<ECDSA_SIG, base::Freed<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
    if (!pair) throw std::bad_alloc();
    ECDSA_SIG_set0(pair.get(), number(signature.substr(0, kCoordinate)).release(),
                   number(signature.substr(kCoordinate)).release());
    unsigned char* bytes = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &bytes);
    if (size <= 0) throw std::bad_alloc();
    std::string out(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

}  // namespace

bool verify_rs256(std::string_view modulus, std::string_view exponent, std::string_view message,
                  std::string_view signature) {
    while (!modulus.empty() && modulus.front() == '\0') modulus.remove_prefix(1);
    if (modulus.size() < kLeastModulus || modulus.size() > kMostModulus || exponent.empty() || exponent.size() > 8)
        return false;
    if (signature.size() != modulus.size()) return false;
    const QuietErrors quiet;
    const auto n = number(modulus), e = number(exponent);
    if (!BN_is_odd(e.get()) || BN_is_one(e.get())) return false;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        throw std::bad_alloc();
    const auto key = key_of("RSA", builder.get());
    return key && verified(key, message, signature);
}

bool verify_es256(std::string_view x, std::string_view y, std::string_view message, std::string_view signature) {
    if (x.size() != kCoordinate || y.size() != kCoordinate || signature.size() != 2 * kCoordinate) return false;
    const QuietErrors quiet;
    std::string point = "\x04";
    point.append(x).append(y);
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        throw std::bad_alloc();
    const auto key = key_of("EC", builder.get());
    if (!key) return false;
    const KeyContext checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (!checker) throw std::bad_alloc();
    return EVP_PKEY_public_check(checker.get()) == 1 && verified(key, message, der_of(signature));
}

}  // namespace rowan::crypto
