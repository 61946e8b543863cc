-- Ways in: agencies that were shut out in one step, new ways into accounts, security keys.

-- While opened_at is empty, nobody of the agency is signed in and nobody comes in (partnership/agency_access.h).
CREATE TABLE agency_shut (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL REFERENCES agency(code),
    shut_at INTEGER NOT NULL,
    shut_by TEXT NOT NULL,
    opened_at INTEGER,
    opened_by TEXT
) STRICT;
CREATE INDEX agency_shut_agency ON agency_shut (agency, opened_at);

-- One asks, another agrees; each sees half of the invitation's code (partnership/recovery.h).
CREATE TABLE recovery_request (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    asked_at INTEGER NOT NULL,
    asked_by TEXT NOT NULL REFERENCES user_account(id),
    agreed_at INTEGER,
    refused_at INTEGER,
    answered_by TEXT REFERENCES user_account(id),
    invitation TEXT REFERENCES invitation(id)
) STRICT;
CREATE INDEX recovery_request_user ON recovery_request (user_id);

-- Passkeys and security keys (WebAuthn). public_key: sealed with whose it is and for which site, so that nobody
-- brings in a key of their own by SQL. sign_count: as the key counted when it was last used.
CREATE TABLE security_key (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    credential TEXT NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    name TEXT NOT NULL,
    sign_count INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    last_used_at INTEGER,
    removed_at INTEGER,
    removed_by TEXT
) STRICT;
CREATE INDEX security_key_user ON security_key (user_id);

-- A challenge that was answered, until it would be too old anyway: none is answered twice.
CREATE TABLE answered_challenge (
    digest TEXT PRIMARY KEY,
    answered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX answered_challenge_at ON answered_challenge (answered_at);

-- When the person of this session last proved with a security key who they are.
ALTER TABLE session ADD COLUMN key_at INTEGER;

-- A role may also be asked for on the server's command line, which is no account: asked_by refers to none.
CREATE TABLE role_asked (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    role TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    agreed_at INTEGER,
    refused_at INTEGER,
    answered_by TEXT REFERENCES user_account(id)
) STRICT;
INSERT INTO role_asked (id, user_id, role, asked_at, asked_by, agreed_at, refused_at, answered_by)
    SELECT id, user_id, role, asked_at, asked_by, agreed_at, refused_at, answered_by FROM role_request;
DROP TABLE role_request;
ALTER TABLE role_asked RENAME TO role_request;
CREATE INDEX role_request_by_user ON role_request (user_id);
