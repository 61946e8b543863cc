"""A disk whose power can be cut: tests/faults/powercut.cpp, mounted."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("ROWAN_POWERCUT", "")


def needed():
    """Skips the test where there is no FUSE."""
    if not PROGRAM or not os.path.exists(PROGRAM):
        raise unittest.SkipTest("skipped: not at hand: libfuse3-dev, when this was built")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK) or not shutil.which("fusermount3"):
        raise unittest.SkipTest("skipped: not at hand: /dev/fuse")


class Disk:
    """`store` holds what is on the disk while it is not mounted; `folder` is where programs see it. `journal`: as ext4, it
    keeps all names at every fsync. `user`: whose disk it is. `folder`: where it is to be."""

    def __init__(self, store, seed, lying=False, journal=False, user=None, folder=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="rowan-power-"))
        self.folder.mkdir(exist_ok=True)
        words = [PROGRAM, str(self.folder), str(store), "--seed", str(seed)] + ["--lying-fsync"] * lying + ["--journal"] * journal
        words += ["--user", user] if user else []
        with tempfile.TemporaryFile("w+") as errors:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
            if self.process.stdout.readline() != "open\n":
                self.process.kill()
                self._tidy()
                errors.seek(0)
                said = errors.read()
                if "mount failed" in said or "not permitted" in said:
                    raise unittest.SkipTest("skipped: not at hand: /dev/fuse")
                raise AssertionError(f"powercut did not open: {said}")
        self.mounted = True

    def cut(self):
        """From now on every call fails; what survives stands in the store."""
        self.process.send_signal(signal.SIGUSR1)
        if self.process.stdout.readline() != "cut\n":
            raise AssertionError("powercut ended before it cut")

    def unmount(self):
        """Where the power was not cut, everything reaches the store."""
        if self.mounted:
            self.mounted = False
            subprocess.run(["fusermount3", "-u", "-z", str(self.folder)], check=True, capture_output=True)
            self.process.wait(20)
            self._tidy()

    def _tidy(self):
        self.process.wait()
        self.process.stdout.close()
        os.rmdir(self.folder)
