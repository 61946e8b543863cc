#include "app/backup_file.h"
#include "app/commands.h"
#include "app/options.h"
#include "base/id.h"
#include "partnership/migrations.h"

#include <fcntl.h>
#include <unistd.h>

#include <iostream>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using database::Session;

// Goes with everything in it when the work is over, whichever way it ends.
struct Temporary {
    explicit Temporary(fs::path p) : path(std::move(p)) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        std::error_code ignored;
        for (const auto* beside : {"", "-wal", "-shm"}) fs::remove_all(path.string() + beside, ignored);
    }
    fs::path path;
};

void sync_folder(const fs::path& folder) {
    const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
}

base::Result<std::unique_ptr<database::Database>> open_copy(const fs::path& path) {
    database::OpenOptions options;
    options.lock = false;
    options.readers = 1;
    return database::Database::open("sqlite:" + path.string(), options);
}

// What the snapshot itself says; its whole audit log is signed, not only up to the newest stored head.
base::Result<BackupHeader> header_of(const partnership::Office& office, const fs::path& snapshot) {
    auto copy = open_copy(snapshot);
    if (!copy.ok()) return copy.error();
    BackupHeader header;
    header.made_at = office.clock.now();
    header.program = ROWAN_VERSION;
    header.schema_version = (*copy)->schema_version();
    crypto::Frontier frontier;
    const auto state =
        (*copy)->read([](Session& s) { return s.one("SELECT frontier FROM audit_state WHERE id = 1"); });
    if (state) {
        auto parsed = crypto::Frontier::parse(state->blob(0));
        if (!parsed.ok())
            return base::refused(
                "The audit log is damaged, so a backup would be too. Run rowan audit verify, and keep the last "
                "good backup.");
        frontier = std::move(*parsed);
    }
    header.head = crypto::sign_head(office.keyring.audit_key(), office.audit.log_id(), frontier.size(),
                                    frontier.root(), header.made_at);
    return header;
}

base::Error not_sound(const std::string& what) {
    return base::refused("The backup opens, but " + what + " Nothing was restored; use another copy.");
}

// Before the folder appears: the engine finds it sound, it is this partnership's, and its log is the one that was
// signed.
base::Result<> check_restored(const crypto::Keyring& keyring, const BackupHeader& header, const fs::path& db) {
    auto opened = open_copy(db);
    if (!opened.ok()) return not_sound("its database does not.");
    auto& database = **opened;
    if (header.schema_version > static_cast<std::int64_t>(partnership::migrations().size()))
        return base::refused("The backup was made by a newer Rowan (" + header.program +
                             ") than this one. Install that version, then restore again.");
    if (database.schema_version() != header.schema_version)
        return not_sound("its database has another version than it says.");
    if (const auto problems = database.integrity_problems(); !problems.empty())
        return not_sound("its database is damaged.");
    if (!crypto::verify_head(keyring.audit_key().public_key(), header.head))
        return not_sound("its audit log is not signed by this keyring.");
    return database.read([&](Session& s) -> base::Result<> {
        const auto row = s.one("SELECT log_id FROM partnership WHERE id = 1");
        if (!row || row->text(0) != keyring.log_id()) return not_sound("it belongs to another keyring.");
        const auto size = static_cast<std::int64_t>(header.head.size);
        const auto report =
            partnership::verify_audit(s, keyring, row->text(0), {{size, crypto::to_hex(header.head.root)}});
        if (!report.problems.empty() || report.entries != size)
            return not_sound("its audit log has been altered.");
        return base::done();
    });
}

base::Result<BackupHeader> restore(const fs::path& backup, const HouseOptions& house) {
    auto data = house.data.lexically_normal();
    if (!data.has_filename()) data = data.parent_path();
    if (fs::exists(data) && (!fs::is_directory(data) || !fs::is_empty(data)))
        return base::conflict("There is already something at " + data.string() +
                              ". Choose a folder that does not exist yet.");
    if (const auto parent = data.parent_path(); !parent.empty() && !fs::is_directory(parent))
        return base::not_found("There is no folder " + parent.string() + ". Make it first.");
    const auto keyring = crypto::Keyring::load(keyring_path(house));
    if (!keyring.ok()) return keyring.error();
    const Temporary folder(data.parent_path() / ("." + data.filename().string() + ".restore-" + base::new_id()));
    std::error_code error;
    if (!fs::create_directory(folder.path, error))
        return base::refused("The folder " + folder.path.string() + " cannot be made: " + error.message() + ".");
    fs::permissions(folder.path, fs::perms::owner_all, error);
    auto header = read_backup(*keyring, backup, folder.path / "rowan.db");
    if (!header.ok()) return header;
    if (auto checked = check_restored(*keyring, *header, folder.path / "rowan.db"); !checked.ok())
        return checked.error();
    sync_folder(folder.path);
    fs::rename(folder.path, data, error);
    if (error) return base::conflict("The folder " + data.string() + " cannot be made: " + error.message() + ".");
    sync_folder(data.parent_path());
    return header;
}

}  // namespace

int backup_command(const Arguments& arguments) {
    Options options("backup", "Writes an encrypted copy of the whole partnership, also while it is being served.");
    HouseOptions house;
    std::string out;
    options.house(house);
    options.text("--out", out, "File to write; one that exists is never overwritten", true);
    if (const auto code = options.parse(arguments)) return *code;
    if (!house.database.empty())
        return fail(base::refused(
            "A partnership in PostgreSQL is backed up with PostgreSQL's own tools: use pg_dump --format=custom."));
    if (fs::exists(out)) return fail(base::conflict("There is already a file " + out + ". Choose another name."));
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto& office = (*opened)->office();
    const Temporary snapshot(house.data / ("snapshot-" + base::new_id() + ".db"));
    if (auto made = (*opened)->database().snapshot_to(snapshot.path.string()); !made.ok())
        return fail(made.error());
    const auto header = header_of(office, snapshot.path);
    if (!header.ok()) return fail(header.error());
    if (auto written = write_backup(office.keyring, *header, snapshot.path, out); !written.ok())
        return fail(written.error());
    sync_folder(fs::path(out).parent_path());
    std::cout << "Wrote " << out << ", with " << header->head.size << " entries of the audit log.\n"
              << "It opens only with the keyring " << keyring_path(house).string()
              << ": keep a copy of that in another place.\n";
    return 0;
}

int restore_command(const Arguments& arguments) {
    Options options("restore", "Checks a backup to the last byte and makes a data folder of it.");
    HouseOptions house;
    std::string file;
    options.text("file", file, "The backup", true);
    options.house(house);
    if (const auto code = options.parse(arguments)) return *code;
    if (!house.database.empty() || house.data.empty())
        return fail(base::refused(
            "A backup is restored into a data folder: give --data. PostgreSQL has its own: use pg_restore."));
    const auto header = restore(file, house);
    if (!header.ok()) return fail(header.error());
    std::cout << "Restored the state of " << base::display(header->made_at) << " to " << house.data.string()
              << ", and checked " << header->head.size << " entries of the audit log.\n";
    return 0;
}

}  // namespace rowan::app
