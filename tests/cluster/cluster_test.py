"""A cluster of three machines under a server, and what becomes of acknowledged writes when one of them is killed, cut off,
relieved of its duty, or loses its etcd (SECURITY.md 6.11, goals 13 and 14).

Asked for with `script/test cluster`; ROWAN_CLUSTER_TURNS says how often each fault is made (1).
"""
import contextlib
import http.client
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faults"))
import ledger  # noqa: E402
from ledger import rowan  # noqa: E402
import machines  # noqa: E402

TURNS = int(os.environ.get("ROWAN_CLUSTER_TURNS", "0"))


def why_not():
    return machines.missing() if TURNS else "asked for with script/test cluster"


class Clerk(ledger.Person):
    """Writes down when something was acknowledged, and believes a refusal that says that nothing was saved."""

    def begin_to_note(self):
        self.times, self.said, self.refusals = [], b"", 0

    def ask(self, *arguments, **options):
        status, location, self.said = super().ask(*arguments, **options)
        return status, location, self.said

    def write(self, connection, kind, path, fields, subject=""):
        at = super().write(connection, kind, path, fields, subject)
        if at is not None:
            self.times.append(time.monotonic())
        else:
            self.refusals += 1
            if b"Nothing was" in self.said:   # then it must not be there: what is stored will tell
                self.unknown[kind, subject] -= 1
            time.sleep(0.1)
        return at


class Work:
    """The clerks, at work until they are told to stop, whatever becomes of their requests."""

    def __init__(self, book, server):
        self.book, self.server, self.stop = book, server, threading.Event()
        for clerk in book.everybody:
            clerk.begin_to_note()
        self.threads = [threading.Thread(target=self.on, args=(clerk,)) for clerk in book.everybody]
        for thread in self.threads:
            thread.start()

    def on(self, clerk):
        while not self.stop.is_set():
            clerk.work(self.server.port, self.stop)
            time.sleep(0.1)

    def times(self):
        return sorted(moment for clerk in self.book.everybody for moment in list(clerk.times))

    def wait_for_more(self, count, seconds=120):
        """Until so many more writes were acknowledged."""
        before = len(self.times())
        machines.Machines.wait_for(lambda: len(self.times()) >= before + count, seconds, "acknowledged writes")

    def end(self, since):
        """All stop. The longest time without an acknowledged write from a moment on."""
        self.stop.set()
        for thread in self.threads:
            thread.join()
        moments = [since] + [moment for moment in self.times() if moment > since]
        return max(later - earlier for earlier, later in zip(moments, moments[1:]))


class WithCluster(rowan.Case):
    databases, with_disks, fsync = 0, False, True

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="rowan-cluster-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.addClassCleanup(machines.Machines.clear)
        cls.cluster = machines.Machines(folder, cls.with_disks, cls.fsync)
        cls.addClassCleanup(cls.cluster.stop)

    def setUp(self):
        super().setUp()
        WithCluster.databases += 1
        data = self.demo()
        self.keyring = f"{data}.keyring"
        self.cluster.wait_until_whole()
        self.database = f"office{WithCluster.databases}"
        self.url = self.cluster.new_database(self.database)
        self.succeed("copy", "--data", data, "--to", self.url)
        self.book = ledger.Ledger(data)
        self.book.everybody = [self.clerk(person) for person in self.book.everybody]
        self.server = self.serve("--demo", "--database", self.url, "--keyring", self.keyring, "--operations", "127.0.0.1:0")
        self.operations = int(self.server.process.stdout.readline().rpartition(":")[2])
        self.book.sign_in(self.server)

    @staticmethod
    def clerk(person):
        out = Clerk(person.name, person.number, person.people)
        out.user = person.user
        return out

    def ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.operations, timeout=60)
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def nothing_is_lost(self, name):
        """What the clerks wrote down, against what the cluster holds now: in a copy of it."""
        self.cluster.wait_until_whole()
        self.book.send_again(self.server)
        self.assertEqual([], self.book.wrong_words(self.server))
        self.assertEqual(0, self.server.stop())
        copy = self.folder / name
        self.succeed("copy", "--database", self.url, "--keyring", self.keyring, "--to", copy)
        shutil.copy(self.keyring, f"{copy}.keyring")
        self.assertEqual([], self.book.wrong(copy) + ledger.sound(copy))
        return copy

    def after(self, fault, heal, name):
        """The fault in the middle of the work, as often as asked; the gaps that the clerks saw."""
        gaps = []
        for _ in range(TURNS):
            work = Work(self.book, self.server)
            work.wait_for_more(30)
            began = time.monotonic()
            victims = fault()
            try:
                work.wait_for_more(30)
            finally:
                heal(victims)
                gaps.append(work.end(began))
            self.cluster.wait_until_whole()
        copy = self.nothing_is_lost("after")
        gaps.sort()
        refused = sum(clerk.refusals for clerk in self.book.everybody)
        print(f"{name}: {TURNS} times, {self.book.acknowledged()} acknowledged, 0 lost; {refused} writes refused or unknown; no write for "
              f"{gaps[len(gaps) // 2]:.1f} s (middle), {gaps[-1]:.1f} s (most)", flush=True)
        return copy

    def the_book_sees_a_loss(self, copy):
        """The negative control: one write fewer than was acknowledged, as an asynchronous cluster would leave it."""
        for act, kind in (("save", "draft"), ("look", "person")):
            with sqlite3.connect(copy / "rowan.db") as database:
                users = ", ".join(f"'{person.user}'" for person in self.book.everybody)
                database.execute(f"DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry WHERE act = '{act}' "
                                 f"AND subject_kind = '{kind}' AND user_id IN ({users}))")
            database.close()
            self.assertNotEqual([], self.book.wrong(copy))


