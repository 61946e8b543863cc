#include "app/backup_file.h"
#include "app/commands.h"
#include "app/copying.h"
#include "app/files.h"
#include "app/offline_key.h"
#include "app/options.h"
#include "app/sealing.h"
#include "base/id.h"
#include "base/text.h"

#include <iostream>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using database::Session;

base::Result<std::unique_ptr<database::Database>> open_copy(const fs::path& path) {
    database::OpenOptions options;
    options.lock = false;
    options.readers = 1;
    return database::Database::open("sqlite:" + path.string(), options);
}

base::Error taken(const std::string& out) {
    return base::conflict("There is already a file " + out + ". Choose another name.");
}

struct BackupOptions {
    HouseOptions house;
    std::vector<std::string> to;
    std::string out, since;
};

// One moment of the whole database as a SQLite file, also of PostgreSQL, so that there is one kind of backup.
base::Result<> take_snapshot(House& house, const fs::path& path) {
    auto& database = house.database();
    if (database.dialect() == database::Dialect::sqlite) return database.snapshot_to(path.string());
    auto to = open_empty("sqlite:" + path.string());
    if (!to.ok()) return to.error();
    const auto copied = copy_everything(house.office(), **to, Meanwhile::anybody_may);
    return copied.ok() ? base::done() : base::Result<>(copied.error());
}

// What the snapshot itself says: its log may be longer by now.
base::Result<WrittenBackup> back_up(House& house, const BackupOptions& o, std::vector<std::string> keys) {
    const auto& office = house.office();
    if (auto recorded = record_sealing(office, "backup", o.since.empty() ? "full" : "increment", keys);
        !recorded.ok())
        return recorded.error();
    const auto beside = o.house.database.empty() ? o.house.data : folder_of(o.out);
    const Temporary snapshot(beside / ("snapshot-" + base::new_id() + ".db"));
    if (auto made = take_snapshot(house, snapshot.path); !made.ok()) return made.error();
    auto copy = open_copy(snapshot.path);
    if (!copy.ok()) return copy.error();
    auto header =
        (*copy)->read([&](Session& s) { return sealed_header(office, s, kBackupKind, std::move(keys)); });
    if (!header.ok()) return header.error();
    const auto schema_version = (*copy)->schema_version();
    copy->reset();
    return write_backup(office.keyring, std::move(*header), schema_version, snapshot.path,
                        o.since.empty() ? std::nullopt : std::optional<fs::path>(o.since), o.out);
}

int data_command(const Arguments& arguments) {
    Options options("backup",
                    "Writes an encrypted copy of the whole partnership, also while it is being served.\n"
                    "Also: rowan backup keys makes the pair of keys, rowan backup keyring copies the keyring, "
                    "rowan backup verify checks a file without a key; each has its own --help.");
    BackupOptions o;
    options.house(o.house);
    options.many("--to", o.to, "Public keys of those who can open it: files that rowan backup keys wrote");
    options.text("--out", o.out, "File to write; one that exists is never overwritten", true);
    options.text("--since", o.since, "Write only what has changed since this backup");
    if (const auto code = options.parse(arguments)) return *code;
    auto keys = read_public_keys(o.to);
    if (!keys.ok()) return fail(keys.error());
    if (fs::exists(o.out)) return fail(taken(o.out));
    o.house.lock = false;
    auto opened = House::open(o.house);
    if (!opened.ok()) return fail(opened.error());
    const auto written = back_up(**opened, o, *keys);
    if (!written.ok()) return fail(written.error());
    std::cout << "Wrote " << o.out << ": "
              << (written->number == 0 ? "a full backup"
                                       : "backup " + std::to_string(written->number) + " after the full one")
              << ", " << written->changed << " of " << written->blocks << " blocks.\n"
              << "It opens only with the secret key of " << names_of_keys(*keys)
              << ", and its people only with the keyring.\n";
    return 0;
}

int keys_command(const Arguments& arguments) {
    Options options("backup keys",
                    "Makes the pair of keys for backups: run it on a machine that is not the server.");
    std::string out;
    options.text("--out", out, "File for the secret key; the public one is beside it, with .pub", true);
    if (const auto code = options.parse(arguments)) return *code;
    const auto key = crypto::BoxKey::random();
    if (const auto written = write_offline_keys(key, out); !written.ok()) return fail(written.error());
    std::cout << "Wrote the key " << name_of_key(key.public_key()) << ".\n"
              << out
              << " is the secret half: keep it offline, in two places. Whoever has it can open every backup; "
              << "without it nobody can.\n"
              << out << ".pub is the other half: give it to the server, for rowan backup --to.\n";
    return 0;
}

