#include "app/offline_key.h"

#include "app/files.h"
#include "base/text.h"
#include "crypto/token.h"

#include <algorithm>

namespace rowan::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPublic = "rowan-public-key ", kSecret = "rowan-secret-key ";

// The lines that say something.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    for (auto& line : base::split(text, '\n')) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (!line.empty() && line[0] != '#') out.push_back(std::move(line));
    }
    return out;
}

std::optional<std::string> key_in(std::string_view line, std::string_view kind) {
    if (!line.starts_with(kind)) return std::nullopt;
    auto bytes = base::from_base64url(line.substr(kind.size()));
    if (!bytes || bytes->size() != crypto::SecretKey::kBytes) return std::nullopt;
    return bytes;
}

}  // namespace

base::Result<> write_offline_keys(const crypto::BoxKey& key, const fs::path& secret) {
    const fs::path open = secret.string() + ".pub";
    if (fs::exists(open))
        return base::conflict("There is already a file " + open.string() + ". Choose another name.");
    const auto name = name_of_key(key.public_key());
    auto encoded = base::to_base64url(key.secret().bytes());
    auto text = "# Secret key " + name + ". Keep it away from every server: it opens all that is sealed to " +
                name + ".\n" + std::string(kSecret) + encoded + "\n";
    const auto written = write_new_file(secret, text);
    crypto::wipe(encoded);
    crypto::wipe(text);
    if (!written.ok()) return written;
    const auto other = write_new_file(open,
                                      "# Public key " + name + ". Not a secret: give it to the server.\n" +
                                          std::string(kPublic) + base::to_base64url(key.public_key()) + "\n",
                                      0644);
    std::error_code ignored;
    if (!other.ok()) fs::remove(secret, ignored);
    return other;
}

base::Result<crypto::BoxKey> read_secret_key(const fs::path& path) {
    auto text = read_small_file(path);
    if (!text.ok()) return text.error();
    auto lines = lines_of(*text);
    crypto::wipe(*text);
    auto key = lines.size() == 1 ? key_in(lines[0], kSecret) : std::nullopt;
    const bool is_public = !lines.empty() && lines[0].starts_with(kPublic);
    for (auto& line : lines) crypto::wipe(line);
    if (is_public)
        return base::invalid("The file " + path.string() +
                             " is the public key, which only closes. Give the secret one that was kept offline.");
    if (!key)
        return base::invalid("The file " + path.string() +
                             " is not a secret key that rowan backup keys wrote. Give the one kept offline.");
    crypto::BoxKey out(crypto::SecretKey::from_bytes(*key));
    crypto::wipe(*key);
    return out;
}

base::Result<std::vector<std::string>> read_public_keys(const std::vector<std::string>& files) {
    std::vector<std::string> out;
    for (const auto& file : files) {
        const auto text = read_small_file(file);
        if (!text.ok()) return text.error();
        const auto lines = lines_of(*text);
        for (const auto& line : lines) {
            if (line.starts_with(kSecret))
                return base::refused("The file " + file +
                                     " is a secret key: take it off this machine and give its .pub instead.");
            const auto key = key_in(line, kPublic);
            if (!key)
                return base::invalid(
                    "The file " + file +
                    " is not a public key that rowan backup keys wrote. Give the file with .pub.");
            if (std::find(out.begin(), out.end(), *key) == out.end()) out.push_back(*key);
        }
        if (lines.empty()) return base::invalid("The file " + file + " holds no public key.");
    }
    if (out.empty()) return base::invalid("Say whose key it is sealed to: --to FILE.pub.");
    return out;
}

std::string name_of_key(std::string_view public_key) { return crypto::sha256_hex(public_key).substr(0, 16); }

}  // namespace rowan::app
