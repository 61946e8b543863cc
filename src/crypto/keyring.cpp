#include "crypto/keyring.h"

#include "base/number.h"
#include "base/text.h"
#include "crypto/token.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

namespace rowan::crypto {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "rowan-keyring 1";
constexpr std::size_t kLargestFile = 1 << 20;  // bytes

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }
    bool open() const { return descriptor_ >= 0; }

private:
    int descriptor_;
};

// A string that is wiped however its scope ends.
struct Wiped {
    std::string text;
    ~Wiped() { wipe(text); }
};

base::Error damaged() {
    return base::invalid("The keyring is damaged or is not a keyring: restore it from its backup.");
}

base::Error system_error(std::string_view what, const fs::path& path) {
    return base::unavailable(std::string{what} + " " + path.string() + ": " +
                             std::generic_category().message(errno) + ".");
}

std::optional<SecretKey> read_key(const std::string& text) {
    auto bytes = base::from_base64url(text);
    if (!bytes) return std::nullopt;
    Wiped wiped{std::move(*bytes)};
    if (wiped.text.size() != SecretKey::kBytes) return std::nullopt;
    return SecretKey::from_bytes(wiped.text);
}

std::optional<std::uint32_t> read_number(std::string_view text) {
    const auto n = base::whole_number<std::uint32_t>(text);
    const bool canonical = n && *n > 0 && text[0] != '0';
    return canonical ? n : std::nullopt;
}

