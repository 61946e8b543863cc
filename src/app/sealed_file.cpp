#include "app/sealed_file.h"

#include "app/files.h"
#include "app/offline_key.h"
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/token.h"

#include <algorithm>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using formats::Json;

constexpr std::string_view kMagic = "rowan-sealed 1\n";
constexpr std::size_t kChunk = 1u << 20;
constexpr std::size_t kMostHeader = 64 * 1024;
constexpr std::size_t kNoncePrefix = crypto::kNonceBytes - 8;
constexpr std::size_t kDigest = 64, kSignature = 128;  // in hex

base::Error unwritable(const fs::path& file) {
    return base::unavailable("The file " + file.string() +
                             " could not be written whole, so it was removed. Check the space and the folder.");
}

std::string big_endian(std::uint64_t n) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
    return out;
}

std::uint64_t chunks_of(std::uint64_t bytes) { return std::max<std::uint64_t>(1, (bytes + kChunk - 1) / kChunk); }

// Everything that a chunk must not be separated from: the header, its number, and whether it is the last.
std::string additional(std::string_view header_digest, std::uint64_t number, bool last) {
    return "rowan-sealed 1" + std::string(header_digest) + big_endian(number) + (last ? '\1' : '\0');
}

std::string signed_text(const std::string& header, const std::string& open, const std::string& sealed) {
    return "rowan sealed file 1\n" + header + "\n" + open + "\n" + sealed + "\n";
}

std::string footer_of(const std::string& open, const std::string& sealed, const std::string& signature) {
    return Json::object({{"open", open}, {"sealed", sealed}, {"signature", signature}}).write() + "\n";
}
const std::size_t kFooter =
    footer_of(std::string(kDigest, '0'), std::string(kDigest, '0'), std::string(kSignature, '0')).size();

std::string header_line(const SealedHeader& h, std::string_view nonce, const crypto::SecretKey& key) {
    Json::Array recipients;
    for (const auto& recipient : h.recipients)
        recipients.push_back(Json::object(
            {{"key", name_of_key(recipient)}, {"box", base::to_hex(crypto::put_in_box(recipient, key.bytes()))}}));
    return Json::object({{"kind", h.kind},
                         {"made_at", base::to_iso(h.made_at)},
                         {"program", h.program},
                         {"log_key", base::to_hex(h.log_key)},
                         {"audit_size", static_cast<std::int64_t>(h.head.size)},
                         {"audit_root", crypto::to_hex(h.head.root)},
                         {"audit_time", base::to_iso(h.head.time)},
                         {"audit_signature", base::to_hex(h.head.signature)},
                         {"bytes", static_cast<std::int64_t>(h.bytes)},
                         {"open_bytes", static_cast<std::int64_t>(h.open_bytes)},
                         {"nonce", base::to_hex(nonce)},
                         {"recipients", std::move(recipients)},
                         {"about", h.about}})
               .write() +
           "\n";
}

// Cuts what is put into chunks, seals and writes them, and keeps their digest.
class Sealer {
public:
    Sealer(NewFile& file, const crypto::SecretKey& key, std::string nonce, std::string header_digest,
           std::uint64_t bytes)
        : file_(file),
          key_(key),
          nonce_(std::move(nonce)),
          header_digest_(std::move(header_digest)),
          chunks_(chunks_of(bytes)) {
        waiting_.reserve(kChunk);
    }
    void put(std::string_view bytes) {
        while (!bytes.empty()) {
            if (waiting_.size() == kChunk) seal();
            const auto piece = bytes.substr(0, kChunk - waiting_.size());
            waiting_ += piece;
            bytes.remove_prefix(piece.size());
            put_ += piece.size();
        }
    }
    // The digest of all that is sealed, in hex; empty when the disk failed or another length was put than said.
    std::string finish(std::uint64_t bytes) {
        seal();
        crypto::wipe(waiting_);
        return written_ && next_ == chunks_ && put_ == bytes ? base::to_hex(digest_.finish()) : std::string{};
    }

private:
    void seal() {
        const auto sealed = crypto::encrypt(key_, nonce_ + big_endian(next_),
                                            additional(header_digest_, next_, next_ + 1 == chunks_), waiting_);
        digest_.add(sealed);
        written_ = written_ && file_.write(sealed);
        waiting_.clear();
        ++next_;
    }
    NewFile& file_;
    const crypto::SecretKey& key_;
    const std::string nonce_, header_digest_;
    const std::uint64_t chunks_;
    crypto::Sha256 digest_;
    std::string waiting_;
    std::uint64_t next_ = 0, put_ = 0;
    bool written_ = true;
};

