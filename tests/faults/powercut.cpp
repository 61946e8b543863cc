// A file system of our own that loses what a power cut loses: powercut MOUNTPOINT STORE [--seed N]
// [--lying-fsync] [--journal] [--user NAME].
//
// Everything is held in memory, twice: as programs see it, and as it stands on the disk. A write, a change of size
// and a new, removed or renamed name reach the disk only by fsync of that file or of that folder. At SIGUSR1 the
// power fails: every call answers EIO from then on, and the disk is written into STORE as chance has left it: of
// each write that was not synced any of its 512-byte sectors, of the changes of a folder any beginning, in any
// order between files. SIGTERM or unmounting writes STORE with everything in it. With --lying-fsync an fsync says
// yes and does nothing. With --journal every fsync brings all names to the disk, as ext4's journal does: programs
// that are made for such file systems do not sync the folder of each new file. With --user everything is that
// user's, and everybody may come. It prints "open" when it is mounted and "cut" when STORE is complete. STORE is
// read at the start.
#define FUSE_USE_VERSION 31
#include <fuse3/fuse.h>

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kSector = 512;

struct Node;
using NodeRef = std::shared_ptr<Node>;

// What a file or folder has been told and may not have on the disk yet.
struct Change {
    enum class Kind { write, resize, name } kind;
    std::size_t at = 0;   // offset of a write, new size of a resize
    std::string bytes{};  // of a write
    std::string name{};   // of a name
    NodeRef node{};       // what the name means from now on; nothing: it is gone
};

struct Node {
    bool folder = false;
    mode_t mode = 0600;
    std::string seen, kept;                         // of a file
    std::map<std::string, NodeRef> entries, named;  // of a folder: as seen, as kept
    std::vector<Change> waiting;
};

std::mutex lock;
NodeRef root = std::make_shared<Node>();
bool off = false, lying = false, journal = false;
uid_t owner = ::getuid();
gid_t group = ::getgid();
fs::path store;
std::mt19937_64 chance(1);

void put(std::string& file, std::size_t at, std::string_view bytes) {
    if (file.size() < at + bytes.size()) file.resize(at + bytes.size());
    file.replace(at, bytes.size(), bytes);
}

void keep_name(Node& folder, const Change& change) {
    if (change.node)
        folder.named[change.name] = change.node;
    else
        folder.named.erase(change.name);
}

// What waited is all that tells kept from seen.
void sync(Node& node) {
    for (const auto& change : node.waiting) {
        if (change.kind == Change::Kind::write) put(node.kept, change.at, change.bytes);
        if (change.kind == Change::Kind::resize) node.kept.resize(change.at);
        if (change.kind == Change::Kind::name) keep_name(node, change);
    }
    node.waiting.clear();
}

void sync_names(Node& folder) {
    sync(folder);
    for (auto& [name, below] : folder.entries)
        if (below->folder) sync_names(*below);
}

void sync_all(Node& node) {
    sync(node);
    for (auto& [name, below] : node.entries) sync_all(*below);
}

bool coin() { return chance() & 1; }

// Each sector of each write by itself: reordered, torn, or not at all.
void lose_of_file(Node& file) {
    for (const auto& change : file.waiting) {
        if (change.kind == Change::Kind::resize) {
            if (coin()) file.kept.resize(change.at);
            continue;
        }
        const bool whole = chance() % 4 == 0, none = chance() % 4 == 0;
        for (std::size_t from = 0; from < change.bytes.size();) {
            const auto length = std::min(kSector - (change.at + from) % kSector, change.bytes.size() - from);
            if (whole || (!none && coin()))
                put(file.kept, change.at + from, std::string_view(change.bytes).substr(from, length));
            from += length;
        }
    }
}

// A journal keeps the order within a folder, and forgets its end.
void lose_of_folder(Node& folder) {
    auto stays = folder.waiting.empty() ? 0 : chance() % (folder.waiting.size() + 1);
    for (const auto& change : folder.waiting) {
        if (stays-- == 0) break;
        keep_name(folder, change);
    }
}

void lose(Node& node) {
    if (node.folder) {
        lose_of_folder(node);
        for (auto& [name, below] : node.named) lose(*below);
    } else {
        lose_of_file(node);
    }
    node.waiting.clear();
}

void write_out(const Node& folder, const fs::path& to) {
    for (const auto& [name, node] : folder.named) {
        const auto path = to / name;
        if (node->folder) {
            fs::create_directory(path);
            write_out(*node, path);
        } else {
            std::ofstream(path, std::ios::binary) << node->kept;
        }
        ::chmod(path.c_str(), node->mode);
    }
}

void write_store() {
    for (const auto& entry : fs::directory_iterator(store)) fs::remove_all(entry.path());
    write_out(*root, store);
}

