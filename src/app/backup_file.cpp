#include "app/backup_file.h"

#include "app/files.h"
#include "base/text.h"
#include "crypto/digest.h"

#include <algorithm>
#include <map>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using formats::Json;

constexpr std::size_t kBlock = 16 * 1024;
constexpr std::size_t kNumber = 8;  // bytes before each block of an increment

base::Error cannot_continue(const fs::path& since, const std::string& why) {
    return base::refused("The backup " + since.string() + " cannot be continued: " + why +
                         " Make a full one: leave out --since.");
}

std::uint64_t blocks_of(std::uint64_t bytes) { return (bytes + kBlock - 1) / kBlock; }

std::string big_endian(std::uint64_t n) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
    return out;
}
std::uint64_t number_in(std::string_view bytes) {
    std::uint64_t n = 0;
    for (const char c : bytes.substr(0, kNumber)) n = n << 8 | static_cast<unsigned char>(c);
    return n;
}

// With its place, so that equal blocks in two places look unlike.
std::string block_print(const crypto::SecretKey& key, std::uint64_t number, std::string_view block) {
    return crypto::fingerprint(key, big_endian(number).append(block));
}

struct Compared {
    std::string prints;                  // of every block
    std::vector<std::uint64_t> changed;  // by number
    std::uint64_t changed_bytes = 0;
    std::string sha256;  // of the whole, in hex
};
Compared compare(const crypto::SecretKey& key, std::string_view snapshot, std::string_view former) {
    Compared out;
    crypto::Sha256 whole;
    const auto count = blocks_of(snapshot.size());
    out.prints.reserve(count * crypto::kFingerprintBytes);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto block = snapshot.substr(i * kBlock, kBlock);
        whole.add(block);
        const auto print = block_print(key, i, block);
        const auto at = out.prints.size();
        out.prints += print;
        if (at < former.size() && former.substr(at, print.size()) == print) continue;
        out.changed.push_back(i);
        out.changed_bytes += block.size();
    }
    out.sha256 = base::to_hex(whole.finish());
    return out;
}

struct Former {
    BackupLink link;
    std::string prints;
};
// Only what this very server wrote is continued: otherwise somebody could make it leave blocks out.
base::Result<Former> open_former(const crypto::Keyring& keyring, const SealedHeader& now, const fs::path& since) {
    auto file = SealedFile::open(since);
    if (!file.ok()) return file.error();
    const auto& header = file->header();
    const auto facts = backup_facts(header);
    if (!facts) return cannot_continue(since, "it is not a backup of the data.");
    if (header.head.log_id != keyring.log_id()) return cannot_continue(since, "it is of another partnership.");
    if (header.head.size > now.head.size)
        return cannot_continue(since, "it holds more of the audit log than the data do now.");
    auto prints = file->in_the_open();
    if (!prints.ok()) return prints.error();
    return Former{{since, file->id(), header, *facts}, std::move(*prints)};
}

Json about(const BackupFacts& f) {
    return Json::object({{"schema_version", f.schema_version},
                         {"snapshot_bytes", static_cast<std::int64_t>(f.snapshot_bytes)},
                         {"snapshot_sha256", f.snapshot_sha256},
                         {"block_bytes", static_cast<std::int64_t>(kBlock)},
                         {"number", f.number},
                         {"full", f.full},
                         {"since", f.since},
                         {"since_made_at", f.since_made_at}});
}

// Takes the bytes of an increment in pieces of any length and writes each block to its place.
class Patch {
public:
    Patch(NewFile& file, std::uint64_t size) : file_(file), size_(size) {}
    bool take(std::string_view bytes) {
        waiting_ += bytes;
        std::size_t used = 0;
        while (waiting_.size() - used >= kNumber) {
            const auto number = number_in(std::string_view(waiting_).substr(used));
            if (number >= blocks_of(size_)) return sound_ = false;
            const auto block = std::min<std::uint64_t>(kBlock, size_ - number * kBlock);
            if (waiting_.size() - used < kNumber + block) break;
            const auto piece = std::string_view(waiting_).substr(used + kNumber, block);
            if (!file_.write_at(number * kBlock, piece)) return false;
            used += kNumber + block;
        }
        waiting_.erase(0, used);
        return true;
    }
    bool finished() const { return sound_ && waiting_.empty(); }

private:
    NewFile& file_;
    const std::uint64_t size_;
    std::string waiting_;
    bool sound_ = true;
};

base::Error damaged(const fs::path& file) {
    return base::invalid("The file " + file.string() + " is damaged, altered or not whole. Use another copy.");
}

base::Result<> apply(const BackupLink& link, const crypto::BoxKey& key, NewFile& plain) {
    auto file = SealedFile::open(link.path);
    if (!file.ok()) return file.error();
    if (file->id() != link.id) return damaged(link.path);
    if (const auto prints = file->in_the_open(); !prints.ok()) return prints.error();
    Patch patch(plain, link.facts.snapshot_bytes);
    std::uint64_t at = 0;
    const auto read = file->read(key, [&](std::string_view bytes) {
        if (link.facts.number > 0) return patch.take(bytes);
        at += bytes.size();
        return plain.write_at(at - bytes.size(), bytes);
    });
    if (!read.ok()) return read;
    if (!patch.finished()) return damaged(link.path);
    if (!plain.cut(link.facts.snapshot_bytes))
        return base::unavailable("The restored database could not be written. Check the space and the folder.");
    return base::done();
}

