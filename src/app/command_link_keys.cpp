#include "app/command_link_keys.h"

#include "base/text.h"
#include "linkage/dataset.h"
#include "linkage/keys.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace rowan::app {
namespace {

using namespace linkage;

constexpr std::string_view kFirstLine = "rowan-linkage-keys 1 ";

base::Result<std::string> read_whole(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return base::not_found("The file " + path + " cannot be read.");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

base::Result<SipKey> read_secret(const std::string& path) {
    const auto text = read_whole(path);
    if (!text) return text.error();
    const auto bytes = base::from_hex(base::tidy_line(*text));
    if (!bytes || bytes->size() != 16)
        return base::invalid("The secret must be 32 hexadecimal digits; make one with: openssl rand -hex 16");
    SipKey key;
    std::memcpy(key.data(), bytes->data(), key.size());
    return key;
}

std::string hex(const Key& key) {
    std::string out;
    char word[20];
    for (std::uint64_t w : key) {
        std::snprintf(word, sizeof word, "%016llx", static_cast<unsigned long long>(w));
        out += word;
    }
    return out;
}

struct EncodeOptions {
    std::string file, secret, project, out, id;
    int decoys = 25;
};

base::Result<> encode(const EncodeOptions& o) {
    const auto secret = read_secret(o.secret);
    if (!secret) return secret.error();
    const auto data = Dataset::load({o.file}, {o.id, "", ""});
    if (!data) return data.error();
    const Encoder encoder(project_key(*secret, o.project));
    KeyMaker maker(encoder);
    std::vector<std::string> lines;
    for (std::uint32_t i = 0; i < data->size(); ++i) {
        const Key key = maker.encode(normal_of(data->population, i));
        lines.push_back(encoder.token(o.file, data->id(i)) + "," + hex(key));
        // A decoy is of nobody: its name, surname, birth and home are of four different records.
        if (siphash(project_key(*secret, o.file), data->id(i)) % 100 < static_cast<std::uint64_t>(o.decoys)) {
            const std::uint64_t seed = siphash(project_key(*secret, o.file + "/nobody"), data->id(i));
            const Normal somebody = nobody(seed, static_cast<std::uint32_t>(data->size()),
                                           [&](std::uint32_t r) { return normal_of(data->population, r); });
            lines.push_back(encoder.token(o.file + "/nobody", data->id(i)) + "," + hex(maker.encode(somebody)));
        }
    }
    std::sort(lines.begin(), lines.end());  // by token: the file's own order tells nothing
    std::ofstream out(o.out, std::ios::binary | std::ios::trunc);
    out << kFirstLine << encoder.check() << "\n";
    for (const std::string& l : lines) out << l << "\n";
    out.close();
    if (!out) return base::unavailable("The file " + o.out + " cannot be written.");
    std::printf(
        "%zu keys and %zu decoys written. Treat the file as personal data: docs/formats/linkage-keys.md says what "
        "it can leak.\n",
        data->size(), lines.size() - data->size());
    return base::done();
}

struct KeyFile {
    std::string check;
    std::vector<std::string> tokens;
    std::vector<Key> keys;
};

base::Result<KeyFile> read_keys(const std::string& path) {
    const auto text = read_whole(path);
    if (!text) return text.error();
    KeyFile file;
    std::istringstream in(*text);
    std::string line;
    std::getline(in, line);
    if (!line.starts_with(kFirstLine)) return base::invalid(path + " is not a file of rowan link encode.");
    file.check = line.substr(kFirstLine.size());
    for (std::size_t n = 2; std::getline(in, line); ++n) {
        if (line.size() != 16 + 1 + kKeyWords * 16 || line[16] != ',')
            return base::invalid("Line " + std::to_string(n) + " of " + path + " is not a token and a key.");
        Key key;
        for (std::size_t w = 0; w < kKeyWords; ++w) {
            const char* at = line.data() + 17 + 16 * w;
            if (std::from_chars(at, at + 16, key[w], 16).ptr != at + 16)
                return base::invalid("Line " + std::to_string(n) + " of " + path + " is not a token and a key.");
        }
        file.tokens.push_back(line.substr(0, 16));
        file.keys.push_back(key);
    }
    return file;
}

base::Result<> overlap(const std::string& left_path, const std::string& right_path, double threshold,
                       const std::string& pairs_path) {
    const auto left = read_keys(left_path);
    if (!left) return left.error();
    const auto right = read_keys(right_path);
    if (!right) return right.error();
    if (left->check != right->check)
        return base::refused(
            "The two files were made with different secrets or for different projects, so their keys cannot "
            "meet.");
    const auto pairs = match_keys(left->keys, right->keys, threshold);
    if (!pairs_path.empty()) {
        std::ofstream out(pairs_path, std::ios::binary | std::ios::trunc);
        out << "left_token,right_token\n";
        for (const KeyPair& p : pairs) out << left->tokens[p.left] << "," << right->tokens[p.right] << "\n";
        out.close();
        if (!out) return base::unavailable("The file " + pairs_path + " cannot be written.");
    }
    std::printf("%zu keys and %zu keys; %zu are likely to be of one person.\n", left->keys.size(),
                right->keys.size(), pairs.size());
    return base::done();
}

int finish(const base::Result<>& done) {
    if (done) return 0;
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return 1;
}

}  // namespace

int link_encode_command(const std::vector<std::string>& arguments) {
    EncodeOptions o;
    CLI::App app("Turn records into keys that can be compared with another agency’s, without names.",
                 "rowan link encode");
    app.add_option("file", o.file, "a CSV file with a row of headings")->required();
    app.add_option("--secret", o.secret, "a file with 32 hexadecimal digits, shared by the two agencies alone")
        ->required();
    app.add_option("--project", o.project, "what the comparison is for; keys of different projects do not meet")
        ->required();
    app.add_option("--out", o.out, "the file of keys to write")->required();
    app.add_option("--id", o.id, "the column with each record's id");
    app.add_option("--decoys", o.decoys, "keys of nobody for each hundred records")
        ->capture_default_str()
        ->check(CLI::Range(0, 100));
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return finish(encode(o));
}

int link_overlap_command(const std::vector<std::string>& arguments) {
    std::string left, right, pairs;
    double threshold = 0.8;
    CLI::App app("Count, from keys alone, how many people two agencies both know.", "rowan link overlap");
    app.add_option("left", left, "a file of rowan link encode")->required();
    app.add_option("right", right, "the other agency's")->required();
    app.add_option("--threshold", threshold, "least likeness (Dice)")
        ->capture_default_str()
        ->check(CLI::Range(0.3, 1.0));
    app.add_option("--pairs", pairs, "write left_token,right_token");
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return finish(overlap(left, right, threshold, pairs));
}

}  // namespace rowan::app
