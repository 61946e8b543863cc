"""The nth call of the program fails: tests/faults/faults.c, loaded into it."""
import errno
import mmap
import os
import struct
import unittest

LIBRARY = os.environ.get("ROWAN_FAULTS_LIBRARY", "")
NOTHING, SYNC, WRITE, TRUNCATE, ALLOCATE = range(5)
KILL = 0
FIELDS = ("what", "code", "countdown", "lasting", "hits", "clock")


class Faults:
    """Given to rowan.Server as its environment; arm() and clock() take effect at once in what runs."""

    def __init__(self, folder):
        if not os.path.exists(LIBRARY):
            raise unittest.SkipTest("skipped: not at hand: the library of tests/faults")
        path = folder / "faults"
        path.write_bytes(b"\0" * 8 * len(FIELDS))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 8 * len(FIELDS))
        self.environment = {"LD_PRELOAD": LIBRARY, "ROWAN_FAULTS": str(path)}

    def _set(self, field, value):
        struct.pack_into("q", self.memory, 8 * FIELDS.index(field), value)

    def get(self, field):
        return struct.unpack_from("q", self.memory, 8 * FIELDS.index(field))[0]

    def arm(self, what, code=errno.EIO, nth=1, lasting=False):
        self._set("what", NOTHING)
        self._set("hits", 0)
        self._set("code", code)
        self._set("countdown", nth)
        self._set("lasting", lasting)
        self._set("what", what)

    def disarm(self):
        """How many calls failed."""
        self._set("what", NOTHING)
        return self.get("hits")

    def count(self, what, work):
        """How many calls of this kind the work makes."""
        self.arm(what, nth=1 << 40)
        work()
        self.disarm()
        return (1 << 40) - self.get("countdown")

    def clock(self, seconds):
        self._set("clock", seconds)