@unittest.skipIf(why_not(), f"skipped: {why_not()}")
class Cluster(WithCluster):
    def test_a_machine_that_leads_is_killed(self):
        def kill():
            leader = self.cluster.leader()
            leader.kill()
            return leader
        copy = self.after(kill, lambda leader: leader.revive(), "leader killed")
        self.the_book_sees_a_loss(copy)

    def test_the_leader_is_cut_off_with_the_server_on_its_side(self):
        def cut():
            leader = self.cluster.leader()
            others = [machine for machine in self.cluster.all if machine is not leader]
            leader.cut_from(others)
            return leader, others
        self.after(cut, lambda both: both[0].heal(both[1]), "leader cut off, server on its side")

    def test_the_leader_is_cut_off_from_everybody(self):
        def unplug():
            leader = self.cluster.leader()
            leader.unplug()
            return leader
        self.after(unplug, lambda leader: leader.plug(), "leader cut off from all")

    def test_the_duty_is_handed_over(self):
        self.after(self.cluster.switch_over, lambda _: None, "switchover")

    def test_the_machine_that_leads_is_stopped_in_good_order(self):
        def stop():
            leader = self.cluster.leader()
            leader.stop_patroni()
            return leader

        def start(machine):
            machine.patroni.wait(60)
            machine.start_patroni()
        self.after(stop, start, "leader stopped")

    def test_a_member_of_etcd_is_lost(self):
        def lose():
            leader = self.cluster.leader()
            for pid in leader.pids("etcd"):
                os.kill(pid, 9)
            leader.etcd.wait()
            return leader
        self.after(lose, lambda machine: machine.start_etcd(), "etcd of the leader's machine killed")

    def test_without_a_second_copy_nothing_is_acknowledged_and_it_is_not_ready(self):
        self.assertEqual((200, "ready\n"), self.ready())
        leader = self.cluster.leader()
        others = [machine for machine in self.cluster.all if machine is not leader]
        work = Work(self.book, self.server)
        work.wait_for_more(10)
        for machine in others:   # PostgreSQL and Patroni; etcd goes on, or the leader would give up
            for pid in set(machine.pids()) - set(machine.pids("etcd")):
                with contextlib.suppress(ProcessLookupError):   # PostgreSQL's own end with their father
                    os.kill(pid, 9)
            machine.patroni.wait()
        machines.Machines.wait_for(lambda: self.ready() == (503, "standby\n"), 60, "not ready")
        acknowledged = len(work.times())
        time.sleep(5)
        self.assertEqual(acknowledged, len(work.times()), "nothing is acknowledged that only one machine has")
        for machine in others:
            machine.forget_postmaster()
            machine.start_patroni()
        work.wait_for_more(10)
        work.end(time.monotonic() - 1)
        self.cluster.wait_until_whole()
        self.assertEqual((200, "ready\n"), self.ready())
        self.nothing_is_lost("after")


@unittest.skipIf(why_not(), f"skipped: {why_not()}")
class Power(WithCluster):
    """The three machines on disks that keep of what was not synced what chance wants."""
    with_disks = True

    @classmethod
    def setUpClass(cls):
        machines.power.needed()
        super().setUpClass()

    def cut(self):
        self.cluster.cut_power()
        self.cluster.restore_power()

    def test_the_power_of_all_machines_fails_at_once(self):
        self.after(self.cut, lambda _: None, "power of all machines cut")
        self.assertGreaterEqual(self.entries(), self.book.acknowledged())

    def entries(self):
        """Of the log of looks and changes, on the machine that knows the most."""
        count = "SELECT count(*) FROM audit_entry"
        return max(int(self.cluster.sql(machine, count, self.database) or 0) for machine in self.cluster.all)


class PowerWithoutFsync(Power):
    """The negative control: PostgreSQL does not sync, and the disks do lose."""
    fsync = False

    def test_the_power_of_all_machines_fails_at_once(self):
        began, work = time.monotonic(), Work(self.book, self.server)
        work.wait_for_more(100)
        self.cut()
        work.end(began)
        with contextlib.suppress(AssertionError):
            self.cluster.wait_until_whole(30)
        self.assertLess(self.entries(), self.book.acknowledged())


if __name__ == "__main__":
    unittest.main()
