// The identity vault: what names a person is sealed under a key of that person's own.
//
// A record key is made with its owner (a person, a referral, a draft), wrapped by the keyring and kept in
// record_key. Sealed bytes are bound to table, row, column and sensitivity: moved elsewhere they do not open.
// Erasing an owner's key erases what it sealed. Thread-safety: Vault is const; calls may come from any thread.
#pragma once
#include "base/result.h"
#include "crypto/seal.h"
#include "database/database.h"
#include "partnership/office.h"

#include <string>
#include <string_view>

namespace rowan::people {

struct Place {
    std::string_view table, row, column;
    std::string_view sensitivity = "ordinary";
};

// A key that is open for a while; values sealed and opened with it belong to one owner.
class OwnerKey {
public:
    OwnerKey(crypto::SecretKey key, std::string owner) : key_(std::move(key)), owner_(std::move(owner)) {}
    std::string seal(const Place&, std::string_view plain) const;
    // invalid(...) when the bytes were altered, moved or belong to another key.
    base::Result<std::string> open(const Place&, std::string_view sealed) const;

private:
    crypto::SecretKey key_;
    std::string owner_;
};

// Makes and stores a new key for `owner` (inside the caller's transaction).
OwnerKey new_owner_key(const partnership::Office&, database::Session&, const std::string& owner);
// not_found when the owner has no key (erased, or never had one).
base::Result<OwnerKey> owner_key(const partnership::Office&, database::Session&, const std::string& owner);
base::Result<OwnerKey> unwrap_owner_key(const partnership::Office&, const std::string& owner,
                                        std::string_view wrapped);

}  // namespace rowan::people
