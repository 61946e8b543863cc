// The audit trail: an RFC 6962 Merkle tree of entries, written in the same transaction as the change it records,
// or durable before the answer leaves (docs/formats/audit-tree.md).
//
// An entry holds codes, ids and counts; never personal data. Searches are kept as a keyed digest of the words.
// Thread-safety: AuditLog is const after construction; append() runs inside a write session. append() and
// sign_head() throw AuditDamaged, before they write anything.
#pragma once
#include "base/time.h"
#include "crypto/keyring.h"
#include "crypto/merkle.h"
#include "database/database.h"

#include <stdexcept>
#include <set>
#include <string>
#include <vector>

namespace rowan::partnership {

struct AuditEntry {
    std::int64_t seq = 0;      // 0-based place in the tree; set by append
    base::Instant at = {};     // when it was; set by append where it is not
    std::string user_id = {};  // "" for nobody signed in; "system" for jobs
    std::string agency = {};
    std::string act = {};           // "look", "search", "create", "decide", "sign-in", …
    std::string subject_kind = {};  // "person", "referral", "profile", …
    std::string subject_id = {};
    std::string outcome = "allowed";  // or "denied"
    std::string rule = "role";        // the access rule that decided
    std::string detail = {};          // codes and counts: "results=3 query=9f3a…"
};

// The stored tree cannot be gone on with. A bug or a machine's fault, so an exception; the front answers it with
// 503.
class AuditDamaged : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class AuditLog {
public:
    AuditLog(const crypto::Keyring& keyring, const base::Clock& clock, std::string log_id)
        : keyring_(keyring), clock_(clock), log_id_(std::move(log_id)) {}

    // Appends inside the caller's transaction; durable when that commits.
    void append(database::Session& s, const AuditEntry& entry) const { append(s, std::vector{entry}); }
    // Several at once, in this order: the tree's state is read and stored once for all of them.
    void append(database::Session&, const std::vector<AuditEntry>&) const;
    // Signs the current head inside the caller's transaction, if it has grown since the last one by `every`
    // entries or is older than a minute.
    void sign_head_if_due(database::Session&, std::int64_t every = 256) const;
    void sign_head(database::Session&) const;

    // Keyed digest of words that may not be stored.
    std::string digest(std::string_view words) const;

    const std::string& log_id() const { return log_id_; }
    const base::Clock& clock() const { return clock_; }

private:
    const crypto::Keyring& keyring_;
    const base::Clock& clock_;
    std::string log_id_;
};

// The canonical bytes of an entry: version 1, length-prefixed fields in order.
std::string canonical(const AuditEntry&);
std::optional<AuditEntry> parse_canonical(std::string_view);

struct AuditReport {
    std::int64_t entries = 0, heads = 0;
    std::string root_hex;
    std::vector<std::string> problems;  // each one sentence; empty when the log is whole
};
// Recomputes the whole tree from the stored entries and checks columns, leaves, state and signed heads.
// `witness`: heads kept elsewhere, "size root-hex" a line; each must lie on this log's history.
AuditReport verify_audit(database::Session&, const crypto::Keyring&, const std::string& log_id,
                         const std::vector<std::pair<std::int64_t, std::string>>& witness = {});

struct Look {
    std::int64_t seq = 0;
    base::Instant at;
    std::string user_id, user_name, agency, act, subject_kind, subject_id, outcome, rule;
};
// The entries about these records, or of the whole log where none is named; newest first, older than entry
// `before`.
std::vector<Look> looks(database::Session&, const std::set<std::string>& subjects, std::size_t limit,
                        std::int64_t before);

}  // namespace rowan::partnership
