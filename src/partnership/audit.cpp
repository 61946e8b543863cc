#include "partnership/audit.h"

#include "base/text.h"
#include "crypto/token.h"

#include <algorithm>
#include <optional>
#include <set>

namespace rowan::partnership {

namespace {

using database::Session;

constexpr char kVersion = 1;
constexpr std::int64_t kHeadEveryMs = 60'000;

void put_number(std::string& out, std::uint64_t n) {
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
}
void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size());
    out += text;
}

// Reads what put_* wrote; `ok` turns false at the first thing that does not fit.
struct Reader {
    std::string_view rest;
    bool ok = true;
    std::uint64_t number() {
        if (rest.size() < 8) return ok = false, 0;
        std::uint64_t n = 0;
        for (int i = 0; i < 8; ++i) n = n << 8 | static_cast<unsigned char>(rest[static_cast<std::size_t>(i)]);
        rest.remove_prefix(8);
        return n;
    }
    std::string text() {
        const auto size = number();
        if (!ok || size > rest.size()) return ok = false, std::string{};
        std::string out(rest.substr(0, size));
        rest.remove_prefix(size);
        return out;
    }
};

struct State {
    crypto::Frontier frontier;
};
State load_state(Session& s) {
    State out;
    if (const auto row = s.one("SELECT frontier FROM audit_state WHERE id = 1")) {
        auto parsed = crypto::Frontier::parse(row->blob(0));
        // Nothing may be appended to a tree that cannot be read: better no answer than an answer without audit.
        if (!parsed.ok()) throw AuditDamaged("the audit log's state is damaged: " + parsed.error().message);
        out.frontier = std::move(*parsed);
    }
    return out;
}

}  // namespace

std::string canonical(const AuditEntry& e) {
    std::string out(1, kVersion);
    put_number(out, static_cast<std::uint64_t>(e.seq));
    put_number(out, static_cast<std::uint64_t>(base::to_millis(e.at)));
    for (const auto* text :
         {&e.user_id, &e.agency, &e.act, &e.subject_kind, &e.subject_id, &e.outcome, &e.rule, &e.detail})
        put_text(out, *text);
    return out;
}

std::optional<AuditEntry> parse_canonical(std::string_view bytes) {
    if (bytes.empty() || bytes.front() != kVersion) return std::nullopt;
    Reader in{bytes.substr(1)};
    AuditEntry e;
    e.seq = static_cast<std::int64_t>(in.number());
    e.at = base::from_millis(static_cast<std::int64_t>(in.number()));
    for (auto* text :
         {&e.user_id, &e.agency, &e.act, &e.subject_kind, &e.subject_id, &e.outcome, &e.rule, &e.detail})
        *text = in.text();
    if (!in.ok || !in.rest.empty()) return std::nullopt;
    return e;
}

void AuditLog::append(Session& s, const std::vector<AuditEntry>& wanted) const {
    if (wanted.empty()) return;
    auto state = load_state(s);
    for (AuditEntry e : wanted) {
        e.seq = static_cast<std::int64_t>(state.frontier.size());
        if (e.at == base::Instant{}) e.at = clock_.now();
        const auto bytes = canonical(e);
        const auto leaf = crypto::leaf_hash(bytes);
        state.frontier.append(leaf);
        s.execute(
            "INSERT INTO audit_entry (seq, at, user_id, agency, act, subject_kind, subject_id, outcome, rule, "
            "detail, canonical, leaf) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            e.seq, base::to_millis(e.at), e.user_id, e.agency, e.act, e.subject_kind, e.subject_id, e.outcome,
            e.rule, e.detail, database::Blob{bytes}, database::Blob{std::string(crypto::bytes_of(leaf))});
    }
    s.execute(
        "INSERT INTO audit_state (id, size, frontier) VALUES (1, $1, $2) "
        "ON CONFLICT (id) DO UPDATE SET size = excluded.size, frontier = excluded.frontier",
        static_cast<std::int64_t>(state.frontier.size()), database::Blob{state.frontier.serialise()});
}

void AuditLog::sign_head(Session& s) const {
    const auto state = load_state(s);
    const auto size = static_cast<std::int64_t>(state.frontier.size());
    if (size == 0 || s.one("SELECT 1 FROM audit_head WHERE size = $1", size)) return;
    const auto head = crypto::sign_head(keyring_.audit_key(), log_id_, state.frontier.size(),
                                        state.frontier.root(), clock_.now());
    s.execute("INSERT INTO audit_head (size, root, at, signature) VALUES ($1, $2, $3, $4)", size,
              database::Blob{std::string(crypto::bytes_of(head.root))}, base::to_millis(head.time),
              database::Blob{head.signature});
}

void AuditLog::sign_head_if_due(Session& s, std::int64_t every) const {
    const auto state = s.one("SELECT size FROM audit_state WHERE id = 1");
    if (!state) return;
    const auto last = s.one("SELECT size, at FROM audit_head ORDER BY size DESC LIMIT 1");
    const bool due =
        !last || state->integer(0) - last->integer(0) >= every ||
        (state->integer(0) > last->integer(0) && base::to_millis(clock_.now()) - last->integer(1) >= kHeadEveryMs);
    if (due) sign_head(s);
}

std::string AuditLog::digest(std::string_view words) const {
    return crypto::keyed_digest(keyring_.purpose_key("search-terms"), words).substr(0, 16);
}

