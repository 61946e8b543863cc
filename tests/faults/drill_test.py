"""The restore drill: backups while people work, the machine gone, and all that was acknowledged there again on an empty one
(SECURITY.md 9.7, goal 15). Times are printed.

ROWAN_DRILL_MEGABYTES says how large the database is made first (0: as the demonstration is).
"""
import contextlib
import os
import shutil
import sqlite3
import time
import unittest

import ledger
from ledger import rowan
from sealed import Sealed

MEGABYTES = int(os.environ.get("ROWAN_DRILL_MEGABYTES", "0"))
ROW = 8000  # bytes of ballast a row: like a sealed record of the history


class Drill(Sealed):
    def timed(self, what, *arguments):
        began = time.monotonic()
        done = rowan.run(*arguments, timeout=3600)
        self.assertEqual(0, done.returncode, done.stderr)
        self.seconds[what] = time.monotonic() - began

    def grow(self, data):
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            for begin in range(0, MEGABYTES * 1_000_000 // ROW, 10_000):
                database.execute("WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                                 "INSERT INTO history SELECT 'ballast', printf('%012d', i), 1, 0, '', randomblob(?) FROM n",
                                 (begin, begin + 9_999, ROW))
                database.commit()

    def work_and_lose_the_machine(self):
        """The client's list, and the backups: full and two more under load, the last at rest."""
        self.seconds = {}
        data, store = self.demo(children=200), self.folder / "store"
        store.mkdir()
        self.grow(data)
        server = self.serve("--demo", "--data", data)
        book = ledger.Ledger(data)
        book.sign_in(server)
        words = ("backup", "--data", data, "--to", self.pub, "--out")
        self.timed("copy of the keyring", "backup", "keyring", "--data", data, "--to", self.pub, "--out", store / "keyring")
        answered = book.work(server, 60, lambda: self.timed("full backup under load", *words, store / "0"))
        answered += book.work(server, 60, lambda: self.timed("increment under load", *words, store / "1", "--since", store / "0"))
        self.timed("increment", *words, store / "2", "--since", store / "1")
        user = self.users(data)["Imogen Achterberg"]
        self.timed("emergency bundle", "emergency", "--data", data, "--to", self.pub, "--for", user, "--out", store / "bundle")
        self.assertEqual(0, server.stop())
        self.assertGreater(answered, 120)
        self.size = (data / "rowan.db").stat().st_size
        shutil.rmtree(data)
        data.with_name(data.name + ".keyring").unlink()
        return book, store

    def users(self, data):
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            return dict(database.execute("SELECT display_name, user_name FROM user_account"))

    def test_all_that_was_acknowledged_is_there_again_on_an_empty_machine(self):
        book, store = self.work_and_lose_the_machine()
        machine = self.folder / "machine"
        machine.mkdir()
        self.timed("restore", "restore", store / "2", "--data", machine / "data", "--key", self.key, "--keyring-copy", store / "keyring")
        began = time.monotonic()
        server = self.serve("--demo", "--data", machine / "data")
        self.seconds["open"] = time.monotonic() - began
        self.assertEqual([], book.wrong_words(server))
        server.stop()
        self.assertEqual([], book.wrong(machine / "data") + ledger.sound(machine / "data"))
        rate = self.size / 1e6 / self.seconds["restore"]
        print(f"restore drill: {self.size / 1e6:.1f} MB, {book.acknowledged()} acknowledged writes and looks, 0 lost; "
              + ", ".join(f"{what} {seconds:.2f} s" for what, seconds in self.seconds.items()) + f"; restored {rate:.0f} MB/s", flush=True)

        # What was taken in the middle of the work is sound, and what came after it is not in it: the list would tell.
        for name in ("0", "1"):
            self.succeed("restore", store / name, "--data", self.folder / name, "--key", self.key, "--keyring", machine / "data.keyring", timeout=3600)
            shutil.copy(machine / "data.keyring", self.folder / f"{name}.keyring")
            self.assertEqual([], ledger.sound(self.folder / name))
            self.assertNotEqual([], book.wrong(self.folder / name), "the list does not see what is missing")


if __name__ == "__main__":
    unittest.main()
