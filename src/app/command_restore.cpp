#include "app/backup_file.h"
#include "app/commands.h"
#include "app/files.h"
#include "app/offline_key.h"
#include "app/options.h"
#include "app/sealing.h"
#include "base/id.h"
#include "partnership/migrations.h"

#include <iostream>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using database::Session;

struct RestoreOptions {
    HouseOptions house;
    std::string backup, key, keyring_copy, witness;
    bool older = false;
};

base::Error not_sound(const std::string& what) {
    return base::refused("The backup opens, but " + what + " Nothing was restored; use another copy.");
}

// All that a sealed file holds; only for small ones.
base::Result<std::string> open_whole(SealedFile& file, const crypto::BoxKey& key) {
    std::string out;
    out.reserve(file.header().bytes);
    const auto read = file.read(key, [&](std::string_view bytes) {
        out += bytes;
        return true;
    });
    if (!read.ok()) {
        crypto::wipe(out);
        return read.error();
    }
    return out;
}

base::Result<crypto::Keyring> open_keyring(const fs::path& copy, const crypto::BoxKey& key) {
    auto file = SealedFile::open(copy);
    if (!file.ok()) return file.error();
    if (file->header().kind != kKeyringKind)
        return base::invalid("The file " + copy.string() +
                             " is not a copy of a keyring. Give the one that rowan backup keyring wrote.");
    auto text = open_whole(*file, key);
    if (!text.ok()) return text.error();
    auto keyring = crypto::Keyring::parse(*text);
    crypto::wipe(*text);
    if (keyring.ok() && keyring->log_id() != file->header().head.log_id)
        return base::refused("The file " + copy.string() + " is not signed by the keyring that it holds.");
    return keyring;
}

// Before the folder appears: the engine finds it sound, it is this partnership's, and its log is the one that was
// signed, each time, and that was seen.
base::Result<> check_restored(const crypto::Keyring& keyring, const std::vector<BackupLink>& chain,
                              KeptHeads heads, const fs::path& db) {
    const auto& last = chain.back();
    const auto known = static_cast<std::int64_t>(partnership::migrations().size());
    if (last.facts.schema_version > known)
        return base::refused("The backup was made by a newer Rowan (" + last.header.program +
                             ") than this one. Install that version, then restore again.");
    database::OpenOptions options;
    options.lock = false;
    options.readers = 1;
    auto opened = database::Database::open("sqlite:" + db.string(), options);
    if (!opened.ok()) return not_sound("its database does not.");
    auto& database = **opened;
    if (database.schema_version() != last.facts.schema_version)
        return not_sound("its database has another version than it says.");
    if (const auto problems = database.integrity_problems(); !problems.empty())
        return not_sound("its database is damaged.");
    const auto size = static_cast<std::int64_t>(last.header.head.size);
    std::erase_if(heads, [&](const auto& head) { return head.first > size; });  // accepted with --older
    for (const auto& link : chain)
        heads.emplace_back(static_cast<std::int64_t>(link.header.head.size),
                           crypto::to_hex(link.header.head.root));
    return database.read([&](Session& s) -> base::Result<> {
        const auto row = s.one("SELECT log_id FROM partnership WHERE id = 1");
        if (!row || row->text(0) != keyring.log_id()) return not_sound("it belongs to another keyring.");
        const auto report = partnership::verify_audit(s, keyring, row->text(0), heads);
        if (!report.problems.empty() || report.entries != size)
            return not_sound("its audit log has been altered, or is not the one whose heads were kept.");
        return base::done();
    });
}

base::Result<> check_free(const fs::path& data) {
    if (fs::exists(data) && (!fs::is_directory(data) || !fs::is_empty(data)))
        return base::conflict("There is already something at " + data.string() +
                              ". Choose a folder that does not exist yet.");
    if (const auto parent = data.parent_path(); !parent.empty() && !fs::is_directory(parent))
        return base::not_found("There is no folder " + parent.string() + ". Make it first.");
    return base::done();
}

// The folder takes its name, and the keyring that came out of its copy its place, when all has been checked.
base::Result<> put_in_place(const fs::path& folder, const fs::path& data, const crypto::Keyring* keyring,
                            const fs::path& keys) {
    if (keyring)
        if (auto saved = keyring->save(keys, crypto::Keyring::Existing::keep); !saved.ok()) return saved;
    sync_folder(folder);
    std::error_code error, ignored;
    fs::rename(folder, data, error);
    if (error) {
        if (keyring) fs::remove(keys, ignored);
        return base::conflict("The folder " + data.string() + " cannot be made: " + error.message() + ".");
    }
    sync_folder(folder_of(data));
    return base::done();
}

