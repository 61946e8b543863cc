#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rowan::sandbox {

namespace {

// From the kernel's linux/landlock.h; Debian 12's copy ends with version 2.
constexpr std::uint64_t kWriteFile = 1 << 1, kReadFile = 1 << 2, kReadFolder = 1 << 3, kRemoveFolder = 1 << 4,
                        kRemoveFile = 1 << 5, kMakeFolder = 1 << 7, kMakeFile = 1 << 8, kRefer = 1 << 13,
                        kTruncate = 1 << 14, kDevice = 1 << 15;
constexpr std::uint64_t kFirstVersion = (1 << 13) - 1;  // all rights that it began with
constexpr std::uint64_t kBind = 1 << 0;
constexpr std::uint64_t kScopes = 1 << 0 | 1 << 1;  // abstract sockets and signals of others
constexpr std::uint64_t kOfFiles = kWriteFile | kReadFile | kTruncate;

constexpr std::uint64_t kRead = kReadFile | kReadFolder;
constexpr std::uint64_t kWrite =
    kRead | kWriteFile | kRemoveFolder | kRemoveFile | kMakeFolder | kMakeFile | kTruncate;

struct Ruleset {
    std::uint64_t files, ports, scopes;
};
struct [[gnu::packed]] FilesBelow {
    std::uint64_t allowed;
    std::int32_t folder;
};
struct Port {
    std::uint64_t allowed, number;
};
constexpr int kFilesBelow = 1, kPort = 2;

void allow(int rules, const std::filesystem::path& place, std::uint64_t rights) {
    const int folder = open(place.c_str(), O_PATH | O_CLOEXEC);
    if (folder < 0) return;
    struct stat what{};
    if (fstat(folder, &what) == 0) {
        const FilesBelow below{S_ISDIR(what.st_mode) ? rights : rights & kOfFiles, folder};
        syscall(SYS_landlock_add_rule, rules, kFilesBelow, &below, 0);
    }
    close(folder);
}

}  // namespace

int shut_files(const Places& places) {
    const auto version = static_cast<int>(syscall(SYS_landlock_create_ruleset, nullptr, 0, 1));
    if (version < 1) return 0;
    Ruleset handled{kFirstVersion, 0, 0};
    if (version >= 2) handled.files |= kRefer;
    if (version >= 3) handled.files |= kTruncate;
    if (version >= 4) handled.ports = kBind;
    if (version >= 5) handled.files |= kDevice;
    if (version >= 6) handled.scopes = kScopes;
    const std::size_t known = version >= 6 ? sizeof handled : version >= 4 ? 16 : 8;
    const auto rules = static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, known, 0));
    if (rules < 0) return 0;
    for (const auto& place : places.read) allow(rules, place, kRead & handled.files);
    for (const auto& place : places.write) allow(rules, place, kWrite & handled.files);
    if (handled.ports != 0)
        for (const auto port : places.ports) {
            const Port one{kBind, port};
            syscall(SYS_landlock_add_rule, rules, kPort, &one, 0);
        }
    const bool shut =
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return shut ? version : 0;
}

std::vector<std::filesystem::path> system_places() {
    return {"/usr",
            "/lib",
            "/lib64",
            "/etc",
            "/run/systemd/resolve",
            "/run/resolvconf",
            "/dev/urandom",
            "/dev/null",
            "/proc/self",
            "/proc/stat",
            "/proc/sys/vm",
            "/sys/devices/system/cpu"};
}

}  // namespace rowan::sandbox
