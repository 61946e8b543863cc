#include "people/vault.h"

#include <charconv>

namespace rowan::people {

namespace {

crypto::SealedPlace sealed_place(const Place& place) {
    return {place.table, place.row, place.column, 1,
            static_cast<std::uint8_t>(place.sensitivity == "ordinary" ? 0 : 1)};
}

// Stored as the epoch in decimal, a colon and the wrapped bytes.
std::string stored(const crypto::WrappedKey& wrapped) {
    return std::to_string(wrapped.epoch) + ":" + wrapped.bytes;
}

base::Result<crypto::WrappedKey> parse_stored(std::string_view bytes) {
    crypto::WrappedKey out;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), out.epoch);
    if (error != std::errc{} || end == bytes.data() + bytes.size() || *end != ':')
        return base::invalid("A stored key is damaged.");
    out.bytes.assign(end + 1, bytes.data() + bytes.size());
    return out;
}

}  // namespace

std::string OwnerKey::seal(const Place& place, std::string_view plain) const {
    return crypto::seal(key_, owner_, sealed_place(place), plain);
}

base::Result<std::string> OwnerKey::open(const Place& place, std::string_view sealed) const {
    return crypto::open(key_, sealed_place(place), sealed);
}

OwnerKey new_owner_key(const partnership::Office& office, database::Session& s, const std::string& owner) {
    auto key = crypto::SecretKey::random();
    s.execute("INSERT INTO record_key (owner, wrapped) VALUES ($1, $2)", owner,
              database::Blob{stored(crypto::wrap(office.keyring, key, owner))});
    return OwnerKey(std::move(key), owner);
}

base::Result<OwnerKey> unwrap_owner_key(const partnership::Office& office, const std::string& owner,
                                        std::string_view wrapped) {
    auto parsed = parse_stored(wrapped);
    if (!parsed.ok()) return parsed.error();
    auto key = crypto::unwrap(office.keyring, *parsed, owner);
    if (!key.ok()) return key.error();
    return OwnerKey(std::move(*key), owner);
}

base::Result<OwnerKey> owner_key(const partnership::Office& office, database::Session& s,
                                 const std::string& owner) {
    const auto row = s.one("SELECT wrapped FROM record_key WHERE owner = $1", owner);
    if (!row) return base::not_found("This record has no key: it has been erased.");
    return unwrap_owner_key(office, owner, row->blob(0));
}

}  // namespace rowan::people
