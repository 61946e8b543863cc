#include "webauthn/webauthn.h"

#include "base/text.h"
#include "crypto/token.h"
#include "formats/json.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <memory>

namespace rowan::webauthn {

namespace {

using formats::Json;

constexpr formats::JsonLimits kLimits{8192, 8};
constexpr std::size_t kMostData = 4096, kMostSignature = 1024, kMostId = 1023;
// Authenticator data: the site's digest, one byte of flags, the count.
constexpr std::size_t kFlagsAt = 32, kShortest = 37;
// Then, of one that was made: its make, the length of its id, the id, the key.
constexpr std::size_t kIdLengthAt = 53, kIdAt = 55;
constexpr int kDeepest = 4;
constexpr unsigned char kPresent = 0x01, kVerified = 0x04, kHasKey = 0x40;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
std::string text_of(const unsigned char* bytes, std::size_t size) {
    return bytes ? std::string(reinterpret_cast<const char*>(bytes), size) : std::string{};
}

struct Free {
    void operator()(fido_cred_t* p) const { fido_cred_free(&p); }
    void operator()(fido_assert_t* p) const { fido_assert_free(&p); }
    void operator()(es256_pk_t* p) const { es256_pk_free(&p); }
    void operator()(eddsa_pk_t* p) const { eddsa_pk_free(&p); }
    void operator()(rs256_pk_t* p) const { rs256_pk_free(&p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// §7.1 steps 5 to 12, §7.2 steps 9 to 14; the word of what is wrong, or "".
std::string_view fault_of_client(std::string_view client_data, std::string_view type, const Site& site,
                                 std::string_view challenge) {
    const auto said = formats::parse_json(client_data, kLimits);
    if (!said.ok() || said->kind() != Json::Kind::object) return "client-data";
    if ((*said)["type"].text() != type) return "type";
    if (challenge.empty() || !crypto::equal((*said)["challenge"].text(), challenge)) return "challenge";
    if ((*said)["origin"].text() != site.origin) return "origin";
    if ((*said)["crossOrigin"].boolean() || said->has("topOrigin")) return "cross-origin";
    return "";
}

// What every answer of a key begins with.
std::string_view fault_of_data(std::string_view data, const Site& site) {
    if (data.size() < kShortest || data.size() > kMostData) return "authenticator-data";
    if (data.substr(0, 32) != crypto::sha256(site.host)) return "site";
    const auto flags = static_cast<unsigned char>(data[kFlagsAt]);
    if (!(flags & kPresent)) return "not-present";
    if (!(flags & kVerified)) return "not-verified";
    return "";
}

// Where the CBOR item that begins at `at` ends; nothing when it is none, or says that it is longer than the data.
std::optional<std::size_t> end_of_item(std::string_view data, std::size_t at, int depth) {
    if (at >= data.size() || depth > kDeepest) return std::nullopt;
    const auto first = static_cast<unsigned char>(data[at++]);
    const int major = first >> 5, info = first & 31;
    if (info > 27) return std::nullopt;  // no length is said
    std::uint64_t value = info < 24 ? static_cast<std::uint64_t>(info) : 0;
    for (int width = info < 24 ? 0 : 1 << (info - 24); width > 0; --width) {
        if (at == data.size()) return std::nullopt;
        value = value << 8 | static_cast<unsigned char>(data[at++]);
    }
    if (major == 0 || major == 1 || major == 7) return at;  // a number, true or false
    if (major == 6 || value > data.size() - at) return std::nullopt;
    if (major == 2 || major == 3) return at + value;
    for (auto items = major == 5 ? 2 * value : value; items > 0; --items) {  // a list; a map
        const auto next = end_of_item(data, at, depth + 1);
        if (!next) return std::nullopt;
        at = *next;
    }
    return at;
}
// Looked at before the library sees it: libcbor 0.8 asks for memory for as many entries as a map says that it has.
bool is_cbor(std::string_view data, std::size_t from) {
    while (from < data.size()) {
        const auto next = end_of_item(data, from, 0);
        if (!next) return false;
        from = *next;
    }
    return from == data.size();
}
bool has_sound_key(std::string_view data) {
    if (!(static_cast<unsigned char>(data[kFlagsAt]) & kHasKey) || data.size() < kIdAt) return false;
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(data[kIdLengthAt])) << 8 |
                        static_cast<unsigned char>(data[kIdLengthAt + 1]);
    return is_cbor(data, kIdAt + length);
}

// The key as the library wants it; null when it is none.
struct AnyKey {
    Owned<es256_pk_t> es256;
    Owned<eddsa_pk_t> eddsa;
    Owned<rs256_pk_t> rs256;
    const void* pointer = nullptr;
};
AnyKey key_from(const PublicKey& key) {
    AnyKey out;
    const auto take = [&](auto& owned, auto* made, auto fill) {
        owned.reset(made);
        if (made && fill(made, key.bytes.data(), key.bytes.size()) == FIDO_OK) out.pointer = made;
    };
    switch (key.algorithm) {
        case Algorithm::es256:
            take(out.es256, es256_pk_new(), es256_pk_from_ptr);
            break;
        case Algorithm::eddsa:
            take(out.eddsa, eddsa_pk_new(), eddsa_pk_from_ptr);
            break;
        case Algorithm::rs256:
            take(out.rs256, rs256_pk_new(), rs256_pk_from_ptr);
            break;
    }
    return out;
}

std::optional<Credential> credential_in(std::string_view data, Algorithm algorithm) {
    const Owned<fido_cred_t> made(fido_cred_new());
    if (!made || fido_cred_set_type(made.get(), static_cast<int>(algorithm)) != FIDO_OK ||
        fido_cred_set_authdata_raw(made.get(), bytes_of(data), data.size()) != FIDO_OK)
        return std::nullopt;
    Credential out;
    out.id = text_of(fido_cred_id_ptr(made.get()), fido_cred_id_len(made.get()));
    out.key = {algorithm, text_of(fido_cred_pubkey_ptr(made.get()), fido_cred_pubkey_len(made.get()))};
    out.count = fido_cred_sigcount(made.get());
    return out;
}

bool is_address(std::string_view host) {
    return host.empty() || host.front() == '[' || host.find(':') != std::string_view::npos ||
           host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<Site> site_of(bool tls, std::string_view host_header) {
    auto host = host_header;
    if (const auto colon = host.rfind(':'); colon != std::string_view::npos && host.find(']') == host.npos)
        host = host.substr(0, colon);
    if (is_address(host)) return std::nullopt;
    std::string lower(host), origin(host_header);
    for (auto* text : {&lower, &origin})
        for (char& c : *text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return Site{(tls ? "https://" : "http://") + origin, lower};
}

std::string challenge_of(std::string_view client_data) {
    const auto said = formats::parse_json(client_data, kLimits);
    return said.ok() ? (*said)["challenge"].text() : std::string{};
}

Checked<Credential> verify_made(const Made& made, const Site& site, std::string_view challenge) {
    if (const auto fault = fault_of_client(made.client_data, "webauthn.create", site, challenge); !fault.empty())
        return {std::nullopt, fault};
    if (const auto fault = fault_of_data(made.authenticator_data, site); !fault.empty())
        return {std::nullopt, fault};
    if (!has_sound_key(made.authenticator_data)) return {std::nullopt, "key"};
    for (const auto algorithm : kAlgorithms) {
        auto found = credential_in(made.authenticator_data, algorithm);
        if (!found) continue;
        if (found->id.empty() || found->id.size() > kMostId || !key_from(found->key).pointer)
            return {std::nullopt, "key"};
        return {std::move(*found), ""};
    }
    return {std::nullopt, "key"};
}

Checked<std::uint32_t> verify_used(const Used& used, const Site& site, std::string_view challenge,
                                   const PublicKey& key, std::uint32_t count) {
    if (const auto fault = fault_of_client(used.client_data, "webauthn.get", site, challenge); !fault.empty())
        return {std::nullopt, fault};
    if (const auto fault = fault_of_data(used.authenticator_data, site); !fault.empty())
        return {std::nullopt, fault};
    if (!is_cbor(used.authenticator_data, kShortest)) return {std::nullopt, "authenticator-data"};
    if (used.signature.empty() || used.signature.size() > kMostSignature) return {std::nullopt, "signature"};
    const auto digest = crypto::sha256(used.client_data);
    const auto& data = used.authenticator_data;
    const auto public_key = key_from(key);
    const Owned<fido_assert_t> answer(fido_assert_new());
    if (!public_key.pointer || !answer || fido_assert_set_count(answer.get(), 1) != FIDO_OK ||
        fido_assert_set_clientdata_hash(answer.get(), bytes_of(digest), digest.size()) != FIDO_OK ||
        fido_assert_set_rp(answer.get(), site.host.c_str()) != FIDO_OK ||
        fido_assert_set_up(answer.get(), FIDO_OPT_TRUE) != FIDO_OK ||
        fido_assert_set_uv(answer.get(), FIDO_OPT_TRUE) != FIDO_OK)
        return {std::nullopt, "internal"};
    if (fido_assert_set_authdata_raw(answer.get(), 0, bytes_of(data), data.size()) != FIDO_OK)
        return {std::nullopt, "authenticator-data"};
    if (fido_assert_set_sig(answer.get(), 0, bytes_of(used.signature), used.signature.size()) != FIDO_OK ||
        fido_assert_verify(answer.get(), 0, static_cast<int>(key.algorithm), public_key.pointer) != FIDO_OK)
        return {std::nullopt, "signature"};
    const auto now = fido_assert_sigcount(answer.get(), 0);
    if ((now != 0 || count != 0) && now <= count) return {std::nullopt, "count"};
    return {now, ""};
}

}  // namespace rowan::webauthn
