-- The person index. Names, exact dates of birth, identifiers, addresses and contacts are sealed in `identity`;
-- codes, areas and dates of events stay queryable.

-- A person begins as what one agency said. Linking two makes one the child of the other (merged_into); the person
-- that people see is the root. Undoing a link clears merged_into, and both are as they were. Every count of children goes
-- from a flag to its person: WITHOUT ROWID finds them in one tree instead of two (docs/performance.md, Table 1).
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    merged_into TEXT REFERENCES person(id),
    root TEXT NOT NULL,
    sensitivity TEXT NOT NULL CHECK (sensitivity IN ('ordinary', 'restricted')),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX person_root ON person (root);
CREATE INDEX person_merged ON person (merged_into);

CREATE TABLE agency_record (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    agency TEXT NOT NULL REFERENCES agency(code),
    local_ref_index TEXT NOT NULL,
    sex TEXT NOT NULL,
    area TEXT NOT NULL,
    postcode_status TEXT NOT NULL,
    identity BLOB NOT NULL,
    import_id TEXT,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (agency, local_ref_index)
) STRICT;
CREATE INDEX agency_record_person ON agency_record (person);

-- S-053: which agency has set which flag on whom. age_at is a snapshot: the age on the day the flag was set. root: the
-- one person behind the record, as in person; it moves with every link, so that Table 1 is counted from this table alone.
CREATE TABLE agency_flag (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL REFERENCES agency_record(id),
    root TEXT NOT NULL REFERENCES person(id),
    agency TEXT NOT NULL REFERENCES agency(code),
    flag TEXT NOT NULL,
    set_on TEXT NOT NULL,
    cleared_on TEXT,
    age_at INTEGER,
    sex TEXT NOT NULL,
    area TEXT NOT NULL,
    UNIQUE (record, flag, set_on)
) STRICT;
CREATE INDEX agency_flag_root ON agency_flag (root);

-- What a person decided about two records: same, different or unsure. "Different" is never proposed again.
-- For "same": which person was put under which, so that it can be undone exactly. The reason is what somebody wrote:
-- sealed under the key of record_a's person.
CREATE TABLE link_decision (
    id TEXT PRIMARY KEY,
    record_a TEXT NOT NULL REFERENCES agency_record(id),
    record_b TEXT NOT NULL REFERENCES agency_record(id),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different', 'unsure')),
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    reason BLOB NOT NULL,
    weight_thousandths INTEGER NOT NULL,
    kept TEXT,
    absorbed TEXT,
    undone_at INTEGER,
    undone_by TEXT
) STRICT;
CREATE INDEX link_decision_a ON link_decision (record_a);
CREATE INDEX link_decision_b ON link_decision (record_b);

CREATE TABLE link_proposal (
    record_a TEXT NOT NULL REFERENCES agency_record(id),
    record_b TEXT NOT NULL REFERENCES agency_record(id),
    weight_thousandths INTEGER NOT NULL,
    proposed_at INTEGER NOT NULL,
    decided_at INTEGER,
    PRIMARY KEY (record_a, record_b)
) STRICT;
CREATE INDEX link_proposal_open ON link_proposal (decided_at, weight_thousandths);
CREATE INDEX link_proposal_b ON link_proposal (record_b);

-- Children missing out on education (S-058, S-063). points: comma-separated codes that overlap (never totalled).
CREATE TABLE education_missing (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL REFERENCES agency_record(id),
    person TEXT NOT NULL REFERENCES person(id),
    area TEXT NOT NULL,
    started_on TEXT NOT NULL,
    ended_on TEXT,
    points TEXT NOT NULL,
    UNIQUE (record, started_on)
) STRICT;

-- Exclusions by learning partnership, as counts (S-061).
CREATE TABLE exclusion_count (
    partnership TEXT NOT NULL,
    academic_year TEXT NOT NULL,
    as_at TEXT NOT NULL,
    fixed_term INTEGER NOT NULL,
    permanent INTEGER NOT NULL,
    number_on_roll INTEGER,
    import_id TEXT NOT NULL,
    PRIMARY KEY (partnership, academic_year, as_at)
) STRICT;

CREATE TABLE import_batch (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL REFERENCES agency(code),
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('preview', 'committed', 'abandoned')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    committed_at INTEGER,
    lines INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    content BLOB,
    version INTEGER NOT NULL
) STRICT;