NodeRef read_in(const fs::path& from) {
    auto node = std::make_shared<Node>();
    struct stat facts{};
    ::stat(from.c_str(), &facts);
    node->mode = facts.st_mode & 07777;
    node->folder = S_ISDIR(facts.st_mode);
    if (node->folder) {
        for (const auto& entry : fs::directory_iterator(from))
            node->entries[entry.path().filename()] = read_in(entry.path());
    } else {
        std::ifstream in(from, std::ios::binary);
        node->seen.assign(std::istreambuf_iterator<char>(in), {});
    }
    node->kept = node->seen;
    node->named = node->entries;
    return node;
}

NodeRef find(const std::string& path) {
    NodeRef at = root;
    for (const auto& part : fs::path(path).relative_path()) {
        const auto next = at->entries.find(part);
        if (next == at->entries.end()) return nullptr;
        at = next->second;
    }
    return at;
}

NodeRef node_at(const char* path, const fuse_file_info* info) {
    return info && info->fh ? *reinterpret_cast<NodeRef*>(info->fh) : find(path);
}

Node& node_of(const fuse_file_info* info) { return **reinterpret_cast<NodeRef*>(info->fh); }

void name(const fs::path& path, const NodeRef& node) {
    auto folder = find(path.parent_path());
    if (node)
        folder->entries[path.filename()] = node;
    else
        folder->entries.erase(path.filename());
    folder->waiting.push_back({Change::Kind::name, 0, {}, path.filename(), node});
}

// --- what FUSE asks ---------------------------------------------------------------------------------------------

#define WHEN_ON()                      \
    const std::lock_guard guard(lock); \
    if (off) return -EIO

int get_attributes(const char* path, struct stat* out, fuse_file_info* info) {
    WHEN_ON();
    const auto node = node_at(path, info);
    if (!node) return -ENOENT;
    *out = {};
    out->st_mode = node->mode | (node->folder ? S_IFDIR : S_IFREG);
    out->st_nlink = node->folder ? 2 : 1;
    out->st_size = static_cast<off_t>(node->seen.size());
    out->st_blocks = static_cast<blkcnt_t>(node->seen.size() / kSector + 1);
    out->st_uid = owner;
    out->st_gid = group;
    return 0;
}

int make(const char* path, mode_t mode, bool folder) {
    if (find(path)) return -EEXIST;
    auto node = std::make_shared<Node>();
    node->folder = folder;
    node->mode = mode & 07777;
    name(path, node);
    return 0;
}

void hand_out(const char* path, fuse_file_info* info) {
    info->fh = reinterpret_cast<std::uint64_t>(new NodeRef(find(path)));
}

int make_folder(const char* path, mode_t mode) {
    WHEN_ON();
    return make(path, mode, true);
}

int create(const char* path, mode_t mode, fuse_file_info* info) {
    WHEN_ON();
    if (const int rc = make(path, mode, false)) return rc;
    hand_out(path, info);
    return 0;
}

int open_node(const char* path, fuse_file_info* info) {
    WHEN_ON();
    const auto node = find(path);
    if (!node) return -ENOENT;
    if (info->flags & O_TRUNC) {
        node->seen.clear();
        node->waiting.push_back({Change::Kind::resize});
    }
    hand_out(path, info);
    return 0;
}

int release(const char*, fuse_file_info* info) {
    const std::lock_guard guard(lock);
    delete reinterpret_cast<NodeRef*>(info->fh);
    return 0;
}

int read_file(const char*, char* out, std::size_t size, off_t at, fuse_file_info* info) {
    WHEN_ON();
    const auto& file = node_of(info).seen;
    const auto from = std::min(static_cast<std::size_t>(at), file.size());
    const auto length = std::min(size, file.size() - from);
    std::memcpy(out, file.data() + from, length);
    return static_cast<int>(length);
}

int write_file(const char*, const char* bytes, std::size_t size, off_t at, fuse_file_info* info) {
    WHEN_ON();
    auto& file = node_of(info);
    put(file.seen, static_cast<std::size_t>(at), {bytes, size});
    file.waiting.push_back({Change::Kind::write, static_cast<std::size_t>(at), std::string(bytes, size)});
    return static_cast<int>(size);
}

int truncate_file(const char* path, off_t size, fuse_file_info* info) {
    WHEN_ON();
    const auto node = node_at(path, info);
    if (!node) return -ENOENT;
    node->seen.resize(static_cast<std::size_t>(size));
    node->waiting.push_back({Change::Kind::resize, static_cast<std::size_t>(size)});
    return 0;
}

int sync_node(const char*, int, fuse_file_info* info) {
    WHEN_ON();
    if (lying) return 0;
    sync(node_of(info));
    if (journal) sync_names(*root);
    return 0;
}

int remove_name(const char* path) {
    WHEN_ON();
    if (!find(path)) return -ENOENT;
    name(path, nullptr);
    return 0;
}

