-- What information governance found when it asked about looking that the rules pointed out (people/odd_looks.h). week: its
-- Monday. note: sealed under the keyring.
CREATE TABLE odd_look_review (
    user_id TEXT NOT NULL REFERENCES user_account(id),
    kind TEXT NOT NULL,
    week TEXT NOT NULL,
    reviewed_at INTEGER NOT NULL,
    reviewed_by TEXT NOT NULL REFERENCES user_account(id),
    outcome TEXT NOT NULL CHECK (outcome IN ('explained', 'passed_on')),
    note BLOB NOT NULL,
    PRIMARY KEY (user_id, kind, week)
) STRICT;