// Every backup of a folder, by its id.
std::map<std::string, fs::path> backups_in(const fs::path& folder) {
    std::map<std::string, fs::path> out;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (!at->is_regular_file(error)) continue;
        const auto file = SealedFile::open(at->path());
        if (file.ok() && backup_facts(file->header())) out.emplace(file->id(), at->path());
    }
    return out;
}

base::Result<BackupLink> open_link(const fs::path& path) {
    const auto file = SealedFile::open(path);
    if (!file.ok()) return file.error();
    const auto facts = backup_facts(file->header());
    if (!facts)
        return base::invalid("The file " + path.string() +
                             " is not a backup of the data. Give the file that rowan backup --out wrote.");
    return BackupLink{path, file->id(), file->header(), *facts};
}

}  // namespace

std::optional<BackupFacts> backup_facts(const SealedHeader& header) {
    const auto& about = header.about;
    if (header.kind != kBackupKind || about["block_bytes"].integer() != static_cast<std::int64_t>(kBlock))
        return std::nullopt;
    BackupFacts out;
    out.schema_version = about["schema_version"].integer();
    out.snapshot_bytes = static_cast<std::uint64_t>(about["snapshot_bytes"].integer());
    out.snapshot_sha256 = about["snapshot_sha256"].text();
    out.number = about["number"].integer();
    out.full = about["full"].text();
    out.since = about["since"].text();
    out.since_made_at = about["since_made_at"].text();
    const bool full =
        out.number == 0 && out.full.empty() && out.since.empty() && header.bytes == out.snapshot_bytes;
    const bool continues = out.number > 0 && !out.full.empty() && !out.since.empty();
    return full || continues ? std::optional(out) : std::nullopt;
}

base::Result<WrittenBackup> write_backup(const crypto::Keyring& keyring, SealedHeader header,
                                         std::int64_t schema_version, const fs::path& snapshot,
                                         const std::optional<fs::path>& since, const fs::path& out) {
    BackupFacts facts;
    std::string former;
    if (since) {
        auto opened = open_former(keyring, header, *since);
        if (!opened.ok()) return opened.error();
        const auto& link = opened->link;
        facts.number = link.facts.number + 1;
        facts.full = link.facts.number == 0 ? link.id : link.facts.full;
        facts.since = link.id;
        facts.since_made_at = base::to_iso(link.header.made_at);
        former = std::move(opened->prints);
    }
    const Mapped plain(snapshot);
    if (!plain.ok())
        return base::unavailable("The snapshot of the database could not be read again. Try once more.");
    const auto bytes = plain.bytes();
    const auto compared = compare(keyring.purpose_key("backup-blocks"), bytes, former);
    facts.schema_version = schema_version;
    facts.snapshot_bytes = bytes.size();
    facts.snapshot_sha256 = compared.sha256;
    header.kind = kBackupKind;
    header.about = about(facts);
    header.bytes = since ? compared.changed_bytes + kNumber * compared.changed.size() : bytes.size();
    const auto written = write_sealed_file(out, keyring.audit_key(), header, compared.prints, [&](const Put& put) {
        if (!since) return put(bytes);
        for (const auto number : compared.changed) {
            put(big_endian(number));
            put(bytes.substr(number * kBlock, kBlock));
        }
    });
    if (!written.ok()) return written.error();
    return WrittenBackup{facts.number, blocks_of(bytes.size()), compared.changed.size()};
}

base::Result<std::vector<BackupLink>> backup_chain(const fs::path& last) {
    auto link = open_link(last);
    if (!link.ok()) return link.error();
    std::vector<BackupLink> out{std::move(*link)};
    const auto folder = folder_of(last);
    const auto known = out[0].facts.number > 0 ? backups_in(folder) : std::map<std::string, fs::path>{};
    while (out.back().facts.number > 0) {
        const auto& after = out.back();
        const auto found = known.find(after.facts.since);
        if (found == known.end())
            return base::not_found("The backup " + after.path.string() + " continues the one of " +
                                   after.facts.since_made_at + ", which is not in the folder " + folder.string() +
                                   ". Put it there, or restore an earlier one.");
        auto before = open_link(found->second);
        if (!before.ok()) return before.error();
        const auto& full = before->facts.number == 0 ? before->id : before->facts.full;
        if (before->facts.number + 1 != after.facts.number || full != after.facts.full ||
            before->header.head.log_id != after.header.head.log_id ||
            before->header.head.size > after.header.head.size)
            return damaged(after.path);
        out.push_back(std::move(*before));
    }
    std::reverse(out.begin(), out.end());
    return out;
}

base::Result<> read_backup(const std::vector<BackupLink>& chain, const crypto::BoxKey& key,
                           const fs::path& plain) {
    NewFile file(plain);
    if (!file.open())
        return base::refused("The file " + plain.string() + " cannot be made. Check the folder and who owns it.");
    for (const auto& link : chain)
        if (auto applied = apply(link, key, file); !applied.ok()) return applied;
    if (!file.sync())
        return base::unavailable("The restored database could not be written. Check the space and the folder.");
    const Mapped written(plain);
    if (!written.ok() ||
        base::to_hex(crypto::Sha256().add(written.bytes()).finish()) != chain.back().facts.snapshot_sha256)
        return damaged(chain.back().path);
    file.keep();
    return base::done();
}

}  // namespace rowan::app
