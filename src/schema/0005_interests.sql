-- What staff declare, which seals information governance has read and lifted, and records opened in an emergency.

-- What somebody who works here declares of themselves and of those close to them. content: sealed under the keyring.
CREATE TABLE declared_interest (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    kind TEXT NOT NULL CHECK (kind IN ('name', 'phone', 'home')),
    declared_at INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX declared_interest_user ON declared_interest (user_id);

-- A conflict seal follows from the records and the interests and is not stored (docs/decisions/0021-conflict-seals-follow.md).
-- Which officers have read of it; ties: what it rested on then (people/conflict.h), a sum of bits.
CREATE TABLE conflict_read (
    user_id TEXT NOT NULL REFERENCES user_account(id),
    person TEXT NOT NULL REFERENCES person(id),
    officer TEXT NOT NULL REFERENCES user_account(id),
    ties INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, person, officer, ties)
) STRICT;

-- Lifted by two: one asks, another agrees. Holds for these ties only. reason: sealed under the person's key.
CREATE TABLE conflict_lift (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    person TEXT NOT NULL REFERENCES person(id),
    ties INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    asked_by TEXT NOT NULL REFERENCES user_account(id),
    reason BLOB NOT NULL,
    agreed_at INTEGER,
    agreed_by TEXT REFERENCES user_account(id),
    refused_at INTEGER
) STRICT;
CREATE INDEX conflict_lift_user ON conflict_lift (user_id);

-- A record opened in an emergency. reason, note: sealed under the person's key.
CREATE TABLE emergency_look (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    person TEXT NOT NULL REFERENCES person(id),
    category TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    reason BLOB NOT NULL,
    reviewed_at INTEGER,
    reviewed_by TEXT REFERENCES user_account(id),
    outcome TEXT CHECK (outcome IN ('justified', 'not_justified')),
    note BLOB
) STRICT;
CREATE INDEX emergency_look_user ON emergency_look (user_id, ends_at);

-- Since when an account may lie idle: made, or given a new password. Zero: since it was made.
ALTER TABLE user_account ADD COLUMN active_since INTEGER NOT NULL DEFAULT 0;
