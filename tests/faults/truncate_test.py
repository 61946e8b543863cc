"""The nth change of a file's size fails (EIO, ENOSPC, EINTR): at the opening and the closing of a server, and in commands that
make a data folder. What is refused says so, and what is there is sound (SECURITY.md 6.10, goal 12)."""
import errno
import os
import subprocess

import shim
from errors_test import Faulty
from ledger import rowan

CODES = (errno.EIO, errno.ENOSPC, errno.EINTR)


class Truncated(Faulty):
    def command(self, *words):
        return subprocess.run([rowan.BINARY, *map(str, words)], env={**os.environ, **self.faults.environment}, capture_output=True,
                              text=True, timeout=120)

    def test_a_server_that_opens(self):
        self.assertGreater(self.faults.count(shim.TRUNCATE, self.open), 0, "the opening changes the size of a file")
        self.refer()
        for code in CODES:
            with self.subTest(errno.errorcode[code]):
                self.close()
                self.faults.arm(shim.TRUNCATE, code)
                try:
                    self.open()
                    self.refer()
                except RuntimeError as refused:
                    self.assertNotEqual(errno.EINTR, code, "what is interrupted is done again")
                    self.assertRegex(str(refused), r"(?m)^(the server did not open: )?rowan: \w.*\.$")
                self.assertEqual(1, self.faults.disarm(), "the fault arrived")
                self.right()
                self.open()
                self.refer()
        self.right()

    def test_a_server_that_closes(self):
        for code in CODES:
            with self.subTest(errno.errorcode[code]):
                self.open()
                self.refer()
                self.faults.arm(shim.TRUNCATE, code)
                self.close()
                self.assertEqual(1, self.faults.disarm(), "the fault arrived")
                self.right()

    def each_fails(self, name, *words):
        """Every change of size that the command makes; what is there afterwards under its name is sound."""
        count = self.faults.count(shim.TRUNCATE, lambda: self.assertEqual(0, self.command(*words, self.folder / name).returncode))
        self.assertGreater(count, 1)
        for code in CODES:
            for n in range(1, count + 1):
                with self.subTest(code=errno.errorcode[code], n=n):
                    made = self.folder / f"{name}-{code}-{n}"
                    self.faults.arm(shim.TRUNCATE, code, n)
                    done = self.command(*words, made)
                    self.assertEqual(1, self.faults.disarm(), "the fault arrived")
                    if done.returncode != 0:
                        self.assertNotEqual(errno.EINTR, code, "what is interrupted is done again")
                        self.assertEqual(1, done.returncode)
                        self.assertNotEqual("", done.stderr.strip())
                    if done.returncode == 0 or made.exists():   # what has its name is whole, whatever came after
                        keyring = f"{made}.keyring" if os.path.exists(f"{made}.keyring") else f"{self.data}.keyring"
                        self.succeed("fsck", "--data", made, "--keyring", keyring)

    def test_a_demonstration_that_is_made(self):
        self.each_fails("county", "demo", "--children", "20", "--data")

    def test_a_copy_that_is_made(self):
        self.each_fails("copied", "copy", "--data", self.data, "--to")
