// What every desk works with: the database, the keys, the clock, the scheme, the audit log.
// Made once at start by `app`; outlives everything that refers to it. Const and usable from any thread.
#pragma once
#include "base/time.h"
#include "base/working_days.h"
#include "crypto/keyring.h"
#include "database/database.h"
#include "partnership/audit.h"
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
};

}  // namespace rowan::partnership
