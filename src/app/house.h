// One partnership, opened: its database, keys, clock, scheme and audit log, in the order in which they need each
// other.
//
// A data folder holds rowan.db and looks.db (partnership/look_file.h); the keyring stands beside it as
// FOLDER.keyring, never inside, so that a copy of the data is not a copy of the keys. Thread-safety: opened and
// closed by one thread; the Office may be used by any.
#pragma once
#include "partnership/office.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rowan::app {

struct HouseOptions {
    std::filesystem::path data;          // the data folder, or empty with `database`
    std::string database;                // postgres://…
    std::filesystem::path keyring;       // empty: beside the data folder
    std::filesystem::path breached;      // list of breached passwords; empty: FOLDER.breached if it is there
    std::optional<base::Instant> clock;  // a clock that starts here instead of the system's
    bool lock = true;
};

class House {
public:
    // A new, empty partnership. conflict when there is one already; on failure nothing is left behind.
    static base::Result<std::unique_ptr<House>> create(const HouseOptions&, const std::string& scheme,
                                                       bool demonstration);
    // An existing one: migrates, checks keyring and scheme.
    static base::Result<std::unique_ptr<House>> open(const HouseOptions&);

    // conflict when there is something already where create() would put the data or the keys.
    static base::Result<> check_free(const HouseOptions&);
    // Takes away what create() made. The house must be closed.
    static void remove(const HouseOptions&);

    const partnership::Office& office() const { return *office_; }
    partnership::Office& office() { return *office_; }
    database::Database& database() { return *database_; }
    bool demonstration() const { return office_->demonstration; }

private:
    House() = default;
    base::Result<> open_database(const HouseOptions&, bool create);
    base::Result<> load_partnership(const HouseOptions&);

    std::string breached_;
    std::unique_ptr<base::Clock> clock_;
    std::unique_ptr<crypto::Keyring> keyring_;
    std::unique_ptr<database::Database> database_;
    std::unique_ptr<partnership::Scheme> scheme_;
    std::unique_ptr<partnership::AuditLog> audit_;
    std::unique_ptr<partnership::LookFile> look_file_;  // null on PostgreSQL, and for a tool where there is none
    std::unique_ptr<partnership::Office> office_;
};

std::filesystem::path keyring_path(const HouseOptions&);
// Where a list of breached passwords is or would be; "" where nobody looks for one.
std::filesystem::path breached_path(const HouseOptions&);

}  // namespace rowan::app