base::Result<SealedHeader> restore(const RestoreOptions& o) {
    const auto data = without_slash(o.house.data);
    if (auto free = check_free(data); !free.ok()) return free.error();
    const auto keys = keyring_path(o.house);
    if (!o.keyring_copy.empty() && fs::exists(keys))
        return base::conflict("There is already a keyring at " + keys.string() + ". Leave out --keyring-copy.");
    const auto key = read_secret_key(o.key);
    if (!key.ok()) return key.error();
    const auto keyring = o.keyring_copy.empty() ? crypto::Keyring::load(keys) : open_keyring(o.keyring_copy, *key);
    if (!keyring.ok()) return keyring.error();
    const auto chain = backup_chain(o.backup);
    if (!chain.ok()) return chain.error();
    const auto& header = chain->back().header;
    if (header.head.log_id != keyring->log_id())
        return base::refused("The backup " + o.backup +
                             " was made with another keyring. Give the one of its partnership: --keyring FILE.");
    KeptHeads heads;
    if (!o.witness.empty()) {
        auto read = read_witness(o.witness);
        if (!read.ok()) return read.error();
        heads = std::move(*read);
        if (const auto fits = fits_witness(header, heads); !fits.ok() && !o.older) return fits.error();
    }
    const Temporary folder(folder_of(data) / ("." + data.filename().string() + ".restore-" + base::new_id()));
    std::error_code error;
    if (!fs::create_directory(folder.path, error))
        return base::refused("The folder " + folder.path.string() + " cannot be made: " + error.message() + ".");
    fs::permissions(folder.path, fs::perms::owner_all, error);
    if (auto read = read_backup(*chain, *key, folder.path / "rowan.db"); !read.ok()) return read.error();
    if (auto checked = check_restored(*keyring, *chain, heads, folder.path / "rowan.db"); !checked.ok())
        return checked.error();
    if (auto placed = put_in_place(folder.path, data, o.keyring_copy.empty() ? nullptr : &*keyring, keys);
        !placed.ok())
        return placed.error();
    return header;
}

}  // namespace

int restore_command(const Arguments& arguments) {
    Options options(
        "restore",
        "Checks a backup, and those that it continues, to the last byte and makes a data folder of it.");
    RestoreOptions o;
    options.text("file", o.backup, "The backup; what it continues must be in the same folder", true);
    options.house(o.house);
    options.text("--key", o.key, "The secret key that was kept offline", true);
    options.text("--keyring-copy", o.keyring_copy,
                 "Copy of the keyring, from rowan backup keyring: on an empty machine");
    options.text("--witness", o.witness, "File of heads seen earlier: an older or another history is refused");
    options.flag("--older", o.older, "Accept a backup that is older than the heads of --witness");
    if (const auto code = options.parse(arguments)) return *code;
    if (!o.house.database.empty() || o.house.data.empty())
        return fail(base::refused(
            "A backup is restored into a data folder: give --data. Then rowan copy moves it to PostgreSQL."));
    const auto header = restore(o);
    if (!header.ok()) return fail(header.error());
    std::cout << "Restored the state of " << base::display(header->made_at) << " to " << o.house.data.string()
              << ", and checked " << header->head.size << " entries of the audit log.\n"
              << "Its head in words, to compare with the minutes: " << crypto::head_words(header->head) << ".\n";
    return 0;
}

int open_command(const Arguments& arguments) {
    Options options("open",
                    "Opens a copy of the keyring or an emergency bundle with an offline key. Needs no data, no "
                    "keyring and no server.");
    std::string path, key_file, out;
    options.text("file", path, "The sealed file", true);
    options.text("--key", key_file, "The secret key that was kept offline", true);
    options.text("--out", out, "File to write; one that exists is never overwritten", true);
    if (const auto code = options.parse(arguments)) return *code;
    const auto key = read_secret_key(key_file);
    if (!key.ok()) return fail(key.error());
    auto file = SealedFile::open(path);
    if (!file.ok()) return fail(file.error());
    if (file->header().kind == kBackupKind)
        return fail(base::refused("The file " + path + " is a backup: use rowan restore."));
    auto content = open_whole(*file, *key);
    if (!content.ok()) return fail(content.error());
    const auto written = write_new_file(out, *content);
    crypto::wipe(*content);
    if (!written.ok()) return fail(written.error());
    std::cout << "Wrote " << out
              << (file->header().kind == kEmergencyKind ? ": the emergency bundle of " : ": the keyring of ")
              << base::display(file->header().made_at) << ". Delete it when you have done with it.\n";
    return 0;
}

}  // namespace rowan::app
