"""Three machines with etcd, Patroni and PostgreSQL (deploy/cluster), each a network namespace of its own, and this one as a
fourth that stands outside. Needs root and Debian's packages patroni, etcd-server and postgresql-15."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "faults"))
import power  # noqa: E402

DEPLOY = ROOT / "deploy" / "cluster"
NET = "10.213.77"
PASSWORD = "open-sesame"


def missing():
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    for tool in ("ip", "etcd", "patroni", "/usr/lib/postgresql/15/bin/postgres"):
        if not shutil.which(tool):
            return f"{tool} is not at hand"
    if subprocess.run(["ip", "netns", "add", "rowan-try"], capture_output=True).returncode != 0:
        return "this machine does not let tests make network namespaces"
    subprocess.run(["ip", "netns", "del", "rowan-try"], check=True)
    return ""


def ip(*words, check=True):
    return subprocess.run(["ip", *map(str, words)], check=check, capture_output=True, text=True)


class Machine:
    """What etcd and PostgreSQL keep lies in `files`: in its folder, or on a disk whose power can be cut (tests/faults/power.py),
    which keeps of what was not synced what chance wants."""

    def __init__(self, number, folder, with_disk=False, fsync=True):
        self.number, self.name, self.address = number, f"db{number}", f"{NET}.1{number}"
        self.space, self.cable = f"rowan-db{number}", f"rowanv{number}"
        self.folder, self.store, self.disk, self.disks = folder / self.name, folder / self.name / "store", None, 0
        self.files = self.folder / "disk" if with_disk else self.store
        for each in (self.folder, self.store):
            each.mkdir()
            shutil.chown(each, "postgres", "postgres")
        self.fsync = fsync
        if with_disk:
            self.mount()
        self.log = open(self.folder / "log", "ab")
        ip("netns", "add", self.space)
        ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.space)
        ip("link", "set", self.cable, "master", "rowan0", "up")
        ip("-n", self.space, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            ip("-n", self.space, "link", "set", device, "up")

        for line in (DEPLOY / "90-rowan-cluster.conf").read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.replace(" ", "").split("=")
                ip("netns", "exec", self.space, "sh", "-c", f"echo {value} > /proc/sys/{name.replace('.', '/')}")

    def configured(self, file):
        text = (DEPLOY / file).read_text().replace("CHANGE-ME", PASSWORD).replace("10.0.0.", f"{NET}.")
        text = text.replace("/var/lib/etcd/rowan", str(self.files / "etcd")).replace("/var/lib/postgresql/15/rowan", str(self.files / "data"))
        for line in ("ETCD_NAME=", "name: ", "listen: ", "connect_address: ", "LISTEN_PEER_URLS=", "LISTEN_CLIENT_URLS=", "ADVERTISE_PEER_URLS=",
                     "ADVERTISE_CLIENT_URLS="):
            text = "\n".join(each.replace("db1", self.name).replace(f"{NET}.11", self.address) if line in each else each
                             for each in text.splitlines())
        return text + "\n"

    def run(self, *words, environment=None):
        return subprocess.Popen(["ip", "netns", "exec", self.space, "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
                                 *map(str, words)], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, cwd=self.folder,
                                env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", **(environment or {})})

    def start_etcd(self):
        lines = [line.split("=", 1) for line in self.configured("etcd.env").splitlines() if line and not line.startswith("#")]
        self.etcd = self.run("etcd", environment=dict(lines))

    def start_patroni(self):
        file = self.folder / "patroni.yml"
        # A socket of its own beside the data, not in the system's folder.
        settings = f"unix_socket_directories: '{self.folder}', fsync: {'on' if self.fsync else 'off'}"
        file.write_text(self.configured("patroni.yml").replace("  bin_dir:", f"  parameters: {{{settings}}}\n  bin_dir:"))
        self.patroni = self.run("patroni", file)

    def start(self):
        self.start_etcd()
        self.start_patroni()

    def pids(self, name=""):
        """Of all its processes, or of those of this name."""
        pids = map(int, ip("netns", "pids", self.space).stdout.split())
        return [pid for pid in pids if not name or pathlib.Path(f"/proc/{pid}/comm").read_text() == f"{name}\n"]

    def mount(self):
        self.disks += 1
        self.disk = power.Disk(self.store, seed=10 * self.disks + self.number, journal=True, user="postgres", folder=self.files)

    def kill(self):
        """The machine is gone: every process at once, and its cable. A disk of its own has lost what was not synced."""
        ip("link", "set", self.cable, "down")
        if self.disk:
            self.disk.cut()
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in (self.etcd, self.patroni):
            process.wait()

    def stop_patroni(self):
        """As systemctl stop does: PostgreSQL is stopped in good order, and the duty handed over."""
        for pid in self.pids("patroni"):
            os.kill(pid, signal.SIGTERM)

    def forget_postmaster(self):
        """As after any loss of power."""
        (self.files / "data" / "postmaster.pid").unlink(missing_ok=True)

    def revive(self):
        self.forget_postmaster()
        ip("link", "set", self.cable, "up")
        self.start()

    def unplug(self):
        ip("link", "set", self.cable, "down")

    def plug(self):
        ip("link", "set", self.cable, "up")

    def cut_from(self, others):
        """No way to the other machines; whoever stands outside still reaches it."""
        for other in others:
            ip("-n", self.space, "route", "add", "blackhole", f"{other.address}/32")

    def heal(self, others):
        for other in others:
            ip("-n", self.space, "route", "del", "blackhole", f"{other.address}/32", check=False)

    def asked(self, path, timeout=2):
        """What Patroni says here: the status and the answer, or None."""
        try:
            with urllib.request.urlopen(f"http://{self.address}:8008{path}", timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()
        except OSError:
            return None

    def is_leader(self):
        answer = self.asked("/leader")
        return answer is not None and answer[0] == 200


class Machines:
    def __init__(self, folder, with_disks=False, fsync=True):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.all = []
        self.clear()
        ip("link", "add", "rowan0", "type", "bridge")
        ip("addr", "add", f"{NET}.1/24", "dev", "rowan0")
        ip("link", "set", "rowan0", "up")
        self.all = [Machine(number, self.folder, with_disks, fsync) for number in (1, 2, 3)]
        for machine in self.all:
            machine.start_etcd()
        self.wait_for(lambda: all(self.etcd_health(machine) for machine in self.all), 60, "etcd")
        for machine in self.all:
            machine.start_patroni()
        self.wait_until_whole(120)

    @staticmethod
    def clear():
        """What an earlier run left, which was killed."""
        for number in (1, 2, 3):
            for pid in ip("netns", "pids", f"rowan-db{number}", check=False).stdout.split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            ip("link", "del", f"rowanv{number}", check=False)   # now, not when the namespace has gone
            ip("netns", "del", f"rowan-db{number}", check=False)
        ip("link", "del", "rowan0", check=False)

    def stop(self):
        self.clear()
        for machine in self.all:
            for process in (machine.etcd, machine.patroni):
                process.wait()
            if machine.disk:
                machine.disk.unmount()
            machine.log.close()

    def cut_power(self):
        """Of all machines at once, as far as one hand can."""
        hands = [threading.Thread(target=machine.kill) for machine in self.all]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    def restore_power(self):
        for machine in self.all:   # before any of them starts: its processes would hold the others' old disks
            machine.disk.unmount()
        for machine in self.all:
            machine.mount()
        for machine in self.all:
            machine.revive()

    @staticmethod
    def etcd_health(machine):
        try:
            with urllib.request.urlopen(f"http://{machine.address}:2379/health", timeout=1) as answer:
                return json.load(answer)["health"] in ("true", True)
        except (OSError, ValueError):
            return False

    @staticmethod
    def wait_for(true, seconds, what):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not within {seconds} seconds")
            time.sleep(0.2)

    def leader(self):
        return next((machine for machine in self.all if machine.is_leader()), None)

    def views(self):
        """What each machine says of all: {name: member}, empty from one that does not answer."""
        answers = [machine.asked("/cluster") for machine in self.all]
        return [{member["name"]: member for member in json.loads(answer[1])["members"]} if answer and answer[0] == 200 else {}
                for answer in answers]

    def members(self):
        return next((view for view in self.views() if view), {})

    def is_whole(self):
        """One leader, and both others follow it, one of them synchronously: as all three see it, and as the leader's PostgreSQL does.
        One that was cut off says for a while what it knew before, and that it runs when it is about to be rewound."""
        views, leader = self.views(), self.leader()
        roles = [{name: member["role"] for name, member in view.items()} for view in views]
        return (sorted(roles[0].values()) == ["leader", "replica", "sync_standby"] and all(each == roles[0] for each in roles)
                and all(member["state"] in ("running", "streaming") for view in views for member in view.values())
                and leader is not None and self.followers(leader) == 2)

    def followers(self, leader, position="0/0"):
        """How many stream from it and have all that it had written up to there."""
        counted = self.sql(leader, f"SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= '{position}'")
        return int(counted or 0)

    def sql(self, machine, text, database="postgres"):
        """Nothing where it does not answer. As the superuser: others do not see how far a standby is."""
        told = self.tool("psql", machine, "-Atc", text, database, check=False, user="postgres")
        return told.stdout.strip() if told.returncode == 0 else ""

    def wait_until_whole(self, seconds=180):
        """And that what the leader writes comes to both: one that has to be rewound first comes and goes, and looks as if it followed."""
        self.wait_for(self.is_whole, seconds, f"a leader and two that follow ({self.members()})")
        position = self.sql(self.leader(), "SELECT pg_current_wal_lsn()")
        self.wait_for(lambda: self.is_whole() and self.followers(self.leader(), position) == 2, seconds, f"two that have {position}")

    def standby(self):
        """The synchronous one."""
        name = next(name for name, member in self.members().items() if member["role"] == "sync_standby")
        return next(machine for machine in self.all if machine.name == name)

    def address(self, database):
        """Of all three: libpq takes the one that writes."""
        hosts = ",".join(f"{machine.address}:5432" for machine in self.all)
        return f"postgres://rowan:{PASSWORD}@{hosts}/{database}?target_session_attrs=read-write"

    def new_database(self, name):
        """Empty, and known to all three: a client that comes to one that does not know it yet asks no other."""
        self.tool("createdb", self.leader(), "-T", "template0", name)
        for machine in self.all:
            self.wait_for(lambda: self.tool("psql", machine, "-c", "SELECT 1", name, check=False).returncode == 0, 30, f"{name} on {machine.name}")
        return self.address(name)

    @staticmethod
    def tool(program, machine, *words, check=True, user="rowan"):
        return subprocess.run([f"/usr/lib/postgresql/15/bin/{program}", "-h", machine.address, "-U", user, *words], check=check,
                              env={"PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True)

    def switch_over(self):
        leader, to = self.leader(), self.standby()
        request = urllib.request.Request(f"http://{leader.address}:8008/switchover", method="POST",
                                         data=json.dumps({"leader": leader.name, "candidate": to.name}).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            if answer.status not in (200, 202):
                raise AssertionError(answer.read())
        return to
