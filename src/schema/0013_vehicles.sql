-- The vehicles that came up about a person in their missing episodes and return interviews, as the keyed digests that
-- `mention` holds: staff who declared the same registration are sealed out of that person (people/vehicle_store.h).
CREATE TABLE person_vehicle (
    source TEXT NOT NULL,
    likeness TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person(id),
    PRIMARY KEY (source, likeness)
) STRICT;
CREATE INDEX person_vehicle_person ON person_vehicle (person);
INSERT INTO person_vehicle (source, likeness, person)
    SELECT source, likeness, person FROM mention WHERE kind = 'vehicle';

-- Vehicles may be declared too: the same table, which knows one kind more.
CREATE TABLE interest_declared (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account(id),
    kind TEXT NOT NULL CHECK (kind IN ('name', 'phone', 'home', 'vehicle')),
    declared_at INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
INSERT INTO interest_declared (id, user_id, kind, declared_at, content)
    SELECT id, user_id, kind, declared_at, content FROM declared_interest;
DROP TABLE declared_interest;
ALTER TABLE interest_declared RENAME TO declared_interest;
CREATE INDEX declared_interest_user ON declared_interest (user_id);
