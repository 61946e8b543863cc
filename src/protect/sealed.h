// What the stores of this room share: sealing a content column, writing history. For this room's .cpp files only.
#pragma once
#include "partnership/office.h"
#include "people/vault.h"
#include "protect/codec.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace rowan::protect::store {

using database::Session;
using partnership::Office;
using people::OwnerKey;

inline people::Place content_place(std::string_view table, const std::string& row) {
    return {table, row, "content"};
}

template <class Words>
database::Blob sealed(const OwnerKey& key, std::string_view table, const std::string& row, const Words& words) {
    return {key.seal(content_place(table, row), codec::write(words))};
}

// Precondition: the owner has a key; without one the record was erased and nobody may get here.
inline OwnerKey key_of(const Office& office, Session& s, const std::string& owner) {
    auto key = people::owner_key(office, s, owner);
    if (!key.ok()) throw std::runtime_error("a record's key is missing: " + key.error().message);
    return std::move(key).value();
}

template <class Words>
void open_words(const OwnerKey& key, std::string_view table, const std::string& row, std::string_view bytes,
                Words& out) {
    const auto plain = key.open(content_place(table, row), bytes);
    if (!plain.ok()) throw std::runtime_error("a sealed record does not open: " + plain.error().message);
    codec::read(*plain, out);
}

// The whole record as it now is, as version `record.version` of its history.
template <class Record>
void write_history(Session& s, const OwnerKey& key, std::string_view kind, const Record& record, Instant at,
                   const std::string& by) {
    const auto row = record.id + ":" + std::to_string(record.version);
    s.execute("INSERT INTO history (kind, record, version, at, by_user, content) VALUES ($1, $2, $3, $4, $5, $6)",
              kind, record.id, record.version, at, by, sealed(key, "history", row, record));
}

}  // namespace rowan::protect::store
