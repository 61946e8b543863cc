"""Backups to keys that are kept offline: written beside the server, read without it, continued, refused when anything
is not as it was."""
import contextlib
import json
import os
import re
import shutil
import sqlite3

import postgres
import rowan
from sealed import Sealed, dump


class Keys(Sealed):
    def test_the_secret_half_is_readable_by_its_owner_only_and_never_overwritten(self):
        self.assertEqual(0o600, self.key.stat().st_mode & 0o777)
        before = self.key.read_bytes()
        self.refused("backup", "keys", "--out", self.key, says="already")
        self.assertEqual(before, self.key.read_bytes())
        self.assertIn("rowan-secret-key", before.decode())
        self.assertNotIn("rowan-secret-key", self.pub.read_text())

    def test_the_server_is_refused_the_secret_half_and_a_restore_the_public_one(self):
        data = self.demo()
        self.refused("backup", "--data", data, "--to", self.key, "--out", self.folder / "x", says="secret key: take it off")
        self.refused("backup", "--data", data, "--out", self.folder / "x", says="--to")
        full = self.back_up(data)
        self.refused("restore", full, "--data", self.folder / "back", "--key", self.pub, says="public key")
        empty = self.folder / "empty"
        empty.write_text("# nobody\n")
        self.refused("backup", "--data", data, "--to", empty, "--out", self.folder / "x", says="no public key")


