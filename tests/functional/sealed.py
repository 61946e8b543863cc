"""Words for what is sealed to offline keys: pairs of keys, backups, bundles."""
import contextlib
import shutil
import sqlite3

import rowan


def dump(data):
    """All that a folder's database says, whatever its pages look like."""
    with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
        return "\n".join(database.iterdump())


class Sealed(rowan.Case):
    """A test with an offline key, and words for backups."""

    def setUp(self):
        super().setUp()
        self.key = self.keys("offline")
        self.pub = self.key.with_name("offline.pub")

    def keys(self, name):
        key = self.folder / name
        self.succeed("backup", "keys", "--out", key)
        return key

    def back_up(self, data, name="full", *more):
        out = self.folder / name
        self.succeed("backup", "--data", data, "--to", self.pub, "--out", out, *more)
        return out

    def change(self, data, name):
        """One more account: a few blocks of the database."""
        self.succeed("user", "add", "--data", data, "--name", name, "--display-name", name.title(), "--agency", "SCC",
                     "--roles", "board_member", input="tumbling marble quartz lantern\n")

    def restore(self, backup, data, name="back", *more):
        """Into a new folder that has the keyring of `data`."""
        back = self.folder / name
        shutil.copy(f"{data}.keyring", f"{back}.keyring")
        self.succeed("restore", backup, "--data", back, "--key", self.key, *more)
        return back

    def not_restored(self, backup, *more, says="."):
        """Refused, and nothing is left but what was there."""
        before = sorted(path.name for path in self.folder.iterdir())
        self.refused("restore", backup, "--data", self.folder / "nothing", "--key", self.key, *more, says=says)
        self.assertEqual(before, sorted(path.name for path in self.folder.iterdir()))
