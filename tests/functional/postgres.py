"""A PostgreSQL of this test program's own, on a Unix socket in a temporary folder; ends with the program."""
import atexit
import functools
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.parse

BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")


class Cluster:
    def __init__(self):
        if not (BINARIES / "initdb").exists():
            raise unittest.SkipTest("skipped: not at hand: PostgreSQL 15")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rowan-pg-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.user = self.group = None
        if os.geteuid() == 0:  # initdb and postgres refuse to run as root
            self.user = "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"
            owner = pwd.getpwnam(self.user)
            self.group = owner.pw_gid
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.run("initdb", "-D", self.folder / "data", "-U", "rowan", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                 "--no-sync", "--no-instructions")
        self.server = subprocess.Popen([BINARIES / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
                                        "-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_connections=60"],
                                       user=self.user, group=self.group,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        atexit.register(self.stop)
        for _ in range(300):
            if subprocess.run([BINARIES / "pg_isready", "-q", "-h", self.folder], check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def run(self, program, *arguments):
        done = subprocess.run([BINARIES / program, *map(str, arguments)], user=self.user, group=self.group,
                              capture_output=True, text=True, timeout=120, cwd=self.folder)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.stdout

    def stop(self):
        self.server.send_signal(3)  # SIGQUIT: at once
        self.server.wait()

    def new(self, name):
        """An empty database; its address."""
        self.run("createdb", "-h", self.folder, "-U", "rowan", "-T", "template0", name)
        return f"postgres://rowan@{urllib.parse.quote(str(self.folder), safe='')}/{name}"

    def ask(self, name, sql):
        return self.run("psql", "-h", self.folder, "-U", "rowan", "-At", "-c", sql, name).strip()


@functools.cache
def cluster():
    return Cluster()
