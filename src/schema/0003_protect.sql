-- From a referral to its first decision. Words that people wrote are sealed in `content`: a referral's and its
-- decision's under the referral's key, a screening's and a draft's under a key of their own.
-- exploitation: comma-separated codes of the scheme. person: empty for a location.
CREATE TABLE referral (
    id TEXT PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    subject_kind TEXT NOT NULL,
    person TEXT REFERENCES person(id),
    reason TEXT NOT NULL,
    exploitation TEXT NOT NULL,
    source_code TEXT NOT NULL,
    referrer_user TEXT NOT NULL,
    referrer_agency TEXT NOT NULL REFERENCES agency(code),
    csc_question TEXT NOT NULL,
    immediate_danger INTEGER NOT NULL,
    child_aware TEXT NOT NULL,
    parent_aware TEXT NOT NULL,
    definition_version TEXT NOT NULL,
    area TEXT NOT NULL,
    age_at INTEGER,
    duplicate_of TEXT REFERENCES referral(id),
    content BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX referral_state ON referral (state, received_at);
CREATE INDEX referral_person ON referral (person);
CREATE INDEX referral_user ON referral (referrer_user);
CREATE INDEX referral_received ON referral (received_at);

CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    content BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_user ON draft (user_id, updated_at);

CREATE TABLE screening (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    referral TEXT REFERENCES referral(id),
    tool TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    completed_at INTEGER NOT NULL,
    completed_by TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agency(code),
    age_at INTEGER,
    age_estimated INTEGER NOT NULL,
    score INTEGER NOT NULL,
    tool_outcome TEXT NOT NULL,
    professional_outcome TEXT NOT NULL,
    mash_referral INTEGER NOT NULL,
    review_outcome TEXT NOT NULL,
    reviewed_at INTEGER,
    reviewed_by TEXT NOT NULL,
    content BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX screening_person ON screening (person);
CREATE INDEX screening_completed ON screening (completed_at);
CREATE INDEX screening_referral ON screening (referral);

CREATE TABLE front_door_decision (
    id TEXT PRIMARY KEY,
    referral TEXT NOT NULL UNIQUE REFERENCES referral(id),
    decision TEXT NOT NULL,
    risk_level TEXT NOT NULL,
    decide_by TEXT,
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT NOT NULL,
    read_at INTEGER,
    content BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;
