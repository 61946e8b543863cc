"""rowan copy: a partnership moves between SQLite and PostgreSQL, whole or not at all, with a proof that both say the same."""
import contextlib
import datetime
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import time

import postgres
import rowan

AUDIT = {"audit_entry", "audit_head", "audit_state"}  # each copy adds the entry that says so


def proof_of(data, table):
    """The digest of one table by docs/formats/table-proof.md, with other code than Rowan's."""
    with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
        columns = sorted(name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,)))
        key = [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))] or columns
        digest, rows = hashlib.sha256(), 0

        def put(kind, content):
            digest.update(kind + len(content).to_bytes(8, "big") + content)

        for name in [table, *columns]:
            put(b"t", name.encode())
        database.text_factory = bytes
        for row in database.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(f'{name} NULLS FIRST' for name in key)}"):
            rows += 1
            for column, value in zip(columns, row):
                if value is None:
                    put(b"n", b"")
                elif isinstance(value, int):
                    put(b"i", value.to_bytes(8, "big", signed=True))
                else:  # text and blobs both come as bytes: the column says which
                    kind = database.execute(f"SELECT DISTINCT typeof({column}) FROM {table} WHERE {column} IS NOT NULL").fetchone()[0]
                    put(b"b" if kind == b"blob" else b"t", value)
        return rows, digest.hexdigest()


class Copy(rowan.Case):
    databases = 0

    def new_database(self):
        Copy.databases += 1
        name = f"copy{Copy.databases}"
        return name, postgres.cluster().new(name)

    def copy(self, *arguments):
        """The proof, as tables by name, and the log."""
        told = json.loads(self.succeed("copy", *arguments, "--format", "json", timeout=300))
        return {each["table"]: (each["rows"], each["sha256"]) for each in told["tables"]}, (told["entries"], told["root"])

    def moved(self):
        """A county in SQLite, and the same in PostgreSQL."""
        data = self.demo(children=200)
        name, url = self.new_database()
        proof, log = self.copy("--data", data, "--to", url)
        return data, data.with_name(data.name + ".keyring"), name, url, proof, log


