// What the stores of this room share: opening what a person's key sealed, reading a stored sensitivity. For this
// room's .cpp files only. What does not open or is not known is damage: std::runtime_error.
#pragma once
#include "partnership/access.h"
#include "people/vault.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace rowan::people::store {

inline OwnerKey key_of(const partnership::Office& office, database::Session& s, const std::string& person) {
    auto key = owner_key(office, s, person);
    if (!key.ok()) throw std::runtime_error("the key of a person is missing");
    return std::move(*key);
}

inline std::string opened(const OwnerKey& key, const Place& place, std::string_view sealed) {
    auto text = key.open(place, sealed);
    if (!text.ok()) throw std::runtime_error("a sealed reason does not open: " + text.error().message);
    return std::move(*text);
}

inline partnership::Sensitivity stored_sensitivity(const std::string& name) {
    const auto found = partnership::sensitivity(name);
    if (!found) throw std::runtime_error("a person's sensitivity is not known");
    return *found;
}

}  // namespace rowan::people::store
