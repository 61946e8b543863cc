-- Every column that a figure about missing children is counted from, in the order in which episodes began: a year is
-- read from this index alone, without the rows and the sealed content that they carry (insight/missing_lines.cpp).
DROP INDEX missing_episode_from;
CREATE INDEX missing_episode_from ON missing_episode
    (missing_from, id, withdrawn_at, person, kind, context, looked_after, returned_at, confirmed_at, found_at,
     safe_and_well_at, home_area, placement_area, responsible_la, placement_home, found_place, risk, harm, age_at, ref);
-- Who was found to be somebody else.
CREATE INDEX person_elsewhere ON person (id, root) WHERE root <> id;
-- Whose records are in nobody's queue: few among all, and asked for with every list of pairs that wait.
CREATE INDEX person_shielded ON person (root) WHERE sensitivity IN ('restricted', 'police_sensitive', 'sealed');
-- What waits for somebody: little among all there ever was.
CREATE INDEX front_door_decision_waits ON front_door_decision (referral) WHERE acknowledged_at IS NULL;
CREATE INDEX screening_waits ON screening (agency, completed_at, id) WHERE reviewed_at IS NULL;