AuditReport verify_audit(Session& s, const crypto::Keyring& keyring, const std::string& log_id,
                         const std::vector<std::pair<std::int64_t, std::string>>& witness) {
    AuditReport report;
    auto complain = [&](const std::string& sentence) {
        if (report.problems.size() < 100) report.problems.push_back(sentence);
    };
    if (log_id != keyring.log_id())
        complain("The keyring signs another log than this one: this is not the keyring of this data.");

    // The root at every size that a signed head or a witness speaks of.
    std::set<std::int64_t> asked;
    struct Head {
        std::int64_t size, at;
        std::string root, signature;
    };
    std::vector<Head> heads;
    for (const auto& row : s.query("SELECT size, root, at, signature FROM audit_head ORDER BY size")) {
        heads.push_back({row.integer(0), row.integer(2), row.blob(1), row.blob(3)});
        asked.insert(row.integer(0));
    }
    for (const auto& [size, root] : witness) asked.insert(size);

    crypto::Frontier frontier;
    std::map<std::int64_t, std::string> root_at;
    s.stream_values(
        "SELECT seq, at, user_id, agency, act, subject_kind, subject_id, outcome, rule, detail, canonical, leaf "
        "FROM audit_entry ORDER BY seq",
        {}, [&](const database::Row& row) {
            const auto seq = row.integer(0);
            const auto place = "Entry " + std::to_string(seq);
            if (seq != static_cast<std::int64_t>(frontier.size()))
                complain(place + " is out of order: entry " + std::to_string(frontier.size()) +
                         " should stand here.");
            const auto entry = parse_canonical(row.blob(10));
            if (!entry) {
                complain(place + " cannot be read.");
            } else if (entry->seq != seq || base::to_millis(entry->at) != row.integer(1) ||
                       entry->user_id != row.text(2) || entry->agency != row.text(3) ||
                       entry->act != row.text(4) || entry->subject_kind != row.text(5) ||
                       entry->subject_id != row.text(6) || entry->outcome != row.text(7) ||
                       entry->rule != row.text(8) || entry->detail != row.text(9)) {
                complain(place + " says one thing in its columns and another in the log.");
            }
            const auto leaf = crypto::leaf_hash(row.blob(10));
            if (row.blob(11) != crypto::bytes_of(leaf))
                complain(place + " has been altered: its hash does not fit.");
            frontier.append(leaf);
            ++report.entries;
            if (asked.contains(report.entries))
                root_at[report.entries] = std::string(crypto::bytes_of(frontier.root()));
        });
    const auto state = s.one("SELECT size, frontier FROM audit_state WHERE id = 1");
    if (report.entries > 0 || state) {
        if (!state || state->integer(0) != report.entries || state->blob(1) != frontier.serialise())
            complain("The log's own count does not fit its entries: something was added or taken away.");
    }
    for (const auto& head : heads) {
        ++report.heads;
        const auto name = "The signed head of " + std::to_string(head.size) + " entries";
        if (head.size > report.entries) {
            complain(name + " is longer than the log: entries have been cut off its end.");
            continue;
        }
        crypto::SignedHead signed_head;
        signed_head.log_id = log_id;
        signed_head.size = static_cast<std::uint64_t>(head.size);
        const auto root = crypto::hash_from_hex(base::to_hex(head.root));
        if (root) signed_head.root = *root;
        signed_head.time = base::from_millis(head.at);
        signed_head.signature = head.signature;
        if (!root || !crypto::verify_head(keyring.audit_key().public_key(), signed_head))
            complain(name + " is not signed by this partnership's key.");
        if (root_at[head.size] != head.root)
            complain(name + " does not fit the entries: the past has been rewritten.");
    }
    for (const auto& [size, root_hex] : witness) {
        const auto name = "The witness of " + std::to_string(size) + " entries";
        if (size > report.entries)
            complain(name + " knows more than this log: it has been rolled back or cut.");
        else if (size > 0 && base::to_hex(root_at[size]) != root_hex)
            complain(name + " saw another history than this log tells.");
    }
    report.root_hex = crypto::to_hex(frontier.root());
    return report;
}

std::vector<Look> looks(Session& s, const std::set<std::string>& subjects, std::size_t limit,
                        std::int64_t before) {
    std::vector<Look> out;
    const auto add = [&](const std::optional<std::string>& subject) {
        database::Statement statement(
            "SELECT e.seq, e.at, e.user_id, u.display_name, e.agency, e.act, e.subject_kind, e.subject_id, "
            "e.outcome, e.rule FROM audit_entry e LEFT JOIN user_account u ON u.id = e.user_id ");
        statement.add("WHERE e.seq < ? ", before);
        if (subject) statement.add("AND e.subject_id = ? ", *subject);
        statement.add("ORDER BY e.seq DESC LIMIT ?", static_cast<std::int64_t>(limit));
        for (const auto& row : s.query(statement))
            out.push_back({row.integer(0), row.instant(1), row.text(2), row.text(3), row.text(4), row.text(5),
                           row.text(6), row.text(7), row.text(8), row.text(9)});
    };
    // One by one: each is read from its end, and no more of it than is shown.
    for (const auto& subject : subjects) add(subject);
    if (subjects.empty()) add(std::nullopt);
    std::sort(out.begin(), out.end(), [](const Look& a, const Look& b) { return a.seq > b.seq; });
    if (out.size() > limit) out.resize(limit);
    return out;
}

}  // namespace rowan::partnership
