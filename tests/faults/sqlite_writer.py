"""Writes rows into a SQLite file and prints each number when its commit has returned: sqlite_writer.py FILE FULL|NORMAL."""
import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute(f"PRAGMA synchronous={sys.argv[2]}")
first = database.execute("SELECT coalesce(max(n), 0) + 1 FROM written").fetchone()[0]
for n in range(first, 1_000_000):
    database.execute("INSERT INTO written VALUES (?, randomblob(600))", (n,))
    print(n, flush=True)
