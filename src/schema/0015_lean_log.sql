-- Every look writes to every index of the log. What is asked of somebody's own entries is about few of them, so that
-- only these are in an index: signposts (S-053), and accounts that were closed.
DROP INDEX audit_entry_user;
CREATE INDEX audit_entry_signpost ON audit_entry (user_id, at) WHERE detail = 'signpost';
CREATE INDEX audit_entry_disabled ON audit_entry (at) WHERE act = 'disable';
