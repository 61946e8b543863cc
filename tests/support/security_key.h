// A security key of nobody's make, and the browser around it: answers as the standard says, or wrongly in whatever
// way a test wants. Written from the standard, apart from src/webauthn.
#pragma once
#include "base/text.h"
#include "crypto/token.h"
#include "support/signer.h"
#include "webauthn/webauthn.h"

#include <cstdint>
#include <string>

namespace rowan::support {

class SecurityKey {
public:
    // What the browser and the key put into an answer; tests change what they want to be wrong.
    struct Answer {
        std::string origin, host, challenge;
        std::string more;            // further members of the client data: ",\"crossOrigin\":true"
        unsigned char flags = 0x05;  // the person was there, and was verified
    };
    static Answer to(const webauthn::Site& site, const std::string& challenge) {
        return {site.origin, site.host, challenge, ",\"crossOrigin\":false"};
    }

    explicit SecurityKey(Signer::Kind kind = Signer::Kind::p256, const std::string& id = "the key's own id")
        : signer_(kind, id) {}

    const std::string& id() const { return signer_.id(); }
    std::uint32_t count = 0;  // what it says next; one that does not count stays at 0
    bool counts = true;

    webauthn::Made make(const Answer& answer) {
        auto data = data_of(answer, static_cast<unsigned char>(answer.flags | 0x40));
        data += std::string(16, '\0');  // no make
        data += static_cast<char>(id().size() >> 8);
        data += static_cast<char>(id().size() & 255);
        return {client_data("webauthn.create", answer), data + id() + cose_key()};
    }
    webauthn::Used use(const Answer& answer) {
        if (counts) ++count;
        auto client = client_data("webauthn.get", answer);
        auto data = data_of(answer, answer.flags);
        auto signature = signer_.sign_as_der(data + crypto::sha256(client));
        return {std::move(client), std::move(data), std::move(signature)};
    }
    std::string cose_key() const {
        const auto text = [](std::string_view bytes) { return std::string(bytes); };
        switch (signer_.kind()) {
            case Signer::Kind::p256:
                return text("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20") + signer_.first() + "\x22\x58\x20" +
                       signer_.second();
            case Signer::Kind::ed25519:
                return text("\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20") + signer_.point();
            case Signer::Kind::rsa:
                return text(std::string_view("\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00", 11)) +
                       signer_.first() + "\x21\x43" + signer_.second();
        }
        return {};
    }

private:
    static std::string client_data(std::string_view type, const Answer& answer) {
        return "{\"type\":\"" + std::string(type) + "\",\"challenge\":\"" + answer.challenge + "\",\"origin\":\"" +
               answer.origin + "\"" + answer.more + "}";
    }
    std::string data_of(const Answer& answer, unsigned char flags) const {
        auto out = crypto::sha256(answer.host) + static_cast<char>(flags);
        for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(count >> shift & 255);
        return out;
    }
    Signer signer_;
};

}  // namespace rowan::support
