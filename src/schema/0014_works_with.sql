-- Who works with whom: to whom somebody is allocated, who was asked to a meeting, to whom a record was disclosed.
-- person: the root at that time, so that undoing a link leaves it with whom it was given for. Nothing here expires by
-- itself: what is in force is asked of the clock. The purpose is sealed under the person's key.
CREATE TABLE works_with (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person(id),
    user_id TEXT NOT NULL REFERENCES user_account(id),
    kind TEXT NOT NULL CHECK (kind IN ('allocated', 'meeting', 'disclosure')),
    meeting_on TEXT,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    given_at INTEGER NOT NULL,
    given_by TEXT NOT NULL,
    purpose BLOB NOT NULL,
    ended_at INTEGER,
    ended_by TEXT,
    CHECK ((kind = 'allocated') = (until_at IS NULL)),
    CHECK ((kind = 'meeting') = (meeting_on IS NOT NULL))
) STRICT;
CREATE INDEX works_with_person ON works_with (person);
CREATE INDEX works_with_user ON works_with (user_id) WHERE ended_at IS NULL;

-- Colleagues of one agency and team see whom each of them is allocated to; '' is no team.
ALTER TABLE user_account ADD COLUMN team TEXT NOT NULL DEFAULT '';
