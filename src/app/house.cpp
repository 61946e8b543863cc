#include "app/house.h"

#include "base/id.h"
#include "crypto/breached.h"
#include "database/migrations.h"
#include "partnership/migrations.h"

#include <fstream>
#include <sstream>

namespace rowan::app {

namespace fs = std::filesystem;
using database::Session;

namespace {

fs::path beside_data(const HouseOptions& options, std::string_view ending) {
    auto folder = options.data.lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    return folder.string() + std::string(ending);
}

// The list of breached passwords, checked; "" for none. One that was named must be there.
base::Result<std::string> breached_list(const HouseOptions& options) {
    const auto file = breached_path(options);
    if (file.empty() || (options.breached.empty() && !fs::exists(file))) return std::string{};
    if (auto checked = crypto::check_breached_list(file.string()); !checked.ok()) return checked.error();
    return file.string();
}

}  // namespace

fs::path breached_path(const HouseOptions& options) {
    if (!options.breached.empty() || options.data.empty()) return options.breached;
    return beside_data(options, ".breached");
}

fs::path keyring_path(const HouseOptions& options) {
    if (!options.keyring.empty()) return options.keyring;
    if (options.data.empty()) return "rowan.keyring";
    return beside_data(options, ".keyring");
}

namespace {

// A scheme by its code, or from a file: its text is kept with the data, so that the folder stands alone.
base::Result<std::string> scheme_text(const std::string& wanted) {
    if (const auto text = partnership::shipped_scheme_text(wanted)) return std::string(*text);
    std::ifstream in(wanted);
    if (!in) {
        std::string known;
        for (const auto& code : partnership::shipped_schemes()) known += (known.empty() ? "" : ", ") + code;
        return base::not_found("There is no scheme \"" + wanted + "\". Use one of " + known +
                               ", or the name of a scheme file.");
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::unique_ptr<base::Clock> make_clock(const HouseOptions& options) {
    if (options.clock) return std::make_unique<base::TestClock>(*options.clock, false);
    return std::make_unique<base::SystemClock>();
}

}  // namespace

base::Result<> House::open_database(const HouseOptions& options, bool create) {
    database::OpenOptions open;
    open.create = create;
    open.lock = options.lock;
    const auto url =
        options.database.empty() ? "sqlite:" + (options.data / "rowan.db").string() : options.database;
    auto opened = database::Database::open(url, open);
    if (!opened.ok()) return opened.error();
    database_ = std::move(*opened);
    return database::migrate(*database_, partnership::migrations());
}

base::Result<std::unique_ptr<House>> House::create(const HouseOptions& options, const std::string& scheme,
                                                   bool demonstration) {
    // Everything that can be refused is refused before anything is made.
    auto text = scheme_text(scheme);
    if (!text.ok()) return text.error();
    auto checked = partnership::read_scheme(*text, fs::path(scheme).filename().string());
    if (!checked.ok()) return checked.error();
    if (auto free = check_free(options); !free.ok()) return free.error();
    const auto keys = keyring_path(options);
    if (options.database.empty()) {
        std::error_code error;
        fs::create_directories(options.data, error);
        if (error)
            return base::refused("The folder " + options.data.string() + " cannot be made: " + error.message() +
                                 ".");
        fs::permissions(options.data, fs::perms::owner_all, error);
    }
    auto undo = [&](const base::Error& error) -> base::Result<std::unique_ptr<House>> {
        remove(options);
        return error;
    };
    std::unique_ptr<House> house(new House);
    house->clock_ = make_clock(options);
    house->keyring_ = std::make_unique<crypto::Keyring>(crypto::Keyring::create(house->clock_->now()));
    if (auto saved = house->keyring_->save(keys, crypto::Keyring::Existing::keep); !saved.ok())
        return undo(saved.error());
    if (auto opened = house->open_database(options, true); !opened.ok()) {
        house->database_.reset();
        return undo(opened.error());
    }
    const auto stored = house->database_->write([&](Session& s) -> base::Result<> {
        if (s.one("SELECT 1 FROM partnership"))
            return base::conflict("There is already a partnership in this database.");
        s.execute(
            "INSERT INTO partnership (id, scheme_name, scheme_text, demonstration, log_id, created_at) VALUES (1, "
            "$1, $2, $3, $4, $5)",
            fs::path(scheme).filename().string(), *text, demonstration, house->keyring_->log_id(),
            house->clock_->now());
        for (const auto& agency : checked->agencies)
            s.execute("INSERT INTO agency (code, name, kind) VALUES ($1, $2, $3)", agency.code, agency.name,
                      std::string(partnership::name_of(agency.type)));
        return base::done();
    });
    if (!stored.ok()) {
        house->database_.reset();
        return undo(stored.error());
    }
    if (auto loaded = house->load_partnership(options); !loaded.ok()) return loaded.error();
    return house;
}

base::Result<> House::check_free(const HouseOptions& options) {
    const auto keys = keyring_path(options);
    if (fs::exists(keys))
        return base::conflict("There are already keys at " + keys.string() +
                              ". Keys that are overwritten are gone: choose another folder.");
    if (options.database.empty() && fs::exists(options.data) &&
        (!fs::is_directory(options.data) || !fs::is_empty(options.data)))
        return base::conflict("There is already something at " + options.data.string() +
                              ". Choose a folder that does not exist yet.");
    return base::done();
}

void House::remove(const HouseOptions& options) {
    std::error_code ignored;
    fs::remove(keyring_path(options), ignored);
    if (options.database.empty()) fs::remove_all(options.data, ignored);
}

base::Result<std::unique_ptr<House>> House::open(const HouseOptions& options) {
    if (options.database.empty() && !fs::exists(options.data / "rowan.db"))
        return base::not_found("There is no partnership at " + options.data.string() +
                               ". Make one with: rowan init --data " + options.data.string() +
                               " --scheme solihull");
    std::unique_ptr<House> house(new House);
    house->clock_ = make_clock(options);
    auto keys = crypto::Keyring::load(keyring_path(options));
    if (!keys.ok()) return keys.error();
    if (auto list = breached_list(options); !list.ok())
        return list.error();
    else
        house->breached_ = std::move(*list);
    house->keyring_ = std::make_unique<crypto::Keyring>(std::move(*keys));
    if (auto opened = house->open_database(options, false); !opened.ok()) return opened.error();
    if (auto loaded = house->load_partnership(options); !loaded.ok()) return loaded.error();
    return house;
}

base::Result<> House::load_partnership(const HouseOptions& options) {
    const auto row = database_->read([](Session& s) {
        return s.one("SELECT scheme_name, scheme_text, demonstration, log_id FROM partnership WHERE id = 1");
    });
    if (!row) return base::not_found("This database holds no partnership. Make one with rowan init.");
    if (row->text(3) != keyring_->log_id())
        return base::refused(
            "This keyring belongs to another partnership. Give the one that was made with this data: --keyring "
            "FILE.");
    auto scheme = partnership::read_scheme(row->text(1), row->text(0));
    if (!scheme.ok()) return scheme.error();
    scheme_ = std::make_unique<partnership::Scheme>(std::move(*scheme));
    audit_ = std::make_unique<partnership::AuditLog>(*keyring_, *clock_, row->text(3));
    database_->on_before_commit([audit = audit_.get()](Session& s) { audit->sign_head_if_due(s); });
    // A tool beside the server brings in what waits, and makes no file: it would belong to the tool's user.
    const auto looks = options.data / "looks.db";
    if (options.database.empty() && (options.lock || fs::exists(looks))) {
        auto file = partnership::LookFile::open(looks.string(), *database_, *audit_);
        if (!file.ok()) return file.error();
        look_file_ = std::move(*file);
    }
    office_ = std::make_unique<partnership::Office>(
        partnership::Office{*database_, *keyring_, *clock_, *scheme_, *audit_, base::WorkingDays{},
                            row->boolean(2), breached_, look_file_.get()});
    return base::done();
}

}  // namespace rowan::app
