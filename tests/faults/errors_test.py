"""The nth fsync, write or change of size fails; the nth allocation fails; the clock jumps; the process dies at the nth write.

SECURITY.md 6.10, goals 7 and 12. In each case: what was acknowledged is there once, what was not is said so, and no look is
answered that is not in the log. ROWAN_EVERY=1 tries every n; otherwise each n up to 4, and then every few.
"""
import errno
import http.client
import os
import pathlib
import shutil
import sqlite3
import subprocess
import threading
import unittest

import ledger
import shim
from ledger import rowan

EVERY = os.environ.get("ROWAN_EVERY") == "1"
SCHEMA = sorted((rowan.ROOT / "src" / "schema").glob("*.sql"))


def places(last, most):
    """The n to try of 1..last: all, or the first four and others evenly."""
    if EVERY or last <= most:
        return list(range(1, last + 1))
    return sorted({1, 2, 3, 4, last, *range(5, last, max(1, last // max(1, most - 5)))})


class Faulty(rowan.Case):
    def setUp(self):
        super().setUp()
        self.faults = shim.Faults(self.folder)
        self.data = self.demo()
        self.server = None
        self.book = ledger.Ledger(self.data, ledger.PEOPLE[:1])
        self.person = self.book.everybody[0]

    def open(self):
        if self.server is None or self.server.process.poll() is not None:
            self.server = self.serve("--demo", "--data", self.data, environment=self.faults.environment)
            if not self.person.cookie:
                self.book.sign_in(self.server)
            self.book.send_again(self.server)
            self.person.going = None

    def refer(self):
        """One referral from beginning to end, with looks; stops where the server answers no more."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            self.person.refer(connection, threading.Event())
        except ledger.Gone:
            pass
        finally:
            connection.close()

    def look_anew(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            return self.person.look(connection)[0]
        finally:
            connection.close()

    def close(self):
        if self.server is not None:
            self.server.stop()
            self.server = None

    def right(self, told=""):
        self.close()
        self.assertEqual([], self.book.wrong(self.data) + ledger.sound(self.data), told)


class FailingDisk(Faulty):
    def warm_up(self):
        """The first write to each file makes SQLite sync its folder; it passes over an error of that, and Rowan has synced it before."""
        self.look_anew()
        self.book.sign_in(self.server)

    def fails(self, what, code, most, ends):
        """Fails each nth call; `ends` says whether the server must stop serving then."""
        self.open()
        for n in places(self.faults.count(what, self.refer), most):
            with self.subTest(n=n, code=errno.errorcode[code]):
                self.open()
                self.warm_up()
                self.faults.arm(what, code, n)
                self.refer()
                hits = self.faults.disarm()
                if ends and hits:
                    self.assertEqual(1, self.server.process.wait(10), "it stops, and says that something is wrong")
                    self.right()
                    continue
                self.person.going = None
                before = self.person.statuses[503]
                self.refer()
                self.assertEqual(before, self.person.statuses[503], "it goes on without a restart")
        self.right()

    def test_an_fsync_that_fails_ends_the_server(self):
        self.fails(shim.SYNC, errno.EIO, 8, ends=True)

    def test_a_folder_that_cannot_be_synced_is_not_opened(self):
        self.open()
        self.close()
        self.faults.arm(shim.SYNC, errno.EIO)
        with self.assertRaises(RuntimeError):
            self.open()
        self.assertEqual(1, self.faults.disarm())
        self.open()
        self.refer()
        self.right()

    def test_an_fsync_without_room_ends_the_server(self):
        self.fails(shim.SYNC, errno.ENOSPC, 4, ends=True)

    def test_a_write_that_fails_ends_the_server(self):
        self.fails(shim.WRITE, errno.EIO, 10, ends=True)

    def test_a_write_without_room_is_refused_and_the_next_succeeds(self):
        self.fails(shim.WRITE, errno.ENOSPC, 14, ends=False)

    def test_an_interrupted_write_is_written(self):
        self.fails(shim.WRITE, errno.EINTR, 6, ends=False)

    def test_a_disk_that_stays_full_shows_nothing_and_needs_no_restart(self):
        for n in places(12, 6):
            with self.subTest(n=n):
                self.open()
                self.refer()
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
                self.faults.arm(shim.WRITE, errno.ENOSPC, n, lasting=True)
                for _ in range(n + 2):
                    status, content = self.person.look(connection)
                self.assertEqual(503, status, "a look that cannot be recorded is not answered")
                self.assertNotIn(self.person.people[0].encode(), content)
                self.faults.disarm()
                self.assertEqual(200, self.person.look(connection)[0])
                connection.close()
        self.right()


class Ready(Faulty):
    def test_it_is_not_ready_while_the_log_cannot_be_written(self):
        server = self.serve("--demo", "--data", self.data, "--operations", "127.0.0.1:0", environment=self.faults.environment)
        port = int(server.process.stdout.readline().rsplit(":", 1)[1])

        def ready():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/ready")
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            return answer.status, text

        self.assertEqual((200, "ready\n"), ready())
        self.faults.arm(shim.WRITE, errno.ENOSPC, lasting=True)
        self.assertEqual((503, "audit\n"), ready())
        self.faults.disarm()
        self.assertEqual((200, "ready\n"), ready())


class NoMemory(Faulty):
    def test_an_allocation_that_fails_costs_one_answer_at_most(self):
        self.open()
        total = self.faults.count(shim.ALLOCATE, self.refer)
        refused = ended = 0
        for n in places(total, 40):
            with self.subTest(n=n):
                self.open()
                before = self.person.statuses[500] + self.person.statuses[503]
                self.faults.arm(shim.ALLOCATE, errno.ENOMEM, n)
                self.refer()
                self.faults.disarm()
                self.person.going = None
                refused += self.person.statuses[500] + self.person.statuses[503] - before
                try:
                    self.assertEqual(200, self.look_anew(), "whoever comes next is answered")
                except ledger.Gone:
                    self.has_ended()
                    ended += 1
        self.right()
        print(f"{total} allocations in a referral; of those that failed {refused} cost an answer, {ended} the process", flush=True)
        self.assertGreater(refused + ended, 0, "no allocation failed: this run shows nothing")

    def test_a_server_without_memory_for_its_first_connection_takes_in_the_next(self):
        answered = 0
        for n in range(1, 7):
            with self.subTest(n=n):
                self.close()
                self.open()
                self.faults.arm(shim.ALLOCATE, errno.ENOMEM, n)
                self.knock()
                self.assertEqual(1, self.faults.disarm())
                if self.knock():
                    answered += 1
                else:
                    self.has_ended()
        self.assertGreater(answered, 0, "each of them ended the server: this run shows nothing")

    def knock(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def has_ended(self):
        """Whoever watches over it starts it again; one that lives and takes nobody in would stay so."""
        try:
            self.server.process.wait(10)
        except subprocess.TimeoutExpired:
            self.fail("it lives and takes nobody in")


class Clock(Faulty):
    DAY = 86_400

    def test_a_clock_that_jumps_neither_loses_nor_doubles_anything(self):
        self.open()
        # An hour each way; ten years; to and fro over 2038 and over a leap day; back to where it was. (Before the day on
        # which the agencies signed the protocol nobody would be let in.)
        for seconds in (7200, 3600, 3650 * self.DAY, 4200 * self.DAY, 4250 * self.DAY, 465 * self.DAY, 466 * self.DAY, 0):
            with self.subTest(seconds=seconds):
                self.faults.clock(seconds)
                self.book.sign_in(self.server)
                self.person.going = None
                sent = len(self.person.sent)
                self.refer()
                self.assertEqual(sent + 1, len(self.person.sent), "a referral can be sent at any time of day")
        self.faults.clock(0)
        self.right()


class Upgrade(rowan.Case):
    """A folder of the first release, brought up to date by a program that is killed on the way."""

    def setUp(self):
        super().setUp()
        self.faults = shim.Faults(self.folder)

    @staticmethod
    def checksum(text):
        hashed = 0xcbf29ce484222325
        for byte in text.encode():
            hashed = ((hashed ^ byte) * 0x100000001b3) & 0xffffffffffffffff
        return f"{hashed:016x}"

    def old_folder(self, number):
        """A partnership with the first `number` steps of the schema only."""
        data = self.folder / f"old-{number}"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        new, old = data / "rowan.db", data / "old.db"
        database = sqlite3.connect(old)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT")
        for step, file in enumerate(SCHEMA[:number], 1):
            text = file.read_text()
            database.executescript(text)
            database.execute("INSERT INTO schema_migration VALUES (?, ?, ?)", (step, file.stem[5:], self.checksum(text)))
        database.execute("ATTACH ? AS new", (str(new),))
        for table in ("partnership", "agency"):
            columns = ", ".join(row[1] for row in database.execute(f"PRAGMA main.table_info({table})"))
            database.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        database.commit()
        database.execute("DETACH new")
        database.close()
        for file in data.glob("rowan.db*"):
            file.unlink()
        old.rename(new)
        return data

    def version(self, data):
        database = sqlite3.connect(data / "rowan.db")
        try:
            return database.execute("SELECT max(number) FROM schema_migration").fetchone()[0]
        finally:
            database.close()

    def fsck(self, data):
        done = subprocess.run([rowan.BINARY, "fsck", "--data", str(data)], env={**os.environ, **self.faults.environment},
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    def test_a_step_that_is_killed_at_any_write_is_done_by_the_next_start(self):
        made = self.old_folder(2)
        self.assertEqual(2, self.version(made))
        data = self.folder / "killed"

        def fresh():
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(made, data)
            shutil.copy(f"{made}.keyring", f"{data}.keyring")

        fresh()
        writes = self.faults.count(shim.WRITE, lambda: self.assertEqual(0, self.fsck(data)[0]))
        self.assertEqual(len(SCHEMA), self.version(data))
        killed = 0
        for n in places(writes, 12):
            with self.subTest(n=n):
                fresh()
                self.faults.arm(shim.WRITE, shim.KILL, n)
                killed += self.fsck(data)[0] < 0
                self.faults.disarm()
                self.assertIn(self.version(data), range(2, len(SCHEMA) + 1))
                self.assertEqual((0, ""), self.fsck(data))
                self.assertEqual(len(SCHEMA), self.version(data))
        self.assertGreater(killed, 5)

    def test_an_older_program_refuses_a_newer_folder_and_leaves_it_as_it_is(self):
        data = self.folder / "new"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        with sqlite3.connect(data / "rowan.db") as database:
            database.execute("INSERT INTO schema_migration VALUES (?, 'from the future', '0')", (len(SCHEMA) + 1,))
        database.close()
        before = rowan.content_hash(data)
        self.succeed("backup", "keys", "--out", self.folder / "offline")
        for command in (("fsck",), ("audit", "verify"), ("serve", "--listen", "127.0.0.1:0"),
                        ("backup", "--to", self.folder / "offline.pub", "--out", self.folder / "b")):
            self.refused(*command, "--data", data, says="newer Rowan")
        self.assertEqual(before, rowan.content_hash(data))


class NegativeControl(Faulty):
    """The faults reach the program, and the client would notice one that is passed over."""

    def test_a_fault_is_a_fault(self):
        self.open()
        for what, code in ((shim.SYNC, errno.EIO), (shim.WRITE, errno.ENOSPC), (shim.ALLOCATE, errno.ENOMEM)):
            self.assertGreater(self.faults.count(what, self.refer), 10)
            self.faults.arm(what, code, 5, lasting=what == shim.WRITE)
            before = self.person.statuses[200] + self.person.statuses[303]
            self.refer()
            self.assertGreater(self.faults.disarm(), 0)
            self.assertLess(self.person.statuses[200] + self.person.statuses[303] - before, 22, "all went well in spite of it")
            self.person.going = None
            self.close()
            self.open()

    def test_the_time_of_day_is_what_the_test_says(self):
        self.open()
        self.faults.clock(3650 * Clock.DAY)
        self.book.sign_in(self.server)
        self.refer()
        self.close()
        database = sqlite3.connect(self.data / "rowan.db")
        last, first = database.execute("SELECT max(at), min(at) FROM audit_entry").fetchone()
        database.close()
        self.assertGreater(last - first, 3600 * Clock.DAY * 1000)

    def test_a_disk_that_forgets_silently_is_found(self):
        """Writes to the log of SQLite that are dropped while the program is told that they are there."""
        self.open()
        self.refer()
        self.server.kill()
        self.close()
        os.truncate(pathlib.Path(self.data) / "rowan.db-wal", 64_000)
        self.assertNotEqual([], self.book.wrong(self.data))

    def test_a_disk_that_forgets_the_looks_that_wait_is_found(self):
        self.open()
        self.look_anew()
        self.server.kill()
        self.close()
        self.assertEqual([], self.book.wrong(self.data))
        os.truncate(pathlib.Path(self.data) / "looks.db-wal", 0)
        self.assertNotEqual([], self.book.wrong(self.data))


if __name__ == "__main__":
    unittest.main()
