// The independent verifier (tests/audit_verifier.py: none of our code) against logs written here, whole and
// tampered with: SECURITY.md 6.12.
#include "base/text.h"
#include "crypto/merkle.h"
#include "crypto/token.h"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace rowan;
using namespace rowan::crypto;
namespace fs = std::filesystem;

namespace {

const base::Instant kNow = *base::parse_instant("2018-03-26T18:00Z");

std::string base64(std::string_view bytes) {
    std::string text = base::to_base64url(bytes);
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (text.size() % 4) text += '=';
    return text;
}

std::string head_line(const SignedHead& head) {
    return "{\"log_id\":\"" + head.log_id + "\",\"size\":" + std::to_string(head.size) + ",\"root\":\"" +
           to_hex(head.root) + "\",\"time\":" + std::to_string(base::to_millis(head.time)) + ",\"signature\":\"" +
           base::to_hex(head.signature) + "\"}";
}

// The audit of one log: its entries and the heads that were signed on the way.
struct Log {
    SigningKey key;
    std::vector<std::string> entries;
    std::vector<SignedHead> heads;

    std::string log_id() const { return sha256_hex(key.public_key()); }
    void sign_at(std::vector<std::size_t> sizes) {
        heads.clear();
        for (std::size_t size : sizes) {
            Frontier frontier;
            for (std::size_t i = 0; i < size; ++i) frontier.append(leaf_hash(entries[i]));
            heads.push_back(sign_head(key, log_id(), size, frontier.root(), kNow + std::chrono::minutes{size}));
        }
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> out = {"{\"log_id\":\"" + log_id() + "\",\"public_key\":\"" +
                                        base::to_hex(key.public_key()) + "\"}"};
        for (std::size_t i = 0; i < entries.size(); ++i) {
            out.push_back("{\"seq\":" + std::to_string(i) + ",\"canonical\":\"" + base64(entries[i]) +
                          "\",\"leaf\":\"" + to_hex(leaf_hash(entries[i])) + "\"}");
        }
        for (const SignedHead& head : heads) out.push_back(head_line(head));
        return out;
    }
};

Log honest() {
    Log log{SigningKey(SecretKey::from_bytes(std::string(32, 's'))), {}, {}};
    for (int i = 0; i < 43; ++i)
        log.entries.push_back("entry " + std::to_string(i) + std::string(1, static_cast<char>(i)) + "\xff");
    log.sign_at({0, 1, 7, 16, 30, 43});
    return log;
}

class Verifier : public testing::Test {
protected:
    Verifier() {
        if (std::system("python3 -c pass") != 0) skip_ = true;
        std::string pattern = (fs::temp_directory_path() / "rowan-verifier-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Verifier() override { fs::remove_all(directory_); }
    void SetUp() override {
        if (skip_) GTEST_SKIP() << "skipped: no python3";
    }

    void write(const char* name, const std::vector<std::string>& lines) {
        std::ofstream(directory_ / name) << base::join(lines, "\n") << "\n";
    }
    // Exit code; what it printed is in said_.
    int run(const std::string& options = "") {
        std::string command = "python3 '" ROWAN_SOURCE_DIR "/tests/audit_verifier.py' '" +
                              (directory_ / "export").string() + "' " + options + " 2>&1";
        std::FILE* pipe = ::popen(command.c_str(), "r");
        said_.clear();
        for (int c; (c = std::fgetc(pipe)) != EOF;) said_ += static_cast<char>(c);
        int code = WEXITSTATUS(::pclose(pipe));
        EXPECT_EQ(said_.find("Traceback"), std::string::npos) << said_;
        EXPECT_EQ(code == 1, said_.find("DOES NOT HOLD") != std::string::npos) << said_;
        return code;
    }
    int verify(const std::vector<std::string>& lines, const std::string& options = "") {
        write("export", lines);
        return run(options);
    }
    std::string witness(const std::vector<SignedHead>& heads) {
        std::vector<std::string> lines;
        for (const SignedHead& head : heads) lines.push_back(head_line(head));
        write("witness", lines);
        return " --witness '" + (directory_ / "witness").string() + "'";
    }
    static std::string pin(const Log& log) { return " --key " + base::to_hex(log.key.public_key()); }

    fs::path directory_;
    std::string said_;
    bool skip_ = false;
};

}  // namespace

TEST_F(Verifier, SECURITY_6_12_an_honest_log_holds) {
    Log log = honest();
    EXPECT_EQ(verify(log.lines(), pin(log) + witness(log.heads)), 0) << said_;
    EXPECT_EQ(run(pin(log) + " --plain"), 0) << "with its own Ed25519: " << said_;
    EXPECT_EQ(run(), 0) << said_;
    EXPECT_NE(said_.find("pin it with --key"), std::string::npos);
    log.entries.push_back("one more");
    EXPECT_EQ(verify(log.lines(), pin(log)), 0);
    EXPECT_NE(said_.find("last 1 entries are not signed"), std::string::npos) << said_;
}

TEST_F(Verifier, SECURITY_6_12_every_clumsy_change_is_found_without_a_witness) {
    using Lines = std::vector<std::string>;
    Log log = honest();
    // Lines: 0 the log, 1 to 43 the entries, 44 on the heads.
    const std::pair<const char*, std::function<void(Lines&)>> changes[] = {
        {"first deleted", [](Lines& l) { l.erase(l.begin() + 1); }},
        {"middle deleted", [](Lines& l) { l.erase(l.begin() + 20); }},
        {"last deleted", [](Lines& l) { l.erase(l.begin() + 43); }},
        {"tail cut", [](Lines& l) { l.erase(l.begin() + 31, l.begin() + 44); }},
        {"swapped", [](Lines& l) { std::swap(l[5], l[6]); }},
        {"doubled", [](Lines& l) { l.insert(l.begin() + 9, l[8]); }},
        {"entry taken from elsewhere", [](Lines& l) { l[9] = l[10]; }},
        {"head of another size", [](Lines& l) { l[46].replace(l[46].find("\"size\":7"), 8, "\"size\":8"); }},
        {"heads out of order", [](Lines& l) { std::swap(l[45], l[47]); }}};
    for (const auto& [name, change] : changes) {
        Lines lines = log.lines();
        change(lines);
        EXPECT_EQ(verify(lines, pin(log)), 1) << name << ": " << said_;
    }
}

TEST_F(Verifier, SECURITY_6_12_changes_that_keep_every_line_well_formed_are_found) {
    Log changed = honest(), inserted = honest(), removed = honest(), cut = honest();
    changed.entries[11] += "!";
    inserted.entries.insert(inserted.entries.begin() + 11, "forged");
    removed.entries.erase(removed.entries.begin() + 11);
    cut.entries.resize(42);
    for (const Log& log : {changed, inserted, removed, cut}) EXPECT_EQ(verify(log.lines(), pin(log)), 1) << said_;
    Log another = honest();
    another.key = SigningKey::random();
    another.sign_at({43});
    EXPECT_EQ(verify(another.lines(), pin(honest())), 1) << "another key: " << said_;
    Log borrowed = honest();
    borrowed.heads[5].signature[3] ^= 1;
    EXPECT_EQ(verify(borrowed.lines(), pin(borrowed)), 1) << said_;
    EXPECT_EQ(run(pin(borrowed) + " --plain"), 1) << said_;
}

TEST_F(Verifier, SECURITY_6_12_a_consistent_rewrite_needs_a_witness) {
    Log real = honest();
    // Whoever holds the signing key rewrites history, or rolls it back, and signs it all again.
    Log rewritten = honest();
    rewritten.entries[11] = "never happened";
    rewritten.sign_at({0, 1, 7, 16, 30, 43});
    Log rolled_back = honest();
    rolled_back.entries.resize(30);
    rolled_back.sign_at({0, 1, 7, 16, 30});
    EXPECT_EQ(verify(rewritten.lines(), pin(real)), 0) << "the export alone cannot show it";
    EXPECT_EQ(run(pin(real) + witness({real.heads[2]})), 0) << "nor a head from before the change";
    EXPECT_EQ(run(pin(real) + witness({real.heads[3]})), 1) << said_;
    EXPECT_EQ(verify(rolled_back.lines(), pin(real)), 0);
    EXPECT_EQ(run(pin(real) + witness({real.heads[5]})), 1) << said_;
    EXPECT_EQ(verify(real.lines(), pin(real) + witness({rewritten.heads[5]})), 1)
        << "two histories for two agencies: " << said_;
}

TEST_F(Verifier, what_is_no_export_is_not_called_good) {
    Log log = honest();
    std::vector<std::string> headless = log.lines();
    headless.resize(44);
    EXPECT_EQ(verify(headless, pin(log)), 2);
    for (const char* line : {"", "[]", "{}", "{\"seq\":0}", "{\"seq\":\"0\",\"canonical\":\"\",\"leaf\":\"\"}",
                             "{\"seq\":0,\"canonical\":\"*\",\"leaf\":\"\"}", "\xff"}) {
        std::vector<std::string> lines = log.lines();
        lines.push_back(line);
        EXPECT_EQ(verify(lines, pin(log)), 2) << line;
    }
    EXPECT_EQ(verify(log.lines(), "--key abc"), 2);
}
