// What every desk works with: the database, the keys, the clock, the scheme, the audit log.
// Made once at start by `app`; outlives everything that refers to it. Const and usable from any thread.
#pragma once
#include "base/time.h"
#include "base/working_days.h"
#include "crypto/keyring.h"
#include "database/database.h"
#include "partnership/audit.h"
#include "partnership/look_file.h"
#include "partnership/scheme.h"

namespace rowan::partnership {

struct Office {
    database::Database& database;
    const crypto::Keyring& keyring;
    const base::Clock& clock;
    const Scheme& scheme;
    const AuditLog& audit;
    base::WorkingDays working_days;
    bool demonstration = false;
    std::string breached_passwords = {};  // path of a list that no password may stand in (crypto/breached.h)
    LookFile* look_file = nullptr;        // SQLite: where looks wait for the log; null: written to it at once

    // Reads the log as it is now: database.read() alone may lack the looks of the last second.
    template <class F>
    auto read_log(F&& f) const {
        if (look_file) look_file->bring_in();
        return database.read(std::forward<F>(f));
    }
};

}  // namespace rowan::partnership
