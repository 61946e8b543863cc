"""The Debian package (script/package): installed, upgraded, removed and purged on an empty root of its own, by dpkg itself.

The maintainer scripts run with DPKG_ROOT, as dpkg does for another root; no service runs there.
"""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import rowan

PACKAGE = rowan.ROOT / "script" / "package"
NEEDED = ("dpkg", "dpkg-deb", "dpkg-shlibdeps", "strip", "systemd-sysusers", "systemd-tmpfiles")


def missing():
    if os.geteuid() != 0:
        return "only root can install on another root"
    lacking = [tool for tool in NEEDED if not shutil.which(tool)]
    return f"{', '.join(lacking)} not at hand" if lacking else ""


def made(version, folder):
    """The package's file."""
    done = subprocess.run([PACKAGE, "--light", "--version", version, "--binary", rowan.BINARY, "--out", folder], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return pathlib.Path(done.stdout.strip())


@unittest.skipIf(missing(), f"skipped: {missing()}")
class Package(rowan.Case):
    @classmethod
    def setUpClass(cls):
        cls.keep = rowan.Case("setUp")
        cls.keep.setUp()
        cls.addClassCleanup(cls.keep.doCleanups)
        cls.first, cls.second = made("1.0", cls.keep.folder), made("1.1", cls.keep.folder)

    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        (self.root / "var/lib/dpkg/updates").mkdir(parents=True)
        (self.root / "var/lib/dpkg/info").mkdir()
        (self.root / "var/lib/dpkg/status").touch()
        (self.root / "etc").mkdir()

    def dpkg(self, *words):
        done = subprocess.run(["dpkg", f"--instdir={self.root}", f"--admindir={self.root}/var/lib/dpkg", "--force-script-chrootless",
                               "--force-depends", "--log=/dev/null", *map(str, words)], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def state(self):
        found = re.search(r"^Status: \w+ \w+ ([\w-]+)", (self.root / "var/lib/dpkg/status").read_text(), re.MULTILINE)
        return found.group(1) if found else "gone"

    def with_a_partnership(self):
        """Installed, with data and keyring where the runbook puts them."""
        self.dpkg("--install", self.first)
        data = self.root / "var/lib/rowan/data"
        self.succeed("init", "--data", data, "--scheme", "somerset")
        return data, self.kept()

    def kept(self):
        return {path.relative_to(self.root).as_posix(): path.read_bytes()
                for path in (self.root / "var/lib/rowan").rglob("*") if path.is_file()}

    def test_it_installs_with_all_that_is_needed(self):
        self.dpkg("--install", self.first)
        self.assertEqual("installed", self.state())
        done = subprocess.run([self.root / "usr/bin/rowan", "--version"], capture_output=True, text=True)
        self.assertEqual((0, "rowan"), (done.returncode, done.stdout.split()[0]))
        self.assertRegex((self.root / "etc/passwd").read_text(), r"(?m)^rowan:.*:/var/lib/rowan:/usr/sbin/nologin$")
        home = (self.root / "var/lib/rowan").stat()
        owner = re.search(r"(?m)^rowan:[^:]*:(\d+):", (self.root / "etc/passwd").read_text()).group(1)
        self.assertEqual((0o700, int(owner)), (home.st_mode & 0o777, home.st_uid))
        unit = (self.root / "lib/systemd/system/rowan.service").read_text()
        program = re.search(r"^ExecStart=(\S+) serve", unit, re.MULTILINE).group(1)
        self.assertTrue((self.root / program.lstrip("/")).exists(), "the unit starts the program of the package")
        for file in ("README.md", "docs/runbooks/debian-package.md", "copyright", "changelog.gz"):
            self.assertTrue((self.root / "usr/share/doc/rowan" / file).exists(), file)
        manual = subprocess.run(["gzip", "-dc", self.root / "usr/share/man/man1/rowan.1.gz"], capture_output=True, text=True).stdout
        for command in re.findall(r"^  (\w+) ", rowan.run("--help").stdout.partition("Commands:")[2], re.MULTILINE):
            self.assertIn(f".SH ROWAN {command.upper()}", manual)

    def test_nothing_is_written_outside_the_places_of_a_package(self):
        listed = subprocess.run(["dpkg-deb", "--contents", self.first], capture_output=True, text=True, check=True).stdout
        for line in listed.splitlines():
            mode, owner, *_, path = line.split()
            self.assertEqual("root/root", owner)
            self.assertNotIn(mode[5], "w", line)
            self.assertNotIn(mode[8], "w", line)
            self.assertNotIn("s", mode, line)
            if mode.startswith("-"):
                self.assertRegex(path, r"^\./(usr/(bin|lib|share)|lib/systemd/system)/")

    def test_an_upgrade_keeps_what_is_stored(self):
        _, before = self.with_a_partnership()
        self.dpkg("--install", self.second)
        self.assertEqual("installed", self.state())
        self.assertIn("Version: 1.1", (self.root / "var/lib/dpkg/status").read_text())
        self.assertEqual(before, self.kept())

    def test_removed_and_purged_it_leaves_what_is_stored_and_nothing_else(self):
        data, before = self.with_a_partnership()
        self.dpkg("--remove", "rowan")
        self.assertFalse((self.root / "usr/bin/rowan").exists())
        self.assertEqual(before, self.kept())
        said = self.dpkg("--purge", "rowan")
        self.assertIn("were left where they are", said)
        self.assertEqual("gone", self.state())
        self.assertEqual(before, self.kept())
        self.succeed("fsck", "--data", data)
        left = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())
        self.assertEqual([], [path for path in left if not path.startswith(("var/lib/dpkg/", "var/lib/rowan/", "etc/"))])
        self.assertRegex((self.root / "etc/passwd").read_text(), "(?m)^rowan:", "the data have an owner still")
        self.dpkg("--install", self.first)   # and comes back to its data
        self.assertEqual(before, self.kept())

    def test_a_package_that_takes_the_data_with_it_is_seen(self):
        """The negative control."""
        tree = self.folder / "unpacked"
        subprocess.run(["dpkg-deb", "-R", self.first, tree], check=True)
        (tree / "DEBIAN/postrm").write_text('#!/bin/sh\nrm -rf "$DPKG_ROOT/var/lib/rowan"\n')
        subprocess.run(["dpkg-deb", "-Znone", "--build", tree, self.folder / "greedy.deb"], check=True, capture_output=True)
        _, before = self.with_a_partnership()
        self.dpkg("--install", self.folder / "greedy.deb")
        self.dpkg("--purge", "rowan")
        self.assertNotEqual(before, self.kept())

    def said_by_lintian(self, package):
        if not shutil.which("lintian"):
            self.skipTest("skipped: lintian not at hand")
        done = subprocess.run(["lintian", "--tag-display-limit", "0", package], capture_output=True, text=True)
        return [line for line in done.stdout.splitlines() if line[:2] in ("E:", "W:")]

    def test_lintian_finds_nothing(self):
        self.assertEqual([], self.said_by_lintian(self.first))

    def test_a_package_without_its_papers_is_seen_by_lintian(self):
        """The negative control."""
        tree = self.folder / "unpacked"
        subprocess.run(["dpkg-deb", "-R", self.first, tree], check=True)
        (tree / "usr/share/doc/rowan/copyright").unlink()
        subprocess.run(["dpkg-deb", "-Znone", "--build", tree, self.folder / "bare.deb"], check=True, capture_output=True)
        self.assertNotEqual([], self.said_by_lintian(self.folder / "bare.deb"))

    def test_the_same_sources_give_the_same_bytes(self):
        again = self.folder / "again"
        again.mkdir()
        done = subprocess.run([PACKAGE, "--light", "--version", "1.0", "--binary", rowan.BINARY, "--out", again],
                              capture_output=True, text=True, check=True)
        self.assertEqual(self.first.read_bytes(), pathlib.Path(done.stdout.strip()).read_bytes())
