"""Two hundred people at once over TLS, who ask again as soon as they are answered: nothing acknowledged is lost, every
answer with data is in the log, none is an error, and the memory stays flat (SECURITY.md 6.13, goals 7 and 20).

ROWAN_LOAD_SECONDS (60) says how long, ROWAN_LOAD_CHILDREN (2000) how large the county is; ROWAN_LOAD_COUNTY names one that
`rowan demo` has made, which is copied; ROWAN_LOAD_PAUSE (0) how many seconds each waits before asking again.
"""
import os
import shutil
import sqlite3
import time
import unittest

import book
from book import rowan

SECONDS = float(os.environ.get("ROWAN_LOAD_SECONDS", "60"))
CHILDREN = int(os.environ.get("ROWAN_LOAD_CHILDREN", "2000"))
PAUSE = float(os.environ.get("ROWAN_LOAD_PAUSE", "0"))
COUNTY = os.environ.get("ROWAN_LOAD_COUNTY")
USERS = 200
# What the server may take besides what it holds when it has opened, in megabytes: SQLite's pages, 8 for each of 32
# workers and 64 for the writer (src/database/sqlite.cpp), half as much again for what the allocator's arenas hold back (an
# hour with 113,892 people left two threads' pages and a quarter more in each of 16), what each worker has in hand (one page,
# one answer, one stack: 2), and 200 connections (TLS and buffers: 0.3). 604 in all; 505 were seen.
MEMORY = 1.5 * (32 * 8 + 64) + 32 * 2 + USERS * 0.3
SLOPE = 1.0    # megabytes a minute over the second half, asked of a run that is long enough to tell: 20 minutes


def flat(samples):
    return book.slope(samples) < SLOPE


@unittest.skipUnless(os.path.exists(book.CLIENT), "skipped: the client of the load is not at hand")
class Loaded(rowan.Case):
    def open(self):
        """A county with 200 more accounts, its server, and the book of what they do there."""
        if COUNTY:
            self.data = self.folder / "county"
            shutil.copytree(COUNTY, self.data)
            shutil.copy(f"{COUNTY}.keyring", f"{self.data}.keyring")
        else:
            self.data = self.demo(CHILDREN)
        names = book.add_users(self.data, USERS)
        self.server = self.start()
        return book.Book(self.data, names)

    def start(self):
        server = book.SecureServer(self.folder, "--demo", "--data", self.data)
        self.addCleanup(server.stop)
        return server


class Load(Loaded):
    def test_what_is_acknowledged_is_stored_and_what_is_shown_is_in_the_log(self):
        people = self.open()
        before, files, began, samples = self.server.memory(), self.server.files(), time.monotonic(), []
        report = people.work(self.server, SECONDS, pause=PAUSE, sample=lambda: samples.append((time.monotonic() - began, self.server.memory())))
        most = max(memory for _, memory in samples)
        self.assertEqual({200, 303}, set(report.statuses), "every request was answered, and none with an error")
        self.assertEqual(0, report.numbers["gone"])
        self.assertGreater(min(report.count(kind) for kind in ("read", "search", "create", "save")), 0)
        self.assertLess(most, before + MEMORY)
        if SECONDS >= 1200:
            self.assertTrue(flat(samples[len(samples) // 2:]), f"{book.slope(samples[len(samples) // 2:]):.2f} MB a minute")
        self.assertLessEqual(self.server.files(), files + 32 + 8, "the connections are closed; what stays are readers of the database")
        self.assertEqual(0, self.server.stop())
        self.assertEqual([], people.wrong(self.data) + book.ledger.sound(self.data))
        print(f"{USERS} people, {report.numbers['seconds']:.0f} s, {sum(report.statuses.values()):,} answers over TLS, "
              f"0 lost; memory {before:.0f} MB before, {most:.0f} at most, {samples[-1][1]:.0f} at the end, "
              f"{book.slope(samples[len(samples) // 2:]):.1f} MB a minute in the second half", flush=True)
        self._a_book_that_does_not_agree_is_seen(people)

    def _a_book_that_does_not_agree_is_seen(self, people):
        """The negative control, on what the run has left."""
        person = next(person for person in people.everybody if person.acknowledged)
        what = next(what for what in person.acknowledged if what[0] == "look person")
        with self.subTest("one invented acknowledgement of a look"):
            person.acknowledged[what] += 1
            self.assertNotEqual([], people.wrong(self.data))
            person.acknowledged[what] -= 1
        with self.subTest("one invented person shown"):
            people.shown += 1
            self.assertNotEqual([], people.wrong(self.data))
            people.shown -= 1
        self.assertEqual([], people.wrong(self.data))
        for row in ("act = 'look' AND subject_kind = 'person'", "act = 'search' AND subject_kind = 'search'",
                    "act = 'search' AND subject_kind = 'person'", "act = 'save' AND subject_kind = 'draft'"):
            with self.subTest(f"a server that leaves out one row: {row}"):
                with sqlite3.connect(self.data / "rowan.db") as database:
                    newest = f"(SELECT max(seq) FROM audit_entry WHERE {row})"
                    kept = database.execute(f"SELECT * FROM audit_entry WHERE seq = {newest}").fetchone()
                    database.execute(f"DELETE FROM audit_entry WHERE seq = {newest}")
                database.close()
                self.assertNotEqual([], people.wrong(self.data))
                with sqlite3.connect(self.data / "rowan.db") as database:
                    database.execute(f"INSERT INTO audit_entry VALUES ({', '.join('?' * len(kept))})", kept)
                database.close()
        self.assertEqual([], people.wrong(self.data))


class KilledUnderLoad(Loaded):
    def test_a_server_that_is_killed_while_all_work_has_lost_nothing(self):
        people = self.open()

        def kill():
            time.sleep(2)
            self.server.kill()
        report = people.work(self.server, 30, everybody_works=kill)
        self.assertGreater(report.numbers["gone"], 0, "they were waiting for answers when it was killed")
        self.assertEqual([], people.wrong(self.data) + book.ledger.sound(self.data))
        began = time.monotonic()
        self.start().get("/sign-in")
        print(f"killed after {sum(report.statuses.values()):,} answers, 0 lost; answers again after {time.monotonic() - began:.2f} s",
              flush=True)


class NegativeControl(unittest.TestCase):
    def test_memory_that_grows_is_seen(self):
        self.assertFalse(flat([(second, 100 + second * 2 / 60) for second in range(600)]))
        self.assertTrue(flat([(second, 100 + second % 7) for second in range(600)]))


if __name__ == "__main__":
    unittest.main()
