-- Where the people of an agency sign in: with passphrases kept here, or at a provider of their own (OpenID Connect).

-- client_secret: sealed under the keyring. keys: the provider's public keys as last read.
CREATE TABLE agency_provider (
    agency TEXT PRIMARY KEY REFERENCES agency(code),
    issuer TEXT NOT NULL,
    client TEXT NOT NULL,
    client_secret BLOB NOT NULL,
    authorisation_endpoint TEXT NOT NULL,
    token_endpoint TEXT NOT NULL,
    keys_endpoint TEXT NOT NULL,
    acr TEXT NOT NULL,
    keys TEXT NOT NULL,
    keys_read_at INTEGER NOT NULL,
    bound_at INTEGER NOT NULL,
    bound_by TEXT NOT NULL
) STRICT;

-- Who somebody is there. subject: a keyed digest of the issuer and its subject; no name and no e-mail address.
CREATE TABLE account_identity (
    subject TEXT PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE REFERENCES user_account(id),
    bound_at INTEGER NOT NULL,
    invitation TEXT NOT NULL
) STRICT;

-- The right to bind one account once. Its code follows from the id and the keyring and is not stored.
CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX invitation_user ON invitation (user_id);

-- One browser on its way through a provider; for ten minutes. handle: digest of what its cookie holds. session: the one
-- whose person proves again who they are. next: where they go then.
CREATE TABLE sign_in_way (
    handle TEXT PRIMARY KEY,
    agency TEXT NOT NULL REFERENCES agency(code),
    began_at INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('sent', 'asked', 'proved', 'failed')),
    invitation TEXT,
    session TEXT,
    next TEXT NOT NULL,
    asked_at INTEGER,
    subject TEXT,
    provider_session TEXT,
    proven_at INTEGER,
    fault TEXT
) STRICT;
CREATE INDEX sign_in_way_began ON sign_in_way (began_at);

-- A session that began at a provider, and when its person last proved there who they are.
ALTER TABLE session ADD COLUMN subject TEXT;
ALTER TABLE session ADD COLUMN provider_session TEXT;
ALTER TABLE session ADD COLUMN proven_at INTEGER;
CREATE INDEX session_by_subject ON session (subject);