class Backup(Sealed):
    def test_a_backup_comes_back_whole(self):
        data = self.demo()
        figures = self.succeed("profile", "--data", data, "--format", "json")
        full = self.back_up(data)
        state = dump(data)
        self.not_restored(full, says="keyring")
        back = self.restore(full, data)
        self.assertEqual(state, dump(back))
        self.assertEqual(figures, self.succeed("profile", "--data", back, "--format", "json"))
        self.succeed("fsck", "--data", back)
        self.succeed("audit", "verify", "--data", back)

    def test_the_server_cannot_read_what_it_wrote(self):
        """All that the server has, its keyring too, opens nothing; another key neither."""
        data = self.demo()
        full = self.back_up(data)
        shutil.copy(f"{data}.keyring", self.folder / "nothing.keyring")
        self.wrong_usage("restore", full, "--data", self.folder / "nothing")
        own, self.key = self.key, self.keys("another")
        self.not_restored(full, says="not sealed to key [0-9a-f]{16}. Give the secret key of [0-9a-f]{16}")
        self.key = own
        self.restore(full, data)

    def test_each_of_several_recipients_can_open_it(self):
        data, second = self.demo(), self.keys("second")
        full = self.back_up(data, "full", "--to", f"{second}.pub")
        self.assertEqual(2, len(json.loads(full.read_bytes().split(b"\n")[1])["recipients"]))
        for name, self.key in (("first", self.key), ("other", second)):
            self.restore(full, data, name)

    def test_nothing_is_overwritten(self):
        data = self.demo()
        full = self.back_up(data)
        before = rowan.content_hash(data)
        self.refused("restore", full, "--data", data, "--key", self.key, says="exist|already|empty")
        self.assertEqual(before, rowan.content_hash(data))
        size = full.stat().st_size
        self.refused("backup", "--data", data, "--to", self.pub, "--out", full, says="exist|already")
        self.assertEqual(size, full.stat().st_size)

    def test_a_damaged_backup_is_refused_and_leaves_nothing(self):
        data = self.demo()
        content = self.back_up(data).read_bytes()
        shutil.copy(f"{data}.keyring", self.folder / "nothing.keyring")
        damaged = self.folder / "damaged"
        body = content.index(b"\n", content.index(b"\n") + 1) + 1
        for where in (3, 40, body + 5, len(content) // 2, len(content) - 300, len(content) - 20):
            with self.subTest(where=where):
                changed = bytearray(content)
                changed[where] ^= 0x01
                damaged.write_bytes(changed)
                self.not_restored(damaged)
                self.refused("backup", "verify", damaged)

    def test_a_cut_swapped_or_foreign_backup_is_refused_and_leaves_nothing(self):
        data = self.demo(children=700)
        content = self.back_up(data).read_bytes()
        shutil.copy(f"{data}.keyring", self.folder / "nothing.keyring")
        header = content.split(b"\n")[1]
        head = len(b"rowan-sealed 1\n") + len(header) + 1 + json.loads(header)["open_bytes"]
        chunk = (1 << 20) + 16
        self.assertGreater(len(content), head + 2 * chunk, "two whole chunks to swap")
        damaged = self.folder / "damaged"
        for name, changed in {"cut": content[:-1], "cut at a chunk": content[:head + chunk], "longer": content + b"x", "empty": b"", "no chunks": content[:head],
                              "swapped": content[:head] + content[head + chunk:head + 2 * chunk] + content[head:head + chunk] + content[head + 2 * chunk:],
                              "header": content.replace(b'"schema_version":', b'"schema_version":1', 1)}.items():
            with self.subTest(name):
                damaged.write_bytes(changed)
                self.not_restored(damaged)
        damaged.unlink()
        self.succeed("init", "--data", self.folder / "other", "--scheme", "solihull")
        self.not_restored(self.folder / "full", "--keyring", self.folder / "other.keyring", says="another keyring")
        self.not_restored(self.folder / "none", says="not there")
        self.assertEqual(["looks.db", "rowan.db"], sorted(path.name for path in data.iterdir() if "-" not in path.name and "lock" not in path.name))

    def test_who_may_write_to_the_store_cannot_put_another_backup_in_its_place(self):
        """Made of our own public key, which is no secret, and of a partnership of their own: whole, and not ours."""
        data = self.demo()
        full = self.back_up(data)
        log = re.search(r"^Log +(\w+)$", self.succeed("backup", "verify", full), re.MULTILINE).group(1)
        self.succeed("init", "--data", self.folder / "theirs", "--scheme", "somerset")
        forged = self.back_up(self.folder / "theirs", "forged")
        self.succeed("backup", "verify", forged)
        self.refused("backup", "verify", forged, "--log", log, says="another partnership")
        self.succeed("backup", "verify", full, "--log", log)
        shutil.copy(f"{data}.keyring", self.folder / "nothing.keyring")
        self.not_restored(forged, says="another keyring")

    def test_an_older_backup_in_the_place_of_a_newer_is_told_by_kept_heads(self):
        data = self.demo()
        old = self.back_up(data, "old")
        self.change(data, "zelda")
        new = self.back_up(data, "new")
        header = json.loads(new.read_bytes().split(b"\n")[1])
        kept = self.folder / "heads.txt"
        kept.write_text(f"{header['audit_size']} {header['audit_root']}\n")
        shutil.copy(f"{data}.keyring", self.folder / "nothing.keyring")
        self.not_restored(old, "--witness", kept, says="older than what was seen")
        self.refused("backup", "verify", old, "--witness", kept, says="older than what was seen")
        self.succeed("backup", "verify", new, "--witness", kept)
        self.restore(new, data, "newer", "--witness", kept)
        self.restore(old, data, "older", "--witness", kept, "--older")
        kept.write_text(f"{header['audit_size']} {'0' * 64}\n")
        self.not_restored(new, "--witness", kept, says="another history")
        self.not_restored(new, "--witness", kept, "--older", says="heads were kept")

    def test_a_backup_is_taken_beside_a_serving_process_and_leaves_a_trace(self):
        data = self.demo()
        server = self.serve("--demo", "--data", data)
        browser = server.browser()
        rowan.sign_in(browser, "Petra Songhurst")
        full = self.back_up(data)
        back = self.restore(full, data)
        self.succeed("fsck", "--data", back)
        with contextlib.closing(sqlite3.connect(back / "rowan.db")) as database:
            (detail,) = database.execute("SELECT detail FROM audit_entry WHERE act = 'backup'").fetchone()
        self.assertRegex(detail, "^keys=[0-9a-f]{16}$")
        self.assertEqual(0, server.stop())

    def test_a_partnership_in_postgresql_is_backed_up_and_comes_back_in_either(self):
        data, out = self.demo(), self.folder / "store"
        out.mkdir()
        keyring = data.with_name(data.name + ".keyring")
        url = postgres.cluster().new("backed_up")
        self.succeed("copy", "--data", data, "--to", url)
        server = self.serve("--demo", "--database", url, "--keyring", keyring)
        self.succeed("backup", "--database", url, "--keyring", keyring, "--to", self.pub, "--out", out / "full")
        self.assertEqual(0, server.stop())
        self.assertEqual(["full"], [path.name for path in out.iterdir()])
        back = self.restore(out / "full", data)
        tables = [line for line in dump(data).splitlines() if '"audit' not in line]
        self.assertEqual(sorted(tables), sorted(line for line in dump(back).splitlines() if '"audit' not in line))
        self.succeed("fsck", "--data", back)
        self.refused("restore", out / "full", "--database", url, "--key", self.key, says="rowan copy")
        again = postgres.cluster().new("restored")
        self.succeed("copy", "--data", back, "--to", again)
        self.succeed("fsck", "--database", again, "--keyring", keyring)

    def test_a_backup_names_nobody(self):
        data = self.demo()
        content = self.back_up(data).read_bytes()
        self.assertNotIn(b"SQLite format 3", content)
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            names = [name for (name,) in database.execute("SELECT display_name FROM user_account")]
        self.assertGreater(len(names), 5)
        for name in names:
            self.assertNotIn(name.encode(), content)


class Increments(Sealed):
    def test_a_chain_comes_back_as_what_it_was_taken_of(self):
        data = self.demo(children=700)
        full, states = self.back_up(data), []
        last = full
        for number, name in enumerate(("first", "second", "third"), start=1):
            self.change(data, name)
            last = self.back_up(data, f"increment{number}", "--since", last)
            states.append((last, dump(data)))
            self.assertLess(last.stat().st_size, full.stat().st_size / 2, "only what has changed")
        for number, (increment, state) in enumerate(states):
            back = self.restore(increment, data, f"back{number}")
            self.assertEqual(state, dump(back))
            self.succeed("audit", "verify", "--data", back)
        self.assertRegex(self.succeed("backup", "verify", last), r"(?m)^Chain +4$")
        self.assertNotEqual(states[0][1], states[1][1], "there was something to tell apart")

    def test_a_chain_grows_and_shrinks_with_the_database(self):
        data = self.demo()
        full = self.back_up(data)
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            database.execute("INSERT INTO history VALUES ('ballast', 'x', 1, 0, '', randomblob(3000000))")
            database.commit()
        grown = self.back_up(data, "grown", "--since", full)
        self.assertGreater(grown.stat().st_size, 3000000)
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            database.execute("DELETE FROM history WHERE kind = 'ballast'")
            database.commit()
            database.execute("VACUUM")
        state = self.back_up(data, "shrunk", "--since", grown)
        back = self.restore(state, data)
        self.assertEqual(dump(data), dump(back))
        self.assertLess((back / "rowan.db").stat().st_size, (data / "rowan.db").stat().st_size + 65536)

    def test_a_missing_or_changed_link_is_refused(self):
        data = self.demo()
        full = self.back_up(data)
        self.change(data, "first")
        middle = self.back_up(data, "middle", "--since", full)
        self.change(data, "second")
        last = self.back_up(data, "last", "--since", middle)
        shutil.copy(f"{data}.keyring", self.folder / "nothing.keyring")
        away = self.folder / "away"
        away.mkdir()
        for missing in (middle, full):
            with self.subTest(missing=missing.name):
                os.rename(missing, away / missing.name)
                self.not_restored(last, says="continues the one of .* which is not in the folder")
                self.refused("backup", "verify", last, says="is not in the folder")
                os.rename(away / missing.name, missing)
        content = middle.read_bytes()
        changed = bytearray(content)
        changed[len(content) // 2] ^= 1
        middle.write_bytes(changed)
        self.not_restored(last)
        self.refused("backup", "verify", last)
        # One of another chain under the name of the missing one.
        shutil.copy(self.back_up(data, "unlike"), middle)
        self.not_restored(last, says="is not in the folder")
        middle.write_bytes(content)
        self.restore(last, data)

    def test_only_a_backup_of_the_same_partnership_that_is_not_newer_is_continued(self):
        data = self.demo()
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(data, self.folder / "yesterday")
        shutil.copy(f"{data}.keyring", self.folder / "yesterday.keyring")
        self.change(data, "first")
        full = self.back_up(data)
        self.succeed("init", "--data", self.folder / "other", "--scheme", "somerset")
        out = self.folder / "x"
        cannot = ("backup", "--to", self.pub, "--out", out, "--since")
        self.refused(*cannot, full, "--data", self.folder / "other", says="another partnership")
        self.refused(*cannot, full, "--data", self.folder / "yesterday", says="more of the audit log")
        self.succeed("backup", "keyring", "--data", data, "--to", self.pub, "--out", self.folder / "keys")
        self.refused(*cannot, self.folder / "keys", "--data", data, says="not a backup of the data")
        changed = bytearray(full.read_bytes())
        changed[changed.index(b"\n", 20) + 1] ^= 1  # the fingerprints
        full.write_bytes(changed)
        self.refused(*cannot, full, "--data", data, says="damaged")
        self.assertFalse(out.exists())


class EmptyMachine(Sealed):
    def test_one_command_and_what_was_kept_offline_make_the_partnership_again(self):
        data = self.demo()
        figures = self.succeed("profile", "--data", data, "--format", "json")
        keyring = self.folder / "keyring.sealed"
        self.succeed("backup", "keyring", "--data", data, "--to", self.pub, "--out", keyring)
        full = self.back_up(data)
        content = keyring.read_bytes()
        for line in (data.with_name(data.name + ".keyring")).read_bytes().splitlines()[1:-1]:
            self.assertNotIn(line.split()[-1], content)
        shutil.rmtree(data)
        data.with_name(data.name + ".keyring").unlink()
        machine = self.folder / "machine"
        machine.mkdir()
        self.succeed("restore", full, "--data", machine / "data", "--key", self.key, "--keyring-copy", keyring)
        self.assertEqual(0o600, (machine / "data.keyring").stat().st_mode & 0o777)
        self.assertEqual(figures, self.succeed("profile", "--data", machine / "data", "--format", "json"))
        server = self.serve("--demo", "--data", machine / "data")
        self.assertEqual(200, rowan.sign_in(server.browser()).status)
        # A keyring that is there is never written over, and one of another partnership does not fit.
        self.refused("restore", full, "--data", machine / "more", "--key", self.key, "--keyring", machine / "data.keyring",
                     "--keyring-copy", keyring, says="already a keyring")
        self.succeed("init", "--data", self.folder / "other", "--scheme", "somerset")
        self.succeed("backup", "keyring", "--data", self.folder / "other", "--to", self.pub, "--out", self.folder / "others")
        self.refused("restore", full, "--data", machine / "more", "--key", self.key, "--keyring-copy", self.folder / "others",
                     says="another keyring")
        self.refused("restore", full, "--data", machine / "more", "--key", self.key, "--keyring-copy", full, says="not a copy of a keyring")
        self.assertEqual(["data", "data.keyring"], sorted(path.name for path in machine.iterdir()))

    def test_a_copy_of_the_keyring_opens_by_itself(self):
        data = self.demo()
        sealed, out = self.folder / "sealed", self.folder / "opened"
        self.succeed("backup", "keyring", "--data", data, "--to", self.pub, "--out", sealed)
        self.succeed("open", sealed, "--key", self.key, "--out", out)
        self.assertEqual(data.with_name(data.name + ".keyring").read_bytes(), out.read_bytes())
        self.assertEqual(0o600, out.stat().st_mode & 0o777)
        self.refused("open", sealed, "--key", self.key, "--out", out, says="already")
        self.refused("open", self.back_up(data), "--key", self.key, "--out", self.folder / "x", says="rowan restore")
        self.refused("open", sealed, "--key", self.keys("another"), "--out", self.folder / "x", says="not sealed to key")
        self.assertFalse((self.folder / "x").exists())