base::Result<> check_permissions(int file, const fs::path& path) {
    struct stat info{};
    if (::fstat(file, &info) != 0) return system_error("Cannot look at the keyring", path);
    if (!S_ISREG(info.st_mode)) return base::invalid("The keyring " + path.string() + " is not a file.");
    if (info.st_uid != ::geteuid() && info.st_uid != 0) {
        return base::refused("The keyring " + path.string() +
                             " belongs to another user: make it the server's own.");
    }
    mode_t mode = info.st_mode & 07777;
    if (mode != 0400 && mode != 0600) {
        std::array<char, 8> octal;
        std::snprintf(octal.data(), octal.size(), "%04o", static_cast<unsigned>(mode));
        return base::refused("The keyring " + path.string() + " has mode " + octal.data() +
                             " and may have only 0400 or 0600: run chmod 600 on it.");
    }
    return base::done();
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t n = ::write(file, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool sync_directory(const fs::path& directory) {
    File file(::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return file.open() && ::fsync(file.get()) == 0;
}

}  // namespace

Keyring::Keyring(std::map<std::uint32_t, Epoch> epochs, SigningKey audit, SecretKey index, SecretKey sessions)
    : epochs_(std::move(epochs)),
      audit_(std::move(audit)),
      index_(std::move(index)),
      sessions_(std::move(sessions)) {}

Keyring Keyring::create(base::Instant now) {
    std::map<std::uint32_t, Epoch> epochs;
    epochs.emplace(1, Epoch{now, SecretKey::random()});
    return {std::move(epochs), SigningKey::random(), SecretKey::random(), SecretKey::random()};
}

std::string Keyring::text() const {
    std::string out{kFirstLine};
    out.reserve(512 + 128 * epochs_.size());  // so that no copy of a key is left behind by growing
    out += '\n';
    auto line = [&](std::string name, const SecretKey& key) {
        Wiped encoded{base::to_base64url(key.bytes())};
        out.append(name).append(" ").append(encoded.text).append("\n");
    };
    for (const auto& [number, epoch] : epochs_) {
        line("epoch " + std::to_string(number) + " " + base::to_iso(epoch.created), epoch.key);
    }
    line("audit", audit_.seed());
    line("index", index_);
    line("sessions", sessions_);
    out += "check " + sha256_hex(out) + "\n";
    return out;
}

base::Result<Keyring> Keyring::parse(std::string_view text) {
    std::size_t check_at = text.rfind("check ");
    if (check_at == std::string_view::npos ||
        text.substr(check_at) != "check " + sha256_hex(text.substr(0, check_at)) + "\n") {
        return damaged();
    }
    std::vector<std::string> lines = base::split(text.substr(0, check_at), '\n');
    std::map<std::uint32_t, Epoch> epochs;
    std::map<std::string, SecretKey> keys;
    bool good = lines.size() >= 2 && lines.front() == kFirstLine && lines.back().empty();
    for (std::size_t i = 1; good && i + 1 < lines.size(); ++i) {
        std::vector<std::string> parts = base::split(lines[i], ' ');
        auto key = read_key(parts.back());
        if (key && parts.size() == 4 && parts[0] == "epoch") {
            auto number = read_number(parts[1]);
            auto created = base::parse_instant(parts[2]);
            good = number && created && (epochs.empty() || epochs.rbegin()->first < *number);
            if (good) epochs.emplace(*number, Epoch{*created, std::move(*key)});
        } else {
            good = key && parts.size() == 2 && keys.emplace(parts[0], std::move(*key)).second;
        }
        wipe(parts.back());
    }
    for (std::string& line : lines) wipe(line);
    good = good && !epochs.empty() && keys.size() == 3 && keys.contains("audit") && keys.contains("index") &&
           keys.contains("sessions");
    if (!good) return damaged();
    return Keyring{std::move(epochs), SigningKey(keys.at("audit")), keys.at("index"), keys.at("sessions")};
}

base::Result<Keyring> Keyring::load(const fs::path& path) {
    File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.open() && errno == ENOENT) {
        return base::not_found("There is no keyring at " + path.string() +
                               ": restore it, or make one for a new partnership.");
    }
    if (!file.open()) return system_error("Cannot open the keyring", path);
    if (auto allowed = check_permissions(file.get(), path); !allowed) return allowed.error();
    Wiped content{std::string(kLargestFile, '\0')};
    std::size_t size = 0;
    for (;;) {
        ssize_t n = ::read(file.get(), content.text.data() + size, kLargestFile - size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return system_error("Cannot read the keyring", path);
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    return parse(std::string_view{content.text}.substr(0, size));
}

base::Result<> Keyring::save(const fs::path& path, Existing existing) const {
    fs::path fresh = path.string() + "." + base::to_hex(random_bytes(8)) + ".new";
    Wiped content{text()};
    {
        File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file.open()) return system_error("Cannot write the keyring", fresh);
        if (!write_all(file.get(), content.text) || ::fsync(file.get()) != 0) {
            base::Error error = system_error("Cannot write the keyring", fresh);
            ::unlink(fresh.c_str());
            return error;
        }
    }
    // link() fails when the name is taken; rename() replaces.
    bool placed = existing == Existing::keep ? ::link(fresh.c_str(), path.c_str()) == 0
                                             : ::rename(fresh.c_str(), path.c_str()) == 0;
    int reason = errno;
    if (!placed || existing == Existing::keep) ::unlink(fresh.c_str());
    errno = reason;
    if (!placed && errno == EEXIST) {
        return base::conflict("There is a keyring at " + path.string() + " already: it was left as it is.");
    }
    if (!placed || !sync_directory(path.parent_path())) return system_error("Cannot write the keyring", path);
    return base::done();
}

const SecretKey* Keyring::epoch_key(std::uint32_t epoch) const {
    auto found = epochs_.find(epoch);
    return found == epochs_.end() ? nullptr : &found->second.key;
}

std::uint32_t Keyring::add_epoch(base::Instant now) {
    std::uint32_t number = newest_epoch() + 1;
    epochs_.emplace(number, Epoch{now, SecretKey::random()});
    return number;
}

base::Result<> Keyring::destroy_epoch(std::uint32_t epoch) {
    if (epoch == newest_epoch())
        return base::conflict("The newest epoch is in use: add a new one and rewrap first.");
    if (epochs_.erase(epoch) == 0) return base::not_found("There is no such epoch in the keyring.");
    return base::done();
}

std::string Keyring::log_id() const { return sha256_hex(audit_.public_key()); }

SecretKey Keyring::index_key(std::string_view column) const {
    return index_.derive("index:" + std::string{column});
}

SecretKey Keyring::purpose_key(std::string_view purpose) const {
    return sessions_.derive("purpose:" + std::string{purpose});
}

}  // namespace rowan::crypto
