"""The package under the real systemd: started, killed, upgraded, stopped and removed, with every wall of its unit around it.

A second systemd boots in namespaces of its own, on a writable layer over this machine's own files, of which nothing stays. Needs
root, and a machine that lets tests mount.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import package_test as package
import rowan

SYSTEMD = "/lib/systemd/systemd"
BOOT = r"""
set -e
mount -t tmpfs tmpfs "$1"
cd "$1"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" root
cd root
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for folder in run dev; do mount -t tmpfs -o mode=755 tmpfs $folder; done
for device in null zero full random urandom tty; do cp -a /dev/$device dev; done
mkdir -p dev/shm dev/pts host
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
pivot_root . host
umount --lazy /host
exec env -i container=rowan-test PATH=/usr/sbin:/usr/bin:/sbin:/bin "$2" --unit=basic.target --log-target=journal
"""
ASK = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())"


def missing():
    if os.geteuid() != 0:
        return "only root boots a second systemd"
    lacking = [tool for tool in (SYSTEMD, "unshare", "nsenter", *package.NEEDED) if not shutil.which(tool)]
    return f"{', '.join(lacking)} not at hand" if lacking else ""


class Machine:
    """Raises RuntimeError with what was said when it does not boot."""

    def __init__(self, folder):
        self.log = tempfile.TemporaryFile(mode="w+")
        self.outside = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "--net", "--cgroup",
                                         "sh", "-c", BOOT, "boot", folder, SYSTEMD], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        if not self.wait_until(lambda: self.run("systemctl", "is-active", "basic.target").stdout == "active\n", 60):
            self.stop()
            self.log.seek(0)
            raise RuntimeError(f"systemd did not boot: {self.log.read()[-300:]}")

    def first(self):
        """The process that is number one inside; nothing once the machine is gone."""
        children = pathlib.Path(f"/proc/{self.outside.pid}/task/{self.outside.pid}/children")
        return children.read_text().strip() if self.outside.poll() is None else ""

    def run(self, *words, input=None):
        inside = self.first()
        if not inside:
            return subprocess.CompletedProcess(words, 1, "", "the machine is gone")
        return subprocess.run(["nsenter", "--target", inside, "--all", "--root", "--wd", *map(str, words)], input=input,
                              capture_output=True, text=not isinstance(input, bytes), timeout=120)

    def ready(self):
        """What /ready says, or nothing."""
        inside = self.first()
        done = subprocess.run(["nsenter", "--target", inside, "--net", sys.executable, "-c", ASK, "http://127.0.0.1:9100/ready"],
                              capture_output=True, text=True)
        return done.stdout.strip()

    def property(self, name):
        return self.run("systemctl", "show", "--property", name, "--value", "rowan").stdout.strip()

    @staticmethod
    def wait_until(true, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if true():
                return True
            time.sleep(0.05)
        return False

    def stop(self):
        self.outside.kill()
        self.outside.wait()


@unittest.skipIf(missing(), f"skipped: {missing()}")
class Service(rowan.Case):
    @classmethod
    def setUpClass(cls):
        cls.keep = rowan.Case("setUp")
        cls.keep.setUp()
        cls.addClassCleanup(cls.keep.doCleanups)
        cls.versions = {version: package.made(version, cls.keep.folder).read_bytes() for version in ("1.0", "1.1", "1.2")}

    def setUp(self):
        super().setUp()
        mounted = self.folder / "machine"
        mounted.mkdir()
        try:
            self.machine = Machine(mounted)
        except RuntimeError as reason:
            self.skipTest(f"skipped: {reason}")
        self.addCleanup(self.machine.stop)
        self.install("1.0")
        self.inside("runuser", "-u", "rowan", "--", "rowan", "init", "--data", "/var/lib/rowan/data", "--scheme", "somerset")

    def inside(self, *words):
        done = self.machine.run(*words)
        self.assertEqual(0, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def install(self, version):
        self.assertEqual(0, self.machine.run("tee", "/run/rowan.deb", input=self.versions[version]).returncode)
        self.inside("dpkg", "--no-triggers", "--install", "/run/rowan.deb")

    def open(self):
        return self.machine.wait_until(lambda: self.machine.ready() == "ready", 10)

    def fields(self):
        """What the kernel says of the process."""
        status = self.inside("cat", f"/proc/{self.machine.property('MainPID')}/status")
        return dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)

    def test_it_starts_inside_all_its_walls(self):
        self.inside("systemctl", "enable", "--now", "rowan")
        self.assertTrue(self.open(), self.inside("journalctl", "--no-pager", "-u", "rowan"))
        fields = self.fields()
        self.assertEqual(("2", "1", "0" * 16), (fields["Seccomp"], fields["NoNewPrivs"], fields["CapEff"].strip()))
        self.assertNotIn("0", fields["Uid"].split())
        lines = [json.loads(line) for line in self.inside("journalctl", "--no-pager", "-u", "rowan", "-o", "cat").splitlines()
                 if line.startswith("{")]
        (walls,) = [line for line in lines if line["event"] == "server.confined"]
        self.assertTrue(walls["seccomp"])
        exposure = self.inside("systemd-analyze", "security", "--no-pager", "rowan").splitlines()[-1]
        self.assertLessEqual(float(exposure.split(": ")[1].split()[0]), 2.0)

    def test_it_is_taken_up_again_after_a_kill_and_ends_well_when_asked_to(self):
        self.inside("systemctl", "start", "rowan")
        self.assertTrue(self.open())
        killed = self.machine.property("MainPID")
        self.inside("kill", "-9", killed)
        self.assertTrue(self.machine.wait_until(lambda: self.machine.property("MainPID") not in ("0", killed), 10))
        self.assertTrue(self.open())
        self.assertEqual("1", self.machine.property("NRestarts"))
        self.inside("systemctl", "stop", "rowan")
        self.assertEqual(("success", "0"), (self.machine.property("Result"), self.machine.property("ExecMainStatus")))
        self.inside("runuser", "-u", "rowan", "--", "rowan", "fsck", "--data", "/var/lib/rowan/data")

    def test_an_upgrade_starts_it_again_only_where_it_ran_and_a_removal_stops_it(self):
        self.install("1.1")
        self.assertEqual("inactive", self.machine.property("ActiveState"))
        self.inside("systemctl", "enable", "--now", "rowan")
        self.assertTrue(self.open())
        before = self.machine.property("MainPID")
        self.install("1.2")
        self.assertTrue(self.open())
        self.assertNotIn(self.machine.property("MainPID"), ("0", before))
        self.inside("dpkg", "--no-triggers", "--remove", "rowan")
        self.assertEqual("", self.machine.ready())
        self.inside("test", "-f", "/var/lib/rowan/data/rowan.db")

    def test_a_unit_that_may_not_write_its_data_is_seen(self):
        """The negative control."""
        self.inside("mkdir", "-p", "/etc/systemd/system/rowan.service.d")
        self.machine.run("tee", "/etc/systemd/system/rowan.service.d/shut.conf", input=b"[Service]\nStateDirectory=\nReadWritePaths=\n")
        self.inside("systemctl", "daemon-reload")
        self.machine.run("systemctl", "start", "rowan")
        self.assertFalse(self.open())


if __name__ == "__main__":
    unittest.main()
