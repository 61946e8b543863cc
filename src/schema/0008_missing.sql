-- Missing episodes, and the return interviews that follow them. What people wrote is sealed in `content` under a key
-- of the record's own; times, codes and areas stay queryable. Where an episode stands follows from its times.
CREATE TABLE missing_episode (
    id TEXT PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES person(id),
    context TEXT NOT NULL,
    kind TEXT NOT NULL,
    risk TEXT NOT NULL,
    missing_from INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    found_at INTEGER,
    returned_at INTEGER,
    confirmed_at INTEGER,
    safe_and_well_at INTEGER,
    withdrawn_at INTEGER,
    taken_at INTEGER,
    taken_by TEXT NOT NULL,
    reported_by TEXT NOT NULL,
    reporting_agency TEXT NOT NULL REFERENCES agency(code),
    lead_agency TEXT NOT NULL REFERENCES agency(code),
    harm TEXT NOT NULL,
    looked_after INTEGER NOT NULL,
    responsible_la TEXT NOT NULL,
    home_area TEXT NOT NULL,
    placement_area TEXT NOT NULL,
    placement_home TEXT NOT NULL,
    found_place TEXT NOT NULL,
    age_at INTEGER,
    content BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX missing_episode_person ON missing_episode (person, missing_from);
CREATE INDEX missing_episode_from ON missing_episode (missing_from);
-- Who is missing now: the board asks for nothing else.
CREATE INDEX missing_episode_now ON missing_episode (confirmed_at, withdrawn_at, missing_from);

-- themes: comma-separated codes (H-065)
CREATE TABLE return_interview (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    response TEXT NOT NULL,
    offered_at INTEGER,
    parent_offered_at INTEGER,
    scheduled_at INTEGER,
    completed_at INTEGER,
    interviewer TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agency(code),
    independent INTEGER NOT NULL,
    seen_alone INTEGER NOT NULL,
    themes TEXT NOT NULL,
    content BLOB NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX return_interview_person ON return_interview (person);
CREATE INDEX return_interview_completed ON return_interview (completed_at);

-- One interview may cover several episodes, and an episode may be offered one again. offered_at and completed_at
-- are this episode's own: an offer made before the young person came back is no offer about this time.
CREATE TABLE interview_episode (
    interview TEXT NOT NULL REFERENCES return_interview(id),
    episode TEXT NOT NULL REFERENCES missing_episode(id),
    offered_at INTEGER,
    completed_at INTEGER,
    PRIMARY KEY (interview, episode)
) STRICT;
CREATE INDEX interview_episode_episode ON interview_episode (episode);

-- Where postcodes are, from the file that the partnership loads (the columns of the ONS Postcode Directory): metres of
-- the national grid, and the scheme's area. Only postcodes of areas inside the county are kept.
CREATE TABLE postcode_place (
    postcode TEXT PRIMARY KEY,
    easting INTEGER NOT NULL,
    northing INTEGER NOT NULL,
    area TEXT NOT NULL
) STRICT;

-- Names, vehicles and places that somebody mentioned, held for those who work with intelligence. `likeness` is a keyed
-- digest of the tidied words: the same vehicle is found in every episode without opening one. What was said, and by
-- whom, is sealed under the key of its source, an episode or an interview.
CREATE TABLE mention (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    episode TEXT NOT NULL REFERENCES missing_episode(id),
    person TEXT NOT NULL REFERENCES person(id),
    kind TEXT NOT NULL,
    likeness TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    decided_at INTEGER,
    decided_by TEXT NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (source, kind, likeness)
) STRICT;
CREATE INDEX mention_held ON mention (state, said_at);
CREATE INDEX mention_like ON mention (kind, likeness);
CREATE INDEX mention_person ON mention (person);

-- Missing so often that a strategy discussion is proposed: what the front door decided, and after which episode. A later
-- episode proposes it again.
CREATE TABLE strategy_decision (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    episode TEXT NOT NULL REFERENCES missing_episode(id),
    held INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX strategy_decision_person ON strategy_decision (person, decided_at);
