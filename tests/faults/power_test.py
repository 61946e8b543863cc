"""Power cuts at any moment, on a disk that keeps only what was synced (SECURITY.md 6.10, goal 10).

Un-synced writes are lost, reordered and torn at 512 bytes; new names are lost unless their folder was synced.
ROWAN_CUTS says how many (100).
"""
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

import ledger
import power
from ledger import rowan

CUTS = int(os.environ.get("ROWAN_CUTS", "100"))
HERE = pathlib.Path(__file__).resolve().parent


class Power(rowan.Case):
    def setUp(self):
        super().setUp()
        power.needed()
        self.store = self.folder / "disk"
        self.store.mkdir()

    def disk(self, seed, **options):
        disk = power.Disk(self.store, seed, **options)
        self.addCleanup(disk.unmount)
        return disk

    def rounds(self, book, cuts, answered_least=0, **options):
        """The faults after each cut, until there is one."""
        chance = random.Random(10)
        answered = 0
        for n in range(cuts):
            disk = self.disk(n, **options)
            server = self.serve("--demo", "--data", disk.folder / "county")
            if n == 0:
                book.sign_in(server)
            book.send_again(server)
            faults = book.wrong_words(server)
            answered += book.work(server, chance.randrange(30), disk.cut)
            server.kill()
            server.stop()
            disk.unmount()
            faults += ledger.sound(self.store / "county") + book.wrong(self.store / "county")
            if faults:
                return faults
        self.assertGreater(answered, answered_least)
        return []

    def made_and_cut(self, n, **options):
        """What is wrong with a new partnership when the power fails at the moment when rowan init has ended."""
        disk = self.disk(n, **options)
        self.succeed("init", "--data", disk.folder / f"new-{n}", "--scheme", "solihull")
        disk.cut()
        disk.unmount()
        return ledger.sound(self.store / f"new-{n}")

    def county(self):
        made = self.demo()
        shutil.move(made, self.store / "county")
        shutil.move(f"{made}.keyring", self.store / "county.keyring")
        return ledger.Ledger(self.store / "county")


class Cuts(Power):
    def test_what_was_acknowledged_is_there_once_after_each_cut(self):
        book = self.county()
        self.assertEqual([], self.rounds(book, CUTS, answered_least=10 * CUTS))
        print(f"{CUTS} power cuts, {book.acknowledged()} acknowledged writes and looks, 0 lost", flush=True)

    def test_a_partnership_that_was_made_is_there_after_a_cut(self):
        for n in range(5):
            self.assertEqual([], self.made_and_cut(n))

    def test_a_backup_that_was_written_and_one_that_was_restored_are_there_after_a_cut(self):
        self.county()
        key = self.folder / "offline"
        self.succeed("backup", "keys", "--out", key)
        for n in range(5):
            disk = self.disk(n)
            self.succeed("backup", "--data", disk.folder / "county", "--to", f"{key}.pub", "--out", disk.folder / f"{n}.backup")
            self.succeed("restore", disk.folder / f"{n}.backup", "--data", disk.folder / f"again-{n}", "--key", key,
                         "--keyring", disk.folder / "county.keyring")
            disk.cut()
            disk.unmount()
            self.succeed("fsck", "--data", self.store / f"again-{n}", "--keyring", self.store / "county.keyring")
            self.succeed("restore", self.store / f"{n}.backup", "--data", self.folder / f"elsewhere-{n}", "--key", key,
                         "--keyring", self.store / "county.keyring")


class NegativeControl(Power):
    """The disk does lose, and the client does notice."""

    def test_a_disk_that_lies_about_fsync_loses_what_was_acknowledged(self):
        self.assertNotEqual([], self.rounds(self.county(), 20, lying=True))

    def test_a_disk_that_lies_loses_a_new_partnership(self):
        self.assertTrue(any(self.made_and_cut(n, lying=True) for n in range(5)))

    def lost(self, synchronous, cuts):
        """How many of the cuts lost rows whose commit had returned."""
        with sqlite3.connect(self.store / "rows.db") as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE written (n INTEGER PRIMARY KEY, bytes BLOB)")
        database.close()
        losses = 0
        for n in range(cuts):
            disk = self.disk(n)
            writer = subprocess.Popen([sys.executable, str(HERE / "sqlite_writer.py"), str(disk.folder / "rows.db"), synchronous],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            first = int(writer.stdout.readline())
            time.sleep(0.05)
            disk.cut()
            writer.kill()
            told = [int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            writer.stdout.close()
            writer.wait()
            disk.unmount()
            database = sqlite3.connect(self.store / "rows.db")
            kept = database.execute("SELECT coalesce(max(n), 0) FROM written").fetchone()[0]
            database.close()
            losses += kept < max(told, default=first)
        return losses

    def test_synchronous_full_keeps_what_synchronous_normal_loses(self):
        self.assertEqual(0, self.lost("FULL", 10))
        (self.store / "rows.db").unlink()
        self.assertGreater(self.lost("NORMAL", 10), 0)


if __name__ == "__main__":
    unittest.main()
