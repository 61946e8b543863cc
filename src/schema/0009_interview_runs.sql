-- What the figures ask about an episode's interviews stands beside the pair, in the order in which episodes began: a
-- year's tables read two runs of neighbours, and look up no interview (docs/decisions/0027-a-year-is-read-in-runs.md).
-- missing_from is the episode's; response, first_offered_at and parent_offered_at are the interview's; `rowan fsck`
-- compares them.
ALTER TABLE interview_episode ADD COLUMN missing_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interview_episode ADD COLUMN response TEXT NOT NULL DEFAULT '';
ALTER TABLE interview_episode ADD COLUMN first_offered_at INTEGER;
ALTER TABLE interview_episode ADD COLUMN parent_offered_at INTEGER;
UPDATE interview_episode SET
    missing_from = (SELECT e.missing_from FROM missing_episode e WHERE e.id = interview_episode.episode),
    response = (SELECT i.response FROM return_interview i WHERE i.id = interview_episode.interview),
    first_offered_at = (SELECT i.offered_at FROM return_interview i WHERE i.id = interview_episode.interview),
    parent_offered_at = (SELECT i.parent_offered_at FROM return_interview i WHERE i.id = interview_episode.interview);
CREATE INDEX interview_episode_from ON interview_episode
    (missing_from, episode, interview, offered_at, completed_at, response, first_offered_at, parent_offered_at);
DROP INDEX missing_episode_from;
CREATE INDEX missing_episode_from ON missing_episode (missing_from, id);