// 64 hex digits that end in a quote, after `"name":"`.
std::optional<std::string> hex_of(const Json& json, std::string_view name, std::size_t size) {
    const auto& text = json[name].text();
    return text.size() == size && base::from_hex(text) ? std::optional(text) : std::nullopt;
}

struct Parsed {
    SealedHeader header;
    std::string nonce;
    std::vector<std::string> boxes;
};
std::optional<Parsed> parse_header(std::string_view line) {
    const auto json = formats::parse_json(line);
    if (!json.ok()) return std::nullopt;
    Parsed out;
    auto& h = out.header;
    const auto made_at = base::parse_instant((*json)["made_at"].text()),
               audit_time = base::parse_instant((*json)["audit_time"].text());
    const auto root = crypto::hash_from_hex((*json)["audit_root"].text());
    const auto log_key = base::from_hex((*json)["log_key"].text()),
               signature = base::from_hex((*json)["audit_signature"].text()),
               nonce = base::from_hex((*json)["nonce"].text());
    const auto size = (*json)["audit_size"].integer(), bytes = (*json)["bytes"].integer(),
               open_bytes = (*json)["open_bytes"].integer();
    if (!made_at || !audit_time || !root || !log_key || !signature || !nonce || nonce->size() != kNoncePrefix ||
        size < 0 || bytes < 0 || open_bytes < 0)
        return std::nullopt;
    for (const auto& recipient : (*json)["recipients"].array()) {
        const auto box = base::from_hex(recipient["box"].text());
        if (!box) return std::nullopt;
        h.recipients.push_back(recipient["key"].text());
        out.boxes.push_back(*box);
    }
    h.kind = (*json)["kind"].text();
    h.made_at = *made_at;
    h.program = (*json)["program"].text();
    h.log_key = *log_key;
    h.head.log_id = crypto::sha256_hex(*log_key);
    h.head.size = static_cast<std::uint64_t>(size);
    h.head.root = *root;
    h.head.time = *audit_time;
    h.head.signature = *signature;
    h.bytes = static_cast<std::uint64_t>(bytes);
    h.open_bytes = static_cast<std::uint64_t>(open_bytes);
    h.about = (*json)["about"];
    out.nonce = *nonce;
    return out;
}

}  // namespace

base::Result<std::string> write_sealed_file(const fs::path& out, const crypto::SigningKey& signer,
                                            const SealedHeader& header, std::string_view in_the_open,
                                            const std::function<void(const Put&)>& produce) {
    const auto key = crypto::SecretKey::random();
    const auto nonce = crypto::random_bytes(kNoncePrefix);
    auto said = header;
    said.open_bytes = in_the_open.size();
    const auto line = header_line(said, nonce, key);
    const auto header_digest = crypto::sha256(line);
    const fs::path part = out.string() + ".part";
    NewFile file(part);
    if (!file.open())
        return base::refused(
            "The file " + part.string() +
            " cannot be made: the folder is not there or may not be written to, or another one is "
            "being written.");
    const bool begun = file.write(kMagic) && file.write(line) && file.write(in_the_open);
    Sealer sealer(file, key, nonce, header_digest, header.bytes);
    if (begun) produce([&](std::string_view bytes) { sealer.put(bytes); });
    const auto sealed = begun ? sealer.finish(header.bytes) : std::string{};
    const auto open = crypto::sha256_hex(in_the_open), id = base::to_hex(header_digest);
    const auto signature = base::to_hex(signer.sign(signed_text(id, open, sealed)));
    if (sealed.empty() || !file.write(footer_of(open, sealed, signature)) || !file.sync()) return unwritable(out);
    if (!file.keep_as(out))
        return base::conflict("There is already a file " + out.string() + ". Choose another name.");
    sync_folder(folder_of(out));
    return id;
}

base::Error SealedFile::damaged() const {
    return base::invalid("The file " + path_.string() + " is damaged, altered or not whole. Use another copy.");
}

