"""The command line, as other people's scripts rely on it (the design's section 4): words, exit codes, refusals."""
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import unittest.mock

import rowan

ALLOWED = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}  # mpirun wants to be told
COMMANDS = ("serve", "init", "demo", "user", "agency", "import", "link", "profile", "export", "postcodes", "audit", "backup", "restore", "emergency", "open", "copy", "fsck")
LEFT = "id,source,first_name,surname,dob,postcode\n" \
       "a1,health,Marta,Kowalczyk,2009-03-14,B91 3AA\na2,health,Idris,Okafor,2008-11-02,B37 7TT\n"
RIGHT = "id,source,first_name,surname,dob,postcode\n" \
        "b1,school,Marta,Kowalczyk,2009-03-14,B91 3AA\nb2,school,Tamsin,Pellow,2010-07-30,TA1 1AA\n"


class Help(rowan.Case):
    def test_help_names_every_command(self):
        words = self.succeed("--help")
        for command in COMMANDS:
            self.assertIn(command, words)

    def test_every_command_has_help(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                self.assertIn("--", self.succeed(command, "--help"))

    def test_wrong_usage_is_2_and_says_so_on_stderr(self):
        for arguments in ((), ("nonsense",), ("serve", "--no-such-option"), ("init",), ("restore",), ("open",), ("backup",), ("emergency",), ("copy",), ("link",),
                          ("demo", "--data", self.folder / "d", "--children", "many"), ("audit", "nonsense")):
            with self.subTest(arguments=arguments):
                self.wrong_usage(*arguments)
        self.assertEqual([], list(self.folder.iterdir()), "a wrong command line changes nothing")


class Init(rowan.Case):
    def test_both_schemes_that_ship_make_a_sound_folder(self):
        for scheme in ("solihull", "somerset"):
            with self.subTest(scheme=scheme):
                self.succeed("init", "--data", self.folder / scheme, "--scheme", scheme)
                self.succeed("fsck", "--data", self.folder / scheme)
                self.succeed("audit", "verify", "--data", self.folder / scheme)

    def test_an_existing_folder_is_refused_and_left_as_it_was(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        before = rowan.content_hash(data)
        self.refused("init", "--data", data, "--scheme", "somerset", says="exist|already")
        self.refused("demo", "--data", data, says="exist|already|real")
        self.assertEqual(before, rowan.content_hash(data))

    def test_a_wrong_scheme_is_refused_with_file_line_and_reason(self):
        scheme = self.folder / "mine.toml"
        scheme.write_text('name = "Mine"\n\nrisk_levels = [ "low"\n')
        self.refused("init", "--data", self.folder / "d", "--scheme", scheme, says=r"mine\.toml.*\d")
        self.assertFalse((self.folder / "d").exists(), "nothing half-done is left")

    def test_a_scheme_that_does_not_exist_is_refused(self):
        self.refused("init", "--data", self.folder / "d", "--scheme", "atlantis", says="atlantis")


class Serve(rowan.Case):
    def test_a_real_folder_refuses_demo(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        self.refused("serve", "--demo", "--data", data, "--listen", "127.0.0.1:0", says="demo", timeout=20)

    def test_a_real_folder_offers_no_invented_people(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        page = self.serve("--data", data).browser().get("/")
        self.assertEqual(200, page.status)
        self.assertNotIn("demonstration", page.text.lower())

    def test_the_demo_says_that_it_is_one(self):
        page = self.serve("--demo", "--data", self.demo()).browser().get("/")
        self.assertEqual(200, page.status)
        self.assertIn("demonstration", page.text.lower())

    def test_a_folder_that_is_not_there_is_refused(self):
        self.refused("serve", "--data", self.folder / "nowhere", "--listen", "127.0.0.1:0", says="nowhere|init", timeout=20)
        self.assertFalse((self.folder / "nowhere").exists())

    def test_an_address_in_use_is_refused(self):
        data = self.demo()
        server = self.serve("--demo", "--data", data)
        other = self.demo(name="other")
        self.refused("serve", "--demo", "--data", other, "--listen", f"127.0.0.1:{server.port}", timeout=20,
                     says=rf"port {server.port} .*--listen 127\.0\.0\.1:\d+")

    def test_sigterm_ends_it_with_0(self):
        self.assertEqual(0, self.serve("--demo", "--data", self.demo()).stop())


class Demo(rowan.Case):
    def test_the_same_seed_makes_the_same_county(self):
        figures = []
        for name, seed in (("first", 7), ("second", 7), ("other", 8)):
            self.succeed("demo", "--data", self.folder / name, "--children", 60, "--seed", seed)
            figures.append(self.succeed("profile", "--data", self.folder / name, "--format", "json"))
        self.assertEqual(figures[0], figures[1])
        self.assertNotEqual(figures[0], figures[2])

    def test_a_demo_is_silent_in_a_pipe_and_sound(self):
        data = self.folder / "demo"
        done = rowan.run("demo", "--data", data, "--children", 60)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.succeed("fsck", "--data", data)
        self.succeed("audit", "verify", "--data", data)


class Profile(rowan.Case):
    def test_every_format_is_what_it_says(self):
        data = self.demo()
        json.loads(self.succeed("profile", "--data", data, "--format", "json"))
        rows = list(csv.reader(io.StringIO(self.succeed("profile", "--data", data, "--format", "csv"))))
        self.assertGreater(len(rows), 1)
        self.assertEqual(1, len({len(row) for row in rows}), "every line has the same columns")
        self.assertNotEqual("", self.succeed("profile", "--data", data))
        out = self.folder / "profile.json"
        self.assertEqual("", self.succeed("profile", "--data", data, "--format", "json", "--out", out))
        self.assertEqual(json.loads(self.succeed("profile", "--data", data, "--format", "json")),
                         json.loads(out.read_text()))
        self.wrong_usage("profile", "--data", data, "--format", "smoke")


class Link(rowan.Case):
    def files(self):
        left, right = self.folder / "left.csv", self.folder / "right.csv"
        left.write_text(LEFT)
        right.write_text(RIGHT)
        return left, right

    def test_pairs_and_clusters_have_the_promised_columns(self):
        pairs, clusters = self.folder / "pairs.csv", self.folder / "clusters.csv"
        self.succeed("link", *self.files(), "--id", "id", "--pairs", pairs, "--clusters", clusters, "--threshold", 0.5)
        with open(pairs) as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(["left_id", "right_id", "probability", "weight"], list(rows[0]))
        self.assertEqual([{"a1", "b1"}], [{row["left_id"], row["right_id"]} for row in rows])
        with open(clusters) as file:
            groups = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(file)}
        self.assertEqual({"a1", "a2", "b1", "b2"}, set(groups))
        self.assertEqual(groups["a1"], groups["b1"])
        self.assertEqual(3, len(set(groups.values())))

    def test_explain_shows_the_weights(self):
        words = self.succeed("link", *self.files(), "--id", "id", "--explain", "a1,b1")
        self.assertRegex(words.lower(), "surname")
        self.refused("link", *self.files(), "--id", "id", "--explain", "a1,zz", says="zz")

    def groups(self, *arguments):
        """The records of each cluster, as a set of sets."""
        clusters = self.folder / "clusters.csv"
        self.succeed("link", *arguments, "--clusters", clusters)
        found = {}
        with open(clusters) as file:
            for row in csv.DictReader(file):
                found.setdefault(row["cluster_id"], set()).add(row["record_id"])
        return {frozenset(records) for records in found.values()}

    def test_two_agencies_become_one_list_of_people(self):
        health, school = self.folder / "health.csv", self.folder / "school.csv"
        # One child twice in one agency, one in both with a slip of the pen and the other order of words, two alone.
        health.write_text("ref,forename,surname,date_of_birth,postcode,nhs_number\n"
                          "H1,Wilhelmina,Quennell,2006-03-14,TA1 1AA,9990000018\n"
                          "H2,Wilhelmina,Quenell,2006-03-14,TA1 1AA,9990000018\n"
                          "H3,Idris,Thistlewood,2005-11-02,TA2 7TT,\n")
        school.write_text("ref,forename,surname,date_of_birth,postcode,nhs_number\n"
                          "S1,Wilhelmena,Quennell,2006-03-14,TA1 1AA,\n"
                          "S2,Rosalind,Brackenbury,2004-07-30,BA6 9AA,\n")
        two = self.groups(health, school, "--id", "ref")
        self.assertEqual({frozenset({"H1", "H2", "S1"}), frozenset({"H3"}), frozenset({"S2"})}, two)
        self.assertEqual(two, self.groups(school, health, "--id", "ref"), "the order of the files changes nothing")

        decisions = self.folder / "decisions.csv"
        decisions.write_text("left_id,right_id,decision\nH1,S1,never\nH3,S2,same\n")
        decided = self.groups(health, school, "--id", "ref", "--decisions", decisions)
        self.assertIn(frozenset({"H3", "S2"}), decided, "what people decided always wins")
        self.assertFalse(any({"H1", "S1"} <= group for group in decided))

        report = json.loads(self.succeed("link", health, school, "--id", "ref", "--format", "json"))
        self.assertEqual(5, report["records"])

    def children(self):
        """Some hundred records of two agencies, with slips of the pen."""
        file = self.folder / "children.csv"
        given, family = ("Wilhelmina", "Idris", "Rosalind", "Tamsin", "Marta", "Osric", "Perpetua"), ("Quennell", "Okafor", "Pellow", "Brackenbury", "Kowalczyk")
        lines = ["id,agency,first_name,surname,dob,postcode"]
        for i in range(400):
            first, last, born = given[i % 7], family[i % 5] + chr(97 + i % 11), f"{2005 + i % 9}-{1 + i % 12:02}-{1 + i % 28:02}"
            lines.append(f"h{i},health,{first},{last},{born},TA{1 + i % 20} 1AA")
            lines.append(f"s{i},school,{first[:-1] if i % 6 == 0 else first},{last},{born},TA{1 + i % 20} {1 + i % 2}AA")
        file.write_text("\n".join(lines) + "\n")
        return file

    def results(self, name, *start, more=(), of=None):
        """The bytes of all results of one run."""
        files = [self.folder / f"{name}.{what}" for what in ("pairs", "clusters", "model")]
        words = [*start, os.environ["ROWAN_BINARY"], "link", of or self.children(), "--pairs", files[0], "--clusters", files[1], "--save-model", files[2], *more]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, env={**os.environ, **ALLOWED})
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return [file.read_bytes() for file in files]

    def mpirun(self, processes):
        return ("mpirun", "--oversubscribe", "-n", processes)

    def test_less_memory_gives_the_same_bytes_or_a_sentence(self):
        whole = self.results("whole")
        self.assertGreater(whole[0].count(b"\n"), 300)
        self.assertEqual(whole, self.results("little", more=("--memory", "2G")))
        self.refused("link", self.children(), "--memory", "2M", says="--memory \\d+M")
        self.wrong_usage("link", self.children(), "--memory", "much")

    def test_records_wait_on_disk_where_memory_has_no_room_for_them(self):
        short, long = self.children().read_text().splitlines(), self.folder / "long.csv"
        lines = [short[0] + ",notes"]
        for copy in range(8):  # each is of other people
            for line in short[1:]:
                known, agency, given, family, *rest = line.split(",")
                lines.append(",".join([f"{copy}{known}", agency, given, family + "abcdefgh"[copy] * 3, *rest, "x" * 10_000]))
        long.write_text("\n".join(lines) + "\n")
        whole = self.results("whole", of=long)
        self.assertGreater(whole[0].count(b"\n"), 2400)
        waiting = self.folder / "waiting"
        waiting.mkdir()
        with unittest.mock.patch.dict(os.environ, {"TMPDIR": str(waiting)}):
            self.assertEqual(whole, self.results("waiting", of=long, more=("--memory", "100M")))
        self.assertEqual([], list(waiting.iterdir()), "what waited is gone")
        with unittest.mock.patch.dict(os.environ, {"TMPDIR": str(self.folder / "nowhere")}):
            self.refused("link", long, "--memory", "100M", says="The folder .*/nowhere does not hold the records")
            self.succeed("link", long, "--memory", "8G")

    def test_several_processes_give_the_bytes_of_one(self):
        if not (pathlib.Path(os.environ["ROWAN_BINARY"]).resolve().parent / "rowan_mpi.so").exists():
            self.skipTest("skipped: not at hand: rowan was built without Open MPI")
        self.needs_mpirun()
        one = self.results("one")
        for processes in (1, 2, 3):
            with self.subTest(processes=processes):
                self.assertEqual(one, self.results(f"of{processes}", *self.mpirun(processes)))
        done = subprocess.run([*map(str, self.mpirun(2)), os.environ["ROWAN_BINARY"], "link", "none.csv"], capture_output=True, text=True, timeout=120, env={**os.environ, **ALLOWED})
        self.assertNotEqual(0, done.returncode)
        self.assertEqual(1, done.stderr.count("none.csv"), "one process speaks for all")

    def test_several_processes_of_a_program_without_open_mpi_are_refused_with_one_sentence(self):
        alone = self.folder / "rowan"
        shutil.copy(os.environ["ROWAN_BINARY"], alone)
        for rank, says in (("0", "without Open MPI"), ("1", "^$")):
            done = subprocess.run([alone, "link", self.children()], capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": rank})
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.stderr.strip(), says)

    def needs_mpirun(self):
        try:
            done = subprocess.run([*map(str, self.mpirun(2)), "true"], capture_output=True, timeout=60, env={**os.environ, **ALLOWED})
        except (OSError, subprocess.TimeoutExpired):
            self.skipTest("skipped: not at hand: mpirun")
        if done.returncode != 0:
            self.skipTest("skipped: not at hand: an mpirun that runs")

    def test_what_cannot_be_linked_is_refused_with_one_sentence_and_nothing_is_written(self):
        left, right = self.files()
        clusters = self.folder / "clusters.csv"
        empty, headings, model, decisions = (self.folder / name for name in ("empty.csv", "headings.csv", "model.toml", "decisions.csv"))
        empty.write_text("")
        headings.write_text("colour,size\nred,1\nblue,2\n")
        model.write_text("this is no model")
        decisions.write_text("left_id,right_id,decision\na1,b1,perhaps\n")
        for arguments, says in (((self.folder / "none.csv",), r"none\.csv"),
                                ((empty,), r"empty\.csv"),
                                ((headings,), "column"),
                                ((left, right, "--id", "number"), "number"),
                                ((left, right, "--model", model), "line|model"),
                                ((left, right, "--id", "id", "--decisions", decisions), "same or never"),
                                ((left, right, "--clusters", self.folder / "no" / "folder.csv"), r"folder\.csv")):
            with self.subTest(arguments=[str(each) for each in arguments]):
                extra = () if "--clusters" in arguments else ("--clusters", clusters)
                self.refused("link", *arguments, *extra, says=says)
                self.assertFalse(clusters.exists(), "nothing half-done is left")
        for arguments in ((left, "--threshold", 2), (left, "--explain", "a1"), (left, "--format", "pdf")):
            with self.subTest(arguments=[str(each) for each in arguments]):
                self.wrong_usage("link", *arguments)


class Audit(rowan.Case):
    """SECURITY.md 6.12: whoever can write to the database file cannot change the trail unseen."""

    def tampered(self, name, sql):
        """A demo whose trail was changed as somebody with the database file could: without the program."""
        data = self.demo(name=name)
        database = sqlite3.connect(data / "rowan.db")
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        changed = database.execute(sql).rowcount
        database.commit()
        database.close()
        self.assertGreater(changed, 0, "the change was made")
        return data

    def test_an_untouched_trail_verifies(self):
        self.succeed("audit", "verify", "--data", self.demo())

    def test_a_changed_row_is_detected(self):
        columns = ("user_id", "agency", "act", "subject_kind", "subject_id", "outcome", "rule", "detail")
        changes = {column: f"{column} || 'x'" for column in columns}
        changes |= {"at": "at + 1", "canonical": "CAST(canonical || 'x' AS BLOB)", "leaf": "zeroblob(32)"}
        for column, value in changes.items():
            with self.subTest(column=column):
                data = self.tampered(column, f"UPDATE audit_entry SET {column} = {value} "
                                             "WHERE seq = (SELECT max(seq) / 2 FROM audit_entry)")
                self.refused("audit", "verify", "--data", data, sentences=100)

    def test_a_deleted_row_is_detected(self):
        for name, where in (("first", "min(seq)"), ("middle", "max(seq) / 2"), ("last", "max(seq)")):
            with self.subTest(where=name):
                data = self.tampered(name, f"DELETE FROM audit_entry WHERE seq = (SELECT {where} FROM audit_entry)")
                self.refused("audit", "verify", "--data", data, sentences=100)

    def test_a_cut_tail_is_detected_by_a_witness(self):
        data = self.demo()
        size, root = self.succeed("audit", "head", "--data", data).split()
        witness = self.folder / "witness.txt"
        witness.write_text(f"{size} {root}\n")
        self.succeed("audit", "verify", "--data", data, "--witness", witness)
        for another in (f"{size} {'0' * 64}\n", f"{int(size) + 1} {root}\n"):
            witness.write_text(another)
            self.refused("audit", "verify", "--data", data, "--witness", witness, sentences=100)


class Fsck(rowan.Case):
    """Every invariant of the stored data: each is broken by hand, and found."""

    LINKED = "(SELECT absorbed FROM link_decision WHERE verdict = 'same' AND undone_at IS NULL LIMIT 1)"
    SOMEBODY = "SELECT 'x', (SELECT min(id) FROM person), (SELECT min(id) FROM user_account)"
    BROKEN = {
        "sealed": ("UPDATE agency_record SET identity = zeroblob(60) WHERE id = (SELECT min(id) FROM agency_record)", "does not open"),
        "moved": ("UPDATE agency_record SET identity = (SELECT identity FROM agency_record ORDER BY id DESC LIMIT 1) "
                  "WHERE id = (SELECT min(id) FROM agency_record)", "altered or moved"),
        "reason": ("UPDATE link_decision SET reason = zeroblob(60) WHERE id = (SELECT min(id) FROM link_decision)", "does not open"),
        "referral": ("UPDATE referral SET content = zeroblob(60) WHERE id = (SELECT min(id) FROM referral)", "does not open"),
        "decision": ("UPDATE front_door_decision SET content = zeroblob(60) WHERE id = (SELECT min(id) FROM front_door_decision)", "does not open"),
        "key": ("DELETE FROM record_key WHERE owner = (SELECT min(id) FROM person)", "has no key"),
        "root": ("UPDATE person SET root = (SELECT max(id) FROM person) WHERE id = (SELECT min(id) FROM person)", "links lead to"),
        "circle": (f"UPDATE person SET merged_into = {LINKED} WHERE id = (SELECT merged_into FROM person WHERE id = {LINKED})", "circle"),
        "unlinked": (f"UPDATE person SET merged_into = NULL, root = id WHERE id = {LINKED}", "not linked"),
        "proposal": ("UPDATE link_proposal SET decided_at = NULL", "one person already"),
        "flag": ("UPDATE agency_flag SET flag = 'none' WHERE id = (SELECT min(id) FROM agency_flag)", "scheme does not have"),
        "dates": ("UPDATE agency_flag SET cleared_on = '1999-01-01' WHERE id = (SELECT min(id) FROM agency_flag)", "dates that cannot be"),
        "counter": ("UPDATE reference_counter SET last = last - 1", "given twice"),
        "audit": ("UPDATE audit_entry SET detail = 'x' WHERE seq = 3", "Entry 3"),
        "copies": ("UPDATE interview_episode SET response = 'declined' WHERE response = 'accepted'", "not what the two say"),
        "vehicle": ("DELETE FROM person_vehicle", "seals nobody out"),
        "work": (f"INSERT INTO works_with (id, person, user_id, kind, from_at, given_at, given_by, purpose) {SOMEBODY}, 'allocated', 0, 0, 'x', zeroblob(60)", "works_with x does not open"),
        "backwards": (f"INSERT INTO works_with (id, person, user_id, kind, from_at, until_at, given_at, given_by, purpose) {SOMEBODY}, 'disclosure', 9, 3, 0, 'x', zeroblob(60)",
                      "about its time"),
        "named": (f"INSERT INTO restricted_access (id, person, user_id, granted_at, granted_by, reason) {SOMEBODY}, 0, 'x', zeroblob(60)", "restricted_access x does not open"),
        "taken off": (f"INSERT INTO restricted_access (id, person, user_id, granted_at, granted_by, reason, removal_reason) {SOMEBODY}, 0, 'x', zeroblob(60), zeroblob(60)",
                      "restricted_access x does not open"),
        "protection": ("INSERT INTO sensitivity_change (id, person, was, becomes, at, by_user, reason) SELECT 'x', min(id), 'ordinary', 'restricted', 0, 'x', zeroblob(60) FROM person",
                       "sensitivity_change x does not open"),
        "lifted": ("INSERT INTO conflict_lift (id, user_id, person, ties, asked_at, asked_by, reason) SELECT 'x', min(u.id), min(p.id), 1, 0, min(u.id), zeroblob(60) "
                   "FROM person p, user_account u", "conflict_lift x does not open"),
        "emergency": ("INSERT INTO emergency_look (id, person, user_id, category, opened_at, ends_at, reason, note) SELECT 'x', min(p.id), min(u.id), 'danger', 0, 1, zeroblob(60), "
                      "zeroblob(60) FROM person p, user_account u", "emergency_look x does not open"),
        "undone": ("UPDATE link_decision SET undone_reason = zeroblob(60) WHERE id = (SELECT min(id) FROM link_decision)", "link_decision .* does not open"),
        "orphan": ("UPDATE agency_flag SET root = 'nobody' WHERE id = (SELECT min(id) FROM agency_flag)", "not there|does not fit"),
    }

    def test_a_sound_folder_is_sound_and_counted(self):
        data = self.demo()
        self.assertIn("The data is sound.", self.succeed("fsck", "--data", data))
        report = json.loads(self.succeed("fsck", "--data", data, "--format", "json"))
        self.assertTrue(report["sound"])
        counted = {check["check"]: check["looked_at"] for check in report["checks"]}
        for name in ("audit log", "agency records", "referrals", "decisions", "links between people", "keys of people", "flags", "interviews of episodes", "vehicles of people",
                     "references"):
            self.assertGreater(counted[name], 0, name)

    def test_each_broken_invariant_is_found(self):
        for name, (sql, says) in self.BROKEN.items():
            with self.subTest(name):
                data = self.demo(name=name)
                with sqlite3.connect(data / "rowan.db") as database:
                    self.assertGreater(database.execute(sql).rowcount, 0, "the change was made")
                database.close()
                self.refused("fsck", "--data", data, says=says, sentences=60)


class Users(rowan.Case):
    def test_a_user_is_added_listed_and_disabled(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        self.assertEqual([], json.loads(self.succeed("user", "list", "--data", data, "--format", "json")))
        add = ("user", "add", "--data", data, "--name", "a.pellow", "--display-name", "Ada Pellow", "--post", "Coordinator",
               "--email", "a.pellow@example.org", "--agency", "SMBC", "--roles", "coordinator")
        self.refused(*add, says="password")
        self.succeed(*add, input="four invented words here\n")
        self.refused(*add, input="four invented words here\n", says="a.pellow")
        (user,) = json.loads(self.succeed("user", "list", "--data", data, "--format", "json"))
        self.assertEqual(("a.pellow", "active"), (user["user_name"], user["status"]))
        self.succeed("user", "disable", "--data", data, "--name", "a.pellow")
        (user,) = json.loads(self.succeed("user", "list", "--data", data, "--format", "json"))
        self.assertEqual("disabled", user["status"])
        self.refused("user", "disable", "--data", data, "--name", "nobody.here", says="nobody.here")


class Roles(rowan.Case):
    """A role takes two people, also where one of them has the server (docs/decisions/0033)."""

    def add(self, name, roles, *more):
        said = self.succeed("user", "add", "--data", self.data, "--name", name, "--display-name", name.title() + " Lovage", "--agency", "SMBC",
                            "--roles", roles, *more, input="four invented words here\n")
        return said, re.search(r"secret ([A-Z2-7]{32})", said).group(1)

    def roles_of(self, name):
        listed = json.loads(self.succeed("user", "list", "--data", self.data, "--format", "json"))
        return next(user["roles"] for user in listed if user["user_name"] == name)

    def test_roles_wait_for_information_governance_once_the_partnership_is_open(self):
        self.data = self.folder / "real"
        self.succeed("init", "--data", self.data, "--scheme", self.scheme_without_keys())
        _, key = self.add("petra", "information_governance", "--bootstrap")
        said, _ = self.add("zelda", "coordinator,analyst")
        self.assertIn("Asked for: coordinator, analyst", said)
        self.assertEqual([], self.roles_of("zelda"))
        server = self.serve("--data", self.data)
        petra = server.browser()
        petra.get("/sign-in")
        petra.submit("/sign-in", user_name="petra", password="four invented words here", code=rowan.totp(key))
        page = petra.get("/protocol")
        form = next(form for form in page.forms if ("agency", "SMBC") in form.fields and "sign" in form.action)
        petra.post(form.action, [field for field in form.fields if field[0] != "post"] + [("post", "Director")])
        self.assertIn("Whoever runs the server asked", petra.get("/roles").text)
        petra.submit("/roles/", button=("answer", "agree"))
        petra.get("/roles")
        petra.submit("/roles/", button=("answer", "refuse"))
        self.assertEqual(0, server.stop())
        self.assertEqual(1, len(self.roles_of("zelda")))
        self.refused("user", "add", "--data", self.data, "--name", "quick", "--display-name", "Quick Lovage", "--agency", "SMBC",
                     "--roles", "administrator,coordinator", "--bootstrap", input="four invented words here\n", says="--bootstrap is over")
        self.succeed("audit", "verify", "--data", self.data)

    def test_a_password_that_was_stolen_somewhere_is_not_taken(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        add = ("user", "add", "--data", data, "--name", "ada", "--display-name", "Ada Pellow", "--agency", "SMBC", "--roles", "coordinator")
        stolen = hashlib.sha1(b"four invented words here").hexdigest().upper()
        listed = self.folder / "real.breached"
        listed.write_text(stolen + ":12\n")
        self.refused(*add, input="four invented words here\n", says="stolen")
        listed.write_text("not a list\n")
        self.refused(*add, input="four invented words here\n", says="wrong in line 1")
        listed.unlink()
        self.refused(*add, "--breached-passwords", listed, input="four invented words here\n", says="cannot be read")
        key = re.search(r"secret ([A-Z2-7]{32})", self.succeed(*add, input="four invented words here\n")).group(1)
        # The server reads it too, shut in as it is.
        listed.write_text(hashlib.sha1(b"other invented words here").hexdigest().upper() + "\n")
        browser = self.serve("--data", data).browser()
        browser.get("/sign-in")
        browser.submit("/sign-in", user_name="ada", password="four invented words here", code=rowan.totp(key))
        browser.get("/account/password")
        change = {"old": "four invented words here", "again": "other invented words here"}
        self.assertIn("stolen", browser.submit("/account/password", password="other invented words here", **change).text)
        self.assertIn("not the same", browser.submit("/account/password", password="third invented words here", **change).text)
        change["again"] = "third invented words here"
        self.assertEqual("/account", browser.submit("/account/password", password="third invented words here", **change).path)


class Agencies(rowan.Case):
    """Which agency signs in where; the way through a real provider is in tests/e2e/identity.test.mjs."""

    def test_without_a_provider_everybody_signs_in_with_a_password(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        listed = json.loads(self.succeed("agency", "list", "--data", data, "--format", "json"))
        self.assertIn("SMBC", [agency["agency"] for agency in listed])
        self.assertEqual({""}, {agency["issuer"] for agency in listed})
        self.refused("agency", "unbind", "--data", data, "--agency", "SMBC", says="no identity provider")
        self.assertRegex(self.succeed("user", "add", "--data", data, "--name", "ada", "--display-name", "Ada Pellow", "--agency",
                                      "SMBC", "--roles", "analyst", "--invite"), r"code ([A-Z2-7]{4}-){5}[A-Z2-7]{4}\n")
        self.refused("user", "invite", "--data", data, "--name", "a", says="no account called a")

    def test_an_invitation_leads_to_a_password_of_ones_own(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", self.scheme_without_keys())
        said = self.succeed("user", "add", "--data", data, "--name", "ada", "--display-name", "Ada Pellow", "--agency", "SMBC",
                            "--roles", "administrator", "--invite", "--bootstrap")
        code = re.search(r"code ([A-Z2-7-]+)", said).group(1)
        server = self.serve("--data", data)
        browser = server.browser()
        browser.get("/join")
        self.assertEqual(403, browser.submit("/join", user_name="ada", code="AAAA").status)
        page = browser.submit("/join", user_name="ada", code=code.lower().replace("-", " "))
        self.assertEqual("Choose a password", page.heading)
        key = re.search(r"account by time:\s+([A-Z2-7]{32})", page.text).group(1)
        self.assertEqual(403, browser.submit("/join/password", password="short", app_code=rowan.totp(key)).status)
        self.assertEqual(403, browser.submit("/join/password", password="four invented words here", app_code="x").status)
        page = browser.submit("/join/password", password="four invented words here", app_code=rowan.totp(key))
        self.assertEqual("Sign in to Rowan", page.heading)
        # The code that proved the key is used up only by a sign-in; the next may be the same.
        page = browser.submit("/sign-in", user_name="ada", password="four invented words here", code=rowan.totp(key))
        self.assertIn("Ada Pellow", page.text)
        # One's own agency can be shut out; the server's operator lets it in again.
        browser.get("/agencies/SMBC")
        self.assertEqual(403, browser.submit("/shut", code="x").status)
        self.assertEqual("/sign-in", browser.submit("/shut", code=rowan.totp(key, ahead=30)).path)
        self.assertEqual(0, server.stop())
        self.succeed("agency", "open", "--data", data, "--agency", "SMBC")
        self.refused("agency", "open", "--data", data, "--agency", "SMBC", says="not shut out")

    def test_a_provider_that_cannot_be_asked_is_refused_with_the_reason(self):
        data = self.folder / "real"
        self.succeed("init", "--data", data, "--scheme", "solihull")
        bind = ("agency", "bind", "--data", data, "--agency", "SMBC", "--client", "rowan", "--issuer")
        for issuer in ("http://login.example", "file:///etc/passwd", "login.example"):
            self.refused(*bind, issuer, says="https://", input="secret\n")
        with socket.socket() as nobody:  # a port that is taken, and where nobody answers
            nobody.bind(("127.0.0.1", 0))
            self.refused(*bind, f"http://127.0.0.1:{nobody.getsockname()[1]}", says="did not answer", input="secret\n")
        self.wrong_usage("agency", "bind", "--data", data)
        self.wrong_usage("agency", "nonsense")
