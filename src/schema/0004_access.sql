-- Who is protected and by what; who is named on whose record; what other processes must read again.

-- What a person is protected by (docs/decisions/0017-protection-belongs-to-the-person.md). All records of one person
-- bear the same; what they bore when they were linked stays with each when the link is undone.
ALTER TABLE person ADD COLUMN protection TEXT NOT NULL DEFAULT 'ordinary'
    CHECK (protection IN ('ordinary', 'safe_address', 'restricted', 'police_sensitive', 'sealed'));
UPDATE person SET protection = 'restricted' WHERE root IN (SELECT root FROM person WHERE sensitivity = 'restricted');
ALTER TABLE person DROP COLUMN sensitivity;
ALTER TABLE person RENAME COLUMN protection TO sensitivity;

-- Who is named on a protected record. person: the root at that time. The reasons are sealed under the person's key.
CREATE TABLE restricted_access (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    user_id TEXT NOT NULL REFERENCES user_account(id),
    granted_at INTEGER NOT NULL,
    granted_by TEXT NOT NULL,
    reason BLOB NOT NULL,
    removed_at INTEGER,
    removed_by TEXT,
    removal_reason BLOB
) STRICT;
CREATE INDEX restricted_access_person ON restricted_access (person, user_id);

CREATE TABLE sensitivity_change (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    was TEXT NOT NULL,
    becomes TEXT NOT NULL,
    at INTEGER NOT NULL,
    by_user TEXT NOT NULL,
    reason BLOB NOT NULL
) STRICT;
CREATE INDEX sensitivity_change_person ON sensitivity_change (person, at);

-- A decision that is undone keeps why.
ALTER TABLE link_decision ADD COLUMN undone_reason BLOB;

-- What has changed about whom, so that every process that holds the index in memory reads it again. origin: the process
-- that made the change and has read it already. Rows older than a day go; who has slept longer reads everything again.
CREATE TABLE people_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO people_state (id, last) VALUES (1, 0);
CREATE TABLE people_change (
    seq INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    at INTEGER NOT NULL,
    records TEXT NOT NULL
) STRICT;
CREATE INDEX people_change_at ON people_change (at);
