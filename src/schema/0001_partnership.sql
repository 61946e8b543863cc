-- Who the partnership is, who works in it, who has signed its protocol, and who looked at what.
CREATE TABLE partnership (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    scheme_name TEXT NOT NULL,
    scheme_text TEXT NOT NULL,
    demonstration INTEGER NOT NULL,
    log_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE agency (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL
) STRICT;

-- H-111, H-223: an agency without a signature in force gets nothing
CREATE TABLE protocol_signature (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL REFERENCES agency(code),
    protocol_version TEXT NOT NULL,
    signatory_post TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    recorded_by TEXT NOT NULL,
    withdrawn_by TEXT
) STRICT;
CREATE INDEX protocol_signature_agency ON protocol_signature (agency, protocol_version);

CREATE TABLE user_account (
    id TEXT PRIMARY KEY,
    user_name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    post TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agency(code),
    email TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    password_hash TEXT,
    totp_secret BLOB,
    totp_last_step INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE role_grant (
    user_id TEXT NOT NULL REFERENCES user_account(id),
    role TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    granted_by TEXT NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX role_grant_user ON role_grant (user_id);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX session_by_user ON session (user_id);

-- One row an entry of the Merkle log (docs/formats/audit-tree.md). The columns repeat what `canonical` says so
-- that "who looked at this record" is a query; `rowan audit verify` compares the two.
CREATE TABLE audit_entry (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    act TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    rule TEXT NOT NULL,
    detail TEXT NOT NULL,
    canonical BLOB NOT NULL,
    leaf BLOB NOT NULL
) STRICT;
CREATE INDEX audit_entry_subject ON audit_entry (subject_id, seq);
CREATE INDEX audit_entry_user ON audit_entry (user_id, seq);

CREATE TABLE audit_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL
) STRICT;

CREATE TABLE audit_head (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    at INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;

-- A write that was acknowledged once is done once, however often the form is sent.
CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL
) STRICT;

-- Append-only: every version of every record, sealed under the record's own key.
CREATE TABLE history (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by_user TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (kind, record, version)
) STRICT;

-- Human references run within a year: R-2018-0042. Never in a URL.
CREATE TABLE reference_counter (
    series TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- The vault's keys: one an owner (a person, a referral, a draft…), wrapped by the keyring.
CREATE TABLE record_key (
    owner TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;