int remove_folder(const char* path) {
    WHEN_ON();
    const auto node = find(path);
    if (!node) return -ENOENT;
    if (!node->entries.empty()) return -ENOTEMPTY;
    name(path, nullptr);
    return 0;
}

int rename_node(const char* from, const char* to, unsigned flags) {
    WHEN_ON();
    const auto node = find(from);
    if (!node) return -ENOENT;
    if (const auto there = find(to)) {
        if (flags & RENAME_NOREPLACE) return -EEXIST;
        if (there->folder && !there->entries.empty()) return -ENOTEMPTY;
    }
    name(to, node);
    name(from, nullptr);
    return 0;
}

int link_node(const char* from, const char* to) {
    WHEN_ON();
    const auto node = find(from);
    if (!node) return -ENOENT;
    if (find(to)) return -EEXIST;
    name(to, node);
    return 0;
}

int change_mode(const char* path, mode_t mode, fuse_file_info* info) {
    WHEN_ON();
    const auto node = node_at(path, info);
    if (!node) return -ENOENT;
    node->mode = mode & 07777;
    return 0;
}

int set_times(const char*, const timespec*, fuse_file_info*) { return 0; }

int read_folder(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info* info,
                fuse_readdir_flags) {
    WHEN_ON();
    const auto node = node_at(path, info);
    if (!node) return -ENOENT;
    for (const auto* each : {".", ".."}) fill(buffer, each, nullptr, 0, fuse_fill_dir_flags{});
    for (const auto& [each, below] : node->entries) fill(buffer, each.c_str(), nullptr, 0, fuse_fill_dir_flags{});
    return 0;
}

int facts_of_disk(const char*, struct statvfs* out) {
    *out = {};
    out->f_bsize = out->f_frsize = 4096;
    out->f_blocks = out->f_bfree = out->f_bavail = 1 << 20;
    out->f_namemax = 255;
    return 0;
}

// SIGUSR1 is blocked in every thread and taken here.
void wait_for_the_cut(sigset_t signals) {
    int signal = 0;
    ::sigwait(&signals, &signal);
    const std::lock_guard guard(lock);
    off = true;
    lose(*root);
    write_store();
    std::cout << "cut" << std::endl;
}

void* opened(fuse_conn_info*, fuse_config* config) {
    config->hard_remove = 1;  // a removed file that is open stays what it is, without a name
    config->nullpath_ok = 1;
    config->kernel_cache = 0;
    config->attr_timeout = config->entry_timeout = config->negative_timeout = 0;
    std::cout << "open" << std::endl;
    return nullptr;
}

}  // namespace

int main(int count, char** words) {
    std::vector<std::string> rest(words + 1, words + count);
    if (rest.size() < 2) {
        std::cerr << "powercut MOUNTPOINT STORE [--seed N] [--lying-fsync] [--journal] [--user NAME]\n";
        return 2;
    }
    const auto mountpoint = rest[0];
    store = fs::absolute(rest[1]);
    for (std::size_t i = 2; i < rest.size(); ++i) {
        if (rest[i] == "--seed" && i + 1 < rest.size()) chance.seed(std::strtoull(rest[++i].c_str(), nullptr, 10));
        if (rest[i] == "--lying-fsync") lying = true;
        if (rest[i] == "--journal") journal = true;
        if (rest[i] == "--user" && i + 1 < rest.size()) {
            const passwd* user = ::getpwnam(rest[++i].c_str());
            if (!user) return 2;
            owner = user->pw_uid, group = user->pw_gid;
        }
    }
    root = read_in(store);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread(wait_for_the_cut, signals).detach();

    fuse_operations calls{};
    calls.init = opened;
    calls.getattr = get_attributes;
    calls.mkdir = make_folder;
    calls.create = create;
    calls.open = open_node;
    calls.opendir = open_node;
    calls.release = release;
    calls.releasedir = release;
    calls.read = read_file;
    calls.write = write_file;
    calls.truncate = truncate_file;
    calls.fsync = sync_node;
    calls.fsyncdir = sync_node;
    calls.unlink = remove_name;
    calls.rmdir = remove_folder;
    calls.rename = rename_node;
    calls.link = link_node;
    calls.chmod = change_mode;
    calls.utimens = set_times;
    calls.readdir = read_folder;
    calls.statfs = facts_of_disk;
    std::vector<std::string> texts{words[0], "-f", mountpoint};
    if (owner != ::getuid()) texts.insert(texts.end(), {"-o", "allow_other"});
    std::vector<char*> arguments;
    for (auto& text : texts) arguments.push_back(text.data());
    const int rc = fuse_main(static_cast<int>(arguments.size()), arguments.data(), &calls, nullptr);
    const std::lock_guard guard(lock);
    if (rc == 0 && !off) {
        sync_all(*root);
        write_store();
    }
    std::_Exit(rc);  // the thread that waits for the cut stays behind
}