class ThereAndBack(Copy):
    def test_both_engines_say_the_same_and_so_does_the_way_back(self):
        data, keyring, name, url, there, log = self.moved()
        for table in ("person", "agency_record", "referral", "role_grant", "audit_entry", "missing_episode", "schema_migration"):
            with self.subTest(table=table):
                self.assertGreater(there[table][0], 0)
                self.assertEqual(proof_of(data, table), there[table], "by other code")
        in_postgres = ("--database", url, "--keyring", keyring)
        self.succeed("fsck", *in_postgres, timeout=300)
        self.assertEqual(f"{log[0]} entries", self.succeed("audit", "verify", *in_postgres).split(", ")[0])
        self.assertIn(log[1], self.succeed("audit", "verify", "--data", data))
        self.assertEqual(self.succeed("profile", "--data", data, "--format", "json"), self.succeed("profile", *in_postgres, "--format", "json"))
        back = self.folder / "back"
        again, later = self.copy(*in_postgres, "--to", back)
        self.assertEqual({table: proof for table, proof in there.items() if table not in AUDIT},
                         {table: proof for table, proof in again.items() if table not in AUDIT})
        self.assertEqual(log[0] + 1, later[0], "the copy itself")
        self.assertFalse(back.with_name("back.keyring").exists(), "the keyring stays where it is")
        self.succeed("fsck", "--data", back, "--keyring", keyring)
        self.assertIn(later[1], self.succeed("audit", "verify", "--data", back, "--keyring", keyring))

    def test_every_page_is_the_same(self):
        data, keyring, _, url, _, _ = self.moved()
        with contextlib.closing(sqlite3.connect(data / "rowan.db")) as database:
            people = [row[0] for row in database.execute("SELECT id FROM person WHERE root = id ORDER BY id LIMIT 5")]
            referrals = [row[0] for row in database.execute("SELECT id FROM referral ORDER BY id LIMIT 5")]
        # From the same half minute past the hour: no minute ends while both are looked at.
        clock = ("--clock", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:00:30.000Z"))
        served = []
        for source in (("--data", data), ("--database", url, "--keyring", keyring)):
            server = self.serve("--demo", *source, *clock)
            browser = server.browser()
            rowan.sign_in(browser)
            pages = [browser.get(path).text for path in ("/people?q=a", "/referrals", *(f"/people/{each}" for each in people),
                                                         *(f"/referrals/{each}" for each in referrals))]
            served.append(pages)
            self.assertEqual(0, server.stop())
        self.assertGreater(sum(map(len, served[0])), 5000)
        self.assertEqual(*served)

    def test_what_is_changed_afterwards_changes_the_proof_of_its_table(self):
        data, keyring, name, url, before, _ = self.moved()
        postgres.cluster().ask(name, "UPDATE referral SET area = area || 'x' WHERE id = (SELECT min(id) FROM referral)")
        postgres.cluster().ask(name, "DELETE FROM session")
        after, _ = self.copy("--database", url, "--keyring", keyring, "--to", self.folder / "back")
        changed = {table for table in before if before[table] != after[table]}
        self.assertLessEqual({"referral"}, changed)
        self.assertLessEqual(changed, AUDIT | {"referral", "session"})


class Refused(Copy):
    def test_what_is_not_empty_is_left_as_it_is(self):
        data, keyring, name, url, _, _ = self.moved()
        other = self.demo(name="other")
        rows = postgres.cluster().ask(name, "SELECT count(*) FROM person")
        self.refused("copy", "--data", other, "--to", url, says="already something in the database")
        self.assertEqual(rows, postgres.cluster().ask(name, "SELECT count(*) FROM person"))
        foreign, foreign_url = self.new_database()
        postgres.cluster().ask(foreign, "CREATE TABLE invoices (n INTEGER)")
        self.refused("copy", "--data", other, "--to", foreign_url, says="already something in the database")
        self.assertEqual("invoices", postgres.cluster().ask(foreign, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
        before = rowan.content_hash(data)
        self.refused("copy", "--database", url, "--keyring", keyring, "--to", data, says="already something")
        self.assertEqual(before, rowan.content_hash(data))

    def test_a_folder_that_is_served_is_not_copied(self):
        data = self.demo()
        self.serve("--demo", "--data", data)
        self.refused("copy", "--data", data, "--to", self.folder / "back", says="Another Rowan is already using")
        self.assertFalse((self.folder / "back").exists())

    def test_a_database_that_keeps_something_else_than_it_was_given_is_found_out(self):
        """The negative control of the proof: a trigger changes one value on its way in."""
        data, _, name, _, _, _ = self.moved()
        empty, url = self.left_behind(name)
        postgres.cluster().ask(empty, "CREATE FUNCTION twist() RETURNS trigger LANGUAGE plpgsql AS "
                                      "$$ BEGIN NEW.area = NEW.area || 'x'; RETURN NEW; END $$")
        postgres.cluster().ask(empty, "CREATE TRIGGER twist BEFORE INSERT ON referral FOR EACH ROW EXECUTE FUNCTION twist()")
        self.refused("copy", "--data", data, "--to", url, says="does not say the same")
        self.assertEqual("0", postgres.cluster().ask(empty, "SELECT count(*) FROM person"))
        postgres.cluster().ask(empty, "DROP TRIGGER twist ON referral")
        self.copy("--data", data, "--to", url)

    def left_behind(self, like):
        """The schema and nothing in it: what a copy that was broken off leaves."""
        name, url = self.new_database()
        cluster = postgres.cluster()
        dump = cluster.folder / f"{name}.sql"
        cluster.run("pg_dump", "-h", cluster.folder, "-U", "rowan", "--schema-only", "-f", dump, like)
        cluster.run("psql", "-h", cluster.folder, "-U", "rowan", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, name)
        steps = cluster.ask(like, "SELECT format('(%s,%L,%L)', number, name, checksum) FROM schema_migration").splitlines()
        cluster.ask(name, f"INSERT INTO schema_migration (number, name, checksum) VALUES {','.join(steps)}")
        cluster.ask(name, "INSERT INTO people_state (id, last) VALUES (1, 0)")
        return name, url

    def wait_for(self, name, sql):
        for _ in range(600):
            if postgres.cluster().ask(name, sql) != "0":
                return
            time.sleep(0.1)
        self.fail(f"it never came to this: {sql}")

    def begin(self, *arguments):
        process = subprocess.Popen([rowan.BINARY, "copy", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_killed_in_the_middle_postgresql_holds_nothing_that_would_serve(self):
        data, keyring, name, _, _, _ = self.moved()
        empty, url = self.left_behind(name)
        cluster = postgres.cluster()
        cluster.ask(empty, "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$")
        cluster.ask(empty, "CREATE TRIGGER wait BEFORE INSERT ON referral FOR EACH ROW EXECUTE FUNCTION wait()")
        process = self.begin("--data", data, "--to", url)
        sleeping = f"FROM pg_stat_activity WHERE datname = '{empty}' AND wait_event = 'PgSleep'"
        self.wait_for(empty, f"SELECT count(*) {sleeping}")
        process.send_signal(signal.SIGKILL)
        process.wait()
        cluster.ask(empty, f"SELECT pg_terminate_backend(pid) {sleeping}")
        self.wait_for(empty, f"SELECT CAST(count(*) = 0 AS INTEGER) {sleeping}")
        self.assertEqual("0", cluster.ask(empty, "SELECT count(*) FROM person"))
        self.refused("serve", "--database", url, "--keyring", keyring, "--listen", "127.0.0.1:0", says="holds no partnership", timeout=60)
        cluster.ask(empty, "DROP TRIGGER wait ON referral")
        self.copy("--data", data, "--to", url)
        self.succeed("fsck", "--database", url, "--keyring", keyring, timeout=300)

    def test_killed_in_the_middle_a_folder_does_not_appear(self):
        _, keyring, name, url, _, _ = self.moved()
        cluster = postgres.cluster()
        locker = subprocess.Popen([postgres.BINARIES / "psql", "-h", cluster.folder, "-U", "rowan", "-q", name], stdin=subprocess.PIPE, text=True)
        self.addCleanup(locker.wait)
        self.addCleanup(locker.kill)
        locker.stdin.write("BEGIN; LOCK TABLE referral IN ACCESS EXCLUSIVE MODE;\n")
        locker.stdin.flush()
        self.wait_for(name, "SELECT count(*) FROM pg_locks WHERE relation = 'referral'::regclass AND mode = 'AccessExclusiveLock' AND granted")
        place = self.folder / "place"
        place.mkdir()
        process = self.begin("--database", url, "--keyring", keyring, "--to", place / "back")
        self.wait_for(name, "SELECT count(*) FROM pg_locks WHERE relation = 'referral'::regclass AND NOT granted")
        process.send_signal(signal.SIGKILL)
        process.wait()
        locker.stdin.write("ROLLBACK;\n\\q\n")
        locker.stdin.close()
        locker.wait()
        self.assertFalse((place / "back").exists())
        left = [path.name for path in place.iterdir()]
        self.assertEqual(1, len(left))
        self.assertTrue(left[0].startswith(".back.copy-"))
        self.refused("serve", "--data", place / left[0], "--keyring", keyring, "--listen", "127.0.0.1:0", says="holds no partnership", timeout=60)
        shutil.rmtree(place / left[0])
        self.copy("--database", url, "--keyring", keyring, "--to", place / "back")
        self.assertEqual(["back"], [path.name for path in place.iterdir()])