// The keyring has its own life: it is copied when it changes, and its old copies are destroyed when their time is
// over, so that what was erased stays erased (docs/runbooks/backup-and-restore.md).
int keyring_command(const Arguments& arguments) {
    Options options("backup keyring",
                    "Writes an encrypted copy of the keyring, to be kept apart from the backups.");
    HouseOptions house;
    std::vector<std::string> to;
    std::string out;
    options.house(house);
    options.many("--to", to, "Public keys of those who can open it: files that rowan backup keys wrote");
    options.text("--out", out, "File to write; one that exists is never overwritten", true);
    if (const auto code = options.parse(arguments)) return *code;
    const auto keys = read_public_keys(to);
    if (!keys.ok()) return fail(keys.error());
    if (fs::exists(out)) return fail(taken(out));
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto& office = (*opened)->office();
    if (auto recorded = record_sealing(office, "backup", "keyring", *keys); !recorded.ok())
        return fail(recorded.error());
    auto header = office.database.read([&](Session& s) { return sealed_header(office, s, kKeyringKind, *keys); });
    if (!header.ok()) return fail(header.error());
    auto text = office.keyring.text();
    header->bytes = text.size();
    const auto written =
        write_sealed_file(out, office.keyring.audit_key(), *header, "", [&](const Put& put) { put(text); });
    crypto::wipe(text);
    if (!written.ok()) return fail(written.error());
    std::cout << "Wrote " << out << ", the keyring as it is now. It opens only with the secret key of "
              << names_of_keys(*keys) << ".\nKeep it apart from the backups, and destroy the copy before it.\n";
    return 0;
}

base::Result<> check_whole(const fs::path& path) {
    auto file = SealedFile::open(path);
    if (!file.ok()) return file.error();
    return file->check();
}

int verify_command(const Arguments& arguments) {
    Options options("backup verify",
                    "Checks that a file is whole, who made it and what it continues; needs no key, so that the "
                    "machine that keeps the backups can do it.");
    std::string path, log, witness;
    options.text("file", path, "The file", true);
    options.text("--log", log, "The partnership that it must be of: the id that this command printed before");
    options.text("--witness", witness, "File of heads seen earlier, as rowan audit head prints them");
    if (const auto code = options.parse(arguments)) return *code;
    auto file = SealedFile::open(path);
    if (!file.ok()) return fail(file.error());
    const auto& header = file->header();
    if (!log.empty() && header.head.log_id != log)
        return fail(base::refused("The file " + path + " is of another partnership: its log is " +
                                  header.head.log_id + "."));
    if (!witness.empty()) {
        const auto heads = read_witness(witness);
        if (!heads.ok()) return fail(heads.error());
        if (auto fits = fits_witness(header, *heads); !fits.ok()) return fail(fits.error());
    }
    std::size_t links = 1;
    if (header.kind == kBackupKind) {
        const auto chain = backup_chain(path);
        if (!chain.ok()) return fail(chain.error());
        links = chain->size();
        for (const auto& link : *chain)
            if (auto whole = check_whole(link.path); !whole.ok()) return fail(whole.error());
    } else if (auto whole = file->check(); !whole.ok()) {
        return fail(whole.error());
    }
    std::cout << "Kind         " << header.kind << "\nMade         " << base::to_iso(header.made_at)
              << " by Rowan " << header.program << "\nLog          " << header.head.log_id << "\nEntries      "
              << header.head.size << "\nIn words     " << crypto::head_words(header.head) << "\nSealed to    "
              << base::join(header.recipients, ", ") << "\nChain        " << links << "\nThe file is whole.\n";
    return 0;
}

}  // namespace

int backup_command(const Arguments& arguments) {
    if (const auto code = run_part(
            arguments, {{"keys", keys_command}, {"keyring", keyring_command}, {"verify", verify_command}}))
        return *code;
    return data_command(arguments);
}

}  // namespace rowan::app
