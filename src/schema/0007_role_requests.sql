-- A role is asked for by one and agreed to by another (partnership/role_requests.h).
CREATE TABLE role_request (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    role TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    asked_by TEXT NOT NULL REFERENCES user_account(id),
    agreed_at INTEGER,
    refused_at INTEGER,
    answered_by TEXT REFERENCES user_account(id)
) STRICT;
CREATE INDEX role_request_user ON role_request (user_id);
