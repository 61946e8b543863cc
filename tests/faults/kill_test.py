"""kill -9 at any moment: nothing that was acknowledged is lost, nothing is there twice (SECURITY.md 6.10, goals 7 and 11).

ROWAN_KILLS says how many (100).
"""
import os
import random
import shutil
import sqlite3
import time
import unittest

import ledger
from ledger import rowan

KILLS = int(os.environ.get("ROWAN_KILLS", "100"))


class Kills(rowan.Case):
    def test_what_was_acknowledged_is_there_once_after_each_kill(self):
        data = self.demo()
        book = ledger.Ledger(data)
        chance = random.Random(6)
        slowest, answered = 0.0, 0
        for n in range(KILLS):
            began = time.monotonic()
            server = self.serve("--demo", "--data", data)
            slowest = max(slowest, time.monotonic() - began)
            if n == 0:
                book.sign_in(server)
            book.send_again(server)
            self.assertEqual([], book.wrong_words(server))
            answered += book.work(server, chance.randrange(30), server.kill)
            server.stop()
            self.assertEqual([], book.wrong(data) + ledger.sound(data), f"after kill {n + 1}")
        self.assertGreater(answered, 10 * KILLS, "people were working when it was killed")
        if KILLS >= 50:  # in the few of the meta-test it may be that nobody came so far
            self.assertGreater(len([1 for person in book.everybody for referral in person.sent.values() if referral]), 0)
        print(f"{KILLS} kills, {book.acknowledged()} acknowledged writes and looks, 0 lost; "
              f"open again after {slowest:.2f} s at most", flush=True)


class NegativeControl(rowan.Case):
    """The list sees what is missing, what is there twice, and what nobody asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = rowan.Case("setUp")
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.made = case.demo()
        server = case.serve("--demo", "--data", cls.made)
        cls.book = ledger.Ledger(cls.made)
        cls.book.sign_in(server)
        for _ in range(100):
            if any(person.sent for person in cls.book.everybody):
                break
            cls.book.work(server, 30)
        server.stop()

    def faults_after(self, *statements):
        data = self.folder / "changed"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.made, data)
        with sqlite3.connect(data / "rowan.db") as database:
            for statement in statements:
                self.assertGreater(database.execute(statement).rowcount, 0, statement)
        database.close()
        return self.book.wrong(data)

    def test_an_untouched_folder_is_right(self):
        self.assertGreater(sum(len(person.sent) for person in self.book.everybody), 0)
        self.assertEqual([], self.book.wrong(self.made) + ledger.sound(self.made))

    def test_each_loss_and_each_doubling_is_seen(self):
        newest = "(SELECT max(seq) FROM audit_entry WHERE act = '{}' AND subject_kind = '{}')"
        for fault, statement in {
            "a look is lost": "DELETE FROM audit_entry WHERE seq = " + newest.format("look", "person"),
            "a save is lost": "DELETE FROM audit_entry WHERE seq = " + newest.format("save", "draft"),
            "a referral is lost": "DELETE FROM audit_entry WHERE seq = " + newest.format("create", "referral"),
            "a draft is lost": "DELETE FROM idempotency WHERE key = (SELECT max(key) FROM idempotency WHERE key LIKE 'send:%')",
            "a look is there twice": "INSERT INTO audit_entry SELECT seq + 1000000, at, user_id, agency, act, subject_kind, "
                                     "subject_id, outcome, rule, detail, canonical, leaf FROM audit_entry WHERE act = 'look' AND subject_kind = 'person'",
            "a draft nobody began": "INSERT INTO audit_entry SELECT seq + 1000000, at, user_id, agency, act, subject_kind, "
                                    "'nobody', outcome, rule, detail, canonical, leaf FROM audit_entry WHERE act = 'create' AND subject_kind = 'draft'",
        }.items():
            with self.subTest(fault):
                self.assertNotEqual([], self.faults_after(statement))


if __name__ == "__main__":
    unittest.main()
