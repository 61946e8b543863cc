// An identity provider's keys and tokens, for tests: published as JWK, and signed whatever they say.
#pragma once
#include "base/text.h"
#include "formats/json.h"
#include "support/signer.h"

namespace rowan::support {

using formats::Json;

class TokenSigner : public Signer {
public:
    using Signer::Signer;

    Json jwk() const {
        auto out = Json::object(
            {{"kty", kind() == Kind::rsa ? "RSA" : "EC"}, {"kid", id()}, {"use", "sig"}, {"alg", algorithm()}});
        if (kind() == Kind::p256) out.set("crv", "P-256");
        out.set(kind() == Kind::rsa ? "n" : "x", base::to_base64url(first()));
        out.set(kind() == Kind::rsa ? "e" : "y", base::to_base64url(second()));
        return out;
    }

    std::string token(const Json& claims) const {
        return token(Json::object({{"alg", algorithm()}, {"kid", id()}, {"typ", "JWT"}}), claims);
    }
    std::string token(const Json& header, const Json& claims) const {
        const auto text = base::to_base64url(header.write()) + "." + base::to_base64url(claims.write());
        return text + "." + base::to_base64url(sign(text));
    }
};

inline std::string key_set(std::initializer_list<const TokenSigner*> signers) {
    Json keys = Json::Array{};
    for (const auto* signer : signers) keys.push(signer->jwk());
    return Json::object({{"keys", keys}}).write();
}

}  // namespace rowan::support
