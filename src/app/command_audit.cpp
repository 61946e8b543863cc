#include "app/commands.h"
#include "app/options.h"
#include "app/witness.h"
#include "base/text.h"
#include "crypto/merkle.h"
#include "formats/json.h"
#include "partnership/audit.h"

#include <algorithm>
#include <fstream>
#include <iostream>

namespace rowan::app {

namespace {

using database::Session;
using formats::Json;
using partnership::AuditLog;

int verify(const Arguments& arguments) {
    Options options("audit verify", "Checks the whole audit log, and against heads that an agency kept.");
    HouseOptions house;
    std::string witness, format = "text";
    options.house(house);
    options.text("--witness", witness, "File of heads seen earlier: size and root, a line each");
    options.one_of("--format", format, {"text", "json"}, "How to print");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    KeptHeads heads;
    if (!witness.empty()) {
        auto read = read_witness(witness);
        if (!read.ok()) return fail(read.error());
        heads = std::move(*read);
    }
    auto& office = (*opened)->office();
    const auto report = office.database.read(
        [&](Session& s) { return partnership::verify_audit(s, office.keyring, office.audit.log_id(), heads); });
    if (format == "json") {
        std::cout << Json::object({{"entries", report.entries},
                                   {"heads", report.heads},
                                   {"root", report.root_hex},
                                   {"problems", Json::strings(report.problems)}})
                         .write()
                  << "\n";
    } else {
        std::cout << report.entries << " entries, " << report.heads << " signed heads, root " << report.root_hex
                  << "\n";
        if (report.problems.empty()) std::cout << "The log is whole.\n";
    }
    for (const auto& problem : report.problems) std::cerr << "rowan: " << problem << "\n";
    return report.problems.empty() ? 0 : 1;
}

// RFC 4648 with padding: what any language's library reads.
std::string to_base64(std::string_view bytes) {
    auto out = base::to_base64url(bytes);
    std::replace(out.begin(), out.end(), '-', '+');
    std::replace(out.begin(), out.end(), '_', '/');
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

// What tests/audit_verifier.py and an agency's own verifier read (docs/formats/audit-tree.md).
int export_log(const Arguments& arguments) {
    Options options("audit export",
                    "Writes the log's entries and signed heads as JSON lines, for an independent verifier.");
    HouseOptions house;
    std::string out;
    options.house(house);
    options.text("--out", out, "File to write (default: standard output)");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    std::ofstream file;
    if (!out.empty()) {
        file.open(out);
        if (!file) return fail(base::refused("The file " + out + " cannot be written."));
    }
    std::ostream& to = out.empty() ? std::cout : file;
    auto& office = (*opened)->office();
    office.database.read([&](Session& s) {
        to << Json::object({{"log_id", office.audit.log_id()},
                            {"public_key", base::to_hex(office.keyring.audit_key().public_key())}})
                  .write()
           << "\n";
        s.stream("SELECT seq, canonical, leaf FROM audit_entry ORDER BY seq", [&](const database::Row& row) {
            to << Json::object({{"seq", row.integer(0)},
                                {"canonical", to_base64(row.blob(1))},
                                {"leaf", base::to_hex(row.blob(2))}})
                      .write()
               << "\n";
        });
        for (const auto& row : s.query("SELECT size, root, at, signature FROM audit_head ORDER BY size"))
            to << Json::object({{"log_id", office.audit.log_id()},
                                {"size", row.integer(0)},
                                {"root", base::to_hex(row.blob(1))},
                                {"time", row.integer(2)},
                                {"signature", base::to_hex(row.blob(3))}})
                      .write()
               << "\n";
    });
    return 0;
}

Json json_of(const AuditLog& log, const database::Row& head) {
    return Json::object({{"log_id", log.log_id()},
                         {"size", head.integer(0)},
                         {"root", base::to_hex(head.blob(1))},
                         {"time", head.integer(2)},
                         {"signature", base::to_hex(head.blob(3))}});
}

int head(const Arguments& arguments) {
    Options options("audit head",
                    "Prints the newest signed head as a witness line: size and root, or all of it as JSON.");
    HouseOptions house;
    std::string format = "text";
    options.house(house);
    options.one_of("--format", format, {"text", "json"}, "How to print");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto row = (*opened)->database().read([](Session& s) {
        return s.one("SELECT size, root, at, signature FROM audit_head ORDER BY size DESC LIMIT 1");
    });
    if (!row) return fail(base::not_found("The log has no signed head yet."));
    if (format == "json") {
        std::cout << json_of((*opened)->office().audit, *row).write() << "\n";
        return 0;
    }
    std::cout << row->integer(0) << " " << base::to_hex(row->blob(1)) << "\n";
    return 0;
}

// RFC 6962 2.1.1 and 2.1.2, for who keeps a head and not the log: tests/audit_verifier.py --proof.
int prove(const Arguments& arguments) {
    Options options(
        "audit prove",
        "Proves to somebody with a kept head that an entry is in the log, or that the log has only grown.");
    HouseOptions house;
    std::int64_t entry = -1, from = -1;
    options.house(house);
    options.number("--entry", entry, "Number of the entry, from 0, that the newest signed head holds", 0,
                   INT64_MAX);
    options.number("--from", from, "Size of the head that was kept; the newest signed head continues it", 0,
                   INT64_MAX);
    if (const auto code = options.parse(arguments)) return *code;
    if ((entry < 0) == (from < 0)) return fail(base::invalid("Give either --entry or --from."));
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    return office.database.read([&](Session& s) {
        const auto newest = s.one("SELECT size, root, at, signature FROM audit_head ORDER BY size DESC LIMIT 1");
        if (!newest) return fail(base::not_found("The log has no signed head yet."));
        const auto size = newest->integer(0);
        if (entry >= size || from > size)
            return fail(base::not_found("The newest signed head holds " + std::to_string(size) + " entries."));
        std::vector<crypto::Hash> leaves;
        s.stream_values(
            "SELECT leaf FROM audit_entry WHERE seq < $1 ORDER BY seq", {size}, [&](const database::Row& row) {
                leaves.push_back(crypto::hash_from_hex(base::to_hex(row.blob(0))).value_or(crypto::Hash{}));
            });
        if (static_cast<std::int64_t>(leaves.size()) != size)
            return fail(base::conflict("Entries are missing: rowan audit verify says which."));
        const auto nodes = crypto::nodes_over([&](std::uint64_t i) { return leaves.at(i); });
        auto out = json_of(office.audit, *newest);
        const auto unsigned_size = static_cast<std::uint64_t>(size);
        std::vector<crypto::Hash> proof;
        if (entry >= 0) {
            proof = crypto::inclusion_proof(static_cast<std::uint64_t>(entry), unsigned_size, nodes);
            out.set("index", entry);
            out.set("canonical",
                    to_base64(s.one("SELECT canonical FROM audit_entry WHERE seq = $1", entry)->blob(0)));
        } else {
            proof = crypto::consistency_proof(static_cast<std::uint64_t>(from), unsigned_size, nodes);
            out.set("first", from);
        }
        Json hashes = Json::Array{};
        for (const auto& hash : proof) hashes.push(crypto::to_hex(hash));
        out.set("proof", std::move(hashes));
        std::cout << out.write() << "\n";
        return 0;
    });
}

}  // namespace

int audit_command(const Arguments& arguments) {
    if (const auto code =
            run_part(arguments, {{"verify", verify}, {"export", export_log}, {"head", head}, {"prove", prove}}))
        return *code;
    return show_usage(
        arguments,
        "rowan audit verify [--witness FILE] | export [--out FILE] | head [--format json] | prove "
        "--entry N | --from SIZE   --data DIR\n"
        "Every decision and every look is an entry of a Merkle tree; verify finds what was changed, cut "
        "or rewritten.\n");
}

}  // namespace rowan::app
