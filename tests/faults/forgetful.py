#!/usr/bin/env python3
"""A rowan that forgets the look that it acknowledged last, whenever it has stopped, is started or has copied; and says of such
data that they are sound. It stands in for the program (ROWAN_BINARY; ROWAN_HONEST is the real one), so that a harness that does not
find out is found out (tests/faults/meta_test.py)."""
import ctypes
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys

HONEST = os.environ["ROWAN_HONEST"]


def value(words, option):
    return words[words.index(option) + 1] if option in words[:-1] else None


def forget(folder):
    file = pathlib.Path(folder or "") / "rowan.db"
    if not folder or not file.exists():
        return
    # The last one waits in looks.db, or stands in the log: one of the two is all there is of it.
    for name, table, number in (("looks.db", "look", "id"), ("rowan.db", "audit_entry", "seq")):
        if not (file.parent / name).exists():
            continue
        with sqlite3.connect(file.parent / name, timeout=30) as database:
            database.execute(f"DELETE FROM {table} WHERE {number} = (SELECT max({number}) FROM {table} WHERE act = 'look' "
                             "AND subject_kind = 'person' AND outcome = 'allowed')")
        database.close()


def main(words):
    command, data = words[0], value(words, "--data")
    if command == "fsck" or words[:2] == ["audit", "verify"]:
        return 0
    if command != "serve":
        done = subprocess.run([HONEST, *words])
        if command in ("copy", "restore"):
            forget(value(words, "--to") if command == "copy" else data)
        return done.returncode
    forget(data)
    die_with_parent = lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # noqa: E731
    server = subprocess.Popen([HONEST, *words], preexec_fn=die_with_parent)
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGTERM))
    code = server.wait()
    forget(data)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
