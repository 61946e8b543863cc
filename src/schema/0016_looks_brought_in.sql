-- A file of looks that wait for the log (looks.db, ADR 0046), and the number of the last of them that stands in the log:
-- written in the transaction that brings them in, so that each look is there once, whatever interrupts it.
CREATE TABLE look_file (
    id TEXT PRIMARY KEY,
    brought INTEGER NOT NULL
) STRICT;
