// A small partnership for tests of any room above `partnership`: a shipped scheme, its agencies, a clock that
// stands still, a keyring and the audit log, over a temporary SQLite database or whatever database it is given.
#pragma once
#include "base/time.h"
#include "crypto/keyring.h"
#include "database/migrations.h"
#include "partnership/accounts.h"
#include "partnership/migrations.h"
#include "partnership/office.h"
#include "partnership/viewer.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace rowan::support {

using database::Session;

inline void must(const base::Result<>& result) {
    if (!result.ok()) throw std::runtime_error(result.error().message);
}
template <class T>
T must_value(base::Result<T> result) {
    if (!result.ok()) throw std::runtime_error(result.error().message);
    return std::move(result).value();
}

// An empty SQLite database with the whole schema, gone after the test.
class TemporaryDatabase {
public:
    TemporaryDatabase() {
        std::string name = (std::filesystem::temp_directory_path() / "rowan-office-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
        folder_ = name;
        database::OpenOptions options;
        options.create = true;
        options.readers = 2;
        db_ = must_value(database::Database::open("sqlite:" + folder_ + "/rowan.db", options));
        must(database::migrate(*db_, partnership::migrations()));
    }
    TemporaryDatabase(const TemporaryDatabase&) = delete;
    TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;
    ~TemporaryDatabase() {
        db_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    database::Database& db() { return *db_; }
    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    std::unique_ptr<database::Database> db_;
};

class TestOffice {
public:
    explicit TestOffice(database::Database& db, const std::string& scheme = "solihull")
        : db_(db),
          keyring_(crypto::Keyring::create(*base::parse_instant("2018-01-01T00:00:00.000Z"))),
          clock_(*base::parse_instant("2018-03-26T10:00:00.000Z")),
          scheme_(must_value(partnership::shipped_scheme(scheme))),
          audit_(keyring_, clock_, keyring_.log_id()),
          office_{db_, keyring_, clock_, scheme_, audit_, base::WorkingDays{}, false} {
        write([&](Session& s) -> base::Result<> {
            for (const auto& agency : scheme_.agencies)
                s.execute("INSERT INTO agency (code, name, kind) VALUES ($1, $2, $3)", agency.code, agency.name,
                          partnership::name_of(agency.type));
            return base::done();
        });
    }

    const partnership::Office& office() const { return office_; }
    partnership::Office& office() { return office_; }
    database::Database& db() { return db_; }
    base::TestClock& clock() { return clock_; }
    partnership::Scheme& scheme() { return scheme_; }  // tests may change a rule before they use it
    const crypto::Keyring& keyring() const { return keyring_; }
    const partnership::AuditLog& audit() const { return audit_; }

    template <class F>
    void write(F&& f) {
        must(db_.write(std::forward<F>(f)));
    }
    std::int64_t number(database::Sql sql) {
        return db_.read([&](Session& s) { return s.one(sql)->integer(0); });
    }

    std::string agency_of(partnership::AgencyType type, std::size_t nth = 0) const {
        for (const auto& agency : scheme_.agencies)
            if (agency.type == type && nth-- == 0) return agency.code;
        throw std::runtime_error("the scheme has no such agency");
    }
    // Every agency signs, as on the first day of a partnership.
    void all_sign() {
        write([&](Session& s) -> base::Result<> {
            for (const auto& agency : scheme_.agencies)
                must(partnership::sign_protocol(office_, s, agency.code, "Director", "system"));
            return base::done();
        });
    }
    std::string account(const std::string& name, const std::string& agency, std::vector<std::string> roles,
                        const std::string& password = "", const std::string& totp_secret = "") {
        return must_value(db_.write([&](Session& s) {
            return partnership::add_account(
                office_, s, {name, "Name of " + name, "Post", agency, "", std::move(roles), password, totp_secret},
                "system");
        }));
    }
    std::optional<partnership::Viewer> viewer(const std::string& account_id) {
        return db_.read([&](Session& s) { return partnership::viewer_for(office_, s, account_id); });
    }
    partnership::Viewer worker(const std::string& name, const std::string& agency, const std::string& role) {
        return viewer(account(name, agency, {role})).value();
    }

private:
    database::Database& db_;
    crypto::Keyring keyring_;
    base::TestClock clock_;
    partnership::Scheme scheme_;
    partnership::AuditLog audit_;
    partnership::Office office_;
};

}  // namespace rowan::support