base::Result<SealedFile> SealedFile::open(const fs::path& path) {
    SealedFile out;
    out.path_ = path;
    out.in_.open(path, std::ios::binary);
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (!out.in_ || error)
        return base::not_found("The file " + path.string() + " is not there or cannot be read.");
    std::string magic(kMagic.size(), '\0');
    out.in_.read(magic.data(), static_cast<std::streamsize>(magic.size()));
    if (magic != kMagic)
        return base::invalid(
            "The file " + path.string() +
            " was not written by rowan backup or rowan emergency, or by another version of Rowan.");
    std::string line(kMostHeader, '\0');
    out.in_.getline(line.data(), static_cast<std::streamsize>(line.size()));
    if (!out.in_) return out.damaged();
    line.resize(static_cast<std::size_t>(out.in_.gcount() - 1));
    auto parsed = parse_header(line);
    if (!parsed) return out.damaged();
    out.line_ = line + "\n";
    out.id_ = crypto::sha256_hex(out.line_);
    out.header_ = std::move(parsed->header);
    out.nonce_ = std::move(parsed->nonce);
    out.boxes_ = std::move(parsed->boxes);
    out.start_ = kMagic.size() + out.line_.size();
    const auto& h = out.header_;
    const auto sealed_bytes = h.bytes + chunks_of(h.bytes) * crypto::kTagBytes;
    if (h.bytes > size || h.open_bytes > size || size != out.body_at() + sealed_bytes + kFooter)
        return out.damaged();
    std::string footer(kFooter, '\0');
    out.in_.seekg(static_cast<std::streamoff>(size - kFooter));
    out.in_.read(footer.data(), static_cast<std::streamsize>(footer.size()));
    const auto json = formats::parse_json(footer);
    if (!out.in_ || !json.ok()) return out.damaged();
    const auto open = hex_of(*json, "open", kDigest), sealed = hex_of(*json, "sealed", kDigest),
               signature = hex_of(*json, "signature", kSignature);
    if (!open || !sealed || !signature ||
        !crypto::verify_signature(h.log_key, signed_text(out.id_, *open, *sealed), *base::from_hex(*signature)) ||
        !crypto::verify_head(h.log_key, h.head))
        return out.damaged();
    out.open_digest_ = *open;
    out.sealed_digest_ = *sealed;
    return out;
}

base::Result<std::string> SealedFile::in_the_open() {
    std::string out(header_.open_bytes, '\0');
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(start_));
    in_.read(out.data(), static_cast<std::streamsize>(out.size()));
    if (!in_ || crypto::sha256_hex(out) != open_digest_) return damaged();
    return out;
}

base::Result<> SealedFile::each_chunk(
    const std::function<base::Result<>(std::uint64_t, bool, std::string_view)>& each) {
    crypto::Sha256 digest;
    const auto count = chunks_of(header_.bytes);
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(body_at()));
    std::string chunk;
    for (std::uint64_t i = 0; i < count; ++i) {
        const bool last = i + 1 == count;
        chunk.resize(crypto::kTagBytes + (last ? header_.bytes - i * kChunk : kChunk));
        in_.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        if (!in_) return damaged();
        digest.add(chunk);
        if (auto done = each(i, last, chunk); !done.ok()) return done;
    }
    return base::to_hex(digest.finish()) == sealed_digest_ ? base::done() : base::Result<>(damaged());
}

base::Result<> SealedFile::check() {
    if (const auto open = in_the_open(); !open.ok()) return open.error();
    return each_chunk([](std::uint64_t, bool, std::string_view) { return base::done(); });
}

base::Result<> SealedFile::read(const crypto::BoxKey& key, const std::function<bool(std::string_view)>& take) {
    std::optional<std::string> opened;
    for (std::size_t i = 0; i < boxes_.size() && !opened; ++i) opened = key.open(boxes_[i]);
    if (!opened)
        return base::refused("The file " + path_.string() + " is not sealed to key " +
                             name_of_key(key.public_key()) + ". Give the secret key of " +
                             base::join(header_.recipients, " or ") + ".");
    if (opened->size() != crypto::SecretKey::kBytes) return damaged();
    const auto file_key = crypto::SecretKey::from_bytes(*opened);
    crypto::wipe(*opened);
    const auto header_digest = crypto::sha256(line_);
    return each_chunk([&](std::uint64_t number, bool last, std::string_view sealed) -> base::Result<> {
        auto plain = crypto::decrypt(file_key, nonce_ + big_endian(number),
                                     additional(header_digest, number, last), sealed);
        if (!plain) return damaged();
        if (!take(*plain))
            return base::unavailable("There is no room for what the file " + path_.string() +
                                     " holds. Check the space and the folder.");
        return base::done();
    });
}

}  // namespace rowan::app
